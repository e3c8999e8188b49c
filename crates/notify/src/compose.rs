//! From the free notes of one recipient to one letter.

use chrono_tz::Tz;
use minijinja::{context, value::Serde};

use crate::{
    AppealNote, DigestNote, Language, Note, OrderNote, TemplateError, Templates, WarningNote,
    mail::one_line,
    templates::{Kind, Part},
    view::{AppealView, DigestView, OrderView, WarningView},
};

/// What stands above and below each letter.
#[derive(Debug, Clone)]
pub struct Letterhead {
    /// In whose name the letter goes out, such as 焦作市行政效能电子监察中心.
    pub organ_name: String,
    /// The system's name.
    pub system_name: String,
    /// The zone in which times are told.
    pub zone: Tz,
    /// Whether the database is a trial: then each letter says 试运行.
    pub trial: bool,
    /// Where the pages are, such as `http://10.1.2.3:8080`; none: letters have no links.
    pub base_url: Option<String>,
}

impl Letterhead {
    pub(crate) fn link(&self, path: Option<&str>) -> Option<String> {
        let (base, path) = (self.base_url.as_deref()?, path?);
        Some(format!(
            "{}/{}",
            base.trim_end_matches('/'),
            path.trim_start_matches('/')
        ))
    }
}

/// A composed message, before it has an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// One line.
    pub subject: String,
    /// The body as plain text.
    pub text: String,
    /// The body as HTML, without any outside resource.
    pub html: String,
}

impl Templates {
    /// One letter from all free notes of a recipient.
    ///
    /// A single warning, order or appeal has a letter of its own; anything else becomes a digest, highest
    /// level first. Of several mornings' lists only the newest is told. If a replaced template fails on notes
    /// that its samples didn't foresee, the built-in one takes its place: a warning goes out in other words
    /// rather than not at all.
    pub fn compose(
        &self,
        language: Language,
        recipient_name: &str,
        notes: &[Note],
        context: &Letterhead,
    ) -> Result<Letter, TemplateError> {
        let sorted = Sorted::new(notes);
        let (kind, body) = match (
            sorted.warnings.as_slice(),
            sorted.orders.as_slice(),
            sorted.appeals.as_slice(),
            sorted.morning,
        ) {
            ([], [], [], None) => return Err(TemplateError::NoNotes),
            ([warning], [], [], None) => (
                Kind::Warning,
                context! { w => Serde(WarningView::new(language, context, warning)) },
            ),
            ([], [order], [], None) => (
                Kind::Order,
                context! { o => Serde(OrderView::new(language, context, order)) },
            ),
            ([], [], [appeal], None) => (
                Kind::Appeal,
                context! { a => Serde(AppealView::new(language, context, appeal)) },
            ),
            _ => (
                Kind::Digest,
                context! { d => Serde(DigestView::new(language, context, &sorted)) },
            ),
        };
        let values = context! {
            recipient => recipient_name,
            organ => context.organ_name.as_str(),
            system => context.system_name.as_str(),
            trial => context.trial,
            base_url => context.base_url.as_deref(),
            ..body
        };
        self.render_with_fallback(|templates| {
            Ok(Letter {
                subject: one_line(&templates.render(kind, language, Part::Subject, &values)?),
                text: templates.render(kind, language, Part::Text, &values)?,
                html: templates.render(kind, language, Part::Html, &values)?,
            })
        })
    }
}

/// A recipient's notes by what they tell of.
pub(crate) struct Sorted<'a> {
    pub(crate) warnings: Vec<&'a WarningNote>,
    pub(crate) orders: Vec<&'a OrderNote>,
    pub(crate) appeals: Vec<&'a AppealNote>,
    pub(crate) morning: Option<&'a DigestNote>,
}

impl<'a> Sorted<'a> {
    fn new(notes: &'a [Note]) -> Self {
        let mut sorted = Self {
            warnings: Vec::new(),
            orders: Vec::new(),
            appeals: Vec::new(),
            morning: None,
        };
        for note in notes {
            match note {
                Note::Warning(warning) => sorted.warnings.push(warning),
                Note::Order(order) => sorted.orders.push(order),
                Note::Appeal(appeal) => sorted.appeals.push(appeal),
                Note::Digest(digest) => {
                    if sorted.morning.is_none_or(|known| known.date <= digest.date) {
                        sorted.morning = Some(digest);
                    }
                }
            }
        }
        sorted
    }
}
