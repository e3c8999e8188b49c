//! A mail server inside the test: plain, STARTTLS or TLS, with logins and scripted misbehaviour.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use mail_parser::{Message, MessageParser};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader},
    net::TcpListener,
    sync::Notify,
    task::{JoinHandle, JoinSet},
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig, crypto,
        pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
    },
};

/// How the server speaks TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encryption {
    /// Not at all.
    Plain,
    /// Offered in the answer to EHLO.
    StartTls,
    /// From the first byte.
    Implicit,
}

/// A point of the dialogue at which a script can step in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The greeting after the connection.
    Greeting,
    /// EHLO.
    Hello,
    /// AUTH.
    Login,
    /// MAIL FROM.
    Mail,
    /// RCPT TO.
    Rcpt,
    /// DATA, before the content.
    Data,
    /// The end of the content.
    Content,
    /// QUIT.
    Quit,
}

/// What the server does instead of its duty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Behaviour {
    /// Answers with this line, such as `451 try again`.
    Answer(Step, String),
    /// Reads on and never answers.
    Hang(Step),
    /// Closes the connection there; at [`Step::Content`] in the middle of the content.
    Drop(Step),
    /// Keeps the mail and closes the connection without the final answer: the sender can't know.
    AcceptSilently,
}

impl Behaviour {
    fn step(&self) -> Step {
        match self {
            Self::Answer(step, _) | Self::Hang(step) | Self::Drop(step) => *step,
            Self::AcceptSilently => Step::Content,
        }
    }
}

/// One accepted mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// The address in MAIL FROM.
    pub from: String,
    /// The addresses in RCPT TO.
    pub to: Vec<String>,
    /// The content as sent, dots unstuffed.
    pub data: Vec<u8>,
    /// Whether it came over TLS.
    pub encrypted: bool,
    /// The user and the mechanism of the login.
    pub login: Option<(String, String)>,
}

impl Received {
    /// The mail, parsed.
    pub fn parse(&self) -> Message<'_> {
        MessageParser::default()
            .parse(&self.data)
            .expect("a received mail parses")
    }

    /// The decoded subject.
    pub fn subject(&self) -> String {
        self.parse().subject().unwrap_or_default().to_owned()
    }

    /// The decoded text body, with plain line ends.
    pub fn text(&self) -> String {
        body(self.parse().body_text(0))
    }

    /// The decoded HTML body, with plain line ends.
    pub fn html(&self) -> String {
        body(self.parse().body_html(0))
    }

    /// The Message-ID without its brackets.
    pub fn message_id(&self) -> String {
        self.parse().message_id().unwrap_or_default().to_owned()
    }
}

fn body(text: Option<std::borrow::Cow<'_, str>>) -> String {
    text.unwrap_or_default().replace("\r\n", "\n")
}

/// What kind of server to start.
#[derive(Debug, Clone)]
pub struct SmtpOptions {
    /// TLS or not.
    pub encryption: Encryption,
    /// The user and password that are asked for; none: anybody may send.
    pub login: Option<(String, String)>,
    /// The mechanisms offered, of PLAIN and LOGIN.
    pub mechanisms: Vec<&'static str>,
    /// The names in the certificate.
    pub certificate_names: Vec<String>,
}

impl Default for SmtpOptions {
    fn default() -> Self {
        Self {
            encryption: Encryption::Plain,
            login: None,
            mechanisms: vec!["PLAIN", "LOGIN"],
            certificate_names: vec!["localhost".to_owned(), "127.0.0.1".to_owned()],
        }
    }
}

impl SmtpOptions {
    /// A server with this encryption and no login.
    pub fn new(encryption: Encryption) -> Self {
        Self {
            encryption,
            ..Self::default()
        }
    }

    /// Asks for a login.
    pub fn login(mut self, user: &str, password: &str) -> Self {
        self.login = Some((user.to_owned(), password.to_owned()));
        self
    }

    /// Offers this mechanism only.
    pub fn mechanism(mut self, mechanism: &'static str) -> Self {
        self.mechanisms = vec![mechanism];
        self
    }
}

/// A running server. It ends with this value.
#[derive(Debug)]
pub struct SmtpServer {
    address: SocketAddr,
    ca_pem: String,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

#[derive(Debug)]
struct Shared {
    options: SmtpOptions,
    state: Mutex<State>,
    arrived: Notify,
}

#[derive(Debug, Default)]
struct State {
    received: Vec<Received>,
    /// With the number of times that are left, if limited.
    script: Vec<(Behaviour, Option<u32>)>,
    connections: usize,
    commands: Vec<String>,
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn behaviour(&self, step: Step) -> Option<Behaviour> {
        let mut state = self.state();
        let place = state.script.iter().position(|(b, _)| b.step() == step)?;
        let (behaviour, left) = &mut state.script[place];
        let behaviour = behaviour.clone();
        if let Some(left) = left {
            *left -= 1;
            if *left == 0 {
                state.script.remove(place);
            }
        }
        Some(behaviour)
    }
}

impl SmtpServer {
    /// Starts a server on a free port of 127.0.0.1. It listens before this returns.
    pub async fn start(options: SmtpOptions) -> Self {
        let authority = Authority::new();
        let acceptor = authority.acceptor(&options.certificate_names);
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .await
            .expect("a free port");
        let address = listener.local_addr().expect("a bound address");
        let shared = Arc::new(Shared {
            options,
            state: Mutex::default(),
            arrived: Notify::new(),
        });
        let task = tokio::spawn(accept(listener, Arc::clone(&shared), acceptor));
        Self {
            address,
            ca_pem: authority.pem,
            shared,
            task,
        }
    }

    /// A plain server that takes everything.
    pub async fn plain() -> Self {
        Self::start(SmtpOptions::default()).await
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its URL with the given scheme, such as `smtp`.
    pub fn url(&self, scheme: &str) -> String {
        format!("{scheme}://{}", self.address)
    }

    /// The authority that signed its certificate.
    pub fn ca_pem(&self) -> &str {
        &self.ca_pem
    }

    /// All mails accepted so far.
    pub fn received(&self) -> Vec<Received> {
        self.shared.state().received.clone()
    }

    /// Waits until at least this many mails have been accepted, at most for the given time, and returns all.
    pub async fn wait_for(&self, count: usize, at_most: Duration) -> Vec<Received> {
        let enough = async {
            loop {
                let arrived = self.shared.arrived.notified();
                tokio::pin!(arrived);
                arrived.as_mut().enable();
                if self.shared.state().received.len() >= count {
                    return;
                }
                arrived.await;
            }
        };
        let _ = tokio::time::timeout(at_most, enough).await;
        self.received()
    }

    /// Forgets the mails so far.
    pub fn clear(&self) {
        self.shared.state().received.clear();
    }

    /// How many connections were made.
    pub fn connections(&self) -> usize {
        self.shared.state().connections
    }

    /// The commands received, without their arguments.
    pub fn commands(&self) -> Vec<String> {
        self.shared.state().commands.clone()
    }

    /// Misbehaves like this from now on.
    pub fn script(&self, behaviour: Behaviour) {
        self.shared.state().script.push((behaviour, None));
    }

    /// Misbehaves like this so many times, then does its duty again.
    pub fn script_times(&self, behaviour: Behaviour, times: u32) {
        if times > 0 {
            self.shared.state().script.push((behaviour, Some(times)));
        }
    }

    /// Does its duty from now on.
    pub fn behave(&self) {
        self.shared.state().script.clear();
    }
}

impl Drop for SmtpServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// A certification authority of the test's own.
struct Authority {
    pem: String,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    fn new() -> Self {
        let key = KeyPair::generate().expect("a key");
        let mut params = CertificateParams::new(Vec::new()).expect("no names");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let certificate = params.self_signed(&key).expect("a certificate");
        Self {
            pem: certificate.pem(),
            issuer: Issuer::new(params, key),
        }
    }

    fn acceptor(&self, names: &[String]) -> TlsAcceptor {
        let key = KeyPair::generate().expect("a key");
        let certificate = CertificateParams::new(names.to_vec())
            .expect("proper names")
            .signed_by(&key, &self.issuer)
            .expect("a certificate");
        let private = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let config =
            ServerConfig::builder_with_provider(Arc::new(crypto::ring::default_provider()))
                .with_safe_default_protocol_versions()
                .expect("TLS 1.2 and 1.3")
                .with_no_client_auth()
                .with_single_cert(vec![certificate.der().clone()], private)
                .expect("a certificate that fits its key");
        TlsAcceptor::from(Arc::new(config))
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>, acceptor: TlsAcceptor) {
    // Dropped, and with it each session, when the server's handle aborts this task.
    let mut sessions = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        shared.state().connections += 1;
        let (shared, acceptor) = (Arc::clone(&shared), acceptor.clone());
        sessions.spawn(async move {
            // A client that goes away in the middle is part of many tests.
            let _ = serve(Box::new(stream), shared, acceptor).await;
        });
    }
}

trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

async fn serve(
    stream: Box<dyn Stream>,
    shared: Arc<Shared>,
    acceptor: TlsAcceptor,
) -> io::Result<()> {
    let implicit = shared.options.encryption == Encryption::Implicit;
    let stream: Box<dyn Stream> = if implicit {
        Box::new(acceptor.accept(stream).await?)
    } else {
        stream
    };
    let mut session = Session::new(stream, Arc::clone(&shared), implicit);
    if let After::StartTls = session.run().await? {
        let stream = session.stream.into_inner();
        let encrypted = Box::new(acceptor.accept(stream).await?);
        let mut session = Session::new(encrypted, shared, true);
        session.greeted = true;
        session.run().await?;
    }
    Ok(())
}

enum After {
    End,
    StartTls,
}

struct Session {
    stream: BufReader<Box<dyn Stream>>,
    shared: Arc<Shared>,
    encrypted: bool,
    greeted: bool,
    login: Option<(String, String)>,
    from: Option<String>,
    to: Vec<String>,
}

impl Session {
    fn new(stream: Box<dyn Stream>, shared: Arc<Shared>, encrypted: bool) -> Self {
        Self {
            stream: BufReader::new(stream),
            shared,
            encrypted,
            greeted: false,
            login: None,
            from: None,
            to: Vec::new(),
        }
    }

    async fn run(&mut self) -> io::Result<After> {
        if !self.greeted {
            self.answer(Step::Greeting, "220 testkit ESMTP").await?;
        }
        loop {
            let line = self.line().await?;
            let verb: String = line
                .chars()
                .take_while(char::is_ascii_alphabetic)
                .collect::<String>()
                .to_ascii_uppercase();
            self.shared.state().commands.push(verb.clone());
            match verb.as_str() {
                "EHLO" | "HELO" => {
                    let hello = self.hello();
                    self.answer(Step::Hello, &hello).await?;
                }
                "STARTTLS" if self.offers_starttls() => {
                    self.write("220 go ahead").await?;
                    return Ok(After::StartTls);
                }
                "AUTH" => self.authenticate(&line).await?,
                "MAIL" => self.mail(&line).await?,
                "RCPT" => {
                    if self.answer(Step::Rcpt, "250 2.1.5 ok").await? {
                        self.to.push(address_in(&line));
                    }
                }
                "DATA" => self.data().await?,
                "RSET" | "NOOP" => self.write("250 ok").await?,
                "QUIT" => {
                    self.answer(Step::Quit, "221 bye").await?;
                    return Ok(After::End);
                }
                _ => self.write("502 5.5.1 not known here").await?,
            }
        }
    }

    fn offers_starttls(&self) -> bool {
        !self.encrypted && self.shared.options.encryption == Encryption::StartTls
    }

    fn hello(&self) -> String {
        let mut lines = vec!["testkit".to_owned(), "8BITMIME".to_owned()];
        if self.offers_starttls() {
            lines.push("STARTTLS".to_owned());
        }
        if self.shared.options.login.is_some() {
            lines.push(format!("AUTH {}", self.shared.options.mechanisms.join(" ")));
        }
        let last = lines.len() - 1;
        lines
            .iter()
            .enumerate()
            .map(|(n, line)| format!("250{}{line}", if n == last { " " } else { "-" }))
            .collect::<Vec<_>>()
            .join("\r\n")
    }

    async fn authenticate(&mut self, line: &str) -> io::Result<()> {
        let mut words = line.split_whitespace().skip(1);
        let mechanism = words.next().unwrap_or_default().to_ascii_uppercase();
        let given = match (mechanism.as_str(), words.next()) {
            ("PLAIN", Some(response)) => plain_pair(response),
            ("PLAIN", None) => {
                self.write("334 ").await?;
                let response = self.line().await?;
                plain_pair(&response)
            }
            ("LOGIN", _) => {
                self.write("334 VXNlcm5hbWU6").await?;
                let user = self.line().await?;
                self.write("334 UGFzc3dvcmQ6").await?;
                let password = self.line().await?;
                decode(&user).zip(decode(&password))
            }
            _ => None,
        };
        let known = self.shared.options.mechanisms.contains(&mechanism.as_str());
        if known && given.is_some() && given == self.shared.options.login {
            if self.answer(Step::Login, "235 2.7.0 welcome").await? {
                self.login = given.map(|(user, _)| (user, mechanism));
            }
        } else {
            self.answer(Step::Login, "535 5.7.8 user or password is wrong")
                .await?;
        }
        Ok(())
    }

    async fn mail(&mut self, line: &str) -> io::Result<()> {
        if self.shared.options.login.is_some() && self.login.is_none() {
            return self.write("530 5.7.0 authentication required").await;
        }
        if self.answer(Step::Mail, "250 2.1.0 ok").await? {
            self.from = Some(address_in(line));
            self.to.clear();
        }
        Ok(())
    }

    async fn data(&mut self) -> io::Result<()> {
        if self.from.is_none() || self.to.is_empty() {
            return self.write("503 5.5.1 no sender or recipient").await;
        }
        if !self.answer(Step::Data, "354 go on").await? {
            return Ok(());
        }
        let behaviour = self.shared.behaviour(Step::Content);
        if let Some(Behaviour::Drop(_)) = behaviour {
            self.stream.read_u8().await?;
            return Err(io::ErrorKind::ConnectionAborted.into());
        }
        let mail = Received {
            data: self.content().await?,
            from: self.from.take().unwrap_or_default(),
            to: std::mem::take(&mut self.to),
            encrypted: self.encrypted,
            login: self.login.clone(),
        };
        match behaviour {
            Some(Behaviour::AcceptSilently) => {
                self.keep(mail);
                Err(io::ErrorKind::ConnectionAborted.into())
            }
            Some(behaviour) => self.misbehave(behaviour).await,
            None => {
                self.keep(mail);
                self.write("250 2.0.0 taken").await
            }
        }
    }

    fn keep(&self, mail: Received) {
        self.shared.state().received.push(mail);
        self.shared.arrived.notify_waiters();
    }

    async fn content(&mut self) -> io::Result<Vec<u8>> {
        let mut data = Vec::new();
        loop {
            let mut line = Vec::new();
            if self.stream.read_until(b'\n', &mut line).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            if line == b".\r\n" {
                return Ok(data);
            }
            let start = usize::from(line.starts_with(b"."));
            data.extend_from_slice(&line[start..]);
        }
    }

    /// Does its duty, and tells so, or what the script says.
    async fn answer(&mut self, step: Step, duty: &str) -> io::Result<bool> {
        match self.shared.behaviour(step) {
            None => {
                self.write(duty).await?;
                Ok(true)
            }
            Some(behaviour) => {
                self.misbehave(behaviour).await?;
                Ok(false)
            }
        }
    }

    async fn misbehave(&mut self, behaviour: Behaviour) -> io::Result<()> {
        match behaviour {
            Behaviour::Answer(_, line) => self.write(&line).await,
            Behaviour::Hang(_) => {
                tokio::io::copy(&mut self.stream, &mut tokio::io::sink()).await?;
                Err(io::ErrorKind::UnexpectedEof.into())
            }
            Behaviour::Drop(_) | Behaviour::AcceptSilently => {
                Err(io::ErrorKind::ConnectionAborted.into())
            }
        }
    }

    async fn line(&mut self) -> io::Result<String> {
        let mut line = String::new();
        if self.stream.read_line(&mut line).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(line.trim_end().to_owned())
    }

    async fn write(&mut self, line: &str) -> io::Result<()> {
        let stream = self.stream.get_mut();
        stream.write_all(format!("{line}\r\n").as_bytes()).await?;
        stream.flush().await
    }
}

fn address_in(line: &str) -> String {
    line.split_once('<')
        .and_then(|(_, rest)| rest.split_once('>'))
        .map(|(address, _)| address.to_owned())
        .unwrap_or_default()
}

fn plain_pair(response: &str) -> Option<(String, String)> {
    let text = decode(response)?;
    let mut parts = text.split('\0').skip(1);
    Some((parts.next()?.to_owned(), parts.next()?.to_owned()))
}

fn decode(base64: &str) -> Option<String> {
    let bytes = mail_parser::decoders::base64::base64_decode(base64.trim().as_bytes())?;
    String::from_utf8(bytes).ok()
}
