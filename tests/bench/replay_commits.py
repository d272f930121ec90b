"""Replays the commits of a repository as patches, and compares bytes.

`python -m tests.bench.replay_commits REPOSITORY [COMMITS]` takes commits evenly from its history, writes each as a
patch, and applies that at random cuts: once with as much context as makes every hunk fit in one place only, once
with one line of context. The first has to give the bytes of the commit; the second has to give them, too, or to
leave hunks out, and never may put one in the wrong place. The last column is what the reference tool would do.
"""

import subprocess
import sys
from collections import Counter
from dataclasses import dataclass

from spark_tui.core.diff import Block, changed_blocks
from spark_tui.core.edits.cutting import cut
from spark_tui.core.review.batch import apply_patch
from spark_tui.core.text import Text


@dataclass(frozen=True)
class Changed:
    """One file before and after a commit."""

    path: str
    before: bytes | None
    after: bytes | None


def git(repository: str, *arguments: str) -> bytes:
    return subprocess.run(["git", "-C", repository, *arguments], check=True, capture_output=True).stdout


def commits(repository: str, count: int) -> list[str]:
    names = git(repository, "rev-list", "--no-merges", "--min-parents=1", "HEAD").decode().split()
    step = max(1, len(names) // count)
    return names[::step][:count]


def changed_files(repository: str, commit: str) -> list[Changed]:
    raw = git(repository, "diff-tree", "-r", "-z", "--no-renames", f"{commit}^", commit).split(b"\0")
    out: list[Changed] = []
    for head, path in zip(raw[::2], raw[1::2], strict=False):
        old_mode, new_mode, old, new, _ = head.decode().lstrip(":").split()
        if "120000" in (old_mode, new_mode) or "160000" in (old_mode, new_mode):
            continue
        before = None if set(old) == {"0"} else git(repository, "cat-file", "blob", old)
        after = None if set(new) == {"0"} else git(repository, "cat-file", "blob", new)
        changed = Changed(path.decode("utf-8", "replace"), before, after)
        if before != after and can_be_written(changed):
            out.append(changed)
    return out


def can_be_written(changed: Changed) -> bool:
    """Say whether the patch format can say this: text, and no change of line endings or of the final newline."""
    texts = [Text.decode(data) for data in (changed.before, changed.after) if data is not None]
    if any(text.read_only or text.lone_cr for text in texts):
        return False
    if changed.before is None:
        return texts[0].ends_with_newline and b"\r" not in (changed.after or b"") and bool(changed.after)
    if len(texts) < 2:
        return True
    endings = [{text.ending(at) for at in range(text.row_count)} - {""} for text in texts]
    return len(endings[0] | endings[1]) == 1 and texts[0].ends_with_newline == texts[1].ends_with_newline


def rows_of(data: bytes) -> list[str]:
    text = Text.decode(data)
    return text.lines(0, text.row_count)


def hunk(old: list[str], new: list[str], block: Block, first: int, last: int) -> list[str]:
    return [
        *(" " + line for line in old[first : block.old_start]),
        *("-" + line for line in old[block.old_start : block.old_stop]),
        *("+" + line for line in new[block.new_start : block.new_stop]),
        *(" " + line for line in old[block.old_stop : last]),
    ]


def count_places(old: list[str], wanted: list[str], floor: int) -> int:
    """Count, by brute force, where old lines stand from `floor` on."""
    if not wanted:
        return 2
    first = wanted[0]
    return sum(
        old[at] == first and old[at : at + len(wanted)] == wanted
        for at in range(floor, len(old) - len(wanted) + 1)
    )


def update(changed: Changed, context: int | None) -> list[str]:
    """Write the section of a changed file; without `context`, every hunk gets as much as makes it unique."""
    assert changed.before is not None and changed.after is not None
    old, new = rows_of(changed.before), rows_of(changed.after)
    blocks = changed_blocks(old, new)
    lines = [f"*** Update File: {changed.path}"]
    cursor = 0
    while blocks:
        block = blocks.pop(0)
        size = 1 if context is None else context
        while True:
            first = max(cursor, block.old_start - size)
            last = min(len(old), block.old_stop + size)
            while context is None and blocks and last > blocks[0].old_start:
                block = Block(block.old_start, blocks[0].old_stop, block.new_start, blocks[0].new_stop)
                blocks.pop(0)
                last = min(len(old), block.old_stop + size)
            if blocks:
                last = min(last, blocks[0].old_start)
            if context is not None or count_places(old, old[first:last], cursor) == 1:
                break
            if first == cursor and last == len(old):
                break
            size += 1
        lines += ["@@", *hunk(old, new, block, first, last)]
        cursor = last
    return lines


def patch_of(files: list[Changed], context: int | None) -> str:
    lines = ["*** Begin Patch"]
    for changed in files:
        if changed.after is None:
            lines.append(f"*** Delete File: {changed.path}")
        elif changed.before is None:
            lines += [f"*** Add File: {changed.path}", *("+" + row for row in rows_of(changed.after))]
        else:
            lines += update(changed, context)
    return "\n".join([*lines, "*** End Patch", ""])


def outcome(files: list[Changed], context: int | None, seed: int, profile: str) -> str:
    """Apply a commit; return `exact`, `flagged` or `WRONG`."""
    tree = {changed.path: changed.before for changed in files}
    wanted = {changed.path: changed.after for changed in files}
    chunks = cut(patch_of(files, context), f"random:{seed}")
    if profile == "codex":
        result = apply_patch(chunks, tree.get, lambda _: "", "codex")
    else:
        result = apply_patch(chunks, tree.get, lambda _: "", "spark", "safe")
    after = {**tree, **result.writes}
    if after == wanted:
        return "exact" if result.is_complete else "flagged"
    if result.is_complete:
        return "WRONG"
    return "flagged" if profile == "codex" or only_true_hunks(files, after, result.files) else "WRONG"


def only_true_hunks(files: list[Changed], after: dict[str, bytes | None], results: object) -> bool:
    """Say whether every line of the result is one of the old or of the new version, in their order."""
    for changed in files:
        got = after[changed.path]
        if got in (changed.before, changed.after):
            continue
        if got is None or changed.before is None or changed.after is None:
            return False
        if not is_partly(rows_of(changed.before), rows_of(changed.after), rows_of(got)):
            return False
    return True


def is_partly(old: list[str], new: list[str], got: list[str]) -> bool:
    """Say whether `got` is `old` with some of the changes to `new` made."""
    reached = {0}
    kept = 0
    for block in changed_blocks(old, new):
        same = old[kept : block.old_start]
        choices = (old[block.old_start : block.old_stop], new[block.new_start : block.new_stop])
        following: set[int] = set()
        for at in reached:
            if got[at : at + len(same)] == same:
                here = at + len(same)
                following |= {here + len(part) for part in choices if got[here : here + len(part)] == part}
        reached, kept = following, block.old_stop
    return any(got[at:] == old[kept:] for at in reached)


def main() -> int:
    repository, count = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 100
    totals: dict[str, Counter[str]] = {
        name: Counter() for name in ("grown", "one line", "reference, one line")
    }
    for seed, commit in enumerate(commits(repository, count)):
        files = changed_files(repository, commit)
        if not files:
            continue
        for name, context, profile in (
            ("grown", None, "spark"),
            ("one line", 1, "spark"),
            ("reference, one line", 1, "codex"),
        ):
            result = outcome(files, context, seed, profile)
            totals[name][result] += 1
            if result == "WRONG" and profile == "spark" or name == "grown" and result != "exact":
                print(f"{commit} {name}: {result}")
    for name, total in totals.items():
        print(f"{name:20}", "  ".join(f"{kind} {number}" for kind, number in sorted(total.items())))
    return 1 if totals["grown"]["WRONG"] or totals["one line"]["WRONG"] else 0


if __name__ == "__main__":
    sys.exit(main())
