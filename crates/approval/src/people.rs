//! Units, people and their stand-ins: who is told, and who may act for whom.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use crate::ids::{PersonCode, UnitCode};
use crate::rule::Audience;
use crate::stage::Stage;

/// A unit (单位).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unit {
    /// Its code.
    pub code: UnitCode,
    /// The name that people read.
    pub name: String,
    /// The kind of organ, free text.
    pub kind: String,
    /// Under provincial line management (垂直管理).
    pub vertical: bool,
    /// The hall (办事大厅) where it has its windows, if any.
    pub hall: Option<String>,
    /// Its windows (窗口) there, as papers name them, such as `3、4号`.
    pub windows: Option<String>,
}

/// What a person is for the supervision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// 窗口人员
    Clerk,
    /// 承办、审核、批准人员, by their posts
    Staff,
    /// 单位负责人
    Head,
    /// 监察人员
    Inspector,
    /// 领导
    Leader,
}

impl Role {
    /// The word used in files.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Clerk => "clerk",
            Self::Staff => "staff",
            Self::Head => "head",
            Self::Inspector => "inspector",
            Self::Leader => "leader",
        }
    }

    /// Reads [`Self::as_str`] back.
    pub fn parse(word: &str) -> Option<Self> {
        [
            Self::Clerk,
            Self::Staff,
            Self::Head,
            Self::Inspector,
            Self::Leader,
        ]
        .into_iter()
        .find(|role| role.as_str() == word)
    }
}

/// A stand-in (AB岗) who may act for a person while an authorisation runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StandIn {
    /// Who stands in.
    pub person: PersonCode,
    /// From this instant; `None` is from ever.
    pub from: Option<DateTime<Utc>>,
    /// Until this instant, not included; `None` is for good.
    pub to: Option<DateTime<Utc>>,
    /// The paper that says so.
    pub paper: Option<String>,
}

impl StandIn {
    /// Whether the authorisation runs at an instant.
    pub fn runs_at(&self, at: DateTime<Utc>) -> bool {
        self.from.is_none_or(|from| from <= at) && self.to.is_none_or(|to| at < to)
    }
}

/// A person (人员).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The code.
    pub code: PersonCode,
    /// The name that mails use.
    pub name: String,
    /// The unit, or `None` for inspectors and leaders of the division itself.
    pub unit: Option<UnitCode>,
    /// The role.
    pub role: Role,
    /// The mail address; empty if there is none.
    pub email: String,
    /// The stages in which the person holds a post (岗位).
    pub posts: Vec<Stage>,
    /// The stand-in, if one is named.
    pub stand_in: Option<StandIn>,
}

/// The units and people of one division.
#[derive(Clone, Debug, Default)]
pub struct Directory {
    units: BTreeMap<UnitCode, Unit>,
    people: BTreeMap<PersonCode, Person>,
    /// The people of each unit, and of the division itself, by code: a large city's cards ask for them one unit at a time.
    of_unit: BTreeMap<Option<UnitCode>, Vec<PersonCode>>,
    /// For whom somebody is named as the stand-in, by the stand-in's code.
    stood_for: BTreeMap<PersonCode, Vec<PersonCode>>,
}

impl Directory {
    /// Builds the directory.
    pub fn new(
        units: impl IntoIterator<Item = Unit>,
        people: impl IntoIterator<Item = Person>,
    ) -> Self {
        let mut directory = Self {
            units: units.into_iter().map(|u| (u.code.clone(), u)).collect(),
            people: people.into_iter().map(|p| (p.code.clone(), p)).collect(),
            ..Self::default()
        };
        for person in directory.people.values() {
            let (of_unit, code) = (&mut directory.of_unit, &person.code);
            let unit = of_unit.entry(person.unit.clone()).or_default();
            unit.push(code.clone());
            if let Some(stand_in) = &person.stand_in {
                let stood_for = directory.stood_for.entry(stand_in.person.clone());
                stood_for.or_default().push(code.clone());
            }
        }
        directory
    }

    /// A unit by its code.
    pub fn unit(&self, code: &UnitCode) -> Option<&Unit> {
        self.units.get(code)
    }

    /// A person by code.
    pub fn person(&self, code: &PersonCode) -> Option<&Person> {
        self.people.get(code)
    }

    /// All units, by code.
    pub fn units(&self) -> impl Iterator<Item = &Unit> {
        self.units.values()
    }

    /// All people, by code.
    pub fn people(&self) -> impl Iterator<Item = &Person> {
        self.people.values()
    }

    /// The people of a unit, or those of the division itself, by code.
    pub fn people_of(&self, unit: Option<&UnitCode>) -> impl Iterator<Item = &Person> {
        let codes = self.of_unit.get(&unit.cloned()).into_iter().flatten();
        codes.filter_map(|code| self.people.get(code))
    }

    /// The people who name somebody as their stand-in (AB岗), by code, whether the time for it runs or not.
    pub fn stood_for(&self, stand_in: &PersonCode) -> impl Iterator<Item = &Person> {
        let codes = self.stood_for.get(stand_in).into_iter().flatten();
        codes.filter_map(|code| self.people.get(code))
    }

    /// The people of a unit who hold the post of a stage.
    pub fn holders(&self, unit: &UnitCode, stage: Stage) -> Vec<&Person> {
        let people = self.people_of(Some(unit));
        people.filter(|p| p.posts.contains(&stage)).collect()
    }

    fn with_role(&self, unit: Option<&UnitCode>, role: Role) -> Vec<&Person> {
        match unit {
            Some(_) => self.people_of(unit).filter(|p| p.role == role).collect(),
            None => self.people().filter(|p| p.role == role).collect(),
        }
    }

    /// Who is told, each person once, in the order of the audience list.
    ///
    /// `stage` is the one whose holders are responsible; an order has none and goes to the head of its unit.
    /// When nobody holds the post, the head stands for it; when there is no head either, the inspectors do,
    /// so that no warning stays without a reader while there is anyone at all.
    pub fn recipients(
        &self,
        unit: &UnitCode,
        stage: Option<Stage>,
        tell: &[Audience],
        at: DateTime<Utc>,
    ) -> Vec<PersonCode> {
        let mut chosen: Vec<PersonCode> = Vec::new();
        let mut add = |people: Vec<&Person>| {
            let found = !people.is_empty();
            for person in people {
                if !chosen.contains(&person.code) {
                    chosen.push(person.code.clone());
                }
            }
            found
        };
        let mut responsible = stage.map(|s| self.holders(unit, s)).unwrap_or_default();
        if responsible.is_empty() {
            responsible = self.with_role(Some(unit), Role::Head);
        }
        let mut unmet = false;
        for audience in tell {
            let found = match audience {
                Audience::Handler => add(responsible.clone()),
                Audience::StandIn => {
                    add(self.stand_ins(&responsible, at));
                    true
                }
                Audience::Head => add(self.with_role(Some(unit), Role::Head)),
                Audience::Inspector => add(self.with_role(None, Role::Inspector)),
                Audience::Leader => add(self.with_role(None, Role::Leader)),
            };
            unmet |= !found;
        }
        if unmet {
            add(self.with_role(None, Role::Inspector));
        }
        chosen
    }

    fn stand_ins(&self, people: &[&Person], at: DateTime<Utc>) -> Vec<&Person> {
        people
            .iter()
            .filter_map(|p| p.stand_in.as_ref())
            .filter(|s| s.runs_at(at))
            .filter_map(|s| self.people.get(&s.person))
            .collect()
    }
}
