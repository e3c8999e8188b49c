//! The real pages in a real browser, on the real binary. The chief paths follow docs/PATHS.md, number by number.

mod driver;
mod paths;

use engine::accounts::{AccountRole, Caller, NewAccount};
use engine::{Clock, Engine, Settings};

use crate::program::place::Place;

/// The password of all accounts here.
const PASSWORD: &str = "correct horse battery";

/// The scripts' office with an account for each of its people and for the three administrators.
fn with_accounts(place: &Place) {
    crate::program::block_on(async {
        let engine = Engine::open_at(&place.url, Settings::default(), Clock::System);
        let engine = engine.await.unwrap();
        let people = ["C1", "H1", "H2", "R1", "P1", "B1", "H3", "B3", "I1", "L1"];
        let desks = people.map(|code| (code, AccountRole::Desk, Some(code.to_owned())));
        let administrators = [
            ("system", AccountRole::System, None),
            ("security", AccountRole::Security, None),
            ("audit", AccountRole::Audit, None),
        ];
        for (account, role, person) in desks.into_iter().chain(administrators) {
            let new = NewAccount {
                account: account.to_owned(),
                name: String::new(),
                role,
                person,
                password: PASSWORD.to_owned(),
                must_change: false,
                active: true,
            };
            engine.add_account(new, &Caller::default()).await.unwrap();
        }
        engine.close().await;
    });
}
