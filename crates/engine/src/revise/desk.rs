//! A new calendar or new rules from a desk: what was previewed is put in force, stands in the audit log of the same
//! transaction, and its batches need nobody who waits for them.

use std::time::Duration;

use calendar::Calendar;
use store::Conn;
use store::codec::micros;
use store::revision::RevisionRow;
use store::ruleset::RulesetRow;

use super::calendar::{check_zone, no_calendar};
use super::{RevisionReport, in_force_from};
use crate::accounts::{Caller, Entry, append};
use crate::assets;
use crate::engine::{Engine, Inner};
use crate::error::EngineError;

/// How long a desk waits for the batches. What is left then goes on in the schedule of any process.
const WAIT_MAX: Duration = Duration::from_secs(8);

/// Who put it in force, and what the log says of it.
pub(super) type Logged = Option<(Caller, Entry)>;

/// Writes the entry of whoever put it in force, in the transaction that does it.
pub(super) async fn note(
    conn: &mut Conn,
    inner: &Inner,
    logged: &Logged,
) -> Result<(), EngineError> {
    match logged {
        Some((caller, entry)) => append(conn, inner, caller, entry).await,
        None => Ok(()),
    }
}

/// How far the batches of a revision have come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Through.
    Done,
    /// The schedule goes on with them.
    UnderWay,
}

/// Rules as they are, or were, in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InForce {
    /// Their version.
    pub version: i64,
    /// Their text.
    pub text: String,
}

impl Engine {
    /// Says what a calendar would do; nothing is written. One that is in force leads from its version to the same.
    ///
    /// # Errors
    /// As those of [`Engine::revise_calendar`].
    pub async fn preview_calendar(
        &self,
        calendar: &Calendar,
    ) -> Result<RevisionReport, EngineError> {
        let rows = {
            let mut conn = self.inner.store.read().await?;
            store::calendar::list(&mut conn).await?
        };
        let newest = rows.last().ok_or_else(no_calendar)?;
        if let Some(known) = rows.iter().find(|row| row.version == calendar.version()) {
            // It is in force already, or refused: what it did is told elsewhere.
            let known = self.known_version(calendar, known, newest).await?;
            return Ok(RevisionReport {
                from_version: known.to_version.clone(),
                to_version: known.to_version,
                ..RevisionReport::default()
            });
        }
        let books = self.books(self.division()).await?;
        check_zone(&books.calendar, calendar)?;
        self.forecast(&books.calendar, calendar).await
    }

    /// Puts a calendar in force in the place of the one that its preview was compared with.
    ///
    /// # Errors
    /// `revision_under_way`; `calendar_changed` if another one is in force by now; those of [`Engine::preview_calendar`].
    pub async fn put_calendar_in_force(
        &self,
        calendar: &Calendar,
        seen: &str,
        caller: &Caller,
    ) -> Result<Progress, EngineError> {
        self.nothing_under_way().await?;
        let rows = {
            let mut conn = self.inner.store.read().await?;
            store::calendar::list(&mut conn).await?
        };
        let before = rows.last().ok_or_else(no_calendar)?;
        if before.version != seen {
            return Err(EngineError::invalid(
                "calendar_changed",
                "日历刚刚被更换，请重新预览 / another calendar has just been put in force: look at the preview again",
            ));
        }
        let report = self.preview_calendar(calendar).await?;
        if report.from_version == report.to_version {
            return Ok(Progress::Done);
        }
        let entry = Entry::done("calendar", calendar.version()).with(format!(
            "from {} final to {} dates {} annulled {} raised {}",
            report.from_version,
            calendar.final_to(),
            report.dates_moved,
            report.warnings_annulled,
            report.warnings_raised,
        ));
        let logged = Some((caller.clone(), entry));
        let name = self.begin_calendar(calendar, before, logged).await?;
        self.finish_meanwhile(&name).await
    }

    /// The rules that are in force.
    ///
    /// # Errors
    /// None in the database; the database's.
    pub async fn rules_in_force(&self) -> Result<InForce, EngineError> {
        let mut conn = self.inner.store.read().await?;
        let newest = store::ruleset::list(&mut conn).await?.pop();
        newest
            .map(|row| InForce {
                version: row.version,
                text: row.text,
            })
            .ok_or_else(|| EngineError::NotReady {
                message: "数据库中没有规则,请先运行 shixian migrate / no rules in the database: run `shixian migrate`"
                    .to_owned(),
            })
    }

    /// Puts rules in force from now on, in the place of the version that their preview was compared with.
    ///
    /// # Errors
    /// `revision_under_way`; `rules_changed` if another version is in force by now; a wrong rule; the database's.
    pub async fn put_rules_in_force(
        &self,
        name: &str,
        text: &str,
        seen: i64,
        caller: &Caller,
    ) -> Result<Progress, EngineError> {
        let set = assets::parse_rules(name, text)?;
        self.nothing_under_way().await?;
        let before = {
            let mut conn = self.inner.store.read().await?;
            store::ruleset::list(&mut conn).await?.pop()
        };
        let Some(before) = before.filter(|before| before.version == seen) else {
            return Err(EngineError::invalid(
                "rules_changed",
                "规则刚刚被更换，请重新预览 / other rules have just been put in force: look at the preview again",
            ));
        };
        if before.text == text {
            return Ok(Progress::Done);
        }
        let now_us = micros(self.inner.clock.now());
        let row = RulesetRow {
            version: before.version + 1,
            text: text.to_owned(),
            in_force_from_us: in_force_from(now_us, before.in_force_from_us),
            loaded_at_us: now_us,
        };
        let entry = Entry::done("rules", format!("{} {}", set.name, row.version)).with(format!(
            "from {} rules {}",
            before.version,
            set.rules.len()
        ));
        let revision = self.begin_rules(row, Some((caller.clone(), entry))).await?;
        self.finish_meanwhile(&revision).await
    }

    /// The revisions of calendar and rules so far, the latest first.
    ///
    /// # Errors
    /// The database's.
    pub async fn revisions(&self) -> Result<Vec<RevisionRow>, EngineError> {
        let mut conn = self.inner.store.read().await?;
        let mut rows = store::revision::list(&mut conn).await?;
        rows.reverse();
        Ok(rows)
    }

    /// A desk doesn't wait for the batches of an earlier revision: the schedule brings them to their end first.
    async fn nothing_under_way(&self) -> Result<(), EngineError> {
        let mut conn = self.inner.store.read().await?;
        if store::revision::unfinished(&mut conn).await?.is_empty() {
            return Ok(());
        }
        Err(EngineError::invalid(
            "revision_under_way",
            "上一次换用还在逐件重算，请待其完成后再换用 / an earlier revision is still counting cases anew: try again when it is through",
        ))
    }

    /// Works off a revision for as long as somebody waits for its page. One that isn't through, or can't be, is gone on
    /// with by the schedule: it is in force already.
    async fn finish_meanwhile(&self, revision: &str) -> Result<Progress, EngineError> {
        match tokio::time::timeout(WAIT_MAX, self.finish_revision(revision)).await {
            Ok(Ok(_)) => Ok(Progress::Done),
            Ok(Err(error)) => {
                tracing::error!(revision.name = revision, error.kind = error.kind(), error = %error, "a revision goes on later");
                Ok(Progress::UnderWay)
            }
            Err(_) => Ok(Progress::UnderWay),
        }
    }
}
