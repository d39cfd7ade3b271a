"""The languages Whisper knows, by the codes the house uses.

The house writes `no` for bokmål and `nn` for nynorsk, as Whisper does; `nb` is taken as `no`.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from storage.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Iterable

UNDETERMINED: Final = "und"
"""BCP 47's code for a language nobody could tell, such as that of a silent recording."""

_KNOWN: Final = (
    "af am ar as az ba be bg bn bo br bs ca cs cy da de el en es et eu fa fi fo fr gl gu ha haw he hi hr ht hu hy "
    "id is it ja jw ka kk km kn ko la lb ln lo lt lv mg mi mk ml mn mr ms mt my ne nl nn no oc pa pl ps pt ro ru "
    "sa sd si sk sl sn so sq sr su sv sw ta te tg th tk tl tr tt uk ur uz vi yi yo zh yue"
)
CODES: Final = tuple(_KNOWN.split())
"""What multilingual Whisper was trained on; a copy, so that a code can be checked without loading anything."""


def whisper_code(language: str | None) -> str | None:
    """Whisper's code for a language tag such as `no`, `nb-NO` or `EN`; None (detect it) stays None.

    Raises BadInput, with the list, for a language Whisper does not know.
    """
    if language is None:
        return None
    code = language.strip().lower().replace("_", "-").partition("-")[0]
    code = {"nb": "no"}.get(code, code)
    if code not in CODES:
        raise BadInput("The recogniser does not know that language. It knows: {known}.", known=", ".join(CODES))
    return code


def spoken(chunks: Iterable[Iterable[tuple[str, float]]]) -> str:
    """The language of a recording, by the probabilities its first chunks were given; UNDETERMINED without any."""
    sums = Counter[str]()
    for chunk in chunks:
        sums.update(dict(chunk))
    return max(sums, key=lambda code: (sums[code], code), default=UNDETERMINED)
