"""Digests of rows: one from before a column was added keeps its digest, and filling the column changes it."""

from __future__ import annotations

import hashlib
from datetime import date

import pytest

from storage import anchors
from storage.consents import Consent

FORMER = (
    "participant_id", "purposes", "given", "how", "letter", "expires", "withdrawn_at", "by_person_id", "version",
)  # fmt: skip


def _consent(**added: object) -> Consent:
    day = date(2026, 1, 1)
    return Consent(
        id="c", participant_id="p", purposes=["record"], given=day, how="in writing", letter="v1", expires=day,
        by_person_id="a", version=1, **added,
    )  # fmt: skip


def test_a_consent_from_before_has_the_digest_it_had() -> None:
    """What the ledger keeps of it is over the columns there were then."""
    consent, hashed = _consent(evidence={}), hashlib.sha256()
    for name in FORMER:
        data = str(getattr(consent, name)).encode()
        hashed.update(len(data).to_bytes(8, "big") + data)
    assert anchors.digest(consent) == hashed.hexdigest()


@pytest.mark.parametrize(
    "added",
    [{"embargo": date(2026, 6, 1)}, {"letter_id": "l"}, {"amends": "b"}, {"evidence": {"scan": "s"}}],
    ids=lambda added: next(iter(added)),
)
def test_what_is_filled_in_afterwards_is_another_digest(added: dict[str, object]) -> None:
    """Nobody gives an older consent an embargo, a letter or evidence unseen."""
    assert anchors.digest(_consent(**added)) != anchors.digest(_consent(evidence={}))
