//! The calendar held against the law's own examples, against every day of 25
//! years and against a second, naive way of counting.

mod bent;
mod every_day;
mod explained;
mod files;
mod hours;
mod naive;
mod properties;
mod shipped;
mod used;
mod vectors;
