//! The configuration: built-in defaults, then the file, then the environment, then flags.
//!
//! Every key can be set as `SHIXIAN_SECTION__KEY`. A key that nobody knows is an error that names file and line, or
//! the variable: a misspelt key would otherwise be a setting that silently doesn't hold.

use std::net::IpAddr;
use std::path::{Path, PathBuf};

use engine::schedule::CatchUp;
use notify::{Language, MailSettings, Secret, StartTls};
use serde::Deserialize;
use store::chain::HashAlgorithm;
use toml::{Table, Value};

/// What variables of the environment begin with.
const PREFIX: &str = "SHIXIAN_";
/// What separates section and key in them.
const SEPARATOR: &str = "__";
/// Where the file is looked for when none is named.
const PLACES: [&str; 2] = ["config/shixian.toml", "/etc/shixian/shixian.toml"];

/// The whole configuration.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Config {
    pub(crate) database: Database,
    pub(crate) service: Service,
    pub(crate) record: Record,
    pub(crate) calendar: CalendarSection,
    pub(crate) rules: Rules,
    pub(crate) scoring: Scoring,
    pub(crate) mail: Mail,
    pub(crate) outbox: Outbox,
    pub(crate) schedule: Schedule,
    pub(crate) report: Report,
    pub(crate) web: Web,
    pub(crate) log: Log,
}

/// `[database]`
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Database {
    /// `sqlite:PATH` or `postgres://…`.
    pub(crate) url: String,
    /// A file that holds the address, for one with a password in it.
    pub(crate) url_file: Option<PathBuf>,
}

impl Default for Database {
    fn default() -> Self {
        Self {
            url: "sqlite:shixian.db".to_owned(),
            url_file: None,
        }
    }
}

/// `[service]`
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Service {
    /// GB/T 2260 code.
    pub(crate) division: String,
    /// Its name.
    pub(crate) division_name: String,
    /// In whose name letters go out.
    pub(crate) organ_name: String,
    /// What the system calls itself.
    pub(crate) system_name: String,
    /// Where readers of letters find the pages.
    pub(crate) base_url: Option<String>,
    /// The language of messages and letters.
    pub(crate) language: Language,
    /// Where `serve` listens.
    pub(crate) listen: String,
}

impl Default for Service {
    fn default() -> Self {
        Self {
            division: "410800".to_owned(),
            division_name: "焦作市".to_owned(),
            organ_name: "焦作市行政效能电子监察中心".to_owned(),
            system_name: "行政审批电子监察系统".to_owned(),
            base_url: None,
            language: Language::Zh,
            listen: "127.0.0.1:8080".to_owned(),
        }
    }
}

/// `[record]`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Record {
    /// The digest of the event chain.
    pub(crate) hash: Hash,
}

/// The digests that can be chosen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Hash {
    /// GB/T 32905.
    #[default]
    Sm3,
    /// FIPS 180-4.
    Sha256,
}

impl From<Hash> for HashAlgorithm {
    fn from(hash: Hash) -> Self {
        match hash {
            Hash::Sm3 => Self::Sm3,
            Hash::Sha256 => Self::Sha256,
        }
    }
}

/// `[calendar]`
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct CalendarSection {
    /// An embedded calendar, a file or a folder.
    pub(crate) name: String,
}

impl Default for CalendarSection {
    fn default() -> Self {
        Self {
            name: "cn".to_owned(),
        }
    }
}

/// `[rules]`
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Rules {
    /// An embedded preset or a file.
    pub(crate) preset: String,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            preset: "limits".to_owned(),
        }
    }
}

/// `[scoring]`
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Scoring {
    /// An embedded preset or a file; `none`: nobody is scored.
    pub(crate) scheme: String,
}

impl Default for Scoring {
    fn default() -> Self {
        Self {
            scheme: "hundred".to_owned(),
        }
    }
}

/// `[mail]`: the keys of [`MailSettings`], and where templates and the password lie.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Mail {
    pub(crate) url: Option<String>,
    pub(crate) from: String,
    pub(crate) username: Option<String>,
    pub(crate) password: Option<Secret>,
    /// A file whose first line is the password.
    pub(crate) password_file: Option<PathBuf>,
    pub(crate) starttls: Option<StartTls>,
    pub(crate) allow_plain_login: bool,
    pub(crate) ca_file: Option<PathBuf>,
    pub(crate) timeout_ms: u64,
    pub(crate) hello_name: Option<String>,
    /// A folder whose files replace templates of the same name.
    pub(crate) templates: Option<PathBuf>,
}

impl Default for Mail {
    fn default() -> Self {
        let MailSettings {
            url,
            from,
            username,
            password,
            starttls,
            allow_plain_login,
            ca_file,
            timeout_ms,
            hello_name,
        } = MailSettings::default();
        Self {
            url,
            from,
            username,
            password,
            password_file: None,
            starttls,
            allow_plain_login,
            ca_file,
            timeout_ms,
            hello_name,
            templates: None,
        }
    }
}

impl Mail {
    /// What the transport needs to know. An empty URL is none, so that the environment can take one away.
    pub(crate) fn settings(&self) -> MailSettings {
        MailSettings {
            url: self.url.clone().filter(|url| !url.trim().is_empty()),
            from: self.from.clone(),
            username: self.username.clone(),
            password: self.password.clone(),
            starttls: self.starttls,
            allow_plain_login: self.allow_plain_login,
            ca_file: self.ca_file.clone(),
            timeout_ms: self.timeout_ms,
            hello_name: self.hello_name.clone(),
        }
    }
}

/// `[outbox]`
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Outbox {
    /// Tries after which a message is given up.
    pub(crate) attempts_max: u32,
}

impl Default for Outbox {
    fn default() -> Self {
        Self {
            attempts_max: notify::ATTEMPTS_MAX,
        }
    }
}

/// `[schedule]`
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Schedule {
    /// The morning list of each handler, on working days only; empty: none.
    pub(crate) morning_digest: String,
    /// What happens to lists that were missed.
    pub(crate) morning_digest_catch_up: CatchUpPolicy,
    /// The nightly verification of the record; empty: none.
    pub(crate) verify: String,
    /// What happens to verifications that were missed.
    pub(crate) verify_catch_up: CatchUpPolicy,
}

/// What happens to runs of a job that were missed while nothing ran.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum CatchUpPolicy {
    /// All are made up for.
    All,
    /// Only the last one.
    Latest,
    /// None.
    Skip,
}

impl From<CatchUpPolicy> for CatchUp {
    fn from(policy: CatchUpPolicy) -> Self {
        match policy {
            CatchUpPolicy::All => Self::All,
            CatchUpPolicy::Latest => Self::Latest,
            CatchUpPolicy::Skip => Self::Skip,
        }
    }
}

impl Default for Schedule {
    fn default() -> Self {
        Self {
            morning_digest: "0 0 8 * * *".to_owned(),
            morning_digest_catch_up: CatchUpPolicy::Latest,
            verify: "0 30 2 * * *".to_owned(),
            verify_catch_up: CatchUpPolicy::Latest,
        }
    }
}

/// `[report]`
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Report {
    /// The organ in whose name reports are given; empty: that of `[service]`.
    pub(crate) organ_name: String,
    /// The title, a template; empty: that of the wording.
    pub(crate) title: String,
    /// The document's number (文号), a template; empty: that of the wording.
    pub(crate) document_number: String,
    /// A file whose keys replace words of the Chinese reports.
    pub(crate) wording_zh: Option<PathBuf>,
    /// The same for the English ones.
    pub(crate) wording_en: Option<PathBuf>,
    /// The font of sentences in PDFs; none: looked for in the usual places.
    pub(crate) font_text: Option<PathBuf>,
    /// The font of tables and pictures.
    pub(crate) font_table: Option<PathBuf>,
    /// The font of titles and headings.
    pub(crate) font_head: Option<PathBuf>,
    /// Where the schedule's reports go; none: it makes none.
    pub(crate) folder: Option<PathBuf>,
    /// After which spans the schedule makes a report, on the first working day of the next one.
    pub(crate) spans: Vec<ReportSpan>,
    /// At what time of that day: 08:00.
    pub(crate) at: String,
    /// In which forms.
    pub(crate) formats: Vec<String>,
    /// Whether it mails them to leaders and heads of units.
    pub(crate) mail: bool,
    /// On which working day of a month the month before is closed; none: nothing closes by itself.
    pub(crate) close_on_working_day: Option<u32>,
}

/// A span that is reported when it is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ReportSpan {
    /// Monday to Sunday.
    Week,
    /// A month.
    Month,
    /// A quarter.
    Quarter,
    /// A half-year.
    HalfYear,
    /// A year.
    Year,
}

impl Default for Report {
    fn default() -> Self {
        Self {
            organ_name: String::new(),
            title: String::new(),
            document_number: String::new(),
            wording_zh: None,
            wording_en: None,
            font_text: None,
            font_table: None,
            font_head: None,
            folder: None,
            spans: vec![ReportSpan::Month],
            at: "08:00".to_owned(),
            formats: ["pdf", "xlsx", "html"].map(str::to_owned).to_vec(),
            mail: true,
            close_on_working_day: None,
        }
    }
}

/// `[web]`
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Web {
    /// Minutes without a request after which a session ends.
    pub(crate) idle_minutes: u32,
    /// Hours after which it ends in any case.
    pub(crate) session_hours: u32,
    /// Cookies go over TLS only. By default where `base_url` begins with https.
    pub(crate) secure_cookies: Option<bool>,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub(crate) trusted_proxies: Vec<IpAddr>,
    /// A certificate chain (PEM): with its key, pages are served over TLS.
    pub(crate) tls_certificate: Option<PathBuf>,
    /// Its key (PEM).
    pub(crate) tls_key: Option<PathBuf>,
}

impl Default for Web {
    fn default() -> Self {
        Self {
            idle_minutes: 30,
            session_hours: 12,
            secure_cookies: None,
            trusted_proxies: Vec::new(),
            tls_certificate: None,
            tls_key: None,
        }
    }
}

/// `[log]`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Log {
    /// A level or a filter; none: `info` while serving, `warn` otherwise.
    pub(crate) level: Option<String>,
    /// Text or JSON lines.
    pub(crate) format: LogFormat,
}

/// The forms of a log line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum LogFormat {
    /// For eyes.
    #[default]
    Text,
    /// For programs.
    Json,
}

/// A configuration that can't be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConfigError {
    /// The named file can't be read.
    #[error("无法读取配置文件 {path} / cannot read the configuration file")]
    Read {
        path: String,
        #[source]
        source: std::io::Error,
    },
    /// The file has a mistake in it.
    #[error("{path},第 {line} 行:{message} / {path}, line {line}")]
    Wrong {
        path: String,
        line: usize,
        message: String,
    },
    /// A variable of the environment has no meaning or a wrong value.
    #[error("环境变量 {variable}:{message} / environment variable {variable}")]
    Variable { variable: String, message: String },
    /// A secret's file can't be read.
    #[error("无法读取 {key} 指明的文件 {path} / cannot read the file of {key}")]
    Secret {
        key: &'static str,
        path: String,
        #[source]
        source: std::io::Error,
    },
}

/// Reads the configuration: a named file must be there, the usual places may be empty.
pub(crate) fn load(named: Option<&Path>) -> Result<Config, ConfigError> {
    let path = match named {
        Some(path) => Some(path.to_owned()),
        None => PLACES.iter().map(PathBuf::from).find(|path| path.is_file()),
    };
    let file = path
        .map(|path| {
            let shown = path.display().to_string();
            std::fs::read_to_string(&path)
                .map(|text| (shown.clone(), text))
                .map_err(|source| ConfigError::Read {
                    path: shown,
                    source,
                })
        })
        .transpose()?;
    let variables = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    let file = file.as_ref().map(|(path, text)| (&**path, &**text));
    resolve(file, variables)
}

/// Puts file and environment together, and reads secrets from their files.
fn resolve(
    file: Option<(&str, &str)>,
    variables: impl Iterator<Item = (String, String)>,
) -> Result<Config, ConfigError> {
    let mut table = file.map_or_else(|| Ok(Table::new()), |(path, text)| read(path, text))?;
    let mut ours: Vec<(String, String)> = variables
        .filter(|(name, _)| name.starts_with(PREFIX) && name.contains(SEPARATOR))
        .collect();
    ours.sort();
    for (variable, value) in ours {
        table = with_variable(&table, &variable, &value)?;
    }
    let mut config: Config = table.try_into().map_err(|error: toml::de::Error| {
        // Both parts were read before by themselves, so this doesn't happen.
        ConfigError::Variable {
            variable: PREFIX.to_owned(),
            message: error.message().to_owned(),
        }
    })?;
    if let Some(password) = secret("mail.password_file", config.mail.password_file.as_deref())? {
        config.mail.password = Some(Secret::new(password));
    }
    if let Some(url) = secret("database.url_file", config.database.url_file.as_deref())? {
        config.database.url = url;
    }
    Ok(config)
}

fn read(path: &str, text: &str) -> Result<Table, ConfigError> {
    let wrong = |error: &toml::de::Error| ConfigError::Wrong {
        path: path.to_owned(),
        line: line_of(text, error.span()),
        message: error.message().to_owned(),
    };
    // The typed read knows which keys there are and where they stand; the table is what variables are laid over.
    toml::from_str::<Config>(text).map_err(|error| wrong(&error))?;
    text.parse::<Table>().map_err(|error| wrong(&error))
}

fn line_of(text: &str, span: Option<std::ops::Range<usize>>) -> usize {
    let start = span.map_or(0, |span| span.start).min(text.len());
    text.as_bytes()[..start]
        .iter()
        .filter(|byte| **byte == b'\n')
        .count()
        + 1
}

/// The table with one variable laid over it. A value is a text first; where the key wants a number or a yes or no,
/// it is read as one.
fn with_variable(table: &Table, variable: &str, value: &str) -> Result<Table, ConfigError> {
    let path: Vec<String> = variable[PREFIX.len()..]
        .split(SEPARATOR)
        .map(str::to_ascii_lowercase)
        .collect();
    let as_text = Value::String(value.to_owned());
    let as_value = format!("v = {value}")
        .parse::<Table>()
        .ok()
        .and_then(|mut table| table.remove("v"));
    let mut first_error = None;
    for candidate in [Some(as_text), as_value].into_iter().flatten() {
        let mut changed = table.clone();
        if !set(&mut changed, &path, candidate) {
            break;
        }
        match changed.clone().try_into::<Config>() {
            Ok(_) => return Ok(changed),
            Err(error) => first_error = first_error.or(Some(error)),
        }
    }
    Err(ConfigError::Variable {
        variable: variable.to_owned(),
        message: first_error.map_or_else(
            || "没有这样的配置项 / no such key".to_owned(),
            |error| error.message().to_owned(),
        ),
    })
}

fn set(table: &mut Table, path: &[String], value: Value) -> bool {
    match path {
        [] => false,
        [key] => {
            table.insert(key.clone(), value);
            true
        }
        [section, rest @ ..] => {
            let inner = table
                .entry(section.clone())
                .or_insert_with(|| Value::Table(Table::new()));
            match inner {
                Value::Table(inner) => set(inner, rest, value),
                _ => false,
            }
        }
    }
}

/// A secret's file: its text without the line's end.
fn secret(key: &'static str, path: Option<&Path>) -> Result<Option<String>, ConfigError> {
    let Some(path) = path.filter(|path| !path.as_os_str().is_empty()) else {
        return Ok(None);
    };
    let text = std::fs::read_to_string(path).map_err(|source| ConfigError::Secret {
        key,
        path: path.display().to_string(),
        source,
    })?;
    Ok(Some(text.trim_end_matches(['\r', '\n']).to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHIPPED: &str = include_str!("../../../config/shixian.toml");

    fn check(file: &str, variables: &[(&str, &str)]) -> Result<Config, String> {
        let variables = variables
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        resolve(Some(("a.toml", file)), variables).map_err(|error| error.to_string())
    }

    #[test]
    fn the_shipped_file_says_the_defaults() {
        let shipped = check(SHIPPED, &[]).unwrap();
        assert_eq!(format!("{shipped:?}"), format!("{:?}", Config::default()));
    }

    #[test]
    fn the_shipped_file_tells_every_key() {
        // Each key stands in the file, set or commented out; Debug output names all fields that there are.
        let shown = format!("{:#?}", Config::default());
        let keys = shown
            .lines()
            .filter_map(|line| line.trim().split_once(':'))
            .map(|(key, _)| key);
        for key in keys {
            let told =
                SHIPPED.contains(&format!("{key} = ")) || SHIPPED.contains(&format!("[{key}]"));
            assert!(told, "{key} isn't in config/shixian.toml");
        }
    }

    #[test]
    fn the_environment_goes_over_the_file() {
        let file = "[database]\nurl = \"sqlite:file.db\"\n[mail]\ntimeout_ms = 5\nallow_plain_login = true\n";
        let config = check(
            file,
            &[
                ("SHIXIAN_DATABASE__URL", "sqlite:12"),
                ("SHIXIAN_MAIL__TIMEOUT_MS", "7"),
                ("SHIXIAN_MAIL__ALLOW_PLAIN_LOGIN", "false"),
                ("SHIXIAN_SERVICE__DIVISION", "410900"),
                ("SHIXIAN_RECORD__HASH", "sha256"),
                ("SHIXIAN_TEST_POSTGRES", "not a key of ours"),
            ],
        )
        .unwrap();
        assert_eq!(config.database.url, "sqlite:12");
        assert_eq!(config.mail.timeout_ms, 7);
        assert!(!config.mail.allow_plain_login);
        assert_eq!(config.service.division, "410900");
        assert_eq!(config.record.hash, Hash::Sha256);
    }

    #[test]
    fn what_nobody_knows_is_named() {
        let error = check("[mail]\nurl = \"file:a\"\npasword = \"x\"\n", &[]).unwrap_err();
        assert!(error.contains("a.toml") && error.contains("3"), "{error}");
        assert!(error.contains("pasword"), "{error}");
        let error = check("[mial]\n", &[]).unwrap_err();
        assert!(error.contains("mial"), "{error}");
        for variable in [
            "SHIXIAN_MAIL__PASWORD",
            "SHIXIAN_MIAL__URL",
            "SHIXIAN_A__B__C",
        ] {
            let error = check("", &[(variable, "x")]).unwrap_err();
            assert!(error.contains(variable), "{error}");
        }
        let error = check("", &[("SHIXIAN_MAIL__TIMEOUT_MS", "soon")]).unwrap_err();
        assert!(error.contains("TIMEOUT_MS"), "{error}");
    }

    #[test]
    fn secrets_come_from_files_and_are_never_shown() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("password");
        std::fs::write(&path, "correct horse\n").unwrap();
        let path = path.display().to_string();
        let config = check("", &[("SHIXIAN_MAIL__PASSWORD_FILE", &path)]).unwrap();
        let password = config.mail.settings().password.unwrap();
        assert_eq!(password.expose(), "correct horse");
        assert!(!format!("{config:?}").contains("horse"));
        let error = check("", &[("SHIXIAN_MAIL__PASSWORD_FILE", "/nowhere/at/all")]).unwrap_err();
        assert!(error.contains("mail.password_file"), "{error}");
    }

    #[test]
    fn bent_files_and_variables_are_refused_or_read() {
        // The keys of the file without the marks that leave them out; secrets' files aren't opened.
        let keys: Vec<&str> = SHIPPED
            .lines()
            .map(|line| {
                line.strip_prefix("# ")
                    .filter(|key| key.contains(" = "))
                    .unwrap_or(line)
            })
            .filter(|line| toml::from_str::<Table>(line).is_ok() && !line.contains("_file"))
            .collect();
        let whole = keys.join("\n");
        let good: Vec<&str> = [SHIPPED, whole.as_str()]
            .into_iter()
            .filter(|text| check(text, &[]).is_ok())
            .collect();
        let good: Vec<&[u8]> = good.into_iter().map(str::as_bytes).collect();
        testkit::bent::check(&good, |bytes| {
            let text = String::from_utf8_lossy(bytes);
            for key in [
                "SHIXIAN_MAIL__TIMEOUT_MS",
                "SHIXIAN_SERVICE__DIVISION",
                "SHIXIAN_A__B",
            ] {
                let value: String = text.chars().take(200).collect();
                let _ = check("", &[(key, &value)]);
            }
            match check(&text, &[]) {
                Ok(_) => true,
                Err(error) => {
                    assert!(error.len() < 4096 + 4 * text.len(), "{} bytes", error.len());
                    false
                }
            }
        });
    }
}
