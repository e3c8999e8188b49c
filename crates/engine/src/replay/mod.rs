//! Scenarios replayed in virtual time: a pure planner says what people do, the engine does the rest.
//!
//! Nothing is written into the result. The planner knows calendar, items and people, and draws from one
//! seed; [`run`] gives its steps to the same commands that desks use, lets time pass, sweeps and sends.

mod course;
mod desk;
mod dice;
mod files;
mod lapses;
mod lapses_file;
mod lapses_on_the_way;
mod lapses_recorded;
mod office;
pub mod plan;
mod quiet;
mod run;
pub mod scenario;
#[cfg(test)]
mod tests;

pub use files::Files;
pub use lapses::plan as plan_lapses;
pub use lapses_file::Lapses;
pub use plan::Plan;
pub use quiet::plan as plan_quiet;
pub use run::{RunReport, run};
pub use scenario::Scenario;
