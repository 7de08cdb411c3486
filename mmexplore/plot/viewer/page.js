// A figure on a page: caption, the drawing, its note, its numbers. Fetched once a visit by the component of `mmexplore.ui.figure`.
import "./viewer.js";

const LIBRARY = "mmexplorePlotly";

const library = () =>
  (globalThis[LIBRARY] ??= new Promise((done, failed) => {
    const script = document.createElement("script");
    script.src = new URL("plotly-cartesian.min.js", import.meta.url).href;
    script.onload = () => done(globalThis.Plotly);
    script.onerror = () => { globalThis[LIBRARY] = undefined; failed(new Error("not loaded")); };
    document.head.append(script);
  }));

const style = document.createElement("link");
style.rel = "stylesheet";
style.href = new URL("page.css", import.meta.url).href;
document.head.append(style);

const make = (tag, name, text) => Object.assign(document.createElement(tag), name ? { className: name } : {}, text == null ? {} : { textContent: text });

const shown = (value) => {
  if (value == null) return "–";
  if (Array.isArray(value)) return value.length === 2 ? `${shown(value[0])} to ${shown(value[1])}` : `${shown(value[0])} (${shown(value[1])} to ${shown(value[2])})`;
  if (typeof value !== "number") return value;
  const size = Math.abs(value), whole = Number.isInteger(value);
  const text = whole && size < 1e15 ? size.toLocaleString("en") : size !== 0 && (size < 1e-4 || size >= 1e6) ? size.toExponential(2) : size.toFixed(4);
  return (value < 0 ? "−" : "") + text;
};

const table = (data) => {
  const whole = make("table"), head = whole.createTHead().insertRow();
  for (const name of data.columns) head.append(Object.assign(make("th", "", name), { scope: "col" }));
  const body = whole.createTBody();
  for (const cells of data.rows) {
    const row = body.insertRow();
    for (const cell of cells) row.append(make("td", typeof cell === "string" ? "" : "mm-n", shown(cell)));
  }
  const box = make("div", "mm-scroll");
  box.tabIndex = 0;
  box.setAttribute("role", "region");
  box.setAttribute("aria-label", `Numbers: ${data.title}`);
  box.append(whole);
  if (data.more) box.append(make("p", "mm-note", `and ${data.more.toLocaleString("en")} more rows`));
  return box;
};

export default function ({ data, parentElement, setStateValue }) {
  let figure = parentElement.querySelector("figure.mm-figure");
  if (!figure) {
    figure = make("figure", "mm-figure");
    const numbers = make("details");
    numbers.append(make("summary", "", "Numbers"));
    figure.append(make("figcaption"), make("div", "mm-frame"), make("p", "mm-note"), numbers);
    numbers.addEventListener("toggle", () => figure.fill());
    parentElement.append(figure);
  }
  const [caption, frame, note, numbers] = figure.children;
  figure.send = setStateValue;
  figure.fill = () => {
    if (!numbers.open || figure.filled === data) return;
    figure.filled = data;
    numbers.replaceChildren(numbers.firstElementChild, table(data));
  };
  caption.textContent = data.title;
  note.textContent = data.note;
  note.hidden = !data.note;
  figure.fill();
  const text = data.spec + data.dark;
  if (figure.drawn === text) return;
  figure.drawn = text;
  const spec = JSON.parse(data.spec);
  frame.style.minHeight = `${spec.layout.height}px`;
  frame.setAttribute("role", "group");
  frame.setAttribute("aria-label", `${data.title}. ${data.alt}`);
  const told = { ...data.saved, frame, spec, colours: null, dark: data.dark };
  if (data.selects) told.onSelect = (rows) => figure.send("rows", rows);
  library().then(
    (Plotly) => {
      if (!frame.isConnected || figure.drawn !== text) return;
      mmexploreFigure(Plotly, told);
      frame.dataset.drawn = "yes";
    },
    () => { frame.textContent = "The chart could not be loaded; its numbers stand below. Reload the page to try again."; },
  );
}
