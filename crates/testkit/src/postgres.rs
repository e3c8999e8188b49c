//! A PostgreSQL cluster of the tests' own: made in a temporary folder, gone when the tests are.
//!
//! `SHIXIAN_TEST_POSTGRES=postgres://…` names a running server instead; then each test still gets a new database of its own.

use std::env;
use std::fs;
use std::hash::{BuildHasher, RandomState};
use std::io;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

/// Names a running server: its account must be allowed to create databases.
pub const SERVER_VARIABLE: &str = "SHIXIAN_TEST_POSTGRES";

/// What to do when there is no server to test against; a test never leaves PostgreSQL out in silence.
const INSTALL: &str = "install it with `apt-get update && apt-get install -y --no-install-recommends postgresql`, put initdb and \
    postgres on $PATH, or name a running server in SHIXIAN_TEST_POSTGRES=postgres://USER@HOST/postgres";

/// The cluster's superuser.
pub(crate) const SUPERUSER: &str = "shixian";
/// How often the server's state is looked at while it starts, [`START_PAUSE`] apart: a minute in all, for a loaded machine.
pub(crate) const START_LOOKS: u32 = 3_000;
/// See [`START_LOOKS`].
pub(crate) const START_PAUSE: Duration = Duration::from_millis(20);
/// A free port may be taken by somebody else before the server opens it; then another one is tried.
const PORTS_TRIED: u32 = 5;

/// Makes the cluster, starts the server and ends it, and its folder, when standard input ends: that is when the
/// cluster is dropped or the process of the tests is gone, however it went. `INIT` and `SERVER` stand for commands.
const KEEPER: &str = r#"trap '' INT TERM HUP
folder="$1"
if INIT >"$folder/log" 2>&1 </dev/null; then
  SERVER >>"$folder/log" 2>&1 </dev/null & server=$!
else
  echo "FATAL: initdb failed" >>"$folder/log"
fi
read -r _ || true
# A server that has only just been started ignores the first signal.
while [ -n "$server" ] && kill -QUIT "$server" 2>/dev/null; do sleep 0.05; done
rm -rf "$folder"
"#;

/// The pages of the database that a server keeps in memory: many servers of tests run at once.
const SMALL: &str = "shared_buffers=64MB";
/// The same for a database of gigabytes.
const LARGE: &str = "shared_buffers=1GB";

/// What can go wrong with a cluster.
#[derive(Debug)]
pub struct PostgresError(String);

impl std::fmt::Display for PostgresError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for PostgresError {}

/// Whether the server flushes to the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Flush {
    /// As in production.
    #[default]
    Real,
    /// Not at all: for long runs whose figures don't matter and that kill no server.
    Never,
}

/// A running cluster.
#[derive(Debug)]
pub struct Cluster {
    /// Where it answers, with the name of the first database at the end.
    url: String,
    psql: PathBuf,
    keeper: Option<Keeper>,
}

#[derive(Debug)]
pub(crate) struct Keeper {
    process: Child,
    input: Option<ChildStdin>,
}

impl PostgresError {
    pub(crate) fn new(words: String) -> Self {
        Self(words)
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        drop(self.input.take());
        // The folder is gone when this returns; if waiting fails there is nobody left to wait for.
        drop(self.process.wait());
    }
}

impl Cluster {
    /// Makes and starts a cluster that flushes as in production.
    pub fn start() -> Result<Self, PostgresError> {
        Self::start_with(Flush::Real)
    }

    /// Makes and starts a cluster for measuring, with a database of gigabytes: it flushes as in production and has the
    /// memory that docs/OPERATIONS.md recommends for one.
    pub fn start_large() -> Result<Self, PostgresError> {
        Self::start_sized(Flush::Real, LARGE)
    }

    /// Makes and starts a cluster.
    pub fn start_with(flush: Flush) -> Result<Self, PostgresError> {
        Self::start_sized(flush, SMALL)
    }

    fn start_sized(flush: Flush, memory: &str) -> Result<Self, PostgresError> {
        let binaries = binaries()?;
        let mut last = PostgresError("no port was tried".to_owned());
        for _ in 0..PORTS_TRIED {
            match start_on(&binaries, free_port()?, flush, memory) {
                Ok(cluster) => return Ok(cluster),
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    /// The one cluster that all tests of a binary share: the server that `SHIXIAN_TEST_POSTGRES` names, or one of its own.
    pub fn shared() -> Result<&'static Self, PostgresError> {
        static SHARED: OnceLock<Result<Cluster, PostgresError>> = OnceLock::new();
        let shared = SHARED.get_or_init(|| match env::var(SERVER_VARIABLE) {
            Ok(url) if !url.is_empty() => Ok(Self {
                url,
                psql: binaries().map_or_else(|_| "psql".into(), |folder| folder.join("psql")),
                keeper: None,
            }),
            _ => Self::start(),
        });
        shared
            .as_ref()
            .map_err(|error| PostgresError(error.0.clone()))
    }

    /// The address of the server's first database.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Makes a new, empty database and gives its address.
    pub fn fresh_database(&self) -> Result<String, PostgresError> {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        // The numbers of processes come again on a server that many runs use.
        let mark = RandomState::new().hash_one(std::process::id());
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("test_{mark:x}_{count}");
        let sql = format!("CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'");
        self.psql(&sql)?;
        let (server, _) = self
            .url
            .rsplit_once('/')
            .ok_or_else(|| PostgresError(format!("no database in the address {}", self.url)))?;
        Ok(format!("{server}/{name}"))
    }

    /// Runs one statement as the superuser.
    pub fn psql(&self, sql: &str) -> Result<String, PostgresError> {
        let mut command = Command::new(&self.psql);
        command.args([
            "-X",
            "-q",
            "-A",
            "-t",
            "-v",
            "ON_ERROR_STOP=1",
            "-d",
            &self.url,
            "-c",
            sql,
        ]);
        run(&mut command)
    }

    /// A program of the same PostgreSQL, such as `pg_dump`.
    pub fn tool(&self, name: &str) -> PathBuf {
        self.psql.with_file_name(name)
    }

    /// True if the cluster is one that was started here, not a named server.
    pub fn is_own(&self) -> bool {
        self.keeper.is_some()
    }
}

/// A new, empty database in the shared cluster.
///
/// # Panics
///
/// If there is no PostgreSQL: the message says what to install.
pub fn fresh_database() -> String {
    match Cluster::shared().and_then(Cluster::fresh_database) {
        Ok(url) => url,
        Err(error) => panic!("PostgreSQL is needed for this test: {error}"),
    }
}

/// Finds the folder of initdb, postgres and psql.
pub(crate) fn binaries() -> Result<PathBuf, PostgresError> {
    let on_path = env::var_os("PATH")
        .map(|path| env::split_paths(&path).collect::<Vec<_>>())
        .unwrap_or_default();
    let mut versions: Vec<PathBuf> = fs::read_dir("/usr/lib/postgresql")
        .map(|folders| {
            folders
                .flatten()
                .map(|folder| folder.path().join("bin"))
                .collect()
        })
        .unwrap_or_default();
    // The newest version first; the folders are named by it.
    versions.sort_by_key(|folder| {
        std::cmp::Reverse(
            folder
                .parent()
                .and_then(|v| v.file_name()?.to_str()?.parse::<u32>().ok()),
        )
    });
    on_path
        .into_iter()
        .chain(versions)
        .find(|folder| {
            ["initdb", "postgres", "psql"]
                .iter()
                .all(|name| folder.join(name).is_file())
        })
        .ok_or_else(|| PostgresError(format!("there is no PostgreSQL server here: {INSTALL}")))
}

fn start_on(
    binaries: &Path,
    port: u16,
    flush: Flush,
    memory: &str,
) -> Result<Cluster, PostgresError> {
    let user = unprivileged()?;
    let folder = tempfile::Builder::new()
        .prefix("shixian-postgres-")
        .tempdir()
        .map_err(|error| told("a temporary folder", &error))?;
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o700))
        .map_err(|error| told("the temporary folder", &error))?;
    if let Some(user) = &user {
        run(Command::new("chown").arg(user).arg(folder.path()))?;
    }
    let data = folder.path().join("data");
    let init = init(binaries, user.as_deref(), &data);
    let mut server = server(binaries, user.as_deref(), &data, port, flush);
    server.args(["-c", memory]);
    let folder = folder.keep();
    let mut keeper = keep(&folder, &init, &server)?;
    wait_until_ready(&mut keeper, &data, &folder)?;
    Ok(Cluster {
        url: format!("postgres://{SUPERUSER}@127.0.0.1:{port}/postgres"),
        psql: binaries.join("psql"),
        keeper: Some(keeper),
    })
}

/// The command that makes a server's files.
pub(crate) fn init(binaries: &Path, user: Option<&str>, data: &Path) -> Command {
    let mut init = as_user(user, &binaries.join("initdb"));
    init.arg("-D").arg(data).args([
        "-U",
        SUPERUSER,
        "-A",
        "trust",
        "--encoding=UTF8",
        "--locale=C.UTF-8",
        "--no-sync",
        "--no-instructions",
    ]);
    init
}

/// The server's command line.
fn server(binaries: &Path, user: Option<&str>, data: &Path, port: u16, flush: Flush) -> Command {
    let mut command = as_user(user, &binaries.join("postgres"));
    command
        .arg("-D")
        .arg(data)
        .args(["-p", &port.to_string(), "-h", "127.0.0.1", "-k", ""]);
    let fsync = match flush {
        Flush::Real => "fsync=on",
        Flush::Never => "fsync=off",
    };
    for setting in [
        "synchronous_commit=on",
        fsync,
        "max_connections=200",
        "timezone=UTC",
    ] {
        command.args(["-c", setting]);
    }
    command
}

/// Makes and starts the server under its keeper. The keeper has a process group of its own: an interrupt at the
/// terminal ends the tests, and their end is what the keeper waits for.
fn keep(folder: &Path, init: &Command, server: &Command) -> Result<Keeper, PostgresError> {
    let script = KEEPER
        .replace("INIT", &quoted(init))
        .replace("SERVER", &quoted(server));
    keeper(&script, folder)
}

/// Runs a script whose standard input ends when the keeper is dropped or the process of the tests is gone.
pub(crate) fn keeper(script: &str, argument: &Path) -> Result<Keeper, PostgresError> {
    let mut process = Command::new("sh")
        .args(["-c", script, "keeper"])
        .arg(argument)
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn()
        .map_err(|error| told("the server's keeper", &error))?;
    let input = process.stdin.take();
    Ok(Keeper { process, input })
}

/// A command as the shell reads it.
pub(crate) fn quoted(command: &Command) -> String {
    std::iter::once(command.get_program())
        .chain(command.get_args())
        .map(|word| format!("'{}'", word.to_string_lossy().replace('\'', "'\\''")))
        .collect::<Vec<_>>()
        .join(" ")
}

/// The server writes `ready` into its pid file when it takes connections.
fn wait_until_ready(keeper: &mut Keeper, data: &Path, folder: &Path) -> Result<(), PostgresError> {
    for look in 0..START_LOOKS {
        let state = fs::read_to_string(data.join("postmaster.pid")).unwrap_or_default();
        if state
            .lines()
            .nth(7)
            .is_some_and(|line| line.trim() == "ready")
        {
            return Ok(());
        }
        let log = fs::read_to_string(folder.join("log")).unwrap_or_default();
        let ended = keeper
            .process
            .try_wait()
            .map_err(|error| told("the server's keeper", &error))?
            .is_some();
        if ended || (look > 5 && log.contains("FATAL:")) {
            return Err(PostgresError(format!(
                "the PostgreSQL server didn't start: {log}"
            )));
        }
        thread::sleep(START_PAUSE);
    }
    Err(PostgresError(
        "the PostgreSQL server wasn't ready within a minute".to_owned(),
    ))
}

/// The account the server runs under, if this one may not: PostgreSQL refuses root.
pub(crate) fn unprivileged() -> Result<Option<String>, PostgresError> {
    if run(Command::new("id").arg("-u"))?.trim() != "0" {
        return Ok(None);
    }
    let known = ["postgres", "nobody"]
        .into_iter()
        .find(|user| run(Command::new("id").args(["-u", user])).is_ok());
    known
        .map(|user| Some(user.to_owned()))
        .ok_or_else(|| PostgresError("PostgreSQL refuses to run as root and there is no account postgres or nobody: make one".to_owned()))
}

/// A command that runs as another account, without a shell or session in between.
pub(crate) fn as_user(user: Option<&str>, program: &Path) -> Command {
    match user {
        None => Command::new(program),
        Some(user) => {
            let mut command = Command::new("setpriv");
            command
                .args([
                    "--reuid",
                    user,
                    "--regid",
                    user_group(user),
                    "--clear-groups",
                ])
                .arg(program);
            command
        }
    }
}

/// The group of an account that [`unprivileged`] gives, as Debian and its like name it.
fn user_group(user: &str) -> &str {
    if user == "nobody" { "nogroup" } else { user }
}

pub(crate) fn free_port() -> Result<u16, PostgresError> {
    let listener = TcpListener::bind("127.0.0.1:0").map_err(|error| told("a free port", &error))?;
    Ok(listener
        .local_addr()
        .map_err(|error| told("a free port", &error))?
        .port())
}

pub(crate) fn run(command: &mut Command) -> Result<String, PostgresError> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(|error| told(&format!("{:?}", command.get_program()), &error))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(PostgresError(format!(
        "{:?} failed: {}",
        command.get_program(),
        said.trim()
    )))
}

pub(crate) fn told(what: &str, error: &io::Error) -> PostgresError {
    PostgresError(format!("{what}: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cluster_answers_and_is_gone_when_dropped() {
        let cluster = Cluster::start_with(Flush::Never).unwrap();
        let url = cluster.fresh_database().unwrap();
        assert!(url.contains("/test_"), "{url}");
        let folder = cluster.psql("SHOW data_directory").unwrap();
        assert_eq!(cluster.psql("SHOW lc_collate").unwrap().trim(), "C.UTF-8");
        assert!(Path::new(folder.trim()).is_dir());
        drop(cluster);
        assert!(!Path::new(folder.trim()).exists());
    }
}
