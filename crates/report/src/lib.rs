//! Statistics as files and text, and pictures as SVG.
//!
//! Suggested reading order: [`demo`] (what a replayed scenario is shown as), [`table`] (columns for terminals),
//! [`picture`] (what pages, papers and mails show), [`period`] (the report of a month, a quarter, a year), [`paper`] (what PDFs are
//! laid out with).

pub mod demo;
pub mod paper;
pub mod period;
pub mod picture;
pub mod table;

pub use demo::{DemoReport, Figures, LapseFigures, Published};
