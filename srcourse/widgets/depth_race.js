// Python trains; here is what it has come to.

const KINDS = ["plain", "residual"];
const COLOURS = { plain: "#0072b2", residual: "#e69f00" };
const [WIDE, HIGH] = [470, 230]; // of a chart, in CSS pixels
const AREA = { left: 52, right: 18, top: 12, bottom: 34 };
const PICTURE = 168; // side of a picture, in CSS pixels
const LOWEST = 1e-5; // errors below it are drawn there

/** A chart with a logarithmic axis upwards, drawn twice as fine as its CSS pixels. */
function chart(caption) {
  const { node, canvas, alt } = figure(caption);
  canvas.width = 2 * WIDE;
  canvas.height = 2 * HIGH;
  canvas.style.cssText = `width:${WIDE}px;max-width:100%;background:#fff;image-rendering:auto`;
  const pen = canvas.getContext("2d");
  pen.scale(2, 2);

  /** White paper, lines at the powers of ten from `low` to `high`; returns where a value lies. */
  function paper(low, high, across) {
    const height = HIGH - AREA.top - AREA.bottom;
    const y = (value) =>
      AREA.top + (height * (high - clamp(Math.log10(value), low, high))) / (high - low);
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, WIDE, HIGH);
    pen.font = "12px system-ui, sans-serif";
    pen.lineWidth = 1;
    pen.setLineDash([]);
    const every = Math.ceil((high - low) / 7);
    for (let power = Math.ceil(low / every) * every; power <= high; power += every) {
      pen.strokeStyle = power === 0 ? "#777" : "#ddd";
      pen.beginPath();
      pen.moveTo(AREA.left, y(10 ** power));
      pen.lineTo(WIDE - AREA.right, y(10 ** power));
      pen.stroke();
      pen.fillStyle = "#333";
      pen.textAlign = "right";
      const label = power >= -3 && power <= 3 ? String(Number((10 ** power).toPrecision(1))) : `1e${power}`;
      pen.fillText(label, AREA.left - 6, y(10 ** power) + 4);
    }
    pen.textAlign = "center";
    for (const [x, words] of across) pen.fillText(words, x, HIGH - AREA.bottom + 16);
    return y;
  }
  return { node, pen, paper, alt };
}

const spaced = (from, to, share) => from + (to - from) * share;
const LEFT = AREA.left;
const RIGHT = WIDE - AREA.right;

function drawLosses({ pen, paper }, losses, steps) {
  const top = Math.max(...KINDS.flatMap((kind) => losses[kind]), 1);
  const x = (step) => spaced(LEFT, RIGHT, step / steps);
  const ticks = [0, 1, 2, 3].map((i) => [x((i * steps) / 3), String(Math.round((i * steps) / 3))]);
  const y = paper(Math.log10(LOWEST), Math.ceil(Math.log10(top)), ticks);
  pen.fillStyle = "#333";
  pen.fillText("step", (LEFT + RIGHT) / 2, HIGH - 4);
  for (const kind of KINDS) {
    pen.strokeStyle = pen.fillStyle = COLOURS[kind];
    pen.lineWidth = 2.5;
    pen.setLineDash(kind === "plain" ? [] : [7, 3]); // not by colour alone
    pen.beginPath();
    losses[kind].forEach((loss, step) => pen.lineTo(x(step), y(loss)));
    pen.stroke();
    const last = losses[kind].length - 1;
    pen.beginPath();
    pen.arc(x(last), y(losses[kind][last]), 4, 0, 7);
    pen.fill();
  }
}

function drawGradients({ pen, paper }, gradients) {
  const found = KINDS.flatMap((kind) => gradients[kind]).filter((g) => g > 0);
  const high = Math.ceil(Math.log10(Math.max(...found)));
  const low = Math.min(Math.floor(Math.log10(Math.min(...found))), high - 4);
  const depth = gradients.plain.length;
  const wide = (RIGHT - LEFT) / depth;
  const ticks = [1, depth / 4, depth / 2, (3 * depth) / 4, depth].map((layer) => [
    LEFT + wide * (layer - 0.5), String(layer),
  ]);
  const y = paper(low, high, ticks);
  pen.fillStyle = "#333";
  pen.fillText("layer, from the input to the output", (LEFT + RIGHT) / 2, HIGH - 4);
  KINDS.forEach((kind, number) => {
    pen.fillStyle = COLOURS[kind];
    gradients[kind].forEach((gradient, layer) => {
      const left = LEFT + wide * (layer + 0.1 + 0.4 * number);
      pen.fillRect(left, y(gradient), 0.4 * wide, HIGH - AREA.bottom - y(gradient));
    });
  });
}

/** Two digits are as many as another machine would confirm. */
const short = (value) => (value >= 1e-3 && value < 1e4 ? String(Number(value.toPrecision(2))) : value.toExponential(1));

function legend(kind, words) {
  const mark = el("span", { "aria-hidden": "true", style: `color:${COLOURS[kind]};font-weight:700` }, kind === "plain" ? "━━ " : "╍╍ ");
  return el("span", {}, mark, words);
}

function render({ model, el: root }) {
  const get = (name) => model.get(name);
  const losses = chart("Error after each step, on the very pixels that are learned");
  const gradients = chart("Size of each layer's gradient now");
  const pictures = { photo: figure("The photograph"), plain: figure("Plain"), residual: figure("Residual") };
  for (const { canvas } of Object.values(pictures)) canvas.style.width = `${PICTURE}px`;
  const numbers = readout();

  const button = (text, click) =>
    el("button", { type: "button", "data-lm-suppress-shortcuts": "true", click }, text);
  const go = button("Start", () => {
    model.set("running", !get("running"));
    model.save_changes();
  });
  const step = button("10 steps", () => model.send("step"));
  const reset = button("Reset", () => model.send("reset"));

  const draw = oncePerFrame(() => {
    const [found, steps] = [get("losses"), get("steps")];
    const done = found.plain.length - 1;
    drawLosses(losses, found, steps);
    drawGradients(gradients, get("gradients"));
    for (const [name, picture] of Object.entries(pictures)) {
      drawRGB(picture.canvas, bytesOf(model, name), get("side"), get("side"));
    }
    go.textContent = get("running") ? "Pause" : "Start";
    go.disabled = step.disabled = done >= steps;
    // Told when it stands still; twenty times a second would be no help to anybody's ears.
    numbers.setAttribute("aria-live", get("running") ? "off" : "polite");
    const last = Object.fromEntries(KINDS.map((kind) => [kind, short(found[kind][done])]));
    const first = Object.fromEntries(KINDS.map((kind) => [kind, short(get("gradients")[kind][0])]));
    numbers.textContent =
      `Step ${done} of ${steps}, ${get("depth")} layers. ` +
      `Error: plain ${last.plain}, residual ${last.residual} (an even grey: 1). ` +
      `First layer's gradient: plain ${first.plain}, residual ${first.residual}.`;
    losses.alt(`error by step, logarithmic: after ${done} steps plain ${last.plain}, residual ${last.residual}`);
    gradients.alt(`size of the gradient by layer, logarithmic: first layer plain ${first.plain}, residual ${first.residual}`);
    for (const kind of KINDS) {
      pictures[kind].caption(`${kind === "plain" ? "Plain" : "Residual"}: error ${last[kind]}`);
      pictures[kind].alt(`what the ${kind} network makes of the photograph, error ${last[kind]}`);
    }
  });
  model.on("change:losses change:gradients change:plain change:residual change:running", draw);

  root.append(el("div", { class: "sr-widget sr-depth-race" },
    el("div", { class: "sr-row" },
      selectFor(model, "depth", "Layers", get("depths")),
      selectFor(model, "start", "Norm and first weights", get("starts")),
      selectFor(model, "rate", "Learning rate", get("rates")),
      selectFor(model, "seed", "Seed", get("seeds"))),
    el("div", { class: "sr-row" }, go, step, reset,
      legend("plain", "plain: ReLU(F(x))"), legend("residual", "residual: ReLU(F(x) + x)")),
    el("div", { class: "sr-columns" }, ...Object.values(pictures).map((p) => p.node)),
    numbers,
    el("div", { class: "sr-columns" }, losses.node, gradients.node)));
  draw();
  // Nobody watches any more.
  return () => {
    model.set("running", false);
    model.save_changes();
  };
}

export default { render };
