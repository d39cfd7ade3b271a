"""What bleeping takes out of real sound: names that are spoken, left in the released text, heard in the bleeped copy.

    python -m benchmarks.bleeps [--how silence]

Each recording whose names are known is heard with the packaged model. Its names are marked in two ways:

    finder    those the finder finds, as if nobody had reviewed them
    person    every word that the model wrote where the reference has a name, right or wrong, as by a careful reviewer

and then taken out of text and sound as `tillit release` and `tillit bleep` do it. Each word of a name counts by
itself. A name counts as heard before, left in the text or heard after if the word stands where the reference has it;
after means in a transcript of the whole copy, not only of what `tillit bleep` listens to again. Forms are words in
that transcript that the marked names were written as, right or wrong, and that the text does not say there anyway.
Noticed says how good listening again is: each stretch in turn is left in the open while all others are covered, and
this is in how many of them it hears a name.

Where `tillit bleep` refuses, no copy is kept: the row says why, and its last columns are of the copy by word times
alone. The recordings are the test set: nothing is tuned on them.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from rapidfuzz.distance import Levenshtein
from rich.console import Console
from rich.table import Column, Table

from benchmarks.hotwords import Case, cases, score
from benchmarks.listeners.sound import SHARED, decode
from benchmarks.wer import tokens
from ingest.bleeping import again, covering, sound, spans
from ingest.bleeping.beep import How, bleeped
from ingest.pseudonyms.apply import Mention, mentions_of, pseudonymise
from ingest.pseudonyms.finder import find_known, find_names
from ingest.pseudonyms.finds import Kind
from ingest.pseudonyms.linking import Book, Entity
from ingest.transcription import models
from ingest.transcription.engine import RATE, Parameters, Whisper
from ingest.transcription.styles import Style
from storage.errors import NotReady

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from ingest.bleeping.covering import Said
    from ingest.bleeping.sound import Heard
    from ingest.bleeping.spans import Cut
    from storage.transcript import Transcript

WIDTH: Final = 118
SEED: Final = b"benchmark"


@dataclass(frozen=True)
class Row:
    """Words of names: spoken, heard before, left in the text, heard after; forms heard after; and what was covered.

    `noticed` are those of the `stretches` in which a name is heard when they alone are left in the open.
    """

    spoken: int
    before: int
    text: int
    after: int
    forms: int
    mentions: int
    noticed: int
    stretches: int
    seconds: float
    duration: float
    wider: int
    lines: int
    verdict: str


def by_finder(case: Case, transcript: Transcript) -> Said:
    """The names the finder finds."""
    book = Book(seed=SEED)
    found = find_known(transcript.text, case.language, find_names(transcript.text, case.language), [])
    mentions = mentions_of(transcript, found, book)
    return covering.Said(transcript, mentions, book)


def by_person(case: Case, transcript: Transcript) -> Said:
    """Every word that stands where a name was said."""
    entities, mentions = dict[str, Entity](), list[Mention]()
    for said, (number, start, end) in _written(case, transcript):
        form = transcript.segments[number].text[start:end]
        surrogate = f"Surrogate{len(entities)}"
        entities.setdefault(said, Entity(said, Kind.PER, {said}, surrogate)).forms.add(form)
        mentions.append(Mention(f"{number}-{start}", number, start, end, Kind.PER, 1.0, ("person",), said))
    return covering.Said(transcript, mentions, Book(entities.values(), seed=SEED))


MARKERS: Final[dict[str, Callable[[Case, Transcript], Said]]] = {"finder": by_finder, "person": by_person}


def _written(case: Case, transcript: Transcript) -> Iterator[tuple[str, tuple[int, int, int]]]:
    """Each word of a name as it was said, and the segment and place of what was written for it."""
    reference, heard = tokens(case.reference), list(_places(transcript))
    names = {word for name in case.roster for word in tokens(name)}
    for block in Levenshtein.opcodes(reference, [word for word, _ in heard]):
        if block.tag in {"equal", "replace"}:
            pairs = zip(
                reference[block.src_start : block.src_end], heard[block.dest_start : block.dest_end], strict=True
            )
            yield from ((said, place) for said, (_, place) in pairs if said in names)


def _places(transcript: Transcript) -> Iterator[tuple[str, tuple[int, int, int]]]:
    for number, segment in enumerate(transcript.segments):
        at = 0
        for word in tokens(segment.text):
            at = segment.text.lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").index(word, at)
            yield word, (number, at, at + len(word))
            at += len(word)


def measure(case: Case, marked: str, how: How) -> Row:
    """Bleep one recording and listen to all of it again."""
    pcm, hear = decode(SHARED / case.recording), _recogniser(case.language)

    def fresh() -> Generator[bytes]:
        yield pcm

    before = hear(pcm)
    said = MARKERS[marked](case, before)
    heard = covering.listened(fresh, said, _quietly)
    try:
        cuts, verdict = covering.inaudible(fresh, said, heard, hear, _quietly), "kept"
    except NotReady as no:
        cuts, verdict = covering.by_times(said, heard), f"refused: {no.sentence.partition(',')[0]}"
    after = hear(b"".join(bleeped([pcm], _stretches(cuts, heard), how)))
    noticed = sum(_noticed(pcm, said, _stretches(cuts, heard), hear))
    return Row(**_names(case, said, after), **_cover(cuts, heard), noticed=noticed, verdict=verdict)


def _names(case: Case, said: Said, after: Transcript) -> dict[str, Any]:
    """The first six columns."""
    kept = again.Kept.of(said.transcript, said.mentions)
    whole = (0, round(1000 * after.duration))
    ((_, forms),) = again.names([b""], [whole], lambda _: after, said.book)
    counted = score(case, said.transcript.text)
    released = pseudonymise(said.transcript, said.mentions, said.book)
    return {
        "spoken": counted.said,
        "before": counted.right,
        "text": score(case, released.text).right,
        "after": score(case, after.text).right,
        "forms": sum(not kept.stands(name) for name in forms),
        "mentions": len(said.mentions),
    }


def _cover(cuts: list[Cut], heard: Heard) -> dict[str, Any]:
    """What was covered."""
    return {
        "stretches": len(_stretches(cuts, heard)),
        "seconds": sum(last - first for first, last in _stretches(cuts, heard)) / 1000,
        "duration": heard.milliseconds / 1000,
        "wider": sum(cut.reach is not spans.Reach.WORDS for cut in cuts),
        "lines": spans.lines(cuts),
    }


def _noticed(pcm: bytes, said: Said, stretches: list[spans.Span], hear: again.Hear) -> Iterator[bool]:
    """For each stretch, whether a name is heard in it when it alone is not covered."""
    kept = again.Kept.of(said.transcript, said.mentions)
    for first, last in stretches:
        window = again.groups([(first, last)], len(pcm) // (2 * RATE // 1000))
        silenced = bleeped([pcm], [other for other in stretches if other != (first, last)], How.SILENCE)
        ((_, names),) = again.names(sound.windows(silenced, window), window, hear, said.book)
        near = (name for name in names if 1000 * name.start < last and 1000 * name.end > first)
        yield any(not kept.stands(name) for name in near)


def _stretches(cuts: list[Cut], heard: Heard) -> list[spans.Span]:
    return spans.stretches(cuts, heard.milliseconds)


def _recogniser(language: str) -> again.Hear:
    whisper = Whisper(models.packaged(), parameters=Parameters(style=Style.PLAIN))
    return lambda pcm: whisper.transcribe([pcm], language, _quietly)


def _quietly(_done: float, _total: float) -> None:
    """Nobody watches."""


def table(rows: dict[tuple[str, str], Row]) -> Table:
    """A line for each recording and way of marking."""
    heads = ("spoken", "before", "text", "after", "forms", "marked", "noticed", "seconds", "wider", "lines")
    made = Table(Column("", no_wrap=True), "by", *(Column(head, justify="right") for head in heads), "")
    for (recording, marked), row in rows.items():
        numbers = (row.spoken, row.before, row.text, row.after, row.forms, row.mentions)
        shares = f"{row.noticed}/{row.stretches}", f"{row.seconds:.1f}/{row.duration:.0f}"
        made.add_row(recording, marked, *map(str, numbers), *shares, str(row.wider), str(row.lines), row.verdict)
    return made


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--how", choices=[how.value for how in How], default=How.BEEP.value)
    how = How(parser.parse_args().how)
    rows = {(case.recording, marked): measure(case, marked, how) for case in cases() for marked in MARKERS}
    Console(width=WIDTH).print(table(rows))


if __name__ == "__main__":
    main()
