"""Real forms as a recogniser of speech may have written them: a letter off, by the sound, parted or joined.

Forms are looked up by keys made from their letters, never compared one by one: a study has thousands.
"""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache
from typing import TYPE_CHECKING

from ingest.pseudonyms.gazetteer import data_lines, lists
from ingest.pseudonyms.spelling import hints, loose, near, sound

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_LONG = 5  # letters from which on a form counts with a letter off, parted or joined
_SOUNDING = 4  # letters from which on it counts where it sounds the same
_END = 3  # letters of the first and the last of a form: one slip leaves one of the two as it was
_HEADS = re.compile("^[dghl]j")


class Spellings:
    """Forms by how they may be spelt, each with the ids of the entities it is of."""

    def __init__(self) -> None:
        self._forms: dict[str, dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
        self._hints: dict[str, set[str]] = defaultdict(set)
        self._ends: set[tuple[int, str]] = set()
        self._near: dict[str, tuple[str, ...]] = {}
        self.longest = 0

    def add(self, form: Sequence[str], entity: str, *, joined_only: bool = False) -> None:
        """Take in a form, as casefolded words; `joined_only` says that its words count together in one word alone."""
        bare, count = letters(form), 0 if joined_only else sum(any(map(str.isalnum, word)) for word in form)
        if not bare:
            return
        self._forms[bare][count].add(entity)
        self._ends |= {(count, bare[:_END]), (count, bare[-_END:])}
        self.longest = max(self.longest, count)
        if len(bare) >= _SOUNDING:
            for hint in keys(bare):
                self._hints[hint].add(bare)

    def may_hold(self, bare: str, words: int) -> bool:
        """Whether several words can be worth a look: what is a letter off a form begins or ends as it does."""
        return bare in self._forms or (words, bare[:_END]) in self._ends or (words, bare[-_END:]) in self._ends

    def written(self, bare: str, words: int) -> set[str]:
        """Entities with a form of just these letters, in as many words."""
        return self._of(bare, {words})

    def parted(self, bare: str, words: int) -> set[str]:
        """Entities with a form of these letters in fewer words."""
        return self._of(bare, range(1, words)) if len(bare) >= _LONG else set()

    def joined(self, bare: str, words: int) -> set[str]:
        """Entities with a form of these letters in more words."""
        return self._of(bare, self._more(bare, words + 1)) if len(bare) >= _LONG else set()

    def misspelt(self, bare: str, words: int, *, alike: bool) -> set[str]:
        """Entities with a form that may have been misheard so; `alike` asks for the same first sound."""
        return {
            entity
            for form in self._similar(bare)
            if not alike or sound(form)[:1] == sound(bare)[:1]
            for entity in self._of(form, self._more(form, words))
        }

    def _similar(self, bare: str) -> tuple[str, ...]:
        if bare not in self._near:
            others = {form for key in keys(bare) for form in self._hints.get(key, ())}
            self._near[bare] = tuple(sorted(form for form in others if may_be(bare, form)))
        return self._near[bare]

    def _more(self, bare: str, least: int) -> list[int]:
        """In how many words there is a form of these letters: `least` or more, or 0 for such as count joined only."""
        return [count for count in self._forms.get(bare, {}) if count >= least or count == 0]

    def _of(self, bare: str, counts: Iterable[int]) -> set[str]:
        known = self._forms.get(bare, {})
        return {entity for count in counts for entity in known.get(count, ())}


def letters(words: Iterable[str]) -> str:
    """Words without what parts them: Anne-Mari, Anne Mari and Annemari are written with the same letters."""
    return "".join(character for word in words for character in word if character.isalnum())


def may_be(word: str, form: str) -> bool:
    """Whether a word may be a form misspelt; both casefolded, without what parts them, and not the same.

    From five letters on with one letter added, lost, changed or swapped with the next, or with the sound of the form;
    with four only where it sounds just the same.
    """
    if word == form or len(form) < _SOUNDING or not (word + form).isalpha():
        return False
    one, other = _begun(word), _begun(form)
    if sound(one) == sound(other):
        return True
    return len(form) >= _LONG and (near(word, form) or loose(one) == loose(other))


@cache
def everyday() -> frozenset[str]:
    """Words that join sentences, and words of everyday speech that are a slip of the ear away from a name."""
    listed = {word for line in data_lines("everyday.txt") for word in line.split()}
    return lists().words | lists().functions | listed


def keys(bare: str) -> set[str]:
    """Of what `may_be` holds for, both have one of these in common."""
    return hints(bare) | {"~" + loose(_begun(bare))}


def _begun(word: str) -> str:
    """A word with one letter for the sound that has two at its head: Gjertrud, Jertrud."""
    return _HEADS.sub("j", word)
