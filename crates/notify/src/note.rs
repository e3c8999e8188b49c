//! What a message item holds: the facts that a recipient is told, fixed when the event happened.
//!
//! Notes carry no applicant's name and no identity number. The names of responsible officials may appear.

use std::str::FromStr;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

/// The level of a warning, least first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// 预警
    Notice,
    /// 黄牌
    Yellow,
    /// 红牌
    Red,
}

impl Level {
    /// All levels, highest first.
    pub const DESCENDING: [Self; 3] = [Self::Red, Self::Yellow, Self::Notice];

    /// The level's code: `notice`, `yellow` or `red`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Notice => "notice",
            Self::Yellow => "yellow",
            Self::Red => "red",
        }
    }
}

impl FromStr for Level {
    type Err = UnknownWord;

    fn from_str(code: &str) -> Result<Self, Self::Err> {
        Self::DESCENDING
            .into_iter()
            .find(|level| level.code() == code)
            .ok_or_else(|| UnknownWord(code.to_owned()))
    }
}

/// A code that names nothing here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown word {0}")]
pub struct UnknownWord(pub(crate) String);

/// A warning was issued.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WarningNote {
    /// Its level.
    pub level: Level,
    /// The number of the case, or of whatever else the clock belongs to.
    pub case_number: String,
    /// The item's name.
    pub item_name: String,
    /// The responsible unit.
    pub unit_name: String,
    /// The stage that the case is in, as a code (`review`) or as its Chinese word.
    #[serde(default)]
    pub stage: Option<String>,
    /// Whose limit it is: `promised`, `statutory`, `stage`, … or a Chinese phrase such as 审核环节时限.
    pub clock: String,
    /// The day until which the act was or is due.
    pub due_on: NaiveDate,
    /// The end of that day, if it isn't midnight.
    #[serde(default)]
    pub due_at: Option<DateTime<Utc>>,
    /// The instant at which the rule's threshold was reached.
    pub limit_at: DateTime<Utc>,
    /// Working days left when the warning was recorded, if the limit hadn't passed.
    #[serde(default)]
    pub left_working_days: Option<i64>,
    /// Working days over when the warning was recorded, if the limit had passed.
    #[serde(default)]
    pub over_working_days: Option<i64>,
    /// The rule's id.
    pub rule: String,
    /// The rule in words.
    pub rule_text: String,
    /// The legal basis, by article.
    #[serde(default)]
    pub basis: Vec<String>,
    /// The responsible officials.
    #[serde(default)]
    pub persons: Vec<String>,
    /// What an inspector found, where one raised it by hand.
    #[serde(default)]
    pub evidence: Option<String>,
    /// When the warning was recorded; left and over are told as of then.
    pub recorded_at: DateTime<Utc>,
    /// Where the warning is shown, below the letterhead's base URL, such as `/warnings/17`.
    #[serde(default)]
    pub path: Option<String>,
}

/// What happened to a supervision order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderKind {
    /// 下达
    Issued,
    /// 退回重办
    SentBack,
}

/// A supervision order was issued to a unit, or its reply was sent back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderNote {
    /// What happened.
    pub kind: OrderKind,
    /// The order's number.
    pub order_number: String,
    /// The case it is about, if it is about one.
    #[serde(default)]
    pub case_number: Option<String>,
    /// That case's item.
    #[serde(default)]
    pub item_name: Option<String>,
    /// The unit that has to act.
    pub unit_name: String,
    /// What is asked for.
    pub demand: String,
    /// Why the reply was sent back.
    #[serde(default)]
    pub reason: Option<String>,
    /// The day until which a reply is due.
    pub due_on: NaiveDate,
    /// The end of that day, if it isn't midnight.
    #[serde(default)]
    pub due_at: Option<DateTime<Utc>>,
    /// Working days left when it was recorded.
    #[serde(default)]
    pub left_working_days: Option<i64>,
    /// Who issued it.
    pub issued_by: String,
    /// The legal basis, by article.
    #[serde(default)]
    pub basis: Vec<String>,
    /// When this was recorded.
    pub recorded_at: DateTime<Utc>,
    /// Where the order is shown, below the letterhead's base URL.
    #[serde(default)]
    pub path: Option<String>,
}

/// What happened to an appeal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AppealKind {
    /// 提出
    Filed,
    /// 撤销: the card is revoked.
    Revoked,
    /// 打回: the card stays.
    Rejected,
    /// 上报: somebody else decides.
    Referred,
    /// 失效: the card fell before an answer.
    Lapsed,
}

/// A unit appealed against a card, or its appeal was answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppealNote {
    /// What happened.
    pub kind: AppealKind,
    /// The appeal's number.
    pub appeal_number: String,
    /// The case or the order that bears the card.
    pub subject_number: String,
    /// That case's item.
    #[serde(default)]
    pub item_name: Option<String>,
    /// The card's level.
    pub level: Level,
    /// The unit that appealed.
    pub unit_name: String,
    /// Why it objects.
    pub grounds: String,
    /// Why it was answered so.
    #[serde(default)]
    pub reason: Option<String>,
    /// The day until which an answer is due, while one is.
    #[serde(default)]
    pub due_on: Option<NaiveDate>,
    /// The end of that day, if it isn't midnight.
    #[serde(default)]
    pub due_at: Option<DateTime<Utc>>,
    /// Working days left when it was recorded.
    #[serde(default)]
    pub left_working_days: Option<i64>,
    /// Who filed or answered it.
    pub by: String,
    /// When this was recorded.
    pub recorded_at: DateTime<Utc>,
    /// Where the appeal is shown, below the letterhead's base URL.
    #[serde(default)]
    pub path: Option<String>,
}

/// One open case of the morning digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DigestLine {
    /// The number of the case.
    pub case_number: String,
    /// The item's name.
    pub item_name: String,
    /// The stage that the case is in, as a code or as its Chinese word.
    #[serde(default)]
    pub stage: Option<String>,
    /// The day until which it is due; none while its clock stands still.
    #[serde(default)]
    pub due_on: Option<NaiveDate>,
    /// Working days left.
    #[serde(default)]
    pub left: Option<i64>,
    /// Working days over.
    #[serde(default)]
    pub over: Option<i64>,
    /// The case's highest live warning.
    #[serde(default)]
    pub level: Option<Level>,
    /// Where the case is shown, below the letterhead's base URL.
    #[serde(default)]
    pub path: Option<String>,
}

/// The recipient's open cases on a morning.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DigestNote {
    /// The morning's date.
    pub date: NaiveDate,
    /// The cases, the most urgent of them if there are too many to keep.
    pub lines: Vec<DigestLine>,
    /// The number of open cases that are not among the lines.
    #[serde(default)]
    pub omitted: u64,
}

/// One thing that a recipient is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "note", rename_all = "snake_case")]
pub enum Note {
    /// A warning.
    Warning(WarningNote),
    /// A supervision order.
    Order(OrderNote),
    /// An appeal.
    Appeal(AppealNote),
    /// The morning's open cases.
    Digest(DigestNote),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_is_kept_as_json_that_names_its_kind() {
        let notes = crate::sample::notes();
        for note in &notes {
            let text = serde_json::to_string(note).unwrap();
            assert_eq!(&serde_json::from_str::<Note>(&text).unwrap(), note);
        }
        let least = r#"{"note":"warning","level":"red","case_number":"1","item_name":"i","unit_name":"u",
            "clock":"法定时限","due_on":"2011-10-08","limit_at":"2011-10-08T16:00:00Z","rule":"r",
            "rule_text":"t","recorded_at":"2011-10-08T16:00:00Z"}"#;
        assert!(matches!(
            serde_json::from_str(least).unwrap(),
            Note::Warning(WarningNote {
                level: Level::Red,
                ..
            })
        ));
    }

    #[test]
    fn levels_have_codes_and_an_order() {
        assert_eq!("yellow".parse(), Ok(Level::Yellow));
        assert!("orange".parse::<Level>().is_err());
        assert!(Level::Red > Level::Yellow && Level::Yellow > Level::Notice);
    }
}
