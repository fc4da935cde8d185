// Python counts and picks the images; this module has the controls, and shows the pairs.

function render({ model, el: root }) {
  const get = (name) => model.get(name);
  const numbers = readout();
  const shown = el("p", {});
  const list = el("ul", { class: "sr-recovered" });
  const groups = (first, second) => [
    ["second", `only ${second} recovers`],
    ["first", `only ${first} recovers`],
    ["both", "both recover"],
    ["neither", "neither recovers"],
  ];

  function item({ number, true: label, ...named }, rgb, { first, second, height, width }) {
    const [left, right] = [named.first, named.second];
    const canvas = el("canvas", {
      role: "img", class: "sr-picture",
      "aria-label": `image ${number}, ${label}: on the left ${first}, on the right ${second}`,
    });
    drawRGB(canvas, rgb, width, height);
    return el("li", {}, canvas,
      el("span", { class: "sr-true" }, label),
      el("span", {}, `left: ${left[0]}`),
      el("span", {}, `right: ${right[0]}`),
      el("span", {}, `share ${left[1].toFixed(2)} | ${right[1].toFixed(2)}`));
  }

  const draw = oncePerFrame(() => {
    const found = get("found");
    const { counts, mcnemar, images, threshold, first, second, tiles, pairs } = found;
    const bytes = new Uint8Array(tiles.buffer, tiles.byteOffset, tiles.byteLength);
    const size = 3 * found.height * found.width;
    list.replaceChildren(...pairs.map((pair, i) => item(pair, bytes.subarray(i * size, (i + 1) * size), found)));
    const test = mcnemar === null ? "No image tells the two apart." :
      `Were the two equally good, those that only one recovers would be split this unevenly or more in ` +
      `${mcnemar < 0.001 ? "fewer than 0.1" : (100 * mcnemar).toFixed(1)} % of cases (McNemar's test).`;
    numbers.textContent =
      `Recovered here means: the true class is given a share of ${threshold.toFixed(2)} or more, as a mean of the seeds. ` +
      `Of ${images} images both recover ${counts.both}, only ${first} ${counts.first}, ` +
      `only ${second} ${counts.second}, neither ${counts.neither}. ${test}`;
    const which = Object.fromEntries(groups(first, second))[found.group];
    shown.textContent = counts[found.group] === 0
      ? `There is no image that ${which}.`
      : `${pairs.length} of the ${counts[found.group]} images that ${which}, largest difference first: ${first} on the left, ` +
        `${second} on the right. In bold what the image shows; below it what the two versions were named, and the ` +
        "share that the true class got.";
    list.setAttribute("aria-label", `images that ${which}`);
  });

  const arms = () => get("arms")[get("classifier")];
  const first = selectFor(model, "first", "First arm (left)", arms());
  const second = selectFor(model, "second", "Second arm (right)", arms());
  const classifier = selectFor(model, "classifier", "Classifier", Object.keys(get("arms")));
  const group = selectFor(model, "group", "Show the images that", groups(get("first"), get("second")));
  const step = get("step");
  const threshold = sliderFor(model, "threshold", "Share that counts as recovered", { min: 0, max: 1, step, digits: 2 });

  model.on("change:classifier", () => [first, second].forEach((menu) => menu.fill(arms())));
  model.on("change:first change:second", () => group.fill(groups(get("first"), get("second"))));
  model.on("change:found", draw);

  root.append(el("div", { class: "sr-widget sr-recovery-explorer" },
    el("div", { class: "sr-row" }, first, second, classifier),
    el("div", { class: "sr-row" }, threshold, group),
    numbers, shown, list));
  draw();
}

export default { render };
