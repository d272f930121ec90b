"""Which test files a change can reach, by their names and by what they import: a guess that costs nothing to make."""

import re
from collections.abc import Iterable, Mapping

MOST = 20
"""Test files that are run for one change."""

_TEST = re.compile(r"(?:^|/)(?:test_[^/]+|[^/]+_test)\.py$")
_IMPORT = re.compile(
    r"^[ \t]*(?:from[ \t]+([\w.]+)[ \t]+import\b(.*)|import[ \t]+([\w., \t]+))", re.MULTILINE
)


def is_test(path: str) -> bool:
    """Whether a path is that of a file of tests."""
    return _TEST.search(path) is not None


def test_paths(paths: Iterable[str]) -> tuple[str, ...]:
    """Return the files of tests among some paths."""
    return tuple(sorted(path for path in paths if is_test(path)))


def affected_tests(path: str, paths: Iterable[str], imports: Mapping[str, frozenset[str]]) -> tuple[str, ...]:
    """Return the tests that a change of `path` can reach, the likeliest first.

    `imports` are the dotted names that each file of tests names in its imports, see `imported_names`.
    """
    known = set(paths)
    if is_test(path):
        return (path,) if path in known else ()
    stem = path.rpartition("/")[2].removesuffix(".py")
    module = _module(path)
    if stem == "conftest":
        folder = path.rpartition("/")[0]
        below = [test for test in test_paths(known) if not folder or test.startswith(folder + "/")]
        return tuple(below[:MOST])
    name = module[-1] if module else stem
    named, importing = [], []
    for test in test_paths(known):
        own = test.rpartition("/")[2].removesuffix(".py")
        if name and own in (f"test_{name}", f"{name}_test"):
            named.append(test)
        elif any(_means(dotted, module) for dotted in imports.get(test, frozenset())):
            importing.append(test)
    return tuple([*sorted(named, key=lambda test: -_shared(test, path)), *importing][:MOST])


def imported_names(source: str) -> frozenset[str]:
    """Return the dotted names that a file of Python imports, those that stand behind `import` included."""
    names: set[str] = set()
    for package, what, plain in _IMPORT.findall(source):
        if package:
            names.add(package)
            names.update(
                f"{package}.{word}"
                for part in what.strip().strip("()").split(",")
                if (word := part.split(" as ")[0].strip()).isidentifier()
            )
        for part in plain.split(","):
            if word := part.split(" as ")[0].strip():
                names.add(word)
    return frozenset(names)


def _module(path: str) -> tuple[str, ...]:
    parts = path.removesuffix(".py").split("/")
    if parts and parts[0] in ("src", "lib"):
        parts = parts[1:]
    if parts and parts[-1] == "__init__":
        parts = parts[:-1]
    return tuple(parts)


def _means(dotted: str, module: tuple[str, ...]) -> bool:
    """Whether an imported name is the module, something in it, or a package that holds it."""
    parts = tuple(part for part in dotted.split(".") if part)
    if not parts or not module:
        return False
    return parts[: len(module)] == module or (len(parts) > 1 and module[: len(parts)] == parts)


def _shared(one: str, other: str) -> int:
    return len(set(one.split("/")) & set(other.split("/")))
