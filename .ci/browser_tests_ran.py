"""Exit 1 unless pytest's report, a JUnit file, shows browser tests and none of them skipped."""

import sys
from xml.etree import ElementTree


def verdict(report: str) -> str:
    """What is wrong with the browser tests in the JUnit file `report`; empty where all ran."""
    ran, skipped = 0, []
    for case in ElementTree.parse(report).iter("testcase"):
        # A module skipped as a whole has no classname: its dotted path is the name.
        name = f"{case.get('classname')}.{case.get('name')}".lstrip(".")
        if not name.startswith("tests.browser."):
            continue
        if (reason := case.find("skipped")) is not None:
            skipped.append(f"{name} ({reason.get('message')})")
        else:
            ran += 1
    if skipped:
        return f"browser tests were skipped: {', '.join(skipped)}"
    return "" if ran else "no browser test ran"


if __name__ == "__main__":
    if problem := verdict(sys.argv[1]):
        sys.exit(f"{sys.argv[0]}: {problem}")
