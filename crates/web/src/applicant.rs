//! Who applies: the personal data of a case, and how much of them is shown.

use approval::identity::IdNumber;
use serde::Deserialize;

use crate::texts::Texts;

/// The personal data that a receipt keeps.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub(crate) struct Applicant {
    #[serde(default)]
    applicant: Option<String>,
    #[serde(default)]
    id_number: Option<String>,
}

/// Reads the stored text. Data that were erased, or that another system sent in another form, are none.
pub(crate) fn of(stored: Option<&str>) -> Applicant {
    stored
        .and_then(|text| serde_json::from_str(text).ok())
        .unwrap_or_default()
}

impl Applicant {
    /// The name, or that it isn't kept any more.
    pub(crate) fn name(&self, t: Texts) -> String {
        match &self.applicant {
            Some(name) => name.clone(),
            None => t.say("applicant.erased").to_owned(),
        }
    }

    /// The number with its middle hidden, as all pages show it.
    pub(crate) fn masked_number(&self) -> String {
        let number = self.id_number.as_deref().unwrap_or_default();
        IdNumber::parse(number).map_or_else(|_| String::new(), |number| number.masked())
    }
}
