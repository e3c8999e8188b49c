//! Standard output: data and nothing else, one JSON object a line. Messages for people go to standard error.

use std::io::{self, Write};

use serde_json::Value;

/// Prints one JSON object as a line and flushes it.
pub(crate) fn json(value: &Value) -> io::Result<()> {
    text(&format!("{value}\n"))
}

/// Prints text as it is and flushes it.
pub(crate) fn text(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}
