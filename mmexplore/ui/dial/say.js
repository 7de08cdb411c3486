// A messenger without a body: hands what Python says to the dial of the same token, in whatever order the two appear.
// The dial's code is sent once, its grid when that changes, and the answers, a kilobyte each, after every move. Who brings the answers also takes
// the dial's position back to Python: what runs then is the fragment that drew the messenger, not the one that drew the charts.
const HUB = (globalThis[Symbol.for("mmexplore.dial")] ??= { said: new Map(), hear: new Map(), send: new Map() });
const MINE = new WeakMap();
const drop = (m) => m && HUB.said.get(m.kind + m.token) === m && HUB.said.delete(m.kind + m.token);

export default function ({ data, parentElement, setStateValue }) {
  drop(MINE.get(parentElement));
  MINE.set(parentElement, data);
  HUB.said.set(data.kind + data.token, data);
  if (data.kind === "echo") HUB.send.set(data.token, setStateValue);
  HUB.hear.get(data.token)?.();
  return () => drop(MINE.get(parentElement));
}
