"""`dataclass` for the values of this program: what the standard one makes, each method when it is first called.

The standard decorator compiles up to seven methods for a class. There are hundreds of classes, so that was a third
of what the start took, and most of those methods are never called in a sitting.
"""

from collections.abc import Callable
from dataclasses import MISSING, FrozenInstanceError, fields
from dataclasses import dataclass as _standard
from typing import TYPE_CHECKING, Any

_ORDER = ("__lt__", "__le__", "__gt__", "__ge__")


def _made(cls: type, frozen: bool, order: bool) -> type:
    """Give a class its fields, in slots, and what makes its methods."""
    # Where there is no docstring, the standard decorator would take its time to write one.
    cls.__doc__ = cls.__doc__ or cls.__name__
    own: Any = _standard(init=False, repr=False, eq=False, slots=True)(cls)
    names = ("__init__", "__repr__", "__eq__", *(("__hash__",) if frozen else ()), *(_ORDER if order else ()))
    for name in names:
        if name not in vars(cls):
            setattr(own, name, _later(own, name, frozen))
    if frozen:
        own.__setattr__, own.__delattr__, own.__setstate__ = _keep, _hold, _restore
    else:
        own.__hash__ = None
    made: type = own
    return made


def _later(own: type, name: str, frozen: bool) -> Callable[..., object]:
    """A method that makes way for the standard one as soon as it is called."""

    def method(self: object, *given: object, **named: object) -> object:
        made = _standard_method(own, name, frozen)
        setattr(own, name, made)
        return made(self, *given, **named)

    return method


def _standard_method(own: Any, name: str, frozen: bool) -> Callable[..., object]:
    scope: dict[str, object] = {"__doc__": "", "__qualname__": own.__qualname__, "__annotations__": {}}
    types: Any = scope["__annotations__"]
    for field in fields(own):
        types[field.name] = field.type
        if not (field.default is MISSING and field.default_factory is MISSING):
            scope[field.name] = field
    is_first = name == "__init__"
    if is_first and hasattr(own, "__post_init__"):
        scope["__post_init__"] = own.__post_init__
    likeness: Any = _standard(
        init=is_first,
        # The first values of frozen fields are set in another way; nothing else depends on it, and it takes its time.
        frozen=frozen and is_first,
        repr=name == "__repr__",
        eq=name == "__eq__" or name in _ORDER,
        order=name in _ORDER,
        unsafe_hash=name == "__hash__",
    )(type(own.__name__, (), scope))
    made: Callable[..., object] = getattr(likeness, name)
    return made


def _keep(self: object, name: str, value: object) -> None:
    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _hold(self: object, name: str) -> None:
    raise FrozenInstanceError(f"cannot delete field {name!r}")


def _restore(self: object, state: tuple[None, dict[str, object]]) -> None:
    """Fill in a copy, whose fields are frozen from the beginning."""
    for name, value in state[1].items():
        object.__setattr__(self, name, value)


if TYPE_CHECKING:
    # Checked as what it stands for.
    from dataclasses import dataclass as dataclass
else:

    def dataclass(*, frozen=False, slots, order=False):
        """Decorate a class of values; `slots` is said for those who check types, it is always so."""
        assert slots, "values have slots"
        return lambda cls: _made(cls, frozen, order)
