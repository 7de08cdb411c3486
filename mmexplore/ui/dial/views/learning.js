// What methods keep of what two views share, over the number of training samples; every method a line with the spread of its replicates.
// static "learning": { methods: [names], colours: { light, dark }, share: what is enough, replicates, now: quantity keys of the truth "chance" }.
// The grid's first axis is rows, its fields s0.. (share kept), l0.., h0.. (its spread) and i0.. (bits) by method, chance and total.
const methodInk = (dial, i) => dial.facts("learning").colours[dial.root.dataset.theme === "dark" ? "dark" : "light"][i];
const DASHES = ["2.5 3.5", "7 3", null, "10 3 2 3"];
// The numbers of one method along an axis, the other one held.
const alongAxis = (dial, c, v, key) => {
  const { grid } = dial, a = grid.axes[c], n = c ? grid.ny : grid.nx;
  return range(n, (i) => {
    const w = v.slice();
    w[c] = a.low + ((a.high - a.low) * i) / (n - 1);
    return { x: w[c], y: grid.at(w, 1)[key] };
  });
};
VIEWS.learning = {
  title: "What is found",
  fits: (dial) => !!dial.facts("learning"),
  make(fig) {
    const { dial, svg, W, H } = fig, { grid, k } = dial, f = dial.facts("learning"), [a] = grid.axes, n = f.methods.length;
    const bits = dial.choose(fig, "Show", "what", [["share", "Share of the signal"], ["bits", `Shared ${dial.unit()}s`]]) === "bits", unit = bits ? dial.unit() : "%";
    const z = bits ? k : 100, L = 40, R = 14, T = 22, B = 40, hi = bits ? Math.max(grid.by.total.hi, LEAST) : 1;
    const X = (x) => L + ((x - a.low) / (a.high - a.low)) * (W - L - R), Y = (y) => H - B - (clamp(y, 0, hi) / hi) * (H - B - T), of = (i) => (bits ? "i" : "s") + i;
    for (const [y, text] of ticks(0, hi * z, 4)) svg.append(line(L, Y(y / z), W - R, Y(y / z), y ? "rule" : "base"), t(L - 6, Y(y / z) + 4, "tick num", text, "end"));
    for (const [x, text] of axisTicks(a, W < 400 ? 4 : 6)) svg.append(t(X(x), H - B + 17, "tick num", text, "middle"));
    svg.append(t((L + W - R) / 2, H - 6, "axis", short(a.label, 40) + (a.unit ? ` (${a.unit})` : ""), "middle"), t(2, 12, "axis", bits ? `bits between the projections (${unit})`.replace("bits", "information") : "share of the shared signal kept (%)"));
    const bands = range(n, (i) => s("path", { class: "band", fill: methodInk(dial, i) })), lines = range(n, (i) => s("path", { class: "ways", stroke: methodInk(dial, i), "stroke-dasharray": DASHES[i] }));
    const chance = s("path", { class: "hollow" }), chanceName = t(W - R - 3, 0, "note halo", bits ? "all there is" : "random directions", "end"), enough = s("path", { class: "rule-dash" }), cursor = line(0, T, 0, H - B, "cursor");
    const dots = range(n, (i) => s("circle", { r: 4.5, class: "point", fill: methodInk(dial, i) })), nums = range(n, (i) => t(0, 0, "num halo bold", "")), glass = rect(L - 8, 0, W - L - R + 16, H - B + 8, "glass");
    nums.forEach((e, i) => (e.style.fill = methodInk(dial, i)));
    svg.append(...(bits ? [] : bands), chance, enough, ...lines, chanceName, cursor, ...dots, ...nums, glass);
    enough.style.display = bits ? "none" : "";
    enough.setAttribute("d", `M${L} ${Y(f.share)}H${W - R}`);
    fig.drag(glass, (x) => [a.low + (clamp(x - L, 0, W - L - R) / (W - L - R)) * (a.high - a.low), null].slice(0, grid.axes.length));
    let other = NaN, along = [];
    const path = (points, keep = (y) => y) => "M" + points.map((p) => `${X(p.x).toFixed(1)} ${Y(keep(p.y)).toFixed(1)}`).join("L");
    const ranked = (st) => range(n, (i) => i).sort((p, q) => st.q["s" + q] - st.q["s" + p]);
    const find = (st) => {
      const [best, ...others] = ranked(st), part = (i) => `${Math.round((100 * st.q["s" + i]) / k)}\u00a0%`;
      return `From ${Math.round(toValue(a, st.v[0])).toLocaleString("en")} samples ${f.methods[best]} finds ${part(best)} of what the views share; ${others.map((i) => `${f.methods[i]} ${part(i)}`).join(", ")}.`;
    };
    return {
      draw(st) {
        if (other !== st.v[1]) {
          other = st.v[1];
          along = range(n, (i) => alongAxis(dial, 0, st.v, of(i)));
          along.forEach((points, i) => lines[i].setAttribute("d", path(points)));
          if (!bits) bands.forEach((band, i) => band.setAttribute("d", path(alongAxis(dial, 0, st.v, "h" + i)) + "L" + path(alongAxis(dial, 0, st.v, "l" + i).reverse()).slice(1) + "Z"));
          const level = grid.at(st.v, 1)[bits ? "total" : "chance"];
          chance.setAttribute("d", `M${L} ${Y(level)}H${W - R}`);
          chanceName.setAttribute("y", Y(level) - 5);
        }
        const x = X(st.v[0]).toFixed(2), flip = x > W - R - 116;
        set(cursor, { x1: x, x2: x });
        spread(range(n, (i) => Y(st.q[of(i)] / k) - 5), 15, T + 8, H - B - 4).forEach((y, i) => set(nums[i], { x: +x + (flip ? -8 : 8), y, "text-anchor": flip ? "end" : "start" }));
        dots.forEach((dot, i) => {
          const y = st.q[of(i)] / k;
          set(dot, { cx: x, cy: Y(y).toFixed(2) });
          say(nums[i], `${f.methods[i]} ${bits ? fix(z * y, 2) : Math.round(z * y) + " %"}`);
        });
      },
      at(x, y, st) {
        if (!within(x, y, L - 8, 0, W - R + 8, H - B + 8)) return null;
        const v = [stepped(a, a.low + ((x - L) / (W - L - R)) * (a.high - a.low)), ...st.v.slice(1)], q = grid.at(v, 1), at = X(v[0]), say_ = (z_) => (bits ? `${fix(z * z_, 2)} ${unit}` : `${fix(z * z_, 0)} %`);
        return {
          head: `${a.label} ${spoken(a, v[0])}`,
          items: [...range(n, (i) => [f.methods[i], `${say_(q[of(i)])}${bits ? "" : ` (${fix(100 * q["l" + i], 0)} to ${fix(100 * q["h" + i], 0)})`}`, methodInk(dial, i)]), [bits ? "all there is" : "random directions", say_(q[bits ? "total" : "chance"])]],
          note: bits ? "" : `in brackets: spread over ${f.replicates} replicates`,
          v: [at, T, H - B],
          dots: range(n, (i) => [at, Y(q[of(i)])]),
        };
      },
      find,
      rows: () => [[a.label, ...f.methods.map((m) => `${m} (${unit})`)], ...(along[0] || []).map((p, j) => [digits(toValue(a, p.x)), ...along.map((points) => fix(z * points[j].y, bits ? 3 : 1))])],
      alt: find,
    };
  },
};
