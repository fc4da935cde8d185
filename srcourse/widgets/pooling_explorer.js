// Pool in the browser: picture and numbers follow within a frame.

/** Every window of a square plane (numbers, row by row) becomes one number. */
function pool(plane, side, size, stride, kind) {
  const count = Math.floor((side - size) / stride) + 1;
  const out = new Float64Array(count * count);
  for (let r = 0, at = 0; r < count; r++) {
    for (let c = 0; c < count; c++, at++) {
      let [most, sum] = [-Infinity, 0];
      for (let i = 0; i < size; i++) {
        for (let j = 0; j < size; j++) {
          const value = plane[(r * stride + i) * side + c * stride + j];
          most = Math.max(most, value);
          sum += value;
        }
      }
      out[at] = kind === "max" ? most : sum / size ** 2;
    }
  }
  return { count, out };
}

const mean = (values) => values.reduce((a, b) => a + b, 0) / values.length;
const minus = (a, b) => a.map((v, i) => v - b[i]);
const meanAbsolute = (values) => mean(values.map(Math.abs));

/** What Python's `changes` measures, in the table's order. */
function measured(still, moved, seen) {
  const change = meanAbsolute(minus(seen, still));
  const centre = mean(still);
  const noise = minus(seen, moved);
  const bias = mean(noise);
  return [
    change,
    change / meanAbsolute(still.map((v) => v - centre)), // NaN or ∞ where all are the same
    bias,
    Math.sqrt(mean(noise.map((v) => (v - bias) ** 2))),
  ];
}

/** Grey levels as a picture's bytes. */
function drawGrey(canvas, values, side) {
  const rgb = new Uint8Array(3 * values.length);
  values.forEach((v, i) => rgb.fill(Math.floor(clamp(v, 0, 255) + 0.5), 3 * i, 3 * i + 3));
  drawRGB(canvas, rgb, side, side);
}

const level = (x) => String(Number(x.toFixed(1))).replace("-", "−");
const signed = (x) => (Number.isFinite(x) ? x.toFixed(2).replace("-0.00", "0.00").replace("-", "−") : "–");

function render({ model, el: root }) {
  const get = (name) => model.get(name);
  const offered = get("offered");
  const before = stage("Before pooling");
  const after = stage("After pooling, drawn as large");
  const windowTable = el("table", { class: "sr-grid", "aria-label": "the window's numbers" });
  const changes = el("table", { class: "sr-grid", "aria-label": "what shift and noise do" });
  const result = readout();
  const numbers = readout();
  let shown = null; // {picture, pooled}

  /** A figure whose pixels are large, with a mark that lies over them and leaves them alone. */
  function stage(caption) {
    const made = figure(caption);
    const mark = el("div", { class: "sr-mark" });
    made.canvas.tabIndex = 0;
    made.canvas.setAttribute("data-lm-suppress-shortcuts", "true");
    made.node.append(el("div", { class: "sr-stage" }, made.canvas, mark));
    made.mark = (row, col, size, side) => {
      const percent = (n) => `${(100 * n) / side}%`;
      Object.assign(mark.style, { top: percent(row), left: percent(col), width: percent(size), height: percent(size) });
    };
    return made;
  }

  /** The picture under a shift and a noise, or null while it is on its way here. */
  function picture(shift, noise) {
    const [side, margin] = [get("side"), Math.max(...offered.shift)];
    const plane = bytesOf(model, "plane");
    if (plane.length !== side * (side + margin)) return null;
    const view = get("normal");
    const normal = new Float32Array(view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength));
    const row = Math.max(...offered.side);
    return Float64Array.from({ length: side * side }, (_, at) => {
      const [y, x] = [Math.floor(at / side), at % side];
      return plane[y * (side + margin) + margin - shift + x] + noise * normal[y * row + x];
    });
  }

  function drawWindow() {
    if (!shown) return;
    const [side, size, stride, kind] = ["side", "size", "stride", "kind"].map(get);
    const { picture, pooled } = shown;
    const [row, col] = ["row", "col"].map((name) => clamp(get(name), 0, pooled.count - 1));
    const [top, left] = [row * stride, col * stride];
    const value = pooled.out[row * pooled.count + col];
    let sum = 0;
    windowTable.replaceChildren(...Array.from({ length: size }, (_, i) =>
      el("tr", {}, ...Array.from({ length: size }, (_, j) => {
        const v = picture[(top + i) * side + left + j];
        sum += v;
        return el("td", kind === "max" && v === value ? { class: "sr-on" } : {}, level(v));
      }))));
    const place = `Window (${row}, ${col}), rows ${top}–${top + size - 1}, columns ${left}–${left + size - 1}: `;
    result.textContent = place + (kind === "max"
      ? `the largest number is ${level(value)}.`
      : `the sum ${level(sum)}, divided by ${size ** 2}, is ${level(value)}.`);
    before.mark(top, left, size, side);
    after.mark(row, col, 1, pooled.count);
  }

  function drawChanges(planes) {
    const [side, size, stride] = ["side", "size", "stride"].map(get);
    const rows = [["before", "before pooling"], ["max", "after max pooling"], ["average", "after average pooling"]];
    changes.replaceChildren(
      el("tr", {}, ...["", "mean |change|", "change ÷ own variation", "noise: mean", "noise: std"].map((t) => el("th", { scope: "col" }, t))),
      ...rows.map(([kind, name]) => {
        const cells = measured(...(kind === "before" ? planes : planes.map((p) => pool(p, side, size, stride, kind).out)));
        return el("tr", { "data-kind": kind },
          el("th", { scope: "row" }, name),
          ...cells.map((x) => el("td", kind === get("kind") ? { class: "sr-done" } : {}, signed(x))));
      }));
  }

  const draw = oncePerFrame(() => {
    const [side, size, stride, kind, shift, noise] = ["side", "size", "stride", "kind", "shift", "noise"].map(get);
    const planes = [[0, 0], [shift, 0], [shift, noise]].map(([s, n]) => picture(s, n));
    if (!planes[2]) return;
    shown = { picture: planes[2], pooled: pool(planes[2], side, size, stride, kind) };
    const count = shown.pooled.count;
    drawGrey(before.canvas, shown.picture, side);
    drawGrey(after.canvas, shown.pooled.out, count);
    before.alt(`${get("show")} of ${get("photo")}, ${side} by ${side} pixels; the arrow keys move the window`);
    after.alt(`it after ${kind} pooling, ${count} by ${count} pixels; the arrow keys move the window`);
    numbers.textContent =
      `${side}×${side} → ${count}×${count}: of ${side ** 2} numbers ${count ** 2} come out. ` +
      `⌊(${side} − ${size}) / ${stride}⌋ + 1 = ${count}.`;
    drawChanges(planes);
    drawWindow();
  });

  function choose(row, col) {
    const last = shown.pooled.count - 1;
    const [y, x] = [clamp(row, 0, last), clamp(col, 0, last)];
    if (y === get("row") && x === get("col")) return;
    model.set("row", y);
    model.set("col", x);
    model.save_changes();
  }

  for (const [{ canvas }, stepOf] of [[before, () => get("stride")], [after, () => 1]]) {
    canvas.addEventListener("pointermove", (event) => {
      if (!shown) return;
      const box = canvas.getBoundingClientRect();
      choose(
        Math.floor((((event.clientY - box.top) / box.height) * canvas.height) / stepOf()),
        Math.floor((((event.clientX - box.left) / box.width) * canvas.width) / stepOf()),
      );
    });
    canvas.addEventListener("keydown", (event) => {
      const step = arrowOf(event);
      if (!step || !shown) return;
      event.preventDefault();
      const last = shown.pooled.count - 1;
      choose(Math.min(get("row"), last) + step[0], Math.min(get("col"), last) + step[1]);
    });
  }

  model.on("change:kind change:size change:stride change:shift change:noise change:side change:plane", draw);
  model.on("change:row change:col", oncePerFrame(drawWindow));

  const by = (n) => [n, `${n}×${n}`];
  root.append(el("div", { class: "sr-widget sr-pooling-explorer" },
    photoPicker(model),
    el("div", { class: "sr-row" },
      selectFor(model, "show", "Pool", offered.show),
      selectFor(model, "side", "Pixels", offered.side.map(by)),
      selectFor(model, "kind", "Keep", [["max", "the maximum"], ["average", "the average"]]),
      selectFor(model, "size", "Window", offered.size.map(by)),
      selectFor(model, "stride", "Stride", offered.stride)),
    el("div", { class: "sr-row" },
      sliderFor(model, "shift", "Shift", { min: 0, max: Math.max(...offered.shift), unit: " px" }),
      sliderFor(model, "noise", "Noise", { min: 0, max: Math.max(...offered.noise), unit: " levels" })),
    el("div", { class: "sr-columns" }, before.node, after.node,
      el("div", {}, el("h4", {}, "In the window"), windowTable)),
    result, numbers,
    el("h4", {}, "What shift and noise change, in grey levels"),
    changes,
    el("p", {}, "Own variation: how far the undisturbed numbers lie from their mean, on average.")));
  draw();
}

export default { render };
