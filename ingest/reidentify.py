"""Who stands behind a pseudonym in a released interview: one person asks, a data steward approves, the first is told.

The link key stays closed until two have agreed: a request holds the pseudonym as somebody read it, and which name that
is for is looked up at the very end, among the names of that one interview.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ingest import naming
from ingest.decisions import overlay
from ingest.name_decisions import readings
from ingest.pseudonyms.genitive import ways
from ingest.pseudonyms.index import key
from ingest.pseudonyms.known import words
from ingest.pseudonyms.rendering import render
from ingest.pseudonyms.rules import rules_of
from ingest.pseudonyms.tokens import lines
from ingest.work import RELEASED, Work
from policies import second_person
from policies.actions import Action, Purpose
from policies.in_two import Second
from policies.typed import needed_reason
from storage import lookup
from storage.errors import BadInput, NotFound, NotReady
from storage.records import Participant, Person, Recording, Study

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ingest.pseudonyms.linking import Entity
    from ingest.pseudonyms.rules import Rules
    from policies.act import Act
    from policies.desk import Desk
    from storage.requests import Request

SURROGATE, WHY = "surrogate", "why"
NOT_RELEASED = (
    "This interview was never released, so nobody has met a pseudonym in it. Those who review see the names."
)
NOT_THERE = (
    "No such pseudonym stands in the released text of this interview, or those words were said. Give it whole, as it "
    "stands there."
)
NAMED = "The reason holds a name that is said in the interview. Say why without it."
NOT_A_NAME = "That request is for something else than a name. Look with `tillit request show`."
NOBODY = "No name of this interview has that pseudonym any more. Ask again with the one in its newest released text."
SEVERAL = "Several names of this interview have that in their pseudonym. Ask again with the whole of one."


@dataclass(frozen=True)
class Asked:
    """What somebody asks for, as the one who approves sees it."""

    who: str
    recording: str
    surrogate: str
    why: str


@dataclass(frozen=True)
class _Called:
    """A name, what stands for it in the text (its surrogate, or what the rules make of it), and its forms there."""

    entity: Entity
    names: set[str]
    said: list[str]


def ask(desk: Desk, recording: Recording, surrogate: str, why: str) -> Request:
    """Ask who stands behind a pseudonym that is in a recording's released text. Raises Denied, BadInput, NotReady.

    NotFound if it is not there; the request has its number, by which it is approved and used.
    """
    why = needed_reason(why)
    with desk.act(Action.ASK_REIDENTIFICATION, recording, Purpose.ANALYSE) as act:
        work = Work(act, recording, desk.vault.database)
        if work.artefact(RELEASED) is None:
            raise NotReady(NOT_RELEASED)
        heard = overlay(work)
        if not stands_in(work.transcript(RELEASED).text, surrogate) or stands_in(heard.transcript.text, surrogate):
            raise NotFound(NOT_THERE)
        if any(stands_in(why, heard.form(mention)) for mention in heard.mentions):
            raise BadInput(NAMED)
        asked = {SURROGATE: surrogate.strip(), WHY: why}
        return second_person.ask(act, Action.REIDENTIFY, recording, asked)


def approve(desk: Desk, request: Request, agreed: Callable[[Asked], bool]) -> None:
    """Show a request to a data steward and approve it if they agree. Raises Denied; BadInput if they do not."""
    with second_person.approving(desk, request) as act:
        if not agreed(_asked(desk, act, request)):
            raise BadInput("Nothing was approved.")
        second_person.approve(act, request)


def show(desk: Desk, request: Request) -> list[str]:
    """The real forms behind the pseudonym, for whoever asked and once: those said in that interview, or in the roster.

    What other interviews called them is those participants'. Raises Denied, Locked, NotFound, BadInput.
    """
    recording = _recording(desk, request)
    with desk.act(Action.REIDENTIFY, recording, Purpose.ANALYSE, Second(request.id)) as act:
        asked = second_person.asked(act, request)
        work = Work(act, recording, desk.vault.database)
        rules = rules_of(lookup.by_id(desk.vault.database, Study, recording.study_id))
        return _only(_called(work, asked[SURROGATE], rules), asked[SURROGATE]).said


def stands_in(text: str, surrogate: str) -> bool:
    """Whether the words of a pseudonym stand one after the other in a line, also in the genitive."""
    wanted = words(surrogate)
    return any(map(str.isalnum, surrogate)) and any(
        _holds([token.text for token in line], wanted) for line in lines(text)
    )


def _holds(said: Sequence[str], wanted: tuple[str, ...]) -> bool:
    runs = (said[at : at + len(wanted)] for at in range(len(said) - len(wanted) + 1))
    return any(wanted in _readings(run) for run in runs)


def _readings(run: Sequence[str]) -> Iterator[tuple[str, ...]]:
    *firsts, last = run
    yield from ((*(word.casefold() for word in firsts), stem.casefold()) for stem, _ in ways(last))


def _asked(desk: Desk, act: Act, request: Request) -> Asked:
    vault, asked = desk.vault, second_person.asked(act, request)
    recording = _recording(desk, request)
    held = lookup.by_id(vault.database, Participant, recording.participant_id)
    study = lookup.by_id(vault.database, Study, recording.study_id)
    who = lookup.by_id(vault.database, Person, request.by_person_id)
    return Asked(who.handle, f"{study.code}/{held.code}-{recording.number}", asked[SURROGATE], asked[WHY])


def _recording(desk: Desk, request: Request) -> Recording:
    if request.action != Action.REIDENTIFY:
        raise BadInput(NOT_A_NAME)
    return lookup.by_id(desk.vault.database, Recording, request.resource.partition("/")[2])


def _called(work: Work, surrogate: str, rules: Rules) -> list[_Called]:
    """The names of one interview that are called so, or have it in what they are called."""
    names, left = work.act.names(), overlay(work)
    book, said = naming.load(names), naming.settled(names, left.replaced, left.transcript, work.recording.id)
    heard: dict[str, set[str]] = {}
    for mention in said:
        heard.setdefault(book[mention.entity].id, set()).update(readings(left.form(mention), mention.kind))
    given = {form.form for name in names.all() for form in name.forms if form.given is not None}
    language = left.transcript.language
    found = [
        _Called(
            one,
            {one.surrogate, *(render(one, form, language, rules) for form in one.forms)},
            sorted(form for form in one.forms if form in given or key(form, one.kind) in keys),
        )
        for one, keys in ((book[name], keys) for name, keys in heard.items())
    ]
    return [one for one in found if any(stands_in(name, surrogate) for name in one.names)]


def _only(found: list[_Called], surrogate: str) -> _Called:
    """Who is called so, or else the only one that has it in what they are called. Raises NotFound, BadInput."""
    whole = [one for one in found if words(surrogate) in set(map(words, one.names))]
    if not found:
        raise NotFound(NOBODY)
    if len(whole or found) > 1:
        raise BadInput(SEVERAL)
    return (whole or found)[0]
