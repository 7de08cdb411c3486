// Draws a figure of mmexplore with Plotly: on a page, in a report, in a saved file. One function, given what `Figure.spec` says:
//   mmexploreFigure(Plotly, { frame, spec, colours, dark, title, source, name, onSelect })
//   frame      an element that has nothing else in it
//   spec       data, layout, narrow (the layout of a phone), least (pixels: narrower than this it is scrolled)
//   colours    what every colour of the light theme is in the dark one; null where the spec has its colours already
//   dark       whether the dark theme is wanted
//   title, source, name  written on a picture that is saved, and its file's name
//   onSelect   told the `customdata` of selected points; without it nothing can be selected
// Drawing again changes the figure in place: zoom, hidden names and the pointer stay.
globalThis.mmexploreFigure = (() => {
  const NARROW = 560; // pixels

  const recoloured = (value, colours, key = "") => {
    if (typeof value === "string") return (/color/i.test(key) && colours[value.toLowerCase()]) || value;
    if (Array.isArray(value)) return /color/i.test(key) ? value.map((v) => recoloured(v, colours, key)) : value.map((v) => (v && typeof v === "object" ? recoloured(v, colours) : v));
    if (value && typeof value === "object") return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, k === "colorscale" ? v : recoloured(v, colours, k)]));
    return value;
  };

  // A picture has the title above and the source below: it leaves the page.
  const saved = (Plotly, frame, told, format) => {
    const full = frame.layout, narrow = frame.clientWidth < NARROW;
    const wide = Math.max(frame.clientWidth, 720), tall = full.height + 92;
    const own = { xref: "paper", yref: "container", showarrow: false, xanchor: "left", x: 0, align: "left" };
    const paper = full.hoverlabel.bgcolor;
    const margin = { ...full.margin, t: (full.margin?.t ?? 14) + 50, b: (full.margin?.b ?? 8) + 34 };
    const lines = [{ ...own, yref: "paper", y: 1, yanchor: "bottom", yshift: narrow ? 30 : 34, text: `<b>${told.title}</b>`, font: { size: 17 } }];
    if (told.source) lines.push({ ...own, yref: "paper", y: 0, yanchor: "top", yshift: -62, text: told.source, font: { size: 12 } });
    return Plotly.downloadImage(
      { data: frame.data, layout: { ...full, margin, width: wide, height: tall, paper_bgcolor: paper, plot_bgcolor: paper, annotations: [...(full.annotations ?? []), ...lines] } },
      { format, width: wide, height: tall, scale: format === "png" ? 2 : 1, filename: told.name },
    );
  };

  const config = (Plotly, frame, told, selectable) => {
    const button = (name, title, format) => ({ name, title, icon: Plotly.Icons.camera, click: () => saved(Plotly, frame, frame.mmTold, format) });
    const groups = [["zoom2d", "pan2d"], ["resetScale2d"]];
    if (selectable) groups[0].push("select2d", "lasso2d");
    const made = [...groups, [button("png", "Save as PNG", "png"), { ...button("svg", "Save as SVG", "svg"), icon: Plotly.Icons.disk }]];
    return { displaylogo: false, responsive: false, doubleClick: "reset", scrollZoom: false, showTips: false, modeBarButtons: made, displayModeBar: "hover" };
  };

  return (Plotly, told) => {
    const { frame, spec, colours, dark } = told;
    const shown = colours && dark ? recoloured(spec, colours) : spec;
    const narrow = frame.clientWidth > 0 && frame.clientWidth < NARROW;
    const layout = { ...shown.layout, ...(narrow ? shown.narrow : {}), width: Math.max(frame.clientWidth, spec.least) || undefined };
    frame.mmTold = told;
    frame.style.overflow = "auto hidden";
    frame.style.minHeight = `${layout.height}px`;
    const font = getComputedStyle(frame).fontFamily;
    if (font) layout.font = { ...layout.font, family: font };
    const fresh = !frame.mmDrawn;
    const selectable = Boolean(told.onSelect);
    if (frame.mmSelectable !== selectable) frame.mmConfig = config(Plotly, frame, told, selectable); // Plotly begins anew where the buttons are other ones
    frame.mmSelectable = selectable;
    const drawn = Plotly.react(frame, structuredClone(shown.data), structuredClone(layout), frame.mmConfig);
    if (fresh) {
      frame.mmDrawn = true;
      const rows = (event) => (event?.points ?? []).map((p) => p.customdata).filter((v) => v != null && !Array.isArray(v));
      frame.on("plotly_selected", (event) => event && frame.mmTold.onSelect?.(rows(event)));
      frame.on("plotly_deselect", () => frame.mmTold.onSelect?.([]));
      let last = frame.clientWidth;
      new ResizeObserver(() => {
        if (!frame.isConnected || frame.clientWidth === last || !frame.clientWidth) return;
        const turned = last < NARROW !== frame.clientWidth < NARROW || !last;
        last = frame.clientWidth;
        requestAnimationFrame(() => (turned ? mmexploreFigure(Plotly, frame.mmTold) : Plotly.relayout(frame, { width: Math.max(last, spec.least) })));
      }).observe(frame);
    }
    return drawn;
  };
})();
