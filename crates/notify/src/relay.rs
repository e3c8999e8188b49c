//! One delivery to a mail server.
//!
//! The dialogue is led here, step by step, because what a refusal means depends on the step it came at, and
//! because one time limit must cover the whole of it: lettre's own covers the connection only.

use std::{fmt, net::IpAddr, time::Duration};

use lettre::{
    Address,
    message::Mailbox,
    transport::smtp::{
        Error,
        authentication::{Credentials, Mechanism},
        client::{AsyncSmtpConnection, Certificate, TlsParameters},
        commands::{Data, Mail as MailFrom, Rcpt},
        extension::{ClientId, Extension, MailBodyParameter, MailParameter},
    },
};
use tokio::time::timeout;

use crate::{
    Mail, MailSettings, SendError, SendErrorKind, StartTls,
    mail::one_line,
    transport::{FORMS, TransportError},
};

/// The mail is delivered by then: a server that doesn't answer QUIT holds nobody up.
const QUIT_TIMEOUT: Duration = Duration::from_secs(1);

/// A server's own words beyond this are cut.
const REASON_CHARS_MAX: usize = 200;

/// A mail server and how to talk to it.
#[derive(Debug)]
pub struct Relay {
    host: String,
    port: u16,
    encryption: Encryption,
    login: Option<Login>,
    hello: ClientId,
    timeout: Duration,
}

enum Encryption {
    None,
    IfOffered(TlsParameters),
    StartTls(TlsParameters),
    Implicit(TlsParameters),
}

impl fmt::Debug for Encryption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "None",
            Self::IfOffered(_) => "IfOffered",
            Self::StartTls(_) => "StartTls",
            Self::Implicit(_) => "Implicit",
        })
    }
}

#[derive(Debug)]
struct Login {
    credentials: Credentials,
    plain_permitted: bool,
}

/// Where in the dialogue something went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Connect,
    StartTls,
    Login,
    Sender,
    Recipient,
    Content,
}

impl Step {
    fn name(self) -> &'static str {
        match self {
            Self::Connect => "connecting",
            Self::StartTls => "STARTTLS",
            Self::Login => "AUTH",
            Self::Sender => "MAIL FROM",
            Self::Recipient => "RCPT TO",
            Self::Content => "DATA",
        }
    }
}

impl Relay {
    pub(crate) fn new(
        scheme: &str,
        rest: &str,
        settings: &MailSettings,
    ) -> Result<Self, TransportError> {
        let (default_port, implied) = match scheme {
            "smtp" => (25, None),
            "smtp+starttls" => (587, Some(StartTls::Required)),
            "smtps" => (465, None),
            _ => return Err(TransportError::Url(FORMS)),
        };
        let (host, port) = host_and_port(rest, default_port)?;
        let local = is_loopback(&host);
        let plain_permitted = local || settings.allow_plain_login;
        let login = login(settings, plain_permitted)?;
        // Where a plain connection is good enough for what is sent, so is TLS with a certificate that nobody
        // vouches for, as many intranet relays have it; a configured authority is always held to.
        let unverified_will_do = settings.ca_file.is_none() && (login.is_none() || plain_permitted);
        let start = match (implied, settings.starttls) {
            (Some(implied), Some(set)) if implied != set => {
                return Err(TransportError::Settings(
                    "mail.starttls contradicts smtp+starttls:// in mail.url",
                ));
            }
            (implied, set) => implied.or(set).unwrap_or(StartTls::Opportunistic),
        };
        let encryption = if scheme == "smtps" {
            if settings.starttls.is_some() {
                return Err(TransportError::Settings(
                    "mail.starttls has no meaning beside smtps:// in mail.url",
                ));
            }
            Encryption::Implicit(tls(&host, settings, Verify::Always)?)
        } else {
            match start {
                StartTls::Never => Encryption::None,
                StartTls::Required => Encryption::StartTls(tls(&host, settings, Verify::Always)?),
                StartTls::Opportunistic if unverified_will_do => {
                    Encryption::IfOffered(tls(&host, settings, Verify::Never)?)
                }
                StartTls::Opportunistic => {
                    Encryption::IfOffered(tls(&host, settings, Verify::Always)?)
                }
            }
        };
        Ok(Self {
            host,
            port,
            encryption,
            login,
            hello: hello_name(settings)?,
            timeout: Duration::from_millis(settings.timeout_ms),
        })
    }

    pub(crate) async fn send(&self, mail: &Mail) -> Result<(), SendError> {
        let message = mail.message()?;
        let bytes = message.formatted();
        let envelope = message.envelope();
        let dialogue = async {
            let mut connection = self.open().await?;
            let result = deliver(&mut connection, envelope.from(), envelope.to(), &bytes).await;
            Ok::<_, (Step, Trouble)>((connection, result))
        };
        let private = private_words(&mail.to);
        match timeout(self.timeout, dialogue).await {
            Err(_) => Err(self.out_of_time()),
            Ok(Err((step, trouble))) => Err(self.error(step, &trouble, &private)),
            Ok(Ok((mut connection, result))) => {
                let _ = timeout(QUIT_TIMEOUT, connection.quit()).await;
                result.map_err(|(step, trouble)| self.error(step, &trouble, &private))
            }
        }
    }

    pub(crate) async fn check(&self) -> Result<(), SendError> {
        match timeout(self.timeout, self.open()).await {
            Err(_) => Err(self.out_of_time()),
            Ok(Err((step, trouble))) => Err(self.error(step, &trouble, &[])),
            Ok(Ok(mut connection)) => {
                let _ = timeout(QUIT_TIMEOUT, connection.quit()).await;
                Ok(())
            }
        }
    }

    /// Connects, greets, turns to TLS and logs in.
    async fn open(&self) -> Result<AsyncSmtpConnection, (Step, Trouble)> {
        let at = |step| move |error| (step, Trouble::Smtp(error));
        let implicit = match &self.encryption {
            Encryption::Implicit(tls) => Some(tls.clone()),
            _ => None,
        };
        let mut connection = AsyncSmtpConnection::connect_tokio1(
            (self.host.as_str(), self.port),
            Some(self.timeout),
            &self.hello,
            implicit,
            None,
        )
        .await
        .map_err(at(Step::Connect))?;
        match &self.encryption {
            Encryption::StartTls(_) if !connection.can_starttls() => {
                return Err((Step::StartTls, Trouble::Own("the server doesn't offer it")));
            }
            Encryption::StartTls(tls) => connection
                .starttls(tls.clone(), &self.hello)
                .await
                .map_err(at(Step::StartTls))?,
            Encryption::IfOffered(tls) if connection.can_starttls() => connection
                .starttls(tls.clone(), &self.hello)
                .await
                .map_err(at(Step::StartTls))?,
            _ => {}
        }
        if let Some(login) = &self.login {
            if !connection.is_encrypted() && !login.plain_permitted {
                return Err((
                    Step::Login,
                    Trouble::Own(
                        "the server offers no TLS and the password isn't sent in the clear; \
                         mail.allow_plain_login permits it",
                    ),
                ));
            }
            connection
                .auth(&[Mechanism::Plain, Mechanism::Login], &login.credentials)
                .await
                .map_err(at(Step::Login))?;
        }
        Ok(connection)
    }

    fn out_of_time(&self) -> SendError {
        SendError::temporary(format!(
            "{}:{} didn't finish within {} ms",
            self.host,
            self.port,
            self.timeout.as_millis()
        ))
    }

    fn error(&self, step: Step, trouble: &Trouble, private: &[String]) -> SendError {
        let (kind, said) = match trouble {
            Trouble::Own(reason) => (SendErrorKind::Temporary, (*reason).to_owned()),
            Trouble::Recipient(reason) => (SendErrorKind::Permanent, (*reason).to_owned()),
            Trouble::Smtp(error) => (kind_of(step, error), words_of(error)),
        };
        let reason = without_persons(&one_line(&said), private);
        let reason: String = reason.chars().take(REASON_CHARS_MAX).collect();
        SendError {
            kind,
            message: format!("{}:{} {}: {reason}", self.host, self.port, step.name()),
        }
    }
}

#[derive(Debug)]
enum Trouble {
    /// The server's or the network's.
    Smtp(Error),
    /// Ours: going on would break a rule.
    Own(&'static str),
    /// The recipient's address can't be reached by this server.
    Recipient(&'static str),
}

/// Hands one mail over.
async fn deliver(
    connection: &mut AsyncSmtpConnection,
    from: Option<&Address>,
    to: &[Address],
    bytes: &[u8],
) -> Result<(), (Step, Trouble)> {
    let at = |step| move |error| (step, Trouble::Smtp(error));
    let mut parameters = Vec::new();
    let ascii = |address: &Address| address.to_string().is_ascii();
    if !from.is_none_or(ascii) || !to.iter().all(ascii) {
        if !connection
            .server_info()
            .supports_feature(Extension::SmtpUtfEight)
        {
            return Err((
                Step::Recipient,
                Trouble::Recipient("the server takes no addresses beyond ASCII"),
            ));
        }
        parameters.push(MailParameter::SmtpUtfEight);
    }
    if !bytes.is_ascii() {
        parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
    }
    connection
        .command(MailFrom::new(from.cloned(), parameters))
        .await
        .map_err(at(Step::Sender))?;
    for address in to {
        connection
            .command(Rcpt::new(address.clone(), Vec::new()))
            .await
            .map_err(at(Step::Recipient))?;
    }
    connection.command(Data).await.map_err(at(Step::Content))?;
    connection.message(bytes).await.map_err(at(Step::Content))?;
    Ok(())
}

/// Only a 5xx about this mail, its recipient or its content, is final. One that comes earlier, or that asks for a
/// login, is a matter of configuration and would hit every mail: nothing is given up for it.
fn kind_of(step: Step, error: &Error) -> SendErrorKind {
    /// RFC 4954: authentication is required, too weak, failed, or needs TLS.
    const LOGIN_CODES: [u16; 4] = [530, 534, 535, 538];
    let about_this_mail = matches!(step, Step::Recipient | Step::Content);
    match error.status().map(u16::from) {
        Some(code) if error.is_permanent() && about_this_mail && !LOGIN_CODES.contains(&code) => {
            SendErrorKind::Permanent
        }
        _ => SendErrorKind::Temporary,
    }
}

/// What the server or the system said, without lettre's own words where there are better ones.
fn words_of(error: &Error) -> String {
    let source = std::error::Error::source(error);
    match (error.status(), source) {
        (Some(code), Some(words)) => format!("{code} {words}"),
        (Some(code), None) => code.to_string(),
        (None, _) => error.to_string(),
    }
}

/// What names a person in `name <local@domain>`: servers like to repeat it.
fn private_words(to: &str) -> Vec<String> {
    /// Shorter pieces would blot out ordinary words.
    const CHARS_MIN: usize = 2;
    let Ok(mailbox) = to.parse::<Mailbox>() else {
        return Vec::new();
    };
    [Some(mailbox.email.user().to_owned()), mailbox.name]
        .into_iter()
        .flatten()
        .filter(|word| word.chars().count() >= CHARS_MIN)
        .collect()
}

/// Replaces what stands before the @ of any address, and the given words, by `***`.
fn without_persons(text: &str, private: &[String]) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if c == '@' {
            let kept = shown
                .trim_end_matches(|c: char| {
                    c.is_alphanumeric() || "!#$%&'*+/=?^_`{|}~-.".contains(c)
                })
                .len();
            shown.truncate(kept);
            shown.push_str("***");
        }
        shown.push(c);
    }
    for word in private {
        shown = replace_ignoring_case(&shown, word);
    }
    shown
}

fn replace_ignoring_case(text: &str, word: &str) -> String {
    let (lower, word) = (text.to_ascii_lowercase(), word.to_ascii_lowercase());
    let mut shown = String::with_capacity(text.len());
    let mut from = 0;
    // Lowering ASCII only keeps every byte offset.
    while let Some(found) = lower[from..].find(&word) {
        shown.push_str(&text[from..from + found]);
        shown.push_str("***");
        from += found + word.len();
    }
    shown.push_str(&text[from..]);
    shown
}

fn host_and_port(rest: &str, default_port: u16) -> Result<(String, u16), TransportError> {
    let Some(authority) = rest.strip_prefix("//") else {
        return Err(TransportError::Url(FORMS));
    };
    let authority = authority.strip_suffix('/').unwrap_or(authority);
    if authority.contains('@') {
        return Err(TransportError::Url(
            "user and password belong in mail.username and mail.password",
        ));
    }
    if authority.contains(['/', '?', '#']) || authority.contains(char::is_whitespace) {
        return Err(TransportError::Url(FORMS));
    }
    let (host, port) = match authority.strip_prefix('[') {
        Some(bracketed) => {
            let (host, after) = bracketed
                .split_once(']')
                .ok_or(TransportError::Url("a bracket is missing"))?;
            (host, after.strip_prefix(':'))
        }
        None => match authority.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (authority, None),
        },
    };
    if host.is_empty() {
        return Err(TransportError::Url("the host is missing"));
    }
    let port = match port {
        None => default_port,
        Some(port) => {
            port.parse::<u16>()
                .ok()
                .filter(|port| *port > 0)
                .ok_or(TransportError::Url(
                    "the port is not a number from 1 to 65535",
                ))?
        }
    };
    Ok((host.to_owned(), port))
}

fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost")
        || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

fn login(settings: &MailSettings, plain_permitted: bool) -> Result<Option<Login>, TransportError> {
    match (&settings.username, &settings.password) {
        (None, None) => Ok(None),
        (Some(user), Some(password)) => Ok(Some(Login {
            credentials: Credentials::new(user.clone(), password.expose().to_owned()),
            plain_permitted,
        })),
        _ => Err(TransportError::Settings(
            "mail.username and mail.password go together",
        )),
    }
}

fn hello_name(settings: &MailSettings) -> Result<ClientId, TransportError> {
    match &settings.hello_name {
        None => Ok(ClientId::default()),
        Some(name) if !name.is_empty() && name.chars().all(|c| c.is_ascii_graphic()) => {
            Ok(ClientId::Domain(name.clone()))
        }
        Some(_) => Err(TransportError::Settings(
            "mail.hello_name is not a host name",
        )),
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verify {
    Always,
    Never,
}

fn tls(
    host: &str,
    settings: &MailSettings,
    verify: Verify,
) -> Result<TlsParameters, TransportError> {
    let mut builder = TlsParameters::builder(host.to_owned());
    if let Some(path) = &settings.ca_file {
        let pem = std::fs::read(path).map_err(|source| TransportError::ReadCertificates {
            path: path.clone(),
            source,
        })?;
        if !String::from_utf8_lossy(&pem).contains("BEGIN CERTIFICATE") {
            return Err(TransportError::NoCertificate { path: path.clone() });
        }
        let authorities = Certificate::from_pem(&pem).map_err(TransportError::Tls)?;
        builder = builder.add_root_certificate(authorities);
    }
    if verify == Verify::Never {
        builder = builder
            .dangerous_accept_invalid_certs(true)
            .dangerous_accept_invalid_hostnames(true);
    }
    builder.build().map_err(TransportError::Tls)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> MailSettings {
        MailSettings {
            from: "shixian <jiancha@example.cn>".to_owned(),
            ..MailSettings::default()
        }
    }

    #[test]
    fn urls() {
        for (rest, expected) in [
            ("//mail.example.cn", ("mail.example.cn", 25)),
            ("//mail.example.cn:2525/", ("mail.example.cn", 2525)),
            ("//[::1]:26", ("::1", 26)),
            ("//[::1]", ("::1", 25)),
        ] {
            let (host, port) = host_and_port(rest, 25).unwrap();
            assert_eq!((host.as_str(), port), expected, "{rest}");
        }
        for rest in [
            "mail",
            "//",
            "//:25",
            "//h:0",
            "//h:70000",
            "//h:x",
            "//h/path",
            "//h?tls=no",
            "//[::1",
            "//u:secret@h",
        ] {
            let error = host_and_port(rest, 25).expect_err(rest).to_string();
            assert!(!error.contains("secret"));
        }
        assert!(Relay::new("http", "//h", &settings()).is_err());
    }

    #[test]
    fn contradictions_are_refused() {
        let contradicting = |scheme, starttls| {
            let settings = MailSettings {
                starttls: Some(starttls),
                ..settings()
            };
            Relay::new(scheme, "//mail.example.cn", &settings).is_err()
        };
        assert!(contradicting("smtps", StartTls::Never));
        assert!(contradicting("smtp+starttls", StartTls::Never));
        assert!(!contradicting("smtp+starttls", StartTls::Required));
        assert!(!contradicting("smtp", StartTls::Never));
        let lonely = MailSettings {
            username: Some("jiancha".to_owned()),
            ..settings()
        };
        assert!(Relay::new("smtp", "//mail.example.cn", &lonely).is_err());
    }

    #[test]
    fn a_password_is_not_shown_by_debug() {
        let settings = MailSettings {
            username: Some("jiancha".to_owned()),
            password: Some(crate::Secret::new("horse")),
            ..settings()
        };
        let relay = Relay::new("smtps", "//mail.example.cn", &settings).unwrap();
        assert!(!format!("{relay:?}").contains("horse"));
    }

    #[test]
    fn persons_are_left_out_of_reasons() {
        let private = private_words("张监察 <Zhang.San@example.cn>");
        assert_eq!(
            without_persons(
                "550 5.1.1 <zhang.san@example.cn>: user Zhang.san (张监察) unknown",
                &private
            ),
            "550 5.1.1 <***@example.cn>: user *** (***) unknown"
        );
        assert_eq!(without_persons("no at sign", &[]), "no at sign");
        assert_eq!(without_persons("@", &[]), "***@");
    }

    #[tokio::test]
    async fn a_password_does_not_leave_in_the_clear() {
        use testkit::smtp::{SmtpOptions, SmtpServer};
        let server = SmtpServer::start(SmtpOptions::default().login("jiancha", "horse")).await;
        for allow_plain_login in [false, true] {
            let settings = MailSettings {
                username: Some("jiancha".to_owned()),
                password: Some(crate::Secret::new("horse")),
                allow_plain_login,
                ..settings()
            };
            // Made for another host, so that loopback's exception doesn't hold, and only then led here.
            let mut relay = Relay::new("smtp", "//mail.example.cn", &settings).unwrap();
            relay.host = server.address().ip().to_string();
            relay.port = server.address().port();
            let checked = relay.check().await;
            let tried = server.commands().contains(&"AUTH".to_owned());
            assert_eq!(
                (checked.is_ok(), tried),
                (allow_plain_login, allow_plain_login)
            );
        }
    }
}
