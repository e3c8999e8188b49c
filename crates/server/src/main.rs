//! The one binary, `shixian`.

fn main() {}
