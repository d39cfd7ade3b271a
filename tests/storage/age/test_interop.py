"""Other people's age: what we seal they open, and what they seal we open."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pyrage
import pytest

from storage import age
from storage.age.chunks import CHUNK_SIZE
from tests.storage.age.others import (
    needs_age,
    needs_new_age,
    needs_terminal,
    needs_typage,
    stock,
    stock_with_passphrase,
    typage,
)

if TYPE_CHECKING:
    from pathlib import Path

SIZES = [0, 1, 1000, CHUNK_SIZE, 2 * CHUNK_SIZE + 1]
PASSPHRASE = b"correct horse battery"
KINDS = [age.X25519Identity, age.HybridIdentity]


@needs_age
@pytest.mark.parametrize("size", SIZES)
def test_stock_age_x25519(tmp_path: Path, size: int) -> None:
    """The stock command and we open each other's X25519 files, of every length around a chunk."""
    identity, data = age.X25519Identity.generate(), os.urandom(size)
    (tmp_path / "identity").write_text(f"{identity}\n")
    sealed = age.encrypt(data, [identity.recipient()])
    assert stock(["-d", "-i", str(tmp_path / "identity")], sealed) == data
    assert age.decrypt(stock(["-r", str(identity.recipient())], data), [identity]) == data
    assert age.decrypt(stock(["-a", "-r", str(identity.recipient())], data), [identity]) == data


@needs_terminal
def test_stock_age_passphrase(tmp_path: Path) -> None:
    """The stock command and we open each other's files under a passphrase, which is how a vault's root is kept."""
    sealed = age.encrypt(b"the root", [age.ScryptRecipient(PASSPHRASE, 10)])
    assert stock_with_passphrase(["-d"], PASSPHRASE, tmp_path, sealed) == b"the root"
    theirs = stock_with_passphrase(["-p"], PASSPHRASE, tmp_path, b"the root")
    assert age.decrypt(theirs, [age.ScryptIdentity(PASSPHRASE)]) == b"the root"


@needs_new_age
@pytest.mark.parametrize("size", SIZES)
def test_stock_age_post_quantum(tmp_path: Path, size: int) -> None:
    """The stock command and we open each other's post-quantum files, of every length around a chunk."""
    identity, data = age.HybridIdentity.generate(), os.urandom(size)
    (tmp_path / "identity").write_text(f"{identity}\n")
    (tmp_path / "recipient").write_text(f"{identity.recipient()}\n")
    sealed = age.encrypt(data, [identity.recipient()])
    assert stock(["-d", "-i", str(tmp_path / "identity")], sealed) == data
    assert age.decrypt(stock(["-R", str(tmp_path / "recipient")], data), [identity]) == data
    assert age.decrypt(stock(["-a", "-R", str(tmp_path / "recipient")], data), [identity]) == data


@needs_typage
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("size", SIZES)
def test_typage(kind: type[age.X25519Identity | age.HybridIdentity], size: int) -> None:
    """The TypeScript implementation and we open each other's files, classical and post-quantum, armoured and not."""
    identity, data = kind.generate(), os.urandom(size)
    recipient = str(identity.recipient())
    assert typage("recipient", b"", [str(identity)]).decode() == recipient
    assert typage("decrypt", age.encrypt(data, [identity.recipient()]), [str(identity)]) == data
    assert age.decrypt(typage("encrypt", data, [recipient]), [identity]) == data
    assert age.decrypt(typage("encrypt", data, [recipient], armour=True), [identity]) == data


@needs_typage
@pytest.mark.parametrize("kind", KINDS)
def test_typage_several_recipients(kind: type[age.X25519Identity | age.HybridIdentity]) -> None:
    """Each of several recipients opens what the other implementation sealed to all of them."""
    identities = [kind.generate() for _ in range(3)]
    recipients = [identity.recipient() for identity in identities]
    theirs = typage("encrypt", b"for three", [str(recipient) for recipient in recipients])
    ours = age.encrypt(b"for three", recipients)
    for identity in identities:
        assert age.decrypt(theirs, [identity]) == b"for three"
        assert typage("decrypt", ours, [str(identity)]) == b"for three"


@needs_typage
def test_typage_passphrase() -> None:
    """The TypeScript implementation and we open each other's files under a passphrase."""
    sealed = age.encrypt(b"the root", [age.ScryptRecipient(PASSPHRASE, 10)])
    assert typage("decrypt", sealed, passphrase=PASSPHRASE) == b"the root"
    theirs = typage("encrypt", b"the root", passphrase=PASSPHRASE)
    assert age.decrypt(theirs, [age.ScryptIdentity(PASSPHRASE)]) == b"the root"


@needs_typage
def test_typage_refuses_what_was_edited() -> None:
    """What we sealed and somebody edited, the TypeScript implementation refuses, as we do."""
    identity = age.HybridIdentity.generate()
    sealed = bytearray(age.encrypt(b"for a lifetime", [identity.recipient()]))
    sealed[-1] ^= 1
    with pytest.raises(subprocess.CalledProcessError):
        typage("decrypt", bytes(sealed), [str(identity)])


@pytest.mark.parametrize("size", SIZES)
def test_rage_x25519(size: int) -> None:
    """The Rust implementation and we open each other's X25519 files, of every length around a chunk."""
    theirs, data = pyrage.x25519.Identity.generate(), os.urandom(size)
    ours = age.X25519Identity.from_string(str(theirs))
    assert str(ours.recipient()) == str(theirs.to_public())
    assert pyrage.decrypt(age.encrypt(data, [ours.recipient()]), [theirs]) == data
    assert age.decrypt(pyrage.encrypt(data, [theirs.to_public()]), [ours]) == data


def test_rage_passphrase() -> None:
    """The Rust implementation opens what we seal under a passphrase."""
    sealed = age.encrypt(b"the root", [age.ScryptRecipient(PASSPHRASE, 10)])
    assert pyrage.passphrase.decrypt(sealed, PASSPHRASE.decode()) == b"the root"
