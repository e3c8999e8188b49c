//! The part of a report that is one unit's own.

use approval::ids::UnitCode;
use approval::statistics::{Details, Figures, Lists, Statement};

use super::{Report, ReportError, ReportFile, pdf};
use crate::paper::Fonts;

/// One unit's figures and lists, cut out of a report.
#[derive(Clone, Debug)]
pub struct UnitPart {
    code: UnitCode,
    name: String,
    statement: Statement,
    details: Details,
}

impl UnitPart {
    /// The part of a unit; `None` if the report doesn't know it.
    pub fn of(statement: &Statement, details: &Details, code: &UnitCode) -> Option<Self> {
        let mut own = statement.of_unit(code)?;
        let name = own.units.first()?.name.clone();
        // The paper is the division's, about the unit.
        own.standing = statement.standing.clone();
        let persons = details.persons.iter();
        let persons = persons.filter(|line| line.unit == code.as_str());
        let mut limits = details.stage_limits.clone();
        limits.retain(|stage, _| own.total.stages.contains_key(stage));
        Some(Self {
            code: code.clone(),
            name,
            statement: own,
            details: Details {
                lists: details.lists.of_unit(code),
                persons: persons.cloned().collect(),
                stage_limits: limits,
            },
        })
    }

    /// The unit's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether there is anything to tell of it: figures, or a line of a list.
    pub fn has_something(&self) -> bool {
        self.statement.total != Figures::default() || self.details.lists != Lists::default()
    }

    /// The paper of the part, in the words and fonts of the report that it belongs to.
    ///
    /// # Errors
    /// As [`Report::files`].
    pub fn paper(&self, of: &Report<'_>, fonts: &Fonts) -> Result<ReportFile, ReportError> {
        let report = Report {
            statement: &self.statement,
            details: Some(&self.details),
            wording: of.wording,
            fonts: of.fonts,
            unit: Some(&self.name),
        };
        Ok(ReportFile {
            name: format!("{}-{}.pdf", self.statement.period, self.code),
            content: pdf::paper(&report, fonts)?,
        })
    }
}
