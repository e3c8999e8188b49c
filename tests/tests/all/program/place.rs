//! A place of the tests' own: a folder, a trial database in it or on the tests' server, and the binary run there.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use approval::command::{Act, Command as CaseCommand};
use chrono::{DateTime, Utc};
use engine::{Application, Clock, Engine, Settings};
use serde_json::Value;
use store::Store;
use store::event::EventRow;
use store::message::MessageSummary;
use store::message_item::MessageItemRow;
use store::subject::SubjectRow;

use super::binary::binary;
use super::{block_on, wait_for};
use crate::scripts::Database;

pub(crate) const DIVISION: &str = "410800";
/// The instant at which every place begins: a Monday.
pub(crate) const START: &str = "2018-10-15T10:00:00+08:00";
/// How long a started service may take until it listens.
const START_SECONDS: u64 = 30;
/// How long a stopped service may take to end.
const STOP_SECONDS: u32 = 5;

/// How a run of the binary ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) status: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ended {
    pub(crate) fn of(output: Output) -> Self {
        Self {
            status: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// The one JSON object that it answered.
    pub(crate) fn json(&self) -> Value {
        match serde_json::from_str(&self.stdout) {
            Ok(value) => value,
            Err(error) => panic!("{error}: {self:?}"),
        }
    }
}

/// The place.
pub(crate) struct Place {
    folder: tempfile::TempDir,
    pub(crate) url: String,
}

impl Place {
    /// An empty trial with the scripts' office in it.
    pub(crate) fn new(database: Database) -> Self {
        Self::bare(database).founded()
    }

    /// The same on a database of the test's own.
    pub(crate) fn at(url: String) -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { folder, url }.founded()
    }

    fn founded(self) -> Self {
        self.well(&["migrate", "--trial", "--now", START]);
        let office = crate::scripts::folder().join("office");
        self.well(&["reference", "load", office.to_str().unwrap()]);
        self
    }

    /// Without tables.
    pub(crate) fn bare(database: Database) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = match database {
            Database::Sqlite => format!("sqlite:{}", folder.path().join("one.db").display()),
            Database::Postgres => testkit::postgres::fresh_database(),
        };
        Self { folder, url }
    }

    /// A path in its folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The binary with arguments, on the place's database and without anybody's settings.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(binary());
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("SHIXIAN_") || name == "RUST_LOG" {
                command.env_remove(name);
            }
        }
        // The lists of each morning would make letters for ever.
        command.env("SHIXIAN_SCHEDULE__MORNING_DIGEST", "");
        command
            .args(arguments)
            .args(["--database", &self.url])
            .current_dir(self.folder.path())
            .stdin(Stdio::null());
        command
    }

    /// Runs it.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ended {
        Ended::of(self.command(arguments).output().unwrap())
    }

    /// Runs it; it must go well.
    pub(crate) fn well(&self, arguments: &[&str]) -> Ended {
        let ended = self.run(arguments);
        assert_eq!(ended.status, Some(0), "{arguments:?}: {ended:?}");
        ended
    }

    /// Verifies the record with the program itself.
    pub(crate) fn verify(&self) {
        let found = self.well(&["verify"]).json();
        assert_eq!(found["ok"], true, "{found}");
        assert_eq!(found["defects"], serde_json::json!([]));
    }

    /// Starts the service with variables of the environment.
    pub(crate) fn serve(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Serving {
        let all: Vec<&str> = ["serve", "--listen", "127.0.0.1:0"]
            .iter()
            .chain(arguments)
            .copied()
            .collect();
        let served = self.command(&all);
        // A file that may not grow is an error, as a full disk is, and not the end of the process.
        let mut command = Command::new("sh");
        command
            .args(["-c", r#"trap '' XFSZ; exec "$0" "$@""#])
            .arg(served.get_program())
            .args(served.get_args())
            .current_dir(self.folder.path())
            .stdin(Stdio::null());
        for (name, value) in served.get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        command.envs(variables.iter().copied());
        Serving::start(command)
    }

    /// Cases of an item, accepted at the given instants: made by the engine itself, since a process each would take long.
    pub(crate) fn accepted(&self, item: &str, at: &[DateTime<Utc>]) -> Vec<String> {
        block_on(async {
            let clock = Clock::standing(at[0]);
            let engine = Engine::open_at(&self.url, Settings::default(), clock.clone());
            let engine = engine.await.unwrap();
            let mut numbers = Vec::new();
            for at in at {
                clock.advance_to(*at);
                let application = Application {
                    item: item.to_owned(),
                    applicant: "焦作某某有限公司".to_owned(),
                    ..Application::default()
                };
                let seen = engine.receive(application, Act::default()).await.unwrap();
                let number = seen.subject.id.as_str().to_owned();
                engine
                    .act(&number, CaseCommand::Accept, Act::default())
                    .await
                    .unwrap();
                numbers.push(number);
            }
            engine.close().await;
            numbers
        })
    }

    /// Everything that the database knows, read beside the program.
    pub(crate) fn look(&self) -> Look {
        // A thread of its own, so that asynchronous tests can look as well.
        thread::scope(|scope| scope.spawn(|| block_on(self.read())).join().unwrap())
    }

    async fn read(&self) -> Look {
        let store = Store::open(&self.url).await.unwrap();
        let mut conn = store.snapshot().await.unwrap();
        let subjects = store::subject::page(&mut conn, DIVISION, "", 10_000)
            .await
            .unwrap();
        let (mut events, mut items) = (Vec::new(), Vec::new());
        for row in &subjects {
            let of_subject =
                store::event::of_subject(&mut conn, DIVISION, &row.subject, 0, i64::MAX).await;
            events.extend(of_subject.unwrap());
            let of_subject =
                store::message_item::of_subject(&mut conn, DIVISION, &row.subject).await;
            items.extend(of_subject.unwrap());
        }
        let messages = store::message::list(&mut conn, DIVISION, None, "", 10_000).await;
        let messages = messages.unwrap();
        drop(conn);
        store.close().await;
        Look {
            subjects,
            events,
            items,
            messages,
        }
    }
}

/// What a database holds.
pub(crate) struct Look {
    pub(crate) subjects: Vec<SubjectRow>,
    pub(crate) events: Vec<EventRow>,
    pub(crate) items: Vec<MessageItemRow>,
    pub(crate) messages: Vec<MessageSummary>,
}

impl Look {
    /// Whether every item is in a letter and every letter sent.
    pub(crate) fn all_told(&self) -> bool {
        self.items.iter().all(|i| i.state != "free")
            && self.messages.iter().all(|m| m.state == "sent")
    }
}

/// A running service. It is killed with this value.
pub(crate) struct Serving {
    process: Child,
    /// Host and port.
    pub(crate) address: String,
}

impl Serving {
    fn start(mut command: Command) -> Self {
        let mut process = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (told, first) = mpsc::channel();
        let out = process.stdout.take().unwrap();
        thread::spawn(move || {
            for line in BufReader::new(out).lines().map_while(Result::ok) {
                // Nobody listens for more than the first line.
                drop(told.send(line));
            }
        });
        let (words, messages) = mpsc::channel();
        let mut error = process.stderr.take().unwrap();
        thread::spawn(move || {
            let mut all = String::new();
            error.read_to_string(&mut all).ok();
            drop(words.send(all));
        });
        let line = match first.recv_timeout(Duration::from_secs(START_SECONDS)) {
            Ok(line) => line,
            Err(error) => {
                process.kill().ok();
                let words = messages.recv_timeout(Duration::from_secs(5));
                panic!("the service doesn't listen ({error}): {words:?}");
            }
        };
        let told: Value = serde_json::from_str(&line).unwrap();
        let listening = told["listening"].as_str().unwrap();
        let address = listening.strip_prefix("http://").unwrap().to_owned();
        Self { process, address }
    }

    /// Asks for a page; gives its status and its body.
    pub(crate) fn get(&self, path: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(10)))
            .unwrap();
        write!(
            stream,
            "GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n",
            self.address
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, body.to_owned())
    }

    /// Its process.
    pub(crate) fn id(&self) -> u32 {
        self.process.id()
    }

    /// Ends it like a power cut.
    pub(crate) fn kill(mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// Ends it like systemd: it must be gone in time, with status 0.
    pub(crate) fn stop(mut self) {
        let signalled = Command::new("kill")
            .args(["-TERM", &self.process.id().to_string()])
            .status()
            .unwrap();
        assert!(signalled.success());
        let status = wait_for("the end after SIGTERM", STOP_SECONDS, || {
            self.process.try_wait().unwrap()
        });
        assert_eq!(status.code(), Some(0), "{status}");
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // Gone already after `kill` and `stop`.
        self.process.kill().ok();
        self.process.wait().ok();
    }
}
