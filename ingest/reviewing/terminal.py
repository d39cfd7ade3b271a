"""A review at a terminal: one find at a time in its sentence, and a key for each thing there is to say about it.

Every decision is kept at once, so whoever presses q, or loses the terminal, loses nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import click
from rich.text import Text

from ingest import entities, review
from ingest.pseudonyms.finds import Kind
from ingest.reviewing.looking import Flagged, Item, Looked
from ingest.reviewing.sitting import Remark
from ingest.reviewing.table import Verdict
from policies.terminal import OUT, counted
from storage import lookup
from storage.errors import BadInput, NotReady
from storage.records import Study

if TYPE_CHECKING:
    from collections.abc import Callable

    from ingest.entities import Known
    from policies.desk import Desk
    from storage.records import Recording

AROUND = 160
MOST = 20
KEYS: Final = {
    "y": "it is a name: confirm it",
    "n": "it is no name: reject it",
    "a": "confirm all undecided finds of this name",
    "t": "it is a name of another kind",
    "b": "the name is longer or shorter than this",
    "l": "it is the name of somebody or something else",
    "e": "correct the words",
    "m": "add a name that was missed",
    "u": "take back what you decided last",
    "s": "skip it for now",
    "q": "stop; everything is kept",
    "?": "show these keys",
}
FLAG_KEYS: Final = {"y": "seen", "e": "correct the words", "u": "take back", "s": "skip", "q": "stop", "?": "help"}
KINDS: Final = {"p": Kind.PER, "l": Kind.LOC, "o": Kind.ORG, "i": Kind.ID}
WHICH_KIND = "What is it? p person, l place, o organisation, i number or address"


def _asked(text: str, default: str) -> str:
    return str(click.prompt(text, default=default, show_default=bool(default)))


@dataclass
class Review:
    """One sitting at a terminal; `key` waits for a key, `ask` for a line, with what Enter alone would mean."""

    desk: Desk
    recording: Recording
    key: Callable[[], str] = click.getchar
    ask: Callable[[str, str], str] = _asked
    skipped: set[str] = field(default_factory=set)
    made: list[range] = field(default_factory=list)

    def run(self) -> None:
        """Go through what is undecided, what most needs a look first, until all is or the person stops."""
        looked = review.look(self.desk, self.recording, AROUND)
        going = True
        while going and (shown := self._next(looked)) is not None:
            _print(looked, shown)
            try:
                going = self._answer(looked, shown)
            except (BadInput, NotReady) as problem:
                OUT.print(problem.sentence, style="yellow")
            except click.Abort:
                OUT.print("Nothing was changed.", style="yellow")
            looked = review.look(self.desk, self.recording, AROUND, looked)
        _say_how_far(looked)

    def _next(self, looked: Looked) -> Item | Flagged | None:
        shown: list[Item | Flagged] = [*looked.ranked, *(flag for flag in looked.flags if not flag.seen)]
        return next((one for one in shown if _name(one) not in self.skipped), None)

    def _answer(self, looked: Looked, shown: Item | Flagged) -> bool:
        """Do what the next key says; whether to go on."""
        keys = KEYS if isinstance(shown, Item) else FLAG_KEYS
        pressed = self._pressed()
        if pressed == "s":
            self.skipped.add(_name(shown))
        elif pressed == "u":
            self._take_back(looked)
        elif pressed == "?" or pressed not in keys:
            OUT.print("\n".join(f"  {one}  {meaning}" for one, meaning in keys.items()))
        elif pressed != "q":
            made = self._correct(looked, shown) if pressed == "e" else self._decide(pressed, looked, shown)
            self.made.append(range(looked.last + 1, looked.last + 1 + made))
        return pressed != "q"

    def _pressed(self) -> str:
        try:
            return self.key().lower()
        except EOFError:  # Ctrl-D, or nobody is there any more
            return "q"

    def _decide(self, pressed: str, looked: Looked, shown: Item | Flagged) -> int:
        """Keep what a key says of a find; returns how many decisions that were."""
        desk, recording, remark = self.desk, self.recording, Remark(as_of=looked.last)
        if isinstance(shown, Flagged):
            return review.see(desk, recording, [shown.number], remark)
        match pressed:
            case "y" | "n":
                verdict = Verdict.CONFIRM if pressed == "y" else Verdict.REJECT
                return review.decide(desk, recording, verdict, [shown.number], remark)
            case "a":
                alike = [one.number for one in looked.ranked if one.entity == shown.entity]
                return review.decide(desk, recording, Verdict.CONFIRM, alike, remark)
            case _:
                return self._correct_find(pressed, looked, shown)

    def _correct_find(self, pressed: str, looked: Looked, item: Item) -> int:
        """The same for keys that ask for more."""
        desk, recording, remark = self.desk, self.recording, Remark(as_of=looked.last)
        match pressed:
            case "t":
                return review.retype(desk, recording, [item.number], self._kind(), remark)
            case "b":
                words = self.ask("Which words are the name", item.form)
                return review.resize(desk, recording, item.number, words, remark)
            case "m":
                words = self.ask("The words that were missed, as they stand there", "")
                return review.add(desk, recording, words, self._kind(), remark)
            case _:
                return review.link(desk, recording, [item.number], self._whose(item), remark)

    def _kind(self) -> Kind:
        OUT.print(WHICH_KIND)
        pressed = self._pressed()
        if pressed not in KINDS:
            raise BadInput("Press p, l, o or i. Nothing was changed.")
        return KINDS[pressed]

    def _whose(self, item: Item) -> str:
        """The id of the entity the person means. Raises BadInput."""
        wanted = self.ask("Whose name is it? A part of the name or pseudonym, or 'new'", "").casefold()
        if wanted == review.NEW:
            return review.NEW
        study = lookup.by_id(self.desk.vault.database, Study, self.recording.study_id)
        shown = entities.known(self.desk, study)
        found = [one for one in shown if _speaks_of(one, wanted) and one.id != item.entity]
        if not wanted or not found or len(found) > MOST:
            raise BadInput("There are {n} names like that. Give a part that few share.", n=len(found))
        if len(found) == 1:
            return found[0].id
        for number, one in enumerate(found, 1):
            OUT.print(f"  {number}  {', '.join(one.forms)} ({one.kind}), who becomes {one.surrogate}")
        typed = self.ask("Which of them, by number", "")
        if not typed.isdecimal() or not 1 <= int(typed) <= len(found):
            raise BadInput("Give one of those numbers. Nothing was changed.")
        return found[int(typed) - 1].id

    def _correct(self, looked: Looked, shown: Item | Flagged) -> int:
        line = shown.line if isinstance(shown, Item) else shown.segment
        text = looked.lines[line]
        wrong = self.ask("Which words are wrong", shown.form)
        right = self.ask("What was said instead (nothing takes them out)", "")
        found = _nearest(text, wrong.strip(), shown.start)
        before, behind = text[:found], text[found + len(wrong.strip()) :]
        corrected = f"{before}{right.strip()}{behind}" if right.strip() else f"{before.rstrip()} {behind.lstrip()}"
        new = review.edit(self.desk, self.recording, line, corrected, Remark(as_of=looked.last))
        OUT.print(f"Corrected; {counted(new, 'find')} in the new words.")
        return 1

    def _take_back(self, looked: Looked) -> None:
        if not self.made:
            raise BadInput("You decided nothing yet that could be taken back here. Look with --history.")
        numbers = self.made.pop()
        review.undo(self.desk, self.recording, numbers, Remark(as_of=looked.last))
        OUT.print("Taken back.")


def _name(shown: Item | Flagged) -> str:
    return f"{type(shown).__name__}{shown.number}"


def _speaks_of(known: Known, wanted: str) -> bool:
    return any(wanted in form.casefold() for form in (*known.forms, known.surrogate))


def _nearest(text: str, words: str, near: int) -> int:
    """Where the words stand nearest to a place. Raises BadInput."""
    places = [at for at in range(len(text)) if words and text.startswith(words, at)]
    if not places:
        raise BadInput("Those words do not stand in that line. Nothing was changed.")
    return min(places, key=lambda at: abs(at - near))


def _print(looked: Looked, shown: Item | Flagged) -> None:
    OUT.print()
    sentence = Text.assemble(shown.before, (shown.form, "bold reverse"), shown.after)
    if isinstance(shown, Flagged):
        left = sum(not flag.seen for flag in looked.flags)
        OUT.print(Text(f"{left} left to see: {shown.why}", "dim"))
        OUT.print(sentence)
        OUT.print(Text("May it stay? y seen, e correct, s skip, q stop, ? help", "dim"))
        return
    done, total = len(looked.items) - len(looked.ranked), len(looked.items)
    OUT.print(Text(f"{done + 1} of {total}   {_clock(shown.seconds)} {shown.speaker}", "dim"))
    OUT.print(sentence)
    OUT.print(Text.assemble((shown.kind, "dim"), "  becomes ", (shown.becomes, "green")))
    OUT.print(Text("; ".join((shown.why, *shown.look)), "dim"))
    OUT.print(Text("y name, n no name, a all of it, ? other keys", "dim"))


def _clock(seconds: float) -> str:
    minutes, second = divmod(int(seconds), 60)
    return f"{minutes // 60:02}:{minutes % 60:02}:{second:02}"


def _say_how_far(looked: Looked) -> None:
    left, unseen = len(looked.ranked), sum(not flag.seen for flag in looked.flags)
    if left:
        finds, undecided = counted(len(looked.items), "find"), counted(left, "is", "are")
        OUT.print(f"Of {finds} {undecided} undecided. The same command goes on from here.")
        return
    flagged = f" {counted(unseen, 'flagged place is', 'flagged places are')} not seen yet." if unseen else ""
    OUT.print(f"Every find is decided.{flagged}")
    OUT.print("Read the whole text once: no program sees every name. Then: tillit release.")
