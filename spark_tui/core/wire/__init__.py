"""The model's protocol without a socket: `items` and `events` travel, `reducer` and `request` work."""

from spark_tui.core.wire.events import (
    Created,
    Ended,
    EndStatus,
    ItemDone,
    ItemDropped,
    ItemOpened,
    LimitsSeen,
    ModelEvent,
    ReasoningDelta,
    TextDelta,
    ToolDelta,
    Usage,
    WireFault,
)
from spark_tui.core.wire.items import DeveloperMessage, Item, ItemKind, ToolCall, ToolOutput, UserMessage
from spark_tui.core.wire.tools import Tool, patch_tool

__all__ = ["Created", "DeveloperMessage", "EndStatus", "Ended", "Item", "ItemDone", "ItemDropped", "ItemKind"]
__all__ += ["ItemOpened", "LimitsSeen", "ModelEvent", "ReasoningDelta", "TextDelta", "Tool", "ToolCall"]
__all__ += ["ToolDelta", "ToolOutput", "Usage", "UserMessage", "WireFault", "patch_tool"]
