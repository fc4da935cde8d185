import numpy as np
import pytest

from srcourse.widgets import ConvolutionStepper


def test_the_reports_example_and_its_nine_sums():
    widget = ConvolutionStepper()
    assert [stop.total for stop in widget.steps()] == [4, 3, 4, 2, 4, 3, 2, 3, 4]
    assert repr(widget) == "ConvolutionStepper(image='5×5', output='3×3', step=0, sum=4.0)"
    widget.step = 3
    assert widget.summary()["sum"] == 2


def test_six_by_six_gives_four_by_four_and_seven_by_seven_gives_five():
    assert ConvolutionStepper(np.ones((6, 6))).summary()["output"] == "4×4"
    assert ConvolutionStepper(padding=1).summary()["output"] == "5×5"


def test_a_kernel_that_no_longer_fits_is_told_and_not_an_error():
    widget = ConvolutionStepper()
    widget.dilation = 3
    assert widget.steps() == []
    assert widget.summary() == {"image": "5×5", "output": "none", "step": 0, "sum": None}
    assert widget.snapshot().ndim == 3


def test_the_snapshot_changes_with_the_step():
    widget = ConvolutionStepper()
    before = widget.snapshot()
    widget.step = 1
    assert not np.array_equal(before, widget.snapshot())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"kernel": [[1, 2], [3, 4]]}, "odd"),
        ({"kernel": [[1, 2, 3]]}, "square"),
        ({"image": np.ones((2, 2))}, "larger than the image"),
        ({"image": np.ones((10, 10))}, "up to 9×9"),
        ({"image": [[np.nan] * 3] * 3}, "finite"),
        ({"stride": 0}, "stride"),
        ({"stride": 4}, "up to 3"),
        ({"dilation": 3}, "fit"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        ConvolutionStepper(**arguments)
