"""Settings as one frozen tree, and their validation: a wrong key names file, key and the nearest valid key."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field, fields, replace
from difflib import get_close_matches
from enum import StrEnum
from typing import TypeVar

from spark_tui.core.checks import CheckSettings, Repair
from spark_tui.core.values import dataclass


class Wire(StrEnum):
    """The language a provider speaks."""

    AUTO = "auto"
    """Whatever it turns out to be: each of the following in turn."""
    RESPONSES_WS = "responses-ws"
    """Responses over a WebSocket, over plain requests where that is not possible."""
    RESPONSES_HTTP = "responses-http"
    CHAT = "chat"
    """Chat completions."""


@dataclass(frozen=True, slots=True)
class Provider:
    """Where models are served."""

    name: str
    base_url: str
    """HTTP base, for instance `https://api.openai.com/v1`; the WebSocket address is derived from it."""
    env_key: str = ""
    """Name of the environment variable that holds the key; empty: no key is sent."""
    wire: Wire = Wire.RESPONSES_WS
    headers: Mapping[str, str] = field(default_factory=dict)
    """Extra request headers; never secrets."""
    streams: bool = False
    """Whether one WebSocket carries several requests at a time, told apart by `stream_id`."""
    rotate_after: int = 55 * 60
    """Seconds after which a WebSocket is replaced; servers end them after an hour."""


@dataclass(frozen=True, slots=True)
class Model:
    """One model and what it takes."""

    name: str
    """Our name for it, which lanes refer to."""
    provider: str
    slug: str
    """The provider's name for it."""
    window: int = 128_000
    """Context window in tokens."""
    effective_percent: int = 95
    """Share of the window that may be used."""
    max_output: int = 16_000
    """Tokens kept free for the answer."""
    effort: str = ""
    """Reasoning effort; empty: not sent."""
    verbosity: str = ""
    """Text verbosity; empty: not sent."""
    service_tier: str = ""
    """Empty: not sent."""
    patch_tool: str = "freeform"
    """How edits are asked for: `freeform` (a custom tool with a grammar), `function`, `builtin`."""
    warm_up: bool = True
    """Whether a request that generates nothing may warm the connection."""
    steers: bool = False
    """Whether it takes input while it answers; otherwise new input ends the answer."""
    fallback: str = ""
    """Our name for a model of the same provider that answers when the provider does not have this one."""


@dataclass(frozen=True, slots=True)
class LaneProfile:
    """A lane resolved to its model and provider: everything a link needs to know, and no secret."""

    lane: str
    """`fast` or `deep`."""
    model: Model
    provider: Provider
    stand_ins: tuple[Model, ...] = ()
    """The models to ask, in order, when the provider does not have `model`."""

    @property
    def budget(self) -> int:
        """Tokens a request may hold: the effective window less the room for the answer."""
        return max(self.model.window * self.model.effective_percent // 100 - self.model.max_output, 0)


@dataclass(frozen=True, slots=True)
class Keeping:
    """How much of the checkpoints of earlier sessions is kept."""

    keep_days: int = 60
    """Sessions that are older go."""
    keep_mib: int = 1024
    """What all sessions of a folder may take together; the oldest go first."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The whole tree."""

    providers: Mapping[str, Provider] = field(default_factory=dict)
    models: Mapping[str, Model] = field(default_factory=dict)
    lanes: Mapping[str, str] = field(default_factory=dict)
    """Lane name to model name."""
    theme: str = "spark-dark"
    keymap: str = "default"
    """A preset of keys."""
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Keys by the ids of commands, over the preset."""
    linear: bool = False
    """Whether the screen is made to be heard: one pane at a time, without frames, the cursor where the person is."""
    motion: str = "full"
    """`reduced`: what moves by itself moves once a second."""
    blanks: str = "trailing"
    """Which spaces and tabs of a text are shown as signs: those at the ends of lines, `all`, or `none`."""
    mouse: tuple[str, ...] = ("scroll", "click", "select")
    """What the mouse does here; what is left out is the terminal's own."""
    debt_limit: int = 400
    """Changed lines that may wait for the person before the stream is held; 0: any number."""
    history: Keeping = Keeping()
    checks: CheckSettings = field(default_factory=CheckSettings)
    """How edits are checked before anybody looks at them."""

    def lane(self, name: str) -> LaneProfile:
        """Resolve a lane. Raises KeyError for a lane that does not exist."""
        model = self.models[self.lanes[name]]
        chain = [model]
        while chain[-1].fallback and (following := self.models[chain[-1].fallback]) not in chain:
            chain.append(following)
        return LaneProfile(name, model, self.providers[model.provider], tuple(chain[1:]))


LANES = ("fast", "deep")
PATCH_TOOLS = ("freeform", "function", "builtin")
"""How edits can be asked for."""
MOTION = ("full", "reduced")
"""How much may move by itself."""
BLANKS = ("trailing", "all", "none")
"""Which spaces and tabs can be shown as signs."""
MOUSE = ("scroll", "click", "select")
"""What the mouse can do here."""
REHEARSAL = "rehearsal"
"""Provider that is started by the program itself; it needs neither network nor key."""

_OPENAI = Provider("openai", "https://api.openai.com/v1", "OPENAI_API_KEY", streams=True)
_CEREBRAS = Provider("cerebras", "https://api.cerebras.ai/v1", "CEREBRAS_API_KEY", Wire.CHAT)
_PROVIDERS = (
    _OPENAI,
    _CEREBRAS,
    # This server is said to end connections after 25 minutes.
    Provider("xai", "https://api.x.ai/v1", "XAI_API_KEY", rotate_after=24 * 60),
    Provider("openrouter", "https://openrouter.ai/api/v1", "OPENROUTER_API_KEY", Wire.CHAT),
    # Servers on this machine, at their usual ports; chat is what all of them do well with tools.
    Provider("ollama", "http://localhost:11434/v1", wire=Wire.CHAT),
    Provider("llama.cpp", "http://localhost:8080/v1", wire=Wire.CHAT),
    Provider("vllm", "http://localhost:8000/v1", wire=Wire.CHAT),
    Provider("lm-studio", "http://localhost:1234/v1", wire=Wire.CHAT),
    Provider(REHEARSAL, "", streams=True),
)
_MODELS = (
    # Windows, efforts and the Spark figures: the provider's published model catalogue of 2026.
    Model("spark", "openai", "gpt-5.3-codex-spark", effort="low", verbosity="low", fallback="codex"),
    Model(
        "codex",
        "openai",
        "gpt-5.3-codex",
        window=272_000,
        max_output=32_000,
        effort="medium",
        verbosity="low",
    ),
    Model("gpt-oss", "cerebras", "gpt-oss-120b", window=65_000, patch_tool="function"),
    Model(REHEARSAL, REHEARSAL, "rehearsal"),
)
_FIRST_CHOICES: tuple[tuple[Provider, Mapping[str, str]], ...] = (
    (_OPENAI, {"fast": "spark", "deep": "codex"}),
    (_CEREBRAS, {"fast": "gpt-oss", "deep": "gpt-oss"}),
)


def defaults(has_key: Callable[[str], bool]) -> Settings:
    """The settings without a file: the models of the first provider with a key, the rehearsal without any."""
    chosen = next((lanes for provider, lanes in _FIRST_CHOICES if has_key(provider.env_key)), None)
    return Settings(
        {provider.name: provider for provider in _PROVIDERS},
        {model.name: model for model in _MODELS},
        dict(chosen or dict.fromkeys(LANES, REHEARSAL)),
    )


_HEADER = re.compile(r"[\w!#$%&'*+.^`|~-]+", re.ASCII)
_Row = TypeVar("_Row", Provider, Model, Keeping, CheckSettings)


class SettingsFault(Exception):
    """Settings that can't be used; `str()` has one sentence per fault, a line each."""


class _Faults:
    def __init__(self, file: str) -> None:
        self.file = file
        self.sentences: list[str] = []

    def add(self, key: str, what: str) -> None:
        self.sentences.append(f"{self.file}: {key}: {what}")

    def unknown(self, where: str, key: str, valid: list[str]) -> None:
        near = get_close_matches(key, valid, 1, 0.5)
        hint = f"did you mean {near[0]}?" if near else f"valid keys are {', '.join(sorted(valid))}"
        self.add(f"{where}{key}", f"unknown key, {hint}")

    def value(self, key: str, value: str, valid: Sequence[str]) -> None:
        """One of a few words was wanted and another came."""
        near = get_close_matches(value.lower(), valid, 1, 0.5)
        hint = f"did you mean {near[0]}? It" if near else "it"
        self.add(key, f"{value or 'nothing'} is not known, {hint} must be one of {', '.join(valid)}")

    def table(self, where: str, value: object) -> dict[str, object]:
        if isinstance(value, dict):
            return value
        self.add(where, "must be a table")
        return {}


def read_settings(data: Mapping[str, object], base: Settings, file: str) -> Settings:
    """Lay the content of a settings file over `base`. Raises SettingsFault with every fault found."""
    faults = _Faults(file)
    valid = [entry.name for entry in fields(Settings)]
    for key in data:
        if key not in valid:
            faults.unknown("", key, valid)
    providers = dict(base.providers)
    for name, row in faults.table("providers", data.get("providers", {})).items():
        start = providers.get(name, Provider(name, ""))
        providers[name] = _row(start, row, f"providers.{name}", faults)
        if not providers[name].base_url and name != REHEARSAL:
            faults.add(
                f"providers.{name}.base_url",
                "is missing: give the HTTP base address, such as https://host/v1",
            )
    models = dict(base.models)
    for name, row in faults.table("models", data.get("models", {})).items():
        start_model = models.get(name, Model(name, "", name))
        models[name] = _row(start_model, row, f"models.{name}", faults)
    lanes = dict(base.lanes)
    for name, model in faults.table("lanes", data.get("lanes", {})).items():
        if name not in LANES:
            faults.unknown("lanes.", name, list(LANES))
        elif isinstance(model, str):
            lanes[name] = model
        else:
            faults.add(f"lanes.{name}", "must be the name of a model")
    theme = data.get("theme", base.theme)
    if not isinstance(theme, str):
        faults.add("theme", "must be a text")
        theme = base.theme
    limit = _value(base.debt_limit, data.get("debt_limit", base.debt_limit), "debt_limit", faults)
    history = _row(base.history, data.get("history", {}), "history", faults)
    debt_limit = limit if isinstance(limit, int) else base.debt_limit
    settings = replace(
        _eyes(data, _hands(data, base, faults), faults),
        providers=providers,
        models=models,
        lanes=lanes,
        theme=theme,
        debt_limit=debt_limit,
        history=history,
        checks=_checks(base.checks, data.get("checks", {}), faults),
    )
    _check_names(settings, faults)
    if faults.sentences:
        raise SettingsFault("\n".join(faults.sentences))
    return settings


def _checks(base: CheckSettings, row: object, faults: _Faults) -> CheckSettings:
    table = dict(faults.table("checks", row))
    repair = table.pop("repair", str(base.repair))
    if repair not in list(Repair):
        faults.value("checks.repair", str(repair), list(Repair))
        repair = str(base.repair)
    commands: dict[str, tuple[str, ...]] = dict(base.commands)
    for language, lines in faults.table("checks.commands", table.pop("commands", {})).items():
        if isinstance(lines, list) and all(isinstance(line, str) for line in lines):
            commands[language] = tuple(lines)
        else:
            faults.add(f"checks.commands.{language}", "must be a list of tools or command lines")
    settings = _row(replace(base, repair=Repair(str(repair)), commands=commands), table, "checks", faults)
    if not settings.seconds or not settings.memory_mib:
        faults.add("checks", "seconds and memory_mib must be more than 0")
    return settings


def _hands(data: Mapping[str, object], base: Settings, faults: _Faults) -> Settings:
    """Read what keys and mouse do; whether a command of that id exists is not known here."""
    preset = _value(base.keymap, data.get("keymap", base.keymap), "keymap", faults)
    keys = dict(base.keys)
    for id, value in faults.table("keys", data.get("keys", {})).items():
        row = [value] if isinstance(value, str) else value
        if isinstance(row, list) and all(isinstance(key, str) for key in row):
            keys[id] = tuple(row)
        else:
            faults.add(f"keys.{id}", "must be a text or a list of texts")
    mouse = data.get("mouse", list(base.mouse))
    words = mouse if isinstance(mouse, list) else []
    if not isinstance(mouse, list):
        faults.add("mouse", f"must be a list of {', '.join(MOUSE)}")
    for word in words:
        if word not in MOUSE:
            faults.value("mouse", str(word), MOUSE)
    known = tuple(word for word in MOUSE if word in words)
    return replace(base, keymap=preset if isinstance(preset, str) else base.keymap, keys=keys, mouse=known)


def _eyes(data: Mapping[str, object], base: Settings, faults: _Faults) -> Settings:
    """Read how the screen is made: for those who hear it, whom motion disturbs, who want to see blanks."""
    linear = _value(base.linear, data.get("linear", base.linear), "linear", faults)
    found = {"motion": data.get("motion", base.motion), "blanks": data.get("blanks", base.blanks)}
    for key, known in (("motion", MOTION), ("blanks", BLANKS)):
        if found[key] not in known:
            faults.value(key, str(found[key]), known)
            found[key] = getattr(base, key)
    return replace(base, linear=linear is True, motion=str(found["motion"]), blanks=str(found["blanks"]))


def _check_names(settings: Settings, faults: _Faults) -> None:
    for model in settings.models.values():
        if model.provider not in settings.providers:
            _missing(f"models.{model.name}.provider", model.provider, settings.providers, faults)
        if not 1 <= model.effective_percent <= 100:
            faults.add(f"models.{model.name}.effective_percent", "must be from 1 to 100")
        if model.patch_tool not in PATCH_TOOLS:
            faults.value(f"models.{model.name}.patch_tool", model.patch_tool, PATCH_TOOLS)
        if model.fallback and model.fallback not in settings.models:
            _missing(f"models.{model.name}.fallback", model.fallback, settings.models, faults)
        elif model.fallback and settings.models[model.fallback].provider != model.provider:
            faults.add(f"models.{model.name}.fallback", "must be a model of the same provider")
    for lane, name in settings.lanes.items():
        if name not in settings.models:
            _missing(f"lanes.{lane}", name, settings.models, faults)


def _missing(key: str, name: str, known: Mapping[str, object], faults: _Faults) -> None:
    near = get_close_matches(name, list(known), 1, 0.5)
    hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(sorted(known))}"
    faults.add(key, f"{name or 'nothing'} is not there, {hint}")


def _row(start: _Row, row: object, where: str, faults: _Faults) -> _Row:
    known = {entry.name for entry in fields(start)} - {"name"}
    changes: dict[str, object] = {}
    for key, value in faults.table(where, row).items():
        if key not in known:
            faults.unknown(f"{where}.", key, sorted(known))
            continue
        checked = _value(getattr(start, key), value, f"{where}.{key}", faults)
        if checked is not None:
            changes[key] = checked
    return replace(start, **changes)  # type: ignore[arg-type]


def _value(like: object, value: object, key: str, faults: _Faults) -> object | None:
    if isinstance(like, Wire):
        try:
            return Wire(str(value))
        except ValueError:
            faults.value(key, str(value), list(Wire))
            return None
    if isinstance(like, Mapping):
        if not isinstance(value, dict) or not all(isinstance(text, str) for text in value.values()):
            faults.add(key, "must be a table of texts")
            return None
        if not all(
            _HEADER.fullmatch(name) and text.isascii() and text.isprintable() for name, text in value.items()
        ):
            faults.add(key, "must hold names and texts that a header can have")
            return None
        return value
    if type(value) is not type(like) or (
        isinstance(value, int) and not isinstance(value, bool) and value < 0
    ):
        names = {bool: "true or false", int: "a whole number from 0", str: "a text"}
        faults.add(key, f"must be {names.get(type(like), 'something else')}")
        return None
    return value
