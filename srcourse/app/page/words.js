// Numbers as people read them, and small helpers that every part of the page uses.

/** An element with attributes (a function is an event listener) and children. */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") node.addEventListener(name, value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value != null) node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

export const clamp = (value, low, high) => Math.min(high, Math.max(low, value));

/** A file's name as far as a line holds it, its ending always there. */
export const brief = (name) => (name.length <= 28 ? name : `${name.slice(0, 15)}…${name.slice(-12)}`);

/** Three figures at most: 950 bytes, 12.3 kB, 4.56 MB. */
export function bytes(count) {
  if (count < 1000) return `${count} bytes`;
  const power = count < 999_500 ? 1 : count < 999_500_000 ? 2 : 3;
  return `${three(count / 1000 ** power)} ${["kB", "MB", "GB"][power - 1]}`;
}

const three = (number) => (number < 99.95 ? Number(number.toPrecision(3)) : Math.round(number));

/** 12.3 megapixels, 1 megapixel. */
export function megapixels(count) {
  const number = three(count / 1e6);
  return `${number} megapixel${number === 1 ? "" : "s"}`;
}

export const pixels = ({ width, height }) => `${width} × ${height}`;

/** 0.8 s, 12 s, 2 min 5 s. */
export function duration(seconds) {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  return whole % 60 ? `${Math.floor(whole / 60)} min ${whole % 60} s` : `${whole / 60} min`;
}
