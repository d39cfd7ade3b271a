"""Weights worth bringing in, for whoever looks for better ones than the packaged: what, whence, how large."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib.resources import files

from ingest.transcription.languages import whisper_code

NEEDS = (
    "The command needs a network, and packages that Tillit does without: pip install ctranslate2 transformers torch, "
    "on any machine. Copy the folder it makes, and register it with `tillit model add`."
)


@dataclass(frozen=True, slots=True)
class Offer:
    """Weights that are published; `languages` are those they were made for, none for all. Sizes in GB as float16."""

    name: str
    source: str
    languages: tuple[str, ...]
    gigabytes: float
    licence: str
    about: str

    @property
    def how(self) -> str:
        """The command that fetches and converts them, on a machine with a network."""
        return (
            f"ct2-transformers-converter --model {self.source} --output_dir {self.name} "
            "--copy_files tokenizer.json preprocessor_config.json --quantization float16"
        )


def offers(language: str | None = None) -> list[Offer]:
    """Those made for a language first, then those for all; without a language, all. Raises BadInput."""
    code = whisper_code(language)
    listed = tomllib.loads((files("ingest.transcription") / "catalogue.toml").read_text(encoding="utf-8"))["weights"]
    known = [
        Offer(row["name"], row["from"], tuple(row["languages"]), row["gigabytes"], row["licence"], row["about"])
        for row in listed
    ]
    return known if code is None else [offer for offer in known if not offer.languages or code in offer.languages]
