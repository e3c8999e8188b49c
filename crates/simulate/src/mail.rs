//! The city's mail server, with all its moods.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use notify::{Mail, PlayedServer, SendError, SendErrorKind};

use crate::chance::Dice;
use crate::plain::Letter;
use crate::process::{Life, Place};

/// How the mail server is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mood {
    /// It takes mails.
    Well,
    /// 4xx: come again.
    Later,
    /// 5xx: never.
    Never,
    /// It takes the mail, and its answer is lost.
    Half,
    /// It doesn't answer at all.
    Silent,
    /// Each mail is another adventure.
    Mixed,
}

impl Mood {
    pub(crate) const ALL: [Self; 6] = [
        Self::Well,
        Self::Later,
        Self::Never,
        Self::Half,
        Self::Silent,
        Self::Mixed,
    ];
}

#[derive(Debug)]
struct Desk {
    mood: Mood,
    tries: BTreeMap<String, usize>,
    letters: Vec<Letter>,
    refused: u64,
}

/// The mail server.
#[derive(Debug)]
pub(crate) struct MailServer {
    seed: u64,
    desk: Mutex<Desk>,
}

impl MailServer {
    pub(crate) fn new(seed: u64) -> Arc<Self> {
        Arc::new(Self {
            seed,
            desk: Mutex::new(Desk {
                mood: Mood::Well,
                tries: BTreeMap::new(),
                letters: Vec::new(),
                refused: 0,
            }),
        })
    }

    pub(crate) fn be(&self, mood: Mood) {
        self.desk().mood = mood;
    }

    /// All that it took.
    pub(crate) fn letters(&self) -> Vec<Letter> {
        self.desk().letters.clone()
    }

    /// How many mails it didn't take, or said that it didn't.
    pub(crate) fn refused(&self) -> u64 {
        self.desk().refused
    }

    fn desk(&self) -> std::sync::MutexGuard<'_, Desk> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self, mail: &Mail) -> Result<(), SendError> {
        let mut desk = self.desk();
        let mood = match desk.mood {
            // By the mail and its try, whichever of several comes first.
            Mood::Mixed => {
                let tries = desk.tries.entry(mail.message_id.clone()).or_default();
                *tries += 1;
                let mut dice = Dice::new(self.seed, &mail.message_id, *tries);
                dice.one_of(&Mood::ALL).unwrap_or(Mood::Well)
            }
            mood => mood,
        };
        if matches!(mood, Mood::Well | Mood::Half | Mood::Mixed) {
            desk.letters.push(Letter {
                message_id: mail.message_id.clone(),
                to: mail.to.clone(),
                subject: mail.subject.clone(),
                text: mail.text.clone(),
            });
        }
        let (kind, message) = match mood {
            Mood::Well | Mood::Mixed => return Ok(()),
            Mood::Later => (SendErrorKind::Temporary, "451 come again"),
            Mood::Never => (SendErrorKind::Permanent, "550 no"),
            Mood::Half => (SendErrorKind::Temporary, "the connection was lost"),
            Mood::Silent => (SendErrorKind::Temporary, "no answer"),
        };
        desk.refused += 1;
        Err(error(kind, message))
    }
}

fn error(kind: SendErrorKind, message: &str) -> SendError {
    SendError {
        kind,
        message: message.to_owned(),
    }
}

/// The way from a process to the mail server: the process may die on it.
#[derive(Debug)]
pub(crate) struct Postman {
    pub(crate) server: Arc<MailServer>,
    pub(crate) life: Arc<Life>,
}

impl PlayedServer for Postman {
    fn take(&self, mail: &Mail) -> Result<(), SendError> {
        let died = || error(SendErrorKind::Temporary, "the process died");
        if !self.life.passes(Place::BeforeMail) {
            return Err(died());
        }
        let answer = self.server.take(mail);
        if !self.life.passes(Place::AfterMail) {
            return Err(died());
        }
        answer
    }
}
