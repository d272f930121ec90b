"""Everything that speaks git: the person's repository, read only, and the private mirror of checkpoints."""

from spark_tui.adapters.git.command import Git, find_git
from spark_tui.adapters.git.mirror import Mirror
from spark_tui.adapters.git.repository import GitRepository
from spark_tui.adapters.git.timeline import TimelineEntry, patch, timeline

__all__ = ["Git", "GitRepository", "Mirror", "TimelineEntry", "find_git", "patch", "timeline"]
