"""The main job from end to end, in a throwaway vault: `make demo`, or `make demo AUDIO=interview.m4a LANG=no`.

Every step is a command you could type yourself, printed before it runs. Three people take part: Astrid is the data
steward, Ivar the interviewer, Ragna the researcher.
"""

from __future__ import annotations

import os
import secrets
import shlex
import shutil
import subprocess
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = ROOT / "samples" / "interview.opus"
DEMO = ROOT / "demo-vault"
HANDOFF = DEMO / "for-ragna"
MARK = DEMO / "THIS-IS-A-DEMO"
TILLIT = Path(sys.executable).with_name("tillit")
TODAY = datetime.now().astimezone().date()
NOT_READY = 8
LETTER = "Would you take part in a study of life after treatment? (invented)\n"
BOLD, DIM, PLAIN = ("\033[1m", "\033[2m", "\033[0m") if sys.stdout.isatty() else ("", "", "")


def tillit(who: str, *arguments: str, shown: int | None = None, may_end_with: int = 0) -> int:
    """Print a command, run it as `who` and return its exit code; `shown` limits how many lines are printed."""
    print(f"\n{BOLD}$ tillit --as {who} {' '.join(_quoted(a) for a in arguments)}{PLAIN}", flush=True)
    command = [str(TILLIT), "--vault", str(DEMO / "vault"), "--as", who, *arguments]
    environment = {**os.environ, "CREDENTIALS_DIRECTORY": str(DEMO / "credentials"), "COLUMNS": "110"}
    kept = subprocess.PIPE if shown is not None else None
    done = subprocess.run(command, env=environment, check=False, stdout=kept, text=True)
    if shown is not None:
        lines = done.stdout.splitlines()
        print("\n".join(lines[:shown] + [f"{DIM}  … {len(lines) - shown} more lines{PLAIN}"] * (len(lines) > shown)))
    if done.returncode not in {0, may_end_with}:
        sys.exit(f"\nThat step ended with exit code {done.returncode}; the sentence above says why.")
    return done.returncode


def _quoted(argument: str) -> str:
    return f"'{argument}'" if " " in argument else argument


def fresh() -> None:
    """Clear away the last demo, and nothing that is not one; make a passphrase for this one."""
    if DEMO.exists():
        if not MARK.exists():
            sys.exit(f"{DEMO.name} is not a demo's folder, so it is left alone. Move it away and try again.")
        shutil.rmtree(DEMO)
    (DEMO / "credentials").mkdir(parents=True, mode=0o700)
    MARK.write_text("Made by `make demo`. Its passphrase lies beside it, so it protects nothing. Delete it freely.\n")
    passphrase = DEMO / "credentials" / "tillit-passphrase"
    passphrase.write_text(secrets.token_urlsafe(18))
    passphrase.chmod(0o600)


def study(language: str) -> None:
    """The steward sets the study up."""
    starts, ends = str(TODAY - timedelta(days=30)), str(TODAY + timedelta(days=700))
    tillit("astrid", "init")
    tillit("astrid", "unlock", "--for", "30m", "--link")
    tillit(
        "astrid", "study", "add", "rus", "--title", "Life after treatment", "--approval", "REK 2026/00000 (invented)",
        "--starts", starts, "--ends", ends, "--language", language, "--model", "base",
        "--controller", "An invented university", "--legal-basis", "consent", "--special", "health", "--sample", "18",
    )  # fmt: skip
    letter = DEMO / "letter.txt"
    letter.write_text(LETTER, encoding="utf-8")
    tillit("astrid", "letter", "add", "rus", "v2", str(letter), "--language", "en")
    tillit("astrid", "member", "add", "rus", "ivar", "--role", "interviewer")
    tillit("astrid", "member", "add", "rus", "ragna", "--role", "researcher")
    tillit("ivar", "participant", "add", "rus/P07")
    tillit(
        "ivar", "consent", "record", "rus/P07", "--purpose", "record", "--purpose", "transcribe",
        "--purpose", "analyse", "--given", str(TODAY), "--expires", ends, "--letter", "v2",
    )  # fmt: skip
    tillit("ivar", "participant", "describe", "rus/P07", "--attr", "sex=woman", "--attr", "age=50-55")


def interview(audio: Path) -> None:
    """Recorder to coding tool."""
    tillit("ivar", "add", "rus/P07", str(audio))
    tillit("ivar", "run")
    heading("Before: what was said. After: what leaves the house.")
    tillit("ragna", "transcript", "show", "rus/P07-1", "--real-names", shown=8)
    tillit("ragna", "transcript", "show", "rus/P07-1", shown=8)
    tillit("ragna", "review", "rus/P07-1", "--confirm", "all", shown=12)
    if tillit("ragna", "release", "rus/P07-1", may_end_with=NOT_READY):
        # A name was missed that is known from elsewhere: the release was refused, and the place is a find now.
        tillit("ragna", "review", "rus/P07-1", "--confirm", "all", shown=12)
        tillit("ragna", "release", "rus/P07-1")
    tillit("ragna", "handoff", "rus", "--to", str(HANDOFF), "--for", "ragna", "--purpose", "analyse")
    heading("The data steward's part")
    tillit("astrid", "audit", "list", "-n", "12")
    tillit("astrid", "audit", "verify")
    tillit("astrid", "backup", "--to", str(DEMO / "backup"), "--link-to", str(DEMO / "link-backup"))
    tillit("astrid", "fsck")
    tillit("astrid", "lock")


def heading(text: str) -> None:
    """A line that parts the steps."""
    print(f"\n{BOLD}── {text} {'─' * max(4, 100 - len(text))}{PLAIN}")


def main() -> None:
    """Run the demo on the sample, or on AUDIO in LANG."""
    given = os.environ.get("AUDIO", "")
    audio = Path(given).expanduser().resolve() if given else SAMPLE
    language = os.environ.get("SPOKEN") or ("en" if not given else "detect")
    if not audio.is_file():
        sys.exit(f"There is no file {given}. Use it as: make demo AUDIO=path/to/interview.m4a LANG=no")
    began = time.monotonic()
    fresh()
    study(language)
    interview(audio)
    heading(f"Done in {time.monotonic() - began:.0f} seconds")
    print(ending(DEMO))


def ending(demo: Path) -> str:
    """What there is now and what to try next, in commands that work from any folder."""
    vault, credentials = (shlex.quote(str(demo / name)) for name in ("vault", "credentials"))
    return f"""
The vault          {demo}/vault         sealed: have a look, nothing in it can be read
The hand-off       {demo}/for-ragna     DOCX, VTT, QDPX, cases, a README, a manifest
The backup         {demo}/backup        and link-backup beside it, who is who: to be kept apart
Its passphrase     {demo}/credentials   (a real one is in your head and your safe, not on the disk)

Try next:
  export TILLIT_VAULT={vault} CREDENTIALS_DIRECTORY={credentials}
  export PATH={shlex.quote(str(TILLIT.parent))}:$PATH
  tillit --as ragna status
  tillit --as ivar transcript show rus/P07-1         # the interviewer may not, and the ledger remembers
  tillit --as astrid consent withdraw rus/P07        # and then try to read it as ragna
  tillit --as astrid key shred rus/P07               # and now nobody ever can
  tillit doctor
  make -C {shlex.quote(str(ROOT))} demo AUDIO="$PWD"/your-interview.m4a LANG=no
"""


if __name__ == "__main__":
    main()
