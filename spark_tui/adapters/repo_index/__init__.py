"""The index of the repository: a process of its own that reads, parses, counts, keeps and ranks."""

from spark_tui.adapters.repo_index.index import RepoIndex

__all__ = ["RepoIndex"]
