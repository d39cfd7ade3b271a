"""The command that runs a steward's examples of who may do what."""

from __future__ import annotations

from pathlib import Path

import click

from policies import rule_examples
from policies.terminal import OUT, counted, json_option, say
from storage.errors import BadInput, NotReady

SHIPPED = Path(__file__).parent / "examples.toml"
UNREADABLE = "That file of examples cannot be read. It is a text, in UTF-8."


@click.group()
def policy() -> None:
    """Try the rules on examples, without a vault."""


@policy.command("test")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), required=False)
@json_option
def policy_test(file: Path | None, *, as_json: bool) -> None:
    """Run the examples in FILE against the rules; without FILE, those that come with Tillit (policies/examples.toml).

    Each says who asks for what, of whom, in which state, and whether the answer is to be allow or deny.
    """
    try:
        text = (file or SHIPPED).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise BadInput(UNREADABLE) from None
    outcomes = rule_examples.run(rule_examples.read(text))
    wrong = [one for one in outcomes if one.wrong]
    if as_json:
        say([one.to_dict() for one in outcomes], as_json=True)
    else:
        for one in outcomes:
            OUT.print(f"{'NOT SO' if one.wrong else 'so'}  {one.says}{f': {one.wrong}' if one.wrong else ''}")
        OUT.print(f"{counted(len(outcomes) - len(wrong), 'example')} of {len(outcomes)} as the rules have it.")
    if wrong:
        raise NotReady("{wrong} of the examples are not as the rules have it.", wrong=len(wrong))
