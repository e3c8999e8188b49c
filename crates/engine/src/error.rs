//! What can go wrong in the shell, sorted by what the caller can do about it.

use approval::Refusal;
use chrono::{DateTime, Utc};
use store::{AsConflict, StoreError};

/// An error of the engine. `Display` is for people, Chinese first.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The core refused a command; nothing was written.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// No subject has this number.
    #[error("没有编号为 {subject} 的办件或督办单,请核对 / no subject {subject}")]
    NotFound {
        /// The number asked for.
        subject: String,
    },
    /// A number that is taken.
    #[error("编号 {subject} 已存在 / {subject} exists already")]
    Exists {
        /// The number.
        subject: String,
    },
    /// Input that can't be used: what, where, what to do.
    #[error("{message}")]
    Invalid {
        /// A stable word for programs.
        kind: &'static str,
        /// The message, Chinese first.
        message: String,
    },
    /// The installation isn't complete: what is missing and how to mend it.
    #[error("{message}")]
    NotReady {
        /// The message, Chinese first.
        message: String,
    },
    /// A file can't be read or written.
    #[error("{path}:无法读写文件,{source} / cannot use the file")]
    File {
        /// The path as given.
        path: String,
        /// The system's error.
        source: std::io::Error,
    },
    /// The trial's clock can't go back.
    #[error(
        "--now {asked} 早于本试运行库的时间 {last},时间不能倒退 / the trial's clock never goes back"
    )]
    ClockGoesBack {
        /// The instant asked for.
        asked: DateTime<Utc>,
        /// The trial's last instant.
        last: DateTime<Utc>,
    },
    /// `--now` outside a trial.
    #[error(
        "只有试运行库才能使用 --now(用 migrate --trial 建立) / --now works on a trial database only"
    )]
    NotATrial,
    /// A mail or a template failed.
    #[error("{message}")]
    Mail {
        /// The message.
        message: String,
    },
}

impl EngineError {
    /// The stable word for programs.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Refused(refusal) => refusal.kind(),
            Self::Store(_) => "database",
            Self::NotFound { .. } => "not_found",
            Self::Exists { .. } => "exists",
            Self::Invalid { kind, .. } => kind,
            Self::NotReady { .. } => "not_ready",
            Self::File { .. } => "file",
            Self::ClockGoesBack { .. } => "clock_goes_back",
            Self::NotATrial => "not_a_trial",
            Self::Mail { .. } => "mail",
        }
    }

    /// Whether the command itself was wrong (exit status 1), not the installation (2).
    pub fn is_refusal(&self) -> bool {
        matches!(
            self,
            Self::Refused(_) | Self::NotFound { .. } | Self::Exists { .. } | Self::Invalid { .. }
        )
    }

    /// Whether it is about one subject, whose record can't be read or settled, and not about the installation: then the
    /// others go on.
    pub(crate) fn is_of_one_subject(&self) -> bool {
        matches!(
            self,
            Self::Refused(_) | Self::NotFound { .. } | Self::Store(StoreError::Corrupt { .. })
        )
    }

    /// An input error.
    pub fn invalid(kind: &'static str, message: impl Into<String>) -> Self {
        Self::Invalid {
            kind,
            message: message.into(),
        }
    }
}

impl AsConflict for EngineError {
    fn is_conflict(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_conflict())
    }
}
