"""The real process that `tillit unlock` leaves behind: what it opens, how it ends, and what it leaves."""

from __future__ import annotations

import base64
import os
import signal
import sys
import tempfile
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from storage import age, warden
from storage.errors import AlreadyThere, BadInput, Locked, StorageFailed
from storage.keepers import place, wire
from storage.roots import Root
from tests.faults import canaries
from tests.storage.keepers.held import LONG, PATIENCE, VAULT, all_of, held, process, seen_to_its_end, socket_file
from tests.storage.keepers.held import root_in_change as root_in_change  # noqa: PLC0414  # a fixture, by its name
from tests.storage.keepers.held import runtime_folder as runtime_folder  # noqa: PLC0414  # as above


@pytest.mark.usefixtures("runtime")
def test_a_file_opens_through_the_warden(root: Root) -> None:
    """What is sealed to either identity of a root opens, what is not does not, and the recipient is the newest's."""
    warden.start(VAULT, {"root": root, "link-root": Root.generate()}, LONG)
    for identity in root.identities:
        assert age.decrypt(age.encrypt(b"text", [identity.recipient()]), [held()]) == b"text"
    with pytest.raises(age.NoMatch):
        age.decrypt(age.encrypt(b"text", [root.recipient()]), [held("link-root")])
    with pytest.raises(age.NoMatch):
        age.decrypt(age.encrypt(b"text", [age.X25519Identity.generate().recipient()]), [held()])
    assert str(held().recipient()) == str(root.recipient())


@pytest.mark.usefixtures("runtime")
def test_a_warden_says_what_it_holds_and_for_how_long(root: Root) -> None:
    """Names, time left, and None for a root it does not hold."""
    assert warden.connect(VAULT) is None
    assert warden.left(VAULT) == 0
    warden.start(VAULT, {"root": root, "link-root": root}, LONG)
    running = warden.connect(VAULT)
    assert running
    assert running.names() == ["link-root", "root"]
    assert running.root("another") is None
    assert 0 < running.left() <= LONG
    assert 0 < warden.left(VAULT) <= LONG
    assert warden.connect("f" * 32) is None


@pytest.mark.usefixtures("runtime")
def test_it_is_as_strict_as_the_root_itself(root: Root) -> None:
    """A malformed stanza is the same BadHeader, and a header of hundreds of recipients is heard."""
    warden.start(VAULT, {"root": root}, LONG)
    malformed = [age.Stanza(("mlkem768x25519", "AAAA"), b"")]
    with pytest.raises(age.BadHeader) as local:
        root.unwrap(malformed)
    with pytest.raises(age.BadHeader) as remote:
        held().unwrap(malformed)
    assert str(remote.value) == str(local.value)
    others = age.HybridIdentity.generate().recipient().wrap(bytes(16)) * 600
    assert held().unwrap([*others, *root.recipient().wrap(b"sixteen bytes ok")]) == b"sixteen bytes ok"


def test_no_secret_goes_over_the_socket_or_to_a_file(runtime: Path, root: Root) -> None:
    """Neither what it answers nor anything under its folders holds an identity, as text, bytes or hex."""
    warden.start(VAULT, {"root": root}, LONG)
    stanzas = [[s.arguments, base64.b64encode(s.body).decode()] for s in root.recipient().wrap(bytes(16))]
    about_root: list[dict[str, Any]] = [
        {"do": "recipient", "name": "root"},
        {"do": "unwrap", "name": "root", "stanzas": stanzas},
    ]
    with (runtime / "heard").open("wb") as heard:
        for request in [{"do": "ping"}, {"do": "names"}, *about_root]:
            with place.places(VAULT)[0].connect(PATIENCE) as connection:
                wire.send(connection, request, PATIENCE)
                answer = all_of(connection)
                assert b'"answer"' in answer
                heard.write(answer)
    secrets = [text for one in root.identities for text in (str(one).encode(), one.secret, one.secret.hex().encode())]
    assert canaries.found([runtime.parent], secrets) == []


def test_folder_and_socket_are_private(runtime: Path, root: Root) -> None:
    """The folder is 0700 and the socket 0600 from the first."""
    warden.start(VAULT, {"root": root}, LONG)
    assert socket_file(runtime).stat().st_mode & 0o777 == 0o600
    assert socket_file(runtime).parent.stat().st_mode & 0o777 == 0o700


def test_after_stop_nothing_is_left(runtime: Path, root: Root) -> None:
    """When stop returns the process has given up its memory and its socket; a second stop says there was none."""
    warden.start(VAULT, {"root": root}, LONG)
    before, pid = held(), process()
    with seen_to_its_end(pid):
        assert warden.stop(VAULT)
        with suppress(FileNotFoundError, ProcessLookupError):  # else it is on its way out
            assert "VmRSS" not in Path(f"/proc/{pid}/status").read_text()
    assert not socket_file(runtime).exists()
    assert not warden.stop(VAULT)
    for ask in (before.recipient, lambda: before.unwrap([])):
        with pytest.raises(Locked, match="tillit unlock"):
            ask()


def test_after_its_time_nothing_is_left(runtime: Path, root: Root) -> None:
    """It ends by itself, its socket with it, and what was had of it before opens nothing any more."""
    warden.start(VAULT, {"root": root}, 1.0)
    before = warden.RemoteRoot(place.places(VAULT)[0], "root")
    with suppress(FileNotFoundError, ConnectionError, ProcessLookupError), seen_to_its_end(process()):
        pass
    assert not socket_file(runtime).exists()
    assert warden.connect(VAULT) is None
    with pytest.raises(Locked):
        before.unwrap(root.recipient().wrap(bytes(16)))


def test_a_signal_to_end_is_heard(runtime: Path, root: Root) -> None:
    """SIGTERM ends it, and it takes its socket away."""
    warden.start(VAULT, {"root": root}, LONG)
    pid = process()
    with seen_to_its_end(pid):
        os.kill(pid, signal.SIGTERM)
    assert not socket_file(runtime).exists()


def test_without_its_socket_it_ends(runtime: Path, root: Root) -> None:
    """Where the runtime folder is emptied, as at a logout, nobody could lock it any more: it ends by itself."""
    warden.start(VAULT, {"root": root}, LONG)
    with seen_to_its_end(process()):
        socket_file(runtime).unlink()
    assert list(socket_file(runtime).parent.iterdir()) == []


def test_a_killed_ones_socket_is_cleared_by_the_next_to_look(runtime: Path, root: Root) -> None:
    """After kill -9 a socket file stays; the next connect says there is none and removes it, a start replaces it."""
    for look in (warden.connect, warden.stop, lambda vault: warden.start(vault, {"root": root}, LONG)):
        warden.start(VAULT, {"root": root}, LONG)
        pid = process()
        with seen_to_its_end(pid):
            os.kill(pid, signal.SIGKILL)
        assert socket_file(runtime).exists()
        assert not look(VAULT)
        assert (warden.connect(VAULT) is not None) == socket_file(runtime).exists()
    assert warden.connect(VAULT)


@pytest.mark.usefixtures("runtime")
def test_one_that_does_not_answer_is_named(root: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stopped process is no warden to a command, takes no second one, and locking says how to end it."""
    warden.start(VAULT, {"root": root}, LONG)
    pid = process()
    os.kill(pid, signal.SIGSTOP)
    monkeypatch.setattr(warden, "PATIENCE", 0.1)
    try:
        assert warden.connect(VAULT) is None
        with pytest.raises(AlreadyThere):
            warden.start(VAULT, {"root": root}, LONG)
        with pytest.raises(Locked, match=f"pkill -9 -f {VAULT}"):
            warden.stop(VAULT)
    finally:
        os.kill(pid, signal.SIGCONT)


@pytest.mark.usefixtures("runtime")
def test_of_many_that_start_at_once_one_runs(root: Root) -> None:
    """A second start is told that the vault is unlocked, also when both come at the same moment."""
    ended: list[str] = []

    def begin() -> None:
        try:
            warden.start(VAULT, {"root": root}, LONG)
            ended.append("started")
        except AlreadyThere:
            ended.append("there")

    threads = [threading.Thread(target=begin) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ended) == ["started", "there", "there", "there"]
    with pytest.raises(AlreadyThere, match="tillit lock"):
        warden.start(VAULT, {"root": root}, LONG)


@pytest.mark.parametrize("seconds", [0, -1, float("nan"), float("inf")])
def test_no_time_and_all_time_are_refused(runtime: Path, root: Root, seconds: float) -> None:
    """Neither is a time after which it ends, and nothing is started."""
    with pytest.raises(BadInput):
        warden.start(VAULT, {"root": root}, seconds)
    assert list(runtime.iterdir()) == []


def test_a_start_that_fails_leaves_nothing(runtime: Path, root: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the process does not come up, that is said, and its socket is removed."""
    for broken in ("/bin/false", "/nonexistent"):
        monkeypatch.setattr(sys, "executable", broken)
        with pytest.raises(StorageFailed, match="did not come up"):
            warden.start(VAULT, {"root": root}, LONG)
        assert not socket_file(runtime).exists()


def test_without_a_runtime_folder_the_temporary_one_does(
    runtime: Path, root: Root, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where none is named, or the one named is not there, a private folder is made; its path may be a long one."""
    deep = runtime.parent / ("deep" * 30)
    deep.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(deep))
    for named in ("", str(runtime / "gone"), "relative"):
        monkeypatch.setenv("XDG_RUNTIME_DIR", named)
        warden.start(VAULT, {"root": root}, LONG)
        assert (deep / f"tillit-{os.geteuid()}" / f"{VAULT}.sock").exists()
        assert warden.stop(VAULT)


def test_an_unlocked_vault_is_found_from_a_shell_without_the_runtime_folder_too(
    runtime: Path, root: Root, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was started in the temporary folder is found, and not started twice, where a runtime folder is named."""
    monkeypatch.delenv("XDG_RUNTIME_DIR")
    warden.start(VAULT, {"root": root}, LONG)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))
    assert warden.connect(VAULT)
    with pytest.raises(AlreadyThere):
        warden.start(VAULT, {"root": root}, LONG)


@pytest.mark.parametrize("name", ["", "../x", "x", VAULT + "\n", VAULT.upper()])
def test_only_a_vaults_id_names_a_socket(name: str) -> None:
    """A name that could lead elsewhere is a mistake of ours."""
    with pytest.raises(ValueError, match="id"):
        warden.connect(name)
