//! The figures cut otherwise than by unit and item, and beside those of earlier periods: by hall, by kind of item, by unit in
//! each period, by person. One definition for every form.

use approval::item::ItemKind;
use approval::statistics::{Figures, LimitSums, PersonLine, Statement};

use super::column::{Cell, Row, column, quotient};
use super::listing::{Column, Listing, Value, beside, number, words};
use crate::picture::Language;

/// The figures of some groups.
pub(super) struct Cut<'a> {
    /// Its key in JSON, and the end of its file's name in CSV.
    pub(super) key: &'static str,
    zh: &'static str,
    en: &'static str,
    head_zh: &'static str,
    head_en: &'static str,
    pub(super) rows: Vec<CutRow<'a>>,
}

/// A group: its code, empty where it has none, what readers call it, its figures.
pub(super) struct CutRow<'a> {
    pub(super) code: String,
    pub(super) name: String,
    pub(super) figures: &'a Figures,
}

impl Cut<'_> {
    pub(super) fn title(&self, language: Language) -> &'static str {
        language.pick(self.zh, self.en)
    }

    pub(super) fn heading(&self, language: Language) -> &'static str {
        language.pick(self.head_zh, self.head_en)
    }
}

/// By hall and by kind.
pub(super) fn cuts(statement: &Statement, language: Language) -> Vec<Cut<'_>> {
    let halls = statement.halls.iter().map(|hall| CutRow {
        code: hall.hall.clone().unwrap_or_default(),
        name: match &hall.hall {
            Some(hall) => hall.clone(),
            None => language.pick("未进大厅", "in no hall").to_owned(),
        },
        figures: &hall.figures,
    });
    let kinds = statement.kinds.iter().map(|kind| CutRow {
        code: kind.kind.map_or("", ItemKind::as_str).to_owned(),
        name: kind_name(kind.kind, language).to_owned(),
        figures: &kind.figures,
    });
    let cuts = [
        Cut {
            key: "halls",
            zh: "各办事大厅",
            en: "Halls",
            head_zh: "办事大厅",
            head_en: "Hall",
            rows: halls.collect(),
        },
        Cut {
            key: "kinds",
            zh: "各办件类型",
            en: "Kinds of items",
            head_zh: "办件类型",
            head_en: "Kind",
            rows: kinds.collect(),
        },
    ];
    cuts.into_iter()
        .filter(|cut| !cut.rows.is_empty())
        .collect()
}

fn kind_name(kind: Option<ItemKind>, language: Language) -> &'static str {
    match kind {
        Some(ItemKind::Immediate) => language.pick("即办件", "immediate"),
        Some(ItemKind::Committed) => language.pick("承诺件", "committed"),
        Some(ItemKind::Joint) => language.pick("联办件", "joint"),
        Some(ItemKind::Forwarded) => language.pick("上报件", "forwarded"),
        None => language.pick("无事项(督办等)", "no item (orders …)"),
    }
}

const COMPARED: &[Column] = &[
    beside(words("unit", "单位代码", "Unit code")),
    words("unit_name", "单位", "Unit"),
    words("of", "时期", "Which"),
    words("period", "统计期", "Period"),
    number("accepted", "受理", "Accepted"),
    number("completed", "办结", "Completed"),
    number("completion_rate_percent", "办结率(%)", "Completion rate %"),
    number("on_time_rate_percent", "按时办结率(%)", "On-time rate %"),
    number(
        "average_working_days_used",
        "平均用时(工作日)",
        "Average days",
    ),
    number("open_late", "超时在办", "Open, late"),
    number("yellow_cards", "黄牌", "Yellow"),
    number("red_cards", "红牌", "Red"),
];

/// Each unit in the period and in those beside it that the record knows, one row for each; none where it knows no other.
pub(super) fn compared(statement: &Statement, language: Language) -> Option<Listing<'static>> {
    let own = statement.units.iter();
    let own = own
        .map(|unit| (unit.code.clone(), unit.figures.clone()))
        .collect();
    let periods = [
        ("this", "本期", Some(&statement.period), Some(own)),
        (
            "before",
            "上期",
            statement.before.as_ref().map(|other| &other.period),
            statement.beside(statement.before.as_ref()),
        ),
        (
            "year_before",
            "上年同期",
            statement.year_before.as_ref().map(|other| &other.period),
            statement.beside(statement.year_before.as_ref()),
        ),
    ];
    let mut rows = Vec::new();
    let mut others = 0;
    for unit in &statement.units {
        for (of, zh, period, figures) in &periods {
            let (Some(period), Some(figures)) = (period, figures) else {
                continue;
            };
            others += usize::from(*of != "this");
            let none = Figures::default();
            let figures = figures.get(&unit.code).unwrap_or(&none);
            let mut row = vec![
                Value::Text(unit.code.to_string()),
                Value::Text(unit.name.clone()),
                Value::Word(of, language.pick((*zh).to_owned(), of.replace('_', " "))),
                Value::Text(period.to_string()),
            ];
            row.extend(
                COMPARED
                    .iter()
                    .skip(row.len())
                    .map(|c| value(c.key, figures)),
            );
            rows.push(row);
        }
    }
    (others > 0).then_some(Listing {
        key: "compared",
        zh: "各单位与前期比较",
        en: "Units compared",
        columns: COMPARED,
        rows: Box::new(rows.into_iter()),
    })
}

/// What a column of figures shows.
fn value(key: &str, figures: &Figures) -> Value {
    let limits = LimitSums::default();
    let row = Row {
        figures,
        limits: &limits,
    };
    as_value(column(key).map_or(Cell::Empty, |column| (column.value)(row)))
}

fn as_value(cell: Cell) -> Value {
    match cell {
        Cell::Whole(value) => Value::Number(i64::try_from(value).unwrap_or(i64::MAX)),
        Cell::Decimal(value, decimals) => Value::Decimal(value, decimals),
        Cell::Empty => Value::None,
    }
}

const PERSONS: &[Column] = &[
    beside(words("unit", "单位代码", "Unit code")),
    beside(words("unit_name", "单位", "Unit")),
    beside(words("person", "人员代码", "Code")),
    words("name", "经办人", "Person"),
    number("accepted", "受理(件)", "Accepted"),
    number("stages", "办理环节(次)", "Stages ended"),
    number("completed", "办结(件)", "Completed"),
    number("sent_back", "退回(次)", "Sent back"),
    number("on_time", "按时(次)", "On time"),
    number("late", "超时(次)", "Late"),
    number(
        "average_working_days_used",
        "平均用时(工作日)",
        "Average days",
    ),
];

/// What each official did.
pub(super) fn persons(lines: &[PersonLine]) -> Listing<'_> {
    let count = |n: u64| Value::Number(i64::try_from(n).unwrap_or(i64::MAX));
    let row = move |line: &PersonLine| {
        let own = &line.figures;
        vec![
            Value::Text(line.unit.clone()),
            Value::Text(line.unit_name.clone()),
            Value::Text(line.person.to_string()),
            Value::Text(line.name.clone()),
            count(own.accepted),
            count(own.visits),
            count(own.completed),
            count(own.sent_back),
            count(own.on_time),
            count(own.late),
            as_value(quotient(own.used.mean())),
        ]
    };
    Listing {
        key: "persons",
        zh: "经办人办理情况",
        en: "Persons",
        columns: PERSONS,
        rows: Box::new(lines.iter().map(row)),
    }
}
