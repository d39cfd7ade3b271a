"""A root in the hands of several people: n shares of words, any k of which give it back and fewer of which do not.

Shares are SLIP-39 mnemonics of the root's 32-byte seed: 33 words, three of them a checksum that finds any three
mistyped ones. There is one group and no passphrase, so any tool that reads SLIP-39 joins them when Tillit is gone.
Source: SLIP-0039, "Shamir's Secret-Sharing for Mnemonic Codes" (github.com/satoshilabs/slips), over `shamir-mnemonic`.
"""

from __future__ import annotations

import dataclasses
import hashlib
import hmac
import itertools
import math
from typing import TYPE_CHECKING

import shamir_mnemonic
from shamir_mnemonic.shamir import ShareGroup, recover_ems
from shamir_mnemonic.wordlist import WORD_INDEX_MAP

from storage import age
from storage.errors import BadInput, Damaged

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

FEWEST, MOST = 2, 16  # shares that are enough; shares there are
WORDS = 33
SEED = 32  # bytes
STRETCH = 0  # iteration exponent: there is no passphrase that stretching would protect
COLUMNS = 3
OPENS = {"root": "the research data", "link-root": "the link key"}
SHEET = """\
TILLIT RECOVERY SHARE {number} OF {of}

Any {need} of the {of} shares open {opens} of one vault.
Fewer open nothing.

Fingerprint   {fingerprint}
Set           {set}

{words}

Keep this sheet where only you can get at it. Take no picture of it, and
type it nowhere but into `tillit key recover`.

Without Tillit: any tool for SLIP-39 joins {need} shares, with no passphrase,
to 32 bytes. In Bech32, in capitals, behind AGE-SECRET-KEY-PQ- they are an
identity for age, which opens the vault's key files.
"""
MISTYPED = "Share {place} of those given has a mistyped, missing or misplaced word. Compare it with its sheet."


@dataclasses.dataclass(frozen=True)
class Share:
    """What a share says of itself: its number, how many are needed, and a number that all of its set have."""

    number: int
    need: int
    set: int


def split(identity: age.HybridIdentity, need: int, of: int) -> list[str]:
    """`of` mnemonics, any `need` of which join to `identity`. Raises BadInput unless 2 ≤ need ≤ of ≤ 16."""
    if not FEWEST <= need <= of <= MOST:
        raise BadInput(
            "{need} of {of} shares make no sense: at least {fewest} must be needed, and there are at most {most}.",
            need=need, of=of, fewest=FEWEST, most=MOST,
        )  # fmt: skip
    groups = shamir_mnemonic.generate_mnemonics(1, [(need, of)], identity.secret, iteration_exponent=STRETCH)
    return [str(mnemonic) for mnemonic in groups[0]]


def join(mnemonics: Sequence[str]) -> age.HybridIdentity:
    """The identity that was split, from enough shares or more.

    Raises BadInput that says which share is mistyped (by its place among those given), how many are missing, or that
    shares of different sets were mixed. Whether it is the identity of this vault is for the caller to compare.
    """
    shares = _distinct([_parse(mnemonic, place) for place, mnemonic in enumerate(mnemonics, 1)])
    need = shares[0].member_threshold if shares else FEWEST
    if len(shares) < need:
        raise BadInput(
            "{missing} more of these shares are needed: {need} different ones, and {given} were given.",
            missing=need - len(shares), need=need, given=len(shares),
        )  # fmt: skip
    secret = _interpolated(shares[:need])
    if secret is None or len(secret) != SEED:
        raise BadInput("These shares do not belong together, or not to Tillit. Check that all are of one set.")
    return age.HybridIdentity(secret)


def check(mnemonic: str) -> Share:
    """What one share says of itself, if its words are as they were printed. Raises BadInput for a typing mistake."""
    share = _parse(mnemonic, 1)
    return Share(share.index + 1, share.member_threshold, share.identifier)


def rehearse(mnemonics: Sequence[str], identity: age.HybridIdentity, told: Callable[[int, int], None]) -> int:
    """Join every smallest set of these shares that should be enough, and show that no set of one fewer is.

    `told` is called with how many sets were tried, and of how many. Returns how many that were. A smaller set is
    tried twice: as it stands, and with its own count of needed shares forged. Raises BadInput for shares that cannot
    be joined at all, Damaged if a set is not enough, or a smaller one is.
    """
    join(mnemonics)
    shares = _distinct([_parse(mnemonic, place) for place, mnemonic in enumerate(mnemonics, 1)])
    need = shares[0].member_threshold
    total = math.comb(len(shares), need) + math.comb(len(shares), need - 1)
    sets = itertools.chain(itertools.combinations(shares, need), itertools.combinations(shares, need - 1))
    for tried, some in enumerate(sets, 1):
        if _gives(some, identity) != (len(some) == need):
            raise Damaged("The shares failed their rehearsal. Destroy these sheets, and make new shares.")
        told(tried, total)
    return total


def fingerprint(recipient: age.HybridRecipient) -> str:
    """Which root a sheet belongs to, without saying anything of it: 64 bits of its recipient's SHA-256, for people."""
    digits = hashlib.sha256(str(recipient).encode()).hexdigest()[:16]
    return "-".join(digits[start : start + 4] for start in range(0, 16, 4))


def sheet(  # noqa: PLR0913, PLR0917  # a sheet says all this
    mnemonic: str, number: int, need: int, of: int, fingerprint: str, which: str
) -> str:
    """A share as a page of plain text for a safe; `which` is the root's name. Raises BadInput for a mistyped share."""
    share = check(mnemonic)
    if (share.number, share.need) != (number, need) or not number <= of:
        raise ValueError("another share's number")
    return SHEET.format(
        number=number, need=need, of=of, opens=OPENS.get(which, which), fingerprint=fingerprint, set=share.set,
        words=_table(mnemonic.split()),
    )  # fmt: skip


def _table(words: Sequence[str]) -> str:
    """Numbered words, to be read down one column after the other."""
    rows = -(-len(words) // COLUMNS)
    cells = [f"{number:2} {word:<12}" for number, word in enumerate(words, 1)]
    return "\n".join("    ".join(cells[row::rows]).rstrip() for row in range(rows))


def _parse(mnemonic: str, place: int) -> shamir_mnemonic.Share:
    """The share behind a mnemonic; its words may be in capitals, on several lines. Raises BadInput."""
    words = mnemonic.lower().split()
    unknown = [number for number, word in enumerate(words, 1) if word not in WORD_INDEX_MAP]
    if unknown:
        raise BadInput(
            "Share {place} of those given has words that no share has, at {numbers}. Compare it with its sheet.",
            place=place, numbers=", ".join(map(str, unknown)),
        )  # fmt: skip
    try:
        share = shamir_mnemonic.Share.from_mnemonic(" ".join(words))
    except shamir_mnemonic.MnemonicError:  # its text quotes the words
        raise BadInput(MISTYPED, place=place) from None
    if len(words) != WORDS or (share.group_threshold, share.group_count, share.group_index) != (1, 1, 0):
        raise BadInput("Share {place} of those given is whole, but was not made by Tillit.", place=place)
    return share


def _distinct(shares: Sequence[shamir_mnemonic.Share]) -> list[shamir_mnemonic.Share]:
    """Each share once, by its number. Raises BadInput for shares of more than one set."""
    if len({share.group_parameters() for share in shares}) > 1:
        raise BadInput(
            "These shares are of different sets. Take those whose sheets have the same fingerprint and set."
        )
    distinct = list({share.index: share for share in shares}.values())
    if len(distinct) != len(set(shares)):
        raise BadInput("Two of these shares have one number and different words. Check that all are of one set.")
    return distinct


def _gives(shares: Sequence[shamir_mnemonic.Share], identity: age.HybridIdentity) -> bool:
    """Whether these shares are enough, by the rules or by forging what they say of how many are needed."""
    forged = [dataclasses.replace(share, member_threshold=len(shares)) for share in shares]
    return any(
        secret is not None and hmac.compare_digest(secret, identity.secret)
        for secret in (_interpolated(shares), _interpolated(forged))
    )


def _interpolated(shares: Sequence[shamir_mnemonic.Share]) -> bytes | None:
    """The seed these shares interpolate to, or None where they are too few or do not belong together."""
    group = ShareGroup()
    for share in shares:
        group.add(share)
    try:
        return bytes(recover_ems({0: group}).decrypt(b""))
    except shamir_mnemonic.MnemonicError:
        return None
