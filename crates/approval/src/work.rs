//! One transaction's worth of thought: settle what time did, then do what was asked, and plan the rest.
//!
//! A [`Work`] holds a subject and the instant of its one clock reading. It gives back a [`Plan`]
//! that leaves its executor no choice: events, message items, orders, the next alarm.

use std::sync::Arc;

use calendar::Due;
use chrono::{DateTime, Utc};

use crate::alarm::{Alarm, AlarmKind, next_alarm};
use crate::appeals;
use crate::books::Books;
use crate::command::{Act, Command, Opening, Origin};
use crate::event::{Defect, Event, Recorded, WarningRaised};
use crate::ids::{DivisionCode, SubjectId};
use crate::message::{
    AppealNews, MessageItem, Notice, OrderNotice, OrderRequest, RevocationRequest, WarningNotice,
};
use crate::refusal::Refusal;
use crate::rights;
use crate::rule::{Audience, IssueMode, Rule};
use crate::subject::{Body, Subject};
use crate::track::ClockKey;
use crate::view::{clock_view, due_view};
use crate::warning::WarningState;

/// A subject at work.
#[derive(Clone, Debug)]
pub struct Work<'b> {
    pub(crate) subject: Subject,
    pub(crate) books: &'b Books,
    pub(crate) now: DateTime<Utc>,
    loaded_seq: i64,
    pub(crate) items: Vec<MessageItem>,
    orders: Vec<(i64, OrderRequest)>,
    fallen: Vec<i64>,
    orders_fallen: Vec<i64>,
    pub(crate) appeals_fallen: Vec<(SubjectId, WarningState)>,
    pub(crate) revocations: Vec<RevocationRequest>,
    untold: Vec<i64>,
}

/// What is to be written, in one transaction.
#[derive(Clone, Debug)]
#[must_use = "a plan that isn't written is a lost act"]
pub struct Plan {
    /// The subject as it will be.
    pub subject: Subject,
    /// The sequence number that it had before; 0 for a new one.
    pub loaded_seq: i64,
    /// Message items for the events written now.
    pub items: Vec<MessageItem>,
    /// Orders that cards bring with them.
    pub orders: Vec<OrderRequest>,
    /// Warnings whose basis fell: their unsent items are dropped.
    pub fallen: Vec<i64>,
    /// Cards that brought an order and fell or were revoked: the orders that name them are closed.
    pub orders_fallen: Vec<i64>,
    /// Appeals whose card fell or was revoked, and what became of it: those that are open are closed.
    pub appeals_fallen: Vec<(SubjectId, WarningState)>,
    /// Cards that the answer to an appeal takes away.
    pub revocations: Vec<RevocationRequest>,
    /// The events of an order that fell with its card: nobody need hear of them any more.
    pub untold: Vec<i64>,
    /// When time will do something to it again.
    pub next_alarm: Option<DateTime<Utc>>,
}

impl Plan {
    /// The events to append.
    pub fn new_events(&self) -> impl Iterator<Item = &Arc<Recorded>> {
        self.subject
            .history
            .iter()
            .filter(|e| e.seq > self.loaded_seq)
    }

    /// Whether there is anything to write.
    pub fn is_empty(&self) -> bool {
        self.subject.seq() == self.loaded_seq
    }
}

impl<'b> Work<'b> {
    /// Goes on with a subject that was loaded.
    pub fn resume(subject: Subject, books: &'b Books, clock: DateTime<Utc>) -> Self {
        // recorded_at never goes back within a subject, even if the machine's clock does.
        let now = subject
            .last_recorded_at()
            .map_or(clock, |last| last.max(clock));
        Self {
            loaded_seq: subject.seq(),
            subject,
            books,
            now,
            items: Vec::new(),
            orders: Vec::new(),
            fallen: Vec::new(),
            orders_fallen: Vec::new(),
            appeals_fallen: Vec::new(),
            revocations: Vec::new(),
            untold: Vec::new(),
        }
    }

    /// Begins a new subject.
    ///
    /// # Errors
    /// Unknown codes, empty texts, an instant in the future, a day outside the calendar.
    pub fn begin(
        division: DivisionCode,
        id: SubjectId,
        opening: Opening,
        act: &Act,
        books: &'b Books,
        now: DateTime<Utc>,
    ) -> Result<Self, Refusal> {
        let occurred_at = act.at.unwrap_or(now);
        if occurred_at > now {
            return Err(Refusal::in_future(&books.calendar, occurred_at, now));
        }
        let actor = rights::actor(books, act, occurred_at)?;
        let rights = rights::of_opening(&opening, books, occurred_at)?;
        rights::check(books, actor, act.origin, &rights)?;
        let (event, missing) = opening_event(opening, books, occurred_at)?;
        let mut defects = Vec::new();
        note_missing_late_reason(books, act, occurred_at, now, &mut defects);
        let first = Recorded {
            seq: 1,
            occurred_at,
            recorded_at: now,
            by: act.by.clone(),
            stands_for: act.stands_for.clone(),
            calendar: books.calendar.version().to_owned(),
            rules: rules_of(books, now),
            late_reason: act.late_reason.clone(),
            defects,
            source_key: act.source_key.clone(),
            event,
        };
        let subject = Subject::begin(division, id, first, books)?;
        let mut work = Self {
            loaded_seq: 0,
            subject,
            books,
            now,
            items: Vec::new(),
            orders: Vec::new(),
            fallen: Vec::new(),
            orders_fallen: Vec::new(),
            appeals_fallen: Vec::new(),
            revocations: Vec::new(),
            untold: Vec::new(),
        };
        match &work.subject.body {
            Body::Order(_) => work.tell_order(1, false),
            Body::Appeal(_) => work.tell_appeal(AppealNews::Filed),
            Body::Case(_) => {}
        }
        if !missing.is_empty() {
            work.act(
                Command::Correct { missing },
                &Act {
                    source_key: None,
                    ..act.clone()
                },
            )?;
        }
        Ok(work)
    }

    /// The subject as it stands in this work.
    pub fn subject(&self) -> &Subject {
        &self.subject
    }

    /// The instant that this work records.
    pub fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// Takes every alarm up to `bound` (at most the clock), in order. Deemed acceptance starts clocks
    /// whose limits may have passed already; they give their cards in the same pass.
    ///
    /// # Errors
    /// A day outside the calendar.
    pub fn settle_up_to(&mut self, bound: DateTime<Utc>) -> Result<(), Refusal> {
        let bound = bound.min(self.now);
        while let Some(alarm) = next_alarm(&self.subject, self.books) {
            if alarm.at > bound {
                break;
            }
            self.fire(&alarm)?;
        }
        Ok(())
    }

    /// Takes every alarm up to the clock.
    ///
    /// # Errors
    /// A day outside the calendar.
    pub fn settle(&mut self) -> Result<(), Refusal> {
        self.settle_up_to(self.now)
    }

    fn fire(&mut self, alarm: &Alarm) -> Result<(), Refusal> {
        match &alarm.kind {
            AlarmKind::Deem => {
                let item_version = self.item_version_at(alarm.due_at)?;
                self.program(alarm.due_at, Event::DeemedAccepted { item_version })
            }
            AlarmKind::Limit => self.program(
                alarm.effective_at,
                Event::LimitPassed {
                    clock: alarm.clock,
                    occurrence: alarm.occurrence,
                    limit_at: alarm.at,
                    effective_at: alarm.effective_at,
                },
            ),
            AlarmKind::Warn { set, .. } => {
                let Some(rule) = alarm.rule().cloned() else {
                    return Ok(());
                };
                let pending = rule.issue == IssueMode::WaitForInspector;
                self.program(
                    alarm.effective_at,
                    Event::WarningRaised(WarningRaised {
                        rule: rule.id.clone(),
                        rules_version: set.version,
                        level: rule.level,
                        clock: alarm.clock,
                        occurrence: alarm.occurrence,
                        due_at: alarm.due_at,
                        limit_at: alarm.at,
                        effective_at: alarm.effective_at,
                        pending,
                        evidence: None,
                    }),
                )?;
                if !pending {
                    let seq = self.subject.seq();
                    self.issue(seq, &rule);
                }
                Ok(())
            }
        }
    }

    /// Tells whom the rule names, and issues the order that goes with the card.
    pub(crate) fn issue(&mut self, warning: i64, rule: &Rule) {
        let Some(notice) = self.notice_of(warning, rule) else {
            return;
        };
        let (unit, stage) = self.subject.responsible_for(notice.clock);
        let directory = &self.books.directory;
        let tell = audiences_of(notice.clock, &rule.tell);
        let recipients = directory.recipients(unit, stage, &tell, self.now);
        let unit = unit.clone();
        for recipient in recipients {
            self.items.push(MessageItem {
                seq: warning,
                recipient,
                notice: Notice::Warning(notice.clone()),
            });
        }
        if let (Some(order), Some(_)) = (&rule.order, self.subject.case()) {
            let request = OrderRequest {
                about: self.subject.id.clone(),
                warning: Some(warning),
                unit,
                term: order.term,
                text: order.text.clone(),
                occurred_at: self.now,
            };
            self.orders.push((warning, request));
        }
    }

    fn notice_of(&self, warning: i64, rule: &Rule) -> Option<WarningNotice> {
        let raised = &self
            .subject
            .track
            .warnings
            .iter()
            .find(|w| w.seq == warning)?
            .raised;
        let calendar = &self.books.calendar;
        let (due, day0, view) = match raised.clock {
            // What an inspector found has no time that runs: its day is that of the finding.
            ClockKey::Manual(_) => {
                let on = calendar.office_date(raised.limit_at);
                let due = Due {
                    on,
                    at: raised.due_at,
                };
                (due, on, due_view(due, raised.due_at, calendar))
            }
            key => {
                let clock = self.subject.track.clock(key)?;
                // The date on the card, also when the clock has another or none by the time it is issued.
                let mut dates = clock.settings.iter().rev().map(|s| s.due);
                let due = dates.find(|due| due.at == raised.due_at)?;
                let view = due_view(due, clock.ended_at.unwrap_or(self.now), calendar);
                (due, calendar.office_date(clock.start), view)
            }
        };
        let directory = &self.books.directory;
        let (unit, stage) = self.subject.responsible_for(raised.clock);
        let responsible = audiences_of(raised.clock, &[Audience::Handler]);
        let responsible = directory
            .recipients(unit, stage, &responsible, self.now)
            .iter()
            .filter_map(|code| directory.person(code))
            .map(|p| p.name.clone())
            .collect();
        Some(WarningNotice {
            level: rule.level,
            item_name: self.item_name(),
            unit_name: directory
                .unit(unit)
                .map_or_else(|| unit.as_str().to_owned(), |u| u.name.clone()),
            stage: self.subject.stage(),
            clock: raised.clock,
            due_on: due.on,
            due_at: due.at,
            limit_at: raised.limit_at,
            left: view.left.unwrap_or(0),
            over: view.over.unwrap_or(0),
            rule: rule.id.clone(),
            rule_text: rule.text.clone(),
            rule_text_en: rule.text_en.clone(),
            basis: rule
                .basis
                .iter()
                .filter_map(|key| self.books.law.basis(key, day0))
                .map(|b| b.article.clone())
                .collect(),
            responsible,
            evidence: raised.evidence.clone(),
            recorded_at: self.now,
        })
    }

    /// Tells the unit's head of an order.
    pub(crate) fn tell_order(&mut self, seq: i64, sent_back: bool) {
        let Some(order) = self.subject.order() else {
            return;
        };
        let due = self.subject.track.clock(order.clock()).and_then(|c| c.due);
        let event = self.subject.event(seq);
        let reason = event.and_then(|e| match &e.event {
            Event::OrderSentBack { reason, .. } => Some(reason.clone()),
            _ => None,
        });
        let view = self
            .subject
            .track
            .clock(order.clock())
            .map(|c| clock_view(c, self.now, &self.books.calendar));
        let directory = &self.books.directory;
        let notice = OrderNotice {
            unit_name: directory
                .unit(&order.unit)
                .map_or_else(|| order.unit.as_str().to_owned(), |u| u.name.clone()),
            text: order.text.clone(),
            about: order.about.clone(),
            due_on: due.map(|d| d.on),
            due_at: due.map(|d| d.at),
            sent_back,
            reason,
            by: event
                .and_then(|e| e.by.as_ref())
                .and_then(|code| directory.person(code))
                .map(|p| p.name.clone()),
            left: view.and_then(|v| v.left),
            recorded_at: self.now,
        };
        for recipient in directory.recipients(&order.unit, None, &[Audience::Head], self.now) {
            self.items.push(MessageItem {
                seq,
                recipient,
                notice: Notice::Order(notice.clone()),
            });
        }
    }

    /// Records an event of the program's own.
    fn program(&mut self, occurred_at: DateTime<Utc>, event: Event) -> Result<(), Refusal> {
        self.record(occurred_at, &Act::program(), Vec::new(), event)
    }

    /// Records an event: all of it or nothing.
    pub(crate) fn record(
        &mut self,
        occurred_at: DateTime<Utc>,
        act: &Act,
        defects: Vec<Defect>,
        event: Event,
    ) -> Result<(), Refusal> {
        let mut recorded = Recorded {
            seq: self.subject.seq().saturating_add(1),
            occurred_at,
            recorded_at: self.now,
            by: act.by.clone(),
            stands_for: act.stands_for.clone(),
            calendar: self.books.calendar.version().to_owned(),
            rules: None,
            late_reason: act.late_reason.clone(),
            defects,
            source_key: act.source_key.clone(),
            event,
        };
        recorded.rules = rules_of(self.books, self.subject.known_at(&recorded));
        let mut next = self.subject.clone();
        next.apply(recorded, self.books)?;
        self.subject = next;
        Ok(())
    }

    /// The version of the case's item that an acceptance at this instant puts in force.
    pub(crate) fn item_version_at(&self, at: DateTime<Utc>) -> Result<Option<i64>, Refusal> {
        let Some(case) = self.subject.case() else {
            return Ok(None);
        };
        let item = self.books.item_in_force(&case.item.code, at)?;
        Ok(Some(item.version))
    }

    /// Takes away the warnings for which `falls` holds, naming the cause.
    pub(crate) fn annul_warnings(
        &mut self,
        cause: i64,
        falls: impl Fn(&Subject, &crate::warning::Warning) -> bool,
    ) -> Result<(), Refusal> {
        let fallen: Vec<i64> = self
            .subject
            .track
            .warnings
            .iter()
            .filter(|w| w.is_live() && falls(&self.subject, w))
            .map(|w| w.seq)
            .collect();
        for warning in fallen {
            self.program(self.now, Event::WarningAnnulled { warning, cause })?;
            self.drop_items(warning);
        }
        Ok(())
    }

    /// Closes an order whose card fell. The unit owes nothing under it from the first: what was raised on
    /// its terms has lost its basis, and what nobody has been told yet stays untold.
    ///
    /// # Errors
    /// An order that is closed already, or a case.
    pub fn let_order_fall(&mut self, remark: &str) -> Result<(), Refusal> {
        let close = Command::CloseOrder {
            remark: Some(remark.to_owned()),
        };
        self.act(close, &Act::program())?;
        let cause = self.subject.seq();
        self.annul_warnings(cause, |_, _| true)?;
        let told = self.subject.history.iter();
        self.untold = told
            .filter(|e| {
                matches!(
                    e.event,
                    Event::OrderIssued { .. } | Event::OrderSentBack { .. }
                )
            })
            .map(|e| e.seq)
            .collect();
        Ok(())
    }

    /// Marks a warning's messages as fallen: what was planned just now, the order that was to go with
    /// it, and what waits unsent.
    pub(crate) fn drop_items(&mut self, warning: i64) {
        self.items.retain(|i| i.seq != warning);
        let planned = self.orders.len();
        self.orders.retain(|(seq, _)| *seq != warning);
        if planned == self.orders.len() && self.brought_an_order(warning) {
            self.orders_fallen.push(warning);
        }
        self.fallen.push(warning);
        let mut warnings = self.subject.track.warnings.iter();
        let fallen = warnings.find(|w| w.seq == warning);
        let appealed = fallen.and_then(|w| Some((w.appeal.clone()?, w.state)));
        self.appeals_fallen.extend(appealed);
    }

    /// Whether the rule of a case's card brings an order with it.
    fn brought_an_order(&self, warning: i64) -> bool {
        let mut warnings = self.subject.track.warnings.iter();
        self.subject.case().is_some()
            && warnings
                .find(|w| w.seq == warning)
                .and_then(|w| self.books.rule_of(&w.raised))
                .is_some_and(|rule| rule.order.is_some())
    }

    /// The plan.
    pub fn finish(self) -> Plan {
        let next_alarm = next_alarm(&self.subject, self.books).map(|a| a.at);
        Plan {
            subject: self.subject,
            loaded_seq: self.loaded_seq,
            items: self.items,
            orders: self.orders.into_iter().map(|(_, order)| order).collect(),
            fallen: self.fallen,
            orders_fallen: self.orders_fallen,
            appeals_fallen: self.appeals_fallen,
            revocations: self.revocations,
            untold: self.untold,
            next_alarm,
        }
    }

    /// An act recorded after a limit although it is said to have happened before it (invariant 7).
    pub(crate) fn is_late_recording(&self, occurred_at: DateTime<Utc>) -> bool {
        self.subject.track.clocks.iter().any(|clock| {
            clock.ended_at.is_none()
                && clock
                    .due
                    .is_some_and(|due| occurred_at < due.at && due.at <= self.now)
        })
    }
}

/// Who has a clock in hand: an appeal is answered by the inspectors, not by the unit that filed it.
fn audiences_of(clock: ClockKey, tell: &[Audience]) -> Vec<Audience> {
    let answers = matches!(clock, ClockKey::Appeal(_));
    let of_unit = |a: &Audience| matches!(a, Audience::Handler | Audience::StandIn);
    let mut audiences: Vec<Audience> = Vec::new();
    for audience in tell {
        let audience = match audience {
            audience if answers && of_unit(audience) => Audience::Inspector,
            audience => *audience,
        };
        if !audiences.contains(&audience) {
            audiences.push(audience);
        }
    }
    audiences
}

/// The version of the rules in force at an instant.
fn rules_of(books: &Books, at: DateTime<Utc>) -> Option<i64> {
    books.rules_at(at).map(|set| set.version)
}

/// Recorded on a later office day than it happened, and nobody said why.
pub(crate) fn note_missing_late_reason(
    books: &Books,
    act: &Act,
    occurred_at: DateTime<Utc>,
    now: DateTime<Utc>,
    defects: &mut Vec<Defect>,
) {
    let later_day = books.calendar.office_date(occurred_at) < books.calendar.office_date(now);
    if later_day && act.late_reason.is_none() && act.origin == Origin::Desk {
        defects.push(Defect::NoLateReason);
    }
}

fn opening_event(
    opening: Opening,
    books: &Books,
    at: DateTime<Utc>,
) -> Result<(Event, Vec<String>), Refusal> {
    match opening {
        Opening::Receive {
            item,
            missing,
            given_limit,
            source,
            unit,
        } => {
            let in_force = books.item_in_force(&item, at)?;
            let event = Event::Received {
                item,
                item_version: in_force.version,
                unit: unit.unwrap_or_else(|| in_force.unit.clone()),
                given_limit,
                source,
            };
            Ok((event, missing))
        }
        Opening::IssueOrder {
            unit,
            text,
            term,
            about,
            warning,
        } => {
            if text.trim().is_empty() {
                return Err(Refusal::Empty {
                    field: "督办内容"
                });
            }
            if books.directory.unit(&unit).is_none() {
                return Err(Refusal::Unknown {
                    what: "单位",
                    code: unit.as_str().to_owned(),
                });
            }
            let event = Event::OrderIssued {
                unit,
                text,
                term,
                about,
                warning,
            };
            Ok((event, Vec::new()))
        }
        Opening::FileAppeal {
            card,
            grounds,
            attachments,
        } => {
            let event = appeals::filed(card, grounds, attachments, books, at)?;
            Ok((event, Vec::new()))
        }
    }
}
