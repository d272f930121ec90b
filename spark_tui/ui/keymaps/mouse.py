"""What the mouse does here, as the person set it: to scroll, to click, to select; the rest is not listened to."""

from collections.abc import Collection

from textual import events

_SCROLLS = (events.MouseScrollUp, events.MouseScrollDown, events.MouseScrollLeft, events.MouseScrollRight)


def is_wanted(event: events.Event, mouse: Collection[str]) -> bool:
    """Whether an event is listened to."""
    if isinstance(event, _SCROLLS):
        return "scroll" in mouse
    if isinstance(event, events.MouseMove):
        return "select" in mouse or not event.button
    if isinstance(event, events.MouseDown | events.MouseUp | events.Click):
        return "click" in mouse or "select" in mouse
    return True
