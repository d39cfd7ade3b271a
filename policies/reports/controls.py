"""What protects a study, GDPR art. 32: keys, places, rules, second persons, exceptions, and what the ledger has."""

from __future__ import annotations

import hashlib
from collections import Counter
from importlib.metadata import version
from typing import TYPE_CHECKING

import sqlalchemy as sa

from policies import bulk, decide
from policies.actions import ACTIONS, Action
from policies.reports import standing
from policies.reports.facts import Moment, Term, facts, table
from storage.age import hybrid
from storage.records import Key, RetiredKey, Tombstone
from storage.requests import Request

if TYPE_CHECKING:
    from collections.abc import Iterable

    from policies.reports.facts import Report, Row, Section
    from policies.reports.ledger import Doing
    from policies.reports.sources import Sources
    from storage.settings import Place

KIND = "controls"
IN_TWO = ("action", "asked", "approved", "used", "closed")
UPKEEP = ("action", "times", "last")
OF_STUDY = (Action.ROTATE_STUDY_KEY, Action.ROTATE_KEY)
RULES = decide.HERE / "access.cedar"


def report(sources: Sources) -> Report:
    """The controls of one study and of the vault it is in."""
    sections = [
        _keys(sources), _places(sources), _rules(sources), _in_two(sources), standing.broken_glass(sources),
        standing.holds(sources), _refusals(sources), _upkeep(sources),
    ]  # fmt: skip
    return sources.report(KIND, sources.study.code, sections)


def _keys(sources: Sources) -> Section:
    session, study, settings = sources.session, sources.study, sources.vault.settings
    keys = {one.owner_id: one for one in session.scalars(sa.select(Key))}
    retired = sa.select(sa.func.count()).select_from(RetiredKey).where(RetiredKey.owner_id == study.id)
    stones = sa.select(sa.func.count()).select_from(Tombstone).where(Tombstone.study_id == study.id)
    own = [keys[one] for one in (study.id, *sources.codes) if one in keys]
    return facts(
        "keys", root=Term("keeper", settings.root.kind), link_root=Term("keeper", settings.link_root.kind),
        study_key=study.id in keys, rotated=session.scalar(retired) or 0,
        participants_with_key=sum(one in keys for one in sources.codes), keys_destroyed=session.scalar(stones) or 0,
        keys=len(own), post_quantum=sum(one.recipient.startswith(f"{hybrid.RECIPIENT_PREFIX}1") for one in own),
    )  # fmt: skip


def _places(sources: Sources) -> Section:
    """What kind of place each part is in; where that is, is the vault's own business."""
    settings = sources.vault.settings
    return facts(
        "places", records=_place(settings.records), link_key=_place(settings.link), sealed=_place(settings.objects),
        ledger_file=Term("place", "elsewhere" if settings.ledger else "folder"),
    )  # fmt: skip


def _place(place: Place) -> Term:
    kind = place.url.partition(":")[0].partition("+")[0]
    return Term("place", kind or "folder")


def _rules(sources: Sources) -> Section:
    study, limits = sources.study, bulk.limits()
    text = RULES.read_bytes()
    return facts(
        "rules", program=version("tillit"), rules_sha256=hashlib.sha256(text).hexdigest(),
        permits=text.count(b"\npermit ("), forbids=text.count(b"\nforbid ("), actions=len(ACTIONS),
        review=Term("review", study.review), review_set=tuple(
            f"{one['at'][:10]}: {one['review']} ({one['why']})" for one in study.review_policy
        ),
        pseudonyms=study.pseudonyms, bulk_more_than=limits.more_than, bulk_whole_from=limits.whole_from,
    )  # fmt: skip


def _in_two(sources: Sources) -> Section:
    """Each act that takes two and is done to a study or in it, and how often it was asked for and came about."""
    of_study = sources.session.scalars(sa.select(Request).where(Request.study_id == sources.study.id)).all()
    rows: list[Row] = []
    for action, spec in ACTIONS.items():
        if not spec.second_person or spec.resource == "Vault":
            continue
        found = [one for one in of_study if one.action == action]
        rows.append({
            "action": Term("action", action), "asked": len(found),
            "approved": sum(one.approved_by_person_id is not None for one in found),
            "used": sum(one.used is not None for one in found),
            "closed": sum(one.closed_by_person_id is not None for one in found),
        })  # fmt: skip
    return table("in_two", IN_TWO, rows)


def _refusals(sources: Sources) -> Section:
    """How often the door refused something of the study, by the rule that did."""
    found = Counter(rule for doing in sources.doings if not doing.allowed for rule in doing.rules or ("",))
    rows: list[Row] = [{"rule": rule or None, "times": times} for rule, times in sorted(found.items())]
    return table("refusals", ("rule", "times"), rows)


def _upkeep(sources: Sources) -> Section:
    of_study = [one for one in sources.doings if one.action in OF_STUDY]
    done = [one for one in (*sources.upkeep, *of_study) if one.outcome == "done"]
    return table("upkeep", UPKEEP, [*_counted(done)])


def _counted(done: Iterable[Doing]) -> list[Row]:
    by_action: dict[str, list[Doing]] = {}
    for one in done:
        by_action.setdefault(one.action, []).append(one)
    return [
        {"action": Term("action", action), "times": len(found), "last": Moment(max(one.at for one in found))}
        for action, found in sorted(by_action.items())
    ]
