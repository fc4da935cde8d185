// Several enlargements of one picture, all under the same zoom and pan.

const LINES = {
  nearest: { colour: "#0072b2", dash: [2, 3] },
  bilinear: { colour: "#e69f00", dash: [8, 4] },
  bicubic: { colour: "#009e73", dash: [] },
};
const signed = (x, digits) => x.toFixed(digits).replace("-", "−");
const REACH = 2.5; // pixels that the kernels are drawn over, each way

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

  const view = zoomAndPan(model, () => ({ ...get("result"), fit: 1 }));
  view.onPan(pictures);
  view.onKeys(pictures);
  view.onWheel(pictures, (event) => event.target.closest("canvas"));

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
    const [top, left] = view.offsets();
    const where = view.where();
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

  const scaleField = selectFor(model, "scale", "Scale", []);
  const fillScales = () => scaleField.fill(get("scales").map((s) => [s, `×${s}`]));
  fillScales();
  const slope = sliderFor(model, "a", "Bicubic’s a", { min: -1.5, max: 0, step: 0.05, digits: 2 });

  model.on("change:scales", fillScales);
  model.on("change:result", takeResult);
  model.on("change:zoom change:row change:col", draw);

  root.append(el("div", { class: "sr-widget sr-scale-explorer" },
    photoPicker(model),
    el("div", { class: "sr-row" }, scaleField, slope, view.buttons),
    pictures,
    el("p", {}, "Drag a picture to move all of them. Click one, and the wheel or + and − zoom, the arrow keys move, Home shows all."),
    el("div", { class: "sr-columns" }, plot.node, el("div", { class: "sr-facts" }, numbers, place, bicubic))));
  takeResult();
}

export default { render };
