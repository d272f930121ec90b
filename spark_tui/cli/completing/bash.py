"""The script for bash, 3.2 and later; it needs nothing else, and works as a file that bash-completion loads."""

from collections.abc import Iterable, Iterator
from shlex import quote

from spark_tui.cli.completing.grammar import Grammar, Kind, Option, Value, Verb

_HEAD = """\
# bash completion of {program}, written by '{program} completion bash'
_{name}_take() {{
    local line
    while IFS= read -r line; do COMPREPLY+=("$line"); done
}}
_{name}_files() {{ compopt -o filenames 2>/dev/null; _{name}_take < <(compgen "$1" -- "$2"); }}
_{name}_words() {{ _{name}_take < <(compgen -W "$1" -- "$2"); }}
_{name}() {{
    local cur=${{COMP_WORDS[COMP_CWORD]}} prev=${{COMP_WORDS[COMP_CWORD-1]}} verb= i
    COMPREPLY=()
    # bash takes '--option=value' apart.
    if [[ $cur == = ]]; then cur=; elif [[ $prev == = ]]; then prev=${{COMP_WORDS[COMP_CWORD-2]}}; fi
    for ((i = 1; i < COMP_CWORD; i++)); do
"""


def bash(grammar: Grammar) -> str:
    """Write the script."""
    name = grammar.program.replace("-", "_")
    lines = [_HEAD.format(program=grammar.program, name=name)]
    lines += [f"        {line}\n" for line in _finding(grammar)]
    lines.append('    done\n    case "$verb:$prev" in\n')
    for verb in grammar.all():
        lines += [f"        {line}\n" for option in verb.options for line in _following(verb, option, name)]
    lines.append('    esac\n    case "$verb" in\n')
    lines += [f"        {line}\n" for verb in grammar.all() for line in _beginning(verb, name)]
    lines.append(f"    esac\n}}\ncomplete -F _{name} {grammar.program}\n")
    return "".join(lines)


def _finding(grammar: Grammar) -> Iterator[str]:
    """Find the command that is being typed: the first word, and the first of its own after it."""
    yield 'case "$i:$verb:${COMP_WORDS[i]}" in'
    for verb in grammar.all()[1:]:
        *above, last = verb.path
        place = "*" if above else "1"
        yield f"    {place}:{quote(' '.join(above))}:{last}) verb={quote(' '.join(verb.path))} ;;"
    yield "esac"


def _following(verb: Verb, option: Option, name: str) -> Iterator[str]:
    if option.value is not None:
        places = "|".join(f"{quote(' '.join(verb.path))}:{flag}" for flag in option.flags)
        offer = _offer(option.value, name)
        yield f"{places}) {f'{offer}; ' if offer else ''}return ;;"


def _beginning(verb: Verb, name: str) -> Iterator[str]:
    yield f"{quote(' '.join(verb.path))})"
    flags = " ".join(flag for option in verb.options for flag in option.flags)
    yield f'    if [[ $cur == -* ]]; then _{name}_words {quote(flags)} "$cur"; return; fi'
    if verb.verbs:
        words = " ".join(one.path[-1] for one in verb.verbs)
        only = "" if verb.path else "((COMP_CWORD == 1)) && "
        yield f'    {only}_{name}_words {quote(words)} "$cur"'
    yield from (f"    {line}" for line in _offers(verb.arguments, name))
    yield "    ;;"


def _offers(values: Iterable[Value], name: str) -> Iterator[str]:
    yield from dict.fromkeys(offer for value in values if (offer := _offer(value, name)))


def _offer(value: Value, name: str) -> str:
    match value.kind:
        case Kind.CHOICE:
            return f'_{name}_words {quote(" ".join(value.choices))} "$cur"'
        case Kind.FILE:
            return f'_{name}_files -f "$cur"'
        case Kind.FOLDER:
            return f'_{name}_files -d "$cur"'
        case Kind.TEXT:
            return ""
