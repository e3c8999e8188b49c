//! The report of a period as files: JSON, CSV, HTML, XLSX and PDF of the same figures.
//!
//! Suggested reading order: `column` (what is told of a unit, and how it is rounded), `listing` (what is named one by one),
//! `groups` (halls, kinds, persons, earlier periods), `revisions` (what changed since it was closed), `json`, `csv`, `wording` and `fields` (the words, and what they may name), `document` (what leaders read), `page` and `pdf`
//! (what they read it on), `xlsx`.

mod column;
mod csv;
mod document;
mod english;
mod fields;
mod groups;
mod json;
mod letter;
mod lines;
mod listing;
mod names;
mod page;
mod part;
mod pdf;
mod ranking;
#[cfg(test)]
mod ranking_tests;
mod revisions;
#[cfg(test)]
mod revisions_tests;
mod shown;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_of_forms;
mod wording;
mod words;
mod xlsx;
mod xlsx_lists;
mod xlsx_scores;

use approval::statistics::{Closed, Details, Statement};

use crate::paper::{FontError, FontPaths, Fonts, PaperError};
use crate::picture::Language;

pub use letter::Letter;
pub use names::figure_name;
pub use part::UnitPart;
pub use wording::{Letterhead, Wording, WordingError};

/// A form that a report can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// For programs.
    Json,
    /// Tables of units and items.
    Csv,
    /// One page that stands for itself and prints.
    Html,
    /// A workbook with numbers to go on with.
    Xlsx,
    /// A paper to sign and to file.
    Pdf,
}

impl Format {
    /// All forms.
    pub const ALL: [Self; 5] = [Self::Json, Self::Csv, Self::Html, Self::Xlsx, Self::Pdf];

    /// The word on the command line, and the end of the file's name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Csv => "csv",
            Self::Html => "html",
            Self::Xlsx => "xlsx",
            Self::Pdf => "pdf",
        }
    }

    /// Reads [`Self::as_str`] back.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.as_str() == word)
    }
}

/// A file of a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportFile {
    /// Its name, without a folder.
    pub name: String,
    /// What is in it.
    pub content: Vec<u8>,
}

/// Why a report couldn't be made.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// The JSON.
    #[error("cannot write the report as JSON")]
    Json(#[source] serde_json::Error),
    /// A CSV table.
    #[error("cannot write the report as CSV")]
    Csv(#[source] ::csv::Error),
    /// The page.
    #[error("cannot write the report as HTML")]
    Html(#[from] askama::Error),
    /// The workbook.
    #[error("cannot write the report as XLSX")]
    Xlsx(#[from] rust_xlsxwriter::XlsxError),
    /// Words that can't be used.
    #[error(transparent)]
    Wording(#[from] WordingError),
    /// A sentence that can't be filled in.
    #[error("a sentence of the report can't be filled in: {0:#}")]
    Sentence(#[from] minijinja::Error),
    /// No fonts for the paper.
    #[error(transparent)]
    Fonts(#[from] FontError),
    /// The paper.
    #[error("cannot write the report as PDF")]
    Pdf(#[from] PaperError),
}

/// A report to be written.
#[derive(Clone, Copy, Debug)]
pub struct Report<'a> {
    statement: &'a Statement,
    details: Option<&'a Details>,
    wording: &'a Wording,
    fonts: Option<&'a Fonts>,
    /// The name of the unit whose part it is; none: the whole division's.
    unit: Option<&'a str>,
}

impl<'a> Report<'a> {
    /// A report of figures alone.
    pub const fn new(statement: &'a Statement, wording: &'a Wording) -> Self {
        Self {
            statement,
            details: None,
            wording,
            fonts: None,
            unit: None,
        }
    }

    /// With lists and limits of stages.
    #[must_use]
    pub const fn with_details(mut self, details: &'a Details) -> Self {
        self.details = Some(details);
        self
    }

    /// With these fonts; without, they are looked for in the usual places when a paper is made.
    #[must_use]
    pub const fn with_fonts(mut self, fonts: &'a Fonts) -> Self {
        self.fonts = Some(fonts);
        self
    }

    /// Makes its files in one form.
    ///
    /// # Errors
    /// What the form's library says, or fonts that a paper lacks; none for figures.
    pub fn files(&self, format: Format) -> Result<Vec<ReportFile>, ReportError> {
        let file = |part: &str, content: Vec<u8>| ReportFile {
            name: format!("{}{part}.{}", self.statement.period, format.as_str()),
            content,
        };
        Ok(match format {
            Format::Json => {
                let text = json::text(self).map_err(ReportError::Json)?;
                vec![file("", text.into_bytes())]
            }
            Format::Csv => {
                let units = csv::units(self.statement).map_err(ReportError::Csv)?;
                let items = csv::items(self.statement).map_err(ReportError::Csv)?;
                let mut files = vec![file("", units), file("-items", items)];
                for (key, cut) in csv::cuts(self.statement).map_err(ReportError::Csv)? {
                    files.push(file(&format!("-{key}"), cut));
                }
                if let Some(scores) = &self.statement.scores {
                    let points = csv::scores(scores).map_err(ReportError::Csv)?;
                    let lines = csv::score_lines(scores).map_err(ReportError::Csv)?;
                    files.extend([file("-scores", points), file("-score-lines", lines)]);
                }
                for (key, list) in csv::lists(self).map_err(ReportError::Csv)? {
                    files.push(file(&format!("-{key}"), list));
                }
                files
            }
            Format::Html => vec![file("", page::page(self)?.into_bytes())],
            Format::Xlsx => {
                let book = xlsx::workbook(self)?;
                vec![file("", book)]
            }
            Format::Pdf => vec![file("", self.paper()?)],
        })
    }

    /// The paper's bytes.
    fn paper(&self) -> Result<Vec<u8>, ReportError> {
        let found;
        let fonts = match self.fonts {
            Some(fonts) => fonts,
            None => {
                found = Fonts::load(&FontPaths::default())?;
                &found
            }
        };
        pdf::paper(self, fonts)
    }
}

/// The ranking of the units as the JSON report has it; `null` if nobody is scored.
pub fn ranking(statement: &Statement) -> serde_json::Value {
    ranking::value(statement)
}

/// A closing as the JSON report has it, its instants in UTC.
pub fn closing(closed: &Closed) -> serde_json::Value {
    revisions::value(closed, |revision| {
        [
            revision.closed_at.to_rfc3339(),
            revision.cut_off.to_rfc3339(),
        ]
    })
}

/// Makes the files of a report of figures alone in one form, in the built-in Chinese words.
///
/// # Errors
/// As [`Report::files`].
pub fn files(statement: &Statement, format: Format) -> Result<Vec<ReportFile>, ReportError> {
    let wording = Wording::built_in(Language::Zh)?;
    Report::new(statement, &wording).files(format)
}
