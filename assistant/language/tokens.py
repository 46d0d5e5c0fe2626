"""Text to tokens: lower case, contractions opened, British and American spellings folded, words reduced to a common stem.

Lexicon phrases and questions go through the same `stems`, so a word meets its plural, its past tense and its other spelling.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

_CONTRACTIONS = {
    "can't": "can not", "cannot": "can not", "won't": "will not", "shan't": "shall not", "ain't": "is not",
    "dont": "do not", "doesnt": "does not", "didnt": "did not", "havent": "have not", "hasnt": "has not", "hadnt": "had not",
    "isnt": "is not", "arent": "are not", "wasnt": "was not", "werent": "were not", "cant": "can not", "wont": "will not",
    "whats": "what is", "hows": "how is", "whos": "who is", "wheres": "where is", "thats": "that is", "theyve": "they have",
    "weve": "we have", "ive": "i have", "gimme": "give me", "thru": "through", "vs": "versus", "v": "versus", "pls": "please",
    "plz": "please", "&": "and", "custs": "customers", "avg": "average", "pct": "percent", "percentages": "percentage",
    "cancelation": "cancellation", "no.": "number", "w/o": "without", "w/": "with", "yr": "year", "yrs": "years",
    "mth": "month", "mths": "months", "wk": "week", "wks": "weeks", "qty": "quantity", "approx": "approximately",
}
_SPELLINGS = {
    "fibre": "fiber", "colour": "color", "favourite": "favorite", "centre": "center", "programme": "program", "grey": "gray",
    "catalogue": "catalog", "cheque": "check", "instalment": "installment", "jewellery": "jewelry", "behaviour": "behavior",
    "organisation": "organization", "licence": "license", "tyre": "tire", "theatre": "theater", "litre": "liter", "metre": "meter",
    "enrol": "enroll", "fulfil": "fulfill", "neighbour": "neighbor", "honour": "honor", "labour": "labor", "analyse": "analyze",
    "e-mail": "email", "postcode": "postcode", "mum": "mom",
}
_IRREGULAR = {
    "bought": "buy", "buys": "buy", "spent": "spend", "paid": "pay", "pays": "pay", "left": "leave", "leaving": "leave", "leaves": "leave",
    "leaver": "leaver", "leavers": "leaver", "gone": "go", "goes": "go", "went": "go", "going": "go", "sold": "sell", "took": "take",
    "taken": "take", "taking": "take", "came": "come", "coming": "come", "made": "make", "making": "make", "gave": "give", "given": "give",
    "giving": "give", "got": "get", "gotten": "get", "getting": "get", "sent": "send", "brought": "bring", "kept": "keep", "lost": "lose",
    "losing": "lose", "won": "win", "winning": "win", "people": "person", "women": "woman", "men": "man", "children": "child",
    "wives": "wife", "lives": "live", "has": "have", "had": "have", "having": "have", "is": "be", "are": "be", "was": "be", "were": "be",
    "been": "be", "being": "be", "am": "be", "does": "do", "did": "do", "done": "do", "doing": "do", "grew": "grow", "grown": "grow",
    "fell": "fall", "fallen": "fall", "rose": "rise", "risen": "rise", "ran": "run", "running": "run", "quitting": "quit",
    "begun": "begin", "began": "begin", "wrote": "write", "written": "write", "used": "use", "using": "use", "uses": "use",
    "churned": "churn", "churning": "churn", "churners": "churner", "data": "data", "series": "series", "sales": "sale", "goods": "goods",
    "this": "this", "his": "his", "yes": "yes", "us": "us", "plus": "plus", "minus": "minus", "less": "less", "unless": "unless",
    "bus": "bus", "gas": "gas", "class": "class", "business": "business", "status": "status", "previous": "previous", "versus": "versus",
    "across": "across", "always": "always", "news": "news", "perhaps": "perhaps", "its": "its", "ours": "our", "yours": "your",
    "analysis": "analysis", "basis": "basis", "express": "express", "address": "address", "access": "access", "process": "process",
    "during": "during", "bring": "bring", "string": "string", "thing": "thing", "things": "thing", "nothing": "nothing",
    "anything": "anything", "everything": "everything", "something": "something", "spring": "spring", "morning": "morning",
    "evening": "evening", "king": "king", "ring": "ring", "rating": "rating", "ratings": "rating", "clothing": "clothing",
    "bed": "bed", "red": "red", "need": "need", "needs": "need", "speed": "speed", "feed": "feed", "seed": "seed", "married": "married",
    "united": "united", "unmarried": "unmarried", "hundred": "hundred", "biggest": "biggest", "billing": "bill", "shipping": "shipping",
    "mailing": "mailing", "mailings": "mailing", "booking": "booking", "bookings": "booking", "savings": "saving", "training": "training",
    "used_to": "used_to", "overall": "overall", "housing": "housing", "marketing": "marketing", "spending": "spend", "earning": "earn",
    "earnings": "earn", "takings": "takings", "worse": "worse", "else": "else", "these": "these", "those": "those", "does_not": "does_not",
    "average": "average", "averaged": "average", "averages": "average", "movies": "movie", "cookies": "cookie", "ties": "tie", "ups": "up",
    "lies": "lie", "dies": "die", "store": "store", "stores": "store", "bunting": "bunting", "december": "december", "november": "november",
    "paying": "pay", "payed": "pay", "staying": "stay", "stayed": "stay", "buying": "buy", "dearest": "dearest", "reviewed": "review",
    "orders": "order", "ordered": "order", "ordering": "order", "canceled": "cancel", "cancelled": "cancel", "canceling": "cancel",
    "cancelling": "cancel", "cancels": "cancel", "cancellations": "cancellation", "returned": "return", "returns": "return",
    "returning": "return", "shopped": "shop", "shopping": "shop", "shops": "shop", "shoppers": "shopper", "visited": "visit",
    "opened": "open", "clicked": "click", "signed": "sign", "signing": "sign", "subscribed": "subscribe", "joined": "join",
    "dropped": "drop", "dropping": "drop", "delivered": "deliver", "delivering": "deliver", "offered": "offer", "referred": "refer",
    "closed": "close", "raised": "raise", "placed": "place", "received": "receive", "ignored": "ignore", "engaged": "engage",
    "redeemed": "redeem", "complained": "complain", "complaining": "complain", "complaints": "complaint", "defaulted": "default",
    "exited": "exit", "donated": "donate", "booked": "book", "logged": "log", "logins": "login", "attended": "attend", "scored": "score", "stored": "store", "invoiced": "invoice", "billed": "bill",
}

_TOKEN = re.compile(
    r"""
    (?P<date>\d{4}-\d{1,2}(?:-\d{1,2})?(?![\d-])|\d{1,2}/\d{1,2}/\d{2,4})
  | (?P<code>\b\d+-[A-Z]{2,}\w*|\b[A-Z]+-?\d[\dA-Z-]*\b(?<!Q\d)|\b(?=[A-Za-z]*\d)(?=\d*[A-Za-z])(?!\d+(?:million|thousand|grand|billion)\b)[A-Za-z\d]{6,}\b)
  | (?P<number>(?:[£$€]\s?)?\d+(?:,\d{3})*(?:\.\d+)?(?:\s?%|\s?(?:[kKmM]|mn|bn|grand|million|billion|thousand)\b)?(?:\+|(?:s|th|st|nd|rd)\b)?)
  | (?P<word>[^\W\d_]\w*(?:'[^\W\d_]+)*'?)
  | (?P<punct>[,;:?!.()"&/=<>+%\-–—])
    """,
    re.X,
)
_HYPHEN = re.compile(r"(?<=[a-z])[-–](?=[a-z\d])|(?<=[A-Za-z])[-–](?=[a-z])|(?<=\d)-(?=[a-z]{2,})")


@dataclass(frozen=True)
class Token:
    """A word, number, date, code or punctuation mark. `stem` is what the lexicon is asked for."""

    text: str
    low: str
    stem: str
    kind: str  # word | number | date | code | punct
    sentence: int = 0


def tokenize(text: str) -> list[Token]:
    """The tokens of a question; hyphens join nothing ("month-to-month" is three words), sentences are numbered."""
    tokens: list[Token] = []
    sentence = 0
    text = _rejoined(text)
    for match in _TOKEN.finditer(_HYPHEN.sub(" ", text)):
        kind, raw = match.lastgroup or "punct", match.group().strip()
        if kind == "punct" and raw in ".?!" and tokens and tokens[-1].kind != "punct":
            tokens.append(Token(raw, raw, raw, "punct", sentence))
            sentence += 1
        elif kind == "word":
            tokens.extend(_words(raw, sentence))
        else:
            tokens.append(Token(raw, raw.lower(), raw.lower(), kind, sentence))
    return tokens


def _rejoined(text: str) -> str:
    """Phrases put apart by what they are about are put together again: "leave the UK out" -> "leaving out the UK"."""
    text = re.sub(r"\b([Ee])-mail", r"\1mail", text.replace("’", "'").replace("‘", "'"))
    text = re.sub(r"\b(?:leave|leaving|take|taking|strip|stripping|knock|knocking|cut|cutting|miss|missing) ((?:(?!out\b)[\w&'/-]+ ){1,5})(?:out|off)\b", r"leaving out \1", text, flags=re.I)
    text = re.sub(r"(\d)'s\b", r"\1", text)
    text = re.sub(r"(?i)(n't|\bnot|\bnever|\bwithout)\b([^.?!]{0,30}?)\ba single\b", r"\1\2any", text)
    text = re.sub(r"(?i),? \b(?:rather than|as opposed to|instead of)\b[^,.?!]*", "", text)
    return re.sub(r"(?<=,)\s*((?:[\w-]+ ){1,3})(?:included|inclusive)\b(?=\s*[,.?!]|$)", r" including \1", text, flags=re.I)


def _words(raw: str, sentence: int) -> list[Token]:
    low = raw.lower()
    opened = _CONTRACTIONS.get(low)
    if opened is None and low.endswith("n't"):
        opened = f"{low[:-3]} not"
    if opened is None and (m := re.fullmatch(r"(.+)'(ve|re|ll|d|m)", low)):
        opened = f"{m[1]} {({'ve': 'have', 're': 'are', 'll': 'will', 'd': 'would', 'm': 'am'})[m[2]]}"
    if opened is None and (m := re.fullmatch(r"(what|how|who|where|that|it|there|here|let)'s", low)):
        opened = f"{m[1]} is"
    if opened is None:
        opened = re.sub(r"'s$|'$", "", low)
        return [Token(raw, opened, stem(opened), "word", sentence)]
    return [Token(w, w, stem(w), "word", sentence) for w in opened.split()]


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """The form that a word shares with its plural, past tense and -ing form, and with its American spelling."""
    word = word.lower()
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    word = _SPELLINGS.get(word, word)
    base = _strip(word)
    return _SPELLINGS.get(base, base)


def _strip(word: str) -> str:
    if len(word) <= 3 or not word.isascii():
        return word
    if word.endswith("ional") and len(word) > 7:
        return word[:-2]
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes", "zzes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return _strip(word[:-1]) if word.endswith(("ings", "eds")) else word[:-1]
    for ending in ("ing", "ed"):
        if word.endswith(ending) and len(word) - len(ending) >= 3 and re.search(r"[aeiouy]", word[: -len(ending)]):
            return _undouble(word[: -len(ending)])
    return word


def _undouble(base: str) -> str:
    if len(base) > 3 and base[-1] == base[-2] and base[-1] not in "lsz":
        return base[:-1]
    if re.search(r"(at|iz|ag|ur|in|ov|as|us|ic|os|id|ad|uc|eas|ibl|pl|erv|iv|ceiv|creas|olv|rg|ng|ns|nc|rc|dg)$", base) and not re.search(r"(ain|oin|eas|ing|oad)$", base):
        return base + "e"
    return base


@lru_cache(maxsize=65536)
def stems(phrase: str) -> tuple[str, ...]:
    """The stems of a phrase's words and numbers, punctuation left out: what lexicon entries are keyed by."""
    return tuple(t.stem for t in tokenize(phrase.replace("_", " ")) if t.kind != "punct" or t.low == "%")
