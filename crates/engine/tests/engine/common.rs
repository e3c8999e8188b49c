//! An office to test with, on both databases: two bureaus, their people, a clock that stands until it is moved.

use approval::command::{Act, Command};
use approval::ids::PersonCode;
use calendar::Calendar;
use chrono::{DateTime, Utc};
use engine::outbox::{LEASE_MS, Outbox, OutboxSettings};
use engine::{Application, Clock, Engine, Seen, Settings, reference};
use notify::{Language, RetryPolicy, Templates, Transport};

/// The division of the tests.
pub(crate) const DIVISION: &str = "410800";

/// Two bureaus.
pub(crate) const UNITS: &str = "code,name,kind,vertical,hall\n\
GSJ,工商行政管理局,bureau,true,H01\n\
HBJ,环境保护局,bureau,false,H01\n";

/// One item for each.
pub(crate) const ITEMS: &str = "code,name,unit,kind,promised_amount,promised_unit,statutory_amount,statutory_unit,handling,review,approval,completion,basis,category\n\
GSJ-001,企业设立登记,GSJ,committed,7,working_days,10,working_days,3,2,1,1,行政许可法第四十二条,approval\n\
HBJ-001,建设项目环境影响评价审批,HBJ,committed,7,working_days,20,working_days,3,2,1,1,行政许可法第四十二条,approval\n";

/// The people of the first bureau and those above it. X1 has no address.
pub(crate) const PEOPLE: &str = "code,name,unit,role,email,phone,posts,stand_in,stand_in_from,stand_in_to,stand_in_paper\n\
C1,王窗口,GSJ,clerk,c1@example.cn,,acceptance completion,,,,\n\
H1,张承办,GSJ,staff,h1@example.cn,,handling,H2,,,\n\
H2,李代班,GSJ,staff,h2@example.cn,,,,,,\n\
R1,赵审核,GSJ,staff,r1@example.cn,,review,,,,\n\
A1,钱批准,GSJ,staff,a1@example.cn,,approval,,,,\n\
D1,孙局长,GSJ,head,d1@example.cn,,,,,,\n\
X1,冯承办,HBJ,staff,,,handling,,,,\n\
I1,周监察,*,inspector,i1@example.cn,,,,,,\n\
L1,吴领导,*,leader,l1@example.cn,,,,,,\n";

/// An instant from its text.
pub(crate) fn at(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(text).unwrap().to_utc()
}

/// A database with its tables, books and an engine whose clock stands.
pub(crate) struct Office {
    /// The database.
    pub(crate) url: String,
    /// An engine on it.
    pub(crate) engine: Engine,
    /// The clock that all engines of the office share.
    pub(crate) clock: Clock,
    /// Gone with the office.
    _folder: tempfile::TempDir,
}

impl Office {
    /// An office with the calendar of China.
    pub(crate) async fn new(database: Database, start: &str) -> Self {
        Self::with(database, start, "cn", "limits").await
    }

    /// An office with a calendar and rules: embedded names or paths.
    pub(crate) async fn with(database: Database, start: &str, calendar: &str, rules: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = match database {
            Database::Sqlite => format!("sqlite:{}", folder.path().join("one.db").display()),
            Database::Postgres => tokio::task::spawn_blocking(testkit::postgres::fresh_database)
                .await
                .unwrap(),
        };
        let settings = Settings {
            now: Some(at(start)),
            calendar: calendar.to_owned(),
            rules: rules.to_owned(),
            ..Settings::default()
        };
        Engine::migrate(&url, &settings, false).await.unwrap();
        let clock = Clock::standing(at(start));
        let engine = Engine::open_at(&url, settings, clock.clone())
            .await
            .unwrap();
        reference::load_texts(&engine, UNITS, ITEMS, PEOPLE)
            .await
            .unwrap();
        Self {
            url,
            engine,
            clock,
            _folder: folder,
        }
    }

    /// Another process on the same database, with the same clock.
    pub(crate) async fn second(&self) -> Engine {
        let settings = self.engine.settings().clone();
        Engine::open_at(&self.url, settings, self.clock.clone())
            .await
            .unwrap()
    }

    /// Moves the clock.
    pub(crate) fn go_to(&self, instant: &str) {
        self.clock.advance_to(at(instant));
    }

    /// Moves the clock and sweeps.
    pub(crate) async fn sweep_at(&self, instant: &str) -> engine::SweepReport {
        self.go_to(instant);
        self.engine.sweep(None).await.unwrap()
    }

    /// A case that was accepted now; its number.
    pub(crate) async fn accepted(&self, item: &str) -> String {
        let application = Application {
            item: item.to_owned(),
            applicant: "焦作某某有限公司".to_owned(),
            ..Application::default()
        };
        let seen = self
            .engine
            .receive(application, Act::default())
            .await
            .unwrap();
        let case = seen.subject.id.as_str().to_owned();
        self.act(&case, Command::Accept).await;
        case
    }

    /// Does an act now: the inspector where only he may.
    pub(crate) async fn act(&self, case: &str, command: Command) -> Seen {
        let act = match command {
            Command::RevokeWarning { .. }
            | Command::IssueWarning { .. }
            | Command::CloseOrder { .. }
            | Command::SendBackOrder { .. } => inspector(),
            _ => Act::default(),
        };
        self.engine.act(case, command, act).await.unwrap()
    }

    /// The record is whole.
    pub(crate) async fn verify(&self) {
        let report = self.engine.verify().await.unwrap();
        assert!(report.is_ok(), "{report:?}");
    }
}

/// Which of the two.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Database {
    /// A file of its own.
    Sqlite,
    /// A fresh database in the tests' cluster.
    Postgres,
}

/// The calendar of China under another version, with some days more that rest or work.
pub(crate) fn calendar(version: &str, rest: &[&str], make_up: &[&str]) -> Calendar {
    let text = engine::assets::calendar("cn").unwrap().to_text();
    let mut table: toml::Table = text.parse().unwrap();
    table.insert("version".to_owned(), version.into());
    for (key, days) in [("rest", rest), ("make_up", make_up)] {
        let list = table.get_mut(key).unwrap().as_array_mut().unwrap();
        for day in days {
            let date: toml::value::Datetime = day.parse().unwrap();
            let other = |e: &toml::Value| e.get("date") != Some(&toml::Value::Datetime(date));
            list.retain(other);
            let mut entry = toml::Table::new();
            entry.insert("date".to_owned(), toml::Value::Datetime(date));
            entry.insert("name".to_owned(), "临时安排".into());
            list.push(entry.into());
        }
        list.sort_by_key(|e| e.get("date").unwrap().to_string());
    }
    Calendar::parse(version, &table.to_string()).unwrap()
}

/// Changes the record behind the program's back.
pub(crate) async fn bend(engine: &Engine, sql: impl Into<String>) {
    let sql: String = sql.into();
    engine
        .store()
        .write::<_, engine::EngineError, _>(move |conn| {
            let sql = sqlx::AssertSqlSafe(sql.clone());
            Box::pin(async move {
                match conn {
                    store::Conn::Sqlite(c) => {
                        sqlx::raw_sql(sql).execute(&mut **c).await.unwrap();
                    }
                    store::Conn::Postgres(c) => {
                        sqlx::raw_sql(sql).execute(&mut **c).await.unwrap();
                    }
                }
                Ok(())
            })
        })
        .await
        .unwrap();
}

/// Runs each test of a list on both databases.
macro_rules! on_both {
    ($($name:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                Box::pin(super::$name($crate::common::Database::Sqlite)).await;
            })*
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                Box::pin(super::$name($crate::common::Database::Postgres)).await;
            })*
        }
    };
}
pub(crate) use on_both;

/// An act of somebody's.
pub(crate) fn by(person: &str) -> Act {
    Act {
        by: Some(PersonCode::from(person)),
        ..Act::default()
    }
}

/// An act of the inspector's.
pub(crate) fn inspector() -> Act {
    by("I1")
}

/// An outbox that gives a mail up after three tries.
pub(crate) fn outbox(engine: &Engine, transport: &Transport, owner: &str) -> Outbox {
    let settings = OutboxSettings {
        from: "电子监察系统 <jiancha@example.cn>".to_owned(),
        organ_name: "焦作市行政效能电子监察中心".to_owned(),
        system_name: "行政审批电子监察系统".to_owned(),
        base_url: None,
        language: Language::Zh,
        message_id_domain: "shixian.example.cn".to_owned(),
        retry: RetryPolicy { attempts_max: 3 },
        lease_ms: LEASE_MS,
        owner: owner.to_owned(),
    };
    let templates = Templates::load(None).unwrap();
    Outbox::new(engine.clone(), transport.clone(), templates, settings)
}
