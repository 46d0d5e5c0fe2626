"""Made-up data of many trades, small, the same every time: what companies bring, in the shapes and with the names they bring it."""

from __future__ import annotations

Tables = dict[str, str]


def pick(*values: object, salt: int = 1) -> str:
    """SQL that picks one of the values by row, evenly and always alike."""
    listed = ", ".join("NULL" if v is None else f"'{v}'" if isinstance(v, str) else str(v) for v in values)
    return f"(list_value({listed}))[1 + (hash(i * 31 + {salt}) % {len(values)})::INT]"


def number(low: int, high: int, salt: int = 1) -> str:
    """SQL of a whole number between two bounds, both included."""
    return f"({low} + (hash(i * 17 + {salt}) % {high - low + 1})::BIGINT)"


def money(low: int, high: int, salt: int = 1) -> str:
    """SQL of an amount with two decimals."""
    return f"(({low * 100} + (hash(i * 13 + {salt}) % {(high - low) * 100 + 1})::BIGINT) / 100.0)::DOUBLE"


def day(start: str, days: int, salt: int = 1) -> str:
    """SQL of a date in a stretch of days."""
    return f"(DATE '{start}' + (hash(i * 7 + {salt}) % {days})::INT)::DATE"


def moment(start: str, days: int, salt: int = 1) -> str:
    """SQL of a date and time in a stretch of days."""
    return f"(TIMESTAMP '{start}' + to_seconds((hash(i * 7 + {salt}) % {days * 86400})::BIGINT))"


def rows(n: int, **columns: str) -> str:
    """A SELECT of n rows, numbered i from 1."""
    listed = ", ".join(f'{sql} AS "{name}"' for name, sql in columns.items())
    return f"SELECT {listed} FROM range(1, {n + 1}) t(i)"


YES = pick("Yes", "No")

BANK_CHURN: Tables = {
    "Churn_Modelling": rows(
        400,
        RowNumber="i",
        CustomerId="15600000 + i * 7",
        Surname=pick("Hargrave", "Hill", "Onio", "Boni", "Mitchell", salt=3),
        CreditScore=number(350, 850, 4),
        Geography=pick("France", "Germany", "Spain", salt=5),
        Gender=pick("Female", "Male", salt=6),
        Age=number(18, 80, 7),
        Tenure=number(0, 10, 8),
        Balance=money(0, 200000, 9),
        NumOfProducts=number(1, 4, 10),
        HasCrCard=pick(0, 1, salt=11),
        IsActiveMember=pick(0, 1, salt=12),
        EstimatedSalary=money(100, 199000, 13),
        Exited="CASE WHEN hash(i * 31 + 5) % 3 = 1 AND hash(i) % 3 > 0 THEN 1 ELSE 0 END",
    ),
}

BANK_CARDS: Tables = {
    "BankChurners": rows(
        400,
        CLIENTNUM="708082083 + i * 90",
        Attrition_Flag=pick("Existing Customer", "Existing Customer", "Attrited Customer", salt=2),
        Customer_Age=number(26, 73, 3),
        Gender=pick("M", "F", salt=4),
        Dependent_count=number(0, 5, 5),
        Education_Level=pick("High School", "Graduate", "Unknown", "Doctorate", salt=6),
        Marital_Status=pick("Married", "Single", "Divorced", "Unknown", salt=7),
        Income_Category=pick("Less than $40K", "$40K - $60K", "$60K - $80K", "$120K +", salt=8),
        Card_Category=pick("Blue", "Silver", "Gold", salt=9),
        Months_on_book=number(13, 56, 10),
        Total_Relationship_Count=number(1, 6, 11),
        Months_Inactive_12_mon=number(0, 6, 12),
        Contacts_Count_12_mon=number(0, 6, 13),
        Credit_Limit=money(1438, 34516, 14),
        Total_Revolving_Bal=number(0, 2517, 15),
        Avg_Utilization_Ratio="(hash(i) % 1000) / 1000.0",
        Total_Trans_Amt=number(510, 18484, 17),
        Total_Trans_Ct=number(10, 139, 18),
        Total_Amt_Chng_Q4_Q1="0.5 + (hash(i + 5) % 2000) / 1000.0",
    ),
}

SHOP_CHURN: Tables = {
    "E_Comm": rows(
        400,
        CustomerID="50000 + i",
        Churn=pick(0, 0, 0, 1, salt=2),
        Tenure=f"CASE WHEN i % 20 = 0 THEN NULL ELSE {number(0, 61, 3)} END",
        PreferredLoginDevice=pick("Mobile Phone", "Phone", "Computer", salt=4),
        CityTier=number(1, 3, 5),
        WarehouseToHome=number(5, 36, 6),
        PreferredPaymentMode=pick(
            "Debit Card", "UPI", "CC", "Cash on Delivery", "COD", "E wallet", "Credit Card", salt=7
        ),
        Gender=pick("Female", "Male", salt=8),
        HourSpendOnApp=number(0, 5, 9),
        NumberOfDeviceRegistered=number(1, 6, 10),
        PreferedOrderCat=pick("Laptop & Accessory", "Mobile", "Mobile Phone", "Others", "Fashion", "Grocery", salt=11),
        SatisfactionScore=number(1, 5, 12),
        MaritalStatus=pick("Single", "Divorced", "Married", salt=13),
        NumberOfAddress=number(1, 22, 14),
        Complain=pick(0, 1, salt=15),
        OrderAmountHikeFromlastYear=number(11, 26, 16),
        CouponUsed=number(0, 16, 17),
        OrderCount=number(1, 16, 18),
        DaySinceLastOrder=number(0, 46, 19),
        CashbackAmount=money(100, 325, 20),
    ),
    "Data_Dict": (
        "SELECT * FROM (VALUES ('E Comm', 'CustomerID', 'Unique customer ID'), ('E Comm', 'Churn', 'Churn Flag'), "
        "('E Comm', 'Tenure', 'Tenure of customer in organization')) t(\"Data\", Variable, Discerption)"
    ),
}

GROCER: Tables = {
    "transaction_data": rows(
        900,
        household_key=number(1, 60, 1),
        BASKET_ID="26984851000 + i // 3",
        DAY=number(1, 711, 2),
        PRODUCT_ID="820000 + " + number(1, 80, 3),
        QUANTITY=number(1, 4, 4),
        SALES_VALUE=money(0, 20, 5),
        STORE_ID=number(300, 310, 6),
        RETAIL_DISC=f"-{money(0, 2, 7)}",
        TRANS_TIME=number(0, 2359, 8),
        WEEK_NO=number(1, 102, 9),
        COUPON_DISC=f"-{money(0, 1, 10)}",
        COUPON_MATCH_DISC=f"-{money(0, 1, 11)}",
    ),
    "hh_demographic": rows(
        30,
        AGE_DESC=pick("19-24", "25-34", "35-44", "45-54", "65+", salt=1),
        MARITAL_STATUS_CODE=pick("A", "B", "U", salt=2),
        INCOME_DESC=pick("Under 15K", "15-24K", "50-74K", "250K+", salt=3),
        HOMEOWNER_DESC=pick("Homeowner", "Renter", "Unknown", salt=4),
        HH_COMP_DESC=pick("2 Adults Kids", "2 Adults No Kids", "Single Female", salt=5),
        HOUSEHOLD_SIZE_DESC=pick("1", "2", "3", "4", "5+", salt=6),
        KID_CATEGORY_DESC=pick("None/Unknown", "1", "2", "3+", salt=7),
        household_key="i * 2",
    ),
    "product": rows(
        80,
        PRODUCT_ID="820000 + i",
        MANUFACTURER=number(1, 20, 1),
        DEPARTMENT=pick("GROCERY", "DRUG GM", "PRODUCE", "MEAT", salt=2),
        BRAND=pick("National", "Private", salt=3),
        COMMODITY_DESC=pick("FRZN ICE", "BREAD", "FRUIT - SHELF STABLE", "COOKIES", "SOFT DRINKS", salt=4),
        SUB_COMMODITY_DESC=pick(
            "ICE - CRUSHED", "BREAD:ITALIAN", "APPLE SAUCE", "SPECIALTY COOKIES", "COLA", "WATER", salt=5
        ),
        CURR_SIZE_OF_PRODUCT=pick("22 LB", "50 OZ", "14 OZ", None, salt=6),
    ),
    "campaign_table": rows(
        90,
        DESCRIPTION=pick("TypeA", "TypeB", "TypeC", salt=1),
        household_key=number(1, 60, 2),
        CAMPAIGN=number(1, 12, 3),
    ),
    "campaign_desc": rows(
        12,
        DESCRIPTION=pick("TypeA", "TypeB", "TypeC", salt=1),
        CAMPAIGN="i",
        START_DAY="200 + i * 10",
        END_DAY="230 + i * 10",
    ),
    "coupon": rows(
        120, COUPON_UPC="10000085000 + i // 4", PRODUCT_ID="820000 + " + number(1, 80, 5), CAMPAIGN=number(1, 12, 6)
    ),
    "coupon_redempt": rows(
        40,
        household_key=number(1, 60, 1),
        DAY=number(200, 700, 2),
        COUPON_UPC="10000085000 + " + number(1, 30, 3),
        CAMPAIGN=number(1, 12, 4),
    ),
}

GROCER_DATED: Tables = {
    "transactions": rows(
        900,
        household_id=number(1, 60, 1),
        store_id=number(300, 310, 6),
        basket_id="'B' || (31198570000 + i // 3)",
        product_id="820000 + " + number(1, 80, 3),
        quantity=number(0, 4, 4),
        sales_value=money(0, 20, 5),
        retail_disc=money(0, 2, 7),
        coupon_disc=money(0, 1, 10),
        coupon_match_disc=money(0, 1, 11),
        week=number(1, 53, 9),
        transaction_timestamp=moment("2017-01-01", 365, 8),
    ),
    "demographics": rows(
        30,
        household_id="i * 2",
        age=pick("19-24", "25-34", "35-44", "65+", salt=1),
        income=pick("Under 15K", "15-24K", "50-74K", "250K+", salt=3),
        home_ownership=pick("Homeowner", "Renter", None, salt=4),
        marital_status=pick("Married", "Unmarried", None, salt=2),
        household_size=pick("1", "2", "5+", salt=6),
        household_comp=pick("1 Adult Kids", "2 Adults Kids", salt=5),
        kids_count=pick("0", "1", "2", "3+", salt=7),
    ),
    "products": rows(
        80,
        product_id="820000 + i",
        manufacturer_id=number(1, 20, 1),
        department=pick("GROCERY", "PRODUCE", "MEAT", salt=2),
        brand=pick("National", "Private", salt=3),
        product_category=pick("ICE", "BREAD", "COOKIES", salt=4),
        product_type=pick("ICE CRUSHED", "ITALIAN", "COOKIES", "COLA", salt=5),
        package_size=pick("22 LB", "50 OZ", None, salt=6),
    ),
    "campaigns": rows(90, campaign_id=number(1, 12, 3), household_id=number(1, 60, 2)),
    "campaign_descriptions": rows(
        12,
        campaign_id="i",
        campaign_type=pick("Type A", "Type B", salt=1),
        start_date="DATE '2017-01-01' + (i * 20)::INT",
        end_date="DATE '2017-02-15' + (i * 20)::INT",
    ),
    "coupons": rows(
        120, coupon_upc="10000085000 + i // 4", product_id="820000 + " + number(1, 80, 5), campaign_id=number(1, 12, 6)
    ),
    "coupon_redemptions": rows(
        40,
        household_id=number(1, 60, 1),
        coupon_upc="10000085000 + " + number(1, 30, 3),
        campaign_id=number(1, 12, 4),
        redemption_date=day("2017-02-01", 300, 5),
    ),
    "stores": rows(
        11,
        store_id="299 + i",
        store_name="'Store ' || (299 + i)",
        city=pick("Dayton", "Toledo", "Akron", salt=2),
        opened=day("2001-01-01", 4000, 3),
    ),
}

SAAS: Tables = {
    "accounts": rows(
        120,
        account_id="'A-' || lpad(i::VARCHAR, 5, '0')",
        account_name="'Company ' || i",
        industry=pick("EdTech", "FinTech", "DevTools", "Cybersecurity", salt=1),
        country=pick("US", "UK", "IN", "DE", salt=2),
        signup_date=day("2023-01-01", 500, 3),
        referral_source=pick("organic", "ads", "partner", "event", salt=4),
        plan_tier=pick("Basic", "Pro", "Enterprise", salt=5),
        seats=number(1, 80, 6),
        is_trial=f"{pick(0, 1, salt=7)} = 1",
        churn_flag=f"{pick(0, 0, 0, 1, salt=8)} = 1",
    ),
    "subscriptions": rows(
        300,
        subscription_id="'S-' || i",
        account_id="'A-' || lpad((1 + hash(i) % 120)::VARCHAR, 5, '0')",
        start_date=day("2023-01-01", 600, 1),
        end_date=f"CASE WHEN i % 10 = 0 THEN {day('2024-09-01', 100, 2)} END",
        plan_tier=pick("Basic", "Pro", "Enterprise", salt=3),
        seats=number(1, 80, 4),
        mrr_amount=number(0, 5000, 5),
        arr_amount=number(0, 60000, 6),
        is_trial=f"{pick(0, 1, salt=7)} = 1",
        churn_flag=f"{pick(0, 0, 0, 1, salt=9)} = 1",
        billing_frequency=pick("monthly", "annual", salt=10),
        auto_renew_flag=f"{pick(0, 1, salt=11)} = 1",
    ),
    "feature_usage": rows(
        800,
        usage_id="'U-' || i",
        subscription_id="'S-' || (1 + hash(i) % 300)",
        usage_date=day("2023-01-01", 700, 1),
        feature_name="'feature_' || " + number(1, 20, 2),
        usage_count=number(1, 30, 3),
        usage_duration_secs=number(10, 9000, 4),
        error_count=number(0, 4, 5),
    ),
    "support_tickets": rows(
        200,
        ticket_id="'T-' || i",
        account_id="'A-' || lpad((1 + hash(i) % 120)::VARCHAR, 5, '0')",
        submitted_at=moment("2023-01-01", 600, 1),
        closed_at=f"{moment('2023-01-01', 600, 1)} + to_hours({number(1, 72, 2)})",
        resolution_time_hours=number(1, 72, 2),
        priority=pick("low", "medium", "high", "urgent", salt=3),
        first_response_time_minutes=number(1, 180, 4),
        satisfaction_score=pick(3, 4, 5, None, salt=5),
        escalation_flag=f"{pick(0, 1, salt=6)} = 1",
    ),
    "churn_events": rows(
        60,
        churn_event_id="'C-' || i",
        account_id="'A-' || lpad((1 + hash(i) % 120)::VARCHAR, 5, '0')",
        churn_date=day("2023-06-01", 500, 1),
        reason_code=pick("pricing", "support", "features", "budget", salt=2),
        refund_amount_usd=money(0, 300, 3),
        feedback_text=pick("too expensive", "missing features", None, salt=4),
    ),
}

GYM: Tables = {
    "members": rows(
        150,
        member_no="'M' || (1000 + i)",
        first_name=pick("Ann", "Bob", "Cat", salt=1),
        last_name=pick("Smith", "Jones", salt=2),
        dob=day("1955-01-01", 18000, 3),
        gender=pick("F", "M", salt=4),
        postcode=pick("LS1 4AB", "LS2 9JT", "BD1 1HX", salt=5),
        club=pick("Leeds", "Bradford", salt=6),
        membership_type=pick("Off-peak", "Full", "Student", salt=7),
        monthly_fee=pick(19.99, 29.99, 39.99, salt=8),
        joined=day("2021-01-01", 900, 9),
        cancelled_on=f"CASE WHEN hash(i) % 4 = 0 THEN {day('2023-08-01', 200, 10)} END",
        email="'m' || i || '@example.org'",
    ),
    "check_ins": rows(
        900,
        id="i",
        member_no="'M' || (1001 + hash(i) % 150)",
        checkin_time=moment("2023-01-01", 400, 1),
        club=pick("Leeds", "Bradford", salt=2),
    ),
    "class_bookings": rows(
        300,
        booking_id="i",
        member_no="'M' || (1001 + hash(i + 1) % 150)",
        class_name=pick("Spin", "Yoga", "Pilates", salt=1),
        booked_at=moment("2023-01-01", 390, 2),
        class_date=day("2023-01-05", 400, 3),
        attended=YES,
    ),
}

HOTEL: Tables = {
    "bookings": rows(
        500,
        booking_ref="'BK' || (100000 + i)",
        guest_id="'G' || (1 + hash(i) % 200)",
        hotel=pick("City Hotel", "Resort Hotel", salt=1),
        booking_date=day("2022-01-01", 500, 2),
        checkin_date=f"{day('2022-01-01', 500, 2)} + 30",
        checkout_date=f"{day('2022-01-01', 500, 2)} + 30 + {number(1, 9, 3)}::INT",
        adults=number(1, 3, 4),
        children=number(0, 2, 5),
        room_type=pick("Single", "Double", "Suite", salt=6),
        channel=pick("Direct", "OTA", "Travel agent", salt=7),
        total_amount=money(60, 1500, 8),
        status=pick("Completed", "Completed", "Completed", "Cancelled", "No-show", salt=9),
    ),
    "guests": rows(
        200,
        guest_id="'G' || i",
        full_name="'Guest ' || i",
        nationality=pick("GBR", "DEU", "FRA", "ESP", salt=1),
        loyalty_tier=pick("None", "Silver", "Gold", salt=2),
        birth_year=number(1940, 2003, 3),
    ),
}

BANK: Tables = {
    "clients": rows(
        100,
        client_id="i",
        name="'Client ' || i",
        birth_date=day("1940-01-01", 20000, 1),
        gender=pick("F", "M", salt=2),
        district=pick("Prague", "Brno", "Ostrava", salt=3),
    ),
    "accounts": rows(
        130,
        account_id="1000 + i",
        client_id="1 + hash(i) % 100",
        opened_on=day("2015-01-01", 1500, 1),
        account_type=pick("current", "savings", salt=2),
        balance=money(0, 9000, 3),
    ),
    "transactions": rows(
        900,
        trans_id="i",
        account_id="1001 + hash(i) % 130",
        trans_date=day("2019-01-01", 700, 1),
        amount=money(1, 900, 2),
        type=pick("credit", "debit", salt=3),
        category=pick("salary", "rent", "groceries", "leisure", salt=4),
        balance_after=money(0, 9000, 5),
    ),
    "loans": rows(
        40,
        loan_id="i",
        account_id="1001 + hash(i + 9) % 130",
        granted_on=day("2019-01-01", 700, 1),
        amount=number(1000, 90000, 2),
        duration_months=pick(12, 24, 36, 60, salt=3),
        status=pick("paid", "running", "defaulted", salt=4),
    ),
}

INSURER: Tables = {
    "policyholders": rows(
        150,
        policyholder_id="'PH' || i",
        age=number(18, 90, 1),
        region=pick("North", "South", "East", "West", salt=2),
        smoker=YES,
        marital_status=pick("single", "married", salt=3),
    ),
    "policies": rows(
        220,
        policy_no="'P' || (7000 + i)",
        policyholder_id="'PH' || (1 + hash(i) % 150)",
        policy_type=pick("Motor", "Home", "Life", salt=1),
        start_date=day("2020-01-01", 900, 2),
        renewal_date=day("2023-01-01", 700, 3),
        annual_premium=money(90, 1500, 4),
        status=pick("Active", "Active", "Lapsed", "Cancelled", salt=5),
    ),
    "claims": rows(
        90,
        claim_id="'C' || i",
        policy_no="'P' || (7001 + hash(i) % 220)",
        claim_date=day("2021-01-01", 900, 1),
        claim_amount=money(50, 9000, 2),
        approved=YES,
    ),
}

CHARITY: Tables = {
    "donations": rows(
        600,
        donation_id="i",
        donor_id="'D' || (1 + hash(i) % 200)",
        donation_date=day("2019-01-01", 1400, 1),
        amount=money(5, 500, 2),
        campaign=pick("Winter", "Spring", "Gala", salt=3),
        payment_method=pick("Card", "Direct debit", "Cheque", salt=4),
        gift_aid=YES,
    ),
    "donors": rows(
        200,
        donor_id="'D' || i",
        name="'Donor ' || i",
        postcode=pick("M1 1AA", "M2 2BB", salt=1),
        age_group=pick("18-29", "30-44", "45-64", "65+", salt=2),
        newsletter=YES,
    ),
}

LOYALTY_SHOP: Tables = {
    "customers": rows(
        200,
        cust_id="i",
        age_band=pick("18-24", "25-34", "35-49", "50+", salt=1),
        region=pick("North", "South", salt=2),
        signup_date=day("2022-01-01", 600, 3),
        plan=pick("free", "plus", salt=4),
        referrals=number(0, 5, 5),
    ),
    "stores": rows(
        12,
        store_id="500 + i",
        store_name="'Shop ' || i",
        city=pick("Leeds", "York", salt=1),
        region=pick("North", "South", salt=2),
    ),
    "products": rows(
        60,
        sku="'SKU' || i",
        product_name="'Thing ' || i",
        category=pick("Outdoor", "Garden", "Toys", salt=1),
        unit_cost=money(1, 40, 2),
        list_price=money(45, 99, 3),
    ),
    "orders": rows(
        500,
        order_id="90000 + i",
        cust_id="1 + hash(i) % 200",
        store_id="501 + hash(i + 3) % 12",
        ordered_at=moment("2023-01-01", 500, 1),
        channel=pick("store", "online", "app", salt=2),
        status=pick("completed", "completed", "completed", "cancelled", "returned", salt=3),
        promised_date=f"{day('2023-01-05', 500, 4)}",
        delivered_date=f"{day('2023-01-05', 500, 4)} + {number(-2, 3, 5)}::INT",
    ),
    "order_lines": rows(
        1200,
        order_id="90001 + hash(i) % 500",
        line_no=number(1, 5, 1),
        sku="'SKU' || (1 + hash(i + 1) % 60)",
        quantity=number(1, 6, 2),
        unit_price=money(5, 99, 3),
        discount=money(0, 4, 4),
        unit_cost=money(1, 40, 5),
    ),
    "campaign_sends": rows(
        700,
        send_id="i",
        campaign_id="1 + hash(i) % 6",
        cust_id="1 + hash(i + 5) % 200",
        sent_at=moment("2023-02-01", 400, 1),
        opened=f"{pick(0, 1, salt=2)} = 1",
        clicked=f"{pick(0, 0, 1, salt=3)} = 1",
    ),
    "campaigns": rows(
        6,
        campaign_id="i",
        campaign_name="'Campaign ' || i",
        start_date="DATE '2023-02-01' + (i * 30)::INT",
        end_date="DATE '2023-02-15' + (i * 30)::INT",
        channel=pick("email", "sms", salt=1),
    ),
    "tickets": rows(
        150,
        ticket_id="i",
        cust_id="1 + hash(i) % 200",
        created_at=moment("2023-01-01", 500, 1),
        resolved_at=f"{moment('2023-01-01', 500, 1)} + to_hours({number(1, 90, 2)})",
        topic=pick("delivery", "billing", "returns", salt=3),
        satisfaction=number(1, 5, 4),
    ),
    "cancellations": rows(
        30, cust_id="i * 5", cancelled_on=day("2024-01-01", 120, 1), reason=pick("price", "moved", "unhappy", salt=2)
    ),
}

SUPERSTORE: Tables = {
    "Orders": rows(
        600,
        **{
            "Row ID": "i",
            "Order ID": "'CA-2016-' || (100000 + i // 3)",
            "Order Date": day("2014-01-01", 1400, 1),
            "Ship Date": f"{day('2014-01-01', 1400, 1)} + {number(0, 7, 2)}::INT",
            "Ship Mode": pick("First Class", "Same Day", "Standard Class", salt=3),
            "Customer ID": "'AB-' || (10000 + hash(i // 3) % 90)",
            "Customer Name": "'Person ' || (10000 + hash(i // 3) % 90)",
            "Segment": pick("Consumer", "Corporate", "Home Office", salt=4),
            "Country": "'United States'",
            "City": pick("Los Angeles", "Seattle", "Houston", salt=5),
            "State": pick("California", "Washington", "Texas", salt=5),
            "Postal Code": number(10000, 10030, 6),
            "Region": pick("West", "South", "East", salt=7),
            "Product ID": "'FUR-' || " + number(1000, 1050, 8),
            "Category": pick("Furniture", "Technology", "Office Supplies", salt=9),
            "Sub-Category": pick("Chairs", "Phones", "Paper", salt=10),
            "Product Name": "'Item ' || " + number(1000, 1050, 8),
            "Sales": money(1, 900, 11),
            "Quantity": number(1, 9, 12),
            "Discount": pick(0, 0.2, 0.5, salt=13),
            "Profit": f"{money(0, 300, 14)} - 100",
        },
    ),
}

MARKETING: Tables = {
    "marketing_campaign": rows(
        300,
        ID="i * 3",
        Year_Birth=number(1940, 1996, 1),
        Education=pick("Graduation", "PhD", "Master", salt=2),
        Marital_Status=pick("Single", "Together", "Married", "Widow", salt=3),
        Income=money(2000, 99000, 4),
        Kidhome=number(0, 2, 5),
        Teenhome=number(0, 2, 6),
        Dt_Customer=day("2012-08-01", 700, 7),
        Recency=number(0, 99, 8),
        MntWines=number(0, 1400, 9),
        MntFruits=number(0, 190, 10),
        NumDealsPurchases=number(0, 15, 11),
        NumWebPurchases=number(0, 12, 12),
        NumStorePurchases=number(0, 13, 13),
        NumWebVisitsMonth=number(0, 20, 14),
        AcceptedCmp1=pick(0, 0, 1, salt=15),
        AcceptedCmp2=pick(0, 0, 0, 1, salt=16),
        Complain=pick(0, 0, 1, salt=17),
        Response=pick(0, 0, 1, salt=18),
    ),
}

BANK_MARKETING: Tables = {
    "bank": rows(
        300,
        age=number(18, 90, 1),
        job=pick("admin.", "blue-collar", "retired", salt=2),
        marital=pick("married", "single", "divorced", salt=3),
        education=pick("primary", "secondary", "tertiary", salt=4),
        default=YES,
        balance=number(-500, 9000, 5),
        housing=pick("yes", "no", salt=6),
        loan=pick("yes", "no", salt=7),
        contact=pick("cellular", "telephone", "unknown", salt=8),
        day=number(1, 31, 9),
        month=pick("may", "jun", "jul", salt=10),
        duration=number(5, 3000, 11),
        campaign=number(1, 30, 12),
        pdays=number(-1, 400, 13),
        previous=number(0, 9, 14),
        poutcome=pick("unknown", "failure", "success", salt=15),
        y=pick("yes", "no", "no", salt=16),
    ),
}

WHOLESALE: Tables = {
    "Wholesale_customers_data": rows(
        200,
        Channel=number(1, 2, 1),
        Region=number(1, 3, 2),
        Fresh=number(3, 90000, 3),
        Milk=number(55, 70000, 4),
        Grocery=number(3, 90000, 5),
        Frozen=number(25, 60000, 6),
        Detergents_Paper=number(3, 40000, 7),
        Delicassen=number(3, 40000, 8),
    ),
}

TELECOM_CALLS: Tables = {
    "churn_bigml": rows(
        300,
        **{
            "State": pick("KS", "OH", "NJ", "OK", "AL", "MA", salt=1),
            "Account length": number(1, 240, 2),
            "Area code": pick(415, 408, 510, salt=3),
            "Phone number": "'382-' || (1000 + i)",
            "International plan": pick("no", "yes", salt=4),
            "Voice mail plan": pick("yes", "no", salt=5),
            "Number vmail messages": number(0, 50, 6),
            "Total day minutes": money(0, 350, 7),
            "Total day calls": number(0, 160, 8),
            "Total day charge": money(0, 60, 9),
            "Customer service calls": number(0, 9, 10),
            "Churn": f"{pick(0, 0, 1, salt=11)} = 1",
        },
    ),
}

TELCO_LONG: Tables = {
    "telco": rows(
        300,
        **{
            "Customer ID": "'0000-' || (10000 + i)",
            "Gender": pick("Male", "Female", salt=1),
            "Age": number(19, 80, 2),
            "Under 30": YES,
            "Senior Citizen": YES,
            "Married": YES,
            "Dependents": YES,
            "Number of Dependents": number(0, 5, 3),
            "Country": "'United States'",
            "State": "'California'",
            "City": pick("Los Angeles", "San Diego", "Fresno", salt=4),
            "Zip Code": number(90001, 90200, 5),
            "Latitude": "33.0 + i / 1000.0",
            "Longitude": "-118.0 + i / 1000.0",
            "Referred a Friend": YES,
            "Number of Referrals": number(0, 11, 6),
            "Tenure in Months": number(1, 72, 7),
            "Offer": pick("Offer A", "Offer B", None, salt=8),
            "Phone Service": YES,
            "Avg Monthly GB Download": number(0, 85, 9),
            "Contract": pick("Month-to-Month", "One Year", "Two Year", salt=10),
            "Monthly Charge": money(18, 119, 11),
            "Total Charges": money(18, 8600, 12),
            "Total Refunds": money(0, 50, 13),
            "Total Revenue": money(20, 12000, 14),
            "Satisfaction Score": number(1, 5, 15),
            "Customer Status": pick("Stayed", "Stayed", "Churned", "Joined", salt=16),
            "Churn Label": f"CASE WHEN {pick('Stayed', 'Stayed', 'Churned', 'Joined', salt=16)} = 'Churned' THEN 'Yes' ELSE 'No' END",
            "Churn Score": number(5, 95, 17),
            "CLTV": number(2000, 6500, 18),
            "Churn Category": pick("Competitor", "Price", None, salt=19),
            "Churn Reason": pick("Better offer", "Too expensive", None, salt=20),
        },
    ),
}

WEB_EVENTS: Tables = {
    "events": rows(
        900,
        event_time=moment("2019-10-01", 60, 1),
        event_type=pick("view", "view", "cart", "purchase", salt=2),
        product_id=number(1000, 1100, 3),
        category_code=pick("electronics.smartphone", "appliances.kitchen", None, salt=4),
        brand=pick("samsung", "apple", None, salt=5),
        price=money(5, 900, 6),
        user_id=number(5000, 5150, 7),
        user_session="md5((i // 4)::VARCHAR)",
    ),
}

SUBS_ONLY: Tables = {
    "subscribers": rows(
        200,
        msisdn="447700900000 + i",
        tariff=pick("SIM only", "Unlimited", "PAYG", salt=1),
        activation_date=day("2020-01-01", 1000, 2),
        handset=pick("iPhone", "Galaxy", salt=3),
        status=pick("Active", "Active", "Disconnected", salt=4),
    ),
    "usage": rows(
        900,
        msisdn="447700900001 + hash(i) % 200",
        month_start="date_trunc('month', " + day("2023-01-01", 360, 1) + ")::DATE",
        data_gb=money(0, 60, 2),
        voice_minutes=number(0, 900, 3),
        sms=number(0, 90, 4),
        bill_amount=money(5, 60, 5),
    ),
}

STORE_SALES: Tables = {
    "daily_sales": rows(
        600,
        date=day("2023-01-01", 200, 1),
        store=number(1, 20, 2),
        dept=number(1, 40, 3),
        weekly_sales=money(10, 9000, 4),
        is_holiday=f"{pick(0, 0, 1, salt=5)} = 1",
    ),
    "stores": rows(20, store="i", type=pick("A", "B", "C", salt=1), size=number(30000, 200000, 2)),
}

LINES_PRICED_ELSEWHERE: Tables = {
    "sales": rows(
        500,
        sale_id="i",
        client="'C' || (1 + hash(i) % 80)",
        product="'P' || (1 + hash(i + 1) % 30)",
        qty=number(1, 5, 1),
        sold_on=day("2023-01-01", 300, 2),
    ),
    "products": rows(30, id="'P' || i", title="'Widget ' || i", price=money(1, 50, 1), cost=money(1, 20, 2)),
}

BASKETS_UNPRICED: Tables = {
    "orders": rows(
        300,
        order_id="i",
        user_id=number(1, 60, 1),
        order_number=number(1, 40, 2),
        order_dow=number(0, 6, 3),
        order_hour_of_day=number(0, 23, 4),
        days_since_prior_order=number(0, 30, 5),
    ),
    "order_products": rows(
        900,
        order_id="1 + hash(i) % 300",
        product_id=number(1, 50, 1),
        add_to_cart_order=number(1, 20, 2),
        reordered=pick(0, 1, salt=3),
    ),
    "products": rows(
        50, product_id="i", product_name="'Thing ' || i", aisle_id=number(1, 8, 1), department_id=number(1, 4, 2)
    ),
    "aisles": rows(8, aisle_id="i", aisle="'aisle ' || i"),
    "departments": rows(4, department_id="i", department="'department ' || i"),
}

MUSIC_STREAM: Tables = {
    "members": rows(
        150,
        msno="md5(i::VARCHAR)",
        city=number(1, 22, 1),
        bd=number(15, 70, 2),
        gender=pick("male", "female", None, salt=3),
        registered_via=number(3, 9, 4),
        registration_init_time=day("2012-01-01", 1500, 5),
    ),
    "transactions": rows(
        600,
        msno="md5((1 + hash(i) % 150)::VARCHAR)",
        payment_method_id=number(1, 40, 1),
        payment_plan_days=pick(30, 90, 180, salt=2),
        plan_list_price=pick(99, 149, 180, salt=3),
        actual_amount_paid=pick(99, 149, 180, 0, salt=4),
        is_auto_renew=pick(0, 1, salt=5),
        transaction_date=day("2016-01-01", 420, 6),
        membership_expire_date=day("2016-02-01", 800, 7),
        is_cancel=pick(0, 0, 0, 1, salt=8),
    ),
    "user_logs": rows(
        900,
        msno="md5((1 + hash(i + 3) % 150)::VARCHAR)",
        date=day("2016-01-01", 420, 1),
        num_25=number(0, 20, 2),
        num_100=number(0, 90, 3),
        total_secs=money(10, 9000, 4),
    ),
    "train": rows(150, msno="md5(i::VARCHAR)", is_churn=pick(0, 0, 1, salt=1)),
}

AIRLINE: Tables = {
    "Customer_Loyalty_History": rows(
        150,
        **{
            "Loyalty Number": "100018 + i",
            "Country": "'Canada'",
            "Province": pick("Ontario", "Quebec", "Alberta", salt=1),
            "City": pick("Toronto", "Montreal", salt=2),
            "Gender": pick("Male", "Female", salt=3),
            "Salary": money(20000, 99000, 4),
            "Loyalty Card": pick("Star", "Nova", "Aurora", salt=5),
            "CLV": money(2000, 9000, 6),
            "Enrollment Type": pick("Standard", "2018 Promotion", salt=7),
            "Enrollment Year": number(2012, 2018, 8),
            "Enrollment Month": number(1, 12, 9),
            "Cancellation Year": f"CASE WHEN hash(i) % 7 = 0 THEN {number(2014, 2018, 10)} END",
            "Cancellation Month": f"CASE WHEN hash(i) % 7 = 0 THEN {number(1, 12, 11)} END",
        },
    ),
    "Customer_Flight_Activity": rows(
        900,
        **{
            "Loyalty Number": "100019 + hash(i) % 150",
            "Year": number(2017, 2018, 1),
            "Month": number(1, 12, 2),
            "Total Flights": number(0, 20, 3),
            "Distance": number(0, 6000, 4),
            "Points Accumulated": number(0, 900, 5),
            "Dollar Cost Points Redeemed": number(0, 70, 6),
        },
    ),
}

RESTAURANT: Tables = {
    "order_details": rows(
        800,
        order_details_id="i",
        order_id="1 + i // 3",
        order_date="DATE '2023-01-01' + (i // 10)::INT",
        order_time="'11:38:36'",
        item_id="101 + hash(i) % 32",
    ),
    "menu_items": rows(
        32,
        menu_item_id="100 + i",
        item_name="'Dish ' || i",
        category=pick("American", "Asian", "Italian", salt=1),
        price=money(5, 20, 2),
    ),
}

SUPERMARKET: Tables = {
    "supermarket_sales": rows(
        400,
        **{
            "Invoice ID": "'750-67-' || (1000 + i)",
            "Branch": pick("A", "B", "C", salt=1),
            "City": pick("Yangon", "Mandalay", salt=2),
            "Customer type": pick("Member", "Normal", salt=3),
            "Gender": pick("Female", "Male", salt=4),
            "Product line": pick("Sports and travel", "Fashion accessories", salt=5),
            "Unit price": "10.0 + i % 90 + 0.5",
            "Quantity": "1 + i % 10",
            "Tax 5%": "(10.5 + i % 90) * (1 + i % 10) * 0.05",
            "Total": "(10.5 + i % 90) * (1 + i % 10) * 1.05",
            "Date": day("2019-01-01", 90, 6),
            "Payment": pick("Ewallet", "Cash", "Credit card", salt=7),
            "cogs": "(10.5 + i % 90) * (1 + i % 10)",
            "gross margin percentage": "4.76",
            "gross income": "(10.5 + i % 90) * (1 + i % 10) * 0.05",
            "Rating": money(4, 10, 8),
        },
    ),
}

HOTEL_DEMAND: Tables = {
    "hotel_bookings": rows(
        500,
        hotel=pick("Resort Hotel", "City Hotel", salt=1),
        is_canceled=pick(0, 0, 1, salt=2),
        lead_time=number(0, 400, 3),
        arrival_date_year=number(2015, 2017, 4),
        arrival_date_month=pick("July", "August", salt=5),
        stays_in_weekend_nights=number(0, 4, 6),
        stays_in_week_nights=number(0, 9, 7),
        adults=number(1, 3, 8),
        children=number(0, 2, 9),
        meal=pick("BB", "HB", salt=10),
        country=pick("PRT", "GBR", "ESP", salt=11),
        market_segment=pick("Direct", "Corporate", "Online TA", salt=12),
        is_repeated_guest=pick(0, 0, 0, 1, salt=13),
        adr=money(30, 300, 14),
        reservation_status=pick("Check-Out", "Canceled", "No-Show", salt=15),
        reservation_status_date=day("2015-07-01", 700, 16),
    ),
}

CRM: Tables = {
    "accounts": rows(
        40,
        account=("'Company ' || chr((65 + i % 26)::INT) || ' ' || i"),
        sector=pick("retail", "medical", "software", salt=1),
        year_established=number(1970, 2015, 2),
        revenue=money(10, 9000, 3),
        employees=number(5, 30000, 4),
        office_location=pick("United States", "Japan", salt=5),
    ),
    "products": rows(7, product="'GTX ' || i", series=pick("GTX", "MG", salt=1), sales_price=number(50, 5000, 2)),
    "sales_pipeline": rows(
        400,
        opportunity_id="md5(i::VARCHAR)",
        sales_agent="'Agent ' || " + number(1, 9, 1),
        product="'GTX ' || " + number(1, 7, 2),
        account=(
            "(SELECT 'Company ' || chr((65 + j % 26)::INT) || ' ' || j FROM (SELECT (1 + hash(i) % 40)::BIGINT j))"
        ),
        deal_stage=pick("Won", "Lost", "Engaging", salt=3),
        engage_date=day("2016-10-01", 400, 4),
        close_date=day("2017-03-01", 300, 5),
        close_value=number(0, 9000, 6),
    ),
}

MUSIC_SHOP: Tables = {
    "Customer": rows(
        59,
        CustomerId="i",
        FirstName="'F' || i",
        LastName="'L' || i",
        Company=pick("Apple", None, salt=1),
        City=pick("Paris", "Oslo", salt=2),
        Country=pick("France", "Norway", "USA", salt=3),
        Email="'c' || i || '@example.org'",
        SupportRepId=number(1, 8, 4),
    ),
    "Invoice": rows(
        400,
        InvoiceId="i",
        CustomerId=number(1, 59, 1),
        InvoiceDate=day("2009-01-01", 1800, 2),
        BillingCountry=pick("France", "Norway", "USA", salt=3),
        Total=money(1, 25, 4),
    ),
    "InvoiceLine": rows(
        900,
        InvoiceLineId="i",
        InvoiceId="1 + hash(i) % 400",
        TrackId="1 + hash(i + 2) % 200",
        UnitPrice=pick(0.99, 1.99, salt=1),
        Quantity=number(1, 2, 2),
    ),
    "Track": rows(
        200,
        TrackId="i",
        Name="'Song ' || i",
        AlbumId=number(1, 30, 1),
        GenreId=number(1, 6, 2),
        Milliseconds=number(60000, 900000, 3),
        UnitPrice=pick(0.99, 1.99, salt=4),
    ),
    "Genre": rows(6, GenreId="i", Name="'Genre ' || i"),
    "Album": rows(30, AlbumId="i", Title="'Album ' || i", ArtistId=number(1, 12, 1)),
    "Artist": rows(12, ArtistId="i", Name="'Artist ' || i"),
    "Employee": rows(
        8,
        EmployeeId="i",
        LastName="'E' || i",
        Title=pick("Sales Support Agent", "Manager", salt=1),
        HireDate=day("2002-01-01", 900, 2),
    ),
}

GROCERIES_LIST: Tables = {
    "Groceries_dataset": rows(
        600,
        Member_number=number(1000, 1080, 1),
        Date=day("2014-01-01", 700, 2),
        itemDescription=pick("whole milk", "rolls/buns", "soda", "yogurt", "sausage", "pork", salt=3),
    ),
}

MALL: Tables = {
    "Mall_Customers": rows(
        200,
        **{
            "CustomerID": "i",
            "Genre": pick("Male", "Female", salt=1),
            "Age": number(18, 70, 2),
            "Annual Income (k$)": number(15, 137, 3),
            "Spending Score (1-100)": number(1, 99, 4),
        },
    ),
}

VALUED: Tables = {
    "history": rows(
        120,
        id="86246 + i * 3",
        chain=number(1, 30, 1),
        offer=number(1190, 1200, 2),
        market=number(1, 20, 3),
        repeattrips=number(0, 9, 4),
        repeater=pick("t", "f", salt=5),
        offerdate=day("2013-03-01", 60, 6),
    ),
    "transactions": rows(
        900,
        id="86246 + (1 + hash(i) % 120) * 3",
        chain=number(1, 30, 1),
        dept=number(1, 90, 2),
        category=number(100, 900, 3),
        company="100000 + " + number(1, 60, 4),
        brand=number(1, 900, 5),
        date=day("2012-03-01", 400, 6),
        purchasequantity=number(1, 4, 7),
        purchaseamount=money(0, 30, 8),
    ),
}

CAR_INSURANCE: Tables = {
    "Marketing_Customer_Value": rows(
        300,
        **{
            "Customer": "'BU' || (79000 + i)",
            "State": pick("Washington", "Arizona", salt=1),
            "Customer Lifetime Value": money(1900, 9000, 2),
            "Response": pick("No", "No", "Yes", salt=3),
            "Coverage": pick("Basic", "Extended", "Premium", salt=4),
            "Education": pick("Bachelor", "College", salt=5),
            "Effective To Date": day("2011-01-01", 60, 6),
            "EmploymentStatus": pick("Employed", "Unemployed", salt=7),
            "Gender": pick("F", "M", salt=8),
            "Income": number(0, 99000, 9),
            "Monthly Premium Auto": number(61, 298, 10),
            "Months Since Last Claim": number(0, 35, 11),
            "Number of Open Complaints": number(0, 5, 12),
            "Number of Policies": number(1, 9, 13),
            "Total Claim Amount": money(0, 2000, 14),
            "Vehicle Class": pick("SUV", "Two-Door Car", salt=15),
        },
    ),
}

NORTHWIND: Tables = {
    "Customers": rows(
        60,
        CustomerID="'CUST' || i",
        CompanyName="'Company ' || i",
        ContactName="'Contact ' || i",
        City=pick("Berlin", "London", salt=1),
        Country=pick("Germany", "UK", salt=1),
    ),
    "Orders": rows(
        300,
        OrderID="10247 + i",
        CustomerID="'CUST' || (1 + hash(i) % 60)",
        EmployeeID=number(1, 9, 1),
        OrderDate=day("1996-07-01", 600, 2),
        RequiredDate=f"{day('1996-07-01', 600, 2)} + 28",
        ShippedDate=f"{day('1996-07-01', 600, 2)} + {number(1, 40, 3)}::INT",
        ShipVia=number(1, 3, 4),
        Freight=money(0, 200, 5),
        ShipCountry=pick("Germany", "UK", salt=6),
    ),
    "Order_Details": rows(
        700,
        OrderID="10248 + hash(i) % 300",
        ProductID=number(1, 30, 1),
        UnitPrice=money(2, 90, 2),
        Quantity=number(1, 60, 3),
        Discount=pick(0.0, 0.05, 0.15, 0.25, salt=4),
    ),
    "Products": rows(
        30,
        ProductID="i",
        ProductName="'Product ' || i",
        SupplierID=number(1, 9, 1),
        CategoryID=number(1, 4, 2),
        UnitPrice=money(2, 90, 3),
        UnitsInStock=number(0, 120, 4),
        Discontinued=pick(0, 1, salt=5),
    ),
    "Categories": rows(
        4,
        CategoryID="i",
        CategoryName=pick("Beverages", "Condiments", "Seafood", "Produce", salt=9) + " || ' ' || i",
        Description="'All about ' || i",
    ),
    "Employees": rows(
        9,
        EmployeeID="i",
        LastName="'E' || i",
        FirstName="'F' || i",
        Title=pick("Sales Representative", "Manager", salt=1),
        BirthDate=day("1950-01-01", 4000, 2),
        HireDate=day("1992-01-01", 900, 3),
    ),
}

RETAIL_2: Tables = {
    "online_retail_II": rows(
        600,
        **{
            "Invoice": ("CASE WHEN hash(i // 3) % 20 = 0 THEN 'C' ELSE '' END || (489434 + i // 3)"),
            "StockCode": "'850' || " + number(10, 60, 1),
            "Description": "'LIGHT ' || " + number(10, 60, 1),
            "Quantity": f"CASE WHEN hash(i // 3) % 20 = 0 THEN -{number(1, 12, 2)} ELSE {number(1, 12, 2)} END",
            "InvoiceDate": moment("2009-12-01", 370, 3),
            "Price": money(1, 20, 4),
            "Customer ID": "CASE WHEN i % 5 > 0 THEN (13000 + hash(i // 3) % 90)::DOUBLE END",
            "Country": pick("United Kingdom", "EIRE", "Germany", salt=6),
        },
    ),
}

SUBSCRIBERS_ONE_ROW: Tables = {
    "userbase": rows(
        200,
        **{
            "User ID": "i",
            "Subscription Type": pick("Basic", "Standard", "Premium", salt=1),
            "Monthly Revenue": number(10, 15, 2),
            "Join Date": day("2021-09-01", 700, 3),
            "Last Payment Date": day("2023-06-01", 40, 4),
            "Country": pick("United States", "Canada", "Brazil", salt=5),
            "Age": number(26, 51, 6),
            "Gender": pick("Male", "Female", salt=7),
            "Device": pick("Smartphone", "Tablet", "Smart TV", salt=8),
            "Plan Duration": "'1 Month'",
        },
    ),
}

ZOO: dict[str, Tables] = {
    k.lower(): v for k, v in globals().items() if k.isupper() and isinstance(v, dict) and k != "ZOO"
}
