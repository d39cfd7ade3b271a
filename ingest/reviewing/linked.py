"""Finds that a review makes, each linked to its entity in the study's link key, which learns the names it lacks."""

from __future__ import annotations

from dataclasses import replace
from itertools import accumulate
from typing import TYPE_CHECKING

from ingest import naming
from ingest.pseudonyms.apply import mentions_of
from ingest.pseudonyms.finder import find_known, find_names
from ingest.pseudonyms.finds import Find, Kind
from ingest.pseudonyms.linking import fresh_id
from ingest.reviewing.places import Place, Run
from storage.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ingest.pseudonyms.apply import Mention
    from ingest.pseudonyms.linking import Entity
    from ingest.reviewing.deeds import Claim, Edited
    from ingest.reviewing.fold import Overlay
    from ingest.reviewing.sitting import Sitting
    from ingest.reviewing.texts import Texts
    from ingest.work import Work

INSTEAD = 0.5
"""The score of words that somebody typed where a name stood, and that the finder sees no name in."""


def linked(work: Work, overlay: Overlay, finds: Iterable[Find]) -> list[Claim]:
    """Claims of finds, whose offsets count in the corrected text."""
    book = naming.load(work.act.names())
    said = {mention.entity for mention in overlay.mentions}
    mentions = mentions_of(overlay.transcript, finds, book, interview=work.recording.id, said=said)
    naming.save(work.act.names(), book)
    return [overlay.claim(mention) for mention in mentions]


def entity_of(at: Sitting, mentions: Sequence[Mention], chosen: str | None) -> Entity:
    """The entity a person chose for mentions, which learns their forms; for None a new one like theirs of now.

    Raises BadInput if there is none of that id.
    """
    names, recording = at.work.act.names(), at.work.recording.id
    book, language = naming.load(names), at.overlay.raw.language
    if not mentions or (chosen and chosen not in book):
        raise BadInput("There is no such name in this study. Look with `tillit names list`.")
    like = book[mentions[0].entity]
    forms = {book.form(at.overlay.form(one), like.kind, language) for one in mentions}
    if chosen is None:
        bound = recording if like.kind is Kind.PER else ""
        whose = book.make(replace(like, id=fresh_id(), forms=forms, surrogate="", interview=bound), language)
    else:
        whose = book[chosen]
        whose.forms |= forms
        book.note(whose)
    naming.save(names, book)
    return whose


def in_text(texts: Texts, segment: int, find: Find) -> Find:
    """A find in a segment as one in the whole corrected text."""
    lengths = (len(one.text) + 1 for one in texts.transcript.segments[:segment])
    before = list(accumulate(lengths, initial=0))[-1]
    return replace(find, start=before + find.start, end=before + find.end)


def typed_names(work: Work, before: Overlay, after: Overlay, number: int, edit: Edited) -> list[Claim]:
    """The names in what edit `number` typed; what it typed in the place of a name counts as one, for somebody to look.

    `before` is the overlay without the edit, `after` with it.
    """
    stretches = after.texts.shown(edit.segment).typed(number)
    found = names_touching(work, after.texts, edit.segment, stretches)
    found += [find for find in _instead(before, after, number, edit) if not any(map(find.overlaps, found))]
    return linked(work, after, (in_text(after.texts, edit.segment, find) for find in found)) if found else []


def names_touching(work: Work, texts: Texts, segment: int, stretches: list[tuple[int, int]]) -> list[Find]:
    """What the finder, and the study, take for a name in a segment as it reads now, where it touches a stretch."""
    text, language = texts.text(segment), texts.transcript.language
    found = find_names(text, language)  # before the link key is opened: nobody else can write to it from then on
    finds = find_known(text, language, found, naming.confirmed(work.act.names()).names())
    return [find for find in finds if any(find.start < end and start < find.end for start, end in stretches)]


def names_in(work: Work, label: str, language: str) -> list[Find]:
    """What in a few words by themselves is a person, or anything the study knows; the likeliest reading decides."""
    found = [find for find in find_names(label, language, threshold=0.5) if find.kind is Kind.PER]
    return find_known(label, language, found, naming.confirmed(work.act.names()).names())


def _instead(before: Overlay, after: Overlay, number: int, edit: Edited) -> Iterator[Find]:
    names = {
        point: mention
        for mention in before.replaced
        if mention.segment == edit.segment
        for point in before.claim(mention).place.points()
    }
    typed = 0
    for hunk in edit.hunks:
        place = Place(edit.segment, (Run(number, typed, typed + len(hunk.new)),))
        typed += len(hunk.new)
        stood = [names[point] for run in hunk.gone for point in run.points() if point in names]
        span = after.texts.span(place)
        if stood and span and hunk.new.strip():
            start = span.start + len(hunk.new) - len(hunk.new.lstrip())
            yield Find(start, start + len(hunk.new.strip()), stood[0].kind, INSTEAD, ("person",))
