//! From rows to cases, each checked all or nothing.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::Path;

use chrono::{DateTime, Utc};

use super::ImportError;
use super::encoding::{self, NoText};
use super::error::Fault;
use super::log::{
    Act, Applicant, CaseDefect, DueSource, LogFile, LoggedCase, LoggedDocument, LoggedRow,
    LoggedTerm, Reject, RowDefect, Stage, TermUnit,
};
use super::mapping::{Activity, Field, Mapping, TermField};
use super::records::{self, Record, Table};
use super::times::{self, Moment, TimeFault};

/// A log is read whole. A row takes some 300 bytes, so this is three million events: a city's decade.
const LOG_BYTES_MAX: u64 = 1 << 30;

/// GB/T 39046 gives case numbers 50 characters; a longer one is allowed, a whole row taken for one isn't.
const CASE_NUMBER_CHARS_MAX: usize = 100;

/// Reads a log. `check_id` says whether the number of an identity paper is right; its text goes into the reason,
/// unless it repeats the number.
pub fn read_log(
    path: &Path,
    mapping: &Mapping,
    check_id: &dyn Fn(&str) -> Result<(), String>,
) -> Result<LogFile, ImportError> {
    let unreadable = |source| ImportError::Read {
        path: path.to_owned(),
        source,
    };
    let bytes = fs::metadata(path).map_err(unreadable)?.len();
    if bytes > LOG_BYTES_MAX {
        return Err(ImportError::TooLarge {
            path: path.to_owned(),
            bytes,
            bytes_max: LOG_BYTES_MAX,
        });
    }
    let bytes = fs::read(path).map_err(unreadable)?;
    read_log_bytes(path, &bytes, mapping, check_id)
}

/// Reads a log from its bytes; `path` is only for errors.
pub fn read_log_bytes(
    path: &Path,
    bytes: &[u8],
    mapping: &Mapping,
    check_id: &dyn Fn(&str) -> Result<(), String>,
) -> Result<LogFile, ImportError> {
    let no_text = |fault: NoText| ImportError::Text {
        path: path.to_owned(),
        line: 1,
        offset: fault.offset,
        what: fault.what.to_owned(),
    };
    let text = encoding::decode(bytes, mapping.encoding).map_err(no_text)?;
    let table = records::split(path, &text, mapping)?;
    let formats: Vec<String> = mapping.time_formats.iter().map(|f| f.0.clone()).collect();
    let source = Source {
        text: &text.text,
        table: &table,
        mapping,
        formats: &formats,
        check_id,
    };
    Ok(source.read())
}

/// All that the cells of a log are read by.
struct Source<'a> {
    text: &'a str,
    table: &'a Table,
    mapping: &'a Mapping,
    formats: &'a [String],
    check_id: &'a dyn Fn(&str) -> Result<(), String>,
}

impl Source<'_> {
    fn read(&self) -> LogFile {
        let mut log = LogFile {
            rows: u64::try_from(self.table.records.len()).unwrap_or(u64::MAX),
            ..LogFile::default()
        };
        let mut cases: Vec<(String, Vec<&Record>)> = Vec::new();
        let mut places: HashMap<String, usize> = HashMap::new();
        for record in &self.table.records {
            match self.case_number(record) {
                Ok(number) => {
                    let place = *places.entry(number.clone()).or_insert_with(|| {
                        cases.push((number, Vec::new()));
                        cases.len() - 1
                    });
                    cases[place].1.push(record);
                }
                Err(fault) => {
                    let faults: Vec<Fault> = record.faults.iter().cloned().chain([fault]).collect();
                    log.rejects.push(self.reject(record, None, &faults));
                }
            }
        }
        for (number, records) in cases {
            self.take_case(number, &records, &mut log);
        }
        log.rejects.sort_by_key(|reject| reject.line);
        log
    }

    fn take_case(&self, number: String, records: &[&Record], log: &mut LogFile) {
        let mut reading = Reading::default();
        for record in records {
            reading.take(&RowView {
                source: self,
                record,
            });
        }
        match reading.finish(&number, self) {
            Ok((case, ignored, repeated)) => {
                log.cases.push(case);
                log.ignored += ignored;
                log.repeated += repeated;
            }
            Err(faults) => {
                let first_wrong = faults.keys().next().copied().unwrap_or_default();
                for record in records {
                    let other = [Fault::OtherRow { line: first_wrong }];
                    let own = faults.get(&record.line).map_or(&other[..], Vec::as_slice);
                    log.rejects.push(self.reject(record, Some(&number), own));
                }
            }
        }
    }

    fn case_number(&self, record: &Record) -> Result<String, Fault> {
        let view = RowView {
            source: self,
            record,
        };
        let number = view
            .cell(&self.mapping.columns.case)
            .ok_or(Fault::NoCaseNumber)?;
        let number = format!("{}{number}", self.mapping.case.prefix);
        // A number that is damaged itself names no case.
        let damaged = number.contains('\u{FFFD}')
            && record
                .faults
                .iter()
                .any(|f| matches!(f, Fault::BrokenText { .. }));
        if damaged
            || number.chars().count() > CASE_NUMBER_CHARS_MAX
            || number.chars().any(char::is_control)
        {
            return Err(Fault::BadCaseNumber);
        }
        Ok(number)
    }

    fn reject(&self, record: &Record, case: Option<&str>, faults: &[Fault]) -> Reject {
        let reasons: Vec<String> = faults.iter().map(Fault::to_string).collect();
        Reject {
            line: record.line,
            case: case.map(str::to_owned),
            reason: reasons.join("; "),
            row: self.text[record.span.clone()].to_owned(),
        }
    }
}

/// One row, its cells read by the mapping.
struct RowView<'a> {
    source: &'a Source<'a>,
    record: &'a Record,
}

impl RowView<'_> {
    fn cell(&self, column: &str) -> Option<&str> {
        let slot = self.source.table.slots.get(column)?;
        self.record.cells.get(*slot)?.as_deref()
    }

    fn text(&self, field: Option<&Field>) -> Result<Option<String>, Fault> {
        let (name, values) = match field {
            None => return Ok(None),
            Some(Field::Constant(text)) => return Ok(Some(text.clone())),
            Some(Field::Column { name, values }) => (name, values),
        };
        let Some(text) = self.cell(name) else {
            return Ok(None);
        };
        if values.is_empty() {
            return Ok(Some(text.to_owned()));
        }
        let translated = values.get(text).or_else(|| values.get("*"));
        translated
            .cloned()
            .map(Some)
            .ok_or_else(|| Fault::UnknownValue {
                column: name.clone(),
            })
    }

    fn word<T>(
        &self,
        field: Option<&Field>,
        read: fn(&str) -> Option<T>,
    ) -> Result<Option<T>, Fault> {
        let Some(text) = self.text(field)? else {
            return Ok(None);
        };
        read(&text).map(Some).ok_or_else(|| Fault::UnknownValue {
            column: label(field),
        })
    }

    fn moment(&self, field: Option<&Field>) -> Result<Option<Moment>, Fault> {
        let Some(text) = self.text(field)? else {
            return Ok(None);
        };
        self.parse_moment(&text, &label(field)).map(Some)
    }

    fn parse_moment(&self, text: &str, column: &str) -> Result<Moment, Fault> {
        let column = || column.to_owned();
        times::parse(text, self.source.mapping.zone(), self.source.formats).map_err(|fault| {
            match fault {
                TimeFault::Unreadable => Fault::BadTime { column: column() },
                TimeFault::Skipped => Fault::NoSuchLocalTime { column: column() },
            }
        })
    }

    fn number(&self, column: &str) -> Result<Option<u32>, Fault> {
        let Some(text) = self.cell(column) else {
            return Ok(None);
        };
        match text.parse() {
            Ok(number) if number > 0 => Ok(Some(number)),
            _ => Err(Fault::BadNumber {
                column: column.to_owned(),
            }),
        }
    }

    fn term(&self, field: Option<&TermField>) -> Result<Option<LoggedTerm>, Fault> {
        let (amount, unit) = match field {
            None => return Ok(None),
            Some(TermField::Fixed(term)) => return Ok(Some(*term)),
            Some(TermField::Amount { amount, unit }) => (self.number(amount)?, Some(*unit)),
            Some(TermField::Columns { amount, unit }) => {
                let amount = self.number(amount)?;
                let read = self.cell(unit).map(|text| {
                    let unknown = || Fault::UnknownValue {
                        column: unit.clone(),
                    };
                    TermUnit::from_text(text).ok_or_else(unknown)
                });
                let missing = || Fault::Missing {
                    column: unit.clone(),
                };
                match (amount, read) {
                    (None, _) => (None, None),
                    (Some(_), None) => return Err(missing()),
                    (Some(_), Some(read)) => (amount, Some(read?)),
                }
            }
        };
        Ok(amount
            .zip(unit)
            .map(|(amount, unit)| LoggedTerm { amount, unit }))
    }

    /// What the row does; none if the mapping leaves it out.
    fn activity(&self) -> Result<Option<(String, Activity)>, Fault> {
        let mapping = self.source.mapping;
        let cells = mapping
            .columns
            .activity
            .0
            .iter()
            .filter_map(|column| self.cell(column));
        let parts: Vec<String> = cells.map(str::to_owned).collect();
        if parts.is_empty() {
            return Err(Fault::NoActivity);
        }
        let activity = mapping.activity(&parts).ok_or(Fault::UnknownActivity)?;
        let lifecycle = mapping
            .columns
            .lifecycle
            .as_deref()
            .and_then(|column| self.cell(column));
        let kept = match &activity.lifecycle {
            Some(only) => lifecycle == Some(only),
            None => {
                mapping.lifecycles.is_empty()
                    || lifecycle.is_some_and(|l| mapping.lifecycles.iter().any(|k| k == l))
            }
        };
        Ok((kept && activity.act != Act::Ignore).then(|| (parts.join("/"), activity)))
    }
}

/// What the errors call a field.
fn label(field: Option<&Field>) -> String {
    field
        .and_then(Field::column)
        .unwrap_or("constant")
        .to_owned()
}

/// Keeps what is right and collects what is wrong, so that one look names all faults of a row.
fn sound<T: Default>(read: Result<T, Fault>, faults: &mut Vec<Fault>) -> T {
    read.unwrap_or_else(|fault| {
        faults.push(fault);
        T::default()
    })
}

/// A fact that all rows of a case must agree on; a blank cell agrees with all.
struct Agreed<T> {
    first: Option<(T, u64)>,
}

impl<T> Default for Agreed<T> {
    fn default() -> Self {
        Self { first: None }
    }
}

impl<T: PartialEq> Agreed<T> {
    fn take(
        &mut self,
        read: Result<Option<T>, Fault>,
        column: String,
        line: u64,
        faults: &mut Vec<Fault>,
    ) {
        let Some(value) = sound(read, faults) else {
            return;
        };
        match &self.first {
            None => self.first = Some((value, line)),
            Some((first, _)) if *first == value => {}
            Some((_, line)) => faults.push(Fault::Contradiction {
                column,
                line: *line,
            }),
        }
    }

    fn value(self) -> Option<T> {
        self.first.map(|(value, _)| value)
    }
}

/// A case while its rows are read.
#[derive(Default)]
struct Reading {
    first_line: Option<u64>,
    faults: BTreeMap<u64, Vec<Fault>>,
    rows: Vec<LoggedRow>,
    by_event: HashMap<String, usize>,
    by_content: HashMap<u128, u64>,
    ignored: u64,
    repeated: u64,
    item: Agreed<String>,
    unit: Agreed<String>,
    channel: Agreed<String>,
    applicant: Agreed<String>,
    id_number: Agreed<String>,
    received_at: Agreed<Moment>,
    ended_at: Agreed<Moment>,
    planned_end_at: Agreed<Moment>,
    due: Agreed<Moment>,
    term: Agreed<LoggedTerm>,
}

impl Reading {
    fn take(&mut self, row: &RowView<'_>) {
        let line = row.record.line;
        self.first_line.get_or_insert(line);
        let mut faults = row.record.faults.clone();
        // The cells of a damaged row say nothing: more faults would only hide the one that counts.
        if faults.is_empty() {
            self.take_case_facts(row, &mut faults);
            match row.activity() {
                Ok(Some((name, activity))) => self.take_event(row, name, &activity, &mut faults),
                Ok(None) => self.ignored += 1,
                Err(fault) => faults.push(fault),
            }
        }
        if !faults.is_empty() {
            self.faults.entry(line).or_default().extend(faults);
        }
    }

    fn take_case_facts(&mut self, row: &RowView<'_>, faults: &mut Vec<Fault>) {
        let case = &row.source.mapping.case;
        let line = row.record.line;
        let texts = [
            (&mut self.item, Some(&case.item)),
            (&mut self.unit, case.unit.as_ref()),
            (&mut self.channel, case.channel.as_ref()),
            (&mut self.applicant, case.applicant.as_ref()),
        ];
        for (fact, field) in texts {
            fact.take(row.text(field), label(field), line, faults);
        }
        let moments = [
            (&mut self.received_at, case.received_at.as_ref()),
            (&mut self.ended_at, case.ended_at.as_ref()),
            (&mut self.planned_end_at, case.planned_end_at.as_ref()),
            (&mut self.due, case.due.as_ref()),
        ];
        for (fact, field) in moments {
            fact.take(row.moment(field), label(field), line, faults);
        }
        self.term.take(
            row.term(case.term.as_ref()),
            "term".to_owned(),
            line,
            faults,
        );
        let field = case.id_number.as_ref();
        let id = row.text(field).and_then(|id| match id {
            Some(id) => checked_id(id, label(field), row.source.check_id).map(Some),
            None => Ok(None),
        });
        self.id_number.take(id, label(field), line, faults);
    }

    fn take_event(
        &mut self,
        row: &RowView<'_>,
        name: String,
        activity: &Activity,
        faults: &mut Vec<Fault>,
    ) {
        let Some(mut event) = read_event(row, name, activity, faults) else {
            return;
        };
        let columns = &row.source.mapping.columns;
        let Some(id) = columns.event.as_deref().and_then(|column| row.cell(column)) else {
            let digest = content_digest(&event);
            let ordinal = self.by_content.entry(digest).or_default();
            *ordinal += 1;
            event.source_key = format!("row:{digest:032x}:{ordinal}");
            self.rows.push(event);
            return;
        };
        event.source_key = match &event.lifecycle {
            Some(lifecycle) => format!("event:{id}:{lifecycle}"),
            None => format!("event:{id}"),
        };
        match self
            .by_event
            .get(&event.source_key)
            .map(|place| &self.rows[*place])
        {
            None => {
                self.by_event
                    .insert(event.source_key.clone(), self.rows.len());
                self.rows.push(event);
            }
            Some(first)
                if (LoggedRow {
                    line: first.line,
                    ..event
                }) == *first =>
            {
                self.repeated += 1
            }
            Some(first) => faults.push(Fault::EventTwice { line: first.line }),
        }
    }

    /// The case with the numbers of rows left out and repeated, or what is wrong, by line.
    fn finish(
        mut self,
        number: &str,
        source: &Source<'_>,
    ) -> Result<(LoggedCase, u64, u64), BTreeMap<u64, Vec<Fault>>> {
        let first_line = self.first_line.unwrap_or_default();
        self.rows.sort_by_key(|row| row.occurred_at);
        let received_at = self
            .received_at
            .first
            .as_ref()
            .map(|(m, _)| m.at)
            .or_else(|| start_of(&self.rows));
        let item = self.item.value();
        // What is missing from the whole case is told only if the rows themselves are right.
        let (received_at, item) = match (self.faults.is_empty(), received_at, item) {
            (true, Some(received_at), Some(item)) => (received_at, item),
            (true, received_at, item) => {
                let missing = label(Some(&source.mapping.case.item));
                let no_start = received_at.is_none().then_some(Fault::NoStart);
                let no_item = item.is_none().then_some(Fault::Missing { column: missing });
                let faults = no_start.into_iter().chain(no_item).collect();
                return Err(BTreeMap::from([(first_line, faults)]));
            }
            (false, ..) => return Err(self.faults),
        };
        let ended_at = self
            .ended_at
            .value()
            .map(|m| m.at)
            .or_else(|| end_of(&self.rows));
        mark_defects(&mut self.rows, received_at, ended_at);
        let applicant = Applicant {
            name: self.applicant.value(),
            id_number: self.id_number.value(),
        };
        let is_named = applicant.name.is_some() || applicant.id_number.is_some();
        let ends_early = ended_at.is_some_and(|end| end < received_at);
        let case = LoggedCase {
            number: number.to_owned(),
            first_line,
            received_at,
            ended_at,
            planned_end_at: self.planned_end_at.value().map(|m| m.at),
            due: due_source(self.due.value(), self.term.value()),
            item,
            unit: self.unit.value(),
            applicant: is_named.then_some(applicant),
            channel: self.channel.value(),
            defects: if ends_early {
                vec![CaseDefect::EndBeforeStart]
            } else {
                Vec::new()
            },
            rows: self.rows,
        };
        Ok((case, self.ignored, self.repeated))
    }
}

fn checked_id(
    id: String,
    column: String,
    check: &dyn Fn(&str) -> Result<(), String>,
) -> Result<String, Fault> {
    match check(&id) {
        Ok(()) => Ok(id),
        Err(why) if why.is_empty() || why.contains(&id) => Err(Fault::BadIdNumber {
            column,
            why: String::new(),
        }),
        Err(why) => Err(Fault::BadIdNumber {
            column,
            why: format!(" ({why})"),
        }),
    }
}

/// One event; none if it has no time, or not what its act needs.
fn read_event(
    row: &RowView<'_>,
    name: String,
    activity: &Activity,
    faults: &mut Vec<Fault>,
) -> Option<LoggedRow> {
    let columns = &row.source.mapping.columns;
    let before = faults.len();
    let occurred_at = match row.cell(&columns.occurred_at) {
        None => Err(Fault::Missing {
            column: columns.occurred_at.clone(),
        }),
        Some(text) => row
            .parse_moment(text, &columns.occurred_at)
            .map(|m| Some(m.at)),
    };
    let occurred_at = sound(occurred_at, faults);
    let act = activity.act;
    let stage = activity.stage.map_or_else(
        || row.word(columns.stage.as_ref(), Stage::from_word),
        |s| Ok(Some(s)),
    );
    let stage = sound(stage, faults);
    let number = sound(row.text(columns.document.as_ref()), faults);
    let date = sound(row.moment(columns.document_date.as_ref()), faults).map(|m| m.on);
    let mut text = |field: &Option<Field>| sound(row.text(field.as_ref()), faults);
    let mut event = LoggedRow {
        line: row.record.line,
        occurred_at: occurred_at.unwrap_or_default(),
        activity: name,
        lifecycle: columns
            .lifecycle
            .as_deref()
            .and_then(|c| row.cell(c))
            .map(str::to_owned),
        act,
        stage,
        outcome: None,
        procedure: None,
        term: None,
        working_days: None,
        approver: text(&columns.approver),
        notice: text(&columns.notice),
        reason: text(&columns.reason),
        document: (number.is_some() || date.is_some()).then_some(LoggedDocument { number, date }),
        person: text(&columns.person),
        group: text(&columns.group),
        source_key: String::new(),
        defects: Vec::new(),
    };
    read_particulars(row, activity, &mut event, faults);
    (faults.len() == before).then_some(event)
}

/// What only some acts have: the outcome of an end, the procedure of a stop, the length of an extension. The same
/// column means something else on other rows (「同意」 of a reviewer is no outcome), so it isn't read there.
fn read_particulars(
    row: &RowView<'_>,
    activity: &Activity,
    event: &mut LoggedRow,
    faults: &mut Vec<Fault>,
) {
    let columns = &row.source.mapping.columns;
    let name = |field: &Option<Field>, own: &str| {
        field
            .as_ref()
            .and_then(Field::column)
            .unwrap_or(own)
            .to_owned()
    };
    match event.act {
        Act::Complete | Act::SendBack if event.stage.is_none() => {
            faults.push(Fault::Missing {
                column: name(&columns.stage, "stage"),
            });
        }
        Act::Complete if event.stage != Some(Stage::Completion) => {}
        Act::Complete | Act::End => {
            let read = activity.outcome.map_or_else(
                || row.word(columns.outcome.as_ref(), super::Outcome::from_word),
                |outcome| Ok(Some(outcome)),
            );
            event.outcome = sound(read, faults);
        }
        Act::Stop => {
            let read = activity.procedure.map_or_else(
                || row.word(columns.procedure.as_ref(), super::Procedure::from_word),
                |procedure| Ok(Some(procedure)),
            );
            match read {
                Ok(None) => faults.push(Fault::Missing {
                    column: name(&columns.procedure, "procedure"),
                }),
                read => event.procedure = sound(read, faults),
            }
            event.term = sound(row.term(columns.term.as_ref()), faults);
        }
        Act::Extend => {
            let column = name(&columns.working_days, "working_days");
            let read = activity
                .working_days
                .map_or_else(|| row.number(&column), |days| Ok(Some(days)));
            match read {
                Ok(None) => faults.push(Fault::Missing { column }),
                read => event.working_days = sound(read, faults),
            }
        }
        _ => {}
    }
}

fn due_source(due: Option<Moment>, term: Option<LoggedTerm>) -> DueSource {
    match (due, term) {
        (Some(moment), _) if moment.is_date => DueSource::Date(moment.on),
        (Some(moment), _) => DueSource::Instant {
            at: moment.at,
            on: moment.on,
        },
        (None, Some(term)) => DueSource::Term(term),
        (None, None) => DueSource::None,
    }
}

fn start_of(rows: &[LoggedRow]) -> Option<DateTime<Utc>> {
    let first = |act: Act| rows.iter().find(|row| row.act == act);
    first(Act::Receive)
        .or_else(|| first(Act::Accept))
        .or(rows.first())
        .map(|row| row.occurred_at)
}

fn end_of(rows: &[LoggedRow]) -> Option<DateTime<Utc>> {
    let ends = |row: &&LoggedRow| match row.act {
        Act::Complete => row.stage == Some(Stage::Completion),
        Act::Refuse | Act::NotNeeded | Act::Withdraw | Act::End => true,
        _ => false,
    };
    rows.iter().rfind(ends).map(|row| row.occurred_at)
}

fn mark_defects(
    rows: &mut [LoggedRow],
    received_at: DateTime<Utc>,
    ended_at: Option<DateTime<Utc>>,
) {
    for row in rows {
        if row.occurred_at < received_at {
            row.defects.push(RowDefect::BeforeStart);
        }
        if row.act != Act::Deliver && ended_at.is_some_and(|end| row.occurred_at > end) {
            row.defects.push(RowDefect::AfterEnd);
        }
    }
}

/// FNV-1a with 128 bits over what the row itself says, each part with its length: it need only tell the rows of
/// one case apart, the same way in every version. Free text and who applied are left out, as a digest without a
/// salt could be tried out.
fn content_digest(event: &LoggedRow) -> u128 {
    let at = event.occurred_at.timestamp_micros().to_string();
    let document = event.document.as_ref().and_then(|d| d.number.as_deref());
    let parts = [
        Some(at.as_str()),
        Some(event.activity.as_str()),
        event.lifecycle.as_deref(),
        event.person.as_deref(),
        event.group.as_deref(),
        event.notice.as_deref(),
        document,
    ];
    let mut digest: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    let mut add = |byte: u8| {
        digest =
            (digest ^ u128::from(byte)).wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013b);
    };
    for part in parts {
        let text = part.unwrap_or_default();
        text.len()
            .to_string()
            .bytes()
            .chain([b':'])
            .chain(text.bytes())
            .for_each(&mut add);
    }
    digest
}

#[cfg(test)]
#[path = "reader_tests.rs"]
mod tests;
