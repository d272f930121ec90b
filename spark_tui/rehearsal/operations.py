"""Takes a patch apart into the operations of the built-in patch tool: one file, one operation."""

from dataclasses import dataclass

_SECTIONS = {
    "*** Add File: ": "create_file",
    "*** Update File: ": "update_file",
    "*** Delete File: ": "delete_file",
}


@dataclass(slots=True)
class Operation:
    """What happens to one file."""

    type: str
    path: str
    diff: str = ""

    def wire(self, diff: str | None = None) -> dict[str, object]:
        """The operation as it is sent, with its own or another diff."""
        wire: dict[str, object] = {"type": self.type, "path": self.path}
        if self.type != "delete_file":
            wire["diff"] = self.diff if diff is None else diff
        return wire


def operations(patch: str) -> list[Operation]:
    """Take `patch` apart; renames do not exist in this form and are left out."""
    found: list[Operation] = []
    for line in patch.split("\n"):
        section = next((mark for mark in _SECTIONS if line.startswith(mark)), None)
        if section is not None:
            found.append(Operation(_SECTIONS[section], line[len(section) :]))
        elif found and not line.startswith("*** ") and (line or found[-1].diff):
            found[-1].diff += line + "\n"
    return found
