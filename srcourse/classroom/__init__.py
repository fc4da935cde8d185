"""Exercises that check themselves, and what the learner has passed."""

from srcourse.classroom.exercises import Result, Wrong, check, exercise, exercises
from srcourse.classroom.lessons import LESSONS, Lesson, course_map

__all__ = [
    "LESSONS",
    "Lesson",
    "Result",
    "Wrong",
    "check",
    "course_map",
    "exercise",
    "exercises",
]
