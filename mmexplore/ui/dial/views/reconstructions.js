// Samples beside their reconstructions at this setting: pictures as pixels, others as profiles over their columns.
// stacks "reconstructions" + key (.., items, columns) and "given" + key (1, 1, items, columns), bytes between the columns' low and high;
// static: { views: [{ key, name, shape: [h, w] or null, low, high: [of each column], trained: does the method train on predicting this view }],
//   labels: [of each item] }.
const PIXELS = 2600; // more are too many to redraw in a frame
VIEWS.reconstructions = {
  title: "Reconstructions",
  fits: (dial) => !!dial.facts("reconstructions"),
  tall: (fig) => clamp(fig.W * 0.7, 270, 400),
  wide: 430,
  make(fig) {
    const { dial, svg, W, H } = fig, f = dial.facts("reconstructions"), views = f.views.map((v) => ({ ...v, given: dial.stack("given" + v.key), stack: dial.stack("reconstructions" + v.key) }));
    const items = f.labels.length, room = (H - 16) / views.length, parts = [];
    for (const [j, v] of views.entries()) {
      const top = 2 + j * room, p = v.stack.shape[1], out = new Float64Array(v.stack.n), low = Math.min(...v.low), high = Math.max(...v.high);
      // pixels on one scale of greys; columns of a table each on its own range, as they were sent
      const scaled = (a) => {
        if (v.shape) for (let i = 0; i < a.length; i++) a[i] = (255 * (v.low[i % p] + ((v.high[i % p] - v.low[i % p]) * a[i]) / 255 - low)) / (high - low || 1);
        return a;
      };
      const had = scaled(v.given.read(dial.v));
      svg.append(t(0, top + 12, "label", short(v.name + (v.trained ? "" : ", by a separate decoder"), (W - 130) / 6.4)));
      svg.lastChild.append(s("title", {}, v.trained ? v.name : `The method does not train on predicting ${v.name}: a decoder beside it shows what could be predicted.`));
      const error = t(W, top + 12, "note num", "", "end");
      svg.append(error);
      // error as a share of what the mean row leaves: 0 perfect, 1 nothing kept
      let mean = new Float64Array(p), spread = 0;
      for (let i = 0; i < items; i++) for (let c = 0; c < p; c++) mean[c] += had[i * p + c] / items;
      for (let i = 0; i < items; i++) for (let c = 0; c < p; c++) spread += (had[i * p + c] - mean[c]) ** 2;
      const lost = () => {
        let sum = 0;
        for (let i = 0; i < had.length; i++) sum += (out[i] - had[i]) ** 2;
        return spread > 0 ? sum / spread : 0;
      };
      const part = { v, out, had, lost, error, read: (st) => scaled(v.stack.read(st.v, out)) };
      if (v.shape && items * p <= PIXELS) pictures(part, top + 20, room - 26);
      else profiles(part, top + 20, room - 26);
      parts.push(part);
    }
    function pictures(part, y0, tall) {
      const { v, out, had } = part, [ph, pw] = v.shape, p = ph * pw, head = 34;
      const side = Math.min((W - head - (items - 1) * 5) / items / pw, (tall - 20) / 2 / ph), step = Math.min((W - head) / items, side * pw * 1.5);
      const grey = (x) => clamp(Math.round(x), 0, 255), cells = [];
      for (let r = 0; r < 2; r++) {
        const y = y0 + r * (side * ph + 6);
        svg.append(t(0, y + (side * ph) / 2 + 4, "note", r ? "decoded" : "sample"));
        for (let i = 0; i < items; i++) {
          const x = head + 12 + i * step, g = s("g", { "shape-rendering": "crispEdges" });
          for (let c = 0; c < p; c++) {
            const q = grey(had[i * p + c]), cell = rect((x + (c % pw) * side).toFixed(2), (y + Math.floor(c / pw) * side).toFixed(2), (side + 0.35).toFixed(2), (side + 0.35).toFixed(2), null, { fill: `rgb(${q},${q},${q})` });
            g.append(cell);
            if (r) cells.push([cell, q]);
          }
          g.append(s("title", {}, f.labels[i]));
          svg.append(g);
          if (!r) continue;
          svg.append(t(x + (side * pw) / 2, y + side * ph + 13, "tick num", short(f.labels[i], step / 6), "middle"));
        }
      }
      part.at = (px, py) => {
        const i = Math.floor((px - head - 12) / step), c = Math.floor((px - head - 12 - i * step) / side), r = py >= y0 + side * ph + 6 ? 1 : 0, top = y0 + r * (side * ph + 6), y = Math.floor((py - top) / side);
        if (i < 0 || i >= items || c < 0 || c >= pw || y < 0 || y >= ph) return null;
        return { i, c: y * pw + c, where: [["row, column", `${y + 1}, ${c + 1}`]], shape: boxed(head + 12 + i * step + c * side, top + y * side, side, side) };
      };
      part.draw = () => cells.forEach((cell, i) => {
        const q = grey(out[i]) & 252; // steps that no eye sees, so that fewer cells change
        if (cell[1] === q) return;
        cell[1] = q;
        cell[0].setAttribute("fill", `rgb(${q},${q},${q})`);
      });
    }
    function profiles(part, y0, tall) {
      const { v, out, had } = part, p = v.stack.shape[1], few = Math.min(items, 6), wide = W / few;
      const low = y0 + tall - 16, Y = (y) => low - (clamp(y, 0, 255) / 255) * (tall - 22);
      const lines = range(few, (i) => {
        const x0 = i * wide + 4, X = (c) => x0 + (p > 1 ? (c / (p - 1)) * (wide - 12) : (wide - 12) / 2), way = (a) => "M" + range(p, (c) => `${X(c).toFixed(1)} ${Y(a[i * p + c]).toFixed(1)}`).join(p > 1 ? "L" : "") + (p > 1 ? "" : "h0");
        svg.append(line(x0, low, x0 + wide - 12, low, "rule"), s("path", { class: "given-line", d: way(had) }), t(x0 + (wide - 12) / 2, low + 13, "tick", short(f.labels[i], wide / 6.4), "middle"));
        const e = s("path", { class: "reconstruction-line" });
        svg.append(e);
        return [e, way];
      });
      part.at = (px, py) => {
        const i = Math.floor(px / wide), x0 = i * wide + 4, c = p > 1 ? clamp(Math.round(((px - x0) / (wide - 12)) * (p - 1)), 0, p - 1) : 0, x = x0 + (p > 1 ? (c / (p - 1)) * (wide - 12) : (wide - 12) / 2);
        if (i < 0 || i >= few || py < y0 || py > low + 16) return null;
        return { i, c, where: [["column", `${c + 1} of ${p}`]], v: [x, y0, low], dots: [had, out].map((a) => [x, Y(a[i * p + c])]) };
      };
      part.draw = () => lines.forEach(([e, way]) => e.setAttribute("d", way(out)));
      svg.append(t(W, H - 2, "note", "grey: given · coloured: reconstructed", "end"));
    }
    return {
      draw(st) {
        for (const part of parts) {
          part.read(st);
          part.draw();
          say(part.error, `error ${fix(100 * part.lost(), 0)} % of spread`);
        }
      },
      at(px, py) {
        for (const { v, out, had, at } of parts) {
          const seen = at(px, py);
          if (!seen) continue;
          const { i, c, where, ...marks } = seen, p = v.stack.shape[1], j = i * p + c, [lo, hi] = v.shape ? [Math.min(...v.low), Math.max(...v.high)] : [v.low[c], v.high[c]], value = (a) => fix(lo + ((hi - lo) * a[j]) / 255, 2);
          return { head: `${v.name}: ${f.labels[i]}`, items: [["given", value(had), "var(--base)"], [v.trained ? "reconstructed" : "by a separate decoder", value(out), "var(--accent)"], ...where], ...marks };
        }
        return null;
      },
      rows: () => [["view", "item", "squared error, share of the items' spread"], ...parts.flatMap(({ v, lost }) => [[v.name, "all shown", fix(lost())]])],
      alt: () => parts.map(({ v, lost }) => `Of ${v.name}, ${fix(100 * Math.max(0, 1 - lost()), 0)} % of the spread of ${items} sample rows is reconstructed`).join("; ") + ".",
    };
  },
};
