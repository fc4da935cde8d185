// Python degrades and scores; this module has the sliders, and draws what comes back.

/** A score that is null belongs to pictures that are equal. */
const decibels = (score) => (score === null ? "∞ dB" : `${score.toFixed(2)} dB`);
const signed = (x) => (x > 0 ? "+" : "") + x.toFixed(2).replace("-", "−").replace("Infinity", "∞");

function render({ model, el: root }) {
  const hr = figure("HR");
  const lr = figure("LR");
  const enlarged = figure("Bicubic of LR");
  const kernel = figure("Blur kernel κ");
  const numbers = readout();

  const ranges = model.get("ranges");
  const slider = (trait, label, options) => {
    const [min, max] = ranges[trait];
    return sliderFor(model, trait, label, { min, max, ...options });
  };
  const off = ranges.jpeg[1];
  const sliders = [
    slider("scale", "Downsampling", { words: (s) => `1/${s}` }),
    slider("along", "Blur, σ along", { step: 0.1, digits: 1, unit: " px" }),
    slider("across", "Blur, σ across", { step: 0.1, digits: 1, unit: " px" }),
    slider("angle", "Blur, angle", { step: 5, unit: "°" }),
    slider("noise", "Noise, σ", { unit: " levels" }),
    slider("speckle", "Speckle, σ", { step: 0.02, digits: 2 }),
    slider("jpeg", "JPEG quality", { step: 5, words: (q) => (q === off ? "off" : String(q)) }),
  ];
  const clear = el("button", {
    type: "button",
    click: () => {
      for (const trait of ["along", "across", "angle", "noise", "speckle"]) model.set(trait, 0);
      model.set("jpeg", off);
      model.save_changes();
    },
  }, "Downsampling alone");

  // As large as the widest kernel, so that nothing below it moves.
  const side = 2 * Math.ceil(3 * ranges.along[1]) + 1;
  kernel.canvas.style.width = `${5 * side}px`;

  function drawKernel() {
    const weights = model.get("kernel");
    const peak = Math.max(...weights.flat());
    const margin = (side - weights.length) / 2;
    const rgb = [];
    for (let y = -margin; y < side - margin; y++) {
      for (let x = -margin; x < side - margin; x++) {
        const grey = Math.round((255 * (weights[y]?.[x] ?? 0)) / peak);
        rgb.push(grey, grey, grey);
      }
    }
    drawRGB(kernel.canvas, rgb, side, side);
    kernel.alt(`the blur kernel, ${weights.length} by ${weights.length} pixels`);
  }

  const draw = oncePerFrame(() => {
    const [width, height, small] = [model.get("width"), model.get("height"), model.get("lr_width")];
    const scale = width / small; // of the LR picture that is here, which may lag the slider
    drawRGB(hr.canvas, bytesOf(model, "source"), width, height);
    drawRGB(lr.canvas, bytesOf(model, "lr"), small, height / scale);
    drawRGB(enlarged.canvas, bytesOf(model, "enlarged"), width, height);
    drawKernel();

    const [score, alone] = [model.get("psnr"), model.get("psnr_downsampled")];
    const change = signed((score ?? Infinity) - (alone ?? Infinity));
    hr.caption(`HR, ${width} × ${height}`);
    lr.caption(`LR, ${small} × ${height / scale}`);
    enlarged.caption(`Bicubic of LR, ${decibels(score)}`);
    hr.alt(`${model.get("photo")}, ${width} by ${height} pixels`);
    lr.alt(`the degraded picture, ${small} by ${height / scale} pixels`);
    enlarged.alt(`the degraded picture enlarged by bicubic interpolation, ${decibels(score)}`);
    numbers.textContent =
      `LR keeps 1 pixel of ${scale * scale}. PSNR-Y of bicubic against HR: ${decibels(score)}. ` +
      (score === alone
        ? "Downsampling is all that happened."
        : `With downsampling alone: ${decibels(alone)}; the rest changes it by ${change} dB.`);
  });

  model.on("change:source change:lr change:enlarged change:kernel change:psnr change:photo", draw);

  root.append(el("div", { class: "sr-widget sr-degradation-explorer" },
    photoPicker(model),
    el("div", { class: "sr-sliders" }, ...sliders, clear),
    el("div", { class: "sr-trio" }, hr.node, lr.node, enlarged.node),
    el("div", { class: "sr-columns" }, kernel.node, numbers)));
  draw();
}

export default { render };
