import numpy as np

from srcourse.widgets import NeuronExplorer
from srcourse.widgets.neuron_explorer import CELLS, landscape

MARGIN = 24  # left of a picture, for its axis; all in CSS pixels, two of the canvas each
# The colour in the middle of each of the landscape's cells, RGBA, row by row.
CELL_COLOURS = f"""canvas => {{
  const {{ data, width }} = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  const middle = (i) => 6 * i + 3;
  const out = [];
  for (let row = 0; row < {CELLS}; row++) for (let col = 0; col < {CELLS}; col++) {{
    const at = 4 * (middle(row) * width + {2 * MARGIN} + middle(col));
    out.push(...data.subarray(at, at + 4));
  }}
  return out;
}}"""


def numbers(python: NeuronExplorer) -> str:
    """How the widget's status begins."""
    found, steps = python.now(), len(python.path) - 1
    text = (
        f"After {steps} step{'' if steps == 1 else 's'}: E = {found.E:.4f}, "
        f"dE/dw = {found.dE_dw:.4f}, dE/db = {found.dE_db:.4f}."
    )
    return text.replace("-0.0000", "0.0000").replace("-", "−")


def test_browser_and_python_learn_alike_and_follow_mouse_and_keys(open_lesson):
    lesson = open_lesson("02_neurons_and_gradients")
    page = lesson.page
    widget = lesson.widget("neuron-explorer")
    response, ground, errors = (widget.locator("canvas").nth(i) for i in range(3))
    weight, bias = widget.get_by_label("Weight w"), widget.get_by_label("Bias b")
    one = widget.get_by_role("button", name="One gradient step")
    ten = widget.get_by_role("button", name="Ten gradient steps")

    def expect(python: NeuronExplorer) -> None:
        widget.get_by_text(numbers(python)).wait_for(timeout=5000)
        assert abs(float(weight.input_value()) - np.clip(python.weight, -3, 3)) <= 0.026
        assert abs(float(bias.input_value()) - np.clip(python.bias, -3, 3)) <= 0.026
        cells = widget.get_by_role("row").last.locator("td").all_inner_texts()
        means = [python.now().E, python.now().dE_dw, python.now().dE_db]
        shown = [float(cells[i].replace("−", "-")) for i in (5, 8, 9)]
        assert np.allclose(shown, means, atol=0.00051)

    # Steps by mouse and by keys: pictures, sliders and numbers follow.
    python = NeuronExplorer()
    expect(python)
    before = [canvas.evaluate("c => c.toDataURL()") for canvas in (response, ground, errors)]
    one.click()
    python.step()
    expect(python)
    for canvas, old in zip((response, ground, errors), before, strict=True):
        assert canvas.evaluate("c => c.toDataURL()") != old
    ten.focus()
    page.keyboard.press("Enter")
    python.step(10)
    expect(python)
    widget.get_by_label("Learning rate").select_option("0.3")
    one.click()
    python.rate = 0.3
    python.step()
    expect(python)
    assert "from 5.1107 to" in errors.get_attribute("aria-label")

    # The last point's row of arithmetic, chosen by keys, then the first by mouse.
    response.focus()
    for _ in range(6):
        page.keyboard.press("ArrowRight")
    widget.get_by_text("Point 7: z =").wait_for(timeout=5000)
    chosen = widget.locator("tr:has(td.sr-on) td").all_inner_texts()
    found = python.now()
    expected = [7, 2.4, 1.35, found.z[6], found.a[6], found.error[6], found.dE_da[6]]
    expected += [found.da_dz[6], found.dE_da[6] * found.da_dz[6] * 2.4]
    expected += [found.dE_da[6] * found.da_dz[6]]
    shown = [float(text.replace("−", "-")) for text in chosen]
    assert np.allclose(shown, expected, atol=0.00051)
    response.hover(position={"x": MARGIN + 60, "y": 60})
    widget.get_by_text("Point 1: z =").wait_for(timeout=5000)

    # Moved by hand, it starts anew there: slider, landscape by mouse, landscape by keys.
    weight.focus()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    python.path = [[-2.95, python.bias]]
    expect(python)
    widget.get_by_role("button", name="Back to the start").click()
    expect(python)
    side = ground.bounding_box()["width"] - MARGIN
    ground.click(position={"x": MARGIN + 0.75 * side, "y": 0.25 * side})
    page.wait_for_timeout(300)
    clicked = [float(f.get_attribute("aria-valuetext").replace("−", "-")) for f in (weight, bias)]
    assert np.allclose(clicked, [1.5, 1.5], atol=0.05)
    python.path = [clicked]
    expect(python)
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowDown")
    python.path = [[clicked[0] - 0.1, clicked[1] - 0.1]]
    expect(python)

    # Every activation on every kind of data: the same landscape, the same numbers after steps.
    weight.fill("1")
    bias.fill("-0.5")
    for data, activation, rate in (
        ("switch", "sigmoid", 3.0),
        ("switch", "step", 1.0),
        ("two arms", "relu", 0.1),
        ("line", "tanh", 0.3),
    ):
        widget.get_by_label("Data").select_option(data)
        widget.get_by_label("Activation f").select_option(activation)
        widget.get_by_label("Learning rate").select_option(f"{rate:g}")
        ten.click()
        ten.click()
        python = NeuronExplorer(data, activation, 1, -0.5, rate)
        python.step(20)
        expect(python)
        flat = widget.get_by_text("The slope is zero").count()
        assert flat == (activation == "step")
        browser = np.array(ground.evaluate(CELL_COLOURS)).reshape(CELLS, CELLS, 4)[..., :3]
        difference = abs(browser - landscape(python.sets[data], activation).astype(int)).max(axis=2)
        # All but the axes' rim, and the path with its discs, which is drawn over the ground.
        inside = difference[1:-1, 1:-1]
        spots = (np.array(python.path) * [1, -1] + 3) * (CELLS / 6) - 1.5
        rows, cols = np.indices(inside.shape)
        for col, row in spots:
            inside = np.where(np.hypot(rows - row, cols - col) < 4, 0, inside)
        assert (inside > 1).sum() <= 60, "the ground differs elsewhere than along the path"

    # A rate that is too large: it says so, and stays a number.
    widget.get_by_label("Activation f").select_option("identity")
    widget.get_by_label("Learning rate").select_option("1")
    ten.click()
    ten.click()
    widget.get_by_text("It has run away").wait_for(timeout=5000)
    assert "NaN" not in widget.inner_text()
    assert "Infinity" not in widget.inner_text()
    assert lesson.errors == []
