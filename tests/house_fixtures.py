"""A small house for tests: a vault that opens fast, three people, a study, a participant who consented."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

from policies import consent, letters, people, review_policy, second_person, shredding, studies
from policies.actions import CONSENTED, Action, Purpose, Role
from policies.desk import Desk
from policies.gate import Gate
from storage import lookup, new_vault
from storage import vault as vaults
from storage.errors import TakesTwo

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from policies.facts import Thing
    from storage.records import Participant, Study
    from storage.settings import Settings
    from storage.vault import Vault

PASSPHRASE = b"a passphrase for tests"
TODAY = date.today()  # noqa: DTZ011  # a study's dates are days, without a zone
LATER = TODAY + timedelta(days=365)
LETTER = "v1"
FAST = 4  # scrypt work factor: tests guess no passphrases


@dataclass(frozen=True)
class Known:
    """Secrets that are known: a passphrase, and credentials by name."""

    secret: bytes = PASSPHRASE
    credentials: Mapping[str, bytes] = field(default_factory=dict)

    def passphrase(self) -> bytes:
        """The passphrase."""
        return self.secret

    def credential(self, name: str) -> bytes | None:
        """The credential of this name."""
        return self.credentials.get(name)


KNOWN = Known()


@dataclass
class House:
    """An open vault and its people."""

    vault: Vault
    study: Study

    def desk(self, handle: str) -> Desk:
        """This person at the door."""
        return Desk(self.vault, Gate(self.vault), studies.actor(self.vault, handle))

    def participant(self, code: str, purposes: Iterable[Purpose] = CONSENTED) -> Participant:
        """A participant with consent for these purposes, or with none recorded."""
        made = studies.add_participant(self.desk("astrid"), self.study, code)
        if purposes := tuple(purposes):
            consent.record(self.desk("astrid"), made, given(purposes))
        return made

    def approved(
        self, action: Action, thing: Thing | str, terms: Mapping[str, str] | None = None, who: str = "astrid"
    ) -> str:
        """The id of a request of this person's for what takes two, approved by Signe, a data steward here as well."""
        self.second_steward()
        asked = second_person.request(self.desk(who), action, thing, terms or {}, lambda: "It has to be.")
        second_person.answer(self.desk("signe"), asked, lambda _: True)
        return asked.id

    def second_steward(self) -> None:
        """Make Signe a data steward of the study and of the vault, unless she is."""
        if lookup.person(self.vault.database, "signe"):
            return
        for scope in (self.study, None):
            people.add(self.desk("astrid"), scope, "signe", [Role.STEWARD])

    def rules(self, name: str) -> str:
        """The id of an approved request for this set of rules for the names of the study."""
        return self.approved(Action.SET_PSEUDONYMS, self.study, {"rules": name})

    def review_not_required(self) -> None:
        """Let nobody have to review this study."""
        approved = self.approved(Action.WAIVE_REVIEW, self.study)
        review_policy.choose(self.desk("astrid"), self.study, "not required", "They are invented.", approved)

    def shred(self, participant: Participant) -> int:
        """Destroy what is theirs, by two where that takes two; how many artefacts that were."""
        try:
            return shredding.shred(self.desk("astrid"), participant)
        except TakesTwo:
            approved = self.approved(Action.SHRED_EARLY, participant)
            return shredding.shred(self.desk("astrid"), participant, request=approved)


def given(purposes: tuple[Purpose, ...], expires: date = LATER) -> consent.Given:
    """A consent as of today."""
    return consent.Given(purposes, min(TODAY, expires), "in writing", LETTER, expires)


def build(
    folder: Path,
    *,
    review: str = "required",
    language: str = "en",
    elsewhere: Settings | None = None,
    secrets: Known = KNOWN,
    voices: str = "never",
) -> House:
    """Make and open a vault in `folder`, with Astrid the steward, Ivar the interviewer, Ragna the researcher."""
    with new_vault.made(folder, secrets, elsewhere, work_factor=FAST) as fresh:
        studies.found(fresh, "astrid")
    vault = reopen(folder, secrets)
    astrid = Desk(vault, Gate(vault), studies.actor(vault, "astrid"))
    new = studies.NewStudy("rus", "Life after treatment", "REK 1", TODAY, LATER, language, voices=voices)
    study = studies.create(astrid, new)
    letters.add(astrid, study, LETTER, "nb", b"Vil du delta?")
    studies.add_member(astrid, study, "ivar", [Role.INTERVIEWER])
    studies.add_member(astrid, study, "ragna", [Role.RESEARCHER])
    house = House(vault, study)
    if review != "required":
        house.review_not_required()
    return house


def reopen(folder: Path, secrets: Known = KNOWN) -> Vault:
    """Open the vault that `build` made."""
    return vaults.open_vault(folder, secrets)
