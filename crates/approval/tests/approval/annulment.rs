//! annulment
