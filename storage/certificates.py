"""A certificate: that what was somebody's was destroyed, what and when and on which ground, and not whose it was.

    tillit certificate v1
    <vault id>
    <certificate id>
    <study id>
    <UTC time>
    <scope> <ground>
    <JSON: how many of what>
    kept <JSON>              the end of a study alone: what is kept of it, and what under a hold
    held <JSON>
    entry <number in the ledger>

signed by the ledger's key, an empty line, and the proof that the ledger has that entry. It is made from the entry
alone, which names no participant, so that it can be made again as long as there is a ledger. Sources of the two parts:
c2sp.org/signed-note, c2sp.org/tlog-proof.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from storage import note
from storage.errors import BadInput, Damaged
from storage.ledger_proof import FORMAT, Proof

if TYPE_CHECKING:
    from collections.abc import Mapping

    from storage.ledger import Ledger

FIRST_LINE = "tillit certificate v1"
EVENT = "erased"
BETWEEN = f"\n\n{FORMAT}"
NONE = "This is no certificate of a deletion. Give the file that `tillit withdraw` or `tillit certificate show` wrote."
UNLIKE = "The certificate does not say what the ledger's entry says: it was edited. Ask for a sound copy."


@dataclass(frozen=True)
class Certificate:
    """What a certificate says; `destroyed` is how many of what, `entry` the number of the ledger's entry.

    `kept` and `held` are None but at the end of a study.
    """

    vault: str
    id: str
    study: str
    time: str
    scope: str
    ground: str
    destroyed: Mapping[str, int]
    entry: int
    kept: Mapping[str, int] | None = None
    held: Mapping[str, int] | None = None

    def to_dict(self) -> dict[str, object]:
        """For JSON."""
        return asdict(self)


def make(ledger: Ledger, position: int) -> str:
    """The certificate for an entry of the ledger. Raises Damaged if it cannot be proved, BadInput for another."""
    proof = ledger.prove(position)
    said = _said(ledger.signer.vkey, proof)
    return f"{ledger.signer.sign(_text(said))}\n{proof.text()}"


def read(vkey: str, text: str) -> Certificate:
    """What a certificate says, if it holds under this verifier key; needs no vault. Raises Damaged, BadInput."""
    signed, between, rest = text.partition(BETWEEN)
    if not between or not signed.startswith(f"{FIRST_LINE}\n"):
        raise BadInput(NONE)
    proof = Proof.read(FORMAT + rest)
    proof.check(vkey)
    said = _said(vkey, proof)
    if note.open_note(vkey, f"{signed}\n") != _text(said):
        raise Damaged(UNLIKE)
    return said


def _said(vkey: str, proof: Proof) -> Certificate:
    """What an entry says that something was destroyed."""
    try:
        leaf = json.loads(proof.leaf)
        if leaf["event"] != EVENT:
            raise BadInput(NONE)
        counts, kept, held = _counts(leaf["destroyed"]), _counts(leaf.get("kept")), _counts(leaf.get("held"))
        vault = vkey.partition("+")[0].rpartition("/")[2]
        return Certificate(
            vault, leaf["act"], leaf["study"], leaf["t"], leaf["scope"], leaf["ground"], counts or {}, proof.index,
            kept, held,
        )  # fmt: skip
    except (ValueError, KeyError, TypeError, AttributeError):
        raise BadInput(NONE) from None


def _counts(said: Mapping[str, int] | None) -> dict[str, int] | None:
    return None if said is None else {name: int(number) for name, number in said.items()}


def _text(said: Certificate) -> str:
    counts = json.dumps(dict(said.destroyed), sort_keys=True)
    left = [
        f"{name} {json.dumps(dict(of), sort_keys=True)}"
        for name, of in (("kept", said.kept), ("held", said.held))
        if of is not None
    ]
    about = [said.vault, said.id, said.study, said.time, f"{said.scope} {said.ground}", counts]
    return "\n".join([FIRST_LINE, *about, *left, f"entry {said.entry}", ""])
