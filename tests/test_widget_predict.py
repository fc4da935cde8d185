import json

import pytest

from srcourse.widgets import Predict


def test_the_answer_is_computed_only_once_there_is_a_guess():
    asked = []
    widget = Predict("99-a", "How many?", answer=lambda: asked.append(1) or 9, because="3 · 3.")
    assert not asked
    assert "9" not in str(widget.get_state()["verdict"])
    widget.guess = "4"
    assert asked
    assert widget.verdict == "→ You said: 4. It is: 9. 3 · 3."


def test_a_right_guess_in_number_or_choice(own_progress):
    number = Predict("99-a", "How many?", answer=1000, unit="pixels")
    number.guess = "1000"
    assert number.verdict == "✓ You said: 1000 pixels. It is: 1,000 pixels."
    choice = Predict("99-b", "Which?", answer="max", choices=("max", "mean"))
    choice.guess = "max"
    assert choice.verdict.startswith("✓")
    choice.guess = "mean"
    assert choice.verdict == "→ You said: mean. It is: max."
    assert json.loads(own_progress.read_text())["predicted"] == {"99-a": "1000", "99-b": "max"}


@pytest.mark.parametrize(
    ("guess", "number"),
    [
        ("37.5", 37.5),
        ("37,5", 37.5),
        (" 37,5 % ", 37.5),
        ("37.5%", 37.5),
        (",5", 0.5),
        ("0,125", 0.125),
        ("1234,5", 1234.5),
        ("1,234.5", 1234.5),
        ("1.234,5", 1234.5),
        ("1,234,567", 1234567),
        ("1.234.567", 1234567),
        ("1 234", 1234),
        ("1\u202f234\u202f567", 1234567),
        ("1.234", 1.234),
        ("−3,5", -3.5),
        ("2e3", 2000),
    ],
)
def test_a_number_is_read_with_a_decimal_point_or_comma(guess, number):
    widget = Predict("99-a", "What percentage?", answer=number, unit="%")
    widget.guess = guess
    assert widget.verdict.startswith(f"✓ You said: {number:g} %. ")


@pytest.mark.parametrize("guess", ["1,234", "-12,500", "999,000"])
def test_a_number_that_can_be_read_in_two_ways_is_asked_again(own_progress, guess):
    widget = Predict("99-a", "How many?", answer=9)
    widget.guess = guess
    two = f"{guess.replace(',', '')} or {guess.replace(',', '.')}"
    assert widget.verdict == f"“{guess}” can be read in two ways; write {two}."
    assert not own_progress.exists()


@pytest.mark.parametrize(
    "guess", ["many", "1 or 2", "nan", "inf", "1,2,3", "1,23.4", "1.2.3", "12 34", ","]
)
def test_what_is_no_number_is_not_a_guess(own_progress, guess):
    widget = Predict("99-a", "How many?", answer=9)
    widget.guess = guess
    assert widget.verdict == f"“{guess}” is not a number; try again."
    assert not own_progress.exists()


def test_an_empty_guess_shows_nothing():
    widget = Predict("99-a", "How many?", answer=9)
    widget.guess = "  "
    assert widget.verdict == ""


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"answer": "nine"}, "must be a number"),
        ({"answer": "nine", "choices": ("one", "two")}, "one of the choices"),
    ],
)
def test_an_answer_that_cannot_be_given_is_an_error(arguments, message):
    with pytest.raises(ValueError, match=message):
        Predict("99-a", "How many?", **arguments)


def test_a_page_without_a_kernel_shows_the_question_and_not_the_answer():
    widget = Predict("99-a", "How many?", answer=9)
    assert repr(widget) == "Predict(question='How many?', guess=None)"
    longer = Predict("99-a", "How many pixels are there, all in all? " * 8, answer=9)
    assert longer.snapshot().shape[0] > widget.snapshot().shape[0]
