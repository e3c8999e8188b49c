//! A subject: whatever has events, clocks and alarms. Its state is a fold over its events.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::appeal::Appeal;
use crate::books::Books;
use crate::case::Case;
use crate::event::{Event, Recorded};
use crate::ids::{DivisionCode, SubjectId, UnitCode};
use crate::order::{Order, OrderPhase};
use crate::refusal::Refusal;
use crate::stage::Stage;
use crate::track::{Clock, ClockKey, Moment, Setting, Track};
use crate::warning::{Warning, WarningState};

/// What kind of thing a subject is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// 办件
    Case(Box<Case>),
    /// 督办单
    Order(Box<Order>),
    /// 申诉
    Appeal(Box<Appeal>),
}

/// A subject with its whole history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// The division it belongs to.
    pub division: DivisionCode,
    /// Its number.
    pub id: SubjectId,
    /// The case, the order or the appeal.
    pub body: Body,
    /// Its clocks, stops and warnings.
    pub track: Track,
    /// Its events, the oldest first; never empty.
    pub history: Vec<Arc<Recorded>>,
}

impl Subject {
    /// Begins a subject with its first event.
    ///
    /// # Errors
    /// What the first event must not be, or a day outside the calendar.
    pub fn begin(
        division: DivisionCode,
        id: SubjectId,
        first: Recorded,
        books: &Books,
    ) -> Result<Self, Refusal> {
        let mut track = Track::default();
        let calendar = Arc::clone(books.calendar_version(&first.calendar)?);
        let moment = Moment {
            seq: first.seq,
            recorded_at: first.recorded_at,
            rules: first.rules,
            calendar: &calendar,
        };
        let body = match &first.event {
            Event::OrderIssued { .. } => {
                Body::Order(Box::new(Order::begin(&first, &mut track, moment)?))
            }
            Event::AppealFiled { .. } => {
                Body::Appeal(Box::new(Appeal::begin(&first, &mut track, moment)?))
            }
            _ => Body::Case(Box::new(Case::begin(&first, &mut track, books, moment)?)),
        };
        Ok(Self {
            division,
            id,
            body,
            track,
            history: vec![Arc::new(first)],
        })
    }

    /// Reads a subject from its events.
    ///
    /// # Errors
    /// `None` for an empty history, otherwise the first event that doesn't hold.
    pub fn replay(
        division: DivisionCode,
        id: SubjectId,
        events: impl IntoIterator<Item = Recorded>,
        books: &Books,
    ) -> Result<Option<Self>, Refusal> {
        let mut events = events.into_iter();
        let Some(first) = events.next() else {
            return Ok(None);
        };
        let mut subject = Self::begin(division, id, first, books)?;
        for event in events {
            subject.apply(event, books)?;
        }
        Ok(Some(subject))
    }

    /// The sequence number of the last event.
    pub fn seq(&self) -> i64 {
        self.history.last().map_or(0, |e| e.seq)
    }

    /// When the last event was recorded.
    pub fn last_recorded_at(&self) -> Option<DateTime<Utc>> {
        self.history.last().map(|e| e.recorded_at)
    }

    /// The case, if it is one.
    pub fn case(&self) -> Option<&Case> {
        match &self.body {
            Body::Case(case) => Some(case),
            Body::Order(_) | Body::Appeal(_) => None,
        }
    }

    /// The order, if it is one.
    pub fn order(&self) -> Option<&Order> {
        match &self.body {
            Body::Order(order) => Some(order),
            Body::Case(_) | Body::Appeal(_) => None,
        }
    }

    /// The appeal, if it is one.
    pub fn appeal(&self) -> Option<&Appeal> {
        match &self.body {
            Body::Appeal(appeal) => Some(appeal),
            Body::Case(_) | Body::Order(_) => None,
        }
    }

    /// The word of what it is: `case`, `order` or `appeal`.
    pub const fn kind(&self) -> &'static str {
        match &self.body {
            Body::Case(_) => "case",
            Body::Order(_) => "order",
            Body::Appeal(_) => "appeal",
        }
    }

    /// The unit that must act; of an appeal, the one that filed it.
    pub fn unit(&self) -> &UnitCode {
        match &self.body {
            Body::Case(case) => &case.unit,
            Body::Order(order) => &order.unit,
            Body::Appeal(appeal) => &appeal.card.unit,
        }
    }

    /// Whose post a clock is: the holders of the stage that it measures, the partner unit for an
    /// opinion, else those in whose stage the case rests or, once it is over, rested last. An order has
    /// no stage.
    pub(crate) fn responsible_for(&self, clock: ClockKey) -> (&UnitCode, Option<Stage>) {
        let unit = self.unit();
        match clock {
            ClockKey::Stage(stage, _) => (unit, Some(stage)),
            ClockKey::Acceptance(_) | ClockKey::Correction(_) => (unit, Some(Stage::Acceptance)),
            // Permits are handed over where cases are completed, also after that (行政许可法 art. 44).
            ClockKey::Delivery(_) => (unit, Some(Stage::Completion)),
            ClockKey::Partner(number) => {
                let partners = self.case().map(|c| c.partners.as_slice());
                let asked = partners
                    .unwrap_or_default()
                    .iter()
                    .find(|p| p.number == number);
                (asked.map_or(unit, |p| &p.unit), Some(Stage::Handling))
            }
            ClockKey::Promised
            | ClockKey::Statutory
            | ClockKey::Stop(_)
            | ClockKey::Suspension(_)
            | ClockKey::Order(_)
            | ClockKey::Appeal(_)
            | ClockKey::Manual(_) => (unit, self.case().map(Case::last_stage)),
        }
    }

    /// The unit that a warning is against: that of the subject, or the partner unit whose opinion is late.
    pub fn unit_of_warning(&self, seq: i64) -> &UnitCode {
        let warning = self.track.warnings.iter().find(|w| w.seq == seq);
        warning.map_or_else(|| self.unit(), |w| self.responsible_for(w.clock()).0)
    }

    /// The word of its state.
    pub fn state(&self) -> &'static str {
        match &self.body {
            Body::Case(case) => case.phase.as_str(),
            Body::Order(order) => order.phase.as_str(),
            Body::Appeal(appeal) => appeal.phase.as_str(),
        }
    }

    /// The stage in which it rests; orders and appeals have none.
    pub fn stage(&self) -> Option<Stage> {
        self.case().and_then(Case::stage)
    }

    /// Whether anything may still happen to its matter.
    pub fn is_open(&self) -> bool {
        match &self.body {
            Body::Case(case) => case.over_at().is_none(),
            Body::Order(order) => !matches!(order.phase, OrderPhase::Closed { .. }),
            Body::Appeal(appeal) => appeal.phase.over_at().is_none(),
        }
    }

    /// An event by its sequence number.
    pub fn event(&self, seq: i64) -> Option<&Arc<Recorded>> {
        self.history.iter().find(|e| e.seq == seq)
    }

    /// The sequence numbers that later events annulled.
    pub fn annulled(&self) -> BTreeSet<i64> {
        self.history
            .iter()
            .filter_map(|e| match e.event {
                Event::EventAnnulled { target, .. } => Some(target),
                _ => None,
            })
            .collect()
    }

    /// Applies one event and keeps it.
    ///
    /// # Errors
    /// What the state forbids. `self` must not be used any more then: callers apply to a copy.
    pub fn apply(&mut self, recorded: Recorded, books: &Books) -> Result<(), Refusal> {
        if let Event::EventAnnulled { target, .. } = recorded.event {
            return self.annul(target, recorded, books);
        }
        self.apply_plain(&recorded, books)?;
        self.history.push(Arc::new(recorded));
        Ok(())
    }

    fn apply_plain(&mut self, recorded: &Recorded, books: &Books) -> Result<(), Refusal> {
        let calendar = Arc::clone(books.calendar_version(&recorded.calendar)?);
        let moment = Moment {
            seq: recorded.seq,
            recorded_at: self.known_at(recorded),
            rules: recorded.rules,
            calendar: &calendar,
        };
        match &recorded.event {
            Event::LimitPassed {
                clock, occurrence, ..
            } => self.track.limits_passed.push((*clock, *occurrence)),
            Event::WarningRaised(raised) => self.track.warnings.push(Warning {
                seq: recorded.seq,
                raised: raised.clone(),
                recorded_at: recorded.recorded_at,
                state: if raised.pending {
                    WarningState::Pending
                } else {
                    WarningState::Issued
                },
                issued_at: (!raised.pending).then_some(recorded.recorded_at),
                appeal: None,
            }),
            Event::WarningIssued { warning } => {
                self.move_warning(*warning, WarningState::Issued, |s| {
                    s == WarningState::Pending
                })?
                .issued_at = Some(recorded.recorded_at);
            }
            Event::WarningRevoked { warning, .. } => {
                self.move_warning(*warning, WarningState::Revoked, is_live)?;
            }
            Event::WarningAnnulled { warning, .. } => {
                self.move_warning(*warning, WarningState::Annulled, is_live)?;
            }
            Event::WarningAppealed { warning, appeal } => {
                let seq = *warning;
                let mut cards = self.track.warnings.iter_mut();
                let card = cards.find(|w| w.seq == seq && w.appeal.is_none());
                card.ok_or(Refusal::NoSuchWarning { seq })?.appeal = Some(appeal.clone());
            }
            Event::DatesRevised { .. } => self.track.revise(moment)?,
            _ => match &mut self.body {
                Body::Case(case) => case.apply(recorded, &mut self.track, books, moment)?,
                Body::Order(order) => order.apply(recorded, &mut self.track, moment)?,
                Body::Appeal(appeal) => appeal.apply(recorded, &mut self.track, moment)?,
            },
        }
        self.track.judge(&calendar);
        Ok(())
    }

    /// From when the dates that an event sets are known: its record; a deemed acceptance comes about
    /// by law at its own instant, once the receipt is recorded.
    pub(crate) fn known_at(&self, recorded: &Recorded) -> DateTime<Utc> {
        if !matches!(recorded.event, Event::DeemedAccepted { .. }) {
            return recorded.recorded_at;
        }
        self.case()
            .and_then(|case| self.track.clock(case.acceptance_clock()))
            .and_then(|clock| clock.settings.last())
            .map_or(recorded.recorded_at, |setting| {
                setting.recorded_at.max(recorded.occurred_at)
            })
    }

    fn move_warning(
        &mut self,
        seq: i64,
        to: WarningState,
        from: impl Fn(WarningState) -> bool,
    ) -> Result<&mut Warning, Refusal> {
        let warning = self
            .track
            .warnings
            .iter_mut()
            .find(|w| w.seq == seq && from(w.state))
            .ok_or(Refusal::NoSuchWarning { seq })?;
        warning.state = to;
        Ok(warning)
    }

    /// Reads the history without the annulled events. A date that comes out differently, or that runs
    /// again, is set by the annulment; one that stays keeps the event that set it, so that no card is
    /// raised for it again.
    fn annul(&mut self, target: i64, recorded: Recorded, books: &Books) -> Result<(), Refusal> {
        let mut without = self.annulled();
        let fallen = self
            .event(target)
            .filter(|_| !without.contains(&target))
            .ok_or(Refusal::NoSuchEvent { seq: target })?;
        if !fallen.event.can_be_annulled() {
            return Err(Refusal::NotAnnullable {
                seq: target,
                kind: fallen.event.kind(),
            });
        }
        without.insert(target);
        let mut fresh = self.read_without(target, &without, books)?;
        // What runs again may have been over when a calendar came that would have moved it.
        let calendar = Arc::clone(books.calendar_version(&recorded.calendar)?);
        fresh.track.supersede(&calendar)?;
        for clock in &mut fresh.track.clocks {
            let Some(due) = clock.due else { continue };
            let before = self.track.clock(clock.key);
            let same = before
                .filter(|old| old.due == Some(due) && !runs_longer(clock, old))
                .and_then(|old| old.setting());
            let setting = same.copied().unwrap_or(Setting {
                occurrence: recorded.seq,
                due,
                recorded_at: recorded.recorded_at,
            });
            if clock.settings.last() != Some(&setting) {
                clock.settings.push(setting);
            }
        }
        fresh.history = std::mem::take(&mut self.history);
        fresh.history.push(Arc::new(recorded));
        *self = fresh;
        Ok(())
    }

    fn read_without(
        &self,
        target: i64,
        without: &BTreeSet<i64>,
        books: &Books,
    ) -> Result<Self, Refusal> {
        let kept = self.history.iter().filter(|e| {
            !without.contains(&e.seq) && !matches!(e.event, Event::EventAnnulled { .. })
        });
        let mut fresh: Option<Self> = None;
        for event in kept {
            let step = match &mut fresh {
                None => Self::begin(
                    self.division.clone(),
                    self.id.clone(),
                    Recorded::clone(event),
                    books,
                )
                .map(|subject| fresh = Some(subject)),
                Some(subject) => subject.apply_plain(event, books),
            };
            step.map_err(|refusal| Refusal::DoesNotReplay {
                seq: target,
                broken: event.seq,
                why: refusal.to_string(),
            })?;
        }
        fresh.ok_or(Refusal::NoSuchEvent { seq: target })
    }
}

/// Whether a clock that had ended runs again, or ended later, than it did before.
fn runs_longer(now: &Clock, before: &Clock) -> bool {
    before
        .ended_at
        .is_some_and(|old| now.ended_at.is_none_or(|end| end > old))
}

fn is_live(state: WarningState) -> bool {
    matches!(state, WarningState::Pending | WarningState::Issued)
}
