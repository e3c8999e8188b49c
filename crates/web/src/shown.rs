//! How times are shown: the date, and what is left until then. Never a bare number of hours.

use approval::track::Clock;
use approval::view::{ClockView, clock_view, due_view};
use calendar::{Calendar, Due};
use chrono::{DateTime, Datelike, Utc};
use notify::{Language, words};

/// An instant, short: without the year where it is this one. The long form is `notify::words::moment`.
pub(crate) fn brief(
    language: Language,
    calendar: &Calendar,
    at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> String {
    let local = calendar.local(at);
    let date = local.date_naive();
    let day = if date.year() == calendar.office_date(now).year() {
        words::day(language, date)
    } else {
        words::whole_day(language, date)
    };
    format!("{day} {}", local.format("%H:%M"))
}

/// A clock as a list shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Limit {
    /// 10月8日 周六 24:00前
    pub(crate) due: String,
    /// 剩 2 个工作日
    pub(crate) left: String,
    /// Over.
    pub(crate) late: bool,
    /// Falls due today or on the next working day.
    pub(crate) near: bool,
    /// The date may move with a calendar to come.
    pub(crate) provisional: bool,
}

/// A clock at an instant: the date and what is left.
pub(crate) fn limit(
    language: Language,
    calendar: &Calendar,
    clock: &Clock,
    now: DateTime<Utc>,
) -> Limit {
    told(language, calendar, &clock_view(clock, now, calendar))
}

/// A due date at an instant.
pub(crate) fn of_due(
    language: Language,
    calendar: &Calendar,
    due: Due,
    now: DateTime<Utc>,
) -> Limit {
    told(language, calendar, &due_view(due, now, calendar))
}

fn told(language: Language, calendar: &Calendar, view: &ClockView) -> Limit {
    let Some(due_on) = view.due_on else {
        return Limit {
            left: words::standing_still(language).to_owned(),
            ..Limit::default()
        };
    };
    let over = view.over.filter(|_| view.late);
    Limit {
        due: words::deadline(language, due_on, view.due_at, calendar.zone()),
        left: words::remaining(language, view.left.filter(|_| !view.late), over)
            .unwrap_or_default(),
        late: view.late,
        near: !view.late && view.left.is_some_and(|left| left <= 1),
        provisional: view.provisional,
    }
}
