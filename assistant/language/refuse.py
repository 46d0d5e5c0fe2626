"""What is not for the plan language: requests to change things, secrets, small talk, and questions about Segue's own terms."""

from __future__ import annotations

import re
from functools import lru_cache

from segue.assistant.language.lexicon import Lexicon, load_words
from segue.assistant.language.meanings import Col, Ent, Lab, Met, Seg, Tab
from segue.assistant.language.spans import read_spans
from segue.assistant.language.turn import AskBack, Call, Declined, Reading, Said, Understanding, Understood

_HOSTILE = ("secrets", "run_code", "change_data")
_DEFINED = {
    "returns": "return returns refund refunds credit cancellation cancellations cancelled canceled", "duplicates": "duplicate duplicates",
    "today": "today now", "last month": "month", "churn risk": "risk", "ignored": "ignored ignore", "customer": "same person people customer customers somebody someone",
}  # fmt: skip


_UNCLEAR = re.compile(r"\b(young|old|rich|poor|wealthy|good|bad|great|heavy|light|healthy|unhealthy|power|worried|worry|problem|problematic|difficult|interesting|important|promising|strong|weak|serious|savvy|nice|special) (ones?|customers?|clients?|users?|people|shoppers?|accounts?|members?|buyers?|donors?|guests?|spenders?|[a-z]+ (users?|buyers?|customers?))\b|\b(be worried about|worry about)\b")


def unclear(text: str) -> AskBack | None:
    """Words that only the person can put a figure to: "the young rich ones", "heavy users"."""
    found = _UNCLEAR.search(text.lower())
    if found is None:
        return None
    word = found[1] or found[4]
    return AskBack(question=f"What should count as {word!r} here? Give me a measure and a threshold, such as \"aged under 30\" or \"at least 10 orders\".")


def refuse(text: str, lexicon: Lexicon) -> Understanding | None:
    """An answer where the text is no question for the data; None where it is one."""
    low = text.lower().replace("’", "'").strip()
    for kind in _HOSTILE:
        if _matches(kind, low):
            return Declined(reason=load_words("refuse")["reasons"][kind], instead=starters(lexicon))
    if _matches("unsupported", low):
        return Declined(reason="That is not something this data can answer: I answer questions about your customers.", instead=starters(lexicon))
    if _matches("thanks", low):
        return Said(reply="You're welcome. Ask me anything else about your customers.")
    return _dangling(low) or _about_segue(text, low, lexicon)


def _dangling(low: str) -> AskBack | None:
    """ "above the cutoff", "the two groups": what the words point at was never said."""
    if m := re.search(r"\b(?:the|that|this|our|a) ((?:cut ?-?off|threshold|limit|benchmark|usual level)\b(?! of| at)|(?:two|three) (?:groups|segments|sets|lists|of them)\b|other (?:one|group|segment|plan|store|product|region|category)\b|(?:second|third|former|latter) one\b|\w+ (?:doing|performing|getting on|going)\b(?= ?\W*$))", low):
        return AskBack(question=f"Which {m[1].replace('other ', '')} do you mean? Name it, or give the figure.")
    return None


def _about_segue(text: str, low: str, lexicon: Lexicon) -> Understanding | None:
    for topic in ("make_segment", "abilities", "data", "today", "segments"):
        if _matches(topic, low):
            return _describe(topic)
    if _matches("definition", low):
        return _describe("definition", _defined_word(text, low, lexicon))
    return None


def _describe(topic: str, name: str | None = None) -> Understood:
    arguments = {"topic": topic} | ({"name": name} if name else {})
    return Understood(readings=[Reading(calls=[Call(tool="describe", arguments=arguments)])])


def _defined_word(text: str, low: str, lexicon: Lexicon) -> str | None:
    """The name of the model file, or the word of the conventions, that a definition is asked of."""
    words = set(re.findall(r"[a-z]+", low))
    if words & set(_DEFINED["returns"].split()) and not words & {"churn", "rate"}:
        return "returns"
    if "risk" in words:
        return "churn risk"
    spans = read_spans(text, lexicon, None)
    for kind in (Seg, Lab, Met, Ent, Tab, Col):
        for span in spans:
            meaning = span.of(kind)
            if meaning is not None and span.text not in ("data", "number", "mean"):
                return getattr(meaning, "name", None) or getattr(meaning, "ref", None)
    return next((name for name, said in _DEFINED.items() if words & set(said.split())), None)


def _matches(kind: str, low: str) -> bool:
    return any(p.search(low) for p in _patterns(kind))


@lru_cache(maxsize=16)
def _patterns(kind: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(p) for p in load_words("refuse")[kind])


def starters(lexicon: Lexicon) -> list[str]:
    """A few questions that this workspace can certainly answer."""
    model = lexicon.model
    out = ["How many customers do we have?"]
    if "revenue" in model.metrics and model.clock:
        out.append("What was revenue last month?")
    if any(label.kind == "churn" for label in model.labels.values()):
        out.append("What is our churn rate?")
    if model.main_scheme:
        out.append("Which segment has the highest churn risk?")
    return out[:3]
