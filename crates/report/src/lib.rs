//! Statistics as JSON and text.
//!
//! Suggested reading order: [`demo`] (what a replayed scenario is shown as), [`table`] (columns for terminals).

pub mod demo;
pub mod table;

pub use demo::{DemoReport, Figures, LapseFigures, Published};
