//! What an inspector enters: points of a unit for what the program can't know, with the reason; the unit's objection;
//! the decision. An entry is never changed: its acts are appended, and its state follows from them.

use chrono::{DateTime, Utc};

use super::points::Points;
use super::ranking::months_of;
use crate::ids::{PersonCode, UnitCode};
use crate::statistics::Period;

/// What was done about an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EntryActKind {
    /// 申诉: the unit objected.
    Objected,
    /// 申诉成立: an inspector agreed, the entry is withdrawn.
    Upheld,
    /// 申诉不成立: an inspector rejected the objection, the entry stands for good.
    Rejected,
}

impl EntryActKind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Objected, Self::Upheld, Self::Rejected];

    /// The word in the record and in answers.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Objected => "objected",
            Self::Upheld => "upheld",
            Self::Rejected => "rejected",
        }
    }

    /// Reads [`Self::as_str`] back.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

/// An act on an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryAct {
    /// What.
    pub kind: EntryActKind,
    /// Who.
    pub by: PersonCode,
    /// When.
    pub at: DateTime<Utc>,
    /// Why.
    pub reason: String,
}

/// Where an entry stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EntryState {
    /// It counts; the unit hasn't objected.
    Standing,
    /// The unit objected; it counts until an inspector decides.
    Contested,
    /// The objection was rejected; it counts.
    Confirmed,
    /// The objection was upheld; it doesn't count any more.
    Withdrawn,
}

impl EntryState {
    /// The word in answers.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Standing => "standing",
            Self::Contested => "contested",
            Self::Confirmed => "confirmed",
            Self::Withdrawn => "withdrawn",
        }
    }
}

/// Why something can't be done about an entry. `Display` is for people, Chinese first.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EntryRefusal {
    /// The term for objections is over.
    #[error("评分录入 {entry} 的申诉期限已过,不能再申诉 / the term to object to {entry} is over")]
    TooLate {
        /// The entry.
        entry: String,
    },
    /// A unit objects once.
    #[error("评分录入 {entry} 已申诉过,同一录入只能申诉一次 / {entry} was objected to already")]
    ObjectedAlready {
        /// The entry.
        entry: String,
    },
    /// There is no objection that waits for a decision.
    #[error("评分录入 {entry} 没有待处理的申诉 / no objection to {entry} waits for a decision")]
    NothingToDecide {
        /// The entry.
        entry: String,
    },
}

impl EntryRefusal {
    /// The stable word for programs.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::TooLate { .. } => "objection_too_late",
            Self::ObjectedAlready { .. } => "objected_already",
            Self::NothingToDecide { .. } => "nothing_to_decide",
        }
    }
}

/// Points that an inspector entered for a unit and a month.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its number.
    pub number: String,
    /// The unit.
    pub unit: UnitCode,
    /// The month that it counts in.
    pub month: Period,
    /// The key of a part, or [`super::TOTAL`].
    pub part: String,
    /// How many points; below zero where they are taken off.
    pub points: Points,
    /// Why.
    pub reason: String,
    /// The inspector.
    pub entered_by: PersonCode,
    /// When.
    pub entered_at: DateTime<Utc>,
    /// The unit may object before this instant.
    pub object_until: DateTime<Utc>,
    /// What was done about it, the earliest first.
    pub acts: Vec<EntryAct>,
}

impl Entry {
    /// Where it stands: what the last act made of it.
    pub fn state(&self) -> EntryState {
        match self.acts.last().map(|act| act.kind) {
            None => EntryState::Standing,
            Some(EntryActKind::Objected) => EntryState::Contested,
            Some(EntryActKind::Rejected) => EntryState::Confirmed,
            Some(EntryActKind::Upheld) => EntryState::Withdrawn,
        }
    }

    /// Whether it counts: an objection alone takes nothing away.
    pub fn counts(&self) -> bool {
        self.state() != EntryState::Withdrawn
    }

    /// Whether something can be done about it now, whoever it is.
    ///
    /// # Errors
    /// [`EntryRefusal`]: too late, twice, or nothing to decide.
    pub fn check(&self, kind: EntryActKind, now: DateTime<Utc>) -> Result<(), EntryRefusal> {
        let entry = self.number.clone();
        match (kind, self.state()) {
            (EntryActKind::Objected, EntryState::Standing) if now < self.object_until => Ok(()),
            (EntryActKind::Objected, EntryState::Standing) => Err(EntryRefusal::TooLate { entry }),
            (EntryActKind::Objected, _) => Err(EntryRefusal::ObjectedAlready { entry }),
            (EntryActKind::Upheld | EntryActKind::Rejected, EntryState::Contested) => Ok(()),
            (EntryActKind::Upheld | EntryActKind::Rejected, _) => {
                Err(EntryRefusal::NothingToDecide { entry })
            }
        }
    }
}

/// Reads a month: `2011-10`. `None` for any other period.
pub fn read_month(text: &str) -> Option<Period> {
    let period = Period::parse(text).ok()?;
    // A range of days that happens to be a month is none.
    let months = months_of(&period);
    (months == [period]).then_some(period)
}
