//! The shell: the clock, commands, the sweep, revisions, jobs, the outbox, import and replay.
//!
//! Everything that changes a subject goes through one function, `commands::transact`: load the row, load or
//! replay the subject, settle its alarms, decide in the pure core, write the plan in the same transaction.

pub mod accounts;
pub mod anchor;
pub mod answer;
mod appeal;
pub mod assets;
pub mod attachments;
pub mod behind;
mod cache;
pub mod checkup;
pub mod clock;
pub mod clock_questions;
pub mod commands;
pub mod copies;
pub mod engine;
pub mod error;
pub mod execute;
pub mod explain;
pub mod facts;
pub mod import;
pub mod library;
mod lists;
pub mod look;
pub mod notes;
pub mod once;
pub mod outage;
pub mod outbox;
pub mod reference;
pub mod replay;
pub mod revise;
pub mod schedule;
pub mod scoring;
pub mod shadow;
pub mod supervise;
pub mod sweep;
pub mod tally;
pub mod todo;
mod verify;

pub use clock::Clock;
pub use commands::{Application, Seen};
pub use engine::{Engine, Settings, Standing};
pub use error::EngineError;
pub use sweep::SweepReport;
