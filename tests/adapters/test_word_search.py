"""Which files hold given words, on a real disk with awkward files in it."""

import os
from pathlib import Path

from spark_tui.adapters.word_search import MAX_FILE_BYTES, WordSearch


async def test_counts_whole_words_and_leaves_the_rest_alone(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("load = load_user\nload(load)\n")
    (tmp_path / "b.py").write_text("reload upload _load loader\n")
    (tmp_path / "c.py").write_text("naïve = 1; naïves = 2\n")
    (tmp_path / "binary").write_bytes(b"\0load")
    (tmp_path / "large").write_bytes(b"load " * MAX_FILE_BYTES)
    (tmp_path / "link").symlink_to(tmp_path / "a.py")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    search = WordSearch(str(tmp_path))
    names = ["a.py", "b.py", "c.py", "binary", "large", "link", "pipe", "folder", "gone"]
    assert await search.containing(["load"], names) == {"a.py": 3}
    assert await search.containing(["naïve", "load_user"], names) == {"a.py": 1, "c.py": 1}
