//! Scores on both databases: what the record costs and gives, what is entered, objected to and decided.

use std::sync::OnceLock;

use crate::common::{Database, Office, by, on_both};
use approval::command::{Act, Command};
use approval::ids::UnitCode;
use approval::rule::Level;
use approval::scoring::{Entry, EntryState, Line, Placed, Points, Scores, read_month};
use approval::statistics::{Closed, Period};
use engine::accounts::Caller;
use engine::scoring::{Decision, NewScore};
use engine::{Engine, EngineError};
use store::audit::Filter;
use store::scheme::ClosingSchemeRow;
use store::verify::DefectKind;

/// A notice two days before the promised limit, a yellow card after it.
const RULES: &str = r#"name = "two"
[[rule]]
id = "near"
element = "promised"
level = "notice"
before_working_days = 2
tell = ["head"]
issue = "at-once"
basis = ["permit-law-42-1"]
text = "快到期"
text_en = "due soon"
[[rule]]
id = "over"
element = "promised"
level = "yellow"
after_working_days = 0
tell = ["head"]
issue = "at-once"
basis = ["permit-law-42-1"]
text = "超期"
text_en = "over"
"#;

/// An office on Monday 2018-10-15 with those rules: limits of 7 working days end with the 24th.
async fn office(database: Database) -> (Office, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let rules = folder.path().join("two.toml");
    std::fs::write(&rules, RULES).unwrap();
    let rules = rules.display().to_string();
    let office = Office::with(database, "2018-10-15T10:00:00+08:00", "cn", &rules).await;
    (office, folder)
}

fn caller() -> &'static Caller {
    static CALLER: OnceLock<Caller> = OnceLock::new();
    CALLER.get_or_init(|| Caller {
        account: "zhou".to_owned(),
        address: "10.0.0.1".to_owned(),
    })
}

fn new(unit: &str, month: &str, part: &str, points: &str) -> NewScore {
    NewScore {
        unit: unit.to_owned(),
        month: read_month(month).unwrap(),
        part: part.to_owned(),
        points: Points::parse(points).unwrap(),
        reason: "投诉查实".to_owned(),
    }
}

async fn scores(engine: &Engine, period: &str) -> Scores {
    let period = Period::parse(period).unwrap();
    engine.statement(&period).await.unwrap().scores.unwrap()
}

fn placed<'s>(scores: &'s Scores, unit: &str) -> &'s Placed {
    scores.unit(&UnitCode::from(unit)).unwrap()
}

fn score(scores: &Scores, unit: &str) -> String {
    placed(scores, unit).score.unwrap().to_string()
}

fn told(scores: &Scores, unit: &str) -> Vec<String> {
    let months = placed(scores, unit).months.iter();
    let scored = months.filter_map(|(_, score)| score.as_ref());
    scored
        .flat_map(|score| score.lines().map(Line::zh))
        .collect()
}

async fn cards_and_notices_in_a_row_cost_points(database: Database) {
    let (office, _folder) = office(database).await;
    let mut cases = Vec::new();
    for item in ["GSJ-001", "GSJ-001", "GSJ-001", "HBJ-001"] {
        cases.push(office.accepted(item).await);
    }
    // Nothing yet but what the promises cut: 3 of 10 days, 13 of 20.
    let found = scores(&office.engine, "2018-10").await;
    assert_eq!(score(&found, "GSJ"), "103.00");
    assert_eq!(score(&found, "HBJ"), "106.00");
    office.sweep_at("2018-10-23T09:00:00+08:00").await;
    let found = scores(&office.engine, "2018-10").await;
    assert_eq!(score(&found, "GSJ"), "100.00", "three in a row: −3");
    assert_eq!(score(&found, "HBJ"), "106.00", "one is no row");
    assert_eq!(told(&found, "GSJ")[0], "连续3次预警3件次，扣3分");
    office.sweep_at("2018-10-25T09:00:00+08:00").await;
    let found = scores(&office.engine, "2018-10").await;
    // 期限合法 has 14 points and falls to 0; the notices count no more beside the cards.
    assert_eq!(score(&found, "GSJ"), "89.00");
    assert_eq!(score(&found, "HBJ"), "101.00");
    assert_eq!(placed(&found, "GSJ").grade.as_ref().unwrap().name, "良好");
    // A card that is taken away costs nothing: its case has the notice left.
    let seen = office.engine.look(&cases[0]).await.unwrap();
    let mut warnings = seen.subject.track.warnings.iter();
    let card = warnings.find(|w| w.level() == Level::Yellow).unwrap().seq;
    let reason = "系统故障".to_owned();
    let revoke = Command::RevokeWarning {
        warning: card,
        reason,
    };
    office.act(&cases[0], revoke).await;
    let found = scores(&office.engine, "2018-10").await;
    assert_eq!(score(&found, "GSJ"), "93.00", "14 − 10, and a row of one");
    // Accepted, none completed: too few for a rank.
    assert_eq!(found.ranked().count(), 0);
    assert_eq!(found.months.len(), 1);
}

async fn only_inspectors_enter_and_all_is_in_the_log(database: Database) {
    let (office, _folder) = office(database).await;
    let engine = &office.engine;
    for (who, new, kind) in [
        (
            by("D1"),
            new("GSJ", "2018-10", "attitude", "-2"),
            "needs_inspector",
        ),
        (
            by("L1"),
            new("GSJ", "2018-10", "attitude", "-2"),
            "needs_inspector",
        ),
        (
            Act::default(),
            new("GSJ", "2018-10", "attitude", "-2"),
            "needs_inspector",
        ),
        (
            by("NO"),
            new("GSJ", "2018-10", "attitude", "-2"),
            "unknown_code",
        ),
        (
            by("I1"),
            new("NO", "2018-10", "attitude", "-2"),
            "unknown_code",
        ),
        (
            by("I1"),
            new("GSJ", "2018-11", "attitude", "-2"),
            "future_month",
        ),
        (
            by("I1"),
            new("GSJ", "2018-10", "manners", "-2"),
            "unknown_part",
        ),
        (
            by("I1"),
            new("GSJ", "2018-10", "attitude", "0"),
            "bad_points",
        ),
        (
            by("I1"),
            new("GSJ", "2018-10", "attitude", "101"),
            "bad_points",
        ),
    ] {
        let error = engine.enter_score(new, who, caller()).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
        assert!(error.is_refusal());
    }
    let mut silent = new("GSJ", "2018-10", "attitude", "-2");
    silent.reason = "  ".to_owned();
    let error = engine.enter_score(silent, by("I1"), caller()).await;
    assert_eq!(error.unwrap_err().kind(), "empty");
    let entry = engine.enter_score(
        new("GSJ", "2018-10", "attitude", "-2.5"),
        by("I1"),
        caller(),
    );
    let entry = entry.await.unwrap();
    assert_eq!(entry.number, "PF-410800-20181015-0001");
    // Five working days from the 15th.
    assert_eq!(
        entry.object_until,
        crate::common::at("2018-10-23T00:00:00+08:00")
    );
    let again = engine.enter_score(new("GSJ", "2018-09", "total", "-10"), by("I1"), caller());
    assert_eq!(again.await.unwrap().number, "PF-410800-20181015-0002");
    let log = engine.audit_log(&Filter::default(), 10).await.unwrap();
    assert_eq!(log.len(), 2, "what was refused wrote nothing");
    assert_eq!(
        (log[1].act.as_str(), log[1].target.as_str()),
        ("score_entered", entry.number.as_str())
    );
    assert!(
        log[1].payload.contains("I1: GSJ 2018-10 attitude -2.5"),
        "{}",
        log[1].payload
    );
    assert!(!log[1].payload.contains("查实"), "reasons may name people");
    let found = scores(engine, "2018-10").await;
    assert_eq!(score(&found, "GSJ"), "100.50", "100 − 2.5 + 3");
    assert_eq!(
        told(&found, "GSJ")[0],
        format!("投诉查实（{}），扣2.5分", entry.number)
    );
    // The month before, and both in the half-year: (100.5 + 90) ÷ 2: in September no item was in force, so no promise cut anything.
    let found = scores(engine, "2018-H2").await;
    assert_eq!(score(&found, "GSJ"), "95.25");
    assert_eq!(found.months.len(), 4, "July to October have begun");
    assert!(placed(&found, "HBJ").score.is_none());
}

/// How an act ended: where the entry stands, or the kind of the refusal.
fn ended(done: Result<Entry, EngineError>) -> Result<&'static str, &'static str> {
    done.map(|entry| entry.state().as_str())
        .map_err(|error| error.kind())
}

async fn enter(engine: &Engine) -> String {
    let new = new("GSJ", "2018-10", "attitude", "-2");
    let entry = engine.enter_score(new, by("I1"), caller()).await;
    entry.unwrap().number
}

async fn object(
    engine: &Engine,
    entry: &str,
    reason: &str,
    who: Act,
) -> Result<&'static str, &'static str> {
    ended(engine.object_score(entry, reason, who, caller()).await)
}

async fn decide(
    engine: &Engine,
    entry: &str,
    decision: Decision,
    who: &str,
) -> Result<&'static str, &'static str> {
    let decided = engine.decide_score(entry, decision, "核实", by(who), caller());
    ended(decided.await)
}

async fn a_unit_objects_once_and_an_inspector_decides(database: Database) {
    let (office, _folder) = office(database).await;
    let engine = &office.engine;
    let number = enter(engine).await;
    let foreign = Err("foreign_post");
    for (reason, who, wanted) in [
        ("不是我们", by("X1"), foreign),
        ("不是我们", by("I1"), foreign),
        ("不是我们", Act::default(), foreign),
        (" ", by("D1"), Err("empty")),
    ] {
        assert_eq!(object(engine, &number, reason, who).await, wanted);
    }
    let uphold = Decision::Uphold;
    let nothing = Err("nothing_to_decide");
    assert_eq!(decide(engine, &number, uphold, "I1").await, nothing);
    let unknown = Err("unknown_entry");
    assert_eq!(decide(engine, "PF-0", uphold, "I1").await, unknown);
    let objected = object(engine, &number, "不是我们", by("D1")).await;
    assert_eq!(objected, Ok("contested"));
    let again = object(engine, &number, "不是我们", by("C1")).await;
    assert_eq!(again, Err("objected_already"));
    // It counts until it is decided.
    assert_eq!(score(&scores(engine, "2018-10").await, "GSJ"), "101.00");
    let foreign = Err("needs_inspector");
    assert_eq!(decide(engine, &number, uphold, "D1").await, foreign);
    assert_eq!(decide(engine, &number, uphold, "I1").await, Ok("withdrawn"));
    let found = scores(engine, "2018-10").await;
    assert!(placed(&found, "GSJ").score.is_none(), "nothing is left");
    // Another one is rejected, a third comes too late.
    let (second, third) = (enter(engine).await, enter(engine).await);
    let filed = object(engine, &second, "不是", by("D1")).await;
    assert_eq!(filed, Ok("contested"));
    let rejected = decide(engine, &second, Decision::Reject, "I1").await;
    assert_eq!(rejected, Ok("confirmed"));
    office.go_to("2018-10-23T00:00:00+08:00");
    let late = object(engine, &third, "不是", by("D1")).await;
    assert_eq!(late, Err("objection_too_late"));
    let found = scores(engine, "2018-10").await;
    assert_eq!(score(&found, "GSJ"), "99.00", "100 − 4 + 3");
}

/// Who, when and why; nothing is changed or deleted.
async fn the_history_of_an_entry_stays(database: Database) {
    let (office, _folder) = office(database).await;
    let engine = &office.engine;
    let (first, second, _) = (
        enter(engine).await,
        enter(engine).await,
        enter(engine).await,
    );
    for (entry, decision) in [(&first, Decision::Uphold), (&second, Decision::Reject)] {
        object(engine, entry, "不是我们", by("D1")).await.unwrap();
        decide(engine, entry, decision, "I1").await.unwrap();
    }
    let entry = engine.score_entry(&first).await.unwrap();
    let acts = entry.acts.iter();
    let acts: Vec<_> = acts
        .map(|a| (a.kind.as_str(), a.by.as_str(), a.reason.as_str()))
        .collect();
    let wanted = [("objected", "D1", "不是我们"), ("upheld", "I1", "核实")];
    assert_eq!(acts, wanted);
    let month = read_month("2018-10").unwrap();
    let months = (&month, &month);
    let states = |entries: Vec<Entry>| entries.iter().map(Entry::state).collect::<Vec<_>>();
    let all = engine.score_entries(None, months).await.unwrap();
    let wanted = [
        EntryState::Withdrawn,
        EntryState::Confirmed,
        EntryState::Standing,
    ];
    assert_eq!(states(all), wanted);
    let other = engine.score_entries(Some("HBJ"), months).await.unwrap();
    assert_eq!(states(other), []);
    let log = engine.audit_log(&Filter::default(), 20).await.unwrap();
    let acts: Vec<&str> = log.iter().rev().map(|row| row.act.as_str()).collect();
    let words = "entered entered entered objected upheld objected rejected";
    let words = words.split(' ').map(|word| format!("score_{word}"));
    assert_eq!(acts, words.collect::<Vec<_>>());
    assert!(engine.check_log(caller()).await.unwrap().defect.is_none());
}

/// Several people of a unit object from several processes at once: one objection, however it comes out.
async fn of_many_at_once_one_objects(database: Database) {
    let (office, _folder) = office(database).await;
    let entry =
        office
            .engine
            .enter_score(new("GSJ", "2018-10", "attitude", "-2"), by("I1"), caller());
    let number = entry.await.unwrap().number;
    let second = office.second().await;
    let tries = [
        (&office.engine, "D1"),
        (&second, "C1"),
        (&office.engine, "H1"),
        (&second, "R1"),
    ];
    let tries =
        tries.map(|(engine, who)| engine.object_score(&number, "不是我们", by(who), caller()));
    let done = futures_util::future::join_all(tries).await;
    assert_eq!(done.iter().filter(|d| d.is_ok()).count(), 1, "{done:?}");
    for error in done.into_iter().filter_map(Result::err) {
        assert_eq!(error.kind(), "objected_already", "{error}");
    }
    assert_eq!(
        office.engine.score_entry(&number).await.unwrap().acts.len(),
        1
    );
}

async fn schemes_are_named_by_the_configuration(database: Database) {
    let (office, folder) = office(database).await;
    office.accepted("GSJ-001").await;
    let with = |scoring: &str| {
        let mut settings = office.engine.settings().clone();
        settings.scoring = scoring.to_owned();
        Engine::open_at(&office.url, settings, office.clock.clone())
    };
    let period = Period::parse("2018-10").unwrap();
    let none = with("none").await.unwrap();
    assert!(none.statement(&period).await.unwrap().scores.is_none());
    let refused = none.enter_score(new("GSJ", "2018-10", "total", "-2"), by("I1"), caller());
    assert_eq!(refused.await.unwrap_err().kind(), "no_scheme");
    let plain = with("plain").await.unwrap();
    assert_eq!(score(&scores(&plain, "2018-10").await, "GSJ"), "100.00");
    let path = folder.path().join("mine.toml");
    std::fs::write(&path, "name = \"mine\"\n[[part]]\nkey = \"x\"\n").unwrap();
    let mine = with(&path.display().to_string()).await.unwrap();
    let error = mine.statement(&period).await.unwrap_err();
    assert_eq!(error.kind(), "bad_scheme");
    let told = error.to_string();
    assert!(
        told.contains("mine.toml 第2行，键“part.name”") && told.contains("part.name: missing"),
        "{told}"
    );
    let missing = with("no-such-scheme").await.unwrap();
    assert_eq!(missing.statement(&period).await.unwrap_err().kind(), "file");
    // Weeks aren't scored.
    let week = Period::parse("2018-W42").unwrap();
    assert!(
        office
            .engine
            .statement(&week)
            .await
            .unwrap()
            .scores
            .is_none()
    );
}

/// The numbers of a unit that the newest revision changed, before and after.
fn changed(closed: &Closed, unit: &str, name: &str) -> Vec<(Option<i64>, Option<i64>)> {
    let changes = closed.last.changes.iter();
    let own = changes.filter(|c| c.unit == Some(UnitCode::from(unit)) && c.name == name);
    own.map(|c| (c.before, c.after)).collect()
}

async fn another_scheme_scores_no_closed_month_anew(database: Database) {
    let (office, folder) = office(database).await;
    for _ in 0..2 {
        office.accepted("GSJ-001").await;
    }
    office.sweep_at("2018-10-25T09:00:00+08:00").await;
    office.go_to("2018-11-15T09:00:00+08:00");
    let month = read_month("2018-10").unwrap();
    let scored = scores(&office.engine, "2018-10").await;
    assert_eq!(score(&scored, "GSJ"), "93.00", "two cards");
    office.engine.close_period(&month).await.unwrap();

    // From now on a yellow card costs 7 points, and of what was published nobody asks any more.
    let old = engine::assets::text("scoring/hundred.toml").unwrap();
    let new = old
        .replace(
            "count = \"yellow_cards\"\npoints = 5",
            "count = \"yellow_cards\"\npoints = 7",
        )
        .replace("key = \"publicity\"", "key = \"openness\"");
    assert!(new != old);
    let path = folder.path().join("other.toml");
    std::fs::write(&path, new).unwrap();
    let mut settings = office.engine.settings().clone();
    settings.scoring = path.display().to_string();
    let engine = Engine::open_at(&office.url, settings, office.clock.clone());
    let engine = engine.await.unwrap();
    let closed = scores(&engine, "2018-10").await;
    assert_eq!(closed.units, scored.units);
    assert_eq!(closed.scheme, scored.scheme);
    let open = scores(&engine, "2018-11").await;
    assert!(open.scheme.edition != scored.scheme.edition);
    let quarter = scores(&engine, "2018-Q4").await;
    assert!(quarter.has_several_schemes());
    assert_eq!(quarter.scheme.edition, open.scheme.edition);
    let parts = quarter.part_means(placed(&quarter, "GSJ"));
    let keys: Vec<&str> = parts.iter().map(|(key, _)| *key).collect();
    assert!(
        keys.contains(&"publicity") || !keys.contains(&"openness"),
        "{keys:?}"
    );

    // Points are entered for a closed month by its own parts, and the revision tells what they changed.
    let enter = |part: &'static str| engine.enter_score(new_score(part), by("I1"), caller());
    let refused = enter("openness").await.unwrap_err();
    assert_eq!(refused.kind(), "unknown_part");
    enter("publicity").await.unwrap();
    let statement = engine.statement(&month).await.unwrap();
    let revised = statement.closed.unwrap();
    assert_eq!(revised.last.number, 2);
    assert_eq!(
        changed(&revised, "GSJ", "score"),
        [(Some(9_300), Some(9_000))]
    );
    assert_eq!(
        changed(&revised, "GSJ", "points/publicity"),
        [(Some(1_000), Some(700))]
    );
    assert!(changed(&revised, "GSJ", "accepted").is_empty());
    // The old program's configuration sees the same.
    let again = office.engine.close_period(&month).await.unwrap();
    assert_eq!(again, revised);
    office.verify().await;
    bent_schemes_are_found(&office).await;
}

/// By which scheme a closed month is scored stands in a row that the chained closing vouches for.
async fn bent_schemes_are_found(office: &Office) {
    let note = |period: &'static str, month: &'static str| {
        office
            .engine
            .store()
            .write::<_, EngineError, _>(move |conn| {
                Box::pin(async move {
                    let row = ClosingSchemeRow {
                        division: crate::common::DIVISION.to_owned(),
                        period: period.to_owned(),
                        month: month.to_owned(),
                        edition: "other".to_owned(),
                    };
                    Ok(store::scheme::scored_by(conn, &row).await?)
                })
            })
    };
    let found = async || {
        let report = office.engine.verify().await.unwrap();
        let defects = report.defects.into_iter();
        let told = defects.map(|defect| (defect.subject, defect.seq, defect.kind));
        told.collect::<Vec<_>>()
    };
    note("2018-10", "2018-09").await.unwrap();
    let differs = ("closing/2018-10".to_owned(), 2, DefectKind::ColumnDiffers);
    assert_eq!(found().await, std::slice::from_ref(&differs));
    note("2018-11", "2018-11").await.unwrap();
    let unclosed = ("closing/2018-11".to_owned(), 1, DefectKind::MissingEvent);
    assert_eq!(found().await, [differs, unclosed]);
}

fn new_score(part: &str) -> NewScore {
    new("GSJ", "2018-10", part, "-3")
}

on_both!(
    cards_and_notices_in_a_row_cost_points,
    only_inspectors_enter_and_all_is_in_the_log,
    a_unit_objects_once_and_an_inspector_decides,
    the_history_of_an_entry_stays,
    of_many_at_once_one_objects,
    schemes_are_named_by_the_configuration,
    another_scheme_scores_no_closed_month_anew,
);
