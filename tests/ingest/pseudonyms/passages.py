"""Interview passages with invented people, in the languages of the interviews, and the names in them."""

from __future__ import annotations

from storage.transcript import Provenance, Segment, Transcript, Word

MADE_BY = Provenance("transcribe", "by hand", "1")

BOKMAAL = (
    "Jeg heter Kari Nordtveit, og jeg er født og oppvokst i Sogndal.",
    "Karis mann, Per Olav Nordtveit, jobbet på Statoil i Bergen den gangen.",
    "Vi bodde i Storgata 12 B, 5003 Bergen, og telefonen var 22 33 44 55.",
    "Da kom fru Nordtveit, og Nordtveits hund, og så var det Hans' tur.",
    "Lars sa at Solveig Haukedal kunne hjelpe oss i Flekkefjord.",
)
BOKMAAL_NAMES = (
    *("Kari", "Nordtveit", "Sogndal", "Olav", "Bergen", "Storgata", "5003", "22 33 44 55", "Lars"),
    *("Solveig", "Haukedal", "Flekkefjord"),
)
NYNORSK = (
    "Eg heiter Gunnhild Sandøy og er frå Ulsteinvik.",
    "Far min, Oddbjørn Sandøy, arbeidde på Hareid, og Gunnhilds bror reiste til Bergen.",
)
NYNORSK_NAMES = ("Gunnhild", "Sandøy", "Ulsteinvik", "Oddbjørn", "Hareid", "Bergen")
ENGLISH = (
    "My name is Margaret Holloway and I grew up in Leeds.",
    "Margaret's sister Susan moved to Norway in May, and on Monday James Whitfield rang me on 020 7946 0958.",
)
ENGLISH_NAMES = ("Margaret", "Holloway", "Leeds", "Susan", "James", "Whitfield", "020 7946 0958")
DANISH = (
    "Jeg hedder Birthe Kjeldgaard og bor i Odense.",
    "Birthes søn Mikkel flyttede til Aarhus sammen med Jens Vestergaard.",
)
DANISH_NAMES = ("Birthe", "Kjeldgaard", "Odense", "Mikkel", "Aarhus", "Jens", "Vestergaard")
LOWER = (
    "ja jeg heter kari nordtveit og bodde i sogndal da",
    "så flyttet jeg til bergen sammen med magnhild og lars haukedal",
)
LOWER_NAMES = ("kari", "nordtveit", "sogndal", "bergen", "magnhild", "lars", "haukedal")
ALL = (
    ("no", BOKMAAL, BOKMAAL_NAMES),
    ("nn", NYNORSK, NYNORSK_NAMES),
    ("en", ENGLISH, ENGLISH_NAMES),
    ("da", DANISH, DANISH_NAMES),
    ("no", LOWER, LOWER_NAMES),
)


def transcript(lines: tuple[str, ...] | list[str], language: str = "no") -> Transcript:
    """A transcript of one segment a line, a second a word."""
    segments, at = [], 0.0
    for line in lines:
        words = tuple(Word(at + n, at + n + 1, word, 0.9) for n, word in enumerate(line.split()))
        segments.append(Segment(at, at + len(words), line, words))
        at += len(words)
    return Transcript(language, at, tuple(segments), MADE_BY)
