"""Reads a prompt for ranking: weighted words, names written as in code, and paths."""

import re

from spark_tui.core.repo.words import WORD, stems
from spark_tui.core.values import dataclass

_STOP = frozenset(
    """
    a about above add after all also an and any are as at be because been before being but by can co could did do
    does don for from get had has have he her here his how if in into is it its just let like make may me more
    most my need no not now of off on one only or other our out over own please rather same see should so some
    such than that the their them then there these they this those to too under up us use using was way we were
    what when where which while who why will with without work would you your via per etc instead new
    signed author authored github com org http https pr
    """.split()
)
_PATH = re.compile(r"[\w@.+-]*(?:/[\w@.+-]+)+/?|[\w@+-]+(?:\.[\w+-]+)+")
_TRAILER = re.compile(
    r"^(?:signed-off-by|co-authored-by|change-id|reviewed-by|cc|git-svn-id)\b.*$", re.I | re.M
)
_LINK = re.compile(r"https?://\S+")
_MOST_WORDS = 60
LONGEST = 6000
"""Characters of a prompt that are read."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a prompt asks for."""

    words: tuple[tuple[str, float], ...]
    """Stems with their weights, in order of first appearance."""
    names: tuple[str, ...]
    """Identifiers as written: composed ones, quoted ones, and parts of dotted ones."""
    paths: tuple[str, ...]
    """What looks like a path or a file name."""


def read_prompt(prompt: str) -> Asked:
    """Read a prompt; its first line counts more than the rest."""
    prompt = _LINK.sub(" ", _TRAILER.sub(" ", prompt[:LONGEST]))
    head, _, rest = prompt.strip().partition("\n")
    weights: dict[str, float] = {}
    for text, weight in ((head, 1.0), (rest, 0.4)):
        for word in WORD.findall(text):
            if word.lower() in _STOP:
                continue
            for stem in stems(word):
                if stem not in _STOP:
                    weights[stem] = max(weights.get(stem, 0.0), weight)
    names = dict.fromkeys(word for word in WORD.findall(prompt) if len(word) > 2 and _is_composed(word))
    names.update(
        dict.fromkeys(
            word for quoted in re.findall(r"`([^`\n]{2,80})`", prompt) for word in WORD.findall(quoted)
        )
    )
    names.update(
        dict.fromkeys(word for word in WORD.findall(head) if len(word) > 3 and word.lower() not in _STOP)
    )
    paths = dict.fromkeys(found.strip("./") for found in _PATH.findall(prompt))
    return Asked(tuple(list(weights.items())[:_MOST_WORDS]), tuple(names)[:_MOST_WORDS], tuple(paths)[:30])


def _is_composed(word: str) -> bool:
    return "_" in word.strip("_") or (any(char.isupper() for char in word[1:]) and not word.isupper())
