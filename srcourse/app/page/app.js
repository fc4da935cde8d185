// The page's state, and how it is shown. What was chosen is kept for each kind, picture and video.

import { Player } from "./player.js";
import { Lost, Refused, Unreadable, drop, enhance, offer } from "./server.js";
import { Viewer, load, sizeOf } from "./viewer.js";
import { brief, bytes, duration, el, megapixels, pixels } from "./words.js";

const $ = (id) => document.getElementById(id);
const [steps, bar, stage] = [$("steps"), $("bar"), $("stage")];
const viewer = new Viewer(stage, $("tools"));
const player = new Player($("tools"));
const touch = matchMedia("(hover: none)");
const A = { picture: "a picture", video: "a video" };
const KIND_OF = { image: "picture", video: "video" }; // by the first half of a file's type
const FIRST = { picture: "edsr-mini", video: "fsrcnn" }; // the models to begin with, where the server has them

const state = {
  models: [],
  limits: {},
  kind: "picture",
  // Of each: model and scale that are chosen; file with its url, media and size; its result; the
  // task that failed and can be tried again.
  picture: {},
  video: {},
  phase: "loading", // "loading", "absent" (no server), "idle" or "working"
  step: null, // of the work: {step, share, seconds, wait}
  said: "", // the last thing worth saying
  problem: "",
  picked: false, // whether the user chose a model
  stop: null, // the running work's AbortController
};

const slot = () => state[state.kind];
const modelOf = (name) => state.models.find((model) => model.name === name);
const working = () => state.phase === "working";

// --- choosing ---------------------------------------------------------------------------------

async function begin() {
  Object.assign(state, { phase: "loading", problem: "" });
  draw();
  try {
    Object.assign(state, await offer(), { phase: "idle" });
    chooseKind(state.kind);
  } catch (error) {
    if (!(error instanceof Lost || error instanceof Refused)) throw error;
    state.phase = "absent";
    state.problem = error instanceof Lost ? "The server cannot be reached." : inWords(error.message);
  }
  draw();
}

/** Take a model for the kind at hand; the scale stays where the model has it. */
function chooseModel(name) {
  const { scales } = modelOf(name);
  const mine = slot();
  Object.assign(mine, { model: name, scale: scales.includes(mine.scale) ? mine.scale : scales[0] });
}

function chooseKind(kind) {
  const { model, scale } = slot();
  state.kind = kind;
  if (slot().model) return;
  const able = state.models.filter((one) => one.kinds.includes(kind));
  const wanted = [state.picked && model, FIRST[kind], able[0].name];
  slot().scale = scale;
  chooseModel(wanted.find((name) => able.includes(modelOf(name))));
}

/** Something new was chosen: what was said before is over. */
function turn() {
  Object.assign(state, { said: "", problem: "" });
}

// --- taking a file ----------------------------------------------------------------------------

let taking = 0; // counts, so that the last file wins

/** What is wrong with a file before it is opened, in one sentence, or "". */
function objection(file) {
  const type = file.type.split("/")[0];
  if (!file.size) return `${brief(file.name)} is empty.`;
  if (type && !(type in KIND_OF)) return `${brief(file.name)} is neither a picture nor a video.`;
  if (file.size > state.limits.bytes) {
    return `${brief(file.name)} has ${bytes(file.size)}; the server takes at most ${bytes(state.limits.bytes)}.`;
  }
  return "";
}

/** What the server will not take of a file that is opened, at the scale that is chosen; or "". */
function tooMuch({ file, size, scale }, kind) {
  if (!size) return "";
  const { limits } = state;
  const area = size.width * size.height;
  const most = kind === "picture" ? Math.min(limits.pixels, limits.enlarged / scale ** 2) : limits.frame / scale ** 2;
  if (area > most) {
    const at = scale > 1 ? ` at ×${scale}` : "";
    return `${brief(file.name)} has ${pixels(size)} pixels, ${megapixels(area)}; the server takes at most ${megapixels(most)}${at}.`;
  }
  if (kind === "video" && size.seconds > limits.seconds) {
    return `${brief(file.name)} lasts ${duration(size.seconds)}; the server takes at most ${duration(limits.seconds)}.`;
  }
  return "";
}

async function take(file) {
  if (!file || !state.models.length) return;
  const mine = (taking += 1);
  turn();
  if (working()) {
    state.problem = "One at a time: please wait for this one, or cancel it.";
    return draw();
  }
  state.problem = objection(file);
  if (state.problem) return draw();

  const kind = KIND_OF[file.type.split("/")[0]] ?? state.kind;
  const url = URL.createObjectURL(file);
  const media = await load(kind, url);
  if (mine !== taking || working()) {
    URL.revokeObjectURL(url);
    return;
  }
  if (kind !== state.kind) {
    chooseKind(kind);
    state.said = `${brief(file.name)} is ${A[kind]}, so that is chosen now.`;
  }
  forget(slot());
  Object.assign(slot(), { file, url, media, size: media && sizeOf(media), result: null, task: null });
  draw();
}

/** Let go of a file and its result. */
function forget({ url, result }) {
  for (const old of [url, result?.url]) if (old) URL.revokeObjectURL(old);
}

// --- the work ---------------------------------------------------------------------------------

async function start() {
  if (state.phase === "absent") return begin();
  const [mine, kind] = [slot(), state.kind];
  const { model, scale, file } = mine;
  const again = mine.task?.model === model && mine.task?.scale === scale;
  const task = again ? mine.task : { kind, model, scale, file };
  const stop = new AbortController();
  turn();
  Object.assign(mine, { task });
  Object.assign(state, { phase: "working", step: { step: "reading", share: 0 }, stop });
  draw();
  try {
    const { blob, name, seconds } = await enhance(task, (step) => {
      state.step = step;
      draw();
    }, stop.signal);
    const url = URL.createObjectURL(blob);
    const media = await load(kind, url);
    if (mine.result) URL.revokeObjectURL(mine.result.url);
    drop(task.id); // it is here now
    mine.result = { blob, url, name, seconds, model, scale, media, size: media && sizeOf(media) };
    mine.task = null;
    const now = media ? `, ${pixels(sizeOf(media))} pixels` : "";
    state.said = `Done in ${duration(seconds)}${now}.${mine.media && media ? " Move the line to compare." : ""}`;
  } catch (error) {
    if (error === stop.signal.reason) {
      if (task.id !== undefined) drop(task.id);
      mine.task = null;
      state.said = `Cancelled. ${brief(file.name)} is still here.`;
    } else {
      state.problem = sentence(error, file);
    }
  } finally {
    Object.assign(state, { phase: "idle", step: null, stop: null });
    draw();
  }
}

function sentence(error, file) {
  if (error instanceof Lost) return `The server has gone away; ${brief(file.name)} is still here.`;
  if (error instanceof Unreadable) return `${brief(file.name)} can no longer be read. Please choose it again.`;
  if (error instanceof Refused && error.status === 404) {
    return `The server no longer knows this job; ${brief(file.name)} is still here.`;
  }
  if (error instanceof Refused) return inWords(error.message, file);
  throw error;
}

/** The server's sentence for people: DATA is what its programs call the file. */
function inWords(sentence, file) {
  const named = sentence.replace(/\bDATA\b/g, () => brief(file.name));
  const begun = file && named.startsWith(brief(file.name)) ? named : named[0].toUpperCase() + named.slice(1);
  return /[.!?…]$/.test(begun) ? begun : `${begun}.`;
}

async function share() {
  const { blob, name } = slot().result;
  try {
    await navigator.share({ files: [new File([blob], name, { type: blob.type })] });
  } catch (error) {
    if (error.name === "AbortError") return; // the user thought better of it
    state.problem = "Sharing did not work here. Save does.";
    draw();
  }
}

// --- showing it -------------------------------------------------------------------------------

/** Set a text only where it changes, so that a screen reader hears it once. */
function say(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

function draw() {
  const mine = slot();
  drawSteps(mine);
  drawBar(mine);
  drawViewer(mine);
}

function drawSteps(mine) {
  const menu = $("model");
  const able = (model) => model.kinds.includes(state.kind);
  const only = (model) => (able(model) ? model.title : `${model.title} (${model.kinds.join()}s only)`);
  menu.disabled = !state.models.length;
  if (state.models.length) {
    if (menu.options.length !== state.models.length || !menu.value) {
      menu.replaceChildren(...state.models.map(({ name }) => el("option", { value: name })));
    }
    state.models.forEach((model, i) => {
      menu.options[i].disabled = !able(model);
      say(menu.options[i], only(model));
    });
    menu.value = mine.model;
  }
  const model = modelOf(mine.model);
  say($("note"), model?.note ?? "");
  drawScales(model?.scales ?? [], mine.scale);
  for (const radio of steps.querySelectorAll("[name=kind]")) {
    radio.checked = radio.value === state.kind;
    radio.disabled = !state.models.some(({ kinds }) => kinds.includes(radio.value));
  }
  const choose = mine.file ? `Another ${state.kind}` : `Choose ${A[state.kind]}`;
  const record = state.kind === "picture" ? "Camera: take a photo" : "Camera: record a video";
  for (const [id, text, short] of [["file", choose, choose], ["camera", record, "Camera"]]) {
    $(id).accept = state.kind === "picture" ? "image/*" : "video/*";
    $(id).setAttribute("aria-label", text);
    $(id).disabled = !state.models.length;
    say($(`${id}-name`), short);
  }
  steps.inert = working();
}

function drawScales(scales, chosen) {
  const place = $("scales");
  if (place.dataset.scales !== String(scales)) {
    place.dataset.scales = scales;
    const choice = (scale) => el("label", {},
      el("input", { type: "radio", name: "scale", value: scale }), el("span", {}, scale === 1 ? "The size stays" : `×${scale}`));
    place.replaceChildren(...scales.map(choice));
  }
  for (const radio of place.querySelectorAll("input")) radio.checked = Number(radio.value) === chosen;
}

/** What the work is at, in words. It does not count, so that a screen reader is not flooded. */
function stepInWords({ step, wait }, { file, task }) {
  return {
    reading: `Reading ${brief(file.name)} …`,
    sending: `Sending ${brief(file.name)} to the server …`,
    busy: `The server is busy. It is asked again in ${wait}\u00a0s.`,
    queued: "Waiting for its turn …",
    running: `At work: ${modelOf(task.model).title} …`,
    lost: "The server does not answer. Trying to find it again …",
    fetching: "Fetching the result …",
  }[step];
}

/** Beside it, what counts. */
function detailInWords({ step, share, seconds }) {
  if (step === "busy") return `${Math.ceil(seconds)} s`;
  if (share === null) return seconds >= 1 ? duration(seconds) : "";
  const left = step === "running" && share > 0.05 ? (seconds * (1 - share)) / share : null;
  return `${Math.round(100 * share)} %${left === null ? "" : `, about ${duration(left)} left`}`;
}

function invitation({ file, model, scale, result }) {
  if (state.phase === "loading") return "Asking the server for its models …";
  if (state.phase === "absent") return "";
  if (!file) return `Choose ${A[state.kind]} to begin.`;
  if (result && outdated(slot())) return `The same ${state.kind} again, with ${named({ model, scale })}?`;
  return `${brief(file.name)} is ready.`;
}

const named = ({ model, scale }) => (scale === 1 ? model : `${model} ×${scale}`);
const outdated = ({ result, model, scale }) => result.model !== model || result.scale !== scale;

function drawBar(mine) {
  const { step } = state;
  const detail = step ? detailInWords(step) : "";
  const excess = tooMuch(mine, state.kind);
  const problem = state.problem || (step ? "" : excess);
  say($("problem"), problem);
  say($("status"), problem ? "" : step ? stepInWords(step, mine) : state.said || invitation(mine));
  say($("detail"), detail);
  const progress = $("progress");
  progress.classList.toggle("off", !step);
  progress.classList.toggle("unknown", step?.share === null);
  progress.firstChild.style.width = `${100 * (step?.share ?? 0)}%`;
  if (step && step.share !== null) progress.setAttribute("aria-valuenow", Math.round(100 * step.share));
  else progress.removeAttribute("aria-valuenow");
  progress.setAttribute("aria-valuetext", detail || "working");
  document.title = step ? `${detail ? `${detail} – ` : ""}Super-resolution` : "Super-resolution";

  const focused = document.activeElement;
  const { result } = mine;
  const failed = Boolean(state.problem) && (mine.task || state.phase === "absent");
  $("cancel").hidden = !step;
  $("start").hidden = Boolean(step) || Boolean(result && !outdated(mine) && !failed);
  $("start").disabled = state.phase !== "absent" && (!mine.file || Boolean(excess));
  say($("start"), failed ? "Try again" : mine.scale === 1 ? "Add colour" : `Enlarge${mine.scale ? ` ×${mine.scale}` : ""}`);
  $("save").hidden = !result || Boolean(step);
  $("save").classList.toggle("main", $("start").hidden);
  $("share").hidden = $("save").hidden || !shareable(result);
  if (result) Object.assign($("save"), { href: result.url, download: result.name });
  // Whoever works by keyboard is not thrown to the top when their button goes.
  const usable = (node) => !node.hidden && !node.disabled;
  if (bar.contains(focused) && !usable(focused)) ["cancel", "start", "save"].map($).find(usable)?.focus();
}

function shareable({ blob, name }) {
  return Boolean(navigator.canShare?.({ files: [new File([blob], name, { type: blob.type })] }));
}

function drawViewer(mine) {
  const { file, media, size, result } = mine;
  const after = result?.media ?? null;
  viewer.show(media ?? null, after, { before: "Before", after: result ? named(result) : "" });
  if (state.kind === "video") player.follow(media ?? null, after);
  else player.follow(null, null);
  $("drop").hidden = Boolean(media || after);
  say($("drop"), file
    ? `This browser cannot show ${brief(file.name)}, but perhaps the server can read it.`
    : touch.matches ? `Tap here to choose ${A[state.kind]}` : `Choose ${A[state.kind]}, or drop or paste it here`);
  $("tools").hidden = !(media || after);
  $("facts").hidden = !file;
  if (!file) return;
  const rows = [
    ["Pixels", size && pixels(size), result?.size && pixels(result.size)],
    ["Bytes", bytes(file.size), result && bytes(result.blob.size)],
    ["Time", "", result && duration(result.seconds)],
  ];
  if (state.kind === "video") {
    const length = (one) => one && Number.isFinite(one.seconds) && duration(one.seconds);
    rows.splice(2, 0, ["Length", length(size), length(result?.size)]);
  }
  const body = $("facts").tBodies[0];
  while (body.rows.length > rows.length) body.deleteRow(-1);
  rows.forEach(([name, before, now], i) => {
    const row = body.rows[i] ?? body.appendChild(el("tr", {}, el("th", { scope: "row" }), el("td"), el("td")));
    [name, before ?? "", now].forEach((text, j) => say(row.cells[j], text === "" ? "" : text || "–"));
  });
}

// --- what the user does -----------------------------------------------------------------------

steps.addEventListener("change", ({ target }) => {
  if (target.type === "file") {
    const file = target.files[0];
    take(file);
    target.value = ""; // so that the same file can be chosen again
    return;
  }
  if (target.id === "model") {
    state.picked = true;
    chooseModel(target.value);
  } else if (target.name === "scale") slot().scale = Number(target.value);
  else chooseKind(target.value);
  turn();
  draw();
});
steps.addEventListener("submit", (event) => event.preventDefault());
$("start").addEventListener("click", start);
$("cancel").addEventListener("click", () => state.stop.abort());
$("share").addEventListener("click", share);

const carriesFiles = (event) => event.dataTransfer?.types.includes("Files");
document.addEventListener("dragover", (event) => {
  if (!carriesFiles(event)) return;
  event.preventDefault();
  document.body.classList.add("dropping");
});
document.addEventListener("dragleave", (event) => {
  if (!event.relatedTarget) document.body.classList.remove("dropping");
});
document.addEventListener("drop", (event) => {
  document.body.classList.remove("dropping");
  if (!carriesFiles(event)) return;
  event.preventDefault();
  take(event.dataTransfer.files[0]);
});
document.addEventListener("paste", (event) => take(event.clipboardData.files[0]));
addEventListener("pagehide", (event) => {
  const id = slot().task?.id;
  if (working() && id !== undefined && !event.persisted) drop(id);
});

begin();
