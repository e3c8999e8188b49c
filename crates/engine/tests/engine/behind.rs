//! Whatever number a report shows, the list behind it adds up to it: over the demo's run with lapses, by every number,
//! for the division, units, items, and in periods that are over and one that isn't.

use std::collections::{BTreeMap, BTreeSet};

use approval::ids::{ItemCode, UnitCode};
use approval::stage::Stage;
use approval::statistics::{Figures, Indicator, Leaf, Period, Statement, Window};
use engine::Engine;
use engine::behind::{BehindPlace, Number};
use engine::replay::{Files, plan_lapses, run};

/// Few enough that lists have several pages.
const PAGE_ROWS: usize = 17;

/// The demo's run with lapses, replayed.
async fn office(folder: &tempfile::TempDir) -> Engine {
    let files = Files::embedded("jiaozuo-2011").expect("the scenario");
    let calendar = engine::assets::calendar(&files.scenario.calendar).expect("a calendar");
    let url = format!("sqlite:{}", folder.path().join("lapses.db").display());
    let from = calendar.start_of(files.lapses.from);
    let engine = files.prepare(&url, from).await.expect("an empty database");
    let books = engine.books(engine.division()).await.expect("books");
    let plan = plan_lapses(&files.scenario, &files.lapses, &books).expect("a plan");
    run(&engine, &plan, None, &|_| {}).await.expect("a run");
    engine
}

fn every_indicator(statement: &Statement) -> Vec<Indicator> {
    let stages = Stage::ALL.iter();
    let stages = stages.flat_map(|s| [Indicator::Visits(*s), Indicator::LateVisits(*s)]);
    let outcomes = statement
        .total
        .outcomes
        .keys()
        .copied()
        .map(Indicator::Outcome);
    Indicator::counts()
        .chain(stages)
        .chain(outcomes)
        .chain([Indicator::Measured, Indicator::Immediate])
        .collect()
}

/// Walks a list page by page; gives how often its subjects are counted, each met once.
async fn walk(engine: &Engine, number: &Number<'_>) -> u64 {
    let mut met = BTreeSet::new();
    let mut sum = 0;
    let mut place = BehindPlace::start();
    loop {
        let page = engine
            .behind(number, &place, PAGE_ROWS)
            .await
            .expect("a page");
        assert!(page.rows.len() <= PAGE_ROWS);
        for one in page.rows {
            assert!(
                met.insert(one.row.subject.clone()),
                "{} twice",
                one.row.subject
            );
            sum += one.times;
        }
        match page.next {
            Some(next) => place = BehindPlace::parse(&next.to_string()).expect("a place"),
            None => return sum,
        }
    }
}

/// Which units and items a list is of: a hall is several units, a kind several items.
type Part = (Option<BTreeSet<UnitCode>>, Option<BTreeSet<ItemCode>>);

/// The division, two units with most cases, an item of each, both units as a hall would have them, both items.
fn parts(statement: &Statement) -> Vec<Part> {
    let mut units: Vec<_> = statement.units.iter().collect();
    units.sort_by_key(|unit| std::cmp::Reverse(unit.figures.counts.accepted));
    let units: Vec<UnitCode> = units.iter().take(2).map(|unit| unit.code.clone()).collect();
    let item = |unit: &UnitCode| {
        let items = statement.items.iter().filter(|item| item.unit == *unit);
        let most = items.max_by_key(|item| item.figures.counts.completed);
        most.map(|item| item.code.clone())
    };
    let items: Vec<ItemCode> = units.iter().filter_map(item).collect();
    let mut parts: Vec<Part> = vec![(None, None)];
    for (unit, item) in units.iter().zip(&items) {
        let unit = BTreeSet::from([unit.clone()]);
        parts.push((Some(unit.clone()), None));
        parts.push((Some(unit), Some(BTreeSet::from([item.clone()]))));
    }
    parts.push((Some(units.into_iter().collect()), None));
    parts.push((None, Some(items.into_iter().collect())));
    parts
}

fn is_in((units, items): &Part, (unit, item): &Leaf) -> bool {
    units.as_ref().is_none_or(|units| units.contains(unit))
        && items
            .as_ref()
            .is_none_or(|items| item.as_ref().is_some_and(|item| items.contains(item)))
}

#[tokio::test]
async fn every_list_adds_up_to_its_number() {
    let folder = tempfile::tempdir().expect("a folder");
    let engine = office(&folder).await;
    let mut seen: BTreeMap<String, u64> = BTreeMap::new();
    for text in ["2011-09", "2011-10", "2011-Q4", "2011-09-20..2011-10-12"] {
        let period = Period::parse(text).expect("a period");
        let statement = engine.statement(&period).await.expect("statistics");
        let window = Window::new(&period, &statement.calendar, statement.cut_off);
        let sheet = statement.sheet(&period).expect("its own sheet");
        assert_eq!(sheet.total(), statement.total);
        cut_otherwise(&engine, &statement).await;
        for part in parts(&statement) {
            let figures = sheet.sum(|leaf| is_in(&part, leaf));
            for indicator in every_indicator(&statement) {
                let number = Number {
                    indicator,
                    window,
                    units: part.0.as_ref(),
                    items: part.1.as_ref(),
                };
                let told = indicator.value(&figures);
                assert_eq!(
                    walk(&engine, &number).await,
                    told,
                    "{text} {part:?} {indicator}"
                );
                *seen.entry(indicator.to_string()).or_default() += told;
            }
        }
    }
    // A test over zeros would show nothing.
    for word in [
        "accepted",
        "completed",
        "completed_on_time",
        "completed_late",
        "open_at_start",
        "open_at_end",
        "open_late",
        "notice_cases",
        "yellow_cards",
        "red_cards",
        "corrections",
        "stops",
        "extensions",
        "late_visits.handling",
        "outcome.granted",
    ] {
        assert!(
            seen.get(word).is_some_and(|count| *count > 0),
            "{word}: {seen:?}"
        );
    }
    engine.close().await;
}

/// Halls, kinds and units each add up to the division; a unit's own statement has nothing of another in it.
async fn cut_otherwise(engine: &Engine, statement: &Statement) {
    let books = engine.books(engine.division()).await.expect("books");
    let sheet = statement.sheet(&statement.period).expect("its own sheet");
    let sum = |groups: Vec<Figures>| {
        let mut sum = Figures::default();
        groups.iter().for_each(|figures| sum.merge(figures));
        sum
    };
    let halls = sheet.halls(&books);
    assert!(halls.len() > 1, "{:?}", halls.keys());
    assert_eq!(sum(halls.into_values().collect()), statement.total);
    let kinds = sheet.kinds(&books);
    assert!(kinds.len() > 1, "{:?}", kinds.keys());
    assert_eq!(sum(kinds.into_values().collect()), statement.total);
    let mut alone = Vec::new();
    for unit in &statement.units {
        let own = statement.of_unit(&unit.code).expect("a unit");
        assert_eq!(own.total, unit.figures);
        assert_eq!(own.units.len(), 1);
        assert!(own.items.iter().all(|item| item.unit == unit.code));
        for (_, sheet) in &own.sheets {
            assert!(sheet.leaves().all(|((of, _), _)| *of == unit.code));
        }
        alone.push(
            own.before
                .and_then(|before| before.figures)
                .unwrap_or_default(),
        );
    }
    let before = statement
        .before
        .as_ref()
        .and_then(|before| before.figures.clone());
    assert_eq!(sum(alone), before.unwrap_or_default());
    assert!(statement.of_unit(&UnitCode::from("NOBODY")).is_none());
}

/// What another unit's people have isn't in a unit's list, and a list of nothing is empty.
#[tokio::test]
async fn lists_of_nothing_are_empty() {
    let folder = tempfile::tempdir().expect("a folder");
    let engine = office(&folder).await;
    let period = Period::parse("2011-10").expect("a period");
    let statement = engine.statement(&period).await.expect("statistics");
    let nobody = BTreeSet::from([UnitCode::from("NOBODY")]);
    for indicator in every_indicator(&statement) {
        for (units, items) in [(Some(&nobody), None), (None, Some(&BTreeSet::new()))] {
            let number = Number {
                indicator,
                window: Window::new(&period, &statement.calendar, statement.cut_off),
                units,
                items,
            };
            assert_eq!(walk(&engine, &number).await, 0, "{indicator}");
        }
    }
    engine.close().await;
}
