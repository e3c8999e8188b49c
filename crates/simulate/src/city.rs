//! A city made by chance: its days of rest, units, people, items and rules, as plain values and as the files that the
//! program reads.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use chrono::NaiveDate;

use crate::chance::Dice;
use crate::plain::{DAY_US, HOUR_US, Stage};

/// The city's first day, 2018-01-01, a Monday: days since 1970.
pub(crate) const FIRST_DAY: i64 = 17_532;
/// The calendar reaches so many days further than the year, so that no limit runs out of it.
const COVERED_DAYS: i64 = 900;
/// The days before the first one that the calendar covers.
const COVERED_BEFORE: i64 = 31;

/// How long a limit is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Length {
    /// Working days.
    Working(i64),
    /// Natural days.
    Natural(i64),
}

impl Length {
    fn columns(self) -> (i64, &'static str) {
        match self {
            Self::Working(days) => (days, "working_days"),
            Self::Natural(days) => (days, "natural_days"),
        }
    }
}

/// What can be applied for.
#[derive(Clone, Debug)]
pub(crate) struct Item {
    pub(crate) code: String,
    /// The place of its unit.
    pub(crate) unit: usize,
    pub(crate) promised: Length,
    pub(crate) statutory: Length,
    /// The limits of stages 2 to 5, in working days.
    pub(crate) stages: [i64; 4],
    /// A permit, which is to be delivered, and not a service.
    pub(crate) permit: bool,
}

/// Somebody who is told, or acts.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    pub(crate) code: String,
    /// The place of the unit; none: of the city itself.
    pub(crate) unit: Option<usize>,
    pub(crate) role: &'static str,
    pub(crate) posts: Vec<Stage>,
    pub(crate) stand_in: Option<String>,
}

/// Who is told of a warning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Audience {
    Handler,
    StandIn,
    Head,
    Inspector,
    Leader,
}

impl Audience {
    fn word(self) -> &'static str {
        match self {
            Self::Handler => "handler",
            Self::StandIn => "stand-in",
            Self::Head => "head",
            Self::Inspector => "inspector",
            Self::Leader => "leader",
        }
    }
}

/// When a rule fires.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum When {
    /// So many working days before the limit.
    Before(i64),
    /// So many working days after it.
    After(i64),
}

/// A rule.
#[derive(Clone, Debug)]
pub(crate) struct Rule {
    pub(crate) id: &'static str,
    pub(crate) element: &'static str,
    pub(crate) level: &'static str,
    pub(crate) when: When,
    pub(crate) tell: Vec<Audience>,
    /// The working days of the supervision order that comes with the card.
    pub(crate) order: Option<i64>,
}

/// The days on which nobody works, named one by one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct RestDays {
    pub(crate) days: BTreeSet<i64>,
}

/// The whole city.
#[derive(Clone, Debug)]
pub(crate) struct City {
    pub(crate) rest: RestDays,
    pub(crate) units: Vec<String>,
    pub(crate) items: Vec<Item>,
    pub(crate) people: Vec<Person>,
    pub(crate) rules: Vec<Rule>,
}

/// Who handles, and those above.
const ALL: [Audience; 5] = [
    Audience::Handler,
    Audience::StandIn,
    Audience::Head,
    Audience::Inspector,
    Audience::Leader,
];

impl City {
    /// The city of a seed.
    pub(crate) fn new(seed: u64) -> Self {
        let mut dice = Dice::new(seed, "city", 0);
        let rest = RestDays {
            days: rest_days(&mut dice),
        };
        let units: Vec<String> = (1..=dice.between(3, 5)).map(|n| format!("U{n}")).collect();
        let items = items(&mut dice, units.len());
        let people = people(&mut dice, &units);
        let rules = rules(&mut dice);
        Self {
            rest,
            units,
            items,
            people,
            rules,
        }
    }

    /// `units.csv`
    pub(crate) fn units_csv(&self) -> String {
        let mut text = String::from("code,name,kind,vertical,hall\n");
        for unit in &self.units {
            let _ = writeln!(text, "{unit},第{unit}局,bureau,false,H01");
        }
        text
    }

    /// `items.csv`
    pub(crate) fn items_csv(&self) -> String {
        let mut text = String::from(
            "code,name,unit,kind,promised_amount,promised_unit,statutory_amount,statutory_unit,\
             handling,review,approval,completion,basis,category\n",
        );
        for item in &self.items {
            let (promised, statutory) = (item.promised.columns(), item.statutory.columns());
            let [handling, review, approval, completion] = item.stages;
            let category = if item.permit { "approval" } else { "service" };
            let (code, unit) = (&item.code, &self.units[item.unit]);
            let _ = writeln!(
                text,
                "{code},事项{code},{unit},committed,{},{},{},{},{handling},{review},{approval},{completion},\
                 行政许可法第四十二条,{category}",
                promised.0, promised.1, statutory.0, statutory.1
            );
        }
        text
    }

    /// `people.csv`
    pub(crate) fn people_csv(&self) -> String {
        let mut text = String::from(
            "code,name,unit,role,email,phone,posts,stand_in,stand_in_from,stand_in_to,stand_in_paper\n",
        );
        for person in &self.people {
            let unit = person.unit.map_or("*", |unit| &self.units[unit]);
            let posts: Vec<&str> = person.posts.iter().map(|p| p.word()).collect();
            let (code, role) = (&person.code, person.role);
            let stand_in = person.stand_in.as_deref().unwrap_or("");
            let address = address_of(code);
            let _ = writeln!(
                text,
                "{code},人员{code},{unit},{role},{address},,{},{stand_in},,,",
                posts.join(" ")
            );
        }
        text
    }

    /// The file of rules, with the thresholds of `rules`.
    pub(crate) fn rules_toml(rules: &[Rule]) -> String {
        let mut text = String::from(
            "name = \"city\"\n\n[periods]\nacceptance = \"5wd\"\ndelivery = \"10wd\"\nforwarded = \"20wd\"\n\
             extension_cap_working_days = 10\njoint_extension_cap_working_days = 15\nappeal_filing = \"5wd\"\n\
             appeal = \"5wd\"\n",
        );
        for rule in rules {
            let when = match rule.when {
                When::Before(days) => format!("before_working_days = {days}"),
                When::After(days) => format!("after_working_days = {days}"),
            };
            let tell: Vec<String> = rule
                .tell
                .iter()
                .map(|t| format!("\"{}\"", t.word()))
                .collect();
            let (id, element, level) = (rule.id, rule.element, rule.level);
            let _ = writeln!(
                text,
                "\n[[rule]]\nid = \"{id}\"\nelement = \"{element}\"\nlevel = \"{level}\"\n{when}\ntell = [{}]\n\
                 issue = \"at-once\"\nbasis = [\"permit-law-42-1\"]\ntext = \"规则{id}。\"\ntext_en = \"Rule {id}.\"",
                tell.join(", ")
            );
            if let Some(days) = rule.order {
                let _ = writeln!(
                    text,
                    "order = {{ term = \"{days}wd\", text = \"请回复。\" }}"
                );
            }
        }
        text
    }
}

impl RestDays {
    /// The calendar file that says the same, under a version.
    pub(crate) fn calendar_toml(&self, version: &str) -> String {
        let (from, to) = (FIRST_DAY - COVERED_BEFORE, FIRST_DAY + COVERED_DAYS);
        let (first, last) = (date(from), date(to));
        let (mut rest, mut make_up) = (String::new(), String::new());
        for day in from..=to {
            let list = match (is_weekend(day), self.days.contains(&day)) {
                (false, true) => &mut rest,
                (true, false) => &mut make_up,
                _ => continue,
            };
            let _ = writeln!(list, "  {{ date = {}, name = \"安排\" }},", date(day));
        }
        format!(
            "version = \"{version}\"\nzone = \"Asia/Shanghai\"\nfrom = {first}\nto = {last}\nfinal_to = {last}\n\
             day_ends = \"midnight\"\nrest_weekdays = [\"sat\", \"sun\"]\nrest = [\n{rest}]\nmake_up = [\n{make_up}]\n\
             hours = [ {{ from = \"01-01\", to = \"12-31\", weekdays = [\"mon\", \"tue\", \"wed\", \"thu\", \"fri\", \"sat\", \"sun\"], \
             spans = [\"08:30-12:00\", \"14:00-17:30\"] }} ]\n"
        )
    }
}

/// Where mail reaches somebody.
pub(crate) fn address_of(code: &str) -> String {
    format!("{}@example.cn", code.to_lowercase())
}

/// The first instant of a day in the city (UTC+8, no summer time).
pub(crate) fn start_of(day: i64) -> i64 {
    day * DAY_US - 8 * HOUR_US
}

fn date(day: i64) -> NaiveDate {
    let days = chrono::Days::new(u64::try_from(day).unwrap_or(0));
    NaiveDate::default() + days
}

/// 1970-01-01 was a Thursday.
fn is_weekend(day: i64) -> bool {
    matches!((day + 3).rem_euclid(7), 5 | 6)
}

/// Weekends, a dozen holidays, and weekends that make up for them.
fn rest_days(dice: &mut Dice) -> BTreeSet<i64> {
    let (from, to) = (FIRST_DAY - COVERED_BEFORE, FIRST_DAY + COVERED_DAYS);
    let mut days: BTreeSet<i64> = (from..=to).filter(|day| is_weekend(*day)).collect();
    for _ in 0..30 {
        let (start, length) = (dice.between(from, to - 10), dice.between(1, 7));
        days.extend(start..start + length);
        let made_up = dice.between(start - 6, start + length + 6);
        if is_weekend(made_up) && made_up >= from {
            days.remove(&made_up);
        }
    }
    days
}

/// Items with different limits, two or three for each unit.
fn items(dice: &mut Dice, units: usize) -> Vec<Item> {
    let mut items = Vec::new();
    for unit in 0..units {
        for number in 1..=dice.between(2, 3) {
            let stages = [
                dice.between(1, 4),
                dice.between(1, 3),
                dice.between(1, 2),
                dice.between(1, 2),
            ];
            let promised = stages.iter().sum::<i64>() + dice.between(0, 4);
            let statutory = promised + dice.between(0, 10);
            let natural = dice.percent(25);
            items.push(Item {
                code: format!("U{}-{number:03}", unit + 1),
                unit,
                promised: Length::Working(promised),
                // So many natural days are never fewer than the promise's working days.
                statutory: match natural {
                    true => Length::Natural(statutory * 2 + 14),
                    false => Length::Working(statutory),
                },
                stages,
                permit: dice.percent(70),
            });
        }
    }
    items
}

fn people(dice: &mut Dice, units: &[String]) -> Vec<Person> {
    let mut people = Vec::new();
    for (place, unit) in units.iter().enumerate() {
        let mut add = |letter: &str, role, posts: &[Stage], stand_in: Option<String>| {
            people.push(Person {
                code: format!("{letter}{unit}"),
                unit: Some(place),
                role,
                posts: posts.to_vec(),
                stand_in,
            });
        };
        add("C", "clerk", &[Stage::Acceptance, Stage::Completion], None);
        add("S", "staff", &[], None);
        // Somebody always handles, but not every unit has named who.
        if place != 1 {
            let stand_in = dice.percent(60).then(|| format!("S{unit}"));
            add("H", "staff", &[Stage::Handling], stand_in);
        }
        add("R", "staff", &[Stage::Review], None);
        add("A", "staff", &[Stage::Approval], None);
        if place != 2 {
            add("D", "head", &[], None);
        }
    }
    for (code, role) in [("I1", "inspector"), ("I2", "inspector"), ("L1", "leader")] {
        people.push(Person {
            code: code.to_owned(),
            unit: None,
            role,
            posts: Vec::new(),
            stand_in: None,
        });
    }
    people
}

/// Rules on every clock that the city's cases have; some of their thresholds by chance.
fn rules(dice: &mut Dice) -> Vec<Rule> {
    let rule = |id, element, level, when, tell: &[Audience]| Rule {
        id,
        element,
        level,
        when,
        tell: tell.to_vec(),
        order: None,
    };
    let (desk, unit) = (&ALL[..2], &ALL[..3]);
    let mut rules = vec![
        rule(
            "promised-notice",
            "promised",
            "notice",
            When::Before(dice.between(1, 3)),
            desk,
        ),
        rule(
            "promised-yellow",
            "promised",
            "yellow",
            When::After(0),
            unit,
        ),
        rule("statutory-red", "statutory", "red", When::After(0), &ALL),
        rule("stage-yellow", "stage", "yellow", When::After(0), unit),
        rule(
            "review-notice",
            "stage-review",
            "notice",
            When::Before(1),
            desk,
        ),
        rule(
            "acceptance-notice",
            "acceptance",
            "notice",
            When::Before(dice.between(1, 2)),
            desk,
        ),
        rule(
            "acceptance-yellow",
            "acceptance",
            "yellow",
            When::After(0),
            unit,
        ),
        rule(
            "delivery-yellow",
            "delivery",
            "yellow",
            When::After(dice.between(0, 2)),
            unit,
        ),
        rule("stop-notice", "stop", "notice", When::After(0), desk),
        rule("order-notice", "order", "notice", When::Before(1), unit),
        rule("order-red", "order", "red", When::After(0), &ALL),
    ];
    rules.retain(|rule| rule.element == "order" || dice.percent(85));
    if dice.percent(70) {
        let bringing = rules
            .iter_mut()
            .filter(|r| r.id == "promised-yellow" || r.id == "statutory-red");
        for rule in bringing {
            rule.order = Some(dice.between(2, 4));
        }
    }
    rules
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_city_repeats_and_its_days_are_days() {
        let (one, two) = (City::new(3), City::new(3));
        assert_eq!(one.items_csv(), two.items_csv());
        assert_eq!(one.rest, two.rest);
        assert_eq!(date(FIRST_DAY).to_string(), "2018-01-01");
        assert!(is_weekend(FIRST_DAY - 1) && !is_weekend(FIRST_DAY));
        assert_eq!(
            crate::plain::shown(start_of(FIRST_DAY)),
            "2018-01-01 00:00:00"
        );
    }
}
