"""Which files belong together by name: a module, its tests, its header, its story, its documentation."""

import re

_AFFIX = re.compile(
    r"^(?:tests?|spec|bench|stub)[_-]|[_.-](?:tests?|spec|bench|stories|story|stub|mock|types?|d|e2e)$|(?<=[a-z])Tests?$"
)


def kin_key(path: str) -> str:
    """What files that belong together have in common: the name without `test_`, `.spec`, endings and the like."""
    name = path.rpartition("/")[2]
    parts = name.split(".")
    name = ".".join(parts[:-1]) if len(parts) > 1 and parts[0] else name
    before = ""
    while before != name:
        before, name = name, _AFFIX.sub("", name)
    return name.replace("-", "_").lower()
