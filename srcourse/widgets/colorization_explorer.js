// Python colours the photograph and draws the plane; the wipe and the choice of a pixel are here.

const VIEWS = ["grey", "coloured", "truth"];
const SIDES = ["left", "right"];
const LONGEST = 384; // CSS pixels of the picture's longer side, as far as whole factors reach
const LAST = 0.01; // the slider's lowest temperature: nearly the mode

function render({ model, el: root }) {
  const get = (name) => model.get(name);
  const keys = { "data-lm-suppress-shortcuts": "true" }; // else JupyterLab eats the arrow keys
  const bitmaps = Object.fromEntries(VIEWS.map((view) => [view, el("canvas")])); // each picture whole
  const canvas = el("canvas", { class: "sr-picture", role: "img", tabindex: 0, ...keys });
  const handle = el("div", {
    class: "sr-wipe", role: "slider", tabindex: 0, ...keys, "aria-label": "Wipe", "aria-valuemin": 0, "aria-valuemax": 100,
  });
  const names = { left: el("span"), right: el("span") };
  const halves = { left: el("div", { class: "sr-side sr-left" }, names.left), right: el("div", { class: "sr-side sr-right" }, names.right) };
  const mark = el("div", { class: "sr-mark" });
  const stage = el("div", { class: "sr-wiped" }, canvas, mark, halves.left, halves.right, handle);
  const plane = el("canvas", { class: "sr-picture sr-plane", role: "img" });
  const table = el("table", { class: "sr-grid", "aria-label": "the colours at the pixel" });
  const spot = readout();
  const picture = readout();
  const note = el("p");

  // --- the pixel ----------------------------------------------------------------------------

  function choose(row, column) {
    model.set("pixel", [clamp(Math.floor(row), 0, get("height") - 1), clamp(Math.floor(column), 0, get("width") - 1)]);
    model.save_changes();
  }

  onDrag(model, canvas, (event) => {
    const follow = (to) => {
      const [x, y] = spotOn(canvas, to);
      choose(y, x);
    };
    follow(event);
    return follow;
  });
  canvas.addEventListener("keydown", (event) => {
    const step = arrowOf(event);
    const [row, column] = get("pixel");
    // To the next cell: within one, nothing changes.
    const [top, height, left, width] = get("at").box;
    const next = (steps, place, first, size) => (steps > 0 ? first + size : steps < 0 ? first - 1 : place);
    if (step) choose(next(step[0], row, top, height), next(step[1], column, left, width));
    else if (event.key === "Home") choose(get("height") / 2, get("width") / 2);
    else return;
    event.preventDefault();
  });

  // --- the wipe -----------------------------------------------------------------------------

  onDrag(model, handle, () => (event) => model.set("wipe", clamp(spotOn(canvas, event)[0] / canvas.width, 0, 1)));
  handle.addEventListener("keydown", (event) => {
    const step = arrowOf(event);
    const to = step ? get("wipe") + 0.02 * (step[1] - step[0]) : { Home: 0, End: 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    model.set("wipe", clamp(Math.round(100 * to) / 100, 0, 1));
    model.save_changes();
  });

  // --- drawing ------------------------------------------------------------------------------

  function take(view, trait) {
    drawRGB(bitmaps[view], bytesOf(model, trait), get("width"), get("height"));
    draw();
  }

  const draw = oncePerFrame(() => {
    const [height, width, wipe] = [get("height"), get("width"), get("wipe")];
    const { photo, box } = get("at");
    if (canvas.width !== width) canvas.width = width;
    if (canvas.height !== height) canvas.height = height;
    canvas.style.width = `${width * Math.max(1, Math.floor(LONGEST / Math.max(width, height)))}px`;
    const line = Math.round(wipe * width);
    const pen = canvas.getContext("2d");
    for (const [side, from, to] of [["left", 0, line], ["right", line, width]]) {
      if (to > from) pen.drawImage(bitmaps[get(side)], from, 0, to - from, height, from, 0, to - from, height);
      names[side].textContent = get(side);
    }
    const share = Math.round(100 * wipe);
    handle.style.left = `${100 * wipe}%`;
    handle.setAttribute("aria-valuenow", share);
    handle.setAttribute("aria-valuetext", `${share} % ${get("left")}, ${100 - share} % ${get("right")}`);
    Object.assign(halves.left.style, { left: 0, width: `${100 * wipe}%` });
    Object.assign(halves.right.style, { left: `${100 * wipe}%`, right: 0 });
    const [top, high, left, wide] = box;
    Object.assign(mark.style, {
      top: `${(100 * top) / height}%`, height: `${(100 * high) / height}%`,
      left: `${(100 * left) / width}%`, width: `${(100 * wide) / width}%`,
    });
    canvas.setAttribute("aria-label",
      `${photo}, ${width} by ${height} pixels: ${get("left")} left of the wipe, ${get("right")} right of it. ${picture.textContent}`);
  });

  function tell() {
    const { temperature, coloured, truth } = get("figures");
    picture.textContent =
      `Mean saturation at a temperature of ${temperature.toFixed(2)}: ${coloured.toFixed(1)}, ` +
      (truth === null ? "and its true colours are not known." : `of the truth ${truth.toFixed(1)}.`);
    note.textContent = get("note");
    draw();
  }

  const drawPlane = oncePerFrame(() => {
    const found = get("at");
    const bytes = new Uint8Array(found.plane.buffer, found.plane.byteOffset, found.plane.byteLength);
    drawRGB(plane, bytes, found.width, found.height);
    const [a, b] = ["a", "b"].map((axis) => ({ name, ...of }) => (Math.round(of[axis]) || 0).toString().replace("-", "−"));
    const colour = (m) => `a ${a(m)}, b ${b(m)}`;
    spot.textContent =
      `Row ${found.row}, column ${found.column}, L ${found.light.toFixed(0)}. The likeliest bin holds ` +
      `${(100 * found.share).toFixed(1)} % of the share; ` +
      (found.bins === 1 ? "it alone has nine tenths." : `it takes ${found.bins} bins to hold nine tenths.`);
    table.replaceChildren(
      el("tr", {}, el("td"), ...["", "a", "b", "saturation"].map((head) => el("th", { scope: "col" }, head))),
      ...found.marks.map((m) => el("tr", {},
        el("th", { scope: "row" }, m.name),
        el("td", {}, el("span", { class: "sr-swatch", style: `background: rgb(${m.rgb.join(", ")})` })),
        el("td", {}, a(m)), el("td", {}, b(m)), el("td", {}, Math.hypot(m.a, m.b).toFixed(0)))));
    plane.setAttribute("aria-label",
      `The colour bins in the plane of a and b, each as large as its share. ` +
      found.marks.map((m) => `${m.name}: ${colour(m)}`).join("; "));
    draw();
  });

  // --- controls -----------------------------------------------------------------------------

  const words = (t) =>
    `${t.toFixed(2)}${t === LAST ? ", nearly the mode" : t === 0.38 ? ", the paper's" : t === 1 ? ", the mean" : ""}`;
  const menus = SIDES.map((side) => selectFor(model, side, side === "left" ? "Left" : "Right", VIEWS));

  /** The truth can be chosen only where it is known. */
  function offer() {
    for (const option of menus.flatMap((menu) => [...menu.querySelectorAll("option")])) {
      option.disabled = option.value === "truth" && !get("known");
    }
  }

  model.on("change:source", () => take("truth", "source"));
  for (const view of ["grey", "coloured"]) model.on(`change:${view}`, () => take(view, view));
  model.on("change:known", offer);
  model.on("change:figures change:note", tell);
  model.on("change:at", drawPlane);
  model.on("change:left change:right change:wipe", draw);

  root.append(el("div", { class: "sr-widget sr-colorization-explorer" },
    photoPicker(model),
    note,
    el("div", { class: "sr-row" },
      sliderFor(model, "temperature", "Temperature", { min: LAST, max: 1, step: 0.01, words }), ...menus),
    el("div", { class: "sr-columns" },
      el("div", { class: "sr-seen" }, stage, picture, el("div", { role: "status" }, table)),
      el("div", { class: "sr-seen" }, plane, spot)),
    el("p", {}, "Click a pixel, or focus the picture and press the arrow keys, to see which colours the network holds possible there; Home goes to the middle. Drag the line, or focus it and press the arrow keys, to wipe.")));
  offer();
  for (const view of ["grey", "coloured"]) take(view, view);
  take("truth", "source");
  tell();
  drawPlane();
}

export default { render };
