// Pairs of pictures, one after the other. Which is which, only Python knows until the last answer.

const SIDES = { left: "←", right: "→" };
const SMALL = 200; // screen pixels of a picture's longer side in the review, as far as whole factors reach
const AROUND = 46; // screen pixels of the gap between two pictures and of what surrounds them

function render({ model, el: root }) {
  const get = (name) => model.get(name);
  const answer = (side) => model.send({ number: get("answered"), side });

  function picture(pair, side, alt) {
    const { buffer, byteOffset, byteLength } = pair[side];
    const canvas = el("canvas", { class: "sr-picture", role: "img", "aria-label": alt });
    drawRGB(canvas, new Uint8Array(buffer, byteOffset, byteLength), pair.width, pair.height);
    return canvas;
  }

  /** Each pixel as zoom × zoom of the screen's, a whole number. */
  function enlarge(canvas, zoom) {
    canvas.style.width = `${canvas.width * Math.max(1, Math.floor(zoom))}px`;
  }

  // --- the test -----------------------------------------------------------------------------

  const buttons = Object.fromEntries(Object.keys(SIDES).map((side) => [side, el("button", {
    type: "button", "data-lm-suppress-shortcuts": "true",
    click: (event) => {
      buttons[side].focus(); // Safari gives a clicked button no focus, and the arrow keys need it
      if (event.detail < 2) answer(side); // the second half of a double click would answer the next pair
    },
  })]));
  const both = el("div", {
    class: "sr-pair", role: "group", "aria-label": "The pair: choose with ← or →",
    keydown: (event) => {
      if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
      const side = { ArrowLeft: "left", ArrowRight: "right" }[event.key];
      // A key held down would answer all that follow.
      if (side && !event.repeat) answer(side);
      if (side || (event.repeat && event.key === "Enter")) event.preventDefault();
    },
  }, ...Object.values(buttons));
  const place = readout();
  const test = el("div", {}, both,
    el("p", {}, "Click a picture, or press ← or →. After the last pair you are told how you did; there is no way back."));

  function ask() {
    const pair = get("shown")[get("answered")];
    place.textContent = `Pair ${get("answered") + 1} of ${get("shown").length}`;
    for (const [side, arrow] of Object.entries(SIDES)) {
      const alt = `${side} picture, ${pair.width} × ${pair.height} pixels`;
      buttons[side].replaceChildren(picture(pair, side, alt), side === "left" ? `${arrow} left` : `right ${arrow}`);
    }
    fit();
  }

  /** As large as it may be, and as both fit beside each other. */
  function fit() {
    const pair = get("shown")[get("answered")];
    if (!pair) return;
    for (const canvas of both.querySelectorAll("canvas")) {
      enlarge(canvas, Math.min(pair.zoom, ((both.clientWidth || Infinity) - AROUND) / 2 / canvas.width));
    }
  }

  // --- the review ---------------------------------------------------------------------------

  const said = readout();
  said.classList.add("sr-verdict");
  const heading = el("h4", { tabindex: -1 }, "Your answers");
  const reviewed = el("ol");
  const save = el("button", {
    type: "button",
    click: () => {
      const address = URL.createObjectURL(new Blob([get("result").csv], { type: "text/csv;charset=utf-8" }));
      el("a", { href: address, download: `${get("key")}.csv` }).click();
      setTimeout(() => URL.revokeObjectURL(address), 1000);
    },
  }, "Save as CSV");
  const review = el("div", {}, heading,
    el("p", {}, "The correct ones are framed."), reviewed);

  function tell() {
    const { verdict, pairs } = get("result");
    place.textContent = `All ${pairs.length} pairs answered`;
    said.textContent = verdict;
    reviewed.replaceChildren(...pairs.map(({ name, chosen, first }, number) => {
      const pair = get("shown")[number];
      return el("li", {},
        el("div", {}, `${chosen === first ? "✓" : "✗"} ${name}: you chose ${chosen}; the correct one is on the ${first}`),
        el("div", { class: "sr-pair" }, ...Object.keys(SIDES).map((side) => {
          const canvas = picture(pair, side, `${name}, ${side}${side === first ? ", the correct answer" : ""}`);
          enlarge(canvas, SMALL / Math.max(pair.width, pair.height));
          canvas.classList.toggle("sr-first", side === first);
          return canvas;
        })));
    }));
  }

  // ------------------------------------------------------------------------------------------

  const again = el("button", { type: "button", click: () => model.send("again") }, "Start again with a new draw");

  function show() {
    const done = "verdict" in get("result");
    const held = test.contains(document.activeElement) ? "test" : document.activeElement === again ? "again" : "";
    test.hidden = done;
    review.hidden = save.hidden = !done;
    if (done) tell();
    else {
      said.textContent = "";
      reviewed.replaceChildren();
      ask();
    }
    if (done && held === "test") heading.focus();
    if (!done && held === "again") buttons.left.focus();
  }
  model.on("change:shown change:answered change:result", oncePerFrame(show));

  root.append(el("div", { class: "sr-widget sr-blind-choice" },
    el("h4", {}, get("question")), place, said, test,
    el("div", { class: "sr-row" }, save, again), review));
  show();
  const resized = new ResizeObserver(oncePerFrame(fit));
  resized.observe(both);
  return () => resized.disconnect();
}

export default { render };
