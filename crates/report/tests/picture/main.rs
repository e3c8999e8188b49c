//! The pictures: what they show of cases that were really played, and that they are sound SVG.

mod calendars;
mod cases;
mod chance;
mod charts;
mod fixtures;
mod sound;
