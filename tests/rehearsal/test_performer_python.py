"""Mechanical edits of Python: what comes out compiles, and differs in nothing but what was asked."""

import ast
import importlib.util
from pathlib import Path
from typing import Any

import pytest

from tests.rehearsal.performances import ask

# Real code of many hands, there wherever Python is.
MODULES = (
    "argparse",
    "dataclasses",
    "typing",
    "textwrap",
    "contextlib",
    "http.cookies",
    "asyncio.queues",
    "shlex",
)


def real(name: str) -> str:
    spec = importlib.util.find_spec(name)
    assert spec is not None and spec.origin is not None
    return Path(spec.origin).read_text(encoding="utf-8")


def without_docstrings(text: str) -> str:
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
            and ast.get_docstring(node) is not None
        ):
            node.body = node.body[1:] or [ast.Pass()]
    return ast.dump(tree)


@pytest.mark.parametrize("module", MODULES)
def test_docstrings_change_nothing_else(module: Any) -> None:
    before = real(module)
    _, changed = ask("add docstrings", {"m.py": before})
    after = changed.get("m.py", before)
    assert without_docstrings(after) == without_docstrings(before)
    lacking = [
        node.name
        for node in ast.walk(ast.parse(after))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        and ast.get_docstring(node) is None
        and "overload" not in "".join(map(ast.dump, node.decorator_list))
    ]
    assert lacking == []
    assert ask("add docstrings", {"m.py": after})[1] == {}


@pytest.mark.parametrize("module", MODULES)
def test_renaming_changes_names_only(module: Any) -> None:
    before = real(module)
    for name in sorted({n.name for n in ast.walk(ast.parse(before)) if isinstance(n, ast.FunctionDef)})[:3]:
        _, changed = ask(f"rename {name} to other_name", {"m.py": before})
        old, new = (
            ast.dump(ast.parse(text)).replace(f"'{name}'", "'other_name'")
            for text in (before, changed["m.py"])
        )
        assert old == new


@pytest.mark.parametrize("module", MODULES)
def test_extracting_is_only_another_way_to_write_it(module: Any) -> None:
    before = real(module)
    texts = {
        node.value
        for node in ast.walk(ast.parse(before))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.isidentifier()
    }
    for text in sorted(texts)[:4]:
        _, changed = ask(f'extract "{text}" into THE_TEXT', {"m.py": before})
        if not changed:
            continue
        tree = ast.parse(changed["m.py"])
        definition = next(
            n for n in tree.body if isinstance(n, ast.Assign) and ast.unparse(n.targets[0]) == "THE_TEXT"
        )
        tree.body.remove(definition)
        dumped = ast.dump(tree).replace("Name(id='THE_TEXT', ctx=Load())", ast.dump(definition.value))
        assert dumped == ast.dump(ast.parse(before))


@pytest.mark.parametrize("module", MODULES)
def test_wrapped_functions_compile(module: Any) -> None:
    before = real(module)
    names = sorted({n.name for n in ast.walk(ast.parse(before)) if isinstance(n, ast.FunctionDef)})
    for name in names[:5]:
        _, changed = ask(f"wrap {name} in logging", {"m.py": before})
        compile(changed["m.py"], module, "exec")
        assert ask(f"wrap {name} in logging", changed)[1] == {}


def only(prompt: str, text: str) -> str:
    prose, changed = ask(prompt, {"m.py": text})
    assert changed, prose
    compile(changed["m.py"], "m.py", "exec")
    return changed["m.py"]


def test_docstrings_of_all_shapes() -> None:
    assert only(
        "add docstrings",
        "@a\n@b(1)\nasync def load_all(path, *args, strict=False, **kw) -> int: return 1\n\n\n"
        "class HTTPServer(Base):\n\tdef __init__(self): pass\n\n\tx = 1\n\n"
        "\tdef is_ready(self):\n\t\t# why\n\t\treturn self\n",
    ) == (
        '@a\n@b(1)\nasync def load_all(path, *args, strict=False, **kw) -> int:\n\t"""Load all.\n\n'
        '\tTakes path, args, strict and kw; returns int.\n\t"""\n\treturn 1\n\n\n'
        'class HTTPServer(Base):\n\t"""HTTP server."""\n\n'
        '\tdef __init__(self):\n\t\t"""Initialise a new instance."""\n\t\tpass\n'
        '\n\tx = 1\n\n\tdef is_ready(self):\n\t\t"""Tell whether it is ready."""\n\t\t# why\n\t\treturn self\n'
    )


def test_one_docstring_by_name() -> None:
    text = "class A:\n    def f(self):\n        pass\n\n\ndef f():\n    pass\n"
    assert only("add a docstring to A.f", text).count('"""') == 2
    assert only("add a docstring to f", text).count('"""') == 4


def test_renaming_sees_fstrings_all_and_imports_but_no_text() -> None:
    text = (
        '__all__ = ["load"]\nimport load\nfrom load import x\n\n\ndef f(load=1):\n    "load"\n'
        '    return f"{load} load"  # load\n'
    )
    prose, changed = ask("rename load to fetch", {"m.py": text})
    assert changed["m.py"] == (
        '__all__ = ["fetch"]\nimport load as fetch\nfrom load import x\n\n\ndef f(fetch=1):\n    "load"\n'
        '    return f"{fetch} load"  # load\n'
    )
    assert "`__all__`" in prose and "3 mentions" in prose and "Module paths" in prose


def test_renaming_says_what_may_be_wrong() -> None:
    prose, changed = ask("rename a to b", {"m.py": "a = b\n"})
    assert changed and "Careful: `b` is a name in `m.py` already" in prose
    prose, changed = ask("rename a to class", {"m.py": "a = b\n"})
    assert not changed and "cannot be a name in python" in prose
    prose, changed = ask("rename a to b", {"m.py": "a = (\n", "n.md": "a\n"})
    assert "could not be parsed" in prose and "`n.md` mention the name" in prose


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("import os, sys\nprint(sys)\n", "import sys\nprint(sys)\n"),
        ("import os, sys\nprint(os)\n", "import os\nprint(os)\n"),
        ("import a, b, c, d\nprint(b)\n", "import b\nprint(b)\n"),
        ("import a.b, a.c\nprint(1)\n", "print(1)\n"),
        ("import os as o\nx = 1\n", "x = 1\n"),
        (
            "from a import (\n    b,\n    c,  # why\n    d,\n)\nprint(b, d)\n",
            "from a import (\n    b,\n    d,\n)\nprint(b, d)\n",
        ),
        ("from a import (\n    b,\n    c\n)\nprint(b)\n", "from a import (\n    b,\n)\nprint(b)\n"),
        ("from a import (b, c,)\nprint(b)\n", "from a import (b,)\nprint(b)\n"),
        (
            "from a import (b,\n               c)\nprint(c)\n",
            "from a import (\n               c)\nprint(c)\n",
        ),
        ("from a import b, \\\n    c\nprint(b)\n", "from a import b\nprint(b)\n"),
        ("from a import b, \\\n    c\nprint(c)\n", "from a import c\nprint(c)\n"),
        ("import a; x = 1\n", "x = 1\n"),
        ("x = 1; import a\n", "x = 1\n"),
        ("if x:\n    import a\n    import b\n", "if x:\n    pass\n"),
        ("def f(): import a\n", "def f(): pass\n"),
        ('"""Doc."""\n\nimport a\n\n\ndef f(): pass\n', '"""Doc."""\n\n\ndef f(): pass\n'),
        ("import a\nimport b\n\nx = 1\n", "x = 1\n"),
        ("from __future__ import annotations\nimport a\n", "from __future__ import annotations\n"),
    ],
)
def test_unused_imports_go(before: Any, after: Any) -> None:
    assert only("remove unused imports", before) == after


@pytest.mark.parametrize(
    "text",
    [
        "import a\n__all__ = ['a']\n",
        "import a.b\nprint(a.b.c)\n",
        "import a as a\nfrom b import c as c\n",
        "import a  # noqa: F401\n",
        "try:\n    import a\nexcept ImportError:\n    a = None\n",
        "from a import *\n",
        "from a import B\ndef f(x: 'B') -> 'list[B]': ...\n",
        "from a import B\nx = cast('B', 1)\ny = Optional['B']\n",
        "import a\ndef f():\n    '''\n    >>> a.b()\n    '''\n",
        "import a\nx = []  # type: list[a.B]\n",
        "import a\nx = f'{a}'\n",
        "import a\n@a.b\ndef f(): pass\n",
    ],
)
def test_imports_that_may_be_needed_stay(text: Any) -> None:
    prose, changed = ask("remove unused imports", {"m.py": text})
    assert not changed and "`m.py`" in prose


def test_imports_for_other_files_stay() -> None:
    files = {
        "pkg/m.py": "import os\nimport re\nimport sys\n",
        "pkg/n.py": "from pkg.m import os\npatch('pkg.m.re.x')\nos\n",
    }
    _, changed = ask("remove unused imports", files)
    assert changed == {"pkg/m.py": "import os\nimport re\n"}
    prose, changed = ask("remove unused imports", {"pkg/__init__.py": "import os\n"})
    assert not changed and "`pkg/__init__.py`" in prose


def test_logging_of_all_shapes() -> None:
    assert only(
        "wrap f in logging",
        '"""Doc."""\n\nfrom a import b\n\n\nasync def f(x):\n    """Doc."""\n    if x: return 1\n'
        "    for y in x:\n        return y\n\n\nf(1)\n",
    ) == (
        '"""Doc."""\n\nimport logging\nfrom a import b\n\nlogger = logging.getLogger(__name__)\n\n\nasync def f(x):\n'
        '    """Doc."""\n    logger.debug("enter f")\n    if x: logger.debug("leave f"); return 1\n    for y in x:\n'
        '        logger.debug("leave f")\n        return y\n    logger.debug("leave f")\n\n\nf(1)\n'
    )


def test_logging_uses_what_is_there() -> None:
    text = (
        "import logging as l\n\nLOG = l.getLogger(__name__)\n\n\n"
        "class A:\n\tdef f(self): return 1\n\n\tdef g(self): raise X\n"
    )
    assert only("wrap A.f in logging", text) == text.replace(
        "f(self): return 1", 'f(self):\n\t\tLOG.debug("enter A.f")\n\t\tLOG.debug("leave A.f")\n\t\treturn 1'
    )
    assert "leave" not in only("wrap g in logging", text)
    taken = only("wrap f in logging", "logger = 1\n\n\ndef f():\n    pass\n")
    assert "_logger = logging.getLogger(__name__)" in taken


def test_logging_in_a_module_without_imports() -> None:
    assert only("wrap f in logging", "#!/usr/bin/env python\ndef f():\n    pass\n").startswith(
        "#!/usr/bin/env python\n\nimport logging\n\nlogger = logging.getLogger(__name__)\n\ndef f():\n"
    )


def test_constants_go_behind_imports_and_leave_what_must_stay() -> None:
    text = (
        "from __future__ import annotations\nimport a\ntry:\n    import b\nexcept ImportError:\n    b = None\n\n\n"
        "def f(x: Literal['v'] = 'v', **k) -> 'v':\n    'v'\n    match x:\n        case 'v':\n            pass\n"
        "    return f'{k[\"v\"]}v', r'v', b'v', 'v' 'w'\n"
    )
    prose, changed = ask('extract "v" into V', {"m.py": text})
    assert changed["m.py"] == text.replace("    b = None\n", "    b = None\n\nV = 'v'\n").replace(
        "= 'v', **k", "= V, **k"
    ).replace("r'v'", "V")
    assert "2 places" in prose and "must stay a literal" in prose


def test_constants_that_exist_are_used() -> None:
    assert only("extract 3 into N", "N = 3\nx = 3 + 3\n") == "N = 3\nx = N + N\n"
    prose, changed = ask("extract 3 into N", {"m.py": "N = 4\nx = 3\n"})
    assert not changed and "something else" in prose


def test_a_constant_gets_a_name_from_its_text() -> None:
    prose, changed = ask('extract "hello, wörld 2" into a constant', {"m.py": 'print("hello, wörld 2")\n'})
    assert changed["m.py"] == 'HELLO_2 = "hello, wörld 2"\n\nprint(HELLO_2)\n'
    assert "made the name" in prose
