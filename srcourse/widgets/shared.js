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

const clamp = (value, low, high) => Math.min(high, Math.max(low, value));
