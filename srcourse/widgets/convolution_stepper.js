// One stop of the kernel at a time.

const short = (x) => String(Number(x.toFixed(3)));

function render({ model, el: root }) {
  const get = (name) => model.get(name);
  const grids = Object.fromEntries(
    ["picture", "kernel", "products", "output"].map((name) => [name, el("table", { class: "sr-grid", "aria-label": name })]),
  );
  const formula = readout();
  const sum = readout();

  const reach = () => get("dilation") * (get("kernel").length - 1) + 1;
  const stops = (n) => Math.floor((n + 2 * get("padding") - reach()) / get("stride")) + 1;
  const pixel = (y, x) => get("image")[y]?.[x] ?? 0;
  const isPadding = (y, x) => get("image")[y]?.[x] === undefined;

  function total(row, col) {
    const [s, d, p] = [get("stride"), get("dilation"), get("padding")];
    let value = 0;
    get("kernel").forEach((weights, i) => weights.forEach((w, j) => {
      value += w * pixel(row * s + i * d - p, col * s + j * d - p);
    }));
    return value;
  }

  const fill = (table, rows, cols, cell) =>
    table.replaceChildren(...Array.from({ length: rows }, (_, y) =>
      el("tr", {}, ...Array.from({ length: cols }, (_, x) => {
        const { text, mark } = cell(y, x);
        return el("td", { class: mark }, text);
      }))));

  function draw() {
    const [height, width, k] = [get("image").length, get("image")[0].length, get("kernel").length];
    const [p, s, d] = [get("padding"), get("stride"), get("dilation")];
    const [rows, cols] = [stops(height), stops(width)];
    const fits = rows > 0 && cols > 0;
    const last = fits ? rows * cols - 1 : 0;
    const step = clamp(get("step"), 0, last);
    const [row, col] = fits ? [Math.floor(step / cols), step % cols] : [0, 0];
    const [top, left] = [row * s, col * s];
    const under = (y, x) =>
      fits && y >= top && x >= left && y < top + reach() && x < left + reach() &&
      (y - top) % d === 0 && (x - left) % d === 0;

    fill(grids.picture, height + 2 * p, width + 2 * p, (y, x) => ({
      text: short(pixel(y - p, x - p)),
      mark: [under(y, x) ? "sr-on" : "", isPadding(y - p, x - p) ? "sr-pad" : ""].join(" ").trim(),
    }));
    fill(grids.kernel, k, k, (i, j) => ({ text: short(get("kernel")[i][j]) }));
    const line = (n, m) =>
      `⌊(${n} + 2·${p} − ${d}·(${k} − 1) − 1) / ${s}⌋ + 1 = ${m}`;
    if (!fits) {
      grids.products.replaceChildren();
      grids.output.replaceChildren();
      formula.textContent = `The kernel reaches over ${reach()} pixels: it does not fit into ${Math.min(height, width) + 2 * p}.`;
      sum.textContent = "";
      return;
    }
    fill(grids.products, k, k, (i, j) => {
      const value = pixel(top + i * d - p, left + j * d - p);
      return { text: `${short(value)}×${short(get("kernel")[i][j])}` };
    });
    fill(grids.output, rows, cols, (y, x) => {
      const at = y * cols + x;
      return {
        text: at <= step ? short(total(y, x)) : "",
        mark: at === step ? "sr-on" : at < step ? "sr-done" : "",
      };
    });
    formula.textContent = `Output: ${line(height, rows)} rows` +
      (height === width ? " and as many columns." : `, ${line(width, cols)} columns.`);
    sum.textContent = `Stop ${step + 1} of ${last + 1}: the products sum to ${short(total(row, col))}.`;
    previous.disabled = step === 0;
    next.disabled = step === last;
  }

  function go(step) {
    const last = stops(get("image").length) * stops(get("image")[0].length) - 1;
    model.set("step", clamp(step, 0, Math.max(0, last)));
    model.save_changes();
  }
  const button = (text, act) => el("button", { type: "button", click: act }, text);
  const previous = button("◀ Back", () => go(get("step") - 1));
  const next = button("Next ▶", () => go(get("step") + 1));
  const first = button("Start again", () => go(0));
  const all = button("To the end", () => go(Infinity));
  const controls = el("div", {
    class: "sr-row", role: "group", "aria-label": "steps",
    keydown: (event) => {
      const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!by || event.target.type === "range") return;
      event.preventDefault();
      event.stopPropagation();
      go(get("step") + by);
    },
  }, first, previous, next, all);
  for (const b of controls.children) b.setAttribute("data-lm-suppress-shortcuts", "true");

  const slider = (trait, label, min, max) => sliderFor(model, trait, label, { min, max });
  const part = (title, table) => el("div", {}, el("h4", {}, title), table);
  root.append(el("div", { class: "sr-widget sr-convolution-stepper" },
    el("div", { class: "sr-row" }, slider("padding", "Padding", 0, 3), slider("stride", "Stride", 1, 3), slider("dilation", "Dilation", 1, 3)),
    controls,
    el("div", { class: "sr-columns" },
      part("Picture", grids.picture), part("Kernel", grids.kernel),
      part("Products", grids.products), part("Output", grids.output)),
    sum, formula));
  model.on("change:padding change:stride change:dilation", () => {
    go(get("step"));
    draw();
  });
  model.on("change:step", draw);
  draw();
}

export default { render };
