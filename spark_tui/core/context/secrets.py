"""Secrets stay home: which files are never sent, and which parts of a text are withheld from what is sent.

Patterns are chosen for precision: a marker in the place of something harmless would make edits harder.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache

from spark_tui.core.values import dataclass

_NAMES = (
    ".env", ".env.*", "*.env", ".envrc", "*.pem", "*.key", "*.p12", "*.pfx", "*.pkcs12", "*.jks", "*.keystore",
    "*.kdbx", "*.kdb", "*.ppk", "*.ovpn", "*.tfstate", "*.tfstate.*", "id_rsa", "id_dsa", "id_ecdsa", "id_ecdsa_sk",
    "id_ed25519", "id_ed25519_sk", "credentials", "credentials.json", "credentials.toml", "credentials.tfrc.json",
    "client_secret*.json", "service-account*.json", "service_account*.json", "serviceaccount*.json",
    "*-firebase-adminsdk*.json", "firebase-adminsdk*.json", "*-credentials.json", ".netrc",
    "_netrc", ".pypirc", ".git-credentials", ".pgpass", ".my.cnf", ".htpasswd", ".dockercfg", ".vault-token",
    "kubeconfig", "*.kubeconfig", "secrets.yml", "secrets.yaml", "secrets.json", "secrets.toml", ".secrets",
    ".s3cfg", ".boto", ".bash_history", ".zsh_history", ".psql_history", ".python_history", ".node_repl_history",
)  # fmt: skip
_HARMLESS = (
    ".env.example", ".env.sample", ".env.template", ".env.dist", ".env.defaults", "example.env", "sample.env",
    "template.env",
)  # fmt: skip
_FOLDERS = frozenset([".aws", ".ssh", ".gnupg", ".azure", ".gcloud", "gcloud", ".kube", ".docker"])
"""Folders of which nothing is sent; `gcloud` only below `.config`."""
_DENIED = "|".join(re.escape(name).replace(r"\*", ".*") for name in _NAMES)
_COPY = re.compile(r"(?:~|\.(?:bak|backup|old|orig|save|copy|tmp|rej|sw[a-z]|\d{1,8})){1,3}")
"""What editors and people put behind the name of a copy."""


@cache
def _compiled(regex: str, is_blind: bool = False) -> re.Pattern[str]:
    """Compile a pattern when it is first needed: all of them together would hold up the start."""
    return re.compile(regex, re.IGNORECASE if is_blind else 0)


def denied(path: str) -> str:
    """Say why a file is never sent, in a few words; empty if it may be."""
    *folders, name = path.lower().split("/")
    for number, folder in enumerate(folders):
        above = folders[number - 1] if number else ""
        if folder in _FOLDERS and (folder != "gcloud" or above == ".config"):
            return f"secrets stay here: {folder}/"
    if name in _HARMLESS:
        return ""
    copied = _COPY.sub("", name.strip("#")) if name[-1:] in "~#" or "." in name else name
    # An editor hides what it has not saved yet.
    names = (name, copied, copied.removeprefix("."), copied.removeprefix(".#"))
    found = copied not in _HARMLESS and any(map(_compiled(_DENIED).fullmatch, names))
    return f"secrets stay here: {name}" if found else ""


@dataclass(frozen=True, slots=True)
class _Pattern:
    what: str
    """For the marker."""
    triggers: tuple[str, ...]
    """Texts of which one must be there, in small letters if `is_blind`."""
    regex: str
    """Its group `secret`, or all of it, is withheld."""
    is_blind: bool = False
    """Whether case does not matter."""
    is_judged: bool = False
    """Whether the value must look like a secret, because the name alone says too little."""


def _pattern(what: str, triggers: str, regex: str, **kind: bool) -> _Pattern:
    return _Pattern(what, tuple(triggers.split()), regex, **kind)


_BLOCK = "private key"
_PATTERNS = (
    _pattern(
        _BLOCK,
        "-----BEGIN",
        r"-----BEGIN (?:[A-Z0-9]{1,20} ){0,4}PRIVATE KEY(?: BLOCK)?-----"
        r"(?P<secret>(?:\\[nr]|[\s\"',]){0,20}(?:[A-Za-z-]{2,20}: [^\n]{0,100}\n){0,5}"
        r"(?:\s{0,8}[A-Za-z0-9+/=]{16,4000}(?:\\[nr]|[\s\"',]){0,60}){1,400}"
        r"(?:[A-Za-z0-9+/=]{1,15}(?=[\s\\\"'nr,]{0,20}-----END))?)",
    ),
    _pattern("AWS access key", "AKIA ASIA ABIA ACCA", r"(?<![A-Z0-9])(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}(?![A-Z0-9])"),
    _pattern(
        "AWS secret key",
        "aws",
        r"aws_?(?:session_?token|secret_?(?:access_?)?key)[\"']?\s{0,4}[:=]{1,2}\s{0,4}[\"']?"
        r"(?P<secret>[A-Za-z0-9/+=]{40,1000})",
        is_blind=True,
    ),
    _pattern(
        "GitHub token",
        "ghp_ gho_ ghu_ ghs_ ghr_ github_pat_",
        r"(?<![A-Za-z0-9])(?:gh[pousr]_[A-Za-z0-9]{30,255}|github_pat_[A-Za-z0-9_]{22,255})",
    ),
    _pattern("GitLab token", "glpat-", r"(?<![A-Za-z0-9])glpat-[A-Za-z0-9_-]{20,200}"),
    _pattern(
        "API key",
        "sk-",
        r"(?<![A-Za-z0-9_-])sk-(?:(?:proj|svcacct|admin|None|ant-[a-z]{3,8}\d\d|or-v\d)-[A-Za-z0-9_-]{20,300}"
        r"|[A-Za-z0-9]{20,200})(?![A-Za-z0-9-])",
    ),
    _pattern(
        "API key",
        "csk- xai- gsk_ hf_ npm_ dop_v1_",
        r"(?<![A-Za-z0-9_-])(?:csk-[a-z0-9]{32,64}|xai-[A-Za-z0-9]{40,120}|gsk_[A-Za-z0-9]{40,80}|"
        r"hf_[A-Za-z0-9]{30,40}|npm_[A-Za-z0-9]{36}|dop_v1_[a-f0-9]{64})(?![A-Za-z0-9])",
    ),
    _pattern(
        "Slack token",
        "xox xapp- hooks.slack.com",
        r"(?<![A-Za-z0-9])(?:xox[abeoprs]-[A-Za-z0-9-]{10,250}|xapp-\d-[A-Z0-9]{5,30}-\d{5,30}-[a-f0-9]{20,100})"
        r"|hooks\.slack\.com/services/(?P<secret>T[A-Z0-9]{5,20}/B[A-Z0-9]{5,20}/[A-Za-z0-9]{16,40})",
    ),
    _pattern(
        "Google key",
        "AIza GOCSPX- ya29.",
        r"(?<![A-Za-z0-9_-])(?:AIza[A-Za-z0-9_-]{35}|GOCSPX-[A-Za-z0-9_-]{20,40}|ya29\.[A-Za-z0-9_-]{20,1000})",
    ),
    _pattern(
        "Stripe key",
        "sk_live_ sk_test_ rk_live_ rk_test_ whsec_",
        r"(?<![A-Za-z0-9])(?:[sr]k_(?:live|test)_[A-Za-z0-9]{16,250}|whsec_[A-Za-z0-9+/=]{24,100})",
    ),
    _pattern("SendGrid key", "SG.", r"(?<![A-Za-z0-9])SG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])"),
    _pattern("PyPI token", "pypi-", r"(?<![A-Za-z0-9])pypi-AgE[A-Za-z0-9_-]{50,500}"),
    _pattern("Azure key", "AccountKey=", r"AccountKey=(?P<secret>[A-Za-z0-9+/]{86}==)"),
    _pattern(
        "JSON web token",
        "eyJ",
        r"(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{8,4000}\.eyJ[A-Za-z0-9_-]{8,4000}\.[A-Za-z0-9_-]{8,2000}",
    ),
    _pattern(
        "npm token",
        ":_auth :_password",
        r":_(?:authToken|auth|password)\s{0,4}=\s{0,4}[\"']?(?P<secret>(?!\$)[A-Za-z0-9+/=_-]{12,500})",
        is_blind=True,
    ),
    _pattern(
        "password in an address",
        "://",
        r"[a-z][a-z0-9+.-]{1,30}://[^\s/:@\"'<>]{0,100}:(?P<secret>[^\s/:@\"'<>]{6,200})@[^\s/@]",
        is_blind=True,
        is_judged=True,
    ),
    _pattern(
        "bearer token",
        "earer ",
        r"(?<![A-Za-z])[Bb]earer\s{1,4}(?P<secret>[A-Za-z0-9._~+/=-]{20,1000})",
        is_judged=True,
    ),
    _pattern(
        "secret",
        "SECRET PASSW PWD TOKEN KEY",
        r"(?<![A-Za-z0-9_-])(?:[A-Z0-9]{1,20}_){0,6}(?:SECRET|PASSWORD|PASSWD|PWD|TOKEN|"
        r"(?:API|ACCESS|AUTH|SECRET|PRIVATE|SIGNING|ENCRYPTION|MASTER)_?KEY)(?:_[A-Z0-9]{1,20}){0,2}="
        r"(?P<secret>[^\s\"'`;,#()<>$]{12,300})(?!\S)",
        is_judged=True,
    ),
    _pattern(
        "secret",
        "passw pwd secret token api_key apikey api-key _key -key authkey accesskey privatekey",
        r"(?:passw(?:or)?d|pwd|secret(?:[_-]?key)?|(?:api|access|auth|private|signing|encryption)[_-]?(?:key|token)|"
        r"(?:access|auth|refresh|bearer)[_-]?token|client[_-]?secret)[\"']?\s{0,4}(?::=|=>|[:=])\s{0,4}"
        r"(?P<quote>[\"'])(?P<secret>[^\s\"']{12,300})(?P=quote)",
        is_blind=True,
        is_judged=True,
    ),
)  # fmt: skip
_TAME = (
    r"example|change|your|xxx|\.\.\.|<|\{|\$|%|dummy|sample|placeholder|password|passwd|secret|token|insert|"
    r"replace|fixme|todo|test|fake|1234567|abcdef|localhost|^[a-z]+([-_.][a-z]+)*$|^[A-Z]+([-_.][A-Z]+)*$|\(|/"
)


def _is_random(value: str) -> bool:
    """Whether a value looks made by a machine: letters and digits mixed, hardly any repeated, no words."""
    if _compiled(_TAME, is_blind=True).search(value):
        return False
    classes = (
        any(char.islower() for char in value)
        + any(char.isupper() for char in value)
        + any(char.isdigit() for char in value)
        + any(not char.isalnum() for char in value)
    )
    return any(map(str.isdigit, value)) and (classes >= 3 or (classes == 2 and len(value) >= 16))


@dataclass(frozen=True, slots=True)
class Redacted:
    """A text as it may be sent."""

    text: str
    withheld: Mapping[str, str]
    """Marker to what it stands for; empty: the text is as it was."""


def _found(text: str) -> Iterator[tuple[int, int, str]]:
    """Places of secrets and what they are; they may overlap."""
    small = text.lower()
    if len(small) != len(text):
        # A few letters change their length; then only what is ASCII is made small.
        small = "".join(char.lower() if char.isascii() else char for char in text)
    for pattern in _PATTERNS:
        for first, last in _stretches(small if pattern.is_blind else text, pattern):
            regex = _compiled(pattern.regex, pattern.is_blind)
            for match in regex.finditer(text, first, last):
                group = "secret" if "secret" in regex.groupindex and match["secret"] else 0
                start, end = match.span(group)
                if not pattern.is_judged or _is_random(text[start:end]):
                    yield start, end, pattern.what


def _stretches(where: str, pattern: _Pattern) -> Iterator[tuple[int, int]]:
    """The lines in which a trigger stands; those of a key block go on to the end."""
    for trigger in pattern.triggers:
        at = where.find(trigger)
        while at >= 0:
            end = where.find("\n", at)
            end = len(where) if end < 0 or pattern.what == _BLOCK else end
            yield where.rfind("\n", 0, at) + 1, end
            at = where.find(trigger, end)


def redact(text: str, series: str = "") -> Redacted:
    """Put a marker in the place of every secret; the number of lines stays the same.

    `series` stands before the numbers, so that markers of different texts differ.
    """
    spans: list[tuple[int, int, str]] = []
    for start, end, what in sorted(_found(text), key=lambda span: (span[0], -span[1])):
        if not spans or start >= spans[-1][1]:
            spans.append((start, end, what))
    if not spans:
        return Redacted(text, {})
    markers: dict[str, str] = {}
    pieces: list[str] = []
    at = 0
    for start, end, what in spans:
        pieces.append(text[at:start])
        rows = re.split(r"(\r\n|\n|\r)", text[start:end])
        for row in rows:
            if not row.strip():
                pieces.append(row)
                continue
            marker = _marker(f"{what} #{series}", markers, row, text)
            pieces.append(marker)
        at = end
    return Redacted("".join([*pieces, text[at:]]), markers)


def _marker(what: str, markers: dict[str, str], secret: str, text: str) -> str:
    """The marker of a secret; the same secret has the same one, and no text of the file is mistaken for it."""
    for marker, known in markers.items():
        if known == secret:
            return marker
    number = len(markers) + 1
    while (marker := f"[withheld {what}{number}: quote as is]") in text:
        number += 1000
    markers[marker] = secret
    return marker


def restore(text: str, withheld: Mapping[str, str]) -> str:
    """Put back what markers stand for."""
    if "[withheld " in text:
        for marker, secret in withheld.items():
            text = text.replace(marker, secret)
    return text
