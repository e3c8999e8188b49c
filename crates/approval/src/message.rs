//! What is told to whom: fixed in the plan, so that its executor has no choice.

use chrono::{DateTime, NaiveDate, Utc};

use crate::appeal::AppealDecision;
use crate::command::Act;
use crate::ids::{PersonCode, SubjectId, UnitCode};
use crate::rule::Level;
use crate::stage::Stage;
use crate::track::ClockKey;

/// What a message item says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// A warning was issued.
    Warning(WarningNotice),
    /// A supervision order was issued or sent back.
    Order(OrderNotice),
    /// An appeal was filed, answered or closed.
    Appeal(AppealNotice),
}

/// The facts of a warning as its readers need them. No applicant's data: a mail leaves the house.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WarningNotice {
    /// Notice, yellow or red.
    pub level: Level,
    /// The item's name; an order has none.
    pub item_name: Option<String>,
    /// The unit's name.
    pub unit_name: String,
    /// The stage in which the case rests.
    pub stage: Option<Stage>,
    /// Which clock.
    pub clock: ClockKey,
    /// The due day.
    pub due_on: NaiveDate,
    /// The due instant.
    pub due_at: DateTime<Utc>,
    /// The instant at which the rule's threshold was reached; a notice has it before the due instant.
    pub limit_at: DateTime<Utc>,
    /// Working days left when the warning was recorded.
    pub left: i64,
    /// Working days over when the warning was recorded.
    pub over: i64,
    /// The rule's id.
    pub rule: String,
    /// The rule's text in Chinese.
    pub rule_text: String,
    /// The rule's text in English.
    pub rule_text_en: String,
    /// The articles it rests on, as they were in force on day 0.
    pub basis: Vec<String>,
    /// The names of those responsible.
    pub responsible: Vec<String>,
    /// What an inspector found, where one raised it by hand: then due day and instant are those of his finding.
    pub evidence: Option<String>,
    /// When it was recorded.
    pub recorded_at: DateTime<Utc>,
}

/// The facts of an order as the unit needs them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderNotice {
    /// The unit's name.
    pub unit_name: String,
    /// What it must do.
    pub text: String,
    /// The case it is about.
    pub about: Option<SubjectId>,
    /// The due day.
    pub due_on: Option<NaiveDate>,
    /// The due instant.
    pub due_at: Option<DateTime<Utc>>,
    /// Sent back, not new.
    pub sent_back: bool,
    /// Why it was sent back.
    pub reason: Option<String>,
    /// The name of who issued it or sent it back; `None` is the program.
    pub by: Option<String>,
    /// Working days left when it was recorded.
    pub left: Option<i64>,
    /// When it was recorded.
    pub recorded_at: DateTime<Utc>,
}

/// What happened to an appeal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AppealNews {
    /// It was filed: the inspectors must answer it.
    Filed,
    /// It was answered.
    Decided(AppealDecision),
    /// The card fell before an answer.
    Lapsed,
}

/// The facts of an appeal as its readers need them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppealNotice {
    /// What happened.
    pub news: AppealNews,
    /// The name of the unit that filed it.
    pub unit_name: String,
    /// The case or the order that bears the card.
    pub about: SubjectId,
    /// The item's name, for a case.
    pub item_name: Option<String>,
    /// The level of the card.
    pub level: Level,
    /// Why the unit objects.
    pub grounds: String,
    /// Why it was answered so.
    pub reason: Option<String>,
    /// The day until which an answer is due, while one is.
    pub due_on: Option<NaiveDate>,
    /// That due instant.
    pub due_at: Option<DateTime<Utc>>,
    /// Working days left then.
    pub left: Option<i64>,
    /// The name of who filed or answered it; `None` is the program.
    pub by: Option<String>,
    /// When it was recorded.
    pub recorded_at: DateTime<Utc>,
}

/// One message item: one fact for one recipient.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageItem {
    /// The event that it tells of.
    pub seq: i64,
    /// Who is told.
    pub recipient: PersonCode,
    /// What.
    pub notice: Notice,
}

/// A card that the answer to an appeal takes away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RevocationRequest {
    /// The case or the order that bears it.
    pub subject: SubjectId,
    /// The card, by its sequence number.
    pub warning: i64,
    /// Why.
    pub reason: String,
    /// The appeal.
    pub appeal: SubjectId,
    /// Who answered, when.
    pub act: Act,
}

/// A supervision order that a card brings with it (preset `escalation`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderRequest {
    /// The case it is about.
    pub about: SubjectId,
    /// The card that brings it, by its sequence number; the order falls with it.
    pub warning: Option<i64>,
    /// The unit that must answer.
    pub unit: UnitCode,
    /// Within which term.
    pub term: calendar::Term,
    /// What it must do.
    pub text: String,
    /// When it counts as issued.
    pub occurred_at: DateTime<Utc>,
}
