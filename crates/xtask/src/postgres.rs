//! One PostgreSQL cluster for one run of the tests, in a temporary folder, gone with us.

use std::fs::Permissions;
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result, bail};

use crate::shell;

/// Tests of several processes run side by side, each with a pool and a database of its own.
const CONNECTIONS_MAX: u32 = 200;

/// Between our asking for a free port and PostgreSQL's taking it somebody else may have it.
const START_ATTEMPTS: u32 = 3;

/// Users that Debian has besides root, the better one first: `initdb` refuses to work as root.
const UNPRIVILEGED: [&str; 2] = ["postgres", "nobody"];

/// Waits until we end, in whatever way, then stops the server and removes its folder. It stands in a process group of
/// its own, so that Ctrl-C ends us and not it.
const GUARDIAN: &str = r#"cat >/dev/null
"$1/pg_ctl" stop --silent --wait --mode=immediate --pgdata="$2/data"
cd / && rm -rf "$2""#;

/// A running cluster. It ends when this value is dropped, and also when this process is killed.
#[derive(Debug)]
pub(crate) struct Cluster {
    guardian: Child,
    folder: PathBuf,
    port: u16,
    version: String,
}

impl Cluster {
    /// Makes a cluster and starts it on a free port of 127.0.0.1.
    pub(crate) fn start() -> Result<Self> {
        let binaries = binaries()?;
        let user = if shell::is_root() {
            Some(unprivileged_user()?)
        } else {
            None
        };
        let folder = tempfile::Builder::new()
            .prefix("shixian-postgres-")
            .tempdir()?
            .keep();
        if let Some(user) = &user {
            std::os::unix::fs::chown(&folder, Some(user.id), Some(user.group))?;
        }
        std::fs::set_permissions(&folder, Permissions::from_mode(0o700))?;
        let command = |program: &str| as_user(user.as_ref(), &binaries.join(program), &folder);

        let mut guardian = as_user(user.as_ref(), Path::new("sh"), &folder);
        guardian
            .args(["-c", GUARDIAN, "sh"])
            .arg(&binaries)
            .arg(&folder);
        guardian
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0);
        let guardian = guardian
            .spawn()
            .context("can't start the guardian of the cluster")?;
        let mut cluster = Self {
            guardian,
            folder: folder.clone(),
            port: 0,
            version: String::new(),
        };

        cluster.version = shell::capture(command("postgres").arg("--version"))?
            .trim()
            .replace("postgres (PostgreSQL)", "PostgreSQL");
        let data = folder.join("data");
        let mut initdb = command("initdb");
        initdb.args([
            "--username=postgres",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
        ]);
        shell::capture(initdb.arg("--pgdata").arg(&data))?;
        for attempt in 1.. {
            cluster.port = free_port()?;
            std::fs::write(data.join("postgresql.auto.conf"), settings(cluster.port))?;
            let log = folder.join("log");
            let mut start = command("pg_ctl");
            start
                .args(["start", "--silent", "--wait"])
                .arg("--pgdata")
                .arg(&data)
                .arg("--log")
                .arg(&log);
            match shell::run(start.stdout(Stdio::null())) {
                Ok(()) => break,
                Err(_) if attempt < START_ATTEMPTS => {}
                Err(error) => bail!(
                    "{error:#}; its log:\n{}",
                    std::fs::read_to_string(&log).unwrap_or_default()
                ),
            }
        }
        Ok(cluster)
    }

    /// Where to connect, as the tests read it from SHIXIAN_TEST_POSTGRES.
    pub(crate) fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    /// Where its data and its log are.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// "PostgreSQL 15.18", perhaps with the packager's remark.
    pub(crate) fn version(&self) -> &str {
        &self.version
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.guardian.stdin.take());
        // Nothing is left to do if it fails: the guardian is a process of its own.
        let _ = self.guardian.wait();
    }
}

/// The folder with `initdb` and its companions: on the PATH, or where Debian keeps them, the newest first.
pub(crate) fn binaries() -> Result<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<_> = std::env::split_paths(&path).collect();
    if let Ok(versions) = std::fs::read_dir("/usr/lib/postgresql") {
        let versions = versions
            .flatten()
            .filter_map(|entry| entry.file_name().into_string().ok())
            .collect();
        folders.extend(
            newest_first(versions)
                .iter()
                .map(|version| format!("/usr/lib/postgresql/{version}/bin").into()),
        );
    }
    let is_complete = |folder: &PathBuf| {
        ["initdb", "pg_ctl", "postgres"]
            .iter()
            .all(|name| folder.join(name).is_file())
    };
    folders.into_iter().find(is_complete).context(
        "initdb, pg_ctl and postgres aren't installed: cargo xtask ci --only prerequisites",
    )
}

fn newest_first(mut versions: Vec<String>) -> Vec<String> {
    versions.sort_by_key(|version| std::cmp::Reverse(version.parse::<u32>().unwrap_or(0)));
    versions
}

/// Nothing of it outlives the run, so nothing is forced onto the disk.
fn settings(port: u16) -> String {
    format!(
        "listen_addresses = '127.0.0.1'\nport = {port}\nunix_socket_directories = ''\n\
         max_connections = {CONNECTIONS_MAX}\nfsync = off\nfull_page_writes = off\n"
    )
}

fn free_port() -> Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?
        .local_addr()?
        .port())
}

#[derive(Debug, PartialEq, Eq)]
struct User {
    name: String,
    id: u32,
    group: u32,
}

fn unprivileged_user() -> Result<User> {
    let list = std::fs::read_to_string("/etc/passwd").context("can't read /etc/passwd")?;
    UNPRIVILEGED
        .iter()
        .find_map(|name| user_in(&list, name))
        .with_context(|| format!("none of the users {} exists", UNPRIVILEGED.join(", ")))
}

fn user_in(list: &str, name: &str) -> Option<User> {
    let line = list
        .lines()
        .find(|line| line.split(':').next() == Some(name))?;
    let mut fields = line.split(':').skip(2);
    let id = fields.next()?.parse().ok().filter(|id| *id != 0)?;
    Some(User {
        name: name.to_owned(),
        id,
        group: fields.next()?.parse().ok()?,
    })
}

fn as_user(user: Option<&User>, program: &Path, folder: &Path) -> Command {
    let Some(user) = user else {
        return shell::command(program, folder);
    };
    let mut command = shell::command("runuser", folder);
    command.args(["-u", &user.name, "--"]).arg(program);
    command
}

#[cfg(test)]
mod tests {
    use std::net::TcpStream;

    use super::*;

    #[test]
    fn users_are_read() {
        let list = "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65533::/:/bin/false\n";
        let nobody = User {
            name: "nobody".to_owned(),
            id: 65534,
            group: 65533,
        };
        assert_eq!(user_in(list, "nobody"), Some(nobody));
        assert_eq!(user_in(list, "postgres"), None);
        assert_eq!(
            user_in(list, "root"),
            None,
            "the superuser is no unprivileged user"
        );
    }

    #[test]
    fn versions_are_ordered_by_number() {
        let versions = ["9", "15", "common", "17"].map(str::to_owned).to_vec();
        assert_eq!(newest_first(versions), ["17", "15", "9", "common"]);
    }

    #[test]
    fn a_cluster_answers_and_leaves_nothing() {
        let cluster = Cluster::start().unwrap();
        let (port, folder) = (cluster.port(), cluster.folder().to_owned());
        assert!(cluster.url().contains(&format!("@127.0.0.1:{port}/")));
        assert!(cluster.version().starts_with("PostgreSQL "));
        assert!(TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok());
        drop(cluster);
        assert!(
            TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err(),
            "still there"
        );
        assert!(!folder.exists());
    }

    #[test]
    fn settings_name_the_port_and_loopback_only() {
        let text = settings(54321);
        assert!(text.contains("port = 54321\n"));
        assert!(text.contains("listen_addresses = '127.0.0.1'\n"));
    }
}
