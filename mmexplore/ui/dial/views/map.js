// One quantity over both sliders; click or drag moves both.
// Lines of equal value: where a level crosses the sides of each half cell.
function contours(a, nx, ny, levels, at) {
  let d = "";
  for (const z of levels) for (let j = 0; j + 1 < ny; j++) for (let i = 0; i + 1 < nx; i++) for (const [mi, mj] of [[1, 0], [0, 1]]) {
    const tri = [[i, j], [i + 1, j + 1], [i + mi, j + mj]].map(([x, y]) => [x, y, a[y * nx + x] - z]), hit = [];
    tri.forEach(([x, y, v], n) => {
      const [X, Y, V] = tri[(n + 1) % 3];
      if (v > 0 !== V > 0) hit.push(at(x + ((X - x) * v) / (v - V), y + ((Y - y) * v) / (v - V)));
    });
    if (hit.length) d += `M${hit[0]}L${hit[1]}`;
  }
  return d;
}
VIEWS.map = {
  title: "Over both sliders",
  fits: (dial) => dial.grid.axes.length > 1,
  make(fig) {
    const { dial, svg, W, H } = fig, { grid, k } = dial, { axes, nx, ny } = grid, [ax, ay] = axes;
    const q = grid.by[dial.choose(fig, "Quantity", "field", grid.Q.map((o) => [o.key, `${o.key}  ${o.label}`]), dial.top({ q: Object.fromEntries(grid.atoms.map((o) => [o.key, o.hi])) }).key)];
    const two = q.lo < -1e-3 * Math.max(q.hi, 1e-3), m = Math.max(-q.lo, q.hi), lo = two ? -m : Math.max(0, q.lo < 0.25 * q.hi ? 0 : q.lo), hi = Math.max(two ? m : q.hi, lo + LEAST), stops = two ? SCALES.div : SCALES.seq;
    const L = 54, R = 58, T = 20, B = 40, w = W - L - R, tall = H - T - B;
    const picture = (cw, ch, value) => {
      const c = h("canvas", { width: cw, height: ch }), g = c.getContext("2d"), im = g.createImageData(cw, ch);
      for (let j = 0, p = 0; j < ch; j++) for (let i = 0; i < cw; i++) im.data.set([...colour(stops, (value(i, ch - 1 - j) - lo) / (hi - lo)), 255], 4 * p++);
      g.putImageData(im, 0, 0);
      return c.toDataURL();
    };
    // nodes sit on the edges of the plot: half a cell of the picture lies outside and is cut off by an inner frame
    const dx = w / (nx - 1), dy = tall / (ny - 1);
    svg.append(s("svg", { x: L, y: T, width: w, height: tall, viewBox: `0 0 ${w} ${tall}`, overflow: "hidden" },
      s("image", { x: -dx / 2, y: -dy / 2, width: w + dx, height: tall + dy, preserveAspectRatio: "none", href: picture(nx, ny, (i, j) => q.a[j * nx + i]) })));
    svg.append(s("path", { class: "iso", d: contours(q.a, nx, ny, ticks(lo * k, hi * k, 4).map(([x]) => x / k).filter((x) => x > lo + 0.02 * (hi - lo) && x < hi - 0.02 * (hi - lo)), (i, j) => `${(L + i * dx).toFixed(1)} ${(T + tall - j * dy).toFixed(1)}`) }), rect(L, T, w, tall, "frame"));
    const X = (x) => L + ((x - ax.low) / (ax.high - ax.low)) * w, Y = (y) => T + tall - ((y - ay.low) / (ay.high - ay.low)) * tall;
    for (const [x, text] of axisTicks(ax, W < 400 ? 4 : 5)) svg.append(line(X(x), T + tall, X(x), T + tall + 4, "rule"), t(X(x), T + tall + 17, "tick num", text, "middle"));
    for (const [y, text] of axisTicks(ay, 4)) svg.append(line(L - 4, Y(y), L, Y(y), "rule"), t(L - 7, Y(y) + 4, "tick num", text, "end"));
    svg.append(t(L + w / 2, H - 6, "axis", short(ax.label, 40), "middle"), s("g", { transform: `translate(11 ${T + tall / 2}) rotate(-90)` }, t(0, 0, "axis", short(ay.label, 30), "middle")));
    const bar = W - R + 12, V = (x) => T + tall - ((x - lo) / (hi - lo)) * tall;
    svg.append(s("image", { x: bar, y: T, width: 9, height: tall, preserveAspectRatio: "none", href: picture(1, 64, (_, j) => lo + ((hi - lo) * j) / 63) }), rect(bar, T, 9, tall, "frame"));
    for (const [x, text] of ticks(lo * k, hi * k, 4)) svg.append(t(bar + 14, V(x / k) + 4, "tick num", text));
    svg.append(t(bar, 12, "tick", dial.unit()));
    const mark = s("path", { class: "needle" }), cross = ["cross-halo", "cross"].map((c) => s("path", { class: c })), pin = s("circle", { r: 5, class: "ring" }), pinHalo = s("circle", { r: 5, class: "ring-halo" });
    const here = t(0, 0, "here num", ""), glass = rect(L, T, w, tall, "glass");
    svg.append(mark, pinHalo, pin, ...cross, here, glass);
    fig.drag(glass, (x, y) => [ax.low + (clamp(x - L, 0, w) / w) * (ax.high - ax.low), ay.low + (1 - clamp(y - T, 0, tall) / tall) * (ay.high - ay.low)]);
    return {
      draw(st) {
        const x = X(st.v[0]), y = Y(st.v[1]), value = (st.exact || st).q[q.key], z = V(clamp(value / k, lo, hi)).toFixed(1);
        const d = `M${L} ${y}H${x - 7}M${x + 7} ${y}H${L + w}M${x} ${T}V${y - 7}M${x} ${y + 7}V${T + tall}M${x - 7} ${y}a7 7 0 1 0 14 0a7 7 0 1 0 -14 0`;
        for (const e of cross) e.setAttribute("d", d);
        mark.setAttribute("d", `M${bar - 1} ${z}l-6 -4v8z`);
        const flip = x > L + w - 64;
        set(here, { x: x + (flip ? -12 : 12), y: y < T + 26 ? y + 22 : y - 11, "text-anchor": flip ? "end" : "start" });
        say(here, `${q.key} ${fix(value)}`);
        for (const e of [pin, pinHalo]) {
          e.style.display = st.pin ? "" : "none";
          if (st.pin) set(e, { cx: X(st.pin.v[0]), cy: Y(st.pin.v[1]) });
        }
      },
      at(x, y, st) {
        if (!within(x, y, L, T, L + w, T + tall)) return null;
        const v = [stepped(ax, ax.low + ((x - L) / w) * (ax.high - ax.low)), stepped(ay, ay.low + ((T + tall - y) / tall) * (ay.high - ay.low))];
        return {
          head: `${q.label} (${q.key})`,
          items: [[q.key, `${fix(readAt(dial, st, v)[q.key])} ${dial.unit()}`, q.atom && `var(--${q.atom})`], ...axes.map((a, i) => [a.label, spoken(a, v[i])])],
          v: [X(v[0]), T, T + tall],
          h: [Y(v[1]), L, L + w],
        };
      },
      rows() {
        const some = (n) => range(Math.min(n, 11), (i) => Math.round((i * (n - 1)) / (Math.min(n, 11) - 1))), node = (a, n, i) => fix(a.low + ((a.high - a.low) * i) / (n - 1), Math.max(2, a.decimals));
        const cols = some(nx);
        return [[`${q.key} (${dial.unit()}): ${ay.label} down, ${ax.label} across`, ...cols.map((i) => node(ax, nx, i))], ...some(ny).map((j) => [node(ay, ny, j), ...cols.map((i) => fix(k * q.a[j * nx + i]))])];
      },
      alt(st) {
        const far = (a, b) => (q.a[a] > q.a[b] ? a : b), top = range(nx * ny, (i) => i).reduce(far), w_ = (i) => `${ax.label} ${fix(ax.low + ((ax.high - ax.low) * (i % nx)) / (nx - 1), 2)}, ${ay.label} ${fix(ay.low + ((ay.high - ay.low) * Math.floor(i / nx)) / (ny - 1), 2)}`;
        return `${q.label} is highest, ${fix(k * q.hi)} ${dial.unit()}, at ${w_(top)}; here it is ${fix((st.exact || st).q[q.key])}.`;
      },
    };
  },
};
