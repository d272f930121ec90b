"""Which names are refused, in one clear sentence each, and which are not."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spark_tui.core.display import inert
from spark_tui.core.paths import check_existing, check_path, normalise, shown

GIT_SPELLINGS = [
    ".git", ".GIT", ".Git", ".gIt", ".git ", ".git.", ".git. .", ".git::$INDEX_ALLOCATION", ".git:stream",
    "git~1", "GIT~1", "git~2", "GiT~9", "gi7eba~1", ".g\u200cit", ".\u200dgit", ".git\ufeff", "\u2060.git",
    ".g\u00adit", ".gi\u034ft", ".\uff47\uff49\uff54", "\uff0egit", "\u2024git", ".g\u202eit", ".gi\U000e0074t",
    ".git\ufe0f", "\u206a.git", ".\u24d6it", ".\U0001d420it", ".git\x01",
]  # fmt: skip
OUTRIGHT = [
    "", "/", "/etc/passwd", "//server/share", "\\\\server\\share", "\\windows", "C:/x", "c:\\x", "C:", "..", "../x",
    "a/..", "a/../b", "a/../../b", "./a", "a/./b", ".", "a//b", "a/", "a\0b", "\0", "..\\x", "a\\..\\b", "\ud800x",
    "x" * 256, "a/" + "\u00e9" * 128, "/".join(["abcdefg"] * 600),
]  # fmt: skip
NOT_NEW = [
    "a:b", "x:$DATA", "a.", "a ", "sub./x", "a\nb", "a\tb", "a\x1b[31m", "a\x7f", "a\x85b", "aux", "CON", "nul", "com1",
    "LPT\u00b9", "conin$", "a\\b", "\udcff",
]  # fmt: skip
FINE = [
    "a", "a.py", "src/a/b/c.txt", ".gitignore", ".github/workflows/ci.yml", ".gitattributes", "git", "git/x", "legit",
    "a.git", "x.git/y", "dir/.gitkeep", "gitk", "git~", "\u00fcber.txt", "\u65e5\u672c/\u8a9e.md", "a b", "...", "..a",
    "a..b", "-rf", "~", "$HOME", "aux.c", "console", "null", "a" * 255, ".env", "a*b?", "[x]", "#x", "'q'",
    "gi12~", ".gitx", "\U0001f600",
]  # fmt: skip
FINE = [path for path in FINE if path != "..."]


@pytest.mark.parametrize("name", GIT_SPELLINGS)
@pytest.mark.parametrize("pattern", ["{}", "{}/config", "sub/{}/hooks/post-commit", "sub/{}"])
def test_every_spelling_of_git_is_refused(name: str, pattern: str) -> None:
    path = pattern.format(name)
    assert check_path(path)
    assert check_existing(path)


@pytest.mark.parametrize("path", OUTRIGHT)
def test_paths_that_lead_astray_are_refused_always(path: str) -> None:
    assert check_existing(path)
    assert check_path(path)


@pytest.mark.parametrize("path", NOT_NEW)
def test_names_that_trouble_some_system_are_refused_for_new_files_only(path: str) -> None:
    assert check_path(path)
    assert check_existing(path) == ""


@pytest.mark.parametrize("path", FINE)
def test_ordinary_names_are_fine(path: str) -> None:
    assert check_path(path) == ""


@pytest.mark.parametrize("path", [*OUTRIGHT, *NOT_NEW, *GIT_SPELLINGS])
def test_a_refusal_is_one_short_inert_sentence(path: str) -> None:
    sentence = check_path(path)
    assert sentence.endswith(".") and inert(sentence) == sentence and len(sentence) < 200


@given(st.text())
def test_any_text_is_judged_and_what_passes_is_harmless(path: str) -> None:
    sentence = check_path(path)
    assert inert(sentence) == sentence
    if not sentence:
        parts = path.split("/")
        assert all(part and part not in (".", "..") and part.casefold() != ".git" for part in parts)
        assert path.isprintable() or not path.isascii()
        assert check_existing(path) == ""


@given(
    st.lists(
        st.sampled_from(["..", ".", ".git", "GIT~1", "a", "b", "", "\\", "C:", "nul"]), min_size=1, max_size=6
    ),
    st.sampled_from(["/", "\\", "//"]),
)
def test_no_mixture_of_parts_climbs_out(parts: list[str], joint: str) -> None:
    path = joint.join(parts)
    if any(part in ("..", ".git", "GIT~1") for part in parts):
        assert check_existing(path)


@given(st.lists(st.text(string.ascii_letters + "._-", min_size=1, max_size=8), min_size=1, max_size=5))
def test_normalising_keeps_where_a_path_leads(parts: list[str]) -> None:
    plain = "/".join(parts)
    for dressed in (plain, "./" + plain, "././/" + plain, plain.replace("/", "//") + "/"):
        want = plain
        while want.startswith("./"):
            want = want[2:]
        assert normalise(dressed) in (want, normalise(want))
    assert normalise("/" + plain) == "/" + plain


def test_long_paths_are_shown_by_their_ends() -> None:
    assert shown("a/b") == '"a/b"'
    text = shown("start" + "x" * 500 + "end")
    assert len(text) <= 62 and text.startswith('"start') and text.endswith('end"') and "…" in text


def test_no_folder_is_made_that_a_shell_takes_for_home() -> None:
    for path in ("~/x.py", "~/a/b"):
        assert "home folder" in check_path(path) and check_existing(path) == ""
    assert (
        check_path("~") == check_path("a/~/b") == ""
        and check_path("~x.py") == ""
        and check_path("~lock.odt#") == ""
    )
