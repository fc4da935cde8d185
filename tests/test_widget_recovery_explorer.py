import subprocess
import sys

import numpy as np
import pytest

from srcourse.recovery import Outcome
from srcourse.widgets import RecoveryExplorer
from srcourse.widgets.recovery_explorer import GROUPS, MOST

NAMES = ("cat", "dog", "ship")
# The true class's share in each arm, image by image; the labels go round.
TRUE = {
    "original": [0.9, 0.9, 0.9, 0.9, 0.9, 0.9],
    "lr": [0.9, 0.1, 0.1, 0.1, 0.1, 0.1],
    "bicubic": [0.8, 0.2, 0.7, 0.1, 0.4, 0.3],
    "edsr-mini": [0.9, 0.7, 0.3, 0.55, 0.95, 0.2],
}
LABELS = np.arange(6) % 3


def shares(true, seeds=2) -> np.ndarray:
    """The rest goes to the next class; the seeds lie 0.05 to both sides of their mean."""
    found = np.zeros((seeds, len(true), 3))
    rows = np.arange(len(true))
    for seed, by in enumerate(np.linspace(-0.05, 0.05, seeds)):
        found[seed, rows, LABELS[: len(true)]] = np.array(true) + by
        found[seed, rows, (LABELS[: len(true)] + 1) % 3] = 1 - np.array(true) - by
    return found


def pictures(arm: str, count: int = 6) -> np.ndarray:
    side = 4 if arm == "lr" else 8
    made = np.random.default_rng(len(arm)).integers(0, 256, (count, side, side, 3))
    return made.astype(np.uint8)


@pytest.fixture
def outcome() -> Outcome:
    matched = {arm: shares(true) for arm, true in TRUE.items()}
    fixed = {arm: shares([t / 2 + 0.1 for t in TRUE[arm]]) for arm in TRUE if arm != "lr"}
    images = {arm: pictures(arm) for arm in TRUE}
    return Outcome(LABELS, NAMES, images, {"matched": matched, "fixed": fixed}, {})


def tiles(widget) -> np.ndarray:
    found = widget.found
    shape = (-1, found["height"], found["width"], 3)
    return np.frombuffer(found["tiles"], np.uint8).reshape(shape)


def numbers(widget) -> list[int]:
    return [pair["number"] for pair in widget.found["pairs"]]


def test_the_groups_are_those_of_the_shares(outcome):
    widget = RecoveryExplorer(outcome)
    assert widget.counts() == {"both": 1, "first": 1, "second": 3, "neither": 1}
    expected = {"both": [0], "first": [2], "second": [4, 1, 3], "neither": [5]}
    for group in GROUPS:
        widget.group = group
        assert numbers(widget) == expected[group], "largest difference first"
        assert widget.found["counts"] == widget.counts()


def test_a_share_equal_to_the_threshold_is_enough(outcome):
    matched = outcome.shares["matched"]
    matched["edsr-mini"][:, 1] = matched["edsr-mini"][:, 1].mean(axis=0)
    exact = float(matched["edsr-mini"][0, 1, 1])
    widget = RecoveryExplorer(outcome, threshold=exact)
    assert 1 in numbers(widget)
    widget.threshold = exact + 1e-6
    assert 1 not in numbers(widget)
    widget.threshold = 0
    assert widget.counts()["both"] == 6


def test_it_is_the_mean_of_the_seeds_that_counts(outcome):
    outcome.shares["matched"]["bicubic"][:, 3, 0] = 0.95, 0.06  # 0.505: one seed is sure
    assert RecoveryExplorer(outcome).counts()["both"] == 2


def test_both_versions_are_shown_and_what_they_were_named(outcome):
    widget = RecoveryExplorer(outcome)
    shown = tiles(widget)
    assert shown.shape == (3, 8, 18, 3)
    for tile, number in zip(shown, [4, 1, 3], strict=True):
        np.testing.assert_array_equal(tile[:, :8], outcome.images["bicubic"][number])
        np.testing.assert_array_equal(tile[:, 10:], outcome.images["edsr-mini"][number])
    pair = widget.found["pairs"][0]
    assert pair["true"] == "dog"
    assert pair["first"] == ["ship", pytest.approx(0.4)]
    assert pair["second"] == ["dog", pytest.approx(0.95)]


def test_lr_pictures_are_shown_as_large_as_the_others(outcome):
    widget = RecoveryExplorer(outcome, "lr", "original")
    shown = tiles(widget)[0]
    small = outcome.images["lr"][numbers(widget)[0]]
    np.testing.assert_array_equal(shown[:, :8], np.kron(small, np.ones((2, 2, 1))))
    assert widget.arms["fixed"] == ["original", "bicubic", "edsr-mini"]


def test_an_arm_that_the_fixed_classifier_cannot_see_gives_way(outcome):
    widget = RecoveryExplorer(outcome, "lr", "original")
    widget.set_state({"classifier": "fixed"})
    assert (widget.first, widget.second) == ("bicubic", "original")
    assert widget.found["first"] == "bicubic"
    fixed = outcome.shares["fixed"]["bicubic"].mean(axis=0)[np.arange(6), LABELS]
    assert widget.recovered("bicubic").tolist() == (fixed >= 0.5).tolist()
    with pytest.raises(ValueError, match="second is 'lr'; accepted: original, bicubic, edsr-mini"):
        widget.second = "lr"
    assert widget.second == "original"


def test_an_arm_against_itself_differs_nowhere(outcome):
    widget = RecoveryExplorer(outcome, "bicubic", "bicubic")
    assert widget.counts()["first"] == widget.counts()["second"] == 0
    assert widget.mcnemar() is None
    assert widget.found["pairs"] == []
    assert widget.snapshot().dtype == np.uint8


def test_mcnemar_is_a_coin_thrown_for_the_images_that_differ(outcome):
    widget = RecoveryExplorer(outcome)  # 1 against 3: as far from even as 0, 1, 3 or 4 heads of 4
    assert widget.mcnemar() == pytest.approx((1 + 4 + 4 + 1) / 16)
    assert widget.found["mcnemar"] == widget.mcnemar()


def test_no_more_than_fit_are_shown():
    labels = np.zeros(60, int)
    true = np.linspace(0, 0.4, 60)
    found = {}
    for arm, values in (("bicubic", true), ("edsr-mini", np.full(60, 0.9))):
        found[arm] = np.stack([values, 1 - values], axis=1)[None]
    images = {arm: pictures(arm, 60) for arm in found}
    outcome = Outcome(labels, ("a", "b"), images, {"matched": found}, {})
    widget = RecoveryExplorer(outcome)
    assert numbers(widget) == list(range(MOST))
    assert widget.found["counts"]["second"] == 60
    assert list(widget.arms) == ["matched"]


def test_summary_holds_nothing_that_was_trained(outcome):
    widget = RecoveryExplorer(outcome, threshold=0.3, group="first")
    expected = (
        "RecoveryExplorer(images=6, seeds=2, first='bicubic', second='edsr-mini', "
        "classifier='matched', threshold=0.3, group='first')"
    )
    assert repr(widget) == expected
    for arm in outcome.shares["matched"].values():
        arm[:] = 1 / 3
    assert repr(RecoveryExplorer(outcome, threshold=0.3, group="first")) == expected


def test_the_snapshot_has_the_pictures(outcome):
    widget = RecoveryExplorer(outcome)
    page = widget.snapshot()
    large = tiles(widget)[0].repeat(7, axis=0).repeat(7, axis=1)  # 140 // 18
    np.testing.assert_array_equal(page[52 : 52 + 56, 6 : 6 + 126], large)
    before = page
    widget.threshold = 0.65
    assert not np.array_equal(widget.snapshot(), before)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"first": "edsr"}, "first is 'edsr'; accepted: original, lr, bicubic, edsr-mini"),
        ({"second": "lr", "classifier": "fixed"}, "second is 'lr'; accepted: original, bicubic"),
        ({"classifier": "best"}, "classifier is 'best'; accepted: matched, fixed"),
        ({"threshold": 1.1}, "threshold is 1.1; accepted: 0 to 1"),
        ({"threshold": float("nan")}, "threshold is nan"),
        ({"threshold": "half"}, "threshold is 'half'"),
        ({"group": "all"}, "group is 'all'; accepted: both, first, second, neither"),
    ],
)
def test_wrong_arguments_are_named(outcome, wrong, said):
    with pytest.raises(ValueError, match=f"^{said}"):
        RecoveryExplorer(outcome, **wrong)


def test_an_outcome_without_pictures_is_refused(outcome):
    bare = Outcome(LABELS, NAMES, {}, outcome.shares, {})
    with pytest.raises(ValueError, match="pictures of fewer than two arms"):
        RecoveryExplorer(bare)


def test_the_other_widgets_do_not_wait_for_torch():
    script = (
        "import srcourse.widgets, sys; print('torch' in sys.modules, 'scipy.stats' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["False", "False"]
