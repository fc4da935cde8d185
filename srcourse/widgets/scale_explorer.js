// Several enlargements of one picture, all under the same zoom and pan.

const LINES = {
  nearest: { colour: "#0072b2", dash: [2, 3] },
  bilinear: { colour: "#e69f00", dash: [8, 4] },
  bicubic: { colour: "#009e73", dash: [] },
};
const signed = (x, digits) => x.toFixed(digits).replace("-", "−");
const REACH = 2.5; // pixels that the kernels are drawn over, each way

/** How many of the zoomed side's n·zoom screen pixels lie before the view of n. */
function offset(centre, n, zoom) {
  return clamp(Math.floor((centre + 0.5) * zoom - n / 2 + 0.5), 0, n * (zoom - 1));
}

function render({ model, el: root }) {
  const get = (name) => model.get(name);
  let figures = []; // one a picture: {canvas, …, bitmap}, the bitmap whole and unzoomed
  const pictures = el("div", {
    class: "sr-columns sr-pictures", tabindex: 0, role: "group", "data-lm-suppress-shortcuts": "true",
    "aria-label": "The pictures: arrow keys move, plus and minus zoom, Home shows all",
  });
  const numbers = readout();
  const place = readout();
  const plot = figure("The kernels: how much a pixel counts at each distance");
  const bicubic = readout();

  // --- the view -----------------------------------------------------------------------------

  const middle = () => [(get("result").height - 1) / 2, (get("result").width - 1) / 2];

  /** Move the view's middle to a pixel, as far as the picture goes. */
  function look(row, col, zoom = get("zoom")) {
    const { height, width } = get("result");
    const within = (centre, n) => {
      const half = (n / zoom - 1) / 2;
      return clamp(centre, half, n - 1 - half);
    };
    model.set("zoom", zoom);
    model.set("row", within(row, height));
    model.set("col", within(col, width));
  }

  /** One zoom level up or down; the pixel under (x, y) of the view stays where it is. */
  function zoomBy(step, x = get("result").width / 2, y = get("result").height / 2) {
    const { height, width } = get("result");
    const levels = get("zooms");
    const old = get("zoom");
    const zoom = levels[clamp(levels.indexOf(old) + step, 0, levels.length - 1)];
    const held = (centre, n, at) => (offset(centre, n, old) + at) / old + (n / 2 - at) / zoom - 0.5;
    look(held(get("row"), height, y), held(get("col"), width, x), zoom);
    model.save_changes();
  }

  /** Move by an eighth of the view for each step. */
  function moveBy(rows, cols) {
    const { height, width } = get("result");
    const stride = (n) => Math.max(1, Math.round(n / get("zoom") / 8));
    look(get("row") + rows * stride(height), get("col") + cols * stride(width));
    model.save_changes();
  }

  function showAll() {
    look(...middle(), 1);
    model.save_changes();
  }

  /** Where on a canvas a mouse event is, in the canvas's own pixels. */
  function spot(event) {
    const { canvas } = figures.find((f) => f.canvas === event.target) ?? figures[0];
    const box = canvas.getBoundingClientRect();
    return [(event.clientX - box.left) * (canvas.width / box.width), (event.clientY - box.top) * (canvas.height / box.height)];
  }

  let dragged = null; // {x, y, row, col} where the drag began
  pictures.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || event.target.tagName !== "CANVAS") return;
    const [x, y] = spot(event);
    dragged = { x, y, row: get("row"), col: get("col") };
    event.target.setPointerCapture(event.pointerId);
  });
  pictures.addEventListener("pointermove", (event) => {
    if (!dragged) return;
    const [x, y] = spot(event);
    look(dragged.row - (y - dragged.y) / get("zoom"), dragged.col - (x - dragged.x) / get("zoom"));
  });
  for (const end of ["pointerup", "pointercancel"]) {
    pictures.addEventListener(end, () => {
      if (dragged) model.save_changes();
      dragged = null;
    });
  }
  // Only where the pictures have the focus: else a reader who scrolls past would be caught.
  pictures.addEventListener("wheel", (event) => {
    if (!pictures.contains(document.activeElement) || event.target.tagName !== "CANVAS") return;
    event.preventDefault();
    zoomBy(event.deltaY < 0 ? 1 : -1, ...spot(event));
  }, { passive: false });
  pictures.addEventListener("keydown", (event) => {
    const step = arrowOf(event);
    if (step) moveBy(...step);
    else if (event.key === "+" || event.key === "=") zoomBy(1);
    else if (event.key === "-") zoomBy(-1);
    else if (event.key === "Home") showAll();
    else return;
    event.preventDefault();
  });

  // --- drawing ------------------------------------------------------------------------------

  function takeResult() {
    const { names, pictures: bytes, width, height, scores, scale } = get("result");
    if (figures.map((f) => f.name).join() !== names.join()) {
      figures = names.map((name) => ({ name, bitmap: document.createElement("canvas"), ...figure(name) }));
      // In pairs, so that a narrow page shows two and two and not three and one.
      const pairs = figures.map((f, i) => (i % 2 ? null : figures.slice(i, i + 2))).filter(Boolean);
      pictures.replaceChildren(...pairs.map((pair) =>
        el("div", { class: "sr-pair" }, ...pair.map((f) => f.node))));
    }
    figures.forEach(({ name, bitmap, caption }, i) => {
      const view = bytes[i];
      drawRGB(bitmap, new Uint8Array(view.buffer, view.byteOffset, view.byteLength), width, height);
      caption(name in scores ? `${name}: ${scores[name]}` : `${name}, ${width} × ${height}`);
    });
    numbers.textContent =
      `${get("photo")}, reduced to ${width / scale} × ${height / scale} pixels and enlarged ×${scale}. PSNR: ` +
      `${Object.entries(scores).map(([name, score]) => `${name} ${score}`).join(", ")}.`;
    drawKernels();
    draw();
  }

  const draw = oncePerFrame(() => {
    const { width, height, scores, scale } = get("result");
    const zoom = get("zoom");
    const [top, left] = [offset(get("row"), height, zoom), offset(get("col"), width, zoom)];
    const [first, last] = [(at) => Math.floor(at / zoom), (at, n) => Math.floor((at + n - 1) / zoom)];
    const where =
      `Zoom ${zoom}: rows ${first(top)} to ${last(top, height)}, columns ${first(left)} to ${last(left, width)}`;
    for (const { name, canvas, bitmap, alt } of figures) {
      if (canvas.width !== width) canvas.width = width;
      if (canvas.height !== height) canvas.height = height;
      const pen = canvas.getContext("2d");
      pen.imageSmoothingEnabled = false;
      pen.drawImage(bitmap, -left, -top, width * zoom, height * zoom);
      const what = name in scores ? `enlarged ×${scale} by ${name}, ${scores[name]}` : "the original";
      alt(`${get("photo")}, ${what}. ${where}`);
    }
    place.textContent = `${where}.`;
  });

  function drawKernels() {
    const { kernels, a } = get("result");
    const [width, height, margin] = [340, 210, 26];
    const { canvas } = plot;
    [canvas.width, canvas.height] = [2 * width, 2 * height]; // sharp on dense screens
    canvas.style.width = `${width}px`;
    const pen = canvas.getContext("2d");
    pen.scale(2, 2);
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, width, height);
    const x = (distance) => width / 2 + (distance / REACH) * (width / 2 - 8);
    const y = (weight) => height - margin - ((weight + 0.3) / 1.4) * (height - margin - 8);
    pen.font = "12px system-ui, sans-serif";
    pen.textAlign = "center";
    const line = (from, to, colour) => {
      pen.strokeStyle = colour;
      pen.beginPath();
      pen.moveTo(...from);
      pen.lineTo(...to);
      pen.stroke();
    };
    for (const distance of [-2, -1, 0, 1, 2]) {
      line([x(distance), y(-0.3)], [x(distance), y(1.1)], "#ddd");
      pen.fillStyle = "#333";
      pen.fillText(signed(distance, 0), x(distance), height - 10);
    }
    line([x(-REACH), y(0)], [x(REACH), y(0)], "#777");
    line([x(-REACH), y(1)], [x(REACH), y(1)], "#ddd");
    pen.textAlign = "left";
    pen.fillText("0", x(-REACH) + 2, y(0) - 4);
    pen.fillText("1", x(-REACH) + 2, y(1) - 4);
    pen.lineWidth = 2;
    Object.entries(kernels).forEach(([name, values], i) => {
      const { colour, dash } = LINES[name];
      const at = y(1) + 14 + 18 * i;
      pen.setLineDash(dash);
      line([x(1.15), at - 4], [x(1.5), at - 4], colour);
      pen.fillText(name, x(1.57), at);
      pen.beginPath();
      values.forEach((weight, j) => pen.lineTo(x(-REACH + (2 * REACH * j) / (values.length - 1)), y(weight)));
      pen.stroke();
    });
    plot.alt(`The kernels of ${Object.keys(kernels).join(", ")} over distances from −2.5 to 2.5 pixels`);
    bicubic.textContent = kernels.bicubic
      ? `Bicubic with a = ${signed(a, 2)}: its weights go down to ${signed(Math.min(...kernels.bicubic), 3)}.`
      : "";
  }

  // --- controls -----------------------------------------------------------------------------

  const button = (text, label, click) => el("button", { type: "button", "aria-label": label, title: label, click }, text);
  const scaleField = selectFor(model, "scale", "Scale", []);
  const fillScales = () => scaleField.fill(get("scales").map((s) => [s, `×${s}`]));
  fillScales();
  const slope = sliderFor(model, "a", "Bicubic’s a", { min: -1.5, max: 0, step: 0.05, digits: 2 });

  model.on("change:scales", fillScales);
  model.on("change:result", takeResult);
  model.on("change:zoom change:row change:col", draw);

  root.append(el("div", { class: "sr-widget sr-scale-explorer" },
    photoPicker(model),
    el("div", { class: "sr-row" }, scaleField, slope,
      el("span", { class: "sr-buttons", role: "group", "aria-label": "Zoom and move" },
        button("−", "Zoom out", () => zoomBy(-1)), button("+", "Zoom in", () => zoomBy(1)),
        button("←", "Move left", () => moveBy(0, -1)), button("→", "Move right", () => moveBy(0, 1)),
        button("↑", "Move up", () => moveBy(-1, 0)), button("↓", "Move down", () => moveBy(1, 0)),
        button("Show all", "Show all", showAll))),
    pictures,
    el("p", {}, "Drag a picture to move all of them. Click one, and the wheel or + and − zoom, the arrow keys move, Home shows all."),
    el("div", { class: "sr-columns" }, plot.node, el("div", { class: "sr-facts" }, numbers, place, bicubic))));
  takeResult();
}

export default { render };
