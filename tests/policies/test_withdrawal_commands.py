"""What a data steward sees of withdrawals, holds and certificates at the terminal."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from storage.errors import Denied
from tests.command import Typing
from tests.house_fixtures import House, build
from tests.policies.keeping import artefacts, keep

if TYPE_CHECKING:
    from pathlib import Path

    from storage.records import Recording


@pytest.fixture
def recording(house: House) -> Recording:
    """An interview of rus/P01, kept."""
    return keep(house, house.participant("P01"))


@pytest.fixture
def tillit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Typing:
    """Somebody at a terminal of this house's vault."""
    return Typing(tmp_path, monkeypatch, capsys)


def test_it_shows_first_and_asks_for_the_code(house: House, tillit: Typing, recording: Recording) -> None:
    """A dry run and a wrong code change nothing; the right code destroys, and says what and how to go on."""
    shown = json.loads(tillit("astrid", "withdraw", "rus/P01", "--dry-run", "--json").out)
    assert (shown["plan"]["artefacts"], shown["plan"]["voices"], shown["done"]) == (2, 1, None)
    refused = tillit.typed("P02\n", "withdraw", "rus/P01", who="astrid")
    assert refused.code != 0
    assert "1 recording, 2 artefacts" in refused.out
    assert all(artefact.header for artefact in artefacts(house, recording))
    done = tillit.typed("P01\n", "withdraw", "rus/P01", who="astrid")
    assert done.code == 0, done.err
    assert "2 artefacts" in done.out
    assert not any(artefact.header for artefact in artefacts(house, recording))


def test_a_certificate_is_checked_without_the_vault(
    house: House, tillit: Typing, recording: Recording, tmp_path: Path
) -> None:
    """Whoever has the public key can check it; an edited one, or another vault's, is refused; it names nobody."""
    file, key = tmp_path / "certificate.txt", tmp_path / "key.txt"
    key.write_text(house.vault.ledger.signer.vkey + "\n")
    assert tillit("astrid", "withdraw", "rus/P01", "--yes", "--certificate", str(file)).code == 0
    answer = tillit("anybody", "certificate", "check", str(file), "--key", str(key))
    assert answer.code == 0, answer.err
    assert '"artefacts": 2' in answer.out
    assert [tillit("astrid", *command).code for command in (("fsck",), ("audit", "verify"))] == [0, 0]
    assert recording.participant_id not in file.read_text()
    assert "P01" not in file.read_text()
    assert tillit("astrid", "certificate", "show", "rus/P01").out.splitlines()[:8] == file.read_text().splitlines()[:8]
    sound = file.read_text()
    for edited in (sound.replace('"artefacts": 2', '"artefacts": 9'), sound[:400], sound.replace("entry ", "entry 1")):
        file.write_text(edited)
        assert tillit("anybody", "certificate", "check", str(file), "--key", str(key)).code != 0
    other = build(tmp_path / "other")
    key.write_text(other.vault.ledger.signer.vkey)
    other.vault.close()
    file.write_text(sound)
    assert tillit("anybody", "certificate", "check", str(file), "--key", str(key)).code != 0


def test_a_hold_closes_and_keeps_until_it_is_lifted(house: House, tillit: Typing, recording: Recording) -> None:
    """Under a hold a withdrawal closes access and says what was kept; once it is lifted the same command destroys."""
    asked = tillit.typed("REK wants it kept, 2026/17\n", "hold", "add", "rus/P01", who="astrid")
    assert asked.code == 0, asked.err
    assert "REK wants it kept" in tillit("astrid", "hold", "list", "rus").out
    kept = tillit("astrid", "withdraw", "rus/P01", "--yes")
    assert kept.code == 0, kept.err
    assert "what is sealed is kept" in kept.out
    assert tillit("astrid", "key", "shred", "rus/P01", "--yes").code == Denied.exit_code
    assert all(artefact.header for artefact in artefacts(house, recording))
    assert tillit("astrid", "certificate", "show", "rus/P01").code != 0
    assert tillit("ragna", "hold", "lift", "rus", "1").code == Denied.exit_code
    assert tillit("astrid", "hold", "lift", "rus", "1").code == 0
    assert "Destroyed" in tillit("astrid", "withdraw", "rus/P01", "--yes").out
    assert not any(artefact.header for artefact in artefacts(house, recording))


def test_only_the_sound_goes_and_the_text_stays(house: House, tillit: Typing, recording: Recording) -> None:
    """The sound and the voice are destroyed, what was written opens with a new key, and fsck agrees."""
    answer = tillit("astrid", "withdraw", "rus/P01", "--only", "sound", "--yes")
    assert answer.code == 0, answer.err
    assert [artefact.kind for artefact in artefacts(house, recording)] == ["transcript"]
    assert tillit("astrid", "fsck").code == 0
    assert "share_sound" not in tillit("astrid", "withdraw", "rus/P01", "--dry-run").out
    assert tillit("astrid", "withdraw", "rus/P01", "--only", "sound", "--from-now").code != 0


def test_from_now_on_destroys_nothing(house: House, tillit: Typing, recording: Recording) -> None:
    """Nothing more may be done, what there is stays sealed, and nobody is asked to delete anything."""
    answer = tillit("astrid", "withdraw", "rus/P01", "--from-now", "--yes")
    assert answer.code == 0, answer.err
    assert all(artefact.header for artefact in artefacts(house, recording))
    assert tillit("astrid", "withdraw", "rus/P01", "--yes").code == 0
    assert not any(artefact.header for artefact in artefacts(house, recording))
