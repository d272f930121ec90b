"""The script for zsh: a file `_spark-tui` in a folder of `fpath`, or read by `source`."""

from collections.abc import Iterator

from spark_tui.cli.completing.grammar import Grammar, Kind, Option, Value, Verb

_TAIL = """\
if [[ $funcstack[1] == _{program} ]]; then
    _{program} "$@"
else
    compdef _{program} {program}
fi
"""


def zsh(grammar: Grammar) -> str:
    """Write the script."""
    lines = [f"#compdef {grammar.program}\n# written by '{grammar.program} completion zsh'\n"]
    # A function before the one that calls it.
    for verb in reversed(grammar.all()):
        lines += [f"{line}\n" for line in _function(grammar.program, verb)]
    lines.append(_TAIL.format(program=grammar.program))
    return "".join(lines)


def _function(program: str, verb: Verb) -> Iterator[str]:
    name = "-".join((f"_{program}", *verb.path))
    if verb.verbs:
        yield f"{name}-commands() {{"
        yield "    local -a commands=("
        yield from (f"        {_quoted(f'{one.path[-1]}:{one.words}')}" for one in verb.verbs)
        yield "    )"
        yield "    _describe -t commands command commands"
        if any(value.kind is Kind.FILE for value in verb.arguments):
            yield "    _files"
        yield "}"
    yield f"{name}() {{"
    if verb.verbs:
        words = "|".join(one.path[-1] for one in verb.verbs)
        yield f"    if (( CURRENT > 2 )) && [[ $words[2] == ({words}) ]]; then"
        yield "        shift words"
        yield "        (( CURRENT-- ))"
        yield f"        {name}-$words[1]"
        yield "        return"
        yield "    fi"
    places = [_argument(number, value) for number, value in enumerate(verb.arguments, 1)]
    if verb.verbs:
        places = [f"1: :{name}-commands"]
    specs = [*map(_option, verb.options), *map(_quoted, places)]
    yield " \\\n        ".join(("    _arguments -S", *specs))
    yield "}"


def _option(option: Option) -> str:
    more = "*" if option.repeats else ""
    said = f"[{_escaped(option.words)}]"
    after = "" if option.value is None else f":{option.value.name}:{_action(option.value)}"
    specs = []
    for flag in option.flags:
        sign = "" if option.value is None else ("=" if flag.startswith("--") else "+")
        others = "" if more or len(option.flags) == 1 else f"({' '.join(option.flags)})"
        specs.append(_quoted(f"{others}{more}{flag}{sign}{said}{after}"))
    return " ".join(specs)


def _argument(number: int, value: Value) -> str:
    place = "*" if value.repeats else f"{number}"
    return f"{place}:{':' if value.is_optional and not value.repeats else ''}{value.name}:{_action(value)}"


def _action(value: Value) -> str:
    match value.kind:
        case Kind.CHOICE:
            return f"({' '.join(value.choices)})"
        case Kind.FILE:
            return "_files"
        case Kind.FOLDER:
            return "_files -/"
        case Kind.TEXT:
            return " "


def _escaped(words: str) -> str:
    for char in "\\[]:":
        words = words.replace(char, f"\\{char}")
    return words


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"
