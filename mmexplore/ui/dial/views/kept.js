// What probes on a latent still predict: accuracy of the label, R2 of every known factor, chance beside it.
// stack "probes" (.., latents, factors, 2 or 3): the linear probe on sampled latents, on means, and an MLP probe on sampled latents; static:
//   { latents: [names], names: [of the factors], kinds: ["accuracy" or "R²"], groups: ["label", "shared", "x" or "y"], chance: [..],
//   raw, rawMlp: [the same probe on the better raw view], mlp: whether there is an MLP probe }.
VIEWS.kept = {
  title: "What is kept",
  fits: (dial) => !!dial.facts("kept"),
  tall: (fig) => clamp(Math.max(fig.W * 0.7, 66 + 34 * fig.dial.facts("kept").names.length), 270, 440),
  make(fig) {
    const { dial, svg, W, H } = fig, f = dial.facts("kept"), stack = dial.stack("probes"), n = f.names.length, per = f.mlp ? 3 : 2, out = new Float64Array(per * n);
    const [which, on_] = dial.choose(fig, "Probe", "on", f.latents.flatMap((name, i) => [[`${i} sampled`, `linear, on samples of ${name}`], ...(f.mlp ? [[`${i} mlp`, `MLP, on samples of ${name}`]] : []), [`${i} means`, `linear, on means of ${name} (a trap)`]])).split(" ");
    const means = on_ === "means", on = { sampled: 0, means: 1, mlp: 2 }[on_], from = per * n * +which, raw = on === 2 ? f.rawMlp : f.raw;
    const L = 2, R = 2, T = 2, B = means ? 72 : 40, row = (H - T - B) / n, tall = clamp(row * 0.36, 9, 20), low = -0.02, X = (x) => L + ((clamp(x, 0, 1) - low) / (1.02 - low)) * (W - L - R);
    for (const x of [0, 0.25, 0.5, 0.75, 1]) svg.append(line(X(x), T + 2, X(x), H - B + 2, x ? "rule" : "base"), t(X(x), H - B + 16, "tick num", x === 1 ? "1" : String(x).replace("0.", "."), "middle"));
    const fill = patterns(fig), kind = { label: "S", shared: "R", x: "U1", y: "U2" };
    const bars = range(n, (i) => {
      const y = T + i * row + (row - tall) / 2 + 7, bar = rect(X(0), y, 0, tall, "bar", { fill: fill[kind[f.groups[i]]] || "var(--base)" }), ghost = rect(X(0), y - 2, 0, tall + 4, "ghost"), c = X(f.chance[i]), num = t(W - R, y - 4, "value num halo", "", "end"), name = t(L, y - 4, "label halo", short(f.names[i], (W - 110) / 6.4));
      name.append(s("title", {}, `${f.names[i]}: ${f.kinds[i]}`));
      svg.append(bar, ghost, s("path", { class: "chance", d: `M${c} ${y - 3}v${tall + 6}` }));
      if (raw?.[i] != null) svg.append(s("path", { class: "raw", d: `M${X(raw[i])} ${y - 3}l-4 -5h8z` }));
      svg.append(name, num);
      return { bar, ghost, num };
    });
    const foot = H - B + 33;
    svg.append(s("path", { class: "chance", d: `M4 ${foot - 10}v12` }), t(10, foot, "note", "chance"));
    if (raw?.some((x) => x != null)) svg.append(s("path", { class: "raw", d: `M70 ${foot - 1}l-4 -6h8z` }), t(78, foot, "note", short("same probe on the raw views", (W - 90) / 6)));
    if (means) svg.append(t(L, foot + 17, "note", short("Means hide the noise: a latent of no bits can still look informative.", W / 5.9)), t(L, foot + 32, "note", "Dashed: sampled latents."));
    const worth = (i, j = on) => out[per * i + j], best = (i) => (worth(i, 0) - f.chance[i]) / (1 - f.chance[i]);
    const sentence = () => {
      const i = Math.max(0, f.groups.indexOf("label"));
      return `${f.names[i]}, read from ${f.latents[+which]}: ${f.kinds[i]} ${fix(worth(i, 0), 2)} by the linear probe on samples${f.mlp ? `, ${fix(worth(i, 2), 2)} by an MLP` : ""}, ${fix(worth(i, 1), 2)} on means, chance ${fix(f.chance[i], 2)}`;
    };
    return {
      draw(st) {
        stack.read(st.v, out, from);
        bars.forEach(({ bar, ghost, num }, i) => {
          bar.setAttribute("width", Math.max(0, X(worth(i)) - X(0)).toFixed(2));
          ghost.style.display = means ? "" : "none";
          if (means) ghost.setAttribute("width", Math.max(0, X(worth(i, 0)) - X(0)).toFixed(2));
          say(num, `${f.kinds[i]} ${fix(worth(i), 2)}`);
        });
      },
      at(x, y) {
        const i = Math.floor((y - T) / row);
        if (i < 0 || i >= n) return null;
        const item = (name, v, ink) => [name, `${f.kinds[i]} ${fix(v)}`, ink], ink = { label: "S", shared: "R", x: "U1", y: "U2" }[f.groups[i]], own = (j) => (on === j ? `var(--${ink || "base"})` : null);
        return {
          head: `${f.names[i]}, from ${f.latents[+which]}`,
          items: [item("linear probe, samples", worth(i, 0), own(0)), ...(f.mlp ? [item("MLP probe, samples", worth(i, 2), own(2))] : []), item("linear probe, means", worth(i, 1), own(1)), item("chance", f.chance[i]), ...(raw?.[i] == null ? [] : [item("same probe, raw views", raw[i])])],
          shape: boxed(X(0), T + i * row + (row - tall) / 2 + 7, Math.max(1, X(worth(i)) - X(0)), tall),
        };
      },
      rows: () => [["what", "measure", "sampled latents", ...(f.mlp ? ["sampled, MLP probe"] : []), "means", "chance", "raw views", ...(f.mlp ? ["raw views, MLP probe"] : [])], ...range(n, (i) => [f.names[i], f.kinds[i], fix(worth(i, 0)), ...(f.mlp ? [fix(worth(i, 2))] : []), fix(worth(i, 1)), fix(f.chance[i]), f.raw?.[i] == null ? "–" : fix(f.raw[i]), ...(f.mlp ? [f.rawMlp?.[i] == null ? "–" : fix(f.rawMlp[i])] : [])])],
      find: () => `${sentence()}.`,
      alt: () => `${sentence()}. Best kept: ${f.names[range(n, (i) => i).reduce((a, b) => (best(b) > best(a) ? b : a))]}.`,
    };
  },
};
