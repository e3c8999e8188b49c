//! What is typed at the window, kept as it was typed until it is right.

use approval::item::Item;
use engine::Application;
use serde::Deserialize;

/// The fields of the form.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(super) struct Typed {
    /// The item's code, or code and name as they are chosen, or any part of the name.
    pub(super) item: String,
    pub(super) applicant: String,
    pub(super) id: String,
    /// The item whose materials the clerk had before him: another one's ticks say nothing.
    pub(super) listed: String,
    /// The materials that are there.
    pub(super) have: Vec<String>,
    /// All of them are there.
    pub(super) all: String,
    /// What else is missing, one a line.
    pub(super) missing: String,
    /// Not a single tick, and it is meant so.
    pub(super) sure: String,
    pub(super) contact: String,
    pub(super) phone: String,
    pub(super) reason: String,
    /// Empty: accept, or tell what is missing.
    pub(super) decision: String,
}

/// What the form comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Decision {
    /// Accept, or tell what is missing.
    Accept,
    /// 不予受理
    NotAccepted,
    /// 不受理: no permit is needed.
    NotNeeded,
}

impl Typed {
    /// Which of the buttons was pressed; another word is the first one's.
    pub(super) fn decision(&self) -> Decision {
        match self.decision.as_str() {
            "not_accepted" => Decision::NotAccepted,
            "not_needed" => Decision::NotNeeded,
            _ => Decision::Accept,
        }
    }

    /// Whether a material is ticked.
    pub(super) fn has(&self, material: &str) -> bool {
        !self.all.is_empty() || self.have.iter().any(|h| h == material)
    }

    /// Everything that is missing of an item's materials, and what was typed besides.
    pub(super) fn missing(&self, item: &Item) -> Vec<String> {
        let materials = item.materials.iter().filter(|m| !self.has(m));
        let others = self.missing.lines().map(str::trim);
        let others = others.filter(|line| !line.is_empty());
        materials
            .cloned()
            .chain(others.map(str::to_owned))
            .collect()
    }

    /// The application.
    pub(super) fn application(&self, item: &Item) -> Application {
        let missing = match self.decision() {
            Decision::Accept => self.missing(item),
            // What nobody will decide on isn't asked for either.
            Decision::NotAccepted | Decision::NotNeeded => Vec::new(),
        };
        Application {
            item: item.code.as_str().to_owned(),
            applicant: self.applicant.trim().to_owned(),
            id_number: given(&self.id),
            missing,
            contact: given(&self.contact),
            phone: given(&self.phone),
        }
    }
}

/// What was typed, if anything was.
fn given(typed: &str) -> Option<String> {
    Some(typed.trim().to_owned()).filter(|text| !text.is_empty())
}
