"""What was said and noted beside the hunks of a sitting: marks, explanations, versions, comments, wishes."""

from collections.abc import Mapping
from dataclasses import field, replace
from typing import Any

from spark_tui.core.context.wishes import Wishes, read_wishes
from spark_tui.core.values import dataclass


@dataclass(frozen=True, slots=True)
class Comment:
    """A remark on a hunk, or on some rows of it."""

    hunk: str
    path: str
    line: int | None
    """The buffer line, counted from zero, at which the code stood; None where it had no place."""
    rows: tuple[int, ...]
    """Numbers of the rows it is about; empty: the whole hunk."""
    code: tuple[str, ...]
    """The rows as they were, each with its sign."""
    text: str
    is_sent: bool = False

    @property
    def place(self) -> tuple[str, tuple[int, ...]]:
        """What it is about."""
        return self.hunk, self.rows


@dataclass(slots=True)
class Remarks:
    """Everything of that kind, as the records have it."""

    marks: list[tuple[str, str, str]] = field(default_factory=list)
    """What the person had looked at and put off: what was done, to which hunk, and how that looked."""
    whys: dict[str, tuple[str, str]] = field(default_factory=dict)
    """By hunk: how it looked when it was explained, and the explanation."""
    versions: dict[str, dict[str, tuple[str, ...]]] = field(default_factory=dict)
    """By hunk: its versions by name, in the order in which they came."""
    comments: list[Comment] = field(default_factory=list)
    wishes: Wishes = field(default_factory=Wishes)
    """What the person wants of the context."""

    def take(self, record: Mapping[str, Any]) -> None:
        """Take a record; those of other kinds are passed over. Raises what spoiled records raise."""
        match record["kind"]:
            case "mark":
                self.marks.append((str(record["do"]), str(record["id"]), str(record.get("print", ""))))
            case "why":
                self.whys[str(record["id"])] = str(record["print"]), str(record["said"])
            case "version":
                lines = tuple(map(str, record["lines"]))
                self.versions.setdefault(str(record["id"]), {})[str(record["name"])] = lines
            case "comment":
                self.comments = put(self.comments, _comment(record))
            case "wishes":
                self.wishes = read_wishes(record)
            case "comments sent":
                self.comments = sent(self.comments)
            case _:
                pass


def put(comments: list[Comment], comment: Comment) -> list[Comment]:
    """Return the comments with one more, which replaces an unsent one at its place; without text it only goes."""
    kept = [each for each in comments if each.is_sent or each.place != comment.place]
    return [*kept, comment] if comment.text else kept


def sent(comments: list[Comment]) -> list[Comment]:
    """Return the comments once all of them are on their way."""
    return [replace(comment, is_sent=True) for comment in comments]


def _comment(record: Mapping[str, Any]) -> Comment:
    line = record["line"]
    return Comment(
        str(record["hunk"]),
        str(record["path"]),
        None if line is None else int(line),
        tuple(int(row) for row in record["rows"]),
        tuple(map(str, record["code"])),
        str(record["text"]),
    )
