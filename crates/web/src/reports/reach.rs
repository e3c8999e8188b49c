//! Who may see which part of a report: leaders and inspectors all of the division, the head of a unit his own.

use approval::ids::UnitCode;
use approval::people::Role;

use crate::page::PageError;
use crate::visitor::Visitor;

/// What somebody may see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// All of the division.
    Division,
    /// One unit.
    Unit(UnitCode),
}

impl Reach {
    /// The visitor's.
    pub(super) fn of(visitor: &Visitor) -> Result<Self, PageError> {
        if visitor.sees_all() {
            return Ok(Self::Division);
        }
        let person = visitor.desk()?;
        match (&person.unit, person.role) {
            (Some(unit), Role::Head) => Ok(Self::Unit(unit.clone())),
            _ => Err(PageError::Forbidden),
        }
    }

    /// Refuses a unit that isn't within reach, as one that doesn't exist.
    pub(super) fn holds(&self, unit: &UnitCode) -> Result<(), PageError> {
        match self {
            Self::Unit(own) if own != unit => Err(PageError::NotFound),
            _ => Ok(()),
        }
    }
}

/// Whether the reports stand in somebody's menu.
pub(crate) fn may(visitor: &Visitor) -> bool {
    Reach::of(visitor).is_ok()
}
