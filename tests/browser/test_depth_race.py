import re

import numpy as np
import pytest

from srcourse.widgets import DepthRace
from srcourse.widgets.depth_race import SIDE, STARTS, STEPS


@pytest.fixture(scope="module")
def lesson(open_lesson):
    return open_lesson("05_residual_networks", seconds=600)


@pytest.fixture
def race(lesson):
    """The widget, at the first step of its first race."""
    widget = lesson.widget("depth-race")
    choose(widget, "Layers", 32)
    choose(widget, "Norm and first weights", "batch norm")
    choose(widget, "Learning rate", 0.003)
    choose(widget, "Seed", 0)
    widget.get_by_role("button", name="Reset").click()
    widget.get_by_text(f"Step 0 of {STEPS}, 32 layers").wait_for(timeout=10_000)
    return widget


def choose(widget, label, value):
    widget.get_by_label(label).select_option(str(value))


def text(widget):
    return widget.locator(".sr-readout").inner_text()


def step(widget):
    return int(re.search(r"Step (\d+)", text(widget)).group(1))


def chart_colours(lesson, canvas):
    rgba = np.array(lesson.pixels(canvas)).reshape(-1, 4)
    blue, orange = ((0, 114, 178), (230, 159, 0))
    return [int((abs(rgba[:, :3] - colour).max(axis=1) < 3).sum()) for colour in (blue, orange)]


def in_words(value):
    """As the page writes it: two digits."""
    return f"{float(f'{value:.2g}'):g}"


def test_ten_steps_show_what_python_comes_to(lesson, race):
    canvases = race.locator("canvas")
    before = [lesson.pixels(canvases.nth(i)) for i in range(5)]
    race.get_by_role("button", name="10 steps").click()
    race.get_by_text(f"Step 10 of {STEPS}").wait_for(timeout=10_000)
    python = DepthRace()
    python.run(10)
    plain, residual = (python.losses[kind][-1] for kind in ("plain", "residual"))
    assert f"plain {in_words(plain)}, residual {in_words(residual)} (an even grey" in text(race)
    for i, name in enumerate(("photo", "plain", "residual")):
        shown = np.array(lesson.pixels(canvases.nth(i))).reshape(SIDE, SIDE, 4)[..., :3]
        expected = np.frombuffer(getattr(python, name), np.uint8).reshape(SIDE, SIDE, 3)
        assert abs(shown - expected.astype(int)).max() <= 1
    after = [lesson.pixels(canvases.nth(i)) for i in range(5)]
    assert [a != b for a, b in zip(before, after, strict=True)] == [False] + 4 * [True]
    curves, bars = (chart_colours(lesson, canvases.nth(i)) for i in (3, 4))
    assert min(curves + bars) > 100, "both networks are drawn in both charts"
    assert "after 10 steps" in canvases.nth(3).get_attribute("aria-label")
    assert in_words(plain) in canvases.nth(1).get_attribute("aria-label")


def test_start_and_pause_by_keyboard(lesson, race):
    button = race.get_by_role("button", name="Start")
    button.focus()
    lesson.page.keyboard.press("Enter")
    pause = race.get_by_role("button", name="Pause")
    pause.wait_for(timeout=5000)
    lesson.page.wait_for_timeout(1000)
    assert race.locator(".sr-readout").get_attribute("aria-live") == "off"
    lesson.page.keyboard.press("Space")
    race.get_by_role("button", name="Start").wait_for(timeout=5000)
    lesson.page.wait_for_timeout(300)
    stopped = step(race)
    assert 0 < stopped < STEPS
    lesson.page.wait_for_timeout(500)
    assert step(race) == stopped
    assert race.locator(".sr-readout").get_attribute("aria-live") == "polite"


def test_a_choice_by_keyboard_starts_anew_and_says_so(lesson, race):
    race.get_by_role("button", name="10 steps").click()
    race.get_by_text("Step 10 of").wait_for(timeout=10_000)
    race.get_by_label("Norm and first weights").focus()
    lesson.page.keyboard.press("ArrowDown")
    name = list(STARTS)[1]
    race.get_by_text(f"Step 0 of {STEPS}, 32 layers").wait_for(timeout=5000)
    gradient = DepthRace(32, name).gradients["plain"][0]
    assert f"gradient: plain {gradient:.1e}" in text(race)
    choose(race, "Layers", 8)
    race.get_by_text(f"Step 0 of {STEPS}, 8 layers").wait_for(timeout=5000)


def test_a_choice_stops_a_race_that_runs(lesson, race):
    race.get_by_role("button", name="Start").click()
    race.get_by_role("button", name="Pause").wait_for(timeout=5000)
    race.get_by_text(re.compile(r"Step [1-9]\d* of")).wait_for(timeout=5000)
    choose(race, "Seed", 3)
    race.get_by_text(f"Step 0 of {STEPS}").wait_for(timeout=5000)
    race.get_by_role("button", name="Start").wait_for(timeout=5000)
    lesson.page.wait_for_timeout(400)
    assert step(race) == 0


def test_to_the_end_and_a_reset(lesson, race):
    choose(race, "Layers", 4)
    race.get_by_text(f"Step 0 of {STEPS}, 4 layers").wait_for(timeout=5000)
    race.get_by_role("button", name="Start").click()
    race.get_by_text(f"Step {STEPS} of {STEPS}").wait_for(timeout=60_000)
    start = race.get_by_role("button", name="Start")
    start.wait_for(timeout=5000)
    assert start.is_disabled()
    race.get_by_role("button", name="Reset").click()
    race.get_by_text(f"Step 0 of {STEPS}").wait_for(timeout=5000)
    assert start.is_enabled()


def test_an_interrupt_of_the_kernel_stops_it(lesson, race):
    race.get_by_role("button", name="Start").click()
    race.get_by_role("button", name="Pause").wait_for(timeout=5000)
    lesson.page.evaluate(
        "() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.interrupt()"
    )
    race.get_by_role("button", name="Start").wait_for(timeout=5000)
    lesson.page.wait_for_timeout(300)
    stopped = step(race)
    assert stopped < STEPS
    lesson.page.wait_for_timeout(500)
    assert step(race) == stopped
    race.get_by_role("button", name="10 steps").click()  # the kernel lives
    race.get_by_text(f"Step {min(stopped + 10, STEPS)} of").wait_for(timeout=10_000)


def test_closed_it_stops(lesson, race):
    """The last of this file: it takes the widget away, and asks the kernel."""
    page = lesson.page
    race.get_by_role("button", name="Start").click()
    race.get_by_role("button", name="Pause").wait_for(timeout=5000)
    page.evaluate(
        """() => {
        const cells = window.jupyterapp.shell.currentWidget.content.widgets;
        cells.find((c) => c.model.sharedModel.source === 'DepthRace()').model.clearExecution();
    }"""
    )
    page.wait_for_function("() => !document.querySelector('.sr-depth-race')", timeout=5000)
    page.wait_for_timeout(500)
    steps = """async () => {
        const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
        let said = '';
        const future = kernel.requestExecute({code: `
from srcourse.widgets import DepthRace
print([(w.running, w.step) for w in Out.values() if isinstance(w, DepthRace)])`});
        future.onIOPub = (m) => { if (m.header.msg_type === 'stream') said += m.content.text; };
        await future.done;
        return said;
    }"""
    first = page.evaluate(steps)
    assert "True" not in first
    assert re.search(r"False, \d+", first)
    page.wait_for_timeout(500)
    assert page.evaluate(steps) == first
