"""Ranks the files of a repository for a prompt. Deterministic; the same facts and query give the same ranking."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

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
        self._names: dict[str, tuple[str, ...]] = {}
        self._kin: dict[str, set[str]] = {}
        self._bases: dict[str, set[str]] = {}
        self._same: dict[str, str] = {}
        self._past = Past()
        for path, facts in repo.files.items():
            names = [one.name for one in facts.definitions]
            self.put(path, names, repo.terms.get(path, Terms()))
        self.set_history(repo.history)

    def set_history(self, history: Sequence[PastCommit]) -> None:
        """Take in the history, newest first."""
        self._past = Past(history)

    def put(self, path: str, defined: Iterable[str], terms: Terms) -> None:
        """Take in a file, or another state of it, with the names that it defines."""
        self.remove([path])
        number, self._next = self._next, self._next + 1
        self._numbers[path], self._paths[number] = number, path
        one = self._same.setdefault
        self._content.put(number, {one(word, word): count for word, count in terms.words.items()})
        names = tuple(dict.fromkeys(one(name, name) for name in defined))
        self._names[path] = names
        self._defines.put(number, Counter(stem for name in names for stem in set(words_in(name))))
        self._path.put(number, Counter(words_in(path)))
        self._links.put(number, names, {one(name, name): count for name, count in terms.references.items()})
        self._kin.setdefault(kin_key(path), set()).add(path)
        self._bases.setdefault(_base(path), set()).add(path)

    def remove(self, paths: Iterable[str]) -> None:
        """Forget files."""
        for path in paths:
            number = self._numbers.pop(path, None)
            if number is None:
                continue
            del self._paths[number]
            for part in (self._content, self._defines, self._path, self._links):
                part.remove(number)
            del self._names[path]
            self._kin[kin_key(path)].discard(path)
            self._bases[_base(path)].discard(path)

    def rank(self, query: Query, limit: int = 1000) -> tuple[Ranked, ...]:
        """Return the best files, at most `limit`."""
        asked = read_prompt(query.prompt)
        signs = self.signs(query, asked)
        total: dict[str, float] = {}
        for sign, scores in signs.items():
            weight = getattr(self.weights, sign)
            for path, score in scores.items():
                total[path] = total.get(path, 0.0) + weight * score
        ordered = _ordered(total)[:limit]
        best = ordered[0][1] if ordered else 1.0
        telling = {word for word, _ in asked.words}
        return tuple(
            Ranked(
                path,
                score / best,
                self._reason(path, signs),
                self._about(path, asked, telling) if place < _MOST_NAMED else (),
            )
            for place, (path, score) in enumerate(ordered)
        )

    def signs(self, query: Query, asked: Asked) -> dict[str, Mapping[str, float]]:
        """Score every file by every sign, each between 0 and 1."""
        found: dict[str, Mapping[str, float]] = {
            "content": self._by_path(self._content.scores(asked.words, 0.75)),
            "defines": self._by_path(self._defines.scores(asked.words, 0.4)),
            "path": self._by_path(self._path.scores(asked.words, 0.3)),
            "exact": self._by_path(self._exact(asked.names)),
            "named": self._named(asked.paths, query.mentioned),
            "occasion": self._there(self._past.on_such_occasions(asked.words)),
            "often": {path: score for path, score in self._past.often.items() if path in self._numbers},
            "open": _near(query.open_files, query.recent, self._numbers),
            "pinned": {path: 1.0 for path in query.pins if path in self._numbers},
        }
        seeds = self._seeds(found)
        found["together"] = self._there(self._past.together(seeds), 0.5)
        found["linked"] = self._linked(seeds)
        found["kin"] = self._related(seeds)
        return found

    def _seeds(self, signs: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
        total: dict[str, float] = {}
        for sign, scores in signs.items():
            weight = getattr(self.weights, sign)
            for path, score in scores.items():
                total[path] = total.get(path, 0.0) + weight * score
        best = _ordered(total)[:_SEEDS]
        top = best[0][1] if best else 1.0
        return {path: (score / top) ** 2 for path, score in best}

    def _linked(self, seeds: Mapping[str, float]) -> dict[str, float]:
        """Let rank flow along uses of names, two steps far."""
        start = {self._numbers[path]: weight for path, weight in seeds.items() if path in self._numbers}
        first = self._links.beside(start)
        named = {self._paths[number]: score for number, score in first.items()}
        second = self._links.beside(
            {self._numbers[path]: score for path, score in _ordered(named)[:_FURTHER]}
        )
        flow = dict(first)
        for number, score in second.items():
            flow[number] = flow.get(number, 0.0) + score / 2
        return self._by_path(flow, 0.3)

    def _exact(self, names: Iterable[str]) -> dict[int, float]:
        found: dict[int, float] = {}
        for name in names:
            definers = self._links.definers(name)
            users = self._links.users(name)
            for number in definers:
                found[number] = found.get(number, 0.0) + 1 / (1 + len(definers)) ** 0.5
            for number, count in users:
                gain = 0.6 * min(count, 8) ** 0.5 / (4 + len(users)) ** 0.5
                found[number] = found.get(number, 0.0) + gain
        return found

    def _named(self, written: Iterable[str], mentioned: Iterable[str]) -> dict[str, float]:
        found = {path: 1.0 for path in mentioned if path in self._numbers}
        for name in written:
            for path in self._bases.get(_base(name), ()):
                if path == name or path.endswith(f"/{name}"):
                    found[path] = 1.0
        return found

    def _related(self, seeds: Mapping[str, float]) -> dict[str, float]:
        found: dict[str, float] = {}
        for seed, weight in seeds.items():
            family = self._kin.get(kin_key(seed), set())
            if 1 < len(family) <= 12:
                for path in family - {seed}:
                    found[path] = max(found.get(path, 0.0), weight)
        return found

    def _by_path(self, scores: Mapping[int, float], least: float = 0.0) -> dict[str, float]:
        return _scaled({self._paths[number]: score for number, score in scores.items()}, least)

    def _there(self, scores: Mapping[str, float], least: float = 0.0) -> dict[str, float]:
        return _scaled({path: score for path, score in scores.items() if path in self._numbers}, least)

    def _reason(self, path: str, signs: Mapping[str, Mapping[str, float]]) -> str:
        gains = [
            (getattr(self.weights, sign) * scores.get(path, 0.0), sign) for sign, scores in signs.items()
        ]
        gains.sort(key=lambda gain: (-gain[0], gain[1]))
        top = gains[0][0]
        return "; ".join(_SIGNS[sign] for gain, sign in gains[:3] if gain > top / 3 and gain > 0)

    def _about(self, path: str, asked: Asked, telling: set[str]) -> tuple[str, ...]:
        """The definitions of a file that the prompt is about."""
        exact = set(asked.names)
        scored = []
        for name in self._names.get(path, ())[:_MOST_NAMES_READ]:
            score = 3.0 * (name in exact) + sum(stem in telling for stem in stems(name))
            if score:
                scored.append((-score, name))
        return tuple(name for _, name in sorted(scored)[:_MOST_NAMES_TOLD])


def rank(repo: RepoFacts, query: Query, limit: int = 1000) -> tuple[Ranked, ...]:
    """Rank the files of `repo` for `query`, the best first."""
    return Ranker(repo).rank(query, limit)


def _near(open_files: Sequence[str], recent: Sequence[str], known: Mapping[str, int]) -> dict[str, float]:
    found: dict[str, float] = {}
    for place, path in enumerate([*open_files, *recent]):
        if path in known and path not in found:
            found[path] = 1 / (1 + place / 4)
    return found


def _ordered(scores: Mapping[str, float]) -> list[tuple[str, float]]:
    """Best first. Rounded, so that the order in which files were taken in, which moves last digits, does not count."""
    return sorted(
        ((path, round(score, 9)) for path, score in scores.items()), key=lambda entry: (-entry[1], entry[0])
    )


def _scaled(scores: dict[str, float], least: float) -> dict[str, float]:
    """Bring scores between 0 and 1; if the best has less than `least`, all stay small."""
    top = max(max(scores.values(), default=0.0), least)
    return {path: score / top for path, score in scores.items()} if top else {}


def _base(path: str) -> str:
    return path.rpartition("/")[2]
