//! What another system reports anew: the event that stood is annulled, what followed it is recorded again after it.
//!
//! A history is read in the order of its records. So that a corrected event stands where it belongs, everything that the
//! feed reported after it is annulled with it, the last first, and recorded again. Nothing is deleted: old and new stand
//! beside each other, and who looks at the record sees what was said when.

use std::collections::BTreeMap;

use approval::Subject;
use approval::command::Command;
use approval::event::{Defect, Event, Recorded};

use crate::once::ACT_KEY_PREFIX;

/// What stands between a key and its version. It is looked for from the end, so that keys may hold it.
const OF_VERSION: char = '~';
/// What stands between a version and how often it was recorded again.
const OF_REPEAT: char = '.';

/// An event's key as another system calls it, with the version of what it said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct VersionedKey {
    pub(super) key: String,
    pub(super) version: u32,
    /// How often it was recorded again behind an event that was corrected.
    pub(super) repeat: u32,
}

impl VersionedKey {
    /// Reads a stored key. One without a version, from an imported file, is its first.
    pub(super) fn parse(stored: &str) -> Self {
        let plain = || Self {
            key: stored.to_owned(),
            version: 1,
            repeat: 0,
        };
        let Some((key, version)) = stored.rsplit_once(OF_VERSION) else {
            return plain();
        };
        let (version, repeat) = match version.split_once(OF_REPEAT) {
            Some((version, repeat)) => (version.parse(), repeat.parse()),
            None => (version.parse(), Ok(0)),
        };
        match (version, repeat) {
            (Ok(version), Ok(repeat)) => Self {
                key: key.to_owned(),
                version,
                repeat,
            },
            _ => plain(),
        }
    }

    /// The stored text.
    pub(super) fn stored(&self) -> String {
        let Self {
            key,
            version,
            repeat,
        } = self;
        match repeat {
            0 => format!("{key}{OF_VERSION}{version}"),
            _ => format!("{key}{OF_VERSION}{version}{OF_REPEAT}{repeat}"),
        }
    }

    /// The same, recorded once more.
    pub(super) fn again(&self) -> Self {
        Self {
            repeat: self.repeat.saturating_add(1),
            ..self.clone()
        }
    }
}

/// The events that stand, by key, each in its highest version; and the highest version ever seen of each key.
pub(super) struct Known<'s> {
    pub(super) standing: BTreeMap<String, &'s Recorded>,
    pub(super) versions: BTreeMap<String, u32>,
}

impl<'s> Known<'s> {
    pub(super) fn of(subject: &'s Subject) -> Self {
        let annulled = subject.annulled();
        let mut known = Self {
            standing: BTreeMap::new(),
            versions: BTreeMap::new(),
        };
        for event in &subject.history {
            let Some(stored) = feed_key(event) else {
                continue;
            };
            let VersionedKey { key, version, .. } = VersionedKey::parse(stored);
            let highest = known.versions.entry(key.clone()).or_default();
            *highest = version.max(*highest);
            if !annulled.contains(&event.seq) {
                known.standing.insert(key, event);
            }
        }
        known
    }
}

/// The key of what a feed reported; acts at a desk that came by the interface have keys of another form.
fn feed_key(event: &Recorded) -> Option<&str> {
    let key = event.source_key.as_deref();
    key.filter(|key| !key.starts_with(ACT_KEY_PREFIX))
}

/// The feed's events from one on that stand and can be annulled, the first first.
pub(super) fn feed_from(subject: &Subject, seq: i64) -> Vec<&Recorded> {
    let annulled = subject.annulled();
    let events = subject.history.iter().map(|event| &**event);
    events
        .filter(|e| e.seq >= seq && feed_key(e).is_some())
        .filter(|e| e.event.can_be_annulled() && !annulled.contains(&e.seq))
        .collect()
}

/// The command that gives an event anew, and what it was marked with when it was only a step.
pub(super) fn command_again(event: &Recorded) -> Option<Command> {
    Some(match event.event.clone() {
        Event::Accepted { .. } => Command::Accept,
        Event::NotAccepted { reason } => Command::RefuseAcceptance { reason },
        Event::NotNeeded { reason } => Command::NotNeeded { reason },
        Event::CorrectionNotified { missing } => Command::Correct { missing },
        Event::Supplied => Command::Supply,
        Event::StageCompleted {
            stage,
            outcome,
            reason,
            document,
        } => Command::Complete {
            stage,
            outcome,
            reason,
            document,
        },
        Event::SentBack { to, reason } => Command::SendBack { to, reason },
        Event::Closed {
            outcome,
            reason,
            basis,
        } => Command::Close {
            outcome,
            reason,
            basis,
        },
        Event::Delivered => Command::Deliver,
        Event::Step {
            activity,
            stage,
            group,
            person,
        } => Command::Step {
            activity,
            stage,
            group,
            person,
            defect: out_of_order(event),
        },
        Event::EndReported { outcome } => Command::ReportEnd { outcome },
        of_time => return time_again(of_time),
    })
}

/// The same of what stops, lengthens or hands on the time.
fn time_again(event: Event) -> Option<Command> {
    Some(match event {
        Event::StopOpened {
            procedure,
            notice,
            term,
            basis,
            approver,
            ..
        } => Command::Stop {
            procedure,
            notice,
            term,
            basis,
            approver,
        },
        // Its number is another one after the stop was recorded again.
        Event::StopClosed { .. } => Command::Resume { stop: None },
        Event::Extended {
            working_days,
            approver,
            reason,
            notice,
        } => Command::Extend {
            working_days,
            approver,
            reason,
            notice,
        },
        Event::PartnerAsked { unit, term, .. } => Command::AskPartner {
            unit,
            term: Some(term),
        },
        Event::PartnerAnswered { partner, opinion } => Command::AnswerPartner { partner, opinion },
        _ => return None,
    })
}

fn out_of_order(event: &Recorded) -> Option<Defect> {
    let mut defects = event.defects.iter().copied();
    defects.find(|defect| *defect == Defect::OutOfOrder)
}

#[cfg(test)]
mod tests {
    use super::VersionedKey;

    #[test]
    fn keys_come_back_as_they_went() {
        for (key, version) in [("a", 1), ("a~2", 3), ("", 7), ("x~", 1)] {
            let first = VersionedKey {
                key: key.to_owned(),
                version,
                repeat: 0,
            };
            for versioned in [first.clone(), first.again(), first.again().again()] {
                assert_eq!(VersionedKey::parse(&versioned.stored()), versioned);
            }
        }
        for plain in ["case:start", "17", "a~b", "a~1.x"] {
            let read = VersionedKey::parse(plain);
            assert_eq!((read.key.as_str(), read.version), (plain, 1));
        }
    }
}
