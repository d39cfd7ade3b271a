"""Keys, as the steward handles them at the terminal."""

from __future__ import annotations

import os
from itertools import combinations
from typing import TYPE_CHECKING

import pytest

from policies.actions import Action
from storage import lookup, roots, settings, vault, warden
from storage.errors import Locked, NotFound
from storage.requests import Request
from tests.command import Terminal
from tests.house_fixtures import KNOWN, House, Known, build, reopen
from tests.policies.keeping import WORDS, keep, opened

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from storage.records import Recording

NEW = b"a wholly other passphrase"


@pytest.fixture
def recording(tmp_path: Path) -> Recording:
    """Something in the vault that opens, or should."""
    house = build(tmp_path / "vault")
    kept = keep(house, house.participant("P01"))
    house.vault.close()
    return kept


@pytest.fixture
def tillit(
    tmp_path: Path, recording: Recording, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Terminal]:
    """The command line on that vault, and no warden left behind."""
    assert recording.id
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    terminal = Terminal(tmp_path, monkeypatch, capsys)
    yield terminal
    warden.stop(settings.read(terminal.vault).id)


def _opens(folder: Path, recording: Recording, secrets: Known = KNOWN) -> bool:
    held = vault.open_vault(folder, secrets)
    try:
        return opened(House(held, None), recording) == [WORDS, WORDS]  # type: ignore[arg-type]  # no study is needed
    finally:
        held.close()


def _approved(tillit: Terminal, action: Action, terms: Mapping[str, str]) -> str:
    """The number of a request on the vault that another data steward has approved."""
    held = reopen(tillit.vault)
    house = House(held, lookup.study(held.database, "rus"))
    number = lookup.by_id(held.database, Request, house.approved(action, held.id, terms)).number
    held.close()
    return str(number)


def _approve(tillit: Terminal, reference: str) -> None:
    """Let another data steward approve a request."""
    held = reopen(tillit.vault)
    House(held, lookup.study(held.database, "rus")).second_steward()
    held.close()
    assert tillit("signe", "request", "approve", reference, "--yes").code == 0


def _fd(data: bytes) -> int:
    end, other = os.pipe()
    os.write(other, data)
    os.close(other)
    return end


def test_unlocked_commands_need_no_passphrase_until_it_is_locked(
    tillit: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After `unlock` a command without any secret opens the vault; after `lock` it is refused with Locked."""
    assert tillit("astrid", "unlock", "--for", "5m").code == 0
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tillit.vault))
    assert tillit("astrid", "status").code == 0
    assert tillit("astrid", "unlock").code != 0
    assert "Locked" in tillit("astrid", "lock").out
    monkeypatch.setattr("policies.terminal._somebody_is_there", lambda: False)
    assert tillit("astrid", "status").code == Locked.exit_code
    assert "already" in tillit("astrid", "lock").out


def test_only_the_steward_unlocks(tillit: Terminal) -> None:
    """An interviewer who knows the passphrase leaves no warden behind."""
    assert tillit("ivar", "unlock").code == 3
    assert warden.connect(settings.read(tillit.vault).id) is None


@pytest.mark.parametrize("wanted", ["0h", "25h", "8", "8d", "h"])
def test_a_time_is_said_as_hours_or_minutes_of_a_day(tillit: Terminal, wanted: str) -> None:
    """Anything else is BadInput."""
    assert tillit("astrid", "unlock", "--for", wanted).code == 12


def test_a_rotated_root_opens_everything_and_the_old_one_nothing(
    tillit: Terminal, recording: Recording, tmp_path: Path
) -> None:
    """After `key rotate --root` the vault opens as before, and the former root opens none of its files."""
    old = roots.read(tillit.vault, roots.Keeper(), KNOWN, "root")
    answer = tillit("astrid", "key", "rotate", "--root")
    assert answer.code == 0, answer.err
    assert _opens(tmp_path / "vault", recording)
    new = roots.read(tillit.vault, roots.Keeper(), KNOWN, "root")
    assert len(new.identities) == 1
    assert str(new.recipient()) != str(old.recipient())
    assert tillit("astrid", "key", "rotate", "--link").code == 0
    assert tillit("astrid", "key", "rotate", "rus/P01").code == 0
    assert tillit("astrid", "key", "rotate", "rus").code == 0
    assert tillit("astrid", "key", "rotate", "rus", "--participants").code == 0
    assert _opens(tmp_path / "vault", recording)
    assert tillit("astrid", "key", "rotate").code == 12
    assert tillit("astrid", "key", "rotate", "rus/P01", "--forget").code == 12


def test_the_passphrase_is_changed(tillit: Terminal, recording: Recording) -> None:
    """The new one opens, the old one does not; the link key keeps its own until it is changed too."""
    answer = tillit("astrid", "key", "protect", "--new-passphrase-fd", str(_fd(NEW + b"\n")))
    assert answer.code == 0, answer.err
    assert _opens(tillit.vault, recording, Known(NEW))
    with pytest.raises(Locked):
        reopen(tillit.vault)
    assert roots.read(tillit.vault / "link", roots.Keeper(), KNOWN, "link-root")


def test_the_link_key_gets_a_passphrase_of_its_own(tillit: Terminal, recording: Recording) -> None:
    """Then the vault's passphrase opens the research data, and not who anybody is."""
    assert tillit("astrid", "key", "protect", "--link", "--new-passphrase-fd", str(_fd(NEW))).code == 0
    assert _opens(tillit.vault, recording)
    held = reopen(tillit.vault)
    with pytest.raises(Locked):
        held.link_root()
    held.close()
    held = vault.open_vault(tillit.vault, KNOWN, Known(NEW))
    assert held.link_root().recipient()
    held.close()


def test_the_root_is_handed_to_a_credential_that_holds_it(tillit: Terminal, recording: Recording) -> None:
    """Not before it does; then root.age is gone, and the vault opens with the credential and no passphrase."""
    text = roots.read(tillit.vault, roots.Keeper(), KNOWN, "root").to_text().encode()
    assert tillit("astrid", "key", "protect", "--with", "credential").code == 12
    (tillit.vault.parent / "credentials" / "tillit-root").write_bytes(text)
    answer = tillit("astrid", "key", "protect", "--with", "credential")
    assert answer.code == 0, answer.err
    assert not (tillit.vault / "root.age").exists()
    assert _opens(tillit.vault, recording, Known(b"", {"tillit-root": text}))
    with pytest.raises(Locked):
        reopen(tillit.vault)


def test_a_lost_passphrase_is_recovered_from_any_enough_shares(
    tillit: Terminal, recording: Recording, tmp_path: Path
) -> None:
    """Two of three printed sheets make the root whole under a new passphrase, one does not, and the ledger says so."""
    request = _approved(tillit, Action.ESCROW_ROOT, {"root": "root", "need": "2", "of": "3"})
    printed = tillit("astrid", "key", "escrow", "--need", "2", "--of", "3", "--request", request)
    assert printed.code == 0, printed.err
    sheets = []
    for number, text in enumerate(printed.out.split("\f")):
        sheets.append(tmp_path / f"sheet{number}.txt")
        sheets[-1].write_text(text)
    assert tillit("astrid", "key", "recover", str(sheets[0]), "--new-passphrase-fd", str(_fd(NEW))).code == 12
    for number, (one, other) in enumerate(combinations(sheets, 2)):
        chosen = NEW + b"%d" % number
        answer = tillit("astrid", "key", "recover", str(one), str(other), "--new-passphrase-fd", str(_fd(chosen)))
        assert answer.code == 0, answer.err
        assert _opens(tillit.vault, recording, Known(chosen))


def test_shares_of_a_root_that_was_rotated_are_said_to_be_of_no_use(tillit: Terminal, tmp_path: Path) -> None:
    """They join, but do not open this vault any more; nothing is changed."""
    request = _approved(tillit, Action.ESCROW_ROOT, {"root": "root", "need": "2", "of": "2"})
    printed = tillit("astrid", "key", "escrow", "--need", "2", "--of", "2", "--request", request)
    sheets = [tmp_path / "one", tmp_path / "two"]
    for path, text in zip(sheets, printed.out.split("\f"), strict=True):
        path.write_text(text)
    assert tillit("astrid", "key", "rotate", "--root").code == 0
    answer = tillit("astrid", "key", "recover", *map(str, sheets), "--new-passphrase-fd", str(_fd(NEW)))
    assert answer.code == 12
    assert "rotated" in answer.err
    reopen(tillit.vault).close()


def test_a_shred_asks_for_the_code(tillit: Terminal, recording: Recording, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another word destroys nothing; with --yes the participant is gone for good."""
    monkeypatch.setattr("click.prompt", lambda *_, **__: "P02")
    assert tillit("astrid", "key", "shred", "rus/P01").code == 12
    assert _opens(tillit.vault, recording)
    alone = tillit("astrid", "key", "shred", "rus/P01", "--yes")
    assert (alone.code, "Asked as rus/1" in alone.err) == (8, True)
    _approve(tillit, "rus/1")
    answer = tillit("astrid", "key", "shred", "rus/P01", "--yes", "--request", "rus/1")
    assert "2 artefacts" in answer.out
    with pytest.raises(NotFound, match="destroyed"):
        _opens(tillit.vault, recording)
