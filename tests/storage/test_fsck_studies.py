"""What a study says of itself is held against the ledger too: controller, legal basis, dates, approval."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from policies import studies, study_facts
from storage import anchors, fsck
from storage.records import Study
from tests.house_fixtures import LATER, TODAY, build

if TYPE_CHECKING:
    from pathlib import Path

    from tests.house_fixtures import House


def findings(house: House) -> list[tuple[str, str]]:
    """What fsck finds, and of what."""
    found = fsck.examine(house.vault.database, house.vault.blobs, house.vault.ledger, lambda *_: None)
    return [(one.kind, one.what) for one in found]


def write(house: House, **values: Any) -> None:
    """Change the study's row as whoever administers the database could."""
    with house.vault.database.writer.begin() as connection:
        connection.execute(sa.update(Study).where(Study.id == house.study.id).values(**values))


@pytest.mark.parametrize(
    "values",
    [
        {"approval": "REK 99"},
        {"ends": date(2050, 1, 1)},
        {"controller": "Nobody"},
        {"legal_basis": "none"},
        {"special_categories": []},
        {"changes": []},
        {"review": "not required"},
        {"code": "sur"},
    ],
    ids=lambda values: next(iter(values)),
)
def test_a_study_that_was_edited_is_found(house: House, values: dict[str, Any]) -> None:
    """Made and changed through the door it is sound; changed in the database it is not."""
    study_facts.change(house.desk("astrid"), house.study, {"controller": "UiO", "special_categories": ["health"]})
    assert findings(house) == []
    write(house, **values)
    assert findings(house) == [("row altered", f"study/{house.study.id}")]


def test_a_study_from_before_is_not_accused_until_an_act_changes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of one made before studies had digests nobody can say anything; another put there by hand is found even so."""
    with monkeypatch.context() as patch:
        patch.setattr(anchors, "ANCHORED", {row: names for row, names in anchors.ANCHORED.items() if row is not Study})
        house = build(tmp_path / "vault")
    assert findings(house) == [("unverifiable", "rows")]
    studies.create(house.desk("astrid"), studies.NewStudy("ny", "New", "REK 2", TODAY, LATER, "en"))
    assert findings(house) == [("unverifiable", "rows")]
    study_facts.change(house.desk("astrid"), house.study, {"controller": "UiO"})
    assert findings(house) == []
    with house.vault.database.writer.begin() as connection:
        studied = sa.select(*Study.__table__.columns).where(Study.id == house.study.id)
        row = connection.execute(studied).mappings().one()
        connection.execute(sa.insert(Study), {**row, "id": "f" * 32, "code": "false"})
    assert ("row extra", f"study/{'f' * 32}") in findings(house)
    house.vault.close()
