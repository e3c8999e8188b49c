//! What a statement shows: units, items, halls and kinds, the periods beside it, and what one unit alone sees of it.

use approval::Books;
use approval::ids::{ItemCode, UnitCode};
use approval::item::{Item, ItemCategory, ItemKind};
use approval::people::{Directory, Unit};
use approval::statistics::{
    Changed, Closed, Compared, Figures, ItemStatement, KindStatement, Leaf, LimitSums, Period,
    Revision, Sheet, Standing, Statement, UnitStatement, hall_of, kind_of,
};

use crate::fixtures::{at, books, item, put};

/// When the months of 2011 are counted here: they are over.
const COUNTED: &str = "2011-11-20 09:00";
/// The record begins with August: July ends when it begins.
const BEGAN: &str = "2011-08-01 00:00";

/// A unit, an item, how many cases were accepted and how many orders issued.
type Row = (&'static str, Option<&'static str>, u64, u64);

/// Each number is a power of two, so that a sum tells what is in it.
const OCTOBER: &[Row] = &[
    ("A", Some("A-1"), 1, 0),
    ("A", Some("A-2"), 2, 0),
    ("A", None, 0, 4),
    ("B", Some("B-1"), 8, 0),
    // An item that the books don't know.
    ("B", Some("OLD"), 16, 0),
    ("C", Some("C-1"), 32, 0),
    // An item of another unit.
    ("D", Some("B-1"), 64, 0),
    ("G", None, 0, 128),
    // A unit that the directory doesn't know.
    ("X", None, 0, 256),
];

fn unit(code: &str) -> UnitCode {
    UnitCode::from(code)
}

fn period(text: &str) -> Period {
    Period::parse(text).expect("a period")
}

fn sheet(rows: &[Row]) -> Sheet {
    let mut sheet = Sheet::default();
    for (code, item, accepted, orders) in rows {
        let figures = sheet.at(&unit(code), item.map(ItemCode::from).as_ref());
        figures.counts.accepted += accepted;
        figures.counts.orders_issued += orders;
    }
    sheet
}

fn item_of(unit_code: &str, code: &str, promised: u32, statutory: u32) -> Item {
    Item {
        unit: unit(unit_code),
        ..item(code, promised, statutory)
    }
}

/// A, B and E in the hall east, C in west, D and G in none. F has items, but isn't in the directory.
fn town() -> Books {
    let mut books = books("limits");
    let halls = [
        ("A", Some("east")),
        ("B", Some("east")),
        ("C", Some("west")),
        ("D", None),
        ("E", Some("east")),
        ("G", None),
    ];
    let units = halls.map(|(code, hall)| Unit {
        code: unit(code),
        name: format!("单位{code}"),
        kind: "局".to_owned(),
        vertical: false,
        hall: hall.map(str::to_owned),
        windows: None,
    });
    books.directory = Directory::new(units, []);
    books.items.clear();
    let service = |unit, code| Item {
        category: ItemCategory::Service,
        statutory: None,
        ..item_of(unit, code, 5, 0)
    };
    let joint = Item {
        kind: ItemKind::Joint,
        ..item_of("C", "C-1", 30, 45)
    };
    for item in [
        item_of("A", "A-1", 10, 20),
        item_of("A", "A-2", 2, 5),
        item_of("B", "B-1", 3, 5),
        joint,
        service("F", "F-1"),
        item_of("G", "G-1", 4, 12),
        service("G", "G-2"),
    ] {
        put(&mut books, item, "2004-01-01 00:00");
    }
    let newer = Item {
        version: 2,
        name: "事项A-2新".to_owned(),
        kind: ItemKind::Immediate,
        ..item_of("A", "A-2", 1, 5)
    };
    put(&mut books, newer, "2011-11-15 09:00");
    books
}

fn statement_of(text: &str, cut_off: &str, counted: Vec<(Period, Sheet)>) -> Statement {
    let standing = Standing {
        division_name: "焦作市".to_owned(),
        ..Standing::default()
    };
    let (cut_off, began) = (at(cut_off), Some(at(BEGAN)));
    Statement::new(period(text), counted, &town(), standing, cut_off, began)
}

/// October 2011, with what lies beside it. The year before and July lie before the record, whatever is counted there.
fn october() -> Statement {
    let counted = [
        ("2011-10", OCTOBER),
        (
            "2011-09",
            &[("A", Some("A-1"), 3, 0), ("B", Some("B-1"), 5, 0)],
        ),
        ("2011-08", &[("C", Some("C-1"), 9, 0)]),
        ("2011-07", &[("A", Some("A-1"), 13, 0)]),
        ("2010-10", &[("A", Some("A-1"), 7, 0)]),
        // It isn't beside October.
        ("2011-W40", &[("A", Some("A-1"), 11, 0)]),
    ];
    let counted = counted.map(|(text, rows)| (period(text), sheet(rows)));
    statement_of("2011-10", COUNTED, counted.into())
}

fn told(figures: &Figures) -> String {
    let named = figures.named().into_iter();
    let named: Vec<String> = named.map(|(name, n)| format!("{name} {n}")).collect();
    named.join(", ")
}

fn limits_told(limits: &LimitSums) -> String {
    let (approval, service) = (limits.approval_items, limits.service_items);
    let (promised, statutory) = (limits.promised_days, limits.statutory_days);
    format!("{approval}+{service} items, {promised}/{statutory} days")
}

fn sheet_told(sheet: &Sheet) -> Vec<String> {
    let line = |((unit, item), figures): (&Leaf, &Figures)| {
        let item = item.as_ref().map_or("-", ItemCode::as_str);
        format!("{unit} {item}: {}", told(figures))
    };
    sheet.leaves().map(line).collect()
}

fn units_told(units: &[UnitStatement]) -> Vec<String> {
    let line = |unit: &UnitStatement| {
        let (figures, limits) = (told(&unit.figures), limits_told(&unit.limits));
        format!("{} {}: {figures}; {limits}", unit.code, unit.name)
    };
    units.iter().map(line).collect()
}

fn kind_told(kind: Option<ItemKind>) -> &'static str {
    kind.map_or("-", ItemKind::as_str)
}

fn items_told(items: &[ItemStatement]) -> Vec<String> {
    let line = |item: &ItemStatement| {
        let (kind, figures) = (kind_told(item.kind), told(&item.figures));
        format!(
            "{} {} {} {kind}: {figures}",
            item.unit, item.code, item.name
        )
    };
    items.iter().map(line).collect()
}

fn kinds_told(kinds: &[KindStatement]) -> Vec<String> {
    let line = |kind: &KindStatement| format!("{}: {}", kind_told(kind.kind), told(&kind.figures));
    kinds.iter().map(line).collect()
}

fn compared_told<'a>(compared: impl IntoIterator<Item = &'a Compared>) -> Vec<String> {
    let line = |other: &Compared| {
        let figures = other.figures.as_ref();
        let figures = figures.map_or_else(|| "unknown".to_owned(), told);
        format!("{}: {figures}", other.period)
    };
    compared.into_iter().map(line).collect()
}

#[test]
fn a_sheet_is_cut_by_hall_and_by_kind() {
    let (books, sheet) = (town(), sheet(OCTOBER));
    let halls = sheet.halls(&books).into_iter();
    let halls: Vec<(Option<String>, String)> = halls.map(|(h, f)| (h, told(&f))).collect();
    let hall = |hall: Option<&str>, figures: &str| (hall.map(str::to_owned), figures.to_owned());
    let expected = [
        hall(None, "accepted 64, orders_issued 384"),
        hall(Some("east"), "accepted 27, orders_issued 4"),
        hall(Some("west"), "accepted 32"),
    ];
    assert_eq!(halls, expected);
    let kinds = sheet.kinds(&books).into_iter();
    let kinds: Vec<(Option<ItemKind>, String)> = kinds.map(|(k, f)| (k, told(&f))).collect();
    let kind = |kind: Option<ItemKind>, figures: &str| (kind, figures.to_owned());
    let expected = [
        kind(None, "accepted 16, orders_issued 388"),
        kind(Some(ItemKind::Immediate), "accepted 2"),
        kind(Some(ItemKind::Committed), "accepted 73"),
        kind(Some(ItemKind::Joint), "accepted 32"),
    ];
    assert_eq!(kinds, expected);
}

#[test]
fn units_have_a_hall_and_items_the_kind_of_their_newest_version() {
    let books = town();
    for (code, hall) in [
        ("A", Some("east")),
        ("C", Some("west")),
        ("D", None),
        ("F", None),
        ("X", None),
    ] {
        assert_eq!(hall_of(&books, &unit(code)).as_deref(), hall, "{code}");
    }
    for (code, kind) in [
        ("A-1", Some(ItemKind::Committed)),
        ("A-2", Some(ItemKind::Immediate)),
        ("C-1", Some(ItemKind::Joint)),
        ("OLD", None),
    ] {
        assert_eq!(kind_of(&books, &ItemCode::from(code)), kind, "{code}");
    }
}

#[test]
fn a_statement_is_made_of_its_period_and_each_one_beside_it_once() {
    for (text, expected) in [
        (
            "2011-10",
            "2011-10 2011-09 2010-10 2011-05 2011-06 2011-07 2011-08",
        ),
        ("2011-Q4", "2011-Q4 2011-Q3 2010-Q4 2011-10 2011-11 2011-12"),
        (
            "2011",
            "2011 2010 2011-01 2011-02 2011-03 2011-04 2011-05 2011-06 2011-07 2011-08 2011-09 2011-10 2011-11 \
             2011-12",
        ),
        (
            "2011-W02",
            "2011-W02 2011-W01 2010-W02 2010-W47 2010-W48 2010-W49 2010-W50 2010-W51 2010-W52",
        ),
        (
            "2011-10-08..2011-10-31",
            "2011-10-08..2011-10-31 2011-09-14..2011-10-07 2010-10-08..2010-10-31",
        ),
        // What is just before is the year before.
        (
            "2011-01-01..2011-12-31",
            "2011-01-01..2011-12-31 2010-01-01..2010-12-31",
        ),
    ] {
        let periods = Statement::periods(&period(text)).into_iter();
        let periods: Vec<String> = periods.map(|period| period.to_string()).collect();
        assert_eq!(periods.join(" "), expected);
    }
}

#[test]
fn a_statement_tells_of_units_items_halls_and_kinds() {
    let statement = october();
    assert_eq!(told(&statement.total), "accepted 123, orders_issued 388");
    assert_eq!(limits_told(&statement.limits), "5+2 items, 49/87 days");
    assert_eq!(statement.rules_version, Some(1));
    let expected = [
        "A 单位A: accepted 3, orders_issued 4; 2+0 items, 12/25 days",
        "B 单位B: accepted 24; 1+0 items, 3/5 days",
        "C 单位C: accepted 32; 1+0 items, 30/45 days",
        "D 单位D: accepted 64; 0+0 items, 0/0 days",
        "E 单位E: ; 0+0 items, 0/0 days",
        "F F: ; 0+1 items, 0/0 days",
        "G 单位G: orders_issued 128; 1+1 items, 4/12 days",
        "X X: orders_issued 256; 0+0 items, 0/0 days",
    ];
    assert_eq!(units_told(&statement.units), expected);
    let expected = [
        "A A-1 事项A-1 committed: accepted 1",
        "A A-2 事项A-2新 immediate: accepted 2",
        "B B-1 事项B-1 committed: accepted 8",
        "B OLD OLD -: accepted 16",
        "C C-1 事项C-1 joint: accepted 32",
        "D B-1 事项B-1 committed: accepted 64",
    ];
    assert_eq!(items_told(&statement.items), expected);
    let halls = statement.halls.iter().map(|hall| {
        let name = hall.hall.as_deref().unwrap_or("-");
        format!("{name} {}: {}", hall.units, told(&hall.figures))
    });
    // East has three units, but only two of them have figures.
    let expected = [
        "east 2: accepted 27, orders_issued 4",
        "west 1: accepted 32",
        "- 3: accepted 64, orders_issued 384",
    ];
    assert_eq!(halls.collect::<Vec<_>>(), expected);
    let expected = [
        "immediate: accepted 2",
        "committed: accepted 73",
        "joint: accepted 32",
        "-: accepted 16, orders_issued 388",
    ];
    assert_eq!(kinds_told(&statement.kinds), expected);
}

#[test]
fn units_with_items_that_did_nothing_are_without_business() {
    let statement = october();
    let found: Vec<&str> = statement
        .without_business()
        .map(|unit| unit.code.as_str())
        .collect();
    // E and X have no items; an order that G got is no business of its own.
    assert_eq!(found, ["F", "G"]);
}

#[test]
fn periods_beside_are_known_from_the_record_s_beginning_to_the_cut_off() {
    let statement = october();
    let beside = [&statement.before, &statement.year_before];
    let expected = ["2011-09: accepted 8", "2010-10: unknown"];
    assert_eq!(compared_told(beside.into_iter().flatten()), expected);
    let expected = [
        "2011-05: unknown",
        "2011-06: unknown",
        "2011-07: unknown",
        "2011-08: accepted 9",
        "2011-09: accepted 8",
        "2011-10: accepted 123, orders_issued 388",
    ];
    assert_eq!(compared_told(&statement.course), expected);

    // Cut off at the first instant of November, which is known with it; nothing is known of December.
    let text = "2011-Q4";
    let counted: Vec<(Period, Sheet)> = Statement::periods(&period(text))
        .into_iter()
        .map(|period| (period, sheet(&[("A", Some("A-1"), 2, 0)])))
        .collect();
    let quarter = statement_of(text, "2011-11-01 00:00", counted);
    let expected = [
        "2011-10: accepted 2",
        "2011-11: accepted 2",
        "2011-12: unknown",
    ];
    assert_eq!(compared_told(&quarter.course), expected);
    for (text, cut_off, is_open) in [
        ("2011-Q4", "2011-11-01 00:00", true),
        ("2011-10", "2011-10-31 23:59", true),
        ("2011-10", "2011-11-01 00:00", false),
    ] {
        let found = statement_of(text, cut_off, Vec::new());
        assert_eq!(found.is_open, is_open, "{text} at {cut_off}");
    }
}

#[test]
fn a_sheet_is_given_for_the_period_and_for_those_beside_it_that_are_known() {
    let statement = october();
    for (text, rows) in [
        ("2011-10", Some(OCTOBER)),
        (
            "2011-09",
            Some([("A", Some("A-1"), 3, 0), ("B", Some("B-1"), 5, 0)].as_slice()),
        ),
        ("2011-08", Some([("C", Some("C-1"), 9, 0)].as_slice())),
        // Before the record.
        ("2011-07", None),
        ("2010-10", None),
        // Not counted, and not beside it.
        ("2011-06", None),
        ("2011-W40", None),
        ("2011-12", None),
    ] {
        let found = statement.sheet(&period(text));
        assert_eq!(found, rows.map(sheet).as_ref(), "{text}");
    }
    // A quarter isn't in its own course.
    let rows: &[Row] = &[("A", Some("A-1"), 2, 0)];
    let quarter = statement_of("2011-Q4", COUNTED, vec![(period("2011-Q4"), sheet(rows))]);
    assert_eq!(quarter.sheet(&period("2011-Q4")), Some(&sheet(rows)));
}

#[test]
fn the_units_of_a_period_beside_are_told_if_it_is_known() {
    let statement = october();
    let told_beside = |other: Option<&Compared>| {
        let units = statement.beside(other)?.into_iter();
        let units: Vec<String> = units.map(|(u, f)| format!("{u}: {}", told(&f))).collect();
        Some(units.join("; "))
    };
    let before = told_beside(statement.before.as_ref());
    assert_eq!(before.as_deref(), Some("A: accepted 3; B: accepted 5"));
    assert_eq!(told_beside(statement.year_before.as_ref()), None);
    assert_eq!(told_beside(None), None);
}

#[test]
fn a_unit_alone_sees_its_own_numbers_only() {
    let alone = october().of_unit(&unit("A")).expect("the unit");
    assert_eq!(alone.standing.division_name, "焦作市单位A");
    assert_eq!(told(&alone.total), "accepted 3, orders_issued 4");
    assert_eq!(limits_told(&alone.limits), "2+0 items, 12/25 days");
    let expected = ["A 单位A: accepted 3, orders_issued 4; 2+0 items, 12/25 days"];
    assert_eq!(units_told(&alone.units), expected);
    let expected = [
        "A A-1 事项A-1 committed: accepted 1",
        "A A-2 事项A-2新 immediate: accepted 2",
    ];
    assert_eq!(items_told(&alone.items), expected);
    assert_eq!(alone.halls, []);
    let beside = [&alone.before, &alone.year_before];
    let expected = ["2011-09: accepted 3", "2010-10: unknown"];
    assert_eq!(compared_told(beside.into_iter().flatten()), expected);
    // The whole town had cases in August, but not this unit.
    let expected = [
        "2011-05: unknown",
        "2011-06: unknown",
        "2011-07: unknown",
        "2011-08: ",
        "2011-09: accepted 3",
        "2011-10: accepted 3, orders_issued 4",
    ];
    assert_eq!(compared_told(&alone.course), expected);
    let sheets = alone
        .sheets
        .iter()
        .map(|(period, sheet)| format!("{period} {}", sheet_told(sheet).join("; ")));
    let expected = [
        "2011-10 A -: orders_issued 4; A A-1: accepted 1; A A-2: accepted 2",
        "2011-09 A A-1: accepted 3",
        "2011-08 ",
        "2011-07 A A-1: accepted 13",
        "2010-10 A A-1: accepted 7",
        "2011-W40 A A-1: accepted 11",
    ];
    assert_eq!(sheets.collect::<Vec<_>>(), expected);
}

#[test]
fn the_kinds_of_a_unit_are_those_of_its_items_and_what_has_none() {
    let statement = october();
    let cases: [(&str, Option<&[&str]>); 8] = [
        (
            "A",
            Some(&[
                "immediate: accepted 2",
                "committed: accepted 1",
                "-: orders_issued 4",
            ]),
        ),
        ("B", Some(&["committed: accepted 8", "-: accepted 16"])),
        ("C", Some(&["joint: accepted 32"])),
        ("D", Some(&["committed: accepted 64"])),
        ("E", Some(&[])),
        ("G", Some(&["-: orders_issued 128"])),
        ("X", Some(&["-: orders_issued 256"])),
        // There is no such unit.
        ("Y", None),
    ];
    for (code, expected) in cases {
        let found = statement.of_unit(&unit(code));
        let found = found.map(|alone| kinds_told(&alone.kinds));
        let expected = expected.map(|lines| lines.iter().map(|l| (*l).to_owned()).collect());
        assert_eq!(found, expected, "{code}");
    }
}

fn changed(of: Option<&str>, name: &str) -> Changed {
    Changed {
        unit: of.map(unit),
        item: None,
        name: name.to_owned(),
        before: Some(1),
        after: Some(2),
    }
}

fn revision(number: i64, changes: &[(Option<&str>, &str)]) -> Revision {
    let changes = changes.iter().map(|(of, name)| changed(*of, name));
    Revision {
        number,
        closed_at: at(COUNTED),
        cut_off: at(COUNTED),
        hash: format!("hash {number}"),
        reasons: Vec::new(),
        changes: changes.collect(),
    }
}

#[test]
fn a_unit_alone_sees_its_own_changes_of_a_closed_period_without_ranks() {
    let (own, other) = (Some("A"), Some("B"));
    let mut statement = october();
    statement.closed = Some(Closed {
        last: revision(
            3,
            &[
                (own, "accepted"),
                (own, "rank"),
                (other, "accepted"),
                (other, "rank"),
                (None, "statutory_days"),
            ],
        ),
        earlier: vec![
            revision(2, &[(other, "score"), (own, "score"), (own, "rank")]),
            revision(1, &[]),
        ],
    });
    let expected = Closed {
        last: revision(3, &[(own, "accepted")]),
        earlier: vec![revision(2, &[(own, "score")]), revision(1, &[])],
    };
    let alone = statement.of_unit(&unit("A")).expect("the unit");
    assert_eq!(alone.closed, Some(expected));
}

#[test]
fn points_have_two_decimals_and_all_other_numbers_none() {
    for (name, decimals) in [
        ("score", 2),
        ("points/timeliness", 2),
        ("rank", 0),
        ("accepted", 0),
        ("outcome/granted", 0),
        ("statutory_days", 0),
    ] {
        assert_eq!(changed(None, name).decimals(), decimals, "{name}");
    }
}
