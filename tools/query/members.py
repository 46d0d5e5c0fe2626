"""Who is in a kept segment, on the data in use: read where it was worked out, else worked out from the definition and kept."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from segue.tools.data.members import Members
from segue.tools.query.catalog import Catalog
from segue.tools.query.find import key_table
from segue.tools.query.plan import FindCustomers

if TYPE_CHECKING:
    import pyarrow as pa

    from segue.tools.context import Context
    from segue.tools.data.state import Segment


def member_keys(context: Context, segment: Segment) -> pa.ChunkedArray:
    """The key of every member, in key order; a key that the data holds as 12345.0 is 12345.

    DefinitionError where the definition names what is no longer in the data, QuestionError where the data can't tell any more.
    """
    members = Members(context.workspace.members_dir)
    path = members.path(segment.id, segment.version, context.data_version)
    if not path.is_file():
        _work_out(context, segment, path)
    return members.read(segment.id, segment.version, context.data_version)


def _work_out(context: Context, segment: Segment, path: Path) -> None:
    plan = FindCustomers.model_validate(segment.definition)
    catalog = Catalog(context)
    ref = catalog.entity(plan.of).key
    found = key_table(catalog, plan)
    whole = catalog.type(ref) == "number" and catalog.whole(ref)
    keys = found.mutate(key=found["key"].cast("int64")) if whole else found
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.tmp")
    context.engine.write_parquet(keys.order_by("key"), temporary)
    temporary.replace(path)
