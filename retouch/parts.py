"""Finding parts by name: built-in ones and strangers' come through the same entry points."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Literal, get_args, get_type_hints

from retouch.errors import SpecError, UnavailableError
from retouch.spec import Spec, typed

PartKind = Literal["planners", "editors", "verifiers"]


@cache
def available(kind: PartKind) -> Mapping[str, EntryPoint]:
    """Every registered part of one kind by name; entry-point group `retouch.<kind>`."""
    return {entry.name: entry for entry in sorted(entry_points(group=f"retouch.{kind}"), key=lambda e: e.name)}


def factory(kind: PartKind, name: str) -> Callable[..., Any]:
    """The class or function that makes the part; SpecError if unknown, UnavailableError if it cannot be imported."""
    found = available(kind).get(name)
    if found is None:
        raise SpecError(
            f"{kind[:-1]} {name!r} is not installed; known: {', '.join(available(kind)) or 'none'}",
            hint=f"`retouch {kind}` lists them" if kind != "planners" else "",
        )
    try:
        made: Callable[..., Any] = found.load()
    except ImportError as error:
        raise UnavailableError(f"{kind[:-1]} {name!r} cannot be loaded: {error}") from error
    return made


def parameters(make: Callable[..., Any]) -> frozenset[str]:
    """The names that a factory takes: its parameters, with those of `**options: Unpack[…]` one by one."""
    names = set[str]()
    for name, parameter in inspect.signature(make).parameters.items():
        if parameter.kind is not inspect.Parameter.VAR_KEYWORD:
            names.add(name)
            continue
        hint = get_type_hints(make.__init__ if inspect.isclass(make) else make).get(name)
        names.update(key for typed_dict in get_args(hint) for key in get_type_hints(typed_dict))
    return frozenset(names)


def create(kind: PartKind, spec: Spec, **context: Any) -> Any:
    """Make the part of `spec`. `context` values are handed over where the factory has a parameter of that name.

    A target is passed as `target`; options must be parameters of the factory, otherwise SpecError lists those it has.
    """
    make = factory(kind, spec.name)
    known = parameters(make)
    own = {n for n in known if n not in context and n != "target"}
    unknown = [option for option in spec.options if option not in own]
    if unknown:
        raise SpecError(f"{spec.name}: unknown option {unknown[0]!r}; it takes {', '.join(sorted(own)) or 'none'}")
    if spec.target is not None and "target" not in known:
        raise SpecError(f"{spec.name}: takes no target, found {spec.target!r}")
    arguments: dict[str, Any] = {n: typed(v) for n, v in spec.options.items()}
    arguments |= {n: v for n, v in context.items() if n in known}
    if spec.target is not None:
        arguments["target"] = spec.target
    try:
        return make(**arguments)
    except TypeError as error:
        raise SpecError(f"{spec}: {error}") from error
