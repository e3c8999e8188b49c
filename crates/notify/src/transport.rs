//! Where mails go: a mail server, a folder, or memory.

use std::{
    fmt,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use lettre::message::Mailbox;

use crate::{Mail, MailSettings, folder, relay::Relay};

/// A way for mails to leave the program.
#[derive(Debug, Clone)]
pub enum Transport {
    /// A mail server.
    Smtp(Arc<Relay>),
    /// A folder that gets one `.eml` file per Message-ID.
    Folder(PathBuf),
    /// A list in memory, for tests: no URL makes it, so that no configuration can lose mail in it.
    Memory(Arc<Mutex<Vec<Mail>>>),
    /// A mail server that a simulation plays, with all its moods. No URL makes it either.
    Played(Arc<dyn PlayedServer>),
}

/// A mail server that is played.
pub trait PlayedServer: fmt::Debug + Send + Sync {
    /// Takes a mail, refuses it, or takes it and says that it didn't.
    ///
    /// # Errors
    /// What the sender is told.
    fn take(&self, mail: &Mail) -> Result<(), SendError>;
}

/// A mail configuration that can't work.
#[derive(Debug, thiserror::Error)]
pub enum TransportError {
    /// The URL has another form than those known.
    #[error("mail.url: {0}")]
    Url(&'static str),
    /// `mail.from` isn't an address.
    #[error("mail.from is not an address")]
    From(#[source] lettre::address::AddressError),
    /// Two keys contradict each other or one is missing beside the other.
    #[error("{0}")]
    Settings(&'static str),
    /// The file of certificates can't be read.
    #[error("mail.ca_file {path} can't be read")]
    ReadCertificates {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// The file of certificates has none.
    #[error("mail.ca_file {path} holds no PEM certificate")]
    NoCertificate {
        /// The file.
        path: PathBuf,
    },
    /// TLS can't be set up with these settings.
    #[error("TLS for mail can't be set up")]
    Tls(#[source] lettre::transport::smtp::Error),
}

/// Whether it makes sense to try a delivery again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SendErrorKind {
    /// Try again later: the server, the network or the configuration is in trouble, not this mail.
    Temporary,
    /// This mail will never be accepted.
    Permanent,
}

/// A mail that wasn't delivered.
///
/// The message carries no personal data beyond the domain of an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SendError {
    /// Whether to try again.
    pub kind: SendErrorKind,
    /// What happened, for `outbox list` and the log.
    pub message: String,
}

impl SendError {
    pub(crate) fn temporary(message: impl Into<String>) -> Self {
        Self {
            kind: SendErrorKind::Temporary,
            message: message.into(),
        }
    }
}

impl fmt::Display for SendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for SendError {}

impl Transport {
    /// The transport of the `[mail]` section, or `None` if it names no URL.
    pub fn from_settings(settings: &MailSettings) -> Result<Option<Self>, TransportError> {
        settings
            .url
            .as_deref()
            .map(|url| Self::from_url(url, settings))
            .transpose()
    }

    /// The transport that a URL names.
    ///
    /// - `smtp://host[:25]` is plain and turns to TLS if the server offers it; `mail.starttls` makes that
    ///   `required` or `never`.
    /// - `smtp+starttls://host[:587]` goes on only with TLS, its certificate verified.
    /// - `smtps://host[:465]` is TLS from the first byte, its certificate verified.
    /// - `file:DIR` or `file:///DIR` writes files, for places without a mail server.
    ///
    /// User and password are settings of their own and are refused in the URL, which ends up in logs.
    pub fn from_url(url: &str, settings: &MailSettings) -> Result<Self, TransportError> {
        settings
            .from
            .parse::<Mailbox>()
            .map_err(TransportError::From)?;
        let Some((scheme, rest)) = url.split_once(':') else {
            return Err(TransportError::Url(FORMS));
        };
        match scheme.to_ascii_lowercase().as_str() {
            "file" => folder_of(rest).map(Self::Folder),
            scheme => Relay::new(scheme, rest, settings).map(|relay| Self::Smtp(Arc::new(relay))),
        }
    }

    /// A transport that keeps mails in memory, and the list that it fills. For tests only: no configuration can
    /// make it.
    pub fn memory() -> (Self, Arc<Mutex<Vec<Mail>>>) {
        let mails = Arc::new(Mutex::new(Vec::new()));
        (Self::Memory(Arc::clone(&mails)), mails)
    }

    /// Delivers one mail. A mail whose delivery failed half way may have arrived: the next try carries the same
    /// Message-ID, so that the receiver can drop the second copy.
    pub async fn send(&self, mail: &Mail) -> Result<(), SendError> {
        match self {
            Self::Smtp(relay) => relay.send(mail).await,
            Self::Folder(dir) => {
                let bytes = mail.message()?.formatted();
                let id = crate::mail::bare_id(&mail.message_id)?.to_owned();
                on_disk(dir, move |dir| folder::write(dir, &id, &bytes)).await
            }
            Self::Memory(mails) => {
                mail.message()?;
                mails
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .push(mail.clone());
                Ok(())
            }
            Self::Played(server) => {
                mail.message()?;
                server.take(mail)
            }
        }
    }

    /// Tries everything short of a mail: connects, says EHLO, turns to TLS, logs in and leaves; or writes a file
    /// and removes it.
    pub async fn check(&self) -> Result<(), SendError> {
        match self {
            Self::Smtp(relay) => relay.check().await,
            Self::Folder(dir) => on_disk(dir, folder::probe).await,
            Self::Memory(_) | Self::Played(_) => Ok(()),
        }
    }
}

/// What a URL can be, for whoever wrote another one.
pub(crate) const FORMS: &str =
    "expected smtp://host:port, smtp+starttls://host:port, smtps://host:port or file:DIR";

fn folder_of(rest: &str) -> Result<PathBuf, TransportError> {
    let path = match rest.strip_prefix("//") {
        Some(path) if path.starts_with('/') => path,
        Some(_) => {
            return Err(TransportError::Url(
                "file: takes a local folder, file:DIR or file:///DIR",
            ));
        }
        None => rest,
    };
    if path.is_empty() {
        return Err(TransportError::Url("file: names no folder"));
    }
    Ok(PathBuf::from(path))
}

/// Runs file work away from the threads that serve requests.
async fn on_disk(
    dir: &Path,
    work: impl FnOnce(&Path) -> std::io::Result<()> + Send + 'static,
) -> Result<(), SendError> {
    let dir = dir.to_owned();
    let shown = dir.display().to_string();
    let result = tokio::task::spawn_blocking(move || work(&dir)).await;
    let trouble = match result {
        Ok(Ok(())) => return Ok(()),
        Ok(Err(error)) => error.to_string(),
        Err(error) => error.to_string(),
    };
    Err(SendError::temporary(format!(
        "the mail folder {shown} can't be written: {trouble}"
    )))
}
