// One clip in two versions under a wipe. All frames come once; playing, stepping and the wipe are here.

const SIDES = ["left", "right"];
const VIEW = 640; // screen pixels of the picture's longer side, as far as whole factors reach

function render({ model, el: root }) {
  const get = (name) => model.get(name);
  const [height, width, count] = [get("height"), get("width"), get("count")];
  const fit = Math.max(1, Math.floor(VIEW / Math.max(height, width)));
  const keys = { "data-lm-suppress-shortcuts": "true" }; // else JupyterLab eats the arrow keys
  const canvas = el("canvas", { class: "sr-picture", role: "img", tabindex: 0, width: width * fit, height: height * fit, ...keys });
  const handle = el("div", {
    class: "sr-wipe", role: "slider", tabindex: 0, ...keys, "aria-label": "Wipe", "aria-valuemin": 0, "aria-valuemax": 100,
  });
  const halves = SIDES.map((side, n) => el("div", { class: `sr-side sr-${side}` }, el("span", {}, get("names")[n])));
  const stage = el("div", { class: "sr-wiped" }, canvas, ...halves, handle);
  const table = el("table", { class: "sr-grid", "aria-label": "the flicker of both" });
  const said = readout();
  const bitmaps = {}; // of each side its frames, decoded
  const seen = el("canvas", { width, height }); // a side's picture, unzoomed
  let playing = null; // when it began, and at which frame

  // --- playing ------------------------------------------------------------------------------

  function show(frame) {
    model.set("frame", (frame + count) % count);
  }

  function stop() {
    if (!playing) return;
    playing = null;
    model.save_changes(); // the kernel hears of it once, not 25 times a second
    tell();
  }

  function step(frame) {
    stop();
    show(frame);
    model.save_changes();
  }

  function toggle() {
    if (playing) return stop();
    if (!bitmaps.right) return; // not decoded yet
    playing = { since: performance.now(), from: get("frame") };
    tell();
    requestAnimationFrame(run);
  }

  function run(now) {
    if (!playing || !canvas.isConnected) return void (playing = null);
    show(playing.from + Math.floor((Math.max(0, now - playing.since) / 1000) * get("rate")));
    requestAnimationFrame(run);
  }

  // --- drawing ------------------------------------------------------------------------------

  function pixels(bitmap) {
    const pen = seen.getContext("2d", { willReadFrequently: true });
    pen.drawImage(bitmap, 0, 0);
    return pen.getImageData(0, 0, width, height);
  }

  /** What a side shows: its picture, or what changed since the frame before. */
  function picture(side) {
    const frame = get("frame");
    if (get("view") === "picture") return bitmaps[side][frame];
    const before = pixels(bitmaps[side][Math.max(frame - 1, 0)]).data;
    const image = pixels(bitmaps[side][frame]);
    const after = image.data;
    for (let i = 0; i < after.length; i += 4) {
      const luma = Math.abs(
        257 * (after[i] - before[i]) + 504 * (after[i + 1] - before[i + 1]) + 98 * (after[i + 2] - before[i + 2]));
      after[i] = after[i + 1] = after[i + 2] = Math.min(255, Math.floor((luma * get("gain")) / 1000));
    }
    seen.getContext("2d").putImageData(image, 0, 0);
    return seen;
  }

  /** Darken the blocks that do not rest between this frame and the one before. */
  function darken(pen) {
    const [block, rest] = [get("block"), bytesOf(model, "rest")];
    const [rows, columns] = [Math.floor(height / block), Math.floor(width / block)];
    const first = Math.max(get("frame") - 1, 0) * rows * columns;
    pen.fillStyle = "rgb(0 0 0 / 75%)";
    for (let n = 0; n < rows * columns; n++) {
      if (rest[first + n]) continue;
      pen.fillRect((n % columns) * block * fit, Math.floor(n / columns) * block * fit, block * fit, block * fit);
    }
  }

  const draw = oncePerFrame(() => {
    const wipe = get("wipe");
    const line = Math.round(wipe * canvas.width);
    const pen = canvas.getContext("2d");
    pen.imageSmoothingEnabled = false;
    if (bitmaps.right) {
      for (const [side, from, to] of [["left", 0, line], ["right", line, canvas.width]]) {
        pen.save();
        pen.beginPath();
        pen.rect(from, 0, to - from, canvas.height);
        pen.clip();
        pen.drawImage(picture(side), 0, 0, canvas.width, canvas.height);
        pen.restore();
      }
      if (get("dark")) darken(pen);
    }
    const share = Math.round(100 * wipe);
    const [left, right] = get("names");
    handle.style.left = `${100 * wipe}%`;
    handle.setAttribute("aria-valuenow", share);
    handle.setAttribute("aria-valuetext", `${share} % ${left}, ${100 - share} % ${right}`);
    Object.assign(halves[0].style, { left: 0, width: `${100 * wipe}%` });
    Object.assign(halves[1].style, { left: `${100 * wipe}%`, right: 0 });
    tell();
  });

  /** The figures. While it plays, a screen reader is not told of each frame. */
  function tell() {
    const frame = get("frame");
    const [left, right] = get("names");
    const of = (side) => get("figures")[side];
    const row = (text, left, right) => el("tr", {}, el("th", { scope: "row" }, text), el("td", {}, left), el("td", {}, right));
    table.replaceChildren(
      el("tr", {}, el("td"), el("th", { scope: "col" }, left), el("th", { scope: "col" }, right)),
      row("this frame", of("left").frames[frame], of("right").frames[frame]),
      row("mean of all", of("left").mean, of("right").mean));
    play.textContent = playing ? "Pause" : "Play";
    said.setAttribute("aria-live", playing ? "off" : "polite");
    said.textContent =
      `${playing ? "Playing" : "Paused"}: frame ${frame + 1} of ${count}, ${(frame / get("rate")).toFixed(2)} s.`;
    canvas.setAttribute("aria-label",
      `Frame ${frame + 1} of ${count}${get("view") === "change" ? ", its change from the frame before" : ""}. ` +
      `Left of the wipe: ${left}, flicker ${of("left").frames[frame]}. ` +
      `Right of it: ${right}, flicker ${of("right").frames[frame]}.`);
  }

  // --- controls -----------------------------------------------------------------------------

  const play = el("button", { type: "button", class: "sr-play", click: toggle }, "Play");
  const button = (text, label, click) => el("button", { type: "button", "aria-label": label, title: label, click }, text);
  const slider = sliderFor(model, "frame", "Frame", {
    min: 0, max: count - 1, words: (n) => `${n + 1} of ${count}, ${(n / get("rate")).toFixed(2)} s`,
  });
  slider.querySelector("input").addEventListener("input", stop);

  canvas.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === " ") { if (!event.repeat) toggle(); }
    else if (event.key === "ArrowLeft") step(get("frame") - 1);
    else if (event.key === "ArrowRight") step(get("frame") + 1);
    else if (event.key === "Home") step(0);
    else if (event.key === "End") step(count - 1);
    else return;
    event.preventDefault();
  });
  onDrag(model, handle, () => (event) => model.set("wipe", clamp(spotOn(canvas, event)[0] / canvas.width, 0, 1)));
  handle.addEventListener("keydown", (event) => {
    const arrow = arrowOf(event);
    const to = arrow ? get("wipe") + 0.02 * (arrow[1] - arrow[0]) : { Home: 0, End: 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    model.set("wipe", clamp(Math.round(100 * to) / 100, 0, 1));
    model.save_changes();
  });

  model.on("change:frame change:view change:dark change:wipe", draw);
  root.append(el("div", { class: "sr-widget sr-video-player" },
    el("div", { class: "sr-columns" }, stage,
      el("div", { class: "sr-facts" },
        said,
        el("p", {}, "Flicker: mean change since the frame before where the scene rests, in 8-bit levels."),
        table,
        el("div", { class: "sr-row" }, selectFor(model, "view", "Show", [
          ["picture", "the picture"], ["change", `what changed, × ${get("gain")}`]])),
        el("div", { class: "sr-row" }, checkboxFor(model, "dark", "Darken what moves")))),
    el("div", { class: "sr-row" },
      play, button("◂", "One frame back", () => step(get("frame") - 1)), button("▸", "One frame on", () => step(get("frame") + 1)), slider),
    el("p", {}, "Drag the line, or focus it and press the arrow keys, to wipe. Click the picture, and the space bar plays and pauses, ← and → step, Home and End go to the first frame and the last.")));
  draw();
  const decode = (side) => Promise.all(get("pictures")[side].map((view) =>
    createImageBitmap(new Blob([view], { type: "image/webp" }))));
  Promise.all(SIDES.map(decode)).then(([left, right]) => {
    Object.assign(bitmaps, { left, right });
    draw();
  });
  return () => void (playing = null);
}

export default { render };
