//! Chromium without a window, driven as a person would: by what is on the page, with the keyboard.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use fantoccini::elements::Element;
use fantoccini::key::Key;
use fantoccini::wd::{PrintConfiguration, TimeoutConfiguration, WebDriverCompatibleCommand};
use fantoccini::{Client, ClientBuilder, Locator};
use http::Method;
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use url::{ParseError, Url};

/// How long the driver may take until it listens.
const START: Duration = Duration::from_secs(30);
/// How long a page may take until it shows what is waited for.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long a script may take: looking at every part of a page takes seconds on a loaded machine.
const SCRIPT: Duration = Duration::from_secs(120);
/// A desk's screen.
pub(super) const DESK: (u32, u32) = (1280, 800);
/// A phone's.
pub(super) const PHONE: (u32, u32) = (390, 844);
/// A4 in points, as Chromium writes it.
pub(super) const A4: &str = "/MediaBox [0 0 594.95996 841.91998]";

/// Looks at the whole page. What can't be said for sure isn't a finding.
const RUN_AXE: &str = r#"
    const done = arguments[arguments.length - 1];
    const grave = ["serious", "critical"];
    axe.run(document, { resultTypes: ["violations"], preload: false }).then(
        (result) => done(result.violations.filter((rule) => grave.includes(rule.impact)).flatMap((rule) =>
            rule.nodes.map((node) => `${rule.id} (${rule.impact}) ${node.target}: ${node.html} ${node.failureSummary}`))),
        (error) => done([String(error)]),
    );
"#;

/// What the driver can do beyond the standard: Chromium's own commands, and what pages wrote into its log.
#[derive(Debug)]
struct Vendors {
    path: &'static str,
    body: Value,
}

impl WebDriverCompatibleCommand for Vendors {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        let session = session.unwrap_or_default();
        base.join(&format!("session/{session}/{}", self.path))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(self.body.to_string()))
    }
}

/// Whether pages may run what they bring along.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Script {
    Runs,
    Blocked,
}

/// A browser with a profile of its own. It is closed by [`Browser::close`], and killed with this value otherwise.
pub(super) struct Browser {
    driver: Child,
    client: Client,
    base: String,
    _profile: tempfile::TempDir,
}

impl Browser {
    /// Starts one that looks at the service at an address, with a window of a size.
    pub(super) async fn open(address: &str, size: (u32, u32)) -> Self {
        Self::start(address, size, Script::Runs).await
    }

    /// Starts one that runs no script of any page.
    pub(super) async fn without_script(address: &str, size: (u32, u32)) -> Self {
        Self::start(address, size, Script::Blocked).await
    }

    async fn start(address: &str, (width, height): (u32, u32), script: Script) -> Self {
        let (driver, port) = start_driver();
        let profile = tempfile::tempdir().unwrap();
        let setting = if script == Script::Runs { 1 } else { 2 };
        let options = json!({
            "prefs": {"profile.managed_default_content_settings.javascript": setting},
            "args": [
                "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                "--disable-background-networking", "--disable-component-update", "--disable-sync",
                "--disable-dev-shm-usage", "--accept-lang=zh-CN", "--force-color-profile=srgb",
                format!("--window-size={width},{height}"),
                format!("--user-data-dir={}", profile.path().display()),
            ],
        });
        let mut capabilities = serde_json::Map::new();
        capabilities.insert("goog:chromeOptions".to_owned(), options);
        // Whatever a page logs as an error is one: a refused script, a file that isn't there.
        capabilities.insert("goog:loggingPrefs".to_owned(), json!({"browser": "ALL"}));
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&format!("http://127.0.0.1:{port}"))
            .await
            .unwrap();
        client.set_window_size(width, height).await.unwrap();
        let patient = TimeoutConfiguration::new(Some(SCRIPT), None, None);
        client.update_timeouts(patient).await.unwrap();
        Self {
            driver,
            client,
            base: format!("http://{address}"),
            _profile: profile,
        }
    }

    /// Goes to a path.
    pub(super) async fn go(&self, path: &str) {
        let url = format!("{}{path}", self.base);
        self.client.goto(&url).await.unwrap();
    }

    /// The path and query of the page that is shown.
    pub(super) async fn path(&self) -> String {
        let url = self.client.current_url().await.unwrap();
        let query = url.query().map(|q| format!("?{q}")).unwrap_or_default();
        format!("{}{query}", url.path())
    }

    /// Signs in by the form.
    pub(super) async fn sign_in(&self, account: &str, password: &str) {
        self.go("/sign-in").await;
        self.find("#account")
            .await
            .send_keys(account)
            .await
            .unwrap();
        self.find("#password")
            .await
            .send_keys(password)
            .await
            .unwrap();
        self.press(Key::Enter).await;
    }

    /// Signs out by the button.
    pub(super) async fn sign_out(&self) {
        self.click("form[action='/sign-out'] button").await;
        self.find("#account").await;
    }

    /// An element, as soon as it is there.
    pub(super) async fn find(&self, css: &str) -> Element {
        let waiting = self.client.wait().at_most(PATIENCE);
        match waiting.for_element(Locator::Css(css)).await {
            Ok(element) => element,
            Err(error) => panic!("{css} isn't there ({error}):\n{}", self.text().await),
        }
    }

    /// Whether an element is there now.
    pub(super) async fn has(&self, css: &str) -> bool {
        self.client.find(Locator::Css(css)).await.is_ok()
    }

    /// Clicks on an element.
    pub(super) async fn click(&self, css: &str) {
        self.find(css).await.click().await.unwrap();
    }

    /// Types into a field, over what is in it.
    pub(super) async fn fill(&self, css: &str, text: &str) {
        let field = self.find(css).await;
        field.clear().await.unwrap();
        field.send_keys(text).await.unwrap();
    }

    /// Chooses from a list by the value.
    pub(super) async fn choose(&self, css: &str, value: &str) {
        self.find(css).await.select_by_value(value).await.unwrap();
    }

    /// Presses a key where the cursor is.
    pub(super) async fn press(&self, key: Key) {
        let text = char::from(key).to_string();
        self.type_text(&text).await;
    }

    /// Types where the cursor is.
    pub(super) async fn type_text(&self, text: &str) {
        let active = self.client.active_element().await.unwrap();
        active.send_keys(text).await.unwrap();
    }

    /// What a reader sees on the page.
    pub(super) async fn text(&self) -> String {
        let script = "return document.body ? document.body.innerText : '';";
        let text = self.client.execute(script, Vec::new()).await;
        text.ok()
            .and_then(|t| t.as_str().map(str::to_owned))
            .unwrap_or_default()
    }

    /// Waits until a text is on the page.
    pub(super) async fn see(&self, words: &str) {
        let mut left = PATIENCE.as_millis() / 100;
        while !self.text().await.contains(words) {
            assert!(
                left > 0,
                "{words} isn't on the page:\n{}",
                self.text().await
            );
            left -= 1;
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Runs a script and gives what it returns.
    pub(super) async fn run(&self, script: &str) -> Value {
        self.client.execute(script, Vec::new()).await.unwrap()
    }

    /// The value of a field.
    pub(super) async fn value(&self, css: &str) -> String {
        let field = self.find(css).await;
        field.prop("value").await.unwrap().unwrap_or_default()
    }

    /// The id of the element that has the cursor.
    pub(super) async fn cursor(&self) -> String {
        let id = self.run("return document.activeElement.id;").await;
        id.as_str().unwrap_or_default().to_owned()
    }

    /// Waits until the page is this one: path and query.
    pub(super) async fn at(&self, path: &str) {
        let mut left = PATIENCE.as_millis() / 100;
        while self.path().await != path {
            assert!(left > 0, "at {} and not at {path}", self.path().await);
            left -= 1;
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// The session ends as it does when nobody touches the keys for long.
    pub(super) async fn forget_session(&self) {
        self.client.delete_all_cookies().await.unwrap();
    }

    /// Shows the pages as on a screen of this size, whatever the window's frame takes away.
    pub(super) async fn shown_at(&self, (width, height): (u32, u32)) {
        let mobile = (width, height) == PHONE;
        let screen =
            json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": mobile});
        self.chromium("Emulation.setDeviceMetricsOverride", screen)
            .await;
    }

    /// Shows the pages in the dark theme.
    pub(super) async fn in_the_dark(&self) {
        let dark = json!({"features": [{"name": "prefers-color-scheme", "value": "dark"}]});
        self.chromium("Emulation.setEmulatedMedia", dark).await;
    }

    /// The page as its reader's printer gets it.
    pub(super) async fn printed(&self) -> Vec<u8> {
        // The paper's own size is taken, not the driver's.
        let own = PrintConfiguration::builder().shrink_to_fit(false).build();
        self.client.print(own.unwrap()).await.unwrap()
    }

    async fn chromium(&self, command: &str, parameters: Value) -> Value {
        let body = json!({"cmd": command, "params": parameters});
        let path = "goog/cdp/execute";
        self.client.issue_cmd(Vendors { path, body }).await.unwrap()
    }

    /// What pages complained about since the last look: a refused script, a file that isn't there, an error.
    pub(super) async fn complaints(&self) -> Vec<String> {
        let body = json!({"type": "browser"});
        let path = "se/log";
        let log = self.client.issue_cmd(Vendors { path, body }).await.unwrap();
        let lines = log.as_array().cloned().unwrap_or_default();
        let severe = lines.iter().filter(|line| line["level"] == "SEVERE");
        severe
            .map(|line| line["message"].as_str().unwrap_or_default().to_owned())
            .collect()
    }

    /// What keeps people out of the page: axe's findings of serious or critical impact, a line each.
    pub(super) async fn barriers(&self, axe: &str) -> Vec<String> {
        self.run(axe).await;
        let found = self.client.execute_async(RUN_AXE, Vec::new()).await;
        let found = found.unwrap();
        let lines = found.as_array().unwrap().iter();
        lines
            .map(|line| line.as_str().unwrap_or_default().to_owned())
            .collect()
    }

    /// Keeps a picture of the page in the build folder, for whoever wants to look.
    pub(super) async fn picture(&self, name: &str) {
        let png = self.client.screenshot().await.unwrap();
        std::fs::write(kept(&format!("{name}.png")), png).unwrap();
    }

    /// The page is no wider than the window: nobody scrolls sideways.
    pub(super) async fn fits(&self) {
        let (shown, wide) = (self.path().await, self.too_wide().await);
        assert!(wide <= 0, "{shown} is {wide} px too wide");
    }

    /// By how many pixels the page is wider than the window.
    pub(super) async fn too_wide(&self) -> i64 {
        // A phone shows a page that is too wide smaller: its own width is the screen's.
        let script = "return document.documentElement.scrollWidth - Math.min(window.innerWidth, window.outerWidth, screen.width);";
        self.run(script).await.as_i64().unwrap()
    }

    /// Follows the link with this text.
    pub(super) async fn follow(&self, words: &str) {
        let path = format!("//main//a[normalize-space(.)='{words}']");
        self.by_xpath(&path).await.click().await.unwrap();
    }

    /// The figure in a row of the leader's page or of a report that counts these.
    pub(super) async fn figure(&self, row: &str, only: &str) -> String {
        let figure = self.by_xpath(&of_row(row, only)).await;
        figure.text().await.unwrap()
    }

    /// Goes to what a figure counts.
    pub(super) async fn enter_figure(&self, row: &str, only: &str) {
        let figure = self.by_xpath(&of_row(row, only)).await;
        figure.click().await.unwrap();
    }

    async fn by_xpath(&self, path: &str) -> Element {
        let waiting = self.client.wait().at_most(PATIENCE);
        match waiting.for_element(Locator::XPath(path)).await {
            Ok(element) => element,
            Err(error) => panic!("{path} isn't there ({error}):\n{}", self.text().await),
        }
    }

    /// Ends it.
    pub(super) async fn close(mut self) {
        self.client.clone().close().await.unwrap();
        self.driver.kill().unwrap();
        self.driver.wait().unwrap();
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Gone already after `close`.
        self.driver.kill().ok();
        self.driver.wait().ok();
    }
}

/// The link of a figure.
fn of_row(row: &str, only: &str) -> String {
    format!(
        "//tr[contains(., '{row}')]//a[contains(@href, 'only={only}') or contains(@href, 'count={only}')]"
    )
}

/// Where pictures are kept: the build folder, which is in no repository.
pub(super) fn kept(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("pages");
    std::fs::create_dir_all(&folder).unwrap();
    folder.join(name)
}

/// Starts the driver on a port that it chooses.
fn start_driver() -> (Child, u16) {
    let mut driver = Command::new("chromedriver")
        .arg("--port=0")
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("chromedriver starts; `cargo xtask ci` installs it");
    let (told, port) = mpsc::channel();
    let out = driver.stdout.take().unwrap();
    thread::spawn(move || {
        for line in BufReader::new(out).lines().map_while(Result::ok) {
            // «ChromeDriver was started successfully on port 41231.»
            let number = line
                .rsplit_once("successfully on port ")
                .map(|(_, n)| n.trim_end_matches('.'));
            if let Some(Ok(port)) = number.map(str::parse::<u16>) {
                told.send(port).ok();
            }
        }
    });
    match port.recv_timeout(START) {
        Ok(port) => (driver, port),
        Err(error) => {
            driver.kill().ok();
            panic!("chromedriver doesn't listen: {error}");
        }
    }
}
