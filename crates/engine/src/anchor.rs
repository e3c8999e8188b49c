//! Anchors: one line about the whole record of a division, to be kept outside the database, and checking the record
//! against such lines.
//!
//! Whoever may write to the database can recompute every hash in it. A line that was written down elsewhere he can't
//! change: what it covers has to be there, word for word and in its order, for as long as anybody keeps the line.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use store::anchor::{Head, LogHead, Walk};
use store::chain::HashAlgorithm;
use store::feed::FeedPosition;
use store::verify::{ANCHOR, Defect, DefectKind, VerifyReport};

use crate::engine::Engine;
use crate::error::EngineError;

/// The form of the lines.
const FORM: u32 = 1;

/// One line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Anchor {
    /// The form of the line, 1.
    pub anchor: u32,
    /// The division.
    pub division: String,
    /// When it was taken, by the program's clock.
    pub at: DateTime<Utc>,
    /// How many events the division had.
    pub events: i64,
    /// The place of the last of them in their order.
    pub last: Place,
    /// The digest: `sm3` or `sha256`.
    pub hash_algorithm: String,
    /// The digest over all of them.
    pub head: String,
    /// Entries of the audit log.
    pub audit_entries: i64,
    /// The hash of the last of them.
    pub audit_hash: String,
}

/// A place in the order of the events.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// The group of its commit.
    pub group: i64,
    /// The subject.
    pub subject: String,
    /// The event.
    pub seq: i64,
}

impl Place {
    fn position(&self) -> FeedPosition {
        FeedPosition {
            group: self.group,
            subject: self.subject.clone(),
            seq: self.seq,
        }
    }
}

impl Anchor {
    /// Reads lines, blank ones left out.
    ///
    /// # Errors
    /// A line that is no anchor, with its number.
    pub fn read(text: &str) -> Result<Vec<Self>, EngineError> {
        let lines = text.lines().enumerate();
        lines
            .filter(|(_, line)| !line.trim().is_empty())
            .map(|(index, line)| {
                let wrong = |why: String| {
                    EngineError::invalid(
                        "bad_anchor",
                        format!("第 {} 行不是锚:{why} / this line is no anchor", index + 1),
                    )
                };
                let anchor: Self =
                    serde_json::from_str(line).map_err(|error| wrong(error.to_string()))?;
                if anchor.anchor != FORM {
                    return Err(wrong(format!("anchor {}", anchor.anchor)));
                }
                if HashAlgorithm::parse(&anchor.hash_algorithm).is_none() {
                    return Err(wrong(anchor.hash_algorithm));
                }
                Ok(anchor)
            })
            .collect()
    }
}

impl Engine {
    /// One line for each division.
    ///
    /// # Errors
    /// The database's.
    pub async fn anchors(&self) -> Result<Vec<Anchor>, EngineError> {
        let algorithm = self.settings().hash;
        let mut conn = self.inner.store.snapshot().await?;
        let mut anchors = Vec::new();
        for division in store::reference::divisions(&mut conn).await? {
            let division = division.division;
            let mut walk = Walk::begin(&mut conn, &division, algorithm).await?;
            let head: Head = walk.to(&mut conn, None).await?.clone();
            let log = store::anchor::log_head(&mut conn, &division).await?;
            anchors.push(Anchor {
                anchor: FORM,
                division,
                at: self.clock().now(),
                events: head.events,
                last: Place {
                    group: head.position.group,
                    subject: head.position.subject,
                    seq: head.position.seq,
                },
                hash_algorithm: algorithm.as_str().to_owned(),
                head: head.head,
                audit_entries: log.seq,
                audit_hash: log.hash,
            });
        }
        Ok(anchors)
    }

    /// Compares the record with anchors, and adds what differs to a report of [`Engine::verify`]. The events of a division
    /// are read once for each digest, however many anchors there are.
    ///
    /// # Errors
    /// The database's.
    pub async fn verify_against(
        &self,
        anchors: &[Anchor],
        report: &mut VerifyReport,
    ) -> Result<(), EngineError> {
        let mut walks: BTreeMap<(&str, &str), Vec<&Anchor>> = BTreeMap::new();
        for anchor in anchors {
            let key = (anchor.division.as_str(), anchor.hash_algorithm.as_str());
            walks.entry(key).or_default().push(anchor);
        }
        let mut conn = self.inner.store.snapshot().await?;
        for ((division, algorithm), mut of_walk) in walks {
            of_walk.sort_by_key(|anchor| anchor.last.position());
            let algorithm = HashAlgorithm::parse(algorithm).unwrap_or_default();
            let mut walk = Walk::begin(&mut conn, division, algorithm).await?;
            for anchor in of_walk {
                let head = walk.to(&mut conn, Some(&anchor.last.position())).await?;
                let of_events = found(head, anchor);
                let log = LogHead {
                    seq: anchor.audit_entries,
                    hash: anchor.audit_hash.clone(),
                };
                let of_log = match store::anchor::log_holds(&mut conn, division, &log).await? {
                    Some(true) => None,
                    Some(false) => Some(DefectKind::AnchorDiffers),
                    None => Some(DefectKind::AnchorBeyond),
                };
                let defect = |kind, part: &str, seq| Defect {
                    division: division.to_owned(),
                    subject: format!("{ANCHOR}{part}"),
                    seq,
                    kind,
                };
                let events = of_events.map(|kind| defect(kind, "", anchor.events));
                let log = of_log.map(|kind| defect(kind, "/audit", anchor.audit_entries));
                report.defects.extend(events.into_iter().chain(log));
            }
        }
        report.defects.sort();
        Ok(())
    }
}

/// What is wrong with the events up to an anchor's place.
fn found(head: &Head, anchor: &Anchor) -> Option<DefectKind> {
    let holds = head.events == anchor.events && head.head == anchor.head;
    if holds {
        None
    } else if head.events < anchor.events && head.position < anchor.last.position() {
        Some(DefectKind::AnchorBeyond)
    } else {
        Some(DefectKind::AnchorDiffers)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bent_anchors_are_refused_or_read() {
        let line = r#"{"anchor":1,"division":"410800","at":"2011-09-26T10:00:00Z","events":3,"last":{"group":7,"subject":"410800-FGW-20110926-0001","seq":2},"hash_algorithm":"sm3","head":"66c7f0f4","audit_entries":0,"audit_hash":""}"#;
        let good = format!("{line}\n\n{line}\n");
        testkit::bent::check(&[good.as_bytes()], |bytes| {
            let text = String::from_utf8_lossy(bytes);
            match Anchor::read(&text) {
                Ok(anchors) => {
                    assert!(anchors.len() <= text.lines().count());
                    true
                }
                Err(error) => {
                    assert!(error.to_string().len() < 4096 + text.len());
                    false
                }
            }
        });
    }
}
