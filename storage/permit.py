"""A Permit: the proof that the door said yes. Only `policies.gate` makes one, and a test reads the code for it."""

from __future__ import annotations

from dataclasses import dataclass, field

from storage.errors import Denied


@dataclass(eq=False)
class Permit:
    """What one act may open: the study, these participants, and the link key or not. Dead once the act is over.

    `study_key` is for what arrives sealed to a study, and for changing its keys; `ceremony` for handling a root.
    """

    act: str
    study: str | None
    participants: frozenset[str] = field(default_factory=frozenset)
    link: bool = False
    study_key: bool = False
    ceremony: bool = False
    live: bool = True

    def for_participant(self, participant: str) -> None:
        """Raise Denied unless this permit opens what belongs to `participant`."""
        self._alive()
        if participant not in self.participants:
            raise Denied("This act was not allowed for that participant. Ask for each participant by name.")

    def for_study_key(self) -> str:
        """The study whose own identity this permit opens; raises Denied if it opens none."""
        self._alive()
        if not self.study_key or self.study is None:
            raise Denied("This act may not open a study's key.")
        return self.study

    def for_link(self) -> str:
        """The study whose link key this permit opens; raises Denied if it opens none."""
        self._alive()
        if not self.link or self.study is None:
            raise Denied("This act may not open the link key.")
        return self.study

    def for_ceremony(self) -> None:
        """Raise Denied unless this permit is for handling a root: unlocking, protecting, rotating, dividing it."""
        self._alive()
        if not self.ceremony:
            raise Denied("This act may not handle a root key.")

    def for_whole_link(self) -> None:
        """Raise Denied unless this permit is for the link key as a whole, every study's, such as its backup."""
        self._alive()
        if not self.link or self.study is not None:
            raise Denied("This act may not open the whole link key.")

    def _alive(self) -> None:
        if not self.live:
            raise Denied("The act this permit was given for is over. Ask again at the door.")
