//! The report of a period as files: JSON, CSV, HTML and XLSX of the same figures.
//!
//! Suggested reading order: `column` (what is told of a unit, and how it is rounded), `json`, `csv`, `words` and `html`
//! (what leaders read), `xlsx`.

mod column;
mod csv;
mod html;
mod json;
mod ranking;
#[cfg(test)]
mod ranking_tests;
#[cfg(test)]
mod tests;
mod words;
mod xlsx;
mod xlsx_scores;

use approval::statistics::Statement;

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
}

impl Format {
    /// All forms.
    pub const ALL: [Self; 4] = [Self::Json, Self::Csv, Self::Html, Self::Xlsx];

    /// The word on the command line, and the end of the file's name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Csv => "csv",
            Self::Html => "html",
            Self::Xlsx => "xlsx",
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
    Html(#[source] askama::Error),
    /// The workbook.
    #[error("cannot write the report as XLSX")]
    Xlsx(#[source] rust_xlsxwriter::XlsxError),
}

/// The ranking of the units as the JSON report has it; `null` if nobody is scored.
pub fn ranking(statement: &Statement) -> serde_json::Value {
    ranking::value(statement)
}

/// Makes the files of a report in one form.
///
/// # Errors
/// What the form's library says; none for figures.
pub fn files(statement: &Statement, format: Format) -> Result<Vec<ReportFile>, ReportError> {
    let file = |part: &str, content: Vec<u8>| ReportFile {
        name: format!("{}{part}.{}", statement.period, format.as_str()),
        content,
    };
    Ok(match format {
        Format::Json => {
            let text = json::text(statement).map_err(ReportError::Json)?;
            vec![file("", text.into_bytes())]
        }
        Format::Csv => {
            let units = csv::units(statement).map_err(ReportError::Csv)?;
            let items = csv::items(statement).map_err(ReportError::Csv)?;
            let mut tables = vec![file("", units), file("-items", items)];
            if let Some(scores) = &statement.scores {
                let points = csv::scores(scores).map_err(ReportError::Csv)?;
                let lines = csv::score_lines(scores).map_err(ReportError::Csv)?;
                tables.extend([file("-scores", points), file("-score-lines", lines)]);
            }
            tables
        }
        Format::Html => {
            let page = html::page(statement).map_err(ReportError::Html)?;
            vec![file("", page.into_bytes())]
        }
        Format::Xlsx => {
            let book = xlsx::workbook(statement).map_err(ReportError::Xlsx)?;
            vec![file("", book)]
        }
    })
}
