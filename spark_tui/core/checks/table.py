"""The tools that are found by themselves, cheapest first, and the files that decide what they do."""

from spark_tui.core.checks.values import Format, Tool

_SCRIPTS = ("javascript", "typescript", "tsx")
_PYTHON = ("python",)

TOOLS: tuple[Tool, ...] = (
    Tool(
        "ruff format", _PYTHON, "ruff", ("format", "--check", "--quiet", "{file}"), Format.FORMATTER, 1,
        ("ruff.toml", ".ruff.toml"), (("pyproject.toml", "[tool.ruff"),),
    ),
    Tool(
        "ruff", _PYTHON, "ruff",
        ("check", "--output-format=json", "--no-fix", "--force-exclude", "--quiet", "{file}"), Format.RUFF, 1,
        ("ruff.toml", ".ruff.toml", "pyproject.toml"), unwatched=True,
    ),
    Tool(
        "eslint", _SCRIPTS, "eslint", ("--format=json", "--no-color", "{file}"), Format.ESLINT, 2,
        (
            "eslint.config.js", "eslint.config.mjs", "eslint.config.cjs", "eslint.config.ts", ".eslintrc.json",
            ".eslintrc.js", ".eslintrc.cjs", ".eslintrc.yml", ".eslintrc.yaml", ".eslintrc",
        ),
        executes=True,
    ),
    Tool("go vet", ("go",), "go", ("vet", "./..."), Format.LINES, 3, ("go.mod",), whole=True,
         executes=True, good_exits=(0, 1, 2)),
    Tool(
        "mypy", _PYTHON, "mypy",
        ("--show-column-numbers", "--no-color-output", "--no-error-summary", "--no-pretty",
         "--hide-error-context", "{file}"),
        Format.LINES, 3, ("mypy.ini", ".mypy.ini"),
        (("pyproject.toml", "[tool.mypy"), ("setup.cfg", "[mypy"),), whole=True, executes=True,
    ),
    Tool(
        "pyright", _PYTHON, "pyright", ("--outputjson", "{file}"), Format.PYRIGHT, 3, ("pyrightconfig.json",),
        (("pyproject.toml", "[tool.pyright"),), whole=True,
    ),
    Tool("tsc", ("typescript", "tsx"), "tsc", ("--noEmit", "--pretty", "false"), Format.TSC, 3,
         ("tsconfig.json",), whole=True, good_exits=(0, 1, 2)),
    Tool(
        "cargo check", ("rust",), "cargo", ("check", "--offline", "--message-format=json", "--quiet"),
        Format.CARGO, 3, ("Cargo.toml",), whole=True, executes=True, good_exits=(0, 101),
    ),
    Tool(
        "tests", _PYTHON, "pytest",
        ("-q", "-rfE", "--tb=short", "--color=no", "--maxfail=20", "-p", "no:cacheprovider", "{tests}"),
        Format.PYTEST, 4, ("pytest.ini", "pyproject.toml", "setup.cfg", "tox.ini"), whole=True,
        executes=True, unwatched=True,
    ),
)  # fmt: skip

CONFIGURATION = frozenset(
    {name for tool in TOOLS for name in tool.markers}
    | {name for tool in TOOLS for name, _ in tool.sections}
    | {
        "package.json",
        "build.rs",
        "conftest.py",
        "sitecustomize.py",
        "usercustomize.py",
        "noxfile.py",
        ".pylintrc",
    }
)
"""Names of files that can make a tool run something else than before: trust is given to what they say."""
