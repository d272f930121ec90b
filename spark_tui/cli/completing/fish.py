"""The script for fish: a file in `~/.config/fish/completions`."""

from collections.abc import Iterator

from spark_tui.cli.completing.grammar import Grammar, Kind, Option, Value

_HEAD = """\
# fish completion of {program}, written by '{program} completion fish'
function __{name}_verb
    set -l words (commandline -opc)
    set -l verb
    for word in $words[2..-1]
        switch "$verb:$word"
{cases}        end
        # A command is the first word, and one of its own the first after it.
        test -n "$verb"; or break
    end
    test "$verb" = "$argv[1]"
end
complete -c {program} -f
"""


def fish(grammar: Grammar) -> str:
    """Write the script."""
    name = grammar.program.replace("-", "_")
    cases = ""
    for verb in grammar.all()[1:]:
        *above, last = verb.path
        cases += f"            case {_quoted(' '.join(above) + ':' + last)}\n"
        cases += f"                set verb {_quoted(' '.join(verb.path))}\n"
    lines = [_HEAD.format(program=grammar.program, name=name, cases=cases)]
    for verb in grammar.all():
        condition = f"__{name}_verb {_quoted(' '.join(verb.path))}"
        lines += [
            f"complete -c {grammar.program} -n {_quoted(condition)} {line}\n"
            for option in verb.options
            for line in _option(option)
        ]
        for one in verb.verbs:
            first = f"{condition}; and test (count (commandline -opc)) -eq {len(verb.path) + 1}"
            lines.append(
                f"complete -c {grammar.program} -n {_quoted(first)} -a {one.path[-1]} -d {_quoted(one.words)}\n"
            )
        lines += dict.fromkeys(
            f"complete -c {grammar.program} -n {_quoted(condition)} {_offer(value)}\n"
            for value in verb.arguments
            if value.kind is not Kind.TEXT
        )
    return "".join(lines)


def _option(option: Option) -> Iterator[str]:
    flags = [f"-l {flag[2:]}" if flag.startswith("--") else f"-s {flag[1:]}" for flag in option.flags]
    value = ""
    if option.value is not None:
        value = f" -r {_offer(option.value)}" if option.value.kind is not Kind.TEXT else " -x"
    yield f"{' '.join(flags)}{value} -d {_quoted(option.words)}"


def _offer(value: Value) -> str:
    match value.kind:
        case Kind.CHOICE:
            return f"-f -a {_quoted(' '.join(value.choices))}"
        case Kind.FILE:
            return "-F"
        case Kind.FOLDER:
            return "-f -a '(__fish_complete_directories)'"
        case Kind.TEXT:
            return ""


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
