//! Chromium without a window, driven as a person would: by what is on the page, with the keyboard.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use fantoccini::elements::Element;
use fantoccini::key::Key;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};

/// How long the driver may take until it listens.
const START: Duration = Duration::from_secs(30);
/// How long a page may take until it shows what is waited for.
const PATIENCE: Duration = Duration::from_secs(20);
/// A desk's screen.
pub(super) const DESK: (u32, u32) = (1280, 800);
/// A phone's.
pub(super) const PHONE: (u32, u32) = (390, 844);

/// A browser with a profile of its own. It is closed by [`Browser::close`], and killed with this value otherwise.
pub(super) struct Browser {
    driver: Child,
    client: Client,
    base: String,
    _profile: tempfile::TempDir,
}

impl Browser {
    /// Starts one that looks at the service at an address, with a window of a size.
    pub(super) async fn open(address: &str, (width, height): (u32, u32)) -> Self {
        let (driver, port) = start_driver();
        let profile = tempfile::tempdir().unwrap();
        let options = json!({
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
        self.see("登录").await;
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

    /// Keeps a picture of the page in the build folder, for whoever wants to look.
    pub(super) async fn picture(&self, name: &str) {
        let folder = pictures();
        std::fs::create_dir_all(&folder).unwrap();
        let png = self.client.screenshot().await.unwrap();
        std::fs::write(folder.join(format!("{name}.png")), png).unwrap();
    }

    /// The page is no wider than the window: nobody scrolls sideways.
    pub(super) async fn fits(&self) {
        let wide = self
            .run("return document.documentElement.scrollWidth - window.innerWidth;")
            .await;
        let shown = self.path().await;
        assert!(wide.as_i64().unwrap() <= 0, "{shown} is {wide} px too wide");
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

/// Where pictures are kept: the build folder, which is in no repository.
fn pictures() -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("pages")
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
