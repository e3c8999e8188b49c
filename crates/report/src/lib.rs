//! Statistics as JSON and text.
