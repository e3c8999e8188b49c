//! All text of the pages, from message files: `messages/zh/*.toml` and `messages/en/*.toml`, a file for each desk.
//!
//! `messages/official.toml` is read for both: papers are official, and Chinese for whoever prints them.
//!
//! A key is the file's table and name, `todo.title`. `{0}`, `{1}` stand for what is put in. Both languages have the
//! same keys and each key is used; a test reads the templates and the sources for it.

use std::collections::HashMap;
use std::fmt::Display;
use std::sync::OnceLock;

use notify::Language;
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "messages"]
#[include = "**/*.toml"]
struct Files;

/// The texts of papers.
const OFFICIAL: &str = "official.toml";

type Catalogue = HashMap<String, String>;

/// The texts of one language. A copy is a reference.
#[derive(Clone, Copy)]
pub(crate) struct Texts {
    language: Language,
    catalogue: &'static Catalogue,
}

impl Texts {
    /// The texts of a language.
    pub(crate) fn of(language: Language) -> Self {
        static ZH: OnceLock<Catalogue> = OnceLock::new();
        static EN: OnceLock<Catalogue> = OnceLock::new();
        let kept = match language {
            Language::Zh => &ZH,
            Language::En => &EN,
        };
        Self {
            language,
            catalogue: kept.get_or_init(|| read(language.code())),
        }
    }

    /// Which language it is.
    pub(crate) fn language(&self) -> Language {
        self.language
    }

    /// A text.
    pub(crate) fn say<'k>(&self, key: &'k str) -> &'k str
    where
        'static: 'k,
    {
        // A key that is missing shows itself; the test of the message files keeps that from happening.
        self.catalogue.get(key).map_or(key, String::as_str)
    }

    /// A text whose key came from outside, if there is one.
    pub(crate) fn known(&self, key: &str) -> Option<&'static str> {
        self.catalogue.get(key).map(String::as_str)
    }

    /// The text of a word of the record: a stage, a state, an outcome. An unknown word stands for itself.
    pub(crate) fn word<'w>(&self, family: &str, word: &'w str) -> &'w str
    where
        'static: 'w,
    {
        self.known(&format!("{family}.{word}")).unwrap_or(word)
    }

    /// A text with one thing put in.
    pub(crate) fn one(&self, key: &str, first: impl Display) -> String {
        self.say(key).replace("{0}", &first.to_string())
    }

    /// A text with two things put in.
    pub(crate) fn two(&self, key: &str, first: impl Display, second: impl Display) -> String {
        self.one(key, first).replace("{1}", &second.to_string())
    }

    /// A text with several things put in, in their order.
    pub(crate) fn fill(&self, key: &str, things: &[&dyn Display]) -> String {
        let mut text = self.say(key).to_owned();
        for (place, thing) in things.iter().enumerate() {
            text = text.replace(&format!("{{{place}}}"), &thing.to_string());
        }
        text
    }
}

fn read(code: &str) -> Catalogue {
    let mut catalogue = Catalogue::new();
    for path in Files::iter().filter(|path| path.starts_with(code) || path == OFFICIAL) {
        let Some(file) = Files::get(&path) else {
            continue;
        };
        let text = String::from_utf8_lossy(&file.data);
        match text.parse::<toml::Table>() {
            Ok(table) => flatten(&mut catalogue, "", &table),
            Err(error) => {
                tracing::error!(file = %path, error = %error, "a message file can't be read")
            }
        }
    }
    catalogue
}

fn flatten(catalogue: &mut Catalogue, prefix: &str, table: &toml::Table) {
    for (name, value) in table {
        let key = if prefix.is_empty() {
            name.clone()
        } else {
            format!("{prefix}.{name}")
        };
        match value {
            toml::Value::Table(inner) => flatten(catalogue, &key, inner),
            toml::Value::String(text) => {
                catalogue.insert(key, text.clone());
            }
            other => tracing::error!(message.key = %key, "not a text: {other}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    /// Every `.rs` and `.html` below a folder.
    fn sources(folder: &Path, out: &mut String) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                sources(&path, out);
            } else if path
                .extension()
                .is_some_and(|x| x == "rs" || x == "html" || x == "svg")
            {
                out.push_str(&std::fs::read_to_string(&path).unwrap());
            }
        }
    }

    #[test]
    fn both_languages_have_the_same_keys() {
        let keys = |language| {
            let keys = Texts::of(language).catalogue.keys().cloned();
            keys.collect::<BTreeSet<_>>()
        };
        let (zh, en) = (keys(Language::Zh), keys(Language::En));
        let only: Vec<_> = zh.symmetric_difference(&en).collect();
        assert!(only.is_empty(), "only in one language: {only:?}");
        for (key, text) in Texts::of(Language::Zh).catalogue {
            let english = Texts::of(Language::En).say(key);
            for place in 0..10 {
                let place = format!("{{{place}}}");
                assert_eq!(text.contains(&place), english.contains(&place), "{key}");
            }
        }
    }

    /// What the pages say is in the files, and what is in the files is said somewhere. Keys that are put together, as
    /// `word.` and a word of the record, are listed by their beginnings.
    #[test]
    fn keys_and_uses_agree() {
        const PUT_TOGETHER: [&str; 41] = [
            "report_table.",
            "counted.",
            "defined.",
            "element.",
            "audience.",
            "health_of.",
            "appeal_answer.",
            "outage_touch.",
            "score_state.",
            "reports.revised_why.",
            "score_act.",
            "score_known.",
            "score_volume.",
            "job.",
            "run.",
            "message_state.",
            "column.",
            "item_kind.",
            "term_of.",
            "account_role.",
            "account_state.",
            "account_act.",
            "account_note.",
            "audit_act.",
            "audit_defect.",
            "warnings.period.",
            "leader.",
            "unit_desk.",
            "role.",
            "act.",
            "do.",
            "audit.",
            "stage.",
            "state.",
            "outcome.",
            "procedure.",
            "level.",
            "warning_state.",
            "term.",
            "defect.",
            "event.",
        ];
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut text = String::new();
        sources(&root.join("src"), &mut text);
        sources(&root.join("templates"), &mut text);
        let catalogue = Texts::of(Language::Zh).catalogue;
        for call in [".say(\"", ".one(\"", ".two(\"", ".fill(\""] {
            for part in text.split(call).skip(1) {
                let key = part.split('"').next().unwrap();
                assert!(catalogue.contains_key(key), "no text for {key}");
            }
        }
        for key in catalogue.keys() {
            // A key that is handed on, as the label of a field, stands in quotation marks too.
            let quoted = format!("\"{key}\"");
            let put_together = PUT_TOGETHER.iter().any(|start| key.starts_with(start));
            assert!(
                put_together || text.contains(&quoted),
                "{key} is never said"
            );
        }
    }
}
