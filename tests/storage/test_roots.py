"""Roots, read and written under a passphrase and as a credential; a key server's are in keepers/test_transit.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyrage
import pytest

from storage import age, files, roots
from storage.errors import BadInput, Damaged, Locked, StorageFailed
from storage.roots import Keeper, Root
from tests.faults import failing
from tests.storage.keepers.given import PASSPHRASE, Given

if TYPE_CHECKING:
    from pathlib import Path

FAST = 4  # scrypt work factor: tests guess no passphrases
BY_PASSPHRASE = Keeper()
BY_CREDENTIAL = Keeper("credential")


def _write(folder: Path, root: Root, phrase: bytes = PASSPHRASE) -> None:
    roots.write(folder, BY_PASSPHRASE, root, Given(phrase), "root", work_factor=FAST)


def _read(folder: Path, phrase: bytes = PASSPHRASE) -> Root:
    return roots.read(folder, BY_PASSPHRASE, Given(phrase), "root")


def _two() -> Root:
    return Root((age.HybridIdentity.generate(), age.HybridIdentity.generate()))


def test_a_root_opens_with_its_passphrase_and_with_no_other(tmp_path: Path) -> None:
    """What was written is read again, both identities in order; another passphrase is Locked."""
    root = _two()
    _write(tmp_path, root)
    assert _read(tmp_path).to_text() == root.to_text()
    with pytest.raises(Locked, match="passphrase is wrong"):
        _read(tmp_path, b"another passphrase")


def test_a_root_opens_without_tillit(tmp_path: Path) -> None:
    """The file is an age file under a passphrase, with an age identity file in it."""
    root = _two()
    _write(tmp_path, root)
    text = pyrage.passphrase.decrypt((tmp_path / "root.age").read_bytes(), PASSPHRASE.decode()).decode()
    assert text.splitlines() == [str(identity) for identity in root.identities]


def test_while_a_root_is_changed_both_open_and_the_newer_one_seals() -> None:
    """A root of two identities opens what was sealed to either, and hands out the newest's recipient."""
    root = _two()
    new, old = root.identities
    for identity in (new, old):
        assert age.decrypt(age.encrypt(b"text", [identity.recipient()]), [root]) == b"text"
    assert str(root.recipient()) == str(new.recipient())
    with pytest.raises(age.NoMatch):
        age.decrypt(age.encrypt(b"text", [Root.generate().recipient()]), [root])


def test_an_identity_file_may_have_comments_and_empty_lines() -> None:
    """Roots are read as stock age reads an identity file."""
    root = _two()
    first, second = root.to_text().splitlines()
    assert Root.from_text(f"# created: today\r\n{first}\r\n\n# the old one\n{second}").to_text() == root.to_text()


@pytest.mark.parametrize("text", ["", "# nothing\n", "AGE-SECRET-KEY-1QQQ", "abracadabra", "\udcff", " # indented"])
def test_what_is_no_identity_file_is_damage(text: str) -> None:
    """No identity, a classical one, or anything else is Damaged, and the sentence does not repeat it."""
    with pytest.raises(Damaged, match="does not read as age identities") as caught:
        Root.from_text(text)
    assert not text or text not in caught.value.sentence


def test_a_root_without_an_identity_is_not_made() -> None:
    """There would be nothing to seal to."""
    with pytest.raises(ValueError, match="identity"):
        Root(())


def test_a_root_does_not_show_itself(tmp_path: Path) -> None:
    """Neither a printed root nor an error of its reading holds a secret."""
    root = _two()
    secrets = {str(identity) for identity in root.identities} | {identity.secret.hex() for identity in root.identities}
    credentials = Given(credentials={"tillit-root": root.to_text().encode()[:-9]})
    with pytest.raises(Damaged) as caught:
        roots.read(tmp_path, BY_CREDENTIAL, credentials, "root")
    assert not any(secret[:20] in repr(root) + str(caught.value) for secret in secrets)


@pytest.mark.parametrize("kind", ["passphrase", "transit"])
def test_a_missing_file_is_damage(tmp_path: Path, kind: str) -> None:
    """Without its file a root does not open, and nothing is put in its place."""
    keeper = BY_PASSPHRASE if kind == "passphrase" else Keeper("transit", "https://127.0.0.1:1", "tillit")
    with pytest.raises(Damaged, match="missing"):
        roots.read(tmp_path, keeper, Given(), "root")
    assert list(tmp_path.iterdir()) == []


def test_every_flipped_byte_of_the_file_is_damage_or_locked(tmp_path: Path) -> None:
    """No spoilt root file opens, or ends in anything but a sentence."""
    _write(tmp_path, Root.generate())
    whole = (tmp_path / "root.age").read_bytes()
    for place in range(len(whole)):
        (tmp_path / "root.age").write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with pytest.raises((Damaged, Locked)):
            _read(tmp_path)


def test_a_file_that_holds_no_root_is_damage(tmp_path: Path) -> None:
    """A file under the right passphrase with something else in it, even bytes that are no text, is Damaged."""
    files.write(tmp_path / "root.age", age.encrypt(b"\xff\xfe", [age.ScryptRecipient(PASSPHRASE, FAST)]))
    with pytest.raises(Damaged, match="does not read"):
        _read(tmp_path)


def test_a_file_the_system_does_not_give_is_no_damage(tmp_path: Path) -> None:
    """What cannot be read is StorageFailed with the system's code."""
    (tmp_path / "root.age").mkdir()
    with pytest.raises(StorageFailed, match="EISDIR"):
        _read(tmp_path)


def test_each_root_is_a_credential_of_its_own(tmp_path: Path) -> None:
    """The root and the link key's root are read from two credentials, and nothing is in the folder."""
    one, other = Root.generate(), Root.generate()
    given = Given(credentials={"tillit-root": one.to_text().encode(), "tillit-link-root": other.to_text().encode()})
    assert roots.read(tmp_path, BY_CREDENTIAL, given, "root").to_text() == one.to_text()
    assert roots.read(tmp_path, BY_CREDENTIAL, given, "link-root").to_text() == other.to_text()
    assert list(tmp_path.iterdir()) == []


def test_an_absent_credential_is_locked(tmp_path: Path) -> None:
    """The sentence names the credential that was not given; the passphrase does not stand in for it."""
    _write(tmp_path, Root.generate())
    with pytest.raises(Locked, match="tillit-link-root"):
        roots.read(tmp_path, BY_CREDENTIAL, Given(), "link-root")


@pytest.mark.parametrize("held", ["nothing", "another", "garbage"])
def test_a_credential_is_not_written_and_the_sentence_says_how_to_make_it(tmp_path: Path, held: str) -> None:
    """Unless the credential holds this root already, writing says how systemd-creds makes it."""
    root = Root.generate()
    holds = {"nothing": {}, "another": {"tillit-root": Root.generate().to_text().encode()}}
    given = Given(credentials=holds.get(held, {"tillit-root": b"garbage"}))
    with pytest.raises(BadInput, match="systemd-creds encrypt --name=tillit-root"):
        roots.write(tmp_path, BY_CREDENTIAL, root, given, "root")
    given.credentials["tillit-root"] = b"# made by hand\n" + root.to_text().encode()
    roots.write(tmp_path, BY_CREDENTIAL, root, given, "root")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("way", failing.WAYS, ids=str)
def test_whatever_fails_in_writing_the_old_or_the_new_root_opens(tmp_path: Path, way: failing.Way) -> None:
    """With every call to the system failing in turn the file is the old one or the new one, and private."""
    old, new = Root.generate(), Root.generate()
    _write(tmp_path, old)

    def check(error: BaseException | None) -> None:
        assert error is None or isinstance(error, StorageFailed)
        opened = _read(tmp_path).to_text()
        assert opened in {old.to_text(), new.to_text()}
        assert error is not None or opened == new.to_text()
        assert (tmp_path / "root.age").stat().st_mode & 0o777 == 0o600
        _write(tmp_path, old)  # also over what a failed writing left
        assert [path.name for path in tmp_path.iterdir()] == ["root.age"]

    assert failing.at_every_call(lambda: _write(tmp_path, new), check, [files], way) > 5
