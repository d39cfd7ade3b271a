"""Which acts each command asks for at the door, in one table; for anything else of its own it is refused.

A command that is in neither part of the table has no desk to ask at, and fails the build besides. So what a command
may touch is read here, and not found out from its code. What the pipeline does for a command it does as itself.
"""

from __future__ import annotations

from typing import Final

from policies.actions import Action
from storage.errors import Denied

_ASKING = frozenset(
    {Action.ASK_FOR_VAULT, Action.ASK_FOR_STUDY, Action.ASK_FOR_PARTICIPANT, Action.ASK_REIDENTIFICATION}
)
_APPROVING = frozenset(
    {
        Action.APPROVE_FOR_VAULT,
        Action.APPROVE_FOR_STUDY,
        Action.APPROVE_FOR_PARTICIPANT,
        Action.APPROVE_REIDENTIFICATION,
    }
)
_LOOKING = frozenset({Action.READ_LEDGER, Action.SEE_STATUS})
_SEEING_NAMES = frozenset({Action.SEE_NAMES, Action.LOOK_FOR_NAMES})
_SETTING_NAMES = frozenset({Action.SET_NAMES, Action.SEE_NAMES, Action.LOOK_FOR_NAMES})
_DESTROYING = frozenset({Action.SHRED, Action.ERASE, Action.FORGET_NAMES, Action.COMPARE_NAMES, Action.LOOK_FOR_NAMES})

COMMANDS: Final[dict[str, frozenset[Action]]] = {
    "add": frozenset({Action.TAKE_IN}),
    "audit checkpoint": frozenset({Action.READ_LEDGER}),
    "audit export": frozenset({Action.READ_LEDGER}),
    "audit list": frozenset({Action.READ_LEDGER}),
    "audit prove": frozenset({Action.READ_LEDGER}),
    "audit show": frozenset({Action.SEE_REPORT}),
    "audit verify": frozenset({Action.READ_LEDGER}),
    "backup": frozenset({Action.BACK_UP, Action.BACK_UP_LINK}),
    "bleep": frozenset({Action.BLEEP}),
    "break-glass list": frozenset({Action.SEE_STATUS}),
    "break-glass open": frozenset({Action.BREAK_GLASS}),
    "break-glass review": frozenset({Action.REVIEW_BREAK_GLASS, Action.SEE_STATUS}),
    "certificate show": frozenset({Action.SEE_CERTIFICATE}),
    "consent amend": frozenset({Action.RECORD_CONSENT, Action.SEE_CONSENT}),
    "consent export": frozenset({Action.SEE_CONSENT, Action.SEE_STATUS}),
    "consent record": frozenset({Action.RECORD_CONSENT}),
    "consent scan": frozenset({Action.OPEN_EVIDENCE}),
    "consent show": frozenset({Action.SEE_CONSENT}),
    "consent withdraw": frozenset({Action.WITHDRAW_CONSENT}),
    "fsck": frozenset({Action.CHECK_STORE}),
    "handoff confirm-deleted": frozenset({Action.CONFIRM_HANDOFF}),
    "handoff list": frozenset({Action.SEE_HANDOFFS}),
    "handoff pack": frozenset(
        {
            Action.HAND_OFF,
            Action.HAND_OFF_BULK,
            Action.HAND_OFF_RECORDING,
            Action.HAND_OFF_SOUND,
            Action.SCAN_OUTGOING,
            Action.ASK_FOR_STUDY,
        }
    ),
    "handoff recall": frozenset({Action.RECALL_HANDOFF, Action.SEE_HANDOFFS}),
    "hold add": frozenset({Action.SET_HOLD}),
    "hold lift": frozenset({Action.SET_HOLD}),
    "hold list": frozenset({Action.SEE_RETENTION}),
    "key escrow": frozenset({Action.ESCROW_ROOT, Action.ASK_FOR_VAULT}),
    "key protect": frozenset({Action.PROTECT_ROOT}),
    "key rotate": frozenset({Action.ROTATE_KEY, Action.ROTATE_ROOT, Action.ROTATE_STUDY_KEY}),
    "key shred": frozenset({Action.SHRED, Action.SHRED_EARLY, Action.ASK_FOR_PARTICIPANT}),
    "letter add": frozenset({Action.ADD_LETTER}),
    "letter list": frozenset({Action.SEE_STATUS}),
    "letter show": frozenset({Action.SEE_STATUS}),
    "member add": frozenset({Action.ADD_MEMBER, Action.ADD_VAULT_MEMBER}),
    "member list": frozenset({Action.SEE_MEMBERS, Action.SEE_VAULT_MEMBERS}),
    "member remove": frozenset({Action.REMOVE_MEMBER, Action.REMOVE_VAULT_MEMBER}),
    "model add": frozenset({Action.REGISTER_MODEL}),
    "model check": frozenset(),
    "model list": frozenset(),
    "names again": frozenset({Action.REVIEW}),
    "names history": _SEEING_NAMES,
    "names list": _SEEING_NAMES,
    "names merge": _SETTING_NAMES,
    "names rename": _SETTING_NAMES,
    "names split": _SETTING_NAMES,
    "names suggest": _SEEING_NAMES,
    "names undo": _SETTING_NAMES,
    "participant add": frozenset({Action.ADD_PARTICIPANT}),
    "participant describe": frozenset({Action.SET_ATTRIBUTES}),
    "reidentify approve": frozenset({Action.APPROVE_REIDENTIFICATION}),
    "reidentify list": frozenset({Action.SEE_STATUS}),
    "reidentify request": frozenset({Action.ASK_REIDENTIFICATION}),
    "reidentify show": frozenset({Action.REIDENTIFY}),
    "release": frozenset({Action.RELEASE}),
    "report access": frozenset({Action.SEE_REPORT}),
    "report accesses": frozenset({Action.SEE_ACCESSES}),
    "report controls": frozenset({Action.SEE_REPORT}),
    "report erasures": frozenset({Action.SEE_REPORT}),
    "report processing": frozenset({Action.SEE_REPORT}),
    "request approve": _APPROVING,
    "request list": _LOOKING,
    "request refuse": _APPROVING,
    "request show": _LOOKING,
    "request withdraw": _ASKING,
    "retention run": frozenset({Action.SEE_RETENTION, Action.SET_RETENTION, Action.FORGET_ALL_NAMES}) | _DESTROYING,
    "retention set": frozenset({Action.SET_RETENTION, Action.SEE_RETENTION}),
    "retention show": frozenset({Action.SEE_RETENTION}),
    "review": frozenset({Action.REVIEW}),
    "roster add": frozenset({Action.SET_ROSTER}),
    "roster list": frozenset({Action.SEE_ROSTER}),
    "roster remove": frozenset({Action.SET_ROSTER}),
    "run": frozenset({Action.RUN}),
    "sound": frozenset({Action.READ_PSEUDONYMISED}),
    "status": frozenset({Action.SEE_STATUS}),
    "study add": frozenset({Action.CREATE_STUDY}),
    "study change": frozenset({Action.CHANGE_STUDY, Action.SEE_STATUS}),
    "study close": frozenset(
        {
            Action.PLAN_CLOSING,
            Action.CLOSE_STUDY,
            Action.CLOSE_STUDY_EARLY,
            Action.FINISH_CLOSING,
            Action.FORGET_ALL_NAMES,
            Action.ASK_FOR_STUDY,
        }
    )
    | _DESTROYING,
    "study closing": frozenset({Action.SEE_CLOSING}),
    "study confirm": frozenset({Action.CONFIRM_DELETED}),
    "study notified": frozenset({Action.CHANGE_STUDY, Action.SEE_STATUS}),
    "study pseudonyms": frozenset({Action.SET_PSEUDONYMS, Action.SEE_STATUS, Action.ASK_FOR_STUDY}),
    "study recipient": frozenset({Action.SEE_RECIPIENT}),
    "study review": frozenset({Action.SET_REVIEW, Action.WAIVE_REVIEW, Action.SEE_STATUS, Action.ASK_FOR_STUDY}),
    "study show": frozenset({Action.SEE_STATUS}),
    "transcript show": frozenset({Action.READ_TRANSCRIPT, Action.READ_PSEUDONYMISED}),
    "unlock": frozenset({Action.UNLOCK}),
    "voice enrol": frozenset({Action.ENROL_VOICE}),
    "voice forget": frozenset({Action.FORGET_VOICE}),
    "voice list": frozenset({Action.SEE_STATUS}),
    "why": frozenset({Action.EXPLAIN, Action.EXPLAIN_VAULT}),
    "withdraw": frozenset({Action.PLAN_WITHDRAWAL, Action.WITHDRAW}) | _DESTROYING,
    "worker": frozenset({Action.RUN}),
}
"""The commands with a person at the door, without the word `tillit`, and what that person is asked about."""

NO_DOOR: Final = frozenset(
    {
        "audit check-proof", "certificate check", "deposit", "doctor", "init", "key recover", "lock", "model offers",
        "names find", "names preview", "policy test", "restore", "seal", "transcribe",
    }
)  # fmt: skip
"""The commands that open nothing of anybody's, or make or bring back a vault whose rules are yet to be asked."""


def acts(command: str) -> frozenset[Action]:
    """What a command may ask for; `command` is all its words. Raises Denied for one that declares nothing."""
    if command not in COMMANDS:
        raise Denied("This command does not declare what it does, so the answer is no. Tell whoever runs this vault.")
    return COMMANDS[command]
