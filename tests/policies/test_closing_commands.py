"""What people see of a study's end at the terminal: the steward, the second person, members, and who left."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from policies import people, second_person
from policies.actions import Action, Purpose, Role
from storage import lookup
from storage.errors import Denied, NotReady
from storage.records import Handoff
from tests.command import Typing
from tests.policies.closings import interviewed

if TYPE_CHECKING:
    from pathlib import Path

    from tests.house_fixtures import House

CLOSE = ("study", "close", "rus", "--how", "anonymise")


@pytest.fixture
def tillit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Typing:
    """Somebody at a terminal of this house's vault."""
    return Typing(tmp_path, monkeypatch, capsys)


def handed(house: House) -> str:
    """A hand-off in the register."""
    row = Handoff(study_id=house.study.id, recipient="UK Data Archive", purpose="archive", recordings=[],
                  manifest={"a.txt": "c0ffee"}, by_person_id=house.desk("ragna").who.id)  # fmt: skip
    with house.desk("ragna").act(Action.HAND_OFF, house.study, Purpose.ARCHIVE) as act:
        act.add(row)
    return row.id


def closed(house: House, tillit: Typing, *more: str) -> str:
    """As Astrid asks for it, Signe approves, and Astrid goes on; what she was told."""
    house.second_steward()
    asked = tillit.typed("rus\nThe project is over.\n", *CLOSE, who="astrid")
    assert asked.code == NotReady.exit_code, asked.err
    assert "rus/1" in asked.err
    request = lookup.request(house.vault.database, "rus/1")
    assert second_person.shown(house.desk("signe"), request)[1] == {"how": "anonymise", "why": "The project is over."}
    second_person.answer(house.desk("signe"), request, lambda _: True)
    done = tillit("astrid", *CLOSE, "--yes", "--request", "rus/1", *more)
    assert done.code == 0, done.err
    return done.out


def test_it_is_shown_first_and_closed_by_two(house: House, tillit: Typing, tmp_path: Path) -> None:
    """A dry run and a wrong code change nothing; what may still tell somebody is said; the certificate is checked."""
    interviewed(house, "P01")
    shown = json.loads(tillit("astrid", *CLOSE, "--dry-run", "--json").out)
    assert (shown["plan"]["two"], shown["plan"]["kinds"]["kept"]["released"], shown["done"]) == (True, 1, None)
    refused = tillit.typed("RUS\n", *CLOSE, who="astrid")
    assert refused.code != 0
    assert "only when nobody can be told" in refused.out
    assert "descriptions of participants" in refused.out
    assert tillit("astrid", "study", "closing", "rus").code != 0
    file, key = tmp_path / "certificate.txt", tmp_path / "key.txt"
    key.write_text(house.vault.ledger.signer.vkey + "\n")
    assert "1 original" in closed(house, tillit, "--certificate", str(file))
    answer = tillit("anybody", "certificate", "check", str(file), "--key", str(key))
    assert answer.code == 0, answer.err
    assert '"released": 1' in answer.out
    assert "P01" not in file.read_text()
    assert [tillit("astrid", *command).code for command in (("fsck",), ("audit", "verify"), ("run",))] == [0, 0, 0]
    assert tillit("astrid", *CLOSE, "--yes").code == 0
    assert "another way" in tillit("astrid", "study", "close", "rus", "--how", "delete", "--yes").err


def test_everybody_who_had_something_is_asked(house: House, tillit: Typing) -> None:
    """Members, and who left after they came by something; not who left without, nor auditors. Each for themselves."""
    interviewed(house, "P01")
    astrid = house.desk("astrid")
    people.add(astrid, house.study, "rolf", [Role.RESEARCHER])
    people.add(astrid, house.study, "nora", [Role.RESEARCHER])
    people.add(astrid, house.study, "eva", [Role.AUDITOR])
    recording = lookup.recording(house.vault.database, "rus/P01-1")
    with house.desk("rolf").act(Action.READ_TRANSCRIPT, recording, Purpose.ANALYSE):
        pass
    for one in ("rolf", "nora"):
        people.remove(astrid, house.study, one)
    assert tillit.typed("yes\n", "study", "confirm", "rus", who="ragna").code == Denied.exit_code
    closed(house, tillit)
    assert tillit.typed("no\n", "study", "confirm", "rus", who="ragna").code != 0
    assert tillit.typed("All exports and paper shredded.\n", "study", "confirm", "rus", who="ragna").code == 0
    assert tillit.typed("yes\n", "study", "confirm", "rus", who="ragna").code != 0
    assert tillit.typed("yes\n", "study", "confirm", "rus", who="rolf").code == 0
    assert tillit.typed("yes\n", "study", "confirm", "rus", who="eva").code == Denied.exit_code
    found = json.loads(tillit("astrid", "study", "closing", "rus", "--json").out)
    said = {one["who"]: (one["now"], one["said"]) for one in found["members"]}
    assert said == {
        "astrid": (True, ""), "ivar": (True, ""), "signe": (True, ""), "rolf": (False, "yes"),
        "ragna": (True, "All exports and paper shredded."),
    }  # fmt: skip
    assert any("astrid, ivar, signe" in one for one in found["left"])
    assert tillit("ragna", "study", "closing", "rus").code == Denied.exit_code
    for one in ("astrid", "ivar", "signe"):
        assert tillit.typed("yes\n", "study", "confirm", "rus", who=one).code == 0
    assert "Nothing is left to do" in tillit("eva", "study", "closing", "rus").out


def test_hand_offs_are_asked_back_and_written_down(house: House, tillit: Typing, tmp_path: Path) -> None:
    """Listed with who has them; a letter a hand-off; and when its holder said that it is deleted, nothing is left."""
    interviewed(house, "P01")
    handoff = handed(house)
    closed(house, tillit)
    assert "UK Data Archive" in tillit("astrid", "handoff", "list", "rus").out
    left = tillit("astrid", "study", "closing", "rus").out
    assert "Ask hand-offs back" in left
    answer = tillit("astrid", "handoff", "recall", "rus", "--letters", str(tmp_path / "letters"))
    assert answer.code == 0, answer.err
    (letter,) = (tmp_path / "letters").iterdir()
    assert all(part in letter.read_text() for part in (handoff, "UK Data Archive", "c0ffee"))
    assert tillit("astrid", "handoff", "recall", "rus", "0" * 32, "--letters", str(tmp_path / "more")).code != 0
    assert not (tmp_path / "more").exists()
    assert tillit("ragna", "handoff", "confirm-deleted", "rus", handoff).code == Denied.exit_code
    assert tillit("astrid", "handoff", "confirm-deleted", "rus", handoff).code == 0
    assert tillit("astrid", "handoff", "confirm-deleted", "rus", handoff).code != 0
    (one,) = json.loads(tillit("astrid", "handoff", "list", "rus", "--json").out)
    assert (bool(one["recalled"]), bool(one["confirmed"])) == (True, True)
    assert "and-off" not in " ".join(json.loads(tillit("astrid", "study", "closing", "rus", "--json").out)["left"])
    assert "closed" in tillit("ragna", "handoff", "rus", "--to", str(tmp_path / "out"), "--for", "ragna",
                              "--purpose", "analyse").err  # fmt: skip
