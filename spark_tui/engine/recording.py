"""A review that writes down everything done to it, so that the same review can be made again from the records."""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial

from spark_tui.core.edits import EditEvent, FileOpened, TailChanged
from spark_tui.core.review import Plan, PlannedFile, Review, Stepped, Verdict
from spark_tui.core.session import encode_changes, encode_event, encode_text
from spark_tui.core.text import ChangeSet, Text
from spark_tui.ports import SessionLog


class RecordedReview(Review):
    """Every call that changes something is a record; texts are recorded once and as changes afterwards."""

    def __init__(self, log: SessionLog) -> None:
        super().__init__()
        self._log = log
        self.is_recording = True
        """Off while records are worked off."""
        self.is_on_its_way = False
        """Whether a decision was recorded of which the records do not say yet that it is over."""
        self._plan: Plan | None = None
        """The last plan to accept something."""
        self.known: dict[str, Text] = {}
        """Texts as the records have them, by path; for others to read."""

    def remember(self, texts: Mapping[str, Text]) -> None:
        """Take texts for recorded that were read from the records."""
        self.known = dict(texts)

    def _write(self, do: str, **fields: object) -> None:
        if self.is_recording:
            self._log.write("review", do=do, **fields)

    def _learn(self, path: str, text: Text) -> None:
        """Record a whole text unless the records have it."""
        known = self.known.get(path)
        if known is None or not (known is text or known.same_content(text)):
            self._log.write("text", path=path, text=partial(encode_text, text))
        self.known[path] = text

    # -- feeding

    def begin(self, turn: str, call: str) -> None:
        """Record it, then do it."""
        self._write("begin", turn=turn, call=call)
        super().begin(turn, call)

    def open_file(self, event: FileOpened, base: Text | None, refusal: str = "") -> None:
        """Record it with its text, then do it."""
        if self.is_recording:
            if base is not None:
                self._learn(event.path, base)
            revision = None if base is None else base.revision
            self._write("open_file", event=encode_event(event), base=revision, refusal=refusal)
        super().open_file(event, base, refusal)

    def feed(self, event: EditEvent, refusal: str = "") -> None:
        """Record it unless it is only half a row, then do it."""
        if not isinstance(event, TailChanged):
            more = {"refusal": refusal} if refusal else {}
            self._write("feed", event=encode_event(event), **more)
        super().feed(event, refusal)

    def close(self, cut: bool) -> None:
        """Record it, then do it."""
        self._write("close", cut=cut)
        super().close(cut)

    def withdraw(self, call: str) -> None:
        """Record it, then do it."""
        self._write("withdraw", call=call)
        super().withdraw(call)

    def buffer_changed(self, path: str, text: Text, changes: ChangeSet) -> None:
        """Record the change, or the whole text where the records do not have the one before; then do it."""
        if self.is_recording:
            if _leads_to(self.known.get(path), changes, text):
                self._log.write("edit", path=path, changes=encode_changes(changes))
            else:
                self._log.write("replaced", path=path, text=partial(encode_text, text), typed=True)
            self.known[path] = text
        super().buffer_changed(path, text, changes)

    def buffer_replaced(self, path: str, text: Text | None) -> None:
        """Record the new text, then do it."""
        known = self.known.get(path)
        if self.is_recording and (text is not None or known is not None):
            if text is not None and known is not None and known.same_content(text):
                self._log.write("replaced", path=path, revision=text.revision)
            else:
                told = None if text is None else partial(encode_text, text)
                self._log.write("replaced", path=path, text=told)
        if text is None:
            self.known.pop(path, None)
        else:
            self.known[path] = text
        super().buffer_replaced(path, text)

    # -- deciding

    def latch(self, id: str, verdict: Verdict | None) -> None:
        """Record it, then do it."""
        self._write("latch", id=id, verdict=verdict)
        super().latch(id, verdict)

    def reject(self, ids: Iterable[str], rows: Mapping[str, frozenset[int]] | None = None) -> bool:
        """Record it, then do it."""
        names = list(ids)
        self._write("reject", ids=names, rows=_rows(rows))
        return super().reject(names, rows)

    def plan_accept(self, ids: Iterable[str], rows: Mapping[str, frozenset[int]] | None = None) -> Plan:
        """Record it, then do it: what changes no byte is decided by the plan already."""
        names = list(ids)
        self._write("plan_accept", ids=names, rows=_rows(rows))
        self._plan = super().plan_accept(names, rows)
        return self._plan

    def commit(self, plan: Plan) -> tuple[PlannedFile, ...]:
        """Record it, with its plan if that was not the last one made; then do it."""
        if plan is not self._plan and self._plan is not None:
            self._write("plan_accept", ids=list(plan.hunks), rows=_rows(dict(plan.picks)))
        self._write("commit")
        return self._moved(super().commit(plan))

    def refuse(self, plan: Plan, path: str, sentence: str) -> None:
        """Record it, then do it."""
        self._write("refuse", path=path, sentence=sentence)
        super().refuse(plan, path, sentence)

    def choose(self, id: str, line: int) -> bool:
        """Record it, then do it."""
        self._write("choose", id=id, line=line)
        return super().choose(id, line)

    def amend(self, id: str, lines: Sequence[str]) -> bool:
        """Record it, then do it."""
        self._write("amend", id=id, lines=list(lines))
        return super().amend(id, lines)

    def repropose(self, id: str, first: int, stop: int, lines: Sequence[str]) -> bool:
        """Record it, then do it."""
        self._write("repropose", id=id, first=first, stop=stop, lines=list(lines))
        return super().repropose(id, first, stop, lines)

    def undo(self) -> Plan | None:
        """Record it, then do it."""
        self._write("undo")
        return super().undo()

    def step(self, texts: Mapping[str, Text | None]) -> Stepped:
        """Record it with the texts of files that hunks lie in, then do it."""
        mine = {path: text for path, text in texts.items() if path in self.paths()}
        told = {path: None if text is None else encode_text(text) for path, text in mine.items()}
        if mine:
            self._write("step", texts=told)
        stepped = super().step(mine)
        for path in mine:
            text = self.text(path)
            if text is None:
                self.known.pop(path, None)
            else:
                self.known[path] = text
        return stepped

    def commit_undo(self, plan: Plan) -> tuple[PlannedFile, ...]:
        """Record it, then do it."""
        self._write("commit_undo")
        return self._moved(super().commit_undo(plan))

    def redo(self) -> Plan | None:
        """Record it, then do it."""
        self._write("redo")
        return super().redo()

    def commit_redo(self, plan: Plan) -> tuple[PlannedFile, ...]:
        """Record it, then do it."""
        self._write("commit_redo")
        return self._moved(super().commit_redo(plan))

    def _moved(self, files: tuple[PlannedFile, ...]) -> tuple[PlannedFile, ...]:
        """Follow what a decision did to the texts."""
        self.is_on_its_way = True
        for file in files:
            if file.moved_from:
                self.known.pop(file.moved_from, None)
            if file.after is None:
                self.known.pop(file.path, None)
            else:
                self.known[file.path] = file.after
        return files


def _leads_to(known: Text | None, changes: ChangeSet, text: Text) -> bool:
    """Whether changes of the text that the records have make the new one."""
    if known is None:
        return False
    try:
        return known.at_revision(changes.base).apply(changes).same_content(text)
    except (IndexError, ValueError):
        return False


def _rows(rows: Mapping[str, frozenset[int]] | None) -> dict[str, list[int]]:
    return {id: sorted(picked) for id, picked in (rows or {}).items()}
