//! The letter that a report goes out with.

use super::fields::{Reader, values};
use super::{Report, ReportError};
use crate::picture::escaped;

/// What stands in the mail that has the report attached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// The subject line.
    pub subject: String,
    /// The paragraphs.
    pub paragraphs: Vec<String>,
}

impl Letter {
    /// The body as plain text.
    pub fn text(&self) -> String {
        self.paragraphs.join("\n\n") + "\n"
    }

    /// The body as HTML.
    pub fn html(&self) -> String {
        let paragraphs = self.paragraphs.iter();
        let paragraphs = paragraphs.map(|text| format!("<p>{}</p>\n", escaped(text)));
        paragraphs.collect()
    }
}

impl Report<'_> {
    /// The letter to a recipient; `unit` is the name of the unit whose part is attached too, empty for none.
    ///
    /// # Errors
    /// A sentence that can't be filled in.
    pub fn letter(&self, recipient: &str, unit: &str) -> Result<Letter, ReportError> {
        let reader = Reader { recipient, unit };
        let values = values(self.statement, self.wording, reader)?;
        Ok(Letter {
            subject: self.wording.line("mail.subject", &values)?,
            paragraphs: self.wording.lines("mail.text", &values)?,
        })
    }
}
