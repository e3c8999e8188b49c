//! The words of the two languages that aren't in a template: levels, stages, clocks, weekdays, times.

use std::str::FromStr;

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, Timelike, Utc, Weekday};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::{AppealKind, Level, OrderKind, note::UnknownWord};

/// A language that mails are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// Chinese.
    #[default]
    Zh,
    /// English.
    En,
}

impl Language {
    /// All languages.
    pub const ALL: [Self; 2] = [Self::Zh, Self::En];

    /// The language's code, as in the names of templates.
    pub fn code(self) -> &'static str {
        match self {
            Self::Zh => "zh",
            Self::En => "en",
        }
    }

    /// One of two things, by the language.
    pub fn pick<T>(self, zh: T, en: T) -> T {
        match self {
            Self::Zh => zh,
            Self::En => en,
        }
    }
}

impl FromStr for Language {
    type Err = UnknownWord;

    fn from_str(code: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|language| language.code() == code)
            .ok_or_else(|| UnknownWord(code.to_owned()))
    }
}

/// The word for a level.
pub fn level(language: Language, level: Level) -> &'static str {
    match level {
        Level::Notice => language.pick("预警", "Notice"),
        Level::Yellow => language.pick("黄牌", "Yellow card"),
        Level::Red => language.pick("红牌", "Red card"),
    }
}

/// The shape that goes with the word, so that a level reads without colour.
pub fn shape(level: Level) -> &'static str {
    match level {
        Level::Notice => "●",
        Level::Yellow => "◆",
        Level::Red => "■",
    }
}

/// What happened to a supervision order.
pub fn order_kind(language: Language, kind: OrderKind) -> &'static str {
    match kind {
        OrderKind::Issued => language.pick("督办", "Supervision order"),
        OrderKind::SentBack => language.pick("督办退回", "Order sent back"),
    }
}

/// What happened to an appeal.
pub fn appeal_kind(language: Language, kind: AppealKind) -> &'static str {
    match kind {
        AppealKind::Filed => language.pick("申诉", "Appeal"),
        AppealKind::Revoked => language.pick("申诉答复：撤销", "Appeal granted"),
        AppealKind::Rejected => language.pick("申诉答复：打回", "Appeal rejected"),
        AppealKind::Referred => language.pick("申诉上报", "Appeal referred"),
        AppealKind::Lapsed => language.pick("申诉终结", "Appeal closed"),
    }
}

/// Code, Chinese, English.
type Entry = (&'static str, &'static str, &'static str);

const STAGES: [Entry; 5] = [
    ("acceptance", "受理", "Acceptance"),
    ("handling", "承办", "Handling"),
    ("review", "审核", "Review"),
    ("approval", "批准", "Approval"),
    ("completion", "办结", "Completion"),
];

/// The phrases are those of `approval`, which letters are made with; the numbers of later times are parted from them.
const CLOCKS: [Entry; 18] = [
    ("promised", "承诺时限", "promised limit"),
    ("statutory", "法定时限", "statutory limit"),
    ("stage", "环节时限", "stage limit"),
    ("acceptance", "受理期限", "limit for acceptance"),
    ("handling", "承办环节时限", "limit for handling"),
    ("review", "审核环节时限", "limit for review"),
    ("approval", "批准环节时限", "limit for approval"),
    ("completion", "办结环节时限", "limit for completion"),
    ("stop", "特别程序时限", "limit of the special procedure"),
    ("correction", "补正期限", "limit for the correction"),
    ("delivery", "送达期限", "limit for delivery"),
    ("suspension", "中止时限", "limit of the suspension"),
    ("partner", "协办意见时限", "limit for the partner's opinion"),
    ("order", "督办时限", "limit of the supervision order"),
    ("appeal", "申诉答复时限", "limit for answering the appeal"),
    ("manual", "人工发牌", "card by hand"),
    ("complaint", "投诉时限", "limit for the complaint"),
    ("reexamination", "复核时限", "limit for the re-examination"),
];

/// A stage by its code or its Chinese word; anything else stays as it is.
pub fn stage(language: Language, word: &str) -> String {
    translate(&STAGES, language, word)
}

/// A clock by its code or its Chinese phrase, also with the number of a later time (审核环节时限(第2次)); anything else stays
/// as it is.
pub fn clock(language: Language, word: &str) -> String {
    let later = word
        .strip_suffix("次)")
        .and_then(|front| front.split_once("(第"));
    let Some((word, number)) = later else {
        return translate(&CLOCKS, language, word);
    };
    let name = translate(&CLOCKS, language, word);
    match language {
        Language::Zh => format!("{name}(第{number}次)"),
        Language::En => format!("{name} ({number})"),
    }
}

fn translate(entries: &[Entry], language: Language, word: &str) -> String {
    entries
        .iter()
        .find(|(code, zh, _)| *code == word || *zh == word)
        .map_or(word, |(_, zh, en)| language.pick(zh, en))
        .to_owned()
}

/// A day without its year: 10月8日, 8 Oct.
pub fn day(language: Language, date: NaiveDate) -> String {
    match language {
        Language::Zh => format!("{}月{}日", date.month(), date.day()),
        Language::En => format!("{} {}", date.day(), month(date)),
    }
}

/// A day with its year: 2011年10月8日, 8 Oct 2011.
pub fn whole_day(language: Language, date: NaiveDate) -> String {
    match language {
        Language::Zh => format!("{}年{}", date.year(), day(language, date)),
        Language::En => format!("{} {}", day(language, date), date.year()),
    }
}

/// A weekday: 周六, Sat.
pub fn weekday(language: Language, date: NaiveDate) -> &'static str {
    match date.weekday() {
        Weekday::Mon => language.pick("周一", "Mon"),
        Weekday::Tue => language.pick("周二", "Tue"),
        Weekday::Wed => language.pick("周三", "Wed"),
        Weekday::Thu => language.pick("周四", "Thu"),
        Weekday::Fri => language.pick("周五", "Fri"),
        Weekday::Sat => language.pick("周六", "Sat"),
        Weekday::Sun => language.pick("周日", "Sun"),
    }
}

/// Until when: 10月8日 周六 24:00前, Sat 8 Oct, before 24:00.
///
/// The end is midnight unless another instant is given; one that isn't on that day, or is the midnight after it,
/// is told as 24:00 too.
pub fn deadline(
    language: Language,
    due_on: NaiveDate,
    due_at: Option<DateTime<Utc>>,
    zone: Tz,
) -> String {
    let close = due_at
        .map(|instant| instant.with_timezone(&zone).naive_local())
        .filter(|end| end.date() == due_on)
        .map_or_else(|| "24:00".to_owned(), |end| hour_and_minute(end.time()));
    let (day, weekday) = (day(language, due_on), weekday(language, due_on));
    match language {
        Language::Zh => format!("{day} {weekday} {close}前"),
        Language::En => format!("{weekday} {day}, before {close}"),
    }
}

/// An instant in the office's zone: 2011年10月8日 24:00 for the midnight that ends it, else the day and the time.
pub fn instant(language: Language, at: DateTime<Utc>, zone: Tz) -> String {
    let local = at.with_timezone(&zone).naive_local();
    let (date, time) = match local.date().checked_sub_days(Days::new(1)) {
        Some(before) if local.time() == NaiveTime::MIN => (before, "24:00".to_owned()),
        _ => (local.date(), hour_and_minute(local.time())),
    };
    format!("{} {time}", whole_day(language, date))
}

/// A moment at which something was done, in the office's zone: 2011年10月9日 00:00 for midnight, since the day that
/// begins with it is the one that counts.
pub fn moment(language: Language, at: DateTime<Utc>, zone: Tz) -> String {
    let local = at.with_timezone(&zone).naive_local();
    let time = hour_and_minute(local.time());
    format!("{} {time}", whole_day(language, local.date()))
}

/// A count of days with the day on which it was made.
pub fn as_of(language: Language, count: &str, on: NaiveDate) -> String {
    let on = day(language, on);
    match language {
        Language::Zh => format!("{count}（截至{on}）"),
        Language::En => format!("{count} (as of {on})"),
    }
}

fn hour_and_minute(time: NaiveTime) -> String {
    format!("{:02}:{:02}", time.hour(), time.minute())
}

fn month(date: NaiveDate) -> &'static str {
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let index = usize::try_from(date.month0()).unwrap_or_default();
    MONTHS[index % MONTHS.len()]
}

/// A number of working days: 3 个工作日, 3 working days.
pub fn working_days(language: Language, days: i64) -> String {
    match language {
        Language::Zh => format!("{days} 个工作日"),
        Language::En if days == 1 => "1 working day".to_owned(),
        Language::En => format!("{days} working days"),
    }
}

/// What is left: 剩 2 个工作日, 当日到期, 已超 3 个工作日, 已超期; none if neither is known.
pub fn remaining(language: Language, left: Option<i64>, over: Option<i64>) -> Option<String> {
    let phrase = match (over, left) {
        (Some(days), _) if days > 0 => {
            let days = working_days(language, days);
            language.pick(format!("已超 {days}"), format!("{days} over"))
        }
        (Some(_), _) => language.pick("已超期", "overdue").to_owned(),
        (None, Some(days)) if days > 0 => {
            let days = working_days(language, days);
            language.pick(format!("剩 {days}"), format!("{days} left"))
        }
        (None, Some(_)) => language.pick("当日到期", "due that day").to_owned(),
        (None, None) => return None,
    };
    Some(phrase)
}

/// For a case whose clock stands still.
pub fn standing_still(language: Language) -> &'static str {
    language.pick("停止计时中", "not counting")
}

/// Puts names side by side: 张三、李四; Zhang, Li.
pub fn list(language: Language, names: &[String]) -> String {
    names.join(language.pick("、", ", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono_tz::Asia::Shanghai;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn time_is_told_as_a_person_would() {
        let due = date("2011-10-08");
        let told = |due_at: Option<&str>| {
            let due_at = due_at.map(|text| text.parse().unwrap());
            Language::ALL.map(|language| deadline(language, due, due_at, Shanghai))
        };
        let midnight = ["10月8日 周六 24:00前", "Sat 8 Oct, before 24:00"];
        assert_eq!(told(None), midnight);
        assert_eq!(told(Some("2011-10-08T16:00:00Z")), midnight);
        assert_eq!(
            told(Some("2011-10-08T09:30:00Z")),
            ["10月8日 周六 17:30前", "Sat 8 Oct, before 17:30"]
        );
        let at = |text: &str| instant(Language::Zh, text.parse().unwrap(), Shanghai);
        assert_eq!(at("2011-10-08T16:00:00Z"), "2011年10月8日 24:00");
        assert_eq!(at("2011-10-08T16:01:00Z"), "2011年10月9日 00:01");
        assert_eq!(at("2011-12-31T16:00:00Z"), "2011年12月31日 24:00");
    }

    #[test]
    fn clocks_of_later_times_have_their_number() {
        let both = |word| Language::ALL.map(|language| clock(language, word));
        assert_eq!(both("handling"), ["承办环节时限", "limit for handling"]);
        assert_eq!(
            both("审核环节时限(第2次)"),
            ["审核环节时限(第2次)", "limit for review (2)"]
        );
        assert_eq!(both("别的时限"), ["别的时限"; 2]);
    }

    #[test]
    fn what_is_left() {
        for (left, over, zh, en) in [
            (Some(2), None, "剩 2 个工作日", "2 working days left"),
            (Some(1), None, "剩 1 个工作日", "1 working day left"),
            (Some(0), None, "当日到期", "due that day"),
            (None, Some(0), "已超期", "overdue"),
            (Some(0), Some(3), "已超 3 个工作日", "3 working days over"),
        ] {
            assert_eq!(remaining(Language::Zh, left, over).as_deref(), Some(zh));
            assert_eq!(remaining(Language::En, left, over).as_deref(), Some(en));
        }
        assert_eq!(remaining(Language::Zh, None, None), None);
    }

    #[test]
    fn words_come_from_codes_and_from_chinese() {
        for word in ["review", "审核"] {
            assert_eq!(stage(Language::Zh, word), "审核");
            assert_eq!(stage(Language::En, word), "Review");
        }
        assert_eq!(clock(Language::En, "审核环节时限"), "limit for review");
        assert_eq!(clock(Language::Zh, "statutory"), "法定时限");
        assert_eq!(clock(Language::En, "听证时限"), "听证时限");
    }
}
