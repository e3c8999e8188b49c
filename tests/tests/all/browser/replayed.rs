//! A whole city's office with two months behind it: the demo's run with lapses, replayed by the engine itself. For tests that
//! want full pages: cards, stops, orders, late recordings.

use engine::Engine;
use engine::accounts::{AccountRole, Caller, NewAccount};
use engine::replay::{Files, plan_lapses, run};

use super::PASSWORD;
use crate::program::block_on;
use crate::program::place::Place;
use crate::scripts::Database;

/// The scenario that ships with the program.
const SCENARIO: &str = "jiaozuo-2011";

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
        let statement = &files.scenario.published.statement;
        engine.mark_replayed(plan.until, statement).await.unwrap();
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
