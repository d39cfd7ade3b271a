"""How the decoder says no: a code from a short list, and numbers."""

from __future__ import annotations

from typing import Literal

Code = Literal[
    "not a recording",
    "empty",
    "cut",
    "short",
    "too long",
    "elsewhere",
    "dictation",
    "sony",
    "unsupported",
    "damaged",
    "memory",
    "failed",
]


class Refused(Exception):
    """The recording cannot be taken in; `facts` are plain numbers."""

    def __init__(self, code: Code, **facts: float) -> None:
        self.code: Code = code
        self.facts = facts
        super().__init__(code)
