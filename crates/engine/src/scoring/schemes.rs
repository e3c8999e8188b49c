//! By which scheme each month is scored: a month of a closed period by the edition that it was closed with, any other by
//! the one that the configuration names. So another scheme never scores anew what was closed.

use std::collections::BTreeMap;
use std::sync::Arc;

use approval::Books;
use approval::scoring::{Scheme, months_needed, months_of};
use approval::statistics::Period;
use chrono::{DateTime, Utc};
use store::Conn;
use store::chain::{HashAlgorithm, file_digest};
use store::scheme::{ClosingSchemeRow, SchemeEditionRow};

use super::NO_SCHEME;
use crate::assets;
use crate::engine::Engine;
use crate::error::EngineError;

/// How far before a period a row of months may reach back.
const MONTHS_BEFORE: u32 = 12;

/// The text of a scheme's file, and its digest.
#[derive(Clone, Debug)]
pub(crate) struct Edition {
    pub(crate) digest: String,
    pub(crate) name: String,
    pub(crate) body: String,
}

impl Edition {
    pub(crate) fn new(name: String, body: String) -> Self {
        Self {
            digest: file_digest(HashAlgorithm::Sm3, body.as_bytes()),
            name,
            body,
        }
    }

    pub(crate) fn scheme(&self) -> Result<Arc<Scheme>, EngineError> {
        let mut scheme = assets::scheme_of(&self.name, &self.body)?;
        scheme.edition.clone_from(&self.digest);
        Ok(Arc::new(scheme))
    }
}

/// By which schemes the scores of a period are made.
#[derive(Clone, Debug)]
pub(crate) struct Schemes {
    /// The one that ranks and grades: that of the last month.
    pub(crate) of_period: Arc<Scheme>,
    /// The months that are scored, the earliest first: those of the period, and those that a row may reach back to.
    pub(crate) months: Vec<(Period, Arc<Scheme>)>,
}

impl Engine {
    /// The scheme that the configuration names; `None` if it says that nobody is scored.
    ///
    /// # Errors
    /// A file that can't be read, or what is wrong in it, with line and key.
    pub fn scheme(&self) -> Result<Option<Arc<Scheme>>, EngineError> {
        let configured = self.configured()?;
        configured.map(|edition| edition.scheme()).transpose()
    }

    fn configured(&self) -> Result<Option<Edition>, EngineError> {
        let name = &self.settings().scoring;
        if name == NO_SCHEME {
            return Ok(None);
        }
        let (name, body) = assets::scheme_text(name)?;
        Ok(Some(Edition::new(name, body)))
    }

    /// By which schemes a period is scored; `None` if it isn't made of whole months, or nobody is scored.
    ///
    /// # Errors
    /// As [`Engine::scheme`]; a stored edition that isn't what it was; the database's.
    pub(crate) async fn schemes(
        &self,
        conn: &mut Conn,
        period: &Period,
        books: &Books,
        now: DateTime<Utc>,
    ) -> Result<Option<Schemes>, EngineError> {
        let today = books.calendar.office_date(now);
        let own = months_of(period).into_iter();
        let own: Vec<Period> = own.filter(|month| month.first() <= today).collect();
        let (Some(first), Some(last)) = (own.first(), own.last()) else {
            return Ok(None);
        };
        let mut finder = Finder::new(self, conn, period, (first, last)).await?;
        let Some(of_period) = finder.scheme(conn, last).await? else {
            return Ok(None);
        };
        let mut months = Vec::new();
        for month in months_needed(&of_period, period, today) {
            if let Some(scheme) = finder.scheme(conn, &month).await? {
                months.push((month, scheme));
            }
        }
        Ok(Some(Schemes { of_period, months }))
    }

    /// The scheme by which a month is scored.
    ///
    /// # Errors
    /// As [`Engine::schemes`].
    pub(crate) async fn scheme_of(
        &self,
        conn: &mut Conn,
        month: &Period,
    ) -> Result<Option<Arc<Scheme>>, EngineError> {
        let mut finder = Finder::new(self, conn, month, (month, month)).await?;
        finder.scheme(conn, month).await
    }

    /// The text of an edition that is about to be noted for a closed period; `None` if it is stored already.
    pub(crate) async fn edition_to_keep(
        &self,
        conn: &mut Conn,
        digest: &str,
        now_us: i64,
    ) -> Result<Option<SchemeEditionRow>, EngineError> {
        let known = store::scheme::get(conn, self.division(), digest).await?;
        if known.is_some() {
            return Ok(None);
        }
        let configured = self.configured()?;
        match configured.filter(|edition| edition.digest == digest) {
            Some(edition) => Ok(Some(SchemeEditionRow {
                division: self.division().to_owned(),
                edition: edition.digest,
                name: edition.name,
                body: edition.body,
                kept_at_us: now_us,
            })),
            None => Err(EngineError::invalid(
                "scheme_changes",
                "评分办法正在更换,请重试 / the scoring scheme is being changed: try again",
            )),
        }
    }
}

/// Finds the schemes of months; each edition is read once.
struct Finder {
    division: String,
    /// By month: the edition that it was closed with.
    closed: BTreeMap<String, String>,
    configured: Option<Edition>,
    read: BTreeMap<String, Arc<Scheme>>,
}

impl Finder {
    async fn new(
        engine: &Engine,
        conn: &mut Conn,
        period: &Period,
        (first, last): (&Period, &Period),
    ) -> Result<Self, EngineError> {
        let back = std::iter::successors(Some(*first), Period::before);
        let back = back.take(usize::try_from(MONTHS_BEFORE).unwrap_or_default());
        let from = back.last().unwrap_or(*first).to_string();
        let division = engine.division().to_owned();
        let last = last.to_string();
        let rows = store::scheme::of_months(conn, &division, (&from, &last)).await?;
        let (period, mut closed) = (period.to_string(), BTreeMap::new());
        for ClosingSchemeRow {
            period: of,
            month,
            edition,
            ..
        } in rows
        {
            // What the period itself was closed with goes before what its month was closed with.
            if of == period {
                closed.insert(month, edition);
            } else if of == month {
                closed.entry(month).or_insert(edition);
            }
        }
        Ok(Self {
            division,
            closed,
            configured: engine.configured()?,
            read: BTreeMap::new(),
        })
    }

    async fn scheme(
        &mut self,
        conn: &mut Conn,
        month: &Period,
    ) -> Result<Option<Arc<Scheme>>, EngineError> {
        let closed = self.closed.get(&month.to_string());
        let configured = self.configured.as_ref();
        let Some(digest) = closed.or(configured.map(|edition| &edition.digest)) else {
            return Ok(None);
        };
        if let Some(scheme) = self.read.get(digest) {
            return Ok(Some(Arc::clone(scheme)));
        }
        let scheme = match configured.filter(|edition| edition.digest == *digest) {
            Some(edition) => edition.scheme()?,
            None => stored(conn, &self.division, digest).await?.scheme()?,
        };
        self.read.insert(digest.clone(), Arc::clone(&scheme));
        Ok(Some(scheme))
    }
}

async fn stored(conn: &mut Conn, division: &str, digest: &str) -> Result<Edition, EngineError> {
    let row = store::scheme::get(conn, division, digest).await?;
    let edition = row.map(|row| Edition::new(row.name, row.body));
    // A text that was bent has another digest than it is known by.
    edition
        .filter(|edition| edition.digest == digest)
        .ok_or_else(|| {
            let key = format!("{division}/{digest}");
            store::StoreError::corrupt_value("scheme_edition", "body", key).into()
        })
}
