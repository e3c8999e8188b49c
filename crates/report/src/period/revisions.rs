//! What changed in a closed period since it was closed, revision by revision: the section that leaders read, the table with
//! every number, and its JSON.

use std::collections::BTreeSet;

use approval::statistics::{Changed, Closed, Reason, Revision, Statement};
use serde_json::{Value as Json, json};

use super::column::Cell;
use super::listing::{Column, Listing, Value, beside, number, words};
use super::names::figure_name;
use super::ranking::{Told, ToldTable};
use super::words::NONE;
use crate::picture::Language;

/// More numbers than this go into the workbook and the CSV alone.
const LINES_MAX: usize = 200;
/// Digits of a hash that tell it from any other on paper.
const HASH_DIGITS: usize = 16;

const CHANGES: &[Column] = &[
    number("revision", "修订号", "Revision"),
    words("stored_at", "修订时间", "Stored at"),
    beside(words("unit", "单位代码", "Unit code")),
    words("unit_name", "单位", "Unit"),
    beside(words("item", "事项代码", "Item code")),
    words("item_name", "事项", "Item"),
    beside(words("name", "数据项", "Key")),
    words("figure", "指标", "Figure"),
    number("before", "修订前", "Before"),
    number("after", "修订后", "After"),
    words("why", "原因", "Why"),
];

/// What was closed at which number: a score may have none.
fn cell(changed: &Changed, value: Option<i64>) -> Cell {
    value.map_or(Cell::Empty, |value| {
        Cell::Decimal(value, changed.decimals())
    })
}

fn shown(changed: &Changed, value: Option<i64>) -> String {
    match cell(changed, value) {
        Cell::Empty => NONE.to_owned(),
        cell => cell.text(),
    }
}

fn unit_name<'s>(statement: &'s Statement, changed: &'s Changed) -> Option<&'s str> {
    let code = changed.unit.as_ref()?;
    let unit = statement.units.iter().find(|unit| unit.code == *code);
    Some(unit.map_or(code.as_str(), |unit| unit.name.as_str()))
}

/// Why, in words.
fn why(revision: &Revision, language: Language) -> String {
    let reasons = revision.reasons.iter().map(|reason| match reason {
        Reason::Recorded => language.pick(
            "封存后补录、更正、取消，或撤牌、评分有变动",
            "recorded, corrected, annulled or decided after it was closed",
        ),
        Reason::Calendar => language.pick("日历已修订", "the calendar was revised"),
        Reason::Rules => language.pick("监察规则已修订", "the rules were revised"),
    });
    reasons.collect::<Vec<_>>().join(language.pick("；", "; "))
}

/// Every number that changed, the newest revision first; none where the period isn't closed.
pub(super) fn listing(statement: &Statement, language: Language) -> Option<Listing<'_>> {
    let closed = statement.closed.as_ref()?;
    let rows = closed.revisions().flat_map(move |revision| {
        let line = move |changed: &Changed| {
            let item = changed.item.as_ref();
            let found = item.and_then(|item| statement.items.iter().find(|own| own.code == *item));
            let value = |value| match cell(changed, value) {
                Cell::Decimal(value, decimals) => Value::Decimal(value, decimals),
                _ => Value::None,
            };
            vec![
                Value::Number(revision.number),
                Value::At(revision.closed_at),
                Value::text(changed.unit.as_ref().map(approval::ids::UnitCode::as_str)),
                Value::text(unit_name(statement, changed)),
                Value::text(item.map(approval::ids::ItemCode::as_str)),
                Value::text(found.map(|item| item.name.as_str())),
                Value::Text(changed.name.clone()),
                Value::Text(figure_name(
                    &changed.name,
                    statement.scores.as_ref(),
                    language,
                )),
                value(changed.before),
                value(changed.after),
                Value::Text(why(revision, language)),
            ]
        };
        revision.changes.iter().map(line)
    });
    Some(Listing {
        key: "changes",
        zh: "封存后的修订",
        en: "Revisions",
        columns: CHANGES,
        rows: Box::new(rows),
    })
}

/// The section; none where the period isn't closed.
pub(super) fn told(statement: &Statement, language: Language) -> Option<Told> {
    let closed = statement.closed.as_ref()?;
    let when = |revision: &Revision| language.instant(revision.closed_at, &statement.calendar);
    let hash: String = closed.last.hash.chars().take(HASH_DIGITS).collect();
    let mut sentences = vec![];
    let first = closed.revisions().find(|revision| revision.number == 1);
    if let Some(first) = first {
        let when = when(first);
        sentences.push(language.pick(
            format!("本期数据于{when}封存，为第1号。"),
            format!("The figures were closed on {when}, as number 1."),
        ));
    }
    let mut revised: Vec<&Revision> = closed.revisions().filter(|r| r.number > 1).collect();
    revised.reverse();
    for revision in &revised {
        sentences.push(sentence(revision, &when(revision), language));
    }
    sentences.push(match closed.last.number {
        1 => language.pick(
            format!("封存后没有变动。校验码{hash}。"),
            format!("Nothing has changed since. Check code {hash}."),
        ),
        last => language.pick(
            format!("本报告按修订第{last}号的数据编制，校验码{hash}。"),
            format!("This report shows the figures of revision {last}, check code {hash}."),
        ),
    });
    Some(Told {
        title: language.pick("封存和修订", "Closing and revisions"),
        sentences,
        picture: None,
        tables: table(statement, closed, language).into_iter().collect(),
    })
}

/// 修订第2号(时间):原因,涉及几个单位的几项数字。
fn sentence(revision: &Revision, when: &str, language: Language) -> String {
    let own = || revision.changes.iter().filter(|c| c.item.is_none());
    let units: BTreeSet<_> = own().filter_map(|changed| changed.unit.as_ref()).collect();
    let (units, numbers) = (units.len(), own().count());
    let (number, why) = (revision.number, why(revision, language));
    language.pick(
        format!("修订第{number}号（{when}）：{why}；涉及{units}个单位的{numbers}项数字。"),
        format!("Revision {number} ({when}): {why}; {numbers} numbers of {units} units."),
    )
}

/// The numbers of units that changed; those of items are in the workbook.
fn table(statement: &Statement, closed: &Closed, language: Language) -> Option<ToldTable> {
    let mut rows = Vec::new();
    for revision in closed.revisions() {
        for changed in revision.changes.iter().filter(|c| c.item.is_none()) {
            let whole = language.pick("全部", "all");
            rows.push(vec![
                revision.number.to_string(),
                unit_name(statement, changed).unwrap_or(whole).to_owned(),
                figure_name(&changed.name, statement.scores.as_ref(), language),
                shown(changed, changed.before),
                shown(changed, changed.after),
            ]);
        }
    }
    if rows.is_empty() {
        return None;
    }
    let all = rows.len();
    rows.truncate(LINES_MAX);
    let caption = if all > LINES_MAX {
        language.pick(
            format!("修订前后的数字（共{all}项，此处列前{LINES_MAX}项，其余和各事项的见工作簿）"),
            format!("Numbers before and after ({all} in all, {LINES_MAX} shown; the workbook has the rest, and those of items)"),
        )
    } else {
        language.pick(
            format!("修订前后的数字（{all}项，各事项的见工作簿）"),
            format!("Numbers before and after ({all}; those of items are in the workbook)"),
        )
    };
    let head = language.pick(
        ["修订号", "单位", "指标", "修订前", "修订后"],
        ["Revision", "Unit", "Figure", "Before", "After"],
    );
    Some(ToldTable {
        caption,
        head: head.map(str::to_owned).to_vec(),
        rows,
        is_words: vec![false, true, true, false, false],
    })
}

/// The closing as JSON: the keys of the newest revision, and all that are told below `revisions`. `local` writes an
/// instant.
pub(super) fn value(closed: &Closed, local: impl Fn(&Revision) -> [String; 2]) -> Json {
    let revision = |revision: &Revision| {
        let [closed_at, cut_off] = local(revision);
        let reasons: Vec<&str> = revision.reasons.iter().map(|r| r.as_str()).collect();
        json!({
            "revision": revision.number,
            "closed_at": closed_at,
            "cut_off": cut_off,
            "hash": revision.hash,
            "reasons": reasons,
            "changes": revision.changes.iter().map(change).collect::<Vec<_>>(),
        })
    };
    let mut value = revision(&closed.last);
    if let Some(object) = value.as_object_mut() {
        let all: Vec<Json> = closed.revisions().map(revision).collect();
        object.insert("revisions".to_owned(), Json::Array(all));
    }
    value
}

fn change(changed: &Changed) -> Json {
    json!({
        "unit": changed.unit.as_ref().map(approval::ids::UnitCode::as_str),
        "item": changed.item.as_ref().map(approval::ids::ItemCode::as_str),
        "name": changed.name,
        "before": number_of(changed, changed.before),
        "after": number_of(changed, changed.after),
    })
}

fn number_of(changed: &Changed, value: Option<i64>) -> Json {
    match changed.decimals() {
        0 => json!(value),
        _ => cell(changed, value).json(),
    }
}
