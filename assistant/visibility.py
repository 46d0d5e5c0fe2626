"""What an asker, before an audience, may see of a result: applied before any narration or chat model reads it."""

from __future__ import annotations

from segue.tools.results import Result

OWNER = "owner"


def visible(result: Result, asker: str, audience: str) -> Result:
    """The part of `result` that `asker` may see before `audience` (terminal, a direct message, a channel).

    The person at the command line is the workspace's owner and sees everything; no other asker is let in yet.
    """
    if asker != OWNER or audience != "terminal":
        raise PermissionError(f"nothing says what {asker!r} may see before {audience!r}")
    return result
