//! Reports that the service makes by itself: written, mailed, made up for after a standstill, and made once by whichever
//! of two services comes first.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use chrono::{DateTime, TimeDelta, Utc};
use mail_parser::MimeHeaders;
use store::Store;
use testkit::smtp::{Received, SmtpServer};

use super::place::{Place, START, Serving};
use super::{block_on, wait_for};
use crate::scripts::Database;

/// The day before the first working day of November 2018.
const EVE: &str = "2018-10-31T16:00:00+08:00";
/// A Monday three months later: nothing ran on the first working days of December, January and February.
const LATER: &str = "2019-02-11T09:00:00+08:00";
/// The sixteen hours from the eve to eight o'clock in some seconds.
const FAST: &str = "14400";
/// Time enough for three reports in all forms by an unoptimised program on a loaded machine.
const SECONDS: u32 = 120;

const ENDS: [&str; 5] = ["json", "csv", "html", "xlsx", "pdf"];
/// Leaders, and heads with the files of whose units they get a part.
const READERS: [&str; 3] = ["b1@example.cn", "b3@example.cn", "l1@example.cn"];

/// Services of one database, each with a folder of its own, so that it shows which of them made a report.
#[cfg(test)]
struct Services<'p> {
    place: &'p Place,
    folders: Vec<String>,
    mail: String,
}

impl<'p> Services<'p> {
    fn new(place: &'p Place, count: usize, mail: String) -> Self {
        let folders: Vec<String> = (1..=count).map(|n| format!("reports-{n}")).collect();
        for folder in &folders {
            let settings = format!(
                "[report]\nfolder = \"{folder}\"\nspans = [\"month\"]\nat = \"08:00\"\n\
                 formats = [\"json\", \"csv\", \"html\", \"xlsx\", \"pdf\"]\nmail = true\nclose_on_working_day = 3\n"
            );
            fs::write(place.path(&format!("{folder}.toml")), settings).unwrap();
        }
        Self {
            place,
            folders,
            mail,
        }
    }

    /// Starts the first of them, or all: a trial's time never goes back, so each begins some minutes after the one before.
    fn start(&self, now: &str, speed: &str, count: usize) -> Vec<Serving> {
        let first: DateTime<Utc> = now.parse().unwrap();
        let variables = [
            ("SHIXIAN_MAIL__URL", self.mail.as_str()),
            ("SHIXIAN_MAIL__FROM", "jiancha@example.cn"),
        ];
        let mut minutes = 0;
        let start = |folder: &String| {
            let file = format!("{folder}.toml");
            let now = (first + TimeDelta::minutes(minutes)).to_rfc3339();
            minutes += 5;
            let arguments = ["--config", &file, "--now", &now, "--speed", speed];
            self.place.serve(&arguments, &variables)
        };
        self.folders.iter().take(count).map(start).collect()
    }

    /// The names of all files, each with how many of the folders have it.
    fn files(&self) -> BTreeMap<String, usize> {
        let mut files = BTreeMap::new();
        for folder in &self.folders {
            let Ok(found) = fs::read_dir(self.place.path(folder)) else {
                continue;
            };
            for file in found {
                let name = file.unwrap().file_name().into_string().unwrap();
                *files.entry(name).or_default() += 1;
            }
        }
        files
    }

    fn have(&self, periods: &[&str]) -> Option<()> {
        let files = self.files();
        let all = |period: &&str| {
            ENDS.iter()
                .all(|end| files.contains_key(&format!("{period}.{end}")))
        };
        periods.iter().all(all).then_some(())
    }

    /// The runs of a job, by what became of them.
    fn runs(&self, job: &str) -> Vec<Option<String>> {
        block_on(async {
            let store = Store::open(&self.place.url).await.unwrap();
            let mut conn = store.read().await.unwrap();
            let runs = store::job::runs(&mut conn, job, 100).await;
            drop(conn);
            store.close().await;
            runs.unwrap().into_iter().map(|run| run.outcome).collect()
        })
    }
}

/// The closed periods with their revisions.
#[cfg(test)]
fn closed(place: &Place) -> Vec<(String, i64)> {
    block_on(async {
        let store = Store::open(&place.url).await.unwrap();
        let mut conn = store.read().await.unwrap();
        let rows = store::closing::page(&mut conn, ("", "", 0), 100).await;
        drop(conn);
        store.close().await;
        let rows = rows.unwrap().into_iter();
        rows.map(|row| (row.period, row.revision)).collect()
    })
}

/// The reports that were mailed: by reader and period the names of the files, checked to have come once.
#[cfg(test)]
fn mailed(server: &SmtpServer) -> BTreeMap<(String, String), BTreeSet<String>> {
    let mut mailed = BTreeMap::new();
    for mail in server.received() {
        let Some(period) = period_of(&mail) else {
            continue;
        };
        let message = mail.parse();
        let files = message.attachments();
        let names = files.map(|file| file.attachment_name().unwrap().to_owned());
        let key = (mail.to.join(" "), period);
        let earlier = mailed.insert(key.clone(), names.collect());
        assert!(earlier.is_none(), "{key:?} came twice");
    }
    mailed
}

/// The month of a report in its file's name; none where the mail is about cases.
#[cfg(test)]
fn period_of(mail: &Received) -> Option<String> {
    let message = mail.parse();
    let names = message
        .attachments()
        .filter_map(|file| file.attachment_name());
    let mut stems = names.filter_map(|name| name.strip_suffix(".xlsx").map(str::to_owned));
    stems.next()
}

#[cfg(test)]
fn keys(periods: &[&str]) -> BTreeSet<(String, String)> {
    let of_reader = |reader: &&str| {
        let reader = (*reader).to_owned();
        let of_period = move |period: &&str| (reader.clone(), (*period).to_owned());
        periods.iter().map(of_period).collect::<Vec<_>>()
    };
    READERS.iter().flat_map(of_reader).collect()
}

#[cfg(test)]
fn reports_come_by_themselves(database: Database, count: usize) {
    let place = Place::new(database);
    let start: DateTime<Utc> = START.parse().unwrap();
    let case = place.accepted("GSJ-001", &[start]).remove(0);
    let (server, _runtime) = mail_server();
    let services = Services::new(&place, count, server.url("smtp"));

    // While one runs, the first working day of November begins.
    let running = services.start(EVE, FAST, 1);
    wait_for("the report of October", SECONDS, || {
        services.have(&["2018-10"])
    });
    wait_for("its mails", SECONDS, || {
        (mailed(&server).len() == READERS.len()).then_some(())
    });
    for service in running {
        assert_eq!(service.get("/readyz").0, 200);
        service.stop();
    }
    assert_eq!(services.runs("report_month"), [Some("done".to_owned())]);
    let sent = mailed(&server);
    assert_eq!(
        sent.keys().cloned().collect::<BTreeSet<_>>(),
        keys(&["2018-10"])
    );
    for ((reader, _), files) in &sent {
        // 工商局 had the case, 环保局 had nothing; a leader has no unit.
        let part = files.contains("2018-10-GSJ.pdf");
        assert_eq!(part, reader == "b1@example.cn", "{reader}: {files:?}");
        assert!(files.contains("2018-10.pdf") && files.contains("2018-10.html"));
    }
    let folder = services.folders.iter().map(|name| place.path(name));
    let written = folder.map(|folder| fs::read_to_string(folder.join("2018-10.json")));
    let written: Vec<String> = written.filter_map(Result::ok).collect();
    let [written] = written.as_slice() else {
        panic!("made {} times", written.len());
    };
    let report: serde_json::Value = serde_json::from_str(written).unwrap();
    assert_eq!(report["total"]["accepted"], 1);
    assert!(written.contains(&case), "the case's cards are listed");

    // Nothing ran for three months; whoever is started then makes up for each of them.
    let silent = ["2018-11", "2018-12", "2019-01"];
    let running = services.start(LATER, "1", count);
    wait_for("the reports of three months", SECONDS, || {
        services.have(&silent)
    });
    let all = ["2018-10", "2018-11", "2018-12", "2019-01"];
    wait_for("their mails", SECONDS, || {
        (mailed(&server).len() == all.len() * READERS.len()).then_some(())
    });
    wait_for("the closings of four months", SECONDS, || {
        (closed(&place).len() == all.len()).then_some(())
    });
    for service in running {
        service.stop();
    }
    // October was to be closed on the third working day of November, when nothing ran any more.
    let runs = services.runs("close_month");
    let done = Some("done".to_owned());
    assert!(runs.iter().all(|outcome| *outcome == done), "{runs:?}");
    assert_eq!(closed(&place), all.map(|period| (period.to_owned(), 1)));
    assert_eq!(
        services.runs("report_month"),
        vec![Some("done".to_owned()); all.len()]
    );
    let sent: BTreeSet<(String, String)> = mailed(&server).into_keys().collect();
    assert_eq!(sent, keys(&all));
    let visible = services.files().into_iter();
    let visible: BTreeMap<String, usize> =
        visible.filter(|(name, _)| !name.starts_with('.')).collect();
    assert!(visible.values().all(|folders| *folders == 1), "{visible:?}");
    let periods: BTreeSet<&str> = visible.keys().filter_map(|name| name.get(..7)).collect();
    assert_eq!(periods.into_iter().collect::<Vec<_>>(), all);
    place.verify();
}

/// A mail server with the runtime that it lives in.
#[cfg(test)]
fn mail_server() -> (SmtpServer, tokio::runtime::Runtime) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    (runtime.block_on(SmtpServer::plain()), runtime)
}

#[test]
fn reports_are_made_mailed_and_made_up_for_by_the_schedule() {
    reports_come_by_themselves(Database::Sqlite, 1);
}

#[test]
fn two_services_make_each_report_and_each_mail_once() {
    reports_come_by_themselves(Database::Postgres, 2);
}
