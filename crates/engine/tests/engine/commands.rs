//! One case from receipt to a red card and its message items, through all layers, on both databases.

use approval::command::{Act, Command};
use approval::event::Event;
use approval::rule::Level;
use approval::stage::Stage;
use chrono::{DateTime, Utc};
use engine::{Application, Clock, Engine, EngineError, Settings, reference};

const UNITS: &str = "code,name,kind,vertical,hall\nGSJ,工商行政管理局,bureau,true,H01\nHBJ,环境保护局,bureau,false,H01\n";
const ITEMS: &str = "code,name,unit,kind,promised_amount,promised_unit,statutory_amount,statutory_unit,handling,review,approval,completion,basis,category\n\
GSJ-001,企业设立登记,GSJ,committed,7,working_days,10,working_days,3,2,1,1,行政许可法第四十二条,approval\n";
const PEOPLE: &str = "code,name,unit,role,email,phone,posts,stand_in,stand_in_from,stand_in_to,stand_in_paper\n\
C1,王窗口,GSJ,clerk,c1@example.cn,,acceptance completion,,,,\n\
H1,张承办,GSJ,staff,h1@example.cn,,handling,H2,,,\n\
H2,李代班,GSJ,staff,h2@example.cn,,,,,,\n\
R1,赵审核,GSJ,staff,r1@example.cn,,review,,,,\n\
A1,钱批准,GSJ,staff,a1@example.cn,,approval,,,,\n\
D1,孙局长,GSJ,head,d1@example.cn,,,,,,\n\
I1,周监察,*,inspector,i1@example.cn,,,,,,\n\
L1,吴领导,*,leader,l1@example.cn,,,,,,\n";

fn at(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(text).unwrap().to_utc()
}

async fn office(url: &str, start: &str) -> Engine {
    let settings = Settings {
        now: Some(at(start)),
        ..Settings::default()
    };
    Engine::migrate(url, &settings, true).await.unwrap();
    let engine = Engine::open_at(url, settings, Clock::standing(at(start)))
        .await
        .unwrap();
    reference::load_texts(&engine, UNITS, ITEMS, PEOPLE)
        .await
        .unwrap();
    engine
}

async fn items_of(engine: &Engine, subject: &str) -> Vec<(String, String)> {
    let mut conn = engine.store().read().await.unwrap();
    let items = store::message_item::of_subject(&mut conn, "410800", subject)
        .await
        .unwrap();
    items
        .into_iter()
        .map(|i| (i.level.unwrap_or_default(), i.recipient))
        .collect()
}

fn levels(subject: &approval::Subject) -> Vec<(Level, String)> {
    subject
        .history
        .iter()
        .filter_map(|e| match &e.event {
            Event::WarningRaised(w) => Some((w.level, w.clock.to_string())),
            _ => None,
        })
        .collect()
}

async fn from_receipt_to_red_card(url: &str) {
    let engine = office(url, "2018-10-15T10:00:00+08:00").await;
    let application = Application {
        item: "GSJ-001".to_owned(),
        applicant: "焦作某某有限公司".to_owned(),
        id_number: None,
        missing: Vec::new(),
        ..Application::default()
    };
    let seen = engine.receive(application, Act::default()).await.unwrap();
    let case = seen.subject.id.as_str().to_owned();
    assert_eq!(case, "410800-GSJ-20181015-0001");
    let seen = engine
        .act(&case, Command::Accept, Act::default())
        .await
        .unwrap();
    assert_eq!(seen.subject.state(), "open");

    // The promise of 7 working days ends with 24 October, the law's 10 with 29 October.
    engine.clock().advance_to(at("2018-10-18T23:59:59+08:00"));
    assert_eq!(engine.sweep(None).await.unwrap().taken, 0);
    engine.clock().advance_to(at("2018-10-19T00:00:00+08:00"));
    let report = engine.sweep(None).await.unwrap();
    assert_eq!(
        (report.taken, report.yellow),
        (1, 1),
        "handling had 3 working days"
    );
    engine.clock().advance_to(at("2018-10-22T00:00:00+08:00"));
    assert_eq!(engine.sweep(None).await.unwrap().notice, 1);
    engine.clock().advance_to(at("2018-10-30T00:00:00+08:00"));
    let report = engine.sweep(None).await.unwrap();
    assert_eq!((report.yellow, report.red), (1, 1));
    assert_eq!(engine.sweep(None).await.unwrap().taken, 0, "twice is once");

    let seen = engine.look(&case).await.unwrap();
    assert_eq!(
        levels(&seen.subject),
        [
            (Level::Yellow, "handling#1".to_owned()),
            (Level::Notice, "promised".to_owned()),
            (Level::Yellow, "promised".to_owned()),
            (Level::Red, "statutory".to_owned()),
        ]
    );
    let items = items_of(&engine, &case).await;
    let told = |level: &str| -> Vec<&str> {
        items
            .iter()
            .filter(|(l, _)| l == level)
            .map(|(_, who)| who.as_str())
            .collect()
    };
    assert_eq!(told("notice"), ["H1", "H2"]);
    assert_eq!(told("red"), ["D1", "H1", "H2", "I1", "L1"]);

    let report = store::verify::verify(engine.store()).await.unwrap();
    assert!(report.is_ok(), "{report:?}");
    let (tally, _) = engine.tally().await.unwrap();
    assert_eq!(
        (tally.accepted, tally.red_cards, tally.yellow_cards),
        (1, 1, 0)
    );
    let explained = engine.explain(&case).await.unwrap();
    assert_eq!(explained["clocks"][1]["clock"], "promised");
    assert_eq!(explained["clocks"][1]["due_on"], "2018-10-24");

    // The wrong stage is refused with both ends, and writes nothing.
    let before = seen.subject.seq();
    let refusal = engine
        .act(
            &case,
            Command::Complete {
                stage: Stage::Review,
                outcome: None,
                reason: None,
                document: None,
            },
            Act::default(),
        )
        .await
        .unwrap_err();
    let EngineError::Refused(refusal) = refusal else {
        panic!("{refusal}")
    };
    assert_eq!(refusal.ends(), Some(("review", "handling")));
    assert_eq!(engine.look(&case).await.unwrap().subject.seq(), before);
    engine.close().await;
}

#[tokio::test]
async fn sqlite_from_receipt_to_red_card() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("one.db").display());
    from_receipt_to_red_card(&url).await;
}

#[tokio::test]
async fn postgres_from_receipt_to_red_card() {
    let database = testkit::postgres::fresh_database();
    from_receipt_to_red_card(&database).await;
}
