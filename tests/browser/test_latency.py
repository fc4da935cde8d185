import statistics

import pytest

from tests.browser.latency import WIDGETS, latencies


@pytest.mark.parametrize("name", WIDGETS)
def test_the_picture_follows_within_ten_times_its_goal(open_lesson, name):
    lesson, prepare, goal = WIDGETS[name]
    opened = open_lesson(lesson)
    found = latencies(opened, prepare(opened), presses=5)
    assert 0 < statistics.median(found) < 10 * goal
