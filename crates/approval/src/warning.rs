//! Warnings (预警, 黄牌, 红牌) and their four states.

use chrono::{DateTime, Utc};

use crate::event::WarningRaised;
use crate::ids::SubjectId;
use crate::rule::Level;
use crate::track::ClockKey;

/// The four states, counted apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WarningState {
    /// 待发: waits for an inspector.
    Pending,
    /// 已发
    Issued,
    /// 取消: by the engine, since its basis fell away.
    Annulled,
    /// 撤销: by an inspector or an appeal.
    Revoked,
}

impl WarningState {
    /// All states.
    pub const ALL: &'static [Self] = &[Self::Pending, Self::Issued, Self::Annulled, Self::Revoked];

    /// Reads [`Self::as_str`] back.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|s| s.as_str() == word)
    }

    /// The word on Chinese papers and pages.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Pending => "待发",
            Self::Issued => "已发",
            Self::Annulled => "取消",
            Self::Revoked => "撤销",
        }
    }

    /// The word in the record and in answers.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Issued => "issued",
            Self::Annulled => "annulled",
            Self::Revoked => "revoked",
        }
    }
}

/// A warning of a subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// The sequence number of the event that raised it: its name within the subject.
    pub seq: i64,
    /// Its facts.
    pub raised: WarningRaised,
    /// When it was recorded.
    pub recorded_at: DateTime<Utc>,
    /// Where it stands.
    pub state: WarningState,
    /// When its issue was recorded: at once, or by an inspector. From then the unit knows of it.
    pub issued_at: Option<DateTime<Utc>>,
    /// The appeal against it. A card is appealed once, whatever the answer is.
    pub appeal: Option<SubjectId>,
}

impl Warning {
    /// Neither annulled nor revoked.
    pub const fn is_live(&self) -> bool {
        matches!(self.state, WarningState::Pending | WarningState::Issued)
    }

    /// The level.
    pub const fn level(&self) -> Level {
        self.raised.level
    }

    /// The clock.
    pub const fn clock(&self) -> ClockKey {
        self.raised.clock
    }
}
