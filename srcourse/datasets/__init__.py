"""The data sets of super-resolution: what is in them, on which terms, and how to get one."""

from srcourse.datasets.download import get
from srcourse.datasets.registry import DataSet, Table, about, names, table

__all__ = ["DataSet", "Table", "about", "get", "names", "table"]
