"""Shares of a root: enough of them join, fewer never do, and a mistake in typing one is found."""

from __future__ import annotations

import itertools
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
import shamir_mnemonic
from hypothesis import given
from hypothesis import strategies as st
from shamir_mnemonic.wordlist import WORDLIST

from storage import age, escrow
from storage.errors import BadInput, Damaged

if TYPE_CHECKING:
    from collections.abc import Sequence

IDENTITY = age.HybridIdentity(bytes(range(32)))
THREE_OF_FIVE = escrow.split(IDENTITY, 3, 5)
SETS = [(2, 2), (2, 3), (3, 3), (3, 5), (2, 7), (5, 6), (4, 7)]


def _quiet(_tried: int, _of: int) -> None:
    """Nobody watches."""


@pytest.mark.parametrize(("need", "of"), SETS)
def test_every_set_that_is_large_enough_joins_and_no_smaller_one_does(need: int, of: int) -> None:
    """All sets of k shares, and of more, give the identity back; all sets of fewer are BadInput that counts."""
    shares = escrow.split(IDENTITY, need, of)
    assert len(set(shares)) == of
    for size in range(1, of + 1):
        for some in itertools.combinations(shares, size):
            if size >= need:
                assert str(escrow.join(some)) == str(IDENTITY)
            else:
                with pytest.raises(BadInput, match=f"^{need - size} more"):
                    escrow.join(some)


@pytest.mark.parametrize(("need", "of"), SETS)
def test_a_rehearsal_tries_every_set_and_tells_how_far_it_is(need: int, of: int) -> None:
    """It tries each k-subset and each (k-1)-subset, tells of each, and returns how many there were."""
    told: list[tuple[int, int]] = []
    tried = escrow.rehearse(escrow.split(IDENTITY, need, of), IDENTITY, lambda *pair: told.append(pair))
    numbers = range(of)
    wanted = len(list(itertools.combinations(numbers, need))) + len(list(itertools.combinations(numbers, need - 1)))
    assert tried == wanted
    assert told == [(number, wanted) for number in range(1, wanted + 1)]


def test_a_rehearsal_against_another_identity_fails() -> None:
    """Shares that join to something else than the root are not to be relied on."""
    with pytest.raises(Damaged, match="failed their rehearsal"):
        escrow.rehearse(THREE_OF_FIVE, age.HybridIdentity.generate(), _quiet)


def test_a_rehearsal_finds_one_share_that_does_not_fit() -> None:
    """A share with a sound checksum but another value, as a faulty splitter would print, is found."""
    last = shamir_mnemonic.Share.from_mnemonic(THREE_OF_FIVE[-1])
    object.__setattr__(last, "value", bytes(32))
    with pytest.raises(Damaged, match="failed their rehearsal"):
        escrow.rehearse([*THREE_OF_FIVE[:-1], last.mnemonic()], IDENTITY, _quiet)


def test_a_rehearsal_is_not_taken_in_by_what_a_share_says_is_needed() -> None:
    """A share that holds the secret itself is enough alone, though it says that two are needed."""
    share = shamir_mnemonic.Share.from_mnemonic(escrow.split(IDENTITY, 2, 3)[0])
    assert not escrow._gives([share], IDENTITY)
    whole = shamir_mnemonic.EncryptedMasterSecret.from_master_secret(IDENTITY.secret, b"", 1, True, 0)
    object.__setattr__(share, "value", whole.ciphertext)
    assert escrow._gives([share], IDENTITY)


@pytest.mark.parametrize(("need", "of"), [(1, 1), (1, 3), (0, 2), (4, 3), (2, 17), (-2, 2)])
def test_a_senseless_number_of_shares_is_refused(need: int, of: int) -> None:
    """One share that is enough is no escrow; more than sixteen the format does not have."""
    with pytest.raises(BadInput, match="make no sense"):
        escrow.split(IDENTITY, need, of)


@given(st.data())
def test_up_to_three_mistyped_words_are_found_in_the_share_they_are_in(data: st.DataObject) -> None:
    """Any one to three wrong words of a share are BadInput that names the share by its place and repeats no word."""
    place = data.draw(st.integers(0, 4))
    words = THREE_OF_FIVE[place].split()
    for position in data.draw(st.sets(st.integers(0, len(words) - 1), min_size=1, max_size=3)):
        words[position] = data.draw(st.sampled_from([word for word in WORDLIST if word != words[position]]))
    shares = [*THREE_OF_FIVE[:place], " ".join(words), *THREE_OF_FIVE[place + 1 :]]
    with pytest.raises(BadInput, match=rf"^Share {place + 1} of those given") as caught:
        escrow.join(shares)
    _repeats_nothing(caught.value.sentence, words)


def _repeats_nothing(sentence: str, words: Sequence[str]) -> None:
    ours = escrow.MISTYPED.lower().split()
    assert [word for word in words if word in sentence.split() and word not in ours] == []


def test_a_word_that_is_in_no_share_is_told_by_its_place() -> None:
    """A person who wrote one letter wrong learns which word to look at, without the word being repeated."""
    words = THREE_OF_FIVE[1].split()
    words[6], words[20] = "tillit", "blåbær"
    with pytest.raises(BadInput, match=r"^Share 2 of those given has words that no share has, at 7, 21\.") as caught:
        escrow.join([THREE_OF_FIVE[0], " ".join(words)])
    assert "tillit" not in caught.value.sentence


@pytest.mark.parametrize("cut", ["", "academic", "one word less", "one word more", "two swapped"])
def test_a_share_that_is_not_whole_is_refused(cut: str) -> None:
    """No words, too few, too many or in another order are typing mistakes like any other."""
    words = THREE_OF_FIVE[0].split()
    spoilt = {
        "one word less": words[:-1],
        "one word more": [*words, "academic"],
        "two swapped": [words[1], words[0], *words[2:]],
    }
    with pytest.raises(BadInput, match=r"^Share 1 of those given"):
        escrow.check(" ".join(spoilt.get(cut, cut.split())))


def test_a_share_may_be_typed_in_capitals_and_on_several_lines() -> None:
    """How a person lays the words out does not matter."""
    typed = [share.upper().replace(" ", "\n  ") for share in THREE_OF_FIVE]
    assert str(escrow.join(typed)) == str(IDENTITY)


def test_a_share_can_be_checked_alone() -> None:
    """Its number, how many are needed, and which set it is of are in the share itself."""
    checked = [escrow.check(share) for share in THREE_OF_FIVE]
    assert [share.number for share in checked] == [1, 2, 3, 4, 5]
    assert {share.need for share in checked} == {3}
    assert len({share.set for share in checked}) == 1


def test_a_share_given_twice_counts_once() -> None:
    """The same sheet typed twice is not two shares."""
    with pytest.raises(BadInput, match=r"^1 more of these shares"):
        escrow.join([*THREE_OF_FIVE[:2], THREE_OF_FIVE[1]])
    with pytest.raises(BadInput, match=r"^2 more of these shares"):
        escrow.join([])


def test_shares_of_different_sets_are_not_mixed() -> None:
    """Two sets of the same root cannot be joined with one another, and the sentence says what to look for."""
    others = escrow.split(IDENTITY, 3, 5)
    with pytest.raises(BadInput, match="different sets"):
        escrow.join([*THREE_OF_FIVE[:2], others[2]])


def test_two_shares_of_one_number_are_refused() -> None:
    """A share that was edited together with its checksum does not stand in for the real one."""
    forged = shamir_mnemonic.Share.from_mnemonic(THREE_OF_FIVE[0])
    object.__setattr__(forged, "value", bytes(32))
    with pytest.raises(BadInput, match="one number and different words"):
        escrow.join([*THREE_OF_FIVE[:3], forged.mnemonic()])
    with pytest.raises(BadInput, match="do not belong together"):
        escrow.join([forged.mnemonic(), *THREE_OF_FIVE[1:3]])


@pytest.mark.parametrize("groups", [[(2, 3), (2, 3)], [(2, 3)]])
def test_shares_that_others_made_are_refused(groups: list[tuple[int, int]]) -> None:
    """A wallet's shares, in groups or of another length, are told from ours."""
    secret = bytes(32) if len(groups) > 1 else bytes(16)
    foreign = shamir_mnemonic.generate_mnemonics(len(groups), groups, secret)
    with pytest.raises(BadInput, match="not made by Tillit"):
        escrow.join(foreign[0])


def test_shares_join_without_tillit() -> None:
    """The reference tool joins them to the seed, with no passphrase, as the sheet says."""
    code = "import sys, shamir_mnemonic as s; print(s.combine_mnemonics(sys.stdin.read().splitlines()).hex())"
    typed = "\n".join(THREE_OF_FIVE[2:])
    told = subprocess.run([sys.executable, "-c", code], input=typed, capture_output=True, text=True, check=True)
    assert bytes.fromhex(told.stdout) == IDENTITY.secret


def test_a_sheet_says_all_a_person_needs_and_fits_a_page() -> None:
    """Number, need, fingerprint and every word are on it; it is plain ASCII of a page's width, without a path."""
    seen = escrow.fingerprint(IDENTITY.recipient())
    page = escrow.sheet(THREE_OF_FIVE[1], 2, 3, 5, seen, "link-root")
    assert "SHARE 2 OF 5" in page
    assert "Any 3 of the 5 shares open the link key" in page
    assert seen in page
    assert page.isascii()
    assert max(map(len, page.splitlines())) < 80
    assert "/" not in page
    cells = page[page.index(" 1 ") : page.index("Keep")].split()
    numbered = dict(zip(map(int, cells[::2]), cells[1::2], strict=True))
    assert " ".join(numbered[number] for number in range(1, 34)) == THREE_OF_FIVE[1]


def test_a_sheet_cannot_carry_another_shares_number() -> None:
    """A wrong number on a sheet would only be found when it is too late."""
    for number, need, of in ((1, 3, 5), (2, 2, 5), (2, 3, 1)):
        with pytest.raises(ValueError, match="another"):
            escrow.sheet(THREE_OF_FIVE[1], number, need, of, "", "root")


def test_a_fingerprint_tells_roots_apart_and_is_of_public_things_only() -> None:
    """It is made of the recipient, which anybody may know, and differs from root to root."""
    other = age.HybridIdentity.generate().recipient()
    assert escrow.fingerprint(other) != escrow.fingerprint(IDENTITY.recipient())
    assert len(escrow.fingerprint(other)) == 19
