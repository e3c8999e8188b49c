//! Those who supervise: a card appears on an open board, an order goes out, is answered and closed; a lapse is followed
//! from the whole division down to its case.

use super::driver::{Browser, DESK};
use super::{PASSWORD, with_accounts};
use crate::program::block_on;
use crate::program::place::Place;
use crate::scripts::Database;

/// The day after the handler's limit; the promised one is still to come.
const AFTER_HANDLING: &str = "2018-10-19T09:00:00+08:00";
/// Promised limits of seven and of five working days are over.
const AFTER_PROMISED: &str = "2018-10-26T09:00:00+08:00";
const CASE: &str = "410800-GSJ-20181015-0001";

/// Path 8: the card comes to the board by itself; the order that follows is answered and closed.
#[test]
fn a_card_comes_to_the_open_board_and_an_order_follows() {
    let place = Place::new(Database::Sqlite);
    with_accounts(&place);
    place.accepted("GSJ-001", &["2018-10-15T10:00:00+08:00".parse().unwrap()]);
    let service = place.serve(&[], &[]);
    block_on(async {
        let browser = Browser::open(&service.address, DESK).await;
        browser.sign_in("i1", PASSWORD).await;
        browser.see("自动更新中").await;
        browser.run("window.untouched = true;").await;
        // Another process of the same record takes the alarm.
        place.well(&["sweep", "--now", AFTER_HANDLING]);
        browser.find(&format!("#cards [data-card^='{CASE}']")).await;
        browser.find("#lamp-GSJ .yellow").await;
        let untouched = browser.run("return window.untouched === true;").await;
        assert_eq!(untouched, true, "nobody loaded the page again");
        browser.picture("board-card").await;
        browser.click("#cards [data-card] a").await;
        browser.see("停在“承办”环节").await;
        browser.picture("warning").await;
        browser.click("a[href^='/orders/new']").await;
        browser
            .fill("#text", "请说明超时原因，并在期限内办结。")
            .await;
        browser.click("main form button.primary").await;
        browser.see("督办单已下发").await;
        let order = browser.path().await;
        let order = order.split('?').next().unwrap_or_default().to_owned();
        browser.sign_out().await;

        browser.sign_in("b1", PASSWORD).await;
        browser.see("待回复的督办单（1）").await;
        browser.picture("unit-order").await;
        browser.click(&format!("a[href='{order}']")).await;
        browser
            .fill(
                "#act-reply_order textarea",
                "承办人员外出，已安排代班人员办理。",
            )
            .await;
        browser.click("#act-reply_order form > button").await;
        browser.see("已回复").await;
        browser.sign_out().await;

        browser.sign_in("i1", PASSWORD).await;
        browser.find(".menu").await;
        browser.go("/orders?state=replied").await;
        browser.click(&format!("a[href='{order}']")).await;
        browser.see("已安排代班人员办理").await;
        browser.click("#act-close_order form > button").await;
        browser.see("已销号").await;
        browser.picture("order-closed").await;
        assert_eq!(browser.complaints().await, [""; 0]);
        browser.close().await;
    });
    service.stop();
    place.verify();
}

/// Path 10: the head of the unit appeals, the inspector allows it, and the card is gone wherever it stood.
#[test]
fn an_appeal_takes_a_card_away() {
    let place = Place::new(Database::Sqlite);
    with_accounts(&place);
    place.accepted("GSJ-001", &["2018-10-15T10:00:00+08:00".parse().unwrap()]);
    place.well(&["sweep", "--now", AFTER_HANDLING]);
    let service = place.serve(&[], &[]);
    block_on(async {
        let browser = Browser::open(&service.address, DESK).await;
        browser.sign_in("b1", PASSWORD).await;
        browser.find(".menu").await;
        browser
            .click(&format!(
                "section[aria-labelledby='appeals'] a[href^='/case/{CASE}/warning/']"
            ))
            .await;
        browser.fill("#grounds", "当日全市停电，无法录入。").await;
        browser.picture("appeal-form").await;
        browser.click("#appeal form button.primary").await;
        browser.see("申诉已提出").await;
        browser.sign_out().await;

        browser.sign_in("i1", PASSWORD).await;
        browser.see("自动更新中").await;
        browser.click(".menu a[href='/appeals']").await;
        browser.picture("appeals").await;
        browser.click("[data-rows] tbody a").await;
        browser.see("当日全市停电，无法录入。").await;
        browser.picture("appeal").await;
        browser.click("#act-appeal_revoke > summary").await;
        browser
            .fill(
                "#act-appeal_revoke textarea",
                "经核实，当日停电，予以撤牌。",
            )
            .await;
        browser.click("#act-appeal_revoke form > button").await;
        browser.see("该牌已撤销").await;
        browser.go(&format!("/case/{CASE}")).await;
        browser.see("撤销").await;
        browser.picture("case-revoked").await;
        browser.go("/board").await;
        browser.find("#lamp-GSJ.dark").await;
        assert_eq!(browser.complaints().await, [""; 0]);
        browser.close().await;
    });
    service.stop();
    place.verify();
}

/// Path 9: every figure is a door to the rows that it counts.
#[test]
fn a_lapse_is_followed_from_the_division_to_its_case() {
    let place = Place::new(Database::Sqlite);
    with_accounts(&place);
    let at = "2018-10-15T10:00:00+08:00".parse().unwrap();
    place.accepted("GSJ-001", &[at, at]);
    place.accepted("GSJ-002", &[at]);
    place.accepted("HBJ-001", &[at]);
    place.well(&["sweep", "--now", AFTER_PROMISED]);
    let service = place.serve(&[], &[]);
    block_on(async {
        let browser = Browser::open(&service.address, DESK).await;
        browser.sign_in("l1", PASSWORD).await;
        browser.see("超时在办").await;
        browser.picture("leader-division").await;
        assert_eq!(browser.figure("工商行政管理局", "late_open").await, "3");
        assert_eq!(browser.figure("环境保护局", "late_open").await, "0");
        browser.follow("工商行政管理局").await;
        browser.see("企业设立登记").await;
        browser.picture("leader-unit").await;
        assert_eq!(browser.figure("食品流通许可", "late_open").await, "1");
        assert_eq!(browser.figure("企业设立登记", "late_open").await, "2");
        browser.enter_figure("企业设立登记", "late_open").await;
        browser.see("共 2 件").await;
        let rows = browser
            .run("return document.querySelectorAll('[data-rows] tbody tr').length;")
            .await;
        assert_eq!(rows, 2, "the rows add up to the figure");
        browser.picture("leader-cases").await;
        browser.follow(CASE).await;
        browser.see("黄牌").await;
        browser.see("承诺时限").await;
        assert_eq!(browser.complaints().await, [""; 0]);
        browser.close().await;
    });
    service.stop();
}
