"""How sure one may be of a share that was counted: so many successes in so many trials."""

from math import sqrt
from statistics import NormalDist

import numpy as np


def wilson(successes: int, trials: int, level: float = 0.95) -> tuple[float, float]:
    """Wilson's interval for the probability of a success, as (low, high) within [0, 1].

    It holds every p from which the counted share p̂ lies at most z standard deviations away:
    |p̂ − p| ≤ z·√(p(1 − p)/n), where z cuts off half of 1 − `level` at either end of the normal
    distribution. Solved for p, that is (p̂ + z²/2n ± z·√(p̂(1 − p̂)/n + z²/4n²)) / (1 + z²/n).
    Unlike p̂ ± z·√(p̂(1 − p̂)/n) it stays within [0, 1], and holds for few trials too.

    Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference",
    Journal of the American Statistical Association 22 (1927), 209–212.

    Raises ValueError for counts that cannot be, and a level outside (0, 1).
    """
    for name, count in (("successes", successes), ("trials", trials)):
        if not isinstance(count, int | np.integer) or isinstance(count, bool):
            raise ValueError(f"{name} is {count!r}; it must be a whole number")
    if trials < 1:
        raise ValueError(f"trials is {trials}; it must be at least 1")
    if not 0 <= successes <= trials:
        raise ValueError(f"successes is {successes}; of {trials} trials it must be 0 to {trials}")
    if not 0 < level < 1:
        raise ValueError(f"level is {level}; it must lie between 0 and 1, as 0.95")
    n, share = int(trials), int(successes) / int(trials)
    z = NormalDist().inv_cdf((1 + level) / 2)
    middle = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    reach = z * sqrt(share * (1 - share) / n + z**2 / (4 * n**2)) / (1 + z**2 / n)
    # At either end the formula gives exactly 0 or 1, but for rounding.
    low = 0.0 if successes == 0 else middle - reach
    high = 1.0 if successes == trials else middle + reach
    return low, high
