"""Every text that a chat model is told (tool descriptions apart), one Markdown file each, loaded by name."""

from __future__ import annotations

from pathlib import Path
from string import Template

_HERE = Path(__file__).parent


def names() -> list[str]:
    """The prompts there are."""
    return sorted(file.stem for file in _HERE.glob("*.md"))


def load(name: str, **variables: str) -> str:
    """The prompt `name` with its `$variables` filled in.

    LookupError where there is no such prompt, where a variable of the text is not given, or where one is given that the
    text doesn't have: a prompt with a hole in it is never sent.
    """
    file = _HERE / f"{name}.md"
    if not file.is_file():
        raise LookupError(f"There is no prompt {name!r}. There are: {', '.join(names())}.")
    template = Template(file.read_text(encoding="utf-8"))
    wanted = set(template.get_identifiers())
    if missing := sorted(wanted - set(variables)):
        raise LookupError(f"Prompt {name!r} needs a value for: {', '.join(missing)}.")
    if extra := sorted(set(variables) - wanted):
        raise LookupError(f"Prompt {name!r} has no place for: {', '.join(extra)}.")
    return template.substitute(variables).strip() + "\n"
