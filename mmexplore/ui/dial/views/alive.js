// Which latent dimensions carry information: the rate of each, in the shown unit.
// stack "kl" (.., k), in bits; static: { names: [of each dimension], groups: [index of each], titles: [of each group], inks: [colour of
//   each group: R, U1, U2 or S], least: bits from which a dimension counts as alive }.
VIEWS.alive = {
  title: "Which latent dimensions are alive",
  fits: (dial) => !!dial.facts("alive"),
  tall: (fig) => clamp(fig.W * 0.7, 270, 400),
  make(fig) {
    const { dial, svg, W, H } = fig, { k } = dial, f = dial.facts("alive"), stack = dial.stack("kl"), n = stack.n, out = new Float64Array(n), unit = dial.unit();
    const L = 38, R = 6, T = 24, B = f.titles.length > 1 ? 46 : 32, hi = Math.max(stack.top(), LEAST), Y = (y) => H - B - (clamp(y, 0, hi) / hi) * (H - B - T);
    const edges = range(n, (i) => i && f.groups[i] !== f.groups[i - 1] ? 1 : 0), gaps = edges.reduce((a, b) => a + b, 0), gap = 14, step = (W - L - R - gaps * gap) / n, wide = Math.min(step * 0.72, 44);
    for (const [y, text] of ticks(0, hi * k, 4)) svg.append(line(L, Y(y / k), W - R, Y(y / k), y ? "rule" : "base"), t(L - 6, Y(y / k) + 4, "tick num", text, "end"));
    svg.append(t(2, 12, "tick", `${unit} each`));
    const fill = patterns(fig), every = Math.ceil(24 / step);
    let x = L, first = L;
    const bars = range(n, (i) => {
      if (edges[i]) x += gap, (first = x);
      const at = x + (step - wide) / 2, bar = rect(at, 0, wide, 0, "bar", { fill: fill[f.inks[f.groups[i]]] }), stub = rect(at, H - B - 2, wide, 2, "dead"), num = t(at + wide / 2, 0, "note num halo", "", "middle");
      bar.append(s("title", {}, f.names[i]));
      svg.append(bar, stub, ...(step > 30 ? [num] : []));
      if (i % every === 0) svg.append(t(at + wide / 2, H - B + 15, "tick num", f.names[i], "middle"));
      x += step;
      if (f.titles.length > 1 && (i === n - 1 || f.groups[i + 1] !== f.groups[i])) svg.append(t((first + x) / 2, H - 8, "axis", short(f.titles[f.groups[i]], Math.max(6, (x - first) / 6.2)), "middle"));
      return { bar, stub, num, mid: at + wide / 2 };
    });
    const count = t(W - R, 12, "num bold", "", "end");
    svg.append(count);
    const alive = () => range(n, (i) => out[i] >= f.least).filter(Boolean).length, total = () => out.reduce((a, b) => a + b, 0);
    return {
      draw(st) {
        stack.read(st.v, out);
        bars.forEach(({ bar, stub, num }, i) => {
          const y = Y(out[i]), on = out[i] >= f.least;
          set(bar, { y: y.toFixed(2), height: Math.max(0, H - B - y).toFixed(2), "fill-opacity": on ? 1 : 0.35 });
          stub.style.display = on ? "none" : "";
          if (step > 30) set(num, { y: (y - 5).toFixed(2) }), say(num, on ? fix(k * out[i], 2) : "0");
        });
        say(count, `${alive()} of ${n} alive · ${fix(k * total(), 2)} ${unit}`);
      },
      at(x, y) {
        const i = bars.findIndex((b) => Math.abs(x - b.mid) <= step / 2);
        if (i < 0 || y > H - B + 20) return null;
        const top = Y(out[i]);
        return {
          head: f.titles.length > 1 ? `${f.titles[f.groups[i]]}, dimension ${f.names[i]}` : `Dimension ${f.names[i]}`,
          items: [["rate", `${fix(k * out[i])} ${unit}`, `var(--${f.inks[f.groups[i]]})`], ["share of the rate", total() > 1e-9 ? shareOf(out[i], total()) : "–"], ["alive", out[i] >= f.least ? "yes" : `no, below ${fix(k * f.least)} ${unit}`]],
          shape: boxed(bars[i].mid - wide / 2, top, wide, Math.max(1, H - B - top)),
        };
      },
      rows: () => [["latent dimension", unit], ...range(n, (i) => [f.titles.length > 1 ? `${f.titles[f.groups[i]]} ${f.names[i]}` : f.names[i], fix(k * out[i], 4)])],
      alt: () => `${alive()} of ${n} latent dimensions are alive; together they have a rate of ${fix(k * total(), 2)} ${unit}.`,
    };
  },
};
