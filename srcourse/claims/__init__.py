"""What the source report states, each statement with the function that measures it."""

from srcourse.claims import (  # noqa: F401  (they register their claims)
    application,
    background,
    colorization,
    metrics,
    networks,
    outputs,
    overview,
    recovery,
)
from srcourse.claims.claim import VERDICTS, Claim, Finding, Table, claims, table

__all__ = ["VERDICTS", "Claim", "Finding", "Table", "claims", "table"]
