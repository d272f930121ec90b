"""Requests about one hunk, in the words in which the engine writes them, answered mechanically."""

from spark_tui.core.context.blocks import file_block
from spark_tui.core.text import Text
from spark_tui.engine.handing import packet
from spark_tui.engine.steering import steering_text
from spark_tui.engine.versions import THREE, repair_text, version_text
from spark_tui.engine.whys import why_text
from spark_tui.rehearsal.answer import Answer
from spark_tui.rehearsal.performer import perform
from tests.fakes.engine import hunk

SHOP = "import os\n\n\ndef total(items):\n    price = items[0]\n    return price\n\n\nprint(total([1]))\n"
HUNK = hunk(
    "1.1.1", " def total(items):", "-    price = items[0]", "-    return price",
    "+    cost = items[0]", "+    return cost", path="shop.py", line=3,
)  # fmt: skip


def ask(request: str, shop: str = SHOP, before: str = "rename price to cost") -> Answer:
    said = [file_block("shop.py", Text.of(shop)), before, request]
    return perform([{"type": "message", "role": "user", "content": text} for text in said])


def test_versions_differ_by_their_condition_and_stay_on_the_lines_of_the_hunk() -> None:
    smallest, clearest, fastest = (ask(version_text(HUNK, words)).patch for _, words in THREE)
    assert "+    cost = items[0]\n+    return cost" in smallest
    assert "+    # rehearsal: for the reader\n+    cost = items[0]" in clearest
    assert "no faster way" in fastest and len({smallest, clearest, fastest}) == 3


def test_a_note_that_names_words_is_carried_out() -> None:
    assert "+    amount = items[0]" in ask(version_text(HUNK, "amount, not cost")).patch
    assert "+    sum_ = items[0]" in ask(version_text(HUNK, "rename cost to sum_")).patch
    assert "+    cost = items" in ask(version_text(HUNK, "mend this: unexpected [0]")).patch
    assert "# rehearsal: be nice" in ask(version_text(HUNK, "be nice")).patch


def test_a_new_file_has_versions_too() -> None:
    new = hunk("1.1.1", "+a = 1", path="shop.py", op="add", line=0)
    assert (
        ask(version_text(new, "b, not a")).patch
        == "*** Begin Patch\n*** Add File: shop.py\n+b = 1\n*** End Patch\n"
    )


def test_what_fits_no_more_is_done_to_the_lines_as_they_are() -> None:
    now = SHOP.replace("price = items[0]", "price = items[-1]")
    lines = ["def total(items):", "    price = items[-1]", "    return price"]
    patch = ask(repair_text(HUNK, lines, ""), now).patch
    assert "+    cost = items[-1]\n+    return cost" in patch
    assert not ask(repair_text(HUNK, ["something else"], ""), now).patch


def test_the_rest_of_a_stopped_hunk_follows_the_note() -> None:
    whole = ask("rename price to cost").patch.split("\n")
    rows = [row for row in whole[3:] if row[:1] in ("+", "-", " ")]
    kept = hunk("1.1.1", *rows[:-2], path="shop.py", line=0)
    patch = ask(steering_text(kept, "")).patch
    assert patch.split("\n") == whole
    noted = ask(steering_text(kept, "and be careful")).patch
    assert noted.startswith("\n".join(whole[: 3 + len(rows) - 2])) and noted.endswith("*** End Patch\n")


def test_why_is_one_sentence_and_the_deep_lane_does_the_whole_task() -> None:
    assert ask(why_text(HUNK)) == Answer("It carries out the instruction here: `price` becomes `cost`.")
    patch = ask(packet(HUNK, "rename items to things", ["hm"], [], "please")).patch
    assert "+def total(things):" in patch
