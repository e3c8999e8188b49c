//! New rules: they hold from an instant on, and open subjects get their next alarm anew. Nothing is raised for instants
//! before it, and what was issued stays.
//!
//! Between the instant at which the rules come into force and the visit of its batch a subject may still wait for an
//! alarm of the old rules; the revision must therefore come to its end, and every process goes on with it at its start.

use std::sync::Arc;

use approval::alarm::next_alarm;
use approval::books::RulesInForce;
use approval::{Books, Subject};
use chrono::{DateTime, Utc};
use serde::Serialize;
use store::Conn;
use store::codec::{instant, micros};
use store::revision::RevisionRow;
use store::ruleset::RulesetRow;
use store::subject::SubjectRow;

use super::calendar::new_revision;
use super::desk::{Logged, note};
use super::survey::Reach;
use super::{RevisionMode, counts, in_force_from, number, set_alarm};
use crate::assets;
use crate::engine::Engine;
use crate::error::EngineError;
use crate::library::new_edition;

/// What new rules do, or did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct RulesReport {
    /// The version before.
    pub from_version: i64,
    /// The new version.
    pub to_version: i64,
    /// Subjects looked at.
    pub subjects_looked_at: u64,
    /// Subjects whose next alarm is another one now.
    pub alarms_moved: u64,
}

impl Engine {
    /// Puts rules in force from now on, or says what that would do. `name` is what errors call the text. The rules that
    /// are in force already change nothing.
    ///
    /// # Errors
    /// A wrong rule, with line and key; the database's.
    pub async fn revise_rules(
        &self,
        name: &str,
        text: &str,
        mode: RevisionMode,
    ) -> Result<RulesReport, EngineError> {
        let mut set = assets::parse_rules(name, text)?;
        if mode == RevisionMode::Apply {
            self.resume_revisions().await?;
        }
        let before = {
            let mut conn = self.inner.store.read().await?;
            store::ruleset::list(&mut conn).await?.pop()
        };
        let before = before.ok_or_else(|| EngineError::NotReady {
            message: "数据库中没有规则,请先运行 shixian migrate / no rules in the database: run `shixian migrate`"
                .to_owned(),
        })?;
        let mut report = RulesReport {
            from_version: before.version,
            to_version: before.version,
            ..RulesReport::default()
        };
        if before.text == text {
            return Ok(report);
        }
        report.to_version = before.version + 1;
        set.version = report.to_version;
        let now_us = micros(self.inner.clock.now());
        let row = RulesetRow {
            version: report.to_version,
            text: text.to_owned(),
            in_force_from_us: in_force_from(now_us, before.in_force_from_us),
            loaded_at_us: now_us,
        };
        if mode == RevisionMode::DryRun {
            let rules = RulesInForce {
                from: instant(row.in_force_from_us),
                set: Arc::new(set),
            };
            return self.forecast_rules(rules, report).await;
        }
        let revision = self.begin_rules(row, None).await?;
        let done = self.finish_revision(&revision).await?;
        report.subjects_looked_at = number(done.looked_at);
        report.alarms_moved = number(done.dates_moved);
        Ok(report)
    }

    async fn forecast_rules(
        &self,
        rules: RulesInForce,
        mut report: RulesReport,
    ) -> Result<RulesReport, EngineError> {
        let now_us = micros(self.inner.clock.now());
        let revised = |books: &Books| {
            let mut books = books.clone();
            books.rules.push(rules.clone());
            books
        };
        self.survey(
            |_| Reach::Live,
            revised,
            |books, row, subject| {
                report.subjects_looked_at += number(counts(row, now_us));
                let next = alarm_of(subject, books).map(micros);
                report.alarms_moved += u64::from(next != row.next_alarm_us);
                Ok(())
            },
        )
        .await?;
        Ok(report)
    }

    /// Puts the rules in force and begins the revision, in one transaction; gives its name. With who did
    /// it, if that is known.
    pub(super) async fn begin_rules(
        &self,
        row: RulesetRow,
        logged: Logged,
    ) -> Result<String, EngineError> {
        let name = format!("rules:{}", row.version);
        let from = (row.version - 1).to_string();
        let to = row.version.to_string();
        let revision = new_revision(&name, "rules", &from, &to, row.loaded_at_us);
        let request = Arc::new((row, revision, logged));
        let inner = Arc::clone(&self.inner);
        self.inner
            .store
            .write(move |conn| {
                let request = Arc::clone(&request);
                let inner = Arc::clone(&inner);
                Box::pin(async move {
                    let (row, revision, logged) = &*request;
                    store::meta::hold_books(conn).await?;
                    let now_us = micros(inner.clock.now());
                    let before = store::ruleset::list(conn).await?.pop();
                    let before_us = before.map_or(i64::MIN, |b| b.in_force_from_us);
                    let row = RulesetRow {
                        in_force_from_us: in_force_from(now_us, before_us),
                        loaded_at_us: now_us,
                        ..row.clone()
                    };
                    let revision = RevisionRow {
                        started_at_us: now_us,
                        ..revision.clone()
                    };
                    if !store::ruleset::insert(conn, &row).await?
                        || !store::revision::insert(conn, &revision).await?
                    {
                        return Err(EngineError::invalid(
                            "rules_changed",
                            "另一进程刚刚更换了规则,请重新执行 / another process has just put rules in force: run this again",
                        ));
                    }
                    new_edition(conn).await?;
                    note(conn, &inner, logged).await
                })
            })
            .await?;
        Ok(name)
    }
}

fn alarm_of(subject: &Subject, books: &Books) -> Option<DateTime<Utc>> {
    next_alarm(subject, books).map(|alarm| alarm.at)
}

/// Sets one subject's next alarm anew, in the batch's transaction. The count of alarms stands in the column of moved
/// dates.
pub(super) async fn visit(
    conn: &mut Conn,
    books: &Books,
    row: &SubjectRow,
    subject: &Subject,
    revision: &mut RevisionRow,
) -> Result<(), EngineError> {
    revision.looked_at += counts(row, revision.started_at_us);
    let next = alarm_of(subject, books).map(micros);
    if next != row.next_alarm_us {
        revision.dates_moved += 1;
        set_alarm(conn, row, next).await?;
    }
    Ok(())
}
