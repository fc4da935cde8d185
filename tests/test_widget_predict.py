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
    number.guess = "1,000"
    assert number.verdict == "✓ You said: 1000 pixels. It is: 1,000 pixels."
    choice = Predict("99-b", "Which?", answer="max", choices=("max", "mean"))
    choice.guess = "max"
    assert choice.verdict.startswith("✓")
    choice.guess = "mean"
    assert choice.verdict == "→ You said: mean. It is: max."
    assert json.loads(own_progress.read_text())["predicted"] == {"99-a": "1,000", "99-b": "max"}


@pytest.mark.parametrize("guess", ["many", "1 or 2", "nan"])
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
