//! Every kind of page of every role, in both languages and both themes: open to those who read with their ears or fingers,
//! no wider than a phone, and light.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::driver::{Browser, DESK, PHONE};
use super::{PASSWORD, replayed};
use crate::program::block_on;

/// What a first page may weigh unpacked, with all that it loads: a village hall's line carries it in a second or two.
const FIRST_PAGE_BYTES_MAX: i64 = 100 * 1024;
/// From each page one goes on to the first of each of these: a row's door, a paper, a count of days, a warning, a new form.
const DOORS: &str =
    "[data-rows] tbody a, .papers a, a[href*='/why'], a[href*='/warning/'], a.button";
/// The screen on which pages are looked at, and kept for the README.
const SCREEN: (u32, u32) = (1200, 800);
/// In which order the desks are looked at: those with most to do first.
const ROLES: [&str; 9] = [
    "handler",
    "approver",
    "inspector",
    "leader",
    "head",
    "clerk",
    "system",
    "security",
    "audit",
];

/// How a round looks at the pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Round {
    /// Chinese by daylight; pictures are kept.
    Chinese,
    /// English in the dark.
    English,
}

/// Path 11: who can't see well, has no mouse, or has only a phone, does the same work.
#[test]
fn every_page_is_open_to_everybody() {
    let place = replayed::office();
    let service = place.serve(&[], &[]);
    let axe = axe();
    let (chinese, english) = block_on(async {
        tokio::join!(
            round(&service.address, Round::Chinese, &axe),
            round(&service.address, Round::English, &axe)
        )
    });
    let found: Vec<String> = chinese.into_iter().chain(english).collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
    service.stop();
}

/// Axe, as its prerequisite step fetched it.
fn axe() -> String {
    let file =
        PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("npm/node_modules/axe-core/axe.min.js");
    match std::fs::read_to_string(&file) {
        Ok(source) => source,
        Err(error) => panic!(
            "{}: {error}; `cargo xtask ci --only prerequisites` fetches it",
            file.display()
        ),
    }
}

async fn round(address: &str, round: Round, axe: &str) -> Vec<String> {
    let browser = Browser::open(address, DESK).await;
    browser.shown_at(SCREEN).await;
    browser.go("/sign-in").await;
    if round == Round::English {
        browser.in_the_dark().await;
        browser.click("form[action='/language'] button").await;
        browser.see("Sign in").await;
    }
    let mut look = Look {
        browser: &browser,
        round,
        axe,
        seen: BTreeSet::new(),
        found: Vec::new(),
    };
    look.at("", "/sign-in").await;
    for account in ROLES {
        look.desks(account).await;
    }
    let found = look.found;
    browser.close().await;
    found
}

/// A round on its way.
struct Look<'b> {
    browser: &'b Browser,
    round: Round,
    axe: &'b str,
    /// Kinds of pages that were looked at.
    seen: BTreeSet<String>,
    found: Vec<String>,
}

impl Look<'_> {
    /// All desks of an account, and where they lead.
    async fn desks(&mut self, account: &str) {
        self.browser.sign_in(account, PASSWORD).await;
        self.browser.find(".menu").await;
        let weight = self.browser.run(WEIGHT).await.as_i64().unwrap();
        if weight > FIRST_PAGE_BYTES_MAX {
            let home = self.browser.path().await;
            self.found.push(format!("{account} {home}: {weight} bytes"));
        }
        let mut waiting = self.links(".menu a").await;
        waiting.extend(["/password".to_owned(), "/nowhere".to_owned()]);
        waiting.reverse();
        while let Some(path) = waiting.pop() {
            if self.seen.insert(kind(account, &path)) {
                waiting.extend(self.at(account, &path).await);
            }
        }
        self.browser.go("/password").await;
        self.browser.sign_out().await;
    }

    /// Looks at a page; gives where it leads.
    async fn at(&mut self, account: &str, path: &str) -> Vec<String> {
        let browser = self.browser;
        browser.go(path).await;
        browser.find("body").await;
        let name = kind(account, path);
        let mut found = browser.barriers(self.axe).await;
        if self.round == Round::Chinese {
            browser.picture(&file(&name)).await;
        }
        browser.shown_at(PHONE).await;
        let wide = browser.too_wide().await;
        if wide > 0 {
            found.push(format!("{wide} px too wide for a phone"));
        }
        if self.round == Round::Chinese {
            browser.picture(&format!("{}-phone", file(&name))).await;
        }
        browser.shown_at(SCREEN).await;
        // That a page isn't there is what one of them is for.
        let complaints = browser.complaints().await;
        found.extend(
            complaints
                .into_iter()
                .filter(|line| !line.contains("/nowhere")),
        );
        let said = found
            .into_iter()
            .map(|line| format!("{account} {path}: {line}"));
        self.found.extend(said);
        self.links(DOORS).await
    }

    /// The first link of each selector, within the service and to a page.
    async fn links(&self, selectors: &str) -> Vec<String> {
        let every = selectors == ".menu a";
        let script = format!(
            "return {selectors:?}.split(', ').flatMap((css) => \
             Array.from(document.querySelectorAll(css)).slice(0, {}).map((a) => a.getAttribute('href')));",
            if every { 100 } else { 1 }
        );
        let links = self.browser.run(&script).await;
        let links = links.as_array().cloned().unwrap_or_default();
        let links = links.iter().filter_map(|link| link.as_str());
        links
            .filter(|link| link.starts_with('/') && !link.contains("export"))
            .map(str::to_owned)
            .collect()
    }
}

/// What was loaded for the page, in bytes.
const WEIGHT: &str = "return performance.getEntriesByType('navigation').concat(performance.getEntriesByType('resource')) \
    .reduce((sum, entry) => sum + entry.decodedBodySize, 0);";

/// Pages of one kind differ by a number in their path only.
fn kind(account: &str, path: &str) -> String {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let parts = path.split('/').map(|part| {
        let numbered = part.bytes().any(|b| b.is_ascii_digit());
        if numbered { "N" } else { part }
    });
    let kind = parts.collect::<Vec<_>>().join("/");
    // What a list or a case offers is each role's own.
    if kind == "/case/N" || kind == "/todo" {
        format!("{kind}/{account}")
    } else {
        kind
    }
}

/// A picture's name.
fn file(kind: &str) -> String {
    format!("page{}", kind.replace('/', "-"))
}
