"""What can be wrong with a sealed file: one type for each class of failure the published vectors tell apart."""

from __future__ import annotations

from typing import ClassVar

from storage.errors import Damaged


class AgeError(Damaged):
    """A sealed file does not open. Each kind has a sentence of its own, so it can be raised by name alone."""

    usual: ClassVar[str] = "A sealed file does not open. Restore it from a backup."

    def __init__(self, template: str | None = None, **facts: object) -> None:
        super().__init__(template or self.usual, **facts)


class BadArmour(AgeError):
    """The ASCII form around a sealed file is not the strict one."""

    usual = "The text around a sealed file is malformed. Fetch the file again."


class BadHeader(AgeError):
    """The header breaks the format; `what` says where."""

    usual = "The header of a sealed file is malformed: {what}. Restore it from a backup."


class NoMatch(AgeError):
    """The header is well formed, but none of the identities opens it."""

    usual = "None of the keys at hand opens this sealed file. It was sealed to somebody else, or the key is wrong."


class BadMac(AgeError):
    """A file key was found, but the header is not the one its maker wrote."""

    usual = "The header of a sealed file was edited after it was made. Restore it from a backup."


class BadPayload(AgeError):
    """The payload was edited, reordered or cut short, or belongs to another header."""

    usual = "The content of a sealed file was edited or cut short. Restore it from a backup."
