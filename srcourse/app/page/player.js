// Play, seek and sound for one video, or for two in step.

import { clamp, el } from "./words.js";

const STEP = 0.04; // seconds for an arrow key
const APART = 0.25; // seconds from which the second video jumps instead of hurrying

const clock = (seconds) => `${Math.floor(seconds / 60)}:${(seconds % 60).toFixed(1).padStart(4, "0")}`;

export class Player {
  /** `tools` is the element that gets the controls. */
  constructor(tools) {
    this.lead = this.other = null;
    this.loud = true;
    this.play = el("button", { type: "button", class: "play", click: () => this.#toggle() });
    this.sound = el("button", { type: "button", click: () => this.#sound() }, "Sound");
    this.seek = el("input", { type: "range", "aria-label": "Time", min: 0, step: STEP, input: () => this.#to(Number(this.seek.value)) });
    this.time = el("span", { class: "quiet time" });
    this.node = el("div", { class: "player", role: "group", "aria-label": "Playing", hidden: true },
      this.play, this.seek, this.time, this.sound);
    tools.prepend(this.node);
  }

  /** Lead the result, or the file while there is none; the other follows. Nulls: nothing to play. */
  follow(before, after) {
    const [lead, other] = [after ?? before, after && before];
    if (lead === this.lead && other === this.other) return;
    const [at, playing] = [this.lead?.currentTime ?? 0, this.lead ? !this.lead.paused : false];
    const same = this.lead && [lead, other].includes(this.lead); // the same clip, its result now beside it
    for (const video of [this.lead, this.other]) video?.pause();
    Object.assign(this, { lead, other });
    this.node.hidden = !lead;
    if (!lead) return;
    lead.onplay = lead.onpause = lead.ontimeupdate = lead.onseeked = () => this.#tell();
    lead.onended = () => {
      this.#to(0);
      this.#start();
    };
    if (other) {
      other.onplay = other.onpause = other.ontimeupdate = other.onseeked = other.onended = null;
      other.muted = true;
    }
    lead.muted = !this.loud;
    this.length = Number.isFinite(lead.duration) ? ` / ${clock(lead.duration)}` : "";
    this.seek.max = Number.isFinite(lead.duration) ? lead.duration : 0;
    this.seek.disabled = !Number.isFinite(lead.duration);
    if (same) this.#to(at);
    if (same && playing) this.#start();
    this.#tell();
  }

  #to(seconds) {
    for (const video of [this.lead, this.other]) if (video) video.currentTime = seconds;
    this.#tell();
  }

  #start() {
    for (const video of [this.lead, this.other]) video?.play().catch(() => {}); // paused again at once
    this.#keep();
  }

  #toggle() {
    if (this.lead.paused) {
      this.#start();
      return;
    }
    for (const video of [this.lead, this.other]) video?.pause();
    this.#to(this.lead.currentTime);
  }

  #sound() {
    this.loud = !this.loud;
    this.lead.muted = !this.loud;
    this.#tell();
  }

  /** While they play, the other hurries or waits until both show the same moment. */
  #keep() {
    const { lead, other } = this;
    if (!lead || lead.paused) return;
    if (other) {
      const late = lead.currentTime - other.currentTime;
      if (Math.abs(late) > APART) other.currentTime = lead.currentTime;
      else other.playbackRate = 1 + clamp(2 * late, -0.2, 0.2);
    }
    this.#tell();
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => this.#keep());
  }

  #tell() {
    const { lead } = this;
    if (!lead) return;
    this.play.textContent = lead.paused ? "Play" : "Pause";
    this.sound.setAttribute("aria-pressed", this.loud);
    this.seek.value = lead.currentTime;
    this.time.textContent = `${clock(lead.currentTime)}${this.length}`;
    this.seek.setAttribute("aria-valuetext", `${lead.currentTime.toFixed(1)} seconds`);
  }
}
