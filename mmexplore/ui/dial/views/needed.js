// How many samples each method needs until it keeps enough, over the second slider. Needs static "learning" (see learning.js).
VIEWS.needed = {
  title: "Rows needed",
  fits: (dial) => !!dial.facts("learning") && dial.grid.axes.length > 1,
  make(fig) {
    const { dial, svg, W, H } = fig, { grid } = dial, f = dial.facts("learning"), [rows_, a] = grid.axes, n = f.methods.length, L = 46, R = 14, T = 22, B = 40, m = 72;
    const top = rows_.high, X = (x) => L + ((x - a.low) / (a.high - a.low)) * (W - L - R), Y = (x) => H - B - ((x - rows_.low) / (top - rows_.low)) * (H - B - T - 22);
    for (const [y, text] of axisTicks(rows_, 5)) svg.append(line(L, Y(y), W - R, Y(y), "rule"), t(L - 6, Y(y) + 4, "tick num", text, "end"));
    svg.append(line(L, H - B, W - R, H - B, "base"), t(L - 6, T + 12, "tick", "never", "end"), s("path", { class: "hollow", d: `M${L} ${T + 8}H${W - R}` }));
    for (const [x, text] of axisTicks(a, W < 400 ? 4 : 6)) svg.append(t(X(x), H - B + 17, "tick num", text, "middle"));
    svg.append(t((L + W - R) / 2, H - 6, "axis", short(a.label, 46), "middle"), t(2, 12, "axis", `samples until ${Math.round(100 * f.share)} % is kept`));
    // the place on the rows' slider from which on enough is kept; null: never
    const need = (i, v) => {
      const points = alongAxis(dial, 0, [0, v], "s" + i);
      let j = points.length;
      while (j > 0 && points[j - 1].y >= f.share) j--;
      if (j === points.length) return null;
      if (!j) return rows_.low;
      const [p, q] = [points[j - 1], points[j]];
      return p.x + ((f.share - p.y) / (q.y - p.y)) * (q.x - p.x);
    };
    const places = range(m + 1, (i) => a.low + ((a.high - a.low) * i) / m), all = range(n, (i) => places.map((v) => need(i, v)));
    const Z = (x) => (x == null ? T + 8 : Y(x));
    const lines = range(n, (i) => {
      let d = "";
      all[i].forEach((y, j) => {
        if (y == null) return;
        d += `${j && all[i][j - 1] != null ? "L" : "M"}${X(places[j]).toFixed(1)} ${Y(y).toFixed(1)}`;
      });
      return s("path", { class: "ways", stroke: methodInk(dial, i), "stroke-dasharray": DASHES[i], d });
    });
    const cursor = line(0, T, 0, H - B, "cursor"), dots = range(n, (i) => s("circle", { r: 4.5, class: "point", fill: methodInk(dial, i) })), nums = range(n, () => t(0, 0, "num halo bold", "")), glass = rect(L - 8, 0, W - L - R + 16, H - B + 8, "glass");
    nums.forEach((e, i) => (e.style.fill = methodInk(dial, i)));
    svg.append(...lines, cursor, ...dots, ...nums, glass);
    fig.drag(glass, (x) => [null, a.low + (clamp(x - L, 0, W - L - R) / (W - L - R)) * (a.high - a.low)]);
    const words = (x) => (x == null ? `never (to ${digits(toValue(rows_, top))})` : x <= rows_.low ? `≤ ${digits(toValue(rows_, x))}` : digits(toValue(rows_, x), 2));
    return {
      draw(st) {
        const x = X(st.v[1]).toFixed(2), flip = x > W - R - 150, now = range(n, (i) => need(i, st.v[1]));
        set(cursor, { x1: x, x2: x });
        spread(now.map((y) => Z(y) + 4), 15, T + 12, H - B - 4).forEach((y, i) => set(nums[i], { x: +x + (flip ? -9 : 9), y, "text-anchor": flip ? "end" : "start" }));
        now.forEach((y, i) => (set(dots[i], { cx: x, cy: Z(y).toFixed(2) }), say(nums[i], `${f.methods[i]} ${words(y)}`)));
      },
      at(x, y) {
        if (!within(x, y, L - 8, 0, W - R + 8, H - B + 8)) return null;
        const v = stepped(a, a.low + ((x - L) / (W - L - R)) * (a.high - a.low)), now = range(n, (i) => need(i, v)), at = X(v);
        return { head: `${a.label} ${spoken(a, v)}`, items: now.map((z, i) => [f.methods[i], words(z), methodInk(dial, i)]), note: `samples until ${Math.round(100 * f.share)} % is kept`, v: [at, T, H - B], dots: now.map((z) => [at, Z(z)]) };
      },
      rows: () => [[a.label, ...f.methods], ...places.map((v, j) => [j, v]).filter(([j]) => j % 6 === 0).map(([j, v]) => [digits(toValue(a, v)), ...all.map((ys) => words(ys[j]))])],
      alt: (st) => `To keep ${Math.round(100 * f.share)} % of the shared signal: ${f.methods.map((name, i) => `${name} ${words(need(i, st.v[1]))}`).join(", ")} samples.`,
    };
  },
};
