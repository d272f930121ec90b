"""The rules of the house: rooms, sizes, purity, words. The import contracts, ruff and mypy run here too."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "spark_tui"
MODULES = sorted(PACKAGE.rglob("*.py"))
PURE = [path for path in MODULES if path.is_relative_to(PACKAGE / "core") or path == PACKAGE / "ports.py"]
STDLIB_FOR_CORE = {
    "__future__",
    "abc",
    "array",
    "bisect",
    "collections",
    "dataclasses",
    "difflib",
    "enum",
    "functools",
    "hashlib",
    "heapq",
    "itertools",
    "json",
    "math",
    "operator",
    "re",
    "string",
    "types",
    "typing",
    "unicodedata",
}
OVERSIZE: dict[str, str] = {}
"""Path below the package, or path:name, to the reason why it may be larger; an excuse no longer needed fails too."""

LIMITS = {"function": 60, "class": 300, "methods": 25, "module": 500, "parameters": 8, "init": 30}


def _name(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def _lines(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def _oversize(path: Path) -> Iterator[str]:
    source = path.read_text()
    limit = LIMITS["init"] if path.name == "__init__.py" else LIMITS["module"]
    code = source.splitlines()
    if path.name == "__init__.py":
        body = ast.parse(source).body
        if not all(isinstance(part, ast.Import | ast.ImportFrom | ast.Assign | ast.Expr) for part in body):
            yield f"{_name(path)}: holds more than re-exports"
        code = [line for line in code if re.match(r"from|import|def|class", line)]
    if len(code) > limit:
        yield _name(path)
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            arguments = node.args
            count = len(arguments.posonlyargs + arguments.args + arguments.kwonlyargs)
            if _lines(node) > LIMITS["function"]:
                yield f"{_name(path)}:{node.name}"
            if node.name == "__init__" and count - 1 > LIMITS["parameters"]:
                yield f"{_name(path)}:{node.name}"
        if isinstance(node, ast.ClassDef):
            methods = [item for item in node.body if isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef)]
            if _lines(node) > LIMITS["class"] or len(methods) > LIMITS["methods"]:
                yield f"{_name(path)}:{node.name}"


def test_sizes_and_excuses() -> None:
    found = {name for path in MODULES for name in _oversize(path)}
    assert found - OVERSIZE.keys() == set(), "too big"
    assert OVERSIZE.keys() - found == set(), "excuse no longer needed"


def test_every_folder_with_python_is_a_package() -> None:
    folders = {path.parent for path in MODULES}
    assert [folder for folder in folders if not (folder / "__init__.py").exists()] == []


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_every_module_says_what_lives_in_it(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text())), "no docstring"


def _imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative import"
            yield node.module or ""


@pytest.mark.parametrize("path", PURE, ids=_name)
def test_core_and_ports_are_pure(path: Path) -> None:
    tree = ast.parse(path.read_text())
    foreign = [
        name
        for name in _imports(tree)
        if name.split(".")[0] not in STDLIB_FOR_CORE and not name.startswith("spark_tui.core")
    ]
    assert foreign == []
    calls = {
        node.func.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert calls & {"open", "print", "eval", "exec", "input", "__import__"} == set()


def test_ui_uses_only_the_engines_front_door() -> None:
    inner = [
        (_name(path), name)
        for path in MODULES
        if path.is_relative_to(PACKAGE / "ui")
        for name in _imports(ast.parse(path.read_text()))
        if name.startswith("spark_tui.engine.") or name.startswith("spark_tui.adapters")
    ]
    assert inner == []


def test_values_are_decorated_by_our_own_decorator() -> None:
    """The standard one costs the start half a millisecond for each class. The rehearsal has its own process."""
    standard = [
        _name(path)
        for path in MODULES
        if not path.is_relative_to(PACKAGE / "rehearsal") and _name(path) != "core/values.py"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom) and node.module == "dataclasses"
        if any(alias.name == "dataclass" for alias in node.names)
    ]
    assert standard == []


def test_no_bulk_git_porcelain_anywhere() -> None:
    """Commands that overwrite or delete files in bulk never appear as words of an argument list."""
    forbidden = {"reset", "clean", "checkout", "restore", "stash", "checkout-index", "worktree"}
    found = []
    for path in MODULES:
        if not path.is_relative_to(PACKAGE / "adapters"):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.List | ast.Tuple):
                words = {
                    item.value
                    for item in node.elts
                    if isinstance(item, ast.Constant) and isinstance(item.value, str)
                }
                found += [(_name(path), node.lineno, word) for word in words & forbidden]
    assert found == []


def test_only_one_place_spawns_git() -> None:
    spawners = [
        _name(path)
        for path in MODULES
        if any(name.split(".")[0] == "subprocess" for name in _imports(ast.parse(path.read_text())))
        or "create_subprocess" in path.read_text()
    ]
    assert set(spawners) <= {
        "adapters/checks/runner.py",
        "adapters/clipboard.py",
        "adapters/git/command.py",
        "adapters/outside_editor.py",
        "adapters/programs.py",
        "adapters/text_search/ripgrep.py",
    }


def test_no_process_is_told_all_that_we_know() -> None:
    """Keys of models are in our surroundings; only what the person starts by their own name gets all of these."""
    handing_on = [
        _name(path)
        for path in MODULES
        if re.search(r"\*\*os\.environ|os\.environ\.(copy|items)", path.read_text())
    ]
    assert handing_on == ["adapters/git/command.py"]


def test_sources_are_parsed_only_where_their_bounds_are_known() -> None:
    """Some scanners write beyond their memory when nesting is very deep: see `syntax.bounds`."""
    parsing = {
        _name(path)
        for path in MODULES
        if re.search(r"\bParser\(.*\bloaded\b|tree_sitter\.Parser\(", path.read_text())
    }
    assert parsing == {"syntax/facts.py", "syntax/inner.py", "syntax/tree.py", "syntax/whole.py"}
    callers = {
        _name(path) for path in MODULES if re.search(r"\b(whole_tree|parse_whole)\(", path.read_text())
    }
    bounded = {_name(path) for path in MODULES if re.search(r"\b(parseable|is_beyond)\b", path.read_text())}
    assert (parsing | callers) - bounded == {"syntax/whole.py"}


def _run(*command: str) -> None:
    result = subprocess.run(
        [sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, timeout=300
    )
    assert result.returncode == 0, result.stdout + result.stderr


def test_import_contracts() -> None:
    program = "import sys; from importlinter.cli import lint_imports_command as run; sys.exit(run())"
    result = subprocess.run(
        [sys.executable, "-c", program, "--no-cache"], cwd=ROOT, capture_output=True, text=True, timeout=300
    )
    assert result.returncode == 0, result.stdout + result.stderr


def test_ruff_finds_nothing() -> None:
    _run("ruff", "check", "--no-cache", "spark_tui", "tests")


def test_ruff_would_change_nothing() -> None:
    _run("ruff", "format", "--no-cache", "--check", "spark_tui", "tests")


@pytest.mark.timeout(300)
def test_mypy_strict() -> None:
    _run("mypy", "--cache-dir", str(ROOT / ".mypy_cache"))


def test_the_rooms_below_load_no_screen_library() -> None:
    program = (
        "import sys, spark_tui.engine, spark_tui.core.review, spark_tui.ports; "
        "sys.exit(any(name in sys.modules for name in ('textual', 'rich', 'tree_sitter', 'websockets', 'git')))"
    )
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, timeout=60).returncode == 0


def test_version_loads_next_to_nothing() -> None:
    program = (
        "import sys; from spark_tui.cli import main; main(['--version']); "
        "heavy = {'asyncio', 'argparse', 'textual', 'websockets', 'json', 'sqlite3'} & set(sys.modules); "
        "sys.exit(bool(heavy))"
    )
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, timeout=60).returncode == 0


def _loaded(imports: str, *unwanted: str) -> set[str]:
    """Which of the modules named, or others inside them, are loaded by these imports."""
    program = f"import sys, {imports}; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    return {
        name
        for name in done.stdout.split()
        if any(name == each or name.startswith(f"{each}.") for each in unwanted)
    }


def test_the_first_frame_waits_for_nothing_heavy() -> None:
    imports = "spark_tui.cli.arguments, spark_tui.cli.commands, spark_tui.cli.screen"
    heavy = (
        "asyncio",
        "textual",
        "rich",
        "sqlite3",
        "dataclasses",
        "spark_tui.core",
        "spark_tui.engine",
        "spark_tui.ui",
    )
    assert _loaded(imports, *heavy) == set()


def test_the_screen_waits_for_nothing_that_comes_later() -> None:
    wires = ("websockets", "msgspec", "httpx2", "openai", "http.client", "email", "urllib.request")
    libraries = ("git", "splintr", "frizbee", "markdown_it", "pygments", "keyring", "tree_sitter_python")
    pages = (
        "checks",
        "context",
        "conflict",
        "dialogs",
        "filing",
        "finder",
        "latency",
        "navigating",
        "search",
        "timeline",
    )
    own = (
        "spark_tui.rehearsal", "spark_tui.ui.vim", "spark_tui.adapters.model_socket", "spark_tui.adapters.model_http",
        "spark_tui.adapters.repo_index.worker", "spark_tui.adapters.repo_index.parsing",
        *(f"spark_tui.ui.screens.{page}" for page in pages),
    )  # fmt: skip
    assert _loaded("spark_tui.cli.running, spark_tui.ui.app", *wires, *libraries, *own) == set()
