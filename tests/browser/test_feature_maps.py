"""FeatureMaps in a notebook of its own, by mouse and by keys."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from srcourse import zoo
from srcourse.widgets import FeatureMaps
from tests.browser.test_model_compare import drawn, opened

WAIT = 30_000  # milliseconds
TRAINED = {name: scales[0] for name, scales in zoo.trained().items()}
NETWORK = next(iter(TRAINED))
CELL = f"""\
from srcourse.widgets import FeatureMaps
FeatureMaps({NETWORK!r}, {TRAINED[NETWORK]}, "coffee")"""


@pytest.fixture(scope="module")
def lesson(lab, browser):
    with opened(lab, browser, "feature_maps", CELL) as found:
        yield found


def shows(widget, python: FeatureMaps, **change) -> None:
    """After `change` the page has what Python has: names, figures, the grid and the large map."""
    for name, value in change.items():
        setattr(python, name, value)
    held = python.held()
    said = widget.get_by_role("status").filter(has_text=python.enlarged["figures"])
    said.wait_for(timeout=WAIT)
    assert said.inner_text().startswith(f"Channel {python.channel} (of 0 to ")
    name, kind, shape = python.layers[python.layer]
    where = f"Layer {python.layer} (of 0 to {len(python.layers) - 1}): {name}, {kind}, {shape}."
    zero = "mid grey is 0" if held.signed else "black is 0 or less"
    widget.get_by_text(where).filter(has_text=zero).wait_for(timeout=WAIT)
    slider = widget.get_by_label("Layer", exact=True)
    assert slider.get_attribute("aria-valuetext") == f"{name}  {kind}  {shape}"
    assert slider.get_attribute("max") == str(len(python.layers) - 1)
    widget.page.wait_for_timeout(50)  # a frame
    grid = widget.get_by_role("group", name=f"the channels of {name};")
    buttons = grid.get_by_role("button")
    assert buttons.count() == python.maps["count"] == len(held.levels)
    tiles = np.frombuffer(python.maps["tiles"], np.uint8)
    tiles = tiles.reshape(-1, python.maps["height"], python.maps["width"]).astype(int)
    for channel in {0, python.channel, len(tiles) - 1}:
        shown = drawn(buttons.nth(channel).locator("canvas"))[..., 0]
        assert abs(shown - tiles[channel]).max() <= 1  # another process may round otherwise
    pressed = grid.get_by_role("button", pressed=True)
    assert pressed.count() == 1
    assert pressed.get_attribute("aria-label") == f"channel {python.channel}"
    large = widget.get_by_role("img", name=f"channel {python.channel} of {name}, ")
    assert abs(drawn(large)[..., 0] - held.levels[python.channel].astype(int)).max() <= 1
    assert python.enlarged["figures"] in large.get_attribute("aria-label")
    photo = widget.get_by_role("img", name=f"the photograph {python.photo},")
    assert np.array_equal(drawn(photo), python.pixels)


def test_layers_and_channels_follow_mouse_and_keys(lesson):
    widget, page = lesson.widget("feature-maps"), lesson.page
    python = FeatureMaps(NETWORK, TRAINED[NETWORK], "coffee")
    shows(widget, python)
    slider = widget.get_by_label("Layer", exact=True)
    slider.focus()
    page.keyboard.press("ArrowRight")
    shows(widget, python, layer=1)
    page.keyboard.press("End")
    shows(widget, python, layer=len(python.layers) - 1)
    page.keyboard.press("Home")
    shows(widget, python, layer=0)

    # From map to map by the arrow keys; Enter enlarges. A grid that is one stop for Tab.
    widest = max(range(len(python.layers)), key=lambda i: int(python.layers[i][2].split()[0]))
    for _ in range(widest):
        slider.press("ArrowRight")
    shows(widget, python, layer=widest)
    slider.focus()
    page.keyboard.press("Tab")
    focused = "() => document.activeElement.getAttribute('aria-label')"
    assert page.evaluate(focused) == "channel 0"
    for key in ("ArrowRight", "ArrowRight", "ArrowLeft"):
        page.keyboard.press(key)
    assert page.evaluate(focused) == "channel 1"
    shows(widget, python)  # not yet
    page.keyboard.press("Enter")
    shows(widget, python, channel=1)
    page.keyboard.press("ArrowDown")
    below = widget.locator(":focus")
    upper = widget.get_by_role("button", name="channel 1", exact=True)
    assert below.bounding_box()["x"] == upper.bounding_box()["x"]
    assert below.bounding_box()["y"] > upper.bounding_box()["y"]
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    shows(widget, python, channel=python.maps["count"] - 1)
    widget.get_by_role("button", name="channel 3", exact=True).click()
    shows(widget, python, channel=3)

    # Another photograph stays at the layer and the channel; so does the learner's own.
    widget.get_by_label("Photograph", exact=True).select_option("clock")
    shows(widget, python, photo="clock")
    buffer = BytesIO()
    mine = np.random.default_rng(0).integers(0, 256, (40, 50, 3), np.uint8)
    Image.fromarray(mine).save(buffer, "PNG")
    own = {"name": "mine.png", "mimeType": "image/png", "buffer": buffer.getvalue()}
    widget.get_by_label("or your own").set_input_files(own)
    shows(widget, python, upload={"name": "mine.png", "data": buffer.getvalue()})
    widget.get_by_label("or your own").set_input_files(own | {"buffer": b"no picture"})
    widget.get_by_role("alert").filter(has_text="not a picture").wait_for(timeout=WAIT)
    shows(widget, python)


def test_every_network_can_be_walked_through(lesson):
    widget = lesson.widget("feature-maps")
    widget.get_by_label("Photograph", exact=True).select_option("chelsea")
    menu = widget.get_by_label("Network", exact=True)
    assert menu.locator("option").all_inner_texts() == list(TRAINED)
    scale = int(widget.get_by_label("Scale", exact=True).input_value())
    for name in (*list(TRAINED)[1:], NETWORK):
        menu.select_option(name)
        scales = zoo.trained()[name]
        scale = scale if scale in scales else scales[0]
        python = FeatureMaps(name, scale, "chelsea")
        shows(widget, python)
        offered = widget.get_by_label("Scale", exact=True).locator("option").all_inner_texts()
        assert offered == [f"×{s}" for s in scales]
        widget.get_by_label("Layer", exact=True).press("End")
        shows(widget, python, layer=len(python.layers) - 1)
    for scale in zoo.trained()[NETWORK]:
        widget.get_by_label("Scale", exact=True).select_option(str(scale))
        shows(widget, python, scale=scale)
