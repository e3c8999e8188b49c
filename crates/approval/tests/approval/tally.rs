//! The tally of a run: each subject adds to the counts that are its own, as often as it is counted in.

use approval::ids::UnitCode;
use approval::stage::Stage;
use approval::statistics::{LimitSums, Tally, UnitTally};
use approval::{Command, Subject};
use calendar::Term;

use crate::fixtures::*;

const WHEN: &str = "2011-10-17 10:00";

fn received() -> Desk {
    Desk::receive(books("limits"), "HUAN", WHEN)
}

fn accepted() -> Desk {
    Desk::accepted(books("limits"), "HUAN", WHEN)
}

/// What the tally says of a subject that is counted in three times.
fn thrice(subject: &Subject) -> Tally {
    let mut tally = Tally::default();
    for _ in 0..3 {
        tally.add(subject);
    }
    tally
}

/// `tally` with the counts of HB, the unit of all cases here.
fn of_unit(tally: Tally, unit: UnitTally) -> Tally {
    let units = [(UnitCode::from(UNIT), unit)].into();
    Tally { units, ..tally }
}

#[test]
fn each_course_adds_to_its_own_counts() {
    let none = UnitTally::default();
    let mut declined = received();
    let reason = "依法不需要许可".to_owned();
    declined.at(WHEN, Command::NotNeeded { reason });
    let mut corrected = received();
    corrected.at(WHEN, correct());
    corrected.at(WHEN, Command::Supply);
    corrected.at(WHEN, correct());
    let mut silent = received();
    // Five working days pass without a word.
    silent.sweep("2011-10-25 10:00");
    let mut stopped = accepted();
    stopped.at(WHEN, stop(None));
    stopped.at(WHEN, resume());
    stopped.at(WHEN, stop(None));
    stopped.at(WHEN, extend(5));
    let mut sent_back = accepted();
    for stage in [Stage::Handling, Stage::Review] {
        sent_back.at(WHEN, complete(stage));
    }
    sent_back.at(WHEN, send_back(Stage::Handling));
    let mut in_time = accepted();
    in_time.finish("2011-10-18 10:00");
    let mut late = accepted();
    late.sweep("2011-11-01 10:00");
    late.finish("2011-11-01 11:00");
    // Three working days end on the 20th.
    let mut noticed = Desk::receive(books("limits"), "DUAN", WHEN);
    noticed.at(WHEN, Command::Accept);
    noticed.sweep("2011-10-20 10:00");
    let mut grave = accepted();
    grave.sweep("2011-12-30 10:00");
    let order = Desk::order(books("limits"), Term::WorkingDays(5), WHEN);
    let open = UnitTally {
        accepted: 3,
        ..none
    };
    let done = UnitTally {
        completed: 3,
        ..open
    };
    for (what, desk, expected) in [
        ("received", received(), of_unit(Tally::default(), none)),
        (
            "declined",
            declined,
            of_unit(
                Tally {
                    declined: 3,
                    ..Tally::default()
                },
                none,
            ),
        ),
        (
            "corrected",
            corrected,
            of_unit(
                Tally {
                    corrections: 6,
                    ..Tally::default()
                },
                none,
            ),
        ),
        (
            "silent",
            silent,
            of_unit(
                Tally {
                    accepted: 3,
                    deemed_accepted: 3,
                    ..Tally::default()
                },
                open,
            ),
        ),
        (
            "stopped",
            stopped,
            of_unit(
                Tally {
                    accepted: 3,
                    stops: 6,
                    extensions: 3,
                    ..Tally::default()
                },
                open,
            ),
        ),
        (
            "sent back",
            sent_back,
            of_unit(
                Tally {
                    accepted: 3,
                    sent_back: 3,
                    ..Tally::default()
                },
                open,
            ),
        ),
        (
            "in time",
            in_time,
            of_unit(
                Tally {
                    accepted: 3,
                    completed: 3,
                    completed_on_time: 3,
                    ..Tally::default()
                },
                done,
            ),
        ),
        (
            "late",
            late,
            of_unit(
                Tally {
                    accepted: 3,
                    completed: 3,
                    completed_late: 3,
                    yellow_cards: 3,
                    ..Tally::default()
                },
                UnitTally {
                    yellow_cards: 3,
                    ..done
                },
            ),
        ),
        (
            "noticed",
            noticed,
            of_unit(
                Tally {
                    accepted: 3,
                    notices: 3,
                    ..Tally::default()
                },
                open,
            ),
        ),
        (
            "grave",
            grave,
            of_unit(
                Tally {
                    accepted: 3,
                    red_cards: 3,
                    ..Tally::default()
                },
                UnitTally {
                    red_cards: 3,
                    ..open
                },
            ),
        ),
        ("order", order, Tally::default()),
    ] {
        assert_eq!(thrice(&desk.subject), expected, "{what}");
    }
}

/// Truncated, never rounded up: 3,634 of 3,777 is 96.21 %.
#[test]
fn the_rate_is_truncated() {
    let rate = |completed, accepted| {
        let tally = Tally {
            completed,
            accepted,
            ..Tally::default()
        };
        tally.completion_rate_bp()
    };
    assert_eq!(rate(3_634, 3_777), Some(9_621));
    assert_eq!(rate(2, 3), Some(6_666));
    assert_eq!(rate(0, 0), None);
}

/// The published sums: 2,615 of 8,743 working days are 29.9 %.
#[test]
fn limits_are_summed_by_category() {
    let books = books("limits");
    let sums = LimitSums::of(&books);
    // HUAN, LIAN, SHANG, ZHI, DUAN; the others' limits aren't in working days, or there are none.
    assert_eq!((sums.approval_items, sums.service_items), (9, 1));
    assert_eq!(sums.promised_days, 10 + 30 + 15 + 10 + 3);
    assert_eq!(sums.statutory_days, 20 + 45 + 20 + 20 + 5);
    assert_eq!(sums.days_cut(), 42);
    let mut twice = sums;
    twice.merge(&sums);
    assert_eq!((twice.approval_items, twice.service_items), (18, 2));
    assert_eq!((twice.promised_days, twice.statutory_days), (136, 220));
    let published = LimitSums {
        statutory_days: 8_743,
        promised_days: 6_128,
        ..LimitSums::default()
    };
    assert_eq!(published.cut_permille(), Some(299));
    assert_eq!(LimitSums::default().cut_permille(), None);
    // An item counts from the instant after its own on: what begins at the end of a period isn't in it.
    let from = at("2004-01-01 00:00");
    assert!(LimitSums::in_force(&books, from).is_empty());
    let after = LimitSums::in_force(&books, from + chrono::TimeDelta::seconds(1));
    assert_eq!(after.get(&UnitCode::from(UNIT)), Some(&sums));
}
