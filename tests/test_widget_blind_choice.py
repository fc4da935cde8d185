import csv
import json
from io import StringIO

import numpy as np
import pytest

from srcourse.widgets import BlindChoice
from srcourse.widgets.blind_choice import LONGEST, deal, verdict

FIRST, SECOND = 200, 50  # the grey levels of the first and the second pictures


def pairs(count=4, size=(6, 8)):
    """Pairs that can be told apart, and from one another, by their levels."""
    return [
        (np.full(size, FIRST + n, np.uint8), np.full(size, SECOND + n, np.uint8))
        for n in range(count)
    ]


def rows(text):
    return list(csv.reader(StringIO(text, newline="")))


def side_of_first(widget, number):
    return "left" if widget.shown[number]["left"][0] >= FIRST else "right"


def answer_all(widget, right):
    """Answer every pair that is left, rightly or wrongly."""
    for number in range(widget.answered, len(widget.shown)):
        first = side_of_first(widget, number)
        widget.choose(first if right else {"left": "right", "right": "left"}[first])


def page_state(widget):
    """All that the page holds, as it would be written down."""
    return repr(widget.get_state())


def test_a_pair_is_shown_as_it_is_and_every_pair_once():
    rng = np.random.default_rng(0)
    given = [
        (rng.integers(0, 256, (6, 8, 3), np.uint8), rng.random((6, 8, 3))),
        (rng.random((9, 5)), rng.integers(0, 256, (9, 5), np.uint8)),
    ]
    widget = BlindChoice(given, names=["colour", "grey"])
    answer_all_left = [widget.choose("left") for _ in range(2)]
    assert answer_all_left == [None, None]
    assert {answer["pair"] for answer in widget.answers} == {"colour", "grey"}
    for pair, answer in zip(widget.shown, widget.answers, strict=True):
        first, second = given[["colour", "grey"].index(str(answer["pair"]))]
        assert (pair["height"], pair["width"]) == first.shape[:2]
        left, right = (
            np.frombuffer(pair[side], np.uint8).reshape(*first.shape[:2], 3)
            for side in ("left", "right")
        )
        shown = (left, right) if answer["left"] == "first" else (right, left)
        for picture, expected in zip(shown, (first, second), strict=True):
            levels = expected if expected.dtype == np.uint8 else expected * 255
            levels = levels if levels.ndim == 3 else levels[..., None]
            assert np.abs(picture - levels.astype(float)).max() <= 0.5


def test_both_are_enlarged_by_the_same_whole_factor():
    widget = BlindChoice([*pairs(1, (96, 64)), *pairs(1, (LONGEST, 30)), *pairs(1, (3, 201))])
    assert {(p["height"], p["zoom"]) for p in widget.shown} == {(96, 4), (LONGEST, 1), (3, 1)}


@pytest.mark.parametrize("count", [1, 2, 9, 10])
def test_the_draw_is_balanced_and_mixes_the_pairs(count):
    order, sides = [], []
    for seed in range(200):
        drawn = deal(count, seed)
        assert sorted(number for number, _ in drawn) == list(range(count))
        left = sum(side == "left" for _, side in drawn)
        assert left in {count // 2, count - count // 2}
        order.append(drawn[0][0])
        sides.append(drawn[0][1])
    assert set(order) == set(range(count))
    assert 60 < sides.count("left") < 140  # of 200; five standard deviations and more


def test_the_draw_follows_from_the_seed():
    one, same = BlindChoice(pairs(10), seed=3), BlindChoice(pairs(10), seed=3)
    assert one.shown == same.shown
    assert one.shown != BlindChoice(pairs(10), seed=4).shown
    one.again()
    assert one.shown != same.shown
    same.again()
    assert one.shown == same.shown


def test_answers_are_right_where_the_first_was_chosen():
    widget = BlindChoice(pairs(), names=list("abcd"), seed=1)
    for number, side in enumerate(("left", "left", "right", "left")):
        first = side_of_first(widget, number)
        name = "abcd"[max(widget.shown[number]["left"][0], widget.shown[number]["right"][0]) - 200]
        widget.choose(side)
        assert widget.answered == number + 1 == len(widget.answers)
        assert widget.answers[-1] == {
            "pair": name,
            "left": "first" if first == "left" else "second",
            "chosen": side,
            "correct": int(side == first),
        }


@pytest.mark.parametrize(("right", "found"), [(True, "10 of 10"), (False, "0 of 10")])
def test_at_the_end_all_is_told_and_the_first_result_remembered(own_progress, right, found):
    widget = BlindChoice(pairs(10), key="99-blind")
    answer_all(widget, right)
    assert widget.result["verdict"] == verdict(10 * right, 10)
    assert widget.result["verdict"].startswith(f"{found} correct")
    assert widget.result["csv"] == widget.csv
    assert [pair["first"] for pair in widget.result["pairs"]] == [
        side_of_first(widget, number) for number in range(10)
    ]
    assert all((pair["chosen"] == pair["first"]) == right for pair in widget.result["pairs"])
    widget.again()
    answer_all(widget, not right)
    assert json.loads(own_progress.read_text())["predicted"] == {"99-blind": found}


def test_before_the_end_the_page_knows_nothing_but_pictures(own_progress):
    given = pairs()
    widget = BlindChoice(given, names=["it is the bright one"] * 4)
    turned = BlindChoice([(second, first) for first, second in given], names=["no"] * 4)
    for number in range(3):
        assert widget.result == {}
        assert set(widget.shown[number]) == {"height", "width", "zoom", "left", "right"}
        assert "bright" not in page_state(widget)
        # Were the second ones the originals, it would hold the same bytes, mirrored.
        mirrored = [pair | {"left": pair["right"], "right": pair["left"]} for pair in turned.shown]
        assert mirrored == widget.shown
        assert repr(widget) == repr(turned)
        widget.choose("left")
        turned.choose("left")
    assert not own_progress.exists()
    widget.choose("left")
    assert "bright" in page_state(widget)


def test_a_new_draw_forgets_the_answers():
    widget = BlindChoice(pairs())
    answer_all(widget, True)
    widget.again()
    assert (widget.answered, widget.answers, widget.result) == (0, [], {})
    answer_all(widget, False)
    assert [answer["correct"] for answer in widget.answers] == [0, 0, 0, 0]


def test_what_the_page_sends_is_heard_once():
    widget = BlindChoice(pairs(2))

    def says(content):
        widget._handle_custom_msg(content, [])

    says({"number": 0, "side": "left"})
    says({"number": 0, "side": "right"})  # a second click, sent before the next pair was there
    assert [answer["chosen"] for answer in widget.answers] == ["left"]
    says({"number": 1, "side": "right"})
    says({"number": 2, "side": "right"})  # there is no third
    assert [answer["chosen"] for answer in widget.answers] == ["left", "right"]
    says("again")
    assert widget.answered == 0


def test_the_csv_holds_the_answers():
    widget = BlindChoice(pairs(), seed=2)
    assert rows(widget.csv) == [["pair", "left", "chosen", "correct"]]
    widget.choose("left")
    widget.choose("right")
    assert rows(widget.csv)[1:] == [[str(v) for v in a.values()] for a in widget.answers]
    assert all(row[0] in {"pair 1", "pair 2", "pair 3", "pair 4"} for row in rows(widget.csv)[1:])


NASTY = ['a, "b"', "two\nlines", "two\r\nlines", "one\rreturn", "Zürich; Gruß", "", "'", " =1+1"]


@pytest.mark.parametrize("name", NASTY)
def test_any_name_comes_back_out_of_the_csv(name):
    widget = BlindChoice(pairs(1), names=[name])
    widget.choose("left")
    assert rows(widget.csv)[1][0] == name
    assert len(rows(widget.csv)) == 2


@pytest.mark.parametrize(
    "name", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("x")']
)
def test_no_name_is_a_formula(name):
    widget = BlindChoice(pairs(1), names=[name])
    widget.choose("left")
    assert rows(widget.csv)[1][0] == f"'{name}"
    assert widget.answers[0]["pair"] == name


def test_the_verdict_says_whether_chance_lies_inside():
    assert verdict(7, 10) == (
        "7 of 10 correct: 70 %, with a 95 % interval (Wilson) from 39.7 % to 89.2 %. "
        "Chance, 50 %, lies inside: 10 answers are too few to tell your choices from guesses."
    )
    assert verdict(1, 1).endswith("1 answer is too few to tell your choices from guesses.")
    assert verdict(10, 10).endswith(
        "to 100.0 %. Chance, 50 %, lies below it: you see a difference."
    )
    assert "from 0.0 % to 27.8 %. Chance, 50 %, lies above it" in verdict(0, 10)


@pytest.mark.parametrize(("count", "least"), [(5, 5), (6, 6), (10, 9), (20, 15), (100, 60)])
def test_so_many_must_be_right_before_it_is_no_chance(count, least):
    """|k − n/2| > 1.96·√n/2, by hand."""
    assert "lies inside" in verdict(least - 1, count)
    assert "lies below" in verdict(least, count)


def test_snapshot_and_summary_are_the_same_whichever_is_first():
    widget = BlindChoice(pairs(1), "Which is older?")
    assert repr(widget) == "BlindChoice(question='Which is older?', pairs=1, answered=0)"
    shown = widget.snapshot()
    assert (shown.dtype, shown.shape[2]) == (np.uint8, 3)
    wide = {"left": 6, "right": 6 + 384 + 12}  # 8 pixels × 48, and the margins of both
    for side, from_ in wide.items():
        tile = shown[28 + 26 : 28 + 26 + 288, from_ : from_ + 384]
        assert (tile == widget.shown[0][side][0]).all()
    ((first, second),) = pairs(1)
    # The same pictures, drawn to the same sides, whichever of them is the original.
    for seed in range(20):
        turned = BlindChoice([(second, first)], "Which is older?", seed=seed)
        if turned.shown == widget.shown:
            break
    assert turned.shown == widget.shown
    assert np.array_equal(turned.snapshot(), shown)
    widget.choose("left")
    assert repr(widget) == "BlindChoice(question='Which is older?', pairs=1, answered=1)"
    longer = BlindChoice(pairs(1), "Which is older? " * 9).snapshot()
    assert longer.shape[1] > shown.shape[1]


GREY = np.zeros((4, 4), np.uint8)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"pairs": []}, r"^pairs is empty; it must hold at least one"),
        ({"pairs": 3}, r"^pairs is int; it must be a list of \(first, second\)$"),
        ({"pairs": "ab"}, r"^pairs is str; it must be a list"),
        ({"pairs": [GREY]}, r"^pairs\[0\] must be two pictures, \(first, second\)$"),
        ({"pairs": [(GREY, GREY), (GREY,)]}, r"^pairs\[1\] must be two pictures"),
        ({"pairs": [(GREY, GREY[:3])]}, r"^pairs\[0\] has shapes \(4, 4\) and \(3, 4\)"),
        ({"pairs": [(GREY, np.dstack([GREY] * 3))]}, r"^pairs\[0\] has shapes"),
        ({"pairs": [(GREY, [[1]])]}, r"^pairs\[0\]\[1\] must be a NumPy array, not list"),
        ({"pairs": [(GREY.astype(int), GREY)]}, r"^pairs\[0\]\[0\] has dtype int64"),
        ({"pairs": [(GREY, GREY + 255.0)]}, r"^pairs\[0\]\[1\] goes from 255 to 255"),
        ({"pairs": [(GREY, GREY + np.nan)]}, r"^pairs\[0\]\[1\] holds NaN"),
        ({"pairs": [(np.dstack([GREY] * 4),) * 2]}, r"^pairs\[0\]\[0\] has transparency"),
        ({"pairs": [(np.zeros((385, 2)),) * 2]}, r"^pairs\[0\] has .* at most 384 pixels a side"),
        ({"names": ["a"]}, r"^names has 1 entries; accepted: 4, one for each pair$"),
        ({"names": "abcd"}, r"^names is 'abcd'; it must be a list of texts"),
        ({"names": 4}, r"^names is 4; it must be a list of texts"),
        ({"names": ["a", "b", "c", 4]}, r"^names has 4; it must be a list of texts$"),
        ({"question": " "}, r"^question is ' '; it must be a text$"),
        ({"key": None}, r"^key is None; it must be a text$"),
        ({"seed": -1}, r"^seed is -1; it must be a whole number, 0 or more$"),
        ({"seed": 0.5}, r"^seed is 0\.5; it must be a whole number"),
    ],
)
def test_wrong_arguments_are_named(wrong, message):
    arguments = {"pairs": pairs()} | wrong
    with pytest.raises(ValueError, match=message):
        BlindChoice(**arguments)


def test_an_answer_that_cannot_be_given_is_refused():
    widget = BlindChoice(pairs(1))
    with pytest.raises(ValueError, match=r"^side is 'first'; accepted: left, right$"):
        widget.choose("first")
    widget.choose("left")
    with pytest.raises(ValueError, match=r"^all pairs are answered; `again` makes a new draw$"):
        widget.choose("left")
