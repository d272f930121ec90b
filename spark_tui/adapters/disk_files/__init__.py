"""Reading, listing and landing files of the workspace on a real disk."""

from spark_tui.adapters.disk_files.files import DiskFiles
from spark_tui.adapters.disk_files.posix import Posix

__all__ = ["DiskFiles", "Posix"]
