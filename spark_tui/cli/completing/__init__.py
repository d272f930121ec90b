"""Completion of the command line in shells, made from the same parsers that read it."""

from spark_tui.cli.completing.bash import bash
from spark_tui.cli.completing.fish import fish
from spark_tui.cli.completing.grammar import Grammar, Verb, grammar_of
from spark_tui.cli.completing.zsh import zsh

SHELLS = {"bash": bash, "zsh": zsh, "fish": fish}

__all__ = ["SHELLS", "Grammar", "Verb", "grammar_of"]
