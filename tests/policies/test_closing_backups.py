"""What a study that was closed left behind: with no key there is, and in no backup put back, does the rest open."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from policies.closing_plan import How
from storage import tombstones
from tests.policies.closings import close, interviewed
from tests.storage.backups import back_up, made_again
from tests.storage.opening import every_key, opens, rows_in, rows_of, theirs

if TYPE_CHECKING:
    from pathlib import Path

    from tests.house_fixtures import House
    from tests.storage.opening import Rows

GOES = {"original", "transcript", "pseudonymised"}


def of_them(held: Rows, participant: str) -> set[str]:
    """Ids of somebody's artefacts that are not released, their voice, interview and consent's scan."""
    kinds = {"voice", "recording", "scan", "decision"}
    mine = [(name, row) for name, row in held if row.get("participant_id") == participant]
    return {row["id"] for name, row in mine if name in kinds or row.get("kind") in GOES}


def test_nothing_but_the_released_text_opens_of_a_study_made_anonymous(house: House, tmp_path: Path) -> None:
    """Here and in the next backup, with every key there is; and a backup from before, put back, forgets as well."""
    stays, goes = interviewed(house, "P01"), interviewed(house, "P02", stage="review")
    before, root = rows_of(house.vault), house.vault.keys._root
    ids = of_them(before, stays.id) | theirs(house.vault, goes.id)
    assert opens(before, every_key(before, root), ids)  # what is tried below works before
    back_up(house.vault, tmp_path / "backup")
    shutil.copytree(tmp_path / "backup", yesterday := tmp_path / "yesterday")
    close(house, How.ANONYMISE)
    back_up(house.vault, tmp_path / "backup")
    copies = [rows_of(house.vault), rows_in(tmp_path / "backup", root)]
    keys = [key for copy in copies for key in every_key(copy, root)]
    assert [opens(copy, keys, ids) for copy in copies] == [set(), set()]
    stones = tombstones.found(house.vault.folder / tombstones.FOLDER)
    again = made_again(yesterday, tmp_path / "again", tombstones=stones)
    left = {row["kind"] for name, row in rows_of(again) if name == "artefact" and row["header"]}
    assert left == {"released"}
    assert not [row for name, row in rows_of(again) if name == "voice"]
    again.close()
