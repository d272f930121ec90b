"""Has the model sum up a conversation, only ever when the person asks for it; what was said before can come back."""

from contextlib import aclosing

from spark_tui.core.wire import Ended, EndStatus, TextDelta, UserMessage
from spark_tui.engine.link import Link

WHAT = "conversation"
"""What the list of what is gone calls it."""
REQUEST = """\
Sum up this conversation for yourself: you will go on with nothing but your summary. Keep, in this order: what the \
person wants and every rule they set; what was decided and why; what was changed, file by file, and what they \
rejected; what is still to be done. Name files and functions exactly. No greetings, at most 40 lines, no patch.\
"""
_HEAD = "Summary of the conversation so far, written by you at the person's request:\n\n"


async def summary_of(link: Link) -> str:
    """Ask for a summary beside the conversation; empty if none came."""
    words: list[str] = []
    async with aclosing(link.aside([UserMessage(REQUEST)], may_call=False)) as events:
        async for event in events:
            match event:
                case TextDelta(text=text):
                    words.append(text)
                case Ended(status=status) if status is not EndStatus.COMPLETED:
                    return ""
                case _:
                    pass
    return "".join(words).strip()


def as_message(summary: str) -> UserMessage:
    """What the conversation goes on from."""
    return UserMessage(_HEAD + summary)
