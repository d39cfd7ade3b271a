"""Every way Tillit says no: a type, an exit code, a sentence for the person.

A sentence says what is wrong and what to do. It never holds a name, a file name or a line of transcript:
sentences end up in terminals, logs and tickets. Facts that may be shown (counts, codes, ids) are passed as
keywords, so that the template can be translated.
"""

from __future__ import annotations

from typing import ClassVar


class TillitError(Exception):
    """Something a person can understand went wrong."""

    exit_code: ClassVar[int] = 1

    def __init__(self, template: str, **facts: object) -> None:
        self.template = template
        self.facts = facts
        super().__init__(template.format(**facts))

    @property
    def sentence(self) -> str:
        """The sentence for the person, with its facts filled in."""
        return str(self)


class Denied(TillitError):
    """The rules said no; the reason is in the sentence and in the ledger."""

    exit_code = 3


class TakesTwo(Denied):
    """The rules said no to one person alone; with another's approval it may be done."""


class NotFound(TillitError):
    """No such study, participant, recording or model."""

    exit_code = 4


class BadRecording(TillitError):
    """The file cannot be taken in as a recording."""

    exit_code = 5


class Locked(TillitError):
    """The vault did not open: no passphrase, or the wrong one."""

    exit_code = 6


class Damaged(TillitError):
    """Stored bytes do not authenticate, or the ledger does not add up."""

    exit_code = 7


class NotReady(TillitError):
    """A stage before this one is not done, such as undecided finds before release."""

    exit_code = 8


class BadModel(TillitError):
    """The recogniser's weights are missing, incomplete or not the ones registered."""

    exit_code = 9


class StorageFailed(TillitError):
    """The disk, the database or the ledger could not be written."""

    exit_code = 10


class AlreadyThere(TillitError):
    """The thing to be made exists."""

    exit_code = 11


class BadInput(TillitError):
    """An argument or a file other than a recording cannot be used as it is."""

    exit_code = 12


class PipelineFailed(TillitError):
    """A stage of the pipeline failed; the recording is kept and can be run again."""

    exit_code = 13


class Unanswered(TillitError):
    """A question was asked where nobody is there to answer it."""

    exit_code = 14
