//! How far revisions of calendar and rules have come.

use store::codec::instant;

use crate::page::PageError;
use crate::shown;
use crate::site::Site;
use crate::visitor::Visitor;

/// Revisions on a page.
const SHOWN_MAX: usize = 10;

/// A revision as it is shown.
pub(super) struct Revision {
    pub(super) at: String,
    pub(super) from: String,
    pub(super) to: String,
    pub(super) looked_at: i64,
    pub(super) moved: i64,
    pub(super) annulled: i64,
    pub(super) raised: i64,
    /// Whether it is through.
    pub(super) done: bool,
}

/// The latest revisions of a kind: `calendar` or `rules`.
pub(super) async fn of(
    site: &Site,
    visitor: &Visitor,
    kind: &str,
) -> Result<Vec<Revision>, PageError> {
    let (t, calendar) = (visitor.texts, &visitor.books.calendar);
    let rows = site.engine.revisions().await?;
    let rows = rows.into_iter().filter(|row| row.kind == kind);
    let shown = rows.take(SHOWN_MAX).map(|row| Revision {
        at: shown::brief(
            t.language(),
            calendar,
            instant(row.started_at_us),
            visitor.now,
        ),
        from: row.from_version,
        to: row.to_version,
        looked_at: row.looked_at,
        moved: row.dates_moved,
        annulled: row.annulled,
        raised: row.raised,
        done: row.finished_at_us.is_some(),
    });
    Ok(shown.collect())
}
