//! The whole program: stories told by scripts on both databases, and the real binary in bad conditions.

#[cfg(test)]
mod browser;
#[cfg(test)]
mod program;
#[cfg(test)]
mod scripts;
