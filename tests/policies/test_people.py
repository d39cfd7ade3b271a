"""Who works where: roles given and taken back, who had access when, and what the newer roles open."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from policies import people, studies
from policies.actions import Action, Purpose, Role
from storage import fsck
from storage.errors import AlreadyThere, BadInput, Denied, NotFound, NotReady
from tests.policies.keeping import keep

if TYPE_CHECKING:
    from policies.people import Member
    from tests.house_fixtures import House

IN = Purpose.STEWARDSHIP


def _join(house: House, handle: str, *roles: Role) -> None:
    people.add(house.desk("astrid"), house.study, handle, roles)


def _join_vault(house: House, handle: str, *roles: Role) -> None:
    people.add(house.desk("astrid"), None, handle, roles)


def _now(house: House, *, past: bool = False) -> list[tuple[str, str, str]]:
    found = people.listed(house.desk("astrid"), house.study, past=past)
    return [(one.scope, one.role, one.who) for one in found]


def _may(house: House, who: str, action: Action) -> bool:
    """Whether the door opens for an action on the study or the vault."""
    thing = (
        house.vault.id if "vault" in action or action in {"read_ledger", "back_up", "back_up_link"} else house.study
    )
    try:
        with house.desk(who).act(action, thing, IN):
            return True
    except Denied:
        return False


def test_who_has_access_is_listed_by_role_with_what_it_may_open(house: House) -> None:
    """The list has each role in the study and in the vault, since when, and in words what it opens."""
    _join(house, "rita", Role.REVIEWER)
    _join_vault(house, "adam", Role.ADMINISTRATOR)
    assert _now(house) == [
        ("rus", "steward", "astrid"), ("rus", "researcher", "ragna"), ("rus", "reviewer", "rita"),
        ("rus", "interviewer", "ivar"), ("vault", "steward", "astrid"), ("vault", "administrator", "adam"),
    ]  # fmt: skip
    found: list[Member] = people.listed(house.desk("astrid"), house.study)
    assert all(one.since and not one.until and one.may for one in found)
    assert "real names" in found[2].may


def test_a_role_that_is_taken_back_is_refused_at_once_and_stays_told(house: House) -> None:
    """After a removal the door is shut, the list has them under past, and the ledger has whom and which role."""
    assert _may(house, "ragna", Action.SEE_STATUS)
    assert people.remove(house.desk("astrid"), house.study, "ragna") == [Role.RESEARCHER]
    assert json.loads(list(house.vault.ledger.leaves())[-1])["roles"] == ["researcher"]
    assert not _may(house, "ragna", Action.SEE_STATUS)
    assert ("rus", "researcher", "ragna") not in _now(house)
    gone = [one for one in people.listed(house.desk("astrid"), house.study, past=True) if one.until]
    assert [(one.who, one.role, one.scope) for one in gone] == [("ragna", "researcher", "rus")]
    assert gone[0].since <= gone[0].until


def test_a_role_can_be_given_again(house: House) -> None:
    """Somebody who left and came back has both times told, and access."""
    people.remove(house.desk("astrid"), house.study, "ragna")
    _join(house, "ragna", Role.RESEARCHER)
    assert _may(house, "ragna", Action.SEE_STATUS)
    assert _now(house, past=True).count(("rus", "researcher", "ragna")) == 2


def test_one_role_of_two_can_be_taken_back(house: House) -> None:
    """With a role named, the others stay."""
    _join(house, "ivar", Role.RESEARCHER)
    assert people.remove(house.desk("astrid"), house.study, "ivar", Role.INTERVIEWER) == [Role.INTERVIEWER]
    assert ("rus", "researcher", "ivar") in _now(house)
    with pytest.raises(NotFound):
        people.remove(house.desk("astrid"), house.study, "ivar", Role.INTERVIEWER)


@pytest.mark.parametrize("vault", [False, True])
def test_the_last_data_steward_cannot_be_removed(house: House, *, vault: bool) -> None:
    """A study and a vault keep a steward; with a second one the first may go, by their own hand too."""
    where = None if vault else house.study
    with pytest.raises(NotReady, match="last data steward"):
        people.remove(house.desk("astrid"), where, "astrid")
    people.add(house.desk("astrid"), where, "signe", [Role.STEWARD])
    assert people.remove(house.desk("astrid"), where, "astrid") == [Role.STEWARD]
    with pytest.raises(NotReady):
        people.remove(house.desk("signe"), where, "signe", Role.STEWARD)


def test_a_removal_during_an_act_keeps_nothing_of_it(house: House) -> None:
    """Whoever lost the role before the act ended is refused at its end."""
    ivar = house.desk("ivar")
    with pytest.raises(Denied), ivar.act(Action.ADD_PARTICIPANT, house.study, IN):
        people.remove(house.desk("astrid"), house.study, "ivar")


def test_only_a_steward_says_who_works_here(house: House) -> None:
    """Nobody else adds or removes, in the study or in the vault, and a study's steward is not the vault's."""
    _join(house, "signe", Role.STEWARD)
    _join(house, "ida", Role.INVESTIGATOR)
    _join_vault(house, "adam", Role.ADMINISTRATOR)
    for who in ("ragna", "ida", "adam"):
        with pytest.raises(Denied):
            people.add(house.desk(who), house.study, who, [Role.RESEARCHER])
        with pytest.raises(Denied):
            people.remove(house.desk(who), house.study, "ragna")
    for who in ("signe", "adam"):
        with pytest.raises(Denied):
            people.add(house.desk(who), None, who, [Role.STEWARD])
        with pytest.raises(Denied):
            people.remove(house.desk(who), None, "astrid")


def test_roles_are_given_only_where_they_mean_something(house: House) -> None:
    """No study has an administrator and no vault a researcher; a role somebody has is there already."""
    with pytest.raises(BadInput, match="Nobody can be administrator"):
        _join(house, "adam", Role.ADMINISTRATOR)
    with pytest.raises(BadInput, match="auditor, administrator"):
        _join_vault(house, "ragna", Role.RESEARCHER)
    with pytest.raises(AlreadyThere):
        _join(house, "ragna", Role.RESEARCHER)


@pytest.mark.parametrize(
    ("role", "reads", "reviews", "releases"),
    [
        (Role.REVIEWER, True, True, False),
        (Role.INVESTIGATOR, True, False, False),
        (Role.AUDITOR, False, False, False),
        (Role.STEWARD, False, False, False),
    ],
)
def test_each_role_opens_of_an_interview_what_it_should(
    house: House, role: Role, *, reads: bool, reviews: bool, releases: bool
) -> None:
    """A reviewer reads and reviews, an investigator reads, an auditor does neither; none of them releases."""
    _join(house, "new", role)
    recording = keep(house, house.participant("P01"))
    expected = {Action.READ_TRANSCRIPT: reads, Action.REVIEW: reviews, Action.RELEASE: releases}
    for action, allowed in expected.items():
        try:
            with house.desk("new").act(action, recording, Purpose.ANALYSE):
                assert allowed
        except Denied:
            assert not allowed


def test_auditors_and_administrators_of_the_vault_do_what_they_are_for(house: House) -> None:
    """An auditor reads the ledger and every study's members, an administrator backs up, and neither the other's."""
    _join_vault(house, "aud", Role.AUDITOR)
    _join_vault(house, "adam", Role.ADMINISTRATOR)
    may = {who: [a for a in Action if a in ASKED and _may(house, who, a)] for who in ("aud", "adam")}
    assert may["aud"] == [Action.READ_LEDGER, Action.SEE_STATUS, Action.SEE_MEMBERS, Action.SEE_VAULT_MEMBERS]
    assert may["adam"] == [Action.BACK_UP]


ASKED = {
    Action.READ_LEDGER, Action.BACK_UP, Action.BACK_UP_LINK, Action.SEE_STATUS, Action.SEE_MEMBERS,
    Action.SEE_VAULT_MEMBERS, Action.ADD_MEMBER, Action.RUN,
}  # fmt: skip


def test_the_store_agrees_with_the_ledger_about_who_works_here(house: House) -> None:
    """After roles were given and taken back, every row is as the ledger remembers it."""
    _join(house, "rita", Role.REVIEWER)
    people.remove(house.desk("astrid"), house.study, "ragna")
    vault = house.vault
    assert fsck.examine(vault.database, vault.blobs, vault.ledger, lambda *_: None) == []


def test_a_new_handle_is_checked(house: House) -> None:
    """A handle nobody can have is refused for the vault as for a study."""
    with pytest.raises(BadInput):
        _join_vault(house, "-x", Role.AUDITOR)
    assert studies.actor(house.vault, "-x").id == studies.ANONYMOUS
