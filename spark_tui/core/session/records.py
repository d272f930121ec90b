"""Texts, changes and edit events as values that JSON can hold, and back."""

import dataclasses
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from spark_tui.core.edits import (
    EditEvent,
    EditFault,
    FileClosed,
    FileOp,
    FileOpened,
    HunkClosed,
    HunkOpened,
    Moved,
    PatchClosed,
    RowAdded,
    RowKind,
    TailChanged,
)
from spark_tui.core.text import Change, ChangeSet, Position, Span, Text

_EVENTS: tuple[type[Any], ...] = (
    FileOpened, Moved, HunkOpened, RowAdded, TailChanged, HunkClosed, FileClosed, PatchClosed, EditFault,
)  # fmt: skip
_BY_NAME = {event.__name__: event for event in _EVENTS}
_ENUMS: dict[str, type[StrEnum]] = {"op": FileOp, "kind": RowKind}

Values = Mapping[str, Any]


def encode_event(event: EditEvent) -> dict[str, Any]:
    """An edit event as plain values."""
    fields = {field.name: getattr(event, field.name) for field in dataclasses.fields(event)}
    return {"event": type(event).__name__, **fields}


def decode_event(values: Values) -> EditEvent:
    """An edit event from plain values. Raises KeyError, TypeError, ValueError."""
    fields = {name: value for name, value in values.items() if name != "event"}
    for name, enum in _ENUMS.items():
        if name in fields:
            fields[name] = enum(fields[name])
    event: EditEvent = _BY_NAME[values["event"]](**fields)
    return event


def encode_text(text: Text) -> dict[str, Any]:
    """A text as plain values: readable where it is plain UTF-8, its bytes otherwise."""
    if text.read_only or text.bom:
        return {"bytes": text.encode().decode("latin-1"), "revision": text.revision}
    source = text.slice(text.full_span())
    return {"source": source, "newline": text.newline, "lone_cr": text.lone_cr, "revision": text.revision}


def decode_text(values: Values) -> Text:
    """A text from plain values. Raises KeyError, TypeError, ValueError, AttributeError."""
    if "bytes" in values:
        text = Text.decode(values["bytes"].encode("latin-1"))
    else:
        text = Text.of(values["source"], values["newline"], values["lone_cr"])
    return text.at_revision(int(values["revision"]))


def encode_changes(changes: ChangeSet) -> dict[str, Any]:
    """A change set as plain values."""
    rows = [
        (
            change.span.start.line,
            change.span.start.column,
            change.span.end.line,
            change.span.end.column,
            change.text,
        )
        for change in changes.changes
    ]
    return {"base": changes.base, "changes": rows, "lone_cr": changes.lone_cr}


def decode_changes(values: Values) -> ChangeSet:
    """A change set from plain values. Raises KeyError, TypeError, ValueError."""
    changes = tuple(
        Change(Span(Position(int(a), int(b)), Position(int(c), int(d))), str(text))
        for a, b, c, d, text in values["changes"]
    )
    return ChangeSet(int(values["base"]), changes, bool(values["lone_cr"]))
