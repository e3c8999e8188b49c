//! An appeal (申诉): a unit's objection to a card, filed, perhaps referred, then decided.

use calendar::Term;
use chrono::{DateTime, Utc};

use crate::command::Command;
use crate::event::{Event, Recorded};
use crate::ids::{ItemCode, PersonCode, SubjectId, UnitCode};
use crate::refusal::Refusal;
use crate::rule::Level;
use crate::track::{ClockKey, ClockTerm, Moment, Stopping, Track};
use crate::warning::WarningState;

/// The answer to an appeal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AppealDecision {
    /// 撤销: the card is revoked.
    Revoked,
    /// 打回: the card stays.
    Rejected,
    /// 上报: somebody else decides.
    Referred,
}

impl AppealDecision {
    /// All answers.
    pub const ALL: &'static [Self] = &[Self::Revoked, Self::Rejected, Self::Referred];

    /// The word in the record.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Revoked => "revoked",
            Self::Rejected => "rejected",
            Self::Referred => "referred",
        }
    }

    /// Reads [`Self::as_str`] back.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|d| d.as_str() == word)
    }

    /// The word on Chinese papers and pages.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Revoked => "撤销",
            Self::Rejected => "打回",
            Self::Referred => "上报",
        }
    }
}

/// Where an appeal stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AppealPhase {
    /// 待答复
    Filed,
    /// 已上报: waits for somebody else than who referred it.
    Referred {
        /// Who referred it.
        by: Option<PersonCode>,
    },
    /// 已撤牌
    Revoked {
        /// When.
        at: DateTime<Utc>,
    },
    /// 已打回
    Rejected {
        /// When.
        at: DateTime<Utc>,
    },
    /// 已失效: the card fell for another reason before an answer.
    Lapsed {
        /// When.
        at: DateTime<Utc>,
        /// What became of the card.
        card: WarningState,
    },
}

impl AppealPhase {
    /// The word of the state.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Filed => "filed",
            Self::Referred { .. } => "referred",
            Self::Revoked { .. } => "revoked",
            Self::Rejected { .. } => "rejected",
            Self::Lapsed { .. } => "lapsed",
        }
    }

    /// When it was over; `None` while it waits for an answer.
    pub const fn over_at(&self) -> Option<DateTime<Utc>> {
        match self {
            Self::Filed | Self::Referred { .. } => None,
            Self::Revoked { at } | Self::Rejected { at } | Self::Lapsed { at, .. } => Some(*at),
        }
    }
}

/// The card that an appeal is against, as it was when the appeal was filed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppealedCard {
    /// The case or the order that bears it.
    pub about: SubjectId,
    /// Its sequence number there.
    pub warning: i64,
    /// The unit that it was issued against.
    pub unit: UnitCode,
    /// Yellow or red.
    pub level: Level,
    /// The item of the case.
    pub item: Option<ItemCode>,
}

/// An appeal as its events make it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Appeal {
    /// The card.
    pub card: AppealedCard,
    /// Why the unit objects.
    pub grounds: String,
    /// Within which term it must be answered; a referral starts it anew.
    pub term: Term,
    /// When it was filed.
    pub filed_at: DateTime<Utc>,
    /// Who filed it.
    pub filed_by: Option<PersonCode>,
    /// Where it stands.
    pub phase: AppealPhase,
    /// What the last answer gave as its reason.
    pub reason: Option<String>,
    /// How many terms it has had.
    pub terms: u32,
}

impl Appeal {
    /// Begins an appeal with its filing.
    ///
    /// # Errors
    /// A day that the calendar doesn't cover.
    pub fn begin(
        recorded: &Recorded,
        track: &mut Track,
        moment: Moment<'_>,
    ) -> Result<Self, Refusal> {
        let Event::AppealFiled {
            card,
            grounds,
            term,
            ..
        } = &recorded.event
        else {
            return Err(Refusal::WrongStage {
                needed: "filed",
                found: "nothing",
            });
        };
        let appeal = Self {
            card: card.clone(),
            grounds: grounds.clone(),
            term: *term,
            filed_at: recorded.occurred_at,
            filed_by: recorded.by.clone(),
            phase: AppealPhase::Filed,
            reason: None,
            terms: 1,
        };
        appeal.start(recorded.occurred_at, track, moment)?;
        Ok(appeal)
    }

    /// The clock of the present term.
    pub const fn clock(&self) -> ClockKey {
        ClockKey::Appeal(self.terms)
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
            Event::AppealDecided { decision, reason } => {
                self.need_for(*decision)?;
                self.reason = Some(reason.clone());
                track.end(self.clock(), at);
                self.phase = match decision {
                    AppealDecision::Revoked => AppealPhase::Revoked { at },
                    AppealDecision::Rejected => AppealPhase::Rejected { at },
                    AppealDecision::Referred => {
                        self.terms = self.terms.saturating_add(1);
                        self.start(at, track, moment)?;
                        let by = recorded.stands_for.clone().or_else(|| recorded.by.clone());
                        AppealPhase::Referred { by }
                    }
                };
            }
            Event::AppealLapsed { card } => {
                self.need_open()?;
                track.end_all(at);
                self.phase = AppealPhase::Lapsed { at, card: *card };
            }
            _ => {
                return Err(Refusal::WrongSubject {
                    needed: "case",
                    found: "appeal",
                });
            }
        }
        Ok(())
    }

    /// Whether the appeal rests where an act needs it.
    ///
    /// # Errors
    /// Both ends of the transition.
    pub(crate) fn check_phase(&self, command: &Command) -> Result<(), Refusal> {
        match command {
            Command::DecideAppeal { decision, .. } => self.need_for(*decision),
            Command::LapseAppeal { .. } => self.need_open(),
            _ => Ok(()),
        }
    }

    /// What was referred once isn't referred again.
    fn need_for(&self, decision: AppealDecision) -> Result<(), Refusal> {
        match decision {
            AppealDecision::Revoked | AppealDecision::Rejected => self.need_open(),
            AppealDecision::Referred => self.need_filed(),
        }
    }

    fn start(
        &self,
        at: DateTime<Utc>,
        track: &mut Track,
        moment: Moment<'_>,
    ) -> Result<(), Refusal> {
        let term = ClockTerm::Counted(self.term);
        track.start(self.clock(), at, term, Stopping::RunsOn, moment)?;
        Ok(())
    }

    fn need_open(&self) -> Result<(), Refusal> {
        match self.phase.over_at() {
            None => Ok(()),
            Some(_) => self.need_filed(),
        }
    }

    fn need_filed(&self) -> Result<(), Refusal> {
        if self.phase == AppealPhase::Filed {
            return Ok(());
        }
        Err(Refusal::WrongStage {
            needed: "filed",
            found: self.phase.as_str(),
        })
    }
}
