// The decomposition as areas, one scale for all: two discs of area I1 and I2 whose common lens is R exactly, so that their
// crescents are U1 and U2; a disc of area S that touches both; and, where H(Y) is known, a dashed one for what neither tells.
const lens = (d, a, b) => {
  if (d >= a + b) return 0;
  if (d <= Math.abs(a - b)) return Math.PI * Math.min(a, b) ** 2;
  const A = (d * d + a * a - b * b) / (2 * d * a), B = (d * d + b * b - a * a) / (2 * d * b);
  return a * a * Math.acos(clamp(A, -1, 1)) + b * b * Math.acos(clamp(B, -1, 1)) - 0.5 * Math.sqrt(Math.max(0, (a + b - d) * (d + a - b) * (d - a + b) * (d + a + b)));
};
const radius = (area) => Math.sqrt(Math.max(0, area) / Math.PI);
// distance of the centres at which the lens has this area
function apart(a, b, area) {
  let lo = Math.abs(a - b), hi = a + b;
  if (area <= 0) return hi + 2 * radius(-area);
  for (let i = 0; i < 44; i++) {
    const mid = (lo + hi) / 2;
    if (lens(mid, a, b) > area) lo = mid;
    else hi = mid;
  }
  return (lo + hi) / 2;
}
// everything in units of sqrt(bit); x from the middle of the pair, y from its centre line
function shapes(q) {
  const a = radius(q.I1), b = radius(q.I2), g = radius(Math.abs(q.S)), d = apart(a, b, q.R);
  const left = Math.min(-a, d - b), right = Math.max(a, d + b), mid = (left + right) / 2, x1 = -mid, x2 = d - mid;
  const xm = q.R > 0 ? (Math.max(x1 - a, x2 - b) + Math.min(x1 + a, x2 + b)) / 2 : (x1 + a + x2 - b) / 2;
  const drop = (x, r) => { const w = (r + g) ** 2 - (xm - x) ** 2; return r > 0 && w > 0 ? Math.sqrt(w) : 0; };
  return { a, b, g, d, x1, x2, xm, half: (right - left) / 2, low: Math.max(drop(x1, a), drop(x2, b)), n: radius(q.HY == null ? 0 : q.HY - q.I12) };
}

VIEWS.diagram = {
  title: "As areas",
  fits: ({ grid }) => ["R", "U1", "U2", "S", "I1", "I2", "I12"].every((k) => grid.by[k]),
  make(fig) {
    const { dial, svg, W, H } = fig, { grid, k } = dial, fill = patterns(fig), rest = !!grid.by.HY, names = dial.d.names.map((n) => short(n, 12));
    const T = 46, B = 44, X0 = W * (rest ? 0.41 : 0.5), XN = W * 0.86;
    // one scale for the whole grid, so that areas can be compared while the dial moves
    let up = 0.05, down = 0.05, half = 0.05, side = 0.02, pair = 0;
    for (let i = 0; i < grid.nx * grid.ny; i += Math.max(1, (grid.nx * grid.ny) >> 9)) {
      const z = shapes(Object.fromEntries(grid.Q.map((o) => [o.key, o.a[i]])));
      (up = Math.max(up, z.a, z.b)), (down = Math.max(down, z.low + z.g, z.a, z.b)), (half = Math.max(half, z.half, z.g)), (side = Math.max(side, z.n)), (pair = Math.max(pair, z.half + z.n));
    }
    const m = Math.min((H - T - B - 6) / (up + down), (X0 - 4) / half, rest ? Math.min((W - XN - 2) / side, (XN - X0 - 10) / pair) : 1e9), cy = T + 2 + m * up;
    const disc = (c, more) => s("circle", { class: c, ...more });
    const one = disc("rim", { fill: fill.U1 }), two = disc("rim", { fill: fill.U2 }), both = s("path", { class: "rim", fill: fill.R }), syn = disc("rim", { fill: fill.S }), none = disc("hollow"), less = ["R", "U1", "U2"].map(() => disc("hollow"));
    const leads = range(5, () => s("path", { class: "lead" })), spots = range(5, () => s("circle", { r: 2.6, class: "spot" }));
    svg.append(none, one, two, both, syn, ...less, ...leads, ...spots);
    const place = [["U1", 2, "start", `only ${names[0]}`], ["R", X0, "middle", "both alike"], ["U2", rest ? Math.min(X0 + W * 0.32, W - 70) : W - 2, rest ? "middle" : "end", `only ${names[1]}`], ["S", X0, "middle", "only both together"], ["", XN, "middle", "neither"]];
    const labels = place.map(([key, x, a, words], i) => {
      const y = i < 3 ? 13 : H - 20, num = t(x, y, "end num halo" + (key ? " i-" + key : ""), "", a), note = t(x, y + 15, "note halo", words, a);
      if (i < 4 || rest) svg.append(num, note);
      return { num, note, words, y };
    });
    const unit = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2].find((u) => m * Math.sqrt(u / k) > 13) || 5, edge = m * Math.sqrt(unit / k);
    svg.append(rect(2, H - 4 - edge, edge, edge, "hollow"), t(8 + edge, H - 5, "note num", `${unit} ${dial.unit()}`));
    const at = (e, x, y, r) => set(e, { cx: x.toFixed(2), cy: y.toFixed(2), r: r.toFixed(2) });
    return {
      draw(st) {
        const q = {};
        for (const key in st.q) q[key] = (st.exact || st).q[key] / k;
        const z = shapes(q), x1 = X0 + m * z.x1, x2 = X0 + m * z.x2, xm = X0 + m * z.xm, a = m * z.a, b = m * z.b, g = m * z.g, d = m * z.d;
        at(one, x1, cy, a);
        at(two, x2, cy, b);
        at(syn, xm, cy + m * z.low, g);
        syn.setAttribute("class", q.S < -5e-5 ? "hollow" : "rim");
        at(none, XN, H - B - 10 - m * z.n, m * z.n);
        const cut = (d * d + a * a - b * b) / (2 * d), y = Math.sqrt(Math.max(0, a * a - cut * cut)), inner = Math.min(a, b), ix = a < b ? x1 : x2;
        both.setAttribute("d", q.R <= 0 ? "" : y > 0.02 && d > Math.abs(a - b) ? `M${x1 + cut} ${cy - y}A${a} ${a} 0 ${+(cut < 0)} 1 ${x1 + cut} ${cy + y}A${b} ${b} 0 ${+(cut > d)} 1 ${x1 + cut} ${cy - y}Z`
          : `M${ix - inner} ${cy}a${inner} ${inner} 0 1 1 ${2 * inner} 0a${inner} ${inner} 0 1 1 ${-2 * inner} 0Z`);
        // negative atoms are no areas: dashed outlines of their size, beside the part they belong to
        const minus = [radius(-q.R) * m, radius(-q.U1) * m, radius(-q.U2) * m];
        at(less[0], xm, cy, minus[0]);
        at(less[1], x1 - a - minus[1], cy, minus[1]);
        at(less[2], x2 + b + minus[2], cy, minus[2]);
        const s1 = (x1 - a + Math.min(x2 - b, x1 + a)) / 2, s2 = (x2 + b + Math.max(x1 + a, x2 - b)) / 2;
        const ends = [[s1, cy, q.U1], [xm, cy, q.R], [s2, cy, q.U2], [xm, cy + m * z.low, q.S], [XN, H - B - 10 - m * z.n, rest ? q.HY - q.I12 : 0]];
        ends.forEach(([x, y_, v], i) => {
          const show = v > 4e-4 && (i < 4 || rest) ? "" : "none", lx = i === 0 ? 26 : i === 2 && !rest ? W - 26 : place[i][1];
          leads[i].style.display = spots[i].style.display = show;
          at(spots[i], x, y_, 2.6);
          leads[i].setAttribute("d", `M${lx} ${i < 3 ? 33 : H - 34}L${x.toFixed(1)} ${y_.toFixed(1)}`);
          const key = place[i][0];
          say(labels[i].num, `${key} ${fix(k * v)}${W > 330 || i === 1 ? " " + dial.unit() : ""}`.trim());
          say(labels[i].note, v < -5e-5 ? "negative: outlined" : labels[i].words);
        });
      },
      rows(st) {
        const q = (st.exact || st).q, out = [["area", dial.unit()], ...["R", "U1", "U2", "S"].map((key) => [`${grid.by[key].label} (${key})`, fix(q[key], 5)]), [`left disc, ${grid.by.I1.label}`, fix(q.I1, 5)], [`right disc, ${grid.by.I2.label}`, fix(q.I2, 5)]];
        return rest ? [...out, [`neither, ${grid.by.HY.label} − ${grid.by.I12.label}`, fix(q.HY - q.I12, 5)]] : out;
      },
      alt(st) {
        const q = (st.exact || st).q, minus = grid.atoms.filter((o) => q[o.key] < -5e-5).map((o) => o.key);
        return `Two discs of ${fix(q.I1)} and ${fix(q.I2)} ${dial.unit()} share ${fix(q.R)}; a third of ${fix(q.S)} is told only by both together.${rest ? ` ${fix(q.HY - q.I12)} of ${fix(q.HY)} is told by neither.` : ""}${minus.length ? ` Negative: ${minus.join(", ")}.` : ""}`;
      },
    };
  },
};
