-- a sum
SELECT
  COALESCE("t2"."revenue", 0) AS "revenue"
FROM (
  SELECT
    SUM("t0"."price") AS "revenue"
  FROM "lines" AS "t0"
) AS "t2"

-- a sum in a window
SELECT
  COALESCE("t8"."revenue", 0) AS "revenue"
FROM (
  SELECT
    SUM("t0"."price") AS "revenue"
  FROM "lines" AS "t0"
  LEFT OUTER JOIN "orders" AS "t1"
    ON "t0"."order_id" = "t1"."order_id"
  WHERE
    "t1"."day" >= MAKE_DATE(2024, 2, 20) AND "t1"."day" < MAKE_DATE(2024, 3, 21)
) AS "t8"

-- everyone
SELECT
  COALESCE("t2"."customers", 0) AS "customers"
FROM (
  SELECT
    COUNT("t0"."customer") AS "customers"
  FROM "customers" AS "t0"
) AS "t2"

-- customers with an order in a month
SELECT
  COALESCE("t2"."customers", 0) AS "customers"
FROM (
  SELECT
    COUNT(DISTINCT "t0"."customer") AS "customers"
  FROM "orders" AS "t0"
  WHERE
    "t0"."customer" IS NOT NULL
    AND "t0"."day" >= MAKE_DATE(2024, 3, 1)
    AND "t0"."day" < MAKE_DATE(2024, 4, 1)
) AS "t2"

-- three joins, ranked
SELECT
  "t8"."category" AS "category",
  "t8"."revenue" AS "revenue",
  "t8"."groups_in_all" AS "groups_in_all",
  "t8"."total_in_all" AS "total_in_all"
FROM (
  SELECT
    "t7"."category" AS "category",
    "t7"."revenue" AS "revenue",
    COUNT("t7"."category") OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS "groups_in_all",
    SUM("t7"."revenue") OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS "total_in_all"
  FROM (
    SELECT
      "t1"."category" AS "category",
      SUM("t0"."price") AS "revenue"
    FROM "lines" AS "t0"
    LEFT OUTER JOIN "products" AS "t1"
      ON "t0"."product" = "t1"."product"
    GROUP BY
      "t1"."category"
  ) AS "t7"
) AS "t8"
WHERE
  "t8"."category" IS NOT NULL
ORDER BY
  "t8"."revenue" DESC,
  "t8"."category" ASC
LIMIT 3

-- a timeline
SELECT
  "t3"."day_month" AS "day_month",
  "t3"."orders" AS "orders",
  "t3"."groups_in_all" AS "groups_in_all"
FROM (
  SELECT
    "t2"."day_month" AS "day_month",
    "t2"."orders" AS "orders",
    COUNT(*) OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS "groups_in_all"
  FROM (
    SELECT
      DATE_TRUNC('MONTH', "t0"."day") AS "day_month",
      COUNT("t0"."order_id") AS "orders"
    FROM "orders" AS "t0"
    GROUP BY
      DATE_TRUNC('MONTH', "t0"."day")
  ) AS "t2"
) AS "t3"
ORDER BY
  "t3"."day_month" ASC
LIMIT 1002

-- a rate by group
SELECT
  "t3"."country" AS "country",
  "t3"."churn_rate" AS "churn_rate",
  "t3"."churn_rate_of" AS "churn_rate_of",
  "t3"."groups_in_all" AS "groups_in_all"
FROM (
  SELECT
    "t2"."country" AS "country",
    CAST("t2"."churn_rate__1" AS DOUBLE) / NULLIF(CAST("t2"."churn_rate__2" AS DOUBLE), 0.0) AS "churn_rate",
    "t2"."churn_rate__2" AS "churn_rate_of",
    COUNT(*) OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS "groups_in_all"
  FROM (
    SELECT
      "t0"."country" AS "country",
      COUNT(*) FILTER(WHERE
        "t0"."churned" IN ('Yes')) AS "churn_rate__1",
      COUNT(*) AS "churn_rate__2"
    FROM "customers" AS "t0"
    WHERE
      "t0"."customer" IS NOT NULL
    GROUP BY
      "t0"."country"
  ) AS "t2"
) AS "t3"
ORDER BY
  "t3"."churn_rate" DESC,
  "t3"."country" ASC
LIMIT 1002

-- never
SELECT
  COALESCE("t6"."customers", 0) AS "customers"
FROM (
  SELECT
    COUNT("t0"."customer") AS "customers"
  FROM "customers" AS "t0"
  WHERE
    "t0"."customer" IS NOT NULL
    AND NOT (
      COALESCE(
        "t0"."customer" IN (
          SELECT
            "t1"."customer" AS "key"
          FROM "tickets" AS "t1"
          WHERE
            "t1"."customer" IS NOT NULL
        ),
        FALSE
      )
    )
) AS "t6"

-- spent so much
SELECT
  COALESCE("t16"."customers", 0) AS "customers"
FROM (
  SELECT
    COUNT("t0"."customer") AS "customers"
  FROM "customers" AS "t0"
  LEFT OUTER JOIN (
    SELECT
      "t2"."customer" AS "key",
      SUM("t1"."price") AS "value"
    FROM "lines" AS "t1"
    LEFT OUTER JOIN "orders" AS "t2"
      ON "t1"."order_id" = "t2"."order_id"
    WHERE
      "t2"."customer" IS NOT NULL
    GROUP BY
      "t2"."customer"
  ) AS "t11"
    ON "t0"."customer" = "t11"."key"
  WHERE
    "t11"."value" >= 15.0 AND "t0"."customer" IS NOT NULL
) AS "t16"

-- per customer
SELECT
  "t17"."country" AS "country",
  "t17"."revenue" AS "revenue",
  "t17"."groups_in_all" AS "groups_in_all"
FROM (
  SELECT
    "t16"."country" AS "country",
    "t16"."revenue" AS "revenue",
    COUNT(*) OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS "groups_in_all"
  FROM (
    SELECT
      "t0"."country" AS "country",
      AVG("t11"."part_0") AS "revenue"
    FROM (
      SELECT
        "t2"."customer" AS "key",
        SUM("t1"."price") AS "part_0"
      FROM "lines" AS "t1"
      LEFT OUTER JOIN "orders" AS "t2"
        ON "t1"."order_id" = "t2"."order_id"
      WHERE
        "t2"."customer" IS NOT NULL
      GROUP BY
        "t2"."customer"
    ) AS "t11"
    LEFT OUTER JOIN "customers" AS "t0"
      ON "t11"."key" = "t0"."customer"
    GROUP BY
      "t0"."country"
  ) AS "t16"
) AS "t17"
ORDER BY
  "t17"."revenue" DESC,
  "t17"."country" ASC
LIMIT 1002

-- a bridge
SELECT
  "t15"."category" AS "category",
  "t15"."mean_total" AS "mean_total",
  "t15"."groups_in_all" AS "groups_in_all"
FROM (
  SELECT
    "t14"."category" AS "category",
    "t14"."mean_total" AS "mean_total",
    COUNT(*) OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS "groups_in_all"
  FROM (
    SELECT
      "t10"."category" AS "category",
      AVG("t0"."total") AS "mean_total"
    FROM "orders" AS "t0"
    LEFT OUTER JOIN (
      SELECT DISTINCT
        "t1"."order_id" AS "key",
        "t2"."category" AS "category"
      FROM "lines" AS "t1"
      LEFT OUTER JOIN "products" AS "t2"
        ON "t1"."product" = "t2"."product"
      WHERE
        "t1"."order_id" IS NOT NULL
    ) AS "t10"
      ON "t0"."order_id" = "t10"."key"
    GROUP BY
      "t10"."category"
  ) AS "t14"
) AS "t15"
ORDER BY
  "t15"."mean_total" DESC,
  "t15"."category" ASC
LIMIT 1002

-- two event tables
SELECT
  "t18"."country" AS "country",
  "t18"."orders" AS "orders",
  "t18"."tickets" AS "tickets",
  "t18"."groups_in_all" AS "groups_in_all"
FROM (
  SELECT
    "t16"."country" AS "country",
    COALESCE("t16"."orders", 0) AS "orders",
    COALESCE("t16"."tickets", 0) AS "tickets",
    COUNT(*) OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS "groups_in_all"
  FROM (
    SELECT
      "t15"."country" AS "country",
      MAX("t15"."orders") AS "orders",
      MAX("t15"."tickets") AS "tickets"
    FROM (
      SELECT
        "t12"."country" AS "country",
        "t12"."orders" AS "orders",
        CAST(NULL AS BIGINT) AS "tickets"
      FROM (
        SELECT
          "t2"."country" AS "country",
          COUNT("t0"."order_id") AS "orders"
        FROM "orders" AS "t0"
        LEFT OUTER JOIN "customers" AS "t2"
          ON "t0"."customer" = "t2"."customer"
        GROUP BY
          "t2"."country"
      ) AS "t12"
      UNION ALL
      SELECT
        "t11"."country" AS "country",
        CAST(NULL AS BIGINT) AS "orders",
        "t11"."tickets" AS "tickets"
      FROM (
        SELECT
          "t2"."country" AS "country",
          COUNT(*) AS "tickets"
        FROM "tickets" AS "t1"
        LEFT OUTER JOIN "customers" AS "t2"
          ON "t1"."customer" = "t2"."customer"
        GROUP BY
          "t2"."country"
      ) AS "t11"
    ) AS "t15"
    GROUP BY
      "t15"."country"
  ) AS "t16"
) AS "t18"
ORDER BY
  "t18"."orders" DESC,
  "t18"."country" ASC
LIMIT 1002

-- the period before
SELECT
  COALESCE("t8"."revenue", 0) AS "revenue",
  COALESCE("t8"."revenue_before", 0) AS "revenue_before",
  COALESCE("t8"."revenue", 0) - COALESCE("t8"."revenue_before", 0) AS "revenue_change",
  (
    COALESCE("t8"."revenue", 0) - COALESCE("t8"."revenue_before", 0)
  ) / NULLIF(COALESCE("t8"."revenue_before", 0), 0.0) AS "revenue_change_share"
FROM (
  SELECT
    SUM("t0"."price") FILTER(WHERE
      (
        "t1"."day" >= MAKE_DATE(2024, 3, 1)
      )
      AND (
        "t1"."day" < MAKE_DATE(2024, 4, 1)
      )) AS "revenue",
    SUM("t0"."price") FILTER(WHERE
      (
        "t1"."day" >= MAKE_DATE(2024, 2, 1)
      )
      AND (
        "t1"."day" < MAKE_DATE(2024, 3, 1)
      )) AS "revenue_before"
  FROM "lines" AS "t0"
  LEFT OUTER JOIN "orders" AS "t1"
    ON "t0"."order_id" = "t1"."order_id"
) AS "t8"

-- concentration
SELECT
  *
FROM (
  SELECT
    SUM("t16"."value") FILTER(WHERE
      "t16"."rank" <= GREATEST(CAST(FLOOR("t16"."n" * 0.1) AS BIGINT), 1)) / NULLIF(SUM("t16"."value"), 0.0) AS "held"
  FROM (
    SELECT
      "t15"."key",
      "t15"."value",
      (
        ROW_NUMBER() OVER (
          ORDER BY "t15"."value" DESC, "t15"."key" ASC
          ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
        ) - 1
      ) + 1 AS "rank",
      COUNT(*) OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS "n"
    FROM (
      SELECT
        "t14"."customer" AS "key",
        COALESCE("t14"."value", 0) AS "value"
      FROM (
        SELECT
          "t6"."customer",
          "t13"."value"
        FROM (
          SELECT
            "t0"."customer"
          FROM "customers" AS "t0"
        ) AS "t6"
        LEFT OUTER JOIN (
          SELECT
            "t11"."key" AS "key_right",
            "t11"."value"
          FROM (
            SELECT
              "t10"."customer" AS "key",
              SUM("t10"."price") AS "value"
            FROM (
              SELECT
                *
              FROM (
                SELECT
                  "t7"."order_id",
                  "t7"."price",
                  "t8"."customer"
                FROM (
                  SELECT
                    "t1"."order_id",
                    "t1"."price"
                  FROM "lines" AS "t1"
                ) AS "t7"
                LEFT OUTER JOIN (
                  SELECT
                    "t2"."order_id" AS "order_id_right",
                    "t2"."customer"
                  FROM "orders" AS "t2"
                ) AS "t8"
                  ON "t7"."order_id" = "t8"."order_id_right"
              ) AS "t9"
              WHERE
                "t9"."customer" IS NOT NULL
            ) AS "t10"
            GROUP BY
              1
          ) AS "t11"
        ) AS "t13"
          ON "t6"."customer" = "t13"."key_right"
      ) AS "t14"
      WHERE
        "t14"."customer" IS NOT NULL AND COALESCE("t14"."value", 0) IS NOT NULL
    ) AS "t15"
  ) AS "t16"
) AS "t17"
