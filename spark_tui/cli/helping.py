"""Help for people: examples of every command, and one page with all commands. Imported when help is asked for."""

import argparse
from collections.abc import Iterator, Mapping, Sequence

Example = tuple[str, str]
"""A command line, and what it does in a few words."""

EXAMPLES: Mapping[str, Sequence[Example]] = {
    "": (
        ("spark-tui", "the workspace on this folder"),
        ("spark-tui src/app.py", "the same, with a file open"),
        ("spark-tui --continue", "go on from the last session"),
        ("spark-tui --lane deep --theme spark-light", "the slow lane, light colours"),
    ),
    "ask": (
        ('spark-tui ask "rename price to cost" --file shop.py', "show hunks, write nothing"),
        ('spark-tui ask "add docstrings" --file a.py --accept all', "write what is safely placed"),
        ("spark-tui ask - --json < prompt.txt", "events for a program"),
    ),
    "context": (
        ('spark-tui context "fix the parser" --file a.py', "what would be sent, and why"),
        ('spark-tui context "fix the parser" --budget 8000 --print', "the request itself"),
    ),
    "apply": (
        ("spark-tui apply change.patch", "apply what fits in one place only"),
        ("spark-tui apply --decide none < change.patch", "only say what would become of it"),
    ),
    "models": (("spark-tui models", "what answers here"),),
    "serve": (
        ("spark-tui serve --port 0", "on a free port, which is printed"),
        ("spark-tui serve --rate 100 --faults faults.json", "slow, and with faults"),
    ),
    "replay": (("spark-tui replay trace.jsonl", "play what '--trace trace.jsonl' wrote"),),
    "history": (
        ("spark-tui history --limit 20", "the newest checkpoints"),
        ("spark-tui history --sessions", "sessions, for --resume"),
    ),
    "show": (
        ("spark-tui show 12", "what checkpoint 12 changed"),
        ("spark-tui show 12 --git", "the same as git shows it"),
    ),
    "undo": (
        ("spark-tui undo", "take back the last checkpoint"),
        ("spark-tui undo --turn --dry-run", "say what taking back the last turn would do"),
    ),
    "redo": (("spark-tui redo", "make again what was taken back last"),),
    "restore": (
        ("spark-tui restore 0", "the files as before the first checkpoint"),
        ("spark-tui restore 12 src/app.py", "one file, changed since or not"),
    ),
    "commit": (
        ('spark-tui commit -m "Rename price to cost"', "commit the accepted edits"),
        ("spark-tui commit --dry-run", "say what would be committed"),
    ),
    "gc": (
        ("spark-tui gc", "what old sessions take"),
        ("spark-tui gc --keep-days 14 --yes", "let go of those older than two weeks"),
    ),
    "doctor": (
        ("spark-tui doctor", "what is found here; 1 if something is broken"),
        ("spark-tui doctor ~/project --json", "for a report"),
    ),
    "trust": (
        ("spark-tui trust", "let programs check edits in this folder"),
        ("spark-tui trust --list", "which folders are trusted"),
    ),
    "config": (
        ("spark-tui config path", "where files are looked for"),
        ("spark-tui config show", "settings as they are, and where each comes from"),
        ("spark-tui config check", "what is wrong in settings, keys and themes"),
        ("spark-tui config edit", "open config.toml in your editor, then check it"),
    ),
    "config path": (
        ("spark-tui config path", "all of them"),
        ("spark-tui config path themes", "one, for scripts"),
    ),
    "config show": (
        ("spark-tui config show", "as TOML that config.toml could hold"),
        ("spark-tui config show --theme spark-light --json", "what a start with these options would use"),
    ),
    "config check": (
        ("spark-tui config check", "everything in the folder of settings"),
        ("spark-tui config check themes/mine.toml", "one file, wherever it is"),
    ),
    "config edit": (("spark-tui config edit", "in $VISUAL or $EDITOR"),),
    "completion": (
        ("spark-tui completion bash > ~/.local/share/bash-completion/completions/spark-tui", "bash"),
        ('spark-tui completion zsh > "${fpath[1]}/_spark-tui"', "zsh"),
        ("spark-tui completion fish > ~/.config/fish/completions/spark-tui.fish", "fish"),
    ),
    "help": (("spark-tui help ask", "the same as 'spark-tui ask --help'"),),
}
"""By the words of the command."""


class Format(argparse.HelpFormatter):
    """Breaks lines of prose, and leaves those that are indented as they are."""

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        parts = text.split("\n\n")
        return "\n\n".join(
            part if "\n  " in part else super(Format, self)._fill_text(part, width, indent) for part in parts
        )


def explain(parser: argparse.ArgumentParser, path: tuple[str, ...] = ()) -> None:
    """Give a parser, and those of its commands, their examples."""
    parser.formatter_class = Format
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, one in action.choices.items():
                explain(one, (*path, name))
    examples = EXAMPLES.get(" ".join(path), ())
    if examples:
        parser.epilog = "\n\n".join(part for part in (parser.epilog, _examples(examples)) if part)


def overview(root: argparse.ArgumentParser, commands: argparse.ArgumentParser) -> None:
    """Give the parser of the program the list of all commands."""
    told = [
        (one.dest, (one.help or "").partition(";")[0])
        for action in commands._actions
        if isinstance(action, argparse._SubParsersAction)
        for one in action._choices_actions
    ]
    width = max(len(name) for name, _ in told)
    rows = "\n".join(f"  {name:<{width}}  {words}" for name, words in told)
    root.epilog = f"commands:\n{rows}\n\n'spark-tui help COMMAND' tells more of each."
    explain(root)


def _examples(examples: Sequence[Example]) -> str:
    return "\n".join(("examples:", *_lines(examples)))


def _lines(examples: Sequence[Example]) -> Iterator[str]:
    width = max(len(line) for line, _ in examples)
    for line, words in examples:
        yield f"  {line:<{width}}  # {words}"
