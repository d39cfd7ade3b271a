"""Trying the recogniser on a file, without a vault: nothing is kept, and nothing is asked at the door."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from ingest import reading
from ingest import roster as rosters
from ingest.audio import decode as audio
from ingest.audio.decode import Layout
from ingest.labels import in_language, labels, numbered
from ingest.listening import named
from ingest.speakers.assign import assigned
from ingest.speakers.diarise import Diariser
from ingest.speakers.roles import interviewer
from ingest.transcription import models, shapes
from ingest.transcription.engine import Parameters, Whisper
from ingest.transcription.styles import Style
from policies.terminal import ERR
from storage.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import BinaryIO

    from ingest.transcription.models import Model
    from storage.transcript import Transcript

    Step = Callable[[float, float], None]

NOBODY, FIND = "none", "find"
MOST_SPEAKERS = 6
LONGEST_LIST = rosters.MOST * rosters.LONGEST * 4  # bytes: four are the most a character takes in UTF-8


@dataclass(frozen=True)
class Wanted:
    """What somebody asked for: a language code or None, how many speak (0: do not tell, None: find out)."""

    language: str | None
    speakers: int | None


@click.command()
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--language", default="detect", show_default=True, help="What is spoken: no, nn, da, sv, en …")
@click.option(
    "--model",
    metavar="base|PATH",
    default=models.PACKAGED_NAME,
    show_default=True,
    help="Which weights: the packaged base, or a folder.",
)
@click.option("--format", "shape", type=click.Choice(list(shapes.SHAPES)), default="text", show_default=True,
              help="Lines of text, JSON with words, times and doubts, or WebVTT.")  # fmt: skip
@click.option("--speakers", type=click.Choice([NOBODY, FIND, *map(str, range(1, MOST_SPEAKERS + 1))]),
              default=NOBODY, show_default=True, help="How many speak, to be told apart.")  # fmt: skip
@click.option("--style", type=click.Choice([style.value for style in Style]), default=Style.VERBATIM.value,
              show_default=True, help="With hesitations, or as the model likes it.")  # fmt: skip
@click.option("--names", type=click.Path(path_type=Path), help="A file of names that are said, one a line.")
@click.option(
    "--device", type=click.Choice(["cpu", "cuda"]), default="cpu", show_default=True, help="Where to reckon."
)
@click.option("--cores", type=click.IntRange(1), help="How many cores to use.  [default: all]")
def transcribe(  # noqa: PLR0913  # an option each
    *, files: Sequence[Path], language: str, model: str, shape: str, speakers: str, style: str, names: Path | None,
    device: str, cores: int | None,
) -> None:  # fmt: skip
    """Print what is said in a recording, without a vault: to try a model, or for a benchmark.

    Several files are the parts of one recording. The transcript goes to the standard output in plain text, in the
    open, real names and all: it is for sound that nobody needs to protect. Interviews go through `tillit add`.
    """
    count = {NOBODY: 0, FIND: None}.get(speakers, int(speakers) if speakers.isdigit() else None)
    parameters = Parameters(style=Style(style), hotwords=_names(names), device=device)
    whisper = Whisper(_model(model), cores=cores, parameters=parameters)
    made = _heard(whisper, files, Wanted(None if language == "detect" else language, count))
    click.echo(shapes.SHAPES[shape](made), nl=False)
    if sentence := reading.silent(made):
        ERR.print(sentence, style="yellow")


def _heard(whisper: Whisper, files: Sequence[Path], wanted: Wanted) -> Transcript:
    with ExitStack() as stack:
        parts = [stack.enter_context(_part(path)) for path in files]
        checked = audio.check(parts)
        layouts = [part.layout for part in checked.parts]
        apart = wanted.speakers in {None, 2} and set(layouts) == {Layout.SPEAKER_PER_CHANNEL}
        channels = numbered(wanted.language or "", 2) if apart else ()
        pcm = audio.pcm(parts, max(1, len(channels)), layouts=layouts)
        with _shown("listening") as tell:
            heard = whisper.transcribe(pcm, wanted.language, tell, channels=channels, duration=checked.duration)
        heard = named(heard, in_language(channels, heard.language))
        if wanted.speakers != 0 and not apart:
            heard = _told_apart(heard, audio.pcm(parts, layouts=layouts), wanted.speakers)
    return named(heard, labels(heard, interviewer(heard)))


def _told_apart(heard: Transcript, pcm: Iterator[bytes], count: int | None) -> Transcript:
    with _shown("telling speakers apart") as tell:
        found = Diariser().diarise(pcm, count, lambda done: tell(min(done, heard.duration), heard.duration))
    return assigned(heard, found.turns, numbered(heard.language, len(found.voices)))


@contextmanager
def _shown(what: str) -> Iterator[Step]:
    """A bar on the standard error, with the time that is left."""
    bar = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*bar, console=ERR, transient=True, disable=not ERR.is_terminal) as progress:
        task = progress.add_task(what, total=1.0)
        yield lambda done, total: progress.update(task, completed=done, total=max(total, done, 0.001))


def _part(path: Path) -> BinaryIO:
    file = _opened(path)
    if not file.seekable():
        file.close()
        raise BadInput("A recording cannot come through a pipe: it is gone through more than once. Give a file.")
    return file


def _opened(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError:
        raise BadInput("A file cannot be opened. Check that it exists and that you may read it.") from None


def _model(name: str) -> Model:
    return models.packaged() if name == models.PACKAGED_NAME else models.from_folder(Path(name))


def _names(path: Path | None) -> tuple[str, ...]:
    if path is None:
        return ()
    with _opened(path) as file:
        data = file.read(LONGEST_LIST)
    try:
        return rosters.cleaned(data.decode("utf-8-sig").split("\n"))
    except UnicodeDecodeError:
        raise BadInput("The names are not in UTF-8. Give a list saved as UTF-8 text, one name a line.") from None
