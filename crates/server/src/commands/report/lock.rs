//! One report at a time: two runs of cron at once make one report and one mail.
//!
//! The lock is the system's own on a hidden file beside the report, so that it goes with the process that holds it,
//! however that ends. What the holder answered stands in the file; whoever waited for it answers the same.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::path::Path;

use serde_json::{Value, json};

/// The right to make a report.
pub(super) struct Lock(File);

/// What came of asking for it.
pub(super) enum Turn {
    /// It is ours.
    Ours(Lock),
    /// Somebody made the same report while we waited: this was the answer.
    Made(Value),
}

impl Lock {
    /// Waits for the right to make a report of a name; `what` is all that makes two reports the same.
    pub(super) fn take(folder: &Path, name: &str, what: &Value) -> io::Result<Turn> {
        fs::create_dir_all(folder)?;
        let path = folder.join(format!(".report-{name}.lock"));
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        let mut file = options.open(path)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::Error(error)) => return Err(error),
            Err(TryLockError::WouldBlock) => {
                file.lock()?;
                let mut text = String::new();
                file.read_to_string(&mut text)?;
                let made: Value = serde_json::from_str(&text).unwrap_or_default();
                if made.get("what") == Some(what)
                    && let Some(answer) = made.get("answer")
                {
                    return Ok(Turn::Made(answer.clone()));
                }
            }
        }
        // What stood there is older than this run.
        file.set_len(0)?;
        Ok(Turn::Ours(Self(file)))
    }

    /// Leaves the answer for those who waited, and the right to the next.
    pub(super) fn answered(mut self, what: &Value, answer: &Value) -> io::Result<()> {
        let text = json!({ "what": what, "answer": answer }).to_string();
        self.0.rewind()?;
        self.0.write_all(text.as_bytes())?;
        self.0.flush()?;
        self.0.unlock()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn ours(folder: &Path, what: &Value) -> Lock {
        match Lock::take(folder, "2011-10", what).unwrap() {
            Turn::Ours(lock) => lock,
            Turn::Made(answer) => panic!("{answer}"),
        }
    }

    #[test]
    fn who_waited_for_the_same_gets_its_answer() {
        let folder = tempfile::tempdir().unwrap();
        let what = json!(["pdf"]);
        let first = ours(folder.path(), &what);
        let path = folder.path().to_owned();
        let (same, other) = (what.clone(), json!(["json"]));
        let waiting =
            std::thread::spawn(move || match Lock::take(&path, "2011-10", &same).unwrap() {
                Turn::Ours(_) => Value::Null,
                Turn::Made(answer) => answer,
            });
        std::thread::sleep(Duration::from_millis(100));
        first.answered(&what, &json!({"files": 1})).unwrap();
        assert_eq!(waiting.join().unwrap(), json!({"files": 1}));
        // Who comes later makes it anew, and so does who asks for something else.
        drop(ours(folder.path(), &what));
        drop(ours(folder.path(), &other));
    }

    #[test]
    fn what_a_run_that_died_left_is_no_answer() {
        let folder = tempfile::tempdir().unwrap();
        let what = json!(["pdf"]);
        ours(folder.path(), &what)
            .answered(&what, &json!(1))
            .unwrap();
        let dies = ours(folder.path(), &what);
        let path = folder.path().to_owned();
        let again = what.clone();
        let waiting = std::thread::spawn(move || {
            matches!(Lock::take(&path, "2011-10", &again).unwrap(), Turn::Ours(_))
        });
        std::thread::sleep(Duration::from_millis(100));
        drop(dies);
        assert!(
            waiting.join().unwrap(),
            "the answer of an older run isn't given again"
        );
    }
}
