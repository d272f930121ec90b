"""Thousands of texts that mean harm: control sequences of every kind, characters that hide or turn, markup."""

import itertools
from collections.abc import Iterator


def _sequences() -> Iterator[str]:
    """Yield control sequences of every kind that terminals know, with and without an end."""
    bodies = (
        "0;owned",
        "2;owned",
        "52;c;aGFja2Vk",
        "8;;http://evil",
        "4;1;#ff0000",
        "9;4;1;50",
        "1337;File=:AAAA",
        "777;n;a;b",
        "10;?",
        "11;#000000",
        "104",
        "110",
        "133;A",
        "633;E;rm",
        "7;file:///",
        "50;CursorShape=1",
    )
    for start, body, end in itertools.product(("\x1b]", "\x9d"), bodies, ("\x07", "\x1b\\", "\x9c", "")):
        yield start + body + end
    for start, end in itertools.product(
        ("\x1bP", "\x90", "\x1b_", "\x9f", "\x1b^", "\x9e", "\x1bX", "\x98"), ("\x1b\\", "\x9c", "")
    ):
        for body in ("q#0~", "+q544e", "Gf=100;AAAA", "$qm", "tmux;\x1b\x1b]0;x\x07", "1$r0m"):
            yield start + body + end
    finals = "@ABCDEFGHIJKLMPSTXZ`abcdefghilmnpqrstuxyz{|}~"
    for start, middle, final in itertools.product(
        ("\x1b[", "\x9b"), ("", "7", "31;7", "?1049", ">1", "!", "6 ", "=9"), finals
    ):
        yield start + middle + final
    for char in "78=>cDEHMNOVWZlmno|}~#%()*+-./ ":
        yield f"\x1b{char}" + ("8" if char in "#%()*+-./ " else "")


def _characters() -> Iterator[str]:
    """Yield characters that steer, hide or turn what is around them."""
    codes = [
        *range(0x20),
        *range(0x7F, 0xA1),
        0xAD,
        0x34F,
        0x61C,
        0x115F,
        0x1160,
        0x17B4,
        0x17B5,
        *range(0x180B, 0x1810),
        *range(0x2000, 0x2010),
        *range(0x2028, 0x2030),
        *range(0x205F, 0x2070),
        0x3000,
        0x3164,
        0xFE00,
        0xFE0E,
        0xFE0F,
        0xFEFF,
        0xFFA0,
        *range(0xFFF9, 0xFFFE),
        0x1BCA0,
        0x1D173,
        *range(0xE0000, 0xE0080),
        0xE0100,
        0xE01EF,
        0xE000,
        0xF8FF,
        0x10FFFD,
        0xD800,
        0xDFFF,
    ]
    for code in codes:
        if chr(code) != "\n":
            yield f"a{chr(code)}b"
            yield chr(code) * 3


def _markup() -> Iterator[str]:
    for tag in (
        "bold red",
        "@click=app.quit",
        "link=http://evil",
        "/",
        "reverse",
        "$primary",
        "on #ff0000",
        "blink",
    ):
        yield f"[{tag}]x[/{tag}]"
        yield f"[{tag}"
        yield f"\\[{tag}]]"


def _mixed() -> Iterator[str]:
    parts = (
        "\x1b[41m",
        "\u202e",
        "\r",
        "\x08\x08",
        "\u200d",
        "漢",
        "👩\u200d💻",
        "e\u0301\u0301\u0301",
        "\ufe0f",
        "\x9b2J",
        "\t",
        "שלום",
    )
    for one, two, three in itertools.product(parts, repeat=3):
        yield f"{one}x{two}y{three}"


def payloads() -> list[str]:
    """Return every text once."""
    found = [*_sequences(), *_characters(), *_markup(), *itertools.islice(_mixed(), 0, None, 3)]
    return list(dict.fromkeys(found))
