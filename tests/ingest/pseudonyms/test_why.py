"""Why a find is one, in a sentence."""

import pytest

from ingest.pseudonyms.finder import default_taggers, find_names
from ingest.pseudonyms.indirect import SORTS
from ingest.pseudonyms.why import FLAGS, why, why_flagged
from tests.ingest.pseudonyms import identifying
from tests.ingest.pseudonyms.passages import BOKMAAL


@pytest.mark.parametrize(
    ("recognisers", "score", "sentence"),
    [
        (("tagger",), 0.99, "Surely: the tagger takes it for a name where it stands."),
        (("gazetteer", "tagger"), 0.8,
         "Probably: the tagger takes it for a name where it stands, and it is in the lists of names."),
        (("propagated",), 0.4, "Perhaps: the same word is a name elsewhere in this interview."),
        (("pattern:phone",), 0.9, "Probably: it looks like a telephone number."),
        (("pattern:national_id", "pattern:phone"), 0.99,
         "Surely: it looks like a national identity number, and it looks like a telephone number."),
        (("roster", "study"), 0.6, "Perhaps: it is in the roster, and it is a name this study knows."),
        (("person",), 1.0, "Surely: somebody added it by hand."),
        (("pattern:tattoo",), 0.9, "Probably: it looks like something that identifies."),
        (("oracle",), 0.9, "Probably: oracle found it."),
        ((), 0.5, "Perhaps: somebody decided so."),
    ],
)  # fmt: skip
def test_a_find_is_explained_in_one_sentence(recognisers: tuple[str, ...], score: float, sentence: str) -> None:
    """How sure it is first, then what each recogniser has to say, the weightiest first."""
    assert why(recognisers, score) == sentence


def test_every_recogniser_of_the_stack_has_its_words() -> None:
    """No find of the taggers we use is explained by a bare name of a recogniser or a nameless form."""
    text = "\n".join([*BOKMAAL, *(row[1] for row in identifying.ALL)])
    assert default_taggers()
    sentences = [why(find.recognisers, find.score) for find in find_names(text, "no")]
    assert [one for one in sentences if "found it" in one or "something that identifies" in one] == []


def test_every_flag_has_its_words() -> None:
    """Each code a flag may carry has a sort and a sentence, and no sentence is left over."""
    assert FLAGS.keys() == SORTS.keys()
    assert all(why_flagged(code).endswith(".") for code in SORTS)
