"""What the journal says and does, in plain blocking calls; used in one thread."""

import contextlib
import itertools
import json
import os
import secrets
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from spark_tui.adapters.journal.blobs import LARGE, Blobs
from spark_tui.core.checkpoint import Checkpoint, FileWrite, Foreign, Ground, Intent, LandingKind
from spark_tui.ports import CheckpointFailed

NAME = "journal.db"
LOG_BYTES = 4 << 20
"""From this size on SQLite's log is brought into the journal between two landings."""
_OVERHEAD = 1 << 15
_CHECKPOINTS = """
    SELECT op.id, op.kind, op.turn, op.note, op.session, op.time, op.parent, op.place, opfile.path, opfile.in_place
    FROM (SELECT * FROM op WHERE state IN ('applied', 'done') AND id > ? ORDER BY id {order} LIMIT ?) AS op
    LEFT JOIN opfile ON opfile.op = op.id ORDER BY op.id {order}, opfile.number
"""
_DELETED = "post_hash IS NULL AND pre_hash IS NOT NULL"
_CREATED = "pre_hash IS NULL AND post_hash IS NOT NULL"


class Ledger:
    """The tables of one open journal."""

    def __init__(self, connection: sqlite3.Connection, folder: Path, session: str) -> None:
        self._connection = connection
        self._blobs = Blobs(connection, folder / "blobs")
        self._grown = 0
        """About how many bytes SQLite's log has grown by since it was last brought in."""
        self._session = session
        self._tidied: list[int] = []
        """Landings whose last state is written with the next transaction: losing it costs nothing."""

    def close(self) -> None:
        """Write what is outstanding and close."""
        try:
            if self._tidied:
                with self._transaction():
                    pass
        finally:
            self._connection.close()

    def intend(
        self,
        writes: Sequence[FileWrite],
        grounds: Sequence[Ground],
        kind: LandingKind,
        turn: str,
        note: str,
        time: float,
        place: int | None = None,
    ) -> Intent:
        """Keep images and intent in one durable transaction."""
        token = secrets.token_hex(4)
        images = [
            image
            for write in writes
            for image in (write.before, write.after, write.base)
            if image is not None
        ]
        self._blobs.put_large(images)
        self._grown += sum(len(image) for image in images if len(image) < LARGE) + _OVERHEAD
        with self._transaction() as cursor:
            cursor.execute(
                "INSERT INTO op (parent, kind, turn, note, session, token, time, place, state)"
                " VALUES ((SELECT op FROM head), ?, ?, ?, ?, ?, ?, ?, 'intent')",
                (kind.value, turn, note, self._session, token, time, place),
            )
            landing = cursor.lastrowid or 0
            cursor.executemany(
                "INSERT INTO opfile VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    self._row(landing, number, *pair)
                    for number, pair in enumerate(zip(writes, grounds, strict=True))
                ],
            )
        return Intent(landing, token, kind, turn, note, time, tuple(writes), tuple(grounds), place=place)

    def _row(self, landing: int, number: int, write: FileWrite, ground: Ground) -> tuple[object, ...]:
        after_mode = ground.mode if write.before is not None else write.mode
        return (
            landing,
            number,
            os.fsencode(write.path),
            self._blobs.put(write.before),
            self._blobs.put(write.after),
            ground.mode if write.before is not None else None,
            after_mode if write.after is not None else None,
            os.fsencode(json.dumps(ground.folders)),
            ground.why if ground.in_place else None,
            self._blobs.put(write.base),
        )

    def landed(self, intent: Intent) -> Checkpoint:
        """Make the checkpoint exist."""
        with self._transaction() as cursor:
            cursor.execute("UPDATE op SET state = 'applied' WHERE id = ?", (intent.id,))
            place = intent.id if intent.place is None else intent.place or None
            cursor.execute("UPDATE head SET op = ?", (place,))
            parent = cursor.execute("SELECT parent FROM op WHERE id = ?", (intent.id,)).fetchone()[0]
        return Checkpoint(
            intent.id,
            intent.kind,
            intent.turn,
            intent.time,
            tuple(write.path for write in intent.writes),
            intent.note,
            self._session,
            tuple(ground.why for ground in intent.grounds if ground.in_place),
            parent or 0,
            intent.place,
        )

    def abandoned(self, intent: Intent) -> None:
        """Make the landing never have happened."""
        with self._transaction() as cursor:
            cursor.execute(
                "UPDATE head SET op = (SELECT parent FROM op WHERE id = ?)"
                " WHERE (SELECT state FROM op WHERE id = ?) = 'applied'",
                (intent.id, intent.id),
            )
            cursor.execute("UPDATE op SET state = 'aborted' WHERE id = ?", (intent.id,))

    def tidied(self, intent: Intent) -> None:
        """Remember that nothing is left on disk."""
        self._tidied.append(intent.id)

    def rest(self) -> None:
        """Use a quiet moment to bring a log that has grown long into the journal; raises nothing."""
        if self._grown > LOG_BYTES:
            self._grown = 0
            with contextlib.suppress(sqlite3.Error):
                self._connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()

    def keep(self, intent: Intent, foreign: Foreign) -> None:
        """Keep another program's bytes."""
        if foreign.data is None:
            return
        self._blobs.put_large([foreign.data])
        with self._transaction() as cursor:
            digest = self._blobs.put(foreign.data)
            cursor.execute(
                "INSERT INTO conflict (op, path, hash) VALUES (?, ?, ?)",
                (intent.id, os.fsencode(foreign.path), digest),
            )

    def unfinished(self) -> list[Intent]:
        """Landings that a crash cut, oldest first."""
        rows = self._connection.execute("SELECT id FROM op WHERE state IN ('intent', 'applied') ORDER BY id")
        return [self.recall(landing) for (landing,) in rows.fetchall() if landing not in self._tidied]

    def recall(self, landing: int) -> Intent:
        """All that is known of one landing."""
        row = self._connection.execute(
            "SELECT token, kind, turn, note, time, state, place FROM op WHERE id = ?", (landing,)
        ).fetchone()
        if row is None:
            raise CheckpointFailed(f"There is no checkpoint {landing}.")
        token, kind, turn, note, time, state, place = row
        writes: list[FileWrite] = []
        grounds: list[Ground] = []
        for path, before, after, pre_mode, post_mode, folders, in_place, base in self._connection.execute(
            "SELECT path, pre_hash, post_hash, pre_mode, post_mode, folders, in_place, base_hash"
            " FROM opfile WHERE op = ? ORDER BY number",
            (landing,),
        ).fetchall():
            old, new = self._blobs.get(before), self._blobs.get(after)
            writes.append(FileWrite(os.fsdecode(path), old, new, post_mode, self._blobs.get(base)))
            made = tuple(json.loads(os.fsdecode(folders)))
            grounds.append(Ground(pre_mode, made, in_place is not None, in_place or ""))
        is_landed = state in ("applied", "done")
        return Intent(
            landing,
            token,
            LandingKind(kind),
            turn,
            note,
            time,
            tuple(writes),
            tuple(grounds),
            is_landed,
            place,
        )

    def count(self) -> int:
        """How many checkpoints there are."""
        row = self._connection.execute(
            "SELECT count(*) FROM op WHERE state IN ('applied', 'done')"
        ).fetchone()
        return int(row[0])

    def where(self) -> int:
        """The checkpoint whose state the files are in."""
        place: int | None = self._connection.execute("SELECT op FROM head").fetchone()[0]
        return place or 0

    def kept(self, landing: int) -> list[Foreign]:
        """Other programs' bytes that one landing came upon."""
        rows = self._connection.execute(
            "SELECT path, hash FROM conflict WHERE op = ? ORDER BY id", (landing,)
        )
        return [Foreign(os.fsdecode(path), self._blobs.get(digest)) for path, digest in rows.fetchall()]

    def remembered(self, paths: Sequence[str]) -> dict[str, Ground]:
        """Mode of the latest deletion and folders of the latest creation of each path."""
        known: dict[str, Ground] = {}
        for path in paths:
            deleted = self._latest(_DELETED, path)
            created = self._latest(_CREATED, path)
            if deleted or created:
                known[path] = Ground(
                    deleted[0] if deleted else None,
                    tuple(json.loads(os.fsdecode(created[1]))) if created else (),
                )
        return known

    def _latest(self, condition: str, path: str) -> tuple[int | None, bytes] | None:
        row: tuple[int | None, bytes] | None = self._connection.execute(
            f"SELECT pre_mode, folders FROM opfile JOIN op ON op.id = opfile.op WHERE path = ? AND {condition}"
            " AND state IN ('applied', 'done') ORDER BY op.id DESC LIMIT 1",
            (os.fsencode(path),),
        ).fetchone()
        return row

    def checkpoints(self, after: int, limit: int, newest_first: bool) -> list[Checkpoint]:
        """Checkpoints with a higher id than `after`."""
        query = _CHECKPOINTS.format(order="DESC" if newest_first else "ASC")
        found: list[Checkpoint] = []
        rows = self._connection.execute(query, (after, limit))
        for landing, group in itertools.groupby(rows, key=lambda row: row[0]):
            files = list(group)
            _, kind, turn, note, session, time, parent, place, _, _ = files[0]
            paths = tuple(os.fsdecode(row[8]) for row in files if row[8] is not None)
            cautions = tuple(row[9] for row in files if row[9])
            found.append(
                Checkpoint(
                    landing, LandingKind(kind), turn, time, paths, note, session, cautions, parent or 0, place
                )
            )
        return found

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Cursor]:
        cursor = self._connection.cursor()
        cursor.execute("BEGIN IMMEDIATE")
        try:
            tidied = [(landing,) for landing in self._tidied]
            cursor.executemany("UPDATE op SET state = 'done' WHERE id = ? AND state = 'applied'", tidied)
            yield cursor
            cursor.execute("COMMIT")
            del self._tidied[: len(tidied)]
        finally:
            if self._connection.in_transaction:
                cursor.execute("ROLLBACK")
            cursor.close()
