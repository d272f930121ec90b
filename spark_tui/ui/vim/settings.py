"""`:set`: the few options that matter here."""

from spark_tui.ui.vim.state import State

_OWN = {"ic": "ignorecase", "scs": "smartcase", "hls": "hlsearch", "ws": "wrapscan"}
_OUTER = {"wrap": "wrap", "list": "list", "number": "number", "nu": "number"}
_NUMBERS = {"sw": "shiftwidth", "shiftwidth": "shiftwidth", "ts": "tabstop", "tabstop": "tabstop"}


def set_option(state: State, word: str) -> str:
    """Set an option, or ask for it with `?`; return what is to be said."""
    options = state.options
    if not word:
        return "  ".join(
            f"{'' if getattr(options, name) else 'no'}{name}" for name in dict.fromkeys(_OWN.values())
        )
    name, is_on = word, True
    if word.endswith("?"):
        name = _OWN.get(word[:-1], word[:-1])
        return f"{'' if getattr(options, name) else 'no'}{name}" if hasattr(options, name) else _unknown(name)
    if word.startswith("no"):
        name, is_on = word[2:], False
    elif word.startswith("inv") or word.endswith("!"):
        name = word.removeprefix("inv").removesuffix("!")
        long = _OWN.get(name, name)
        is_on = not getattr(options, long, False)
    number = name.partition("=")
    name = _OWN.get(name, name)
    if hasattr(options, name):
        setattr(options, name, is_on)
        if name == "hlsearch" and not is_on:
            state.host.mark_matches("", ignore_case=False)
    elif name in _OUTER:
        state.host.run(_OUTER[name], "on" if is_on else "off")
    elif name in ("et", "expandtab"):
        state.host.run("indent", "spaces" if is_on else "tabs")
    elif number[0] in _NUMBERS and number[2].isdigit():
        state.host.run(_NUMBERS[number[0]], number[2])
    else:
        return _unknown(name)
    return ""


def _unknown(name: str) -> str:
    return f"The option {name} is not known here."
