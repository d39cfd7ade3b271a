"""The record of processing activities, GDPR art. 30(1), as far as a study has stated it and the vault keeps it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import sqlalchemy as sa

from policies import retention
from policies.actions import CONSENTED
from policies.reports import standing
from policies.reports.facts import Elsewhere, Missing, Term, facts, table
from storage.consents import Consent, Letter
from storage.records import Artefact, Key, Participant, Recording, Tombstone
from storage.withdrawals import RetentionRule

if TYPE_CHECKING:
    from policies.reports.facts import Report, Row, Section, Value
    from policies.reports.sources import Sources

KIND = "processing"
CODED = {"special_categories": "special", "legal_basis": "basis", "voices": "voices"}
"""Facts that are codes, and the group of their words."""
CHANGED = ("number", "day", "field", "sort", "before", "after", "notified")


def report(sources: Sources) -> Report:
    """The record of one study."""
    sections = [
        _controller(sources), _study(sources), _purposes(sources), _people(sources), _data(sources),
        _letters(sources), _processors(sources),
        table("recipients", standing.HANDED, [standing.handed(sources, one) for one in standing.handed_off(sources)]),
        facts("transfers", third_countries=Elsewhere()), _limits(sources), _changes(sources),
        facts("security", see=f"tillit report controls {sources.study.code}"),
    ]  # fmt: skip
    return sources.report(KIND, sources.study.code, sections)


def stated(sources: Sources, value: Value, option: str) -> Value:
    """A fact, or, if it is empty, the option that states it."""
    return value or Missing(f"tillit study change {sources.study.code} {option}")


def _controller(sources: Sources) -> Section:
    return facts(
        "controller", name=stated(sources, sources.study.controller, "--controller NAME"),
        contact=Elsewhere(), data_protection_officer=Elsewhere(),
    )  # fmt: skip


def _study(sources: Sources) -> Section:
    study = sources.study
    basis = Term("basis", study.legal_basis) if study.legal_basis else None
    return facts(
        "study", code=study.code, title=study.title,
        approval=stated(sources, study.approval.strip(), "--approval REFERENCE"),
        starts=study.starts.isoformat(), ends=study.ends.isoformat(),
        legal_basis=stated(sources, basis, "--legal-basis consent|'public task'|'legitimate interest'"),
    )  # fmt: skip


def newest_consents(sources: Sources) -> dict[str, Consent]:
    """By participant, the consent that counts."""
    query = sa.select(Consent).join(Participant, Participant.id == Consent.participant_id)
    rows = sources.session.scalars(query.where(Participant.study_id == sources.study.id).order_by(Consent.version))
    return {one.participant_id: one for one in rows}


def _standing(sources: Sources) -> list[Consent]:
    found = newest_consents(sources).values()
    return [one for one in found if one.withdrawn_at is None and sources.today <= one.expires]


def _purposes(sources: Sources) -> Section:
    consents = _standing(sources)
    rows: list[Row] = [
        {"purpose": Term("purpose", one), "participants": sum(one in held.purposes for held in consents)}
        for one in CONSENTED
    ]
    return table("purposes", ("purpose", "participants"), rows)


def _people(sources: Sources) -> Section:
    study, newest = sources.study, newest_consents(sources)
    stones = sa.select(sa.func.count()).select_from(Tombstone).where(Tombstone.study_id == study.id)
    special = tuple(Term("special", one) for one in study.special_categories)
    return facts(
        "people", participants=len(sources.codes), sample=stated(sources, study.sample, "--sample NUMBER"),
        consents_that_hold=len(_standing(sources)),
        withdrawn=sum(one.withdrawn_at is not None for one in newest.values()),
        destroyed=sources.session.scalar(stones) or 0,
        cohorts=stated(sources, tuple(study.cohorts), "--cohort NAME"),
        special_categories=stated(sources, special, "--special CATEGORY"),
        offence_data=Term("offence", "yes" if study.offence_data else "no"),
        voices=Term("voices", study.voices),
    )  # fmt: skip


def _data(sources: Sources) -> Section:
    """What there is that opens still, by kind."""
    of_study = sa.select(Artefact.kind, sa.func.count(), sa.func.sum(Artefact.size)).join(
        Recording, Recording.id == Artefact.recording_id
    )
    living = of_study.where(Recording.study_id == sources.study.id, Artefact.header != b"").group_by(Artefact.kind)
    rows: list[Row] = [
        {"kind": Term("artefact", kind), "count": count, "bytes": int(size)}
        for kind, count, size in sources.session.execute(living.order_by(Artefact.kind))
    ]
    keyed = sa.select(sa.func.count()).select_from(Participant).join(Key, Key.owner_id == Participant.id)
    described = keyed.where(Participant.study_id == sources.study.id, Participant.sealed_attributes.is_not(None))
    if count := sources.session.scalar(described):
        rows.append({"kind": Term("artefact", "attributes"), "count": count, "bytes": None})
    return table("data", ("kind", "count", "bytes"), rows)


def _letters(sources: Sources) -> Section:
    query = sa.select(Letter).where(Letter.study_id == sources.study.id).order_by(Letter.created, Letter.version)
    rows: list[Row] = [
        {"version": one.version, "language": one.language, "added": one.created.date().isoformat(),
         "sha256": one.sha256}
        for one in sources.session.scalars(query)
    ]  # fmt: skip
    return table("letters", ("version", "language", "added", "sha256"), rows)


def _processors(sources: Sources) -> Section:
    rows: list[Row] = [
        {"name": one["name"], "agreement": one["agreement"], "date": one["date"]} for one in sources.study.processors
    ]
    if not rows:
        missing = stated(sources, None, "--processor NAME REFERENCE DATE")
        rows = [{"name": missing, "agreement": None, "date": None}]
    return table("processors", ("name", "agreement", "date"), rows)


def _limits(sources: Sources) -> Section:
    study = sources.study
    own = sa.select(RetentionRule).where(RetentionRule.study_id == study.id)
    grounds = {one.kind: one.ground for one in sources.session.scalars(own)}
    rows: list[Row] = [
        {
            "kind": Term("kept", rule.kind), "days": Term("days", "open") if rule.days is None else rule.days,
            "since": Term("since", rule.since), "ground": grounds.get(rule.kind),
        }
        for rule in retention.rules_of(sources.session, study).values()
    ]  # fmt: skip
    return table("limits", ("kind", "days", "since", "ground"), rows)


def _changes(sources: Sources) -> Section:
    rows: list[Row] = [
        {
            "number": one["number"], "day": one["on"], "field": Term("field", one["field"]),
            "sort": Term("sort", one["sort"] or "none"),
            "before": _told(one["field"], one["before"]), "after": _told(one["field"], one["after"]),
            "notified": _notified(sources, one),
        }
        for one in sources.study.changes
    ]  # fmt: skip
    return table("changes", CHANGED, rows)


def _notified(sources: Sources, change: dict[str, Any]) -> Value:
    if not change["sort"]:
        return None
    return change["notified"] or Missing(
        f"tillit study notified {sources.study.code} {change['number']} --on YYYY-MM-DD"
    )


def _told(name: str, value: Any) -> Value:  # noqa: ANN401  # whatever a fact is
    """A fact as it was kept: a list, and an agreement with a processor, as their parts."""
    if isinstance(value, dict):
        return tuple(str(one) for one in value.values())
    if isinstance(value, list):
        return tuple(_told(name, one) for one in value)
    return Term(CODED[name], value) if name in CODED and value else cast("Value", value)
