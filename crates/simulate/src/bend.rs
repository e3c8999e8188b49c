//! Bends what is found before the auditor sees it. A check that can't fail checks nothing: each of these must be seen.

use crate::plain::{Found, HOUR_US, Matter};

/// How the record is bent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bend {
    /// A warning is lost.
    DropWarning,
    /// A warning is there twice.
    DoubleWarning,
    /// A warning has a limit an hour later.
    DelayWarning,
    /// A warning was recorded before its limit.
    EarlyWarning,
    /// A warning was recorded days after the sweep that had to raise it.
    LateWarning,
    /// An act that was acknowledged is lost, with all that came after it.
    LoseAct,
    /// A case that was acknowledged is lost.
    LoseCase,
    /// A case is there that nobody asked for.
    StrayCase,
    /// A deemed acceptance is lost.
    DropDeemed,
    /// An order that came with a card is lost.
    DropOrder,
    /// A message item is lost.
    DropItem,
    /// A mail never arrived.
    LoseMail,
    /// A mail arrived under two Message-IDs.
    DoubleMail,
    /// The second copy of a mail says something else.
    OtherCopy,
}

impl Bend {
    /// All of them.
    pub const ALL: [Self; 14] = [
        Self::DropWarning,
        Self::DoubleWarning,
        Self::DelayWarning,
        Self::EarlyWarning,
        Self::LateWarning,
        Self::LoseAct,
        Self::LoseCase,
        Self::StrayCase,
        Self::DropDeemed,
        Self::DropOrder,
        Self::DropItem,
        Self::LoseMail,
        Self::DoubleMail,
        Self::OtherCopy,
    ];

    /// The word on the command line.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::DropWarning => "drop-warning",
            Self::DoubleWarning => "double-warning",
            Self::DelayWarning => "delay-warning",
            Self::EarlyWarning => "early-warning",
            Self::LateWarning => "late-warning",
            Self::LoseAct => "lose-act",
            Self::LoseCase => "lose-case",
            Self::StrayCase => "stray-case",
            Self::DropDeemed => "drop-deemed",
            Self::DropOrder => "drop-order",
            Self::DropItem => "drop-item",
            Self::LoseMail => "lose-mail",
            Self::DoubleMail => "double-mail",
            Self::OtherCopy => "other-copy",
        }
    }

    /// Reads [`Self::word`] back.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|bend| bend.word() == word)
    }

    /// Bends the middle one of those that can be bent; false if there is none.
    pub(crate) fn apply(self, found: &mut Found) -> bool {
        match self {
            Self::DropWarning => in_entries(found, "warning_raised", |matter, at| {
                matter.entries.remove(at);
            }),
            Self::DoubleWarning => in_entries(found, "warning_raised", |matter, at| {
                let twice = matter.entries[at].clone();
                matter.entries.insert(at, twice);
            }),
            Self::DelayWarning => in_entries(found, "warning_raised", |matter, at| {
                let entry = &mut matter.entries[at];
                let later = entry.number("limit_at_us") + HOUR_US;
                entry.data["limit_at_us"] = later.into();
            }),
            Self::EarlyWarning => in_entries(found, "warning_raised", |matter, at| {
                let entry = &mut matter.entries[at];
                entry.recorded_us = entry.number("effective_at_us") - 1;
            }),
            Self::LateWarning => in_entries(found, "warning_raised", |matter, at| {
                matter.entries[at].recorded_us += 2_000 * HOUR_US;
            }),
            Self::LoseAct => in_entries(found, "stage_completed", |matter, at| {
                matter.entries.truncate(at);
            }),
            Self::DropDeemed => in_entries(found, "deemed_accepted", |matter, at| {
                matter.entries.remove(at);
            }),
            Self::LoseCase => one_of(&mut found.matters, is_case).is_some_and(|at| {
                found.matters.remove(at);
                true
            }),
            Self::StrayCase => one_of(&mut found.matters, is_case).is_some_and(|at| {
                let mut stray = found.matters[at].clone();
                stray.number.push_str("-twin");
                found.matters.push(stray);
                true
            }),
            Self::DropOrder => one_of(&mut found.matters, |m| !is_case(m)).is_some_and(|at| {
                found.matters.remove(at);
                true
            }),
            Self::DropItem => {
                one_of(&mut found.matters, |m| !m.items.is_empty()).is_some_and(|at| {
                    found.matters[at].items.pop();
                    true
                })
            }
            Self::LoseMail => one_of(&mut found.letters, |_| true).is_some_and(|at| {
                let id = found.letters[at].message_id.clone();
                found.letters.retain(|letter| letter.message_id != id);
                true
            }),
            Self::DoubleMail => one_of(&mut found.letters, |_| true).is_some_and(|at| {
                let mut twice = found.letters[at].clone();
                twice.message_id.insert(0, 'x');
                found.letters.push(twice);
                true
            }),
            Self::OtherCopy => one_of(&mut found.letters, |_| true).is_some_and(|at| {
                let mut copy = found.letters[at].clone();
                copy.text.push('!');
                found.letters.push(copy);
                true
            }),
        }
    }
}

fn is_case(matter: &Matter) -> bool {
    !matter.number.starts_with("DB-")
}

/// The middle one of those that fit.
fn one_of<T>(list: &mut [T], fits: impl Fn(&T) -> bool) -> Option<usize> {
    let fitting: Vec<usize> = (0..list.len()).filter(|at| fits(&list[*at])).collect();
    fitting.get(fitting.len() / 2).copied()
}

fn in_entries(found: &mut Found, kind: &str, bend: impl Fn(&mut Matter, usize)) -> bool {
    let of_kind = |m: &Matter| m.entries.iter().position(|e| e.kind == kind);
    let Some(matter) = one_of(&mut found.matters, |m| of_kind(m).is_some()) else {
        return false;
    };
    let matter = &mut found.matters[matter];
    if let Some(at) = of_kind(matter) {
        bend(matter, at);
    }
    true
}
