//! Loading, checking and rendering the templates.

use std::{
    borrow::Cow,
    collections::BTreeMap,
    fmt,
    path::{Path, PathBuf},
};

use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value, context, syntax::SyntaxConfig};
use rust_embed::RustEmbed;

use crate::{Language, sample};

#[derive(RustEmbed)]
#[folder = "../../config/templates/"]
struct BuiltIn;

/// What a letter is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Warning,
    Order,
    Appeal,
    Digest,
}

/// A part of a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    Subject,
    Text,
    Html,
}

fn template_name(kind: Kind, language: Language, part: Part) -> String {
    let kind = match kind {
        Kind::Warning => "warning",
        Kind::Order => "order",
        Kind::Appeal => "appeal",
        Kind::Digest => "digest",
    };
    let part = match part {
        Part::Subject => "subject.txt",
        Part::Text => "txt",
        Part::Html => "html",
    };
    format!("{kind}.{}.{part}", language.code())
}

/// A set of templates that doesn't work, or nothing to write about.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    /// The folder or a file in it can't be read.
    #[error("the templates in {path} can't be read")]
    Read {
        /// The folder or file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// A file in the folder replaces nothing: most likely its name is misspelt.
    #[error("{path} is no template; known are {known}")]
    Unknown {
        /// The file.
        path: PathBuf,
        /// The names that have a meaning.
        known: String,
    },
    /// A template has a mistake in it.
    #[error("template {file}, line {line}: {reason}")]
    Broken {
        /// The file.
        file: String,
        /// The line, from 1.
        line: usize,
        /// What is wrong there.
        reason: String,
    },
    /// A letter about nothing was asked for.
    #[error("there is nothing to write about")]
    NoNotes,
}

/// All templates of all languages.
pub struct Templates {
    chosen: Set,
    /// Behind replaced templates, the built-in ones.
    built_in: Option<Set>,
}

impl fmt::Debug for Templates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Templates")
            .field("replaced", &self.chosen.replaced)
            .finish_non_exhaustive()
    }
}

impl Templates {
    /// The built-in templates, each replaced by the file of the same name in the folder, if it has one. All are
    /// parsed here, so that a mistake is found at the start; [`Templates::check`] finds the rest.
    ///
    /// Names that begin with `_` are free, for parts that other templates include.
    pub fn load(folder: Option<&Path>) -> Result<Self, TemplateError> {
        let built_in = Set::new(BTreeMap::new())?;
        let Some(folder) = folder else {
            return Ok(Self {
                chosen: built_in,
                built_in: None,
            });
        };
        let replaced = read_folder(folder)?;
        Ok(Self {
            chosen: Set::new(replaced)?,
            built_in: Some(built_in),
        })
    }

    /// Renders all templates with sample notes, so that a misspelt name is found now and not at night.
    pub fn check(&self) -> Result<(), TemplateError> {
        let chosen = Self {
            chosen: self.chosen.clone(),
            built_in: None,
        };
        for language in Language::ALL {
            for notes in sample::sets() {
                for head in sample::letterheads() {
                    chosen.compose(language, "张三", &notes, &head)?;
                }
            }
        }
        Ok(())
    }

    /// The names of the templates that the folder replaces.
    pub fn replaced(&self) -> impl Iterator<Item = &str> {
        self.chosen.replaced.keys().map(String::as_str)
    }

    pub(crate) fn render_with_fallback<T>(
        &self,
        render: impl Fn(&Set) -> Result<T, TemplateError>,
    ) -> Result<T, TemplateError> {
        match (render(&self.chosen), &self.built_in) {
            (Err(error), Some(built_in)) => {
                tracing::error!(
                    template.error = %error,
                    "a replaced mail template failed, the built-in one is used"
                );
                render(built_in)
            }
            (result, _) => result,
        }
    }
}

/// One complete set of templates.
#[derive(Clone)]
pub(crate) struct Set {
    environment: Environment<'static>,
    /// Name and file of each template that isn't built in.
    replaced: BTreeMap<String, PathBuf>,
}

impl Set {
    fn new(replaced: BTreeMap<String, (PathBuf, String)>) -> Result<Self, TemplateError> {
        let mut set = Self {
            environment: environment(),
            replaced: BTreeMap::new(),
        };
        let built_in = BuiltIn::iter()
            .filter(|name| is_template(name))
            .filter_map(|name| {
                let file = BuiltIn::get(&name)?;
                let text = String::from_utf8_lossy(&file.data).into_owned();
                Some((name.into_owned(), text))
            });
        let mut sources: BTreeMap<String, String> = built_in.collect();
        for (name, (path, text)) in replaced {
            sources.insert(name.clone(), text);
            set.replaced.insert(name, path);
        }
        for (name, text) in sources {
            let added = set.environment.add_template_owned(name.clone(), text);
            added.map_err(|error| set.broken(&name, &error))?;
        }
        Ok(set)
    }

    pub(crate) fn render(
        &self,
        kind: Kind,
        language: Language,
        part: Part,
        values: &Value,
    ) -> Result<String, TemplateError> {
        let name = template_name(kind, language, part);
        let context = context! { language => language.code(), ..values.clone() };
        self.environment
            .get_template(&name)
            .and_then(|template| template.render(context))
            .map_err(|error| self.broken(&name, &error))
    }

    /// Follows an error through includes and parents to the place where it arose.
    fn broken(&self, rendered: &str, error: &minijinja::Error) -> TemplateError {
        let mut deepest = error;
        while let Some(inner) = std::error::Error::source(deepest)
            .and_then(|source| source.downcast_ref::<minijinja::Error>())
        {
            deepest = inner;
        }
        let name = deepest.name().unwrap_or(rendered);
        let file = match self.replaced.get(name) {
            Some(path) => path.display().to_string(),
            None => name.to_owned(),
        };
        let kind = deepest.kind();
        TemplateError::Broken {
            file,
            line: deepest.line().unwrap_or(1),
            reason: match deepest.detail() {
                Some(detail) => format!("{kind}: {detail}"),
                None => kind.to_string(),
            },
        }
    }
}

/// How many steps a template may take. The longest letter needs some ten thousand; a loop within a loop that would go on
/// for minutes is a mistake, found by [`Templates::check`].
const STEPS_MAX: u64 = 2_000_000;

fn environment() -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_fuel(Some(STEPS_MAX));
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|name| {
        if name.ends_with(".html") {
            AutoEscape::Html
        } else {
            AutoEscape::None
        }
    });
    let mut syntax = SyntaxConfig::builder();
    syntax
        .trim_blocks(true)
        .lstrip_blocks(true)
        .keep_trailing_newline(true);
    // Only delimiters of one's own can be refused, and these are the usual ones.
    if let Ok(syntax) = syntax.build() {
        environment.set_syntax(syntax);
    }
    environment.add_filter("shorten", shorten);
    environment
}

/// The first characters of a text and an ellipsis, for subjects.
fn shorten(text: Cow<'_, str>, characters_max: usize) -> String {
    match text.char_indices().nth(characters_max) {
        None => text.into_owned(),
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}

fn is_template(name: &str) -> bool {
    name.ends_with(".txt") || name.ends_with(".html")
}

fn read_folder(folder: &Path) -> Result<BTreeMap<String, (PathBuf, String)>, TemplateError> {
    let read_error = |path: &Path| {
        let path = path.to_owned();
        move |source| TemplateError::Read { path, source }
    };
    let mut files = BTreeMap::new();
    for entry in std::fs::read_dir(folder).map_err(read_error(folder))? {
        let path = entry.map_err(read_error(folder))?.path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else {
            continue;
        };
        // Notes for the reader and an editor's backups may lie beside the templates.
        if name.starts_with('.') || !is_template(name) {
            continue;
        }
        if !name.starts_with('_') && BuiltIn::get(name).is_none() {
            return Err(TemplateError::Unknown {
                known: BuiltIn::iter()
                    .filter(|name| is_template(name))
                    .collect::<Vec<_>>()
                    .join(", "),
                path: path.clone(),
            });
        }
        let text = std::fs::read_to_string(&path).map_err(read_error(&path))?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text).to_owned();
        files.insert(name.to_owned(), (path, text));
    }
    Ok(files)
}
