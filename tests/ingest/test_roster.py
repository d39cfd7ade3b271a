"""A study's roster: names that get their surrogate at once, are told to the recogniser, and stay in the link key."""

from __future__ import annotations

import json
import traceback
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from ingest import naming, reading, release, review, roster
from ingest.decisions import Verdict
from ingest.pseudonyms.apply import from_bytes
from ingest.pseudonyms.finds import Kind
from ingest.work import MENTIONS, Work
from policies import consent, studies
from policies.actions import Action, Purpose
from policies.desk import Desk
from policies.facts import PIPELINE, Actor
from policies.gate import Gate
from storage import vault as vaults
from storage.errors import BadInput, Denied, Locked, NotFound, TillitError
from storage.records import Artefact
from tests.faults import tables
from tests.faults.canaries import Hunt
from tests.house_fixtures import KNOWN, LATER, TODAY, House, Known
from tests.ingest.interview import said
from tests.policies.keeping import keep

if TYPE_CHECKING:
    from collections.abc import Callable

    from storage.link import Name
    from storage.records import Recording, Study

CLINIC, PERSON = "Kvitbotunet", "Zebulona Qvistmo"


def _robot(house: House) -> Desk:
    return Desk(house.vault, Gate(house.vault), Actor(PIPELINE, PIPELINE))


def _add(house: House, *names: str, kind: Kind = Kind.PER) -> roster.Added:
    return roster.add(house.desk("ivar"), house.study, names, kind)


def _listed(house: House) -> list[str]:
    return [one.name for one in roster.listed(house.desk("ragna"), house.study)]


def _names(house: House) -> list[Name]:
    with house.desk("astrid").act(Action.SEE_ROSTER, house.study, Purpose.STEWARDSHIP) as act:
        return act.names().all()


def _surrogates(house: House) -> dict[str, str]:
    return {form.form: name.surrogate for name in _names(house) for form in name.forms}


def _finds(house: House, recording: Recording) -> dict[str, tuple[str, str]]:
    """Each find's kind and surrogate."""
    return {item.form: (item.kind, item.surrogate) for item in review.items(house.desk("ragna"), recording)}


def test_the_recogniser_is_told_the_names_in_the_order_they_were_given(house: House) -> None:
    """Of every kind, those written down first before the others; a name that is there already keeps its place."""
    recording = keep(house, house.participant("P01"))
    assert roster.hotwords(_robot(house), recording) == ()
    assert _add(house, "Zebulona", "Åse Ærø", "Ann") == roster.Added(3, 3)
    assert _add(house, CLINIC, "Ann", kind=Kind.ORG) == roster.Added(2, 5)
    assert _add(house, "Åse Ærø", "Magnhild") == roster.Added(1, 6)
    assert roster.hotwords(_robot(house), recording) == ("Zebulona", "Åse Ærø", "Ann", CLINIC, "Magnhild")


def test_of_many_names_the_newest_are_told(house: House) -> None:
    """As many as Whisper reads before the sound, still the oldest of them first."""
    recording = keep(house, house.participant("P01"))
    many = [f"Stadnes{letter}{other}" for letter in "abcdefgh" for other in "abcdefgh"]
    _add(house, *many, kind=Kind.LOC)
    assert roster.hotwords(_robot(house), recording) == tuple(many[-roster.TOLD :])
    assert _listed(house) == many


def test_only_the_pipeline_is_told_and_only_with_consent(house: House) -> None:
    """Who asks is asked for at the door every time, with names to tell or without."""
    held = house.participant("P01")
    recording = keep(house, held)
    with pytest.raises(Denied):
        roster.hotwords(house.desk("ragna"), recording)
    consent.withdraw(house.desk("astrid"), held)
    with pytest.raises(Denied, match="withdrawn"):
        roster.hotwords(_robot(house), recording)


def test_a_link_key_that_stays_closed_tells_nothing(house: House) -> None:
    """The pipeline hears that it is locked, as it does when it finds names; and nobody writes or reads a roster."""
    _add(house, PERSON)
    recording = keep(house, house.participant("P01"))
    vault = vaults.open_vault(house.vault.folder, KNOWN, Known(b"not the link key's"))
    robot, ivar = (Desk(vault, Gate(vault), desk.who) for desk in (_robot(house), house.desk("ivar")))
    for asked in (
        lambda: roster.hotwords(robot, recording),
        lambda: roster.listed(ivar, house.study),
        lambda: roster.add(ivar, house.study, ["Kari"], Kind.PER),
    ):
        with pytest.raises(Locked):
            asked()
    vault.close()


def test_nothing_of_a_roster_is_outside_the_link_key(house: House, caplog: pytest.LogCaptureFixture) -> None:
    """No name in a column of either database, a file, the ledger, a log or an error; of each act only counts."""
    caplog.set_level(0)
    recording = keep(house, house.participant("P01"))
    _add(house, PERSON)
    _add(house, CLINIC, kind=Kind.ORG)
    roster.hotwords(_robot(house), recording)
    refused = [_refused(lambda: _add(house, f"{PERSON}\t{CLINIC}")), _refused(lambda: _remove(house, CLINIC * 2))]
    _remove(house, CLINIC)
    hunt = Hunt([PERSON.encode(), PERSON.split()[1].encode(), CLINIC.encode()])
    assert [place for place, value in tables.values(house.vault) if hunt.within(value)] == []
    assert list(hunt.under(house.vault.folder)) == []
    assert hunt.within("\n".join([caplog.text, *refused]).encode()) == set()
    leaves = [json.loads(leaf) for leaf in house.vault.ledger.leaves()]
    asked = {leaf["act"] for leaf in leaves if str(leaf.get("action")).endswith("_roster")}
    told = [leaf for leaf in leaves if leaf["act"] in asked and leaf.get("ok")]
    assert [leaf.keys() & {"new", "names", "removed"} for leaf in told] == [
        {"new", "names"}, {"new", "names"}, {"names"}, {"removed"},
    ]  # fmt: skip
    assert hunt.within(PERSON.encode()) == {0, 1}


def _remove(house: House, name: str) -> None:
    roster.remove(house.desk("ivar"), house.study, name)


def _refused(deed: Callable[[], object]) -> str:
    """All that a refusal says, its traceback included."""
    with pytest.raises(TillitError) as refused:
        deed()
    return "".join(traceback.format_exception(refused.value)) + repr(refused.value.facts)


def test_a_rostered_name_is_found_in_the_first_interview_under_its_surrogate(house: House) -> None:
    """Names no list and no tagger knows, in small letters too: of the kind and surrogate they got in the roster."""
    _add(house, PERSON)
    _add(house, CLINIC, kind=Kind.ORG)
    known = _surrogates(house)
    recording = said(house, "P01", "they sent me to kvitbotunet, and zebulona qvistmo came along to Kvitbotunet.")
    found = _finds(house, recording)
    assert found["Kvitbotunet"] == found["kvitbotunet"] == ("ORG", known[CLINIC])
    assert found["zebulona qvistmo"] == ("PER", known[PERSON])


def test_a_rostered_name_that_is_a_word_is_found_in_small_letters(house: House) -> None:
    """In text without capitals the roster says that the word is somebody, and the find says that the roster did."""
    _add(house, "Blanket")
    recording = said(house, "P01", "so i told blanket that i could not stay there")
    with house.desk("ragna").act(Action.REVIEW, recording, Purpose.ANALYSE) as act:
        mentions = from_bytes(act.read(Work(act, recording, house.vault.database).need(MENTIONS)))
    assert [mention.recognisers for mention in mentions if "roster" in mention.recognisers]


def test_a_name_found_before_it_was_rostered_keeps_its_surrogate(house: House) -> None:
    """Written down after an interview, it is the same name, which counts as real from then on."""
    recording = said(house, "P01", "Then I met Martin in Trondheim.")
    before = _finds(house, recording)
    assert _add(house, "Martin") == roster.Added(1, 1)
    assert _finds(house, recording) == before
    assert [name.confirmed for name in _names(house) for form in name.forms if form.form == "Martin"] == [True]
    assert len(_names(house)) == len(before)


def test_a_rostered_name_gets_past_no_release(house: House) -> None:
    """Every occurrence is replaced in what leaves, by the surrogate it had from the start."""
    _add(house, PERSON)
    recording = said(house, "P01", "My aunt Zebulona Qvistmo drank.", "Then Qvistmo stopped.")
    ragna = house.desk("ragna")
    review.decide(ragna, recording, Verdict.CONFIRM, None)
    release.release(ragna, recording)
    text = reading.read(ragna, recording).text
    assert _surrogates(house)[PERSON] in text
    assert "Qvistmo" not in text


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("Frau Dr Qvistmo", "Frau Dr Qvistmo"), ("fru dr. Qvistmo", "Qvistmo"), ("  A\u030ase \u00a0 Ærø ", "Åse Ærø")],
)
def test_names_are_kept_as_a_text_has_them(house: House, typed: str, kept: str) -> None:
    """Without a title it knows, which tells the gender, without surplus blanks, and each letter as one sign."""
    _add(house, typed)
    assert _listed(house) == [kept]
    assert _surrogates(house).keys() == {kept}
    assert [name.gender for name in _names(house)] == [None if typed.startswith("Frau") else "f"]
    roster.remove(house.desk("ivar"), house.study, typed)
    assert _listed(house) == []


def test_an_organisation_keeps_all_of_its_name(house: House) -> None:
    """What would be a person's title, or a genitive, belongs to it."""
    _add(house, "Doktor Hansens", "McDonald's", kind=Kind.ORG)
    assert _listed(house) == ["Doktor Hansens", "McDonald's"]
    assert _surrogates(house).keys() == {"Doktor Hansens", "McDonald's"}


@pytest.mark.parametrize(
    "names", [["Kari", "x" * 81], ["Kari", "Liv\tMo"], ["Kari", "Liv\u202eMo"], ["Kari", "12"], ["Kari", "\ud800x"]]
)
def test_what_can_be_no_name_is_refused_with_its_line_and_without_its_text(house: House, names: list[str]) -> None:
    """Too long, with signs that steer a terminal, or no letter: nothing of the list is kept, and nothing quoted."""
    with pytest.raises(BadInput, match="Line 2") as refused:
        _add(house, *names)
    assert names[1] not in refused.value.sentence
    assert _listed(house) == []


def test_a_roster_has_at_most_five_hundred_names(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither at once nor one after the other; what goes too far is not kept in part."""
    with pytest.raises(BadInput, match="at most 500"):
        _add(house, *(f"Stad{number}" for number in range(501)))
    monkeypatch.setattr(roster, "MOST", 3)
    _add(house, "Kari", "Liv")
    with pytest.raises(BadInput, match="at most 3"):
        _add(house, "Åse", "Siv")
    assert _listed(house) == ["Kari", "Liv"]
    assert _surrogates(house).keys() == {"Kari", "Liv"}


def test_a_name_taken_out_before_any_interview_is_gone(house: House) -> None:
    """In whatever case it is named; the others stay, and what is not there is not found."""
    _add(house, PERSON, "Zebulona Qvisten")
    assert roster.remove(house.desk("ragna"), house.study, "zebulona qvistmo") is True
    assert _surrogates(house).keys() == {"Zebulona Qvisten"}
    with pytest.raises(NotFound):
        roster.remove(house.desk("ragna"), house.study, PERSON)


def test_a_name_that_a_mention_may_be_of_stays_and_is_hidden(house: House) -> None:
    """Taken out after an interview, it is told no more; the interview keeps its surrogate, the next is searched."""
    _add(house, PERSON)
    first = said(house, "P01", "My aunt Zebulona Qvistmo drank.")
    before = _finds(house, first)
    assert roster.remove(house.desk("ivar"), house.study, PERSON) is False
    assert (_listed(house), roster.hotwords(_robot(house), first)) == ([], ())
    assert _finds(house, first) == before
    assert PERSON in _finds(house, said(house, "P02", "Zebulona Qvistmo again."))


def test_a_name_written_down_long_after_the_last_interview_can_go(house: House) -> None:
    """Where no list of mentions is as young as it is, none is of it; another form of the same name stays."""
    said(house, "P01", "Then I met Martin.")
    with Session(house.vault.database.writer) as session, session.begin():
        for artefact in session.scalars(sa.select(Artefact)):
            artefact.created -= timedelta(days=1)
    _add(house, "MARTIN", PERSON)
    assert roster.remove(house.desk("ivar"), house.study, PERSON) is True
    assert roster.remove(house.desk("ivar"), house.study, "Martin") is True
    assert _surrogates(house).keys() == {"Martin"}


def test_one_studys_roster_is_not_anothers(house: House) -> None:
    """Two studies may write down the same name; each has its own, under a surrogate of its own."""
    new = studies.NewStudy("alko", "Another", "REK 2", TODAY, LATER, "en")
    other = studies.create(house.desk("astrid"), new)
    _add(house, PERSON)
    assert roster.listed(house.desk("astrid"), other) == []
    with pytest.raises(NotFound):
        roster.remove(house.desk("astrid"), other, PERSON)
    roster.add(house.desk("astrid"), other, [PERSON], Kind.PER)
    assert _listed(house) == [PERSON]
    assert len({_surrogates(house)[PERSON], *_other_surrogates(house, other)}) == 2


def _other_surrogates(house: House, study: Study) -> list[str]:
    with house.desk("astrid").act(Action.SEE_ROSTER, study, Purpose.STEWARDSHIP) as act:
        return [entity.surrogate for entity in naming.load(act.names())]
