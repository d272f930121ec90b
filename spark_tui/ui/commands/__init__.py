"""The one table of commands: what a person can do, with which keys, and where.

Bindings, the line of key hints, the help screen and the palette are made from it; nothing else names a key.
Every key here reaches the program from a plain VT100 terminal, or has a second one that does.
"""

from spark_tui.ui.commands.command import Command, Where
from spark_tui.ui.commands.table import (
    COMMANDS,
    bindings,
    commands_in,
    hints,
    key_label,
)

__all__ = ["COMMANDS", "Command", "Where", "bindings", "commands_in", "hints", "key_label"]
