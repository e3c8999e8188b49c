//! A site on a trial database of its own, asked within the process by whoever is signed in.

use std::sync::Mutex;

use approval::command::Act;
use approval::ids::PersonCode;
use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, COOKIE, LOCATION, SET_COOKIE};
use axum::http::{HeaderMap, Request, Response, StatusCode};
use chrono::{DateTime, Utc};
use engine::accounts::{AccountRole, Caller, NewAccount};
use engine::{Application, Clock, Engine, Settings};
use notify::Language;
use tower::ServiceExt;

use crate::site::{Beat, Pulse, Site, Title};

const UNITS: &str =
    "code,name,hall,windows\nFGW,发展和改革委员会,市政务大厅,3、4号\nHBJ,环境保护局,,\n";
const ITEMS: &str = "code,name,unit,kind,promised_amount,promised_unit,statutory_amount,statutory_unit,\
    handling,review,approval,completion,basis,materials\n\
    FGW-002,企业投资项目核准,FGW,committed,12,working_days,20,working_days,6,3,2,1,行政许可法第四十二条,\n\
    FGW-003,政府投资项目建议书审批,FGW,committed,12,working_days,20,working_days,6,3,2,1,行政许可法第四十二条,项目建议书; 选址意见书；资金证明\n\
    HBJ-001,排污许可,HBJ,committed,10,working_days,20,working_days,4,3,2,1,行政许可法第四十二条,\n";
const PEOPLE: &str = "code,name,unit,role,posts,stand_in,stand_in_from,stand_in_to,stand_in_paper\n\
    FGW-C1,韩霞琪,FGW,clerk,acceptance completion,,,,\n\
    FGW-H1,高杰,FGW,staff,handling,FGW-H2,2011-09-26T00:00:00+08:00,2011-09-28T00:00:00+08:00,发改人〔2011〕3号\n\
    FGW-H2,陈洋建,FGW,staff,,,,,\n\
    FGW-R1,王辉娟,FGW,staff,review,,,,\n\
    FGW-A1,李敏,FGW,staff,approval,,,,\n\
    FGW-D1,赵主任,FGW,head,,,,,\n\
    HBJ-C1,阎鹏,HBJ,clerk,acceptance completion,,,,\n\
    JC-1,周监察,,inspector,,,,,\n\
    LD-1,吴市长,,leader,,,,,\n";
/// The accounts, by whom they are: a person, or an administrator.
const ACCOUNTS: [(&str, AccountRole, Option<&str>); 12] = [
    ("clerk", AccountRole::Desk, Some("FGW-C1")),
    ("handler", AccountRole::Desk, Some("FGW-H1")),
    ("second", AccountRole::Desk, Some("FGW-H2")),
    ("reviewer", AccountRole::Desk, Some("FGW-R1")),
    ("approver", AccountRole::Desk, Some("FGW-A1")),
    ("head", AccountRole::Desk, Some("FGW-D1")),
    ("stranger", AccountRole::Desk, Some("HBJ-C1")),
    ("inspector", AccountRole::Desk, Some("JC-1")),
    ("leader", AccountRole::Desk, Some("LD-1")),
    ("system", AccountRole::System, None),
    ("security", AccountRole::Security, None),
    ("audit", AccountRole::Audit, None),
];
/// The password of all of them.
pub(crate) const PASSWORD: &str = "correct horse battery";
/// The first case that [`Trial::receive`] makes.
pub(crate) const CASE: &str = "410800-FGW-20110926-0001";

/// A trial with two units, at ten o'clock of a Monday.
pub(crate) struct Trial {
    pub(crate) engine: Engine,
    pub(crate) clock: Clock,
    pub(crate) beat: Option<Beat>,
    pub(crate) site: Site,
    cookies: Mutex<Vec<(String, String)>>,
    folder: tempfile::TempDir,
}

impl Trial {
    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in [
            ("units.csv", UNITS),
            ("items.csv", ITEMS),
            ("people.csv", PEOPLE),
        ] {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        let url = format!("sqlite:{}", folder.path().join("t.db").display());
        let now: DateTime<Utc> = "2011-09-26T10:00:00+08:00".parse().unwrap();
        let settings = Settings {
            now: Some(now),
            ..Settings::default()
        };
        Engine::migrate(&url, &settings, true).await.unwrap();
        let clock = Clock::standing(now);
        let engine = Engine::open_at(&url, settings, clock.clone())
            .await
            .unwrap();
        engine::reference::load(&engine, folder.path())
            .await
            .unwrap();
        let pulse = Pulse::default();
        let beat = Some(pulse.start());
        let title = Title {
            system_name: "行政审批电子监察系统".to_owned(),
            organ_name: "焦作市<监察>中心".to_owned(),
            language: Language::Zh,
        };
        Self {
            site: Site::new(engine.clone(), title, pulse, None),
            engine,
            clock,
            beat,
            cookies: Mutex::default(),
            folder,
        }
    }

    /// Receives one case.
    pub(crate) async fn receive(&self) {
        let application = Application {
            item: "FGW-002".to_owned(),
            applicant: "张三".to_owned(),
            id_number: Some("11010519491231002X".to_owned()),
            ..Application::default()
        };
        let act = Act {
            by: Some(PersonCode::from("FGW-C1")),
            ..Act::default()
        };
        self.engine.receive(application, act).await.unwrap();
    }

    /// Another process on the same database and the same clock, as far as a test can have one.
    pub(crate) async fn another_process(&self) -> Engine {
        let url = format!("sqlite:{}", self.folder.path().join("t.db").display());
        let settings = self.engine.settings().clone();
        Engine::open_at(&url, settings, self.clock.clone())
            .await
            .unwrap()
    }

    /// Moves the clock.
    pub(crate) fn go_to(&self, at: &str) {
        self.clock.advance_to(at.parse().unwrap());
    }

    /// The cookie of somebody who is signed in; the account is made when it is first asked for.
    pub(crate) async fn cookie(&self, account: &str) -> String {
        let kept = self.cookies.lock().unwrap().clone();
        if let Some((_, cookie)) = kept.iter().find(|(name, _)| name == account) {
            return cookie.clone();
        }
        self.add(account).await;
        let form = [("account", account), ("password", PASSWORD)];
        let response = self.post_raw("", "/sign-in", &form).await;
        assert_eq!(response.status(), StatusCode::SEE_OTHER, "{account}");
        let cookie = response.headers()[SET_COOKIE].to_str().unwrap();
        let cookie = cookie.split(';').next().unwrap().to_owned();
        let mut cookies = self.cookies.lock().unwrap();
        cookies.push((account.to_owned(), cookie.clone()));
        cookie
    }

    /// Makes one of the accounts.
    pub(crate) async fn add(&self, account: &str) {
        let (_, role, person) = ACCOUNTS.iter().find(|a| a.0 == account).unwrap();
        let new = NewAccount {
            account: account.to_owned(),
            name: String::new(),
            role: *role,
            person: person.map(str::to_owned),
            password: PASSWORD.to_owned(),
            must_change: false,
            active: true,
        };
        let caller = Caller::default();
        self.engine.add_account(new, &caller).await.unwrap();
    }

    /// Asks for a path, nobody being signed in.
    pub(crate) async fn get(&self, path: &str) -> (StatusCode, HeaderMap, String) {
        self.get_with("", path).await
    }

    /// Asks for a path as somebody.
    pub(crate) async fn get_as(
        &self,
        account: &str,
        path: &str,
    ) -> (StatusCode, HeaderMap, String) {
        let cookie = self.cookie(account).await;
        self.get_with(&cookie, path).await
    }

    pub(crate) async fn get_with(
        &self,
        cookie: &str,
        path: &str,
    ) -> (StatusCode, HeaderMap, String) {
        let request = Request::get(path).header(COOKIE, cookie);
        let response = self.ask(request.body(Body::empty()).unwrap()).await;
        told(response).await
    }

    /// Sends a form as somebody.
    pub(crate) async fn post_as(
        &self,
        account: &str,
        path: &str,
        form: &[(&str, &str)],
    ) -> (StatusCode, HeaderMap, String) {
        let cookie = self.cookie(account).await;
        told(self.post_raw(&cookie, path, form).await).await
    }

    pub(crate) async fn post_raw(
        &self,
        cookie: &str,
        path: &str,
        form: &[(&str, &str)],
    ) -> Response<Body> {
        let body = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(form)
            .finish();
        let request = Request::post(path)
            .header(COOKIE, cookie)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(body))
            .unwrap();
        self.ask(request).await
    }

    /// Sends a form with files as somebody: the fields, then the files by their names.
    pub(crate) async fn send_as(
        &self,
        account: &str,
        path: &str,
        fields: &[(&str, &str)],
        files: &[(&str, &[u8])],
    ) -> (StatusCode, HeaderMap, String) {
        let cookie = self.cookie(account).await;
        let request = Request::post(path).header(COOKIE, cookie);
        let request = request.header(CONTENT_TYPE, WITH_FILES);
        let body = Body::from(with_files(fields, files));
        told(self.ask(request.body(body).unwrap()).await).await
    }

    pub(crate) async fn ask(&self, request: Request<Body>) -> Response<Body> {
        crate::router(self.site.clone())
            .oneshot(request)
            .await
            .unwrap()
    }
}

/// The kind of a form that [`with_files`] makes.
pub(crate) const WITH_FILES: &str = "multipart/form-data; boundary=X-between-X";

/// The body of a form with files, as a browser sends it.
pub(crate) fn with_files(fields: &[(&str, &str)], files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut body = Vec::new();
    let mut part = |head: String, data: &[u8]| {
        body.extend_from_slice(format!("--X-between-X\r\n{head}\r\n\r\n").as_bytes());
        body.extend_from_slice(data);
        body.extend_from_slice(b"\r\n");
    };
    let disposition = "Content-Disposition: form-data; name=";
    for (name, value) in fields {
        part(format!("{disposition}\"{name}\""), value.as_bytes());
    }
    for (name, data) in files {
        // What the browser says of a file is never believed.
        let head = format!("{disposition}\"file\"; filename=\"{name}\"\r\nContent-Type: text/html");
        part(head, data);
    }
    body.extend_from_slice(b"--X-between-X--\r\n");
    body
}

/// Where an answer leads.
pub(crate) fn location(headers: &HeaderMap) -> &str {
    headers[LOCATION].to_str().unwrap()
}

pub(crate) async fn told(response: Response<Body>) -> (StatusCode, HeaderMap, String) {
    let (parts, body) = response.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    let body = String::from_utf8(body.to_vec()).unwrap();
    (parts.status, parts.headers, body)
}
