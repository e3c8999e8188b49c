//! Which papers there are, and which of them a case's events justify.

use std::fmt;

use approval::Subject;
use approval::event::{Event, Recorded};
use approval::stage::Outcome;

/// A paper, by the event that justifies it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// 受理通知书
    Receipt(i64),
    /// 一次性补正告知书
    Correction(i64),
    /// 不予受理决定书
    NotAccepted(i64),
    /// 不受理告知书
    NotNeeded(i64),
    /// 特别程序告知书, 中止告知书
    Stop(i64),
    /// 延期告知书
    Extension(i64),
    /// 准予或不予许可决定书
    Decision(i64),
}

impl Kind {
    /// The papers that a case's events justify, in the order of these. A supervision order has papers of its own.
    pub(super) fn of(subject: &Subject) -> Vec<Self> {
        if subject.case().is_none() {
            return Vec::new();
        }
        let annulled = subject.annulled();
        let events = subject.history.iter();
        let mut kinds: Vec<Self> = events
            .filter(|e| !annulled.contains(&e.seq))
            .filter_map(|e| Self::by_event(e))
            .collect();
        kinds.extend(decision(subject));
        kinds
    }

    fn by_event(recorded: &Recorded) -> Option<Self> {
        let seq = recorded.seq;
        Some(match &recorded.event {
            Event::Accepted { .. } | Event::DeemedAccepted { .. } => Self::Receipt(seq),
            Event::CorrectionNotified { .. } => Self::Correction(seq),
            Event::NotAccepted { .. } => Self::NotAccepted(seq),
            Event::NotNeeded { .. } => Self::NotNeeded(seq),
            Event::StopOpened { .. } => Self::Stop(seq),
            Event::Extended { .. } => Self::Extension(seq),
            _ => return None,
        })
    }

    /// The one that an address means. Without a number it is the latest of its kind.
    pub(super) fn find(subject: &Subject, text: &str) -> Option<Self> {
        let kinds = Self::of(subject);
        let mut latest_first = kinds.into_iter().rev();
        latest_first.find(|kind| kind.word() == text || kind.to_string() == text)
    }

    /// The event that justifies it.
    pub(super) const fn seq(self) -> i64 {
        match self {
            Self::Receipt(seq)
            | Self::Correction(seq)
            | Self::NotAccepted(seq)
            | Self::NotNeeded(seq)
            | Self::Stop(seq)
            | Self::Extension(seq)
            | Self::Decision(seq) => seq,
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Receipt(_) => "receipt",
            Self::Correction(_) => "correction",
            Self::NotAccepted(_) => "not-accepted",
            Self::NotNeeded(_) => "not-needed",
            Self::Stop(_) => "stop",
            Self::Extension(_) => "extension",
            Self::Decision(_) => "decision",
        }
    }

    /// The act after which it is handed out, as the address says that something was done.
    pub(super) const fn act(self) -> &'static str {
        match self {
            Self::Receipt(_) => "accept",
            Self::Correction(_) => "correct",
            Self::NotAccepted(_) => "refuse",
            Self::NotNeeded(_) => "not_needed",
            Self::Stop(_) => "stop",
            Self::Extension(_) => "extend",
            Self::Decision(_) => "complete",
        }
    }

    /// The key of its name on a page.
    pub(super) const fn key(self) -> &'static str {
        match self {
            Self::Receipt(_) => "papers.receipt",
            Self::Correction(_) => "papers.correction",
            Self::NotAccepted(_) => "papers.not_accepted",
            Self::NotNeeded(_) => "papers.not_needed",
            Self::Stop(_) => "papers.stop",
            Self::Extension(_) => "papers.extension",
            Self::Decision(_) => "papers.decision",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.word(), self.seq())
    }
}

/// The outcome that stands, and whether it is one that a decision is written for: a send-back has taken earlier ones
/// back.
pub(super) fn decided(subject: &Subject) -> Option<Outcome> {
    let case = subject.case()?;
    let decision = case.decision.as_ref()?;
    let outcome = decision.outcome.or_else(|| case.outcome())?;
    matches!(outcome, Outcome::Granted | Outcome::Refused).then_some(outcome)
}

/// The event that states the outcome.
fn decision(subject: &Subject) -> Option<Kind> {
    let wanted = decided(subject)?;
    let annulled = subject.annulled();
    let stated = |e: &&std::sync::Arc<Recorded>| {
        matches!(&e.event, Event::StageCompleted { outcome, .. } if *outcome == Some(wanted))
            && !annulled.contains(&e.seq)
    };
    let found = subject.history.iter().rev().find(stated)?;
    Some(Kind::Decision(found.seq))
}
