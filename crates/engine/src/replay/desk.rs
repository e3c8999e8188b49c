//! What a planner draws from: arrivals, items, applicants, people at their posts.

use std::sync::Arc;

use approval::Refusal;
use approval::books::Books;
use approval::ids::{PersonCode, UnitCode};
use approval::item::{Item, ItemCategory, ItemKind};
use approval::people::Role;
use approval::stage::Stage;
use chrono::{DateTime, Datelike, NaiveDate, Utc, Weekday};

use super::dice::Dice;
use super::office::{Office, Slot};
use super::scenario::{ItemWeights, Micro, Scenario};
use crate::error::EngineError;

/// After so many days off in a row the first working day is a rush.
const HOLIDAY_DAYS: i64 = 3;

/// A unit's business.
struct Business {
    unit: UnitCode,
    weight: u64,
    items: Vec<(Arc<Item>, u64)>,
}

/// The books and the habits, ready to draw from.
pub(super) struct Desk<'a> {
    pub(super) scenario: &'a Scenario,
    pub(super) books: &'a Books,
    pub(super) office: Office<'a>,
    businesses: Vec<Business>,
}

/// Who does an act.
#[derive(Clone, Debug)]
pub(super) struct Actor {
    pub(super) by: Option<PersonCode>,
    pub(super) stands_for: Option<PersonCode>,
}

impl<'a> Desk<'a> {
    /// Gets ready; items are weighed by these weights.
    pub(super) fn new(
        scenario: &'a Scenario,
        books: &'a Books,
        weights: &ItemWeights,
        by_code: impl Fn(&str) -> Option<Micro>,
    ) -> Result<Self, EngineError> {
        let mut businesses = Vec::new();
        for (unit, weight) in &scenario.weights {
            let unit = UnitCode::new(unit.clone());
            if books.directory.unit(&unit).is_none() {
                let message = format!("weights 中的单位 {unit} 不存在 / unknown unit {unit}");
                return Err(super::scenario::wrong("scenario.toml", &message));
            }
            let items = books
                .items
                .values()
                .filter_map(|versions| versions.last())
                .map(|v| &v.item)
                .filter(|item| item.unit == unit)
                .map(|item| {
                    let weight = by_code(item.code.as_str()).unwrap_or(weight_of(item, weights));
                    (Arc::clone(item), weight.get())
                })
                .collect();
            businesses.push(Business {
                unit,
                weight: weight.get(),
                items,
            });
        }
        Ok(Self {
            scenario,
            books,
            office: Office::new(&books.calendar),
            businesses,
        })
    }

    /// An item that fits, of one of these units or of any, by weight.
    pub(super) fn item(
        &self,
        dice: &mut Dice,
        unit: Option<&str>,
        fits: impl Fn(&Item) -> bool,
    ) -> Result<Arc<Item>, EngineError> {
        let of_item = |(item, weight): &(Arc<Item>, u64)| if fits(item) { *weight } else { 0 };
        let asked = |b: &Business| unit.is_none_or(|code| b.unit.as_str() == code);
        let units: Vec<u64> = self
            .businesses
            .iter()
            .map(|b| {
                let any = b.items.iter().any(|item| of_item(item) > 0);
                // A unit that is asked for by name has its turn even if it has little business.
                match (any && asked(b), unit) {
                    (false, _) => 0,
                    (true, Some(_)) => 1,
                    (true, None) => b.weight,
                }
            })
            .collect();
        let found = dice.weighted(&units).and_then(|place| {
            let items = &self.businesses[place].items;
            let weights: Vec<u64> = items.iter().map(of_item).collect();
            dice.weighted(&weights).map(|i| Arc::clone(&items[i].0))
        });
        found.ok_or_else(|| {
            let place = unit.unwrap_or("*");
            let message = format!("单位 {place} 没有合适的事项 / no fitting item in {place}");
            super::scenario::wrong("items.csv", &message)
        })
    }

    /// When an applicant comes: one of these working days, by weight, and a minute of it.
    pub(super) fn arrival(&self, dice: &mut Dice, days: &[NaiveDate]) -> Result<Slot, Refusal> {
        let mut weights = Vec::with_capacity(days.len());
        for day in days {
            weights.push(self.weight_of_day(*day)?);
        }
        let place = dice.weighted(&weights).unwrap_or(0);
        let day = days.get(place).copied().unwrap_or(self.scenario.from);
        Ok(Slot {
            day,
            minute: self.arrival_minute(dice, day)?,
        })
    }

    fn weight_of_day(&self, day: NaiveDate) -> Result<u64, Refusal> {
        let weekday = &self.scenario.arrival.weekday;
        let weight = match day.weekday() {
            Weekday::Mon => weekday.mon,
            Weekday::Tue => weekday.tue,
            Weekday::Wed => weekday.wed,
            Weekday::Thu => weekday.thu,
            Weekday::Fri => weekday.fri,
            Weekday::Sat | Weekday::Sun => weekday.make_up,
        };
        let mut before = day;
        let mut off = 0;
        while let Some(earlier) = before.pred_opt() {
            before = earlier;
            if !self.books.calendar.covers(before) || self.books.calendar.is_working(before)? {
                break;
            }
            off += 1;
        }
        Ok(if off >= HOLIDAY_DAYS {
            weight.times(self.scenario.arrival.after_holiday.factor)
        } else {
            weight
        }
        .get())
    }

    fn arrival_minute(&self, dice: &mut Dice, day: NaiveDate) -> Result<u32, Refusal> {
        let arrival = &self.scenario.arrival;
        let spans = self.office.spans(day)?;
        let later = spans.len() > 1 && !dice.chance(arrival.day.first_span_share);
        let place = if later {
            1 + usize::try_from(dice.below((spans.len() - 1) as u64)).unwrap_or(0)
        } else {
            0
        };
        let before: u32 = spans.iter().take(place).map(|(_, length)| length).sum();
        let length = spans.get(place).map_or(0, |(_, length)| *length);
        let open = length.saturating_sub(arrival.day.quiet_last_minutes).max(1);
        let end = Micro::new(u64::from(open - 1) * Micro::ONE.get());
        let triple = super::scenario::Triple {
            least: Micro::default(),
            typical: end.times(arrival.day.peak),
            most: end,
        };
        Ok(before + dice.triangle_whole(&triple))
    }

    /// The name of an applicant.
    pub(super) fn applicant(&self, dice: &mut Dice) -> String {
        let names = &self.scenario.applicants;
        let mut text = |list: &[String]| dice.one_of(list).cloned().unwrap_or_default();
        let person = text(&names.surnames) + &text(&names.given);
        let firm =
            text(&names.places) + &text(&names.words) + &text(&names.trades) + &text(&names.forms);
        let legal = dice.chance(names.legal_share);
        if legal { firm } else { person }
    }

    /// Who works on a stage of a unit: the same one of its people for a case, or the stand-in.
    pub(super) fn actor(
        &self,
        unit: &UnitCode,
        stage: Stage,
        number: u64,
        at: DateTime<Utc>,
    ) -> Actor {
        let directory = &self.books.directory;
        let holders = directory.holders(unit, stage);
        let count = u64::try_from(holders.len()).unwrap_or(1).max(1);
        let place = usize::try_from(number % count).unwrap_or(0);
        let Some(holder) = holders.get(place) else {
            return Actor {
                by: self.head(unit),
                stands_for: None,
            };
        };
        match holder.stand_in.as_ref().filter(|s| s.runs_at(at)) {
            Some(stand_in) => Actor {
                by: Some(stand_in.person.clone()),
                stands_for: Some(holder.code.clone()),
            },
            None => Actor {
                by: Some(holder.code.clone()),
                stands_for: None,
            },
        }
    }

    /// The head of a unit.
    pub(super) fn head(&self, unit: &UnitCode) -> Option<PersonCode> {
        let mut people = self.books.directory.people();
        people
            .find(|p| p.role == Role::Head && p.unit.as_ref() == Some(unit))
            .map(|p| p.code.clone())
    }

    /// The inspectors, in the order of their codes.
    pub(super) fn inspectors(&self) -> Vec<PersonCode> {
        let people = self.books.directory.people();
        people
            .filter(|p| p.role == Role::Inspector)
            .map(|p| p.code.clone())
            .collect()
    }
}

fn weight_of(item: &Item, weights: &ItemWeights) -> Micro {
    match (item.category, item.kind) {
        (ItemCategory::Service, _) => weights.service,
        (_, ItemKind::Immediate) => weights.immediate,
        (_, ItemKind::Committed) => weights.committed,
        (_, ItemKind::Joint) => weights.joint,
        (_, ItemKind::Forwarded) => weights.forwarded,
    }
}
