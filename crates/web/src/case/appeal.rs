//! What an appeal is about: the card, and what became of it.

use approval::appeal::AppealPhase;
use engine::Seen;

use super::clock_name;
use crate::board::what;
use crate::level::Mark;
use crate::page::PageError;
use crate::site::Site;
use crate::visitor::Visitor;

/// The card that an appeal is against, as the appeal's page shows it.
pub(super) struct Appealed {
    pub(super) about: String,
    pub(super) seq: i64,
    pub(super) mark: Mark,
    /// The item, or that it is an order.
    pub(super) what: String,
    pub(super) clock: String,
    pub(super) state: String,
    pub(super) live: bool,
    /// Why the unit objects.
    pub(super) grounds: String,
    /// What the last answer gave as its reason.
    pub(super) answer: Option<String>,
    /// Who referred it, as long as it waits for somebody else.
    pub(super) referred_by: Option<String>,
}

/// Reads the card of an appeal; other subjects have none.
pub(super) async fn of(
    site: &Site,
    visitor: &Visitor,
    seen: &Seen,
) -> Result<Option<Appealed>, PageError> {
    let t = visitor.texts;
    let Some(appeal) = seen.subject.appeal() else {
        return Ok(None);
    };
    let about = site.engine.look(appeal.card.about.as_str()).await?;
    let mut warnings = about.subject.track.warnings.iter();
    let card = warnings.find(|w| w.seq == appeal.card.warning);
    let directory = &seen.books.directory;
    let referred_by = match &appeal.phase {
        AppealPhase::Referred { by: Some(by) } => {
            let person = directory.person(by);
            Some(person.map_or_else(|| by.as_str().to_owned(), |p| p.name.clone()))
        }
        _ => None,
    };
    Ok(Some(Appealed {
        about: appeal.card.about.as_str().to_owned(),
        seq: appeal.card.warning,
        mark: Mark::of(t, appeal.card.level),
        what: what(t, &about.subject.body),
        clock: card.map_or_else(String::new, |card| clock_name(t, card.clock())),
        state: card.map_or_else(String::new, |card| {
            t.word("warning_state", card.state.as_str()).to_owned()
        }),
        live: card.is_some_and(approval::warning::Warning::is_live),
        grounds: appeal.grounds.clone(),
        answer: appeal.reason.clone(),
        referred_by,
    }))
}
