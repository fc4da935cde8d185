"""The map of the course."""

import html
from dataclasses import dataclass

from srcourse import progress


@dataclass(frozen=True)
class Lesson:
    """name: of its notebook. minutes: how long it takes to read and try."""

    name: str
    title: str
    minutes: int

    @property
    def number(self) -> str:
        return self.name[:2]


LESSONS = (
    Lesson("00_start_here", "Start here", 15),
    Lesson("01_eyes_and_pixels", "Eyes and pixels", 25),
    Lesson("02_neurons_and_gradients", "Neurons and gradients", 35),
    Lesson("03_convolution", "Convolution", 35),
    Lesson("04_pooling_and_classification", "Pooling and classification", 40),
    Lesson("05_residual_networks", "Residual networks", 35),
    Lesson("06_the_problem", "The problem", 40),
    Lesson("07_interpolation", "Interpolation", 40),
    Lesson("08_srcnn", "SRCNN", 45),
    Lesson("09_fsrcnn", "FSRCNN", 40),
    Lesson("10_btsrn", "BTSRN", 40),
    Lesson("11_selnet", "SelNet", 35),
    Lesson("12_edsr", "EDSR", 40),
    Lesson("13_psnr_and_ssim", "PSNR and SSIM", 40),
    Lesson("14_performance_recovery_score", "Performance recovery score", 40),
    Lesson("15_what_no_network_knows", "What no network knows", 40),
    Lesson("16_colorization", "Colorization", 40),
    Lesson("17_video", "Video", 30),
    Lesson("18_application", "The application", 35),
    Lesson("19_report_card", "The report card", 30),
)


@dataclass(frozen=True)
class CourseMap:
    """Each lesson, and how many of its exercises are passed, of how many."""

    rows: tuple[tuple[Lesson, int, int], ...]

    def __repr__(self) -> str:
        return "\n".join(
            f"{lesson.number} {lesson.title:<28}{lesson.minutes:>3} min   {passed} of {total}"
            for lesson, passed, total in self.rows
        )

    def _repr_html_(self) -> str:
        rows = "".join(
            f'<tr><td><a href="{lesson.name}.ipynb">{lesson.number} {html.escape(lesson.title)}</a>'
            f"</td><td>{lesson.minutes} min</td><td>{'●' * passed}{'○' * (total - passed)} "
            f"{passed} of {total}</td></tr>"
            for lesson, passed, total in self.rows
        )
        head = "<tr><th>Lesson</th><th>Time</th><th>Exercises passed</th></tr>"
        return f"<table>{head}{rows}</table>"


def course_map() -> CourseMap:
    """The lessons in order, with what the learner has passed in this folder."""
    from srcourse.classroom.exercises import exercises

    passed = progress.read()["passed"]
    keys = list(exercises())
    rows = []
    for lesson in LESSONS:
        mine = [key for key in keys if key.startswith(lesson.number)]
        rows.append((lesson, sum(key in passed for key in mine), len(mine)))
    return CourseMap(tuple(rows))
