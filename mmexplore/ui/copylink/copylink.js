const NODES = new WeakMap();

function make(parent) {
  const box = document.createElement("div"), button = document.createElement("button"), said = document.createElement("span");
  box.className = "copy";
  button.type = "button";
  said.className = "said";
  said.setAttribute("role", "status");
  box.append(button, said);
  parent.append(box);
  const node = { box, button, said };
  button.addEventListener("click", async () => {
    const text = node.data.text ?? here(node.data.start);
    const done = await copy(text, box);
    box.querySelector("input")?.remove();
    if (!done) byHand(text, box);
    box.dataset.state = done ? "copied" : "refused";
    said.textContent = done ? "Copied" : "Press Ctrl+C to copy";
    clearTimeout(node.timer);
    if (done) node.timer = setTimeout(() => { said.textContent = ""; delete box.dataset.state; }, 2500);
  });
  return node;
}

// the address; one without a query says that it means the view of defaults
function here(start) {
  const url = new URL(location.href);
  if (!url.search && start) url.search = `?${start}=1`;
  return url.href;
}

async function copy(text, box) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // not a secure page, or not allowed: the old way
  }
  const area = document.createElement("textarea");
  area.value = text;
  area.readOnly = true;
  area.className = "away";
  box.append(area);
  area.select();
  let done = false;
  try {
    done = document.execCommand("copy");
  } catch {
    // refused as well
  }
  area.remove();
  return done;
}

function byHand(text, box) {
  const field = document.createElement("input");
  field.value = text;
  field.readOnly = true;
  field.setAttribute("aria-label", "Link");
  box.append(field);
  field.focus();
  field.select();
}

export default function ({ data, parentElement }) {
  let node = NODES.get(parentElement);
  if (!node) NODES.set(parentElement, (node = make(parentElement)));
  node.data = data;
  node.button.textContent = data.label;
  node.button.title = data.help;
}
