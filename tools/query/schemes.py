"""Schemes and saved segments as keys that the engine can join.

A scheme splits an entity's members: a function of the context that gives an Ibis table with columns `key` and `segment`. It is
listed here by name; an attribute (`table.column`) is a scheme without registration.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from segue.tools.errors import DefinitionError, did_you_mean
from segue.tools.query.catalog import Catalog
from segue.tools.query.plan import FindCustomers, InSegment

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from segue.tools.context import Context


def _rfm(context: Context) -> Any:
    # The segment tools stand on this layer, so their scheme is found by name when it is first asked for.
    return importlib.import_module("segue.tools.segments.rfm").scheme(context)


SCHEMES: dict[str, Callable[[Context], Any] | str] = {"rfm": _rfm}
"""name -> (context -> Ibis table of key, segment), or where that is: "module:function". The key is the customer's."""


def scheme_table(catalog: Catalog, name: str) -> ir.Table:
    """The scheme's table. DefinitionError where none of that name is known."""
    if name not in SCHEMES:
        raise DefinitionError(f"There is no scheme {name!r}.", did_you_mean(name, SCHEMES))
    scheme = SCHEMES[name]
    if isinstance(scheme, str):
        module, _, function = scheme.partition(":")
        scheme = getattr(importlib.import_module(module), function)
    return scheme(catalog.context)


def segment_keys(catalog: Catalog, condition: InSegment) -> tuple[str, ir.Table]:
    """The entity that the segment is of, and its members' keys (column `key`)."""
    if condition.scheme is not None:
        table: Any = scheme_table(catalog, condition.scheme)
        return "customer", table.filter(table["segment"].lower() == condition.segment.lower()).select("key")
    from segue.tools.query.find import key_table

    saved = catalog.context.state.segment(condition.segment)
    plan = FindCustomers.model_validate(saved.definition)
    return plan.of, key_table(catalog, plan)
