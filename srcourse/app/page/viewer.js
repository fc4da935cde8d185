// Before and after on one stage, under a wipe, with zoom and pan. Knows nothing of servers and jobs.

import { clamp, el } from "./words.js";

const ZOOMS = [1, 1.5, 2, 3, 4, 6, 8, 12, 16, 24, 32];
const LARGEST = 8; // screen pixels for one of the result's, at most
const WIDEST = 2; // the stage's width for a height of 1 …
const NARROWEST = 0.7; // … and the least; a longer picture has bands beside it
const SIDES = ["before", "after"];

/** The arrow keys as [columns, rows], or undefined. */
const arrowOf = ({ key }) => ({ ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] })[key];

/** An image or video element for a URL, once it can be drawn; null where the browser cannot. */
export function load(kind, url) {
  return new Promise((resolve) => {
    const video = kind === "video";
    // Its name is that of the whole stage.
    const media = video ? el("video", { playsinline: true, preload: "auto", "aria-hidden": "true" })
      : el("img", { alt: "", draggable: "false" });
    media.addEventListener(video ? "loadeddata" : "load", () => resolve(sizeOf(media).width ? media : null));
    media.addEventListener("error", () => resolve(null));
    media.src = url;
  });
}

export const sizeOf = (media) => ({
  width: media.naturalWidth ?? media.videoWidth,
  height: media.naturalHeight ?? media.videoHeight,
  seconds: media.duration,
});

export class Viewer {
  /** `stage` and `tools` are elements to fill. */
  constructor(stage, tools) {
    this.stage = stage;
    this.media = { before: null, after: null };
    this.view = { zoom: 1, x: 0.5, y: 0.5, wipe: 0.5 };
    this.pointers = new Map();
    this.#build(tools);
    new ResizeObserver(() => this.draw()).observe(stage);
  }

  #build(tools) {
    this.halves = {};
    this.labels = {};
    for (const side of SIDES) {
      this.labels[side] = el("span", { class: "label" });
      this.halves[side] = el("div", { class: `half ${side}` });
    }
    this.picture = el("div", { class: "view", role: "img", tabindex: 0, hidden: true },
      ...SIDES.map((side) => this.halves[side]));
    this.tags = el("div", { class: "tags", "aria-hidden": "true", hidden: true },
      ...SIDES.map((side) => el("div", { class: side }, this.labels[side])));
    this.handle = el("div", {
      class: "wipe", role: "slider", tabindex: 0, hidden: true,
      "aria-label": "Wipe", "aria-valuemin": 0, "aria-valuemax": 100,
    });
    this.stage.append(this.picture, this.tags, this.handle);

    const button = (text, label, click) => el("button", { type: "button", "aria-label": label, title: label, click }, text);
    this.shows = [["Before", 1], ["Both", 0.5], ["After", 0]].map(([text, wipe]) => {
      const one = button(text, wipe === 0.5 ? "Show both" : `Show only ${text.toLowerCase()}`, () => this.#wipeTo(wipe));
      return { one, wipe };
    });
    this.where = el("p", { class: "quiet where" });
    tools.append(
      el("div", { class: "segments", role: "group", "aria-label": "What to show" }, ...this.shows.map(({ one }) => one)),
      el("div", { class: "segments", role: "group", "aria-label": "Zoom and move" },
        button("−", "Zoom out", () => this.#zoomBy(-1)), button("+", "Zoom in", () => this.#zoomBy(1)),
        button("←", "Move left", () => this.#moveBy(-1, 0)), button("→", "Move right", () => this.#moveBy(1, 0)),
        button("↑", "Move up", () => this.#moveBy(0, -1)), button("↓", "Move down", () => this.#moveBy(0, 1)),
        button("All", "Show all", () => this.#showAll())),
      this.where);
    this.#listen();
  }

  // --- what is shown --------------------------------------------------------------------------

  /** Show a file and its result, elements of `load` or null, called by `names`. */
  show(before, after, names) {
    const fresh = before !== this.media.before || !(before || after);
    const media = { before, after };
    for (const side of SIDES) {
      if (media[side] !== this.media[side]) this.halves[side].replaceChildren(...(media[side] ? [media[side]] : []));
      this.labels[side].textContent = names[side];
    }
    if (fresh) Object.assign(this.view, { zoom: 1, x: 0.5, y: 0.5, wipe: 0.5 });
    Object.assign(this, { media, names });
    this.draw();
  }

  get #shown() {
    return this.media.after ?? this.media.before;
  }

  get #both() {
    return Boolean(this.media.before && this.media.after);
  }

  /** The picture's box on the stage, in screen pixels. */
  #box() {
    const { width, height } = sizeOf(this.#shown);
    const [w, h] = [this.stage.clientWidth, this.stage.clientHeight];
    const fit = Math.min(w / width, h / height);
    const most = Math.max(4, LARGEST / fit);
    const { zoom, x, y } = this.view;
    const placed = (stage, side, centre) =>
      side <= stage ? (stage - side) / 2 : clamp(stage / 2 - centre * side, stage - side, 0);
    const [sw, sh] = [width * fit * zoom, height * fit * zoom];
    return { w, h, sw, sh, left: placed(w, sw, x), top: placed(h, sh, y), width, height, fit, most };
  }

  draw() {
    const shown = this.#shown;
    this.picture.hidden = !shown;
    this.tags.hidden = this.handle.hidden = !this.#both;
    for (const { one } of this.shows) one.disabled = !this.#both;
    if (!shown) {
      this.stage.style.removeProperty("--ratio");
      return;
    }
    const size = sizeOf(shown);
    this.stage.style.setProperty("--ratio", clamp(size.width / size.height, NARROWEST, WIDEST));
    const { w, h, sw, sh, left, top, width, height, fit, most } = this.#box();
    const { zoom, wipe } = this.view;
    for (const side of SIDES) {
      if (!this.media[side]) continue;
      Object.assign(this.media[side].style, {
        width: `${width * fit}px`, height: `${height * fit}px`,
        transform: `translate(${left}px, ${top}px) scale(${zoom})`,
      });
    }
    const share = Math.round(100 * wipe);
    const cut = (side) => (side === "before" ? `inset(0 ${100 - 100 * wipe}% 0 0)` : `inset(0 0 0 ${100 * wipe}%)`);
    for (const side of SIDES) this.halves[side].style.clipPath = this.#both ? cut(side) : "none";
    this.tags.firstChild.style.width = `${100 * wipe}%`;
    this.tags.lastChild.style.width = `${100 - 100 * wipe}%`;
    this.handle.style.left = `${100 * wipe}%`;
    this.handle.setAttribute("aria-valuenow", share);
    this.handle.setAttribute("aria-valuetext", `${share} % before, ${100 - share} % after`);
    for (const button of this.shows) button.one.setAttribute("aria-pressed", button.wipe === wipe);

    const range = (first, view, n, side) => {
      const pixel = side / n;
      const [from, to] = [Math.max(0, Math.floor(-first / pixel)), Math.min(n, Math.ceil((view - first) / pixel))];
      return `${from} to ${to}`;
    };
    const seen = zoom === 1 ? "all of it" : `columns ${range(left, w, width, sw)}, rows ${range(top, h, height, sh)}`;
    this.where.textContent = `Zoom ${Number(zoom.toFixed(1))}: ${seen}.`;
    const what = this.#both
      ? `Left of the line: ${this.names.before}. Right of it: ${this.names.after}.`
      : `${this.media.after ? this.names.after : this.names.before}.`;
    this.picture.setAttribute("aria-label", `${what} ${this.where.textContent}`);
    this.picture.classList.toggle("zoomed", zoom > 1);
    this.picture.classList.toggle("both", this.#both);
    this.most = most;
  }

  // --- moves ----------------------------------------------------------------------------------

  #wipeTo(wipe) {
    this.view.wipe = clamp(wipe, 0, 1);
    this.draw();
  }

  /** Zoom so that what is under (x, y) of the stage comes to lie under (toX, toY). */
  #zoomTo(zoom, x, y, toX = x, toY = y) {
    const { w, h, sw, sh, left, top, width, height, fit, most } = this.#box();
    this.view.zoom = clamp(zoom, 1, most);
    const centre = (at, to, first, side, view, full) => {
      const held = (at - first) / side;
      const now = full * this.view.zoom;
      const half = Math.min(0.5, view / now / 2);
      return clamp(held + (view / 2 - to) / now, half, 1 - half);
    };
    this.view.x = centre(x, toX, left, sw, w, width * fit);
    this.view.y = centre(y, toY, top, sh, h, height * fit);
    this.draw();
  }

  #zoomBy(step, x = this.stage.clientWidth / 2, y = this.stage.clientHeight / 2) {
    const { zoom } = this.view;
    const next = step > 0 ? ZOOMS.find((z) => z > zoom + 0.01) : ZOOMS.findLast((z) => z < zoom - 0.01);
    this.#zoomTo(next ?? zoom, x, y);
  }

  #moveBy(columns, rows) {
    const { w, h } = this.#box();
    this.#zoomTo(this.view.zoom, w / 2, h / 2, w / 2 - (columns * w) / 8, h / 2 - (rows * h) / 8);
  }

  #showAll() {
    Object.assign(this.view, { zoom: 1, x: 0.5, y: 0.5 });
    this.draw();
  }

  #at(event) {
    const box = this.stage.getBoundingClientRect();
    return [event.clientX - box.left - this.stage.clientLeft, event.clientY - box.top - this.stage.clientTop];
  }

  #listen() {
    const { picture, handle } = this;
    picture.addEventListener("keydown", (event) => {
      const step = arrowOf(event);
      if (step) this.#moveBy(...step);
      else if (event.key === "+" || event.key === "=") this.#zoomBy(1);
      else if (event.key === "-") this.#zoomBy(-1);
      else if (event.key === "Home") this.#showAll();
      else return;
      event.preventDefault();
    });
    handle.addEventListener("keydown", (event) => {
      const step = arrowOf(event);
      const to = step ? this.view.wipe + 0.02 * (step[0] - step[1]) : { Home: 0, End: 1 }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      this.#wipeTo(Math.round(100 * to) / 100);
    });
    // Only where the stage has the focus, or for a pinch on a touchpad: else whoever scrolls past is caught.
    this.stage.addEventListener("wheel", (event) => {
      if (!this.#shown || !(event.ctrlKey || this.stage.contains(document.activeElement))) return;
      event.preventDefault();
      this.#zoomBy(event.deltaY < 0 ? 1 : -1, ...this.#at(event));
    }, { passive: false });
    this.stage.addEventListener("dblclick", (event) => {
      if (!this.#shown) return;
      if (this.view.zoom > 1) this.#showAll();
      else this.#zoomTo(3, ...this.#at(event));
    });
    for (const node of [picture, handle]) {
      node.addEventListener("pointerdown", (event) => this.#down(node, event));
      node.addEventListener("pointermove", (event) => this.#move(event));
      for (const end of ["pointerup", "pointercancel"]) node.addEventListener(end, (event) => this.#up(event));
    }
  }

  // One pointer drags: the line by its handle; on the picture what is zoomed, else the line too.
  // Two pinch.

  #down(node, event) {
    if (event.button !== 0) return;
    node.setPointerCapture(event.pointerId);
    this.pointers.set(event.pointerId, { node, at: this.#at(event) });
  }

  #move(event) {
    const pointer = this.pointers.get(event.pointerId);
    if (!pointer) return;
    const [from, to] = [pointer.at, this.#at(event)];
    const other = [...this.pointers.values()].find((p) => p !== pointer);
    pointer.at = to;
    if (other) {
      const middle = (spot) => [(spot[0] + other.at[0]) / 2, (spot[1] + other.at[1]) / 2];
      const apart = (spot) => Math.max(1, Math.hypot(spot[0] - other.at[0], spot[1] - other.at[1]));
      this.#zoomTo((this.view.zoom * apart(to)) / apart(from), ...middle(from), ...middle(to));
    } else if (pointer.node === this.picture && this.view.zoom > 1) {
      this.#zoomTo(this.view.zoom, ...from, ...to);
    } else if (this.#both) {
      this.#wipeTo(this.view.wipe + (to[0] - from[0]) / this.stage.clientWidth);
    }
  }

  #up(event) {
    this.pointers.delete(event.pointerId);
  }
}
