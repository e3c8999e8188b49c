//! Reports in the browser: from last month's report down to a case, and onto paper.

use super::driver::{A4, Browser, DESK, PHONE};
use super::{PASSWORD, with_accounts};
use crate::program::block_on;
use crate::program::place::Place;
use crate::scripts::Database;

/// In the next month; promised limits of seven and of five working days are over.
const NEXT_MONTH: &str = "2018-11-05T09:00:00+08:00";
const CASE: &str = "410800-GSJ-20181015-0001";

/// How many rows the list shows.
const ROWS: &str = "return document.querySelectorAll('[data-rows] tbody tr').length;";
/// A file of the report, read where the page is: how many were accepted by it.
const FILE: &str = "const link = [...document.querySelectorAll('.files-row a')].find((a) => a.href.endsWith('.json')); \
    return fetch(link.href).then((answer) => answer.json()).then((report) => report.total.accepted);";

/// Path 12: a number of last month's report is followed through unit and item to the case.
#[test]
fn a_report_is_followed_from_the_division_to_a_case() {
    let place = Place::new(Database::Sqlite);
    with_accounts(&place);
    let at = "2018-10-15T10:00:00+08:00".parse().unwrap();
    place.accepted("GSJ-001", &[at, at]);
    place.accepted("GSJ-002", &[at]);
    place.accepted("HBJ-001", &[at]);
    place.well(&["sweep", "--now", NEXT_MONTH]);
    let service = place.serve(&[], &[]);
    block_on(async {
        let browser = Browser::open(&service.address, DESK).await;
        browser.sign_in("l1", PASSWORD).await;
        browser.click(".menu a[href='/reports']").await;
        browser.see("有记录的月份").await;
        browser.picture("reports-choose").await;
        browser.follow("2018年10月").await;
        browser.see("2018年10月共受理 4 件").await;
        browser.see("数据截止").await;
        browser.picture("report-division").await;
        assert_eq!(browser.run(FILE).await, 4, "the file says the same");
        let printed = browser.printed().await;
        std::fs::write(super::driver::kept("report.pdf"), &printed).unwrap();
        let read = String::from_utf8_lossy(&printed);
        assert!(read.contains(A4), "it prints on A4");
        // A figure says what it means, on the same page.
        browser.follow("超时在办").await;
        browser.find("#d-open_late:target").await;
        assert_eq!(browser.figure("工商行政管理局", "open_late").await, "3");
        browser.follow("工商行政管理局").await;
        browser.see("企业设立登记").await;
        browser.picture("report-unit").await;
        browser.follow("企业设立登记").await;
        browser.see("2018年10月共受理 2 件").await;
        browser.picture("report-item").await;
        browser.enter_figure("超时在办", "open_late").await;
        browser.see("共 2").await;
        assert_eq!(browser.run(ROWS).await, 2, "the rows add up to the figure");
        browser.picture("report-cases").await;
        browser.follow(CASE).await;
        browser.see("承诺时限").await;
        assert_eq!(browser.complaints().await, [""; 0]);
        browser.sign_out().await;

        // The head of a unit comes to his own.
        browser.shown_at(PHONE).await;
        browser.sign_in("b1", PASSWORD).await;
        browser.go("/reports/2018-10").await;
        browser.see("工商行政管理局 · 2018年10月").await;
        browser.fits().await;
        assert_eq!(browser.path().await, "/reports/2018-10/unit/GSJ");
        assert_eq!(browser.run(FILE).await, 3, "the file has his unit alone");
        assert_eq!(browser.complaints().await, [""; 0]);
        browser.close().await;
    });
    service.stop();
}
