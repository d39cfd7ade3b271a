"""The sample interview is what its page says: small, short, in two voices, named in full, and without tags."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any

import av
import pytest

SAMPLES = Path(__file__).resolve().parent.parent.parent / "samples"
SOUND = SAMPLES / "interview.opus"
# Capitalised inside a sentence, and yet no name: the speaker, the days and months.
NO_NAMES = {"I", "Friday"}


@pytest.fixture
def lines() -> list[str]:
    """The script's turns, each with its speaker."""
    return (SAMPLES / "interview.txt").read_text("utf-8").splitlines()


@pytest.fixture
def gold() -> list[dict[str, str]]:
    """The names we know are in it."""
    names: list[dict[str, str]] = json.loads((SAMPLES / "interview.names.json").read_text("utf-8"))
    return names


def spoken(lines: list[str]) -> str:
    """Return what is said, without who says it."""
    return "\n".join(line.split(": ", 1)[1] for line in lines)


def occurrences(name: str, text: str) -> int:
    """Count a name as a whole word, with or without its genitive -s."""
    return len(re.findall(rf"\b{re.escape(name)}(?:'s)?\b", text))


def opened(look: str) -> Any:
    """Return one fact about the container, and close it."""
    with av.open(str(SOUND)) as container:
        stream = container.streams.audio[0]
        facts = {
            "seconds": (container.duration or 0) / 1_000_000,
            "tags": {**container.metadata, **stream.metadata},
            "sound": (container.format.name, stream.codec_context.name, stream.channels, len(container.streams)),
        }
    return facts[look]


def test_the_sound_is_under_a_megabyte() -> None:
    """A clone stays small: the sound is under 1 MB."""
    assert SOUND.stat().st_size < 1_000_000


def test_the_sound_lasts_two_to_four_minutes() -> None:
    """The sample is long enough to show something and short enough to wait for."""
    assert 120 <= opened("seconds") <= 240


def test_the_sound_is_one_opus_stream_in_mono() -> None:
    """The container is Ogg with a single mono Opus stream and nothing beside it."""
    assert opened("sound") == ("ogg", "opus", 1, 1)


def test_the_container_tells_nothing() -> None:
    """No title, date, encoder or other tag lies in the container or its stream."""
    assert opened("tags") == {}


def test_the_sound_decodes_to_the_length_it_declares() -> None:
    """Every second that is declared can be heard."""
    with av.open(str(SOUND)) as container:
        decoded = sum(frame.samples / frame.sample_rate for frame in container.decode(audio=0))
    assert decoded == pytest.approx(opened("seconds"), abs=0.1)


def test_the_page_names_the_hash_of_the_sound() -> None:
    """The hash in the README is the hash of the file that is committed."""
    digest = hashlib.sha256(SOUND.read_bytes()).hexdigest()
    assert f"`{digest}`" in (SAMPLES / "README.md").read_text("utf-8")


def test_two_people_speak_in_turn(lines: list[str]) -> None:
    """Interviewer and participant alternate, the interviewer first."""
    speakers = [line.split(": ", 1)[0] for line in lines]
    assert speakers == ["Interviewer", "Participant"] * (len(lines) // 2)


def test_every_gold_name_is_spoken(lines: list[str], gold: list[dict[str, str]]) -> None:
    """Each name on the list occurs in the text as a word of its own."""
    assert [name["name"] for name in gold if not occurrences(name["name"], spoken(lines))] == []


def test_every_capitalised_word_is_a_gold_name(lines: list[str], gold: list[dict[str, str]]) -> None:
    """No name is missing from the list: each capital inside a sentence belongs to one."""
    inside = set(re.findall(r"(?<![.?!:] )(?<!^)\b[A-Z][a-z]*", spoken(lines), re.MULTILINE))
    listed = {word for name in gold for word in name["name"].split()}
    assert inside - NO_NAMES - listed == set()


def test_the_names_are_of_every_kind(gold: list[dict[str, str]]) -> None:
    """People, places, an institution, a number and a date are all there to be found."""
    assert {name["kind"] for name in gold} == {"PER", "LOC", "ORG", "ID", "DATE"}


def test_one_person_is_called_by_three_forms(lines: list[str], gold: list[dict[str, str]]) -> None:
    """The counsellor is met by full name first, later by first name (also in the genitive) and surname alone."""
    forms = {name["name"] for name in gold if name["entity"] == "counsellor"}
    text = spoken(lines)
    rest = text.partition("Helen Solberg")[2]
    assert forms == {"Helen Solberg", "Helen", "Solberg"}
    assert "Helen's" in rest
    assert "Solberg was patient" in rest
