// Which states of the symmetric bottleneck are stable, over both sliders: collapsed only, both, informative only; and which of the two is better.
// Needs static "symmetric" (see barrier.js). Drag to move both sliders.
VIEWS.phases = {
  title: "Phase diagram: which states are stable",
  fits: (dial) => !!dial.facts("symmetric"),
  make(fig) {
    const { dial, svg, W, H } = fig, { square: r } = dial.facts("symmetric"), [ax, ay] = dial.grid.axes, L = 44, R = 12, T = 12, B = 40, nx = 96, ny = 64;
    const X = (x) => L + ((x - ax.low) / (ax.high - ax.low)) * (W - L - R), Y = (y) => H - B - ((y - ay.low) / (ay.high - ay.low)) * (H - B - T);
    const b = range(nx + 1, (i) => toValue(ax, ax.low + ((ax.high - ax.low) * i) / nx)), kinds = ["collapsed", "both, collapsed better", "both, informative better", "informative"];
    const kind = (beta, c) => {
      const p = resting(beta, c, r);
      if (p.open == null) return p.low > 1e-9 ? 3 : 0;
      return p.low > 1e-9 ? 3 : landscape(p.open, beta, c, r) < landscape(p.low, beta, c, r) ? 2 : 1;
    };
    const dx = (W - L - R) / nx, dy = (H - T - B) / ny, runs = ["", "", "", ""];
    // one path a kind, a rectangle for each run of equal cells in a row
    for (let j = 0; j < ny; j++) {
      const c = ay.low + ((ay.high - ay.low) * (j + 0.5)) / ny, row = range(nx, (i) => kind(Math.sqrt(b[i] * b[i + 1]), c));
      for (let i = 0; i < nx; ) {
        let e = i;
        while (e < nx && row[e] === row[i]) e++;
        runs[row[i]] += `M${(L + i * dx).toFixed(1)} ${(H - B - (j + 1) * dy).toFixed(1)}h${((e - i) * dx).toFixed(1)}v${(dy + 0.3).toFixed(1)}h${(-(e - i) * dx).toFixed(1)}z`;
        i = e;
      }
    }
    svg.append(...runs.map((d, i) => s("path", { class: `phase phase-${i}`, d })), rect(L, T, W - L - R, H - T - B, "frame"));
    for (const [x, text] of axisTicks(ax, 6)) svg.append(line(X(x), H - B, X(x), H - B + 4, "rule"), t(X(x), H - B + 17, "tick num", text, "middle"));
    for (const [y, text] of ticks(ay.low, ay.high, 4)) svg.append(line(L - 4, Y(y), L, Y(y), "rule"), t(L - 7, Y(y) + 4, "tick num", text, "end"));
    svg.append(t((L + W - R) / 2, H - 6, "axis", short(ax.label, 40), "middle"), s("g", { transform: `translate(11 ${(T + H - B) / 2}) rotate(-90)` }, t(0, 0, "axis", short(ay.label, 30), "middle")));
    // the name of a phase in the middle of its wide rows
    const wide = kinds.map(() => []);
    for (let j = 0; j < ny; j++) {
      const c = ay.low + ((ay.high - ay.low) * (j + 0.5)) / ny, row = range(nx, (i) => kind(Math.sqrt(b[i] * b[i + 1]), c));
      let begun = 0;
      row.forEach((z, i) => {
        if (i + 1 < nx && row[i + 1] === z) return;
        wide[z].push({ w: i + 1 - begun, x: L + ((i + 1 + begun) / 2) * dx, y: H - B - (j + 0.5) * dy });
        begun = i + 1;
      });
    }
    const widest = wide.map((runs) => {
      const most = Math.max(...runs.map((p) => p.w)), some = runs.filter((p) => p.w > 0.6 * most);
      return some[some.length >> 1];
    });
    widest.forEach((p, z) => {
      if (p && p.w * dx > 52) svg.append(t(p.x, p.y + 4, "halo bold", p.w * dx > 7 * kinds[z].length ? kinds[z] : kinds[z].split(", ")[0], "middle"));
    });
    const cross = ["cross-halo", "cross"].map((c) => s("path", { class: c })), glass = rect(L, T, W - L - R, H - T - B, "glass");
    svg.append(...cross, glass);
    fig.drag(glass, (x, y) => (dial.stopSweep?.(), [ax.low + (clamp(x - L, 0, W - L - R) / (W - L - R)) * (ax.high - ax.low), ay.low + (1 - clamp(y - T, 0, H - T - B) / (H - T - B)) * (ay.high - ay.low)]));
    const here = (st) => kinds[kind(toValue(ax, st.v[0]), st.v[1])];
    return {
      draw(st) {
        const x = X(st.v[0]), y = Y(st.v[1]), d = `M${L} ${y}H${x - 7}M${x + 7} ${y}H${W - R}M${x} ${T}V${y - 7}M${x} ${y + 7}V${H - B}M${x - 7} ${y}a7 7 0 1 0 14 0a7 7 0 1 0 -14 0`;
        for (const e of cross) e.setAttribute("d", d);
      },
      at(x, y) {
        if (!within(x, y, L, T, W - R, H - B)) return null;
        const v = [stepped(ax, ax.low + ((x - L) / (W - L - R)) * (ax.high - ax.low)), stepped(ay, ay.low + ((H - B - y) / (H - B - T)) * (ay.high - ay.low))], p = resting(toValue(ax, v[0]), v[1], r);
        const rate = (name, q) => (q == null ? [] : [[name, `${fix(dial.k * rateOf(q))} ${dial.unit()}`]]);
        return {
          head: `Stable: ${kinds[kind(toValue(ax, v[0]), v[1])]}`,
          items: [[ax.label, spoken(ax, v[0])], [ay.label, spoken(ay, v[1])], ...rate(p.low > 1e-9 ? "rate, lower state" : "rate, collapsed", p.low), ...rate("rate, informative", p.open)],
          v: [X(v[0]), T, H - B],
          h: [Y(v[1]), L, W - R],
        };
      },
      rows: () => [[`${ay.label} down, β across`, ...range(9, (i) => digits(b[i * 12]))], ...range(7, (j) => [fix(ay.low + ((ay.high - ay.low) * j) / 6, 2), ...range(9, (i) => kinds[kind(b[i * 12], ay.low + ((ay.high - ay.low) * j) / 6)])])],
      alt: (st) => `At this setting: ${here(st)}.`,
    };
  },
};
