"""Checkpoints as signed notes: what other people's software writes is read, and nothing that is not signed."""

from __future__ import annotations

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from storage import note
from storage.errors import BadInput, Damaged
from storage.merkle import EMPTY_ROOT
from storage.note import Checkpoint, Signer

SIGNER = Signer("tillit/v1", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
ROOT = bytes(range(100, 132))
GOOD = SIGNER.checkpoint(42, ROOT)
WITNESS = Signer("witness.example/w", Ed25519PrivateKey.from_private_bytes(bytes(32)))

# The example of Go's golang.org/x/mod/sumdb/note, whose format became C2SP's.
GO_VKEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
GO_SIGNATURE = "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="

# A checkpoint of Go's checksum database of January 2023, with a witness's signature below the log's own.
SUMDB_VKEY = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"
SUMDB_TEXT = "go.sum database tree\n15067302\ngJyioq6dwR9n+NjEWORfYmH+ubeYm3kH42BBQ0bTpYI=\n"
SUMDB_SIGNATURES = (
    "— sum.golang.org Az3grp1rvWOs5NKlr/xR4GLN/CDyzzakmt1o61uSxYKpK1SerqOP2ClbX/peKUZjYnyomH5Xz7GZG3TpB7OeKn4E2ww=\n"
    "— test.example.com qTGhC/xIPQ0AXKHK6Y+9ypRfuvMZWPjRXM8NiOg5M1WREn07VQXyuIXM3NRNav3ieVFLUqDRK77PWDmL6w8w84UqeAw=\n"
)


def signed(text: str) -> str:
    """A note of any text, signed by our key."""
    return SIGNER.sign(text)


def test_go_note_opens() -> None:
    """A note signed by Go's own implementation opens under its key."""
    assert note.open_note(GO_VKEY, f"{GO_TEXT}\n— PeterNeumann {GO_SIGNATURE}\n") == GO_TEXT


def test_sumdb_checkpoint_opens_despite_an_unknown_witness() -> None:
    """A public log's checkpoint opens; the signature of a witness we do not know is left alone."""
    assert note.open_note(SUMDB_VKEY, f"{SUMDB_TEXT}\n{SUMDB_SIGNATURES}") == SUMDB_TEXT


def test_checkpoint_comes_back() -> None:
    """What a signer states is what a verifier reads, for an empty and a large log."""
    assert note.verify(SIGNER.vkey, SIGNER.checkpoint(0, EMPTY_ROOT)) == Checkpoint("tillit/v1", 0, EMPTY_ROOT)
    assert note.verify(SIGNER.vkey, SIGNER.checkpoint(10**17, ROOT)) == Checkpoint("tillit/v1", 10**17, ROOT)


def test_text_is_the_published_form() -> None:
    """A checkpoint is the three lines, the empty line and the signature line that the format asks for."""
    lines = GOOD.split("\n")
    assert lines[:4] == ["tillit/v1", "42", base64.b64encode(ROOT).decode(), ""]
    assert lines[4].startswith("— tillit/v1 ")
    assert lines[5:] == [""]


def test_every_letter_counts() -> None:
    """Changing, dropping or doubling any letter of a checkpoint makes it fail."""
    for place, letter in enumerate(GOOD):
        for edited in (chr(ord(letter) ^ 1), "", letter * 2):
            with pytest.raises(Damaged):
                note.verify(SIGNER.vkey, GOOD[:place] + edited + GOOD[place + 1 :])


def test_witnesses_may_sign_below() -> None:
    """A checkpoint with a witness's signature below verifies under the log's key and under the witness's."""
    witnessed = GOOD + WITNESS.sign("").removeprefix("\n")
    assert note.verify(SIGNER.vkey, witnessed).size == 42
    text = GOOD[: GOOD.index("\n\n") + 1]
    both = GOOD + WITNESS.sign(text).removeprefix(text + "\n")
    assert note.open_note(WITNESS.vkey, both) == text


def test_witness_alone_is_not_enough() -> None:
    """A note that only others signed is refused."""
    with pytest.raises(Damaged, match="not signed by the ledger's key"):
        note.verify(SIGNER.vkey, WITNESS.sign(f"tillit/v1\n42\n{base64.b64encode(ROOT).decode()}\n"))


def test_one_false_signature_by_the_key_condemns_the_note() -> None:
    """A second signature under our key's name and id that does not hold makes the whole note fail."""
    other = SIGNER.checkpoint(43, ROOT)
    with pytest.raises(Damaged, match="does not hold"):
        note.verify(SIGNER.vkey, GOOD + other[other.index("—") :])


@pytest.mark.parametrize(
    "text",
    [
        "tillit/v1\n042\n{root}\n",
        "tillit/v1\n+42\n{root}\n",
        "tillit/v1\n-1\n{root}\n",
        "tillit/v1\n4_2\n{root}\n",
        "tillit/v1\n٤٢\n{root}\n",
        "tillit/v1\n\n{root}\n",
        "tillit/v1\n1000000000000000000000\n{root}\n",
        "tillit/v2\n42\n{root}\n",
        "42\n{root}\n",
        "tillit/v1\n42\n",
        "tillit/v1\n42\n{root}\nan extension\n",
        "tillit/v1\n42\n{root}=\n",
        "tillit/v1\n42\nAAAA\n",
        "tillit/v1\n42\n {root}\n",
        "tillit/v1\n42\n{root}\r\n",
        "tillit/v1\t\n42\n{root}\n",
    ],
)
def test_only_one_spelling_is_read(text: str) -> None:
    """A text that is not the one spelling of a checkpoint is refused, though our key signed it."""
    with pytest.raises(Damaged):
        note.verify(SIGNER.vkey, signed(text.format(root=base64.b64encode(ROOT).decode())))


@pytest.mark.parametrize(
    "text", ["", "\n", "\n\n", "—", GOOD + "\n", GOOD + GOOD[60:], GOOD.rstrip("\n"), "\ud800" + GOOD]
)
def test_what_is_not_a_note_is_refused(text: str) -> None:
    """Text without the parts of a note is refused with a sentence."""
    with pytest.raises(Damaged):
        note.verify(SIGNER.vkey, text)


def test_flood_of_signatures_is_refused() -> None:
    """A note with more signatures than anybody has witnesses is not worked through."""
    with pytest.raises(Damaged):
        note.verify(SIGNER.vkey, GOOD + GOOD[GOOD.index("—") :] * note.MOST_SIGNATURES)


@pytest.mark.parametrize(
    "vkey",
    [
        "",
        "tillit/v1",
        SIGNER.vkey + "\n",
        SIGNER.vkey.replace("tillit/v1", "tillit/v2"),
        SIGNER.vkey[:-1],
        SIGNER.vkey + "A",
        WITNESS.vkey.replace("witness.example/w", "tillit/v1"),
        "tillit/v1+00000000+AAAA",
    ],
)
def test_broken_verifier_key_is_refused(vkey: str) -> None:
    """A verifier key whose parts do not belong together is said not to be one."""
    with pytest.raises(BadInput):
        note.verify(vkey, GOOD)


@pytest.mark.parametrize("name", ["", "with blank", "a+b", "line\n"])
def test_name_fits_a_note(name: str) -> None:
    """A ledger's name that would break the note's lines is refused."""
    with pytest.raises(BadInput):
        Signer(name, Ed25519PrivateKey.generate())
