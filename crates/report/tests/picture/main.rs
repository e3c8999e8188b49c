//! The pictures: what they show of cases that were really played, and that they are sound SVG.

mod cases;
mod fixtures;
mod sound;
