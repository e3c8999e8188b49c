//! PostgreSQL servers that a test kills, starts again, and replaces by a standby.
//!
//! A server of [`crate::postgres`] is shared by all tests of a binary; these are a test's own.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

use crate::postgres::{
    Keeper, PostgresError, START_LOOKS, START_PAUSE, SUPERUSER, as_user, binaries, free_port, init,
    keeper as start, quoted, run, told, unprivileged,
};

/// Starts the server and ends it when standard input ends: that is when it is dropped, or the process of the tests is gone.
const KEEPER: &str = r#"trap '' INT TERM HUP
SERVER >>"$1" 2>&1 </dev/null & server=$!
read -r _ || true
while kill -QUIT "$server" 2>/dev/null; do sleep 0.05; done
"#;

/// So many looks in a row without a process, and the server has ended.
const ENDED_LOOKS: u32 = 50;

/// One server. Its folder is gone when it is dropped.
#[derive(Debug)]
pub struct Server {
    folder: tempfile::TempDir,
    binaries: PathBuf,
    user: Option<String>,
    port: u16,
    settings: Vec<String>,
    keeper: Option<Keeper>,
}

impl Server {
    /// Makes and starts a server. If it is to have a standby, it acknowledges nothing that the standby hasn't on its disk,
    /// as soon as there is one.
    ///
    /// # Errors
    /// Whatever keeps it from starting.
    pub fn start(settings: &[&str]) -> Result<Self, PostgresError> {
        let mut server = Self::bare(settings)?;
        let data = server.data();
        run(&mut init(&server.binaries, server.user.as_deref(), &data))?;
        server.begin()?;
        Ok(server)
    }

    /// Copies this server and starts the copy as its standby.
    ///
    /// # Errors
    /// Whatever keeps it from being copied or from starting.
    pub fn standby(&self) -> Result<Self, PostgresError> {
        let mut standby = Self::bare(&[])?;
        let mut copy = as_user(
            standby.user.as_deref(),
            &self.binaries.join("pg_basebackup"),
        );
        copy.args(["-R", "-X", "stream", "-c", "fast", "--no-sync", "-D"])
            .arg(standby.data())
            .args(["-d", &self.url("postgres")]);
        run(&mut copy)?;
        standby.begin()?;
        Ok(standby)
    }

    fn bare(settings: &[&str]) -> Result<Self, PostgresError> {
        let user = unprivileged()?;
        let folder = tempfile::Builder::new()
            .prefix("shixian-failover-")
            .tempdir()
            .map_err(|error| told("a temporary folder", &error))?;
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o700))
            .map_err(|error| told("the temporary folder", &error))?;
        if let Some(user) = &user {
            run(Command::new("chown").arg(user).arg(folder.path()))?;
        }
        Ok(Self {
            folder,
            binaries: binaries()?,
            user,
            port: free_port()?,
            settings: settings.iter().map(|s| (*s).to_owned()).collect(),
            keeper: None,
        })
    }

    /// Starts it, or starts it again after it was killed.
    ///
    /// # Errors
    /// Whatever keeps it from starting within a minute.
    pub fn begin(&mut self) -> Result<(), PostgresError> {
        let mut server = as_user(self.user.as_deref(), &self.binaries.join("postgres"));
        let port = self.port.to_string();
        server
            .arg("-D")
            .arg(self.data())
            .args(["-p", &port, "-h", "127.0.0.1", "-k", ""])
            .args(["-c", "synchronous_commit=on", "-c", "max_connections=100"])
            .args(["-c", "shared_buffers=32MB", "-c", "timezone=UTC"]);
        for setting in &self.settings {
            server.args(["-c", setting]);
        }
        let script = KEEPER.replace("SERVER", &quoted(&server));
        let log = self.folder.path().join("log");
        let (mut keeper, mut without) = (start(&script, &log)?, 0);
        for _ in 0..START_LOOKS {
            if self.is_ready() {
                self.keeper = Some(keeper);
                return Ok(());
            }
            without = if self.process().is_some() {
                0
            } else {
                without + 1
            };
            // What a killed server left behind lets the next one fail for some moments.
            if without > ENDED_LOOKS {
                drop(keeper);
                (keeper, without) = (start(&script, &log)?, 0);
            }
            thread::sleep(START_PAUSE);
        }
        drop(keeper);
        let log = fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
        Err(PostgresError::new(format!(
            "the server didn't start: {log}"
        )))
    }

    /// Ends it like a power cut.
    ///
    /// # Errors
    /// If it doesn't run.
    pub fn kill(&mut self) -> Result<(), PostgresError> {
        let process = self
            .process()
            .ok_or_else(|| PostgresError::new("the server doesn't run".to_owned()))?;
        run(Command::new("kill").args(["-KILL", &process]))?;
        self.keeper = None;
        Ok(())
    }

    /// Makes a standby the primary.
    ///
    /// # Errors
    /// If it isn't one.
    pub fn promote(&self) -> Result<(), PostgresError> {
        match self.psql("SELECT pg_promote()")?.trim() {
            "t" => Ok(()),
            said => Err(PostgresError::new(format!("it wasn't promoted: {said}"))),
        }
    }

    /// Runs one statement as the superuser.
    ///
    /// # Errors
    /// What the server says.
    pub fn psql(&self, sql: &str) -> Result<String, PostgresError> {
        let mut command = Command::new(self.binaries.join("psql"));
        command
            .args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d"])
            .args([&self.url("postgres"), "-c", sql]);
        run(&mut command)
    }

    /// Where it answers: host and port.
    pub fn host(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// The address of one of its databases.
    pub fn url(&self, database: &str) -> String {
        url(&[self], database)
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// What the server writes about itself; gone when it has ended in peace.
    fn pid_file(&self) -> Vec<String> {
        let text = fs::read_to_string(self.data().join("postmaster.pid")).unwrap_or_default();
        text.lines().map(|line| line.trim().to_owned()).collect()
    }

    /// Its process, if it runs.
    fn process(&self) -> Option<String> {
        let process = self.pid_file().into_iter().next()?;
        let runs = Path::new("/proc").join(&process).join("cmdline");
        let of_it = fs::read_to_string(runs).ok()?;
        of_it.contains("postgres").then_some(process)
    }

    fn is_ready(&self) -> bool {
        let state = self.pid_file().into_iter().nth(7);
        self.process().is_some()
            && state.is_some_and(|state| state == "ready" || state == "standby")
    }
}

/// The address of a database on several servers.
pub fn url(servers: &[&Server], database: &str) -> String {
    let hosts: Vec<String> = servers.iter().map(|server| server.host()).collect();
    format!("postgres://{SUPERUSER}@{}/{database}", hosts.join(","))
}
