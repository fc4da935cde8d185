// Widgets that live in a page without a kernel: the course's own browser modules, on a small model
// that does for them what Python does in the course. docs/live.py writes what is fetched here.
(() => {
  const folder = new URL("live/", document.currentScript.src);
  const known = new Map();

  function entry(name) {
    if (!known.has(name)) {
      const one = {};
      one.value = new Promise((resolve, reject) => Object.assign(one, { resolve, reject }));
      known.set(name, one);
    }
    return known.get(name);
  }
  window.srcourseLive = (name, value) => entry(name).resolve(value);

  /** What `live/{name}.js` holds. A script, because a page opened from a disk may fetch nothing else. */
  function fetched(name) {
    const one = entry(name);
    if (!one.script) {
      one.script = document.createElement("script");
      one.script.src = new URL(`${name}.js`, folder);
      one.script.onerror = () => one.reject(new Error(`${name} is missing`));
      document.head.append(one.script);
    }
    return one.value;
  }

  /** A widget's traits, and who wants to know of their changes. */
  class Model {
    constructor(state) {
      this.state = state;
      this.listeners = {};
    }
    get(name) {
      return this.state[name];
    }
    set(name, value) {
      this.update({ [name]: value });
    }
    /** Several traits at once: who hears of one finds all of them changed. */
    update(values) {
      const changed = Object.keys(values).filter((name) => !Object.is(this.state[name], values[name]));
      Object.assign(this.state, values);
      for (const name of changed) for (const listener of this.listeners[`change:${name}`] ?? []) listener();
    }
    on(events, listener) {
      for (const event of events.split(" ")) (this.listeners[event] ??= []).push(listener);
    }
    save_changes() {}
  }

  /** The RGB bytes of a picture that can be drawn, at a size, over white. */
  function bytes(picture, width, height) {
    const canvas = Object.assign(document.createElement("canvas"), { width, height });
    const pen = canvas.getContext("2d");
    pen.imageSmoothingQuality = "high";
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, width, height);
    pen.drawImage(picture, 0, 0, width, height);
    const rgba = pen.getImageData(0, 0, width, height).data;
    const rgb = new Uint8Array(3 * width * height);
    for (let from = 0, to = 0; from < rgba.length; from += 4, to += 3) rgb.set(rgba.subarray(from, from + 3), to);
    return new DataView(rgb.buffer);
  }

  async function picture(url, width, height) {
    const image = new Image();
    image.src = url;
    await image.decode();
    return bytes(image, width, height);
  }

  const OWN = "your own";
  const LONGEST = 256; // pixels a side, as PhotoWidget has it

  async function photograph(model) {
    const photo = model.get("photo");
    if (photo === OWN) return;
    const { height, width, picture: url } = await fetched(photo);
    const source = await picture(url, width, height);
    if (model.get("photo") === photo) model.update({ height, width, source, message: "" });
  }

  async function ownPhotograph(model) {
    try {
      const image = await createImageBitmap(new Blob([model.get("upload").data]));
      const scale = Math.min(1, LONGEST / Math.max(image.height, image.width));
      const [height, width] = [image.height, image.width].map((n) => Math.ceil(n * scale - 1e-9));
      model.update({ photo: OWN, height, width, source: bytes(image, width, height), message: "" });
    } catch {
      model.set("message", "your browser cannot read this file as a picture");
    }
  }

  async function enlargement(model, side) {
    const wanted = () => [model.get("photo"), model.get(side), model.get("scale")].join("-");
    const name = wanted();
    model.set(`${side}_shown`, {});
    const { picture: url, ...shown } = await fetched(name);
    shown.pixels = await picture(url, shown.width, shown.height);
    if (wanted() === name) model.set(`${side}_shown`, { ...shown, photo: model.get("photo") });
  }

  function otherPhotograph(model) {
    const [height, width] = model.get("sizes")[model.get("photo")];
    model.update({ height, width, row: (height - 1) / 2, col: (width - 1) / 2 });
  }

  // What Python would do, by widget.
  const KERNELS = {
    ConvolutionStepper: async () => {},
    KernelExplorer: async (model) => {
      await photograph(model);
      model.on("change:photo", () => photograph(model));
      model.on("change:upload", () => ownPhotograph(model));
    },
    ModelCompare: async (model) => {
      const [height, width] = model.get("sizes")[model.get("photo")];
      model.update({ height, width, left_shown: {}, right_shown: {} });
      model.on("change:photo", () => otherPhotograph(model));
      for (const side of ["left", "right"]) {
        enlargement(model, side);
        model.on(`change:${side} change:scale change:photo`, () => enlargement(model, side));
      }
    },
  };

  async function enliven(place) {
    const name = place.dataset.widget;
    const { module, style } = await fetched(name);
    if (!document.querySelector(`style[data-widget="${name}"]`)) {
      const sheet = Object.assign(document.createElement("style"), { textContent: style });
      sheet.dataset.widget = name;
      document.head.append(sheet);
    }
    const address = URL.createObjectURL(new Blob([module], { type: "text/javascript" }));
    const { default: widget } = await import(address);
    URL.revokeObjectURL(address);
    const model = new Model(JSON.parse(place.dataset.state));
    await KERNELS[name](model);
    const root = document.createElement("div");
    widget.render({ model, el: root });
    place.prepend(root);
    place.classList.add("sr-alive");
    // The snapshot stood for what is here now.
    for (const image of place.closest(".cell_output")?.querySelectorAll("img") ?? []) image.hidden = true;
  }

  const seen = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      seen.unobserve(target);
      enliven(target.querySelector(".sr-live"));
    }
  }, { rootMargin: "600px" });
  for (const place of document.querySelectorAll(".sr-live")) seen.observe(place.closest(".cell_output"));
})();
