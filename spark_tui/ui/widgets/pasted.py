"""Long texts in the prompt: in the box a short word stands for each of them; what is sent is the text itself."""

import re

LONG = 20_000
"""Characters from which on a text is folded: laying out more of them would be felt at every key."""

_WORD = re.compile(r"\[pasted [0-9]+: [0-9,]+ (?:lines|characters)\]")


class Pasted:
    """The long texts, and the words that stand for them."""

    def __init__(self) -> None:
        self._texts: dict[str, str] = {}
        self._words: dict[str, str] = {}

    def fold(self, text: str) -> str:
        """Return the word for a long text, and any other text as it is."""
        if len(text) < LONG:
            return text
        word = self._words.get(text)
        if word is None:
            lines = text.rstrip("\n").count("\n") + 1
            size = f"{lines:,} lines" if lines > 1 else f"{len(text):,} characters"
            word = self._words[text] = f"[pasted {len(self._texts) + 1}: {size}]"
            self._texts[word] = text
        return word

    def unfold(self, shown: str) -> str:
        """Return what is meant: every word that stands for a text is replaced by it, once."""
        return _WORD.sub(lambda match: self._texts.get(match[0], match[0]), shown) if self._texts else shown

    def word_before(self, shown: str) -> str:
        """Return the word for a long text that `shown` ends with, or nothing."""
        match = _WORD.search(shown, shown.rfind("[")) if shown.endswith("]") else None
        return match[0] if match is not None and match[0] in self._texts else ""
