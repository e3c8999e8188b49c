//! The lists of a report as tables, one definition for every form: programs get codes, readers get words.

use approval::appeal::AppealPhase;
use approval::order::OrderPhase;
use approval::statistics::{
    CardLine, CorrectionLine, ExtensionLine, IrregularLine, Lists, OrderLine, Place, StopLine,
};
use approval::warning::WarningState;
use calendar::Calendar;
use chrono::{DateTime, NaiveDate, Utc};

use super::column::Cell;
use crate::picture::Language;

/// What stands in a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    /// There is none.
    None,
    /// A number or a name.
    Text(String),
    /// The word of the record for programs, and that for readers.
    Word(&'static str, String),
    /// A count.
    Number(i64),
    /// A decimal number: its digits, and how many of them are decimals.
    Decimal(i64, u32),
    /// An office day.
    Day(NaiveDate),
    /// An instant.
    At(DateTime<Utc>),
    /// Yes or no.
    Flag(bool),
}

impl Value {
    pub(super) fn text(text: Option<&str>) -> Self {
        text.map_or(Self::None, |text| Self::Text(text.to_owned()))
    }

    fn at(at: Option<DateTime<Utc>>) -> Self {
        at.map_or(Self::None, Self::At)
    }

    /// For readers: days without their time, yes and no.
    pub(super) fn shown(&self, language: Language, calendar: &Calendar) -> String {
        match self {
            Self::None => String::new(),
            Self::Text(text) | Self::Word(_, text) => text.clone(),
            Self::Number(number) => number.to_string(),
            Self::Decimal(value, decimals) => crate::picture::decimal(*value, *decimals),
            Self::Day(day) => day.to_string(),
            Self::At(at) => calendar.local(*at).format("%Y-%m-%d").to_string(),
            Self::Flag(true) => language.pick("是", "yes").to_owned(),
            Self::Flag(false) => language.pick("否", "no").to_owned(),
        }
    }

    /// For programs.
    pub(super) fn code(&self, calendar: &Calendar) -> String {
        match self {
            Self::None => String::new(),
            Self::Text(text) => text.clone(),
            Self::Word(code, _) => (*code).to_owned(),
            Self::Number(number) => number.to_string(),
            Self::Decimal(value, decimals) => crate::picture::decimal(*value, *decimals),
            Self::Day(day) => day.to_string(),
            Self::At(at) => calendar.local(*at).to_rfc3339(),
            Self::Flag(flag) => flag.to_string(),
        }
    }

    /// For programs, as JSON.
    pub(super) fn json(&self, calendar: &Calendar) -> serde_json::Value {
        match self {
            Self::None => serde_json::Value::Null,
            Self::Number(number) => (*number).into(),
            Self::Flag(flag) => (*flag).into(),
            Self::Decimal(value, decimals) => Cell::Decimal(*value, *decimals).json(),
            other => other.code(calendar).into(),
        }
    }
}

/// A column.
pub(super) struct Column {
    pub(super) key: &'static str,
    zh: &'static str,
    en: &'static str,
    /// Whether papers show it: what is short of room leaves the rest to workbooks.
    pub(super) on_paper: bool,
    /// Whether its cells are words rather than numbers.
    pub(super) is_words: bool,
}

impl Column {
    pub(super) fn heading(&self, language: Language) -> &'static str {
        language.pick(self.zh, self.en)
    }
}

pub(super) const fn words(key: &'static str, zh: &'static str, en: &'static str) -> Column {
    Column {
        key,
        zh,
        en,
        on_paper: true,
        is_words: true,
    }
}

pub(super) const fn number(key: &'static str, zh: &'static str, en: &'static str) -> Column {
    Column {
        is_words: false,
        ..words(key, zh, en)
    }
}

pub(super) const fn beside(column: Column) -> Column {
    Column {
        on_paper: false,
        ..column
    }
}

/// The rows of a list, made as they are asked for: a list may be long, and its cells take much more room than what they
/// are made of.
pub(super) type Rows<'a> = Box<dyn Iterator<Item = Vec<Value>> + 'a>;

/// A list as a table.
pub(super) struct Listing<'a> {
    /// Its key in JSON, and the end of its file's name in CSV.
    pub(super) key: &'static str,
    pub(super) zh: &'static str,
    pub(super) en: &'static str,
    pub(super) columns: &'static [Column],
    pub(super) rows: Rows<'a>,
}

impl Listing<'_> {
    pub(super) fn title(&self, language: Language) -> &'static str {
        language.pick(self.zh, self.en)
    }
}

const CARDS: &[Column] = &[
    words("case", "办件或督办单", "Case or order"),
    beside(number("warning", "序号", "Event")),
    beside(words("unit", "单位代码", "Unit code")),
    words("unit_name", "单位", "Unit"),
    beside(words("item", "事项代码", "Item code")),
    words("item_name", "事项", "Item"),
    words("level", "等级", "Level"),
    words("clock", "超过的时限", "Limit passed"),
    beside(words("stage", "环节", "Stage")),
    words("due_on", "到期日", "Due on"),
    beside(words("issued_at", "发出时间", "Issued at")),
    number("over_working_days", "超期(工作日)", "Working days over"),
    beside(words("still_runs", "尚未办完", "Still runs")),
    words("persons", "责任人", "Responsible"),
    words("state", "现状", "State"),
    beside(words("appeal", "申诉编号", "Appeal")),
    words("appeal_state", "申诉", "Appeal's state"),
];

const ORDERS: &[Column] = &[
    words("order", "督办单", "Order"),
    beside(words("unit", "单位代码", "Unit code")),
    words("unit_name", "单位", "Unit"),
    words("about", "有关办件", "About"),
    words("text", "要求", "Demand"),
    // The number of an order has its day.
    beside(words("issued_at", "发出时间", "Issued at")),
    words("due_on", "回复期限", "Due on"),
    words("replied_at", "回复时间", "Replied at"),
    words("in_time", "按期", "In time"),
    beside(number("sent_back", "退回次数", "Sent back")),
    beside(words("closed_at", "销号时间", "Closed at")),
    words("state", "现状", "State"),
];

const CORRECTIONS: &[Column] = &[
    words("case", "办件", "Case"),
    beside(words("unit", "单位代码", "Unit code")),
    words("unit_name", "单位", "Unit"),
    beside(words("item", "事项代码", "Item code")),
    words("item_name", "事项", "Item"),
    number("number", "第几次", "Notice no."),
    words("notified_at", "告知时间", "Notified at"),
    words("supplied_at", "补齐时间", "Supplied at"),
];

const STOPS: &[Column] = &[
    words("case", "办件", "Case"),
    beside(words("unit", "单位代码", "Unit code")),
    words("unit_name", "单位", "Unit"),
    beside(words("item", "事项代码", "Item code")),
    words("item_name", "事项", "Item"),
    words("procedure", "程序", "Procedure"),
    words("notice", "告知文号", "Notice"),
    words("from", "开始", "From"),
    words("to", "结束", "To"),
];

const EXTENSIONS: &[Column] = &[
    words("case", "办件", "Case"),
    beside(words("unit", "单位代码", "Unit code")),
    words("unit_name", "单位", "Unit"),
    beside(words("item", "事项代码", "Item code")),
    words("item_name", "事项", "Item"),
    words("approved_at", "批准时间", "Approved at"),
    number("working_days", "延长(工作日)", "Working days"),
];

const IRREGULAR: &[Column] = &[
    words("subject", "办件", "Case"),
    beside(number("event", "序号", "Event")),
    beside(words("unit", "单位代码", "Unit code")),
    words("unit_name", "单位", "Unit"),
    beside(words("item", "事项代码", "Item code")),
    beside(words("item_name", "事项", "Item")),
    words("defect", "标记", "Mark"),
    beside(words("kind", "操作", "Act")),
    words("occurred_at", "发生时间", "Happened at"),
    words("recorded_at", "录入时间", "Recorded at"),
];

/// All lists in the order in which they are read.
pub(super) fn listings(lists: &Lists, language: Language) -> [Listing<'_>; 6] {
    [
        Listing {
            key: "cards",
            zh: "黄牌、红牌明细",
            en: "Yellow and red cards",
            columns: CARDS,
            rows: Box::new(lists.cards.iter().map(move |line| card(line, language))),
        },
        Listing {
            key: "orders",
            zh: "督办单",
            en: "Supervision orders",
            columns: ORDERS,
            rows: Box::new(lists.orders.iter().map(move |line| order(line, language))),
        },
        Listing {
            key: "corrections",
            zh: "补正告知",
            en: "Correction notices",
            columns: CORRECTIONS,
            rows: Box::new(lists.corrections.iter().map(correction)),
        },
        Listing {
            key: "stops",
            zh: "特别程序和中止",
            en: "Stops and suspensions",
            columns: STOPS,
            rows: Box::new(lists.stops.iter().map(move |line| stop(line, language))),
        },
        Listing {
            key: "extensions",
            zh: "延期",
            en: "Extensions",
            columns: EXTENSIONS,
            rows: Box::new(lists.extensions.iter().map(extension)),
        },
        Listing {
            key: "irregular",
            zh: "带标记的记录",
            en: "Marked records",
            columns: IRREGULAR,
            rows: Box::new(
                lists
                    .irregular
                    .iter()
                    .map(move |line| irregular(line, language)),
            ),
        },
    ]
}

/// Unit and item by code and name.
fn of_place(place: &Place) -> [Value; 4] {
    [
        Value::Text(place.unit.clone()),
        Value::Text(place.unit_name.clone()),
        Value::text(place.item.as_deref()),
        Value::text(place.item_name.as_deref()),
    ]
}

fn card(line: &CardLine, language: Language) -> Vec<Value> {
    let mark = language.level(line.level);
    let shape = match line.level {
        approval::rule::Level::Red => "■",
        approval::rule::Level::Yellow => "◆",
        approval::rule::Level::Notice => "●",
    };
    let [unit, unit_name, item, item_name] = of_place(&line.place);
    vec![
        Value::Text(line.subject.to_string()),
        Value::Number(line.seq),
        unit,
        unit_name,
        item,
        item_name,
        Value::Word(line.level.as_str(), format!("{shape}{mark}")),
        Value::Text(language.clock(line.clock)),
        line.stage.map_or(Value::None, |stage| {
            Value::Word(stage.as_str(), language.stage(stage).to_owned())
        }),
        line.due_on.map_or(Value::None, Value::Day),
        Value::At(line.issued_at),
        line.over_working_days.map_or(Value::None, Value::Number),
        Value::Flag(line.still_runs),
        Value::Text(line.persons.join(language.comma())),
        Value::Word(line.state.as_str(), card_state(line.state, language)),
        Value::text(line.appeal.as_ref().map(approval::ids::SubjectId::as_str)),
        line.appeal_state.as_deref().map_or(Value::None, |word| {
            appeal_state(word).map_or(Value::Text(word.to_owned()), |(code, zh)| {
                Value::Word(code, language.pick(zh, code).to_owned())
            })
        }),
    ]
}

fn card_state(state: WarningState, language: Language) -> String {
    language.pick(state.zh(), state.as_str()).to_owned()
}

/// Where an appeal stands, in words.
fn appeal_state(word: &str) -> Option<(&'static str, &'static str)> {
    let known = [
        (AppealPhase::Filed.as_str(), "待答复"),
        (AppealPhase::Referred { by: None }.as_str(), "已上报"),
        ("revoked", "已撤牌"),
        ("rejected", "已打回"),
        ("lapsed", "已失效"),
    ];
    known.into_iter().find(|(code, _)| *code == word)
}

fn order(line: &OrderLine, language: Language) -> Vec<Value> {
    let zh = match line.state {
        word if word == OrderPhase::Issued.as_str() => "待回复",
        word if word == OrderPhase::Replied.as_str() => "已回复",
        _ => "已销号",
    };
    let [unit, unit_name, ..] = of_place(&line.place);
    vec![
        Value::Text(line.order.to_string()),
        unit,
        unit_name,
        Value::text(line.about.as_ref().map(approval::ids::SubjectId::as_str)),
        Value::Text(line.text.clone()),
        Value::At(line.issued_at),
        line.due_on.map_or(Value::None, Value::Day),
        Value::at(line.replied_at),
        line.in_time.map_or(Value::None, Value::Flag),
        Value::Number(i64::from(line.sent_back)),
        Value::at(line.closed_at),
        Value::Word(line.state, language.pick(zh, line.state).to_owned()),
    ]
}

fn correction(line: &CorrectionLine) -> Vec<Value> {
    let mut row = vec![Value::Text(line.case.to_string())];
    row.extend(of_place(&line.place));
    row.extend([
        Value::Number(i64::from(line.number)),
        Value::At(line.notified_at),
        Value::at(line.supplied_at),
    ]);
    row
}

fn stop(line: &StopLine, language: Language) -> Vec<Value> {
    let procedure = language.procedure(line.procedure).to_owned();
    let mut row = vec![Value::Text(line.case.to_string())];
    row.extend(of_place(&line.place));
    row.extend([
        Value::Word(line.procedure.as_str(), procedure),
        Value::text(line.notice.as_deref()),
        Value::At(line.from),
        Value::at(line.to),
    ]);
    row
}

fn extension(line: &ExtensionLine) -> Vec<Value> {
    let mut row = vec![Value::Text(line.case.to_string())];
    row.extend(of_place(&line.place));
    row.extend([
        Value::At(line.at),
        Value::Number(i64::from(line.working_days)),
    ]);
    row
}

fn irregular(line: &IrregularLine, language: Language) -> Vec<Value> {
    let mark = language.pick(
        super::words::defect(line.defect),
        super::english::defect(line.defect),
    );
    let mut row = vec![
        Value::Text(line.subject.to_string()),
        Value::Number(line.seq),
    ];
    row.extend(of_place(&line.place));
    row.extend([
        Value::Word(line.defect.as_str(), mark.to_owned()),
        Value::Text(line.kind.to_owned()),
        Value::At(line.occurred_at),
        Value::At(line.recorded_at),
    ]);
    row
}
