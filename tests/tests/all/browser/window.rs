//! At the window: with keys alone, with something missing, without script, and over the end of a session.

use std::cell::Cell;

use fantoccini::key::Key;

use super::driver::{A4, Browser, DESK};
use super::{PASSWORD, with_materials};
use crate::program::block_on;

const CASE: &str = "410800-GSJ-20181015-0001";
/// What the clerk and all others may press for one case, besides what the applicant has told them.
const KEYS_MAX: u32 = 25;

/// Hands that count what they press.
struct Hands<'b> {
    browser: &'b Browser,
    pressed: Cell<u32>,
}

impl Hands<'_> {
    /// A key, or several held together.
    async fn press(&self, keys: &str) {
        self.pressed.set(self.pressed.get() + 1);
        self.browser.type_text(keys).await;
    }

    async fn key(&self, key: Key) {
        self.press(&char::from(key).to_string()).await;
    }

    /// Ctrl and Enter: the form is sent from wherever the cursor is.
    async fn send(&self) {
        let keys: String = [Key::Control, Key::Enter].map(char::from).iter().collect();
        self.press(&keys).await;
    }

    /// What the applicant says isn't counted.
    async fn told(&self, data: &str) {
        self.browser.type_text(data).await;
    }
}

/// Path 5: registered, accepted, receipt, four more stages: no mouse, and few keys.
#[test]
fn a_case_is_registered_and_completed_with_keys_alone() {
    let place = with_materials();
    let service = place.serve(&[], &[]);
    block_on(async {
        let browser = Browser::open(&service.address, DESK).await;
        let hands = Hands {
            browser: &browser,
            pressed: Cell::new(0),
        };
        browser.sign_in("c1", PASSWORD).await;
        browser.at("/todo").await;
        hands.press("n").await;
        browser.at("/register").await;
        browser.find("#item").await;
        assert_eq!(browser.cursor().await, "item");
        for digit in ["0", "0", "9"] {
            hands.press(digit).await;
        }
        browser.see("经营场所平面图").await;
        for (field, data) in [
            ("applicant", "张三"),
            ("id", "11010519491231002X"),
            ("phone", "0391-3569001"),
        ] {
            hands.key(Key::Tab).await;
            assert_eq!(browser.cursor().await, field, "the order of what is told");
            hands.told(data).await;
        }
        browser.see("1949").await;
        hands.key(Key::Tab).await;
        assert_eq!(browser.cursor().await, "all");
        hands.press(" ").await;
        browser.see("登记并受理").await;
        browser.picture("register").await;
        hands.key(Key::Enter).await;
        browser.see("已受理").await;
        browser.at(&format!("/case/{CASE}?done=accept")).await;
        // The receipt has the cursor, and on it printing has.
        hands.key(Key::Enter).await;
        browser.see("受理通知书").await;
        browser.find("[data-print]:focus").await;
        browser.picture("receipt").await;
        let receipt = browser.printed().await;
        std::fs::write(super::driver::kept("receipt.pdf"), &receipt).unwrap();
        assert!(receipt.starts_with(b"%PDF"));
        let read = String::from_utf8_lossy(&receipt);
        assert_eq!(read.matches(A4).count(), 1, "one page of A4");
        assert_eq!(read.matches("/MediaBox").count(), 1, "one page");
        // What Enter would open now is the printer's window, which is the system's.
        hands.pressed.set(hands.pressed.get() + 1);
        let at_the_window = hands.pressed.get();
        browser.go("/todo").await;
        browser.sign_out().await;
        for (account, done) in [
            ("h1", "本环节已完成"),
            ("r1", "本环节已完成"),
            ("p1", "本环节已完成"),
            ("c1", "已办结，结果：准予许可"),
        ] {
            browser.sign_in(account, PASSWORD).await;
            browser.see(CASE).await;
            hands.press("j").await;
            hands.press("c").await;
            browser
                .find("#act-complete :is(select, textarea):focus")
                .await;
            hands.send().await;
            browser.see(done).await;
            browser.sign_out().await;
        }
        let all = hands.pressed.get();
        println!("{at_the_window} keys to the receipt, {all} to the end");
        assert!(all <= KEYS_MAX, "{all} keys");
        assert_eq!(browser.complaints().await, [""; 0]);
        browser.close().await;
    });
    service.stop();
    place.verify();
}

/// Path 6: one notice of all that is missing; what it asked for comes in later, over the end of a session.
#[test]
fn what_is_missing_is_told_once_and_handed_in_later() {
    let place = with_materials();
    let service = place.serve(&[], &[]);
    block_on(async {
        let browser = Browser::open(&service.address, DESK).await;
        browser.sign_in("c1", PASSWORD).await;
        browser.see("待办").await;
        browser.go("/register").await;
        browser.fill("#item", "食品经营").await;
        browser.fill("#applicant", "张三").await;
        browser.click("#ticks label:first-child input").await;
        browser.see("登记并一次性告知补正（缺 2 项）").await;
        browser.fill("#missing", "健康证明").await;
        browser.see("登记并一次性告知补正（缺 3 项）").await;
        browser.picture("register-missing").await;
        browser.click("#do").await;
        browser.see("已登记补正告知").await;
        browser.picture("case-correction").await;
        browser.click(".papers a.button").await;
        browser.see("一次性补正告知书").await;
        for missing in ["营业执照复印件", "经营场所平面图", "健康证明"] {
            browser.see(missing).await;
        }
        browser.picture("correction-paper").await;
        browser.go(&format!("/case/{CASE}")).await;
        browser.click("#act-supply form > button").await;
        browser.see("已登记补正材料").await;
        // A long opinion is typed, and meanwhile the session ends: nothing of it is lost, and nothing is sent by itself.
        browser.click("#act-refuse > summary").await;
        browser
            .fill("#act-refuse textarea", "经营场所不在本辖区")
            .await;
        browser.forget_session().await;
        browser.click("#act-refuse form > button").await;
        browser.see("您填写的内容已保留").await;
        browser.fill("#account", "c1").await;
        browser.fill("#password", PASSWORD).await;
        browser.press(Key::Enter).await;
        browser.see("继续提交").await;
        assert_eq!(
            browser.value("input[name=reason]").await,
            "经营场所不在本辖区"
        );
        // He thinks better of it.
        browser.go(&format!("/case/{CASE}")).await;
        browser.click("#act-accept form > button").await;
        browser.see("已受理").await;
        browser.see("受理通知书").await;
        browser.close().await;
    });
    service.stop();
    place.verify();
}

/// Path 7: script only helps.
#[test]
fn an_application_is_registered_without_any_script() {
    let place = with_materials();
    let service = place.serve(&[], &[]);
    block_on(async {
        let browser = Browser::without_script(&service.address, DESK).await;
        browser.sign_in("c1", PASSWORD).await;
        browser.see("待办").await;
        browser.click(".menu a[href='/register']").await;
        browser.fill("#item", "食品经营").await;
        browser.fill("#applicant", "张三").await;
        browser.click("#do").await;
        browser.see("请核对申请材料").await;
        browser.picture("register-without-script").await;
        assert_eq!(browser.value("#applicant").await, "张三");
        browser.click("#all").await;
        assert!(
            !browser.has("#ticks input:checked").await,
            "no script has ticked them"
        );
        browser.click("#do").await;
        browser.see("已受理").await;
        browser.see("受理通知书").await;
        browser.close().await;
    });
    service.stop();
}
