//! Copies of the cases in a database, under numbers of their own, each with a chain that holds: a great many of them are
//! there within a minute or two, where the engine would take hours.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, PgConnection};
use store::chain::{GENESIS, HashAlgorithm, chain_hash};
use store::event::EventRow;

/// Events of copies that are written at one time.
const CHUNK: usize = 5_000;

/// One event of a copy.
struct Copied {
    template: String,
    subject: String,
    seq: i64,
    previous_hash: String,
    hash: String,
}

const STAGING: &str = "CREATE TABLE bench_clone (template TEXT NOT NULL, subject TEXT NOT NULL, seq BIGINT NOT NULL, \
    previous_hash TEXT NOT NULL, hash TEXT NOT NULL)";
/// The same on both databases; the copies are read in the order in which they were written.
const COPIES: [&str; 3] = [
    "INSERT INTO event (division, subject, seq, kind, occurred_at_us, recorded_at_us, payload, hash_algorithm,
        previous_hash, hash, feed_group, source_key)
     SELECT e.division, c.subject, e.seq, e.kind, e.occurred_at_us, e.recorded_at_us,
        replace(e.payload, c.template, c.subject), e.hash_algorithm, c.previous_hash, c.hash, e.feed_group, NULL
     FROM bench_clone c CROSS JOIN event e WHERE e.division = '410800' AND e.subject = c.template AND e.seq = c.seq",
    "INSERT INTO subject (division, subject, kind, unit, item, item_version, about, state, stage, outcome, handler,
        received_at_us, accepted_at_us, decided_at_us, completed_at_us, promised_due_at_us, statutory_due_at_us,
        stage_due_at_us, highest_level, seq, hash, next_alarm_us, calendar_version, rules_version, provisional, source)
     SELECT s.division, c.subject, s.kind, s.unit, s.item, s.item_version, s.about, s.state, s.stage, s.outcome,
        s.handler, s.received_at_us, s.accepted_at_us, s.decided_at_us, s.completed_at_us, s.promised_due_at_us,
        s.statutory_due_at_us, s.stage_due_at_us, s.highest_level, s.seq, c.hash, s.next_alarm_us, s.calendar_version,
        s.rules_version, s.provisional, s.source
     FROM bench_clone c CROSS JOIN subject s WHERE s.division = '410800' AND s.subject = c.template AND s.seq = c.seq",
    "INSERT INTO personal (division, subject, seq, salt, data)
     SELECT p.division, c.subject, p.seq, p.salt, p.data
     FROM bench_clone c CROSS JOIN personal p WHERE p.division = '410800' AND p.subject = c.template AND p.seq = c.seq",
];

/// Copies the cases of a database that nobody works in until there are `count`, one after the other and again from the
/// first; says of each copy what it was made of and its number.
pub(crate) async fn multiply(
    url: &str,
    count: usize,
    mut each: impl FnMut(&str, String) -> Result<()>,
) -> Result<()> {
    let store = store::Store::open(url).await?;
    let mut templates: BTreeMap<String, Vec<EventRow>> = BTreeMap::new();
    let mut conn = store.snapshot().await?;
    let mut after = (String::new(), 0);
    loop {
        let page = store::event::page(
            &mut conn,
            "410800",
            (after.0.as_str(), after.1),
            i64::try_from(CHUNK)?,
        )
        .await?;
        let Some(last) = page.last() else { break };
        after = (last.subject.clone(), last.seq);
        for event in page {
            templates
                .entry(event.subject.clone())
                .or_default()
                .push(event);
        }
    }
    drop(conn);
    store.close().await;
    let templates: Vec<(String, Vec<EventRow>)> = templates.into_iter().collect();
    let mut target = Target::open(url).await?;
    let mut chunk = Vec::new();
    for n in templates.len()..count {
        let (template, events) = &templates[n % templates.len()];
        let (start, _) = template.rsplit_once('-').context("a number has parts")?;
        // Beyond the numbers that the engine gave that day.
        let subject = format!("{start}-{:07}", 1_000_000 + n);
        let mut previous = GENESIS.to_owned();
        for event in events {
            let payload = event.payload.replace(template, &subject);
            let hash = chain_hash(HashAlgorithm::Sm3, &previous, &payload);
            chunk.push(Copied {
                template: template.clone(),
                subject: subject.clone(),
                seq: event.seq,
                previous_hash: std::mem::replace(&mut previous, hash.clone()),
                hash,
            });
        }
        each(template, subject)?;
        if chunk.len() >= CHUNK {
            target.write(&chunk).await?;
            chunk.clear();
        }
    }
    target.write(&chunk).await?;
    target.finish(count).await
}

/// Where the copies go.
enum Target {
    Sqlite {
        connection: SqliteConnection,
        /// Built row by row, the indexes would take most of the time; built afterwards, they are sorted once.
        indexes: Vec<(String, String)>,
    },
    Postgres {
        connection: PgConnection,
        /// As with the other database.
        indexes: Vec<(String, String)>,
    },
}

/// What the copies go into, by which its indexes are found.
const INDEXES_SQLITE: &str = "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL \
    AND tbl_name IN ('event', 'subject', 'personal') ORDER BY name";
/// The indexes of constraints stay: the copies are found by them.
const INDEXES_POSTGRES: &str = "SELECT indexname AS name, indexdef AS sql FROM pg_indexes WHERE schemaname = current_schema() \
    AND tablename IN ('event', 'subject', 'personal') AND indexname NOT IN (SELECT conname FROM pg_constraint) ORDER BY indexname";

/// Statements that drop indexes.
fn dropping(indexes: &[(String, String)]) -> impl Iterator<Item = String> {
    let names = indexes.iter();
    names.map(|(name, _)| format!("DROP INDEX {name}"))
}

impl Target {
    async fn open(url: &str) -> Result<Self> {
        let Some(path) = url.strip_prefix("sqlite:") else {
            let mut connection = PgConnection::connect(url).await?;
            for setting in [
                "SET synchronous_commit = off",
                "SET maintenance_work_mem = '256MB'",
            ] {
                sqlx::query(setting).execute(&mut connection).await?;
            }
            let indexes: Vec<(String, String)> = sqlx::query_as(INDEXES_POSTGRES)
                .fetch_all(&mut connection)
                .await?;
            for sql in dropping(&indexes) {
                sqlx::query(AssertSqlSafe(sql))
                    .execute(&mut connection)
                    .await?;
            }
            sqlx::query(STAGING).execute(&mut connection).await?;
            return Ok(Self::Postgres {
                connection,
                indexes,
            });
        };
        let mut connection = SqliteConnectOptions::new()
            .filename(Path::new(path))
            .pragma("synchronous", "off")
            .pragma("cache_size", "-262144")
            .disable_statement_logging()
            .connect()
            .await?;
        let indexes: Vec<(String, String)> = sqlx::query_as(INDEXES_SQLITE)
            .fetch_all(&mut connection)
            .await?;
        for sql in dropping(&indexes) {
            sqlx::query(AssertSqlSafe(sql))
                .execute(&mut connection)
                .await?;
        }
        sqlx::query(STAGING).execute(&mut connection).await?;
        Ok(Self::Sqlite {
            connection,
            indexes,
        })
    }

    async fn write(&mut self, chunk: &[Copied]) -> Result<()> {
        match self {
            Self::Sqlite { connection, .. } => {
                let mut transaction = connection.begin().await?;
                for clone in chunk {
                    sqlx::query("INSERT INTO bench_clone VALUES ($1, $2, $3, $4, $5)")
                        .bind(&clone.template)
                        .bind(&clone.subject)
                        .bind(clone.seq)
                        .bind(&clone.previous_hash)
                        .bind(&clone.hash)
                        .execute(&mut *transaction)
                        .await?;
                }
                for copy in COPIES {
                    sqlx::query(copy).execute(&mut *transaction).await?;
                }
                sqlx::query("DELETE FROM bench_clone")
                    .execute(&mut *transaction)
                    .await?;
                transaction.commit().await?;
            }
            Self::Postgres { connection, .. } => {
                let mut transaction = connection.begin().await?;
                let texts = |of: fn(&Copied) -> &String| -> Vec<String> {
                    chunk.iter().map(|clone| of(clone).clone()).collect()
                };
                let seqs: Vec<i64> = chunk.iter().map(|clone| clone.seq).collect();
                sqlx::query("INSERT INTO bench_clone SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::text[], $5::text[])")
                    .bind(texts(|clone| &clone.template))
                    .bind(texts(|clone| &clone.subject))
                    .bind(seqs)
                    .bind(texts(|clone| &clone.previous_hash))
                    .bind(texts(|clone| &clone.hash))
                    .execute(&mut *transaction)
                    .await?;
                for copy in COPIES {
                    sqlx::query(copy).execute(&mut *transaction).await?;
                }
                sqlx::query("TRUNCATE bench_clone")
                    .execute(&mut *transaction)
                    .await?;
                transaction.commit().await?;
            }
        }
        Ok(())
    }

    /// Leaves the database as a service would find it.
    async fn finish(self, count: usize) -> Result<()> {
        const COUNT: &str = "SELECT COUNT(*) FROM subject";
        let found: i64 = match self {
            Self::Sqlite {
                mut connection,
                indexes,
            } => {
                for (_, sql) in &indexes {
                    sqlx::query(AssertSqlSafe(sql.clone()))
                        .execute(&mut connection)
                        .await?;
                }
                for last in ["DROP TABLE bench_clone", "PRAGMA wal_checkpoint(TRUNCATE)"] {
                    sqlx::query(last).execute(&mut connection).await?;
                }
                let found = sqlx::query_scalar(COUNT).fetch_one(&mut connection).await?;
                connection.close().await?;
                found
            }
            Self::Postgres {
                mut connection,
                indexes,
            } => {
                for (_, sql) in &indexes {
                    sqlx::query(AssertSqlSafe(sql.clone()))
                        .execute(&mut connection)
                        .await?;
                }
                // Autovacuum would do it within minutes.
                for last in ["DROP TABLE bench_clone", "VACUUM ANALYZE", "CHECKPOINT"] {
                    sqlx::query(last).execute(&mut connection).await?;
                }
                let found = sqlx::query_scalar(COUNT).fetch_one(&mut connection).await?;
                connection.close().await?;
                found
            }
        };
        ensure!(found == i64::try_from(count)?, "{found} cases, not {count}");
        Ok(())
    }
}
