//! Revisions of closed periods as reports tell them, kept in memory. What a revision changed is worked out from two payloads,
//! each the figures of a whole city; neither ever changes, and the revision's hash covers both, so once is enough.

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};

use approval::statistics::Revision;
use lru::LruCache;
use serde::Serialize;
use store::chain::{HashAlgorithm, file_digest};
use store::closing::ClosingHead;

/// How many revisions are kept: those of some periods that people look at.
const KEPT_MAX: NonZeroUsize = NonZeroUsize::new(64).expect("64 isn't zero");
/// Revisions with more changes aren't kept, so that all together take a few megabytes. A change of the calendar makes such
/// ones, of a whole month; late recordings change some tens of numbers.
const CHANGES_MAX: usize = 1_000;

/// What is stored of a period, in a few letters: equal figures have equal texts, and so equal digests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Digests {
    figures: String,
    scores: Option<String>,
}

impl Digests {
    pub(super) fn of(
        figures: &impl Serialize,
        scores: Option<&impl Serialize>,
    ) -> Result<Self, serde_json::Error> {
        Ok(Self {
            figures: digest(figures)?,
            scores: scores.map(digest).transpose()?,
        })
    }

    /// Whether a revision says the same; scores only where it has any.
    pub(super) fn are(&self, stored: &Self) -> bool {
        let scores = stored.scores.is_none() || stored.scores == self.scores;
        scores && stored.figures == self.figures
    }
}

fn digest(told: &impl Serialize) -> Result<String, serde_json::Error> {
    let text = serde_json::to_vec(told)?;
    Ok(file_digest(HashAlgorithm::Sm3, &text))
}

/// What a report tells of a revision, and what its figures are known by.
#[derive(Debug)]
pub(crate) struct Told {
    pub(super) digests: Digests,
    pub(super) revision: Revision,
}

/// The cache.
#[derive(Debug)]
pub(crate) struct ToldCache {
    kept: Mutex<LruCache<String, Arc<Told>>>,
}

impl Default for ToldCache {
    fn default() -> Self {
        Self {
            kept: Mutex::new(LruCache::new(KEPT_MAX)),
        }
    }
}

impl ToldCache {
    /// What is told of a revision, if it is kept. The hash doesn't cover when it was stored: a row that says otherwise is told
    /// as it is.
    pub(super) fn get(&self, head: &ClosingHead) -> Option<Arc<Told>> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let told = kept.get(&head.hash)?;
        let closed_at = store::codec::instant(head.closed_at_us);
        let same = told.revision.number == head.revision && told.revision.closed_at == closed_at;
        same.then(|| Arc::clone(told))
    }

    /// Keeps what is told of a revision, unless it is too long.
    pub(super) fn put(&self, told: Arc<Told>) {
        if told.revision.changes.len() > CHANGES_MAX {
            return;
        }
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.put(told.revision.hash.clone(), told);
    }
}
