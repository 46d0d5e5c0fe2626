"""Who may see a column: identifier, personal, sensitive, free text or safe. What no one can class is personal."""

from __future__ import annotations

from segue.tools.semantic.draft import Col, Draft, Tab
from segue.tools.semantic.names import PERSON, STAFF, has, head

SENSITIVE = (
    r"relig\w*|ethnic\w*|race|racial|health status|medical|diagnos\w*|disease|disab\w*|sexual|"
    r"sexuality|orientation|political|politics|trade union|union|income|"
    r"salary|wages?|ssn|social security|national id|nino|passport|tax id|tin|card number|card no|"
    r"credit card number|iban|sort code|cvv|pin|password|"
    r"criminal|convictions?|pregnan\w*|blood|bmi|smok\w*|hiv|genetic|biometric|condition|medication|"
    r"estimated salary|net worth|caste|immigration"
)
_PERSONAL = (
    r"birth|dob|birthday|birthdate|surname|first name|last name|forename|signature|photo|"
    r"licen[cs]e plate|vin|ip|mac|imei|imsi|geolocation|gps"
)
_WHERE_EXACTLY = r"lat|latitude|long|lng|longitude|zip|zip code|post ?code|postal code|street|address"
_PLAIN_ROLES = {
    "time", "signup", "planned", "date", "money", "price", "cost", "discount", "fee", "quantity", "score", "duration", "measure",
    "category", "place", "channel", "status", "flag", "band",
}  # fmt: skip


def set_classes(draft: Draft) -> None:
    """Gives every column a class."""
    for tab in draft.tables.values():
        for col in tab.cols.values():
            if col.class_ is None:
                col.class_ = _class(tab, col)  # type: ignore[assignment]


def _class(tab: Tab, col: Col) -> str:
    if _is_noise(tab):
        return "free_text"
    if (
        has(col.words, SENSITIVE)
        and not has(col.words, "gross|net")
        and not (tab.kind == "lookup" and not head(tab.words, set(PERSON)))
    ):
        return "sensitive"
    if col.role in ("key", "customer", "account", "order", "line", "reference"):
        return "personal" if has(col.words, r"e ?mail|phone|mobile|msisdn|name") else "identifier"
    if has(col.words, _PERSONAL) or col.role == "contact":
        return "personal"
    if col.role == "product":
        return "identifier" if col.noun is not None else "safe"
    if col.role == "name":
        return "safe" if tab.kind == "lookup" and not _people(tab) else "personal"
    if col.role == "text":
        return (
            "free_text"
            if col.length > 20
            or has(col.words, (r"comments?|message|notes?|remarks?|feedback|title|body|text|review|subject|reason"))
            else "personal"
        )
    if tab.kind == "customers" and col.role == "place" and has(col.words, _WHERE_EXACTLY):
        return "personal"
    return "safe" if col.role in _PLAIN_ROLES else "personal"


def _is_noise(tab: Tab) -> bool:
    return tab.kind == "lookup" and all(c.role == "text" for c in tab.cols.values())


def _people(tab: Tab) -> bool:
    """Whether the lookup is a list of people (staff, sellers), whose names are theirs."""
    return any(head(w, STAFF) or head(w, set(PERSON)) for w in (tab.words.rstrip("s"), tab.words))
