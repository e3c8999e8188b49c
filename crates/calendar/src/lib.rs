//! Which days work, and counting them.
