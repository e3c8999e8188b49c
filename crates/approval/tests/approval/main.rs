//! The workflow core from outside: transitions, the law, warnings, annulment, revision, properties.

mod acceptance;
mod alarms;
mod annulment;
mod appeals;
mod begins;
mod bent;
mod by_hand;
mod counted;
mod falls;
mod fixtures;
mod instants;
mod law;
mod named;
mod periods;
mod properties;
mod recipients;
mod revision;
mod rights;
mod statements;
mod statistics;
mod statistics_naive;
mod tally;
mod transitions;
mod trial;
mod warnings;
mod words;
