//! The same figures cut by unit, item, hall, kind of item and stage; the warnings, the outcomes and the irregular records.

use std::cmp::Reverse;

use approval::ids::{ItemCode, UnitCode};
use approval::rule::Level;
use approval::stage::Stage;
use approval::statistics::{Figures, Indicator, Ratio};

use super::lines::{self, Cell, NONE, change_of_count, days_of, mean};
use super::view::{Scope, View, escaped, item_name, unit_name};
use crate::level::Mark;
use crate::texts::Texts;

/// A row: whose figures, where the name leads, and the figures.
pub(super) struct Row {
    pub(super) name: Cell,
    pub(super) cells: Vec<Cell>,
}

/// A table with its sum, if it has one. All columns but the first are numbers.
pub(super) struct Table {
    /// Its place on the page.
    pub(super) id: &'static str,
    pub(super) caption: String,
    pub(super) note: String,
    pub(super) head: Vec<String>,
    pub(super) rows: Vec<Row>,
    pub(super) foot: Option<Row>,
}

/// How a figure stands in a table of many.
enum Column {
    Count(&'static str),
    Share(fn(&Figures) -> Ratio),
    Mean,
    /// How the cases accepted stand to those of the period before.
    Change,
}

/// The columns of a table of units, items, halls or kinds.
const COLUMNS: &[(&str, Column)] = &[
    ("counted.accepted", Column::Count("accepted")),
    ("reports.change", Column::Change),
    ("counted.completed", Column::Count("completed")),
    (
        "counted.completion_rate",
        Column::Share(Figures::completion_rate),
    ),
    (
        "counted.completed_on_time",
        Column::Count("completed_on_time"),
    ),
    ("counted.completed_late", Column::Count("completed_late")),
    ("counted.open_at_end", Column::Count("open_at_end")),
    ("counted.open_late", Column::Count("open_late")),
    ("counted.on_time_rate", Column::Share(Figures::on_time_rate)),
    ("counted.used_mean", Column::Mean),
    ("counted.yellow_cards", Column::Count("yellow_cards")),
    ("counted.red_cards", Column::Count("red_cards")),
];

/// Figures with a name, what they were before, and what a list's address says of them.
struct Part {
    name: Cell,
    own: Figures,
    before: Option<Figures>,
    filter: String,
}

fn cells(view: &View<'_>, part: &Part) -> Vec<Cell> {
    let t = view.t;
    let cell = |(_, column): &(&str, Column)| match column {
        Column::Count(word) => counted(view, word, part),
        // A share of few stands beside others' and would be compared.
        Column::Share(share) => match share(&part.own) {
            ratio if ratio.denominator == 0 || ratio.is_comparable() => Cell {
                of: String::new(),
                ..Cell::share(ratio)
            },
            _ => Cell::plain(t.say("reports.few")),
        },
        Column::Mean => Cell::plain(mean(&part.own.used)),
        Column::Change => Cell::plain(match &part.before {
            Some(before) => change_of_count(part.own.counts.accepted, before.counts.accepted),
            None => NONE.to_owned(),
        }),
    };
    COLUMNS.iter().map(cell).collect()
}

fn counted(view: &View<'_>, word: &str, part: &Part) -> Cell {
    match Indicator::parse(word) {
        Some(indicator) => {
            let link = view.door(indicator, &part.filter);
            Cell::count(indicator.value(&part.own), link)
        }
        None => Cell::plain(NONE),
    }
}

fn table(view: &View<'_>, id: &'static str, caption: &str, first: &str, parts: Vec<Part>) -> Table {
    let t = view.t;
    let all = Part {
        name: Cell::plain(t.say("reports.all")),
        own: view.own(),
        before: before(view, |_| true),
        filter: String::new(),
    };
    let row = |part: Part| Row {
        cells: cells(view, &part),
        name: part.name,
    };
    let heads = COLUMNS.iter().map(|(key, _)| t.say(key).to_owned());
    Table {
        id,
        caption: t.say(caption).to_owned(),
        note: String::new(),
        head: std::iter::once(t.say(first).to_owned())
            .chain(heads)
            .collect(),
        rows: parts.into_iter().map(row).collect(),
        foot: Some(row(all)),
    }
}

/// Figures of the period before, of what fits within the view.
fn before(view: &View<'_>, fits: impl Fn(&approval::statistics::Leaf) -> bool) -> Option<Figures> {
    let period = view.statement.before.as_ref()?.period;
    let sheet = view.statement.sheet(&period)?;
    Some(sheet.sum(|leaf| view.scope.holds(leaf) && fits(leaf)))
}

/// Those with most to do first.
fn by_volume(parts: &mut [Part]) {
    parts.sort_by(|a, b| {
        let volume = |part: &Part| Reverse((part.own.counts.accepted, part.own.counts.completed));
        (volume(a), &a.name.text).cmp(&(volume(b), &b.name.text))
    });
}

/// The units that have any figures.
pub(super) fn by_unit(view: &View<'_>) -> Table {
    let period = view.period();
    let part = |(unit, own): (UnitCode, Figures)| Part {
        before: before(view, |(other, _)| *other == unit),
        name: Cell {
            text: unit_name(view.books, &unit),
            link: Some(format!("/reports/{period}/unit/{}", escaped(unit.as_str()))),
            of: String::new(),
        },
        filter: format!("&unit={}", escaped(unit.as_str())),
        own,
    };
    let units = view.statement.sheet(period).map(|sheet| sheet.units());
    let mut parts: Vec<Part> = units.unwrap_or_default().into_iter().map(part).collect();
    by_volume(&mut parts);
    table(view, "units", "reports.by_unit", "listed.unit", parts)
}

/// The items of a unit that have any figures.
pub(super) fn by_item(view: &View<'_>, unit: &UnitCode) -> Table {
    let period = view.period();
    let sheet = view.statement.sheet(period);
    let items =
        sheet.map(|sheet| sheet.grouped(|(own, item)| item.clone().filter(|_| own == unit)));
    let part = |(item, own): (ItemCode, Figures)| Part {
        before: before(view, |(_, other)| other.as_ref() == Some(&item)),
        name: Cell {
            text: item_name(view.books, &item),
            link: Some(format!(
                "/reports/{period}/unit/{}/item/{}",
                escaped(unit.as_str()),
                escaped(item.as_str())
            )),
            of: item.to_string(),
        },
        filter: format!("&item={}", escaped(item.as_str())),
        own,
    };
    let mut parts: Vec<Part> = items.unwrap_or_default().into_iter().map(part).collect();
    by_volume(&mut parts);
    table(view, "items", "reports.by_item", "listed.what", parts)
}

/// The halls, if there is more than one answer to where a unit sits.
pub(super) fn by_hall(view: &View<'_>) -> Option<Table> {
    let books = view.books;
    let halls = view.statement.sheet(view.period())?.halls(books);
    if halls.len() < 2 {
        return None;
    }
    let part = |(hall, own): (Option<String>, Figures)| Part {
        before: before(view, |(unit, _)| {
            approval::statistics::hall_of(books, unit) == hall
        }),
        name: Cell::plain(hall.as_deref().unwrap_or(view.t.say("reports.no_hall"))),
        filter: format!("&hall={}", escaped(hall.as_deref().unwrap_or_default())),
        own,
    };
    let mut parts: Vec<Part> = halls.into_iter().map(part).collect();
    by_volume(&mut parts);
    Some(table(
        view,
        "halls",
        "reports.by_hall",
        "reports.hall",
        parts,
    ))
}

/// The kinds of items; what has none, as orders, is in none of them.
pub(super) fn by_kind(view: &View<'_>) -> Option<Table> {
    let sheet = view.statement.sheet(view.period())?;
    let books = view.books;
    let kind_of = |item: &Option<ItemCode>| {
        let item = item.as_ref()?;
        approval::statistics::kind_of(books, item)
    };
    let kinds = sheet.grouped(|leaf| kind_of(&leaf.1).filter(|_| view.scope.holds(leaf)));
    if kinds.is_empty() {
        return None;
    }
    let parts = kinds.into_iter().map(|(kind, own)| Part {
        before: before(view, |(_, item)| kind_of(item) == Some(kind)),
        name: Cell::plain(view.t.word("item_kind", kind.as_str())),
        filter: format!("&kind={}", kind.as_str()),
        own,
    });
    let parts = parts.collect();
    Some(table(
        view,
        "kinds",
        "reports.by_kind",
        "reports.kind",
        parts,
    ))
}

/// What the stages of the completed cases took.
pub(super) fn by_stage(view: &View<'_>, own: &Figures) -> Option<Table> {
    let t = view.t;
    let row = |stage: &Stage| {
        let found = own.stages.get(stage)?;
        Some(Row {
            name: Cell::plain(t.word("stage", stage.as_str())),
            cells: vec![
                Cell::plain(found.used.cases().to_string()),
                Cell::count(found.visits, view.door(Indicator::Visits(*stage), "")),
                Cell::count(
                    found.late_visits,
                    view.door(Indicator::LateVisits(*stage), ""),
                ),
                Cell::plain(mean(&found.used)),
                Cell::plain(days_of(found.used.median())),
                Cell::plain(days_of(found.used.percentile(90))),
            ],
        })
    };
    let rows: Vec<Row> = Stage::ALL.iter().filter_map(row).collect();
    let head = [
        "reports.stage",
        "reports.stage_cases",
        "reports.visits",
        "reports.late_visits",
        "counted.used_mean",
        "counted.used_median",
        "counted.used_p90",
    ];
    (!rows.is_empty()).then(|| Table {
        id: "stages",
        caption: t.say("reports.by_stage").to_owned(),
        note: t.say("reports.stage_means").to_owned(),
        head: head.iter().map(|key| t.say(key).to_owned()).collect(),
        rows,
        foot: None,
    })
}

/// The warnings by level: issued, taken away, and the cases by their highest.
pub(super) fn warnings(view: &View<'_>, own: &Figures) -> Table {
    let t = view.t;
    let rows = [
        (Level::Notice, "notices", "notice_cases"),
        (Level::Yellow, "yellow", "yellow_cards"),
        (Level::Red, "red", "red_cards"),
    ];
    let row = |(level, family, cases): (Level, &str, &str)| {
        let words = ["issued", "annulled", "revoked", "pending"];
        let words = words.map(|state| format!("{family}_{state}"));
        let words = words.iter().map(String::as_str).chain([cases]);
        let cell = |word: &str| match Indicator::parse(word) {
            Some(found) => Cell::count(found.value(own), view.door(found, "")),
            None => Cell::plain(NONE),
        };
        let mark = Mark::of(t, level);
        Row {
            name: Cell::plain(format!("{} {}", mark.shape, mark.word)),
            cells: words.map(cell).collect(),
        }
    };
    let head = [
        "reports.level",
        "reports.issued",
        "reports.annulled",
        "reports.revoked",
        "reports.pending",
        "reports.as_highest",
    ];
    Table {
        id: "warnings",
        caption: t.say("reports.warnings").to_owned(),
        note: t.say("reports.warnings_mean").to_owned(),
        head: head.iter().map(|key| t.say(key).to_owned()).collect(),
        rows: rows.into_iter().map(row).collect(),
        foot: None,
    }
}

/// How the cases ended.
pub(super) fn outcomes(view: &View<'_>, own: &Figures) -> Option<Table> {
    let t = view.t;
    let row = |(outcome, cases): (&Option<approval::stage::Outcome>, &u64)| {
        let name = match outcome {
            Some(outcome) => t.word("outcome", outcome.as_str()),
            None => t.say("reports.outcome_unknown"),
        };
        Row {
            name: Cell::plain(name),
            cells: vec![Cell::count(
                *cases,
                view.door(Indicator::Outcome(*outcome), ""),
            )],
        }
    };
    let rows: Vec<Row> = own.outcomes.iter().map(row).collect();
    (!rows.is_empty()).then(|| Table {
        id: "outcomes",
        caption: t.say("reports.outcomes").to_owned(),
        note: t.say("reports.outcomes_mean").to_owned(),
        head: vec![
            t.say("reports.outcome").to_owned(),
            t.say("reports.cases").to_owned(),
        ],
        rows,
        foot: None,
    })
}

/// Records with something irregular about them. They are marks on events, which no list of cases counts.
pub(super) fn defects(t: Texts, own: &Figures) -> Option<Table> {
    let row = |(defect, events): (&approval::event::Defect, &u64)| Row {
        name: Cell::plain(t.word("defect", defect.as_str())),
        cells: vec![Cell::plain(events.to_string())],
    };
    let rows: Vec<Row> = own.defects.iter().map(row).collect();
    (!rows.is_empty()).then(|| Table {
        id: "defects",
        caption: t.say("reports.defects").to_owned(),
        note: t.say("reports.defects_mean").to_owned(),
        head: vec![
            t.say("reports.defect").to_owned(),
            t.say("reports.records").to_owned(),
        ],
        rows,
        foot: None,
    })
}

/// The units that have items but did nothing, with their names; of the division alone.
pub(super) fn without_business(view: &View<'_>) -> Option<Vec<String>> {
    match view.scope {
        Scope::Division => Some(
            view.statement
                .without_business()
                .map(|unit| unit.name.clone())
                .collect(),
        ),
        _ => None,
    }
}

/// The sum of limits as a sentence: items in force, days by law and by promise.
pub(super) fn limits(view: &View<'_>) -> Option<String> {
    let limits = match &view.scope {
        Scope::Division => view.statement.limits,
        Scope::Unit(code) => {
            let mut units = view.statement.units.iter();
            units.find(|unit| unit.code == *code)?.limits
        }
        Scope::Item(..) => return None,
    };
    let cut = limits
        .cut_permille()
        .and_then(|cut| i64::try_from(cut).ok());
    let cut = cut.map_or(NONE.to_owned(), |cut| {
        report::picture::decimal(cut, 1) + "%"
    });
    Some(view.t.fill(
        "reports.limits",
        &[
            &limits.approval_items,
            &limits.statutory_days,
            &limits.promised_days,
            &limits.days_cut(),
            &cut,
        ],
    ))
}

/// A count's place beside its share: what `lines` has, for the loud numbers on top.
pub(super) fn loud(view: &View<'_>, own: &Figures) -> Vec<(String, Cell, String)> {
    let t = view.t;
    let shares: [(&str, Option<(&str, Ratio)>); 4] = [
        ("accepted", None),
        (
            "completed",
            Some(("completion_rate", own.completion_rate())),
        ),
        (
            "completed_on_time",
            Some(("on_time_rate", own.on_time_rate())),
        ),
        ("open_late", None),
    ];
    let loud = |(word, share): (&str, Option<(&str, Ratio)>)| {
        let cell =
            Indicator::parse(word).map(|found| Cell::count(found.value(own), view.door(found, "")));
        let told = match share {
            Some((name, ratio)) => format!("{} {}", t.word("counted", name), lines::percent(ratio)),
            None if word == "open_late" => t.one("reports.open_all", own.counts.open_at_end),
            None => String::new(),
        };
        let name = t.word("counted", word).to_owned();
        (name, cell.unwrap_or_default(), told)
    };
    shares.into_iter().map(loud).collect()
}
