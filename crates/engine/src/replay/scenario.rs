//! A scenario as data: the files of `config/scenarios/*`, read with every key typed.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Deserializer};

use crate::error::EngineError;

/// A number with up to six decimals, kept whole so that drawing from it is the same everywhere.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Micro(u64);

impl Micro {
    /// One.
    pub const ONE: Self = Self(1_000_000);

    /// From millionths.
    pub const fn new(millionths: u64) -> Self {
        Self(millionths)
    }

    /// In millionths.
    pub const fn get(self) -> u64 {
        self.0
    }

    /// Rounded half up to a whole number.
    pub fn rounded(self) -> u32 {
        u32::try_from((self.0 + Self::ONE.0 / 2) / Self::ONE.0).unwrap_or(u32::MAX)
    }

    /// The product.
    pub const fn times(self, other: Self) -> Self {
        Self(self.0.saturating_mul(other.0) / Self::ONE.0)
    }
}

impl<'de> Deserialize<'de> for Micro {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = f64::deserialize(deserializer)?;
        if !(0.0..=1e9).contains(&number) {
            return Err(serde::de::Error::custom(
                "应为 0 到 10 亿之间的数 / must be a number from 0 to 1e9",
            ));
        }
        // The factor and the rounding are exact operations of IEEE 754: the same on every platform.
        Ok(Self((number * 1e6).round() as u64))
    }
}

/// A day of a TOML file.
pub(super) fn day_of_toml<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<NaiveDate, D::Error> {
    let value = toml::value::Datetime::deserialize(deserializer)?;
    value
        .date
        .and_then(|d| NaiveDate::from_ymd_opt(d.year.into(), d.month.into(), d.day.into()))
        .ok_or_else(|| serde::de::Error::custom("应为日期,如 2011-08-01 / must be a date"))
}

/// An instant of a TOML file.
pub(super) fn instant_of_toml<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<chrono::DateTime<chrono::Utc>, D::Error> {
    let value = toml::value::Datetime::deserialize(deserializer)?;
    chrono::DateTime::parse_from_rfc3339(&value.to_string())
        .map(|at| at.with_timezone(&chrono::Utc))
        .map_err(|_| {
            serde::de::Error::custom("应为带时区的时刻 / must be an instant with an offset")
        })
}

/// A triangular distribution.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Triple {
    /// The smallest.
    pub least: Micro,
    /// The peak.
    pub typical: Micro,
    /// The greatest.
    pub most: Micro,
}

/// A whole number drawn evenly, both ends included; or a range of limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Range {
    /// The smallest.
    pub least: u32,
    /// The greatest.
    pub most: u32,
}

impl Range {
    /// Whether a number lies in it.
    pub const fn holds(self, n: u32) -> bool {
        self.least <= n && n <= self.most
    }
}

/// The first run and what both share.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// The seed of all chance.
    pub seed: u64,
    /// The division.
    pub division: String,
    /// Its name.
    pub division_name: String,
    /// The calendar's name.
    pub calendar: String,
    /// The zone, which must be the calendar's.
    pub zone: String,
    /// The first day.
    #[serde(deserialize_with = "day_of_toml")]
    pub from: NaiveDate,
    /// The last day.
    #[serde(deserialize_with = "day_of_toml")]
    pub to: NaiveDate,
    /// Cases accepted.
    pub accepted: u32,
    /// Of these, completed by the end.
    pub completed: u32,
    /// How the drawn cases are made to meet that.
    pub fit: Fit,
    /// Business of each unit.
    pub weights: BTreeMap<String, Micro>,
    /// Business of an item within its unit.
    pub item_weights: ItemWeights,
    /// The same for single items.
    pub item_weights_by_code: BTreeMap<String, Micro>,
    /// When applicants come.
    pub arrival: Arrival,
    /// How long things take.
    pub habits: Habits,
    /// How cases end.
    pub outcomes: Outcomes,
    /// Who applies.
    pub applicants: Applicants,
    /// Texts.
    pub reasons: Reasons,
    /// The published figures.
    pub published: Published,
}

/// How the drawn cases are made to meet the counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fit {
    /// Cases open at the end.
    pub open_at_end: u32,
    /// A slowed case is due at least so many working days after the end.
    pub open_due_working_days_after_to: u32,
    /// A hastened case is completed on one of the last so many working days.
    pub hasten_into_last_working_days: u32,
}

/// Weights of items by kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ItemWeights {
    /// 即办
    pub immediate: Micro,
    /// 承诺
    pub committed: Micro,
    /// 联办
    pub joint: Micro,
    /// 上报
    pub forwarded: Micro,
    /// Service items, whatever their kind.
    pub service: Micro,
}

/// When applicants come.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Arrival {
    /// On which days: `working`.
    pub days: ArrivalDays,
    /// Weights by weekday.
    pub weekday: WeekdayWeights,
    /// After holidays.
    pub after_holiday: AfterHoliday,
    /// Within a day.
    pub day: ArrivalDay,
}

/// On which days applicants come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ArrivalDays {
    /// Working days of the calendar, within its office hours.
    Working,
}

/// Weights of working days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WeekdayWeights {
    /// Monday.
    pub mon: Micro,
    /// Tuesday.
    pub tue: Micro,
    /// Wednesday.
    pub wed: Micro,
    /// Thursday.
    pub thu: Micro,
    /// Friday.
    pub fri: Micro,
    /// A Saturday or Sunday that works.
    pub make_up: Micro,
}

/// The rush after a holiday.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AfterHoliday {
    /// Factor on the day's weight.
    pub factor: Micro,
}

/// The course of a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ArrivalDay {
    /// Share of the first span of the office hours.
    pub first_span_share: Micro,
    /// Where in a span the peak lies.
    pub peak: Micro,
    /// No application in the last minutes of a span.
    pub quiet_last_minutes: u32,
}

/// How long things take.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Habits {
    /// Office minutes from receipt to acceptance.
    pub acceptance_minutes: Triple,
    /// Share that is accepted on the next working day.
    pub accepted_next_day_share: Micro,
    /// Office minutes of a stage of an immediate item.
    pub immediate_stage_minutes: Triple,
    /// Office minute at which a stage of whole days ends.
    pub stage_end_minute: Triple,
    /// Office minutes between stages of one day.
    pub same_day_gap_minutes: Triple,
    /// Time of a stage as a share of its limit.
    pub stage_share: StageShare,
    /// Units that are quicker or slower than the rest.
    pub unit_pace: BTreeMap<String, Micro>,
}

/// Time of the stages as shares of their limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StageShare {
    /// 承办
    pub handling: Triple,
    /// 审核
    pub review: Triple,
    /// 批准
    pub approval: Triple,
    /// 办结
    pub completion: Triple,
}

/// Outcomes as shares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outcomes {
    /// 不予许可
    pub refused: Micro,
}

/// What names are made of.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Applicants {
    /// Share of legal persons.
    pub legal_share: Micro,
    /// Surnames.
    pub surnames: Vec<String>,
    /// Given names.
    pub given: Vec<String>,
    /// Places.
    pub places: Vec<String>,
    /// Words.
    pub words: Vec<String>,
    /// Trades.
    pub trades: Vec<String>,
    /// Legal forms.
    pub forms: Vec<String>,
}

/// Texts of reasons.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reasons {
    /// Of refusals.
    pub refused: Vec<String>,
    /// Of forwarding to the deciding organ.
    pub forwarded: Vec<String>,
}

/// The published figures.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Published {
    /// Units.
    pub units: u64,
    /// Approval items.
    pub approval_items: u64,
    /// Service items.
    pub service_items: u64,
    /// Cases accepted.
    pub accepted: u64,
    /// Cases completed.
    pub completed: u64,
    /// Truncated to two decimals.
    pub completion_rate_percent: String,
    /// Yellow cards.
    pub yellow_cards: u64,
    /// Red cards.
    pub red_cards: u64,
    /// Sum over the approval items.
    pub statutory_days: u64,
    /// The same.
    pub promised_days: u64,
    /// The difference.
    pub days_cut: u64,
    /// Truncated to one decimal.
    pub cut_percent: String,
    /// What is public and what is synthetic, in Chinese.
    pub statement: String,
    /// The same in English.
    pub statement_en: String,
}

impl Scenario {
    /// Reads `scenario.toml`.
    ///
    /// # Errors
    /// An unknown, missing or wrong key, with its line; counts that contradict each other.
    pub fn parse(name: &str, text: &str) -> Result<Self, EngineError> {
        let scenario: Self = toml::from_str(text).map_err(|e| wrong(name, &e.to_string()))?;
        scenario.check(name)?;
        Ok(scenario)
    }

    fn check(&self, name: &str) -> Result<(), EngineError> {
        need(
            name,
            self.from <= self.to,
            "from 晚于 to / from is after to",
        )?;
        need(
            name,
            self.accepted.checked_sub(self.completed) == Some(self.fit.open_at_end),
            "fit.open_at_end 应等于 accepted - completed / must be accepted - completed",
        )?;
        let habits = &self.habits;
        let share = &habits.stage_share;
        for triple in [
            habits.acceptance_minutes,
            habits.immediate_stage_minutes,
            habits.stage_end_minute,
            habits.same_day_gap_minutes,
            share.handling,
            share.review,
            share.approval,
            share.completion,
        ] {
            need(
                name,
                triple.least <= triple.typical && triple.typical <= triple.most,
                "habits 中应为 least <= typical <= most / least <= typical <= most must hold",
            )?;
        }
        let names = &self.applicants;
        for list in [
            &names.surnames,
            &names.given,
            &names.places,
            &names.words,
            &names.trades,
            &names.forms,
            &self.reasons.refused,
            &self.reasons.forwarded,
        ] {
            need(
                name,
                !list.is_empty(),
                "applicants、reasons 中的列表不能为空 / lists must not be empty",
            )?;
        }
        Ok(())
    }
}

/// An error of a scenario file.
pub(super) fn wrong(name: &str, message: &str) -> EngineError {
    EngineError::invalid(
        "bad_scenario",
        format!("{name}:情景文件有误,请改正 / wrong scenario file: {message}"),
    )
}

pub(super) fn need(name: &str, holds: bool, message: &str) -> Result<(), EngineError> {
    if holds {
        Ok(())
    } else {
        Err(wrong(name, message))
    }
}
