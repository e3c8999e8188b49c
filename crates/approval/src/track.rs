//! The clocks of a subject: what runs, since when, until when, and which event set the date.

use std::fmt;
use std::sync::Arc;

use calendar::{Calendar, Due, Interval, NotCovered, Term};
use chrono::{DateTime, NaiveDate, Utc};

use crate::rule::Element;
use crate::stage::{Procedure, Stage};
use crate::warning::Warning;

/// Names one clock of a subject for good: part of the key that makes a card unique.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ClockKey {
    /// The n-th period for accepting or telling what is missing (行政许可法 art. 32).
    Acceptance(u32),
    /// 承诺时限
    Promised,
    /// 法定时限
    Statutory,
    /// The n-th visit to a stage.
    Stage(Stage, u32),
    /// The limit of stop n.
    Stop(u32),
    /// The limit of suspension n (numbered together with the stops).
    Suspension(u32),
    /// The applicant's time after the n-th correction notice.
    Correction(u32),
    /// Delivery after the n-th decision (art. 44).
    Delivery(u32),
    /// The n-th partner opinion.
    Partner(u32),
    /// The n-th term of a supervision order.
    Order(u32),
    /// The n-th term for answering an appeal; a referral starts another one.
    Appeal(u32),
    /// The n-th warning that an inspector raised by hand: it has no time, only this name.
    Manual(u32),
}

impl ClockKey {
    /// The element of a rule that watches this clock.
    pub const fn element(self) -> Element {
        match self {
            Self::Acceptance(_) => Element::Acceptance,
            Self::Promised => Element::Promised,
            Self::Statutory => Element::Statutory,
            Self::Stage(stage, _) => Element::StageOf(stage),
            Self::Stop(_) => Element::Stop,
            Self::Suspension(_) => Element::Suspension,
            Self::Correction(_) => Element::Correction,
            Self::Delivery(_) => Element::Delivery,
            Self::Partner(_) => Element::Partner,
            Self::Order(_) => Element::Order,
            Self::Appeal(_) => Element::Appeal,
            Self::Manual(_) => Element::Manual,
        }
    }

    /// Reads the text of `Display` back.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "promised" => return Some(Self::Promised),
            "statutory" => return Some(Self::Statutory),
            _ => {}
        }
        let (word, number) = text.split_once('#')?;
        let n: u32 = number.parse().ok()?;
        Some(match word {
            "acceptance" => Self::Acceptance(n),
            "stop" => Self::Stop(n),
            "suspension" => Self::Suspension(n),
            "correction" => Self::Correction(n),
            "delivery" => Self::Delivery(n),
            "partner" => Self::Partner(n),
            "order" => Self::Order(n),
            "appeal" => Self::Appeal(n),
            "manual" => Self::Manual(n),
            stage => Self::Stage(Stage::parse(stage)?, n),
        })
    }

    /// The clock's name in Chinese: 承诺时限, 审核环节时限(第2次)…
    pub fn zh(self) -> String {
        let (name, n) = match self {
            Self::Promised => return "承诺时限".to_owned(),
            Self::Statutory => return "法定时限".to_owned(),
            Self::Acceptance(n) => ("受理期限".to_owned(), n),
            Self::Stage(stage, n) => (format!("{}环节时限", stage.zh()), n),
            Self::Stop(n) => ("特别程序时限".to_owned(), n),
            Self::Suspension(n) => ("中止时限".to_owned(), n),
            Self::Correction(n) => ("补正期限".to_owned(), n),
            Self::Delivery(n) => ("送达期限".to_owned(), n),
            Self::Partner(n) => ("协办意见时限".to_owned(), n),
            Self::Order(n) => ("督办时限".to_owned(), n),
            Self::Appeal(n) => ("申诉答复时限".to_owned(), n),
            Self::Manual(n) => ("人工发牌".to_owned(), n),
        };
        if n > 1 {
            format!("{name}(第{n}次)")
        } else {
            name
        }
    }
}

impl fmt::Display for ClockKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Promised => f.write_str("promised"),
            Self::Statutory => f.write_str("statutory"),
            Self::Acceptance(n) => write!(f, "acceptance#{n}"),
            Self::Stage(stage, n) => write!(f, "{stage}#{n}"),
            Self::Stop(n) => write!(f, "stop#{n}"),
            Self::Suspension(n) => write!(f, "suspension#{n}"),
            Self::Correction(n) => write!(f, "correction#{n}"),
            Self::Delivery(n) => write!(f, "delivery#{n}"),
            Self::Partner(n) => write!(f, "partner#{n}"),
            Self::Order(n) => write!(f, "order#{n}"),
            Self::Appeal(n) => write!(f, "appeal#{n}"),
            Self::Manual(n) => write!(f, "manual#{n}"),
        }
    }
}

/// What a clock is measured against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClockTerm {
    /// A term that is counted from the start.
    Counted(Term),
    /// A due date that another system states; only an extension moves it.
    Given(NaiveDate),
}

/// Whether stops hold a clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stopping {
    /// Time inside a stop isn't counted (art. 45).
    HeldByStops,
    /// Runs on.
    RunsOn,
}

/// One due date and the event that set it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Setting {
    /// The sequence number of the event that set the date.
    pub occurrence: i64,
    /// The date.
    pub due: Due,
    /// When that event was recorded: no card on this date takes effect before it.
    pub recorded_at: DateTime<Utc>,
}

/// A date by which the end of a clock is judged, and the calendar that it was counted with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    /// The date.
    pub due: Due,
    /// The calendar's version.
    pub calendar: Arc<str>,
}

/// One clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clock {
    /// Its name.
    pub key: ClockKey,
    /// The instant it counts from.
    pub start: DateTime<Utc>,
    /// The term.
    pub term: ClockTerm,
    /// An extension of the term.
    pub extension: Option<Term>,
    /// Whether stops hold it.
    pub stopping: Stopping,
    /// When it ended.
    pub ended_at: Option<DateTime<Utc>>,
    /// The due date now; `None` while a counted stop is open.
    pub due: Option<Due>,
    /// All due dates it had, the latest last; never empty once a date was known.
    pub settings: Vec<Setting>,
    /// What its end is judged by: the date that it had when it ended, under the calendar in force then, and after it
    /// those that later calendars gave in its favour. Empty while it runs, and if it had no date.
    pub judged: Vec<Judged>,
}

impl Clock {
    /// The setting that the present due date comes from; `None` while there is no date.
    pub fn setting(&self) -> Option<&Setting> {
        let due = self.due?;
        self.settings.last().filter(|s| s.due == due)
    }

    /// Ended at or after the due instant: on time is strictly before it.
    pub fn was_late(&self) -> bool {
        matches!((self.ended_at, self.due), (Some(end), Some(due)) if end >= due.at)
    }

    /// Takes a due date as the one that this event sets.
    fn set(&mut self, due: Option<Due>, moment: Moment<'_>) {
        self.due = due;
        self.settings.extend(due.map(|due| Setting {
            occurrence: moment.seq,
            due,
            recorded_at: moment.recorded_at,
        }));
    }

    /// Moves the date of a clock that has ended if it is a later one under this calendar. It stays the
    /// date of the event that set it, so that no second card is raised for what is over.
    fn favour(&mut self, calendar: &Calendar, stops: &[Interval]) -> Result<(), NotCovered> {
        let (Some(end), Some(old), Some(setting)) =
            (self.ended_at, self.due, self.settings.last().copied())
        else {
            return Ok(());
        };
        // Stops that opened after its end never held it.
        let held: Vec<Interval> = stops.iter().copied().filter(|s| s.from < end).collect();
        if let Some(due) = self.count(calendar, &held)?
            && due.at > old.at
        {
            self.due = Some(due);
            self.settings.push(Setting { due, ..setting });
            self.judged.push(Judged {
                due,
                calendar: calendar.version().into(),
            });
        }
        Ok(())
    }

    /// Counts the due date under a calendar.
    ///
    /// # Errors
    /// A day that the calendar doesn't cover.
    pub fn count(
        &self,
        calendar: &Calendar,
        stops: &[Interval],
    ) -> Result<Option<Due>, NotCovered> {
        match self.term {
            ClockTerm::Counted(term) => {
                let stops = match self.stopping {
                    Stopping::HeldByStops => stops,
                    Stopping::RunsOn => &[],
                };
                calendar.due(self.start, term, stops, self.extension)
            }
            ClockTerm::Given(date) => {
                let on = match self.extension {
                    Some(extension) => calendar.add_working_days(date, extension.amount())?,
                    None => date,
                };
                Ok(Some(Due {
                    on,
                    at: calendar.end_of(on)?,
                }))
            }
        }
    }
}

/// A stop or a suspension of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stop {
    /// Its number within the case, from 1.
    pub number: u32,
    /// What it is for.
    pub procedure: Procedure,
    /// The written notice.
    pub notice: Option<String>,
    /// When it began.
    pub from: DateTime<Utc>,
    /// When it ended.
    pub to: Option<DateTime<Utc>>,
}

/// The moment of an event, as the clocks need it.
#[derive(Clone, Copy, Debug)]
pub struct Moment<'c> {
    /// The event's sequence number.
    pub seq: i64,
    /// When it was recorded. A deemed acceptance comes about by law, not by being recorded: for it
    /// this is the instant of the deeming, so that a sweep that stood still changes nothing.
    pub recorded_at: DateTime<Utc>,
    /// The version of the rules that its periods are taken from; `None` is that in force at the record.
    pub rules: Option<i64>,
    /// The calendar that its dates are counted with.
    pub calendar: &'c Calendar,
}

/// All clocks, stops and warnings of a subject.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Track {
    /// The clocks, in the order in which they started.
    pub clocks: Vec<Clock>,
    /// The stops and suspensions, in the order in which they were opened.
    pub stops: Vec<Stop>,
    /// The warnings, in the order in which they were raised.
    pub warnings: Vec<Warning>,
    /// The limits that were recorded as passed: clock and occurrence.
    pub limits_passed: Vec<(ClockKey, i64)>,
}

impl Track {
    /// A clock by its name.
    pub fn clock(&self, key: ClockKey) -> Option<&Clock> {
        self.clocks.iter().find(|c| c.key == key)
    }

    fn clock_mut(&mut self, key: ClockKey) -> Option<&mut Clock> {
        self.clocks.iter_mut().find(|c| c.key == key)
    }

    /// The stops as intervals in order of opening.
    pub fn intervals(&self) -> Vec<Interval> {
        let mut intervals: Vec<Interval> = self
            .stops
            .iter()
            .map(|s| Interval {
                from: s.from,
                to: s.to,
            })
            .collect();
        intervals.sort_by_key(|i| i.from);
        intervals
    }

    /// Starts a clock and counts its date.
    ///
    /// # Errors
    /// A day that the calendar doesn't cover.
    pub fn start(
        &mut self,
        key: ClockKey,
        start: DateTime<Utc>,
        term: ClockTerm,
        stopping: Stopping,
        moment: Moment<'_>,
    ) -> Result<(), NotCovered> {
        self.clocks.push(Clock {
            key,
            start,
            term,
            extension: None,
            stopping,
            ended_at: None,
            due: None,
            settings: Vec::new(),
            judged: Vec::new(),
        });
        let stops = self.intervals();
        if let Some(clock) = self.clocks.last_mut() {
            set_due(clock, &stops, moment)?;
        }
        Ok(())
    }

    /// Ends a clock that runs; an ended one keeps its end.
    pub fn end(&mut self, key: ClockKey, at: DateTime<Utc>) {
        if let Some(clock) = self.clock_mut(key)
            && clock.ended_at.is_none()
        {
            clock.ended_at = Some(at);
        }
    }

    /// Ends every clock that runs.
    pub fn end_all(&mut self, at: DateTime<Utc>) {
        for clock in self.clocks.iter_mut().filter(|c| c.ended_at.is_none()) {
            clock.ended_at = Some(at);
        }
    }

    /// What ended by an event is judged by the calendar of that event from then on, whatever calendars come later.
    pub fn judge(&mut self, calendar: &Calendar) {
        for clock in &mut self.clocks {
            if let (Some(_), Some(due), true) = (clock.ended_at, clock.due, clock.judged.is_empty())
            {
                clock.judged.push(Judged {
                    due,
                    calendar: calendar.version().into(),
                });
            }
        }
    }

    /// Lets an ended clock run on, as when a decision is taken back by a send-back. The date is this
    /// event's then, even if it is the same day as before: the matter is open again.
    ///
    /// # Errors
    /// A day that the calendar doesn't cover.
    pub fn reopen(&mut self, key: ClockKey, moment: Moment<'_>) -> Result<(), NotCovered> {
        let stops = self.intervals();
        if let Some(clock) = self.clock_mut(key)
            && clock.ended_at.take().is_some()
        {
            clock.judged.clear();
            let due = clock.count(moment.calendar, &stops)?;
            clock.set(due, moment);
        }
        Ok(())
    }

    /// Adds working days to a clock's term.
    ///
    /// # Errors
    /// A day that the calendar doesn't cover.
    pub fn extend(
        &mut self,
        key: ClockKey,
        working_days: u32,
        moment: Moment<'_>,
    ) -> Result<(), NotCovered> {
        let stops = self.intervals();
        if let Some(clock) = self.clock_mut(key) {
            clock.extension = Some(Term::WorkingDays(working_days));
            set_due(clock, &stops, moment)?;
        }
        Ok(())
    }

    /// Counts the dates of all running clocks anew: after a stop opened or closed.
    ///
    /// # Errors
    /// A day that the calendar doesn't cover.
    pub fn recount(&mut self, moment: Moment<'_>) -> Result<(), NotCovered> {
        let stops = self.intervals();
        for clock in self
            .clocks
            .iter_mut()
            .filter(|c| c.ended_at.is_none() && c.stopping == Stopping::HeldByStops)
        {
            set_due(clock, &stops, moment)?;
        }
        Ok(())
    }

    /// Counts all dates under a new calendar. What has ended only ever moves in favour of those
    /// responsible: a later notice can't make late what was on time when it was done.
    ///
    /// # Errors
    /// A day that the calendar doesn't cover.
    pub fn revise(&mut self, moment: Moment<'_>) -> Result<(), NotCovered> {
        let stops = self.intervals();
        for clock in &mut self.clocks {
            if clock.ended_at.is_some() {
                let watched = self
                    .warnings
                    .iter()
                    .any(|w| w.is_live() && w.clock() == clock.key);
                if watched || clock.was_late() {
                    clock.favour(moment.calendar, &stops)?;
                }
                continue;
            }
            let due = clock.count(moment.calendar, &stops)?;
            if due != clock.due {
                clock.set(due, moment);
            }
        }
        Ok(())
    }

    /// Counts the running clocks under the calendar in force; dates of a superseded one are forgotten.
    ///
    /// # Errors
    /// A day that the calendar doesn't cover.
    pub fn supersede(&mut self, calendar: &Calendar) -> Result<(), NotCovered> {
        let stops = self.intervals();
        for clock in self.clocks.iter_mut().filter(|c| c.ended_at.is_none()) {
            let due = clock.count(calendar, &stops)?;
            if due == clock.due {
                continue;
            }
            if clock.setting().is_some() {
                clock.settings.pop();
            }
            clock.due = due;
        }
        Ok(())
    }

    /// The open stops.
    pub fn open_stops(&self) -> impl Iterator<Item = &Stop> {
        self.stops.iter().filter(|s| s.to.is_none())
    }
}

/// Counts a clock's date; a date that differs from the last one known is this event's.
fn set_due(clock: &mut Clock, stops: &[Interval], moment: Moment<'_>) -> Result<(), NotCovered> {
    let due = clock.count(moment.calendar, stops)?;
    if due.is_some() && due == clock.settings.last().map(|s| s.due) {
        clock.due = due;
    } else {
        clock.set(due, moment);
    }
    Ok(())
}
