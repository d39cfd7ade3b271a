"""A released interview's sound without its names: made, listened to again, and kept only if none is heard."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from ingest.bleeping import bleeping
from ingest.bleeping.beep import How
from ingest.bleeping.bleeping import Manner, bleep
from ingest.bleeping.voice import Voice
from ingest.transcription.stretches import RATE
from policies import consent
from policies.actions import Action, Purpose
from storage import lookup
from storage.errors import Denied, NotReady
from storage.records import Participant, Recording
from tests.ingest.bleeping.interviews import artefacts, bleeped_pcm, changed, fresh, heard, in_pairs, released, retimed
from tests.meanwhile import meanwhile

if TYPE_CHECKING:
    from storage.transcript import Segment, Transcript
    from tests.house_fixtures import House

FORMS = ("Houston", "Columbia", "Texas")


def _bleep(house: House, recording: Recording, manner: Manner = Manner()) -> object:  # noqa: B008  # frozen
    return bleep(house.desk("ragna"), recording, manner)


def _moved(segment: Segment, by: float) -> Segment:
    words = tuple(replace(word, start=word.start + by, end=word.end + by) for word in segment.words)
    return replace(segment, start=segment.start + by, end=segment.end + by, words=words)


def test_no_name_is_heard_in_the_copy(quick: House, speech: bytes, said: Transcript) -> None:
    """Each was heard before and none is after; the copy is as long as the sound, and what covers is counted."""
    assert all(form in said.text for form in FORMS)
    recording = released(quick, "P01", speech, said, FORMS)
    made = bleep(quick.desk("ragna"), recording)
    sound = bleeped_pcm(quick, recording)
    assert not [form for form in FORMS if form in heard(sound).text]
    assert abs(len(sound) - len(speech)) <= RATE * 2 // 25  # Opus comes in frames of 20 ms
    assert (made.version, made.release, made.mentions) == (1, 1, sum(said.text.count(form) for form in FORMS))
    assert made.seconds < 0.5 * said.duration


def test_it_says_what_made_it(quick: House, speech: bytes, said: Transcript) -> None:
    """How, with which padding, of which release, heard again with which weights, and not a word of what was said."""
    recording = released(quick, "P01", speech, said, FORMS)
    bleep(quick.desk("ragna"), recording, Manner(How.SILENCE, Voice.LOWER))
    (made,) = artefacts(quick, recording, "bleeped")
    stated = made.made_by["parameters"]
    assert (stated["how"], stated["voice"], stated["padding"]) == ("silence", "lower", 0.25)
    assert stated["released"] == artefacts(quick, recording, "released")[-1].id
    assert len(made.made_by["model_sha256"]) == 64
    assert not any(form in str(made.made_by) for form in FORMS)


def test_bleeping_again_makes_nothing_unless_another_manner_is_asked_for(
    quick: House, speech: bytes, said: Transcript
) -> None:
    """What is made for this release stands; another way of covering is another version."""
    recording = released(quick, "P01", speech, said, ("Houston",))
    first = _bleep(quick, recording)
    assert _bleep(quick, recording) == first
    assert len(artefacts(quick, recording, "bleeped")) == 1
    _bleep(quick, recording, Manner(How.SILENCE))
    assert [made.version for made in artefacts(quick, recording, "bleeped")] == [1, 2]


def test_a_copy_made_by_an_older_tillit_is_made_anew(
    quick: House, speech: bytes, said: Transcript, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may lack what is covered now."""
    recording = released(quick, "P01", speech, said, ("Houston",))
    with monkeypatch.context() as before:
        before.setattr(bleeping, "ENGINE", "tillit-bleep 1")
        _bleep(quick, recording)
    _bleep(quick, recording)
    assert [made.version for made in artefacts(quick, recording, "bleeped")] == [1, 2]


def test_lines_without_word_times_are_silenced_whole(quick: House, speech: bytes, said: Transcript) -> None:
    """And counted; nothing is heard of a name in them either."""
    untimed = changed(said, lambda segment: replace(segment, words=()))
    recording = released(quick, "P01", speech, untimed, ("Houston",))
    made = bleep(quick.desk("ragna"), recording)
    assert made.lines == 1
    assert "Houston" not in heard(bleeped_pcm(quick, recording)).text


@pytest.mark.parametrize("off", [-2.0, 1.5])
def test_a_time_that_is_off_within_its_line_is_found_out(
    quick: House, speech: bytes, said: Transcript, off: float
) -> None:
    """The name comes back where it was said, and more is covered until it does not."""
    wrong = retimed(said, "Houston", lambda word: replace(word, start=word.start + off, end=word.end + off))
    recording = released(quick, "P01", speech, wrong, ("Houston",))
    made = bleep(quick.desk("ragna"), recording)
    assert made.wider >= 1
    assert "Houston" not in heard(bleeped_pcm(quick, recording)).text


@pytest.mark.parametrize(("form", "off"), [("Houston", -2.0), ("Texas", -9.0)])
def test_times_that_are_off_beyond_their_line_keep_nothing(
    quick: House, speech: bytes, said: Transcript, form: str, off: float
) -> None:
    """If a whole short line lies seconds too early, the name is heard where no line has it: refused, with when."""
    short = in_pairs(said)
    (line,) = (segment for segment in short.segments if form in segment.text)
    wrong = changed(short, lambda segment: _moved(segment, off) if segment is line else segment)
    recording = released(quick, "P01", speech, wrong, (form,))
    with pytest.raises(NotReady, match="nothing is kept") as refused:
        _bleep(quick, recording)
    assert any(f"00:{int(line.start) + more:02}" in refused.value.sentence for more in (-1, 0, 1))
    assert artefacts(quick, recording, "bleeped") == []


def test_a_name_that_is_said_and_was_written_otherwise_is_found(quick: House, speech: bytes, said: Transcript) -> None:
    """Misheard in the transcript, it is no mention; said close to one, it is heard again, and nothing is kept."""
    first, second = (word.start for segment in said.segments for word in segment.words if "Columbia" in word.text)
    wrong = changed(
        said,
        lambda segment: replace(
            segment,
            text=segment.text.replace("The Columbia", "The gondola"),
            words=tuple(replace(w, text=w.text.replace("Columbia", "gondola")) if w.start == second else w
                        for w in segment.words),
        ),
    )  # fmt: skip
    recording = released(quick, "P01", speech, wrong, ("Houston", "Columbia", "Texas"))
    with pytest.raises(NotReady, match="no find covers it") as refused:
        _bleep(quick, recording)
    assert any(f"00:{int(second) + more:02}" in refused.value.sentence for more in (-1, 0, 1))
    assert f"00:{int(first):02}" not in refused.value.sentence
    assert artefacts(quick, recording, "bleeped") == []


def test_what_is_not_released_is_not_bleeped(quick: House, speech: bytes, said: Transcript) -> None:
    """Nor is what is under review again, or not for the interviewer."""
    recording = released(quick, "P01", speech, said, ("Houston",))
    with pytest.raises(Denied), quick.desk("ivar").act(Action.BLEEP, recording, Purpose.ANALYSE):
        pytest.fail("the door opened")
    with quick.desk("ragna").act(Action.REVIEW, recording, Purpose.ANALYSE) as act:
        act.change(recording, stage="review")
    with pytest.raises(Denied, match="not released"):
        _bleep(quick, fresh(quick, recording))


def test_a_withdrawal_meanwhile_keeps_nothing(quick: House, speech: bytes, said: Transcript) -> None:
    """Consent is asked for again when the copy is made."""
    recording = released(quick, "P01", speech, said, ("Houston",))
    participant = lookup.by_id(quick.vault.database, Participant, recording.participant_id)
    slow = meanwhile(quick.desk("ragna"), Action.BLEEP, lambda: consent.withdraw(quick.desk("astrid"), participant))
    before = len(list(quick.vault.blobs.names()))
    with pytest.raises(Denied, match="withdrawn"):
        bleep(slow, recording)
    assert len(list(quick.vault.blobs.names())) == before


def test_stopped_on_the_way_it_keeps_nothing_and_is_run_again(quick: House, speech: bytes, said: Transcript) -> None:
    """Ctrl-C while it listens or writes leaves nothing; the next time it is made."""
    recording = released(quick, "P01", speech, said, ("Houston",))
    for share in (0.4, 0.9):

        def stop(done: float, total: float, share: float = share) -> None:
            if done >= share * total:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            bleep(quick.desk("ragna"), recording, tell=stop)
        assert artefacts(quick, recording, "bleeped") == []
    assert bleep(quick.desk("ragna"), recording).version == 1
