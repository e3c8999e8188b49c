//! Messages and their transports.
//!
//! The engine writes a [`Note`] per recipient in the transaction that writes its cause. Later it hands all free
//! notes of one recipient to [`Templates::compose`], keeps the resulting [`Letter`] with a fixed Message-ID as a
//! [`Mail`], and gives that to a [`Transport`]. Whether and when to try again is told by [`SendErrorKind`] and
//! [`next_try`]. Nothing here reads a clock or a database.

mod compose;
mod folder;
mod mail;
mod note;
mod relay;
mod retry;
mod sample;
mod settings;
mod templates;
mod transport;
mod view;
pub mod words;

pub use compose::{Letter, Letterhead};
pub use mail::{Enclosure, Mail};
pub use note::{
    AppealKind, AppealNote, DigestLine, DigestNote, Level, Note, OrderKind, OrderNote, UnknownWord,
    WarningNote,
};
pub use relay::Relay;
pub use retry::{ATTEMPTS_MAX, RetryPolicy, next_try};
pub use settings::{MailSettings, Secret, StartTls};
pub use templates::{TemplateError, Templates};
pub use transport::{PlayedServer, SendError, SendErrorKind, Transport, TransportError};
pub use words::Language;
