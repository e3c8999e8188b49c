//! A database file on its way: written beside its place and put there when it is whole.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, chown};
use std::path::{Path, PathBuf};

use tempfile::TempPath;

/// What SQLite may have beside a database file.
const BESIDE: [&str; 3] = ["-wal", "-shm", "-journal"];
/// A database holds personal data: it is its owner's.
const MODE: u32 = 0o600;

/// The file. Where it isn't put into its place, it is removed; one that a killed process left is used again.
pub(crate) struct Part {
    path: PathBuf,
    target: PathBuf,
    /// Held open, and locked, as long as it is written.
    file: Option<File>,
}

impl Part {
    /// Begins an empty file.
    ///
    /// # Errors
    /// The system's; `WouldBlock` if another process is writing it.
    pub(crate) fn begin(target: &Path) -> io::Result<Self> {
        let path = with(target, ".part");
        let file = loop {
            let file = OpenOptions::new()
                .write(true)
                .create(true)
                .truncate(false)
                .mode(MODE)
                .open(&path)?;
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => return Err(io::ErrorKind::WouldBlock.into()),
                Err(TryLockError::Error(error)) => return Err(error),
            }
            // Between opening and locking, another process may have put this very file into its place.
            if still_there(&path, &file)? {
                break file;
            }
        };
        file.set_len(0)?;
        for beside in BESIDE {
            removed(&with(&path, beside))?;
        }
        Ok(Self {
            path,
            target: target.to_owned(),
            file: Some(file),
        })
    }

    /// Where it lies.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Gives it to whoever owns the file that it replaces, or else the folder: a service's own account, where the
    /// superuser restores. Anybody else can't give files away and needn't.
    pub(crate) fn give_to_owner(&self) -> io::Result<()> {
        let owner = fs::metadata(&self.target).or_else(|_| fs::metadata(folder(&self.target)))?;
        match chown(&self.path, Some(owner.uid()), Some(owner.gid())) {
            Err(error) if error.kind() != io::ErrorKind::PermissionDenied => Err(error),
            _ => Ok(()),
        }
    }

    /// Puts it into its place, on the disk. Gives its length in bytes.
    ///
    /// # Errors
    /// The system's; `AlreadyExists` if something has come to lie there meanwhile, which stays.
    pub(crate) fn finish(mut self) -> io::Result<u64> {
        let bytes = match &self.file {
            Some(file) => {
                file.sync_all()?;
                file.metadata()?.len()
            }
            None => 0,
        };
        TempPath::try_from_path(&self.path)?
            .persist_noclobber(&self.target)
            .map_err(|failed| {
                // It is removed once, with all that belongs to it.
                drop(failed.path.keep());
                failed.error
            })?;
        self.file = None;
        File::open(folder(&self.target))?.sync_all()?;
        Ok(bytes)
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        if let Some(file) = self.file.take() {
            // What can't be removed now is used again by the next one. The name goes last, and the lock after it: what
            // lies there then is another process's.
            for beside in BESIDE {
                drop(removed(&with(&self.path, beside)));
            }
            drop(fs::remove_file(&self.path));
            drop(file);
        }
    }
}

/// Puts aside under names that are free what lies in a database's place: its file, and what SQLite left beside it, also
/// where the file itself is gone or empty, since the next one there would be opened with it. Gives the name, if there was
/// anything.
pub(crate) fn put_aside(path: &Path) -> io::Result<Option<PathBuf>> {
    let free = (1..)
        .map(|number: u32| with(path, &format!(".replaced-{number}")))
        .find(|name| !name.exists() && BESIDE.iter().all(|beside| !with(name, beside).exists()))
        .unwrap_or_else(|| with(path, ".replaced"));
    let mut found = false;
    for end in BESIDE.into_iter().chain([""]) {
        match fs::rename(with(path, end), with(&free, end)) {
            Ok(()) => found = true,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Ok(found.then_some(free))
}

/// A path with something after its name.
pub(crate) fn with(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    PathBuf::from(name)
}

fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    }
}

/// Whether a path still names the file that was opened by it.
fn still_there(path: &Path, file: &File) -> io::Result<bool> {
    let opened = file.metadata()?;
    match fs::metadata(path) {
        Ok(named) => Ok((named.dev(), named.ino()) == (opened.dev(), opened.ino())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

fn removed(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_isnt_finished_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("copy.db");
        let part = Part::begin(&target).unwrap();
        fs::write(part.path(), "half").unwrap();
        fs::write(with(part.path(), "-journal"), "half").unwrap();
        let second = Part::begin(&target).map(drop).unwrap_err();
        assert_eq!(second.kind(), io::ErrorKind::WouldBlock);
        drop(part);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn what_a_dead_process_left_is_used_again() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("copy.db");
        fs::write(with(&target, ".part"), "left").unwrap();
        fs::write(with(&target, ".part-wal"), "left").unwrap();
        let part = Part::begin(&target).unwrap();
        fs::write(part.path(), "whole").unwrap();
        assert_eq!(part.finish().unwrap(), 5);
        assert_eq!(fs::read(&target).unwrap(), b"whole");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        let aside = with(&target, ".replaced-1");
        assert_eq!(put_aside(&target).unwrap(), Some(aside));
    }

    #[test]
    fn nothing_that_lies_there_is_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("copy.db");
        let part = Part::begin(&target).unwrap();
        fs::write(part.path(), "second").unwrap();
        fs::write(&target, "first").unwrap();
        let refused = part.finish().unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read(&target).unwrap(), b"first");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_file_that_got_its_name_isnt_begun_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("copy.db.part");
        let file = File::create(&path).unwrap();
        assert!(still_there(&path, &file).unwrap());
        fs::rename(&path, folder.path().join("copy.db")).unwrap();
        assert!(!still_there(&path, &file).unwrap());
        fs::write(&path, "of another process").unwrap();
        assert!(!still_there(&path, &file).unwrap());
    }

    /// Many at once to one name: one copy comes to lie there, whole, and the others are told.
    #[test]
    fn of_many_at_once_one_is_put_there_whole() {
        let folder = tempfile::tempdir().unwrap();
        for round in 0..50 {
            let target = folder.path().join(format!("{round}.db"));
            let done = std::thread::scope(|scope| {
                let writers = (0..8).map(|number: u8| {
                    let target = &target;
                    scope.spawn(move || {
                        let part = Part::begin(target)?;
                        fs::write(part.path(), [number; 5000])?;
                        part.finish()
                    })
                });
                let writers: Vec<_> = writers.collect();
                let ended = writers.into_iter().map(|writer| writer.join().unwrap());
                ended.filter(Result::is_ok).count()
            });
            let there = fs::read(&target).unwrap();
            assert_eq!((done, there.len()), (1, 5000));
            assert!(there.iter().all(|byte| *byte == there[0]));
        }
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 50);
    }
}
