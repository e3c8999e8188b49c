//! The fixed words of the report in Chinese: shares and changes, marks of records, what each figure means.

use approval::event::Defect;
use approval::statistics::{Figures, Ratio};

use super::column::{Cell, Row, column};

/// What stands where nothing can be said.
pub(super) const NONE: &str = "—";

/// A share in percent with two decimals, truncated: 96.21%.
pub(super) fn percent(ratio: Ratio) -> String {
    signed_percent(ratio.percent(2).and_then(|value| i64::try_from(value).ok()))
}

/// A share that may be below zero.
pub(super) fn signed_percent(value: Option<i64>) -> String {
    value.map_or(NONE.to_owned(), |value| {
        Cell::Decimal(value, 2).text() + "%"
    })
}

/// The mean of days used.
pub(super) fn mean(figures: &Figures) -> String {
    match super::column::mean(&figures.used) {
        Cell::Empty => NONE.to_owned(),
        cell => cell.text(),
    }
}

/// A number of days, if there is one.
pub(super) fn days(days: Option<u64>) -> String {
    days.map_or(NONE.to_owned(), |days| days.to_string())
}

/// What a column shows.
pub(super) fn shown(key: &str, row: Row<'_>) -> String {
    match column(key).map(|column| (column.value)(row)) {
        None | Some(Cell::Empty) => NONE.to_owned(),
        Some(cell) => cell.text(),
    }
}

/// How a count stands to the same one of another period: 比上月增加12件(3.45%).
pub(super) fn change(now: u64, then: u64, what: &str) -> String {
    let (word, by) = match now.cmp(&then) {
        std::cmp::Ordering::Less => ("减少", then - now),
        std::cmp::Ordering::Equal => return format!("与{what}持平"),
        std::cmp::Ordering::Greater => ("增加", now - then),
    };
    match Ratio::new(by, then).percent(2) {
        Some(_) => format!("比{what}{word}{by}件({})", percent(Ratio::new(by, then))),
        None => format!("比{what}{word}{by}件"),
    }
}

/// What is irregular about an event.
pub(super) const fn defect(defect: Defect) -> &'static str {
    match defect {
        Defect::LateRecording => "时限过后补录时限内的操作",
        Defect::NoLateReason => "隔日补录未说明原因",
        Defect::StopWithoutNotice => "特别程序无书面告知",
        Defect::SecondCorrection => "第二次补正告知",
        Defect::ExtensionWithoutNotice => "延期未告知申请人",
        Defect::BeforeStart => "早于收件",
        Defect::EndBeforeStart => "结束早于开始",
        Defect::AfterEnd => "办结之后的操作",
        Defect::OutOfOrder => "次序颠倒",
    }
}

/// The last section: what each figure means, with numerator and denominator.
pub(super) const DEFINITIONS: &[(&str, &str)] = &[
    (
        "受理、办结",
        "按事项发生的时间计入统计期，不按录入时间；被取消的操作不计。办结包括各种办结结果；未受理即告结束的（不予受理、不受理等）另列，不计入办结。",
    ),
    (
        "办结率",
        "本期办结件数 ÷ 本期受理件数。办结的可以是以前受理的，因此可能超过100%。",
    ),
    (
        "本期受理办结率",
        "本期受理并于期末前办结的件数 ÷ 本期受理件数。",
    ),
    (
        "在办办结率",
        "本期办结件数 ÷（期初在办件数＋本期受理件数）。",
    ),
    (
        "按时办结率",
        "承诺时限内办结件数 ÷（承诺时限内办结＋超时办结＋期末超时在办）。拖而不办不会使比率变好。",
    ),
    (
        "提前办结率",
        "在承诺时限最后一日之前的工作日办结的件数 ÷ 有承诺时限的办结件数。",
    ),
    ("当日办结率", "收件当日办结的件数 ÷ 计时的办结件数。"),
    (
        "用时",
        "自材料齐备之日的次日起算的工作日数，扣除特别程序和中止期间。作废、删除、退件、撤回的不计；即办件另计。中位数取较小的居中者，九成位取最近序位，平均数截取两位小数。",
    ),
    (
        "提速率",
        "（时限合计－用时合计）÷ 时限合计，只计时限以工作日计的非即办件；延期不计入时限。",
    ),
    (
        "时限压缩",
        "统计期末日有效的审批事项，法定时限合计减承诺时限合计；只计以工作日计的时限。",
    ),
    (
        "黄牌、红牌件数",
        "以本期发出、至数据截止时仍有效的最高一级计，每件只计一次。发出、取消、撤销的张数分别按其发生时间计。",
    ),
    (
        "得分、名次",
        "系统能计的由系统按评分办法计，其余由监察人员录入；未录入的项目按满分计。半年、年度得分为各月得分的平均。无业务和件数不足的单位不排名；得分相同的按件数多少排列，仍相同的名次并列。",
    ),
    ("比率", "一律截取，不四舍五入；分母为零的记“—”。"),
];
