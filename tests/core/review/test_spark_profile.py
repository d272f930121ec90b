"""What the spark profile does where the reference tool guesses, loses bytes or gives up."""

from dataclasses import dataclass, field

import pytest

from spark_tui.core.edits.cutting import cut
from spark_tui.core.review.batch import BatchResult, apply_patch

BLOCKS = (
    "class A:\n    def m(self):\n        p\n\n"
    + "class B:\n    def z(self):\n        p\n\n    def m(self):\n        p\n"
)


@dataclass(frozen=True)
class Case:
    """One file `f` before, the body of its section, and the file after."""

    before: str
    body: str
    after: str | None = None
    """None: the file stays as it is."""
    states: tuple[str, ...] = ("applied",)
    path: str = "f"
    extra: dict[str, str] = field(default_factory=dict)


CASES = {
    "two places are flagged": Case("x\ny\nx\n", "@@\n-x\n+z\n", states=("ambiguous",)),
    "the cursor rules out what is above": Case(
        "x\ny\nx\n", "@@\n-y\n+Y\n@@\n-x\n+z\n", "x\nY\nz\n", ("applied", "applied")
    ),
    "a header narrows": Case(
        BLOCKS, "@@ class B:\n@@     def m(self):\n-        p\n+        q\n", BLOCKS[:-2] + "q\n"
    ),
    "a header that stands twice does not": Case(
        BLOCKS, "@@     def m(self):\n-        p\n+        q\n", states=("ambiguous",)
    ),
    "a header's block counts": Case(
        BLOCKS, "@@ class A:\n-        p\n+        q\n", BLOCKS.replace("p", "q", 1)
    ),
    "a header that is missing": Case("a\nb\n", "@@ nowhere\n-a\n+A\n", states=("unplaced",)),
    "a header above the hunk before": Case(
        "def f\n  a\ndef g\n  b\n",
        "@@\n-  b\n+  B\n@@ def f\n-  a\n+  A\n",
        "def f\n  A\ndef g\n  B\n",
        ("applied",) * 2,
    ),
    "a header once more as context": Case("def f\n  a\n", "@@ def f\n def f\n-  a\n+  A\n", "def f\n  A\n"),
    "new lines under a header": Case("def f\n  a\n", "@@ def f\n+  n\n", states=("ambiguous",)),
    "new lines without anything": Case("a\nb\n", "@@\n+n\n", "a\nb\nn\n"),
    "the end that is not there": Case("a\nb\nc\n", "@@\n a\n-b\n+B\n*** End of File\n", states=("unplaced",)),
    "the end, of several": Case("a\nb\na\n", "@@\n-a\n+A\n*** End of File\n", "a\nb\nA\n"),
    "no final newline stays": Case("a\nb", "@@\n-a\n+A\n", "A\nb"),
    "no final newline in the last line stays": Case("a\nb", "@@\n-b\n+B\n", "a\nB"),
    "no final newline, lines put behind": Case("a\nb", "@@\n b\n+c\n", "a\nb\nc"),
    "no final newline, the last line goes": Case("a\nb", "@@\n a\n-b\n", "a\n"),
    "each line keeps its ending": Case("a\r\nb\nc\n", "@@\n-b\n+B\n+C\n", "a\r\nB\nC\nc\n"),
    "a new line takes the ending above": Case("a\r\nb\nc\n", "@@\n a\n+n\n b\n", "a\r\nn\r\nb\nc\n"),
    "a carriage return is text among line feeds": Case("a\rb\nc\n", "@@\n-b\n+B\n", states=("unplaced",)),
    "lines that end in carriage returns": Case("a\rb\rc\r", "@@\n-b\n+B\n", "a\rB\rc\r"),
    "white space at the end is no matter": Case("a  \nb\n", "@@\n a\n-b\n+B\n", "a  \nB\n"),
    "indentation is no matter in C": Case("  a\nb\n", "@@\n a\n-b\n+B\n", "  a\nB\n", path="f.c"),
    "indentation is a matter in Python": Case(
        "  a\nb\n", "@@\n a\n-b\n+B\n", states=("ambiguous",), path="f.py"
    ),
    "dashes of any kind": Case("a \u2013 b\nc\n", "@@\n a - b\n-c\n+C\n", "a \u2013 b\nC\n"),
    "composed characters are flagged": Case(
        "cafe\u0301\nb\n", "@@\n caf\u00e9\n-b\n+B\n", states=("ambiguous",)
    ),
    "blank lines between hunks": Case("a\nb\n", "@@\n-a\n+A\n\n\n\n@@\n-b\n+B\n", "A\nB\n", ("applied",) * 2),
    "blank lines in the file are seen": Case("a\n\nb\n", "@@\n a\n\n-b\n+B\n", "a\n\nB\n"),
    "a line without prefix that is there": Case("a\nb\n", "@@\na\n-b\n+B\n", "a\nB\n"),
    "a line without prefix that is not": Case("a\nb\n", "@@\nq\n-b\n+B\n", states=("unplaced",)),
    "a phantom line at the end": Case("a\nb\n", "@@\n-b\n-\n+B\n+\n", "a\nB\n"),
    "nothing but context": Case("a\nb\n", "@@\n a\n b\n", states=("refused",)),
    "far apart and out of order": Case(
        "a\nb\nc\n", "@@\n-c\n+C\n@@\n-a\n+A\n", "A\nb\nC\n", ("applied",) * 2
    ),
    "a move onto itself": Case("a\n", "*** Move to: ./f\n@@\n-a\n+A\n", "A\n"),
}


def run(case: Case, cuts: str) -> tuple[BatchResult, bytes | None]:
    patch = f"*** Begin Patch\n*** Update File: {case.path}\n{case.body}*** End Patch\n"
    tree = {case.path: case.before.encode()}
    result = apply_patch(cut(patch, cuts), tree.get, lambda _: "")
    return result, {**tree, **result.writes}.get(case.path)


@pytest.mark.parametrize("name", CASES)
def test_case(name: str) -> None:
    case = CASES[name]
    for cuts in ("whole", "chars", "random:3"):
        result, after = run(case, cuts)
        assert [hunk.state for file in result.files for hunk in file.hunks] == list(case.states)
        assert after == (case.before if case.after is None else case.after).encode()
        assert result.is_complete == (set(case.states) == {"applied"})
        assert all(hunk.reason for file in result.files for hunk in file.hunks if hunk.state != "applied")


def patched(patch: str, **tree: str) -> tuple[BatchResult, dict[str, bytes]]:
    before = {path: data.encode() for path, data in tree.items()}
    text = f"*** Begin Patch\n{patch}*** End Patch\n"
    result = apply_patch([text], before.get, lambda path: "It is a directory." if path == "dir" else "")
    after: dict[str, bytes | None] = {**before, **result.writes}
    return result, {path: data for path, data in after.items() if data is not None}


def test_a_move_names_the_file_it_comes_from_so_that_the_mode_can_stay() -> None:
    result, tree = patched("*** Update File: a\n*** Move to: b\n@@\n-x\n+y\n", a="x\n")
    assert tree == {"b": b"y\n"} and result.moves == {"b": "a"} and result.is_complete


def test_a_rename_needs_no_hunk() -> None:
    result, tree = patched("*** Update File: a\n*** Move to: b\n", a="x\n")
    assert tree == {"b": b"x\n"} and result.is_complete


def test_a_rename_onto_a_file_is_refused_and_the_rest_is_done() -> None:
    result, tree = patched("*** Update File: a\n*** Move to: b\n@@\n-x\n+y\n", a="x\n", b="z\n")
    assert tree == {"a": b"y\n", "b": b"z\n"}
    assert result.left_out == ("a: There is a file b already.",)


def test_a_later_section_goes_by_the_new_path() -> None:
    result, tree = patched(
        "*** Update File: a\n*** Move to: b\n@@\n-x\n+y\n*** Update File: b\n@@\n-y\n+z\n", a="x\n"
    )
    assert tree == {"b": b"z\n"} and result.is_complete


@pytest.mark.parametrize(
    ("patch", "after"),
    [
        ("*** Update File: a\n@@\n-x\n+y\n*** Update File: a\n@@\n-y\n+z\n", {"a": b"z\n"}),
        ("*** Add File: n\n+1\n*** Update File: n\n@@\n-1\n+2\n", {"a": b"x\n", "n": b"2\n"}),
        ("*** Update File: a\n@@\n-x\n+y\n*** Delete File: a\n", {}),
        ("*** Delete File: a\n*** Add File: a\n+z\n", {"a": b"z\n"}),
        ("*** Add File: a\n+1\n+x\n", {"a": b"1\nx\n"}),
        ("*** Add File: n\n*** Delete File: a\n", {"n": b""}),
    ],
)
def test_sections_build_on_each_other(patch: str, after: dict[str, bytes]) -> None:
    result, tree = patched(patch, a="x\n")
    assert tree == after
    assert result.is_complete


def test_what_leads_out_is_refused() -> None:
    for path in ("/etc/passwd", "../x", "a/../../x", "a\0b", "n" * 300, "d/" * 2500 + "x", "dir"):
        for patch in (
            f"*** Add File: {path}\n+x\n",
            f"*** Delete File: {path}\n",
            f"*** Update File: {path}\n@@\n-x\n+y\n",
            f"*** Update File: a\n*** Move to: {path}\n",
        ):
            result, tree = patched(patch, a="x\n")
            assert tree == {"a": b"x\n"}
            assert len(result.left_out) == 1 and len(result.left_out[0]) < 6000


def test_decisions_by_rule() -> None:
    patch = "*** Begin Patch\n*** Update File: f\n@@\n-x\n+z\n@@\n-u\n+v\n*** End Patch\n"
    tree = {"f": b"x\nx\nu\n"}
    outcomes = {
        decide: apply_patch([patch], tree.get, lambda _: "", "spark", decide).writes
        for decide in ("safe", "all", "none")
    }
    assert outcomes == {"safe": {"f": b"x\nx\nv\n"}, "all": {"f": b"z\nx\nv\n"}, "none": {}}


def test_a_patch_without_an_end_leaves_its_last_hunk_out() -> None:
    patch = "*** Begin Patch\n*** Update File: f\n@@\n-x\n+z\n@@\n-u\n+v\n"
    result = apply_patch([patch], {"f": b"x\nu\n"}.get, lambda _: "")
    assert result.writes == {"f": b"z\nu\n"}
    assert result.left_out == ("f: It was cut off while streaming.",)
    assert result.problems
