// What a representation explains of each part, as shares of its variance, over the first slider.
// static "explained": { parts: [{ key: quantity, name, ceiling: share or null, ceiling_words }], colours: { light, dark } }.
VIEWS.explained = {
  title: "What is explained",
  fits: (dial) => !!dial.facts("explained"),
  tall: (fig) => clamp(fig.W * 0.7, 270, 400),
  make(fig) {
    const { dial, svg, W, H } = fig, { grid, k } = dial, f = dial.facts("explained"), [a] = grid.axes, ink = f.colours[dial.root.dataset.theme === "dark" ? "dark" : "light"];
    const L = 40, R = 14, T = 22, B = 40, X = (x) => L + ((x - a.low) / (a.high - a.low)) * (W - L - R), Y = (y) => H - B - clamp(y, 0, 1) * (H - B - T);
    for (const [y, text] of ticks(0, 100, 4)) svg.append(line(L, Y(y / 100), W - R, Y(y / 100), y ? "rule" : "base"), t(L - 6, Y(y / 100) + 4, "tick num", text, "end"));
    for (const [x, text] of axisTicks(a, W < 400 ? 4 : 6)) svg.append(t(X(x), H - B + 17, "tick num", text, "middle"));
    svg.append(t((L + W - R) / 2, H - 6, "axis", short(a.label, 40), "middle"), t(2, 12, "axis", "variance explained (%)"));
    const lines = f.parts.map((p, i) => s("path", { class: "ways", stroke: ink[i], "stroke-dasharray": [null, "7 3", "2.5 3.5"][i] })), tops = f.parts.filter((p) => p.ceiling != null);
    for (const p of tops) svg.append(s("path", { class: "hollow", d: `M${L} ${Y(p.ceiling)}H${W - R}` }), t(L + 6, Y(p.ceiling) - 5, "note halo", p.ceiling_words));
    const cursor = line(0, T, 0, H - B, "cursor"), dots = f.parts.map((_, i) => s("circle", { r: 4.5, class: "point", fill: ink[i] })), nums = f.parts.map(() => t(0, 0, "num halo bold", "")), glass = rect(L - 8, 0, W - L - R + 16, H - B + 8, "glass");
    nums.forEach((e, i) => (e.style.fill = ink[i]));
    svg.append(...lines, cursor, ...dots, ...nums, glass);
    fig.drag(glass, (x) => [a.low + (clamp(x - L, 0, W - L - R) / (W - L - R)) * (a.high - a.low), null].slice(0, grid.axes.length));
    let other = NaN, along = [];
    const find = (st) => f.parts.map((p) => `${Math.round((100 * st.q[p.key]) / k)}\u00a0% of the variance of ${p.name}`).join(" and ") + " is explained.";
    return {
      draw(st) {
        if (other !== st.v[1]) {
          other = st.v[1];
          along = f.parts.map((p) => alongAxis(dial, 0, st.v, p.key));
          along.forEach((points, i) => lines[i].setAttribute("d", "M" + points.map((p) => `${X(p.x).toFixed(1)} ${Y(p.y).toFixed(1)}`).join("L")));
        }
        const x = X(st.v[0]).toFixed(2), flip = x > W - R - 74;
        set(cursor, { x1: x, x2: x });
        spread(f.parts.map((p) => Y(st.q[p.key] / k) - 5), 15, T + 8, H - B - 4).forEach((y, i) => set(nums[i], { x: +x + (flip ? -8 : 8), y, "text-anchor": flip ? "end" : "start" }));
        f.parts.forEach((p, i) => (set(dots[i], { cx: x, cy: Y(st.q[p.key] / k).toFixed(2) }), say(nums[i], `${p.name} ${Math.round((100 * st.q[p.key]) / k)} %`)));
      },
      at(x, y, st) {
        if (!within(x, y, L - 8, 0, W - R + 8, H - B + 8)) return null;
        const v = [stepped(a, a.low + ((x - L) / (W - L - R)) * (a.high - a.low)), ...st.v.slice(1)], q = readAt(dial, st, v), at = X(v[0]);
        return {
          head: `${a.label} ${spoken(a, v[0])}`,
          items: f.parts.flatMap((p, i) => [[`variance of ${p.name}`, `${fix((100 * q[p.key]) / k, 1)} %`, ink[i]], ...(p.ceiling == null ? [] : [[p.ceiling_words, `${fix(100 * p.ceiling, 1)} %`]])]),
          v: [at, T, H - B],
          dots: f.parts.map((p) => [at, Y(q[p.key] / k)]),
        };
      },
      rows: () => [[a.label, ...f.parts.map((p) => `${p.name} (%)`)], ...(along[0] || []).map((p, j) => [ended(a, p.x), ...along.map((points) => fix(100 * points[j].y, 1))]).filter((_, j) => j % 8 === 0)],
      alt: find,
    };
  },
};
