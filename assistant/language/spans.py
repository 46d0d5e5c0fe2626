"""From a question's words to spans: all candidates first, then the cover of the sentence that leaves least unexplained."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache

from segue.assistant.language.lexicon import Lexicon
from segue.assistant.language.meanings import (
    Bound,
    Col,
    Dur,
    Lab,
    Meaning,
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
    Word,
)
from segue.assistant.language.numbers import MONEY_WORDS, number_spans, read_number
from segue.assistant.language.times import time_spans
from segue.assistant.language.tokens import Token, stem, tokenize
from segue.tools.semantic.schema import split, words

_JOINERS = {"&", "/", "-", "–", "+", "(", ")", '"'}
_SPAN_COST = 0.35


def read_spans(text: str, lexicon: Lexicon, now: dt.date | None) -> list[Span]:
    """The spans of a question, in order; punctuation is a comma, a stop or nothing, a word nobody knows has no meanings."""
    tokens = [t for t in tokenize(text) if t.low not in ('"', "!", ":")]
    tokens, corrected = _mend_typos(tokens, lexicon)
    candidates = _candidates(tokens, lexicon, now)
    cover = _cover(tokens, candidates)
    for span in cover:
        span.corrected = next((corrected[i] for i in range(span.start, span.end) if i in corrected), None)
    _complete_ellipsis(cover, tokens, lexicon)
    _late_bounds(cover)
    return cover


def _candidates(tokens: list[Token], lexicon: Lexicon, now: dt.date | None) -> dict[tuple[int, int], Span]:
    found: dict[tuple[int, int], Span] = {}
    for span in [*_phrases(tokens, lexicon), *time_spans(tokens, now), *number_spans(tokens), *_inside_values(tokens, lexicon)]:
        have = found.setdefault((span.start, span.end), Span(span.start, span.end, span.text))
        have.meanings.extend(m for m in span.meanings if m not in have.meanings)
    for span in found.values():
        span.score = _score(span)
    return found


def _phrases(tokens: list[Token], lexicon: Lexicon) -> list[Span]:
    spans = []
    for i, token in enumerate(tokens):
        if token.kind == "punct" and token.low not in ("%", "=", "<", ">"):
            continue
        code = lexicon.codes.get(token.text if token.text.isupper() else token.low.upper() if _no_word(token, lexicon) else "")
        code = code if token.kind == "word" else None
        if code:
            spans.append(Span(i, i + 1, token.low, list(code)))
        key: tuple[str, ...] = ()
        for j in range(i, min(len(tokens), i + lexicon.longest + 3)):
            if tokens[j].kind == "punct" and tokens[j].low not in ("%", "=", "<", ">"):
                if tokens[j].low not in _JOINERS:
                    break
                continue
            key += (tokens[j].stem,)
            meanings = [m for m in lexicon.look(key) if _fits(m, tokens, i, j + 1)]
            if meanings:
                spans.append(Span(i, j + 1, _text(tokens, i, j + 1), _as_written(meanings, tokens[i:j + 1])))
    return spans


def _as_written(meanings: list[Meaning], tokens: list[Token]) -> list[Meaning]:
    """A value that is also a column's or a thing's word ("premium", "event") is meant where it is capitalised as the value is."""
    other = any(isinstance(m, (Tab, Met)) or isinstance(m, Col) and not any(isinstance(v, Val) and v.ref == m.ref for v in meanings) for m in meanings)
    written = any(t.text[:1].isupper() for t in tokens)
    if len(tokens) == 1 and other and not written and any(_capitalised(m) for m in meanings):
        return [m for m in meanings if not _capitalised(m)]
    if len(tokens) == 1 and other and written and any(isinstance(m, Val) and m.test == "in" and str(m.values[0]) == tokens[0].text for m in meanings):
        return sorted(meanings, key=lambda m: not isinstance(m, Val))
    return list(meanings)


def _capitalised(meaning: Meaning) -> bool:
    return isinstance(meaning, Val) and meaning.test == "in" and bool(meaning.values) and not str(meaning.values[0]).islower()


def _no_word(token: Token, lexicon: Lexicon) -> bool:
    return token.kind == "word" and len(token.low) <= 3 and not lexicon.look((token.stem,)) and token.low not in _SHORT


_SHORT = frozenset("a al am an and are as at be by de do en et for go he hi id if in is it la le ma me mi my no of oh ok on or pa per so the to up us we".split())


def _fits(meaning: Meaning, tokens: list[Token], i: int, j: int) -> bool:
    """A segment's name that is also ordinary words is meant where the question speaks of segments or capitalises it; "top 10" is no vague word."""
    if isinstance(meaning, Seg) and meaning.scheme == "rfm" and meaning.name != "Champions":
        return any(t.stem == "segment" for t in tokens) or all(t.text[:1].isupper() for t in tokens[i:j] if t.kind == "word") and i > 0
    if isinstance(meaning, (Lab, Val)) and j == i + 1 and tokens[i].stem == "go":
        return tokens[i].low in ("gone", "went")
    if isinstance(meaning, Val) and meaning.test == "missing" and j == i + 1 and tokens[i].stem == "open":
        return tokens[i].low == "open" and not (j < len(tokens) and tokens[j].low in ("an", "a", "the", "rate"))
    if isinstance(meaning, (Lab, Val)) and tokens[i].low == "live" and j == i + 1 and j < len(tokens):
        return tokens[j].low not in ("in", "somewhere", "outside", "more", "less", "within", "near", "at", "elsewhere", "on", "alone", "with", "there", "anywhere")
    if isinstance(meaning, Col) and j > i + 1 and tokens[j - 1].low in ("at", "on", "in", "by", "from", "to"):
        return _text(tokens, i, j) == words(split(meaning.ref)[1])  # "orders at the store" is not ordered_at
    if isinstance(meaning, (Col, Verb)) and tokens[i].stem == "be":
        return tokens[i].low == "been"  # "been a customer" is a tenure, "is a customer" is not
    if isinstance(meaning, Vague):
        if i > 1 and tokens[i - 1].low in ("most", "best", "top", "biggest") and (tokens[i - 2].kind == "number" or read_number(tokens, i - 2)):
            return False
        return not any(0 <= k < len(tokens) and (tokens[k].kind == "number" or read_number(tokens, k)) for k in (i - 1, j, i + 1 if j > i + 1 else j))
    return True


def _text(tokens: list[Token], i: int, j: int) -> str:
    return " ".join(t.low for t in tokens[i:j])


def _inside_values(tokens: list[Token], lexicon: Lexicon) -> list[Span]:
    """Runs of words that stand together inside values of a large column: "red retrospot jumbo bag"."""
    spans = []
    for i, token in enumerate(tokens):
        if token.kind == "punct" or token.stem not in lexicon.inside or _is_grammar(token, lexicon):
            continue
        matches, j, end = lexicon.inside[token.stem], i + 1, i + 1
        while j < len(tokens):
            if tokens[j].kind == "punct" and tokens[j].low in _JOINERS:
                j += 1
                continue
            narrower = matches & lexicon.inside.get(tokens[j].stem, set())
            if tokens[j].kind == "punct" or not narrower:
                break
            matches, j = narrower, j + 1
            end = j
        while end > i + 1 and _is_grammar(tokens[end - 1], lexicon):
            end -= 1
        words = [t for t in tokens[i:end] if t.kind != "punct"]
        if len(words) == 1 and not _tells(words[0], tokens, i):
            continue
        if len(words) >= 3 or any(not lexicon.look((t.stem,)) for t in words) or (len(words) == 2 and len(matches) <= 3):
            spans.append(_inside_span(tokens, i, end, lexicon))
    return spans


def _tells(word: Token, tokens: list[Token], i: int) -> bool:
    """Whether one word alone may point at the values that hold it: a rare word, or what somebody bought."""
    if word.kind == "number" or len(word.stem) < 3:
        return False
    bought = any(t.stem in ("buy", "purchase", "order", "product", "item", "sell", "on", "in") for t in tokens[max(0, i - 4):i])
    return _english_frequency().get(word.low, 0) < (200_000 if bought else 15_000) and word.low not in ("sale", "sales", "price", "total", "order", "orders")


def _is_grammar(token: Token, lexicon: Lexicon) -> bool:
    meanings = lexicon.look((token.stem,))
    return bool(meanings) and all(isinstance(m, Word) for m in meanings)


def _inside_span(tokens: list[Token], i: int, j: int, lexicon: Lexicon) -> Span:
    wanted = [t.stem for t in tokens[i:j] if t.kind != "punct"]
    hits = set.intersection(*(lexicon.inside[s] for s in wanted))
    refs = sorted({ref for ref, _ in hits})
    meanings: list[Meaning] = []
    for ref in refs:
        values = tuple(sorted(v for r, v in hits if r == ref))
        meanings.append(Val(ref, values, "contains", " ".join(t.low for t in tokens[i:j] if t.kind != "punct")))
    return Span(i, j, _text(tokens, i, j), meanings)


def _score(span: Span) -> float:
    length = span.end - span.start
    worth = max((_worth(m) for m in span.meanings), default=0.0)
    return worth * length - _SPAN_COST


def _worth(meaning: Meaning) -> float:
    if isinstance(meaning, Word):
        return 0.75 if meaning.category == "filler" else 0.85
    if isinstance(meaning, Missing):
        return 0.8
    if isinstance(meaning, (Num, Dur)):
        return 0.95
    if isinstance(meaning, (Bound, Time)):
        return 1.05
    if isinstance(meaning, (Verb, Vague)):
        return 0.95
    if isinstance(meaning, Val) and meaning.test == "contains":
        return 0.9
    return 1.0


def _cover(tokens: list[Token], candidates: dict[tuple[int, int], Span]) -> list[Span]:
    """The best-scoring row of spans over all tokens, by dynamic programming."""
    starts: dict[int, list[Span]] = {}
    for (i, _), span in candidates.items():
        starts.setdefault(i, []).append(span)
    best: list[tuple[float, Span | None]] = [(0.0, None)] * (len(tokens) + 1)
    for i in range(len(tokens) - 1, -1, -1):
        alone = Span(i, i + 1, tokens[i].text if tokens[i].kind == "code" else tokens[i].low, _punctuation(tokens[i]) or _manner(tokens[i]))
        best[i] = (best[i + 1][0] - (0.0 if alone.meanings else 0.5), alone)
        for span in starts.get(i, []):
            total = span.score + best[span.end][0]
            if total > best[i][0]:
                best[i] = (total, span)
    cover, i = [], 0
    while i < len(tokens):
        span = best[i][1]
        assert span is not None
        cover.append(span)
        i = span.end
    return cover


def _manner(token: Token) -> list[Meaning]:
    """Adverbs of manner restrict nothing: strongly, widely."""
    return [Word("filler")] if token.low in _MANNERS else []


_MANNERS = frozenset(
    "strongly widely roughly usually normally generally closely heavily broadly largely mostly typically commonly actually really simply quickly merely "
    "clearly exactly precisely approximately nearly basically essentially overly fairly truly easily readily directly simultaneously respectively "
    "proportionally relatively comparatively significantly noticeably urgently kindly honestly hopefully ideally obviously presumably apparently".split()
)


def _punctuation(token: Token) -> list[Meaning]:
    if token.kind != "punct":
        return []
    return [Word({",": "comma", ";": "comma", ".": "stop", "?": "stop", "-": "dash", "–": "dash", "—": "dash", "(": "paren", ")": "paren"}.get(token.low, "filler"))]


def _mend_typos(tokens: list[Token], lexicon: Lexicon) -> tuple[list[Token], dict[int, str]]:
    """Words that neither the lexicon nor English knows, replaced by the lexicon's nearest; token index -> what it was corrected to."""
    mended, corrected = list(tokens), {}
    for i, token in enumerate(tokens):
        if token.kind != "word" or len(token.low) < 4 or token.stem in lexicon.known or token.low in lexicon.known or token.stem in MONEY_WORDS or _part_of_time(token):
            continue
        near = _nearest(token, lexicon)
        if near and not _english(token.low):
            mended[i] = Token(token.text, near, stem(near), "word", token.sentence)
            corrected[i] = near
    return mended, corrected


def _nearest(token: Token, lexicon: Lexicon) -> str | None:
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    allowed = 1 if len(token.low) <= 6 else 2
    hits = process.extract(token.stem, [k for k in lexicon.known if abs(len(k) - len(token.stem)) <= allowed and len(k) >= 4],
                           scorer=OSA.distance, score_cutoff=allowed, limit=5)
    hits = [h for h in hits if h[0][0] == token.stem[0] or h[1] == 1]
    return min(hits, key=lambda h: (h[1], h[0][0] != token.stem[0], h[0] not in lexicon.own))[0] if hits else None


def _part_of_time(token: Token) -> bool:
    return bool(time_spans([token], dt.date(2000, 1, 1)))


def _english(word: str) -> bool:
    return _english_frequency().get(word, 0) > 60


@lru_cache(maxsize=1)
def _english_frequency() -> dict[str, int]:
    """How often English text has a word: what tells an unknown word from a misspelt one."""
    from spellchecker import SpellChecker

    return SpellChecker(language="en").word_frequency.dictionary


def _late_bounds(cover: list[Span]) -> None:
    """ "15 trips or more": the bound comes after the noun."""
    for k, span in enumerate(cover):
        number, duration = span.of(Num), span.of(Dur)
        if number is None and (duration is None or duration.op is not None):
            continue
        for late in cover[k + 2:k + 4]:
            op = ">=" if late.word("or_more") else "<=" if late.word("or_less") else None
            if op is not None:
                span.meanings = [Bound(op, number.value, unit=number.unit) if number else Dur(duration.n, duration.unit, op)]  # type: ignore[union-attr]
                late.used = True
                break


def _complete_ellipsis(cover: list[Span], tokens: list[Token], lexicon: Lexicon) -> None:
    """ "the red jumbo bag or the pink one": "pink" is completed with the words that the last value had."""
    last: Val | None = None
    for n, span in enumerate(cover):
        value = span.of(Val)
        if value is None or value.test != "contains":
            continue
        if last is not None and len(value.values) > 1 and n + 1 < len(cover) and cover[n + 1].text.split()[0] in ("one", "ones"):
            own = set.intersection(*(lexicon.inside[stem(w)] for w in value.text.split()))
            kept = [w for w in last.text.split() if any((value.ref, v) in lexicon.inside.get(stem(w), set()) for r, v in own)]
            best: list[str] = []
            for w in kept:
                narrower = own & lexicon.inside[stem(w)]
                if narrower:
                    own, best = narrower, [*best, w]
            values = tuple(sorted(v for r, v in own if r == value.ref))
            span.meanings = [Val(value.ref, values, "contains", " ".join([*best, *value.text.split()]))]
            cover[n + 1].meanings = [Word("filler")]
        last = span.of(Val)
