//! Reading the event log of another system, so that its cases can be supervised and counted here.
//!
//! A log is a CSV or JSON-lines file, one row an event. A [`Mapping`] (TOML, `config/mappings/`) says which column
//! is what. [`read_log`] gives the cases in order of first appearance, each checked all or nothing: one wrong row
//! and the whole case is among the rejects, every row of it with its line and reason.
//!
//! What is merely odd (an event before the start or after the end of its case) isn't wrong. It is kept and marked
//! with its defect, for it is evidence.
//!
//! Reasons and errors name columns and lines, never what stands in a cell: a log holds personal data. Only
//! [`Reject::row`] holds the row itself, for the one who must repair it.

pub mod batch;
mod encoding;
mod error;
mod log;
mod mapping;
mod reader;
mod records;
mod rejects;
mod replace;
pub mod run;
mod times;

pub use self::error::ImportError;
pub use self::log::{
    Act, Applicant, CaseDefect, DueSource, LogFile, LoggedCase, LoggedDocument, LoggedRow,
    LoggedTerm, Outcome, Procedure, Reject, RowDefect, Stage, TermUnit,
};
pub use self::mapping::Mapping;
pub use self::reader::{read_log, read_log_bytes};
pub use self::rejects::write_rejects;
