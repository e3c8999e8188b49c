//! What templates see: notes with their words chosen and their times told.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

use crate::{
    AppealKind, AppealNote, DigestLine, Language, Letterhead, Level, OrderKind, OrderNote,
    WarningNote, compose::Sorted, words,
};

/// More lines than this are counted, not listed: beyond it a mail isn't read but searched.
pub(crate) const LINES_MAX: usize = 100;

#[derive(Debug, Clone, Serialize)]
pub(crate) struct LevelView {
    code: &'static str,
    word: &'static str,
    shape: &'static str,
}

impl LevelView {
    fn new(language: Language, level: Level) -> Self {
        Self {
            code: level.code(),
            word: words::level(language, level),
            shape: words::shape(level),
        }
    }
}

#[derive(Debug, Serialize)]
pub(crate) struct WarningView {
    level: LevelView,
    case_number: String,
    item_name: String,
    unit_name: String,
    stage: Option<String>,
    clock: String,
    day: String,
    due: String,
    deadline: String,
    remaining: Option<String>,
    is_over: bool,
    days: Option<i64>,
    days_words: Option<String>,
    rule: String,
    rule_text: String,
    basis: Vec<String>,
    persons: Option<String>,
    evidence: Option<String>,
    reached: String,
    recorded: String,
    link: Option<String>,
}

impl WarningView {
    pub(crate) fn new(language: Language, head: &Letterhead, note: &WarningNote) -> Self {
        let days = note.over_working_days.or(note.left_working_days);
        Self {
            level: LevelView::new(language, note.level),
            case_number: note.case_number.clone(),
            item_name: note.item_name.clone(),
            unit_name: note.unit_name.clone(),
            stage: stage(language, note.stage.as_deref()),
            clock: words::clock(language, &note.clock),
            day: words::day(language, note.due_on),
            due: words::whole_day(language, note.due_on),
            deadline: words::deadline(language, note.due_on, note.due_at, head.zone),
            remaining: words::remaining(language, note.left_working_days, note.over_working_days),
            is_over: note.over_working_days.is_some(),
            days: days.filter(|days| *days > 0),
            days_words: days
                .filter(|days| *days > 0)
                .map(|days| words::working_days(language, days)),
            rule: note.rule.clone(),
            rule_text: note.rule_text.clone(),
            basis: note.basis.clone(),
            persons: persons(language, &note.persons),
            evidence: note.evidence.clone(),
            reached: words::instant(language, note.limit_at, head.zone),
            recorded: words::moment(language, note.recorded_at, head.zone),
            link: head.link(note.path.as_deref()),
        }
    }
}

#[derive(Debug, Serialize)]
pub(crate) struct OrderView {
    kind: &'static str,
    word: &'static str,
    order_number: String,
    case_number: Option<String>,
    item_name: Option<String>,
    unit_name: String,
    demand: String,
    reason: Option<String>,
    day: String,
    deadline: String,
    remaining: Option<String>,
    issued_by: String,
    basis: Vec<String>,
    recorded: String,
    link: Option<String>,
}

impl OrderView {
    pub(crate) fn new(language: Language, head: &Letterhead, note: &OrderNote) -> Self {
        Self {
            kind: match note.kind {
                OrderKind::Issued => "issued",
                OrderKind::SentBack => "sent_back",
            },
            word: words::order_kind(language, note.kind),
            order_number: note.order_number.clone(),
            case_number: note.case_number.clone(),
            item_name: note.item_name.clone(),
            unit_name: note.unit_name.clone(),
            demand: note.demand.clone(),
            reason: note.reason.clone(),
            day: words::day(language, note.due_on),
            deadline: words::deadline(language, note.due_on, note.due_at, head.zone),
            remaining: words::remaining(language, note.left_working_days, None),
            issued_by: note.issued_by.clone(),
            basis: note.basis.clone(),
            recorded: words::moment(language, note.recorded_at, head.zone),
            link: head.link(note.path.as_deref()),
        }
    }
}

#[derive(Debug, Serialize)]
pub(crate) struct AppealView {
    kind: &'static str,
    word: &'static str,
    appeal_number: String,
    subject_number: String,
    item_name: Option<String>,
    level: LevelView,
    unit_name: String,
    grounds: String,
    reason: Option<String>,
    day: Option<String>,
    deadline: Option<String>,
    remaining: Option<String>,
    by: String,
    recorded: String,
    link: Option<String>,
}

impl AppealView {
    pub(crate) fn new(language: Language, head: &Letterhead, note: &AppealNote) -> Self {
        Self {
            kind: match note.kind {
                AppealKind::Filed => "filed",
                AppealKind::Revoked => "revoked",
                AppealKind::Rejected => "rejected",
                AppealKind::Referred => "referred",
                AppealKind::Lapsed => "lapsed",
            },
            word: words::appeal_kind(language, note.kind),
            appeal_number: note.appeal_number.clone(),
            subject_number: note.subject_number.clone(),
            item_name: note.item_name.clone(),
            level: LevelView::new(language, note.level),
            unit_name: note.unit_name.clone(),
            grounds: note.grounds.clone(),
            reason: note.reason.clone(),
            day: note.due_on.map(|on| words::day(language, on)),
            deadline: appeal_deadline(language, head, note),
            remaining: words::remaining(language, note.left_working_days, None),
            by: note.by.clone(),
            recorded: words::moment(language, note.recorded_at, head.zone),
            link: head.link(note.path.as_deref()),
        }
    }
}

fn appeal_deadline(language: Language, head: &Letterhead, note: &AppealNote) -> Option<String> {
    let on = note.due_on?;
    Some(words::deadline(language, on, note.due_at, head.zone))
}

/// One line of a list, whatever it lists.
#[derive(Debug, Serialize)]
pub(crate) struct LineView {
    level: Option<LevelView>,
    number: String,
    item_name: Option<String>,
    about: Option<String>,
    deadline: Option<String>,
    remaining: String,
    is_over: bool,
    link: Option<String>,
}

/// A list with a title of its own.
#[derive(Debug, Serialize)]
pub(crate) struct SectionView {
    kind: &'static str,
    level: Option<LevelView>,
    count: u64,
    lines: Vec<LineView>,
    omitted: u64,
}

/// How many of a level.
#[derive(Debug, Serialize)]
pub(crate) struct CountView {
    level: LevelView,
    count: usize,
}

/// Many notes in one letter.
#[derive(Debug, Serialize)]
pub(crate) struct DigestView {
    counts: Vec<CountView>,
    warnings: usize,
    orders: usize,
    appeals: usize,
    open: Option<u64>,
    open_over: usize,
    open_due: usize,
    day: Option<String>,
    date: Option<String>,
    as_of: Option<String>,
    sections: Vec<SectionView>,
}

impl DigestView {
    /// Highest level first, within a level the earliest due date; then orders; then appeals; then the newest
    /// morning's cases.
    pub(crate) fn new(language: Language, head: &Letterhead, notes: &Sorted<'_>) -> Self {
        let Sorted {
            warnings,
            orders,
            appeals,
            morning,
        } = notes;
        let mut room = LINES_MAX;
        let mut sections = Vec::new();
        let mut counts = Vec::new();
        let told = warnings.iter().map(|w| w.recorded_at);
        let told = told.chain(orders.iter().map(|o| o.recorded_at));
        let newest = told.chain(appeals.iter().map(|a| a.recorded_at)).max();
        let newest = newest.map(|at| office_day(head, at));
        for level in Level::DESCENDING {
            let mut group: Vec<_> = warnings.iter().filter(|w| w.level == level).collect();
            if group.is_empty() {
                continue;
            }
            group.sort_by_key(|w| (w.due_on, w.case_number.as_str()));
            counts.push(CountView {
                level: LevelView::new(language, level),
                count: group.len(),
            });
            let lines = group
                .iter()
                .map(|w| warning_line(language, head, w, newest));
            sections.push(section(
                "warnings",
                Some(level),
                language,
                lines,
                0,
                &mut room,
            ));
        }
        if !orders.is_empty() {
            let mut group = orders.clone();
            group.sort_by_key(|o| (o.due_on, o.order_number.as_str()));
            let lines = group.iter().map(|o| order_line(language, head, o, newest));
            sections.push(section("orders", None, language, lines, 0, &mut room));
        }
        if !appeals.is_empty() {
            let mut group = appeals.clone();
            group.sort_by_key(|a| (a.due_on.is_none(), a.due_on, a.appeal_number.as_str()));
            let lines = group.iter().map(|a| appeal_line(language, head, a, newest));
            sections.push(section("appeals", None, language, lines, 0, &mut room));
        }
        if let Some(note) = morning {
            let mut group: Vec<_> = note.lines.iter().collect();
            group.sort_by(|a, b| urgency(a).cmp(&urgency(b)));
            let lines = group.iter().map(|l| open_line(language, head, l));
            sections.push(section(
                "open",
                None,
                language,
                lines,
                note.omitted,
                &mut room,
            ));
        }
        let open = morning.map_or(&[][..], |note| note.lines.as_slice());
        Self {
            counts,
            warnings: warnings.len(),
            orders: orders.len(),
            appeals: appeals.len(),
            open: morning.map(|note| as_count(note.lines.len()) + note.omitted),
            open_over: open.iter().filter(|line| line.over.is_some()).count(),
            open_due: open
                .iter()
                .filter(|line| line.over.is_none() && line.left == Some(0))
                .count(),
            day: morning.map(|note| words::day(language, note.date)),
            date: morning.map(|note| words::whole_day(language, note.date)),
            as_of: newest.map(|day| words::whole_day(language, day)),
            sections,
        }
    }
}

/// The longest over first, then the least left; standing clocks last.
fn urgency(line: &DigestLine) -> (u8, i64, Option<chrono::NaiveDate>, &str) {
    let (class, days) = match (line.over, line.left) {
        (Some(over), _) => (0, over.saturating_neg()),
        (None, Some(left)) => (1, left),
        (None, None) => (2, 0),
    };
    (class, days, line.due_on, &line.case_number)
}

fn section(
    kind: &'static str,
    level: Option<Level>,
    language: Language,
    lines: impl ExactSizeIterator<Item = LineView>,
    omitted: u64,
    room: &mut usize,
) -> SectionView {
    let total = lines.len();
    let lines: Vec<_> = lines.take(*room).collect();
    *room -= lines.len();
    SectionView {
        kind,
        level: level.map(|level| LevelView::new(language, level)),
        count: as_count(total) + omitted,
        omitted: as_count(total - lines.len()) + omitted,
        lines,
    }
}

fn as_count(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

fn office_day(head: &Letterhead, at: DateTime<Utc>) -> NaiveDate {
    at.with_timezone(&head.zone).date_naive()
}

/// What is left or over; with the day of the count where that was another than the letter's head says.
fn counted(
    language: Language,
    head: &Letterhead,
    remaining: Option<String>,
    recorded_at: DateTime<Utc>,
    newest: Option<NaiveDate>,
) -> String {
    let day = office_day(head, recorded_at);
    match remaining {
        Some(text) if newest != Some(day) => words::as_of(language, &text, day),
        other => other.unwrap_or_default(),
    }
}

fn warning_line(
    language: Language,
    head: &Letterhead,
    note: &WarningNote,
    newest: Option<NaiveDate>,
) -> LineView {
    let remaining = words::remaining(language, note.left_working_days, note.over_working_days);
    LineView {
        level: Some(LevelView::new(language, note.level)),
        number: note.case_number.clone(),
        item_name: Some(note.item_name.clone()),
        about: Some(words::clock(language, &note.clock)),
        deadline: Some(words::deadline(
            language,
            note.due_on,
            note.due_at,
            head.zone,
        )),
        remaining: counted(language, head, remaining, note.recorded_at, newest),
        is_over: note.over_working_days.is_some(),
        link: head.link(note.path.as_deref()),
    }
}

fn order_line(
    language: Language,
    head: &Letterhead,
    note: &OrderNote,
    newest: Option<NaiveDate>,
) -> LineView {
    let remaining = words::remaining(language, note.left_working_days, None);
    LineView {
        level: None,
        number: note.order_number.clone(),
        item_name: note.item_name.clone(),
        about: Some(words::order_kind(language, note.kind).to_owned()),
        deadline: Some(words::deadline(
            language,
            note.due_on,
            note.due_at,
            head.zone,
        )),
        remaining: counted(language, head, remaining, note.recorded_at, newest),
        is_over: false,
        link: head.link(note.path.as_deref()),
    }
}

fn appeal_line(
    language: Language,
    head: &Letterhead,
    note: &AppealNote,
    newest: Option<NaiveDate>,
) -> LineView {
    let remaining = words::remaining(language, note.left_working_days, None);
    LineView {
        level: Some(LevelView::new(language, note.level)),
        number: note.appeal_number.clone(),
        item_name: note.item_name.clone(),
        about: Some(words::appeal_kind(language, note.kind).to_owned()),
        deadline: appeal_deadline(language, head, note),
        remaining: counted(language, head, remaining, note.recorded_at, newest),
        is_over: false,
        link: head.link(note.path.as_deref()),
    }
}

fn open_line(language: Language, head: &Letterhead, line: &DigestLine) -> LineView {
    LineView {
        level: line.level.map(|level| LevelView::new(language, level)),
        number: line.case_number.clone(),
        item_name: Some(line.item_name.clone()),
        about: stage(language, line.stage.as_deref()),
        deadline: line
            .due_on
            .map(|due_on| words::deadline(language, due_on, None, head.zone)),
        remaining: words::remaining(language, line.left, line.over)
            .unwrap_or_else(|| words::standing_still(language).to_owned()),
        is_over: line.over.is_some(),
        link: head.link(line.path.as_deref()),
    }
}

fn stage(language: Language, word: Option<&str>) -> Option<String> {
    word.map(|word| words::stage(language, word))
}

fn persons(language: Language, names: &[String]) -> Option<String> {
    (!names.is_empty()).then(|| words::list(language, names))
}
