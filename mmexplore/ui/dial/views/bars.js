// Four bars on one fixed axis: live value, exact tick, pinned result as an outline.
VIEWS.bars = {
  title: "What each part tells",
  make(fig) {
    const { dial, svg, W, H } = fig, { grid, k } = dial, [lo, hi] = grid.limits(k, dial.pin), fill = patterns(fig);
    const left = 2, right = W - 2, foot = 26, row = (H - foot) / grid.atoms.length, tall = clamp(row * 0.34, 14, 26);
    const X = (x) => left + ((clamp(x, lo - 1, hi * 1.5) - lo) / (hi - lo)) * (right - left);
    ticks(lo, hi, W < 380 ? 4 : 6).forEach(([x, text], i, all) => {
      const end = X(x) > W - 40 && i === all.length - 1, start = X(x) < 16;
      svg.append(line(X(x), 6, X(x), H - foot + 4, x ? "rule" : "base"), t(end ? W : start ? 0 : X(x), H - 8, "tick num", i === all.length - 1 ? `${text} ${dial.unit()}` : text, end ? "end" : start ? "start" : "middle"));
    });
    const parts = grid.atoms.map((q, i) => {
      const y = i * row + row * 0.5 - tall / 2 + 2;
      const p = { y, bar: rect(0, y, 0, tall, "bar", { fill: fill[q.atom] }), ghost: rect(0, y - 2.5, 0, tall + 5, "ghost"), tick: line(0, y - 2, 0, y + tall + 2, "exact"), halo: line(0, y - 2, 0, y + tall + 2, "exact-halo") };
      p.value = t(right, y - 7, "value num halo", "", "end");
      p.sub = t(right, y + tall + 13, "note num halo", "", "end");
      p.name = t(left, y - 7, "label halo");
      p.name.append(s("tspan", { class: "sym i-" + q.atom }, q.key), s("tspan", { dx: 6 }, short(q.label, W < 380 ? 20 : 32)), s("title", {}, q.label));
      svg.append(p.bar, p.ghost, p.halo, p.tick, p.name, p.value, p.sub);
      return p;
    });
    const place = (r, x) => set(r, { x: Math.min(X(0), X(x)).toFixed(2), width: Math.abs(X(x) - X(0)).toFixed(2) });
    return {
      draw(st) {
        grid.atoms.forEach((q, i) => {
          const p = parts[i], x = st.q[q.key], sure = st.exact?.q[q.key], pin = st.pin?.q[q.key];
          place(p.bar, x);
          say(p.value, `${fix(sure ?? x, 3)} ${dial.unit()}`);
          const at = sure == null ? null : X(sure).toFixed(2);
          for (const e of [p.tick, p.halo]) at == null ? (e.style.display = "none") : ((e.style.display = ""), set(e, { x1: at, x2: at }));
          p.ghost.style.display = pin == null ? "none" : "";
          if (pin != null) place(p.ghost, pin);
          const bits = [];
          if (pin != null) bits.push(`${short(st.pin.label, 10)} ${fix(pin)}, change ${signed((sure ?? x) - pin)}`);
          if (sure != null) bits.push(`exact ${fix(sure, 6)}`);
          say(p.sub, bits.join(" · "));
        });
      },
      rows(st) {
        const u = dial.unit(), head = ["part", `live (${u})`, `exact (${u})`];
        if (st.pin) head.push(`${st.pin.label} (${u})`, `difference (${u})`);
        return [head, ...grid.atoms.map((q) => {
          const x = st.q[q.key], sure = st.exact?.q[q.key], r = [`${q.label} (${q.key})`, fix(x, 5), sure == null ? "–" : fix(sure, 9)];
          return st.pin ? [...r, fix(st.pin.q[q.key], 6), signed((sure ?? x) - st.pin.q[q.key], 6)] : r;
        })];
      },
      at(x, y, st) {
        const i = Math.floor(y / row), o = grid.atoms[i], u = dial.unit();
        if (!o || y > H - foot) return null;
        const { q } = st.exact || st, v = q[o.key], pin = st.pin?.q[o.key], total = q.I12;
        const items = [[st.exact ? "exact" : "interpolated", `${fix(v)} ${u}`, `var(--${o.atom})`]];
        if (total > 5e-4 && grid.atoms.every((a) => q[a.key] > -5e-4)) items.push([`share of ${grid.by.I12.label}`, shareOf(v, total)]);
        if (pin != null) items.push([st.pin.label, `${fix(pin)} ${u}`], ["change", `${signed(v - pin)} ${u}`]);
        return { head: `${o.label} (${o.key})`, items, shape: boxed(Math.min(X(0), X(v)), parts[i].y, Math.max(1, Math.abs(X(v) - X(0))), tall) };
      },
      alt: (st) => `${dial.find(st)} ${grid.atoms.map((q) => `${q.label} ${fix((st.exact || st).q[q.key])}`).join(", ")} ${dial.unit()}.`,
    };
  },
};
