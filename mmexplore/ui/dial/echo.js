// What Python says back: value, exact answer, pinned result, unit. It changes with every answer and weighs a kilobyte;
// the grid and the code stay with the dial, which is sent once. The two find each other by a token, in either order.
const HUB = (globalThis[Symbol.for("mmexplore.dial")] ??= { said: new Map(), hear: new Map() });
const MINE = new WeakMap();

export default function ({ data, parentElement }) {
  const before = MINE.get(parentElement);
  if (before && before.token !== data.token && HUB.said.get(before.token) === before) HUB.said.delete(before.token);
  MINE.set(parentElement, data);
  HUB.said.set(data.token, data);
  HUB.hear.get(data.token)?.(data);
  return () => {
    const last = MINE.get(parentElement);
    if (last && HUB.said.get(last.token) === last) HUB.said.delete(last.token);
  };
}
