"""The classifier of the source report (section 5.3): two convolution and two dense layers, here for
CIFAR-10's pictures and for smaller versions of them.

The report gives no widths; 32, 64 and 64 are ours, and usual for a network of this kind. It takes a
batch (N, 3, side, side) and returns scores (N, classes), which softmax turns into probabilities.
"""

from torch import nn


class Classifier(nn.Sequential):
    """Twice convolution 3×3 – ReLU – max pooling 2×2, then flatten, and two dense layers.

    side: of the square pictures. classes: how many there are to choose from. features: channels
    after the first convolution; the second doubles them. hidden: numbers between the dense layers.

    Raises ValueError for a side that two poolings cannot halve twice.
    """

    def __init__(self, side: int = 32, classes: int = 10, features: int = 32, hidden: int = 64):
        if side < 4 or side % 4:
            raise ValueError(f"side is {side}; accepted: a multiple of 4, as it is halved twice")
        super().__init__(
            nn.Conv2d(3, features, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(features, 2 * features, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Flatten(),
            nn.Linear(2 * features * (side // 4) ** 2, hidden),
            nn.ReLU(),
            nn.Linear(hidden, classes),
        )
