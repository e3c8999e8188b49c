//! A whole city's office with two months behind it: the demo's run with lapses, replayed by the engine itself. For tests that
//! want full pages: cards, stops, orders, late recordings. One unit has had more to do since.

use approval::Command;
use approval::command::Act;
use approval::ids::PersonCode;
use approval::stage::{Procedure, Stage};
use chrono::{DateTime, Utc};
use engine::accounts::{AccountRole, Caller, NewAccount};
use engine::replay::{Files, plan_lapses, run};
use engine::{Application, Engine};

use super::PASSWORD;
use crate::program::block_on;
use crate::program::place::Place;
use crate::scripts::Database;

/// The scenario that ships with the program.
const SCENARIO: &str = "jiaozuo-2011";

/// When the pages are looked at: a Thursday, nine working days after the run's end.
const NOW: &str = "2011-11-10T09:30:00+08:00";

/// How far an application has come.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Come {
    Received,
    Incomplete,
    Accepted,
    Stopped,
    Handled,
    Reviewed,
}

/// What one unit received since: when, what, who applied, and how far it has come. All of it is synthetic.
const SINCE: [(&str, &str, &str, Come); 14] = [
    (
        "2011-11-01T09:10:00+08:00",
        "HBJ-003",
        "焦作市示例一建材有限公司",
        Come::Accepted,
    ),
    (
        "2011-11-01T10:40:00+08:00",
        "HBJ-006",
        "沁阳市样本化工有限公司",
        Come::Handled,
    ),
    (
        "2011-11-02T09:20:00+08:00",
        "HBJ-002",
        "温县范例食品有限公司",
        Come::Accepted,
    ),
    (
        "2011-11-02T15:05:00+08:00",
        "HBJ-010",
        "孟州市样本皮革厂",
        Come::Reviewed,
    ),
    (
        "2011-11-03T09:30:00+08:00",
        "HBJ-003",
        "武陟县示例造纸厂",
        Come::Handled,
    ),
    (
        "2011-11-03T11:00:00+08:00",
        "HBJ-004",
        "博爱县范例水泥有限公司",
        Come::Stopped,
    ),
    (
        "2011-11-04T09:15:00+08:00",
        "HBJ-006",
        "修武县样本陶瓷厂",
        Come::Accepted,
    ),
    (
        "2011-11-04T16:20:00+08:00",
        "HBJ-008",
        "焦作市示例二医院",
        Come::Accepted,
    ),
    (
        "2011-11-07T09:40:00+08:00",
        "HBJ-003",
        "解放区范例印刷厂",
        Come::Handled,
    ),
    (
        "2011-11-07T14:45:00+08:00",
        "HBJ-007",
        "马村区样本再生资源有限公司",
        Come::Accepted,
    ),
    (
        "2011-11-08T10:10:00+08:00",
        "HBJ-010",
        "山阳区示例电镀厂",
        Come::Reviewed,
    ),
    (
        "2011-11-08T15:30:00+08:00",
        "HBJ-002",
        "中站区范例耐火材料厂",
        Come::Incomplete,
    ),
    (
        "2011-11-09T09:50:00+08:00",
        "HBJ-006",
        "温县样本制药有限公司",
        Come::Accepted,
    ),
    (
        "2011-11-10T09:05:00+08:00",
        "HBJ-003",
        "沁阳市示例玻璃钢厂",
        Come::Received,
    ),
];

/// Those who look at pages here, each with the person that the account is for.
pub(super) const ACCOUNTS: [(&str, AccountRole, Option<&str>); 10] = [
    ("clerk", AccountRole::Desk, Some("HBJ-C1")),
    ("handler", AccountRole::Desk, Some("HBJ-H1")),
    ("reviewer", AccountRole::Desk, Some("HBJ-R1")),
    ("approver", AccountRole::Desk, Some("HBJ-A1")),
    ("head", AccountRole::Desk, Some("HBJ-D1")),
    ("inspector", AccountRole::Desk, Some("JCJ-I1")),
    ("leader", AccountRole::Desk, Some("JCJ-L1")),
    ("system", AccountRole::System, None),
    ("security", AccountRole::Security, None),
    ("audit", AccountRole::Audit, None),
];

/// Makes it.
pub(super) fn office() -> Place {
    let place = Place::bare(Database::Sqlite);
    block_on(async {
        let files = Files::embedded(SCENARIO).unwrap();
        let calendar = engine::assets::calendar(&files.scenario.calendar).unwrap();
        let from = calendar.start_of(files.lapses.from);
        let engine = files.prepare(&place.url, from).await.unwrap();
        let books = engine.books(engine.division()).await.unwrap();
        let plan = plan_lapses(&files.scenario, &files.lapses, &books).unwrap();
        run(&engine, &plan, None, &|_| {}).await.unwrap();
        let now = since_then(&engine).await;
        let statement = &files.scenario.published.statement;
        engine.mark_replayed(now, statement).await.unwrap();
        add_accounts(&engine).await;
        engine.close().await;
    });
    place
}

async fn add_accounts(engine: &Engine) {
    for (account, role, person) in ACCOUNTS {
        let new = NewAccount {
            account: account.to_owned(),
            name: String::new(),
            role,
            person: person.map(str::to_owned),
            password: PASSWORD.to_owned(),
            must_change: false,
            active: true,
        };
        engine.add_account(new, &Caller::default()).await.unwrap();
    }
}

/// What the unit did since the run, each at its time, as far as it came; gives the present instant.
async fn since_then(engine: &Engine) -> DateTime<Utc> {
    for (at, item, applicant, come) in SINCE {
        let at: DateTime<Utc> = at.parse().unwrap();
        engine.clock().advance_to(at);
        engine.sweep(None).await.unwrap();
        let missing = match come {
            Come::Incomplete => vec!["项目环境影响报告表".to_owned()],
            _ => Vec::new(),
        };
        let application = Application {
            item: item.to_owned(),
            applicant: applicant.to_owned(),
            missing,
            ..Application::default()
        };
        let seen = engine.receive(application, by("HBJ-C1")).await.unwrap();
        let number = seen.subject.id.as_str();
        for (person, command) in acts(come) {
            engine.act(number, command, by(person)).await.unwrap();
        }
    }
    let now: DateTime<Utc> = NOW.parse().unwrap();
    engine.clock().advance_to(now);
    engine.sweep(None).await.unwrap();
    now
}

/// Who did what, until it had come so far.
fn acts(come: Come) -> Vec<(&'static str, Command)> {
    let complete = |stage| Command::Complete {
        stage,
        outcome: None,
        reason: Some("材料属实，符合条件".to_owned()),
        document: None,
    };
    let mut acts = Vec::new();
    if come >= Come::Accepted {
        acts.push(("HBJ-C1", Command::Accept));
    }
    match come {
        Come::Stopped => acts.push((
            "HBJ-H1",
            Command::Stop {
                procedure: Procedure::ExpertReview,
                notice: Some("焦环特告〔2011〕7号".to_owned()),
                term: None,
                basis: None,
                approver: None,
            },
        )),
        Come::Handled => acts.push(("HBJ-H1", complete(Stage::Handling))),
        Come::Reviewed => acts.extend([
            ("HBJ-H1", complete(Stage::Handling)),
            ("HBJ-R1", complete(Stage::Review)),
        ]),
        Come::Received | Come::Incomplete | Come::Accepted => {}
    }
    acts
}

fn by(person: &str) -> Act {
    Act {
        by: Some(PersonCode::new(person)),
        ..Act::default()
    }
}
