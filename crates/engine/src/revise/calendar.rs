//! A new calendar: dates move, warnings that rested on them fall, and those that the new dates have reached are raised.

use std::sync::Arc;

use approval::event::Event;
use approval::revision::Moved;
use approval::track::ClockKey;
use approval::{Books, Plan, Recorded, Refusal, Subject, Work};
use calendar::Calendar;
use chrono::{DateTime, Utc};
use serde::Serialize;
use store::Conn;
use store::calendar::CalendarRow;
use store::codec::micros;
use store::revision::{RevisionRow, RevisionTraceRow};
use store::subject::{Seen, SubjectRow};

use super::desk::{Logged, note};
use super::survey::Reach;
use super::{RevisionMode, counts, in_force_from, number, set_alarm};
use crate::engine::{Engine, Inner};
use crate::error::EngineError;
use crate::execute::{PlainPlan, Telling, execute, execute_plain};
use crate::library::new_edition;

/// What a new calendar does, or did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct RevisionReport {
    /// The version before.
    pub from_version: String,
    /// The new version.
    pub to_version: String,
    /// Subjects looked at: open ones, and those that are over with a card, or with a limit in days that count otherwise now.
    pub subjects_looked_at: u64,
    /// Due dates that moved.
    pub dates_moved: u64,
    /// Warnings that fell with them.
    pub warnings_annulled: u64,
    /// Warnings that the new dates brought.
    pub warnings_raised: u64,
    /// Cases that the program deemed accepted at another instant than the new calendar says. They stay as they are;
    /// somebody has to look at them.
    pub deemed_touched: Vec<String>,
}

/// What the calendar in force makes of a subject.
struct Look {
    moved: Vec<Moved>,
    annulled: i64,
    raised: i64,
    plan: Plan,
}

impl Engine {
    /// Puts a calendar in force and recounts what it touches, or says what it would do. The same calendar again
    /// finishes what was left, and changes nothing after that.
    ///
    /// # Errors
    /// A version that stands for another calendar, another zone, a day that is needed and not covered; the database's.
    pub async fn revise_calendar(
        &self,
        calendar: Calendar,
        mode: RevisionMode,
    ) -> Result<RevisionReport, EngineError> {
        if mode == RevisionMode::Apply {
            self.resume_revisions().await?;
        }
        let rows = {
            let mut conn = self.inner.store.read().await?;
            store::calendar::list(&mut conn).await?
        };
        let before = rows.last().ok_or_else(no_calendar)?;
        if let Some(known) = rows.iter().find(|row| row.version == calendar.version()) {
            return self.known_version(&calendar, known, before).await;
        }
        let books = self.books(self.division()).await?;
        check_zone(&books.calendar, &calendar)?;
        let mut report = self.forecast(&books.calendar, &calendar).await?;
        if mode == RevisionMode::DryRun {
            return Ok(report);
        }
        let name = self.begin_calendar(&calendar, before, None).await?;
        let row = self.finish_revision(&name).await?;
        report.subjects_looked_at = number(row.looked_at);
        report.dates_moved = number(row.dates_moved);
        report.warnings_annulled = number(row.annulled);
        report.warnings_raised = number(row.raised);
        metrics::counter!("shixian_calendar_dates_moved_total").increment(report.dates_moved);
        Ok(report)
    }

    /// A version that the database has: the same calendar again changes nothing.
    pub(super) async fn known_version(
        &self,
        calendar: &Calendar,
        known: &CalendarRow,
        newest: &CalendarRow,
    ) -> Result<RevisionReport, EngineError> {
        let version = calendar.version();
        let stored = Calendar::parse(&known.version, &known.text)
            .map_err(|e| EngineError::invalid("bad_calendar", e.message_zh()))?;
        if stored != *calendar {
            return Err(EngineError::invalid(
                "calendar_version_taken",
                format!(
                    "日历版本 {version} 已存在且内容不同,请给新日历一个新的版本号 / version {version} is another calendar already: give this one a version of its own"
                ),
            ));
        }
        if known.version != newest.version {
            return Err(EngineError::invalid(
                "calendar_superseded",
                format!(
                    "日历版本 {version} 已被 {} 取代,如要恢复,请给它一个新的版本号 / version {version} was replaced by {}: to return to it, give it a new version",
                    newest.version, newest.version
                ),
            ));
        }
        let mut report = RevisionReport {
            from_version: version.to_owned(),
            to_version: version.to_owned(),
            ..RevisionReport::default()
        };
        let mut conn = self.inner.store.read().await?;
        if let Some(row) = store::revision::get(&mut conn, &revision_name(version)).await? {
            report.from_version = row.from_version;
            report.subjects_looked_at = number(row.looked_at);
            report.dates_moved = number(row.dates_moved);
            report.warnings_annulled = number(row.annulled);
            report.warnings_raised = number(row.raised);
        }
        Ok(report)
    }

    /// Counts what a calendar would do, and finds out that it covers all that is needed.
    pub(super) async fn forecast(
        &self,
        from: &Calendar,
        to: &Calendar,
    ) -> Result<RevisionReport, EngineError> {
        let now = self.inner.clock.now();
        let mut report = RevisionReport {
            from_version: from.version().to_owned(),
            to_version: to.version().to_owned(),
            ..RevisionReport::default()
        };
        let to = Arc::new(to.clone());
        let revised = |books: &Books| {
            let mut books = books.clone();
            let version = to.version().to_owned();
            books.calendars.insert(version, Arc::clone(&to));
            books.calendar = Arc::clone(&to);
            books
        };
        let reach = |books: &Books| Reach::of(books, from, &to);
        self.survey(reach, revised, |books, row, subject| {
            let uncovered = |refusal: Refusal| not_covering(&row.subject, &refusal);
            let look = look_at(subject, row, books, now).map_err(uncovered)?;
            report.subjects_looked_at += number(counts(row, micros(now)));
            report.dates_moved += u64::try_from(look.moved.len()).unwrap_or(u64::MAX);
            report.warnings_annulled += number(look.annulled);
            report.warnings_raised += number(look.raised);
            if deemed_elsewhere(subject, &to).map_err(uncovered)? {
                report.deemed_touched.push(row.subject.clone());
            }
            Ok(())
        })
        .await?;
        Ok(report)
    }

    /// Puts the calendar in force and begins the revision, in one transaction; with who did it, if that is known.
    pub(super) async fn begin_calendar(
        &self,
        calendar: &Calendar,
        before: &CalendarRow,
        logged: Logged,
    ) -> Result<String, EngineError> {
        let now_us = micros(self.inner.clock.now());
        let row = CalendarRow {
            version: calendar.version().to_owned(),
            text: calendar.to_text(),
            in_force_from_us: in_force_from(now_us, before.in_force_from_us),
            loaded_at_us: now_us,
        };
        let name = revision_name(calendar.version());
        let revision = new_revision(&name, "calendar", &before.version, &row.version, now_us);
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
                    let newest = store::calendar::list(conn).await?.pop();
                    let before_us = newest.as_ref().map_or(i64::MIN, |n| n.in_force_from_us);
                    let row = CalendarRow {
                        in_force_from_us: in_force_from(now_us, before_us),
                        loaded_at_us: now_us,
                        ..row.clone()
                    };
                    let revision = RevisionRow {
                        started_at_us: now_us,
                        ..revision.clone()
                    };
                    let unchanged = newest.is_some_and(|n| n.version == revision.from_version);
                    if !unchanged
                        || !store::calendar::insert(conn, &row).await?
                        || !store::revision::insert(conn, &revision).await?
                    {
                        return Err(EngineError::invalid(
                            "calendar_changed",
                            "另一进程刚刚更换了日历,请重新执行 / another process has just put a calendar in force: run this again",
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

/// A revision that has looked at nothing yet.
pub(super) fn new_revision(
    name: &str,
    kind: &str,
    from_version: &str,
    to_version: &str,
    now_us: i64,
) -> RevisionRow {
    RevisionRow {
        revision: name.to_owned(),
        kind: kind.to_owned(),
        from_version: from_version.to_owned(),
        to_version: to_version.to_owned(),
        started_at_us: now_us,
        finished_at_us: None,
        cursor_division: None,
        cursor_subject: None,
        looked_at: 0,
        dates_moved: 0,
        annulled: 0,
        raised: 0,
    }
}

fn revision_name(version: &str) -> String {
    format!("calendar:{version}")
}

fn look_at(
    subject: &Subject,
    row: &SubjectRow,
    books: &Books,
    now: DateTime<Utc>,
) -> Result<Look, Refusal> {
    let seq = subject.seq();
    let mut work = Work::resume(subject.clone(), books, now);
    let mut moved = Vec::new();
    if row.calendar_version != books.calendar.version() {
        moved = work.revise_calendar(&row.calendar_version)?;
    }
    if !moved.is_empty() {
        work.settle()?;
    }
    let plan = work.finish();
    let (mut annulled, mut raised) = (0, 0);
    for recorded in plan.subject.history.iter().filter(|e| e.seq > seq) {
        match recorded.event {
            Event::WarningAnnulled { .. } => annulled += 1,
            Event::WarningRaised(_) => raised += 1,
            _ => {}
        }
    }
    Ok(Look {
        moved,
        annulled,
        raised,
        plan,
    })
}

/// What a batch writes at its end, with few statements: moves that bring nothing else with them, and the traces of all.
#[derive(Default)]
pub(super) struct Gathered {
    moves: Vec<(PlainPlan, Seen)>,
    traces: Vec<RevisionTraceRow>,
}

impl Gathered {
    /// Writes it all, in the batch's transaction.
    pub(super) async fn write(
        self,
        conn: &mut Conn,
        inner: &Inner,
        books: &Books,
    ) -> Result<(), EngineError> {
        execute_plain(conn, inner, books, self.moves).await?;
        store::revision::trace_all(conn, &self.traces).await?;
        Ok(())
    }
}

/// Brings one subject to the calendar in force, in the batch's transaction or at its end.
pub(super) async fn visit(
    conn: &mut Conn,
    inner: &Inner,
    books: &Books,
    row: &SubjectRow,
    subject: &Subject,
    revision: &mut RevisionRow,
    gathered: &mut Gathered,
) -> Result<(), EngineError> {
    revision.looked_at += counts(row, revision.started_at_us);
    let look = look_at(subject, row, books, inner.clock.now())?;
    let (moved, annulled, raised) = if look.moved.is_empty() {
        // A threshold may lie elsewhere even where no date moves.
        let next_alarm_us = look.plan.next_alarm.map(micros);
        if next_alarm_us != row.next_alarm_us {
            set_alarm(conn, row, next_alarm_us).await?;
        }
        if row.calendar_version != revision.to_version {
            return Ok(());
        }
        // A command came here first; its trace and its counts belong to the revision all the same.
        let Some(earlier) = revised_by_command(subject, &revision.to_version, books)? else {
            return Ok(());
        };
        earlier
    } else {
        let seen = Seen::of(row);
        match PlainPlan::of(look.plan) {
            Ok(plan) => gathered.moves.push((plan, seen)),
            Err(plan) => {
                execute(conn, inner, books, *plan, Some(&seen), None, Telling::Tell).await?;
            }
        }
        (look.moved, look.annulled, look.raised)
    };
    revision.dates_moved += i64::try_from(moved.len()).unwrap_or(i64::MAX);
    revision.annulled += annulled;
    revision.raised += raised;
    let traces = moved.iter().map(|moved| RevisionTraceRow {
        division: row.division.clone(),
        revision: revision.revision.clone(),
        subject: row.subject.clone(),
        clock: moved.clock.to_string(),
        due_before_us: moved.before.map(micros),
        due_after_us: moved.after.map(micros),
    });
    gathered.traces.extend(traces);
    Ok(())
}

/// What the command that brought a subject to a calendar moved, annulled and raised, read from its history.
fn revised_by_command(
    subject: &Subject,
    to_version: &str,
    books: &Books,
) -> Result<Option<(Vec<Moved>, i64, i64)>, Refusal> {
    let revised = subject.history.iter().find(
        |e| matches!(&e.event, Event::DatesRevised { to_version: to, .. } if to == to_version),
    );
    let Some(revised) = revised else {
        return Ok(None);
    };
    let up_to = |seq: i64| {
        let events = subject.history.iter().filter(|e| e.seq <= seq);
        let events = events.map(|e| Recorded::clone(e));
        Subject::replay(subject.division.clone(), subject.id.clone(), events, books)
    };
    let (Some(before), Some(after)) = (up_to(revised.seq - 1)?, up_to(revised.seq)?) else {
        return Ok(None);
    };
    let due = |subject: &Subject, key: ClockKey| {
        let clock = subject.track.clock(key);
        clock.and_then(|c| c.due).map(|d| d.at)
    };
    let moved = before
        .track
        .clocks
        .iter()
        .map(|clock| Moved {
            clock: clock.key,
            before: clock.due.map(|d| d.at),
            after: due(&after, clock.key),
        })
        .filter(|m| m.before != m.after)
        .collect();
    let (mut annulled, mut raised) = (0, 0);
    for event in subject.history.iter().filter(|e| e.seq > revised.seq) {
        match event.event {
            Event::WarningAnnulled { cause, .. } if cause == revised.seq => annulled += 1,
            Event::WarningRaised(_) if event.recorded_at == revised.recorded_at => raised += 1,
            _ => {}
        }
    }
    Ok(Some((moved, annulled, raised)))
}

/// Whether the program deemed a case accepted at another instant than a calendar says.
fn deemed_elsewhere(subject: &Subject, calendar: &Calendar) -> Result<bool, Refusal> {
    let fallen = subject.annulled();
    let stops = subject.track.intervals();
    for event in &subject.history {
        if !matches!(event.event, Event::DeemedAccepted { .. }) || fallen.contains(&event.seq) {
            continue;
        }
        let clock = subject.track.clocks.iter().find(|c| {
            matches!(c.key, ClockKey::Acceptance(_))
                && c.settings.iter().any(|s| s.due.at == event.occurred_at)
        });
        let Some(clock) = clock else { continue };
        let due = clock.count(calendar, &stops)?;
        if due.is_some_and(|due| due.at != event.occurred_at) {
            return Ok(true);
        }
    }
    Ok(false)
}

pub(super) fn check_zone(from: &Calendar, to: &Calendar) -> Result<(), EngineError> {
    if from.zone() == to.zone() {
        return Ok(());
    }
    Err(EngineError::invalid(
        "calendar_zone",
        format!(
            "新日历的时区是 {},现行日历是 {},时区不能更换 / the zone of a calendar can't change",
            to.zone(),
            from.zone()
        ),
    ))
}

fn not_covering(subject: &str, refusal: &Refusal) -> EngineError {
    EngineError::invalid(
        "calendar_not_covering",
        format!(
            "新日历不能用于 {subject}:{refusal};请补全新日历的起止日期,什么都没有改动 / the new calendar doesn't cover what {subject} needs; nothing was changed"
        ),
    )
}

pub(super) fn no_calendar() -> EngineError {
    EngineError::NotReady {
        message:
            "数据库中没有日历,请先运行 shixian migrate / no calendar in the database: run `shixian migrate`"
                .to_owned(),
    }
}
