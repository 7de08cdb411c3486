// The four atoms along one slider, the other one held; the present point on each line.
VIEWS.curve = {
  title: "Along one slider",
  make(fig) {
    const { dial, svg, W, H } = fig, { grid, k } = dial, { axes, nx, ny } = grid;
    const c = axes.length > 1 ? +dial.choose(fig, "Run over", "axis", axes.map((a, i) => [String(i), a.label])) : 0;
    const a = axes[c], n = c ? ny : nx, [lo, hi] = grid.limits(k, dial.pin), L = hi - lo < 0.15 ? 42 : 34, R = 30, T = 20, B = 40;
    const X = (x) => L + ((x - a.low) / (a.high - a.low)) * (W - L - R), Y = (y) => H - B - ((y - lo) / (hi - lo)) * (H - B - T);
    for (const [y, text] of ticks(lo, hi, 4)) svg.append(line(L, Y(y), W - R, Y(y), y ? "rule" : "base"), t(L - 6, Y(y) + 4, "tick num", text, "end"));
    for (const [x, text] of axisTicks(a, W < 400 ? 4 : 5)) svg.append(t(X(x), H - B + 17, "tick num", text, "middle"));
    svg.append(t((L + W - R) / 2, H - 6, "axis", short(a.label, 40) + (a.unit ? ` (${a.unit})` : ""), "middle"), t(L - 6, 12, "tick", dial.unit(), "end"));
    const lines = grid.atoms.map((q) => s("path", { class: "line l-" + q.atom })), ends = grid.atoms.map((q) => t(W - R + 7, 0, "end i-" + q.atom, q.key));
    const cursor = line(0, T, 0, H - B, "cursor"), dots = grid.atoms.map((q) => s("circle", { r: 4.5, class: "point p-" + q.atom })), pins = grid.atoms.map((q) => s("circle", { r: 4, class: "pin l-" + q.atom }));
    const nums = grid.atoms.map((q) => t(0, 0, "num halo bold i-" + q.atom));
    const glass = rect(L - 8, 0, W - L - R + 16, H - B + 8, "glass");
    svg.append(...lines, cursor, ...pins, ...dots, ...ends, ...nums, glass);
    fig.drag(glass, (x) => [0, 1].slice(0, axes.length).map((i) => (i === c ? a.low + (clamp(x - L, 0, W - L - R) / (W - L - R)) * (a.high - a.low) : null)));
    let other = NaN, along = [];
    const sweep = (st) => range(n, (i) => {
      const v = st.v.slice();
      v[c] = a.low + ((a.high - a.low) * i) / (n - 1);
      return { x: v[c], q: grid.at(v, k) };
    });
    return {
      draw(st) {
        if (other !== (axes.length > 1 ? st.v[1 - c] : 0)) {
          other = axes.length > 1 ? st.v[1 - c] : 0;
          along = sweep(st);
          grid.atoms.forEach((q, j) => lines[j].setAttribute("d", "M" + along.map((p) => X(p.x).toFixed(1) + " " + Y(p.q[q.key]).toFixed(1)).join("L")));
          spread(grid.atoms.map((q) => Y(last(along).q[q.key]) + 4), 14, T + 8, H - B + 6).forEach((y, j) => ends[j].setAttribute("y", y));
        }
        const x = X(st.v[c]).toFixed(2);
        set(cursor, { x1: x, x2: x });
        const flip = x > W - R - 50;
        spread(grid.atoms.map((q) => Y(st.q[q.key]) - 5), 14, T + 8, H - B - 4).forEach((y, j) => set(nums[j], { x: +x + (flip ? -8 : 8), y, "text-anchor": flip ? "end" : "start" }));
        grid.atoms.forEach((q, j) => {
          set(dots[j], { cx: x, cy: Y(st.q[q.key]).toFixed(2) });
          say(nums[j], fix((st.exact || st).q[q.key]));
          pins[j].style.display = st.pin ? "" : "none";
          if (st.pin) set(pins[j], { cx: X(st.pin.v[c]), cy: Y(st.pin.q[q.key]) });
        });
      },
      at(x, y, st) {
        if (!within(x, y, L - 8, 0, W - R + 8, H - B + 8)) return null;
        const v = st.v.slice(), b = axes[1 - c];
        v[c] = stepped(a, a.low + ((x - L) / (W - L - R)) * (a.high - a.low));
        const q = readAt(dial, st, v), at = X(v[c]);
        return {
          head: `${a.label} ${spoken(a, v[c])}`,
          items: [...grid.atoms.map((o) => [`${o.label} (${o.key})`, `${fix(q[o.key])} ${dial.unit()}`, `var(--${o.atom})`]), ...(b ? [[b.label, spoken(b, v[1 - c])]] : [])],
          v: [at, T, H - B],
          dots: grid.atoms.map((o) => [at, Y(q[o.key])]),
        };
      },
      rows: (st) => [[a.label, ...grid.atoms.map((q) => `${q.key} (${dial.unit()})`)], ...sweep(st).map((p) => [fix(p.x, Math.max(3, a.decimals)), ...grid.atoms.map((q) => fix(p.q[q.key], 4))])],
      alt(st) {
        const trend = grid.atoms.map((q) => `${q.label} from ${fix(along[0]?.q[q.key] ?? 0, 2)} to ${fix(last(along)?.q[q.key] ?? 0, 2)}`).join(", ");
        return `Over ${a.label} from ${fix(a.low, a.decimals)} to ${fix(a.high, a.decimals)}: ${trend} ${dial.unit()}. Now at ${plain(st.v[c], a.decimals)}.`;
      },
    };
  },
};
