// The distribution itself: p(x1, x2) for each y, live where a stack of tables came with the grid, else at rest.
const MOST = 1600;
VIEWS.table = {
  title: "The distribution",
  fits: (dial) => !!dial.d.tables && !dial.d.tables.kind,
  make(fig) {
    const { dial, svg, W, H } = fig, { tables } = dial.d, [n1, n2, ny] = tables.states.map((l) => l.length), [l1, l2, ly] = tables.states, names = dial.d.names, cells = n1 * n2 * ny;
    const stack = tables.p && (tables.a ??= unpack(tables.p)), [gy, gx] = tables.shape || [];
    const read = (st) => {
      if (!stack) return st.exact?.table ? (st.exact.flat ??= unpack(st.exact.table)) : null;
      const out = new Float64Array(cells);
      for (const [i, w] of around(gx, gy, dial.grid.axes, st.v)) if (w) for (let c = 0, o = i * cells; c < cells; c++) out[c] += w * stack[o + c];
      return out;
    };
    const rows = (st) => {
      const p = read(st), every = p ? range(Math.min(cells, 400), (c) => [`${l1[(c / (n2 * ny)) | 0]}, ${l2[((c / ny) | 0) % n2]}, ${ly[c % ny]}`, fix(p[c], 5)]) : [];
      return [[names.join(", "), "p"], ...every];
    };
    const alt = (st) => {
      const p = read(st);
      if (!p) return "Shown once the dial is released.";
      let top = 0;
      for (let c = 0; c < cells; c++) if (p[c] > p[top] + 1e-4) top = c;
      return `${n1} by ${n2} by ${ny} states; the likeliest is ${names[0]} ${l1[(top / (n2 * ny)) | 0]}, ${names[1]} ${l2[((top / ny) | 0) % n2]}, ${names[2]} ${ly[top % ny]} with probability ${fix(p[top])}.`;
    };
    if (cells > MOST) {
      svg.append(t(W / 2, H / 2, "note", `${n1} × ${n2} × ${ny} states: too many to draw`, "middle"));
      return { draw() {}, rows, alt, at: () => null };
    }
    const wide = (l, most) => clamp(Math.max(...l.map((x) => x.length)) * 6.6 + 8, 16, most), G = wide(l1, W * 0.26), foot = 36, roomy = ny < 5, head = roomy ? 34 : 20;
    let best = null;
    for (let c = 1; c <= ny; c++) {
      const r = Math.ceil(ny / c), w = (W - G - 2 - (c - 1) * 12) / c / n2, tall = (H - foot - r * head - (r - 1) * 6) / r / n1, score = Math.min(w, tall * 1.2);
      if (!best || score > best.score) best = { c, w, tall: Math.min(tall, w * 1.2), score };
    }
    const { c, w, tall } = best, boxes = new Array(cells), texts = [], heads = [], numbers = w >= 36 && tall >= 17, every = Math.ceil(15 / tall), few = Math.ceil(22 / w);
    const label = (x, y, k, text, room, a) => {
      const e = t(x, y, k, short(text, Math.max(2, Math.floor(room / 6.1))), a);
      e.append(s("title", {}, text));
      return e;
    };
    for (let y = 0; y < ny; y++) {
      const x0 = G + (y % c) * (n2 * w + 12), y0 = head + Math.floor(y / c) * (n1 * tall + head + 6);
      heads.push(t(x0, y0 - 6, "note num"));
      const title = `${names[2]} = ${ly[y]}`;
      if (roomy) svg.append(label(x0, y0 - 21, "strong3", `${short(names[2], 14)} = ${ly[y]}`, n2 * w), heads[y]);
      else {
        const e = label(x0, y0 - 6, "strong3", ly[y], n2 * w - 34);
        e.lastChild.textContent = title;
        svg.append(e, heads[y]);
        set(heads[y], { x: x0 + n2 * w, "text-anchor": "end" });
      }
      for (let i = 0; i < n1; i++) {
        if (y % c === 0 && i % every === 0) svg.append(label(G - 6, y0 + (i + 0.5) * tall + 4, "tick", l1[i], G - 6, "end"));
        for (let j = 0; j < n2; j++) {
          const b = rect(x0 + j * w + 0.5, y0 + i * tall + 0.5, Math.max(w - 1, 0.5), Math.max(tall - 1, 0.5), "cell"), at = (i * n2 + j) * ny + y;
          b.append(s("title", {}, `${names[0]} ${l1[i]}, ${names[1]} ${l2[j]}, ${names[2]} ${ly[y]}`));
          svg.append(b);
          boxes[at] = b;
          if (numbers) svg.append((texts[at] = t(x0 + (j + 0.5) * w, y0 + (i + 0.5) * tall + 4, "num", "", "middle")));
        }
      }
      if (y + c >= ny && w * few > 32) for (let j = 0; j < n2; j += few) svg.append(label(x0 + (j + 0.5) * w, y0 + n1 * tall + 15, "tick", l2[j], w * few - 2, "middle"));
    }
    const legend = t(W, H - 4, "note", `${roomy ? "" : `one for each ${short(names[2], 12)}; `}${short(names[0], 14)} down, ${short(names[1], 14)} across`, "end");
    svg.append(legend);
    let most = 1e-9, shown = [];
    for (const x of stack || []) most = Math.max(most, x);
    return {
      draw(st) {
        const p = read(st);
        svg.style.opacity = p ? "" : "0.45";
        if (!p) return;
        if (!stack) most = Math.max(1e-9, ...p);
        const py = new Float64Array(ny);
        for (let i = 0; i < cells; i++) {
          py[i % ny] += p[i];
          const f = (p[i] / most).toFixed(3);
          if (shown[i] === f) continue;
          shown[i] = f;
          boxes[i].setAttribute("fill-opacity", f);
          if (texts[i]) say(texts[i], p[i] < 5e-4 ? (p[i] < 5e-7 ? "0" : "<.001") : fix(p[i])), texts[i].setAttribute("class", "num " + (f > (dial.root.dataset.theme === "dark" ? 0.55 : 0.68) ? "on" : ""));
        }
        heads.forEach((e, y) => say(e, roomy ? `p ${fix(py[y])}` : fix(py[y], 2)));
      },
      rows,
      alt,
      at(px, py, st) {
        const block = n2 * w + 12, tower = n1 * tall + head + 6, p = read(st), col = Math.floor((px - G) / block), line_ = Math.floor((py - head) / tower), y = line_ * c + col;
        const j = Math.floor((px - G - col * block) / w), i = Math.floor((py - head - line_ * tower) / tall);
        if (!p || col < 0 || col >= c || line_ < 0 || y >= ny || j < 0 || j >= n2 || i < 0 || i >= n1) return null;
        let py_ = 0;
        for (let o = y; o < cells; o += ny) py_ += p[o];
        const v = p[(i * n2 + j) * ny + y];
        return {
          head: `${names[2]}: ${ly[y]}`,
          items: [["p, all three", fix(v, 5), "var(--cell)"], [`p, given ${short(names[2], 20)}`, py_ > 1e-12 ? fix(v / py_, 4) : "–"], [names[0], l1[i]], [names[1], l2[j]]],
          shape: boxed(G + col * block + j * w, head + line_ * tower + i * tall, w, tall),
        };
      },
    };
  },
};
