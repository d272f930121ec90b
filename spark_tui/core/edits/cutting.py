"""Cuts a text into pieces as a stream might, to show that the cuts make no difference."""

from collections.abc import Iterator

_LONGEST = 17


def cut(text: str, how: str) -> Iterator[str]:
    """Cut `whole`, into `chars`, or at the places that the number in `random:SEED` stands for.

    Raises ValueError for anything else.
    """
    if how == "whole":
        yield text
    elif how == "chars":
        yield from text
    elif how.startswith("random:") and how[7:].isdecimal():
        yield from _at_random(text, int(how[7:]))
    else:
        raise ValueError(f"'{how}' is none of whole, chars, random:SEED")


def _at_random(text: str, seed: int) -> Iterator[str]:
    # A linear congruential generator: the same seed gives the same cuts everywhere and for good.
    state = seed
    at = 0
    while at < len(text):
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        length = 1 + (state >> 33) % _LONGEST
        yield text[at : at + length]
        at += length
