"""Reads what tools write into findings. The output is foreign text: whatever it holds, nothing here raises."""

import json
import re
from collections.abc import Callable, Iterator, Mapping

from spark_tui.core.checks.values import Finding, Format, Severity

MAX_FINDINGS = 500
"""Findings that are taken from one run."""
MAX_MESSAGE = 400
"""Characters of a message that are kept."""
_MAX_LINE = 4000

_LINES = re.compile(
    r"^(?:vet: )?(?P<path>[^\s:][^:\n]*):(?P<line>\d{1,9})(?::(?P<column>\d{1,9}))?:?\s+(?P<message>\S.*)$"
)
_KIND = re.compile(r"^(?P<kind>error|warning|note|info|fatal error)\b:?\s*", re.IGNORECASE)
_MYPY_CODE = re.compile(r"\s+\[(?P<code>[a-z][\w-]*)\]$")
_LEADING_CODE = re.compile(r"^(?P<code>[A-Z]{1,6}\d{1,6})\b:?\s*")
_TSC = re.compile(
    r"^(?P<path>[^()\n]+)\((?P<line>\d{1,9}),(?P<column>\d{1,9})\): (?P<kind>error|warning) (?P<code>TS\d+): "
    r"(?P<message>.*)$"
)
_PYTEST = re.compile(r"^(?P<kind>FAILED|ERROR) (?P<path>[^\s:]+?)(?P<test>::\S.*?)?(?: - (?P<message>.*))?$")

_Read = Callable[[str, str], Iterator[Finding]]


def read_output(format: Format, output: str, tool: str) -> tuple[Finding, ...]:
    """Return the findings in a tool's output; paths are as the tool writes them."""
    found: list[Finding] = []
    for finding in _READERS[format](output, tool):
        if len(found) == MAX_FINDINGS:
            break
        found.append(finding)
    return tuple(found)


def _finding(
    tool: str, path: object, place: tuple[object, ...], severity: Severity, code: object, message: object
) -> Finding:
    """Make a finding from what a tool says; places count from one there and are held to what makes sense."""
    line, column, end_line, end_column = (*(_number(part) for part in place), *(-1,) * (4 - len(place)))
    start = max(line - 1, -1)
    end = max(end_line - 1, start)
    first = max(column - 1, 0)
    return Finding(
        path=path if isinstance(path, str) else "",
        line=start,
        column=first,
        end_line=end,
        end_column=max(end_column - 1, first) if end == start else max(end_column - 1, 0),
        severity=severity,
        code=_text(code)[:80],
        message=_text(message)[:MAX_MESSAGE],
        source=tool,
    )


def _number(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**9 else -1


def _text(value: object) -> str:
    return " ".join(value.split()) if isinstance(value, str) else ""


def _decode(output: str) -> object:
    """Decode JSON that may have other words before or behind it."""
    starts = [at for at in (output.find("["), output.find("{")) if at >= 0]
    for at in sorted(starts):
        try:
            return json.JSONDecoder().raw_decode(output, at)[0]
        except (ValueError, RecursionError):
            continue
    return None


def _rows(value: object) -> Iterator[Mapping[str, object]]:
    if isinstance(value, list):
        for row in value:
            if isinstance(row, dict):
                yield row


def _part(row: Mapping[str, object], name: str) -> Mapping[str, object]:
    value = row.get(name)
    return value if isinstance(value, dict) else {}


def _ruff(output: str, tool: str) -> Iterator[Finding]:
    for row in _rows(_decode(output)):
        start, end = _part(row, "location"), _part(row, "end_location")
        place = (start.get("row"), start.get("column"), end.get("row"), end.get("column"))
        code = row.get("code")
        is_bad = code is None or _text(code).startswith(("E9", "F", "invalid-syntax"))
        severity = Severity.ERROR if is_bad else Severity.WARNING
        yield _finding(tool, row.get("filename"), place, severity, code, row.get("message"))


def _pyright(output: str, tool: str) -> Iterator[Finding]:
    found = _decode(output)
    for row in _rows(found.get("generalDiagnostics") if isinstance(found, dict) else None):
        spread = _part(row, "range")
        start, end = _part(spread, "start"), _part(spread, "end")
        place = tuple(
            _number(value) + 1 if _number(value) >= 0 else None
            for value in (
                start.get("line"),
                start.get("character"),
                end.get("line"),
                end.get("character"),
            )
        )
        severity = {"error": Severity.ERROR, "warning": Severity.WARNING}.get(
            _text(row.get("severity")), Severity.INFO
        )
        yield _finding(tool, row.get("file"), place, severity, row.get("rule"), row.get("message"))


def _eslint(output: str, tool: str) -> Iterator[Finding]:
    for file in _rows(_decode(output)):
        for row in _rows(file.get("messages")):
            place = (row.get("line"), row.get("column"), row.get("endLine"), row.get("endColumn"))
            severity = Severity.ERROR if row.get("severity") == 2 else Severity.WARNING
            yield _finding(tool, file.get("filePath"), place, severity, row.get("ruleId"), row.get("message"))


def _cargo(output: str, tool: str) -> Iterator[Finding]:
    for line in output.split("\n"):
        try:
            told = json.loads(line) if line.startswith("{") else None
        except (ValueError, RecursionError):
            continue
        message = _part(told, "message") if isinstance(told, dict) else {}
        spans = [span for span in _rows(message.get("spans")) if span.get("is_primary") is True]
        if not spans:
            continue
        span = spans[0]
        place = tuple(span.get(name) for name in ("line_start", "column_start", "line_end", "column_end"))
        severity = Severity.ERROR if message.get("level") == "error" else Severity.WARNING
        code = _part(message, "code").get("code")
        yield _finding(tool, span.get("file_name"), place, severity, code, message.get("message"))


def _lines(output: str, tool: str) -> Iterator[Finding]:
    for line in output.split("\n"):
        found = _LINES.match(line[:_MAX_LINE].rstrip())
        if found is None:
            continue
        message, severity, code = found["message"], Severity.ERROR, ""
        kind = _KIND.match(message)
        if kind is not None:
            message = message[kind.end() :]
            word = kind["kind"].lower()
            severity = (
                Severity.WARNING
                if word == "warning"
                else Severity.INFO
                if word in ("note", "info")
                else severity
            )
        if named := _MYPY_CODE.search(message):
            message, code = message[: named.start()], named["code"]
        elif leading := _LEADING_CODE.match(message):
            message, code = message[leading.end() :], leading["code"]
        if severity is Severity.INFO:
            # Notes belong to what stands above them.
            continue
        place = (int(found["line"]), int(found["column"]) if found["column"] else None)
        yield _finding(tool, found["path"].strip(), place, severity, code, message or code)


def _tsc(output: str, tool: str) -> Iterator[Finding]:
    for line in output.split("\n"):
        found = _TSC.match(line[:_MAX_LINE].rstrip())
        if found is not None:
            severity = Severity.ERROR if found["kind"] == "error" else Severity.WARNING
            place = (int(found["line"]), int(found["column"]))
            yield _finding(tool, found["path"], place, severity, found["code"], found["message"])


def _pytest(output: str, tool: str) -> Iterator[Finding]:
    for line in output.split("\n"):
        found = _PYTEST.match(line[:_MAX_LINE].rstrip())
        if found is not None:
            name = found["path"] + (found["test"] or "")
            message = found["message"] or ("failed" if found["kind"] == "FAILED" else "could not be run")
            yield _finding(tool, found["path"], (), Severity.ERROR, name, message)


def _formatter(output: str, tool: str) -> Iterator[Finding]:
    """The exit code says it all: whoever reads it adds the finding."""
    return iter(())


_READERS: Mapping[Format, _Read] = {
    Format.RUFF: _ruff,
    Format.FORMATTER: _formatter,
    Format.LINES: _lines,
    Format.PYRIGHT: _pyright,
    Format.ESLINT: _eslint,
    Format.TSC: _tsc,
    Format.CARGO: _cargo,
    Format.PYTEST: _pytest,
}
