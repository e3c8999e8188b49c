//! The people of the city and their habits: who is fast, who forgets, who writes it down later.

use crate::auditor::{Course, Phase};
use crate::chance::Dice;
use crate::city::Length;
use crate::plain::{Deed, HOUR_US, Stage};

/// How somebody works.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Habit {
    Fast,
    Slow,
    /// Leaves things lying for weeks.
    Forgets,
    /// Does it, and records it later.
    RecordsLate,
}

impl Habit {
    const ALL: [Self; 4] = [Self::Fast, Self::Slow, Self::Forgets, Self::RecordsLate];

    /// The habit of whoever has a case.
    pub(crate) fn of(dice: &mut Dice) -> Self {
        dice.one_of(&Self::ALL).unwrap_or(Self::Fast)
    }

    /// How long until he looks at the case again.
    pub(crate) fn pause_us(self, dice: &mut Dice) -> i64 {
        let hours = match self {
            Self::Fast => dice.between(1, 12),
            Self::Slow => dice.between(10, 90),
            Self::Forgets if dice.percent(25) => dice.between(200, 1_200),
            Self::Forgets | Self::RecordsLate => dice.between(2, 50),
        };
        hours * HOUR_US + dice.between(0, HOUR_US)
    }

    /// When what he records now is said to have happened; nothing: now.
    pub(crate) fn occurred_us(self, dice: &mut Dice, last_us: i64, now_us: i64) -> Option<i64> {
        let share = if self == Self::RecordsLate { 60 } else { 5 };
        (dice.percent(share) && last_us < now_us).then(|| dice.between(last_us, now_us))
    }
}

/// What is done next to a case that is as it is; nothing: it is left for now.
pub(crate) fn next_deed(dice: &mut Dice, course: &Course) -> Option<Deed> {
    let roll = dice.between(1, 100);
    match course.phase {
        Phase::Received => match roll {
            1..=60 => Some(Deed::Accept),
            61..=74 => Some(Deed::Correct),
            75..=79 => Some(Deed::RefuseAcceptance),
            80..=82 => Some(Deed::NotNeeded),
            83..=85 => Some(Deed::Withdraw),
            _ => None,
        },
        Phase::Awaiting => match roll {
            1..=80 => Some(Deed::Supply),
            81..=88 => Some(Deed::Withdraw),
            _ => None,
        },
        Phase::In(stage) if course.is_stopped() => match roll {
            1..=65 => Some(Deed::Resume),
            66..=85 if stage != Stage::Completion => Some(completed(dice, stage)),
            86..=90 => Some(Deed::Withdraw),
            _ => None,
        },
        Phase::In(stage) => in_stage(dice, course, stage, roll),
        Phase::Completed => {
            let permit = course.item().is_some_and(|i| i.permit);
            let owed = permit && course.granted == Some(true) && !course.delivered;
            (owed && roll <= 70).then_some(Deed::Deliver)
        }
        Phase::Closed | Phase::Issued | Phase::Replied => None,
    }
}

/// Whether nothing will ever be done to a case any more.
pub(crate) fn is_over(course: &Course) -> bool {
    let permit = course.item().is_some_and(|i| i.permit);
    match course.phase {
        Phase::Completed => !permit || course.granted != Some(true) || course.delivered,
        Phase::Closed => true,
        _ => false,
    }
}

fn in_stage(dice: &mut Dice, course: &Course, stage: Stage, roll: i64) -> Option<Deed> {
    let undecided = course.granted.is_none();
    let working = course
        .item()
        .is_some_and(|i| matches!(i.statutory, Length::Working(_)));
    let usual = completed(dice, stage);
    Some(match roll {
        1..=8 => Deed::Stop {
            days: dice.percent(50).then(|| dice.between(1, 10)),
        },
        9..=15 if working && undecided && !course.extended => Deed::Extend {
            days: dice.between(1, 10),
        },
        16..=23 if stage > Stage::Handling && !course.delivered => {
            let earlier: Vec<Stage> = Stage::LIMITED.into_iter().filter(|s| *s < stage).collect();
            Deed::SendBack {
                to: dice.one_of(&earlier)?,
            }
        }
        24..=25 => Deed::Withdraw,
        26..=27 => Deed::End,
        28..=35
            if stage == Stage::Completion && course.granted == Some(true) && !course.delivered =>
        {
            Deed::Deliver
        }
        36..=40 => return None,
        _ => usual,
    })
}

fn completed(dice: &mut Dice, stage: Stage) -> Deed {
    Deed::Complete {
        stage,
        refused: stage == Stage::Approval && dice.percent(15),
    }
}

/// What is done next to an order, by what was said on it last.
pub(crate) fn next_on_order(dice: &mut Dice, last: Option<&Deed>) -> Option<Deed> {
    let roll = dice.between(1, 100);
    match last {
        None | Some(Deed::SendBackOrder) => match roll {
            1..=70 => Some(Deed::Reply),
            71..=75 => Some(Deed::CloseOrder),
            _ => None,
        },
        Some(Deed::Reply) => match roll {
            1..=50 => Some(Deed::CloseOrder),
            51..=75 => Some(Deed::SendBackOrder),
            _ => None,
        },
        _ => None,
    }
}
