// The decomposition as areas, one scale for all.
// Discs: two of area I1 and I2 whose common lens is R exactly, so that their crescents are U1 and U2, and one of area S that
// touches both. Where atoms can be negative no overlap can show them: four discs of area |atom| stand apart, a negative one
// as a dashed outline. Tiles: a frame of area H(Y), in it U1, R, U2 side by side, S below all of them, and empty what neither tells.
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
  const low = Math.max(drop(x1, a), drop(x2, b)), top = Math.max(a, b);
  return { a, b, g, d, x1, x2, xm, half: Math.max((right - left) / 2, g), low, top, tall: top + Math.max(low + g, top) };
}

VIEWS.diagram = {
  title: "As areas",
  fits: ({ grid }) => ["R", "U1", "U2", "S", "I1", "I2", "I12"].every((k) => grid.by[k]),
  make(fig) {
    const { dial, svg, W, H } = fig, { grid, k } = dial, fill = patterns(fig), known = !!grid.by.HY, names = dial.d.names.map((n) => short(n, 12)), u = dial.unit();
    const signs = grid.atoms.some((o) => o.lo < -1e-3), tiled = known && !signs && dial.choose(fig, "Shape", "shape", [["discs", "Discs"], ["tiles", "Tiles in H(Y)"]]) === "tiles";
    const T = 44, B = 42, X0 = W / 2, room = H - T - B - 6;
    const disc = (c, more) => s("circle", { class: c, ...more }), path = (c, more) => s("path", { class: c, ...more });
    const leads = range(4, () => path("lead")), spots = range(4, () => disc("spot", { r: 2.6 }));
    const place = [["U1", 2, "start", `only ${names[0]}`], ["R", X0, "middle", "both alike"], ["U2", W - 2, "end", `only ${names[1]}`], ["S", X0, "middle", "only both together"], ["", W - 2, "end", tiled ? "neither" : "neither, not drawn"]];
    const labels = place.map(([key, x, a, words], i) => {
      const y = i < 3 ? 13 : H - 19;
      return { num: t(x, y, "end num halo" + (key ? " i-" + key : ""), "", a), note: t(x, y + 15, "note halo", words, a), words };
    });
    // one scale for the whole grid, so that areas can be compared while the dial moves
    let tall = 0.15, half = 0.15, most = LEAST;
    for (let i = 0; i < grid.nx * grid.ny; i += Math.max(1, (grid.nx * grid.ny) >> 9)) {
      const q = Object.fromEntries(grid.Q.map((o) => [o.key, o.a[i]])), z = shapes(q);
      [tall, half, most] = [Math.max(tall, z.tall), Math.max(half, z.half), Math.max(most, q.HY || 0)];
    }
    const fw = Math.min(W - 8, room * 1.9), m = tiled ? Math.sqrt((fw * room) / most) : Math.min(room / tall, (X0 - 4) / half);
    const square = (m) => {
      const unit = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2].find((x) => m * Math.sqrt(x / k) > 13) || 5, edge = m * Math.sqrt(unit / k);
      return [rect(2, H - 4 - edge, edge, edge, "hollow"), t(8 + edge, H - 5, "note num", `${unit} ${u}`)];
    };
    const at = (e, x, y, r) => set(e, { cx: x.toFixed(2), cy: y.toFixed(2), r: Math.max(0, r).toFixed(2) });
    const label = (q, ends) => {
      [q.U1, q.R, q.U2, q.S, known ? q.HY - q.I12 : 0].forEach((v, i) => {
        const key = place[i][0];
        say(labels[i].num, `${key} ${fix(k * v)} ${u}`.trim());
        say(labels[i].note, v < -5e-5 ? "negative: outlined" : labels[i].words);
        if (i > 3) return;
        const [x, y] = ends[i], show = v > 4e-4 ? "" : "none";
        leads[i].style.display = spots[i].style.display = show;
        at(spots[i], x, y, 2.6);
        leads[i].setAttribute("d", `M${[26, X0, W - 26, X0][i]} ${i < 3 ? 32 : H - 33}L${x.toFixed(1)} ${y.toFixed(1)}`);
      });
    };
    const now = (st) => Object.fromEntries(Object.keys(st.q).map((key) => [key, (st.exact || st).q[key] / k]));
    const words = labels.slice(0, known ? 5 : 4).flatMap((l) => [l.num, l.note]);
    // the mark at x, y as [atom, outline]; the atom is "" for what neither tells
    let draw, hit;
    // the disc that the pointer is in, or next to, for small ones
    const nearest = (px, py, discs) => {
      const [key, x, y, r, off] = discs.map((d) => [...d, Math.hypot(px - d[1], py - d[2]) - d[3]]).reduce((a, b) => (b[4] < a[4] ? b : a));
      return off > 10 ? null : [key, ringed(x, y, Math.max(3, r))];
    };
    if (tiled) {
      const tiles = ["U1", "R", "U2", "S"].map((key) => path("tile", { fill: fill[key] })), frame = rect(0, 0, 0, 0, "hollow");
      svg.append(frame, ...tiles, ...leads, ...spots, ...words, ...square(m));
      draw = (st) => {
        const q = now(st), w = fw * Math.sqrt(q.HY / most), h_ = q.HY > 0 ? (m * m * q.HY) / w : 0, x0 = X0 - w / 2, y0 = T + 2 + (room - h_) / 2, both = q.R + q.U1 + q.U2, ends = [];
        const top = both > 1e-9 ? (m * m * both) / w : 0, low = w > 0 ? (m * m * Math.max(0, q.S)) / w : 0;
        set(frame, { x: x0, y: y0, width: w, height: h_ });
        let x = x0;
        [q.U1, q.R, q.U2].forEach((v, i) => {
          const wide = both > 1e-9 ? (w * Math.max(0, v)) / both : 0;
          tiles[i].setAttribute("d", `M${x} ${y0}h${wide}v${top}h${-wide}z`);
          ends.push([x + wide / 2, y0 + top / 2]);
          x += wide;
        });
        tiles[3].setAttribute("d", `M${x0} ${y0 + top}h${w}v${low}h${-w}z`);
        label(q, [...ends, [X0, y0 + top + low / 2]]);
        const wide = (v) => (both > 1e-9 ? (w * Math.max(0, v)) / both : 0), boxes = [["U1", x0, y0, wide(q.U1), top], ["R", x0 + wide(q.U1), y0, wide(q.R), top], ["U2", x0 + wide(q.U1) + wide(q.R), y0, wide(q.U2), top], ["S", x0, y0 + top, w, low], ["", x0, y0, w, h_]];
        hit = (px, py) => {
          const b = boxes.find(([, bx, by, bw, bh]) => within(px, py, bx, by, bx + bw, by + bh));
          return b && [b[0], boxed(...b.slice(1))];
        };
      };
    } else if (signs) {
      const keys = ["U1", "R", "U2", "S"], big = Math.min(W / 6 - 3, room / 4), fit = big / radius(Math.max(...grid.atoms.flatMap((o) => [o.hi, -o.lo])));
      const discs = keys.map((key) => disc("rim", { fill: fill[key] })), mids = [[W / 6, T + 2 + big], [X0, T + 2 + big], [W - W / 6, T + 2 + big], [X0, T + 6 + 3 * big]];
      svg.append(...discs, ...leads, ...spots, ...words, ...square(fit));
      draw = (st) => {
        const q = now(st);
        keys.forEach((key, i) => {
          at(discs[i], ...mids[i], fit * radius(Math.abs(q[key])));
          discs[i].setAttribute("class", q[key] < -5e-5 ? "hollow" : "rim");
        });
        label(q, mids);
        hit = (px, py) => nearest(px, py, keys.map((key, i) => [key, ...mids[i], fit * radius(Math.abs(q[key]))]));
      };
    } else {
      const one = disc("rim", { fill: fill.U1 }), two = disc("rim", { fill: fill.U2 }), both = path("rim", { fill: fill.R }), syn = disc("rim", { fill: fill.S });
      svg.append(one, two, both, syn, ...leads, ...spots, ...words, ...square(m));
      draw = (st) => {
        const q = now(st), z = shapes(q), cy = T + 2 + (room - m * z.tall) / 2 + m * z.top;
        const x1 = X0 + m * z.x1, x2 = X0 + m * z.x2, xm = X0 + m * z.xm, a = m * z.a, b = m * z.b, d = m * z.d, ys = cy + m * z.low;
        at(one, x1, cy, a);
        at(two, x2, cy, b);
        at(syn, xm, ys, m * z.g);
        const cut = (d * d + a * a - b * b) / (2 * d), y = Math.sqrt(Math.max(0, a * a - cut * cut)), r = Math.min(a, b), ix = a < b ? x1 : x2;
        both.setAttribute("d", q.R <= 0 ? "" : y > 0.02 && d > Math.abs(a - b) ? `M${x1 + cut} ${cy - y}A${a} ${a} 0 ${+(cut < 0)} 1 ${x1 + cut} ${cy + y}A${b} ${b} 0 ${+(cut > d)} 1 ${x1 + cut} ${cy - y}Z`
          : `M${ix - r} ${cy}a${r} ${r} 0 1 1 ${2 * r} 0a${r} ${r} 0 1 1 ${-2 * r} 0Z`);
        label(q, [[(x1 - a + Math.min(x2 - b, x1 + a)) / 2, cy], [xm, cy], [(x2 + b + Math.max(x1 + a, x2 - b)) / 2, cy], [xm, ys]]);
        hit = (px, py) => {
          const in1 = Math.hypot(px - x1, py - cy) <= a, in2 = Math.hypot(px - x2, py - cy) <= b;
          if (in1 && in2 && q.R > 0) return ["R", both.getAttribute("d")];
          return nearest(px, py, [["S", xm, ys, m * z.g], ["U1", x1, cy, a], ["U2", x2, cy, b]]);
        };
      };
    }
    // names and numbers in the corners answer for the area that they stand for
    const corner = (x, y) => {
      if (y < 34) return [x < W / 3 ? "U1" : x < (2 * W) / 3 ? "R" : "U2"];
      if (y > H - 36 && x > W / 3) return x < (2 * W) / 3 ? ["S"] : known ? [""] : null;
      return null;
    };
    return {
      draw,
      at(x, y, st) {
        const [key, shape] = hit?.(x, y) || corner(x, y) || [];
        if (key == null) return null;
        const { q } = st.exact || st, v = key ? q[key] : q.HY - q.I12, words = { U1: `told only by ${dial.d.names[0]}`, U2: `told only by ${dial.d.names[1]}`, R: "told by either one alike", S: "told only by both together", "": "told by neither" };
        const items = [[st.exact ? "exact" : "interpolated", `${fix(v)} ${u}`, key ? `var(--${key})` : null]];
        if (known && q.HY > 5e-4) items.push([`share of ${grid.by.HY.label}`, shareOf(v, q.HY)]);
        return { head: key ? `${grid.by[key].label} (${key})` : "Neither", items, note: words[key], shape };
      },
      rows(st) {
        const q = (st.exact || st).q, line_ = (text, x) => [text, fix(x, 5)];
        const out = [["area", u], ...["R", "U1", "U2", "S"].map((key) => line_(`${grid.by[key].label} (${key})`, q[key])), line_(`R + U1, ${grid.by.I1.label}`, q.I1), line_(`R + U2, ${grid.by.I2.label}`, q.I2)];
        return known ? [...out, line_(`neither, ${grid.by.HY.label} − ${grid.by.I12.label}`, q.HY - q.I12)] : out;
      },
      alt(st) {
        const q = (st.exact || st).q, minus = grid.atoms.filter((o) => q[o.key] < -5e-5).map((o) => o.key);
        if (signs) return `Four discs, ${grid.atoms.map((o) => `${o.key} ${fix(q[o.key])}`).join(", ")} ${u}.${minus.length ? ` Negative, drawn as outlines: ${minus.join(", ")}.` : ""}`;
        return `Two areas of ${fix(q.I1)} and ${fix(q.I2)} ${u} share ${fix(q.R)}; a third of ${fix(q.S)} is told only by both together.${known ? ` ${fix(q.HY - q.I12)} of ${fix(q.HY)} is told by neither.` : ""}`;
      },
    };
  },
};
