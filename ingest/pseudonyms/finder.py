"""Find the names of a document: every tagger's finds put together, then carried to their other occurrences."""

from __future__ import annotations

from collections import Counter, defaultdict
from copy import copy
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from ingest.pseudonyms.finds import Adjustable, Find, Kind, Tagger, merge
from ingest.pseudonyms.gazetteer import Gazetteer, lists
from ingest.pseudonyms.genitive import part, ways
from ingest.pseudonyms.known import KnownNames, with_parts, words
from ingest.pseudonyms.patterns import Patterns
from ingest.pseudonyms.tagger import TunedTagger
from ingest.pseudonyms.titles import is_title, title
from storage.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_TITLED = 10_000  # a title before a name outweighs ten other finds of it
ROSTER = "roster"
WEB = "pattern:web"
_BEFORE = 40  # code points before a name in which its title must stand
_SURE = 0.5  # a name less sure than this is not carried to its other occurrences
_AS_OFTEN = 0.5  # times a word is found for each that it is missed, from which on it is a name where it is missed
_LISTED = 1_000  # the lists know first names, and weigh as much as one find that is sure
_BOTH = 0.2  # a name that is a place or an organisation with this share of the weight is both: Norge signed, in Norge


@cache
def default_taggers() -> tuple[Tagger, ...]:
    """What finds names when nothing else is said: lists, patterns and the tuned tagger."""
    return (Gazetteer(), Patterns(), TunedTagger())


def find_names(
    text: str, language: str, taggers: Sequence[Tagger] | None = None, *, threshold: float | None = None
) -> list[Find]:
    """The names in a document's text, sorted and without overlap; `language` is an ISO 639-1 code.

    `taggers` defaults to `default_taggers()`. `threshold`, between 0 and 1, is for those that have one: a higher one
    finds more; None leaves each its own. A name found anywhere is found at its other occurrences too, in the genitive
    and, for persons, by a part of the name; and a name is a person's throughout, or never. Raises BadInput.
    """
    used = [_adjusted(tagger, threshold) for tagger in (default_taggers() if taggers is None else taggers)]
    found = [find for tagger in used for find in tagger.find(text, language)]
    finds = [find for find in merge(_without_namesakes(found)) if not is_title(text[find.start : find.end])]
    everywhere = [_trimmed(text, find) for find in merge([*finds, *_elsewhere(text, language, finds)])]
    return _of_one_kind(text, language, everywhere, both=_BOTH)


def _adjusted(tagger: Tagger, threshold: float | None) -> Tagger:
    """The tagger with another threshold, where it has one; the one we were given stays as it is."""
    if threshold is None:
        return tagger
    if not 0 < threshold < 1:
        raise BadInput(
            "A threshold lies between 0 and 1, such as 0.8: a higher one finds more, and more that is none."
        )
    if not isinstance(tagger, Adjustable):
        return tagger
    other = copy(tagger)
    other.threshold = threshold
    return other


def _without_namesakes(finds: Sequence[Find]) -> list[Find]:
    """Without addresses on the net that are an organisation's name as well: *Dagbladet.no* wrote so."""
    names = {(find.start, find.end) for find in finds if find.kind is Kind.ORG}
    return [find for find in finds if WEB not in find.recognisers or (find.start, find.end) not in names]


def find_known(
    text: str, language: str, finds: Iterable[Find], names: Iterable[tuple[str, Kind]], by: str = "study"
) -> list[Find]:
    """What `find_names` found and every occurrence of the names a study knows, a person's parts among them.

    A name is of one kind throughout, so that it gets one surrogate: of the study's where that knows it, else of the
    one of most weight. Names `by` a `roster` were written down because they will be said: in text without capitals
    they count though they are words.
    """
    known: dict[tuple[str, ...], set[Kind]] = defaultdict(set)
    forms: list[tuple[str, Kind]] = []
    for name, kind in names:
        known[words(name)].add(kind)
        forms += with_parts(name, kind)
    again = KnownNames(forms, by, sure=True, words_too=by == ROSTER).find(text, language)
    found = _of_one_kind(text, language, [_trimmed(text, find) for find in merge([*finds, *again])])
    return [_as_known(text, find, known) for find in found]


def _as_known(text: str, find: Find, known: Mapping[tuple[str, ...], set[Kind]]) -> Find:
    surface = text[find.start : find.end]
    before, blank, last = surface.removeprefix(title(surface)).rpartition(" ")
    readings = [known[key] for stem, _ in ways(last) if (key := words(f"{before}{blank}{stem}")) in known]
    if find.kind is Kind.ID or not readings or find.kind in readings[0]:
        return find
    return replace(find, kind=min(readings[0]))


def _trimmed(text: str, find: Find) -> Find:
    """Without the blanks around it: what is left of a find beside another may begin or end with one."""
    surface = text[find.start : find.end]
    start = find.start + len(surface) - len(surface.lstrip())
    return replace(find, start=start, end=start + len(surface.strip()))


def _elsewhere(text: str, language: str, finds: Sequence[Find]) -> list[Find]:
    """The other occurrences of what was found, but for words taken for an organisation once and two dozen times not.

    Such a slip (*Regjeringen*) is missed more than twice as often as it is found. A name that the lists know is none.
    """
    sure = (find for find in finds if find.kind is not Kind.ID and find.score >= _SURE)
    bare = _Bare(text, language, finds)
    names = [form for find in sure for form in with_parts(bare(find), find.kind)]
    covered = {(find.start, find.end) for find in finds}
    carried = [
        one for one in KnownNames(names, "propagated").find(text, language) if (one.start, one.end) not in covered
    ]
    found = Counter(words(name) for name, _ in names)
    missed = Counter(bare(find) for find in carried if find.kind is Kind.ORG)
    slips = {
        name
        for name, times in missed.items()
        if found[words(name)] < _AS_OFTEN * times and not any(map(lists().knows, name.split()))
    }
    return [find for find in carried if find.kind is not Kind.ORG or bare(find) not in slips]


class _Bare:
    """A found name without its title and genitive, in the light of the other names of the text."""

    def __init__(self, text: str, language: str, finds: Iterable[Find]) -> None:
        self._text = text
        self._language = language
        self._heard = {word for find in finds for word in text[find.start : find.end].split()}

    def __call__(self, find: Find) -> str:
        surface = self._text[find.start : find.end]
        before, blank, last = surface.removeprefix(title(surface)).rpartition(" ")
        return before + blank + part(last, self._language, lists().knows, self._heard.__contains__)[0]


def _of_one_kind(text: str, language: str, finds: Sequence[Find], both: float = 1.0) -> list[Find]:
    """Each name as the kind of most weight, since taggers waver; a part of a person's name weighs as a person.

    What is found as a place or an organisation stays so where that has the share `both` of the name's weight.
    """
    bare = _Bare(text, language, finds)
    weights: dict[tuple[str, ...], Counter[Kind]] = defaultdict(Counter)
    for find in finds:
        for name, kind in with_parts(bare(find), find.kind):
            weights[words(name)][kind] += 1 + round(1000 * find.score)
        if _after_title(text, find):
            weights[words(bare(find))][Kind.PER] += _TITLED
    return [
        find if find.kind is Kind.ID else replace(find, kind=_weighed(bare(find), find, weights, both))
        for find in finds
    ]


def _after_title(text: str, find: Find) -> bool:
    line = text[max(0, find.start - _BEFORE) : find.start].rpartition("\n")[2]
    return bool(title(text[find.start : find.end])) or is_title((line.split() or [""])[-1])


def _weighed(name: str, find: Find, weights: Mapping[tuple[str, ...], Counter[Kind]], both: float) -> Kind:
    """LO in capitals is not the woman of that name."""
    weighed: Counter[Kind] = Counter(
        {kind: weight for kind, weight in weights[words(name)].items() if kind is not Kind.ID}
    )
    if name.casefold() in lists().first_names - lists().places and not (len(name) > 1 and name.isupper()):
        weighed[Kind.PER] += _LISTED
    heaviest = max(weighed, key=lambda kind: (weighed[kind], kind))
    is_both = heaviest is not Kind.PER and find.kind is not Kind.PER
    return find.kind if is_both and weighed[find.kind] >= both * weighed.total() else heaviest
