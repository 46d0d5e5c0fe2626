"""Questions for the segment tools: churn risk, profiles, segment overviews, and why something changed."""

from __future__ import annotations

import re
from typing import Any

from segue.assistant.language.focus import Finder, Focus
from segue.assistant.language.groups import Shaper
from segue.assistant.language.meanings import Ent, Lab, Met, Seg, Time, Vague, Val
from segue.assistant.language.sentence import Sentence
from segue.assistant.language.turn import Call
from segue.tools.query.plan import ColumnIs, FindCustomers, Measure, Rate, Value, plain
from segue.tools.segments.arguments import ChurnRisk, ExplainChange, Profile, SegmentOverview

RISK = re.compile(
    r"\b(churn|attrition|leaving|cancellation|retention) risks?\b|\brisk of (churn\w*|leaving|cancel\w*|quitting)\b|\briskiest\b|\bmost at risk\b|"
    r"\b(most|least|more|less) likely to (churn|leave|quit|cancel|lapse|stop|go)\b|\b(highest|lowest|greatest|biggest) risk\b|\blikelihood of (churn|leaving)|\bat most risk\b|"
    r"\bsafest\b|\bwill (churn|leave)\b|\bgoing to (churn|leave)\b")
_PROFILE = re.compile(
    r"\blook like\b|\bwhat (?:are|is)\b.{3,70}\blike\b|\btypical\b.{0,40}\b(leaver|churner|customer|member|shopper|buyer|client|user|stayer|account)|\bset\w*\b.{0,30}\bapart\b|\bwhat (makes|distinguishes|separates|characteri[sz]es|defines)\b|"
    r"\bhow (do|does|are|is)\b.{0,60}\b(differ|different)\b|\bhave in common\b|\bprofile\b|\bwho are (our|the|my)\b.{0,40}\b(leavers|churners|stayers)\b|\bdescribe (our|the|my|a)\b|"
    r"\bwhat (sort|kind|type) of (people|person|customers?|shoppers?|clients?|members?)\b|\bsum up\b|\bdifference between\b.{0,50}\b(leavers|stayers|churned|stayed|left)\b|\bwhat do\b.{0,60}\bhave in common\b|"
    r"\bportrait of\b|\bpicture of (a|the|our)\b|\bcharacteristics of\b|\btraits\b")
_WHY = re.compile(r"^\s*(and |so |but )?(why|how come|what (drove|caused|explains|is driving|was behind|is behind|made)|what's (driving|behind)|explain (why|the))\b", re.I)
_OVERVIEW = re.compile(r"\b(segments?|rfm)\b", re.I)
_FALL = re.compile(r"\b(drop|dropped|fall|fell|fallen|decline|declined|decrease\w*|down|dip\w*|shrink|shrank|slump\w*|lower|worse|lost|losing|plunge\w*|go down|went down)\b")
_RISE = re.compile(r"\b(rise|rose|risen|grow|grew|grown|increase\w*|up|jump\w*|spike\w*|higher|better|go up|went up|surge\w*)\b")


_ABOUT_ONE = re.compile(r"\b(tell me about|who is|describe|profile|look up|details (?:of|for|on)|show me|what do we know about|about)\b", re.I)


def _one_customer(s: Sentence) -> Call | None:
    """ "tell me about customer 10459": what is worth listing of one."""
    condition = s.clause(s.spans, "customer").tree()
    if not isinstance(condition, ColumnIs) or condition.column != s.model.entities["customer"].key:
        return None
    for span in s.spans:
        span.used = span.used or span.text in ("profile", "describe", "about", "look", "details", "tell")
    show = [Value(metric=m) for m in ("revenue", "orders", "average_order_value") if m in s.model.metrics]
    return _call("find_customers", FindCustomers(condition=condition, show=show))


def special(s: Sentence, text: str) -> Call | None:
    """A call of a segment tool where the question is for one; None where it isn't."""
    low = text.lower()
    if _ABOUT_ONE.search(low) and re.search(r"\d", low):
        one = _one_customer(s)
        if one is not None:
            return one
        for span in s.spans:
            span.used = False
    if RISK.search(low) and (s.world.churn or s.world.model.clock):
        return _risk(s, low)
    if _WHY.search(low):
        return _why(s, low)
    if _PROFILE.search(low):
        return _profile(s, low)
    if _OVERVIEW.search(low) and s.model.main_scheme:
        return _overview(s, low)
    return None


def _call(tool: str, arguments: Any) -> Call:
    return Call(tool=tool, arguments=plain(arguments))


def _risk(s: Sentence, low: str) -> Call | None:
    for span in s.spans:
        if any(w in span.text for w in ("churn", "risk", "attrition")) and not span.word("most", "least"):
            span.used = True
        elif span.word("most", "least") or span.of(Lab, Vague) or span.text in ("risk", "risky", "riskiest", "likely", "safest") or span.unknown and "risk" in span.text:
            lowest = span.word("least") or span.text == "safest"
            span.used = True
            if lowest:
                low += " lowest"
    segment = next((x for x in s.spans if x.of(Seg) and not x.used and not x.of(Vague)), None)
    shape = Shaper(s.spans, s.world).find()
    for span in s.spans:
        if span.of(Ent) or span.word("rate", "more", "fewer", "than", "grow", "list") or span.of(Met) and "churn" in span.text:
            span.used = True
    by = [g.scheme or g.column for g in shape.groups if g.scheme or g.column]
    if by == [s.model.main_scheme]:
        by = []
    if segment is not None:
        segment.used = True
    if not by and not shape.scheme and segment is None and not re.search(r"\b(segment|group|who|which|what|type|kind|cohort)", low):
        return None
    among = s.clause(s.spans, "customer").tree()
    lowest = bool(re.search(r"\b(lowest|least|safest|less likely)\b", low))
    return _call("churn_risk", ChurnRisk(by=[str(b) for b in by][:2], among=among, lowest=lowest, limit=shape.limit,
                                         segment=segment.of(Seg).name if segment else None))  # type: ignore[union-attr]


def _profile(s: Sentence, low: str) -> Call | None:
    """ "what does a typical leaver look like compared with somebody who stays"."""
    for span in s.spans:
        if span.of(Ent) or span.word("compare", "mean", "difference", "rest", "than", "more", "list", "who", "relative", "what") and not span.of(Val, Lab) or span.unknown and span.text in ("apart", "common", "typical", "profile", "describe", "differ", "different", "characterise", "characterize", "distinguish", "traits", "portrait", "characteristics", "separates", "sets", "distinguishes"):
            span.used = True
    segment = next((x for x in s.spans if x.of(Seg) and not x.used), None)
    if segment is not None and not any(x.of(Lab, Val) for x in s.spans if not x.used and x is not segment):
        segment.used = True
        meaning = segment.of(Seg)
        return _call("profile", Profile(segment=meaning.name, scheme=meaning.scheme))  # type: ignore[union-attr]
    end = next((k for k, x in enumerate(s.spans) if x.word("compare", "rest") or x.text in ("from", "and", "than")), len(s.spans))
    first = s.clause(s.spans[:end], "customer").tree()
    second = s.clause(s.spans[end:], "customer").tree()
    if first is None:
        first, second = second, None
    if first is None:
        return None
    if second is None:
        for span in s.spans[end:]:
            span.used = span.used or span.word("not", "who", "them", "aux")  # "compared with those who don't": everyone else
    return _call("profile", Profile(condition=first, against=second))


def _overview(s: Sentence, low: str) -> Call | None:
    """ "show me our segments", "how big is each segment", "how big are the Champions"."""
    if s.has("count", "share", "mean", "most", "least", "best", "worst") or any(x.of(Met) for x in s.spans) or any(x.of(Lab, Val, Time) for x in s.spans):
        return None
    if not re.search(r"\b(segments|rfm|each segment|segment sizes|overview|break)\b", low):
        return None
    for span in s.spans:
        span.used = span.used or span.of(Ent) is not None or "segment" in span.text or span.text in ("rfm", "size", "big", "sizes", "segmented")
    return _call("segments", SegmentOverview())


def _why(s: Sentence, low: str) -> Call | None:
    """ "why did store 23 drop", "why did revenue fall in November"."""
    if not (_FALL.search(low) or _RISE.search(low)):
        return None if re.search(r"\b(each|by|number|how many)\b", low) else _profile_why(s)
    for span in s.spans:
        if span.word("why", "grow", "fall", "more", "fewer", "most", "least", "what", "period_before", "compare") and not span.of(Met, Val, Time):
            span.used = True
    focus = Finder(s.spans, s.world).find()
    if focus is not None and isinstance(focus.measure, Rate) and (left := s.world.subject_table("cancellations")):
        focus = Focus(Measure(count=left), rows=True, table=left)  # "why did churn rise": the leavers, which have dates
    metric = focus.measure.metric or focus.measure.count if focus is not None and isinstance(focus.measure, Measure) else None
    if metric is None:
        if focus is not None:
            return None
        metric = "revenue" if "revenue" in s.model.metrics else None
    if metric is None or s.model.clock is None:
        return None
    clause = s.clause(s.spans, "customer", rows=True)
    expected = "fall" if _FALL.search(low) else "rise"
    return _call("explain_change", ExplainChange(metric=metric, window=clause.windows[-1] if clause.windows else None, where=clause.tree(), expected=expected))


def _profile_why(s: Sentence) -> Call | None:
    """ "why do people leave": what goes with leaving."""
    label = next((x for x in s.spans if x.of(Lab)), None)
    if label is None:
        return None
    for span in s.spans:
        span.used = span.used or span.word("why") or span.of(Ent) is not None
    condition = s.clause(s.spans, "customer").tree()
    return _call("profile", Profile(condition=condition)) if condition is not None else None
