//! Who may do what. A desk refuses whoever doesn't hold the post; feeds record what another system says.
//!
//! Each command names the rights of which one is needed ([`needed`]). A stand-in uses the rights of the person for whom
//! he acts. An act without a name is the operator's on the machine itself: it may do what the posts do, for whoever
//! reaches the database could write there anyway; but what only an inspector may do needs an inspector's name.

use chrono::{DateTime, Utc};

use crate::books::Books;
use crate::command::{Act, Command, Opening, Origin};
use crate::ids::{PersonCode, UnitCode};
use crate::people::{Directory, Person, Role};
use crate::refusal::Refusal;
use crate::stage::Stage;
use crate::subject::Subject;
use crate::track::ClockKey;

/// What entitles a person to an act.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Right {
    /// The post of a stage in a unit.
    Post(UnitCode, Stage),
    /// Being of a unit.
    Member(UnitCode),
    /// Being a unit's head.
    Head(UnitCode),
    /// Being an inspector.
    Inspector,
    /// Being a leader of the division.
    Leader,
}

impl Person {
    /// Whether the person has a right. People of the division itself hold their posts in every unit: a hall's common
    /// window receives for all.
    pub fn has(&self, right: &Right, directory: &Directory) -> bool {
        match right {
            Right::Post(unit, stage) => {
                let here = self.unit.as_ref().is_none_or(|own| own == unit);
                here && (self.posts.contains(stage)
                    || self.stands_for_post(unit, *stage, directory))
            }
            Right::Member(unit) => self.unit.as_ref() == Some(unit),
            Right::Head(unit) => self.role == Role::Head && self.unit.as_ref() == Some(unit),
            Right::Inspector => self.role == Role::Inspector,
            Right::Leader => self.role == Role::Leader,
        }
    }

    /// A post that nobody holds is the head's, as its warnings are; where there is no head either, it is anybody's of
    /// the unit, so that no case is stuck for want of a line in a file.
    fn stands_for_post(&self, unit: &UnitCode, stage: Stage, directory: &Directory) -> bool {
        if self.unit.as_ref() != Some(unit) || !directory.holders(unit, stage).is_empty() {
            return false;
        }
        let mut people = directory.people();
        self.role == Role::Head
            || !people.any(|p| p.role == Role::Head && p.unit.as_ref() == Some(unit))
    }
}

/// The rights of which a command needs one.
pub fn needed(subject: &Subject, command: &Command) -> Vec<Right> {
    let unit = subject.unit();
    let post = |stage| Right::Post(unit.clone(), stage);
    let in_stage = || post(subject.stage().unwrap_or(Stage::Acceptance));
    match command {
        Command::Accept
        | Command::Correct { .. }
        | Command::Supply
        | Command::RefuseAcceptance { .. }
        | Command::NotNeeded { .. } => vec![post(Stage::Acceptance)],
        Command::Complete { stage, .. } => vec![post(*stage)],
        Command::SendBack { .. } => vec![in_stage()],
        // Who handles the case answers for its procedures, wherever it is meanwhile.
        Command::Stop { .. } | Command::Resume { .. } | Command::Extend { .. } => {
            vec![in_stage(), post(Stage::Handling)]
        }
        Command::AskPartner { .. } => vec![post(Stage::Handling)],
        Command::AnswerPartner { partner, .. } => {
            let mut rights = vec![post(Stage::Handling)];
            rights.extend(asked(subject, *partner).map(Right::Member));
            rights
        }
        // The window closes what the applicant takes back, whoever has it in hand closes the rest.
        Command::Close { .. } => vec![in_stage(), post(Stage::Acceptance)],
        Command::Deliver => vec![post(Stage::Completion), post(Stage::Acceptance)],
        Command::Annul { .. } => {
            let mut rights: Vec<Right> = Stage::ALL.iter().map(|stage| post(*stage)).collect();
            rights.extend([Right::Head(unit.clone()), Right::Inspector]);
            rights
        }
        Command::ReplyOrder { .. } | Command::ReplyOrderWith { .. } => {
            vec![Right::Member(unit.clone())]
        }
        Command::AppealWarning { warning, .. } => {
            let unit = subject.unit_of_warning(*warning);
            vec![Right::Member(unit.clone())]
        }
        // What was referred is for whoever stands above: another inspector, or a leader.
        Command::DecideAppeal { .. } if subject.state() == "referred" => {
            vec![Right::Inspector, Right::Leader]
        }
        Command::IssueWarning { .. }
        | Command::RevokeWarning { .. }
        | Command::RevokeOn { .. }
        | Command::RaiseWarning { .. }
        | Command::DecideAppeal { .. }
        | Command::LapseAppeal { .. }
        | Command::CloseOrder { .. }
        | Command::SendBackOrder { .. } => vec![Right::Inspector],
        // Only feeds say these.
        Command::Step { .. } | Command::ReportEnd { .. } => Vec::new(),
    }
}

/// The rights of which one is needed to open a subject: the window receives, an inspector orders, a unit appeals.
///
/// # Errors
/// [`Refusal::Unknown`] for an item that nobody loaded.
pub fn of_opening(
    opening: &Opening,
    books: &Books,
    at: DateTime<Utc>,
) -> Result<Vec<Right>, Refusal> {
    Ok(match opening {
        Opening::Receive { item, unit, .. } => {
            let unit = match unit {
                Some(unit) => unit.clone(),
                None => books.item_in_force(item, at)?.unit.clone(),
            };
            vec![Right::Post(unit, Stage::Acceptance)]
        }
        Opening::IssueOrder { .. } => vec![Right::Inspector],
        Opening::FileAppeal { card, .. } => vec![Right::Member(card.unit.clone())],
    })
}

/// The unit that a request for an opinion went to.
fn asked(subject: &Subject, partner: u32) -> Option<UnitCode> {
    subject.track.clock(ClockKey::Partner(partner))?;
    let partners = &subject.case()?.partners;
    let found = partners.iter().find(|p| p.number == partner);
    found.map(|p| p.unit.clone())
}

/// Whether a person may do a command, by the posts alone: what pages offer.
///
/// # Errors
/// [`Refusal::ForeignPost`] or [`Refusal::NeedsInspector`].
pub fn may(
    person: &Person,
    subject: &Subject,
    command: &Command,
    books: &Books,
) -> Result<(), Refusal> {
    one_of(person, &needed(subject, command), &books.directory)
}

/// Who acts, if anybody is named: a known person, for whom a stand-in is authorised at that moment. The person whose
/// rights count: the other one where a stand-in acts.
pub(crate) fn actor<'b>(
    books: &'b Books,
    act: &Act,
    occurred_at: DateTime<Utc>,
) -> Result<Option<&'b Person>, Refusal> {
    if act.origin != Origin::Desk {
        return Ok(None);
    }
    let directory = &books.directory;
    let by = known(directory, act.by.as_ref())?;
    let Some(other) = known(directory, act.stands_for.as_ref())? else {
        return Ok(by);
    };
    let stand_in = other.stand_in.as_ref();
    if stand_in.is_some_and(|s| Some(&s.person) == act.by.as_ref() && s.runs_at(occurred_at)) {
        return Ok(Some(other));
    }
    Err(Refusal::NotStandIn {
        by: act.by.as_ref().map_or("", PersonCode::as_str).to_owned(),
        stands_for: other.code.as_str().to_owned(),
    })
}

/// Checks who acts against the rights of which one is needed.
pub(crate) fn check(
    books: &Books,
    actor: Option<&Person>,
    origin: Origin,
    rights: &[Right],
) -> Result<(), Refusal> {
    match actor {
        Some(person) => one_of(person, rights, &books.directory),
        None if origin == Origin::Desk && rights.first() == Some(&Right::Inspector) => {
            Err(Refusal::NeedsInspector)
        }
        None => Ok(()),
    }
}

/// The inspector who acts, by name: for what isn't an act on a subject.
///
/// # Errors
/// [`Refusal::NeedsInspector`], [`Refusal::NotStandIn`], [`Refusal::Unknown`].
pub fn inspector<'b>(
    books: &'b Books,
    act: &Act,
    at: DateTime<Utc>,
) -> Result<&'b Person, Refusal> {
    let person = actor(books, act, at)?.ok_or(Refusal::NeedsInspector)?;
    one_of(person, &[Right::Inspector], &books.directory)?;
    Ok(person)
}

/// Whoever acts for a unit, by name: for what isn't an act on a subject.
///
/// # Errors
/// [`Refusal::ForeignPost`], [`Refusal::NotStandIn`], [`Refusal::Unknown`].
pub fn member<'b>(
    books: &'b Books,
    act: &Act,
    unit: &UnitCode,
    at: DateTime<Utc>,
) -> Result<&'b Person, Refusal> {
    let nobody = || Refusal::ForeignPost {
        by: "未具名者".to_owned(),
        unit: unit_name(unit, &books.directory),
        needed: None,
    };
    let person = actor(books, act, at)?.ok_or_else(nobody)?;
    one_of(person, &[Right::Member(unit.clone())], &books.directory)?;
    Ok(person)
}

fn unit_name(unit: &UnitCode, directory: &Directory) -> String {
    let found = directory.unit(unit);
    found.map_or_else(|| unit.as_str().to_owned(), |u| u.name.clone())
}

fn known<'d>(
    directory: &'d Directory,
    code: Option<&PersonCode>,
) -> Result<Option<&'d Person>, Refusal> {
    let unknown = |code: &PersonCode| Refusal::Unknown {
        what: "人员",
        code: code.as_str().to_owned(),
    };
    let found = code.map(|code| directory.person(code).ok_or_else(|| unknown(code)));
    found.transpose()
}

fn one_of(person: &Person, rights: &[Right], directory: &Directory) -> Result<(), Refusal> {
    let Some(first) = rights.first() else {
        return Ok(());
    };
    if rights.iter().any(|right| person.has(right, directory)) {
        return Ok(());
    }
    let by = person.code.as_str().to_owned();
    Err(match first {
        Right::Inspector | Right::Leader => Refusal::NeedsInspector,
        Right::Post(unit, stage) => Refusal::ForeignPost {
            by,
            unit: unit_name(unit, directory),
            needed: Some(*stage),
        },
        Right::Member(unit) | Right::Head(unit) => Refusal::ForeignPost {
            by,
            unit: unit_name(unit, directory),
            needed: None,
        },
    })
}
