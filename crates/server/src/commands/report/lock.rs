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
        Self::take_or_wait(folder, name, what, || {})
    }

    /// The same; tells that it waits.
    fn take_or_wait(
        folder: &Path,
        name: &str,
        what: &Value,
        waits: impl FnOnce(),
    ) -> io::Result<Turn> {
        fs::create_dir_all(folder)?;
        let path = folder.join(format!(".report-{name}.lock"));
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        let mut file = options.open(path)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::Error(error)) => return Err(error),
            Err(TryLockError::WouldBlock) => {
                waits();
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
    use std::sync::mpsc;
    use std::thread::{self, JoinHandle};

    use super::*;

    fn ours(folder: &Path, what: &Value) -> Lock {
        match Lock::take(folder, "2011-10", what).unwrap() {
            Turn::Ours(lock) => lock,
            Turn::Made(answer) => panic!("{answer}"),
        }
    }

    /// Another process that asks while the lock is held; it waits when this returns.
    fn waiting(folder: &Path, what: &Value) -> JoinHandle<Option<Value>> {
        let (tell, told) = mpsc::channel();
        let (folder, what) = (folder.to_owned(), what.clone());
        let asks = thread::spawn(move || {
            let waits = || tell.send(()).unwrap();
            match Lock::take_or_wait(&folder, "2011-10", &what, waits).unwrap() {
                Turn::Ours(_) => None,
                Turn::Made(answer) => Some(answer),
            }
        });
        told.recv().unwrap();
        asks
    }

    #[test]
    fn who_waited_for_the_same_gets_its_answer() {
        let folder = tempfile::tempdir().unwrap();
        let what = json!(["pdf"]);
        let first = ours(folder.path(), &what);
        let same = waiting(folder.path(), &what);
        first.answered(&what, &json!({"files": 1})).unwrap();
        assert_eq!(same.join().unwrap(), Some(json!({"files": 1})));
        // Who comes later makes it anew.
        let second = ours(folder.path(), &what);
        let other = waiting(folder.path(), &json!(["json"]));
        second.answered(&what, &json!({"files": 1})).unwrap();
        assert_eq!(other.join().unwrap(), None, "something else was asked for");
    }

    #[test]
    fn what_a_run_that_died_left_is_no_answer() {
        let folder = tempfile::tempdir().unwrap();
        let what = json!(["pdf"]);
        let first = ours(folder.path(), &what);
        first.answered(&what, &json!(1)).unwrap();
        let dies = ours(folder.path(), &what);
        let waits = waiting(folder.path(), &what);
        drop(dies);
        assert_eq!(waits.join().unwrap(), None, "the answer of an older run");
    }
}
