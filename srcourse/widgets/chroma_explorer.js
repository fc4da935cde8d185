// Brightness and colour, each at a resolution of its own.

function render({ model, el: root }) {
  const before = figure("The photograph");
  const after = figure("What is left");
  const numbers = readout();
  const step = (f) => [f, f === 1 ? "full resolution" : `1/${f} of it`];
  const draw = oncePerFrame(() => {
    const [width, height] = [model.get("width"), model.get("height")];
    // The photograph and its result arrive one after the other.
    if (model.get("result").byteLength !== 3 * width * height) return;
    drawRGB(before.canvas, bytesOf(model, "source"), width, height);
    drawRGB(after.canvas, bytesOf(model, "result"), width, height);
    before.alt(`the photograph ${model.get("photo")}`);
    after.alt(`it with luma at 1/${model.get("luma")}, chroma at 1/${model.get("chroma")}`);
    numbers.textContent = model.get("figures");
  });
  model.on("change:source change:result change:figures", draw);
  root.append(el("div", { class: "sr-widget sr-chroma-explorer" },
    photoPicker(model),
    el("div", { class: "sr-row" },
      selectFor(model, "luma", "Brightness (Y)", model.get("factors").map(step)),
      selectFor(model, "chroma", "Colours (Cb, Cr)", model.get("factors").map(step))),
    el("div", { class: "sr-columns" }, before.node, after.node),
    numbers));
  draw();
}

export default { render };
