"""Question to understanding: spans, frames, follow-ups, and the rule that every content word must be accounted for."""

from __future__ import annotations

import copy
import json
import re
from typing import Any

from pydantic import ValidationError

from segue.assistant.language.dates import as_of
from segue.assistant.language.followup import LEANS, follow
from segue.assistant.language.frames import FRAMES
from segue.assistant.language.lexicon import Lexicon, load_words
from segue.assistant.language.meanings import (
    Bound,
    Col,
    Dur,
    Ent,
    Every,
    Lab,
    Met,
    Missing,
    Num,
    Seg,
    Span,
    Tab,
    Time,
    Vague,
    Val,
    Verb,
)
from segue.assistant.language.refuse import refuse, starters, unclear
from segue.assistant.language.sentence import Plan, Sentence
from segue.assistant.language.spans import read_spans
from segue.assistant.language.special import RISK, special
from segue.assistant.language.tokens import stems
from segue.assistant.language.turn import AskBack, Call, Declined, Dialogue, Reading, Understanding, Understood
from segue.assistant.language.world import World
from segue.tools.context import Context
from segue.tools.errors import SegueError
from segue.tools.query.plan import FindCustomers, plain
from segue.tools.semantic.schema import Model, words

_FUTURE = re.compile(r"\b(what|how much|how many|which|when|where)\b[^.?!]{0,30}\b(will|shall|going to|gonna)\b(?! do\b)|^\W*will\b|\b(forecast|predict|projection)\b", re.I)

_FRAGMENT = re.compile(r"^\W*(and|same|now|only|just|but)\s+(by|in|for|the|those|only|just|again)\b.{0,25}$", re.I)

_CONTENT = (Col, Val, Met, Ent, Tab, Lab, Seg, Num, Bound, Dur, Time, Every, Verb, Vague)


class Understander:
    """Reads questions about one workspace. Building it reads the workspace's words once; reading a question runs no query."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.lexicon = Lexicon(context)
        self.world = World(context)
        self.now = as_of(self.world)

    def read(self, question: str, dialogue: Dialogue) -> Understanding:
        """What the question asks for: tool calls, a question back, or why it can't be answered."""
        text = chosen(question, dialogue)
        refused = refuse(text, self.lexicon)
        if refused is not None:
            return refused
        if _FRAGMENT.match(text) and not any(t.status == "answered" for t in dialogue.turns):
            return AskBack(question="Nothing was asked before that this could go on from. What would you like to know?", choices=starters(self.lexicon))
        spans = read_spans(text, self.lexicon, self.now)
        if not spans:
            return AskBack(question="What would you like to know about your customers?", choices=starters(self.lexicon))
        set_aside(spans)
        written = {words(c) for t in self.context.model.tables.values() for c in t.columns}
        if self.now is None and not self._has_dates() and not written & {"month", "day", "year", "week", "quarter"} and not any(self.context.model.column(c.ref).role == "duration" for s in spans for c in s.every(Col)) and any(s.of(Time, Every) and not s.of(Val, Col) or s.word("trend") for s in spans if not s.used):
            return Declined(reason="This data has no dates, so nothing can be said about when things happened or how they moved over time.", instead=starters(self.lexicon))
        swaps = money_terms(spans, self.world)
        if _FUTURE.search(text) and not RISK.search(text.lower()):
            return self._no_role("the future", "will")
        missing = self._missing(spans)
        if missing is not None:
            return missing
        return with_metrics(self._in_dialogue(text, spans, dialogue), swaps)

    def _in_dialogue(self, text: str, spans: list[Span], dialogue: Dialogue) -> Understanding:
        """A question that leans on the last one is an edit of it first; one that stands by itself starts afresh."""
        leans = bool(LEANS.search(text))
        fresh = None if leans else self._fresh(text, copy.deepcopy(spans))
        if isinstance(fresh, Understood):
            return fresh
        try:
            followed = follow(text, copy.deepcopy(spans), dialogue, self.world, self.lexicon)
        except (ValidationError, SegueError):
            followed = None
        edited = self._checked(*followed[:2], text, followed[2]) if followed is not None else None
        if isinstance(edited, Understood):
            return edited
        fresh = fresh or self._fresh(text, copy.deepcopy(spans))
        return fresh if edited is None or isinstance(fresh, Understood) else edited

    def _has_dates(self) -> bool:
        return any(c.type in ("date", "timestamp") for t in self.context.model.tables.values() for c in t.columns.values())

    def _fresh(self, text: str, spans: list[Span]) -> Understanding:
        """A question complete in itself: the first frame that leaves nothing unread, else the one that leaves least."""
        best: tuple[int, list[Span], Call, list[str]] | None = None
        for frame in (special, *FRAMES):
            sentence = Sentence(copy.deepcopy(spans), self.world, self.lexicon)
            call = self._try(frame, sentence, text)
            if call is None:
                continue
            left = unread(sentence.spans, call, self.context.model)
            if not left:
                return self._understood(call, sentence.assumptions, sentence.spans)
            if best is None or len(left) < best[0]:
                best = (len(left), sentence.spans, call, sentence.assumptions)
        asked = unclear(text)
        if asked is not None:
            return asked
        if best is None:
            return self._nothing(spans)
        return self._checked(best[2], best[1], text, best[3])

    def _try(self, frame: Any, sentence: Sentence, text: str) -> Call | None:
        try:
            made = frame(sentence, text) if frame is special else frame(sentence)
        except (ValidationError, SegueError, KeyError):
            return None  # a reading that makes no valid plan is no reading
        return made if isinstance(made, Call) or made is None else as_call(made)

    def _checked(self, call: Call, spans: list[Span], text: str, assumptions: list[str]) -> Understanding:
        left = unread(spans, call, self.context.model)
        return self._understood(call, assumptions, spans) if not left else self._unread(left)

    def _understood(self, call: Call, assumptions: list[str], spans: list[Span]) -> Understood:
        notes = [f"I read {s.corrected!r} where you wrote something like it." for s in spans if s.corrected and s.used]
        return Understood(readings=[Reading(calls=[call], assumptions=[*notes, *dict.fromkeys(assumptions)])])

    def _missing(self, spans: list[Span]) -> Declined | None:
        for span in spans:
            role = span.of(Missing)
            if role is not None and not span.used and not span.of(Col, Val, Met, Ent, Tab, Lab, Seg, Time) and not (span.of(Verb) and role.role != "the future"):
                return self._no_role(role.role, span.text)
        return None

    def _no_role(self, role: str, word: str) -> Declined:
        if role == "the future":
            reason = "I can't say what will happen: the data holds what has happened" + (f", up to {self.now:%-d %b %Y}." if self.now else ".")
        elif role in ("the weather", "competitors", "the news"):
            reason = f"This data says nothing about {role}."
        else:
            reason = f"This data has no {role}: nothing in it says what {word!r} would be."
        return Declined(reason=reason, instead=starters(self.lexicon))

    def _unread(self, left: list[Span]) -> Understanding:
        unknown = [s for s in left if s.unknown]
        if unknown:
            said = ", ".join(repr(s.text) for s in unknown[:3])
            return Declined(reason=f"I don't know what {said} {'refers' if len(unknown) == 1 else 'refer'} to in this data.", instead=starters(self.lexicon))
        acts = [s for s in left if s.of(Verb) and s.of(Verb).act not in ("spend", "sell", "join") and self.world.act_table(load_words("verbs")[s.of(Verb).act]) is None and "subject" in load_words("verbs")[s.of(Verb).act]]  # type: ignore[union-attr]
        if acts:
            return Declined(reason=f"This data doesn't say who {acts[0].text}: no table holds it.", instead=starters(self.lexicon))
        said = ", ".join(repr(s.text) for s in left[:3])
        return AskBack(question=f"I'm not sure how {said} fits into the question. Could you put it another way?", choices=[])

    def _nothing(self, spans: list[Span]) -> Understanding:
        unknown = [s for s in spans if s.unknown]
        if unknown and len(unknown) >= 1 and not any(s.of(*_CONTENT) for s in spans):
            return self._unread(unknown)
        if unknown:
            return self._unread(unknown)
        return AskBack(question="Which figure, and of whom? Name the group or the measure you mean.", choices=[])


def money_terms(spans: list[Span], world: World) -> dict[str, str]:
    """ "refunds knocked off", "excluding shipping", "delivery charge included": which money is meant, as metric -> metric to use instead."""
    model, swaps = world.model, {}
    money = any(s.of(Met) and model.metrics[s.of(Met).name].unit == "money" or s.of(Verb) and s.of(Verb).act in ("spend", "sell") for s in spans)  # type: ignore[union-attr]
    gross = next((n for n in model.metrics if n.startswith("gross_")), None)
    if not money:
        return swaps
    for k, span in enumerate(spans):
        kind = _money_term(span, world)
        if kind is None:
            continue
        near = [*spans[max(0, k - 3):k], *spans[k + 1:k + 3]]
        text = f" {' '.join(s.text for s in near)} "
        signs = [s for s in near if s.word("except") or s.text in ("including", "included", "include", "plus", "net", "net of", "after", "less", "before", "with", "less the")]
        taken_off = [s for s in near if s.text in ("taken", "off", "taken off", "deducted", "knocked off", "netted off", "net", "after", "less", "minus")]
        if kind == "returns" and taken_off:
            for s in (span, *taken_off):
                s.used = True
            continue
        if not signs or (kind == "fee" and any(s.word("share", "difference", "compare") for s in spans)):
            continue
        net = any(w in text for w in (" off ", " net ", " after ", " less ", " minus ", " deduct", " knocked ", " off"))
        if kind == "returns" and not net and any(s.word("except") or s.text == "before" for s in signs):
            if gross is None:
                continue
            swaps["revenue"] = gross
        elif kind == "fee" and any(s.text in ("including", "included", "include", "plus", "with") for s in signs):
            paid = next((n for n, m in model.metrics.items() if m.of and model.tables[m.of.partition(".")[0]].subject == "payments" and m.stat == "sum"), None)
            if paid is None:
                continue
            swaps["revenue"] = paid
        for s in (span, *signs):
            s.used = True
    return swaps


def _money_term(span: Span, world: World) -> str | None:
    """returns, or fee, where the span names one."""
    if any(v.test == "cancelled" for v in span.every(Val)) or any(m.name == "returns_value" for m in span.every(Met)):
        return "returns"
    if any(world.model.column(c.ref).role == "fee" for c in span.every(Col)):
        return "fee"
    return None


def with_metrics(understood: Understanding, swaps: dict[str, str]) -> Understanding:
    """The understanding with metrics replaced in every call: which money was meant is the question's own, shared by no other."""
    if not swaps or not isinstance(understood, Understood):
        return understood
    readings = [
        r.model_copy(update={"calls": [Call(tool=c.tool, arguments=swapped(c.arguments, swaps)) for c in r.calls]})
        for r in understood.readings
    ]
    return understood.model_copy(update={"readings": readings})


def swapped(arguments: Any, swaps: dict[str, str]) -> Any:
    """The arguments with metrics replaced."""
    if isinstance(arguments, dict):
        return {k: swaps.get(v, v) if k == "metric" and isinstance(v, str) else swapped(v, swaps) for k, v in arguments.items()}
    return [swapped(v, swaps) for v in arguments] if isinstance(arguments, list) else arguments


def as_call(made: Plan) -> Call:
    """A plan as a call of its tool."""
    return Call(tool="find_customers" if isinstance(made, FindCustomers) else "query", arguments=plain(made))


def set_aside(spans: list[Span]) -> None:
    """Marks as read what is about the asker's purpose, not the data: "so we can say sorry", "trying to sort the rota"."""
    for k, span in enumerate(spans):
        if span.word("purpose") and not span.of(Col, Val, Met):
            for after in spans[k:]:
                if after.word("stop"):
                    break
                after.used = True
    sentences: list[list[Span]] = [[]]
    for span in spans:
        sentences[-1].append(span)
        if span.word("stop"):
            sentences.append([])
    worth = [sum(bool(s.of(*_CONTENT)) and not s.used for s in part) for part in sentences]
    for part, n in zip(sentences, worth, strict=True):
        if n == 0 and max(worth) > 0:
            for span in part:
                span.used = True


def unread(spans: list[Span], call: Call, model: Model) -> list[Span]:
    """The content words that nothing accounted for. A second word for what the call names already is accounted for."""
    named = json.dumps(call.arguments)
    named += json.dumps([m.of for n, m in model.metrics.items() if f'"{n}"' in named] + [lab.test.column for n, lab in model.labels.items() if lab.test and f'"{n}"' in named])
    return [s for s in spans if not s.used and (s.unknown or _matters(s)) and not _named(s, named, model)]


def _named(span: Span, named: str, model: Model) -> bool:
    if any(f'"{m.name}"' in named or (t := model.labels[m.name].test) and t.column in named for m in span.every(Lab)) and not span.of(Val):
        return True
    if (span.word("share", "rate") and any(k in named for k in ('"rate"', '"ratio"', '"share"', '"concentration"'))) or (span.word("trend", "distribution") and '"by"' in named) \
            or (span.word("first", "last", "new", "active") and any(k in named for k in ('"min"', '"max"', '"window"', '"before"', '"start"'))) or span.text == "or":
        return True
    if any(model.metrics[m.name].count and f'"{model.metrics[m.name].count}"' in named for m in span.every(Met)):
        return True
    if span.unknown and span.text.rstrip("s") in ("month", "quarter", "week", "day", "year") and '"part"' in named:
        return True
    if span.of(Val, Num, Bound, Dur, Time, Every, Lab, Seg):
        return False
    if span.of(Verb) and set(stems(span.text)) & {s for ref in re.findall(r'"\w+\.([^"]+)"', named) for s in stems(words(ref))}:
        return True
    if any(f'"{m.name}.' in named for m in span.every(Tab)) or any(f'"{m.name}s"' in named for m in span.every(Ent)):
        return True
    names = [m.ref for m in span.every(Col)] + [m.name for m in (*span.every(Met), *span.every(Tab))] + [m.name for m in span.every(Ent)]
    return any(f'"{n}"' in named for n in names)


def _matters(span: Span) -> bool:
    if span.text in ("one", "ones"):
        return False
    if span.word("filler", "det", "prep", "aux", "pronoun", "comma", "stop", "dash", "paren", "and", "or", "but", "relative", "what", "list", "who", "how_much", "follow", "ever",
                 "by", "only", "each", "of_those", "comes_from", "total", "rank", "instead", "distinct", "them", "or_more", "or_less"):
        return bool(span.of(Val, Lab, Num, Bound, Dur, Time, Every, Seg, Met)) and not span.word("filler", "prep", "det")
    if span.word("not", "except"):
        return True
    return not (span.of(Ent) and span.of(Ent).name == "customer")  # type: ignore[union-attr]


def chosen(question: str, dialogue: Dialogue) -> str:
    """The question itself, or the choice that "2" or "the first one" picks from the last question back."""
    last = dialogue.turns[-1] if dialogue.turns else None
    if last is None or not last.choices:
        return question
    picked = re.fullmatch(r"\W*(?:option |choice |number )?(\d)\W*", question.strip().lower())
    ordinal = re.fullmatch(r"\W*(?:the )?(first|second|third|fourth|last|former|latter)(?: one)?(?: please)?\W*", question.strip().lower())
    n = int(picked[1]) if picked else {"first": 1, "former": 1, "second": 2, "latter": 2, "third": 3, "fourth": 4, "last": len(last.choices)}[ordinal[1]] if ordinal else 0
    return last.choices[n - 1] if 0 < n <= len(last.choices) else question
