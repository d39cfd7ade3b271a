"""What commands for acts that take two share: doing it alone where one may, asking for another's approval where not.

Whoever types such a command without the request somebody approved is asked why, and told who approves it and how to
go on; the same command with `--request` then does it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import click

from policies import second_person
from storage import lookup
from storage.errors import NotReady, TakesTwo

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from policies.actions import Action
    from policies.desk import Desk
    from policies.facts import Thing

T = TypeVar("T")
WHY = "This takes two, so another has to approve it. Why, in a sentence without names"
ASKED = (
    "This takes two. Asked as {request}: another data steward, or the study's principal investigator, approves it "
    "within {days} days, with `tillit request approve {request}`. Then run this again, with --request {request}."
)
request_option = click.option("--request", metavar="REQUEST", help="Go on with what another has approved: rus/3.")


def in_two(  # noqa: PLR0913, PLR0917  # what is asked for, and how it is done
    desk: Desk,
    action: Action,
    thing: Thing | str,
    terms: Mapping[str, str],
    do: Callable[[str | None], T],
    request: str | None,
    why: str | None = None,
) -> T:
    """What `do` returns, given the id of the request that is named, or None where nobody else is needed.

    Raises NotReady where another has to approve first: it is asked for then, with `why` or with what is typed.
    """
    if request is not None:
        return do(lookup.request(desk.vault.database, request).id)
    try:
        return do(None)
    except TakesTwo:
        pass  # and so it is asked for, outside of what was denied
    made = second_person.request(
        desk, action, thing, terms, lambda: click.prompt(WHY, err=True) if why is None else why
    )
    raise NotReady(ASKED, request=second_person.called(desk, made), days=second_person.WAITS.days)
