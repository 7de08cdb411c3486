// A drawing made in Python, put into the page as SVG: parsed as XML, and stripped of whatever could run or fetch.
const FORBIDDEN = new Set(["script", "foreignObject", "iframe", "image", "use", "a", "animate", "set", "style"]);

export default function ({ data, parentElement }) {
  const holder = parentElement.querySelector("[data-figure]") ?? parentElement.appendChild(document.createElement("div"));
  holder.setAttribute("data-figure", "");
  if (holder.shown === data.svg + data.css) return;
  holder.shown = data.svg + data.css;
  const style = document.createElement("style");
  style.textContent = data.css;
  const parsed = new DOMParser().parseFromString(data.svg, "image/svg+xml").documentElement;
  const drawing = parsed.nodeName === "svg" ? document.importNode(parsed, true) : document.createElement("p");
  for (const node of [...drawing.querySelectorAll("*"), drawing]) {
    if (FORBIDDEN.has(node.localName)) { node.remove(); continue; }
    for (const { name, value } of [...node.attributes])
      if (/^on/i.test(name) || /href$/i.test(name) || /url\((?!["']?#)/i.test(value)) node.removeAttribute(name);
  }
  const caption = document.createElement("figcaption");
  caption.textContent = data.title;
  const note = document.createElement("p");
  note.className = "note";
  note.textContent = data.note;
  const figure = document.createElement("figure");
  figure.append(caption, drawing, note);
  holder.replaceChildren(style, figure);
}
