// Python runs the network once for a photograph; this module shows a layer's maps, and one of them enlarged.

const GRID = 620; // screen pixels that a row of maps may take
const COLUMNS = 12; // at most
const LARGEST = 200; // screen pixels of a map, at most

/** Draw grey levels on a canvas of that size, pixel for pixel. */
function drawGrey(canvas, levels, width, height) {
  const rgb = new Uint8Array(3 * levels.length);
  for (let i = 0; i < levels.length; i++) rgb[3 * i] = rgb[3 * i + 1] = rgb[3 * i + 2] = levels[i];
  drawRGB(canvas, rgb, width, height);
}

const view = (bytes) => new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);

function render({ model, el: root }) {
  const get = (name) => model.get(name);
  const photo = figure("The photograph");
  const map = figure("The channel");
  const grid = el("div", { class: "sr-maps", role: "group", "data-lm-suppress-shortcuts": "true" });
  const layerSaid = readout();
  const channelSaid = readout();
  const last = () => get("layers").length - 1;
  let columns = 1;

  // --- the grid -----------------------------------------------------------------------------

  function choose(channel) {
    model.set("channel", channel);
    model.save_changes();
  }

  /** As many buttons as the layer has channels. */
  function fillGrid() {
    const { count } = get("maps");
    if (grid.childElementCount === count) return;
    columns = clamp(Math.ceil(Math.sqrt(1.3 * count)), 1, COLUMNS);
    grid.style.gridTemplateColumns = `repeat(${columns}, minmax(0, ${Math.min(LARGEST, Math.floor(GRID / columns))}px))`;
    grid.replaceChildren(...Array.from({ length: count }, (_, channel) =>
      el("button", { type: "button", "aria-label": `channel ${channel}`, title: `channel ${channel}`, click: () => choose(channel) },
        el("canvas", { class: "sr-picture" }))));
  }

  // One stop for the Tab key: the arrow keys go from map to map.
  grid.addEventListener("keydown", (event) => {
    const maps = [...grid.children];
    const at = maps.indexOf(document.activeElement);
    const step = arrowOf(event);
    const to = step ? at + columns * step[0] + step[1] : { Home: 0, End: maps.length - 1 }[event.key];
    if (at < 0 || to === undefined) return;
    event.preventDefault();
    maps[to]?.focus();
  });

  // --- drawing ------------------------------------------------------------------------------

  const drawPhoto = oncePerFrame(() => {
    const [width, height] = [get("width"), get("height")];
    drawRGB(photo.canvas, bytesOf(model, "source"), width, height);
    photo.caption(`${get("photo")}, ${width} × ${height}`);
    photo.alt(`the photograph ${get("photo")}, ${width} by ${height} pixels`);
  });

  const drawMaps = oncePerFrame(() => {
    const { layer, height, width, tiles, signed } = get("maps");
    const [name, kind, shape] = get("layers")[layer];
    fillGrid();
    const levels = view(tiles);
    [...grid.children].forEach((button, i) =>
      drawGrey(button.firstChild, levels.subarray(i * height * width, (i + 1) * height * width), width, height));
    grid.setAttribute("aria-label", `the channels of ${name}; arrow keys move, Enter enlarges`);
    layerSaid.textContent =
      `Layer ${layer} (of 0 to ${last()}): ${name}, ${kind}, ${shape}. Each map is scaled by its own largest value: ` +
      (signed ? "mid grey is 0, black negative, white positive." : "black is 0 or less, white the largest.");
    drawMap();
  });

  const drawMap = oncePerFrame(() => {
    const { layer, channel, height, width, levels, figures } = get("enlarged");
    const [name] = get("layers")[layer];
    drawGrey(map.canvas, view(levels), width, height);
    map.caption(`${name}, channel ${channel}`);
    map.alt(`channel ${channel} of ${name}, ${width} by ${height} pixels, ${figures}`);
    channelSaid.textContent = `Channel ${channel} (of 0 to ${get("maps").count - 1}): ${figures}.`;
    [...grid.children].forEach((button, i) => {
      button.setAttribute("aria-pressed", i === channel);
      button.tabIndex = i === channel ? 0 : -1;
    });
  });

  // --- controls -----------------------------------------------------------------------------

  // A network and a scale for which it is trained, in one message.
  const chosen = {
    get,
    set: (_, network) => {
      const scales = get("networks")[network];
      if (!scales.includes(get("scale"))) model.set("scale", scales[0]);
      model.set("network", network);
    },
    save_changes: () => model.save_changes(),
    on: (event, show) => model.on(event, show),
  };
  const networks = selectFor(chosen, "network", "Network", Object.keys(get("networks")));
  const scales = selectFor(model, "scale", "Scale", []);
  const fillScales = () => scales.fill(get("networks")[get("network")].map((s) => [s, `×${s}`]));
  fillScales();

  // The layer's name beside the slider changes with the network too.
  const numbered = {
    get,
    set: (name, value) => model.set(name, value),
    save_changes: () => model.save_changes(),
    on: (_, show) => model.on("change:layer change:layers", show),
  };
  const layer = sliderFor(numbered, "layer", "Layer", { min: 0, max: last(), words: (i) => get("layers")[i].join("  ") });
  const slider = layer.querySelector("input");
  model.on("change:layers", () => {
    slider.max = last();
    slider.value = get("layer");
  });

  model.on("change:network", fillScales);
  model.on("change:source change:photo", drawPhoto);
  model.on("change:maps change:layers", drawMaps);
  model.on("change:enlarged", drawMap);

  photo.node.classList.add("sr-small");
  root.append(el("div", { class: "sr-widget sr-feature-maps" },
    photoPicker(model),
    el("div", { class: "sr-row" }, networks, scales),
    el("div", { class: "sr-sliders" }, layer),
    layerSaid,
    el("div", { class: "sr-columns" }, grid, el("div", { class: "sr-facts" }, map.node, channelSaid, photo.node)),
    el("p", {}, "The arrow keys on the slider go from layer to layer. Click a map, or focus one, go on by the arrow keys and press Enter, to enlarge it.")));
  drawPhoto();
  drawMaps();
}

export default { render };
