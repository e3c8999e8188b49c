//! The record on SQLite and PostgreSQL: one body of SQL.
