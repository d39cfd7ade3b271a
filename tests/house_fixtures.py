"""A small house for tests: a vault that opens fast, three people, a study, a participant who consented."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

from policies import consent, letters, review_policy, studies
from policies.actions import CONSENTED, Purpose, Role
from policies.desk import Desk
from policies.gate import Gate
from storage import new_vault
from storage import vault as vaults

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

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
    if review != "required":
        review_policy.choose(astrid, study, review, "These interviews are invented.")
    studies.add_member(astrid, study, "ivar", [Role.INTERVIEWER])
    studies.add_member(astrid, study, "ragna", [Role.RESEARCHER])
    return House(vault, study)


def reopen(folder: Path, secrets: Known = KNOWN) -> Vault:
    """Open the vault that `build` made."""
    return vaults.open_vault(folder, secrets)
