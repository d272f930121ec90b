"""Sentences made from names and parameters alone: they say no more than the signature does."""

import re
import textwrap
from collections.abc import Sequence

_WORDS = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[^\W\dA-Z_]+|[A-Z]+|\d+|[^\W_]+")
_SPECIAL = {
    "__aenter__": "Enter the asynchronous context.",
    "__aexit__": "Leave the asynchronous context.",
    "__aiter__": "Return the asynchronous iterator.",
    "__anext__": "Return the next item.",
    "__await__": "Wait for the result.",
    "__bool__": "Tell whether it counts as true.",
    "__bytes__": "Return it as bytes.",
    "__call__": "Make instances callable.",
    "__contains__": "Tell whether an item is in it.",
    "__del__": "Clean up when it is destroyed.",
    "__delitem__": "Delete an item.",
    "__enter__": "Enter the context.",
    "__eq__": "Compare for equality.",
    "__exit__": "Leave the context.",
    "__format__": "Format it.",
    "__ge__": "Compare for greater or equal.",
    "__getattr__": "Look up an attribute that is not found elsewhere.",
    "__getitem__": "Return an item.",
    "__gt__": "Compare for greater.",
    "__hash__": "Return the hash.",
    "__init__": "Initialise a new instance.",
    "__init_subclass__": "Initialise a subclass.",
    "__iter__": "Iterate over the items.",
    "__le__": "Compare for less or equal.",
    "__len__": "Return the length.",
    "__lt__": "Compare for less.",
    "__ne__": "Compare for inequality.",
    "__new__": "Create a new instance.",
    "__next__": "Return the next item.",
    "__post_init__": "Finish the initialisation.",
    "__repr__": "Return a representation for developers.",
    "__setitem__": "Set an item.",
    "__str__": "Return it as text.",
}
_LEADS = {
    "is": "Tell whether it is {}.",
    "has": "Tell whether it has {}.",
    "can": "Tell whether it can {}.",
    "should": "Tell whether it should {}.",
    "to": "Convert to {}.",
    "as": "Return as {}.",
    "from": "Create from {}.",
    "on": "Handle {}.",
    "with": "Return with {}.",
}
_WIDTH = 79
_LONGEST_RESULT = 40


def words_of(name: str) -> list[str]:
    """The words a name is put together from, in lower case unless all capitals."""
    return [word if len(word) > 1 and word.isupper() else word.lower() for word in _WORDS.findall(name)]


def sentence_for(name: str, is_type: bool = False) -> str:
    """One sentence for what a name names."""
    if name in _SPECIAL:
        return _SPECIAL[name]
    words = words_of(name)
    if not is_type and len(words) > 1 and words[0] in _LEADS:
        return _LEADS[words[0]].format(" ".join(words[1:]))
    text = " ".join(words) or name
    return f"{text[:1].upper()}{text[1:]}."


def signature_sentence(parameters: Sequence[str], result: str) -> str:
    """What goes in and what comes out, as far as the signature tells; empty if it tells nothing."""
    result = result.strip().strip("\"'")
    if len(result) > _LONGEST_RESULT or not re.fullmatch(r"[\w\s.,|\[\]]+", result) or result == "None":
        result = ""
    takes = f"takes {_row(parameters)}" if parameters else ""
    returns = f"returns {' '.join(result.split())}" if result else ""
    text = "; ".join(part for part in (takes, returns) if part)
    return f"{text[:1].upper()}{text[1:]}." if text else ""


def wrapped(text: str, indent: str, prefix: str = "") -> list[str]:
    """A sentence in lines of a usual width, each with indentation and prefix."""
    width = max(30, _WIDTH - len(indent.expandtabs(4)) - len(prefix))
    lines = textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False)
    return [f"{indent}{prefix}{line}" for line in lines]


def _row(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
