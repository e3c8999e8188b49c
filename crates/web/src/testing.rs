//! A site on a trial database of its own, asked within the process.

use approval::command::Act;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use chrono::{DateTime, Utc};
use engine::{Application, Engine, Settings};
use notify::Language;
use tower::ServiceExt;

use crate::site::{Beat, Pulse, Site, Title};

const UNITS: &str = "code,name\nFGW,发展和改革委员会\n";
const ITEMS: &str = "code,name,unit,kind,promised_amount,promised_unit,statutory_amount,statutory_unit,\
    handling,review,approval,completion,basis\n\
    FGW-002,企业投资项目核准,FGW,committed,12,working_days,20,working_days,6,3,2,1,行政许可法第四十二条\n";
const PEOPLE: &str = "code,name,unit\nFGW-C1,韩霞琪,FGW\n";

/// A trial with one item, at ten o'clock of a Monday.
pub(crate) struct Trial {
    pub(crate) engine: Engine,
    pub(crate) beat: Option<Beat>,
    site: Site,
    _folder: tempfile::TempDir,
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
        let engine = Engine::open(&url, settings).await.unwrap();
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
            beat,
            _folder: folder,
        }
    }

    /// Receives one case.
    pub(crate) async fn receive(&self) {
        let application = Application {
            item: "FGW-002".to_owned(),
            applicant: "张三".to_owned(),
            ..Application::default()
        };
        self.engine
            .receive(application, Act::default())
            .await
            .unwrap();
    }

    /// Asks for a path.
    pub(crate) async fn get(&self, path: &str) -> (StatusCode, HeaderMap, String) {
        let request = Request::get(path).body(Body::empty()).unwrap();
        let response = crate::router(self.site.clone())
            .oneshot(request)
            .await
            .unwrap();
        let (parts, body) = response.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        let body = String::from_utf8(body.to_vec()).unwrap();
        (parts.status, parts.headers, body)
    }
}
