"""Proofs that need no ledger to be checked: that it holds an entry, and that it only grew since a checkpoint.

Both are text: a few lines, hashes in base64, an empty line, the checkpoint they lead to. Sources: c2sp.org/tlog-proof
for an entry, whose bytes are the "extra" data there; for growth the request of c2sp.org/tlog-witness, which is what
a witness would be sent. Making them is in ledger_prover.py.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass

from storage import merkle, note
from storage.errors import BadInput, Damaged

FORMAT = "c2sp.org/tlog-proof@v1"
_ENTRY = re.compile(rf"{FORMAT}\nextra (\S+)\nindex (0|[1-9][0-9]{{0,17}})((?:\n\S{{44}}){{0,63}})\n\n(.*)", re.DOTALL)
_GROWTH = re.compile(r"old (0|[1-9][0-9]{0,17})((?:\n\S{44}){0,63})\n\n(.*)", re.DOTALL)


@dataclass(frozen=True)
class Proof:
    """That the entry with these bytes stands at `index` (from 0) of the log that `checkpoint` signs for."""

    index: int
    leaf: bytes
    hashes: list[bytes]
    checkpoint: str

    def text(self) -> str:
        """As c2sp.org/tlog-proof has it."""
        extra = base64.b64encode(self.leaf).decode()
        return "\n".join(
            [FORMAT, f"extra {extra}", f"index {self.index}", *_written(self.hashes), "", self.checkpoint]
        )

    @classmethod
    def read(cls, text: str) -> Proof:
        """What `text` wrote. Raises BadInput."""
        match = _ENTRY.fullmatch(text)
        if match is None:
            raise BadInput("This is no proof of a ledger's entry. Give the file that `tillit audit prove` wrote.")
        return cls(int(match[2]), _bytes(match[1]), [_bytes(line) for line in match[3].split()], match[4])

    def check(self, vkey: str) -> int:
        """How long the log is that it was proved for. Raises Damaged if it does not hold under this verifier key."""
        signed = note.verify(vkey, self.checkpoint)
        leaf = merkle.leaf_hash(self.leaf)
        if not merkle.verify_inclusion(leaf, self.index, signed.size, self.hashes, signed.root):
            raise Damaged("The proof does not hold: this entry is not where it says in the ledger that was signed.")
        return signed.size


@dataclass(frozen=True)
class Growth:
    """That the log that `checkpoint` signs for begins with the first `old_size` entries as they once were."""

    old_size: int
    hashes: list[bytes]
    checkpoint: str

    def text(self) -> str:
        """As a witness is sent it, c2sp.org/tlog-witness."""
        return "\n".join([f"old {self.old_size}", *_written(self.hashes), "", self.checkpoint])

    @classmethod
    def read(cls, text: str) -> Growth:
        """What `text` wrote. Raises BadInput."""
        match = _GROWTH.fullmatch(text)
        if match is None:
            raise BadInput("This is no proof of a ledger's growth. Give what `tillit audit prove --since` wrote.")
        return cls(int(match[1]), [_bytes(line) for line in match[2].split()], match[3])

    def check(self, vkey: str, old_checkpoint: str) -> None:
        """Raise Damaged unless the log grew from `old_checkpoint` to this one, both under this verifier key."""
        old, now = note.verify(vkey, old_checkpoint), note.verify(vkey, self.checkpoint)
        if old.size == self.old_size == 0:  # everything grew from nothing, and that takes no proof
            holds = not self.hashes
        else:
            part = (0, self.old_size)
            holds = old.size == self.old_size and merkle.verify_consistency(
                part, now.size, self.hashes, old.root, now.root
            )
        if not holds:
            raise Damaged("The proof does not hold: the ledger did not grow from that checkpoint to this one.")


def _written(hashes: list[bytes]) -> list[str]:
    return [base64.b64encode(one).decode() for one in hashes]


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise BadInput("A line of the proof is not base64. Give the file as it was written.") from None
