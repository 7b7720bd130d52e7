"""What the long set measured. `python -m tests.figures FOLDER` closes `make soak`: FOLDER has a JUnit report a database.

A test notes a figure by the fixture `figure`; pytest's own record_property carries it into the report.
"""

import sys
from pathlib import Path
from xml.etree import ElementTree

Figures = dict[str, dict[str, str]]  # by row, then by the database's name


def table(figures: Figures) -> str:
    """The figures in columns, one for each database on which something was measured; empty where nothing was."""
    if not figures:
        return ""
    databases = sorted({name for measured in figures.values() for name in measured}, reverse=True)  # SQLite first
    rows = [["Figure", *databases]]
    rows += [[row, *(measured.get(name, "–") for name in databases)] for row, measured in figures.items()]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join([lines[0], "-" * max(map(len, lines)), *lines[1:]])


def main(folder: Path) -> None:
    """Prints the table, and how many tests passed and failed."""
    figures: Figures = {}
    passed = failed = 0
    for report in sorted(folder.glob("*.xml"), reverse=True):
        for case in ElementTree.parse(report).iter("testcase"):
            broken = case.find("failure") is not None or case.find("error") is not None
            failed += broken
            passed += not broken and case.find("skipped") is None
            for noted in case.iter("property"):
                figures.setdefault(noted.get("name"), {})[report.stem] = noted.get("value")
    print(f"\n{table(figures)}\n\n{passed} passed, {failed} failed")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
