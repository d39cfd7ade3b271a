"""The folder that is handed over: what is in it, who can read it, and that there is never half of it."""

from __future__ import annotations

import hashlib
import json
import os
import resource
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from handoff import words
from handoff.package import FORMATS, laid_down, pack
from handoff.source import Study
from storage.errors import AlreadyThere, BadInput, StorageFailed
from tests.handoff.examples import interview, study, unlooked

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from handoff.package import Packed

ABOUT = {"purpose": "analyse", "recipient": "Kari\nforsker", "recogniser": "faster-whisper", "model": "ab" * 32}
EVERYTHING = {
    *(f"{title}.{extension}" for title in ("P07-1", "P07-2", "P08-1") for extension in ("docx", "txt", "vtt")),
    *("study.qdpx", "cases.csv", "README.txt", "manifest.json"),
}
ROOT = Path(__file__).parent.parent.parent


def hand_over(study: Study, folder: Path, formats: Sequence[str], about: Mapping[str, str]) -> list[Packed]:
    """Pack into `folder`, with nothing happening in between."""
    with laid_down(folder) as place:
        return pack(study, place, formats, about, unlooked)


def hashes(folder: Path) -> dict[str, str]:
    """SHA-256 of every file by name."""
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


@contextmanager
def files_no_larger_than(size: int) -> Iterator[None]:
    """Make the system itself refuse to write more than `size` bytes into any file (EFBIG)."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_all_formats_come_with_readme_and_manifest(tmp_path: Path) -> None:
    """What is asked for is there under the server's names, and what is said to be packed is what lies there."""
    packed = hand_over(study(), tmp_path / "ut", list(FORMATS), ABOUT)
    assert {entry.name: entry.sha256 for entry in packed} == hashes(tmp_path / "ut")
    assert {entry.name for entry in packed} == EVERYTHING
    assert all(entry.size == (tmp_path / "ut" / entry.name).stat().st_size for entry in packed)


def test_only_what_was_asked_for_is_there(tmp_path: Path) -> None:
    """A format is packed once however often it is asked for, and no other comes along."""
    packed = hand_over(study(), tmp_path / "ut", ["cases", "cases"], ABOUT)
    assert [entry.name for entry in packed] == ["cases.csv", "README.txt", "manifest.json"]


def test_the_manifest_lists_every_other_file_and_what_made_them(tmp_path: Path) -> None:
    """The hashes in it are those of the files beside it, and what the caller tells of them stands unchanged."""
    hand_over(study(), tmp_path / "ut", list(FORMATS), ABOUT)
    manifest = json.loads((tmp_path / "ut" / "manifest.json").read_bytes())
    listed = {entry["name"]: entry["sha256"] for entry in manifest["files"]}
    found = hashes(tmp_path / "ut")
    del found["manifest.json"]
    assert listed == found
    assert manifest["about"] == ABOUT


def test_half_a_letter_in_what_the_caller_tells_is_kept(tmp_path: Path) -> None:
    """A byte that was no UTF-8 on the command line neither breaks the manifest nor is lost from it."""
    hand_over(study(), tmp_path / "ut", ["txt"], {"recipient": "K\udce5ri"})
    manifest = json.loads((tmp_path / "ut" / "manifest.json").read_bytes())
    assert manifest["about"]["recipient"] == "K\udce5ri"


def test_nobody_else_on_the_machine_can_read_it(tmp_path: Path) -> None:
    """The folder is its owner's alone, also where an empty one with wider rights was there; so is each file."""
    (tmp_path / "ut").mkdir(mode=0o755)
    hand_over(study(), tmp_path / "ut", list(FORMATS), ABOUT)
    assert (tmp_path / "ut").stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "ut").iterdir()} == {0o600}


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    """A hand-off never mixes with what was there before."""
    (tmp_path / "mitt.txt").write_text("mitt")
    with pytest.raises(AlreadyThere):
        hand_over(study(), tmp_path, ["docx"], ABOUT)
    with pytest.raises(AlreadyThere):
        hand_over(study(), tmp_path / "mitt.txt", ["docx"], ABOUT)
    assert hashes(tmp_path) == {"mitt.txt": hashlib.sha256(b"mitt").hexdigest()}


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    """A folder that is a link to another place, even an empty one, is refused."""
    (tmp_path / "annet").mkdir()
    (tmp_path / "ut").symlink_to(tmp_path / "annet")
    with pytest.raises(AlreadyThere):
        hand_over(study(), tmp_path / "ut", ["docx"], ABOUT)
    assert not list((tmp_path / "annet").iterdir())


def test_an_unknown_format_is_answered_with_those_there_are(tmp_path: Path) -> None:
    """The sentence lists the formats and repeats nothing of what was typed; nothing is written."""
    with pytest.raises(BadInput, match=r"docx, txt, vtt, qdpx, cases, sound\.$"):
        hand_over(study(), tmp_path / "ut", ["docx", "Kari.odt"], ABOUT)
    with pytest.raises(BadInput):
        hand_over(study(), tmp_path / "ut", [], ABOUT)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "title", ["../P07", "P07/1", "", ".P07", "P07.docx", "P07 1", "\u212a07", "x" * 65, "readme", "p08-1"]
)
def test_a_title_that_is_no_file_name_is_refused(tmp_path: Path, title: str) -> None:
    """No title can leave the folder, hide, or take another file's name; the sentence does not repeat it."""
    made = replace(study(), interviews=(interview(title="P08-1"), replace(interview(), title=title)))
    with pytest.raises(BadInput) as refused:
        hand_over(made, tmp_path / "ut", ["txt"], ABOUT)
    assert not title or title not in str(refused.value) or title == "readme"
    assert not list(tmp_path.iterdir())


def test_a_writer_that_fails_leaves_nothing(tmp_path: Path) -> None:
    """An attribute no format can say stops the hand-off before the disk is touched."""
    bad = replace(study().cases[0], attributes={"x": float("nan")})
    with pytest.raises(BadInput):
        hand_over(replace(study(), cases=(bad,)), tmp_path / "ut", list(FORMATS), ABOUT)
    assert not list(tmp_path.iterdir())


def test_a_disk_that_fails_midway_leaves_nothing(tmp_path: Path) -> None:
    """When a file in the middle cannot be written in full, no folder and no temporary one is left."""
    with files_no_larger_than(4096), pytest.raises(StorageFailed) as failed:
        hand_over(study(), tmp_path / "ut", list(FORMATS), ABOUT)
    assert str(tmp_path) not in str(failed.value)
    assert failed.value.__suppress_context__
    assert not list(tmp_path.iterdir())


def test_an_empty_folder_that_was_there_survives_a_failure(tmp_path: Path) -> None:
    """The caller's own empty folder is replaced on success only."""
    (tmp_path / "ut").mkdir()
    with files_no_larger_than(4096), pytest.raises(StorageFailed):
        hand_over(study(), tmp_path / "ut", list(FORMATS), ABOUT)
    assert [path.name for path in tmp_path.iterdir()] == ["ut"]


@pytest.mark.parametrize("before", ["nothing", "an empty folder"])
def test_a_body_that_fails_after_packing_leaves_the_place_as_it_was(tmp_path: Path, before: str) -> None:
    """Until the body has ended well nothing is in the named place, and then nothing is left of it anywhere."""
    if before != "nothing":
        (tmp_path / "ut").mkdir()

    def burst() -> None:
        with laid_down(tmp_path / "ut") as place:
            pack(study(), place, ["txt"], ABOUT, unlooked)
            assert not list((tmp_path / "ut").glob("*"))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        burst()
    assert [path.name for path in tmp_path.rglob("*")] == ([] if before == "nothing" else ["ut"])


def test_another_hand_off_that_was_faster_is_left_alone(tmp_path: Path) -> None:
    """The slower of two to one new folder is told so, and removes its own files only."""
    folder = tmp_path / "ut"

    def overtaken() -> None:
        with laid_down(folder) as place:
            pack(study(), place, ["txt"], ABOUT, unlooked)
            hand_over(study(), folder, ["vtt"], ABOUT)

    with pytest.raises(AlreadyThere, match="register keeps"):
        overtaken()
    assert {path.name for path in folder.iterdir()} == {
        "P07-1.vtt", "P07-2.vtt", "P08-1.vtt", "README.txt", "manifest.json",
    }  # fmt: skip
    assert list(tmp_path.iterdir()) == [folder]


def test_a_place_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    """Without a folder to put it into, the hand-off fails with a sentence that holds no path."""
    with pytest.raises(StorageFailed) as failed:
        hand_over(study(), tmp_path / "nei" / "ut", ["docx"], ABOUT)
    assert str(tmp_path) not in str(failed.value)


def test_another_process_user_clock_and_language_give_the_same_bytes(tmp_path: Path) -> None:
    """Nothing of account, host settings, time zone, locale or hash seed goes into any file."""
    hand_over(study(), tmp_path / "her", list(FORMATS), ABOUT)
    code = (
        "import sys; from pathlib import Path; from handoff.package import FORMATS;"
        "from tests.handoff.examples import study; from tests.handoff.test_package import ABOUT, hand_over;"
        "hand_over(study(), Path(sys.argv[1]), list(FORMATS), ABOUT)"
    )
    other = {"USER": "canary", "LOGNAME": "canary", "HOME": str(tmp_path), "TZ": "Pacific/Auckland", "LC_ALL": "C"}
    other |= {"PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "7", "PATH": os.environ["PATH"]}
    subprocess.run([sys.executable, "-c", code, tmp_path / "der"], check=True, env=other, cwd=tmp_path)
    assert hashes(tmp_path / "her") == hashes(tmp_path / "der")


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "still personal data"),
        ("no", "fortsatt personopplysninger"),
        ("nn", "framleis personopplysningar"),
        ("da", "stadig personoplysninger"),
        ("sv", "fortfarande personuppgifter"),
        ("de", "still personal data"),
    ],
)
def test_the_readme_tells_the_recipient_what_they_must_know(tmp_path: Path, language: str, said: str) -> None:
    """In the study's language: that it is personal data, each file, each tool, for whom and what for, whom to tell."""
    hand_over(study(language=language), tmp_path / "ut", list(FORMATS), ABOUT | {"contact": "Liv Steward"})
    text = (tmp_path / "ut" / "README.txt").read_text(encoding="utf-8-sig")
    tools = ["NVivo", "ATLAS.ti", "MAXQDA", "QualCoder", "Taguette"]
    names = ["*.docx", "*.txt", "*.vtt", "study.qdpx", "cases.csv", "manifest.json"]
    for word in [said, *tools, *names, "analyse", "Kari forsker", "Liv Steward", "Veien <tilbake> & hjem"]:
        assert word in text


def test_the_readme_names_a_steward_when_nobody_else_is_named(tmp_path: Path) -> None:
    """Without a contact the recipient is sent to the data steward, and what is not known is left open."""
    hand_over(study(language="en"), tmp_path / "ut", ["txt"], {})
    text = (tmp_path / "ut" / "README.txt").read_text(encoding="utf-8-sig")
    assert "Tell the study's data steward" in text
    assert "Purpose:   -" in text


@pytest.mark.parametrize("language", sorted(words.languages()))
def test_no_language_calls_it_anonymous(language: str) -> None:
    """A pseudonymised text stays personal data; no word of ours says otherwise."""
    said = words.of(language)
    assert "anonym" not in f"{said.notice} {said.readme} {said.files} {said.notes}".lower()
    assert said.files.keys() == {*FORMATS, "manifest"}


@pytest.mark.parametrize("language", sorted(words.languages()))
@pytest.mark.parametrize("chosen", FORMATS)
def test_the_readme_speaks_of_no_file_that_is_not_there(tmp_path: Path, language: str, chosen: str) -> None:
    """With one format alone no other is named, and no way to import what is not in the folder."""
    hand_over(study(language=language), tmp_path / "ut", [chosen], ABOUT)
    text = (tmp_path / "ut" / "README.txt").read_text(encoding="utf-8-sig")
    signs = {name: FORMATS[name].pattern.removeprefix("*") for name in FORMATS}
    assert {name for name, sign in signs.items() if sign in text} == {chosen}
    assert ("NVivo" in text) == (chosen in {"docx", "qdpx", "cases"})
    assert "\n\n\n" not in text


def test_a_study_without_interviews_can_be_packed(tmp_path: Path) -> None:
    """Nothing released yet is an empty hand-off, not a failure."""
    bare = Study("0f" * 16, "Tom", "no", (), ())
    assert len(hand_over(bare, tmp_path / "ut", list(FORMATS), {})) == 4
