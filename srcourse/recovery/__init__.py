"""PRS, the source's Performance Recovery Score (its section 5): a classifier as a metric."""

from srcourse.recovery.arms import NOISE, make
from srcourse.recovery.classifier import Setting, fit, probabilities
from srcourse.recovery.crops import crops
from srcourse.recovery.experiment import run, small
from srcourse.recovery.outcome import Outcome
from srcourse.recovery.scores import Score, accuracy, agreement, normalized, ratio

__all__ = [
    "NOISE",
    "Outcome",
    "Score",
    "Setting",
    "accuracy",
    "agreement",
    "crops",
    "fit",
    "make",
    "normalized",
    "probabilities",
    "ratio",
    "run",
    "small",
]
