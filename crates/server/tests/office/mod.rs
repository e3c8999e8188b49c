//! An office of the tests' own: a folder, a trial database, and the binary run in it.
#![allow(
    dead_code,
    clippy::allow_attributes,
    reason = "each test binary uses its own part of this"
)]

use std::fmt::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::Value;

const UNITS: &str = "code,name\nFGW,发展和改革委员会\nJCJ,监察局\n";
const ITEMS: &str = "code,name,unit,kind,promised_amount,promised_unit,statutory_amount,statutory_unit,\
    handling,review,approval,completion,basis\n\
    FGW-002,企业投资项目核准,FGW,committed,12,working_days,20,working_days,6,3,2,1,行政许可法第四十二条\n";
const PEOPLE: &str = "code,name,unit,role,email,posts\n\
    FGW-C1,韩霞琪,FGW,clerk,c1@fgw.example,acceptance completion\n\
    FGW-C2,高杰,FGW,clerk,c2@fgw.example,acceptance\n\
    FGW-H1,李明,FGW,staff,h1@fgw.example,handling review approval\n\
    FGW-L1,王强,FGW,head,l1@fgw.example,\n\
    JCJ-I1,赵敏,JCJ,inspector,i1@jcj.example,\n";

/// How a run of the binary ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) status: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// The office.
pub(crate) struct Office {
    folder: tempfile::TempDir,
    url: String,
}

impl Office {
    /// The number that the first case gets.
    pub(crate) const CASE: &str = "410800-FGW-20110926-0001";

    /// An office on a file.
    pub(crate) fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("t.db").display());
        Self::new(folder, url)
    }

    /// An office on a server.
    pub(crate) fn postgres() -> Self {
        let url = testkit::postgres::fresh_database();
        Self::new(tempfile::tempdir().unwrap(), url)
    }

    fn new(folder: tempfile::TempDir, url: String) -> Self {
        let office = Self { folder, url };
        for (name, text) in [
            ("units.csv", UNITS),
            ("items.csv", ITEMS),
            ("people.csv", PEOPLE),
        ] {
            std::fs::write(office.path(name), text).unwrap();
        }
        let migrated = office.run("migrate --trial");
        assert_eq!(migrated.status, 0, "{migrated:?}");
        office
    }

    /// The database's address.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// A path in the office's folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The binary with arguments, on the office's database.
    pub(crate) fn command(&self, arguments: &str) -> Command {
        let mut command = self.bare(arguments);
        if !arguments.contains("--database") {
            command.args(["--database", &self.url]);
        }
        command
    }

    fn bare(&self, arguments: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_shixian"));
        for (name, _) in std::env::vars() {
            if name.starts_with("SHIXIAN_") || name == "RUST_LOG" {
                command.env_remove(name);
            }
        }
        let arguments = arguments.split(' ').map(|word| match word {
            "C" => Self::CASE,
            word => word,
        });
        command.current_dir(self.folder.path()).args(arguments);
        command
    }

    /// Runs the binary.
    pub(crate) fn run(&self, arguments: &str) -> Ended {
        self.run_with(arguments, &[])
    }

    /// Runs it with variables of the environment.
    pub(crate) fn run_with(&self, arguments: &str, variables: &[(&str, &str)]) -> Ended {
        end(self.command(arguments).envs(variables.iter().copied()))
    }

    /// Runs it without telling it the database.
    pub(crate) fn without_database(&self, arguments: &str, variables: &[(&str, &str)]) -> Ended {
        end(self.bare(arguments).envs(variables.iter().copied()))
    }

    /// Runs a script and tells it like a terminal: each line, its status and what it answered, one field a line.
    pub(crate) fn transcript(&self, script: &[&str]) -> String {
        let mut out = String::new();
        for line in script {
            let ended = self.run(line);
            writeln!(out, "$ {line}\n-> {}", ended.status).unwrap();
            for answer in ended.stdout.lines() {
                tell(&mut out, &json(answer));
            }
            if ended.stdout.is_empty() {
                writeln!(out, "{}", ended.stderr.trim_end()).unwrap();
            }
            out.push('\n');
        }
        out
    }
}

fn end(command: &mut Command) -> Ended {
    let output = command.stdin(Stdio::null()).output().unwrap();
    Ended {
        status: output.status.code().unwrap(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// One field a line, lists one element a line; hashes rest on salts and are left out.
fn tell(out: &mut String, answer: &Value) {
    for (name, value) in answer.as_object().unwrap() {
        match value {
            Value::String(_) if name == "hash" => writeln!(out, "{name} …").unwrap(),
            Value::Array(list) if !list.is_empty() => {
                for element in list {
                    writeln!(out, "{name}[] {element}").unwrap();
                }
            }
            value => writeln!(out, "{name} {value}").unwrap(),
        }
    }
}

/// Reads one answer.
pub(crate) fn json(line: &str) -> Value {
    serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line:?}"))
}
