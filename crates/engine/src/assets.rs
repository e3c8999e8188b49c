//! What ships inside the binary: calendars, rules, law. A city replaces them by files.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use approval::law::Law;
use approval::scoring::Scheme;
use calendar::Calendar;
use rust_embed::RustEmbed;

use crate::error::EngineError;

/// The files of `config/` that the engine needs at run time.
#[derive(RustEmbed)]
#[folder = "../../config"]
#[include = "calendars/**/*.toml"]
#[include = "rules/*.toml"]
#[include = "law/*.toml"]
#[include = "mappings/*.toml"]
#[include = "scoring/*.toml"]
#[include = "passwords/*.txt"]
#[include = "scenarios/**/*"]
struct Embedded;

/// The text of an embedded file, by its path below `config/`.
pub fn text(path: &str) -> Option<String> {
    let file = Embedded::get(path)?;
    String::from_utf8(file.data.into_owned()).ok()
}

/// The paths of the embedded files below a folder of `config/`, sorted.
pub fn list(folder: &str) -> Vec<String> {
    let mut paths: Vec<String> = Embedded::iter()
        .map(|p| p.into_owned())
        .filter(|p| p.starts_with(folder))
        .collect();
    paths.sort();
    paths
}

/// A calendar: an embedded one by its name (`cn`), or a file, or a folder of files.
///
/// # Errors
/// What is wrong, with file, line and date.
pub fn calendar(name_or_path: &str) -> Result<Calendar, EngineError> {
    let folder = format!("calendars/{name_or_path}/");
    let embedded: Vec<(String, String)> = list(&folder)
        .into_iter()
        .filter_map(|path| text(&path).map(|t| (path, t)))
        .collect();
    if !embedded.is_empty() {
        return Calendar::parse_parts(&embedded).map_err(|e| wrong_calendar(&e));
    }
    calendar_file(Path::new(name_or_path))
}

/// A calendar from a file, or from a folder of files.
///
/// # Errors
/// What is wrong, with file, line and date.
pub fn calendar_file(path: &Path) -> Result<Calendar, EngineError> {
    if !path.is_dir() {
        let name = path.display().to_string();
        return Calendar::parse(&name, &read(path)?).map_err(|e| wrong_calendar(&e));
    }
    let mut parts = Vec::new();
    let mut paths: Vec<_> = std::fs::read_dir(path)
        .map_err(|e| file_error(path, e))?
        .filter_map(|entry| entry.ok().map(|e| e.path()))
        .filter(|p| p.extension().is_some_and(|x| x == "toml"))
        .collect();
    paths.sort();
    for part in paths {
        parts.push((part.display().to_string(), read(&part)?));
    }
    Calendar::parse_parts(&parts).map_err(|e| wrong_calendar(&e))
}

/// Rules: an embedded preset by its name (`limits`), or a file. Gives the text and the set.
///
/// # Errors
/// What is wrong, with file, line and key.
pub fn rules(name_or_path: &str) -> Result<(String, approval::rule::RuleSet), EngineError> {
    let (name, body) = match text(&format!("rules/{name_or_path}.toml")) {
        Some(body) => (format!("rules/{name_or_path}.toml"), body),
        None => (name_or_path.to_owned(), read(Path::new(name_or_path))?),
    };
    let set = parse_rules(&name, &body)?;
    Ok((body, set))
}

/// Reads a rule file's text.
///
/// # Errors
/// What is wrong, with file, line and key.
pub fn parse_rules(name: &str, body: &str) -> Result<approval::rule::RuleSet, EngineError> {
    let set = approval::rule::RuleSet::parse(name, body)
        .map_err(|e| EngineError::invalid("bad_rules", format!("{} / {e}", e.message_zh())))?;
    set.check_bases(&*law()?)
        .map_err(|e| EngineError::invalid("bad_rules", e.to_string()))?;
    Ok(set)
}

/// A scheme of scoring: an embedded preset by its name (`hundred`), or a file.
///
/// # Errors
/// What is wrong, with file, line and key.
pub fn scheme(name_or_path: &str) -> Result<Scheme, EngineError> {
    let (name, body) = scheme_text(name_or_path)?;
    scheme_of(&name, &body)
}

/// The text of a scheme's file, and what messages call it.
pub(crate) fn scheme_text(name_or_path: &str) -> Result<(String, String), EngineError> {
    let name = format!("scoring/{name_or_path}.toml");
    Ok(match text(&name) {
        Some(body) => (name, body),
        None => (name_or_path.to_owned(), read(Path::new(name_or_path))?),
    })
}

/// Reads the text of a scheme's file.
pub(crate) fn scheme_of(name: &str, body: &str) -> Result<Scheme, EngineError> {
    Scheme::parse(name, body)
        .map_err(|e| EngineError::invalid("bad_scheme", format!("{} / {e}", e.message_zh())))
}

/// The legal bases that ship with the program, read once: they can't change while it runs.
///
/// # Errors
/// Never in a released binary; a broken file is named.
pub fn law() -> Result<Arc<Law>, EngineError> {
    static LAW: OnceLock<Arc<Law>> = OnceLock::new();
    if let Some(law) = LAW.get() {
        return Ok(Arc::clone(law));
    }
    let body = text("law/cn.toml").unwrap_or_default();
    let law = Law::parse("law/cn.toml", &body)
        .map_err(|e| EngineError::invalid("bad_law", e.to_string()))?;
    Ok(Arc::clone(LAW.get_or_init(|| Arc::new(law))))
}

/// Reads a text file.
///
/// # Errors
/// The path and the system's error.
pub fn read(path: &Path) -> Result<String, EngineError> {
    std::fs::read_to_string(path).map_err(|e| file_error(path, e))
}

fn file_error(path: &Path, source: std::io::Error) -> EngineError {
    EngineError::File {
        path: path.display().to_string(),
        source,
    }
}

fn wrong_calendar(error: &calendar::CalendarError) -> EngineError {
    EngineError::invalid("bad_calendar", format!("{} / {error}", error.message_zh()))
}
