// The symmetric bottleneck of one Gaussian pair, computed here from its closed form: the landscape that a latent lies in, and where it slides to.
// static "symmetric": { square: rho^2, kick }; the sliders are beta and c = gamma v. In nats, with kappa = 1 - exp(-2 R) and R the rate of a view:
//   L(kappa) = -ln(1 - kappa) + beta/2 ln(1 - rho^2 kappa^2) - c kappa.
const landscape = (k, b, c, r) => -Math.log1p(-k) + (b / 2) * Math.log1p(-r * k * k) - c * k;
const rateOf = (k) => -0.5 * Math.log1p(-k) / Math.LN2; // bits of each view
const keptOf = (k, r) => -0.5 * Math.log1p(-r * k * k) / Math.LN2;

// Stationary points: { low, open, top }, kappa of the lower minimum, of the upper one and of the barrier; null where there is none.
function resting(b, c, r) {
  // L' (1 - k)(1 - r k^2), a cubic; between the zeros of its slope it has at most one root each
  const at = (k) => ((-c * r * k + r * (b + c - 1)) * k + c - b * r) * k + 1 - c;
  const A = -3 * c * r, B = 2 * r * (b + c - 1), C = c - b * r, D = B * B - 4 * A * C, bends = [];
  if (Math.abs(A) < 1e-12) bends.push(-C / B);
  else if (D >= 0) bends.push((-B + Math.sqrt(D)) / (2 * A), (-B - Math.sqrt(D)) / (2 * A));
  const edges = [1e-12, ...bends.filter((k) => k > 1e-12 && k < 1).sort((x, y) => x - y), 1], roots = [];
  for (let i = 1; i < edges.length; i++) {
    let [x, y] = [edges[i - 1], edges[i]];
    const up = at(y) > 0;
    if (at(x) > 0 === up) continue;
    for (let n = 0; n < 60; n++) {
      const m = (x + y) / 2;
      if (at(m) > 0 === up) y = m;
      else x = m;
    }
    roots.push((x + y) / 2);
  }
  const falls = c > 1 || (c === 1 && b * r > 1), low = falls ? roots.shift() ?? 0 : 0;
  return roots.length > 1 ? { low, top: roots[0], open: roots[1] } : { low, top: null, open: null };
}
// Downhill from kappa, after a kick.
function slide(k, b, c, r, kick) {
  const { low, top, open } = resting(b, c, r);
  return top != null && Math.max(k, kick) > top ? open : low;
}
// The latent under the finger: it remembers where it was, so the way up differs from the way down. One for all views of a dial.
function follow(dial, v) {
  const { square: r, kick } = dial.facts("symmetric"), [ab, ac] = dial.grid.axes, key = `${r} ${kick}`;
  const here = { x: v[0], y: v[1] }, old = dial.code;
  if (!old || old.key !== key) dial.code = { key, ...here, k: old ? slide(old.k, toValue(ab, here.x), here.y, r, kick) : slide(0, toValue(ab, here.x), here.y, r, kick), trail: [] };
  else if (old.x !== here.x || old.y !== here.y) {
    const n = Math.max(1, Math.ceil(Math.max(Math.abs(here.x - old.x) / (ab.high - ab.low), Math.abs(here.y - old.y) / (ac.high - ac.low)) * 160));
    for (let i = 1; i <= n; i++) {
      const x = old.x + ((here.x - old.x) * i) / n, y = old.y + ((here.y - old.y) * i) / n, from = old.k;
      old.k = slide(from, toValue(ab, x), y, r, kick);
      old.trail.push([x, from, old.k]);
    }
    old.trail.splice(0, Math.max(0, old.trail.length - 700));
    Object.assign(old, here);
  }
  return dial.code;
}
// What the branches do along beta: [{ x, b, low, open, top, best }] at evenly spaced places.
function alongBeta(dial, c, n = 180) {
  const a = dial.grid.axes[0], r = dial.facts("symmetric").square;
  return range(n + 1, (i) => {
    const x = a.low + ((a.high - a.low) * i) / n, b = toValue(a, x), p = resting(b, c, r);
    return { x, b, ...p, best: p.open != null && landscape(p.open, b, c, r) < landscape(p.low, b, c, r) ? p.open : p.low };
  });
}
// The largest rate of a view anywhere on the dial, in bits.
const mostRate = (dial) => {
  const [ab, ac] = dial.grid.axes, p = resting(toValue(ab, ab.high), ac.high, dial.facts("symmetric").square);
  return Math.max(1, 1.04 * rateOf(p.open ?? p.low));
};
// The beta at which `yes` turns true, between two neighbours on the way up; null if it never does.
function turns(points, yes, c, r) {
  const i = points.findIndex((p) => yes(p, p.b));
  if (i < 1) return i < 0 ? null : points[0].b;
  let [x, y] = [points[i - 1].b, points[i].b];
  for (let n = 0; n < 40; n++) {
    const m = Math.sqrt(x * y);
    if (yes(resting(m, c, r), m)) y = m;
    else x = m;
  }
  return y;
}
VIEWS.barrier = {
  title: "The landscape",
  fits: (dial) => !!dial.facts("symmetric"),
  make(fig) {
    const { dial, svg, W, H } = fig, { k } = dial, unit = dial.unit(), { square: r, kick } = dial.facts("symmetric"), [ab] = dial.grid.axes;
    const L = 44, R = 12, T = 22, B = 40, far = mostRate(dial), info = keptOf(1, r), n = 240, scales = [0.2, 0.5, 1.2, 3].map((x) => [-x, 0.6 * x]);
    let [lo, hi] = scales[0];
    const X = (bits) => L + (clamp(bits, 0, far) / far) * (W - L - R), Y = (z) => H - B - ((Math.min(z, 2 * hi) - lo) / (hi - lo)) * (H - B - T), grid = s("g", {});
    svg.append(grid);
    // the scale holds still while the finger moves, and changes by steps where the picture would leave it
    const scale = (least, most) => {
      [lo, hi] = scales.find(([x, y]) => x <= least && y >= most) || last(scales);
      grid.replaceChildren(...ticks(lo * k, hi * k, 4).flatMap(([y, text]) => [line(L, Y(y / k), W - R, Y(y / k), Math.abs(y) < 1e-9 ? "base" : "rule"), t(L - 6, Y(y / k) + 4, "tick num", text, "end")]));
    };
    for (const [x, text] of ticks(0, far * k, 5)) svg.append(t(X(x / k), H - B + 17, "tick num", text, "middle"));
    svg.append(t((L + W - R) / 2, H - 6, "axis", `rate of each latent, I(X;Zx) (${unit})`, "middle"), t(2, 12, "axis", `rate / β − shared (${unit}): lower is better`));
    const ground = s("path", { class: "ground" }), path = s("path", { class: "trained" }), marks = ["low", "top", "open"].map((name) => [name, s("circle", { r: 4, class: name === "top" ? "peak" : "critical" }), t(0, 0, "note halo", "", "middle")]);
    const ball = s("circle", { r: 8, class: "point here-dot" });
    const clip = `${fig.uid}-land`, inside = s("g", { "clip-path": `url(#${clip})` }, ground, path);
    svg.append(s("defs", {}, s("clipPath", { id: clip }, rect(L, T, W - L - R, H - T - B))), inside, ...marks.flatMap(([, dot, text]) => [dot, text]), ball);
    const points = range(n + 1, (i) => (far * i) / n), kappa = points.map((x) => 1 - 2 ** (-2 * x));
    const value = (q, b, c) => (landscape(q, b, c, r) / b) / Math.LN2;
    const read = (st) => ({ b: toValue(ab, st.v[0]), c: st.v[1] });
    const sentence = (st) => {
      const { b, c } = read(st), p = resting(b, c, r), code = follow(dial, st.v), open = p.open ?? null;
      const state = `The latent under your finger ${code.k < 1e-9 ? "has collapsed: it carries no information" : `has a rate of ${fix(k * rateOf(code.k), 2)} ${unit} a view and shares ${fix(k * keptOf(code.k, r), 2)} of ${fix(k * info, 2)} ${unit}`}`;
      if (open == null) return `${state}. At β ${digits(b)} there is only one stable state.`;
      const better = landscape(open, b, c, r) < landscape(p.low, b, c, r), climb = (landscape(p.top, b, c, r) - landscape(p.low, b, c, r)) / b / Math.LN2;
      const low = p.low > 1e-9 ? "nearly collapsed" : "collapsed";
      return `${state}. At β ${digits(b)} the ${better ? "informative" : low} state is better, and ${kick > p.top ? `the kick lifts a ${low} latent over the barrier of ${fix(k * climb, 3)} ${unit}` : `a barrier of ${fix(k * climb, 3)} ${unit} keeps a ${low} latent ${low}`}.`;
    };
    return {
      draw(st) {
        const { b, c } = read(st), p = resting(b, c, r), code = follow(dial, st.v);
        const low = Math.min(0, ...["low", "open"].map((w) => (p[w] == null ? 0 : value(p[w], b, c)))), peak = Math.max(0.02, p.top == null ? 0 : 2.5 * value(p.top, b, c));
        scale(1.05 * low, peak);
        const d = points.map((x, i) => `${X(x).toFixed(1)} ${Y(value(kappa[i], b, c)).toFixed(1)}`).join("L");
        path.setAttribute("d", "M" + d);
        ground.setAttribute("d", `M${X(0)} ${H - B}L${d}L${X(far)} ${H - B}Z`);
        for (const [name, dot, text] of marks) {
          const q = p[name];
          dot.style.display = text.style.display = q == null ? "none" : "";
          if (q == null) continue;
          const x = X(rateOf(q)), y = Y(value(q, b, c));
          set(dot, { cx: x.toFixed(2), cy: y.toFixed(2) });
          set(text, { x: clamp(x, L + 34, W - R - 30).toFixed(2), y: (name === "top" ? y - 12 : y + 22).toFixed(2) });
          say(text, name === "top" ? "barrier" : name === "open" ? "informative" : q < 1e-9 ? "collapsed" : "nearly collapsed");
        }
        set(ball, { cx: X(rateOf(code.k)).toFixed(2), cy: (Y(value(code.k, b, c)) - 8).toFixed(2) });
      },
      at(px, py, st) {
        if (!within(px, py, L, T, W - R, H - B)) return null;
        const { b, c } = read(st), p = resting(b, c, r), code = follow(dial, st.v), near = (q) => q != null && Math.abs(X(rateOf(q)) - px) < 9;
        const named = near(code.k) ? "The latent under your finger" : near(p.low) ? (p.low > 1e-9 ? "Nearly collapsed state" : "Collapsed state") : near(p.open) ? "Informative state" : near(p.top) ? "Barrier" : null;
        const q = near(code.k) ? code.k : near(p.low) ? p.low : near(p.open) ? p.open : near(p.top) ? p.top : 1 - 2 ** ((-2 * far * (px - L)) / (W - L - R)), x = X(rateOf(q)), y = Y(value(q, b, c));
        return {
          head: named || "The landscape",
          items: [["rate of each latent", `${fix(k * rateOf(q))} ${unit}`], ["rate / β − shared", `${fix(k * value(q, b, c))} ${unit}`], ["shared", `${fix(k * keptOf(q, r))} ${unit}`], [ab.label, spoken(ab, st.v[0])]],
          v: [x, T, H - B],
          dots: [[x, clamp(y, T, H - B)]],
        };
      },
      find: sentence,
      rows(st) {
        const { b, c } = read(st), p = resting(b, c, r), name = { low: "collapsed", top: "barrier", open: "informative" };
        return [["state", `rate of each latent (${unit})`, `shared (${unit})`, `rate / β − shared (${unit})`], ...["low", "top", "open"].map((w) => [name[w], ...(p[w] == null ? ["–", "–", "–"] : [fix(k * rateOf(p[w]), 4), fix(k * keptOf(p[w], r), 4), fix(k * value(p[w], b, c), 4)])])];
      },
      alt: sentence,
    };
  },
};
