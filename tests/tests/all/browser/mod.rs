//! The real pages in a real browser, on the real binary. The chief paths follow docs/PATHS.md, number by number.

mod driver;
mod every_page;
mod paths;
mod replayed;
mod reports;
mod supervision;
mod window;

use engine::accounts::{AccountRole, Caller, NewAccount};
use engine::{Clock, Engine, Settings};

use crate::program::place::Place;
use crate::scripts::Database;

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

/// An item that asks for papers; those of the scripts' office ask for none.
const WITH_MATERIALS: &str = "\
code,name,unit,kind,promised_amount,promised_unit,statutory_amount,statutory_unit,handling,review,approval,completion,basis,materials
GSJ-009,食品经营许可,GSJ,committed,7,working_days,10,working_days,3,2,1,1,行政许可法第三十四条,申请书;营业执照复印件;经营场所平面图
";

/// The scripts' office with accounts, and with an item whose materials are ticked.
fn with_materials() -> Place {
    let place = Place::new(Database::Sqlite);
    let folder = place.path("items");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("items.csv"), WITH_MATERIALS).unwrap();
    place.well(&["reference", "load", folder.to_str().unwrap()]);
    with_accounts(&place);
    place
}
