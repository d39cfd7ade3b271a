"""Names a person took out of the text by writing a line anew: they were said all the same, and are covered."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ingest import release, review
from ingest.bleeping.bleeping import bleep
from ingest.reviewing.table import Verdict
from tests.ingest.bleeping.interviews import bleeped_pcm, changed, fresh, heard, released

if TYPE_CHECKING:
    from ingest.bleeping.bleeping import Bleeped
    from storage.records import Recording
    from storage.transcript import Segment, Transcript
    from tests.house_fixtures import House


def _line_of(text: Transcript, form: str) -> int:
    return next(at for at, segment in enumerate(text.segments) if form in segment.text)


def _released_again(house: House, recording: Recording) -> Bleeped:
    ragna = house.desk("ragna")
    release.release(ragna, fresh(house, recording))
    return bleep(ragna, fresh(house, recording))


def test_a_name_cut_out_of_the_text_is_covered_all_the_same(quick: House, speech: bytes, said: Transcript) -> None:
    """Who corrects a line without its name takes it out of the text, not out of what was said."""
    recording, line = released(quick, "P01", speech, said, ("Houston", "Texas")), _line_of(said, "Houston")
    review.edit(quick.desk("ragna"), recording, line, said.segments[line].text.replace(" in Houston", ""))
    made = _released_again(quick, recording)
    assert (made.release, made.mentions) == (2, 2)
    assert "Houston" not in heard(bleeped_pcm(quick, recording)).text


def test_a_name_made_longer_and_then_cut_out_is_covered_whole(quick: House, speech: bytes, said: Transcript) -> None:
    """What a person said the name is counts, not the part of it that the finder saw."""
    recording, ragna = released(quick, "P01", speech, said, ("Houston", "Texas")), quick.desk("ragna")
    line = _line_of(said, "Houston")
    review.resize(ragna, recording, 1, "Houston lost contact")
    review.edit(ragna, recording, line, said.segments[line].text.replace(" in Houston lost contact", ""))
    _released_again(quick, recording)
    after = heard(bleeped_pcm(quick, recording)).text
    assert "contact" not in after
    assert "Houston" not in after


def _written(segment: Segment, form: str, instead: str) -> Segment:
    """The segment as a recogniser would have made it that wrote a word otherwise, or not at all."""
    words = (replace(word, text=word.text.replace(form, instead)) for word in segment.words)
    return replace(segment, text=segment.text.replace(form, instead), words=tuple(word for word in words if word.text))


def test_a_name_typed_in_and_cut_out_again_is_covered(quick: House, speech: bytes, said: Transcript) -> None:
    """It was said where the words were heard that a person typed it over."""
    heard_so = changed(said, lambda segment: _written(segment, "Texas", "taxes"))
    recording, ragna = released(quick, "P01", speech, heard_so, ("Houston",)), quick.desk("ragna")
    line = _line_of(said, "Texas")
    review.edit(ragna, recording, line, said.segments[line].text)
    review.edit(ragna, recording, line, said.segments[line].text.replace(" above Texas", ""))
    made = _released_again(quick, recording)
    after = heard(bleeped_pcm(quick, recording)).text
    assert (made.lines, "Texas" in after, "debris was seen" in after) == (0, False, True)


def test_a_name_typed_where_nothing_was_heard_takes_its_line(quick: House, speech: bytes, said: Transcript) -> None:
    """Cut out again, it may have been said anywhere in it."""
    heard_so = changed(said, lambda segment: _written(segment, "Columbia's", ""))
    recording, ragna = released(quick, "P01", speech, heard_so, ("Houston", "Columbia")), quick.desk("ragna")
    line = _line_of(said, "Columbia's")
    review.edit(ragna, recording, line, said.segments[line].text)
    review.edit(ragna, recording, line, said.segments[line].text.replace("Columbia's", "thing is"))
    made = _released_again(quick, recording)
    assert made.lines == 1
    assert "Columbia" not in heard(bleeped_pcm(quick, recording)).text


def test_a_name_typed_by_an_edit_that_was_undone_covers_nothing(quick: House, speech: bytes, said: Transcript) -> None:
    """Nobody says any more that it was said."""
    recording, ragna = released(quick, "P01", speech, said, ("Houston",)), quick.desk("ragna")
    line = _line_of(said, "debris")
    review.edit(ragna, recording, line, said.segments[line].text.replace("debris", "Denmark"))
    review.decide(ragna, recording, Verdict.CONFIRM, None)
    review.undo(ragna, recording, [1])
    made = _released_again(quick, recording)
    assert made.mentions == 1
    assert "debris" in heard(bleeped_pcm(quick, recording)).text
