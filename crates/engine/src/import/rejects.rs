//! The rejects file.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::{ImportError, Reject};

/// Writes the rejects as CSV with the columns `line,case,reason,row`, in UTF-8.
///
/// The file is always written, with the header alone when nothing is rejected: whoever finds it knows that it
/// tells of the last run. It replaces its forerunner in one step, so that nobody reads half of it. As the rows
/// may hold personal data, only the owner may read it.
pub fn write_rejects(path: &Path, rejects: &[Reject]) -> Result<(), ImportError> {
    let draft = draft_path(path);
    let written = write_draft(&draft, rejects).and_then(|()| fs::rename(&draft, path));
    written.map_err(|source| {
        // The first failure is what counts; whether the draft can be cleared away isn't.
        let _ = fs::remove_file(&draft);
        ImportError::Write {
            path: path.to_owned(),
            source,
        }
    })
}

fn draft_path(path: &Path) -> PathBuf {
    let mut name = OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(format!(".{}.part", std::process::id()));
    path.with_file_name(name)
}

fn write_draft(draft: &Path, rejects: &[Reject]) -> io::Result<()> {
    let mut csv = csv::Writer::from_writer(create(draft)?);
    csv.write_record(["line", "case", "reason", "row"])?;
    for reject in rejects {
        let line = reject.line.to_string();
        csv.write_record([
            &line,
            reject.case.as_deref().unwrap_or(""),
            &reject.reason,
            &reject.row,
        ])?;
    }
    let mut file = csv.into_inner().map_err(csv::IntoInnerError::into_error)?;
    file.flush()?;
    file.sync_all()
}

fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replaces_the_file_and_leaves_no_draft() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rejects.csv");
        let reject = Reject {
            line: 7,
            case: None,
            reason: "no_case_number: …".to_owned(),
            row: ",\"a\nb\"".to_owned(),
        };
        write_rejects(&path, &[reject]).unwrap();
        assert_eq!(
            fs::read_to_string(&path).unwrap(),
            "line,case,reason,row\n7,,no_case_number: …,\",\"\"a\nb\"\"\"\n"
        );
        write_rejects(&path, &[]).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "line,case,reason,row\n");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        let lost = write_rejects(&folder.path().join("no/such/rejects.csv"), &[]).unwrap_err();
        assert!(matches!(lost, ImportError::Write { .. }));
    }
}
