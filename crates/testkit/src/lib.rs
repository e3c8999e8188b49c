//! What tests of several crates share: servers that they start for themselves, and files that are bent.
pub mod bent;
#[cfg(feature = "servers")]
pub mod failover;
#[cfg(feature = "servers")]
pub mod postgres;
#[cfg(feature = "servers")]
pub mod smtp;
