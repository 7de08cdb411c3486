// What is lost: the share of every column's variance that is not reconstructed, the samples of the largest error, and the alarm for rare
// features that tell something which the latents no longer hold.
// stacks "lost" (.., columns), shares 0 to 1; "residual" (.., rows), 1 = the mean variance; "rare" (.., features, 2): bits that one occurrence
// still adds to the latents, and the least of it beyond chance;
// static: { views: [{ name, first, count, shape: [h, w] or null }], names: [of the columns], rows: [names of the rows],
//   rare: { names, share: [how rare], bits: [what one tells by itself], part: the share of it from which it counts as lost, about } or null }.
VIEWS.lost = {
  title: "What is lost",
  fits: (dial) => !!dial.facts("lost"),
  tall: (fig) => clamp(fig.W * 0.7, 270, 400),
  make(fig) {
    const { dial, svg, W, H } = fig, f = dial.facts("lost"), rare = f.rare?.names.length ? f.rare : null, B = 42;
    const what = dial.choose(fig, "Show", "what", [["columns", "by column"], ["rows", "worst samples"], ...(rare ? [["rare", "rare features"]] : [])]);
    const stack = dial.stack(what === "rows" ? "residual" : what === "rare" ? "rare" : "lost"), n = what === "rare" ? rare.names.length : stack.n, out = new Float64Array(stack.n), adds = rare && new Float64Array(2 * rare.names.length);
    const first = t(0, H - 22, "bold", ""), second = t(0, H - 6, "note", ""), light = (x) => `rgb(${colour(SCALES.seq, x)})`, percent = (x) => `${fix(100 * x, 0)} %`, order = () => range(n, (i) => i).sort((a, b) => out[b] - out[a]);
    const gone = () => (rare ? range(rare.names.length, (i) => i).filter((i) => adds[2 * i + 1] > 0 && adds[2 * i] > rare.part * rare.bits[i]) : []);
    const draws = [], spots = []; // at x, y: [entry, outline] or nothing
    // a row of bars with names; at(i) is a bar's length from 0 to 1, text(i) its number, reference(i) the place of a stroke
    const bars = (list, total, name, at, text, reference, warn = () => false) => {
      const shown = Math.min(total, Math.max(4, Math.floor((H - B - 8) / 25))), step = Math.min(40, (H - B - 8) / shown), left = Math.min(176, W * 0.44), X = (x) => left + clamp(x, 0, 1) * (W - left - 48);
      const lines = range(shown, (r) => {
        const y = 4 + r * step, bar = rect(left, y + 4, 0, step - 10, "lost-bar"), label = t(left - 7, y + step / 2 + 3, "label", "", "end"), num = t(W, y + step / 2 + 3, "num", "", "end"), mark = s("path", { class: "chance" });
        svg.append(bar, label, num, mark);
        return { bar, label, num, mark, y };
      });
      svg.append(line(left, 2, left, 4 + shown * step, "base"));
      spots.push((x, y) => {
        const r = Math.floor((y - 4) / step), i = r < shown ? list()[r] : null;
        return i == null ? null : [i, boxed(left, 8 + r * step, Math.max(1, X(at(i)) - left), step - 10)];
      });
      draws.push(() => list().slice(0, shown).forEach((i, r) => {
        const l = lines[r], bad = warn(i);
        l.bar.setAttribute("width", (X(at(i)) - left).toFixed(1));
        l.bar.setAttribute("class", bad ? "lost-bar warn" : "lost-bar");
        say(l.label, short(`${bad ? "⚠ " : ""}${name(i)}`, left / 6.6));
        say(l.num, text(i));
        if (reference) l.mark.setAttribute("d", `M${X(reference(i)).toFixed(1)} ${l.y + 2}v${step - 6}`);
      }));
    };
    if (what === "columns" && f.views.every((v) => v.shape)) {
      f.views.forEach((v, j) => {
        const [ph, pw] = v.shape, room = (W - 40) / f.views.length, side = Math.min((room - 12) / pw, (H - B - 30) / ph), x0 = j * room + (room - side * pw) / 2, y0 = 22;
        svg.append(t(j * room + room / 2, 13, "label", short(v.name, room / 6.4), "middle"));
        const cells = range(v.count, (c) => {
          const cell = rect(x0 + (c % pw) * side, y0 + Math.floor(c / pw) * side, side, side, "lost-cell");
          cell.append(s("title", {}, f.names[v.first + c]));
          svg.append(cell);
          return [cell, -1];
        });
        spots.push((x, y) => {
          const c = Math.floor((x - x0) / side), r = Math.floor((y - y0) / side);
          return c < 0 || r < 0 || c >= pw || r >= ph ? null : [v.first + r * pw + c, boxed(x0 + c * side, y0 + r * side, side, side)];
        });
        draws.push(() => cells.forEach((cell, c) => {
          const q = Math.round(clamp(out[v.first + c], 0, 1) * 48);
          if (q !== cell[1]) (cell[1] = q), cell[0].setAttribute("fill", light(q / 48));
        }));
      });
      const bar = W - 26, Y = (x) => 36 + (1 - x) * (H - B - 60);
      range(24, (i) => svg.append(rect(bar, Y((i + 1) / 24), 9, (H - B - 60) / 24 + 0.5, null, { fill: light((i + 0.5) / 24) })));
      svg.append(t(bar + 4, 30, "tick", "lost", "middle"), t(bar + 4, Y(0) + 14, "tick", "kept", "middle"));
    } else if (what === "columns") bars(order, n, (i) => f.names[i], (i) => out[i], (i) => percent(out[i]));
    else if (what === "rows") {
      const most = Math.max(stack.top(), 1e-9);
      bars(order, n, (i) => f.rows[i], (i) => out[i] / most, (i) => `${fix(out[i], 1)}×`, () => 1 / most);
    } else {
      const most = Math.max(...rare.bits, dial.stack("rare").top(), 1e-9);
      bars(() => range(n, (i) => i), n, (i) => rare.names[i], (i) => Math.max(0, adds[2 * i]) / most, (i) => fix(dial.k * adds[2 * i], 2), (i) => rare.bits[i] / most, (i) => gone().includes(i));
    }
    svg.append(first, second);
    const mean = () => out.reduce((a, b) => a + b, 0) / n, few = (all) => all.slice(0, 3).map((i) => rare.names[i]).join(", ") + (all.length > 3 ? " …" : "");
    const said = { columns: () => `${percent(mean())} of a column's variance is lost on average`, rows: () => "squared error of a sample, 1× = the mean variance", rare: () => `what one still adds about ${rare.about} for one who knows the latents (${dial.unit()})` };
    const under = { columns: "share of each column's variance that is not reconstructed", rows: "bar at 1×: as if nothing were known of the sample", rare: `stroke: what one tells by itself; ⚠ more than half of it is lost` };
    return {
      draw(st) {
        stack.read(st.v, out);
        if (rare) dial.stack("rare").read(st.v, adds);
        for (const draw of draws) draw();
        const all = gone();
        first.setAttribute("class", all.length ? "bold alarm" : "bold");
        say(first, short(all.length ? `⚠ Rare, telling and lost: ${few(all)}` : said[what](), W / 6.7));
        say(second, short(rare && !all.length && what === "columns" ? `no alarm: the latents hold what ${rare.names.length} telling rare features say of ${rare.about}` : under[what], W / 5.9));
      },
      alarm(st) {
        if (!rare) return "";
        dial.stack("rare").read(st.v, adds);
        const all = gone();
        return all.length ? `⚠ Rare, telling and lost: ${few(all)}.` : "";
      },
      at(x, y) {
        let found = null;
        for (const spot of spots) found ||= spot(x, y);
        if (!found) return null;
        const [i, shape] = found, u = dial.unit();
        if (what === "rare") return { head: rare.names[i], items: [["still adds to the latents", `${fix(dial.k * adds[2 * i])} ${u}`], ["at least, beyond chance", `${fix(dial.k * adds[2 * i + 1])} ${u}`], ["one tells by itself", `${fix(dial.k * rare.bits[i])} ${u}`], ["share of samples", `${fix(100 * rare.share[i], 1)} %`]], note: gone().includes(i) ? "⚠ more than half of it is lost" : "", shape };
        if (what === "rows") return { head: f.rows[i], items: [["squared error", `${fix(out[i], 2)}× the mean variance`]], shape };
        const v = f.views.find((o) => i >= o.first && i < o.first + o.count);
        return { head: f.names[i], items: [["variance lost", `${fix(100 * out[i], 1)} %`], ["view", v.name], ...(v.shape ? [["row, column", `${Math.floor((i - v.first) / v.shape[1]) + 1}, ${((i - v.first) % v.shape[1]) + 1}`]] : [])], shape };
      },
      rows() {
        if (what === "rare") return [["rare feature", "share of samples", `one tells (${dial.unit()})`, "still adds to the latents", "at least, beyond chance"], ...range(n, (i) => [rare.names[i], fix(rare.share[i]), fix(dial.k * rare.bits[i], 2), fix(dial.k * adds[2 * i], 2), fix(dial.k * adds[2 * i + 1], 2)])];
        return [what === "rows" ? ["sample", "squared error, 1 = mean variance"] : ["column", "variance lost"], ...order().map((i) => [what === "rows" ? f.rows[i] : f.names[i], fix(out[i])])];
      },
      alt() {
        const all = gone(), top = order()[0];
        const worst = what === "rare" ? "" : ` Most is lost of ${what === "rows" ? f.rows[top] : f.names[top]}: ${what === "rows" ? fix(out[top], 1) + " times the mean variance" : percent(out[top]) + " of its variance"}.`;
        return `${all.length ? `Alarm: rare, telling and lost: ${few(all)}. ` : ""}${said[what]()}.${worst}`;
      },
    };
  },
};
