//! Files that appear whole or not at all.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use report::period::ReportFile;
use tempfile::NamedTempFile;

/// Puts files into a folder, each whole or not at all: written beside, flushed to the disk, then renamed. Two runs at
/// once leave the files of one of them.
pub(super) fn put(folder: &Path, made: &[ReportFile]) -> io::Result<Vec<PathBuf>> {
    fs::create_dir_all(folder)?;
    let mut ready = Vec::new();
    for file in made {
        let mut beside = temporary(folder)?;
        beside.write_all(&file.content)?;
        beside.as_file().sync_all()?;
        ready.push((beside, folder.join(&file.name)));
    }
    let mut paths = Vec::new();
    for (beside, path) in ready {
        beside.persist(&path).map_err(|error| error.error)?;
        paths.push(path);
    }
    Ok(paths)
}

/// A file that goes when it isn't kept. Others may read it as far as the office's own mask lets them.
pub(crate) fn temporary(folder: &Path) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".report-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    builder.tempfile_in(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str, content: &str) -> ReportFile {
        ReportFile {
            name: name.to_owned(),
            content: content.as_bytes().to_vec(),
        }
    }

    #[test]
    fn files_appear_whole_and_replace_older_ones() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("new/reports");
        put(&out, &[file("2011.json", "old"), file("2011.csv", "a")]).unwrap();
        let paths = put(&out, &[file("2011.json", "new")]).unwrap();
        assert_eq!(paths, [out.join("2011.json")]);
        assert_eq!(fs::read_to_string(out.join("2011.json")).unwrap(), "new");
        let left: Vec<_> = fs::read_dir(&out)
            .unwrap()
            .map(|e| e.unwrap().file_name())
            .collect();
        assert_eq!(left.len(), 2, "{left:?}");
    }

    #[test]
    fn nothing_is_left_where_one_file_fails() {
        let folder = tempfile::tempdir().unwrap();
        // A folder bears the second file's name, so that it can't be put there.
        fs::create_dir(folder.path().join("b.csv")).unwrap();
        assert!(put(folder.path(), &[file("b.csv", "2")]).is_err());
        let left: Vec<_> = fs::read_dir(folder.path())
            .unwrap()
            .map(|e| e.unwrap().file_name())
            .collect();
        assert_eq!(left, ["b.csv"]);
        // A file is no folder.
        fs::write(folder.path().join("plain"), "").unwrap();
        assert!(put(&folder.path().join("plain"), &[file("c", "")]).is_err());
    }
}
