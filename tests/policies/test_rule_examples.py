"""A steward's examples: those that come with the house hold, a wrong one is told, a typo is understood as one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from sqlalchemy.orm import Session

from policies import facts, rule_examples, rule_examples_facts
from policies.rule_examples_commands import SHIPPED, policy
from storage.errors import BadInput
from storage.records import Recording
from tests.policies.keeping import keep

if TYPE_CHECKING:
    from pathlib import Path

    from policies.facts import Thing
    from tests.house_fixtures import House

GOOD = '[[example]]\nsays = "A steward reads the ledger"\naction = "read_ledger"\nvault = ["steward"]\n'


def test_the_examples_that_come_with_the_house_hold() -> None:
    """Every shipped example is as the rules have it, by the rule it names."""
    outcomes = rule_examples.run(rule_examples.read(SHIPPED.read_text()))
    assert [one for one in outcomes if one.wrong] == []


def test_an_example_that_is_not_so_is_told_with_the_rule() -> None:
    """What was expected, what the rules say and by which rule; another rule than the one named is wrong too."""
    (wrong,) = rule_examples.run(rule_examples.read(GOOD + 'expect = "deny"'))
    assert wrong.wrong == "expected to deny, but the rules allow it (steward-vault)"
    (other,) = rule_examples.run(rule_examples.read(GOOD + 'expect = "allow"\nrule = "auditor-vault"'))
    assert other.wrong == "expected by auditor-vault, but it is by steward-vault"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (GOOD, "it has no expect"),
        (GOOD + 'expect = "alow"', "Is it allow"),
        (GOOD + 'expect = "allow"\nrols = ["steward"]', "Is it roles"),
        (GOOD + 'expect = "allow"\nroles = ["stewart"]', "Is it steward"),
        (GOOD + 'expect = "allow"\nroles = "steward"', "roles is a list"),
        (GOOD + 'expect = "allow"\nheld = "yes"', "held is true or false"),
        (GOOD + 'expect = "allow"\nconsent = 3', "There is: none, given"),
        (GOOD.replace("read_ledger", "read_leger") + 'expect = "allow"', "Is it read_ledger"),
        (GOOD.replace("read_ledger", "hand_off") + 'expect = "allow"', "needs a purpose"),
        (GOOD.replace('"A steward reads the ledger"', "1") + 'expect = "allow"', "says is a text"),
        ("[example]", "[[example]]"),
        ("example =", "is not TOML"),
        ("", "at least one"),
    ],
)
def test_a_typo_is_an_error_that_says_what_was_meant(text: str, said: str) -> None:
    """Whatever is not understood is refused, with the word that is nearest, and nothing is quietly left out."""
    with pytest.raises(BadInput) as refused:
        rule_examples.read(text)
    assert said in refused.value.sentence


def test_it_is_a_command_that_needs_no_vault(tmp_path: Path) -> None:
    """`policy test` prints a line an example; with one that is not so it fails, and a file that is none is refused."""
    mine = tmp_path / "mine.toml"
    mine.write_text(GOOD + 'expect = "allow"')
    done = CliRunner().invoke(policy, ["test", str(mine), "--json"])
    assert (done.exit_code, '"holds": true' in done.output) == (0, True)
    mine.write_text(GOOD + 'expect = "deny"')
    assert CliRunner().invoke(policy, ["test", str(mine)]).exit_code != 0
    assert isinstance(CliRunner().invoke(policy, ["test", str(tmp_path / "none")]).exception, BadInput)


def test_invented_facts_have_the_shape_of_real_ones(house: House) -> None:
    """For each kind of thing there are rows of, real and invented facts name the same attributes."""
    participant = house.participant("P01")
    keep(house, participant)
    with Session(house.vault.database.reader) as session:
        recording = session.scalars(sa.select(Recording)).one()
    things: list[Thing | str] = [house.vault.id, house.study, participant, recording]
    with house.vault.database.reader.connect() as connection:
        for thing in things:
            resource = facts.resource_of(thing)
            real = facts.entities(connection, house.desk("ragna").who, resource)
            made = rule_examples_facts.entities(rule_examples_facts.World(), resource.kind)
            assert [_shape(one) for one in real] == [_shape(one) for one in made]


def _shape(entity: dict[str, dict[str, object]]) -> tuple[object, ...]:
    attributes = entity["attrs"]
    consent = attributes.get("consent", {})
    return entity["uid"]["type"], sorted(attributes), sorted(consent) if isinstance(consent, dict) else None
