"""Checks of edits: trust in a folder, a private copy of it, and programs that run in the copy, shut in."""

from spark_tui.adapters.checks.room import DiskCheckRoom, clean_old_rooms
from spark_tui.adapters.checks.trust import TrustBook

__all__ = ["DiskCheckRoom", "TrustBook", "clean_old_rooms"]
