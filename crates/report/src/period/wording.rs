//! The words of the report as templates that a city can replace, key by key.
//!
//! Every template is parsed, and every field that it names looked up, when the words are loaded: a misspelt field is
//! found at the start, not on the first working day of the month at eight.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use minijinja::{Environment, UndefinedBehavior, Value};

use super::fields;
use crate::picture::Language;

const ZH: &str = include_str!("../../../../config/report/zh.toml");
const EN: &str = include_str!("../../../../config/report/en.toml");

/// How many steps a sentence may take: some hundred do, and one that would go on for minutes is a mistake.
const STEPS_MAX: u64 = 1_000_000;

/// Why a wording can't be used.
#[derive(Debug, thiserror::Error)]
pub enum WordingError {
    /// Its file can't be read.
    #[error("无法读取报告文字 {path} / cannot read the report's wording")]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// It isn't TOML of the right form.
    #[error("报告文字 {file}:{reason} / the report's wording can't be read")]
    Toml {
        /// The file.
        file: String,
        /// What is wrong, with its line.
        reason: String,
    },
    /// A key that means nothing.
    #[error(
        "报告文字 {file} 中没有 {key} 这一项,可用的有 {known} / {key} is no key of the report's wording"
    )]
    Key {
        /// The file.
        file: String,
        /// The key.
        key: String,
        /// The keys that have a meaning.
        known: String,
    },
    /// A template with a mistake in its form.
    #[error("报告文字 {file} 的 {key} 有语法错误:{reason} / the template {key} can't be read")]
    Template {
        /// The file, or that it is built in.
        file: String,
        /// The key, with the number of the sentence.
        key: String,
        /// What is wrong.
        reason: String,
    },
    /// A template that names a field which doesn't exist.
    #[error(
        "报告文字 {file} 的 {key} 用了没有的数据项 {field},可用的有 {known} / the template {key} names the unknown field {field}"
    )]
    Field {
        /// The file, or that it is built in.
        file: String,
        /// The key, with the number of the sentence.
        key: String,
        /// The field.
        field: String,
        /// The fields that there are.
        known: String,
    },
}

/// What the configuration says over the words of the files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Letterhead {
    /// The organ in whose name the report is given; none: the division.
    pub organ: Option<String>,
    /// The title, a template; none: that of the wording.
    pub title: Option<String>,
    /// The document's number (文号), a template; none: that of the wording.
    pub number: Option<String>,
}

/// The words of the report in one language.
#[derive(Clone, Debug)]
pub struct Wording {
    language: Language,
    organ: Option<String>,
    environment: Environment<'static>,
    /// How many sentences each key has.
    lines: BTreeMap<String, usize>,
}

impl Wording {
    /// The built-in words of a language.
    ///
    /// # Errors
    /// None, as a test says: the built-in words are sound.
    pub fn built_in(language: Language) -> Result<Self, WordingError> {
        Self::load(language, None, &Letterhead::default())
    }

    /// The words of a language, with those of a file over them.
    ///
    /// # Errors
    /// [`WordingError`], which names file, key and field.
    pub fn load(
        language: Language,
        replaced: Option<&Path>,
        head: &Letterhead,
    ) -> Result<Self, WordingError> {
        let (name, text) = match language {
            Language::Zh => ("zh.toml", ZH),
            Language::En => ("en.toml", EN),
        };
        let built_in = flat(name, text)?;
        let known: Vec<&str> = built_in.keys().map(String::as_str).collect();
        let mut sources: BTreeMap<String, (String, Vec<String>)> = built_in
            .iter()
            .map(|(key, lines)| (key.clone(), (name.to_owned(), lines.clone())))
            .collect();
        if let Some(path) = replaced {
            let file = path.display().to_string();
            let text = fs::read_to_string(path).map_err(|source| WordingError::Read {
                path: path.to_owned(),
                source,
            })?;
            for (key, lines) in flat(&file, &text)? {
                if !built_in.contains_key(&key) {
                    return Err(WordingError::Key {
                        file,
                        key,
                        known: known.join(", "),
                    });
                }
                sources.insert(key, (file.clone(), lines));
            }
        }
        for (key, own) in [("head.title", &head.title), ("head.number", &head.number)] {
            if let Some(own) = own {
                sources.insert(key.to_owned(), ("[report]".to_owned(), vec![own.clone()]));
            }
        }
        Self::compiled(language, head, sources)
    }

    fn compiled(
        language: Language,
        head: &Letterhead,
        sources: BTreeMap<String, (String, Vec<String>)>,
    ) -> Result<Self, WordingError> {
        let mut environment = Environment::new();
        environment.set_fuel(Some(STEPS_MAX));
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        let mut counted = BTreeMap::new();
        let known = fields::names();
        for (key, (file, lines)) in sources {
            counted.insert(key.clone(), lines.len());
            for (place, text) in lines.into_iter().enumerate() {
                let name = template_name(&key, place);
                let shown = format!("{key}[{}]", place + 1);
                let broken = |error: &minijinja::Error| WordingError::Template {
                    file: file.clone(),
                    key: shown.clone(),
                    reason: error.to_string(),
                };
                environment
                    .add_template_owned(name.clone(), text)
                    .map_err(|error| broken(&error))?;
                let template = environment.get_template(&name).map_err(|e| broken(&e))?;
                let mut used: Vec<String> =
                    template.undeclared_variables(true).into_iter().collect();
                used.sort();
                let unknown = used.into_iter().find(|field| !known.contains(field));
                if let Some(field) = unknown {
                    let known: Vec<&str> = known.iter().map(String::as_str).collect();
                    return Err(WordingError::Field {
                        file,
                        key: shown,
                        field,
                        known: known.join(", "),
                    });
                }
            }
        }
        Ok(Self {
            language,
            organ: head.organ.clone(),
            environment,
            lines: counted,
        })
    }

    /// The language.
    pub const fn language(&self) -> Language {
        self.language
    }

    /// The organ in whose name the report is given.
    pub(super) fn organ(&self) -> Option<&str> {
        self.organ.as_deref()
    }

    /// The sentences of a key with fields filled in; what comes out empty is left out.
    pub(super) fn lines(&self, key: &str, values: &Value) -> Result<Vec<String>, minijinja::Error> {
        let count = self.lines.get(key).copied().unwrap_or_default();
        let mut lines = Vec::new();
        for place in 0..count {
            let template = self.environment.get_template(&template_name(key, place))?;
            let line = template.render(values)?;
            if !line.trim().is_empty() {
                lines.push(line.trim().to_owned());
            }
        }
        Ok(lines)
    }

    /// The one line of a key.
    pub(super) fn line(&self, key: &str, values: &Value) -> Result<String, minijinja::Error> {
        Ok(self.lines(key, values)?.join(" "))
    }
}

fn template_name(key: &str, place: usize) -> String {
    format!("{key}/{place}")
}

/// A file's keys, `section.key`, each with its sentences.
fn flat(file: &str, text: &str) -> Result<BTreeMap<String, Vec<String>>, WordingError> {
    let wrong = |reason: String| WordingError::Toml {
        file: file.to_owned(),
        reason,
    };
    let table: toml::Table = text
        .parse()
        .map_err(|e: toml::de::Error| wrong(e.to_string()))?;
    let mut flat = BTreeMap::new();
    for (section, keys) in table {
        let toml::Value::Table(keys) = keys else {
            return Err(wrong(format!(
                "{section} 不是一节 / {section} is no section"
            )));
        };
        for (key, value) in keys {
            let name = format!("{section}.{key}");
            let lines = match value {
                toml::Value::String(line) => Some(vec![line]),
                toml::Value::Array(lines) => lines
                    .into_iter()
                    .map(|line| line.as_str().map(str::to_owned))
                    .collect(),
                _ => None,
            };
            let lines = lines.ok_or_else(|| {
                wrong(format!(
                    "{name} 须为文字或文字的列表 / {name} must be text or a list of texts"
                ))
            })?;
            flat.insert(name, lines);
        }
    }
    Ok(flat)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(text: &str) -> Result<Wording, String> {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("own.toml");
        fs::write(&path, text).expect("a file");
        let loaded = Wording::load(Language::Zh, Some(&path), &Letterhead::default());
        loaded.map_err(|error| error.to_string())
    }

    #[test]
    fn built_in_words_are_sound_and_have_the_same_keys() {
        let zh = Wording::built_in(Language::Zh).expect("Chinese");
        let en = Wording::built_in(Language::En).expect("English");
        assert_eq!(zh.lines, en.lines);
    }

    #[test]
    fn mistakes_are_named_with_their_template() {
        let error =
            with("[sentences]\ntimes = [\"好\", \"办结{{ complted }}件\"]\n").expect_err("unknown");
        for part in ["own.toml", "sentences.times[2]", "complted", "completed"] {
            assert!(error.contains(part), "{part}: {error}");
        }
        let error =
            with("[mail]\nsubject = \"{{ before.acepted_change }}\"\n").expect_err("nested");
        assert!(error.contains("before.acepted_change"), "{error}");
        let error = with("[sentences]\ntime = [\"好\"]\n").expect_err("no key");
        assert!(
            error.contains("sentences.time") && error.contains("sentences.times"),
            "{error}"
        );
        let error = with("[sentences]\ntimes = [\"{{ accepted \"]\n").expect_err("syntax");
        assert!(error.contains("sentences.times[1]"), "{error}");
        let error = with("[sentences]\ntimes = 3\n").expect_err("a number");
        assert!(error.contains("sentences.times"), "{error}");
        assert!(
            with("[sentences\n")
                .expect_err("no TOML")
                .contains("own.toml")
        );
    }

    #[test]
    fn a_replaced_key_replaces_only_itself() {
        let own = with("[sections]\ntimes = \"办理时限\"\n").expect("words");
        let none = Value::from(BTreeMap::<String, String>::new());
        assert_eq!(
            own.line("sections.times", &none).expect("a line"),
            "办理时限"
        );
        assert_eq!(
            own.line("sections.idle", &none).expect("a line"),
            "零办件单位"
        );
    }

    fn with_bytes(path: &Path, bytes: &[u8]) -> Result<Wording, WordingError> {
        fs::write(path, bytes).expect("a file");
        Wording::load(Language::Zh, Some(path), &Letterhead::default())
    }

    #[test]
    fn bent_words_are_refused_or_read() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("own.toml");
        testkit::bent::check(&[ZH.as_bytes(), EN.as_bytes()], |bytes| {
            match with_bytes(&path, bytes) {
                Ok(words) => {
                    let none = Value::from(BTreeMap::<String, String>::new());
                    // A field that isn't there is an error, of a line that needs it.
                    let lines: Vec<_> = words
                        .lines
                        .keys()
                        .map(|key| words.lines(key, &none))
                        .collect();
                    assert!(lines.iter().any(Result::is_ok));
                    true
                }
                Err(error) => {
                    assert!(error.to_string().len() < 8192 + 8 * bytes.len());
                    false
                }
            }
        });
    }

    #[test]
    fn a_sentence_that_never_ends_is_an_error() {
        let many = format!("[{}]", "1,".repeat(1_200));
        let line =
            format!("{{% for a in {many} %}}{{% for b in {many} %}}{{% endfor %}}{{% endfor %}}好");
        let words = with(&format!("[sections]\ntimes = \"{line}\"\n")).expect("words");
        let none = Value::from(BTreeMap::<String, String>::new());
        let error = words.line("sections.times", &none).expect_err("no end");
        assert_eq!(error.kind(), minijinja::ErrorKind::OutOfFuel);
    }
}
