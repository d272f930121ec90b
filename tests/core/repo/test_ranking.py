"""Ranking: what lifts a file, that it is deterministic, and that taking files in one by one changes nothing."""

from hypothesis import given
from hypothesis import strategies as st

from spark_tui.core.repo import (
    Definition,
    FileFacts,
    PastCommit,
    Query,
    Ranked,
    Ranker,
    RepoFacts,
    Terms,
    rank,
    stems,
    words_in,
)
from spark_tui.core.repo.kin import kin_key


def _file(path: str, text: str = "", defines: str = "", uses: str = "") -> tuple[FileFacts, Terms]:
    names = defines.split()
    words: dict[str, int] = {}
    for word in words_in(f"{text} {defines} {uses}"):
        words[word] = words.get(word, 0) + 1
    definitions = tuple(
        Definition(name, "function", row, row, f"def {name}():") for row, name in enumerate(names)
    )
    used = dict.fromkeys([*names, *uses.split()], 1)
    return FileFacts(path, len(text), "python", definitions), Terms(used, words)


def _repo(*files: tuple[FileFacts, Terms], history: tuple[PastCommit, ...] = ()) -> RepoFacts:
    return RepoFacts(
        {facts.path: facts for facts, _ in files}, {facts.path: terms for facts, terms in files}, history
    )


SHOP = (
    _file("shop/cart.py", "items and totals", "Cart add_item total_price", "format_price"),
    _file("shop/money.py", "rounding", "format_price Currency"),
    _file("shop/mail.py", "letters", "send_mail"),
    _file("tests/test_cart.py", "", "test_total", "Cart total_price"),
    _file("docs/guide.md", "how to pay and to send"),
    _file("README.md", "a shop"),
)


def _put(ranker: Ranker, file: tuple[FileFacts, Terms]) -> None:
    facts, terms = file
    ranker.put(facts.path, [one.name for one in facts.definitions], terms)


def _paths(found: tuple[Ranked, ...]) -> list[str]:
    return [one.path for one in found]


def test_a_defining_file_stands_before_a_using_one() -> None:
    found = rank(_repo(*SHOP), Query("total_price is wrong for an empty cart"))
    assert _paths(found)[:2] == ["shop/cart.py", "tests/test_cart.py"]
    assert found[0].names[0] == "total_price"
    assert found[0].score == 1.0
    assert all(0 < one.score <= 1 for one in found)
    assert "defines what the prompt names" in found[0].reason


def test_a_path_that_is_written_out_leads() -> None:
    assert _paths(rank(_repo(*SHOP), Query("see docs/guide.md: total_price")))[0] == "docs/guide.md"
    assert _paths(rank(_repo(*SHOP), Query("tidy mail.py")))[0] == "shop/mail.py"


def test_words_meet_whatever_their_endings_and_case() -> None:
    for prompt in ("sending mails", "sendMail", "SEND_MAIL", "the mail that was sended"):
        assert _paths(rank(_repo(*SHOP), Query(prompt)))[0] == "shop/mail.py"


def test_what_is_changed_together_comes_along() -> None:
    history = tuple(PastCommit(9 - i, ("shop/money.py", "docs/guide.md"), "rounding") for i in range(5))
    with_past = _paths(rank(_repo(*SHOP, history=history), Query("Currency")))
    assert with_past[:2] == ["shop/money.py", "docs/guide.md"]
    assert _paths(rank(_repo(*SHOP), Query("Currency")))[1] != "docs/guide.md"


def test_commits_with_the_same_words_point_at_their_files() -> None:
    history = (
        PastCommit(2, ("README.md",), "Bump the release"),
        PastCommit(1, ("shop/cart.py", "shop/money.py"), "Faster"),
    )
    assert _paths(rank(_repo(*SHOP, history=history), Query("bump the release again")))[0] == "README.md"


def test_rank_flows_to_what_the_best_ones_use() -> None:
    found = {one.path: one.score for one in rank(_repo(*SHOP), Query("add_item"))}
    assert found["shop/money.py"] > found.get("shop/mail.py", 0.0)


def test_pins_open_and_mentioned_files_count() -> None:
    for query in (
        Query("Currency", pins=("README.md",)),
        Query("Currency", mentioned=("README.md",)),
    ):
        assert "README.md" in _paths(rank(_repo(*SHOP), query))[:2]
    assert "README.md" in _paths(rank(_repo(*SHOP), Query("", open_files=("README.md",))))
    assert rank(_repo(*SHOP), Query("x", pins=("gone.py",))) == ()


def test_nothing_asked_is_answered_by_what_changes_often() -> None:
    history = (PastCommit(3, ("README.md",)), PastCommit(2, ("README.md", "shop/cart.py")))
    assert set(_paths(rank(_repo(*SHOP, history=history), Query("")))[:2]) == {"README.md", "shop/cart.py"}
    assert rank(RepoFacts(), Query("anything")) == ()


def test_the_limit_holds() -> None:
    assert len(rank(_repo(*SHOP), Query("cart shop price mail"), 2)) == 2


_words = st.sampled_from("cart price total_price sendMail shop Currency README test docs money the".split())
_queries = st.builds(
    lambda words, pins: Query(" ".join(words), pins=tuple(pins)),
    st.lists(_words, max_size=6),
    st.lists(st.sampled_from([facts.path for facts, _ in SHOP]), max_size=2),
)


@given(_queries, st.permutations(SHOP), st.lists(st.integers(0, len(SHOP) - 1), max_size=8))
def test_the_order_of_taking_in_changes_nothing(
    query: Query, files: list[tuple[FileFacts, Terms]], again: list[int]
) -> None:
    history = (PastCommit(1, ("shop/cart.py", "README.md"), "cart"),)
    ranker = Ranker(_repo(*files, history=history))
    for place in again:
        ranker.remove([files[place][0].path])
        _put(ranker, files[place])
    found = ranker.rank(query)
    plain = rank(_repo(*SHOP, history=history), query)
    assert [one.path for one in found] == [one.path for one in plain]
    assert [round(one.score, 9) for one in found] == [round(one.score, 9) for one in plain]
    assert found == ranker.rank(query)


@given(st.text(max_size=400))
def test_any_prompt_is_answered(prompt: str) -> None:
    found = rank(_repo(*SHOP), Query(prompt))
    assert len(set(_paths(found))) == len(found)
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)


def test_a_file_that_is_removed_is_forgotten() -> None:
    ranker = Ranker(_repo(*SHOP))
    ranker.remove(["shop/cart.py", "no/such.py"])
    assert "shop/cart.py" not in _paths(ranker.rank(Query("total_price cart")))


def test_many_changes_do_not_pile_up() -> None:
    ranker = Ranker(_repo(*SHOP))
    before = ranker.rank(Query("total_price"))
    for _ in range(300):
        _put(ranker, SHOP[0])
    assert _paths(ranker.rank(Query("total_price"))) == _paths(before)


def test_stems() -> None:
    assert stems("HTTPServerError") == ("http", "server", "error")
    assert stems("parse_requests") == ("pars", "request")
    assert stems("caching") == stems("cached") == stems("caches") == stems("cache")
    assert stems("naïveÜbung") == ("na", "ïve", "übung") or stems("naïveÜbung")
    assert stems("x" * 100) == ()
    assert list(words_in("fixes the bug in `fooBar`")) == ["fix", "the", "bug", "in", "foo", "bar"]


def test_files_that_belong_together_have_the_same_key() -> None:
    for path in ("src/cart.py", "tests/test_cart.py", "cart_test.go", "web/cart.spec.ts", "include/cart.h"):
        assert kin_key(path) == "cart"
    assert kin_key("src/CartTest.java") == "cart"
    assert kin_key(".gitignore") == ".gitignore"
