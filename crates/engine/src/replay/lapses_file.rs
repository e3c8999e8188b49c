//! The second run as data: `lapses.toml`, every kind of lapse a group with its counts.

use std::collections::BTreeMap;

use calendar::Term;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Deserializer};

use approval::stage::Procedure;

use super::scenario::{ItemWeights, Range, day_of_toml, instant_of_toml, need, wrong};
use crate::error::EngineError;

/// The second run.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lapses {
    /// The seed of all chance.
    pub seed: u64,
    /// The file whose calendar, habits and names are used too.
    pub base: String,
    /// The first day.
    #[serde(deserialize_with = "day_of_toml")]
    pub from: NaiveDate,
    /// The last day.
    #[serde(deserialize_with = "day_of_toml")]
    pub to: NaiveDate,
    /// Applications received.
    pub cases: u32,
    /// Sum of all groups.
    pub cases_with_lapse: u32,
    /// Weights of items in this run.
    pub item_weights: ItemWeights,
    /// A stage takes too long.
    pub late_stage: LateStage,
    /// Past the promised limit.
    pub late_promised: Late,
    /// Past the statutory limit.
    pub late_statutory: LateStatutory,
    /// 特别程序
    pub stops: Stops,
    /// 补正
    pub corrections: Corrections,
    /// Accepted by silence.
    pub deemed_acceptance: DeemedAcceptance,
    /// 延期
    pub extensions: Extensions,
    /// 退回
    pub send_backs: SendBacks,
    /// Recorded late.
    pub late_recording: LateRecording,
    /// Recording was impossible.
    pub outage: Outage,
    /// 撤回, 终止
    pub withdrawals: Withdrawals,
    /// 不予受理, 不受理, 不予许可
    pub refusals: Refusals,
    /// 转报, 征求意见
    pub send_outs: SendOuts,
    /// Irregular recording.
    pub irregular: Irregular,
    /// 作废一条记录
    pub annulments: Annulments,
    /// What inspectors do.
    pub inspectors: Inspectors,
}

/// A stage takes longer than its limit.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LateStage {
    /// How many.
    pub cases: u32,
    /// Received by.
    #[serde(deserialize_with = "day_of_toml")]
    pub received_by: NaiveDate,
    /// Items with such promised limits.
    pub promised: Range,
    /// Working days over the stage's limit.
    pub over_days: Range,
    /// Late in which stage.
    pub by_stage: ByStage,
}

/// Counts by stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ByStage {
    /// 承办
    pub handling: u32,
    /// 审核
    pub review: u32,
    /// 批准
    pub approval: u32,
    /// 办结
    pub completion: u32,
}

/// Past the promised limit, inside the statutory one.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Late {
    /// How many.
    pub cases: u32,
    /// Received by.
    #[serde(deserialize_with = "day_of_toml")]
    pub received_by: NaiveDate,
    /// Items with such promised limits.
    pub promised: Range,
    /// Working days over the promised limit.
    pub over_days: Range,
    /// Of these, still open at the end.
    pub open_at_end: u32,
}

/// Past the statutory limit.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LateStatutory {
    /// How many.
    pub cases: u32,
    /// Received by.
    #[serde(deserialize_with = "day_of_toml")]
    pub received_by: NaiveDate,
    /// Items with such statutory limits.
    pub statutory: Range,
    /// Only items whose promise is shorter than the law's limit.
    pub promised_less_than_statutory: bool,
    /// Working days over the statutory limit.
    pub over_days: Range,
    /// Of these, still open at the end.
    pub open_at_end: u32,
}

/// Stops.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stops {
    /// How many.
    pub cases: u32,
    /// Received by.
    #[serde(deserialize_with = "day_of_toml")]
    pub received_by: NaiveDate,
    /// Opened so many working days after the acceptance.
    pub opened_after_working_days: Range,
    /// What notice numbers begin with.
    pub notice_prefix: String,
    /// Working days over the stop's own limit.
    pub over_by: Range,
    /// By procedure.
    pub procedure: Vec<StopGroup>,
}

/// Stops of one procedure.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StopGroup {
    /// What for.
    #[serde(deserialize_with = "procedure")]
    pub procedure: Procedure,
    /// How many.
    pub cases: u32,
    /// Units in turn.
    pub units: Vec<String>,
    /// The stop's own limit.
    #[serde(deserialize_with = "term")]
    pub term: Term,
    /// How long it is open.
    pub lasts_working_days: Range,
    /// Of these, without a written notice.
    pub without_notice: u32,
    /// Of these, longer than their limit.
    pub over_term: u32,
    /// Of these, open at the end.
    pub open_at_end: u32,
}

/// Corrections.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Corrections {
    /// How many.
    pub cases: u32,
    /// Received by.
    #[serde(deserialize_with = "day_of_toml")]
    pub received_by: NaiveDate,
    /// Working days from receipt to notice.
    pub notice_after_working_days: Range,
    /// Working days from notice to supply.
    pub supplied_after_working_days: Range,
    /// How many things are missing.
    pub missing: Range,
    /// What may be missing.
    pub missing_texts: Vec<String>,
    /// With a second notice.
    pub second_notice: u32,
    /// Never supplied, and returned.
    pub never_supplied: u32,
    /// Returned after so many working days.
    pub returned_after_working_days: u32,
}

/// Accepted by silence.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeemedAcceptance {
    /// How many.
    pub cases: u32,
    /// The unit.
    pub unit: String,
    /// Received on.
    #[serde(deserialize_with = "day_of_toml")]
    pub received_on: NaiveDate,
    /// Items with such promised limits.
    pub promised: Range,
    /// Handling takes it up so many working days after the deeming.
    pub handling_takes_up_after_working_days: u32,
}

/// Extensions.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Extensions {
    /// How many.
    pub cases: u32,
    /// Received by.
    #[serde(deserialize_with = "day_of_toml")]
    pub received_by: NaiveDate,
    /// Items with such promised limits.
    pub promised: Range,
    /// Working days added.
    pub working_days: Range,
    /// Of these, joint ones.
    pub joint: u32,
    /// Working days added to these.
    pub joint_working_days: u32,
    /// Of these, approved after the promised limit.
    pub after_promised: u32,
    /// Of these, without a recorded notice.
    pub without_notice: u32,
    /// Reasons.
    pub reasons: Vec<String>,
}

/// Send-backs.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SendBacks {
    /// How many.
    pub cases: u32,
    /// Received by.
    #[serde(deserialize_with = "day_of_toml")]
    pub received_by: NaiveDate,
    /// Items with such promised limits.
    pub promised: Range,
    /// 审核 → 承办
    pub review_to_handling: u32,
    /// 批准 → 审核
    pub approval_to_review: u32,
    /// 批准 → 承办
    pub approval_to_handling: u32,
    /// Reasons.
    pub reasons: Vec<String>,
}

/// Recorded late.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LateRecording {
    /// How many.
    pub cases: u32,
    /// Received by.
    #[serde(deserialize_with = "day_of_toml")]
    pub received_by: NaiveDate,
    /// Items with such promised limits.
    pub promised: Range,
    /// Recorded before the limit.
    pub within_limit: u32,
    /// Working days until recorded.
    pub within_limit_days: Range,
    /// Recorded after the limit.
    pub after_limit: u32,
    /// Working days until recorded.
    pub after_limit_days: Range,
    /// Reasons.
    pub reasons: Vec<String>,
}

/// A period in which recording was impossible.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outage {
    /// How many cases.
    pub cases: u32,
    /// The unit.
    pub unit: String,
    /// From.
    #[serde(deserialize_with = "instant_of_toml")]
    pub from: DateTime<Utc>,
    /// To.
    #[serde(deserialize_with = "instant_of_toml")]
    pub to: DateTime<Utc>,
    /// Why.
    pub reason: String,
}

/// Broken off.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Withdrawals {
    /// How many.
    pub cases: u32,
    /// Withdrawn before acceptance.
    pub before_acceptance: u32,
    /// Withdrawn after it.
    pub after_acceptance: u32,
    /// Ended by the organ.
    pub ended: u32,
    /// After so many working days.
    pub after_working_days: Range,
    /// Reasons of applicants.
    pub reasons_withdrawn: Vec<String>,
    /// Reasons of the organ.
    pub reasons_ended: Vec<String>,
}

/// Refusals.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Refusals {
    /// How many.
    pub cases: u32,
    /// 不予受理
    pub not_accepted: u32,
    /// 不受理
    pub not_needed: u32,
    /// 不予许可
    pub refused: u32,
    /// Reasons of the first.
    pub reasons_not_accepted: Vec<String>,
    /// Reasons of the second.
    pub reasons_not_needed: Vec<String>,
    /// Reasons of the third.
    pub reasons_refused: Vec<String>,
}

/// Sent out of the unit.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SendOuts {
    /// How many.
    pub cases: u32,
    /// 转报
    pub forwarded: u32,
    /// Joint cases with partners' opinions.
    pub opinions: u32,
    /// Received by.
    #[serde(deserialize_with = "day_of_toml")]
    pub received_by: NaiveDate,
    /// Partners of a case.
    pub partners: Range,
    /// Units that may be asked.
    pub partner_units: Vec<String>,
    /// Their limit.
    pub opinion_term_working_days: u32,
    /// Opinions that come late.
    pub opinions_late: u32,
    /// By so many working days.
    pub opinion_over_days: Range,
}

/// Irregular recording.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Irregular {
    /// How many cases.
    pub cases: u32,
    /// 先批后录
    pub approved_first: u32,
    /// The document is so many days older than the acceptance.
    pub approved_first_days: Range,
    /// 代批代录
    pub on_behalf: u32,
    /// Recorded in one go.
    pub burst: u32,
    /// In this unit.
    pub burst_unit: String,
    /// Inside so many minutes.
    pub burst_minutes: u32,
    /// Units of the first two.
    pub units: Vec<String>,
    /// Numbers left out.
    pub number_gaps: u32,
    /// In the series of these units.
    pub number_gap_units: Vec<String>,
}

/// Events annulled.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Annulments {
    /// How many cases.
    pub cases: u32,
    /// After so many working days.
    pub after_working_days: Range,
    /// Why.
    pub reason: String,
}

/// What inspectors do.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Inspectors {
    /// Orders after red cards.
    pub orders: u32,
    /// Their term.
    pub order_term_working_days: u32,
    /// Replied to in time.
    pub orders_replied: u32,
    /// Appeals against cards.
    pub appeals: u32,
    /// Answered so.
    pub appeals_revoked: u32,
    /// Answered so.
    pub appeals_rejected: u32,
    /// Answered so.
    pub appeals_referred: u32,
    /// Raised so many working days after the card.
    pub appeal_after_working_days: u32,
    /// Answered so many working days later.
    pub answered_after_working_days: u32,
}

impl Lapses {
    /// Reads `lapses.toml`.
    ///
    /// # Errors
    /// An unknown, missing or wrong key, with its line; counts that contradict each other.
    pub fn parse(name: &str, text: &str) -> Result<Self, EngineError> {
        let lapses: Self = toml::from_str(text).map_err(|e| wrong(name, &e.to_string()))?;
        lapses.check(name)?;
        Ok(lapses)
    }

    fn check(&self, name: &str) -> Result<(), EngineError> {
        let sums: BTreeMap<&str, (u32, u32)> = [
            ("cases_with_lapse", (self.cases_with_lapse, self.groups())),
            ("late_stage.by_stage", {
                let by = self.late_stage.by_stage;
                let sum = by.handling + by.review + by.approval + by.completion;
                (self.late_stage.cases, sum)
            }),
            ("stops.procedure", {
                let sum = self.stops.procedure.iter().map(|p| p.cases).sum();
                (self.stops.cases, sum)
            }),
            ("send_backs", {
                let s = &self.send_backs;
                let sum = s.review_to_handling + s.approval_to_review + s.approval_to_handling;
                (s.cases, sum)
            }),
            ("late_recording", {
                let l = &self.late_recording;
                (l.cases, l.within_limit + l.after_limit)
            }),
            ("withdrawals", {
                let w = &self.withdrawals;
                (w.cases, w.before_acceptance + w.after_acceptance + w.ended)
            }),
            ("refusals", {
                let r = &self.refusals;
                (r.cases, r.not_accepted + r.not_needed + r.refused)
            }),
            ("send_outs", {
                let s = &self.send_outs;
                (s.cases, s.forwarded + s.opinions)
            }),
            ("irregular", {
                let i = &self.irregular;
                (i.cases, i.approved_first + i.on_behalf + i.burst)
            }),
            ("inspectors.appeals", {
                let i = &self.inspectors;
                let sum = i.appeals_revoked + i.appeals_rejected + i.appeals_referred;
                (i.appeals, sum)
            }),
        ]
        .into();
        for (key, (said, sum)) in sums {
            let message = format!(
                "{key} 写的是 {said},各组合计 {sum} / {key} says {said}, the parts sum to {sum}"
            );
            need(name, said == sum, &message)?;
        }
        let enough = self.cases >= self.cases_with_lapse;
        need(
            name,
            enough,
            "cases 少于 cases_with_lapse / fewer cases than lapses",
        )
    }

    fn groups(&self) -> u32 {
        self.late_stage.cases
            + self.late_promised.cases
            + self.late_statutory.cases
            + self.stops.cases
            + self.corrections.cases
            + self.deemed_acceptance.cases
            + self.extensions.cases
            + self.send_backs.cases
            + self.late_recording.cases
            + self.outage.cases
            + self.withdrawals.cases
            + self.refusals.cases
            + self.send_outs.cases
            + self.irregular.cases
            + self.annulments.cases
    }
}

fn procedure<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Procedure, D::Error> {
    let word = String::deserialize(deserializer)?;
    Procedure::parse(&word).ok_or_else(|| {
        serde::de::Error::custom(format!("没有特别程序“{word}” / unknown procedure {word}"))
    })
}

fn term<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Term, D::Error> {
    let text = String::deserialize(deserializer)?;
    approval::term_text::parse(&text).map_err(|e| serde::de::Error::custom(e.message_zh()))
}
