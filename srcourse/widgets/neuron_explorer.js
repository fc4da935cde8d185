// One neuron, its error as a landscape, and the way down.

const REACH = 3; // of the sliders, of the landscape both ways, and of x
const [LOWEST, HIGHEST] = [-1.5, 2.5]; // of the response's picture
const FAR = 1e6; // a weight beyond this has run away
const [CELLS, SHADES, FINE] = [88, 24, 0.02];
const [DEEP, HIGH] = [[8, 48, 107], [247, 251, 255]];
const SIDE = 3 * CELLS; // of a picture, in CSS pixels
const MARGIN = 24; // left of it and below it, for the axes
const [BLUE, ORANGE, RED] = ["#0072b2", "#e69f00", "#d55e00"];

const sigmoid = (z) => 1 / (1 + Math.exp(-z));
/** Each activation f and its slope f′, both of z. */
const ACTIVATIONS = {
  identity: [(z) => z, () => 1],
  relu: [(z) => Math.max(z, 0), (z) => (z > 0 ? 1 : 0)],
  sigmoid: [sigmoid, (z) => sigmoid(z) * (1 - sigmoid(z))],
  tanh: [Math.tanh, (z) => 1 - Math.tanh(z) ** 2],
  step: [(z) => (z > 0 ? 1 : 0), () => 0],
};

const mean = (numbers) => numbers.reduce((a, b) => a + b, 0) / numbers.length;

/** One pass over all points, forward and back: a row for each, and the means. */
function forwardAndBack(points, [w, b], activation) {
  const [f, slope] = ACTIVATIONS[activation];
  const rows = points.map(([x, t]) => {
    const z = w * x + b;
    const a = f(z);
    const [dEda, dadz] = [2 * (a - t), slope(z)];
    return { x, t, z, a, error: (a - t) ** 2, dEda, dadz, dEdw: dEda * dadz * x, dEdb: dEda * dadz };
  });
  const over = (name) => mean(rows.map((row) => row[name]));
  return { rows, E: over("error"), dEdw: over("dEdw"), dEdb: over("dEdb") };
}

/** The error over all weights (across) and biases (up), as RGB bytes, CELLS a side. */
function landscape(points, activation) {
  const f = ACTIVATIONS[activation][0];
  const at = (i) => (i + 0.5) * ((2 * REACH) / CELLS) - REACH;
  const errors = new Float64Array(CELLS * CELLS);
  let [lowest, highest] = [Infinity, -Infinity];
  for (let row = 0, i = 0; row < CELLS; row++) {
    for (let col = 0; col < CELLS; col++, i++) {
      let sum = 0;
      for (const [x, t] of points) sum += (f(at(col) * x - at(row)) - t) ** 2;
      errors[i] = sum / points.length;
      lowest = Math.min(lowest, errors[i]);
      highest = Math.max(highest, errors[i]);
    }
  }
  const top = Math.log1p((highest - lowest) / FINE) || 1;
  const rgb = new Uint8ClampedArray(3 * errors.length);
  errors.forEach((error, i) => {
    const height = Math.log1p((error - lowest) / FINE) / top;
    const shade = Math.min(Math.floor(height * SHADES), SHADES - 1) / (SHADES - 1);
    for (let c = 0; c < 3; c++) rgb[3 * i + c] = Math.floor(DEEP[c] * (1 - shade) + HIGH[c] * shade + 0.5);
  });
  return rgb;
}

/** A number as text: a true minus, and no endless digits once it has run away. */
function say(x, digits = 3) {
  const text = Math.abs(x) < 1e4 ? x.toFixed(digits) : x.toExponential(2);
  return (Number(text) === 0 ? text.replace("-", "") : text).replaceAll("-", "−");
}
const bracketed = (x, digits) => (x < 0 ? `(${say(x, digits)})` : say(x, digits));

/** A white canvas with a picture of SIDE × SIDE and room for its axes; returns the pen. */
function chart(canvas) {
  [canvas.width, canvas.height] = [2 * (SIDE + MARGIN), 2 * (SIDE + MARGIN)]; // sharp on dense screens
  const pen = canvas.getContext("2d");
  pen.scale(2, 2);
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, SIDE + MARGIN, SIDE + MARGIN);
  pen.font = "12px system-ui, sans-serif";
  pen.translate(MARGIN, 0);
  return pen;
}

function stroke(pen, spots, colour, width = 1, dash = []) {
  pen.strokeStyle = colour;
  pen.lineWidth = width;
  pen.setLineDash(dash);
  pen.beginPath();
  for (const spot of spots) pen.lineTo(...spot);
  pen.stroke();
  pen.setLineDash([]);
}

function disc(pen, [x, y], radius, colour, rim) {
  pen.beginPath();
  pen.arc(x, y, radius, 0, 2 * Math.PI);
  pen.fillStyle = colour;
  pen.fill();
  if (rim) {
    pen.strokeStyle = rim;
    pen.lineWidth = 1.5;
    pen.stroke();
  }
}

/** The numbers along the bottom and the left side. */
function ticks(pen, across, up) {
  pen.fillStyle = "#333";
  pen.textAlign = "center";
  pen.textBaseline = "top";
  for (const [x, text] of across) pen.fillText(text, clamp(x, 0, SIDE - 4), SIDE + 7);
  pen.textAlign = "right";
  pen.textBaseline = "middle";
  for (const [y, text] of up) pen.fillText(text, -5, clamp(y, 7, SIDE));
}

/** Draw inside the picture only. */
function inside(pen, draw) {
  pen.save();
  pen.beginPath();
  pen.rect(0, 0, SIDE, SIDE);
  pen.clip();
  draw();
  pen.restore();
  pen.strokeStyle = "#777";
  pen.lineWidth = 1;
  pen.strokeRect(0.5, 0.5, SIDE - 1, SIDE - 1);
}

function render({ model, el: root }) {
  const get = (name) => model.get(name);
  const points = () => get("sets")[get("data")];
  const now = () => get("path").at(-1);
  const pass = () => forwardAndBack(points(), now(), get("activation"));
  const chosen = () => clamp(get("point"), 0, points().length - 1);
  const response = figure("The neuron f(w·x + b) and the points (x, t)");
  const map = figure("The error at each w (across) and b (up)");
  const errors = figure("The error after each step");
  const status = readout();
  const table = el("table", { class: "sr-grid", "aria-label": "every point, forward and back" });
  const arithmetic = readout();

  function go(path) {
    model.set("path", path);
    model.save_changes();
  }

  function descend(times) {
    const path = [...get("path")];
    for (let i = 0; i < times; i++) {
      const [w, b] = path.at(-1);
      const { dEdw, dEdb } = forwardAndBack(points(), [w, b], get("activation"));
      const after = [w - get("rate") * dEdw, b - get("rate") * dEdb];
      if (Math.max(...after.map(Math.abs)) > FAR) break;
      path.push(after);
    }
    go(path);
  }

  // --- drawing ------------------------------------------------------------------------------

  const acrossX = (x) => ((x + REACH) / (2 * REACH)) * SIDE; // x or w, to the right
  const upB = (b) => ((REACH - b) / (2 * REACH)) * SIDE;
  const upY = (y) => clamp((HIGHEST - y) / (HIGHEST - LOWEST), -1, 2) * SIDE;
  const whole = [-3, -2, -1, 0, 1, 2, 3];

  function drawResponse({ rows }) {
    const pen = chart(response.canvas);
    const [f] = ACTIVATIONS[get("activation")];
    const [w, b] = now();
    inside(pen, () => {
      for (const x of whole) stroke(pen, [[acrossX(x), 0], [acrossX(x), SIDE]], x ? "#e4e4e4" : "#999");
      for (const y of [-1, 0, 1, 2]) stroke(pen, [[0, upY(y)], [SIDE, upY(y)]], y ? "#e4e4e4" : "#999");
      for (const { x, t, a } of rows) stroke(pen, [[acrossX(x), upY(a)], [acrossX(x), upY(t)]], RED, 1.5);
      const curve = Array.from({ length: 2 * SIDE + 1 }, (_, i) => (i / SIDE) * REACH - REACH);
      stroke(pen, curve.map((x) => [acrossX(x), upY(f(w * x + b))]), BLUE, 2.5);
      rows.forEach(({ x, t }, i) => {
        disc(pen, [acrossX(x), upY(t)], i === chosen() ? 7 : 4.5, i === chosen() ? "#f0e442" : RED, "#000");
      });
    });
    ticks(pen, whole.map((x) => [acrossX(x), say(x, 0)]), [-1, 0, 1, 2].map((y) => [upY(y), say(y, 0)]));
    response.alt(
      `The ${get("activation")} neuron with w ${say(w)} and b ${say(b)} over ${rows.length} points, ` +
      `point ${chosen() + 1} marked. Arrow keys choose a point.`);
  }

  const ground = el("canvas", { width: CELLS, height: CELLS });
  const survey = () => drawRGB(ground, landscape(points(), get("activation")), CELLS, CELLS);

  function drawMap({ dEdw, dEdb }) {
    const pen = chart(map.canvas);
    const [w, b] = now();
    const spots = get("path").map(([pw, pb]) => [acrossX(pw), upB(pb)]);
    inside(pen, () => {
      pen.imageSmoothingEnabled = false;
      pen.drawImage(ground, 0, 0, SIDE, SIDE);
      const here = spots.at(-1);
      const next = [acrossX(w - get("rate") * dEdw), upB(b - get("rate") * dEdb)];
      stroke(pen, [here, next], "#000", 4);
      stroke(pen, [here, next], "#fff", 2);
      if (spots.length > 1) {
        stroke(pen, spots, "#000", 3.5);
        stroke(pen, spots, ORANGE, 2);
        for (const spot of spots) disc(pen, spot, 2.5, ORANGE);
      }
      disc(pen, here, 6, ORANGE, "#000");
    });
    ticks(pen, whole.map((x) => [acrossX(x), say(x, 0)]), whole.map((y) => [upB(y), say(y, 0)]));
    map.alt(
      `The error over w and b for ${get("data")} and ${get("activation")}; now at w ${say(w)}, ` +
      `b ${say(b)}, after ${spots.length - 1} steps. Arrow keys move it.`);
  }

  function drawErrors({ E }) {
    const pen = chart(errors.canvas);
    const steps = get("path").length - 1;
    const values = get("path").map((wb) => forwardAndBack(points(), wb, get("activation")).E);
    const top = Math.max(...values) || 1;
    const spots = values.map((v, i) => [10 + (i / Math.max(steps, 1)) * (SIDE - 20), 24 + (1 - v / top) * (SIDE - 24)]);
    inside(pen, () => {
      stroke(pen, [[0, 24], [SIDE, 24]], "#ccc", 1, [4, 3]);
      stroke(pen, spots, BLUE, 2);
      for (const spot of spots) disc(pen, spot, steps > 40 ? 1.5 : 3, BLUE);
      pen.fillStyle = "#333";
      pen.textAlign = "left";
      pen.textBaseline = "alphabetic";
      pen.fillText(`${say(top)} (the largest so far)`, 6, 18);
    });
    ticks(pen, steps ? [[10, "0"], [SIDE - 10, String(steps)]] : [[10, "0"]], [[SIDE, "0"]]);
    errors.alt(`The error after each of ${steps} steps, from ${say(values[0], 4)} to ${say(E, 4)}`);
  }

  /** What the last step, or the slope, has to teach. */
  function remark({ dEdw, dEdb }) {
    const [w, b] = now();
    if (dEdw === 0 && dEdb === 0) return "The slope is zero: descent goes nowhere from here.";
    const next = [w - get("rate") * dEdw, b - get("rate") * dEdb];
    if (Math.max(...next.map(Math.abs)) > FAR) return "It has run away: go back to the start and take a smaller rate.";
    const path = get("path");
    if (path.length < 2) return "";
    const [before, after] = path.slice(-2).map((wb) => forwardAndBack(points(), wb, get("activation")).E);
    return after > before ? "The last step made the error larger: it was too long." : "";
  }

  function drawNumbers(found) {
    const [w, b] = now();
    const rate = get("rate");
    const steps = get("path").length - 1;
    status.textContent =
      `After ${steps} step${steps === 1 ? "" : "s"}: E = ${say(found.E, 4)}, ` +
      `dE/dw = ${say(found.dEdw, 4)}, dE/db = ${say(found.dEdb, 4)}. ` +
      `Next step: w = ${say(w)} − ${rate} · ${bracketed(found.dEdw)} = ${say(w - rate * found.dEdw)}, ` +
      `b = ${say(b)} − ${rate} · ${bracketed(found.dEdb)} = ${say(b - rate * found.dEdb)}. ${remark(found)}`;
    const heads = ["point", "x", "t", "z = w·x + b", "a = f(z)", "(a − t)²", "2(a − t)", "f′(z)", "dE/dw", "dE/db"];
    const row = (cells, attributes = {}) => el("tr", attributes, ...cells.map((text) => el("td", {}, text)));
    const lines = found.rows.map((r, i) => {
      const line = row([
        String(i + 1), say(r.x, 2), say(r.t, 2),
        ...[r.z, r.a, r.error, r.dEda, r.dadz, r.dEdw, r.dEdb].map((number) => say(number)),
      ]);
      if (i === chosen()) for (const cell of line.cells) cell.className = "sr-on";
      return line;
    });
    table.replaceChildren(
      el("tr", {}, ...heads.map((text) => el("th", { scope: "col" }, text))),
      ...lines,
      row(["mean", "", "", "", "", say(found.E), "", "", say(found.dEdw), say(found.dEdb)], { class: "sr-mean" }));
    const r = found.rows[chosen()];
    arithmetic.textContent =
      `Point ${chosen() + 1}: z = ${say(w)} · ${bracketed(r.x, 2)} + ${bracketed(b)} = ${say(r.z)}, ` +
      `a = f(z) = ${say(r.a)}. Its dE/dw = 2(a − t) · f′(z) · x = ` +
      `${bracketed(r.dEda)} · ${bracketed(r.dadz)} · ${bracketed(r.x, 2)} = ${say(r.dEdw)}.`;
  }

  const draw = oncePerFrame(() => {
    const found = pass();
    drawResponse(found);
    drawMap(found);
    drawErrors(found);
    drawNumbers(found);
  });

  // --- controls -----------------------------------------------------------------------------

  // The last of the path, as two numbers that a slider can hold. By hand, the path begins anew.
  const hand = {
    get: (name) => now()[name === "w" ? 0 : 1],
    set: (name, value) => model.set("path", [name === "w" ? [value, now()[1]] : [now()[0], value]]),
    save_changes: () => model.save_changes(),
    on: (_, show) => model.on("change:path", show),
  };
  const slider = (name, label) => sliderFor(hand, name, label, { min: -REACH, max: REACH, step: 0.05, words: (x) => say(x) });

  const place = (event, canvas) => {
    const box = canvas.getBoundingClientRect();
    const scale = (SIDE + MARGIN) / box.width;
    return [(event.clientX - box.left) * scale - MARGIN, (event.clientY - box.top) * scale];
  };
  for (const { canvas } of [response, map]) {
    canvas.tabIndex = 0;
    canvas.setAttribute("data-lm-suppress-shortcuts", "true");
  }
  map.canvas.style.touchAction = "none"; // a finger drags the start there, not the page
  response.canvas.addEventListener("pointermove", (event) => {
    const [at] = place(event, response.canvas);
    const far = points().map(([x]) => Math.abs(acrossX(x) - at));
    choose(far.indexOf(Math.min(...far)));
  });
  response.canvas.addEventListener("keydown", (event) => {
    const step = arrowOf(event);
    if (!step) return;
    event.preventDefault();
    choose(chosen() + step[0] + step[1]);
  });
  function choose(point) {
    model.set("point", clamp(point, 0, points().length - 1));
    model.save_changes();
  }

  const within = (value) => clamp(Math.round(100 * value) / 100, -REACH, REACH);
  const moveTo = (w, b) => go([[within(w), within(b)]]);
  const drag = (event) => {
    if (!(event.buttons & 1)) return;
    const [x, y] = place(event, map.canvas);
    moveTo((x / SIDE) * 2 * REACH - REACH, REACH - (y / SIDE) * 2 * REACH);
  };
  map.canvas.addEventListener("pointerdown", (event) => {
    map.canvas.setPointerCapture(event.pointerId);
    drag(event);
  });
  map.canvas.addEventListener("pointermove", drag);
  map.canvas.addEventListener("keydown", (event) => {
    const step = arrowOf(event);
    if (!step) return;
    event.preventDefault();
    moveTo(now()[0] + 0.1 * step[1], now()[1] - 0.1 * step[0]);
  });

  const button = (text, label, click) => el("button", { type: "button", "aria-label": label, click }, text);
  const newLandscape = () => {
    model.set("path", get("path").slice(0, 1));
    survey();
    draw();
  };
  model.on("change:data change:activation", newLandscape);
  model.on("change:path change:rate change:point", draw);

  const names = Object.keys(get("sets"));
  root.append(el("div", { class: "sr-widget sr-neuron-explorer" },
    el("div", { class: "sr-row" },
      selectFor(model, "data", "Data", names),
      selectFor(model, "activation", "Activation f", get("activations")),
      selectFor(model, "rate", "Learning rate", get("rates").map(String))),
    el("div", { class: "sr-sliders" }, slider("w", "Weight w"), slider("b", "Bias b")),
    el("div", { class: "sr-trio" }, response.node, map.node, errors.node),
    el("div", { class: "sr-row" },
      button("One gradient step", "One gradient step", () => descend(1)),
      button("Ten steps", "Ten gradient steps", () => descend(10)),
      button("Back to the start", "Back to the start", () => go(get("path").slice(0, 1)))),
    status,
    el("p", {}, "In the landscape dark is low, and white shows where the next step leads. Drag in it, or focus it and press the arrow keys, to choose a start. Point into the left picture, or focus it and press the arrow keys, to choose the point in yellow:"),
    table, arithmetic));
  survey();
  draw();
}

export default { render };
