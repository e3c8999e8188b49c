//! The record on SQLite and PostgreSQL: one body of SQL.
//!
//! [`Store::write`] runs work in a transaction, [`Store::read`] gives a connection for reading. Each noun has a
//! module whose functions take `&mut Conn`; rows are plain values and instants are microseconds. How many statements
//! share a commit is the business of the writer alone: on SQLite commands that wait together are committed
//! together, on PostgreSQL each is a transaction of its own.

pub mod account;
pub mod anchor;
pub mod api_receipt;
pub mod api_token;
pub mod attachment;
pub mod audit;
pub mod behind;
pub mod board;
pub mod calendar;
pub mod chain;
pub mod closing;
pub mod codec;
mod conn;
pub mod copy;
pub mod count;
pub mod counter;
pub mod enclosure;
mod error;
pub mod event;
pub mod fact;
pub mod fault;
pub mod feed;
mod hosts;
pub mod job;
pub mod listed;
pub mod message;
pub mod message_item;
pub mod meta;
mod migration;
mod open;
pub mod outage;
pub mod overview;
pub mod personal;
mod postgres;
pub mod record;
pub mod reference;
pub mod revision;
pub mod ruleset;
pub mod scheme;
pub mod score;
mod store;
pub mod subject;
pub mod todo;
pub mod verify;
pub mod warning;
mod writer;

pub use conn::{Conn, PgConn, SqliteConn, Statement};
pub use error::{AsConflict, StoreError};
pub use futures_util::future::BoxFuture;
pub use store::{Dialect, Store};
pub use writer::Grouping;

/// Every named statement of the crate, so that a test can prepare each one on both databases.
pub fn statements() -> Vec<Statement> {
    [
        account::STATEMENTS,
        anchor::STATEMENTS,
        api_receipt::STATEMENTS,
        api_token::STATEMENTS,
        audit::STATEMENTS,
        behind::STATEMENTS,
        board::STATEMENTS,
        attachment::STATEMENTS,
        calendar::STATEMENTS,
        closing::STATEMENTS,
        copy::STATEMENTS,
        count::STATEMENTS,
        counter::STATEMENTS,
        enclosure::STATEMENTS,
        event::STATEMENTS,
        fact::STATEMENTS,
        feed::STATEMENTS,
        hosts::STATEMENTS,
        job::STATEMENTS,
        listed::STATEMENTS,
        message::STATEMENTS,
        message_item::STATEMENTS,
        meta::STATEMENTS,
        migration::STATEMENTS,
        outage::STATEMENTS,
        overview::STATEMENTS,
        personal::STATEMENTS,
        record::STATEMENTS,
        reference::STATEMENTS,
        revision::STATEMENTS,
        ruleset::STATEMENTS,
        scheme::STATEMENTS,
        score::STATEMENTS,
        subject::STATEMENTS,
        todo::STATEMENTS,
        verify::STATEMENTS,
        warning::STATEMENTS,
    ]
    .concat()
}
