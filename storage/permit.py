"""A Permit: the proof that the door said yes. Only `policies.gate` makes one, and a test reads the code for it."""

from __future__ import annotations

from dataclasses import dataclass, field

from storage.errors import Denied


@dataclass(eq=False)
class Permit:
    """What one act may open: the study, these participants, and the link key or not. Dead once the act is over."""

    act: str
    study: str | None
    participants: frozenset[str] = field(default_factory=frozenset)
    link: bool = False
    live: bool = True

    def for_participant(self, participant: str) -> None:
        """Raise Denied unless this permit opens what belongs to `participant`."""
        self._alive()
        if participant not in self.participants:
            raise Denied("This act was not allowed for that participant. Ask for each participant by name.")

    def for_link(self) -> str:
        """The study whose link key this permit opens; raises Denied if it opens none."""
        self._alive()
        if not self.link or self.study is None:
            raise Denied("This act may not open the link key.")
        return self.study

    def _alive(self) -> None:
        if not self.live:
            raise Denied("The act this permit was given for is over. Ask again at the door.")
