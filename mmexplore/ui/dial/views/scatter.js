// Latents of held-out samples as points in a plane, coloured by what is known of them; the plane stays the same while the dial moves.
// stacks "latents" and "means" (.., latents, n, 2), bytes: b stands for -range + 2 range b / 255;
// static: { latents: [names], range, colours: [{ name, labels: [class of each point], classes: [names], ordered: are they steps of a number }] }.
// One path a class, every point a stroke of no length with a round cap: a thousand points move by one attribute a class.
VIEWS.scatter = {
  title: "The latents",
  fits: (dial) => !!dial.facts("scatter"),
  tall: (fig) => clamp(fig.W * 0.7, 270, 400),
  make(fig) {
    const { dial, svg, W, H } = fig, f = dial.facts("scatter"), dark = dial.root.dataset.theme === "dark";
    const [which, on] = dial.choose(fig, "Which latents", "of", f.latents.flatMap((name, i) => [[`${i} latents`, `${name}, sampled`], [`${i} means`, `${name}, means`]])).split(" ");
    const f_ = f.colours[+dial.choose(fig, "Colour", "colour", f.colours.map((c, i) => [String(i), `by ${c.name}`]))], stack = dial.stack(on), n = stack.shape[1], from = 2 * n * +which;
    const out = new Float64Array(2 * n), count = f_.classes.length, B = 26, T = 8, r = f.range, scale = (2 * r) / 255;
    // one scale for both directions, so that distances can be compared
    const z = (H - T - B) / (2 * r), X = (x) => W / 2 + z * x, Y = (y) => T + (H - T - B) / 2 - z * y;
    const hue = (c) => (f_.ordered ? `rgb(${colour(SCALES.seq, dark ? 0.25 + (0.75 * c) / Math.max(1, count - 1) : (0.88 * c) / Math.max(1, count - 1))})` : SCALES.cat[dark ? "dark" : "light"][c % 8]);
    const of = range(count, () => []);
    f_.labels.forEach((c, i) => of[c].push(i));
    svg.append(rect(X(-r), T, 2 * r * z, 2 * r * z, "frame"), line(X(0), T, X(0), H - B, "rule"), line(X(-r), Y(0), X(r), Y(0), "rule"));
    svg.append(t(W / 2, H - 6, "note", short(`${n} held-out samples, two directions of ${f.latents[+which]}`, (W - 6) / 5.9), "middle"));
    // beyond eight colours the shape changes as well
    const dots = of.map((_, c) => s("path", { fill: "none", stroke: hue(c), "stroke-width": n > 500 ? 4.4 : 5.4, "stroke-opacity": 0.78, "stroke-linecap": c < 8 || f_.ordered ? "round" : "square" }));
    const shown = range(count, (c) => c).filter((c) => of[c].length && (!f_.ordered || !c || c === count - 1)), names = shown.map((c) => t(0, 0, "halo bold", short(f_.classes[c], 14), "middle"));
    svg.append(...dots, ...names);
    const centre = (c) => {
      let x = 0, y = 0;
      for (const i of of[c]) (x += out[2 * i]), (y += out[2 * i + 1]);
      return [x / of[c].length, y / of[c].length];
    };
    // share of the points' spread that lies between the classes
    const apart = () => {
      let total = 0, between = 0;
      const mean = [0, 1].map((d) => range(n, (i) => out[2 * i + d]).reduce((a, b) => a + b, 0) / n);
      for (let i = 0; i < n; i++) total += (out[2 * i] - mean[0]) ** 2 + (out[2 * i + 1] - mean[1]) ** 2;
      of.forEach((rows, c) => {
        if (!rows.length) return;
        const [x, y] = centre(c);
        between += rows.length * ((x - mean[0]) ** 2 + (y - mean[1]) ** 2);
      });
      return total > 0 ? between / total : 0;
    };
    return {
      draw(st) {
        stack.read(st.v, out, from);
        for (let i = 0; i < out.length; i++) out[i] = scale * out[i] - r;
        of.forEach((rows, c) => {
          let d = "";
          for (const i of rows) d += `M${X(out[2 * i]).toFixed(1)} ${Y(out[2 * i + 1]).toFixed(1)}h0`;
          dots[c].setAttribute("d", d);
        });
        // names at the middles of their points, moved apart where they would cover each other
        const mids = shown.map(centre);
        spread(mids.map(([, y]) => Y(y) + 4), shown.length > 6 ? 0.1 : 13, T + 12, H - B - 4).forEach((y, k) => set(names[k], { x: X(mids[k][0]).toFixed(1), y }));
      },
      at(px, py) {
        let best = -1, least = 15 ** 2;
        for (let i = 0; i < n; i++) {
          const d = (X(out[2 * i]) - px) ** 2 + (Y(out[2 * i + 1]) - py) ** 2;
          if (d < least) (least = d), (best = i);
        }
        if (best < 0) return null;
        const c = f_.labels[best], [x, y] = [out[2 * best], out[2 * best + 1]];
        return { head: `Held-out sample ${best + 1} of ${n}`, items: [[f_.name, f_.classes[c], hue(c)], ["across", fix(x, 2)], ["up", fix(y, 2)], ["latent", f.latents[+which]]], dots: [[X(x), Y(y)]] };
      },
      rows: () => [[f_.name, "samples", "mean across", "mean up"], ...range(count, (c) => [f_.classes[c], String(of[c].length), ...(of[c].length ? centre(c).map((x) => fix(x)) : ["–", "–"])])],
      alt: () => `${n} held-out samples, ${count} ${f_.ordered ? "steps" : "classes"} of ${f_.name}; ${Math.round(100 * apart())} % of the spread of these two directions lies between them.`,
    };
  },
};
