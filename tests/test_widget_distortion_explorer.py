import numpy as np
import pytest
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

from srcourse import images
from srcourse.distortions import KINDS, distort, in_words
from srcourse.widgets import DistortionExplorer
from srcourse.widgets.distortion_explorer import BEGIN, POWERS


def set_strength(widget: DistortionExplorer, strength: float) -> None:
    widget.strengths = {**widget.strengths, widget.kind: strength}


def png(tmp_path, picture: np.ndarray) -> bytes:
    images.save(tmp_path / "own.png", picture)
    return (tmp_path / "own.png").read_bytes()


def upload(widget: DistortionExplorer, tmp_path, picture: np.ndarray) -> None:
    widget.upload = {"name": "own.png", "data": png(tmp_path, picture)}


def scores_are_true(widget: DistortionExplorer) -> None:
    """The figures against scikit-image, and the picture against the distortion itself."""
    strength = widget.strengths[widget.kind]
    expected = distort(widget.pixels, widget.kind, strength)
    assert widget.result == images.to_uint8(expected).tobytes()
    original = widget.pixels / 255
    found = widget.figures
    assert (found["kind"], found["amount"]) == (widget.kind, in_words(widget.kind, strength))
    decibels = peak_signal_noise_ratio(original, expected, data_range=1)
    assert found["psnr"] == pytest.approx(decibels)
    similar = structural_similarity(
        original, expected, data_range=1, gaussian_weights=True, use_sample_covariance=False,
        channel_axis=2,
    )  # fmt: skip
    assert found["ssim"] == pytest.approx(similar, abs=1e-6)


@pytest.mark.parametrize("kind", KINDS)
def test_picture_and_figures_of_each_kind(kind):
    widget = DistortionExplorer("chelsea", kind)
    scores_are_true(widget)
    assert 24 < widget.figures["psnr"] < 34  # where the slider begins
    before = widget.result
    set_strength(widget, BEGIN[kind] / 2)
    assert widget.result != before
    scores_are_true(widget)
    assert (widget.held, widget.note) == (None, "")


@pytest.mark.parametrize("kind", KINDS)
def test_the_useful_range_has_room_on_the_slider(kind):
    places = {}
    for decibels in (22, 42):
        widget = DistortionExplorer("astronaut", kind, hold=decibels)
        places[decibels] = widget.strengths[kind] ** (1 / POWERS[kind])
    assert 0.02 < places[42] < places[22] - 0.12 < 0.86


def test_each_kind_keeps_its_strength():
    widget = DistortionExplorer("astronaut", "noise", strength=0.11)
    widget.kind = "blur"
    set_strength(widget, 0.3)
    widget.kind = "noise"
    assert widget.strengths == {**BEGIN, "noise": 0.11, "blur": 0.3}
    scores_are_true(widget)


def test_another_kind_keeps_the_psnr_that_is_held():
    widget = DistortionExplorer("astronaut", "blur", strength=0.2)
    wanted = widget.figures["psnr"]
    widget.hold = True
    assert widget.held == wanted
    seen = set()
    for kind in [*KINDS, *KINDS[::-1]]:
        widget.kind = kind
        assert widget.figures["psnr"] == pytest.approx(wanted, abs=0.01)
        assert (widget.held, widget.note) == (wanted, "")
        scores_are_true(widget)
        seen.add(widget.result)
    assert len(seen) >= len(KINDS)
    widget.hold = False
    before = widget.strengths
    widget.kind = "blur"
    assert (widget.held, widget.strengths) == (None, before)


def test_another_photograph_keeps_the_psnr_that_is_held():
    widget = DistortionExplorer("astronaut", "jpeg", hold=30)
    first = widget.strengths["jpeg"]
    widget.photo = "chelsea"
    assert widget.figures["psnr"] == pytest.approx(30, abs=0.01)
    assert widget.held == 30
    assert widget.strengths["jpeg"] != first
    scores_are_true(widget)


def test_the_slider_holds_another_psnr():
    widget = DistortionExplorer("astronaut", "noise", hold=28)
    set_strength(widget, 0.2)
    wanted = widget.figures["psnr"]
    assert wanted < 21
    assert widget.held == wanted
    widget.kind = "contrast"
    assert widget.figures["psnr"] == pytest.approx(wanted, abs=0.01)


def test_a_kind_that_cannot_spoil_so_much_says_so_and_the_next_goes_on():
    widget = DistortionExplorer("clock", "noise", hold=20)
    widget.kind = "jpeg"
    assert widget.strengths["jpeg"] == 1
    scores_are_true(widget)
    assert widget.figures["psnr"] > 25
    assert widget.note == (
        "JPEG cannot spoil this picture down to 20.00 dB: "
        f"at full strength it leaves {widget.figures['psnr']:.2f} dB."
    )
    assert widget.held == 20
    widget.kind = "salt"
    assert (widget.held, widget.note) == (20, "")
    assert widget.figures["psnr"] == pytest.approx(20, abs=0.01)


def test_without_a_difference_there_is_nothing_to_hold():
    widget = DistortionExplorer("astronaut", "noise", hold=28)
    set_strength(widget, 0)
    assert (widget.held, widget.figures["psnr"], widget.figures["ssim"]) == (None, None, 1)
    assert "no PSNR to hold" in widget.note
    assert widget.summary()["psnr"] == "∞"
    assert (widget.rankable, widget.compare()) == (False, [])
    widget.kind = "salt"  # its own strength, which is held from now on
    assert widget.held == widget.figures["psnr"]
    assert widget.note == ""


def test_a_constant_picture(tmp_path):
    widget = DistortionExplorer("astronaut", "noise", hold=30)
    upload(widget, tmp_path, np.full((40, 40), 100, np.uint8))
    assert widget.figures["psnr"] == pytest.approx(30, abs=0.01)
    widget.kind = "blur"
    assert widget.note == "Blur changes nothing in this picture."
    assert widget.figures["psnr"] is None
    assert widget.rankable  # at what is held
    ranked = {row["kind"]: row["reaches"] for row in widget.compare()}
    assert {kind for kind, reaches in ranked.items() if not reaches} >= {"blur", "shift"}
    assert {kind for kind, reaches in ranked.items() if reaches} >= {"noise", "salt", "brightness"}


def test_the_ranking_is_of_one_psnr():
    widget = DistortionExplorer("astronaut", "blur", hold=28)
    assert widget.ranking == []
    rows = widget.compare()
    assert widget.ranking == rows
    assert sorted(row["kind"] for row in rows) == sorted(KINDS)
    assert all(row["reaches"] for row in rows)
    assert all(row["psnr"] == pytest.approx(28, abs=0.01) for row in rows)
    similar = [row["ssim"] for row in rows]
    assert similar == sorted(similar, reverse=True)
    assert similar[0] - similar[-1] > 0.1
    for row in rows:  # each is what the widget itself shows of that kind
        widget.kind = row["kind"]
        assert widget.figures == {key: row[key] for key in widget.figures}
    assert widget.ranking == widget.compare() == rows
    set_strength(widget, 0.1)
    assert widget.ranking == []
    set_strength(widget, 1e-5)  # more than 80 dB
    assert (widget.rankable, widget.held) == (False, None)


def test_the_ranking_goes_with_its_photograph_and_its_psnr():
    widget = DistortionExplorer("clock", "blur", strength=0.1)
    shown = widget.figures["psnr"]
    assert [row["psnr"] for row in widget.compare()] == pytest.approx([shown] * 7, abs=0.01)
    widget.kind = "noise"  # nothing is held: another PSNR
    assert widget.ranking == []
    widget.hold = True
    assert widget.compare() == widget.ranking != []
    widget.photo = "coffee"
    assert widget.ranking == []


def test_the_button_asks_for_the_ranking():
    widget = DistortionExplorer("clock", "noise", hold=20)
    widget._handle_custom_msg("compare", [])
    ranked = {row["kind"]: row for row in widget.ranking}
    assert len(ranked) == len(KINDS)
    assert (ranked["jpeg"]["reaches"], ranked["jpeg"]["amount"]) == (False, "quality 1.0")
    # What cannot be spoiled so much comes last.
    assert [row["reaches"] for row in widget.ranking] == sorted(
        (row["reaches"] for row in widget.ranking), reverse=True
    )


def test_several_changes_in_one_message_are_one_computation(monkeypatch):
    widget = DistortionExplorer("astronaut", "blur", hold=28)
    calls = []
    scored = DistortionExplorer._scored
    monkeypatch.setattr(
        DistortionExplorer, "_scored", lambda self, *rest: calls.append(1) or scored(self, *rest)
    )
    widget.set_state({"kind": "noise", "hold": False, "strengths": {**BEGIN, "noise": 0.3}})
    assert (widget.kind, widget.hold, widget.strengths["noise"]) == ("noise", False, 0.3)
    assert len(calls) == 1
    scores_are_true(widget)


@pytest.mark.parametrize(
    "shape", [(1, 1), (5, 300), (600, 2), (13, 31, 3), (40, 50, 4), (300, 999)]
)
def test_any_picture_is_taken(shape, tmp_path):
    widget = DistortionExplorer("astronaut", "jpeg")
    upload(widget, tmp_path, np.random.default_rng(0).integers(0, 256, shape).astype(np.uint8))
    assert (widget.photo, widget.message) == ("your own", "")
    assert 11 <= min(widget.width, widget.height) <= max(widget.width, widget.height) <= 192
    assert len(widget.result) == len(widget.source) == 3 * widget.width * widget.height
    for kind in KINDS:
        widget.kind = kind
        assert -1 <= widget.figures["ssim"] <= 1 + 1e-9


def test_a_bad_upload_leaves_all_as_it_was():
    widget = DistortionExplorer("coffee", "noise", hold=25)
    before = widget.photo, widget.source, widget.result, widget.figures, widget.held
    widget.upload = {"name": "bad.png", "data": b"no picture"}
    assert (widget.photo, widget.source, widget.result, widget.figures, widget.held) == before
    assert "not a picture" in widget.message


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"kind": "blurr"}, "kind is 'blurr'; accepted: blur, noise, shift"),
        ({"strength": 1.5}, "strength is 1.5; accepted: 0 to 1"),
        ({"strength": float("nan")}, "strength is nan"),
        ({"hold": 3}, "hold is 3; accepted: 5 to 80 dB, or None"),
        ({"hold": float("inf")}, "hold is inf"),
        ({"hold": float("nan")}, "hold is nan"),
        ({"strength": 0.1, "hold": 28}, "strength is 0.1 and hold is 28; accepted: one of them"),
        ({"photo": "astronut"}, "did you mean 'astronaut'"),
    ],
)
def test_bad_arguments(arguments, said):
    with pytest.raises(ValueError, match=said):
        DistortionExplorer(**arguments)


def test_snapshot_and_summary():
    widget = DistortionExplorer("astronaut", "noise", hold=28)
    picture = widget.snapshot()
    assert picture.dtype == np.uint8
    assert picture.shape == (384 + 28, 2 * (384 + 12), 3)
    shown = picture[26 : 26 + 384 : 2, 396 + 6 : 396 + 6 + 384 : 2]
    assert shown.tobytes() == widget.result
    assert repr(widget) == (
        "DistortionExplorer(photo='astronaut', kind='noise', strength=0.084, held=28.0, "
        "psnr='28.0', ssim=0.74)"
    )
    assert widget._repr_mimebundle_()[0]["text/plain"] == repr(widget)
