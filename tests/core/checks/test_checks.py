"""What is pure about checks: which tools apply, what their output says, what is new, what is risky, in which words."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spark_tui.core.checks import (
    CONFIGURATION,
    NO_BADGE,
    PARSE,
    TOOLS,
    CheckResult,
    CheckSettings,
    Facts,
    Finding,
    Format,
    Outcome,
    Severity,
    Traits,
    affected_tests,
    applicable,
    badge_of,
    describe,
    fresh_findings,
    imported_names,
    marks_of,
    read_output,
    report_lines,
    risk_of,
)
from spark_tui.core.checks.detecting import split_command


def tools_for(
    language: str, path: str, *paths: str, texts: dict[str, str] | None = None, **own: list[str]
) -> list[str]:
    facts = Facts(frozenset((path, *paths)), texts or {})
    settings = CheckSettings(commands={name: tuple(lines) for name, lines in own.items()})
    return [f"{wanted.tool.name}@{wanted.folder}" for wanted in applicable(language, path, facts, settings)]


# Which tools


def test_only_ruff_and_tests_apply_where_nothing_is_set_up() -> None:
    assert tools_for("python", "a.py") == ["ruff@", "tests@"]


def test_what_the_folder_sets_up_applies_cheapest_first() -> None:
    texts = {"pyproject.toml": "[tool.ruff]\n[tool.mypy]\nstrict = true\n[tool.pyright]\n"}
    found = tools_for("python", "src/a.py", "pyproject.toml", texts=texts)
    assert found == ["ruff format@", "ruff@", "mypy@", "pyright@", "tests@"]


def test_a_tool_runs_in_the_nearest_folder_that_has_it() -> None:
    paths = ("web/tsconfig.json", "web/eslint.config.js", "tsconfig.json")
    assert tools_for("typescript", "web/src/a.ts", *paths) == ["eslint@web", "tsc@web"]
    assert tools_for("typescript", "lib/a.ts", *paths) == ["tsc@"]
    assert tools_for("rust", "crates/x/src/lib.rs", "Cargo.toml", "crates/x/Cargo.toml") == [
        "cargo check@crates/x"
    ]
    assert tools_for("go", "a.go", "go.mod") == ["go vet@"]


def test_languages_without_tools_have_none() -> None:
    assert tools_for("markdown", "a.md", "pyproject.toml") == []
    assert applicable(None, "a", Facts(frozenset(), {}), CheckSettings()) == ()
    assert applicable("python", "a.py", Facts(frozenset(), {}), CheckSettings(enabled=False)) == ()


def test_what_the_person_set_stands_instead() -> None:
    assert tools_for("python", "a.py", python=["ruff", "mylint --strict {file}"]) == ["ruff@", "mylint@"]
    assert tools_for("python", "a.py", python=[]) == []
    wanted = applicable(
        "c", "a.c", Facts(frozenset(), {}), CheckSettings(commands={"c": ("gcc -fsyntax-only {file}",)})
    )
    assert wanted[0].tool.arguments == ("-fsyntax-only", "{file}") and wanted[0].tool.executes


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("a  b", ("a", "b")),
        ("a 'b c' \"d e\"", ("a", "b c", "d e")),
        ("a; rm -rf x", ("a;", "rm", "-rf", "x")),
        ("a 'b", ()),
        ("", ()),
    ],
)
def test_commands_are_split_into_words_and_never_read_by_a_shell(line: str, words: tuple[str, ...]) -> None:
    assert split_command(line) == words


def test_the_files_that_decide_are_known() -> None:
    assert marks_of(["a/pyproject.toml", "setup.cfg", "x.py"]) == ("a/pyproject.toml", "setup.cfg")
    assert {"conftest.py", "pyproject.toml", "eslint.config.js", "package.json", "mypy.ini"} <= CONFIGURATION


def test_names_of_tools_are_distinct() -> None:
    assert len({tool.name for tool in TOOLS}) == len(TOOLS)


# What they say

RUFF = json.dumps(
    [
        {
            "code": "F821",
            "filename": "/x/a.py",
            "location": {"row": 3, "column": 5},
            "end_location": {"row": 3, "column": 9},
            "message": "Undefined name `oops`",
        }
    ]
)
PYRIGHT = json.dumps(
    {
        "generalDiagnostics": [
            {
                "file": "/x/a.py",
                "severity": "error",
                "message": "not known",
                "rule": "reportX",
                "range": {"start": {"line": 2, "character": 4}, "end": {"line": 2, "character": 8}},
            }
        ]
    }
)
ESLINT = json.dumps(
    [{"filePath": "/x/a.js", "messages": [{"line": 3, "column": 5, "endLine": 3, "endColumn": 9, "severity": 2,
                                            "ruleId": "no-undef", "message": "'oops' is not defined."}]}]
)  # fmt: skip
CARGO = "\n".join(
    [
        json.dumps({"reason": "compiler-artifact"}),
        json.dumps(
            {
                "reason": "compiler-message",
                "message": {
                    "level": "error",
                    "message": "cannot find value `oops`",
                    "code": {"code": "E0425"},
                    "spans": [
                        {"is_primary": True, "file_name": "src/lib.rs", "line_start": 3, "line_end": 3,
                         "column_start": 5, "column_end": 9}
                    ],
                },
            }
        ),
    ]
)  # fmt: skip


@pytest.mark.parametrize(
    ("format", "output", "path", "code"),
    [
        (Format.RUFF, RUFF, "/x/a.py", "F821"),
        (Format.RUFF, f"warning: something\n{RUFF}\n", "/x/a.py", "F821"),
        (Format.PYRIGHT, PYRIGHT, "/x/a.py", "reportX"),
        (Format.ESLINT, ESLINT, "/x/a.js", "no-undef"),
        (Format.CARGO, CARGO, "src/lib.rs", "E0425"),
        (Format.LINES, 'a.py:3:5: error: Name "oops" is not defined  [name-defined]', "a.py", "name-defined"),
        (Format.LINES, "vet: ./a.go:3:5: undefined: oops", "./a.go", ""),
        (Format.LINES, "a.c:3:5: fatal error: oops.h: not found", "a.c", ""),
        (Format.LINES, "a.py:3:5: F821 Undefined name `oops`", "a.py", "F821"),
        (Format.TSC, "src/a.ts(3,5): error TS2304: Cannot find name 'oops'.", "src/a.ts", "TS2304"),
    ],
)
def test_findings_are_read_with_their_place(format: Format, output: str, path: str, code: str) -> None:
    (found,) = read_output(format, output, "tool")
    assert (found.path, found.line, found.column, found.code) == (path, 2, 4, code)
    assert found.severity is Severity.ERROR and found.message and found.source == "tool"


def test_failed_tests_are_read_from_the_summary() -> None:
    output = """
F.E                                                                      [100%]
=========================== short test summary info ============================
FAILED tests/test_a.py::test_x[1 2] - assert 1 == 2
FAILED tests/test_a.py::TestB::test_y
ERROR tests/test_b.py - ImportError: no module
2 failed, 1 passed, 1 error in 0.12s
"""
    found = read_output(Format.PYTEST, output, "tests")
    assert [finding.code for finding in found] == [
        "tests/test_a.py::test_x[1 2]",
        "tests/test_a.py::TestB::test_y",
        "tests/test_b.py",
    ]
    assert describe(found[0]) == "tests/test_a.py::test_x[1 2]: assert 1 == 2"


def test_notes_are_no_findings() -> None:
    assert read_output(Format.LINES, "a.py:1:1: note: see there\nFound 1 error in 1 file\n", "mypy") == ()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(["messages", "message", "spans", "location", "row", "generalDiagnostics", "range", "start",
                         "line", "code", "filename", "is_primary", "line_start"]), inner, max_size=5),
    max_leaves=20,
)  # fmt: skip


@given(
    st.sampled_from(list(Format)),
    JSON.map(json.dumps) | st.text() | st.binary().map(lambda data: data.decode("latin-1")),
)
def test_no_output_makes_reading_raise(format: Format, output: str) -> None:
    for finding in read_output(format, output, "x"):
        assert finding.line >= -1 and finding.column >= 0 and finding.end_line >= finding.line
        assert len(finding.message) <= 400 and "\n" not in finding.message


@pytest.mark.parametrize("output", ["[" * 100_000, "{" * 100_000, '{"a":' * 5000, "a:1:" * 10_000])
def test_deep_and_long_output_is_read_in_time(output: str) -> None:
    for format in Format:
        assert read_output(format, output, "x") == ()


def test_no_more_findings_are_taken_than_a_person_can_use() -> None:
    assert len(read_output(Format.LINES, "a.py:1:1: bad\n" * 10_000, "x")) == 500


# What is new


def finding(line: int, message: str = "bad", code: str = "X1", path: str = "a.py") -> Finding:
    return Finding(path, line, 0, line, 1, Severity.WARNING, code, message, "tool")


def test_what_was_there_before_does_not_count_wherever_it_moved() -> None:
    before = [finding(1), finding(5, "other")]
    after = [finding(4), finding(8, "other"), finding(6, "new")]
    assert fresh_findings(before, after, lambda path, line: line + 3) == (after[2],)
    assert fresh_findings(before, after, lambda path, line: 0) == (after[2],), "even if nobody knows where"


def test_one_more_of_the_same_counts_and_it_is_the_one_that_was_not_there() -> None:
    assert fresh_findings([finding(1)], [finding(1), finding(9)], lambda path, line: line) == (finding(9),)
    assert fresh_findings([finding(1), finding(9)], [finding(9)], lambda path, line: line) == ()


FINDINGS = st.lists(st.builds(finding, st.integers(0, 5), st.sampled_from(["a", "b"])), max_size=8)


@given(FINDINGS, FINDINGS)
def test_as_many_are_new_as_there_are_more(before: list[Finding], after: list[Finding]) -> None:
    fresh = fresh_findings(before, after, lambda path, line: line)
    for message in ("a", "b"):
        count = [sum(one.message == message for one in many) for many in (before, after, fresh)]
        assert count[2] == max(count[1] - count[0], 0)
    assert fresh_findings(before, before, lambda path, line: line) == ()
    assert set(fresh) <= set(after)


# Which tests

PATHS = ["src/shop/pay.py", "src/shop/__init__.py", "tests/test_pay.py", "tests/test_all.py", "tests/test_none.py",
         "tests/shop/pay_test.py", "tests/conftest.py"]  # fmt: skip


def test_tests_are_found_by_name_and_by_import() -> None:
    imports = {
        "tests/test_all.py": imported_names("from shop import pay, cart\nimport os\n"),
        "tests/test_none.py": imported_names("import json"),
    }
    found = affected_tests("src/shop/pay.py", PATHS, imports)
    assert found[:1] == ("tests/shop/pay_test.py",) and set(found) == {
        "tests/shop/pay_test.py",
        "tests/test_pay.py",
        "tests/test_all.py",
    }


def test_a_test_affects_itself_and_a_conftest_what_is_below_it() -> None:
    assert affected_tests("tests/test_all.py", PATHS, {}) == ("tests/test_all.py",)
    assert "tests/test_none.py" in affected_tests("tests/conftest.py", PATHS, {})
    assert affected_tests("src/shop/other.py", PATHS, {}) == ()


def test_imported_names() -> None:
    source = "import a.b as c, d\nfrom e.f import (g, h as i)\n    from .x import y\n"
    assert imported_names(source) >= {"a.b", "d", "e.f", "e.f.g", "e.f.h", ".x.y"}


# Words


def verdict(tool: str, outcome: Outcome, count: int = 0, **more: str) -> CheckResult:
    return replace(CheckResult(tool, outcome, tuple(finding(line) for line in range(count))), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("verdicts", "checking", "short", "words"),
    [
        ([], False, "", ""),
        ([], True, "...", "checking…"),
        ([verdict(PARSE, Outcome.CLEAN)], False, "ok", "parses"),
        ([verdict(PARSE, Outcome.CLEAN)], True, "...", "parses, checking…"),
        ([verdict(PARSE, Outcome.WORSE, 1)], False, "fail", "does not parse (line 1)"),
        ([verdict(PARSE, Outcome.CLEAN), verdict("ruff", Outcome.WORSE, 2)], True, "fail",
         "ruff: 2 new, parses, checking…"),
        ([verdict("tests", Outcome.WORSE, 1)], False, "fail", "tests: 1 failed"),
        ([verdict("mypy", Outcome.UNKNOWN)], False, "?", "mypy: not known"),
        ([verdict("ruff", Outcome.TOGETHER)], False, "ok", "ruff ok with the other edits"),
    ],
)  # fmt: skip
def test_badges_say_it_in_words(verdicts: list[CheckResult], checking: bool, short: str, words: str) -> None:
    badge = badge_of(verdicts, checking)
    assert (badge.short, badge.words) == (short, words)
    assert badge.is_red == (short == "fail")
    assert NO_BADGE.short == ""


@given(st.text(), st.text())
def test_reports_are_inert(message: str, output: str) -> None:
    told = CheckResult("ruff", Outcome.WORSE, (finding(1, message),), "", output)
    for _, line in report_lines([told]):
        assert line == "" or line.isprintable() or all(not 0 <= ord(char) < 32 for char in line)
        assert "\x1b" not in line and "\n" not in line and "\x9b" not in line


# Risk


def test_what_is_surely_wrong_comes_first() -> None:
    plain = Traits("src/a.py", 3, 1)
    order = [
        replace(plain, parses=False),
        replace(plain, failing_tests=1),
        replace(plain, has_hidden=True),
        replace(plain, deletes_file=True),
        replace(plain, findings=2),
        replace(plain, is_loose=True),
        replace(plain, path="src/auth.py"),
        replace(plain, path="pyproject.toml"),
        replace(plain, is_unchecked=True),
        plain,
    ]
    scores = [risk_of(traits)[0] for traits in order]
    assert scores == sorted(scores, reverse=True) and len(set(scores)) == len(scores)
    assert risk_of(order[0])[1] == ("does not parse",) and risk_of(plain) == (0, ())


@given(st.builds(Traits, st.text(max_size=20), st.integers(0, 10**6), st.integers(0, 10**6)))
def test_more_wrong_is_never_less_risky(traits: Traits) -> None:
    assert risk_of(replace(traits, parses=False))[0] >= risk_of(traits)[0]
