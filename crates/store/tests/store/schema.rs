//! Both databases end in the same schema, and every statement is understood by both.

use std::collections::{BTreeMap, BTreeSet};

use crate::fixture;
use sqlx::{AssertSqlSafe, Executor, Row, SqlSafeStr};
use store::Conn;

/// Columns with type and nullability, and the column lists of all indexes with their uniqueness.
#[derive(Debug, Default, PartialEq, Eq)]
struct Table {
    columns: Vec<(String, String, bool)>,
    indexes: BTreeSet<(bool, Vec<String>)>,
}

type Schema = BTreeMap<String, Table>;

async fn sqlite_schema(conn: &mut sqlx::SqliteConnection) -> Schema {
    let tables: Vec<String> =
        sqlx::query_scalar("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_sqlx%' ESCAPE '\\'")
            .fetch_all(&mut *conn)
            .await
            .unwrap();
    let mut schema = Schema::new();
    for name in tables {
        let mut table = Table::default();
        for row in sqlx::query(AssertSqlSafe(format!("PRAGMA table_info({name})")))
            .fetch_all(&mut *conn)
            .await
            .unwrap()
        {
            table.columns.push((
                row.get("name"),
                row.get("type"),
                row.get::<i64, _>("notnull") == 0,
            ));
        }
        for index in sqlx::query(AssertSqlSafe(format!("PRAGMA index_list({name})")))
            .fetch_all(&mut *conn)
            .await
            .unwrap()
        {
            let info = format!("PRAGMA index_info({})", index.get::<String, _>("name"));
            let columns = sqlx::query(AssertSqlSafe(info))
                .fetch_all(&mut *conn)
                .await
                .unwrap();
            let columns = columns.iter().map(|row| row.get("name")).collect();
            table
                .indexes
                .insert((index.get::<i64, _>("unique") == 1, columns));
        }
        schema.insert(name, table);
    }
    schema
}

async fn postgres_schema(conn: &mut sqlx::PgConnection) -> Schema {
    let mut schema = Schema::new();
    let columns = sqlx::query(
        "SELECT table_name::text, column_name::text, upper(coalesce(domain_name, data_type)::text), is_nullable = 'YES', \
            data_type <> 'text' OR collation_name = 'C' \
         FROM information_schema.columns WHERE table_schema = 'public' AND table_name NOT LIKE '\\_sqlx%' \
         ORDER BY table_name, ordinal_position",
    )
    .fetch_all(&mut *conn)
    .await
    .unwrap();
    for row in columns {
        assert!(
            row.get::<bool, _>(4),
            "{} {} isn't sorted by code point",
            row.get::<String, _>(0),
            row.get::<String, _>(1)
        );
        let table = schema.entry(row.get(0)).or_default();
        table.columns.push((row.get(1), row.get(2), row.get(3)));
    }
    let indexes = sqlx::query(
        "SELECT t.relname::text, x.indisunique, array_agg(a.attname::text ORDER BY k.place) \
         FROM pg_index x JOIN pg_class t ON t.oid = x.indrelid JOIN pg_namespace n ON n.oid = t.relnamespace \
         CROSS JOIN LATERAL unnest(x.indkey) WITH ORDINALITY AS k(attnum, place) \
         JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.attnum \
         WHERE n.nspname = 'public' AND t.relname NOT LIKE '\\_sqlx%' GROUP BY t.relname, x.indexrelid, x.indisunique",
    )
    .fetch_all(&mut *conn)
    .await
    .unwrap();
    for row in indexes {
        schema
            .entry(row.get(0))
            .or_default()
            .indexes
            .insert((row.get(1), row.get(2)));
    }
    schema
}

#[tokio::test]
async fn both_databases_end_in_the_same_schema() {
    let (sqlite, postgres) = (fixture::sqlite().await, fixture::postgres().await);
    let (Conn::Sqlite(mut on_sqlite), Conn::Postgres(mut on_postgres)) = (
        sqlite.store.read().await.unwrap(),
        postgres.store.read().await.unwrap(),
    ) else {
        panic!("the two stores are the wrong way round")
    };
    let (left, right) = (
        sqlite_schema(&mut on_sqlite).await,
        postgres_schema(&mut on_postgres).await,
    );
    assert!(left.len() >= 17, "{:?}", left.keys());
    for (name, table) in &left {
        assert_eq!(Some(table), right.get(name), "table {name}");
    }
    assert_eq!(
        left.keys().collect::<Vec<_>>(),
        right.keys().collect::<Vec<_>>()
    );
}

#[tokio::test]
async fn every_statement_is_understood_by_its_databases() {
    let statements = store::statements();
    assert!(statements.len() > 80, "{}", statements.len());
    let (sqlite, postgres) = (fixture::sqlite().await, fixture::postgres().await);
    let (mut on_sqlite, mut on_postgres) = (
        sqlite.store.read().await.unwrap(),
        postgres.store.read().await.unwrap(),
    );
    for statement in statements {
        let place = format!("{}::{}", statement.module, statement.name);
        if let Conn::Sqlite(conn) = &mut on_sqlite
            && !statement.name.ends_with("_POSTGRES")
        {
            let prepared = (&mut **conn).prepare(statement.sql.into_sql_str()).await;
            assert!(prepared.is_ok(), "{place} on SQLite: {prepared:?}");
        }
        if let Conn::Postgres(conn) = &mut on_postgres
            && !statement.name.ends_with("_SQLITE")
        {
            let prepared = (&mut **conn).prepare(statement.sql.into_sql_str()).await;
            assert!(prepared.is_ok(), "{place} on PostgreSQL: {prepared:?}");
        }
    }
}

/// Lists that pages ask for don't read all rows.
#[tokio::test]
async fn appeals_outages_and_messages_are_found_by_their_indexes() {
    let sqlite = fixture::sqlite().await;
    let Conn::Sqlite(conn) = &mut sqlite.store.read().await.unwrap() else {
        panic!("a file")
    };
    for (name, index) in [
        ("APPEALS", "subject_appeal"),
        ("APPEAL_COUNT", "subject_appeal"),
        ("OF_SUBJECT", "attachment_subject"),
        ("PAGE", "outage_from"),
        ("NEWEST_OF_STATE", "message_state"),
        ("OF_MONTH", "score_entry_month"),
        ("OF_UNIT", "score_entry_unit"),
        ("STANDING", "event_counted"),
        ("LISTED", "event_listed"),
        ("IRREGULAR", "event_irregular"),
        ("OF_MONTHS", "closing_scheme_month"),
        ("ACCEPTED", "subject_accepted"),
        ("ENDED", "subject_completed"),
        ("ENDED_BEFORE", "subject_accepted"),
        ("OPEN_THEN", "subject_completed"),
        ("OPEN_STILL", "subject_open"),
        ("HAPPENED", "event_counted"),
        ("ORDERS_OPEN", "subject_order"),
        ("FIRST_ACCEPTED", "subject_accepted"),
    ] {
        let of_name = store::statements().into_iter().filter(|s| s.name == name);
        let modules = [
            "store::board",
            "store::attachment",
            "store::outage",
            "store::message",
            "store::score",
            "store::warning",
            "store::behind",
            "store::listed",
            "store::scheme",
        ];
        let mut found = of_name.filter(|s| modules.contains(&s.module));
        let statement = found.next().unwrap_or_else(|| panic!("no {name}"));
        let plan = format!("EXPLAIN QUERY PLAN {}", statement.sql);
        let steps = sqlx::query(AssertSqlSafe(plan))
            .fetch_all(&mut **conn)
            .await
            .unwrap();
        let steps: Vec<String> = steps.iter().map(|row| row.get("detail")).collect();
        assert!(steps.iter().any(|s| s.contains(index)), "{name}: {steps:?}");
    }
}
