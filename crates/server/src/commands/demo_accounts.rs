//! The demo's accounts: one for each role, shown on its sign-in page and nowhere else.

use engine::Engine;
use engine::accounts::{AccountRole, Caller, NewAccount};
use web::ShownAccount;

use crate::failure::Failure;

/// The password of all of them. It opens nothing but a demo.
const PASSWORD: &str = "shixian-demo-2011";

/// A person or an administrator: the account, the person, what he is in Chinese and English.
type Line = (
    &'static str,
    AccountRole,
    Option<&'static str>,
    &'static str,
    &'static str,
);

/// In the order of a case's way, then those who supervise, then those who administer.
const ACCOUNTS: [Line; 10] = [
    (
        "hbj-c1",
        AccountRole::Desk,
        Some("HBJ-C1"),
        "窗口人员(环保局)",
        "Clerk at the window",
    ),
    (
        "hbj-h1",
        AccountRole::Desk,
        Some("HBJ-H1"),
        "承办人员",
        "Handler",
    ),
    (
        "hbj-r1",
        AccountRole::Desk,
        Some("HBJ-R1"),
        "审核人员",
        "Reviewer",
    ),
    (
        "hbj-a1",
        AccountRole::Desk,
        Some("HBJ-A1"),
        "批准人员",
        "Approver",
    ),
    (
        "hbj-d1",
        AccountRole::Desk,
        Some("HBJ-D1"),
        "单位负责人",
        "Head of the unit",
    ),
    (
        "jcj-i1",
        AccountRole::Desk,
        Some("JCJ-I1"),
        "监察人员",
        "Inspector",
    ),
    (
        "jcj-l1",
        AccountRole::Desk,
        Some("JCJ-L1"),
        "领导",
        "Leader",
    ),
    (
        "xitong",
        AccountRole::System,
        None,
        "系统管理员",
        "System administrator",
    ),
    (
        "anquan",
        AccountRole::Security,
        None,
        "安全管理员",
        "Security administrator",
    ),
    (
        "shenji",
        AccountRole::Audit,
        None,
        "审计管理员",
        "Audit administrator",
    ),
];

/// Makes them, and says what the sign-in page shows.
pub(crate) async fn make(engine: &Engine) -> Result<Vec<ShownAccount>, Failure> {
    let caller = Caller::default();
    for (account, role, person, ..) in ACCOUNTS {
        let new = NewAccount {
            account: account.to_owned(),
            name: String::new(),
            role,
            person: person.map(str::to_owned),
            password: PASSWORD.to_owned(),
            must_change: false,
            active: true,
        };
        engine.add_account(new, &caller).await?;
    }
    let shown = ACCOUNTS.iter().map(|(account, _, _, zh, en)| ShownAccount {
        account: (*account).to_owned(),
        password: PASSWORD.to_owned(),
        zh: (*zh).to_owned(),
        en: (*en).to_owned(),
    });
    Ok(shown.collect())
}
