//! Scores: how a line reads, what a promise cuts, who is asked for in a ranking, what is wrong with a scheme's file.

use std::sync::Arc;

use approval::ids::{SubjectId, UnitCode};
use approval::item::{Item, ItemCategory};
use approval::rule::Level;
use approval::scoring::{
    Amount, EntryState, Line, MonthInput, Points, Scheme, Score, Scores, StandingWarning, TOTAL,
    UnitInput, least_cuts, notice_runs,
};
use approval::statistics::{Figures, Period, Ratio};
use calendar::Term;

use crate::fixtures::*;

const PLAIN: &str = include_str!("../../../../config/scoring/plain.toml");

fn scheme(text: &str) -> Arc<Scheme> {
    Arc::new(Scheme::parse("plain.toml", text).expect("a scheme that reads"))
}

fn points(text: &str) -> Points {
    Points::parse(text).expect("points")
}

fn unit(code: &str) -> UnitCode {
    UnitCode::from(code)
}

fn line(amount: Amount, size: &str) -> Line {
    Line {
        text: "超过承诺时限办结".to_owned(),
        text_en: "completed late".to_owned(),
        amount,
        points: points(size),
    }
}

#[test]
fn a_line_reads_as_a_sentence() {
    let entered = |state| Amount::Entered {
        number: "PF-1".to_owned(),
        state,
    };
    let share = |numerator, denominator| Amount::Share(Ratio::new(numerator, denominator));
    for (amount, size, zh, en) in [
        (
            Amount::Count(3),
            "-6",
            "超过承诺时限办结3件次，扣6分",
            "completed late: 3, -6",
        ),
        (
            Amount::Count(3),
            "1.5",
            "超过承诺时限办结3件次，加1.5分",
            "completed late: 3, +1.5",
        ),
        (
            share(1, 3),
            "2",
            "超过承诺时限办结33.33%，加2分",
            "completed late: 33.33%, +2",
        ),
        (
            share(1, 20),
            "-2",
            "超过承诺时限办结5.00%，扣2分",
            "completed late: 5.00%, -2",
        ),
        (
            share(0, 0),
            "-2",
            "超过承诺时限办结—，扣2分",
            "completed late: —, -2",
        ),
        (
            entered(EntryState::Standing),
            "-1",
            "超过承诺时限办结（PF-1），扣1分",
            "completed late (PF-1), -1",
        ),
        (
            entered(EntryState::Contested),
            "-1",
            "超过承诺时限办结（PF-1，申诉中），扣1分",
            "completed late (PF-1, objected to), -1",
        ),
    ] {
        let line = line(amount, size);
        assert_eq!((line.zh().as_str(), line.en().as_str()), (zh, en));
    }
    let nothing = Line {
        points: Points::ZERO,
        ..line(Amount::Count(1), "1")
    };
    assert_eq!(nothing.zh(), "超过承诺时限办结1件次，加0分");
    assert_eq!(nothing.en(), "completed late: 1, +0");
}

/// The mean of months, truncated towards zero, with its sign.
#[test]
fn a_mean_is_shown_with_two_decimals() {
    for (months, shown) in [
        (&["96.5"][..], "96.50 of 1"),
        (&["1", "0", "0"], "0.33 of 3"),
        (&["-1", "0", "0"], "-0.33 of 3"),
        (&["-0.01", "0"], "0.00 of 2"),
        (&["0"], "0.00 of 1"),
    ] {
        let score = Score::mean(months.iter().map(|text| points(text))).expect("months");
        assert_eq!(format!("{score} of {}", score.months()), shown);
    }
    assert!(Score::mean([]).is_none());
}

/// Of a unit's approvals the one whose promise cuts least; what can't be compared with the law cuts nothing.
#[test]
fn the_least_cut_of_a_unit_is_told() {
    let mut books = books("limits");
    books.items.clear();
    let days = Term::WorkingDays;
    let of = |owner: &str, code: &str, promised, statutory| Item {
        unit: unit(owner),
        promised: Some(promised),
        statutory: Some(statutory),
        ..item(code, 1, 1)
    };
    for item in [
        // A half, three tenths, two fifths: three tenths is least, whichever comes first.
        of("A", "A-1", days(10), days(20)),
        of("A", "A-2", days(14), days(20)),
        of("A", "A-3", days(12), days(20)),
        of("B", "B-1", days(5), Term::NaturalDays(30)),
        // A service counts as nothing, whatever it cuts.
        Item {
            category: ItemCategory::Service,
            ..of("C", "C-1", days(1), days(2))
        },
        Item {
            statutory: None,
            ..of("D", "D-1", days(1), days(2))
        },
        of("E", "E-1", days(0), days(0)),
        // One that is longer than the law cuts nothing.
        of("F", "F-1", days(9), days(5)),
    ] {
        put(&mut books, item, "2011-01-01 00:00");
    }
    // A newer version counts from the instant after its own on.
    put(
        &mut books,
        of("A", "A-2", days(20), days(20)),
        "2011-10-01 00:00",
    );
    let told = |before: &str| {
        let cuts = least_cuts(&books, at(before)).into_iter();
        let told = cuts.map(|(unit, cut)| format!("{unit} {}/{}", cut.numerator, cut.denominator));
        told.collect::<Vec<_>>().join(", ")
    };
    assert_eq!(told("2011-01-01 00:00"), "");
    assert_eq!(told("2011-10-01 00:00"), "A 6/20, B 0/30, F 0/5");
    assert_eq!(told("2011-11-01 00:00"), "A 0/20, B 0/30, F 0/5");
}

/// A case counts with its gravest warning, at its first; a card ends a row.
#[test]
fn rows_of_notices_are_counted_by_case() {
    let warning = |subject: &str, level, when: &str| StandingWarning {
        subject: SubjectId::from(subject),
        level,
        at: at(when),
    };
    let (notice, yellow) = (Level::Notice, Level::Yellow);
    let rows = notice_runs([
        warning("1", notice, "2011-10-01 09:00"),
        warning("2", notice, "2011-10-02 09:00"),
        // Its second notice comes after the card of 3, its first before.
        warning("2", notice, "2011-10-09 09:00"),
        warning("3", yellow, "2011-10-05 09:00"),
        warning("3", notice, "2011-10-01 10:00"),
        // A later card of the same case moves nothing.
        warning("3", yellow, "2011-10-20 09:00"),
        warning("4", notice, "2011-10-06 09:00"),
    ]);
    assert_eq!(rows, [2, 1]);
}

fn input(month: &str, scheme: &Arc<Scheme>, units: &[(&str, u64, u64)]) -> MonthInput {
    let input = |(code, completed, late): &(&str, u64, u64)| {
        let mut figures = Figures::default();
        figures.counts.accepted = *completed;
        figures.counts.completed = *completed;
        figures.counts.completed_late = *late;
        let input = UnitInput {
            figures,
            has_items: *code != "Z",
            ..UnitInput::default()
        };
        (unit(code), input)
    };
    MonthInput {
        month: Period::parse(month).expect("a month"),
        scheme: Arc::clone(scheme),
        units: units.iter().map(input).collect(),
    }
}

fn scores(scheme: &Arc<Scheme>, period: &str, months: &[MonthInput]) -> Scores {
    let period = Period::parse(period).expect("a period");
    let name = |code: &UnitCode| format!("{code}局");
    Scores::new(Arc::clone(scheme), &period, months, name).expect("whole months")
}

#[test]
fn a_ranking_is_asked_for_units_parts_and_schemes() {
    let plain = scheme(PLAIN);
    let other = scheme(&PLAIN.replacen("name = \"plain\"", "name = \"plainer\"", 1));
    let units = &[("A", 9, 1), ("B", 9, 0), ("Y", 0, 0), ("Z", 0, 0)];
    let october = input("2011-10", &plain, units);
    let found = scores(&plain, "2011-10", std::slice::from_ref(&october));
    // A unit without items and without business isn't in the list; one with items is, without a rank.
    let codes: Vec<&str> = found
        .units
        .iter()
        .map(|placed| placed.unit.as_str())
        .collect();
    assert_eq!(codes, ["B", "A", "Y"]);
    let ranked: Vec<&str> = found.ranked().map(|placed| placed.unit.as_str()).collect();
    let unranked: Vec<&str> = found
        .unranked()
        .map(|placed| placed.unit.as_str())
        .collect();
    assert_eq!((ranked, unranked), (vec!["B", "A"], vec!["Y"]));
    let placed = found.unit(&unit("A")).expect("a place");
    assert_eq!((placed.name.as_str(), placed.rank), ("A局", Some(2)));
    assert!(found.unit(&unit("Z")).is_none());
    assert!(!found.has_several_schemes());
    let alone = found.clone().only(&unit("A"));
    let codes: Vec<&str> = alone
        .units
        .iter()
        .map(|placed| placed.unit.as_str())
        .collect();
    assert_eq!(
        (codes, alone.is_of_one, alone.ranked_count),
        (vec!["A"], true, 2)
    );

    // Two points for each late case: 58 and 60 of 60 are 59 in the mean.
    let september = input("2011-09", &other, &[("A", 9, 0), ("B", 9, 0)]);
    let half = scores(&plain, "2011-H2", &[september, october]);
    assert!(half.has_several_schemes());
    let placed = half.unit(&unit("A")).expect("a place");
    let means = half.part_means(placed).into_iter();
    let means: Vec<String> = means.map(|(key, mean)| format!("{key} {mean}")).collect();
    assert_eq!(means, ["limits 59.00", "procedure 20.00", "service 20.00"]);
    let name = |month: &str| {
        let month = Period::parse(month).expect("a month");
        half.scheme_of(&month).name.clone()
    };
    assert_eq!(
        [name("2011-09"), name("2011-10"), name("2011-08")],
        ["plainer", "plain", "plain"]
    );
}

#[test]
fn points_are_entered_for_a_part_or_for_the_sum() {
    let plain = scheme(PLAIN);
    for (part, takes) in [
        ("limits", true),
        ("service", true),
        (TOTAL, true),
        ("", false),
        ("other", false),
    ] {
        assert_eq!(plain.takes(part), takes, "{part}");
    }
}

#[test]
fn what_is_wrong_with_a_scheme_is_told_in_chinese() {
    for (from, to, expected) in [
        (
            "key = \"limits\"",
            "key = \"Limits\"",
            "“Limits”不能用作键，请只用小写字母、数字和连字符，不超过64个，且不能用total",
        ),
        (
            "key = \"procedure\"",
            "key = \"limits\"",
            "“limits”已用过，每项须有自己的键",
        ),
        (
            "count = \"late_completed\"",
            "count = \"late\"",
            "不认识“late”，请改用：notices",
        ),
        (
            "points = 60",
            "points = 0",
            "应为大于0的分值，如5或\"2.5\"，最多两位小数，不超过100000",
        ),
        (
            "objection = \"5wd\"",
            "objection = \"5x\"",
            "“5x”不是时限：数字后须写单位wd",
        ),
        ("title = \"简明计分\"", "title = \" \"", "内容为空，请填写"),
        (
            "months_in_row = 3",
            "months_in_row = 1",
            "1超出范围，请用2至12",
        ),
        (
            "count = \"open_late\"",
            "",
            "count和share须写其一，且只写其一",
        ),
        (
            "count = \"open_late\"",
            "count = \"open_late\"\nfrom_percent = 3",
            "只能与share同用，请删去",
        ),
        (
            "from = 0",
            "from = 1",
            "等次须由高到低排列，最后一等须从0分起",
        ),
    ] {
        assert!(PLAIN.contains(from), "{from}");
        let error = Scheme::parse("s.toml", &PLAIN.replacen(from, to, 1)).expect_err(to);
        let zh = error.message_zh();
        let (place, problem) = zh.split_once('：').expect("a place and a problem");
        assert!(place.starts_with("s.toml 第"), "{zh}");
        assert!(problem.starts_with(expected), "{zh}");
    }
    // A rule that names the sum is one of no part.
    let text = PLAIN.replacen("part = \"limits\"", "part = \"total\"", 1);
    let scheme = scheme(&text);
    let first = scheme.rules.first().expect("a rule");
    assert_eq!(
        (first.id.as_str(), first.part.as_deref()),
        ("late-completed", None)
    );
}
