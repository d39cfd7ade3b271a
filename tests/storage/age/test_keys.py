"""Identities and recipients: their strings, and who may share a file."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING

import pytest

from storage import age
from storage.age import primitives
from storage.errors import BadInput, Damaged

if TYPE_CHECKING:
    from collections.abc import Sequence

FILE_KEY = bytes(range(16))
# The two identities that c2sp.org/age prints, and the recipient it prints for the classical one.
SPEC_X25519 = "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX"
SPEC_RECIPIENT = "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj"
SPEC_HYBRID = "AGE-SECRET-KEY-PQ-1XX76JRALNLXDMEW0CRK45QMCCH4X06SE84UN3VPM33W6HWDX0H3SK3ZQFR"
SPEC_HYBRID_RECIPIENT_STARTS = (
    "age1pq1x34nzsvr0rxjsgdn8zgyhfe8j7ceq5r9rdelkjuh3y235jzxshfg87pzf5zrqtzdxz95paef6caq5aap"
)
LOW_ORDER = bytes(32)

X25519 = age.X25519Identity.generate()
HYBRID = age.HybridIdentity.generate()
PASSPHRASE = age.ScryptRecipient(b"correct horse", 4)


def test_published_strings_are_read() -> None:
    """The identities printed in the specification are read, written again, and have the printed recipients."""
    assert str(age.X25519Identity.from_string(SPEC_X25519)) == SPEC_X25519
    assert str(age.X25519Identity.from_string(SPEC_X25519).recipient()) == SPEC_RECIPIENT
    assert str(age.HybridIdentity.from_string(SPEC_HYBRID)) == SPEC_HYBRID
    assert str(age.HybridIdentity.from_string(SPEC_HYBRID).recipient()).startswith(SPEC_HYBRID_RECIPIENT_STARTS)


@pytest.mark.parametrize("identity", [X25519, HYBRID], ids=["x25519", "hybrid"])
def test_strings_come_back(identity: age.X25519Identity | age.HybridIdentity) -> None:
    """An identity and its recipient survive being written down, whichever kind they are."""
    again = age.parse_identity(str(identity))
    assert type(again) is type(identity)
    assert (again.secret, len(again.secret)) == (identity.secret, 32)
    assert str(age.parse_recipient(str(identity.recipient()))) == str(identity.recipient())
    header = age.make_header(FILE_KEY, [age.parse_recipient(str(identity.recipient()))])
    assert age.open_header(header, [again]) == FILE_KEY


def test_every_typing_error_in_an_identity_is_found() -> None:
    """An identity or recipient with any letter changed, dropped or in the other case is refused."""
    for text in (str(X25519), str(X25519.recipient()), str(HYBRID)):
        for place, letter in enumerate(text):
            for edited in ("q" if letter.lower() != "q" else "p", "", letter.swapcase()):
                wrong = text[:place] + edited + text[place + 1 :]
                if wrong != text:
                    with pytest.raises(BadInput):
                        (age.parse_identity if text.isupper() else age.parse_recipient)(wrong)


@pytest.mark.parametrize(
    "text", ["", "age1", "AGE-SECRET-KEY-1", "AGE-SECRET-KEY-PQ-1", "age1pq1", "é", "ssh-ed25519 AAAA"]
)
def test_other_strings_are_refused(text: str) -> None:
    """What is no key at all is refused with a sentence that does not repeat it."""
    for parse in (age.parse_identity, age.parse_recipient):
        with pytest.raises(BadInput) as caught:
            parse(text)
        assert not text or f"{text} " not in caught.value.sentence


@pytest.mark.parametrize("size", [0, 31, 33, 64])
def test_keys_of_another_size_are_refused(size: int) -> None:
    """Well-formed strings around too few or too many bytes are refused."""
    for prefix in ("age-secret-key-", "age-secret-key-pq-"):
        with pytest.raises(BadInput):
            age.parse_identity(primitives.bech32_encode(prefix, bytes(size)).upper())
    for prefix in ("age", "age1pq"):
        with pytest.raises(BadInput):
            age.parse_recipient(primitives.bech32_encode(prefix, bytes(size)))


def test_low_order_recipient_is_refused() -> None:
    """A public key that would give everybody the same secret is refused when it is read."""
    with pytest.raises(BadInput):
        age.parse_recipient(primitives.bech32_encode("age", LOW_ORDER))
    public = primitives.bech32_decode("age1pq", str(HYBRID.recipient()))
    with pytest.raises(BadInput):
        age.parse_recipient(primitives.bech32_encode("age1pq", public[:-32] + LOW_ORDER))


def test_secret_does_not_show_by_accident() -> None:
    """The representation of an identity, as it stands in tracebacks, does not hold its secret."""
    for identity in (X25519, HYBRID):
        assert str(identity) not in repr(identity)
        assert identity.secret.hex() not in repr(identity)


@pytest.mark.parametrize(
    "recipients",
    [
        [],
        [X25519.recipient(), HYBRID.recipient()],
        [HYBRID.recipient(), X25519.recipient()],
        [PASSPHRASE, X25519.recipient()],
        [PASSPHRASE, HYBRID.recipient()],
        [PASSPHRASE, PASSPHRASE],
    ],
)
def test_mixtures_are_refused(recipients: Sequence[age.Recipient]) -> None:
    """No file is sealed to nobody, to post-quantum and classical keys, or to a passphrase and anything else."""
    with pytest.raises(BadInput):
        age.make_header(FILE_KEY, recipients)


@pytest.mark.parametrize("kind", [age.X25519Identity, age.HybridIdentity])
def test_several_recipients_of_one_kind(kind: type[age.X25519Identity | age.HybridIdentity]) -> None:
    """Each of several recipients of one kind opens the file, and nobody else does."""
    identities = [kind.generate() for _ in range(3)]
    header = age.make_header(FILE_KEY, [identity.recipient() for identity in identities])
    assert [age.open_header(header, [identity]) for identity in identities] == [FILE_KEY] * 3
    with pytest.raises(age.NoMatch):
        age.open_header(header, [kind.generate()])
    assert age.open_header(header, [kind.generate(), identities[2]]) == FILE_KEY


def test_wrong_passphrase_is_no_match() -> None:
    """A wrong passphrase is told apart from a damaged file."""
    header = age.make_header(FILE_KEY, [PASSPHRASE])
    assert age.open_header(header, [age.ScryptIdentity(b"correct horse")]) == FILE_KEY
    with pytest.raises(age.NoMatch):
        age.open_header(header, [age.ScryptIdentity(b"wrong horse")])


def test_too_much_work_is_refused_before_it_is_done() -> None:
    """A passphrase file that asks for more work than allowed is refused without doing it."""
    header = age.make_header(FILE_KEY, [PASSPHRASE])
    with pytest.raises(age.BadHeader, match="more work"):
        age.open_header(header, [age.ScryptIdentity(b"correct horse", max_work_factor=3)])


@pytest.mark.parametrize("kind", [age.AgeError, age.BadArmour, age.BadMac, age.BadPayload, age.NoMatch])
def test_failures_are_ours_and_travel(kind: type[age.AgeError]) -> None:
    """Each failure is a Damaged with a sentence of its own, and survives being sent to another process."""
    error = kind()
    assert isinstance(error, Damaged)
    assert pickle.loads(pickle.dumps(error)).sentence == error.sentence  # noqa: S301  # our own bytes, one line up
