//! How a command can end other than well, and its exit status.

use std::process::ExitCode;

use engine::EngineError;

/// Refused, or something was found wrong.
const FOUND: u8 = 1;
/// The command could not run.
const CANNOT_RUN: u8 = 2;

/// Why a command didn't end with status 0.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The command was refused and nothing was written; the reason goes to standard output as JSON.
    Refused(EngineError),
    /// The answer, printed already, tells what was found wrong.
    Found,
    /// It could not run: usage, configuration, database.
    CannotRun(anyhow::Error),
}

impl Failure {
    /// A message for people, without a cause behind it.
    pub(crate) fn cannot_run(message: impl Into<String>) -> Self {
        Self::CannotRun(anyhow::Error::msg(message.into()))
    }

    /// Whatever it is, the command could not run: for files that belong to the installation.
    pub(crate) fn installation(error: EngineError) -> Self {
        Self::CannotRun(error.into())
    }

    pub(crate) fn exit_code(&self) -> ExitCode {
        match self {
            Self::Refused(_) | Self::Found => ExitCode::from(FOUND),
            Self::CannotRun(_) => ExitCode::from(CANNOT_RUN),
        }
    }
}

impl From<EngineError> for Failure {
    fn from(error: EngineError) -> Self {
        if error.is_refusal() {
            Self::Refused(error)
        } else {
            Self::CannotRun(error.into())
        }
    }
}

impl From<store::StoreError> for Failure {
    fn from(error: store::StoreError) -> Self {
        Self::CannotRun(error.into())
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::CannotRun(error.into())
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self::CannotRun(error)
    }
}

/// An error with all its causes in one line; a cause that its effect repeats is told once.
pub(crate) fn chain(error: &anyhow::Error) -> String {
    let mut line = String::new();
    for cause in error.chain() {
        let cause = cause.to_string().replace('\n', " ");
        if line.contains(&cause) {
            continue;
        }
        if !line.is_empty() {
            line.push_str(": ");
        }
        line.push_str(&cause);
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn causes_stand_in_one_line_and_once() {
        let error = anyhow::Error::msg("no such\nfile").context("cannot read the file");
        assert_eq!(chain(&error), "cannot read the file: no such file");
        let error = anyhow::Error::msg("b").context("a: b");
        assert_eq!(chain(&error), "a: b");
    }
}
