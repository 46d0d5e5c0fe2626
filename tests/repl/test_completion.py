"""What Tab offers."""

from __future__ import annotations

from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document

from segue.assistant.repl.completion import ChatCompleter

NAMES = {"revenue": "metric", "United Kingdom": "country of customers", "unit price": "column of lines", "At risk": "segment of 12"}
COMPLETER = ChatCompleter({"/help": "this help", "/sql": "the SQL"}, lambda: NAMES)


def offered(text: str) -> list[tuple[str, int]]:
    return [(c.text, c.start_position) for c in COMPLETER.get_completions(Document(text), CompleteEvent())]


def test_commands_at_the_start() -> None:
    assert offered("/") == [("/help", -1), ("/sql", -1)]
    assert offered("/s") == [("/sql", -2)]
    assert offered("what is /s") == []


def test_a_name_in_any_case_from_its_last_word() -> None:
    assert offered("how much REV") == [("revenue", -3)]


def test_a_name_of_several_words() -> None:
    assert offered("customers in united k") == [("United Kingdom", -8)]
    assert offered("customers in un") == [("United Kingdom", -2), ("unit price", -2)]


def test_nothing_for_one_letter_or_a_whole_name() -> None:
    assert offered("r") == []
    assert offered("revenue") == []


def test_only_the_line_that_the_cursor_is_on() -> None:
    assert offered("at\nat ri") == [("At risk", -5)]
