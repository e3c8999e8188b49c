//! Cases whose course is left to chance: whatever happens, the picture is sound.

use approval::Command;
use approval::stage::{Outcome, Procedure, Stage};
use calendar::Term;
use chrono::{DateTime, TimeDelta, Utc};
use report::picture::{Look, case_picture};

use crate::fixtures::{Desk, at, extend, resume, send_back, stop};
use crate::sound;

/// Numbers that follow from a seed (the constants are Knuth's MMIX ones).
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: u64) -> u64 {
        let next = self.0.wrapping_mul(6_364_136_223_846_793_005);
        self.0 = next.wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }

    fn stage(&mut self) -> Stage {
        let stages = [Stage::Handling, Stage::Review, Stage::Approval];
        stages[usize::try_from(self.below(3)).expect("small")]
    }

    /// Somebody and what is tried.
    fn act(&mut self, stage: Option<Stage>) -> (&'static str, Command) {
        let who = match stage {
            Some(Stage::Handling) => "H",
            Some(Stage::Review) => "R",
            Some(Stage::Approval) => "A",
            _ => "C",
        };
        let command = match self.below(12) {
            0 => stop(
                Procedure::ALL[usize::try_from(self.below(8)).expect("small")],
                "焦环告〔2011〕<3>号",
                Some(Term::WorkingDays(5)),
            ),
            1 | 2 => resume(),
            3 => send_back(self.stage()),
            4 => extend(u32::try_from(1 + self.below(10)).expect("small")),
            5 if stage == Some(Stage::Acceptance) => Command::Correct {
                missing: vec!["营业执照".to_owned()],
            },
            6 => Command::Supply,
            7 if self.below(4) == 0 => Command::Close {
                outcome: Outcome::Withdrawn,
                reason: "申请人要求".to_owned(),
                basis: None,
            },
            _ => match stage {
                Some(Stage::Acceptance) => Command::Accept,
                Some(stage) => Command::Complete {
                    stage,
                    outcome: None,
                    reason: None,
                    document: None,
                },
                None => Command::Deliver,
            },
        };
        (who, command)
    }
}

fn play(seed: u64) -> (Desk, DateTime<Utc>) {
    let mut dice = Dice(seed);
    let items = ["HUAN", "DUAN", "CHANG", "SHI", "LIAN"];
    let item = items[usize::try_from(seed % 5).expect("small")];
    let starts = ["2011-01-20 09:00", "2011-09-23 16:00", "2012-12-28 11:00"];
    let start = starts[usize::try_from(seed / 5 % 3).expect("small")];
    let mut desk = Desk::receive(item, start);
    let mut now = at(start);
    // Cases of hours, of days and of weeks.
    let pace = i64::try_from(1 + dice.below(60)).expect("small");
    for _ in 0..2 + dice.below(18) {
        let hours = i64::try_from(dice.below(6)).expect("small");
        now += TimeDelta::hours(hours * pace);
        let (who, command) = dice.act(desk.subject.stage());
        desk.try_at(now, who, command);
    }
    (desk, now)
}

#[test]
fn pictures_of_any_course_are_sound() {
    for seed in 0..150 {
        let (desk, now) = play(seed);
        for look in [Look::zh("p"), Look::en("p")] {
            let svg = case_picture(&desk.subject, &desk.books, now, &look);
            sound::check(&format!("chance-{seed}-{:?}", look.language), &svg);
        }
    }
}
