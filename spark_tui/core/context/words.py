"""What a prompt names: mentioned files and the words worth looking for in the repository."""

import re
from collections.abc import Sequence

_MENTION = re.compile(r"(?<![\w@])@(?:\"([^\"]+)\"|([^\s\"@]+))")
_WORD = re.compile(r"[^\W\d]\w{2,}")
_COMMON = frozenset(
    """
    about above accept add all also and any are assume because been before below better between both but can
    change class code comment comments const could create def default delete docstring docstrings does done
    each edit else error every everywhere extract false file files find fix for from function functions get give has
    have here how import imports into its just keep let line lines literal logging long make method methods
    model move must name need new none not now old one only other out over please project put read remove
    rename replace return returns same see selection set should show simple some string such take test tests
    text than that the their them then there these they this those true turn type unused use used uses using value
    variable very was way what when where which who why will with without work wrap write you your
    """.split()
)


_OPERANDS = re.compile(
    r"""[`"'\u201c\u2018]([^`"'\u201d\u2019\n]{1,200})[`"'\u201d\u2019]"""
    r"""|\b(?:rename|replace|change|extract|inline|wrap|move|document|deprecate)\s+(?:the\s+)?"""
    r"""(?:(?:function|method|class|variable|constant|module|name|name\s+of)\s+(?:the\s+)?)?(\w+)"""
    r"""(?:\s+(?:to|with|into|by|->)\s+(\w+))?""",
    re.IGNORECASE,
)
"""What a prompt quotes, and what an instruction acts on: names however common the word is."""


def mentions(prompt: str, paths: Sequence[str]) -> tuple[list[str], list[str]]:
    """Find `@path` in a prompt: the known paths it names (a folder names what is in it), and the unknown ones."""
    if "@" not in prompt:
        return [], []
    known = set(paths)
    found: list[str] = []
    unknown: list[str] = []
    for quoted, bare in _MENTION.findall(prompt):
        name = (quoted or bare).removeprefix("./")
        candidates = [name] if quoted else [name, name.rstrip(".,;:!?)")]
        for candidate in candidates:
            inside = [path for path in paths if path.startswith(candidate.rstrip("/") + "/")]
            matches = [candidate] if candidate in known else inside
            if matches:
                found += [path for path in matches if path not in found]
                break
        else:
            unknown.append(name)
    return found, unknown


def telling_words(prompt: str) -> list[str]:
    """The words of a prompt that could be names in code, in order, each once."""
    found = [word for words in _OPERANDS.findall(prompt) for word in words if word]
    found = list(dict.fromkeys(word for text in found for word in _WORD.findall(text)))
    for word in _WORD.findall(_MENTION.sub(" ", prompt)):
        looks_like_code = "_" in word or any(char.isupper() for char in word[1:])
        if (looks_like_code or word.lower() not in _COMMON) and word not in found:
            found.append(word)
    return found
