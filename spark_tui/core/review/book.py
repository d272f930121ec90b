"""Everything a review knows: documents by path, calls with their sections, hunks by id."""

from bisect import bisect_left
from dataclasses import field

from spark_tui.core.edits import FileOp, Profile
from spark_tui.core.review.document import Document
from spark_tui.core.review.hunk import Flag, Hunk, Origin
from spark_tui.core.review.values import PENDING, FileView
from spark_tui.core.text import Text
from spark_tui.core.values import dataclass


@dataclass(slots=True)
class Section:
    """What one call does to one file."""

    id: str
    path: str
    op: FileOp
    turn: str
    call: str
    document: Document
    hunks: list[Hunk] = field(default_factory=list)
    new_path: str | None = None
    closed: bool = False
    note: str = ""
    made: int = 0
    """How many hunks it ever had."""
    flag: Flag = field(default_factory=Flag)
    """Up when something visible changed."""
    _view: FileView | None = None

    def view(self) -> FileView:
        """Return the section as it is now; the same value until something changes."""
        if self._view is None or self.flag.up:
            self.flag.up = False
            self._view = FileView(
                self.id,
                self.path,
                self.new_path,
                self.op,
                self.turn,
                self.call,
                tuple(hunk.view() for hunk in self.hunks),
                self.closed,
                self.note,
            )
        return self._view


@dataclass(slots=True)
class Call:
    """One tool call of the model."""

    number: int
    turn: str
    call: str
    sections: list[Section] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    """What the format did not allow, outside of any file."""


class Book:
    """Where documents, calls and hunks are found."""

    def __init__(self, profile: Profile) -> None:
        self.profile = profile
        self.documents: dict[str, Document] = {}
        self._paths: list[str] = []
        """Those paths, in order, and some from which a document has gone."""
        self.calls: list[Call] = []
        self.hunks: dict[str, Hunk] = {}
        self.renames: dict[str, Hunk] = {}
        """The last hunk that gives a file this path."""
        self.lost: dict[str, Hunk] = {}
        """Hunks that stay of calls of this turn which were cut and are said again, by id."""
        self._made = 0
        self.promised: dict[str, None] = {}
        """Hunks that were accepted while they streamed, oldest first; whether that still holds, they know."""
        self.sections: dict[str, Section] = {}
        """By hunk id."""

    def begin(self, turn: str, call: str) -> None:
        """Begin a call; all sections belong to the last one begun."""
        if self.calls and self.calls[-1].turn != turn:
            self.lost.clear()
        self.calls.append(Call(len(self.calls) + 1, turn, call))

    def document(self, path: str, text: Text | None) -> Document:
        """Return the document of a path, brought up to date with its text.

        A path that an undecided hunk renames a file to stands for that file.
        """
        if text is None and path not in self.documents:
            coming = self._renamed(path) or self._went(path)
            if coming is not None:
                return coming
        found = self.documents.get(path)
        if found is None:
            found = self.documents[path] = Document(path, text)
            self._list(path)
        elif (found.text is None) != (text is None) or (
            found.text is not None and text is not None and not found.text.same_content(text)
        ):
            found.replaced(text)
        else:
            found.text = text
        return found

    def _list(self, path: str) -> None:
        at = bisect_left(self._paths, path)
        if at == len(self._paths) or self._paths[at] != path:
            self._paths.insert(at, path)

    def clash(self, path: str) -> str:
        """Say why no file can be made at a path: an undecided edit needs a folder there, or makes a file above it."""
        end = path.rfind("/")
        while end > 0:
            above = path[:end]
            if self._is_made(above):
                return f"Another edit makes {above} a file, so nothing can be in a folder of that name."
            end = path.rfind("/", 0, end)
        inside = f"{path}/"
        at = bisect_left(self._paths, inside)
        while at < len(self._paths) and (other := self._paths[at]).startswith(inside):
            at += 1
            if self._is_made(other):
                return f"Another edit makes {other}, so {path} is a folder and can't be a file."
        return ""

    def _is_made(self, path: str) -> bool:
        """Whether an undecided edit makes a file at a path."""
        document = self.documents.get(path)
        return document is not None and any(hunk.creates and hunk.is_live for hunk in document.hunks)

    def _renamed(self, path: str) -> Document | None:
        hunk = self.renames.get(path)
        return self.document_of(hunk) if hunk is not None and hunk.is_live else None

    def _went(self, path: str) -> Document | None:
        """Return the file that a call, which is said again, took away from this path."""
        for hunk in self.lost.values():
            if hunk.new_path is not None and hunk.is_decided and hunk.path_at_first == path != hunk.path:
                return self.document_of(hunk)
        return None

    def open_section(self, op: FileOp, path: str, document: Document) -> Section:
        """Begin a section of the last call."""
        call = self.calls[-1]
        number = len(call.sections) + 1
        section = Section(f"{call.number}.{number}", path, op, call.turn, call.call, document)
        call.sections.append(section)
        return section

    def add_hunk(self, section: Section) -> Hunk:
        """Begin a hunk of a section."""
        document = section.document
        section.made += 1
        self._made += 1
        id = f"{section.id}.{section.made}"
        origin = Origin(id, self._made, section.op, section.turn, section.call)
        hunk = Hunk(origin, document.path, (section.flag, document.flag))
        section.hunks.append(hunk)
        document.hunks.append(hunk)
        self.hunks[id] = hunk
        self.sections[id] = section
        hunk.touch()
        return hunk

    def drop(self, hunk: Hunk) -> None:
        """Take back a hunk that turned out to be none."""
        section = self.sections.pop(hunk.origin.id)
        del self.hunks[hunk.origin.id]
        section.hunks.remove(hunk)
        section.document.hunks.remove(hunk)
        hunk.touch()

    def document_of(self, hunk: Hunk) -> Document:
        """Return the document a hunk lies in."""
        return self.sections[hunk.origin.id].document

    def move(self, document: Document, path: str) -> None:
        """Give a document another path."""
        self.documents.pop(document.path, None)
        document.path = path
        self.documents[path] = document
        self._list(path)
        for hunk in document.hunks:
            hunk.path = path
            hunk.touch()

    def pending(self, turn: str | None) -> int:
        """Count the hunks that wait for the person."""
        return sum(hunk.state in PENDING and turn in (None, hunk.origin.turn) for hunk in self.hunks.values())
