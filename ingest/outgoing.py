"""The last scan before a hand-off: what was released, and every file made of it, against every real form in the map.

Between a release and a hand-off a study goes on: a name that another interview taught it may stand in a text that was
released before. And a file may hold more than the text: codes, attributes, properties. What a file says is let through
where the released texts say it, for they have been looked at, sentence by sentence, with what a person decided.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ingest import naming
from ingest.decisions import keep, overlay, set_stage, settled, unless_changed
from ingest.outgoing_files import told
from ingest.pseudonyms.known import words
from ingest.pseudonyms.leaks import Search
from ingest.pseudonyms.rules import rules_of
from ingest.release import claims, masked
from ingest.reviewing.deeds import Verb
from ingest.work import RELEASED, Work
from policies.actions import Action
from storage import lookup
from storage.errors import NotReady
from storage.records import Study

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ingest.decisions import Overlay
    from ingest.outgoing_files import Told
    from policies.actions import Purpose
    from policies.desk import Desk
    from storage.records import Recording
    from storage.transcript import Transcript

    File = tuple[str, bytes]

IN_TEXT = (
    "A name that is known in this study now stands in what was released, so nothing is handed off. Places: {n}, in "
    "interviews: {interviews}. They are undecided finds again: decide them with `tillit review`, release, and hand "
    "off again."
)
IN_FILES = (
    "A name known in this study stands in the files ({formats}), so nothing is handed off. Places: {n}. The released "
    "texts are clear: look at the participants' codes and attributes."
)
_SHORTEST = 6  # letters of a form that cannot stand in a sound by chance


@dataclass(frozen=True)
class Outgoing:
    """What a hand-off's files are held against: the study's names, and the words of the texts that go out."""

    search: Search
    texts: str

    def __call__(self, files: Sequence[File], blank: Sequence[File]) -> None:
        """Raise NotReady if a real form, or what may be one misspelt, stands in the files.

        `blank` are the same files made of no interview: what those say too is the house's own.
        """
        found = Counter[str]()
        for name, data in files:
            ours = {line for other in _twins(name, files, blank) for one in told(*other) for line in _lines(one)}
            found[name.rpartition(".")[2]] += sum(self._left(one, ours) for one in told(name, data))
        formats = sorted(name for name, count in found.items() if count)
        if formats:
            raise NotReady(IN_FILES, n=found.total(), formats=", ".join(formats))

    def _left(self, one: Told, ours: set[str]) -> int:
        text = "\n".join(line for line in _lines(one) if line not in ours)
        found = Counter(text[left.start : left.end] for left in self.search.left_at(text))
        return sum(max(0, count - self._said(form)) for form, count in found.items() if one.sure or _is_form(form))

    def _said(self, form: str) -> int:
        """How often the released texts say this, with whatever blanks; a text that says `liv` does not say `Liv`."""
        parts = r"\s+".join(map(re.escape, form.split()))
        return len(re.findall(rf"(?<!\w){parts}(?!\w)", self.texts))


def scan(desk: Desk, recordings: Sequence[Recording], purpose: Purpose) -> Callable[..., None]:
    """Look at released interviews afresh; returns what looks at the files made of them, see `Outgoing`.

    Raises Denied, Locked, and NotReady where a name is left in a text: it is an undecided find then, and the interview
    is to be released again.
    """
    search: Search | None = None
    texts, left = [], Counter[str]()
    for recording in recordings:
        with desk.act(Action.SCAN_OUTGOING, recording, purpose) as act:
            work = Work(act, recording, desk.vault.database)
            if search is None:
                rules = rules_of(lookup.by_id(desk.vault.database, Study, recording.study_id))
                search = Search(naming.confirmed(act.names()), rules)
            released = work.transcript(RELEASED)
            left[recording.id] = act.facts["left"] = _take_back(work, released, search)
            texts.append(" ".join(segment.text for segment in released.segments))
    if search is None or left.total():
        raise NotReady(IN_TEXT, n=left.total(), interviews=sum(map(bool, left.values())))
    return Outgoing(search, "\n".join(texts))


def _take_back(work: Work, released: Transcript, search: Search) -> int:
    """How many real forms a released text holds; where it does, they become finds and the release is taken back."""
    seen = settled(work, overlay(work))
    fresh = list(claims(seen, search.left_at(masked(seen.transcript, seen.mentions).text)))
    left = max(len(fresh), len(list(_left(released, seen, search))))
    if left:
        unless_changed(work, seen)
        set_stage(work, keep(work, seen, ((Verb.FOUND, claim) for claim in fresh), by_house=True))
    return left


def _left(released: Transcript, seen: Overlay, search: Search) -> Iterator[str]:
    """Real forms in the text itself, without the words a person took for none."""
    texts = [segment.text for segment in seen.transcript.segments]
    let = {word for one in seen.rejected for word in words(texts[one.segment][one.start : one.end])}
    for left in search.left_at(released.text):
        form = released.text[left.start : left.end]
        if let.isdisjoint(words(form)):
            yield form


def _twins(name: str, files: Sequence[File], blank: Sequence[File]) -> list[File]:
    """The blank files made as this one was: of its name or, where names are those of interviews, of its format.

    What is the house's in one place is not so in another: a README says who gets the files.
    """
    shared = {known for known, _ in files}
    same = [file for file in blank if file[0] == name]
    return same or [
        one for one in blank if one[0] not in shared and one[0].rpartition(".")[2] == name.rpartition(".")[2]
    ]


def _lines(one: Told) -> list[str]:
    return [line.strip() for line in one.text.splitlines()]


def _is_form(form: str) -> bool:
    return sum(map(str.isalpha, form)) >= _SHORTEST
