"""By which rules names are replaced: a way for each kind, as a set of policies/pseudonyms.toml says."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ingest.pseudonyms import tags
from ingest.pseudonyms.finds import Kind
from policies import pseudonym_rules
from policies.pseudonym_rules import Way

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ingest.pseudonyms.linking import Entity
    from storage.records import Study

__all__ = ["DEFAULT", "Rules", "Way", "rules_named", "rules_of"]


@dataclass(frozen=True)
class Rules:
    """A way for each kind, exceptions by sort of ID (`phone`), and whether surrogates stand in brackets."""

    ways: Mapping[Kind, Way]
    sorts: Mapping[str, Way] = field(default_factory=dict)
    marked: bool = False

    def way(self, entity: Entity) -> Way:
        """What becomes of an entity, wherever in the study it is spoken of."""
        way = self.ways[entity.kind]
        return self.sorts.get(sort_of(entity), way) if entity.kind is Kind.ID else way


DEFAULT = Rules({Kind.PER: Way.SURROGATE, Kind.LOC: Way.SURROGATE, Kind.ORG: Way.TAG, Kind.ID: Way.TAG})
"""What a study has that chose nothing: the set `names` as it is shipped."""


def rules_named(name: str) -> Rules:
    """A set of pseudonyms.toml. Raises NotFound, BadInput."""
    read = pseudonym_rules.named(name)
    return Rules({kind: read.ways[kind] for kind in Kind}, read.sorts, read.marked)


def rules_of(study: Study) -> Rules:
    """The rules that a study has chosen. Raises NotFound, BadInput."""
    return rules_named(study.pseudonyms)


def sort_of(entity: Entity) -> str:
    """The sort of an ID, such as `phone`: its surrogate in the link key is the tag of one. `id` where that is not so.

    Taken from there and not from a find, so that it is the same for every mention in the study.
    """
    return tags.stands_for(entity.surrogate) or "id"
