"""Settings as one frozen tree, and their validation: a wrong key names file, key and the nearest valid key."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from enum import StrEnum
from typing import Any


class Wire(StrEnum):
    """The language a provider speaks."""

    RESPONSES_WS = "responses-ws"
    RESPONSES_HTTP = "responses-http"
    CHAT = "chat"


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
    patch_tool: str = "freeform"
    """How edits are asked for: `freeform` (a custom tool with a grammar), `function`, `builtin`."""
    warm_up: bool = True
    """Whether a request that generates nothing may warm the connection."""


@dataclass(frozen=True, slots=True)
class LaneProfile:
    """A lane resolved to its model and provider: everything a link needs to know, and no secret."""

    lane: str
    """`fast` or `deep`."""
    model: Model
    provider: Provider

    @property
    def budget(self) -> int:
        """Tokens a request may hold: the effective window less the room for the answer."""
        return self.model.window * self.model.effective_percent // 100 - self.model.max_output


@dataclass(frozen=True, slots=True)
class Settings:
    """The whole tree."""

    providers: Mapping[str, Provider] = field(default_factory=dict)
    models: Mapping[str, Model] = field(default_factory=dict)
    lanes: Mapping[str, str] = field(default_factory=dict)
    """Lane name to model name."""
    theme: str = "spark-dark"
    file: str = ""
    """Where the settings were read from, for messages."""

    def lane(self, name: str) -> LaneProfile:
        """Resolve a lane. Raises KeyError for a lane that does not exist."""
        model = self.models[self.lanes[name]]
        return LaneProfile(name, model, self.providers[model.provider])
