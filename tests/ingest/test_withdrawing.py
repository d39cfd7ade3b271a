"""A participant withdraws: which names are theirs alone, and what a stop in the middle leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from ingest import name_decisions, roster
from ingest.pseudonyms.finds import Kind
from ingest.withdrawing import Pipeline
from policies import withdrawal_plan
from policies.actions import Action, Purpose
from storage import certificates, tombstones
from storage.consents import Consent
from storage.errors import Denied, StorageFailed
from storage.link import LinkKey
from storage.records import Key
from tests.ingest.interview import said
from tests.ingest.withdrawn import forms, whose, withdraw

if TYPE_CHECKING:
    from tests.house_fixtures import House

KARI = "My sister Ingrid Solbakken moved to Bergen with Marit Haugen."
OLA = "In Bergen I met Per Brekke."


def test_names_only_they_said_go_and_those_of_others_stay(house: House) -> None:
    """Of the link key what no other interview says is destroyed, and the certificate counts it."""
    gone = said(house, "P01", KARI)
    said(house, "P02", OLA)
    before = forms(house)
    planned = withdrawal_plan.plan(house.desk("astrid"), whose(house, gone), Pipeline())
    done = withdraw(house, whose(house, gone))
    left = forms(house)
    assert {"Ingrid Solbakken", "Marit Haugen", "Bergen", "Per Brekke"} <= before
    assert {"Bergen", "Per Brekke"} <= left
    assert not {"Ingrid Solbakken", "Marit Haugen"} & left
    assert planned.names == done.counts["names"] == len(before - left)
    assert planned.recordings == done.counts["recordings"] == 1


def test_of_a_name_two_say_goes_what_only_one_called_it(house: House) -> None:
    """Somebody both speak of keeps the name the other used, and loses the one that only they used."""
    gone = said(house, "P01", KARI)
    said(house, "P02", "We met Ingrid at home.")
    with house.desk("ragna").act(Action.SET_NAMES, house.study, Purpose.ANALYSE) as act:
        ids = {form.form: name.id for name in act.names().all() for form in name.forms}
        if ids["Ingrid"] != ids["Ingrid Solbakken"]:
            step = name_decisions.Step(name_decisions.Verb.MERGE, ids["Ingrid"], ids["Ingrid Solbakken"])
            name_decisions.decide(act.names(), step, "", "ragna")
    withdraw(house, whose(house, gone))
    assert forms(house) & {"Ingrid", "Marit Haugen"} == {"Ingrid"}


def test_an_interview_whose_consent_ended_still_needs_its_names(house: House) -> None:
    """Closed is not forgotten: as long as there is a key, what an interview says is kept."""
    gone, closed = said(house, "P01", KARI), said(house, "P02", KARI)
    with Session(house.vault.database.writer) as session, session.begin():
        session.execute(sa.update(Consent).where(Consent.participant_id == closed.participant_id).values(purposes=[]))
    withdraw(house, whose(house, gone))
    assert {"Ingrid Solbakken", "Bergen"} <= forms(house)
    withdraw(house, whose(house, closed))
    assert not forms(house)


def test_a_roster_keeps_what_nobody_said_and_loses_what_only_they_did(house: House) -> None:
    """A name that was written down beforehand stays until the one interview that says it is withdrawn."""
    roster.add(house.desk("ragna"), house.study, ["Ingrid Solbakken", "Tor Vik"], Kind.PER)
    gone = said(house, "P01", KARI)
    withdraw(house, whose(house, gone))
    assert forms(house) == {"Tor Vik"}


def test_decisions_about_names_that_are_gone_say_nothing_any_more(house: House) -> None:
    """Forms and reasons of merges and splits go with the names they were about."""
    gone = said(house, "P01", KARI)
    with house.desk("ragna").act(Action.SET_NAMES, house.study, Purpose.ANALYSE) as act:
        names = act.names()
        one, two = [name.id for name in names.all() if name.kind == "PER"]
        step = name_decisions.Step(name_decisions.Verb.SPLIT, one, two, ("Ingrid Solbakken",))
        name_decisions.decide(names, step, "Ingrid is another", "ragna")
    withdraw(house, whose(house, gone))
    with house.desk("ragna").act(Action.SEE_NAMES, house.study, Purpose.ANALYSE) as act:
        assert [(row.why, "Ingrid" in row.what) for row in act.names().namings()] == [("", False)]


def test_what_was_forgotten_before_without_its_names_loses_them_now(house: House) -> None:
    """Names of a participant whose key alone was destroyed go with the withdrawal that follows, read or not."""
    gone = said(house, "P01", KARI)
    house.shred(whose(house, gone))
    assert forms(house)
    assert withdraw(house, whose(house, gone)).counts["names"] > 0
    assert not forms(house)


@pytest.mark.parametrize("cut", ["names", "scrub", "shred"])
def test_a_stop_in_the_middle_is_finished_by_the_same_command(
    house: House, monkeypatch: pytest.MonkeyPatch, cut: str
) -> None:
    """Wherever it stops, access is closed already; done again, all is destroyed and there is one certificate."""
    gone = said(house, "P01", KARI)

    def die(*_: object, **__: object) -> None:
        raise StorageFailed("The disk is gone.")

    with monkeypatch.context() as patch:
        if cut == "scrub":
            patch.setattr(LinkKey, "scrub", die)
        else:
            where: tuple[object, str] = (Pipeline, "forget") if cut == "names" else (tombstones, "apply")
            patch.setattr(*where, die)
        with pytest.raises(StorageFailed):
            withdraw(house, whose(house, gone))
    with pytest.raises(Denied), house.desk("ragna").act(Action.READ_TRANSCRIPT, gone, Purpose.ANALYSE):
        pass
    first, again = withdraw(house, whose(house, gone)), withdraw(house, whose(house, gone))
    vkey = house.vault.ledger.signer.vkey
    assert certificates.read(vkey, first.certificate) == certificates.read(vkey, again.certificate)
    assert not forms(house)
    with Session(house.vault.database.reader) as session:
        assert session.scalars(sa.select(Key).where(Key.owner_id == gone.participant_id)).all() == []
