//! Subjects that were read or written lately. A row's last hash says whether a kept one is still true,
//! so any number of processes may keep their own.

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};

use approval::Subject;
use lru::LruCache;

/// How many subjects are kept: a few kilobytes each, so some tens of megabytes at most.
const KEPT_MAX: NonZeroUsize = NonZeroUsize::new(4096).expect("4096 isn't zero");

type Key = (String, String);

/// The cache.
#[derive(Debug)]
pub(crate) struct SubjectCache {
    kept: Mutex<LruCache<Key, (String, Arc<Subject>)>>,
}

impl Default for SubjectCache {
    fn default() -> Self {
        Self {
            kept: Mutex::new(LruCache::new(KEPT_MAX)),
        }
    }
}

impl SubjectCache {
    /// The subject whose last event has this hash, if it is kept.
    pub(crate) fn get(&self, division: &str, subject: &str, hash: &str) -> Option<Arc<Subject>> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (division.to_owned(), subject.to_owned());
        kept.get(&key)
            .filter(|(of, _)| of == hash)
            .map(|(_, subject)| Arc::clone(subject))
    }

    /// Keeps a subject as of its last hash. One that a rolled-back transaction wrote does no harm:
    /// its hash is in no row.
    pub(crate) fn put(&self, hash: String, subject: Arc<Subject>) {
        let key = (
            subject.division.as_str().to_owned(),
            subject.id.as_str().to_owned(),
        );
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.put(key, (hash, subject));
    }
}
