//! What would these rules have raised last month? New rules are tried on what happened before they are put in force.

use std::collections::BTreeMap;
use std::sync::Arc;

use approval::rule::{Level, Rule, RuleSet};
use approval::trial::{Tried, try_rules};
use approval::{Books, Subject};
use calendar::Calendar;
use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc};
use store::codec::micros;

use super::survey::load_readable;
use crate::assets;
use crate::engine::Engine;
use crate::error::EngineError;

/// Subjects read at once. Between two pages others come to their turn.
const PAGE: i64 = 200;

/// Subjects that are tried at most: a city's month is a few thousand, and somebody waits for the page.
pub const TRIED_MAX: u64 = 20_000;

/// How long before the month a case may have been completed and still be tried: permits are delivered after that, and
/// what was recorded late has cards after its end.
const AFTERMATH: TimeDelta = TimeDelta::days(31);

/// A rule before and after, and how often it would have raised something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleTrial {
    /// Its name.
    pub id: String,
    /// As it is in force; none if it is new.
    pub now: Option<Rule>,
    /// As it would be; none if it is left out.
    pub then: Option<Rule>,
    /// What it would have raised, as it is in force.
    pub raised_now: u64,
    /// What it would have raised, as it would be.
    pub raised_then: u64,
}

/// What the rules in force and other rules would have raised in the last whole month, both counted in the same way, and
/// what was raised.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct RulesTrial {
    /// The first day of the month.
    pub from: NaiveDate,
    /// Its last day.
    pub to: NaiveDate,
    /// Subjects that were tried.
    pub subjects: u64,
    /// Subjects whose record couldn't be read.
    pub unreadable: u64,
    /// Whether all of the month were tried; false beyond [`TRIED_MAX`].
    pub complete: bool,
    /// The rules of both sets, those in force first.
    pub rules: Vec<RuleTrial>,
    /// What was raised in fact and still stands, by level; cards by hand aren't counted.
    pub did: BTreeMap<&'static str, u64>,
}

impl RulesTrial {
    /// What rules would have raised at a level: as they are in force, and as they would be.
    pub fn of_level(&self, level: Level) -> (u64, u64) {
        let at = |rule: &Option<Rule>, count: u64| match rule {
            Some(rule) if rule.level == level => count,
            _ => 0,
        };
        self.rules.iter().fold((0, 0), |(now, then), rule| {
            (
                now + at(&rule.now, rule.raised_now),
                then + at(&rule.then, rule.raised_then),
            )
        })
    }
}

/// Counts by rule, of the set in force and of the one that is tried.
#[derive(Default)]
struct Counts {
    subjects: u64,
    unreadable: u64,
    now: BTreeMap<String, u64>,
    then: BTreeMap<String, u64>,
    did: BTreeMap<&'static str, u64>,
}

/// A span of instants, the end left out.
type Span = (DateTime<Utc>, DateTime<Utc>);

impl Engine {
    /// Tries rules on the last whole month of the division.
    ///
    /// # Errors
    /// A wrong rule, with line and key; `busy` while another trial runs; the database's.
    pub async fn try_rules(&self, name: &str, text: &str) -> Result<RulesTrial, EngineError> {
        let _one = self.inner.trying.try_acquire().map_err(|_| {
            EngineError::invalid(
                "busy",
                "另一次试算正在进行，请稍后再试 / another trial is running: try again in a moment",
            )
        })?;
        let tried = assets::parse_rules(name, text)?;
        let books = self.books(self.division()).await?;
        let now = self.inner.clock.now();
        let (from, to, span) = last_month(&books.calendar, now)?;
        let in_force = books.rules.last().map(|rules| Arc::clone(&rules.set));
        let in_force = in_force.unwrap_or_else(|| Arc::new(tried.clone()));
        let sets = Arc::new([Arc::clone(&in_force), Arc::new(tried)]);
        let mut counts = Counts::default();
        let mut after = String::new();
        let mut complete = true;
        loop {
            let Some((page, unreadable)) = self.page_of(&books, span, &mut after).await? else {
                break;
            };
            counts.unreadable += unreadable;
            let (books, sets) = (Arc::clone(&books), Arc::clone(&sets));
            // A page is some tens of milliseconds of counting: not on a thread that answers others.
            let counted = tokio::task::spawn_blocking(move || {
                for subject in page {
                    counts.add(&subject, &books, &*sets, span);
                }
                counts
            });
            counts = counted.await.map_err(|error| EngineError::NotReady {
                message: format!("试算中断：{error} / the trial broke off"),
            })?;
            if counts.subjects >= TRIED_MAX {
                complete = false;
                break;
            }
        }
        let [_, then] = &*sets;
        Ok(RulesTrial {
            from,
            to,
            subjects: counts.subjects,
            unreadable: counts.unreadable,
            complete,
            rules: side_by_side(&in_force, then, &counts),
            did: counts.did,
        })
    }

    /// The next subjects of a month, and how many of them can't be read; none after the last.
    async fn page_of(
        &self,
        books: &Books,
        (start, end): Span,
        after: &mut String,
    ) -> Result<Option<(Vec<Arc<Subject>>, u64)>, EngineError> {
        let mut conn = self.inner.store.snapshot().await?;
        let within = (micros(start - AFTERMATH), micros(end));
        let rows =
            store::subject::page_within(&mut conn, self.division(), after, within, PAGE).await?;
        let Some(last) = rows.last() else {
            return Ok(None);
        };
        after.clone_from(&last.subject);
        let readable = load_readable(&mut conn, &self.inner, books, &rows).await?;
        let unreadable = rows.len() - readable.len();
        let subjects = readable.into_iter().map(|(_, subject)| subject).collect();
        Ok(Some((
            subjects,
            u64::try_from(unreadable).unwrap_or(u64::MAX),
        )))
    }
}

impl Counts {
    fn add(&mut self, subject: &Subject, books: &Books, sets: &[Arc<RuleSet>], (start, end): Span) {
        self.subjects += 1;
        let Ok(Tried { would, did }) = try_rules(subject, books, sets, end) else {
            self.unreadable += 1;
            return;
        };
        let within = |at: DateTime<Utc>| start <= at && at < end;
        for (count, raised) in [&mut self.now, &mut self.then].into_iter().zip(&would) {
            for warning in raised.iter().filter(|w| within(w.effective_at)) {
                *count.entry(warning.rule.clone()).or_default() += 1;
            }
        }
        for warning in did.iter().filter(|w| within(w.effective_at)) {
            *self.did.entry(warning.level.as_str()).or_default() += 1;
        }
    }
}

/// The rules of both sets, those in force first, then those that are new.
fn side_by_side(now: &RuleSet, then: &RuleSet, counts: &Counts) -> Vec<RuleTrial> {
    let of = |counts: &BTreeMap<String, u64>, id: &str| counts.get(id).copied().unwrap_or(0);
    let added = then
        .rules
        .iter()
        .filter(|rule| now.rule(&rule.id).is_none());
    let ids = now.rules.iter().chain(added).map(|rule| rule.id.as_str());
    ids.map(|id| RuleTrial {
        id: id.to_owned(),
        now: now.rule(id).cloned(),
        then: then.rule(id).cloned(),
        raised_now: of(&counts.now, id),
        raised_then: of(&counts.then, id),
    })
    .collect()
}

/// The whole month before the one of an instant: its first and last day, and its instants.
fn last_month(
    calendar: &Calendar,
    now: DateTime<Utc>,
) -> Result<(NaiveDate, NaiveDate, Span), EngineError> {
    let today = calendar.office_date(now);
    let last = today.with_day(1).and_then(|first| first.pred_opt());
    let first = last.and_then(|last| last.with_day(1));
    let (Some(first), Some(last)) = (first, last) else {
        return Err(EngineError::invalid(
            "bad_month",
            "没有上个月 / there is no month before this one",
        ));
    };
    let next = last.succ_opt().unwrap_or(last);
    let span = (calendar.start_of(first), calendar.start_of(next));
    Ok((first, last, span))
}
