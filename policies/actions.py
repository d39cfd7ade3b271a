"""Every action in the house, in one table: on what, for which purposes, what it opens, and whether it takes two."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Purpose(StrEnum):
    """Why somebody acts. The first eight are what a participant consents to, one by one."""

    RECORD = "record"
    TRANSCRIBE = "transcribe"
    ANALYSE = "analyse"
    QUOTE = "quote"
    SHARE_TEXT = "share_text"
    SHARE_SOUND = "share_sound"
    ARCHIVE = "archive"
    CONTACT = "contact"
    STEWARDSHIP = "stewardship"


CONSENTED = tuple(purpose for purpose in Purpose if purpose is not Purpose.STEWARDSHIP)


class Role(StrEnum):
    """What somebody is to a study, or to the vault as a whole."""

    INTERVIEWER = "interviewer"
    REVIEWER = "reviewer"
    RESEARCHER = "researcher"
    STEWARD = "steward"
    INVESTIGATOR = "investigator"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


STUDY_ROLES = tuple(role for role in Role if role is not Role.ADMINISTRATOR)
VAULT_ROLES = (Role.STEWARD, Role.AUDITOR, Role.ADMINISTRATOR)


class Action(StrEnum):
    """Everything the door can be asked for; the names are those of access.cedarschema."""

    CREATE_STUDY = "create_study"
    REGISTER_MODEL = "register_model"
    READ_LEDGER = "read_ledger"
    UNLOCK = "unlock"
    PROTECT_ROOT = "protect_root"
    ROTATE_ROOT = "rotate_root"
    ESCROW_ROOT = "escrow_root"
    CHECK_STORE = "check_store"
    BACK_UP = "back_up"
    BACK_UP_LINK = "back_up_link"
    SEE_RECIPIENT = "see_recipient"
    ROTATE_STUDY_KEY = "rotate_study_key"
    OPEN_INBOX = "open_inbox"
    ROTATE_KEY = "rotate_key"
    SHRED = "shred"
    ERASE = "erase"
    PLAN_WITHDRAWAL = "plan_withdrawal"
    WITHDRAW = "withdraw"
    FORGET_NAMES = "forget_names"
    COMPARE_NAMES = "compare_names"
    SEE_CERTIFICATE = "see_certificate"
    SET_HOLD = "set_hold"
    SEE_RETENTION = "see_retention"
    SET_RETENTION = "set_retention"
    FORGET_ALL_NAMES = "forget_all_names"
    PLAN_CLOSING = "plan_closing"
    CLOSE_STUDY = "close_study"
    CLOSE_STUDY_EARLY = "close_study_early"
    FINISH_CLOSING = "finish_closing"
    SEE_CLOSING = "see_closing"
    CONFIRM_DELETED = "confirm_deleted"
    SHRED_EARLY = "shred_early"
    SEE_STATUS = "see_status"
    RUN = "run"
    ADD_MEMBER = "add_member"
    REMOVE_MEMBER = "remove_member"
    SEE_MEMBERS = "see_members"
    SEE_REPORT = "see_report"
    SEE_ACCESSES = "see_accesses"
    EXPLAIN = "explain"
    ADD_VAULT_MEMBER = "add_vault_member"
    REMOVE_VAULT_MEMBER = "remove_vault_member"
    SEE_VAULT_MEMBERS = "see_vault_members"
    EXPLAIN_VAULT = "explain_vault"
    ADD_PARTICIPANT = "add_participant"
    CHANGE_STUDY = "change_study"
    ADD_LETTER = "add_letter"
    RECORD_CONSENT = "record_consent"
    SEE_CONSENT = "see_consent"
    OPEN_EVIDENCE = "open_evidence"
    WITHDRAW_CONSENT = "withdraw_consent"
    SET_ATTRIBUTES = "set_attributes"
    ENROL_VOICE = "enrol_voice"
    FORGET_VOICE = "forget_voice"
    KNOW_VOICES = "know_voices"
    SET_ROSTER = "set_roster"
    SEE_ROSTER = "see_roster"
    SET_PSEUDONYMS = "set_pseudonyms"
    SET_REVIEW = "set_review"
    WAIVE_REVIEW = "waive_review"
    SEE_NAMES = "see_names"
    SET_NAMES = "set_names"
    TAKE_IN = "take_in"
    NOTE_PROBLEM = "note_problem"
    ADMIT = "admit"
    DECODE = "decode"
    KNOW_ROSTER = "know_roster"
    TRANSCRIBE = "transcribe"
    TELL_SPEAKERS = "tell_speakers"
    FIND_NAMES = "find_names"
    APPLY_PSEUDONYMS = "apply_pseudonyms"
    READ_TRANSCRIPT = "read_transcript"
    READ_PSEUDONYMISED = "read_pseudonymised"
    REVIEW = "review"
    LOOK_FOR_NAMES = "look_for_names"
    RELEASE = "release"
    BLEEP = "bleep"
    ASK_REIDENTIFICATION = "ask_reidentification"
    APPROVE_REIDENTIFICATION = "approve_reidentification"
    REIDENTIFY = "reidentify"
    SEE_HANDOFFS = "see_handoffs"
    RECALL_HANDOFF = "recall_handoff"
    CONFIRM_HANDOFF = "confirm_handoff"
    SCAN_OUTGOING = "scan_outgoing"
    HAND_OFF = "hand_off"
    HAND_OFF_BULK = "hand_off_bulk"
    HAND_OFF_RECORDING = "hand_off_recording"
    HAND_OFF_SOUND = "hand_off_sound"
    ASK_FOR_VAULT = "ask_for_vault"
    APPROVE_FOR_VAULT = "approve_for_vault"
    ASK_FOR_STUDY = "ask_for_study"
    APPROVE_FOR_STUDY = "approve_for_study"
    ASK_FOR_PARTICIPANT = "ask_for_participant"
    APPROVE_FOR_PARTICIPANT = "approve_for_participant"
    BREAK_GLASS = "break_glass"
    REVIEW_BREAK_GLASS = "review_break_glass"


@dataclass(frozen=True)
class Spec:
    """How an action is declared: the kind of resource, its purposes, and what it opens beyond the participant's key.

    `link` is the link key, `study_key` the study's own identity, `ceremony` a root. What is declared `second_person`
    nobody does alone (policies.second_person); what is declared `fresh` takes a root that was opened in this process,
    by its passphrase or another keeper, and not one that `tillit unlock` left open. `audit` is what the outcome tells
    the ledger beside that it went well: ids, counts and words of the house. Whatever else it would tell is a refusal.
    """

    resource: str
    purposes: frozenset[Purpose]
    link: bool = False
    study_key: bool = False
    ceremony: bool = False
    second_person: bool = False
    fresh: bool = False
    audit: frozenset[str] = frozenset()


def _spec(resource: str, *purposes: Purpose, audit: str = "", **declared: bool) -> Spec:
    return Spec(resource, frozenset(purposes), audit=frozenset(audit.split()), **declared)


_SHARING = (Purpose.ANALYSE, Purpose.SHARE_TEXT, Purpose.ARCHIVE)

ACTIONS: dict[Action, Spec] = {
    Action.CREATE_STUDY: _spec("Vault", Purpose.STEWARDSHIP, audit="study"),
    Action.REGISTER_MODEL: _spec("Vault", Purpose.STEWARDSHIP, audit="model sha256"),
    Action.READ_LEDGER: _spec("Vault", Purpose.STEWARDSHIP, audit="ledger proved requests verified"),
    Action.UNLOCK: _spec("Vault", Purpose.STEWARDSHIP, ceremony=True, audit="roots seconds"),
    Action.PROTECT_ROOT: _spec("Vault", Purpose.STEWARDSHIP, ceremony=True, audit="keeper root"),
    Action.ROTATE_ROOT: _spec("Vault", Purpose.STEWARDSHIP, ceremony=True, audit="handed_over root"),
    Action.ESCROW_ROOT: _spec(
        "Vault", Purpose.STEWARDSHIP, ceremony=True, second_person=True, fresh=True, audit="need of rehearsed root"
    ),
    Action.CHECK_STORE: _spec("Vault", Purpose.STEWARDSHIP, audit="findings"),
    Action.BACK_UP: _spec("Vault", Purpose.STEWARDSHIP, audit="copied lost snapshot"),
    Action.BACK_UP_LINK: _spec("Vault", Purpose.STEWARDSHIP, link=True, audit="snapshot"),
    Action.SEE_RECIPIENT: _spec("Study", Purpose.STEWARDSHIP),
    Action.ROTATE_STUDY_KEY: _spec("Study", Purpose.STEWARDSHIP, study_key=True, audit="forgotten handed_over"),
    Action.OPEN_INBOX: _spec("Study", Purpose.STEWARDSHIP, study_key=True),
    Action.ROTATE_KEY: _spec("Participant", Purpose.STEWARDSHIP, audit="handed_over"),
    Action.SHRED: _spec("Participant", Purpose.STEWARDSHIP, study_key=True, audit="artefacts inbox letters shredded"),
    Action.ERASE: _spec(
        "Participant", Purpose.STEWARDSHIP, audit="artefacts bytes handed_over inbox kinds letters others"
    ),
    Action.PLAN_WITHDRAWAL: _spec("Participant", Purpose.STEWARDSHIP, link=True, study_key=True, audit="inbox unread"),
    Action.WITHDRAW: _spec("Participant", Purpose.STEWARDSHIP, audit="consents ground scope"),
    Action.FORGET_NAMES: _spec("Participant", Purpose.STEWARDSHIP, link=True, audit="names unread"),
    Action.COMPARE_NAMES: _spec("Recording", Purpose.STEWARDSHIP),
    Action.SEE_CERTIFICATE: _spec("Participant", Purpose.STEWARDSHIP, audit="letters"),
    Action.SET_HOLD: _spec("Study", Purpose.STEWARDSHIP, audit="held kind lifted"),
    Action.SEE_RETENTION: _spec("Study", Purpose.STEWARDSHIP),
    Action.SET_RETENTION: _spec("Study", Purpose.STEWARDSHIP, audit="days kind noticed since"),
    Action.FORGET_ALL_NAMES: _spec("Study", Purpose.STEWARDSHIP, link=True, audit="names"),
    Action.PLAN_CLOSING: _spec("Study", Purpose.STEWARDSHIP, link=True),
    Action.CLOSE_STUDY: _spec("Study", Purpose.STEWARDSHIP, link=True, audit="how"),
    Action.CLOSE_STUDY_EARLY: _spec(
        "Study", Purpose.STEWARDSHIP, link=True, second_person=True, fresh=True, audit="how"
    ),
    Action.FINISH_CLOSING: _spec("Study", Purpose.STEWARDSHIP, link=True, study_key=True, audit="names"),
    Action.SEE_CLOSING: _spec("Study", Purpose.STEWARDSHIP),
    Action.CONFIRM_DELETED: _spec("Study", Purpose.STEWARDSHIP, audit="confirmed person"),
    Action.SHRED_EARLY: _spec(
        "Participant",
        Purpose.STEWARDSHIP,
        study_key=True,
        second_person=True,
        fresh=True,
        audit="artefacts inbox letters shredded",
    ),
    Action.SEE_STATUS: _spec("Study", Purpose.STEWARDSHIP, audit="requests"),
    Action.RUN: _spec("Study", Purpose.STEWARDSHIP),
    Action.ADD_MEMBER: _spec("Study", Purpose.STEWARDSHIP, audit="person roles"),
    Action.REMOVE_MEMBER: _spec("Study", Purpose.STEWARDSHIP, audit="person roles"),
    Action.SEE_MEMBERS: _spec("Study", Purpose.STEWARDSHIP, audit="members"),
    Action.EXPLAIN: _spec("Study", Purpose.STEWARDSHIP, audit="about answer explained of"),
    Action.SEE_REPORT: _spec("Study", Purpose.STEWARDSHIP, audit="entries ledger report"),
    Action.SEE_ACCESSES: _spec("Participant", Purpose.STEWARDSHIP, audit="entries handles report"),
    Action.ADD_VAULT_MEMBER: _spec("Vault", Purpose.STEWARDSHIP, audit="person roles"),
    Action.REMOVE_VAULT_MEMBER: _spec("Vault", Purpose.STEWARDSHIP, audit="person roles"),
    Action.SEE_VAULT_MEMBERS: _spec("Vault", Purpose.STEWARDSHIP, audit="members"),
    Action.EXPLAIN_VAULT: _spec("Vault", Purpose.STEWARDSHIP, audit="about answer explained of"),
    Action.ADD_PARTICIPANT: _spec("Study", Purpose.STEWARDSHIP, audit="participant_added"),
    Action.CHANGE_STUDY: _spec("Study", Purpose.STEWARDSHIP, audit="changed notified numbers"),
    Action.ADD_LETTER: _spec("Study", Purpose.STEWARDSHIP, audit="letter sha256"),
    Action.SEE_CONSENT: _spec("Participant", Purpose.STEWARDSHIP, audit="consents"),
    Action.OPEN_EVIDENCE: _spec("Participant", Purpose.STEWARDSHIP, audit="scan"),
    Action.RECORD_CONSENT: _spec("Participant", Purpose.STEWARDSHIP, audit="amends consent purposes"),
    Action.WITHDRAW_CONSENT: _spec("Participant", Purpose.STEWARDSHIP, audit="consents"),
    Action.SET_ATTRIBUTES: _spec("Participant", Purpose.STEWARDSHIP, audit="attributes"),
    Action.ENROL_VOICE: _spec("Study", Purpose.STEWARDSHIP, study_key=True, audit="voice"),
    Action.FORGET_VOICE: _spec("Voice", Purpose.STEWARDSHIP, audit="voice"),
    Action.KNOW_VOICES: _spec("Study", Purpose.STEWARDSHIP, study_key=True),
    Action.SET_ROSTER: _spec("Study", Purpose.STEWARDSHIP, link=True, audit="names new removed"),
    Action.SEE_ROSTER: _spec("Study", Purpose.STEWARDSHIP, link=True, audit="names"),
    Action.SET_PSEUDONYMS: _spec(
        "Study", Purpose.STEWARDSHIP, second_person=True, audit="before drafts rules to_release_again"
    ),
    Action.SET_REVIEW: _spec("Study", Purpose.STEWARDSHIP, audit="before review"),
    Action.WAIVE_REVIEW: _spec("Study", Purpose.STEWARDSHIP, second_person=True, audit="before review"),
    Action.SEE_NAMES: _spec("Study", Purpose.ANALYSE, link=True, audit="decisions names pairs"),
    Action.SET_NAMES: _spec("Study", Purpose.ANALYSE, link=True, audit="checked decision names set_back verb"),
    Action.TAKE_IN: _spec("Participant", Purpose.RECORD, study_key=True, audit="parts recording"),
    Action.NOTE_PROBLEM: _spec("Recording", Purpose.STEWARDSHIP),
    Action.ADMIT: _spec("Recording", Purpose.TRANSCRIBE),
    Action.DECODE: _spec("Recording", Purpose.TRANSCRIBE),
    Action.KNOW_ROSTER: _spec("Recording", Purpose.TRANSCRIBE, link=True, audit="names"),
    Action.TRANSCRIBE: _spec("Recording", Purpose.TRANSCRIBE, audit="segments"),
    Action.TELL_SPEAKERS: _spec("Recording", Purpose.TRANSCRIBE, audit="voice"),
    Action.FIND_NAMES: _spec("Recording", Purpose.TRANSCRIBE, link=True, audit="mentions"),
    Action.APPLY_PSEUDONYMS: _spec("Recording", Purpose.TRANSCRIBE, link=True),
    Action.READ_TRANSCRIPT: _spec("Recording", Purpose.ANALYSE),
    Action.READ_PSEUDONYMISED: _spec("Recording", Purpose.ANALYSE),
    Action.REVIEW: _spec("Recording", Purpose.ANALYSE, link=True, audit="decisions found mentions verbs version"),
    Action.LOOK_FOR_NAMES: _spec("Recording", Purpose.ANALYSE),
    Action.RELEASE: _spec("Recording", Purpose.ANALYSE, link=True, audit="decisions left replaced version"),
    Action.BLEEP: _spec("Recording", Purpose.ANALYSE, link=True, audit="lines mentions release stretches"),
    Action.ASK_REIDENTIFICATION: _spec("Recording", Purpose.ANALYSE, audit="digest request wanted withdrawn"),
    Action.APPROVE_REIDENTIFICATION: _spec("Recording", Purpose.ANALYSE, fresh=True, audit="digest request verdict"),
    Action.REIDENTIFY: _spec("Recording", Purpose.ANALYSE, link=True, second_person=True, fresh=True),
    Action.SEE_HANDOFFS: _spec("Study", Purpose.STEWARDSHIP),
    Action.RECALL_HANDOFF: _spec("Study", Purpose.STEWARDSHIP, audit="recalled"),
    Action.CONFIRM_HANDOFF: _spec("Study", Purpose.STEWARDSHIP, audit="handoff"),
    Action.SCAN_OUTGOING: _spec("Recording", *_SHARING, link=True, audit="left"),
    Action.HAND_OFF: _spec("Study", *_SHARING, audit="handoff left_out recordings"),
    Action.HAND_OFF_BULK: _spec("Study", *_SHARING, second_person=True, audit="handoff left_out recordings"),
    Action.HAND_OFF_RECORDING: _spec("Recording", *_SHARING, audit="version"),
    Action.HAND_OFF_SOUND: _spec("Recording", Purpose.ANALYSE, Purpose.SHARE_SOUND, audit="version"),
    Action.ASK_FOR_VAULT: _spec("Vault", Purpose.STEWARDSHIP, audit="digest request wanted withdrawn"),
    Action.APPROVE_FOR_VAULT: _spec("Vault", Purpose.STEWARDSHIP, fresh=True, audit="digest request verdict"),
    Action.ASK_FOR_STUDY: _spec("Study", Purpose.STEWARDSHIP, audit="digest request wanted withdrawn"),
    Action.APPROVE_FOR_STUDY: _spec("Study", Purpose.STEWARDSHIP, fresh=True, audit="digest request verdict"),
    Action.ASK_FOR_PARTICIPANT: _spec("Participant", Purpose.STEWARDSHIP, audit="digest request wanted withdrawn"),
    Action.APPROVE_FOR_PARTICIPANT: _spec(
        "Participant", Purpose.STEWARDSHIP, fresh=True, audit="digest request verdict"
    ),
    Action.BREAK_GLASS: _spec("Study", Purpose.STEWARDSHIP, fresh=True, audit="break_glass until"),
    Action.REVIEW_BREAK_GLASS: _spec("BrokenGlass", Purpose.STEWARDSHIP, audit="break_glass verdict"),
}
