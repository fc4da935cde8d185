// Convolve in the browser: the picture follows within a frame.

/** The index that a mirrored border (edge pixel repeated) leads to. */
function mirrored(i, n) {
  const j = ((i % (2 * n)) + 2 * n) % (2 * n);
  return j < n ? j : 2 * n - 1 - j;
}

function asShown(value, show) {
  if (show === "shift") value += 128;
  else if (show === "magnitude") value = Math.abs(value);
  return Math.floor(clamp(value, 0, 255) + 0.5);
}

/** The picture padded by `radius` on each side, one float plane a channel. */
function paddedPlanes(rgb, width, height, radius) {
  const wide = width + 2 * radius;
  const planes = [0, 1, 2].map(() => new Float64Array(wide * (height + 2 * radius)));
  for (let y = -radius, at = 0; y < height + radius; y++) {
    const row = mirrored(y, height) * width;
    for (let x = -radius; x < width + radius; x++, at++) {
      const from = 3 * (row + mirrored(x, width));
      for (let c = 0; c < 3; c++) planes[c][at] = rgb[from + c];
    }
  }
  return { planes, wide };
}

/** Filter padded planes; `taps` and `offsets` are typed arrays, because this is the hot loop. */
function convolve({ planes, wide }, width, height, kernel, show) {
  const out = new Uint8ClampedArray(3 * width * height);
  const taps = Float64Array.from(kernel.flat().filter((w) => w));
  const offsets = Int32Array.from(
    kernel.flatMap((row, i) => row.flatMap((w, j) => (w ? [i * wide + j] : []))),
  );
  const sums = new Float64Array(width);
  for (let c = 0; c < 3; c++) {
    const plane = planes[c];
    for (let y = 0; y < height; y++) {
      sums.fill(0);
      for (let t = 0; t < taps.length; t++) {
        const [tap, from] = [taps[t], y * wide + offsets[t]];
        for (let x = 0; x < width; x++) sums[x] += tap * plane[from + x];
      }
      for (let x = 0; x < width; x++) out[3 * (y * width + x) + c] = asShown(sums[x], show);
    }
  }
  return out;
}

const tidy = (x) => String(Number(x.toFixed(3)));

function render({ model, el: root }) {
  const before = figure("The photograph");
  const after = figure("Under the kernel");
  before.canvas.tabIndex = 0;
  before.canvas.setAttribute("data-lm-suppress-shortcuts", "true");
  const kernelGrid = el("table", { class: "sr-grid" });
  const sumGrid = el("table", { class: "sr-grid" });
  const sum = readout();
  const numbers = readout();
  let filtered = null;
  let padded = null; // the photograph's planes, made anew only for another one or another size

  function planes(radius) {
    const source = model.get("source");
    if (padded?.source !== source || padded.radius !== radius) {
      const made = paddedPlanes(bytesOf(model, "source"), model.get("width"), model.get("height"), radius);
      padded = { source, radius, ...made };
    }
    return padded;
  }

  const sizeField = selectFor(model, "size", "Size", model.get("sizes").map((s) => [s, `${s}×${s}`]));
  const nameField = selectFor(model, "name", "Kernel", [...model.get("names"), "your own"]);
  const showField = selectFor(model, "show", "Show results", [
    ["clip", "cut at 0 and 255"], ["shift", "plus 128"], ["magnitude", "without sign"],
  ]);
  const normalise = el("button", {
    click: () => {
      const total = model.get("kernel").flat().reduce((a, b) => a + b, 0);
      if (Math.abs(total) > 1e-9) setKernel(model.get("kernel").map((r) => r.map((w) => w / total)));
    },
  }, "Divide by its sum");

  function setKernel(kernel, name = "your own") {
    model.set("name", name);
    model.set("kernel", kernel);
    model.save_changes();
  }

  function takePreset() {
    const name = model.get("name");
    const preset = model.get("presets")[name];
    if (preset) setKernel(preset[model.get("size")], name);
  }

  function resize() {
    const size = model.get("size");
    const old = model.get("kernel");
    if (old.length === size) return;
    if (model.get("presets")[model.get("name")]) return takePreset();
    const shift = (size - old.length) / 2;
    setKernel(Array.from({ length: size }, (_, i) =>
      Array.from({ length: size }, (_, j) => old[i - shift]?.[j - shift] ?? 0)));
  }

  function drawKernel() {
    const kernel = model.get("kernel");
    // Typing into a cell must not replace it under the cursor.
    if (kernelGrid.rows.length === kernel.length && kernelGrid.contains(document.activeElement)) {
      kernel.forEach((row, i) => row.forEach((w, j) => {
        const input = kernelGrid.rows[i].cells[j].firstChild;
        if (input !== document.activeElement) input.value = tidy(w);
      }));
      return;
    }
    kernelGrid.replaceChildren(...kernel.map((row, i) => el("tr", {}, ...row.map((w, j) => {
      const input = el("input", {
        type: "number", step: "any", value: tidy(w),
        "data-lm-suppress-shortcuts": "true",
        "aria-label": `kernel, row ${i + 1}, column ${j + 1}`,
        input: () => {
          const value = input.valueAsNumber;
          if (!Number.isFinite(value)) return; // half-typed: keep the last number
          setKernel(model.get("kernel").map((r, y) => r.map((old, x) => (y === i && x === j ? value : old))));
        },
      });
      return el("td", {}, input);
    }))));
  }

  function drawPixel() {
    const [width, height] = [model.get("width"), model.get("height")];
    const kernel = model.get("kernel");
    const radius = kernel.length >> 1;
    const [row, col] = [clamp(model.get("row"), 0, height - 1), clamp(model.get("col"), 0, width - 1)];
    const rgb = bytesOf(model, "source");
    // The sum is shown for green, the channel that counts most in what we see.
    const total = [0, 0, 0];
    sumGrid.replaceChildren(...kernel.map((weights, i) => el("tr", {}, ...weights.map((w, j) => {
      const from = 3 * (mirrored(row + i - radius, height) * width + mirrored(col + j - radius, width));
      for (let c = 0; c < 3; c++) total[c] += w * rgb[from + c];
      return el("td", i === radius && j === radius ? { class: "sr-on" } : {}, `${rgb[from + 1]} × ${tidy(w)}`);
    }))));
    const pixel = total.map((t) => asShown(t, model.get("show")));
    sum.textContent =
      `Pixel (${row}, ${col}), green: the products sum to ${tidy(total[1])}, shown as ${pixel[1]}. ` +
      `Red, green, blue there: ${pixel.join(", ")}.`;
    mark(before.canvas, rgb, row, col, radius, width, height);
    mark(after.canvas, filtered, row, col, 0, width, height);
  }

  function mark(canvas, rgb, row, col, radius, width, height) {
    drawRGB(canvas, rgb, width, height);
    const pen = canvas.getContext("2d");
    for (const [colour, grow] of [["#000", 1.5], ["#f0e442", 0.5]]) {
      pen.strokeStyle = colour;
      const side = 2 * (radius + grow) + 1;
      pen.strokeRect(col - radius - grow, row - radius - grow, side, side);
    }
  }

  function drawNow() {
    const [width, height] = [model.get("width"), model.get("height")];
    const kernel = model.get("kernel");
    filtered = convolve(planes(kernel.length >> 1), width, height, kernel, model.get("show"));
    let [total, low, high] = [0, 255, 0];
    for (const v of filtered) {
      total += v;
      if (v < low) low = v;
      if (v > high) high = v;
    }
    const weights = model.get("kernel").flat().reduce((a, b) => a + b, 0);
    numbers.textContent =
      `Kernel “${model.get("name")}”: weights sum to ${tidy(weights)}. ` +
      `Result: mean ${(total / filtered.length).toFixed(2)}, from ${low} to ${high}.`;
    after.alt(`${model.get("photo")} under the kernel ${model.get("name")}, mean ${(total / filtered.length).toFixed(1)}`);
    before.alt(`the photograph ${model.get("photo")}, ${width} by ${height} pixels`);
    drawPixel();
  }
  const draw = oncePerFrame(drawNow);

  function choose(row, col) {
    model.set("row", clamp(row, 0, model.get("height") - 1));
    model.set("col", clamp(col, 0, model.get("width") - 1));
    model.save_changes();
  }
  for (const { canvas } of [before, after]) {
    canvas.addEventListener("pointermove", (event) => {
      const box = canvas.getBoundingClientRect();
      choose(
        Math.floor(((event.clientY - box.top) / box.height) * canvas.height),
        Math.floor(((event.clientX - box.left) / box.width) * canvas.width),
      );
    });
  }
  before.canvas.addEventListener("keydown", (event) => {
    const step = arrowOf(event);
    if (!step) return;
    event.preventDefault();
    choose(model.get("row") + step[0], model.get("col") + step[1]);
  });

  model.on("change:name", takePreset);
  model.on("change:size", resize);
  // At once and not with the next frame: half of what a key press would otherwise wait for.
  model.on("change:kernel", () => (drawKernel(), drawNow()));
  model.on("change:show change:source", draw);
  model.on("change:row change:col", oncePerFrame(drawPixel));

  root.append(el("div", { class: "sr-widget sr-kernel-explorer" },
    photoPicker(model),
    el("div", { class: "sr-row" }, nameField, sizeField, showField, normalise),
    el("div", { class: "sr-columns" }, before.node, after.node,
      el("div", {}, el("h4", {}, "The kernel"), kernelGrid)),
    numbers,
    el("p", {}, "Point at a pixel, or focus the photograph and use the arrow keys:"),
    el("h4", {}, "At the pixel: neighbourhood × kernel"),
    sumGrid, sum));
  drawKernel();
  draw();
}

export default { render };
