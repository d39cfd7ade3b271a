"""What happens at each stage: from the artefact before it to the artefact it makes.

Every stage may be run again: one whose artefact is there does nothing. A stage is handed an open act and ids, and
leaves no plaintext anywhere but in the artefact it seals.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ingest import naming
from ingest.listening import decode, tell_speakers, transcribe
from ingest.pseudonyms import network, tagger
from ingest.pseudonyms.apply import from_bytes, mentions_of, pseudonymise, to_bytes
from ingest.pseudonyms.finder import ROSTER, find_known, find_names
from ingest.pseudonyms.rules import rules_of
from ingest.transcription import models, registry
from ingest.work import MENTIONS, PSEUDONYMISED
from storage import lookup
from storage.errors import Damaged
from storage.records import Study

if TYPE_CHECKING:
    from collections.abc import Callable

    from ingest.pseudonyms.apply import Mention
    from ingest.work import Work
    from storage.transcript import Provenance

BLOCK = 1 << 20
RULES = "rules"  # the parameter of a draft that says by which set of rules it was made
FIRST = "names"  # the set by which drafts were made that do not say


def admit(work: Work) -> None:
    """Read the original back whole, and see that the weights are there; loading them will check their hash."""
    models.size(registry.registered(work.database, work.recording.model))
    size = 0
    with work.originals() as parts:
        for part in parts:
            while block := part.read(BLOCK):
                size += len(block)
    if size != work.recording.size:
        raise Damaged("The sealed recording is shorter than what was received. Restore the vault from a backup.")


def find_mentions(work: Work) -> None:
    """Find names and numbers, those the study knows among them, and link each to its entity in the link key."""
    if work.artefact(MENTIONS):
        return
    mentions = mentions_in(work)
    work.act.seal(work.recording, MENTIONS, to_bytes(mentions), found_by(work))
    work.act.facts["mentions"] = len(mentions)


def found_by(work: Work) -> Provenance:
    """What makes a list of mentions: the finder, its tagger and the thresholds it is used at."""
    made_by = work.made_by("find names", "tillit-names", naming.ENGINE)
    thresholds: dict[str, object] = {"cased": tagger.CASED, "uncased": tagger.UNCASED}
    return replace(made_by, model=tagger.NAME, model_sha256=network.digest(), parameters=thresholds)


def mentions_in(work: Work) -> list[Mention]:
    """What the finder of today finds in the raw transcript, linked; names the study lacks come into its link key."""
    transcript = work.transcript()
    text, language = transcript.text, transcript.language
    found = find_names(text, language)  # before the link key is opened: nobody else can write to it from then on
    known = find_known(text, language, found, naming.confirmed(work.act.names()).names())
    finds = find_known(text, language, known, naming.expected(work.act.names()), ROSTER)
    book = naming.load(work.act.names())
    mentions = mentions_of(transcript, finds, book, interview=work.recording.id)
    naming.save(work.act.names(), book)
    return mentions


def apply_pseudonyms(work: Work) -> None:
    """Make the draft a reviewer sees: every find replaced by the study's rules, anew where it has others now."""
    study = lookup.by_id(work.database, Study, work.recording.study_id)
    before = work.artefact(PSEUDONYMISED)
    if before and before.made_by.get("parameters", {}).get(RULES, FIRST) == study.pseudonyms:
        return
    transcript, mentions = work.transcript(), from_bytes(work.act.read(work.need(MENTIONS)))
    names = work.act.names()
    now = naming.settled(names, mentions, transcript, work.recording.id)
    draft = pseudonymise(transcript, now, naming.load(names), rules_of(study))
    made_by = work.made_by("apply pseudonyms", "tillit-names", naming.ENGINE)
    by_rules = replace(made_by, parameters={RULES: study.pseudonyms})
    work.act.seal(work.recording, PSEUDONYMISED, draft.to_bytes(), by_rules, before.version + 1 if before else 1)


RUN: dict[str, Callable[[Work], None]] = {
    "admit": admit,
    "decode": decode,
    "transcribe": transcribe,
    "tell speakers": tell_speakers,
    "find names": find_mentions,
    "apply pseudonyms": apply_pseudonyms,
}
