// Python spoils and scores; this module has the menu and the slider, and draws what comes back.

/** A score that is null belongs to pictures that are equal. */
const decibels = (score) => (score === null ? "∞ dB" : `${score.toFixed(2)} dB`);
const LONGEST = 384; // CSS pixels that a picture may take, enlarged by a whole factor

function render({ model, el: root }) {
  const get = (trait) => model.get(trait);
  const names = get("names");
  const power = () => get("powers")[get("kind")];
  const original = figure("Original");
  const distorted = figure("Distorted");
  const numbers = readout();
  const note = el("p", { class: "sr-message", role: "alert" });

  const amount = el("output", {});
  const slider = el("input", {
    type: "range", min: 0, max: 1,
    input: () => {
      model.set("strengths", { ...get("strengths"), [get("kind")]: Number(slider.value) ** power() });
      model.save_changes();
    },
  });
  const strength = labelled("Strength", slider);
  strength.append(amount);
  const place = () => {
    slider.step = power() === 1 ? 0.01 : 0.0025; // JPEG's quality by whole numbers
    slider.value = get("strengths")[get("kind")] ** (1 / power());
  };

  const hold = checkboxFor(model, "hold", "Hold PSNR");
  const ranking = el("div", {});
  const compare = el("button", {
    type: "button",
    click: () => model.send("compare"),
  }, "Rank all kinds at this PSNR");

  function drawRanking() {
    const rows = get("ranking");
    if (!rows.length) return ranking.replaceChildren();
    const cells = (row, place) => row.reaches
      ? [place + 1, names[row.kind], row.amount, decibels(row.psnr), row.ssim.toFixed(3)]
      : ["–", names[row.kind], `even at ${row.amount}`, decibels(row.psnr), "not ranked"];
    ranking.replaceChildren(el("table", { class: "sr-grid" },
      el("caption", {}, "Every kind at this PSNR, the highest SSIM first"),
      el("thead", {}, el("tr", {}, ...["", "Distortion", "Strength", "PSNR", "SSIM"].map((head) => el("th", { scope: "col" }, head)))),
      el("tbody", {}, ...rows.map((row, place) => el("tr", {}, ...cells(row, place).map((text) => el("td", {}, text)))))));
  }

  const draw = oncePerFrame(() => {
    const [width, height, found] = [get("width"), get("height"), get("figures")];
    const name = names[found.kind];
    const factor = Math.max(1, Math.floor(LONGEST / Math.max(width, height)));
    const said = `PSNR ${decibels(found.psnr)}, SSIM ${found.ssim.toFixed(3)}`;
    drawRGB(original.canvas, bytesOf(model, "source"), width, height);
    drawRGB(distorted.canvas, bytesOf(model, "result"), width, height);
    for (const { canvas } of [original, distorted]) canvas.style.width = `${factor * width}px`;
    original.caption(`Original, ${width} × ${height}`);
    original.alt(`${get("photo")}, ${width} by ${height} pixels`);
    distorted.caption(`Distorted: ${name}`);
    distorted.alt(`${get("photo")}, distorted: ${name}, ${found.amount}; ${said}`);
    amount.textContent = found.amount;
    slider.setAttribute("aria-valuetext", found.amount);
    place();
    const held = get("held");
    numbers.textContent = `${said}.` + (held === null ? "" : ` Held: ${decibels(held)}.`);
    note.textContent = get("note");
    compare.disabled = !get("rankable");
    drawRanking();
  });

  model.on("change:source change:result change:figures change:held change:note change:rankable change:ranking change:photo", draw);

  root.append(el("div", { class: "sr-widget sr-distortion-explorer" },
    photoPicker(model),
    el("div", { class: "sr-row" },
      selectFor(model, "kind", "Distortion", Object.entries(names)), strength, hold),
    el("div", { class: "sr-pair" }, original.node, distorted.node),
    numbers,
    note,
    el("div", { class: "sr-row" }, compare),
    ranking));
  draw();
}

export default { render };
