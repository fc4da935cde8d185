"""Exercises that check themselves, graded assignments, and what the learner has passed."""

from srcourse.classroom.exercises import Result, Wrong, check, exercise, exercises
from srcourse.classroom.grading import Points, grade
from srcourse.classroom.lessons import LESSONS, Lesson, course_map

__all__ = [
    "LESSONS",
    "Lesson",
    "Points",
    "Result",
    "Wrong",
    "check",
    "course_map",
    "exercise",
    "exercises",
    "grade",
]
