"""Makes the data of examination set A: four made-up data sets in the shape of well-known public ones.

    python generate.py

Writes data/ beside itself. Every value is drawn from a seeded generator; none is a real person's. Needs numpy, pandas, openpyxl.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd

HERE = Path(__file__).parent / "data"


def sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


def pick(rng: np.random.Generator, options: dict, n: int) -> np.ndarray:
    p = np.array(list(options.values()), dtype=float)
    return rng.choice(np.array(list(options), dtype=object), n, p=p / p.sum())


def write(folder: str, name: str, frame: pd.DataFrame, **how) -> None:
    (HERE / folder).mkdir(parents=True, exist_ok=True)
    frame.to_csv(HERE / folder / f"{name}.csv", index=False, lineterminator="\n", **how)


def bank_churn() -> None:
    rng = np.random.default_rng(20261)
    n = 3000
    surnames = (
        "Okafor Romano Chu Hsu Trevisani Bianchi Palermo Onyekachi Macdonald Walsh Nwora Shih Tien Genovese Fanucci Lettiere "
        "Johnstone Ferri Kao Milano Barese Chiu Kerr Napolitani Udinesi Yeh Ellis Boni Alexeyeva Fiorentini Moore Gordon Lo "
        "Wright Thomson Watson Sal Pisano Mazzi Hunter McGregor Zuyev Dumetochukwu Obinna Chikelu Manfrin Rossi Cattaneo Bryant"
    ).split()
    weights = rng.uniform(0.5, 1.2, len(surnames))
    weights[0], weights[1] = 2.6, 1.9
    country = pick(rng, {"France": 0.5, "Germany": 0.26, "Spain": 0.24}, n)
    gender = pick(rng, {"Male": 0.545, "Female": 0.455}, n)
    age = np.clip(np.round(18 + rng.gamma(4.2, 5.0, n)), 18, 90).astype(int)
    products = pick(rng, {1: 0.505, 2: 0.455, 3: 0.032, 4: 0.008}, n).astype(int)
    active = (rng.random(n) < 0.515).astype(int)
    balance = np.where(
        (country != "Germany") & (rng.random(n) < 0.49), 0.0, np.clip(rng.normal(119800, 29500, n), 3768, 238000)
    ).round(2)
    logit = -1.5 + 0.068 * (age - 39) + 0.85 * (country == "Germany") + 0.5 * (gender == "Female") - 0.95 * active
    logit = logit - 0.9 * (products == 2) + 2.4 * (products >= 3) + 0.25 * (balance > 0)
    write(
        "bank_churn",
        "Churn_Modelling",
        pd.DataFrame(
            {
                "RowNumber": np.arange(1, n + 1),
                "CustomerId": rng.choice(np.arange(15565701, 15815691), n, replace=False),
                "Surname": rng.choice(surnames, n, p=weights / weights.sum()),
                "CreditScore": np.clip(rng.normal(650, 97, n), 350, 850).round().astype(int),
                "Geography": country,
                "Gender": gender,
                "Age": age,
                "Tenure": rng.integers(0, 11, n),
                "Balance": balance,
                "NumOfProducts": products,
                "HasCrCard": (rng.random(n) < 0.705).astype(int),
                "IsActiveMember": active,
                "EstimatedSalary": (rng.uniform(11.58, 199992, n) * np.where(country == "Spain", 0.93, 1.0)).round(2),
                "Exited": (rng.random(n) < sigmoid(logit)).astype(int),
            }
        ),
    )


def grocery() -> None:
    rng = np.random.default_rng(20262)
    departments = {
        "GROCERY": (
            0.50,
            2.6,
            [
                "SOFT DRINKS",
                "BAG SNACKS",
                "COLD CEREAL",
                "SOUP",
                "FROZEN PIZZA",
                "BAKED BREAD/BUNS/ROLLS",
                "FLUID MILK PRODUCTS",
                "CHEESE",
                "BABY FOODS",
                "COFFEE",
                "ICE CREAM/MILK/SHERBTS",
                "PASTA SAUCE",
            ],
        ),
        "DRUG GM": (
            0.11,
            4.6,
            [
                "DIAPERS & DISPOSABLES",
                "HAIR CARE PRODUCTS",
                "ORAL HYGIENE PRODUCTS",
                "CANDY - PACKAGED",
                "GREETING CARDS/WRAP/PARTY SPLY",
            ],
        ),
        "PRODUCE": (0.14, 2.3, ["TROPICAL FRUIT", "SALAD MIX", "POTATOES", "TOMATOES", "BERRIES", "APPLES"]),
        "MEAT": (0.07, 6.4, ["BEEF", "CHICKEN", "PORK"]),
        "MEAT-PCKGD": (0.05, 3.7, ["LUNCHMEAT", "BACON", "HOT DOGS"]),
        "DELI": (0.045, 4.4, ["DELI MEATS", "SALADS/DIPS", "PREPARED FOOD"]),
        "PASTRY": (0.03, 3.2, ["COOKIES/CONES", "CAKES", "DONUTS"]),
        "SEAFOOD-PCKGD": (0.018, 6.1, ["SEAFOOD - FROZEN"]),
        "FLORAL": (0.012, 7.5, ["CUT FLOWERS", "FLOWERING PLANTS"]),
        "SPIRITS": (0.016, 11.2, ["BEERS/ALES", "DOMESTIC WINE", "IMPORTED WINE"]),
        "KIOSK-GAS": (0.017, 26.0, ["COUPON/MISC ITEMS"]),
    }
    rows, product = [], 819000
    for department, (_, price, categories) in departments.items():
        for category in categories:
            for k in range(1 if department == "KIOSK-GAS" else 9):
                product += int(rng.integers(11, 900))
                brand = "Private" if rng.random() < 0.3 else "National"
                sorts = ("REGULAR", "FAMILY SIZE", "PREMIUM", "VALUE PACK", "ORGANIC", "LIGHT", "MULTI PACK", "SINGLE SERVE", "SPECIALTY")
                kind = (
                    "GASOLINE-REG UNLEADED"
                    if department == "KIOSK-GAS"
                    else f"{category.split(' ')[0].rstrip('S')} {sorts[k]}"
                )
                size = (
                    None
                    if rng.random() < 0.2
                    else f"{rng.choice([4, 6, 8, 10.5, 12, 15, 16, 20, 32, 64])} {rng.choice(['OZ', 'CT', 'LB'])}"
                )
                rows.append(
                    (
                        product,
                        int(rng.integers(1, 6000)),
                        department,
                        brand,
                        category,
                        kind,
                        size,
                        price * rng.lognormal(0, 0.45) * (0.8 if brand == "Private" else 1),
                    )
                )
    products = pd.DataFrame(
        rows,
        columns=[
            "product_id",
            "manufacturer_id",
            "department",
            "brand",
            "product_category",
            "product_type",
            "package_size",
            "_price",
        ],
    )
    share = {d: v[0] for d, v in departments.items()}
    counts = products.department.value_counts()
    base = products.department.map(lambda d: share[d] / counts[d]).to_numpy() * rng.lognormal(0, 0.5, len(products))
    baby = products.product_category.isin(["BABY FOODS", "DIAPERS & DISPOSABLES"]).to_numpy()

    n = 500
    households = np.sort(rng.choice(np.arange(1, 2501), n, replace=False))
    kids = pick(rng, {"0": 0.6, "1": 0.2, "2": 0.12, "3+": 0.08}, n)
    age = pick(rng, {"19-24": 0.06, "25-34": 0.18, "35-44": 0.24, "45-54": 0.35, "55-64": 0.08, "65+": 0.09}, n)
    incomes = [
        "Under 15K",
        "15-24K",
        "25-34K",
        "35-49K",
        "50-74K",
        "75-99K",
        "100-124K",
        "125-149K",
        "150-174K",
        "175-199K",
        "200-249K",
        "250K+",
    ]
    band = rng.choice(12, n, p=np.array([8, 9, 10, 21, 24, 12, 5, 4, 3, 1.5, 1, 1.5]) / 100)
    owner = pick(
        rng, {"Homeowner": 0.63, "Renter": 0.08, "Probable Renter": 0.03, "Probable Homeowner": 0.03, None: 0.23}, n
    )
    married = pick(rng, {"Married": 0.42, "Unmarried": 0.16, None: 0.42}, n)
    size = np.array(
        [
            str(min(5, (2 if m == "Married" else 1) + (3 if k == "3+" else int(k))))
            for m, k in zip(married, kids, strict=True)
        ],
        dtype=object,
    )
    size[size == "5"] = "5+"
    known = rng.random(n) < 0.66
    write(
        "grocery",
        "demographics",
        pd.DataFrame(
            {
                "household_id": households,
                "age": age,
                "income": [incomes[b] for b in band],
                "home_ownership": owner,
                "marital_status": married,
                "household_size": size,
                "kids_count": kids,
            }
        )[known],
    )

    rate = rng.gamma(1.6, 5.2, n) * (1 + 0.035 * band)
    first, last = dt.date(2017, 1, 1), dt.date(2017, 11, 22)
    days = (last - first).days + 1
    start = np.where(rng.random(n) < 0.55, rng.integers(0, 28, n), rng.integers(0, days - 40, n))
    stop = np.where(rng.random(n) < 0.22, rng.integers(120, days - 15, n), days)
    stores = np.array([367, 406, 429, 321, 343, 292, 31582, 299, 318, 356, 381, 389, 422, 436, 445, 32004])
    store_p = np.array([14, 11, 9, 8, 7, 6.5, 6, 5.5, 5, 5, 4.5, 4.5, 4, 4, 3.5, 2.5])
    store_p = store_p / store_p.sum()
    sunday = np.array([1.25 if (first + dt.timedelta(int(d))).weekday() >= 5 else 0.92 for d in range(days)])
    season = 1 + 0.18 * np.sin(np.arange(days) / 365 * 2 * np.pi - 1.1) + 0.1 * (np.arange(days) > 300)
    lines, basket = [], 31198459000
    for i, h in enumerate(households):
        lo, hi = int(start[i]), int(max(stop[i], start[i] + 5))
        hi = min(hi, days)
        trips = max(1, rng.poisson(rate[i] * (hi - lo) / days))
        p = (sunday * season)[lo:hi]
        mine = rng.choice(stores, 3, p=store_p)
        mult = base * np.where(baby, 0.05 if kids[i] == "0" else 2.2, 1.0)
        mult = mult / mult.sum()
        for d in sorted(rng.choice(np.arange(lo, hi), trips, p=p / p.sum())):
            basket += int(rng.integers(3, 5000))
            at = dt.datetime.combine(
                first + dt.timedelta(int(d)),
                dt.time(int(np.clip(rng.normal(15.5, 3.4), 6, 22)), int(rng.integers(60)), int(rng.integers(60))),
            )
            weekend = at.weekday() >= 5
            count = 1 + rng.poisson(1.9 + (0.8 if weekend else 0) + (0.7 if kids[i] != "0" else 0) + 0.05 * band[i])
            for j in set(rng.choice(len(products), count, p=mult)):
                row = products.iloc[j]
                gas = row.department == "KIOSK-GAS"
                q = int(rng.integers(4000, 15000)) if gas else int(rng.choice([1, 1, 1, 1, 2, 2, 3, 4]))
                value = q * 0.0023 if gas else q * row._price
                disc = 0.0 if gas or rng.random() < 0.55 else value * rng.uniform(0.08, 0.35)
                coupon = (
                    round(float(rng.choice([0.35, 0.5, 0.55, 0.75, 1.0, 1.5])), 2)
                    if not gas and rng.random() < 0.028
                    else 0.0
                )
                lines.append(
                    (
                        int(h),
                        int(rng.choice(mine, p=[0.75, 0.17, 0.08])),
                        basket,
                        int(row.product_id),
                        q,
                        round(max(value - disc - coupon, 0), 2),
                        round(disc, 2),
                        coupon,
                        at,
                    )
                )
    columns = [
        "household_id",
        "store_id",
        "basket_id",
        "product_id",
        "quantity",
        "sales_value",
        "retail_disc",
        "coupon_disc",
        "transaction_timestamp",
    ]
    sales = pd.DataFrame(lines, columns=columns)
    stores_of = sales.groupby("basket_id").store_id.first()
    sales["store_id"] = sales.basket_id.map(stores_of)
    write("grocery", "transactions", sales.sort_values(["transaction_timestamp", "product_id"]))
    write("grocery", "products", products.drop(columns="_price"))

    plan = [
        (1, "Type B", "2017-02-06", "2017-03-12"),
        (2, "Type B", "2017-03-08", "2017-04-09"),
        (8, "Type A", "2017-04-10", "2017-06-18"),
        (12, "Type C", "2017-05-15", "2017-08-20"),
        (13, "Type A", "2017-08-08", "2017-09-24"),
        (18, "Type A", "2017-10-03", "2017-12-10"),
        (20, "Type C", "2017-10-16", "2017-12-31"),
    ]
    write(
        "grocery",
        "campaign_descriptions",
        pd.DataFrame(plan, columns=["campaign_id", "campaign_type", "start_date", "end_date"]),
    )
    reach = {1: 0.12, 2: 0.2, 8: 0.52, 12: 0.14, 13: 0.5, 18: 0.55, 20: 0.17}
    take = {1: 0.1, 2: 0.12, 8: 0.24, 12: 0.05, 13: 0.3, 18: 0.17, 20: 0.08}
    weight = np.clip(rate / rate.mean(), 0.35, 2.2)
    sent, redeemed = [], []
    for c, _, begin, end in plan:
        begin, end = dt.date.fromisoformat(begin), min(dt.date.fromisoformat(end), last)
        for i, h in enumerate(households):
            if rng.random() < min(0.95, reach[c] * weight[i]):
                sent.append((int(h), c))
                if rng.random() < min(0.9, take[c] * weight[i]) and stop[i] > (begin - first).days:
                    for _ in range(1 + rng.poisson(0.7)):
                        day = begin + dt.timedelta(int(rng.integers(0, (end - begin).days + 1)))
                        redeemed.append((int(h), int(10000085000 + rng.integers(0, 60) * 1000 + c), c, day))
    write("grocery", "campaigns", pd.DataFrame(sent, columns=["household_id", "campaign_id"]))
    frame = pd.DataFrame(redeemed, columns=["household_id", "coupon_upc", "campaign_id", "redemption_date"])
    write("grocery", "coupon_redemptions", frame.drop_duplicates().sort_values(["redemption_date", "household_id"]))


def ecommerce() -> None:
    rng = np.random.default_rng(20263)
    n = 2600
    tenure = np.where(rng.random(n) < 0.3, rng.integers(0, 3, n), np.clip(rng.gamma(2.0, 6.5, n), 1, 61)).round()
    complain = (rng.random(n) < 0.285).astype(int)
    marital = pick(rng, {"Married": 0.53, "Single": 0.32, "Divorced": 0.15}, n)
    category = pick(
        rng,
        {
            "Laptop & Accessory": 0.365,
            "Mobile Phone": 0.225,
            "Fashion": 0.147,
            "Mobile": 0.144,
            "Grocery": 0.073,
            "Others": 0.046,
        },
        n,
    )
    orders = np.clip(rng.geometric(0.36, n) + (tenure > 18) * rng.integers(0, 4, n), 1, 16).astype(float)
    coupons = np.minimum(rng.poisson(0.8, n) + (orders > 3) * rng.integers(0, 4, n), 16).astype(float)
    since = np.clip(rng.gamma(1.7, 2.7, n), 0, 46).round()
    cash = np.clip(
        rng.normal(148, 18, n)
        + np.select(
            [
                category == "Mobile",
                category == "Mobile Phone",
                category == "Fashion",
                category == "Grocery",
                category == "Others",
            ],
            [-10, -6, 62, 112, 130],
            15,
        )
        + tenure * 0.6,
        0,
        500,
    ).round(2)
    satisfaction = pick(rng, {1: 0.207, 2: 0.104, 3: 0.302, 4: 0.19, 5: 0.197}, n).astype(int)
    devices = pick(rng, {1: 0.04, 2: 0.05, 3: 0.45, 4: 0.42, 5: 0.03, 6: 0.01}, n).astype(int)
    logit = (
        -1.75
        - 0.075 * tenure
        + 1.55 * complain
        + 0.6 * (marital == "Single")
        + 0.16 * (satisfaction - 3)
        + 0.3 * (devices - 3)
        + 0.45 * (category == "Mobile Phone")
        - 0.9 * (category == "Grocery")
        - 0.05 * since
    )
    frame = pd.DataFrame(
        {
            "CustomerID": np.arange(50001, 50001 + n),
            "Churn": (rng.random(n) < sigmoid(logit + 0.45)).astype(int),
            "Tenure": tenure,
            "PreferredLoginDevice": pick(rng, {"Mobile Phone": 0.49, "Computer": 0.29, "Phone": 0.22}, n),
            "CityTier": pick(rng, {1: 0.65, 2: 0.045, 3: 0.305}, n).astype(int),
            "WarehouseToHome": np.clip(rng.gamma(3.4, 4.7, n), 5, 127).round(),
            "PreferredPaymentMode": pick(
                rng,
                {
                    "Debit Card": 0.41,
                    "Credit Card": 0.268,
                    "E wallet": 0.109,
                    "UPI": 0.074,
                    "COD": 0.065,
                    "CC": 0.048,
                    "Cash on Delivery": 0.026,
                },
                n,
            ),
            "Gender": pick(rng, {"Male": 0.6, "Female": 0.4}, n),
            "HourSpendOnApp": pick(rng, {0: 0.001, 1: 0.007, 2: 0.27, 3: 0.5, 4: 0.22, 5: 0.002}, n).astype(float),
            "NumberOfDeviceRegistered": devices,
            "PreferedOrderCat": category,
            "SatisfactionScore": satisfaction,
            "MaritalStatus": marital,
            "NumberOfAddress": np.clip(rng.geometric(0.25, n), 1, 22),
            "Complain": complain,
            "OrderAmountHikeFromlastYear": rng.integers(11, 27, n).astype(float),
            "CouponUsed": coupons,
            "OrderCount": orders,
            "DaySinceLastOrder": since,
            "CashbackAmount": cash,
        }
    )
    for column, part in {
        "Tenure": 0.046,
        "WarehouseToHome": 0.044,
        "HourSpendOnApp": 0.045,
        "OrderAmountHikeFromlastYear": 0.047,
        "CouponUsed": 0.045,
        "OrderCount": 0.046,
        "DaySinceLastOrder": 0.054,
    }.items():
        frame.loc[rng.random(n) < part, column] = np.nan
    words = {
        "CustomerID": "Unique customer ID",
        "Churn": "Churn Flag",
        "Tenure": "Tenure of customer in organization (months)",
        "PreferredLoginDevice": "Preferred login device of customer",
        "CityTier": "City tier",
        "WarehouseToHome": "Distance in between warehouse to home of customer",
        "PreferredPaymentMode": "Preferred payment method of customer",
        "Gender": "Gender of customer",
        "HourSpendOnApp": "Number of hours spend on mobile application or website",
        "NumberOfDeviceRegistered": "Total number of deceives is registered on particular customer",
        "PreferedOrderCat": "Preferred order category of customer in last month",
        "SatisfactionScore": "Satisfactory score of customer on service",
        "MaritalStatus": "Marital status of customer",
        "NumberOfAddress": "Total number of added added on particular customer",
        "Complain": "Any complaint has been raised in last month",
        "OrderAmountHikeFromlastYear": "Percentage increases in order from last year",
        "CouponUsed": "Total number of coupon has been used in last month",
        "OrderCount": "Total number of orders has been places in last month",
        "DaySinceLastOrder": "Day Since last order by customer",
        "CashbackAmount": "Average cashback in last month",
    }
    (HERE / "ecommerce").mkdir(parents=True, exist_ok=True)
    with pd.ExcelWriter(HERE / "ecommerce" / "E Commerce Dataset.xlsx", engine="openpyxl") as book:
        pd.DataFrame(
            {"Data": ["E Comm"] * len(words), "Variable": list(words), "Discerption": list(words.values())}
        ).to_excel(book, sheet_name="Data Dict", index=False, startrow=0)
        frame.to_excel(book, sheet_name="E Comm", index=False)
        book.book.properties.created = book.book.properties.modified = dt.datetime(2026, 1, 1)


def saas() -> None:
    rng = np.random.default_rng(20264)
    n = 420
    first, last = dt.date(2023, 1, 9), dt.date(2024, 9, 18)
    span = (last - first).days
    ids = [f"ACC-{k:04d}" for k in rng.choice(np.arange(1000, 9999), n, replace=False)]
    one = "Bright Cedar North Silver Blue Harbor Apex Summit Maple Quarry Ember Copper Lattice Prairie Beacon Orchard".split()
    two = "Analytics Logistics Health Foods Robotics Media Learning Capital Systems Outfitters Labs Freight Studios Energy".split()
    plan = pick(rng, {"Starter": 0.44, "Team": 0.33, "Business": 0.17, "Enterprise": 0.06}, n)
    seats = np.array(
        [
            max(1, int(rng.lognormal({"Starter": 1.2, "Team": 2.3, "Business": 3.3, "Enterprise": 4.7}[p], 0.5)))
            for p in plan
        ]
    )
    price = {"Starter": 12, "Team": 19, "Business": 29, "Enterprise": 38}
    country = pick(rng, {"US": 0.46, "GB": 0.18, "DE": 0.1, "CA": 0.09, "FR": 0.07, "AU": 0.06, "NL": 0.04}, n)
    industry = pick(
        rng,
        {"FinTech": 0.21, "EdTech": 0.17, "HealthTech": 0.19, "DevTools": 0.24, "Retail": 0.12, "Cybersecurity": 0.07},
        n,
    )
    source = pick(rng, {"organic": 0.34, "ads": 0.24, "partner": 0.18, "event": 0.11, "referral": 0.13}, n)
    joined = np.array([first + dt.timedelta(int(d)) for d in np.sort(rng.integers(0, span - 12, n))])
    hazard = (
        0.018
        * np.where(plan == "Starter", 1.9, np.where(plan == "Enterprise", 0.35, 0.9))
        * np.where(industry == "Retail", 1.6, 1)
        * np.where(source == "ads", 1.4, 1)
    )
    gone: list[dt.date | None] = []
    for i in range(n):
        months = rng.geometric(min(hazard[i], 0.9))
        day = joined[i] + dt.timedelta(int(months * 30.4 + rng.integers(3, 28)))
        gone.append(day if day <= last else None)
    frame = pd.DataFrame(
        {
            "account_id": ids,
            "account_name": [f"{rng.choice(one)} {rng.choice(two)}" for _ in range(n)],
            "industry": industry,
            "country": country,
            "signup_date": joined,
            "acquisition_source": source,
            "plan": plan,
            "seats": seats,
            "csm_owner": pick(rng, {"Priya": 0.3, "Tom": 0.25, "Wanjiru": 0.25, None: 0.2}, n),
        }
    )
    write("saas", "accounts", frame.sample(frac=1, random_state=4))
    reasons = pick(
        rng,
        {
            "pricing": 0.27,
            "missing features": 0.22,
            "went to competitor": 0.14,
            "poor support": 0.13,
            "budget cut": 0.16,
            "unknown": 0.08,
        },
        n,
    )
    churned = [
        (
            f"CH{k:03d}",
            ids[i],
            gone[i],
            reasons[i],
            round(float(rng.choice([0, 0, 0, 40, 120, 300])), 2),
            None
            if rng.random() < 0.6
            else str(
                rng.choice(
                    [
                        "Too pricey for what we use",
                        "Moved to another vendor",
                        "Project ended",
                        "Needed SSO",
                        "Slow replies",
                    ]
                )
            ),
        )
        for k, i in enumerate(sorted((i for i in range(n) if gone[i]), key=lambda i: gone[i]), 1)
    ]
    write(
        "saas",
        "churn_events",
        pd.DataFrame(
            churned, columns=["churn_event_id", "account_id", "churn_date", "reason", "refund_amount_usd", "feedback"]
        ),
    )
    bills, number = [], 70000
    grow = rng.normal(0.004, 0.012, n)
    for i in range(n):
        month = joined[i].replace(day=1)
        k = 0
        while month <= last and (gone[i] is None or month <= gone[i]):
            number += 1
            amount = round(price[plan[i]] * seats[i] * (1 + grow[i]) ** k * (0.9 if source[i] == "partner" else 1), 2)
            bills.append((f"INV-{number}", ids[i], month, amount, "overdue" if rng.random() < 0.04 else "paid"))
            month = (month + dt.timedelta(32)).replace(day=1)
            k += 1
    write(
        "saas",
        "invoices",
        pd.DataFrame(bills, columns=["invoice_id", "account_id", "invoice_month", "mrr", "status"]).sort_values(
            ["invoice_month", "invoice_id"]
        ),
    )
    use, features = [], {"dashboards": 0.3, "reports": 0.24, "api": 0.16, "alerts": 0.13, "exports": 0.11, "sso": 0.06}
    level = rng.gamma(1.5, 1.0, n)
    for i in range(n):
        day, end = joined[i], gone[i] or last
        total = rng.poisson(min(70, level[i] * (end - day).days / 16))
        for d in rng.integers(0, max(1, (end - day).days + 1), total):
            when = day + dt.timedelta(int(d))
            if (gone[i] and (gone[i] - when).days < 30 and rng.random() < 0.7) or (
                level[i] < 0.45 and (last - when).days < 45
            ):
                continue
            use.append(
                (
                    ids[i],
                    when,
                    str(pick(rng, features, 1)[0]),
                    int(1 + rng.poisson(4)),
                    int(rng.integers(1, max(2, seats[i] // 2 + 1))),
                )
            )
    usage = pd.DataFrame(use, columns=["account_id", "usage_date", "feature", "events", "active_users"]).sort_values(
        ["usage_date", "account_id"]
    )
    usage.insert(0, "usage_id", [f"U{k:06d}" for k in range(1, len(usage) + 1)])
    write("saas", "usage_events", usage)
    tickets = []
    for i in range(n):
        end = gone[i] or last
        for _ in range(
            rng.poisson(
                (end - joined[i]).days
                / 150
                * (1.7 if reasons[i] == "poor support" and gone[i] else 1)
                * (1.5 if plan[i] == "Enterprise" else 0.8)
            )
        ):
            opened = dt.datetime.combine(
                joined[i] + dt.timedelta(int(rng.integers(0, (end - joined[i]).days + 1))),
                dt.time(int(rng.integers(7, 20)), int(rng.integers(60))),
            )
            severity = str(pick(rng, {"low": 0.38, "medium": 0.36, "high": 0.19, "urgent": 0.07}, 1)[0])
            hours = float(rng.gamma(1.6, {"low": 30, "medium": 22, "high": 14, "urgent": 6}[severity]))
            closed = opened + dt.timedelta(hours=hours)
            still = closed.date() > last or rng.random() < 0.03
            csat = (
                None
                if still or rng.random() < 0.42
                else int(np.clip(round(4.4 - hours / 35 + rng.normal(0, 0.8)), 1, 5))
            )
            tickets.append(
                (
                    ids[i],
                    opened,
                    None if still else closed.replace(second=0, microsecond=0),
                    severity,
                    str(rng.choice(["billing", "bug", "how-to", "integration"])),
                    csat,
                )
            )
    frame = pd.DataFrame(
        tickets, columns=["account_id", "opened_at", "closed_at", "severity", "category", "csat"]
    ).sort_values("opened_at")
    frame.insert(0, "ticket_id", [f"T-{k}" for k in range(20001, 20001 + len(frame))])
    frame["csat"] = frame.csat.astype("Int64")
    write("saas", "support_tickets", frame)


if __name__ == "__main__":
    bank_churn()
    grocery()
    ecommerce()
    saas()
