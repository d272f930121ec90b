"""The records of a sitting as plain values, and what they amount to when they are read again."""

from spark_tui.core.session.records import (
    decode_event,
    decode_text,
    encode_changes,
    encode_event,
    encode_text,
)
from spark_tui.core.session.remarks import Comment, Remarks, put, sent
from spark_tui.core.session.replay import PastTurn, SessionState, replay

__all__ = [
    "Comment",
    "PastTurn",
    "Remarks",
    "SessionState",
    "decode_event",
    "decode_text",
    "encode_changes",
    "encode_event",
    "encode_text",
    "put",
    "replay",
    "sent",
]
