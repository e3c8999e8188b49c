//! Verifying the record: every event against its hash, its neighbours, its columns, its personal data and its subject.

use std::collections::{BTreeMap, VecDeque};

use serde::Deserialize;

use crate::chain::{GENESIS, HashAlgorithm, chain_hash, personal_digest};
use crate::closing::ClosingRow;
use crate::conn::{Conn, fetch_value, on_db, statement_name, statements};
use crate::event::{self, EventRow};
use crate::personal::{self, PersonalRow};
use crate::subject::{self, SubjectRow};
use crate::{Store, StoreError, audit, closing, scheme};

/// What defects of the audit log have in the place of a subject; no subject's number is like it.
pub const AUDIT_LOG: &str = "audit";
/// What defects that an anchor shows have in the place of a subject.
pub const ANCHOR: &str = "anchor";
/// What defects of a closed period have before it in the place of a subject.
pub const CLOSING: &str = "closing/";
/// Closed periods read at once: each has the figures of a whole city.
const PAGE_CLOSINGS: i64 = 20;
/// Rows read at once: a few megabytes at most, whatever the length of the history.
const PAGE: i64 = 1_000;

/// What is wrong with an event or a subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum DefectKind {
    /// The stored hash isn't that of the previous hash and the payload.
    HashMismatch,
    /// The previous hash isn't the hash of the event before.
    BrokenLink,
    /// An event is missing in front of a later one.
    MissingEvent,
    /// A column, or a row beside it, says something else than the payload.
    ColumnDiffers,
    /// The subject's row knows of later events than there are.
    TailMissing,
    /// There are later events than the subject's row knows of, or another last one.
    SubjectDiffers,
    /// There are events of a subject that has no row.
    SubjectMissing,
    /// A subject's row without any event.
    EventsMissing,
    /// Personal data that don't match the digest in the event.
    PersonalDiffers,
    /// Personal data without an event.
    PersonalWithoutEvent,
    /// An event was recorded before the one in front of it.
    RecordedBackwards,
    /// A file beside the record that an event doesn't know, or knows otherwise, or whose bytes have another digest.
    AttachmentDiffers,
    /// An event names a file that isn't there.
    AttachmentMissing,
    /// The record ends before a place that an anchor names, or has no such place.
    AnchorBeyond,
    /// Up to an anchor's place the record isn't what the anchor says.
    AnchorDiffers,
    /// The payload isn't an object with the fields that every event has.
    UnreadablePayload,
}

impl DefectKind {
    /// The word for it in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::HashMismatch => "hash_mismatch",
            Self::BrokenLink => "broken_link",
            Self::MissingEvent => "missing_event",
            Self::ColumnDiffers => "column_differs",
            Self::TailMissing => "tail_missing",
            Self::SubjectDiffers => "subject_differs",
            Self::SubjectMissing => "subject_missing",
            Self::EventsMissing => "events_missing",
            Self::PersonalDiffers => "personal_differs",
            Self::PersonalWithoutEvent => "personal_without_event",
            Self::RecordedBackwards => "recorded_backwards",
            Self::AttachmentDiffers => "attachment_differs",
            Self::AttachmentMissing => "attachment_missing",
            Self::AnchorBeyond => "anchor_beyond",
            Self::AnchorDiffers => "anchor_differs",
            Self::UnreadablePayload => "unreadable_payload",
        }
    }
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Defect {
    /// The division.
    pub division: String,
    /// The subject.
    pub subject: String,
    /// The event; where events are missing at the end, the first of them.
    pub seq: i64,
    /// What is wrong.
    pub kind: DefectKind,
}

/// What verifying found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[must_use]
pub struct VerifyReport {
    /// Subjects with events.
    pub subjects: i64,
    /// Events.
    pub events: i64,
    /// Events whose personal data were erased: no defect, but counted.
    pub erased: i64,
    /// Entries of the audit log.
    pub audit_entries: i64,
    /// What is wrong, in the order of keys.
    pub defects: Vec<Defect>,
}

impl VerifyReport {
    /// True if nothing is wrong.
    pub fn is_ok(&self) -> bool {
        self.defects.is_empty()
    }
}

statements! {
    // These three find the divisions from the records themselves: the list of divisions may have been bent too.
    NEXT_OF_EVENTS = "SELECT MIN(division) FROM event WHERE division > $1";
    NEXT_OF_SUBJECTS = "SELECT MIN(division) FROM subject WHERE division > $1";
    NEXT_OF_PERSONAL = "SELECT MIN(division) FROM personal WHERE division > $1";
}

/// Verifies the whole record as it is at one instant, in bounded memory.
pub async fn verify(store: &Store) -> Result<VerifyReport, StoreError> {
    let mut conn = store.snapshot().await?;
    let mut report = VerifyReport::default();
    let mut last = String::new();
    while let Some(next) = next_division(&mut conn, &last).await? {
        verify_division(&mut conn, &next, &mut report).await?;
        last = next;
    }
    verify_closings(&mut conn, &mut report).await?;
    verify_unclosed(&mut conn, &mut report).await?;
    report.defects.sort();
    Ok(report)
}

/// The closed periods: each revision against its hash and the one before it.
async fn verify_closings(conn: &mut Conn, report: &mut VerifyReport) -> Result<(), StoreError> {
    let mut before: Option<ClosingRow> = None;
    loop {
        let after = before.as_ref().map_or(("", "", 0), |row| {
            (row.division.as_str(), row.period.as_str(), row.revision)
        });
        let page = closing::page(conn, after, PAGE_CLOSINGS).await?;
        if page.is_empty() {
            return verify_schemes(conn, before.as_ref(), report).await;
        }
        for row in page {
            let is_of_same = |before: &&ClosingRow| {
                (&before.division, &before.period) == (&row.division, &row.period)
            };
            if !before.as_ref().is_some_and(|before| is_of_same(&before)) {
                verify_schemes(conn, before.as_ref(), report).await?;
            }
            let of_same = before.as_ref().filter(is_of_same);
            let (number, hash) = of_same.map_or((0, GENESIS), |b| (b.revision, b.hash.as_str()));
            let expected = HashAlgorithm::parse(&row.hash_algorithm)
                .map(|algorithm| chain_hash(algorithm, &row.previous_hash, &row.payload));
            let kind = if expected.as_ref() != Some(&row.hash) {
                Some(DefectKind::HashMismatch)
            } else if row.revision != number + 1 {
                Some(DefectKind::MissingEvent)
            } else if row.previous_hash != hash {
                Some(DefectKind::BrokenLink)
            } else {
                None
            };
            report
                .defects
                .extend(kind.map(|kind| of_closing(&row, kind)));
            before = Some(row);
        }
    }
}

fn of_closing(row: &ClosingRow, kind: DefectKind) -> Defect {
    Defect {
        division: row.division.clone(),
        subject: format!("{CLOSING}{}", row.period),
        seq: row.revision,
        kind,
    }
}

/// What a closing's payload says of the schemes that scored its months.
#[derive(Deserialize)]
struct Scored {
    scores: Option<Schemes>,
}

#[derive(Deserialize)]
struct Schemes {
    schemes: BTreeMap<String, String>,
}

/// By which schemes the months of a closed period were scored: the rows that say so, which later counts go by, against the
/// chained payload of the newest revision.
async fn verify_schemes(
    conn: &mut Conn,
    newest: Option<&ClosingRow>,
    report: &mut VerifyReport,
) -> Result<(), StoreError> {
    let Some(row) = newest else { return Ok(()) };
    let noted = scheme::of_period(conn, &row.division, &row.period).await?;
    let noted = noted.into_iter().map(|row| (row.month, row.edition));
    let kind = match serde_json::from_str::<Scored>(&row.payload) {
        Err(_) => Some(DefectKind::UnreadablePayload),
        Ok(told) => {
            let told = told.scores.map(|scores| scores.schemes).unwrap_or_default();
            (!told.into_iter().eq(noted)).then_some(DefectKind::ColumnDiffers)
        }
    };
    report
        .defects
        .extend(kind.map(|kind| of_closing(row, kind)));
    Ok(())
}

/// Schemes that are noted of periods that nobody closed.
async fn verify_unclosed(conn: &mut Conn, report: &mut VerifyReport) -> Result<(), StoreError> {
    let mut unclosed = scheme::unclosed(conn).await?;
    unclosed.dedup_by(|a, b| (&a.division, &a.period) == (&b.division, &b.period));
    report
        .defects
        .extend(unclosed.into_iter().map(|row| Defect {
            division: row.division,
            subject: format!("{CLOSING}{}", row.period),
            seq: 1,
            kind: DefectKind::MissingEvent,
        }));
    Ok(())
}

/// The next division that has events; found by the key, whatever the number of events.
pub(crate) async fn next_division_of_events(
    conn: &mut Conn,
    after: &str,
) -> Result<Option<String>, StoreError> {
    fetch_value!(conn, Option<String>, NEXT_OF_EVENTS, after)
}

async fn next_division(conn: &mut Conn, after: &str) -> Result<Option<String>, StoreError> {
    let next = [
        next_division_of_events(conn, after).await?,
        fetch_value!(conn, Option<String>, NEXT_OF_SUBJECTS, after)?,
        fetch_value!(conn, Option<String>, NEXT_OF_PERSONAL, after)?,
        audit::next_division(conn, after).await?,
    ];
    Ok(next.into_iter().flatten().min())
}

/// Verifies one division on a connection whose statements see one state, and adds to a report.
pub async fn verify_division(
    conn: &mut Conn,
    division: &str,
    report: &mut VerifyReport,
) -> Result<(), StoreError> {
    let mut walk = Walk::new(division, report);
    let mut after = (String::new(), 0);
    loop {
        let events = event::page(conn, division, (&after.0, after.1), PAGE).await?;
        let Some(last) = events.last() else { break };
        after = (last.subject.clone(), last.seq);
        for event in &events {
            if walk
                .current
                .as_ref()
                .is_none_or(|current| current.subject != event.subject)
            {
                walk.end_subject(conn).await?;
            }
            let personal = walk.personal_of(conn, event).await?;
            walk.event(event, personal);
        }
    }
    walk.end(conn).await?;
    let log = audit::check(conn, division).await?;
    report.audit_entries += log.entries;
    report.defects.extend(log.defect.map(|(seq, kind)| Defect {
        division: division.to_owned(),
        subject: AUDIT_LOG.to_owned(),
        seq,
        kind,
    }));
    Ok(())
}

/// The fields of a payload that columns repeat, and the digest of the personal data.
#[derive(Deserialize)]
struct Head {
    division: String,
    subject: String,
    seq: i64,
    kind: String,
    occurred_at_us: i64,
    recorded_at_us: i64,
    #[serde(default)]
    personal: Option<String>,
    #[serde(default)]
    source_key: Option<String>,
}

/// The last event seen of the subject that is being walked.
struct Last {
    subject: String,
    seq: i64,
    hash: String,
    recorded_at_us: i64,
}

/// The three tables read side by side, each in the order of its keys.
struct Walk<'a> {
    division: &'a str,
    report: &'a mut VerifyReport,
    current: Option<Last>,
    subjects: VecDeque<SubjectRow>,
    subjects_after: Option<String>,
    personal: VecDeque<PersonalRow>,
    personal_after: Option<(String, i64)>,
}

impl<'a> Walk<'a> {
    fn new(division: &'a str, report: &'a mut VerifyReport) -> Self {
        Self {
            division,
            report,
            current: None,
            subjects: VecDeque::new(),
            subjects_after: Some(String::new()),
            personal: VecDeque::new(),
            personal_after: Some((String::new(), i64::MIN)),
        }
    }

    fn defect(&mut self, subject: &str, seq: i64, kind: DefectKind) {
        let (division, subject) = (self.division.to_owned(), subject.to_owned());
        self.report.defects.push(Defect {
            division,
            subject,
            seq,
            kind,
        });
    }

    /// Checks an event by itself and against the one before.
    fn event(&mut self, event: &EventRow, personal: Option<PersonalRow>) {
        self.report.events += 1;
        let mut wrong = |kind| self.defect(&event.subject, event.seq, kind);
        let algorithm = HashAlgorithm::parse(&event.hash_algorithm);
        if algorithm.is_none_or(|algorithm| {
            chain_hash(algorithm, &event.previous_hash, &event.payload) != event.hash
        }) {
            wrong(DefectKind::HashMismatch);
        }
        match serde_json::from_str::<Head>(&event.payload) {
            Err(_) => wrong(DefectKind::UnreadablePayload),
            Ok(head) => {
                if !head.repeats(event) {
                    wrong(DefectKind::ColumnDiffers);
                }
                let digest = personal
                    .zip(algorithm)
                    .map(|(row, algorithm)| personal_digest(algorithm, &row.salt, &row.data));
                match (&head.personal, &digest) {
                    (Some(_), None) => self.report.erased += 1,
                    (told, found) if told == found => {}
                    _ => wrong(DefectKind::PersonalDiffers),
                }
            }
        }
        self.link(event);
    }

    /// Checks an event's place behind the one before it.
    fn link(&mut self, event: &EventRow) {
        let (seq, hash, recorded_at_us) = match &self.current {
            Some(last) => (last.seq, last.hash.clone(), last.recorded_at_us),
            None => (0, GENESIS.to_owned(), i64::MIN),
        };
        if event.seq != seq + 1 {
            self.defect(&event.subject, seq + 1, DefectKind::MissingEvent);
        } else if event.previous_hash != hash {
            self.defect(&event.subject, event.seq, DefectKind::BrokenLink);
        }
        if event.recorded_at_us < recorded_at_us {
            self.defect(&event.subject, event.seq, DefectKind::RecordedBackwards);
        }
        self.current = Some(Last {
            subject: event.subject.clone(),
            seq: event.seq,
            hash: event.hash.clone(),
            recorded_at_us: event.recorded_at_us,
        });
    }

    /// Compares the last event of the subject that is through with the subject's row.
    async fn end_subject(&mut self, conn: &mut Conn) -> Result<(), StoreError> {
        let Some(last) = self.current.take() else {
            return Ok(());
        };
        self.report.subjects += 1;
        loop {
            self.fill_subjects(conn).await?;
            match self.subjects.front() {
                Some(row) if row.subject < last.subject => self.subject_without_events(),
                Some(row) if row.subject == last.subject => {
                    let found = (row.seq, row.hash == last.hash);
                    self.subjects.pop_front();
                    match found {
                        (seq, true) if seq == last.seq => {}
                        (seq, _) if seq > last.seq => {
                            self.defect(&last.subject, last.seq + 1, DefectKind::TailMissing)
                        }
                        _ => self.defect(&last.subject, last.seq, DefectKind::SubjectDiffers),
                    }
                    return Ok(());
                }
                _ => {
                    self.defect(&last.subject, last.seq, DefectKind::SubjectMissing);
                    return Ok(());
                }
            }
        }
    }

    fn subject_without_events(&mut self) {
        if let Some(row) = self.subjects.pop_front() {
            self.defect(&row.subject, 1, DefectKind::EventsMissing);
        }
    }

    /// The personal data of an event; those in front of it that have none are reported.
    async fn personal_of(
        &mut self,
        conn: &mut Conn,
        event: &EventRow,
    ) -> Result<Option<PersonalRow>, StoreError> {
        loop {
            self.fill_personal(conn).await?;
            let Some(row) = self.personal.front() else {
                return Ok(None);
            };
            let (key, wanted) = (
                (row.subject.as_str(), row.seq),
                (event.subject.as_str(), event.seq),
            );
            if key > wanted {
                return Ok(None);
            }
            let found = key == wanted;
            let row = self.personal.pop_front();
            if found {
                return Ok(row);
            }
            if let Some(row) = row {
                self.defect(&row.subject, row.seq, DefectKind::PersonalWithoutEvent);
            }
        }
    }

    /// Ends the last subject and reports what is left over of the two other tables.
    async fn end(mut self, conn: &mut Conn) -> Result<(), StoreError> {
        self.end_subject(conn).await?;
        loop {
            self.fill_subjects(conn).await?;
            if self.subjects.is_empty() {
                break;
            }
            self.subject_without_events();
        }
        loop {
            self.fill_personal(conn).await?;
            let Some(row) = self.personal.pop_front() else {
                return Ok(());
            };
            self.defect(&row.subject, row.seq, DefectKind::PersonalWithoutEvent);
        }
    }

    async fn fill_subjects(&mut self, conn: &mut Conn) -> Result<(), StoreError> {
        if self.subjects.is_empty()
            && let Some(after) = self.subjects_after.take()
        {
            self.subjects = subject::page(conn, self.division, &after, PAGE)
                .await?
                .into();
            self.subjects_after = self.subjects.back().map(|row| row.subject.clone());
        }
        Ok(())
    }

    async fn fill_personal(&mut self, conn: &mut Conn) -> Result<(), StoreError> {
        if self.personal.is_empty()
            && let Some((subject, seq)) = self.personal_after.take()
        {
            self.personal = personal::page(conn, self.division, (&subject, seq), PAGE)
                .await?
                .into();
            self.personal_after = self
                .personal
                .back()
                .map(|row| (row.subject.clone(), row.seq));
        }
        Ok(())
    }
}

impl Head {
    /// True if the columns say what the payload says.
    fn repeats(&self, event: &EventRow) -> bool {
        self.division == event.division
            && self.subject == event.subject
            && self.seq == event.seq
            && self.kind == event.kind
            && self.occurred_at_us == event.occurred_at_us
            && self.recorded_at_us == event.recorded_at_us
            && self.source_key == event.source_key
    }
}
