"""Write the table of first names by sex and decade of birth, from Statistics Norway's births.

The source is a CSV of sex, name, year and the name's share in per cent of that year's births of that sex, 1930 to
2017, as ekothe/norwaynames has it (CC BY 4.0, Statistics Norway). A row of the table is a name, `f` or `m`, and the
mean share of each decade from the 1930s to the 2010s in hundredths of a per cent.

    python training/make_first_names.py [CSV]
"""

from __future__ import annotations

import csv
import sys
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT.parent / "shared" / "names" / "ssb-first-names.csv"
TARGET = ROOT / "ingest" / "pseudonyms" / "data" / "first_names.tsv"
DECADES = range(1930, 2020, 10)


def shares(rows: list[dict[str, str]]) -> dict[tuple[str, str], list[int]]:
    """For each name and sex, its mean share of each decade; a year without a figure counts as none."""
    years: dict[int, set[str]] = defaultdict(set)
    sums: dict[tuple[str, str], dict[int, float]] = defaultdict(lambda: dict.fromkeys(DECADES, 0.0))
    for row in rows:
        decade = int(row["year"]) // 10 * 10
        years[decade].add(row["year"])
        sums[row["name"], row["sex"][0].lower()][decade] += float(row["percent"])
    return {
        ("f" if sex == "f" else "m", name): [
            round(100 * total / len(years[decade])) for decade, total in found.items()
        ]
        for (name, sex), found in sums.items()
    }


def main(source: Path) -> None:
    """Write one name a line, sorted."""
    with source.open(encoding="utf-8", newline="") as file:
        found = shares(list(csv.DictReader(file)))
    lines = [
        f"{name}\t{sex}\t{' '.join(map(str, parts))}" for (sex, name), parts in sorted(found.items()) if any(parts)
    ]
    TARGET.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else SOURCE)
