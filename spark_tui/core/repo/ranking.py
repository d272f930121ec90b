"""Ranks the files of a repository for a prompt. Deterministic; the same facts and query give the same ranking."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from spark_tui.core.repo.asking import Asked, read_prompt
from spark_tui.core.repo.facts import PastCommit, RepoFacts, Terms
from spark_tui.core.repo.kin import kin_key
from spark_tui.core.repo.links import Links
from spark_tui.core.repo.past import Past
from spark_tui.core.repo.postings import Postings
from spark_tui.core.repo.query import Query, Ranked
from spark_tui.core.repo.words import stems, words_in
from spark_tui.core.values import dataclass

_SEEDS = 24
_FURTHER = 10
_MOST_NAMES_TOLD = 8
_MOST_NAMED = 160
_MOST_NAMES_READ = 400


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each sign counts."""

    content: float = 1.0
    defines: float = 0.8
    path: float = 1.0
    exact: float = 0.8
    named: float = 3.0
    occasion: float = 1.0
    often: float = 0.3
    together: float = 0.8
    linked: float = 0.4
    kin: float = 0.3
    open: float = 1.0
    pinned: float = 3.0


WEIGHTS = Weights()

_SIGNS = {
    "content": "holds words of the prompt",
    "defines": "defines what the prompt names",
    "path": "its path has words of the prompt",
    "exact": "uses names from the prompt",
    "named": "named in the prompt",
    "occasion": "changed on such occasions",
    "often": "changed often lately",
    "together": "changed together with the best ones",
    "linked": "linked with the best ones",
    "kin": "belongs to one of the best ones",
    "open": "open or edited lately",
    "pinned": "pinned",
}


@dataclass(frozen=True, slots=True)
class _Sign:
    """What one sign says about files, by number."""

    name: str
    scores: Mapping[int, float]
    factor: float
    """What a score is worth."""


class Ranker:
    """The facts of a repository prepared for ranking; takes changes file by file."""

    def __init__(self, repo: RepoFacts, weights: Weights = WEIGHTS) -> None:
        self.weights = weights
        self._numbers: dict[str, int] = {}
        self._paths: dict[int, str] = {}
        self._next = 0
        self._content = Postings()
        self._defines = Postings()
        self._path = Postings()
        self._links = Links()
        self._names: dict[int, tuple[str, ...]] = {}
        self._kin: dict[str, set[int]] = {}
        self._bases: dict[str, set[int]] = {}
        self._past = Past()
        self._often: dict[int, float] | None = None
        """How often each file was changed; None until somebody asks."""
        for path, facts in repo.files.items():
            names = [one.name for one in facts.definitions]
            self.put(path, names, repo.terms.get(path, Terms()))
        self.set_history(repo.history)

    def set_history(self, history: Sequence[PastCommit]) -> None:
        """Take in the history, newest first."""
        self._past, self._often = Past(history), None

    def put(self, path: str, defined: Iterable[str], terms: Terms) -> None:
        """Take in a file, or another state of it, with the names that it defines."""
        number = self._numbers.get(path)
        if number is None:
            number, self._next = self._next, self._next + 1
            self._numbers[path], self._paths[number] = number, path
            self._path.put(number, Counter(words_in(path)))
            self._kin.setdefault(kin_key(path), set()).add(number)
            self._bases.setdefault(_base(path), set()).add(number)
            self._often = None
        self._names[number] = names = tuple(dict.fromkeys(defined))
        self._content.put(number, terms.words)
        self._defines.put(number, _defined_stems(names))
        self._links.put(number, names, terms.references)

    def remove(self, paths: Iterable[str]) -> None:
        """Forget files."""
        for path in paths:
            number = self._numbers.pop(path, None)
            if number is None:
                continue
            del self._paths[number], self._names[number]
            for part in (self._content, self._defines, self._path, self._links):
                part.remove(number)
            self._kin[kin_key(path)].discard(number)
            self._bases[_base(path)].discard(number)
            self._often = None

    def rank(self, query: Query, limit: int = 1000) -> tuple[Ranked, ...]:
        """Return the best files, at most `limit`."""
        asked = read_prompt(query.prompt)
        total: dict[int, float] = {}
        signs = list(self._first(query, asked))
        for sign in signs:
            _add(sign, total)
        seeds = self._seeds(total)
        for sign in self._further(seeds):
            _add(sign, total)
            signs.append(sign)
        ordered = self._best(total, limit)
        best = ordered[0][1] if ordered else 1.0
        telling, exact = {word for word, _ in asked.words}, set(asked.names)
        return tuple(
            Ranked(
                self._paths[number],
                score / best,
                _reason(number, signs),
                self._about(number, asked, exact, telling) if place < _MOST_NAMED else (),
            )
            for place, (number, score) in enumerate(ordered)
        )

    def _first(self, query: Query, asked: Asked) -> Iterator[_Sign]:
        """What the question itself says about files."""
        yield self._sign("content", self._content.scores(asked.words, 0.75))
        yield self._sign("defines", self._defines.scores(asked.words, 0.4))
        yield self._sign("path", self._path.scores(asked.words, 0.3))
        yield self._sign("exact", self._exact(asked.names))
        yield _Sign("named", self._named(asked.paths, query.mentioned), self.weights.named)
        yield self._sign("occasion", self._there(self._past.on_such_occasions(asked.words)))
        if self._often is None:
            self._often = self._there(self._past.often)
        yield _Sign("often", self._often, self.weights.often)
        yield _Sign("open", self._near(query.open_files, query.recent), self.weights.open)
        yield _Sign("pinned", self._there(dict.fromkeys(query.pins, 1.0)), self.weights.pinned)

    def _further(self, seeds: Mapping[int, float]) -> Iterator[_Sign]:
        """What the best files say about others."""
        by_path = {self._paths[number]: weight for number, weight in seeds.items()}
        yield self._sign("together", self._there(self._past.together(by_path)), 0.5)
        yield self._sign("linked", self._linked(seeds), 0.3)
        yield _Sign("kin", self._related(seeds), self.weights.kin)

    def _sign(self, name: str, scores: Mapping[int, float], least: float = 0.0) -> _Sign:
        """Bring scores between 0 and 1; if the best has less than `least`, all stay small."""
        top = max(max(scores.values(), default=0.0), least)
        weight: float = getattr(self.weights, name)
        return _Sign(name, scores, weight / top) if top else _Sign(name, {}, weight)

    def _best(self, scores: Mapping[int, float], most: int) -> list[tuple[int, float]]:
        """Best first, then by path.

        Rounded, so that the order in which files were taken in, which moves last digits, does not count.
        """
        least = sorted(scores.values(), reverse=True)[most - 1] - 1e-8 if len(scores) > most > 0 else 0.0
        found = [(number, round(score, 9)) for number, score in scores.items() if score >= least]
        found.sort(key=lambda entry: (-entry[1], self._paths[entry[0]]))
        return found[:most]

    def _seeds(self, total: Mapping[int, float]) -> dict[int, float]:
        best = self._best(total, _SEEDS)
        top = best[0][1] if best else 1.0
        return {number: (score / top) ** 2 for number, score in best}

    def _linked(self, seeds: Mapping[int, float]) -> dict[int, float]:
        """Let rank flow along uses of names, two steps far."""
        flow = self._links.beside(seeds)
        second = self._links.beside(dict(self._best(flow, _FURTHER)))
        for number, score in second.items():
            flow[number] = flow.get(number, 0.0) + score / 2
        return flow

    def _exact(self, names: Iterable[str]) -> dict[int, float]:
        found: dict[int, float] = {}
        for name in names:
            definers = self._links.definers(name)
            users = self._links.users(name)
            for entry in definers:
                number = entry >> 8
                found[number] = found.get(number, 0.0) + 1 / (1 + len(definers)) ** 0.5
            spread = (4 + len(users)) ** 0.5
            for entry in users:
                number = entry >> 8
                found[number] = found.get(number, 0.0) + 0.6 * min(entry & 255, 8) ** 0.5 / spread
        return found

    def _named(self, written: Iterable[str], mentioned: Iterable[str]) -> dict[int, float]:
        found = self._there(dict.fromkeys(mentioned, 1.0))
        for name in written:
            for number in self._bases.get(_base(name), ()):
                path = self._paths[number]
                if path == name or path.endswith(f"/{name}"):
                    found[number] = 1.0
        return found

    def _near(self, open_files: Sequence[str], recent: Sequence[str]) -> dict[int, float]:
        found: dict[int, float] = {}
        for place, path in enumerate([*open_files, *recent]):
            number = self._numbers.get(path)
            if number is not None and number not in found:
                found[number] = 1 / (1 + place / 4)
        return found

    def _related(self, seeds: Mapping[int, float]) -> dict[int, float]:
        found: dict[int, float] = {}
        for seed, weight in seeds.items():
            family = self._kin.get(kin_key(self._paths[seed]), set())
            if 1 < len(family) <= 12:
                for number in family - {seed}:
                    found[number] = max(found.get(number, 0.0), weight)
        return found

    def _there(self, scores: Mapping[str, float]) -> dict[int, float]:
        """By number, without files that are not there."""
        number = self._numbers
        return {number[path]: score for path, score in scores.items() if path in number}

    def _about(self, number: int, asked: Asked, exact: set[str], telling: set[str]) -> tuple[str, ...]:
        """The definitions of a file that the prompt is about; what the prompt names, if it has none."""
        if not self._names[number]:
            return asked.names[:_MOST_NAMES_TOLD]
        scored = []
        for name in self._names[number][:_MOST_NAMES_READ]:
            parts = stems(name)
            score = 3.0 if name in exact else 0.0
            if not telling.isdisjoint(parts):
                score += sum(stem in telling for stem in parts)
            if score:
                scored.append((-score, name))
        return tuple(name for _, name in sorted(scored)[:_MOST_NAMES_TOLD])


def _defined_stems(names: Iterable[str]) -> dict[str, int]:
    """The stems of names, each once for a name; most names are one word, which needs no looking for."""
    found: dict[str, int] = {}
    known = found.get
    for name in names:
        for stem in {*(stems(name) if name.isidentifier() else words_in(name))}:
            found[stem] = known(stem, 0) + 1
    return found


def _add(sign: _Sign, total: dict[int, float]) -> None:
    known, factor = total.get, sign.factor
    for number, score in sign.scores.items():
        total[number] = known(number, 0.0) + factor * score


def _reason(number: int, signs: Iterable[_Sign]) -> str:
    """The signs that count most for a file, in words."""
    gains = []
    for sign in signs:
        score = sign.scores.get(number)
        if score:
            gains.append((-sign.factor * score, sign.name))
    gains.sort()
    least = gains[0][0] / 3 if gains else 0.0
    return "; ".join(_SIGNS[name] for gain, name in gains[:3] if gain < least)


def rank(repo: RepoFacts, query: Query, limit: int = 1000) -> tuple[Ranked, ...]:
    """Rank the files of `repo` for `query`, the best first."""
    return Ranker(repo).rank(query, limit)


def _base(path: str) -> str:
    return path.rpartition("/")[2]
