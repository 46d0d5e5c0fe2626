"""The thesaurus: words people say lead to the columns, values and figures they mean, on any schema."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from segue.tools.data.facts import Facts
from segue.tools.semantic import concepts, thesaurus
from segue.tools.semantic.infer import infer
from segue.tools.semantic.schema import Model
from segue.tools.semantic.words import band_names, provinces, spoken
from tests.semantic.made import made
from tests.semantic.zoo import ZOO

TELCO = {
    "customers": {
        "customerID": [f"{n:04d}-AB" for n in range(8)],
        "gender": ["Male", "Female"] * 4,
        "SeniorCitizen": [0, 1, 0, 0, 1, 0, 0, 1],
        "Partner": ["Yes", "No"] * 4,
        "Dependents": ["No", "Yes"] * 4,
        "tenure": [1, 24, 60, 3, 44, 5, 70, 0],
        "InternetService": ["Fiber optic", "DSL", "No", "DSL"] * 2,
        "TechSupport": ["Yes", "No", "No internet service", "No"] * 2,
        "Contract": ["Month-to-month", "One year", "Two year", "Month-to-month"] * 2,
        "PaymentMethod": ["Electronic check", "Mailed check", "Bank transfer (automatic)", "Credit card (automatic)"]
        * 2,
        "MonthlyCharges": [29.5, 80.0, 20.0, 99.0, 64.0, 45.5, 18.0, 70.25],
        "TotalCharges": [29.5, 800.0, 1200.0, 990.0, 640.0, 45.5, 180.0, None],
        "Churn": ["Yes", "No", "No", "No", "Yes", "No", "No", "Yes"],
    }
}
MARKET = {
    "people": {
        "customer_id": list(range(12)),
        "state": ["SP", "RJ", "MG", "BA", "RS", "PR"] * 2,
        "country": ["EIRE", "UK", "Germany", "USA", "Unspecified", "Brazil"] * 2,
        "favourite": ["health_beauty", "bed_bath_table", "toys", "auto", "sports_leisure", "baby"] * 2,
        "income": ["Under 15K", "15-24K", "50-74K", "250K+", "Under 15K", "15-24K"] * 2,
        "payment": ["CC", "Credit Card", "COD", "Cash on Delivery", "UPI", "CC"] * 2,
    }
}


def with_facts(folder: Path, tables: dict[str, Any]) -> tuple[Model, Facts]:
    facts, engine = made(folder, tables)
    try:
        return infer(facts, engine, "made")[0], facts
    finally:
        engine.close()


@pytest.fixture(scope="module")
def telco(tmp_path_factory: pytest.TempPathFactory) -> tuple[Model, Facts]:
    return with_facts(tmp_path_factory.mktemp("telco"), TELCO)


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> tuple[Model, Facts]:
    return with_facts(tmp_path_factory.mktemp("market"), MARKET)


@pytest.mark.parametrize(
    ("phrase", "column"),
    [
        ("been with us", "tenure"),
        ("monthly bill", "MonthlyCharges"),
        ("monthly billing", "MonthlyCharges"),
        ("lifetime value", "TotalCharges"),
        ("worth to us", "TotalCharges"),
        ("pensioners", "SeniorCitizen"),
        ("type of internet", "InternetService"),
        ("way of paying", "PaymentMethod"),
        ("technical support", "TechSupport"),
        ("deal", "Contract"),
        ("kids", "Dependents"),
        ("sex", "gender"),
    ],
)
def test_phrases_name_one_column(telco: tuple[Model, Facts], phrase: str, column: str) -> None:
    model, _ = telco
    named = [c for c in model.tables["customers"].columns if phrase in thesaurus.column_names(model, f"customers.{c}")]
    assert named == [column]


@pytest.mark.parametrize(
    ("phrase", "column", "value"),
    [
        ("women", "gender", "Female"),
        ("blokes", "gender", "Male"),
        ("over-65s", "SeniorCitizen", 1),
        ("under 65", "SeniorCitizen", 0),
        ("single", "Partner", "No"),
        ("married", "Partner", "Yes"),
        ("childless", "Dependents", "No"),
        ("fibre", "InternetService", "Fiber optic"),
        ("without internet", "InternetService", "No"),
        ("no tech support", "TechSupport", "No"),
        ("rolling", "Contract", "Month-to-month"),
        ("two-year", "Contract", "Two year"),
        ("cheque", "PaymentMethod", "Mailed check"),
        ("credit card", "PaymentMethod", "Credit card (automatic)"),
        ("still with us", "Churn", "No"),
        ("gone", "Churn", "Yes"),
    ],
)
def test_phrases_name_one_value(telco: tuple[Model, Facts], phrase: str, column: str, value: Any) -> None:
    model, facts = telco
    names = thesaurus.value_names(model, facts, f"customers.{column}")
    assert [v for v, said in names.items() if phrase in said] == [value]


def test_a_third_value_is_neither_side_of_a_flag(telco: tuple[Model, Facts]) -> None:
    model, facts = telco
    names = thesaurus.value_names(model, facts, "customers.TechSupport")
    assert "no tech support" not in names.get("No internet service", [])


@pytest.mark.parametrize(
    ("phrase", "column", "value"),
    [
        ("minas gerais", "state", "MG"),
        ("sao paulo", "state", "SP"),
        ("são paulo", "state", "SP"),
        ("irish", "country", "EIRE"),
        ("ireland", "country", "EIRE"),
        ("british", "country", "UK"),
        ("united kingdom", "country", "UK"),
        ("germans", "country", "Germany"),
        ("americans", "country", "USA"),
        ("not known", "country", "Unspecified"),
        ("health & beauty", "favourite", "health_beauty"),
        ("health and beauty", "favourite", "health_beauty"),
        ("bed bath table", "favourite", "bed_bath_table"),
        ("15,000 to 24,000", "income", "15-24K"),
        ("under 15,000", "income", "Under 15K"),
        ("over 250k", "income", "250K+"),
    ],
)
def test_places_bands_and_written_names(market: tuple[Model, Facts], phrase: str, column: str, value: str) -> None:
    model, facts = market
    names = thesaurus.value_names(model, facts, f"people.{column}")
    assert [v for v, said in names.items() if phrase in said] == [value]


def test_one_thing_spelt_twice_is_found_twice(market: tuple[Model, Facts]) -> None:
    """CC and Credit Card: both answer to "credit card", so that both can be shown."""
    model, facts = market
    names = thesaurus.value_names(model, facts, "people.payment")
    assert "credit card" in names["CC"]
    assert "cash on delivery" in names["COD"]


def test_values_that_are_there_keep_their_own_names(tmp_path: Path) -> None:
    model, facts = with_facts(
        tmp_path, {"tickets": {"ticket_id": [1, 2, 3], "customer_id": [1, 2, 2], "priority": ["high", "urgent", "low"]}}
    )
    names = thesaurus.value_names(model, facts, "tickets.priority")
    assert "urgent" not in names["high"]


def test_the_model_files_words_come_first(telco: tuple[Model, Facts]) -> None:
    model, facts = telco
    columns = dict(model.tables["customers"].columns)
    columns["tenure"] = columns["tenure"].model_copy(update={"label": "Age of account", "called": ["standing"]})
    columns["gender"] = columns["gender"].model_copy(update={"values": {"Female": ["girls' side"]}})
    changed = model.model_copy(
        update={"tables": {"customers": model.tables["customers"].model_copy(update={"columns": columns})}}
    )
    assert thesaurus.column_names(changed, "customers.tenure")[:2] == ["age of account", "standing"]
    assert thesaurus.value_names(changed, facts, "customers.gender")["Female"][0] == "girls' side"


@pytest.mark.parametrize(
    ("metric", "phrases"),
    [
        ("revenue", ["sales", "turnover", "takings", "spend"]),
        ("orders", ["purchases", "invoices", "number of orders"]),
        ("customers", ["clients", "shoppers", "people"]),
        ("average_order_value", ["average basket", "spend per order"]),
        ("profit_margin", ["margin"]),
        ("churn_rate", ["attrition", "churn"]),
        ("tickets", ["number of tickets", "complaints"]),
    ],
)
def test_metrics(tmp_path_factory: pytest.TempPathFactory, shop: Model, metric: str, phrases: list[str]) -> None:
    names = thesaurus.metric_names(shop, metric)
    assert [p for p in phrases if p not in names] == []


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Model:
    return with_facts(tmp_path_factory.mktemp("shop"), ZOO["loyalty_shop"])[0]


def test_entities_and_tables_by_their_own_words(shop: Model, tmp_path: Path) -> None:
    assert thesaurus.entity_names(shop, "store")[:2] == ["store", "stores"]
    assert "branch" in thesaurus.entity_names(shop, "store")
    assert "contacted support" in thesaurus.table_names(shop, "tickets")
    charity, _ = with_facts(tmp_path, ZOO["charity"])
    assert {"donors", "supporters"} <= set(thesaurus.entity_names(charity, "customer"))
    assert "donations" in thesaurus.entity_names(charity, "order")


def test_labels_have_two_sides(telco: tuple[Model, Facts]) -> None:
    yes, no = thesaurus.label_names(telco[0], "churned")
    assert {"churned", "left", "leavers", "gone"} <= set(yes)
    assert {"stayed", "still with us"} <= set(no)
    assert not set(yes) & set(no)


@pytest.mark.parametrize(
    "name", ["loyalty_shop", "saas", "grocer_dated", "shop_churn", "bank", "hotel", "northwind", "crm"]
)
def test_names_are_lower_case_and_given_once(tmp_path: Path, name: str) -> None:
    model, facts = with_facts(tmp_path, ZOO[name])
    lists = [thesaurus.metric_names(model, m) for m in model.metrics]
    lists += [thesaurus.entity_names(model, e) for e in model.entities] + [
        thesaurus.table_names(model, t) for t in model.tables
    ]
    for table, spec in model.tables.items():
        for column in spec.columns:
            lists.append(thesaurus.column_names(model, f"{table}.{column}"))
            lists += thesaurus.value_names(model, facts, f"{table}.{column}").values()
    for names in lists:
        assert names and len(set(names)) == len(names)
        assert all(n == n.lower().strip() and n for n in names)


def test_identifiers_and_free_text_have_no_other_names(shop: Model, tmp_path: Path) -> None:
    model, facts = with_facts(tmp_path, ZOO["gym"])
    for ref in ("members.member_no", "members.first_name", "members.email"):
        assert thesaurus.value_names(model, facts, ref) == {}


def test_the_file_is_what_a_yaml_reader_reads_too() -> None:
    """thesaurus.py reads line by line; the file stays valid YAML with the same sections and lines."""
    from importlib import resources

    from ruamel.yaml import YAML

    read = YAML(typ="safe", pure=True).load(
        (resources.files("segue.tools.semantic") / "thesaurus.yaml").read_text(encoding="utf-8")
    )
    for section, lines in concepts.sections().items():
        listed = [line.strip() for line in read[section].splitlines() if line.strip() and not line.startswith("#")]
        assert [f"{left} = {right}".rstrip(" =") for left, right in lines] == [line.rstrip(" =") for line in listed]


def test_every_line_has_its_parts() -> None:
    sections = concepts.sections()
    for section in ("columns", "metrics", "entities", "tables"):
        for concept in concepts.concepts(section):
            assert concept.names, concept.name
    named = {c.name for c in concepts.concepts("columns")}
    for left, right in sections["flags"]:
        assert " / " in right, left
    valued = {left.partition(": ")[0] for left, _ in sections["values"]} - {"*"}
    related = {c for left, right in sections["related"] for c in [left, *right.split(", ")]}
    assert valued | related <= named | {"nationality"}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("18-24", ["18 to 24", "18-24", "between 18 and 24", "18 and 24"]),
        ("Under 15K", ["under 15k", "below 15k", "less than 15k"]),
        ("Blue", []),
        ("2011-01-05", []),
    ],
)
def test_bands(value: str, expected: list[str]) -> None:
    assert band_names(value)[: len(expected) or 1] == expected


def test_spoken_forms_differ_from_the_value() -> None:
    assert spoken("toys") == []
    assert spoken("Bank transfer (automatic)")[0] == "bank transfer"
    assert spoken("credit_card") == ["credit card"]


def test_provinces_need_nearly_all_codes_of_one_country() -> None:
    assert provinces(["CA", "NY", "TX"])["TX"] == "Texas"
    assert provinces(["SP", "RJ", "MG"])["MG"] == "Minas Gerais"
    assert provinces(["ON", "QC", "BC"])["QC"] == "Quebec"
    assert provinces(["AA", "QQ", "ZZ"]) == {}
    assert provinces(["North", "South"]) == {}


def test_numbered_tiers_and_turned_round_names(tmp_path: Path) -> None:
    model, facts = with_facts(tmp_path / "a", ZOO["shop_churn"])
    assert {"tier 1", "tier one", "tier 1 cities"} <= set(thesaurus.value_names(model, facts, "E_Comm.CityTier")[1])
    model, _ = with_facts(tmp_path / "b", ZOO["grocer_dated"])
    assert {"type of campaign", "kind of campaign", "campaign types"} <= set(
        thesaurus.column_names(model, "campaign_descriptions.campaign_type")
    )
