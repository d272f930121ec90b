"""Ranks the files of a repository for a prompt. Deterministic; the same facts and query give the same ranking."""

import math
from collections import Counter
from collections.abc import Iterable

from spark_tui.core.repo.facts import FileFacts, RepoFacts, Terms
from spark_tui.core.repo.query import Query, Ranked
from spark_tui.core.repo.words import words_in


class Ranker:
    """The facts of a repository prepared for ranking; takes changes file by file."""

    def __init__(self, repo: RepoFacts) -> None:
        self._words: dict[str, dict[str, int]] = {}
        for path, facts in repo.files.items():
            self.put(facts, repo.terms.get(path, Terms()))

    def put(self, facts: FileFacts, terms: Terms) -> None:
        """Take in a file, or another state of it."""
        own = Counter(terms.words)
        own.update(dict.fromkeys(words_in(facts.path), 10))
        self._words[facts.path] = dict(own)

    def remove(self, paths: Iterable[str]) -> None:
        """Forget files."""
        for path in paths:
            self._words.pop(path, None)

    def rank(self, query: Query, limit: int = 1000) -> tuple[Ranked, ...]:
        """Return the best files, at most `limit`."""
        asked = set(words_in(query.prompt))
        found = []
        for path, own in self._words.items():
            score = sum(math.log1p(own[word]) for word in asked if word in own)
            if score:
                found.append((score, path))
        found.sort(key=lambda entry: (-entry[0], entry[1]))
        best = found[0][0] if found else 1.0
        return tuple(Ranked(path, score / best, "words of the prompt") for score, path in found[:limit])


def rank(repo: RepoFacts, query: Query, limit: int = 1000) -> tuple[Ranked, ...]:
    """Rank the files of `repo` for `query`, the best first."""
    return Ranker(repo).rank(query, limit)
