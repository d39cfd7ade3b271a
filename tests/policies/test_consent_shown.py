"""A participant's consents at a terminal: what is read off them is whole on eighty characters."""

from __future__ import annotations

from rich.console import Console

from policies.actions import CONSENTED
from policies.consent_commands import _table
from policies.consent_history import Line

WHOLE = Line(
    version=12, purposes=sorted(CONSENTED), given="2026-01-01", expires="2036-01-01", embargo="2026-06-01",
    how="on the recording", evidence="P07-1 00:00:01 to 00:00:03", letter="v2", language="nb", sha256="",
    by="ingvild.marie.solbakken@example.org", recorded="2026-01-01", amends=11, state="withdrawn",
)  # fmt: skip


def test_eighty_characters_are_enough() -> None:
    """No line is longer, and every purpose, day and state stands on a line of its own, unbroken."""
    console = Console(width=80)
    with console.capture() as shown:
        console.print(_table("rus/P07", [WHOLE, WHOLE]))
    text = shown.get()
    assert max(map(len, text.splitlines())) <= 80
    for whole in (*WHOLE.purposes, "given 2026-01-01", "until 2036-01-01", "closed to 2026-06-01", "withdrawn", "12"):
        assert text.count(whole) >= 2
