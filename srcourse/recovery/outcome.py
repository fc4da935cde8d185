"""What an experiment found: every classifier's answer to every image, and the scores of them."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from srcourse.recovery.scores import Score, accuracy, agreement, normalized, ratio

CLASSIFIERS = ("matched", "fixed")


@dataclass(frozen=True)
class Outcome:
    """labels: (N,), what each test image shows. names: of the classes. images: of each arm, uint8
    (N, H, W, 3), for those who want to look; may be empty.

    shares[classifier][arm]: softmax, (seeds, N, classes). ``"matched"``: classifiers trained on the
    arm's own pictures; ``"fixed"``: those trained on the originals. curves[arm]: for each seed the
    epochs' losses and accuracies, as `classifier.fit` gives them.
    """

    labels: np.ndarray
    names: tuple[str, ...]
    images: Mapping[str, np.ndarray]
    shares: Mapping[str, Mapping[str, np.ndarray]]
    curves: Mapping[str, list[list[dict[str, float]]]]

    @property
    def arms(self) -> tuple[str, ...]:
        return tuple(self.shares["matched"])

    @property
    def seeds(self) -> int:
        return len(self.of("original"))

    def of(self, arm: str, classifier: str = "matched") -> np.ndarray:
        """The shares (seeds, N, classes) that the classifiers gave to the arm's images.

        Raises ValueError for an unknown classifier or arm; the LR pictures have another size than
        the originals, so that no ``"fixed"`` classifier can see them.
        """
        if classifier not in CLASSIFIERS:
            raise ValueError(f"classifier is {classifier!r}; accepted: {', '.join(CLASSIFIERS)}")
        found = self.shares[classifier]
        if arm not in found:
            raise ValueError(f"arm is {arm!r}; {classifier} has: {', '.join(found)}")
        return found[arm]

    def answers(self, arm: str, classifier: str = "matched") -> np.ndarray:
        """The class that each classifier named, (seeds, N)."""
        return self.of(arm, classifier).argmax(axis=2)

    def right(self, arm: str, classifier: str = "matched") -> np.ndarray:
        """Whether that was what the image shows, bool (seeds, N)."""
        return self.answers(arm, classifier) == self.labels

    def accuracy(self, arm: str, classifier: str = "matched") -> float:
        return accuracy(self.right(arm, classifier))

    def prs(self, arm: str, classifier: str = "matched") -> Score:
        """The source's ratio (``"matched"``), or that of one classifier (``"fixed"``)."""
        return ratio(self.right(arm, classifier), self.right("original"))

    def normalized(self, arm: str, classifier: str = "matched", floor: str = "bicubic") -> Score:
        """The share of what `floor` loses that `arm` wins back."""
        return normalized(
            self.right(arm, classifier), self.right("original"), self.right(floor, classifier)
        )

    def agreement(self, arm: str, classifier: str = "matched") -> float:
        """How often the answer is the one that was given to the original."""
        return agreement(self.answers(arm, classifier), self.answers("original"))
