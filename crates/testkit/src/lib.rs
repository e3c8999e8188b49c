//! Servers that tests start for themselves: PostgreSQL, SMTP.
pub mod failover;
pub mod postgres;
pub mod smtp;
