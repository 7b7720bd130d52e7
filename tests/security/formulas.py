"""What a spreadsheet would run, in the cells of a table."""

import unicodedata

# What somebody may type who wants a spreadsheet to run it: every sign, as it is and full-width, and what hides it.
FORMULAS = [
    *("=1+1", "+1", "-1", "@SUM(A1)", "\t=1+1", "\r=1+1", "\n=1+1", "\x00=1+1", "  =1+1", "\u00a0=1+1", "\u3000＝1"),
    *("\ufeff=1", "\u200b=1", '"=1+1"', "“=1+1", '" =1', "＝1+1", "＋1", "－1", "＠SUM", "﹦1", "−1", "fine;=1+1"),
    *("fine; =1+1", 'fine\n"=1+1"', "=cmd|'/c calc'!A0", '=HYPERLINK("https://evil.example","Look")'),
]


def formulas(cell: str) -> list[str]:
    """What begins like a formula in `cell`, for a program that trims, drops quotes, or separates by semicolons."""
    ignored = ("Zs", "Cf", "Pi", "Pf", "Cc")
    found = []
    for part in cell.replace("\n", ";").split(";"):
        kept = part
        while kept and kept[0] != "'" and (kept[0] in '"`´' or unicodedata.category(kept[0]) in ignored):
            kept = kept[1:]
        if kept and unicodedata.normalize("NFKC", kept[0]) in "=+-@−":
            found.append(part)
    return found
