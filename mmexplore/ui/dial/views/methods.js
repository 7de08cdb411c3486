// Several methods in one information plane: a path each over the first slider, its point at the present setting, and the exact curve.
// static: { names: [across, up], methods: [{ title, x, y: quantity keys, hue: place in the palette, fixed: without a path }],
//   curves: [{ label, x: [..], y: [..] }] in bits }.
VIEWS.methods = {
  title: "Every method in one plane",
  fits: (dial) => !!dial.facts("methods"),
  tall: (fig) => clamp(fig.W * 0.62, 280, 430),
  make(fig) {
    const { dial, svg, W, H } = fig, { grid, k } = dial, f = dial.facts("methods"), unit = dial.unit(), palette = SCALES.cat[dial.root.dataset.theme === "dark" ? "dark" : "light"], dashes = [null, "7 3", "2.5 3", "10 3 2 3"];
    const L = 40, R = Math.min(150, W * 0.3), T = 24, B = 40, tops = (key) => Math.max(LEAST, ...f.methods.map((m) => grid.by[m[key]].hi));
    const far = tops("x"), high = 1.06 * Math.max(tops("y"), ...f.curves.map((c) => Math.max(...c.y.filter((_, i) => c.x[i] <= far)))), low = Math.max(-0.2 * high, Math.min(0, ...f.methods.map((m) => grid.by[m.y].lo)));
    const X = (x) => L + (x / (1.03 * far)) * (W - L - R), Y = (y) => H - B - ((clamp(y, low, 2 * high) - low) / (high - low)) * (H - B - T), clip = `${fig.uid}-clip`;
    svg.append(s("defs", {}, s("clipPath", { id: clip }, rect(L, T - 8, W - L - R + 8, H - T - B + 8))));
    for (const [y, text] of ticks(low * k, high * k, 5)) svg.append(line(L, Y(y / k), W - R, Y(y / k), y ? "rule" : "base"), t(L - 6, Y(y / k) + 4, "tick num", text, "end"));
    for (const [x, text] of ticks(0, 1.03 * far * k, 5)) svg.append(t(X(x / k), H - B + 17, "tick num", text, "middle"));
    svg.append(t((L + W - R) / 2, H - 6, "axis", `${f.names[0]} (${unit})`, "middle"), t(2, 12, "axis", `${f.names[1]} (${unit})`));
    const way = (points) => "M" + points.map(([x, y]) => `${X(x).toFixed(1)} ${Y(y).toFixed(1)}`).join("L"), inside = s("g", { "clip-path": `url(#${clip})` });
    for (const c of f.curves) inside.append(s("path", { class: "theory", d: way(c.x.map((x, i) => [x, c.y[i]])) }));
    const ink = (m) => palette[m.hue % 8], parts = f.methods.map((m) => {
      const path = s("path", { class: "line", stroke: ink(m), "stroke-dasharray": dashes[(m.hue >> 1) % 4] }), dot = s("circle", { class: "point", r: 5.5, fill: ink(m) }), name = t(W - R + 12, 0, "bold", short(m.title, (R - 14) / 6.6)), lead = s("path", { class: "lead", stroke: ink(m) });
      name.style.fill = `color-mix(in srgb, ${ink(m)} 72%, var(--ink))`;
      path.append(s("title", {}, m.title));
      inside.append(path);
      return { path, dot, name, lead };
    });
    svg.append(inside, ...parts.map((p) => p.lead), ...parts.map((p) => p.dot), ...parts.map((p) => p.name));
    if (f.curves.length) svg.append(t(W - R - 6, Y(Math.min(high, last(f.curves[0].y.filter((_, i) => f.curves[0].x[i] <= far)))) - 6, "note halo", f.curves[0].label, "end"));
    const axis = grid.axes[0], nodes = axis ? range(grid.nx, (i) => axis.low + ((axis.high - axis.low) * i) / (grid.nx - 1)) : [];
    let other = null;
    return {
      draw(st) {
        if (other !== String(st.v.slice(1))) {
          other = String(st.v.slice(1));
          const all = nodes.map((a) => grid.at([a, ...st.v.slice(1)], 1));
          f.methods.forEach((m, i) => parts[i].path.setAttribute("d", all.length && !m.fixed ? way(all.map((q) => [q[m.x], q[m.y]])) : ""));
        }
        const heights = spread(f.methods.map((m) => Y(st.q[m.y] / k) + 4), 15, T + 8, H - B);
        f.methods.forEach((m, i) => {
          const x = X(st.q[m.x] / k), y = Y(st.q[m.y] / k), p = parts[i];
          set(p.dot, { cx: x.toFixed(2), cy: y.toFixed(2) });
          set(p.name, { y: heights[i] });
          p.lead.setAttribute("d", `M${(x + 6).toFixed(1)} ${y.toFixed(1)}L${W - R + 8} ${heights[i] - 4}`);
        });
      },
      at(px, py, st) {
        if (!within(px, py, L - 8, T - 8, W, H - B + 8)) return null;
        // a point, or its name at the right: the method as it is set
        const heights = spread(f.methods.map((m) => Y(st.q[m.y] / k) + 4), 15, T + 8, H - B), far_ = (m) => Math.hypot(X(st.q[m.x] / k) - px, Y(st.q[m.y] / k) - py);
        const one = px > W - R + 8 ? f.methods[heights.findIndex((y) => Math.abs(+y - 4 - py) < 8)] : f.methods.filter((m) => far_(m) < 10).sort((m, o) => far_(m) - far_(o))[0];
        if (one) return { head: one.title, items: [[f.names[0], `${fix(st.q[one.x])} ${unit}`, ink(one)], [f.names[1], `${fix(st.q[one.y])} ${unit}`], ...grid.axes.map((a, i) => [a.label, spoken(a, st.v[i])])], dots: [[X(st.q[one.x] / k), Y(st.q[one.y] / k)]] };
        if (px > W - R) return null;
        const x = ((px - L) / (W - L - R)) * 1.03 * far, all = nodes.map((a) => grid.at([a, ...st.v.slice(1)], 1)), hits = f.methods.map((m) => (m.fixed ? null : crossing(all.map((q) => [q[m.x], q[m.y]]), x, py, Y)));
        const exact = f.curves.map((c) => [c, crossing(c.x.map((z, i) => [z, c.y[i]]), x, py, Y)]).filter(([, hit]) => hit);
        return {
          head: `${f.names[0]} ${fix(k * x)} ${unit}`,
          items: [...exact.map(([c, hit]) => [c.label, `${fix(k * hit.y)} ${unit}`]), ...hits.flatMap((hit, i) => (hit ? [[f.methods[i].title, `${fix(k * hit.y)} ${unit}`, ink(f.methods[i])]] : []))],
          note: f.names[1],
          v: [px, T, H - B],
          dots: [...exact.map(([, hit]) => hit), ...hits].filter((hit) => hit && hit.y <= 1.05 * high).map((hit) => [px, Y(hit.y)]),
        };
      },
      rows: (st) => [["method", `${f.names[0]} (${unit})`, `${f.names[1]} (${unit})`], ...f.methods.map((m) => [m.title, fix(st.q[m.x]), fix(st.q[m.y])])],
      find: (st) => {
        const best = f.methods.reduce((a, b) => (st.q[b.y] > st.q[a.y] ? b : a)), least = f.methods.reduce((a, b) => (st.q[b.x] < st.q[a.x] ? b : a));
        return f.methods.length < 2 ? "" : `Here ${best.title} carries most about Y, ${fix(st.q[best.y], 2)} ${unit}; ${least.title} has the lowest rate, ${fix(st.q[least.x], 2)} ${unit}.`;
      },
      alt: (st) => f.methods.map((m) => `${m.title}: rate ${fix(st.q[m.x], 2)}, about Y ${fix(st.q[m.y], 2)} ${unit}`).join("; ") + ".",
    };
  },
};
