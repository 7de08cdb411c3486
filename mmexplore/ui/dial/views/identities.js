// What adds up to what: parts above, the mutual information they make below, on one scale.
VIEWS.identities = {
  title: "What adds up",
  fits: ({ grid }) => ["R", "U1", "U2", "S", "I1", "I2", "I12", "CI"].every((k) => grid.by[k]),
  make(fig) {
    const { dial, svg, W, H } = fig, { grid, k } = dial, fill = patterns(fig), by = grid.by;
    const sums = [["I1", ["R", "U1"]], ["I2", ["R", "U2"]], ["I12", ["R", "U1", "U2", "S"]], ["CI", ["R", "S"], true]];
    const lo = k * Math.min(0, by.CI.lo, grid.limits(1)[0]), hi = k * Math.max(by.I12.hi, 1e-3), X = (x) => 2 + ((x - lo) / (hi - lo)) * (W - 4), row = H / 4, tall = clamp(row * 0.22, 11, 18);
    svg.append(line(X(0), 4, X(0), H - 4, "base"));
    const rows = sums.map(([whole, parts, minus], i) => {
      const y = i * row, top = y + 23, right = whole === "CI" ? "I1 + I2 − I12" : short(by[whole].label, Math.floor((W - 100) / 6.4));
      const name = t(2, y + 15, "label halo"), num = t(W - 2, y + 15, "value num halo", "", "end"), off = t(W - 2, top + tall + 20, "note num halo", "", "end");
      parts.forEach((p, j) => name.append(j ? (minus ? " − " : " + ") : "", s("tspan", { class: "sym i-" + p }, p)));
      name.append(" = ", s("tspan", { class: "strong2" }, whole === "CI" ? "co-information" : whole));
      name.append(s("title", {}, right));
      const bars = parts.map((p, j) => rect(0, top + (minus && j ? tall / 2 : 0), 0, minus ? tall / 2 : tall, "bar", { fill: fill[p] })), sum = rect(0, top + tall + 3, 0, 4, "sum");
      const what = t(2, top + tall + 20, "note halo", right);
      svg.append(...bars, sum, name, num, what, off);
      return { bars, sum, num, off };
    });
    const put = (r, from, to) => set(r, { x: X(Math.min(from, to)).toFixed(2), width: Math.abs(X(to) - X(from)).toFixed(2) });
    const total = (q, [, parts, minus]) => parts.reduce((x, p, j) => x + (minus && j ? -1 : 1) * q[p], 0);
    return {
      draw(st) {
        const q = (st.exact || st).q;
        sums.forEach((line_, i) => {
          const [whole, parts, minus] = line_, r = rows[i];
          let at = 0;
          parts.forEach((p, j) => {
            const to = at + (minus && j ? -1 : 1) * q[p];
            put(r.bars[j], at, to);
            at = to;
          });
          put(r.sum, 0, q[whole]);
          say(r.num, `${parts.length < 3 || W > 440 ? parts.map((p) => fix(q[p])).join(minus ? " − " : " + ") + " " : ""}= ${fix(q[whole])} ${dial.unit()}`.replace(/([+−]) −/g, (_, o) => (o === "+" ? "− " : "+ ")));
          say(r.off, `${st.exact ? "residual" : "residual, live"} ${tiny(Math.abs(total(q, line_) - q[whole]))}`);
        });
      },
      rows(st) {
        const q = (st.exact || st).q;
        return [["identity", `left side (${dial.unit()})`, `right side (${dial.unit()})`, "residual"], ...sums.map((l) => [`${l[1].join(l[2] ? " − " : " + ")} = ${by[l[0]].label}`, fix(total(q, l), 6), fix(q[l[0]], 6), tiny(Math.abs(total(q, l) - q[l[0]]))])];
      },
      at(x, y, st) {
        const i = Math.floor(y / row), line_ = sums[i];
        if (!line_) return null;
        const { q } = st.exact || st, [whole, parts, minus] = line_, u = dial.unit();
        return {
          head: `${parts.join(minus ? " − " : " + ")} = ${by[whole].label}`,
          items: [...parts.map((p) => [`${by[p].label} (${p})`, `${fix(q[p])} ${u}`, `var(--${p})`]), [whole, `${fix(q[whole])} ${u}`], ["residual", `${tiny(Math.abs(total(q, line_) - q[whole]))} ${u}`]],
          note: st.exact ? "exact" : "interpolated",
        };
      },
      alt(st) {
        const q = (st.exact || st).q;
        return `${sums.map((l) => `${l[1].join(l[2] ? " minus " : " plus ")} is ${fix(q[l[0]])}, ${by[l[0]].label}`).join("; ")}; ${dial.unit()}.`;
      },
    };
  },
};
