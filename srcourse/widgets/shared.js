// Helpers that every widget of the course uses. This text stands before each widget's own module.

/** An element with attributes (a function is an event listener) and children. */
function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") node.addEventListener(name, value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value != null) node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

/** A control under its label. JupyterLab would eat the arrow keys without the attribute. */
function labelled(text, control) {
  control.setAttribute("data-lm-suppress-shortcuts", "true");
  control.setAttribute("aria-label", text);
  return el("label", { class: "sr-field" }, el("span", {}, text), control);
}

/** A select bound to a trait. Options are names or [value, label] pairs. */
function selectFor(model, trait, label, options) {
  const select = el("select", {
    change: () => {
      const value = select.value;
      model.set(trait, typeof model.get(trait) === "number" ? Number(value) : value);
      model.save_changes();
    },
  });
  const fill = (list) => {
    select.replaceChildren(
      ...list.map((o) => (Array.isArray(o) ? el("option", { value: o[0] }, o[1]) : el("option", { value: o }, o))),
    );
    select.value = String(model.get(trait));
  };
  fill(options);
  model.on(`change:${trait}`, () => (select.value = String(model.get(trait))));
  const field = labelled(label, select);
  field.fill = fill;
  return field;
}

/** A range slider bound to a number trait, its value beside it; `words` may say it otherwise. */
function sliderFor(model, trait, label, { min, max, step = 1, digits = 0, unit = "", words }) {
  const value = el("output", {});
  const slider = el("input", {
    type: "range", min, max, step,
    input: () => {
      model.set(trait, Number(slider.value));
      model.save_changes();
    },
  });
  const show = () => {
    slider.value = model.get(trait);
    const number = Number(model.get(trait));
    const text = words ? words(number) : `${number.toFixed(digits)}${unit}`;
    value.textContent = text;
    slider.setAttribute("aria-valuetext", text);
  };
  model.on(`change:${trait}`, show);
  show();
  const field = labelled(label, slider);
  field.append(value);
  return field;
}

/** A checkbox bound to a boolean trait. */
function checkboxFor(model, trait, label) {
  const box = el("input", {
    type: "checkbox",
    change: () => {
      model.set(trait, box.checked);
      model.save_changes();
    },
  });
  box.checked = model.get(trait);
  model.on(`change:${trait}`, () => (box.checked = model.get(trait)));
  return labelled(label, box);
}

/** The photograph's menu, an upload button, and the place where a bad file is explained. */
function photoPicker(model) {
  const own = "your own";
  const options = () => [...model.get("photos"), ...(model.get("photo") === own ? [own] : [])];
  const menu = selectFor(model, "photo", "Photograph", options());
  model.on("change:photo", () => menu.fill(options()));
  const file = el("input", {
    type: "file", accept: "image/*",
    change: async () => {
      if (!file.files.length) return;
      const data = new DataView(await file.files[0].arrayBuffer());
      model.set("upload", { name: file.files[0].name, data });
      model.save_changes();
      file.value = "";
    },
  });
  const message = el("p", { class: "sr-message", role: "alert" });
  const say = () => (message.textContent = model.get("message"));
  model.on("change:message", say);
  say();
  return el("div", { class: "sr-row" }, menu, labelled("or your own", file), message);
}

/** The bytes of a binary trait. */
function bytesOf(model, trait) {
  const view = model.get(trait);
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}

/** Draw rows of RGB bytes on a canvas of that size, pixel for pixel. */
function drawRGB(canvas, rgb, width, height) {
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  const image = new ImageData(width, height);
  for (let from = 0, to = 0; from < rgb.length; from += 3, to += 4) {
    image.data[to] = rgb[from];
    image.data[to + 1] = rgb[from + 1];
    image.data[to + 2] = rgb[from + 2];
    image.data[to + 3] = 255;
  }
  canvas.getContext("2d").putImageData(image, 0, 0);
}

/** A picture under its caption: {node, canvas, caption(text), alt(text)}. */
function figure(caption) {
  const canvas = el("canvas", { role: "img", "aria-label": caption, class: "sr-picture" });
  const text = el("figcaption", {}, caption);
  return {
    node: el("figure", { class: "sr-figure" }, text, canvas),
    canvas,
    caption: (words) => (text.textContent = words),
    alt: (words) => canvas.setAttribute("aria-label", words),
  };
}

/** A line of figures that a screen reader is told of when it changes. */
function readout() {
  return el("p", { class: "sr-readout", role: "status", "aria-live": "polite" });
}

/** Call `draw` once before the next frame, however often it is asked for. */
function oncePerFrame(draw) {
  let waiting = false;
  return () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      draw();
    });
  };
}

/** The arrow keys as [rows, columns], or null. */
function arrowOf(event) {
  return { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key] ?? null;
}

/** Where a pointer is on a canvas, in the canvas's own pixels. */
function spotOn(canvas, event) {
  const box = canvas.getBoundingClientRect();
  return [(event.clientX - box.left) * (canvas.width / box.width), (event.clientY - box.top) * (canvas.height / box.height)];
}

/** Follow a drag on `node`: `begin` gives what is called with each further event, or null. */
function onDrag(model, node, begin) {
  let follow = null;
  node.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    follow = begin(event);
    if (follow) event.target.setPointerCapture(event.pointerId);
  });
  node.addEventListener("pointermove", (event) => follow?.(event));
  for (const end of ["pointerup", "pointercancel"]) {
    node.addEventListener(end, () => {
      if (follow) model.save_changes();
      follow = null;
    });
  }
}

/**
 * Zoom and pan over the traits of a ZoomedPhoto. `size()` gives the picture's {height, width, fit},
 * fit being the screen pixels for one of its own at zoom 1.
 */
function zoomAndPan(model, size) {
  const get = (name) => model.get(name);

  /** How many of the zoomed side's n·fit·zoom screen pixels lie before the view of n·fit. */
  function offset(centre, n, fit) {
    const zoom = get("zoom");
    return clamp(Math.floor((centre + 0.5) * fit * zoom - (n * fit) / 2 + 0.5), 0, n * fit * (zoom - 1));
  }

  /** How many screen pixels lie above the view, and left of it. */
  function offsets() {
    const { height, width, fit } = size();
    return [offset(get("row"), height, fit), offset(get("col"), width, fit)];
  }

  /** Move the view's middle to a pixel, as far as the picture goes. */
  function look(row, col, zoom = get("zoom")) {
    const { height, width } = size();
    const within = (centre, n) => clamp(centre, (n / zoom - 1) / 2, n - 1 - (n / zoom - 1) / 2);
    model.set("zoom", zoom);
    model.set("row", within(row, height));
    model.set("col", within(col, width));
  }

  /** One zoom level up or down; what is under (x, y) of the view, else its middle, stays there. */
  function zoomBy(step, x, y) {
    const { height, width, fit } = size();
    const levels = get("zooms");
    const zoom = levels[clamp(levels.indexOf(get("zoom")) + step, 0, levels.length - 1)];
    const held = (centre, n, at = (n * fit) / 2) =>
      (offset(centre, n, fit) + at) / (fit * get("zoom")) + ((n * fit) / 2 - at) / (fit * zoom) - 0.5;
    look(held(get("row"), height, y), held(get("col"), width, x), zoom);
    model.save_changes();
  }

  /** Move by an eighth of the view for each step. */
  function moveBy(rows, cols) {
    const { height, width } = size();
    const stride = (n) => Math.max(1, Math.round(n / get("zoom") / 8));
    look(get("row") + rows * stride(height), get("col") + cols * stride(width));
    model.save_changes();
  }

  function showAll() {
    const { height, width } = size();
    look((height - 1) / 2, (width - 1) / 2, 1);
    model.save_changes();
  }

  /** What is seen, in words. */
  function where() {
    const { height, width, fit } = size();
    const range = (first, n) =>
      `${Math.floor(first / (fit * get("zoom")))} to ${Math.floor((first + n * fit - 1) / (fit * get("zoom")))}`;
    const [top, left] = offsets();
    return `Zoom ${get("zoom")}: rows ${range(top, height)}, columns ${range(left, width)}`;
  }

  /** Arrow keys move, plus and minus zoom, Home shows all, while `node` has the focus. */
  function onKeys(node) {
    node.addEventListener("keydown", (event) => {
      const step = arrowOf(event);
      if (step) moveBy(...step);
      else if (event.key === "+" || event.key === "=") zoomBy(1);
      else if (event.key === "-") zoomBy(-1);
      else if (event.key === "Home") showAll();
      else return;
      event.preventDefault();
    });
  }

  /** The wheel zooms on the canvas that `canvasAt(event)` gives, if any. */
  function onWheel(node, canvasAt) {
    node.addEventListener("wheel", (event) => {
      const canvas = canvasAt(event);
      // Only where `node` has the focus: else a reader who scrolls past would be caught.
      if (!canvas || !node.contains(document.activeElement)) return;
      event.preventDefault();
      zoomBy(event.deltaY < 0 ? 1 : -1, ...spotOn(canvas, event));
    }, { passive: false });
  }

  /** A drag on a canvas within `node` moves what is under the pointer along with it. */
  function onPan(node) {
    onDrag(model, node, (event) => {
      const canvas = event.target.closest("canvas");
      if (!canvas) return null;
      const [x, y] = spotOn(canvas, event);
      const [row, col, pixel] = [get("row"), get("col"), size().fit * get("zoom")];
      return (to) => {
        const [toX, toY] = spotOn(canvas, to);
        look(row - (toY - y) / pixel, col - (toX - x) / pixel);
      };
    });
  }

  const button = (text, label, click) => el("button", { type: "button", "aria-label": label, title: label, click }, text);
  const buttons = el("div", { class: "sr-row sr-buttons", role: "group", "aria-label": "Zoom and move" },
    button("−", "Zoom out", () => zoomBy(-1)), button("+", "Zoom in", () => zoomBy(1)),
    button("←", "Move left", () => moveBy(0, -1)), button("→", "Move right", () => moveBy(0, 1)),
    button("↑", "Move up", () => moveBy(-1, 0)), button("↓", "Move down", () => moveBy(1, 0)),
    button("Show all", "Show all", showAll));
  return { offsets, where, onKeys, onWheel, onPan, buttons };
}

const clamp = (value, low, high) => Math.min(high, Math.max(low, value));
