"""The life of an interview, from the recorder up to a released transcript.

STAGES states the order once; the pipeline, the progress on the screen, the docs and the tests read it from here.
"""

from __future__ import annotations

import os
from dataclasses import dataclass

from policies.actions import Action

# onnxruntime (1.32) reports home, and writes a device id, unless this is set before its first import anywhere.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"


@dataclass(frozen=True)
class Stage:
    """One step in an interview's life: its name, what the door is asked for, and whether a person takes it."""

    name: str
    action: Action
    by_person: bool = False


STAGES = (
    Stage("admit", Action.ADMIT),
    Stage("decode", Action.DECODE),
    Stage("transcribe", Action.TRANSCRIBE),
    Stage("tell speakers", Action.TELL_SPEAKERS),
    Stage("find names", Action.FIND_NAMES),
    Stage("apply pseudonyms", Action.APPLY_PSEUDONYMS),
    Stage("review", Action.REVIEW, by_person=True),
    Stage("release", Action.RELEASE, by_person=True),
)
