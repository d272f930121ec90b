"""`dataclass` for the values of this program: what the standard one makes, each method when it is first called.

The standard decorator compiles up to seven methods for a class. There are hundreds of classes, so that was a third
of what the start took, and most of those methods are never called in a sitting.
"""

from collections.abc import Callable
from dataclasses import MISSING, FrozenInstanceError, fields
from dataclasses import dataclass as _standard
from types import CodeType, FunctionType
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
    """A method that makes way for the real one as soon as it is called."""

    def method(self: object, *given: object, **named: object) -> object:
        made = _initialiser(own, frozen) if name == "__init__" else _standard_method(own, name)
        setattr(own, name, made)
        return made(self, *given, **named)

    return method


def _initialiser(own: Any, frozen: bool) -> Callable[..., object]:
    """What the standard decorator would make, without what else it makes for frozen values; nearly all are."""
    scope: dict[str, object] = {"_set": object.__setattr__, "_absent": MISSING}
    names, defaults, lines = ["self"], [], []
    for field in fields(own):
        name = value = field.name
        if field.default_factory is not MISSING:
            scope[f"_new_{name}"] = field.default_factory
            value = f"_new_{name}() if {name} is _absent else {name}"
            defaults.append(MISSING)
        elif field.default is not MISSING:
            defaults.append(field.default)
        assert field.init and not field.kw_only, "not offered here"
        names.append(name)
        lines.append(f"_set(self, {name!r}, {value})" if frozen else f"self.{name} = {value}")
    if hasattr(own, "__post_init__"):
        lines.append("self.__post_init__()")
    source = f"def __init__({', '.join(names)}):\n " + "\n ".join(lines or ["pass"])
    code = next(part for part in compile(source, "<values>", "exec").co_consts if isinstance(part, CodeType))
    made = FunctionType(code, scope, "__init__", tuple(defaults))
    made.__qualname__ = f"{own.__qualname__}.__init__"
    return made


def _standard_method(own: Any, name: str) -> Callable[..., object]:
    scope: dict[str, object] = {"__doc__": own.__doc__, "__qualname__": own.__qualname__}
    scope["__annotations__"] = {field.name: field.type for field in fields(own)}
    scope |= {field.name: field for field in fields(own)}
    likeness: Any = _standard(
        init=False,
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
