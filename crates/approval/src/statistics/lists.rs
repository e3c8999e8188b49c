//! What a report names one by one: cards, supervision orders, corrections, stops, extensions and irregular records of a
//! period, derived
//! from replayed histories. Counted by when it happened, as the figures are, so that the lists add up to them.

use calendar::{Calendar, Due};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::Window;
use crate::books::Books;
use crate::case::Case;
use crate::event::{Defect, Event};
use crate::ids::{SubjectId, UnitCode};
use crate::order::{Order, OrderPhase};
use crate::rule::Level;
use crate::stage::{Procedure, Stage};
use crate::subject::{Body, Subject};
use crate::track::{Clock, ClockKey};
use crate::view::{ClockView, due_view};
use crate::warning::{Warning, WarningState};

/// The unit and the item that a line is about, by their names; a code where the books know no name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// The unit's code.
    pub unit: String,
    /// The unit's name.
    pub unit_name: String,
    /// The item's code; orders have none.
    pub item: Option<String>,
    /// The item's name.
    pub item_name: Option<String>,
}

/// A card that was issued in the period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CardLine {
    /// The case, or the order, that bears it.
    pub subject: SubjectId,
    /// The number of the event that raised it: its name within the subject.
    pub seq: i64,
    /// Against which unit, on which item.
    pub place: Place,
    /// Yellow or red.
    pub level: Level,
    /// The limit that it rests on.
    pub clock: ClockKey,
    /// The stage whose people are responsible.
    pub stage: Option<Stage>,
    /// The day on which the limit ended; a card by hand has none.
    pub due_on: Option<NaiveDate>,
    /// When it was issued.
    pub issued_at: DateTime<Utc>,
    /// Working days over, up to the end of the clock or the end of the period.
    pub over_working_days: Option<i64>,
    /// Whether the clock still ran at the end of the period, or when it was counted.
    pub still_runs: bool,
    /// The officials responsible, by name.
    pub persons: Vec<String>,
    /// Where the card stands by now.
    pub state: WarningState,
    /// The appeal against it.
    pub appeal: Option<SubjectId>,
    /// The word of the appeal's state ([`crate::appeal::AppealPhase::as_str`]); read from the appeal's own row.
    pub appeal_state: Option<String>,
}

/// A supervision order that was issued, answered or closed in the period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderLine {
    /// Its number.
    pub order: SubjectId,
    /// Which unit must answer.
    pub place: Place,
    /// The case that it is about.
    pub about: Option<SubjectId>,
    /// What the unit must do.
    pub text: String,
    /// When it was issued.
    pub issued_at: DateTime<Utc>,
    /// By which day the present term wants an answer.
    pub due_on: Option<NaiveDate>,
    /// When the last answer was given.
    pub replied_at: Option<DateTime<Utc>>,
    /// Whether the present term was kept; `None` while it runs.
    pub in_time: Option<bool>,
    /// How often the answer was sent back.
    pub sent_back: u32,
    /// When it was closed.
    pub closed_at: Option<DateTime<Utc>>,
    /// The word of its state ([`OrderPhase::as_str`]).
    pub state: &'static str,
}

/// A correction notice of the period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CorrectionLine {
    /// The case.
    pub case: SubjectId,
    /// Unit and item.
    pub place: Place,
    /// The how manieth notice of the case, from 1: a second one is against 行政许可法 art. 32 no. 4.
    pub number: u32,
    /// When the applicant was told.
    pub notified_at: DateTime<Utc>,
    /// When it was supplied.
    pub supplied_at: Option<DateTime<Utc>>,
}

/// A stop or a suspension that began in the period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StopLine {
    /// The case.
    pub case: SubjectId,
    /// Unit and item.
    pub place: Place,
    /// What it is for.
    pub procedure: Procedure,
    /// The number of the written notice (行政许可法 art. 45).
    pub notice: Option<String>,
    /// When it began.
    pub from: DateTime<Utc>,
    /// When it ended.
    pub to: Option<DateTime<Utc>>,
}

/// An extension that was approved in the period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExtensionLine {
    /// The case.
    pub case: SubjectId,
    /// Unit and item.
    pub place: Place,
    /// When it was approved.
    pub at: DateTime<Utc>,
    /// Working days added.
    pub working_days: u32,
}

/// A record of the period with something irregular about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IrregularLine {
    /// The case, or whatever it is about.
    pub subject: SubjectId,
    /// Its number in the history.
    pub seq: i64,
    /// Unit and item.
    pub place: Place,
    /// The word of its kind ([`Event::kind`]).
    pub kind: &'static str,
    /// What is irregular, one line for each.
    pub defect: Defect,
    /// When it happened, as was said.
    pub occurred_at: DateTime<Utc>,
    /// When the program was told.
    pub recorded_at: DateTime<Utc>,
}

/// All lists of a period.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lists {
    /// The cards.
    pub cards: Vec<CardLine>,
    /// The orders.
    pub orders: Vec<OrderLine>,
    /// The correction notices.
    pub corrections: Vec<CorrectionLine>,
    /// The stops and suspensions.
    pub stops: Vec<StopLine>,
    /// The extensions.
    pub extensions: Vec<ExtensionLine>,
    /// The irregular records.
    pub irregular: Vec<IrregularLine>,
}

impl Lists {
    /// Adds what one subject contributes to a period.
    pub fn add(&mut self, subject: &Subject, window: &Window, books: &Books) {
        let reader = Reader {
            subject,
            window,
            books,
            calendar: &books.calendar,
        };
        reader.add_cards(self);
        reader.add_irregular(self);
        match &subject.body {
            Body::Case(case) => reader.add_case(self, case),
            Body::Order(order) => self.orders.extend(reader.order(order)),
            Body::Appeal(_) => {}
        }
    }

    /// Brings the lists into the order in which they are read: the gravest cards first, all else by unit and time.
    pub fn sort(&mut self) {
        self.cards.sort_by(|a, b| {
            let key = |card: &CardLine| {
                let over = card.over_working_days.unwrap_or_default();
                std::cmp::Reverse((card.level, over))
            };
            let rest = |card: &CardLine| (card.place.unit.clone(), card.subject.clone(), card.seq);
            key(a).cmp(&key(b)).then_with(|| rest(a).cmp(&rest(b)))
        });
        self.orders
            .sort_by(|a, b| (a.issued_at, &a.order).cmp(&(b.issued_at, &b.order)));
        self.corrections.sort_by(|a, b| {
            let key = |line: &CorrectionLine| (line.notified_at, line.case.clone(), line.number);
            key(a).cmp(&key(b))
        });
        self.stops
            .sort_by(|a, b| (a.from, &a.case).cmp(&(b.from, &b.case)));
        self.extensions
            .sort_by(|a, b| (a.at, &a.case).cmp(&(b.at, &b.case)));
        self.irregular.sort_by(|a, b| {
            let key =
                |line: &IrregularLine| (line.defect, line.place.unit.clone(), line.occurred_at);
            let rest = |line: &IrregularLine| (line.subject.clone(), line.seq);
            key(a).cmp(&key(b)).then_with(|| rest(a).cmp(&rest(b)))
        });
    }

    /// What concerns one unit, for its own part of the report.
    #[must_use]
    pub fn of_unit(&self, unit: &UnitCode) -> Self {
        let is_own = |place: &Place| place.unit == unit.as_str();
        Self {
            cards: kept(&self.cards, |line| is_own(&line.place)),
            orders: kept(&self.orders, |line| is_own(&line.place)),
            corrections: kept(&self.corrections, |line| is_own(&line.place)),
            stops: kept(&self.stops, |line| is_own(&line.place)),
            extensions: kept(&self.extensions, |line| is_own(&line.place)),
            irregular: kept(&self.irregular, |line| is_own(&line.place)),
        }
    }
}

fn kept<T: Clone>(lines: &[T], wanted: impl Fn(&T) -> bool) -> Vec<T> {
    lines.iter().filter(|line| wanted(line)).cloned().collect()
}

struct Reader<'a> {
    subject: &'a Subject,
    window: &'a Window,
    books: &'a Books,
    calendar: &'a Calendar,
}

impl Reader<'_> {
    fn place(&self, unit: &UnitCode) -> Place {
        let known = self.books.directory.unit(unit);
        let item = self.subject.case().map(|case| &case.item);
        Place {
            unit: unit.to_string(),
            unit_name: known.map_or_else(|| unit.to_string(), |unit| unit.name.clone()),
            item: item.map(|item| item.code.to_string()),
            item_name: item.map(|item| item.name.clone()),
        }
    }

    /// The yellow and red cards whose issue lies in the period, whatever became of them.
    fn add_cards(&self, lists: &mut Lists) {
        for event in &self.subject.history {
            let seq = match &event.event {
                Event::WarningRaised(raised) if !raised.pending => event.seq,
                Event::WarningIssued { warning } => *warning,
                _ => continue,
            };
            let mut warnings = self.subject.track.warnings.iter();
            let card = warnings.find(|warning| warning.seq == seq);
            if let Some(card) = card
                && card.level() != Level::Notice
                && self.window.holds(event.occurred_at)
            {
                lists.cards.push(self.card(card, event.occurred_at));
            }
        }
    }

    /// The records that are marked, as the figures count them.
    fn add_irregular(&self, lists: &mut Lists) {
        let annulled = self.subject.annulled();
        for event in &self.subject.history {
            if annulled.contains(&event.seq) || !self.window.holds(event.occurred_at) {
                continue;
            }
            lists
                .irregular
                .extend(event.defects.iter().map(|defect| IrregularLine {
                    subject: self.subject.id.clone(),
                    seq: event.seq,
                    place: self.place(self.subject.unit()),
                    kind: event.event.kind(),
                    defect: *defect,
                    occurred_at: event.occurred_at,
                    recorded_at: event.recorded_at,
                }));
        }
    }

    fn card(&self, card: &Warning, issued_at: DateTime<Utc>) -> CardLine {
        let subject = self.subject;
        let (unit, stage) = subject.responsible_for(card.clock());
        let clock = subject.track.clock(card.clock());
        let due = clock.and_then(|clock| due_of(clock, card.raised.occurrence));
        let view: Option<ClockView> = clock.zip(due).map(|(clock, due)| {
            // A period that is over ends with its last day: the instant after it is of a day that isn't counted.
            let last = self.window.to - TimeDelta::microseconds(1);
            let as_of = self.window.as_of.min(last);
            let until = clock.ended_at.map_or(as_of, |end| end.min(as_of));
            due_view(due, until, self.calendar)
        });
        CardLine {
            subject: subject.id.clone(),
            seq: card.seq,
            place: self.place(unit),
            level: card.level(),
            clock: card.clock(),
            stage,
            due_on: due.map(|due| due.on),
            issued_at,
            over_working_days: view.and_then(|view| view.over),
            still_runs: clock
                .is_some_and(|clock| clock.ended_at.is_none_or(|end| end >= self.window.as_of)),
            persons: self.persons(unit, stage, card.clock()),
            state: card.state,
            appeal: card.appeal.clone(),
            appeal_state: None,
        }
    }

    /// Who ended the visit that a stage's card is about; else who holds the post by now.
    fn persons(&self, unit: &UnitCode, stage: Option<Stage>, clock: ClockKey) -> Vec<String> {
        let directory = &self.books.directory;
        if let ClockKey::Stage(stage, number) = clock
            && let Some(case) = self.subject.case()
        {
            let mut visits = case.visits.iter();
            let visit = visits.find(|visit| visit.stage == stage && visit.number == number);
            let by = visit.and_then(|visit| visit.by.as_ref());
            if let Some(person) = by.and_then(|code| directory.person(code)) {
                return vec![person.name.clone()];
            }
        }
        let holders = stage.map(|stage| directory.holders(unit, stage));
        let holders = holders.unwrap_or_default().into_iter();
        holders.map(|person| person.name.clone()).collect()
    }

    fn add_case(&self, lists: &mut Lists, case: &Case) {
        let place = self.place(&case.unit);
        let id = &self.subject.id;
        for (number, correction) in (1..).zip(&case.corrections) {
            if self.window.holds(correction.notified_at) {
                lists.corrections.push(CorrectionLine {
                    case: id.clone(),
                    place: place.clone(),
                    number,
                    notified_at: correction.notified_at,
                    supplied_at: correction.supplied_at,
                });
            }
        }
        for stop in &self.subject.track.stops {
            if self.window.holds(stop.from) {
                lists.stops.push(StopLine {
                    case: id.clone(),
                    place: place.clone(),
                    procedure: stop.procedure,
                    notice: stop.notice.clone(),
                    from: stop.from,
                    to: stop.to,
                });
            }
        }
        if let Some(extension) = &case.extension
            && self.window.holds(extension.at)
        {
            lists.extensions.push(ExtensionLine {
                case: id.clone(),
                place,
                at: extension.at,
                working_days: extension.working_days,
            });
        }
    }

    fn order(&self, order: &Order) -> Option<OrderLine> {
        let annulled = self.subject.annulled();
        let standing = |seq: i64| !annulled.contains(&seq);
        let history = || self.subject.history.iter().filter(|e| standing(e.seq));
        if !history().any(|event| self.window.holds(event.occurred_at)) {
            return None;
        }
        let replies = history().filter(|e| matches!(e.event, Event::OrderReplied { .. }));
        let clock = self.subject.track.clock(order.clock());
        let closed_at = match order.phase {
            OrderPhase::Closed { at } => Some(at),
            OrderPhase::Issued | OrderPhase::Replied => None,
        };
        let replied_at = replies.map(|event| event.occurred_at).next_back();
        Some(OrderLine {
            order: self.subject.id.clone(),
            place: self.place(&order.unit),
            about: order.about.clone(),
            text: order.text.clone(),
            issued_at: order.issued_at,
            due_on: clock.and_then(|clock| clock.due).map(|due| due.on),
            replied_at,
            in_time: clock
                .filter(|clock| clock.ended_at.is_some() && clock.ended_at == replied_at)
                .map(|clock| !clock.was_late()),
            sent_back: order.terms.saturating_sub(1),
            closed_at,
            state: order.phase.as_str(),
        })
    }
}

/// The date that a card rests on: that of the event which set it, else the present one.
fn due_of(clock: &Clock, occurrence: i64) -> Option<Due> {
    let mut settings = clock.settings.iter().rev();
    let set = settings.find(|setting| setting.occurrence == occurrence);
    set.map(|setting| setting.due).or(clock.due)
}
