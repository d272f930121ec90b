"""Items of a conversation as values of our own, independent of how a provider writes them down."""

from enum import StrEnum

from spark_tui.core.values import dataclass


class ItemKind(StrEnum):
    """What the model can put into a response."""

    MESSAGE = "message"
    REASONING = "reasoning"
    CUSTOM = "custom"
    """A call of a tool that takes free text."""
    FUNCTION = "function"
    """A call of a tool that takes JSON arguments."""
    APPLY_PATCH = "apply_patch"
    """A call of the provider's own patch tool: one file, one operation."""

    @property
    def is_call(self) -> bool:
        """Whether an output has to answer it."""
        return self in (ItemKind.CUSTOM, ItemKind.FUNCTION, ItemKind.APPLY_PATCH)


@dataclass(frozen=True, slots=True)
class PatchOperation:
    """What the provider's own patch tool does to one file."""

    type: str
    """`create_file`, `update_file` or `delete_file`; anything else comes from a provider we do not know."""
    path: str
    diff: str = ""
    """Headerless V4A diff."""

    @property
    def op(self) -> str:
        """`add`, `update` or `delete`: what happens to the file; `update` for a type that we do not know."""
        return {"create_file": "add", "delete_file": "delete"}.get(self.type, "update")


@dataclass(frozen=True, slots=True)
class UserMessage:
    """What the person said."""

    text: str


@dataclass(frozen=True, slots=True)
class DeveloperMessage:
    """What the workspace tells the model: open files, outcomes, rules."""

    text: str


@dataclass(frozen=True, slots=True)
class AssistantMessage:
    """What the model said."""

    text: str
    phase: str = ""
    """`commentary`, `final_answer` or nothing; sent back unchanged."""


@dataclass(frozen=True, slots=True)
class Reasoning:
    """What the model thought; mostly opaque, sent back unchanged."""

    id: str = ""
    encrypted: str = ""
    summary: tuple[str, ...] = ()
    content: tuple[str, ...] = ()
    """Plain reasoning text, from servers that give it."""


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A finished tool call, to be answered by exactly one ToolOutput."""

    kind: ItemKind
    """CUSTOM, FUNCTION or APPLY_PATCH."""
    call_id: str
    name: str
    input: str
    """Free text, JSON arguments, or the diff of the operation."""
    operation: PatchOperation | None = None
    """Only for APPLY_PATCH."""
    complete: bool = True
    """False when the server itself says that the call was cut short, for instance by a token limit."""


@dataclass(frozen=True, slots=True)
class ToolOutput:
    """The answer to a tool call."""

    kind: ItemKind
    call_id: str
    output: str
    ok: bool = True


Item = UserMessage | DeveloperMessage | AssistantMessage | Reasoning | ToolCall | ToolOutput
