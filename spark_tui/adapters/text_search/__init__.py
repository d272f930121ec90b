"""Searches the text of many files: candidates from ripgrep or git where they are, matching in a process of its own."""

from spark_tui.adapters.text_search.ripgrep import Ripgrep, find_ripgrep
from spark_tui.adapters.text_search.search import ProcessSearch

__all__ = ["ProcessSearch", "Ripgrep", "find_ripgrep"]
