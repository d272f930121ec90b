import threading
import time
from pathlib import Path

import pytest

import spark_tui
from spark_tui.syntax import defined
from spark_tui.syntax.grammars import grammar
from spark_tui.syntax.line_bytes import encoded
from spark_tui.syntax.whole import parse_whole, slicing_parser, whole_tree

SOURCES = sorted(Path(spark_tui.__file__).parent.glob("ui/widgets/*.py"))
HTML = "<ul>\n" + "".join(f'  <li class="x"\n   id="n{n}">{n}</li>\n' for n in range(300)) + "</ul>\n"


@pytest.mark.parametrize("window", [50, 1_000, 5_000])
def test_definitions_found_part_by_part_are_those_found_at_once(
    window: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(defined, "_WINDOW", window)
    monkeypatch.setattr(defined, "_OVERLAP", 400)
    told = 0
    texts = [("python", path.read_text("utf-8")) for path in SOURCES[:12]] + [("html", HTML)]
    for language, text in texts:
        loaded = grammar(language)
        assert loaded is not None
        root = whole_tree(loaded, encoded(text)).root_node
        found = [
            (one.name.start_point, one.whole.id, one.kind) for one in defined.definitions_in(root, language)
        ]
        at_once = defined.look(root, language).definitions
        assert found == [(one.name.start_point, one.whole.id, one.kind) for one in at_once]
        told += len(found)
    assert told > 300


def test_other_threads_run_while_a_large_source_is_parsed() -> None:
    loaded = grammar("python")
    assert loaded is not None
    source = b"def f(a, b):\n    return [a, b, {'x': 1}]\n" * 20_000
    is_done = threading.Event()
    turns = 0

    def count() -> None:
        nonlocal turns
        while not is_done.is_set():
            turns += 1
            time.sleep(0.001)

    thread = threading.Thread(target=count)
    thread.start()
    tree = whole_tree(loaded, source)
    is_done.set()
    thread.join()
    assert tree.root_node.child_count == 20_000
    assert turns > 10


def test_a_parse_ends_at_its_deadline_and_the_next_one_begins_anew() -> None:
    loaded = grammar("python")
    assert loaded is not None
    parser = slicing_parser(loaded)
    assert parse_whole(parser, b"x = [1, 2, 3]\n" * 200_000, deadline=0.0) is None
    tree = parse_whole(parser, b"y\n")
    assert tree is not None
    assert tree.root_node.end_byte == 2
