//! The engine on both databases, by theme. One program, since each more takes as long to link as this one.

#[cfg(test)]
mod appeals;
#[cfg(test)]
mod attachments;
#[cfg(test)]
mod behind;
#[cfg(test)]
mod bent_tables;
#[cfg(test)]
mod commands;
#[cfg(test)]
mod common;
#[cfg(test)]
mod facts;
#[cfg(test)]
mod import;
#[cfg(test)]
mod mends;
#[cfg(test)]
mod outages;
#[cfg(test)]
mod outbox;
#[cfg(test)]
mod reports;
#[cfg(test)]
mod revise;
#[cfg(test)]
mod schedule;
#[cfg(test)]
mod scores;
