"""Words of prose and code brought to a common form: identifiers split, letters small, endings cut lightly."""

import re
from collections.abc import Iterator
from functools import lru_cache

WORD = re.compile(r"[^\W\d_]\w*")
"""A run that could be an identifier or a word."""
_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^\W\d_A-Za-z]+")
_LONGEST = 80


@lru_cache(maxsize=1 << 17)
def stems(word: str) -> tuple[str, ...]:
    """Split one identifier or word at case and underscores, and cut the endings of its parts."""
    if len(word) > _LONGEST:
        return ()
    if word.isascii() and word.isalpha() and word.islower():
        return (stem(word),) if len(word) > 1 else ()
    return tuple(stem(part) for part in _PART.findall(word) if len(part) > 1)


@lru_cache(maxsize=1 << 16)
def stem(part: str) -> str:
    """Cut the commonest English endings, so that `caching`, `cached` and `caches` meet."""
    part = part.lower()
    if len(part) < 4 or not part.isascii():
        return part
    for ending, instead in _BY_LAST.get(part[-1], ()):
        if part.endswith(ending) and len(part) - len(ending) >= 3:
            part = part[: len(part) - len(ending)] + instead
            break
    if len(part) > 4 and part[-1] == part[-2] and part[-1] not in "lsz":
        part = part[:-1]
    return part[:-1] if len(part) > 4 and part[-1] == "e" else part


_ENDINGS = (
    ("ization", "iz"),
    ("izing", "iz"),
    ("ations", "at"),
    ("ation", "at"),
    ("ings", ""),
    ("ing", ""),
    ("ies", "y"),
    ("ied", "y"),
    ("sses", "ss"),
    ("ers", "er"),
    ("ed", ""),
    ("es", ""),
    ("ss", "ss"),
    ("us", "us"),
    ("is", "is"),
    ("s", ""),
)
_BY_LAST = {
    last: tuple(one for one in _ENDINGS if one[0][-1] == last) for last in {one[0][-1] for one in _ENDINGS}
}


def words_in(text: str) -> Iterator[str]:
    """All stems of a text, in order."""
    for word in WORD.findall(text):
        yield from stems(word)
