//! The `[mail]` section of the configuration.

use std::{fmt, path::PathBuf};

use serde::Deserialize;

/// How long one delivery may take in all, from the connection to the last answer, unless configured otherwise.
/// Slow relays that scan a mail while they hold the line answer within seconds; RFC 5321's minutes are meant for
/// servers that carry anybody's mail.
const TIMEOUT_MS: u64 = 30_000;

/// A value that must not appear in logs, errors or debug output.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// Wraps a secret value.
    pub fn new(value: impl Into<String>) -> Self {
        Self(value.into())
    }

    /// The value itself, for the one place that needs it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// Whether a plain connection (`smtp://`) turns to TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StartTls {
    /// Turns to TLS if the server offers it; the default for `smtp://`.
    Opportunistic,
    /// Refuses to go on without TLS; the same as `smtp+starttls://`.
    Required,
    /// Stays plain even if the server offers TLS.
    Never,
}

/// Where mail goes and in whose name.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MailSettings {
    /// `smtp://host:port`, `smtp+starttls://host:port`, `smtps://host:port` or `file:DIR`; none: mail is kept in
    /// the outbox and not sent.
    pub url: Option<String>,
    /// The sender, `name <address>` or an address alone.
    pub from: String,
    /// The user of the login; none: no login.
    pub username: Option<String>,
    /// The password of the login.
    pub password: Option<Secret>,
    /// Overrides what `smtp://` does about TLS.
    pub starttls: Option<StartTls>,
    /// Permits a login over an unencrypted or unverified connection to another host.
    pub allow_plain_login: bool,
    /// A file of PEM certificates that are trusted beside the public ones: a private certification authority.
    pub ca_file: Option<PathBuf>,
    /// How long one delivery may take in all, in milliseconds.
    pub timeout_ms: u64,
    /// The name given in EHLO; none: the host's own.
    pub hello_name: Option<String>,
}

impl Default for MailSettings {
    fn default() -> Self {
        Self {
            url: None,
            from: "shixian@localhost".to_owned(),
            username: None,
            password: None,
            starttls: None,
            allow_plain_login: false,
            ca_file: None,
            timeout_ms: TIMEOUT_MS,
            hello_name: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_never_shown() {
        let settings: MailSettings = serde_json::from_str(
            r#"{"url":"smtps://mail.example.cn","username":"jiancha","password":"correct horse","starttls":"required"}"#,
        )
        .unwrap();
        assert_eq!(
            settings.password.as_ref().unwrap().expose(),
            "correct horse"
        );
        let shown = format!("{settings:?}");
        assert!(shown.contains("***") && !shown.contains("horse"), "{shown}");
        assert_eq!(settings.timeout_ms, TIMEOUT_MS);
        assert_eq!(settings.starttls, Some(StartTls::Required));
    }

    #[test]
    fn an_unknown_key_is_refused() {
        let error =
            serde_json::from_str::<MailSettings>(r#"{"pasword":"x"}"#).expect_err("misspelt");
        assert!(error.to_string().contains("pasword"));
    }
}
