"""The file that keeps the layout: replaced as a whole, and never a reason to stop."""

import os
from pathlib import Path

from spark_tui.adapters.layout_file import LayoutFile


async def test_it_is_kept_and_replaced(tmp_path: Path) -> None:
    file = LayoutFile(tmp_path)
    assert await file.load() is None
    await file.save({"tabs": ["a\udc80"]})
    await file.save({"tabs": ["b"]})
    assert await LayoutFile(tmp_path).load() == {"tabs": ["b"]}
    assert os.listdir(tmp_path) == ["layout.json"]
    assert os.stat(tmp_path / "layout.json").st_mode & 0o777 == 0o600


async def test_what_can_not_be_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "layout.json").write_bytes(b"\xff not json")
    assert await LayoutFile(tmp_path).load() is None
    (tmp_path / "layout.json").write_bytes(b"[" * 100_000)
    assert await LayoutFile(tmp_path).load() is None
    await LayoutFile(None).save({})
    assert await LayoutFile(None).load() is None
    gone = LayoutFile(tmp_path / "gone")
    await gone.save({})
    assert not (tmp_path / "gone").exists()
