//! The workflow core: subjects, stages, events, clocks, rules and warnings.
//!
//! Everything here is a function of its arguments. There is no clock, no I/O and no runtime:
//! the shell reads the time once, loads a subject's history, asks [`Work`] what follows, and
//! writes that down in one transaction.
//!
//! Suggested reading order: [`event`] (what can happen), [`case`], [`order`] and [`appeal`] (what it does),
//! [`track`] (the clocks), [`alarm`] (what time does), [`work`] (commands and alarms together).

#![deny(
    clippy::as_conversions,
    clippy::float_arithmetic,
    clippy::indexing_slicing
)]

pub mod acts;
pub mod alarm;
pub mod appeal;
mod appeals;
pub mod attachment;
pub mod books;
mod by_hand;
pub mod case;
pub mod command;
pub mod event;
pub mod identity;
pub mod ids;
pub mod item;
pub mod law;
pub mod message;
pub mod order;
pub mod people;
pub mod refusal;
pub mod revision;
pub mod rights;
pub mod rule;
pub mod rules_file;
pub mod scoring;
pub mod stage;
pub mod statistics;
pub mod subject;
pub mod term_text;
pub mod track;
pub mod trial;
pub mod view;
pub mod warning;
pub mod work;

pub use books::Books;
pub use command::{Act, Command};
pub use event::{Defect, Event, Recorded};
pub use refusal::Refusal;
pub use subject::Subject;
pub use work::{Plan, Work};
