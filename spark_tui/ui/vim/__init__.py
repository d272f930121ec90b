"""Modal editing as in vi: keys in, changes out. Nothing here knows Textual; the editor is a `Host`."""

from spark_tui.ui.modes import Mode
from spark_tui.ui.vim.machine import Machine
from spark_tui.ui.vim.page import Page
from spark_tui.ui.vim.wishes import Host, View

__all__ = ["Host", "Machine", "Mode", "Page", "View"]
