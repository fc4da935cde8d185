// A question, a guess, then the answer beside it.

let predictions = 0;

function render({ model, el: root }) {
  const number = ++predictions;
  const verdict = readout();
  verdict.classList.add("sr-verdict");
  const commit = (guess) => {
    model.set("guess", guess);
    model.save_changes();
  };

  let form;
  if (model.get("choices").length) {
    const options = model.get("choices").map((choice) => {
      const radio = el("input", {
        type: "radio", name: `sr-predict-${number}`, value: choice,
        "data-lm-suppress-shortcuts": "true",
      });
      radio.checked = model.get("guess") === choice;
      return el("label", { class: "sr-field" }, radio, choice);
    });
    form = el("fieldset", { class: "sr-choices" },
      el("legend", {}, model.get("question")), ...options,
      el("button", {
        type: "button",
        click: () => {
          const chosen = form.querySelector("input:checked");
          if (chosen) commit(chosen.value);
        },
      }, "That is my guess"));
  } else {
    const input = el("input", {
      type: "text", inputmode: "decimal", size: 10,
      "aria-label": model.get("question"), "data-lm-suppress-shortcuts": "true",
      keydown: (event) => event.key === "Enter" && commit(input.value),
    });
    input.value = model.get("guess");
    form = el("div", {},
      el("p", {}, el("strong", {}, model.get("question"))),
      el("div", { class: "sr-row" }, input, model.get("unit"),
        el("button", { type: "button", click: () => commit(input.value) }, "That is my guess")));
  }
  const show = () => (verdict.textContent = model.get("verdict"));
  model.on("change:verdict", show);
  show();
  root.append(el("div", { class: "sr-widget sr-predict" }, form, verdict));
}

export default { render };
