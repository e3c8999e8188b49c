//! Mails as files, one per Message-ID.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
    process,
    sync::atomic::{AtomicU64, Ordering},
};

use crate::mail::fingerprint;

/// Longer names are cut; file systems take 255 bytes, and the ending and the fingerprint need some.
const NAME_BYTES_MAX: usize = 180;

/// Tells the temporary files of one process apart.
static COUNTER: AtomicU64 = AtomicU64::new(0);

/// Writes a mail so that its file is either whole or absent, also after a power cut. A second copy replaces the
/// first.
pub(crate) fn write(dir: &Path, id: &str, bytes: &[u8]) -> io::Result<()> {
    fs::create_dir_all(dir)?;
    let target = dir.join(file_name(id));
    let temporary = temporary(dir);
    let written = (|| {
        let mut file = File::create_new(&temporary)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&temporary, &target)
    })();
    if let Err(error) = written {
        // The reason matters, not whether the remains could be cleared.
        let _ = fs::remove_file(&temporary);
        return Err(error);
    }
    sync_folder(dir)
}

/// Writes an empty file and removes it.
pub(crate) fn probe(dir: &Path) -> io::Result<()> {
    fs::create_dir_all(dir)?;
    let path = temporary(dir);
    File::create_new(&path)?.sync_all()?;
    fs::remove_file(&path)
}

fn temporary(dir: &Path) -> PathBuf {
    let number = COUNTER.fetch_add(1, Ordering::Relaxed);
    dir.join(format!(".{}-{number}.tmp", process::id()))
}

/// The new name is durable only once the folder is.
fn sync_folder(dir: &Path) -> io::Result<()> {
    if cfg!(unix) {
        File::open(dir)?.sync_all()?;
    }
    Ok(())
}

/// A file name that no Message-ID can lead out of the folder; ids that had to be changed keep apart by a
/// fingerprint.
fn file_name(id: &str) -> String {
    let mut safe: String = id
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || matches!(c, '@' | '.' | '-' | '_') {
                c
            } else {
                '_'
            }
        })
        .take(NAME_BYTES_MAX)
        .collect();
    if safe.starts_with('.') {
        safe.replace_range(..1, "_");
    }
    if safe == id {
        format!("{safe}.eml")
    } else {
        format!("{safe}-{:016x}.eml", fingerprint(id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_in_the_folder_and_apart() {
        assert_eq!(
            file_name("w-17@shixian.example.cn"),
            "w-17@shixian.example.cn.eml"
        );
        for id in ["../../etc/passwd@x", "a/b@x", "..", ".hidden@x", "a\\b@x"] {
            let name = file_name(id);
            assert!(
                !name.contains('/') && !name.contains('\\') && !name.starts_with('.'),
                "{name}"
            );
        }
        assert_ne!(file_name("a/b@x"), file_name("a+b@x"));
        assert_ne!(file_name("a/b@x"), file_name("a_b@x"));
        assert!(file_name(&"x".repeat(900)).len() < 255);
    }
}
