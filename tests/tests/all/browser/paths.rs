//! The chief paths.

use fantoccini::key::Key;

use super::driver::{Browser, DESK, PHONE};
use super::{PASSWORD, with_accounts};
use crate::program::block_on;
use crate::program::place::Place;
use crate::scripts::Database;

const CASE: &str = "410800-GSJ-20181015-0001";

/// Path 1: wrong passwords lock an account; a first password is changed before anything else.
#[test]
fn the_sign_in_locks_and_leads_to_a_new_password() {
    let place = Place::new(Database::Sqlite);
    with_accounts(&place);
    let file = place.path("password.txt");
    std::fs::write(&file, "a first password\n").unwrap();
    let file = file.to_str().unwrap();
    place.well(&["user", "password", "b1", "--password-file", file]);
    let service = place.serve(&[], &[]);
    block_on(async {
        let browser = Browser::open(&service.address, DESK).await;
        browser.go("/todo?stage=handling").await;
        browser.see("登录").await;
        browser.picture("sign-in").await;
        // One lands where one was.
        browser
            .find("#account")
            .await
            .send_keys("h1")
            .await
            .unwrap();
        browser
            .find("#password")
            .await
            .send_keys(PASSWORD)
            .await
            .unwrap();
        browser.press(Key::Enter).await;
        browser.see("待办").await;
        assert_eq!(browser.path().await, "/todo?stage=handling");
        browser.sign_out().await;
        for _ in 0..5 {
            browser.sign_in("r1", "wrong").await;
            browser.see("账号或密码不正确").await;
        }
        browser.sign_in("r1", PASSWORD).await;
        browser.see("已锁定 15 分钟").await;
        browser.picture("sign-in-locked").await;
        browser.sign_in("b1", "a first password").await;
        browser.see("首次登录或密码被重设").await;
        browser.picture("password").await;
        browser.fill("#old", "a first password").await;
        browser.fill("#new", "a second and better one").await;
        browser.fill("#again", "a second and better one").await;
        browser.press(Key::Enter).await;
        browser.see("密码已修改").await;
        browser.close().await;
    });
    service.stop();
    place.well(&["user", "unlock", "r1"]);
    place.verify();
}

/// Path 2: a case goes through its five stages, each by the one who holds the post, with keys alone where it is simple.
#[test]
fn a_case_passes_its_five_stages() {
    let place = Place::new(Database::Sqlite);
    with_accounts(&place);
    place.well(&[
        "case",
        "receive",
        "--item",
        "GSJ-001",
        "--applicant",
        "张三",
        "--by",
        "C1",
    ]);
    let service = place.serve(&[], &[]);
    block_on(async {
        let browser = Browser::open(&service.address, DESK).await;
        browser.sign_in("c1", PASSWORD).await;
        browser.see(CASE).await;
        browser.picture("todo").await;
        // Row, open, chief act, its button: no mouse.
        browser.type_text("j").await;
        browser.press(Key::Enter).await;
        browser.see("企业设立登记").await;
        browser.picture("case-received").await;
        browser.type_text("c").await;
        browser.press(Key::Enter).await;
        browser.see("已受理").await;
        assert!(
            !browser.has("#act-complete").await,
            "handling is another's post"
        );
        browser.sign_out().await;
        for (account, stage) in [("h1", "handling"), ("r1", "review"), ("p1", "approval")] {
            browser.sign_in(account, PASSWORD).await;
            browser.see(CASE).await;
            browser.go(&format!("/case/{CASE}")).await;
            if stage == "approval" {
                browser.choose("#complete-outcome", "granted").await;
            }
            browser.fill("#complete-reason", "符合条件").await;
            browser.click("#act-complete form > button").await;
            browser.see("本环节已完成").await;
            browser.sign_out().await;
        }
        browser.sign_in("c1", PASSWORD).await;
        browser.go(&format!("/case/{CASE}")).await;
        browser.click("#act-complete form > button").await;
        browser.see("已办结，结果：准予许可").await;
        browser.picture("case-completed").await;
        browser.close().await;
    });
    service.stop();
    place.verify();
}

/// Path 3: what is wrong comes back with what was typed; a stop with its notice shows; a stranger finds nothing.
#[test]
fn a_refusal_keeps_what_was_typed() {
    let place = Place::new(Database::Sqlite);
    with_accounts(&place);
    place.well(&[
        "case",
        "receive",
        "--item",
        "GSJ-001",
        "--applicant",
        "张三",
        "--by",
        "C1",
    ]);
    place.well(&["case", "accept", CASE, "--by", "C1"]);
    let service = place.serve(&[], &[]);
    block_on(async {
        let browser = Browser::open(&service.address, DESK).await;
        browser.sign_in("h1", PASSWORD).await;
        browser.go(&format!("/case/{CASE}")).await;
        browser.click("#act-extend > summary").await;
        browser.fill("#extend-working_days", "11").await;
        browser.fill("#extend-approver", "孙局长").await;
        browser.fill("#extend-reason", "材料复杂").await;
        browser.click("#act-extend form > button").await;
        browser.see("延期最多 10 个工作日").await;
        browser.picture("case-refused").await;
        let typed = browser.find("#extend-approver").await;
        assert_eq!(typed.prop("value").await.unwrap().unwrap(), "孙局长");
        let first = browser.run("return document.activeElement.id;").await;
        assert_eq!(
            first, "extend-working_days",
            "the cursor is where the mistake is"
        );
        browser.click("#act-stop > summary").await;
        browser.choose("#stop-procedure", "hearing").await;
        browser.fill("#stop-notice", "工商听告〔2018〕1号").await;
        browser.click("#act-stop form > button").await;
        browser.see("时限停止计算（工商听告〔2018〕1号）").await;
        browser.picture("case-stopped").await;
        browser.sign_out().await;
        browser.sign_in("h3", PASSWORD).await;
        browser.go(&format!("/case/{CASE}")).await;
        browser.see("没有找到").await;
        browser.picture("not-found").await;
        browser.close().await;
    });
    service.stop();
    place.verify();
}

/// Path 4: both languages, and a phone's width.
#[test]
fn both_languages_and_a_phone() {
    let place = Place::new(Database::Sqlite);
    with_accounts(&place);
    place.well(&[
        "case",
        "receive",
        "--item",
        "GSJ-001",
        "--applicant",
        "张三",
        "--by",
        "C1",
    ]);
    let service = place.serve(&[], &[]);
    block_on(async {
        let browser = Browser::open(&service.address, PHONE).await;
        browser.sign_in("c1", PASSWORD).await;
        browser.see(CASE).await;
        browser.fits().await;
        browser.picture("todo-phone").await;
        browser.go(&format!("/case/{CASE}")).await;
        browser.fits().await;
        browser.picture("case-phone").await;
        browser.click("form[action='/language'] button").await;
        browser.see("Accept").await;
        assert_eq!(browser.path().await, format!("/case/{CASE}"));
        browser.fits().await;
        browser.picture("case-phone-en").await;
        browser.close().await;
    });
    service.stop();
}
