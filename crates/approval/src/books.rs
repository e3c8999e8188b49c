//! What the core looks things up in: calendars, rules, items, people, law. Loaded by the shell.

use std::collections::BTreeMap;
use std::sync::Arc;

use calendar::Calendar;
use chrono::{DateTime, Utc};

use crate::event::WarningRaised;
use crate::ids::{DivisionCode, ItemCode};
use crate::item::Item;
use crate::law::Law;
use crate::people::Directory;
use crate::refusal::Refusal;
use crate::rule::{Rule, RuleSet};

/// A rule set and the instant from which it is in force.
#[derive(Clone, Debug)]
pub struct RulesInForce {
    /// From this instant; the first set counts from ever.
    pub from: DateTime<Utc>,
    /// The set.
    pub set: Arc<RuleSet>,
}

/// One version of an item and the instant from which it is in force.
#[derive(Clone, Debug)]
pub struct ItemVersion {
    /// From this instant.
    pub from: DateTime<Utc>,
    /// The item.
    pub item: Arc<Item>,
}

/// The books of one division.
#[derive(Clone, Debug)]
pub struct Books {
    /// The division.
    pub division: DivisionCode,
    /// The calendar in force.
    pub calendar: Arc<Calendar>,
    /// Every calendar version that an event was ever counted with, by its version.
    pub calendars: BTreeMap<String, Arc<Calendar>>,
    /// The rule sets, the oldest first; never empty.
    pub rules: Vec<RulesInForce>,
    /// The versions of each item, the oldest first.
    pub items: BTreeMap<ItemCode, Vec<ItemVersion>>,
    /// Units and people.
    pub directory: Directory,
    /// The legal bases.
    pub law: Arc<Law>,
    /// The instant from which this program supervises, where it took over running cases: nothing is raised for what was
    /// reached before it. Limits that passed are recorded all the same.
    pub begins: Option<DateTime<Utc>>,
    /// Whether it runs in the shadow of another system: everything is raised, and nobody is told, then or later.
    pub in_shadow: bool,
}

impl Books {
    /// A calendar by its version.
    ///
    /// # Errors
    /// [`Refusal::Unknown`] if no such version was loaded.
    pub fn calendar_version(&self, version: &str) -> Result<&Arc<Calendar>, Refusal> {
        if self.calendar.version() == version {
            return Ok(&self.calendar);
        }
        self.calendars.get(version).ok_or_else(|| Refusal::Unknown {
            what: "日历版本",
            code: version.to_owned(),
        })
    }

    /// The rule set in force at an instant.
    pub fn rules_at(&self, at: DateTime<Utc>) -> Option<&Arc<RuleSet>> {
        self.rules
            .iter()
            .rev()
            .find(|r| r.from <= at)
            .or_else(|| self.rules.first())
            .map(|r| &r.set)
    }

    /// A certain version of the rules.
    ///
    /// # Errors
    /// [`Refusal::Unknown`] for a version that nobody loaded.
    pub fn rules_version(&self, version: i64) -> Result<&Arc<RuleSet>, Refusal> {
        self.rules
            .iter()
            .map(|r| &r.set)
            .find(|set| set.version == version)
            .ok_or_else(|| Refusal::Unknown {
                what: "规则版本",
                code: version.to_string(),
            })
    }

    /// Each rule set with the span `[from, to)` in which it is in force; open ends are `None`.
    pub fn rule_spans(
        &self,
    ) -> impl Iterator<Item = (Option<DateTime<Utc>>, Option<DateTime<Utc>>, &Arc<RuleSet>)> {
        self.rules.iter().enumerate().map(|(index, rules)| {
            let from = (index > 0).then_some(rules.from);
            let to = self.rules.get(index.saturating_add(1)).map(|r| r.from);
            (from, to, &rules.set)
        })
    }

    /// The rule by which a warning was raised, in the version in which it was in force then.
    pub fn rule_of(&self, raised: &WarningRaised) -> Option<&Rule> {
        self.rules
            .iter()
            .map(|r| &r.set)
            .find(|set| set.version == raised.rules_version)
            .and_then(|set| set.rule(&raised.rule))
    }

    /// The version of an item in force at an instant; before the first version, that one.
    ///
    /// # Errors
    /// [`Refusal::Unknown`] for a code that nobody loaded.
    pub fn item_in_force(&self, code: &ItemCode, at: DateTime<Utc>) -> Result<&Arc<Item>, Refusal> {
        let versions = self.items.get(code).ok_or_else(|| unknown_item(code))?;
        versions
            .iter()
            .rev()
            .find(|v| v.from <= at)
            .or_else(|| versions.first())
            .map(|v| &v.item)
            .ok_or_else(|| unknown_item(code))
    }

    /// A certain version of an item.
    ///
    /// # Errors
    /// [`Refusal::Unknown`] for a code or version that nobody loaded.
    pub fn item_version(&self, code: &ItemCode, version: i64) -> Result<&Arc<Item>, Refusal> {
        self.items
            .get(code)
            .and_then(|versions| versions.iter().find(|v| v.item.version == version))
            .map(|v| &v.item)
            .ok_or_else(|| unknown_item(code))
    }
}

fn unknown_item(code: &ItemCode) -> Refusal {
    Refusal::Unknown {
        what: "事项",
        code: code.as_str().to_owned(),
    }
}
