//! The tests that run the whole program.
