//! A supervision order (督办单): issued, replied to, then closed or sent back.

use calendar::Term;
use chrono::{DateTime, Utc};

use crate::command::Command;
use crate::event::{Event, Recorded};
use crate::ids::{SubjectId, UnitCode};
use crate::refusal::Refusal;
use crate::track::{ClockKey, ClockTerm, Moment, Stopping, Track};

/// Where an order stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrderPhase {
    /// 待回复
    Issued,
    /// 已回复
    Replied,
    /// 已销号
    Closed {
        /// When.
        at: DateTime<Utc>,
    },
}

impl OrderPhase {
    /// The word of the state.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Issued => "issued",
            Self::Replied => "replied",
            Self::Closed { .. } => "closed",
        }
    }
}

/// A supervision order as its events make it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// The unit that must answer.
    pub unit: UnitCode,
    /// What it must do.
    pub text: String,
    /// The term of the first issue.
    pub term: Term,
    /// The case it is about.
    pub about: Option<SubjectId>,
    /// The card of that case that brought it, by its sequence number.
    pub warning: Option<i64>,
    /// When it was issued.
    pub issued_at: DateTime<Utc>,
    /// Where it stands.
    pub phase: OrderPhase,
    /// The last reply.
    pub reply: Option<String>,
    /// How many terms it has had; a send-back starts a new one.
    pub terms: u32,
}

impl Order {
    /// Begins an order with its issue.
    ///
    /// # Errors
    /// A day that the calendar doesn't cover.
    pub fn begin(
        recorded: &Recorded,
        track: &mut Track,
        moment: Moment<'_>,
    ) -> Result<Self, Refusal> {
        let Event::OrderIssued {
            unit,
            text,
            term,
            about,
            warning,
        } = &recorded.event
        else {
            return Err(Refusal::WrongStage {
                needed: "issued",
                found: "nothing",
            });
        };
        let order = Self {
            unit: unit.clone(),
            text: text.clone(),
            term: *term,
            about: about.clone(),
            warning: *warning,
            issued_at: recorded.occurred_at,
            phase: OrderPhase::Issued,
            reply: None,
            terms: 1,
        };
        track.start(
            order.clock(),
            recorded.occurred_at,
            ClockTerm::Counted(*term),
            Stopping::RunsOn,
            moment,
        )?;
        Ok(order)
    }

    /// The clock of the present term.
    pub const fn clock(&self) -> ClockKey {
        ClockKey::Order(self.terms)
    }

    /// Applies one event.
    ///
    /// # Errors
    /// The transition that the phase forbids, naming both ends.
    pub fn apply(
        &mut self,
        recorded: &Recorded,
        track: &mut Track,
        moment: Moment<'_>,
    ) -> Result<(), Refusal> {
        let at = recorded.occurred_at;
        match &recorded.event {
            Event::OrderReplied { text, .. } => {
                self.need(OrderPhase::Issued)?;
                track.end(self.clock(), at);
                self.reply = Some(text.clone());
                self.phase = OrderPhase::Replied;
            }
            Event::OrderSentBack { term, .. } => {
                self.need(OrderPhase::Replied)?;
                self.terms = self.terms.saturating_add(1);
                self.phase = OrderPhase::Issued;
                let term = ClockTerm::Counted(term.unwrap_or(self.term));
                track.start(self.clock(), at, term, Stopping::RunsOn, moment)?;
            }
            Event::OrderClosed { .. } => {
                self.need_open()?;
                track.end_all(at);
                self.phase = OrderPhase::Closed { at };
            }
            _ => {
                return Err(Refusal::WrongSubject {
                    needed: "case",
                    found: "order",
                });
            }
        }
        Ok(())
    }

    /// Whether the order rests where an act needs it.
    ///
    /// # Errors
    /// Both ends of the transition.
    pub(crate) fn check_phase(&self, command: &Command) -> Result<(), Refusal> {
        match command {
            Command::ReplyOrder { .. } | Command::ReplyOrderWith { .. } => {
                self.need(OrderPhase::Issued)
            }
            Command::SendBackOrder { .. } => self.need(OrderPhase::Replied),
            Command::CloseOrder { .. } => self.need_open(),
            _ => Ok(()),
        }
    }

    fn need_open(&self) -> Result<(), Refusal> {
        match self.phase {
            OrderPhase::Issued | OrderPhase::Replied => Ok(()),
            OrderPhase::Closed { .. } => Err(Refusal::WrongStage {
                needed: OrderPhase::Replied.as_str(),
                found: self.phase.as_str(),
            }),
        }
    }

    fn need(&self, needed: OrderPhase) -> Result<(), Refusal> {
        if self.phase == needed {
            return Ok(());
        }
        Err(Refusal::WrongStage {
            needed: needed.as_str(),
            found: self.phase.as_str(),
        })
    }
}
