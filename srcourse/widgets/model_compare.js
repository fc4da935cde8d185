// Two enlargements of one picture under a wipe. Python enlarges and scores; wipe, zoom and pan are here.

const SIDES = ["left", "right"];
const VIEW = 576; // screen pixels of the picture's longer side, as far as whole factors reach
const ROWS = ["PSNR", "SSIM", "Time", "Parameters"];
const COMPUTING = "computing…";

function render({ model, el: root }) {
  const get = (name) => model.get(name);
  const shown = (side) => get(`${side}_shown`);
  /** Whether what is shown there is what is asked for; the answer lags behind. */
  const done = (side) =>
    [shown(side).method, shown(side).scale, shown(side).photo].join() === [get(side), get("scale"), get("photo")].join();
  const bitmaps = { left: el("canvas"), right: el("canvas") }; // the pictures whole and unzoomed
  const keys = { "data-lm-suppress-shortcuts": "true" }; // else JupyterLab eats the arrow keys
  const canvas = el("canvas", { class: "sr-picture", role: "img", tabindex: 0, ...keys });
  const handle = el("div", {
    class: "sr-wipe", role: "slider", tabindex: 0, ...keys, "aria-label": "Wipe", "aria-valuemin": 0, "aria-valuemax": 100,
  });
  const names = { left: el("span"), right: el("span") };
  const halves = { left: el("div", { class: "sr-side sr-left" }, names.left), right: el("div", { class: "sr-side sr-right" }, names.right) };
  const stage = el("div", { class: "sr-wiped" }, canvas, halves.left, halves.right, handle);
  const table = el("table", { class: "sr-grid", "aria-label": "the figures of both" });
  const what = el("p");
  const place = readout();

  // --- the view -----------------------------------------------------------------------------

  /** The picture's size as the scale cuts it, and screen pixels for one of its pixels at zoom 1. */
  function size() {
    const [height, width] = ["height", "width"].map((name) => get(name) - (get(name) % get("scale")));
    return { height, width, fit: Math.max(1, Math.floor(VIEW / Math.max(height, width))) };
  }

  const view = zoomAndPan(model, size);
  view.onPan(canvas);
  view.onKeys(canvas);
  view.onWheel(stage, () => canvas);
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

  function take(side) {
    if (done(side)) {
      const { pixels, width, height } = shown(side);
      drawRGB(bitmaps[side], new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength), width, height);
    }
    tell();
    draw();
  }

  function tell() {
    const { height, width } = size();
    const scale = get("scale");
    what.textContent =
      `${width} × ${height} pixels of ${get("photo")}, reduced to ${width / scale} × ${height / scale} and enlarged ×${scale}.`;
    const cells = (row) => SIDES.map((side) => el("td", {}, done(side) ? shown(side).figures[row] : COMPUTING));
    table.replaceChildren(
      el("tr", {}, el("td"), ...SIDES.map((side) => el("th", { scope: "col" }, get(side)))),
      ...ROWS.map((row) => el("tr", {}, el("th", { scope: "row" }, row), ...cells(row))));
    for (const side of SIDES) {
      names[side].textContent = done(side) ? get(side) : `${get(side)}: ${COMPUTING}`;
      halves[side].classList.toggle("sr-computing", !done(side));
    }
  }

  const draw = oncePerFrame(() => {
    const { height, width, fit } = size();
    const [zoom, wipe] = [get("zoom"), get("wipe")];
    if (canvas.width !== width * fit) canvas.width = width * fit;
    if (canvas.height !== height * fit) canvas.height = height * fit;
    const [top, left] = view.offsets();
    const line = Math.round(wipe * canvas.width);
    const pen = canvas.getContext("2d");
    pen.imageSmoothingEnabled = false;
    for (const [side, from, to] of [["left", 0, line], ["right", line, canvas.width]]) {
      const { width: w, height: h } = bitmaps[side];
      pen.save();
      pen.beginPath();
      pen.rect(from, 0, to - from, canvas.height);
      pen.clip();
      pen.drawImage(bitmaps[side], -left, -top, w * fit * zoom, h * fit * zoom);
      pen.restore();
    }
    const share = Math.round(100 * wipe);
    handle.style.left = `${100 * wipe}%`;
    handle.setAttribute("aria-valuenow", share);
    handle.setAttribute("aria-valuetext", `${share} % ${get("left")}, ${100 - share} % ${get("right")}`);
    Object.assign(halves.left.style, { left: 0, width: `${100 * wipe}%` });
    Object.assign(halves.right.style, { left: `${100 * wipe}%`, right: 0 });
    place.textContent = `${view.where()}.`;
    const said = (side) => `${get(side)}, ${done(side) ? `PSNR ${shown(side).figures.PSNR}` : COMPUTING}`;
    canvas.setAttribute("aria-label",
      `${get("photo")} enlarged ×${get("scale")}. Left of the wipe: ${said("left")}. Right of it: ${said("right")}. ${place.textContent}`);
  });

  // --- controls -----------------------------------------------------------------------------

  const options = Object.entries(get("choices")).map(([name, scales]) =>
    [name, scales.length < get("scales").length ? `${name} (×${scales.join(", ×")})` : name]);
  const menus = {
    left: selectFor(model, "left", "Left", options),
    right: selectFor(model, "right", "Right", options),
    scale: selectFor(model, "scale", "Scale", get("scales").map((s) => [s, `×${s}`])),
  };

  /** Only what is trained for the scale can be chosen, and only a scale that both sides have. */
  function offer() {
    const has = (method, scale) => get("choices")[method].includes(scale);
    for (const side of SIDES) {
      for (const option of menus[side].querySelectorAll("option")) option.disabled = !has(option.value, get("scale"));
    }
    for (const option of menus.scale.querySelectorAll("option")) {
      option.disabled = !SIDES.every((side) => has(get(side), Number(option.value)));
    }
  }

  for (const side of SIDES) model.on(`change:${side}_shown`, () => take(side));
  model.on("change:left change:right change:scale change:photo change:source", () => {
    offer();
    tell();
    draw();
  });
  model.on("change:zoom change:row change:col change:wipe", draw);

  root.append(el("div", { class: "sr-widget sr-model-compare" },
    photoPicker(model),
    el("div", { class: "sr-row" }, menus.left, menus.right, menus.scale),
    el("div", { class: "sr-columns" }, stage,
      el("div", { class: "sr-facts" }, el("div", { role: "status" }, table), what,
        el("p", {}, "PSNR and SSIM by the protocol: on luma, without a border as wide as the scale. Time: one run on this computer."),
        view.buttons,
        place)),
    el("p", {}, "Drag the line, or focus it and press the arrow keys, to wipe. Drag the picture to move it. Click it, and the wheel or + and − zoom, the arrow keys move, Home shows all.")));
  offer();
  SIDES.forEach(take);
}

export default { render };
