"""What a column's or a table's name gives away: its words, the noun that a key is about, the patterns of roles.

Patterns are matched against the name as words (`tidy`): CustomerID, customer_id and custid all read "customer id".
"""

from __future__ import annotations

import functools
import re

from segue.tools.semantic.schema import words

_GLUED = re.compile(
    r"\b(customer|cust|client|member|user|account|acct|household|order|invoice|basket|product|prod|item|store|shop|stock|unit|"
    r"trans|transaction|txn|ticket|campaign|staff|employee|policy|subscriber|guest|patient|donor|birth|sales|line|total|seller|"
    r"supplier|payment|booking|branch|purchase|delivery|signup|join|first|last|full|post|zip|event|visit|card|phone)"
    r"(id|ids|key|no|nr|num|number|code|name|date|time|amount|amt|price|cost|value|status|type|qty|ref|day|total|count)\b"
)

# The customer's nouns, with how sure each is. An account may lead to a customer; an e-mail address is the last resort.
PERSON = {
    "customer": 10, "cust": 10, "client": 9, "clientnum": 9, "household": 9, "hh": 9, "hshd": 9, "member": 9, "subscriber": 9,
    "donor": 9, "guest": 9, "patient": 9, "policyholder": 9, "policy holder": 9, "shopper": 9, "buyer": 9, "consumer": 9,
    "patron": 9, "passenger": 8, "player": 8, "cardholder": 8, "card holder": 8, "account holder": 8, "supporter": 9,
    "student": 7, "learner": 7, "tenant": 7, "borrower": 8, "traveller": 7, "traveler": 7, "viewer": 7, "reader": 7, "rider": 7,
    "user": 7, "loyalty": 7, "loyalty card": 7, "visitor": 5, "contact": 5, "person": 6, "party": 5, "msisdn": 6, "msno": 8,
    "subscriber number": 8, "membership": 6, "company": 5, "organisation": 5, "organization": 5, "org": 5, "business": 4, "tenancy": 4,
    "account": 6, "acct": 6, "acc": 5,
}  # fmt: skip
ACCOUNTS = {
    "account",
    "acct",
    "acc",
    "company",
    "organisation",
    "organization",
    "org",
    "business",
    "subscription",
    "membership",
}
ORDER = {
    "order": 10, "basket": 10, "invoice": 9, "receipt": 9, "transaction": 8, "trans": 8, "txn": 8, "booking": 9, "reservation": 9,
    "purchase": 8, "sale": 8, "sales": 7, "checkout": 7, "cart": 7, "donation": 8, "gift": 7, "trip": 6, "bill": 6, "document": 4,
    "sales order": 10, "opportunity": 6, "deal": 6, "purchase order": 8, "po": 5, "docket": 6, "check": 4, "rental": 8, "shipment": 3,
}  # fmt: skip
PRODUCT = {
    "product": 10, "prod": 10, "sku": 9, "stock": 8, "stockcode": 9, "item": 8, "article": 9, "upc": 8, "ean": 8, "asin": 9,
    "isbn": 8, "material": 7, "plu": 7, "variant": 6, "goods": 6, "part": 5, "title": 4, "track": 5, "movie": 5, "film": 5,
    "book": 5, "service": 4,
}  # fmt: skip
STORE = {"store", "shop", "branch", "outlet", "location", "site", "club", "hotel", "property", "warehouse", "venue", "restaurant",
         "gym", "clinic", "depot", "dealer", "dealership"}  # fmt: skip
STAFF = {"employee", "agent", "rep", "sales rep", "staff", "seller", "vendor", "supplier", "merchant", "manager", "driver", "trainer",
         "instructor", "doctor", "advisor", "adviser", "assignee", "host", "courier", "carrier", "manufacturer"}  # fmt: skip
KNOWN = {*PERSON, *ORDER, *PRODUCT, *STORE, *STAFF, "campaign", "ticket", "case", "coupon", "promotion", "promo", "offer", "policy",
         "claim", "loan", "card", "subscription", "plan", "session", "review", "payment", "refund", "return", "event", "visit",
         "department", "category", "brand", "feature", "device", "line", "order item", "order line", "voucher", "message", "call",
         "survey", "referral", "class", "room", "course", "district", "segment", "disposition", "disp", "package"}  # fmt: skip

_BARE = {
    "sku", "upc", "ean", "asin", "isbn", "plu", "stockcode", "invoice", "order", "basket", "campaign", "store", "shop", "branch", "outlet",
    "product", "item", "article", "coupon", "promotion",
    "seller", "vendor", "supplier", "employee", "hotel", "club", "policy", "district", "manufacturer",
    "transaction",
}  # fmt: skip
_NO_KEY = re.compile(
    r"^(?:row|index|idx|serial|sr|s|sl|sno|unnamed|column|line|seq|sequence|rank|record|rec|obs|"
    r"observation|unnamed \d+)(?: (?:id|no|nr|num|number|index))?$"
    r"|^(?:column|col|field|f|c|v|var|x|unnamed|level|index)? ?\d+$"
)
_SUFFIX = re.compile(
    r"^(.*?) ?\b(id|ids|identifier|key|uuid|guid|pk|sk|hash|upc|sku|ean|no|nr|num|number|nbr|code|ref|reference)$"
)
_WEAK = {"no", "nr", "num", "number", "nbr", "code", "ref", "reference"}
REFERRER = r"refer\w*|invited|parent|sponsor\w*|recommended|introduc\w*|created|updated|assigned|previous|next"


@functools.cache
def tidy(name: str) -> str:
    """A name as words, the usual run-together endings taken apart: custid -> cust id, unitprice -> unit price."""
    return _GLUED.sub(r"\1 \2", words(name).replace("#", " no").replace("  ", " ").strip())


def has(text: str, pattern: str) -> bool:
    """Whether the words contain the pattern as whole words."""
    return _compiled(pattern).search(text) is not None


@functools.cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{pattern})\b")


def is_row_number(text: str) -> bool:
    """Whether the words say no more than which row of the file it is."""
    return _NO_KEY.match(text) is not None


def singular(word: str) -> str:
    """categories -> category, addresses -> address, orders -> order; words that are not plural come back as they are."""
    if len(word) < 4 or word.endswith(("ss", "us", "is", "news", "series")):
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes", "zes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") else word


def plural(word: str) -> str:
    """category -> categories, branch -> branches, order -> orders, person -> people."""
    odd = {"person": "people", "child": "children", "staff": "staff", "company": "companies"}
    if word in odd:
        return odd[word]
    if re.search(r"[^aeiou]y$", word):
        return word[:-1] + "ies"
    return word + ("es" if re.search(r"(?:s|x|z|ch|sh)$", word) else "s")


def key_noun(text: str) -> str | None:
    """What a key is about, by its name: "customer id" -> customer, "household key" -> household, "id" -> "". None: no key's name.

    Endings such as "number" and "code" count only after a noun that is known to have keys ("phone number" is no key).
    """
    if is_row_number(text) or has(
        text, r"number of|no of|num of|count|postal|post ?code|zip|phone|mobile|iban|tax|vat|ssn"
    ):
        return None
    if (PERSON.get(text, 0) >= 7 and text != "loyalty") or text in ("msisdn", "account", "acct"):
        return text
    if text in _BARE:
        return text
    found = _SUFFIX.match(text)
    if not found:
        return None
    noun, ending = found[1].strip(), found[2]
    if ending in _WEAK and not (noun in KNOWN or any(noun.endswith(" " + k) for k in KNOWN)):
        return None
    return noun


def head(noun: str, nouns: dict[str, int] | set[str]) -> str | None:
    """The longest of `nouns` that `noun` ends in, or that it holds as whole words: "customer unique" -> customer."""
    if noun in nouns:
        return noun
    parts = noun.split()
    for size in (3, 2, 1):
        for start in range(len(parts) - size, -1, -1):
            if (piece := " ".join(parts[start : start + size])) in nouns:
                return piece
    return None


# --- tables -------------------------------------------------------------------------------------------------------------

SUBJECTS: tuple[tuple[str, str], ...] = (
    ("cancellations", r"cancellations?|cancels?|churn(?: events?)?|churned|terminations?|closures?|unsubscribes?|leavers?|exits?"),
    ("returns", r"returns?|refunds?|credit notes?|returned"),
    ("reviews", r"reviews?|ratings?|surveys?|feedback|nps|csat"),
    ("support", (
r"tickets?|support|complaints?|cases?|incidents?|help ?desk|contacts? log|enquir\w+|inquir\w+|"
r"calls? cent\w+|service requests?"
)),
    ("campaigns", (
r"campaigns?|mailings?|mails?|emails?|sends?|touch(?:es|points)?|promo\w*|offers?|coupon\w*|"
r"redempt?\w*|marketing|messages?|newsletter\w*|impressions?"
)),
    ("payments", r"payments?|pay|paid|charges?|collections?|instal+ments?"),
    ("visits", r"visits?|check ?ins?|attendance|class(?:es)?|appointments?|admissions?"),
    ("usage", (
r"usage|sessions?|log ?ins?|activity|activities|feature\w*|streams?|plays?|watch\w*|cdr|app|"
r"clicks?|pageviews?|page views?|web|listens?|events?"
)),
    ("sales", (
r"orders?|transactions?|trans|txns?|invoices?|sales|purchases?|baskets?|lines?|items?|bookings?|"
r"reservations?|receipts?|donations?|gifts?|rentals?|trips?|retail|pos|till|checkouts?"
)),
)  # fmt: skip


def subject_of(table: str) -> str | None:
    """What a table of events is about, by its name; None where the name doesn't say."""
    text = tidy(table)
    if has(
        text,
        r"order (?:items?|lines?|details?|products?)|(?:sales|invoice) (?:items?|lines?|details?)|line items?|order events?",
    ):
        return "sales"
    return next((subject for subject, pattern in SUBJECTS if has(text, pattern)), None)
