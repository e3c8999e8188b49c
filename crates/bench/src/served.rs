//! The program itself, serving, and a client that asks it as browsers do: over connections that stay open.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use engine::accounts::Token;
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

/// How long it may take until it is ready.
const START: Duration = Duration::from_secs(30);
/// How often it is asked meanwhile.
const ASKED_EVERY: Duration = Duration::from_millis(2);

/// A running service. It is ended with this value.
pub(crate) struct Served {
    process: Child,
    pub(crate) client: Browsers,
}

impl Served {
    /// Serves a trial's database from an instant on; on one processor alone, if one is named.
    pub(crate) async fn start(url: &str, now: &str, processor: Option<usize>) -> Result<Self> {
        let program = program()?;
        let mut command = match processor {
            Some(processor) => {
                let mut command = Command::new("taskset");
                command.args(["-c", &processor.to_string()]).arg(program);
                command
            }
            None => Command::new(program),
        };
        let folder = tempfile::tempdir()?;
        let mut process = command
            .args(["--quiet", "--database", url, "--now", now])
            .args(["serve", "--listen", "127.0.0.1:0", "--speed", "1"])
            .env("SHIXIAN_LOG__LEVEL", "error")
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .context("can't start the service")?;
        let out = process.stdout.take().context("no output")?;
        // The line is all that it writes.
        let line = tokio::task::spawn_blocking(move || {
            let mut line = String::new();
            BufReader::new(out).read_line(&mut line).map(|_| line)
        });
        let line = tokio::time::timeout(START, line).await???;
        let told: serde_json::Value =
            serde_json::from_str(&line).context("the service didn't say where it listens")?;
        let base = told["listening"].as_str().context("no address")?.to_owned();
        let served = Self {
            process,
            client: Browsers::new(base),
        };
        served.ready().await?;
        Ok(served)
    }

    async fn ready(&self) -> Result<()> {
        let mut left = START;
        while self.client.get("/readyz", None).await?.0 != StatusCode::OK {
            ensure!(!left.is_zero(), "the service doesn't get ready");
            tokio::time::sleep(ASKED_EVERY).await;
            left = left.saturating_sub(ASKED_EVERY);
        }
        Ok(())
    }

    /// The number of its process.
    pub(crate) fn id(&self) -> u32 {
        self.process.id()
    }

    /// Ends it as systemd does.
    pub(crate) fn stop(mut self) -> Result<()> {
        let id = self.process.id().to_string();
        Command::new("kill").args(["-TERM", &id]).status()?;
        let status = self.process.wait()?;
        ensure!(status.success(), "the service ended with {status}");
        Ok(())
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // It may have ended already.
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

/// The program, which is built beside this one.
pub(crate) fn program() -> Result<PathBuf> {
    let own = std::env::current_exe()?;
    let program = own.with_file_name("shixian");
    if !Path::new(&program).exists() {
        bail!(
            "{} isn't there; cargo xtask bench builds it",
            program.display()
        );
    }
    Ok(program)
}

/// Browsers that keep their connections.
#[derive(Clone)]
pub(crate) struct Browsers {
    client: Client<HttpConnector, Full<Bytes>>,
    base: String,
}

impl Browsers {
    fn new(base: String) -> Self {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        let client = Client::builder(TokioExecutor::new())
            .pool_max_idle_per_host(usize::MAX)
            .build(connector);
        Self { client, base }
    }

    /// Asks for a page; gives its status and how many bytes came.
    pub(crate) async fn get(
        &self,
        path: &str,
        session: Option<&Token>,
    ) -> Result<(StatusCode, usize)> {
        let answer = self
            .send(Method::GET, path, session, &[], String::new())
            .await?;
        let status = answer.status();
        let body = answer.into_body().collect().await?.to_bytes();
        Ok((status, body.len()))
    }

    /// Opens a line of server-sent events.
    pub(crate) async fn listen(&self, path: &str, session: &Token) -> Result<Incoming> {
        let answer = self
            .send(Method::GET, path, Some(session), &[], String::new())
            .await?;
        ensure!(
            answer.status() == StatusCode::OK,
            "{path}: {}",
            answer.status()
        );
        Ok(answer.into_body())
    }

    /// Sends a form.
    pub(crate) async fn submit(
        &self,
        path: &str,
        session: &Token,
        form: String,
    ) -> Result<StatusCode> {
        let headers = [
            ("content-type", "application/x-www-form-urlencoded"),
            ("sec-fetch-site", "same-origin"),
        ];
        let answer = self
            .send(Method::POST, path, Some(session), &headers, form)
            .await?;
        let status = answer.status();
        answer.into_body().collect().await?;
        Ok(status)
    }

    /// Sends JSON with another system's token; gives the answer.
    pub(crate) async fn report(
        &self,
        path: &str,
        secret: &str,
        json: String,
    ) -> Result<(StatusCode, Bytes)> {
        let bearer = format!("Bearer {secret}");
        let headers = [
            ("content-type", "application/json"),
            ("authorization", bearer.as_str()),
        ];
        let answer = self.send(Method::POST, path, None, &headers, json).await?;
        let status = answer.status();
        Ok((status, answer.into_body().collect().await?.to_bytes()))
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        session: Option<&Token>,
        headers: &[(&str, &str)],
        body: String,
    ) -> Result<Response<Incoming>> {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.base));
        if let Some(token) = session {
            // Browsers take pages compressed; the other systems here don't ask for it.
            request = request.header("accept-encoding", "gzip");
            request = request.header("cookie", format!("shixian_session={}", token.as_str()));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Full::new(Bytes::from(body)))?;
        Ok(self.client.request(request).await?)
    }
}
