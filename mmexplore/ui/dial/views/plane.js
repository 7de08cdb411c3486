// The information plane: rate of a latent (across) and its information (up), in the shown unit.
// static: { path: name of the trained path, ways: [{ title, x, y: quantity keys, names: [across, up], about: as in "about Y", who: ["The two latents have a rate of", "share"]?, curves: [{ label, x: [..], y: [..] }] in
//   bits, exact, critical: [{ x, y, label }], ceiling: { y, label } or null, believed: quantity key or null }] }.
// Dragging in it moves the first slider along the path.
VIEWS.plane = {
  title: "Information plane",
  fits: (dial) => !!dial.facts("plane"),
  tall: (fig) => clamp(fig.W * 0.7, 270, 400),
  make(fig) {
    const { dial, svg, W, H } = fig, { grid, k } = dial, all = dial.facts("plane"), unit = dial.unit();
    const f = all.ways.length > 1 ? all.ways[+dial.choose(fig, "Information about", "way", all.ways.map((w, i) => [String(i), w.title]))] : all.ways[0], qx = grid.by[f.x], qy = grid.by[f.y];
    const L = 40, R = 14, T = 22, B = 40, most = (key, own) => Math.max(own, dial.pin ? dial.pin.q[key] / k : 0, LEAST);
    const far = most(f.x, qx.hi), seen = Math.max(most(f.y, qy.hi), f.believed ? Math.min(grid.by[f.believed].hi, 2 * qy.hi) : 0, ...f.curves.map((c) => Math.max(...c.y.filter((_, i) => c.x[i] <= far))));
    // a ceiling far above everything else would flatten it: it stands in the numbers then
    const ceiling = f.ceiling && f.ceiling.y < 3 * seen ? f.ceiling : null, high = 1.06 * Math.max(seen, ceiling?.y ?? 0);
    // estimates below nothing (lower bounds of too few rows) are said in words, and drawn at the edge
    const low = Math.max(Math.min(0, qy.lo), -0.2 * high);
    const X = (x) => L + (x / (1.03 * far)) * (W - L - R), Y = (y) => H - B - ((clamp(y, low, 2 * high) - low) / (high - low)) * (H - B - T), clip = `${fig.uid}-plane`;
    svg.append(s("defs", {}, s("clipPath", { id: clip }, rect(L, T - 8, W - L - R + 8, H - T - B + 8))));
    for (const [y, text] of ticks(low * k, high * k, 4)) svg.append(line(L, Y(y / k), W - R, Y(y / k), y ? "rule" : "base"), t(L - 6, Y(y / k) + 4, "tick num", text, "end"));
    for (const [x, text] of ticks(0, 1.03 * far * k, W < 400 ? 4 : 5)) svg.append(t(X(x / k), H - B + 17, "tick num", text, "middle"));
    svg.append(t((L + W - R) / 2, H - 6, "axis", short(`${f.names[0]} (${unit})`, (W - 40) / 6.4), "middle"), t(2, 12, "axis", short(`${f.names[1]} (${unit})`, (W - 8) / 6.4)));
    if (ceiling) {
      const y = Y(ceiling.y);
      svg.append(s("path", { class: "hollow", d: `M${L} ${y}H${W - R}` }), t(L + 6, y - 5, "note halo", short(ceiling.label, 44)));
    }
    const way = (xs, ys) => "M" + xs.map((x, i) => `${X(x).toFixed(1)} ${Y(ys[i]).toFixed(1)}`).join("L"), inside = s("g", { "clip-path": `url(#${clip})` });
    f.curves.forEach((c, i) => {
      const path = s("path", { class: "theory", d: way(c.x, c.y), "stroke-dasharray": i ? `${8 - 2 * i} 3` : null });
      path.append(s("title", {}, c.label));
      inside.append(path);
    });
    const crit = f.critical.filter((p) => p.x <= far).map((p) => {
      const mark = s("circle", { class: "critical", r: 3.6, cx: X(p.x), cy: Y(p.y) });
      mark.append(s("title", {}, p.label));
      return mark;
    });
    const path = s("path", { class: "trained" }), pin = s("circle", { class: "pin l-S", r: 5 }), dot = s("circle", { class: "point here-dot", r: 6.5 }), guide = s("path", { class: "lead", "stroke-dasharray": "2 3" });
    const label = t(0, 0, "num halo bold", "");
    const belief = s("path", { class: "believed" });
    inside.append(belief, path);
    // the key to the lines, in the empty corner below the curves
    const keys = [[all.path, "trained"], ...(f.believed ? [["training's own score", "believed"]] : []), ...f.curves.slice(0, 2).map((c) => [c.label, "theory"]), ...(crit.length ? [["a dimension opens", "critical"]] : [])];
    const legend = keys.map(([text, kind], i) => {
      const y = H - B - 10 - 17 * (keys.length - 1 - i), n = Math.min(text.length, 34);
      const x = W - R - 8 - 6.1 * n;
      return s("g", {}, kind === "critical" ? s("circle", { class: kind, r: 3.6, cx: x - 14, cy: y - 4 }) : s("path", { class: kind, d: `M${x - 25} ${y - 4}h19`, "stroke-dasharray": i > 1 ? "6 3" : null }), t(W - R - 4, y, "note halo", short(text, 34), "end"));
    });
    const glass = rect(L, T, W - L - R, H - T - B, "glass");
    svg.append(guide, inside, ...crit, ...legend, pin, dot, label, glass);
    let along = [], other = null;
    const axis = grid.axes[0], nodes = axis ? range(grid.nx, (i) => axis.low + ((axis.high - axis.low) * i) / (grid.nx - 1)) : [0];
    const walk = (v) => nodes.map((a) => grid.at(axis ? [a, ...v.slice(1)] : v, 1)).map((q) => [q[f.x], q[f.y], f.believed ? q[f.believed] : 0]);
    if (axis) fig.drag(glass, (px, py) => {
      let best = 0, least = Infinity;
      along.forEach(([x, y], i) => {
        const d = (X(x) - px) ** 2 + (Y(y) - py) ** 2;
        if (d < least) (least = d), (best = i);
      });
      return [nodes[best], null].slice(0, grid.axes.length);
    });
    const place = (e, q) => set(e, { cx: X(q[f.x] / k).toFixed(2), cy: Y(q[f.y] / k).toFixed(2) });
    // what the exact curve gives at the same rate, in bits
    const exactAt = (x) => {
      const c = f.curves[0];
      if (!c) return null;
      let i = c.x.findIndex((z) => z >= x);
      if (i < 0) i = c.x.length - 1;
      if (i < 1) return c.y[0];
      const w = clamp((x - c.x[i - 1]) / (c.x[i] - c.x[i - 1] || 1), 0, 1);
      return c.y[i - 1] * (1 - w) + c.y[i] * w;
    };
    const sentence = (st) => `${f.who?.[0] ?? "The latent has a rate of"} ${fix(st.q[f.x], 2)} ${unit} and ${f.who?.[1] ?? "carries"} ${st.q[f.y] < -0.05 ? `no information ${f.about} that the estimator could find (${fix(st.q[f.y], 2)} ${unit})` : `${fix(st.q[f.y], 2)} ${unit} ${f.about}`}`;
    // the finding over all views: rate and information, how many latents that takes, what a probe predicts from it
    const find = (st) => {
      const best = exactAt(st.q[f.x] / k), kl = dial.stack("kl"), alive = dial.facts("alive"), kept = dial.facts("kept"), parts = [sentence(st)];
      if (best != null) parts[0] += ` (exact theory at this rate: ${fix(k * best, 2)})`;
      if (alive) parts.push(`${kl.read(st.v).reduce((m, x) => m + (x >= alive.least), 0)} of ${kl.n} latent dimensions are alive`);
      if (kept) {
        const i = Math.max(0, kept.groups.indexOf("label")), per = kept.mlp ? 3 : 2, read = dial.stack("probes").read(st.v);
        parts.push(`the linear probe on ${kept.latents[0]} predicts ${kept.names[i]} with ${kept.kinds[i]} ${fix(read[per * i], 2)}${kept.mlp ? `, an MLP ${fix(read[per * i + 2], 2)}` : ""} (chance ${fix(kept.chance[i], 2)})`);
      }
      return parts.join("; ") + ".";
    };
    return {
      draw(st) {
        if (other !== String(st.v.slice(1))) {
          other = String(st.v.slice(1));
          along = walk(st.v);
          path.setAttribute("d", way(along.map((p) => p[0]), along.map((p) => p[1])));
          if (f.believed) belief.setAttribute("d", way(along.map((p) => p[0]), along.map((p) => p[2])));
        }
        place(dot, st.q);
        const x = X(st.q[f.x] / k), y = Y(st.q[f.y] / k), flip = x > W - R - 84;
        guide.setAttribute("d", `M${L} ${y}H${x}V${H - B}`);
        set(label, { x: x + (flip ? -9 : 9), y: Math.min(y + 17, H - B - 4), "text-anchor": flip ? "end" : "start" });
        say(label, `${fix(st.q[f.x], 2)} → ${fix(st.q[f.y], 2)}`);
        pin.style.display = st.pin ? "" : "none";
        if (st.pin) place(pin, st.pin.q);
      },
      at(px, py, st) {
        if (!within(px, py, L, T, W - R, H - B)) return null;
        const mark = f.critical.find((p) => p.x <= far && Math.hypot(X(p.x) - px, Y(p.y) - py) < 7);
        if (mark) return { head: mark.label, items: [[f.names[0], `${fix(k * mark.x)} ${unit}`], [f.names[1], `${fix(k * mark.y)} ${unit}`]], dots: [[X(mark.x), Y(mark.y)]] };
        const own = Math.hypot(X(st.q[f.x] / k) - px, Y(st.q[f.y] / k) - py) < 10, x = own ? st.q[f.x] / k : ((px - L) / (W - L - R)) * 1.03 * far, at = X(x), items = [], dots = [], put = (name, y, ink) => (items.push([name, `${fix(k * y)} ${unit}`, ink]), y <= high && dots.push([at, Y(y)]));
        const hit = own ? null : crossing(along, x, py, Y);
        if (own) put(all.path, st.q[f.y] / k, "var(--accent)"), axis && items.push([axis.label, spoken(axis, st.v[0])]);
        else if (hit) put(all.path, hit.y, "var(--accent)"), axis && items.push([axis.label, spoken(axis, nodes[hit.i - 1] + hit.w * (nodes[hit.i] - nodes[hit.i - 1]))]);
        const belief_ = f.believed && (own ? { y: st.q[f.believed] / k } : crossing(along.map((p) => [p[0], p[2]]), x, py, Y));
        if (belief_) put("training's own score", belief_.y);
        f.curves.forEach((c) => {
          const best = crossing(c.x.map((z, i) => [z, c.y[i]]), x, py, Y);
          if (best) put(c.label, best.y);
        });
        if (f.ceiling) items.push([f.ceiling.label, `${fix(k * f.ceiling.y)} ${unit}`]);
        return { head: `${f.names[0]} ${fix(k * x)} ${unit}`, items, note: f.names[1], v: [at, T, H - B], h: own ? [Y(st.q[f.y] / k), L, W - R] : null, dots };
      },
      find,
      rows: () => [[axis ? axis.label : "", `${f.names[0]} (${unit})`, `${f.names[1]} (${unit})`, ...(f.curves[0] ? [`${f.curves[0].label}, same rate (${unit})`] : []), ...(f.believed ? [`training's own score (${unit})`] : [])],
        ...nodes.map((v, i) => [axis ? ended(axis, v) : "as trained", fix(k * along[i][0]), fix(k * along[i][1]), ...(f.curves[0] ? [fix(k * exactAt(along[i][0]))] : []), ...(f.believed ? [fix(k * along[i][2])] : [])]), ...(f.ceiling ? [[f.ceiling.label, "–", fix(k * f.ceiling.y), ...(f.curves[0] ? ["–"] : []), ...(f.believed ? ["–"] : [])]] : [])],
      alt(st) {
        const best = exactAt(st.q[f.x] / k);
        return `${sentence(st)}.${best == null ? "" : ` At this rate the ${f.best || "best possible"} is ${fix(k * best, 2)} ${unit}.`}`;
      },
    };
  },
};
