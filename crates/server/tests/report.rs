//! Reports by the binary: every form, mailed once however often cron runs, clear words where something is missing.

#![expect(
    clippy::unwrap_used,
    reason = "a test that can't go on ends where it stands"
)]

mod office;

use std::fs;
use std::process::Stdio;

use office::{Office, json};

const PEOPLE: &str = "code,name,unit,role,email,posts\n\
    FGW-C1,韩霞琪,FGW,clerk,c1@fgw.example,acceptance completion\n\
    FGW-H1,李明,FGW,staff,h1@fgw.example,handling review approval\n\
    FGW-L1,王强,FGW,head,l1@fgw.example,\n\
    JCJ-I1,赵敏,JCJ,inspector,i1@jcj.example,\n\
    SZF-1,吴市长,*,leader,wu@szf.example,\n";

const MAIL: [(&str, &str); 2] = [
    ("SHIXIAN_MAIL__URL", "file:mail"),
    ("SHIXIAN_MAIL__FROM", "jiancha@example.cn"),
];

/// An office with a case that went beyond its limits in October.
#[cfg(test)]
fn with_a_card(office: Office) -> Office {
    fs::write(office.path("people.csv"), PEOPLE).unwrap();
    for line in [
        "--now 2011-09-26T09:00:00+08:00 reference load .",
        "--now 2011-09-26T10:00:00+08:00 case receive --item FGW-002 --applicant 张三 --by FGW-C1",
        "case accept C --by FGW-C1",
        "--now 2011-10-31T09:00:00+08:00 sweep",
    ] {
        let done = office.run(line);
        assert_eq!(done.status, 0, "{line}: {done:?}");
    }
    office
}

#[cfg(test)]
fn mails(office: &Office) -> Vec<String> {
    let Ok(folder) = fs::read_dir(office.path("mail")) else {
        return Vec::new();
    };
    let mails = folder.map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap());
    mails.collect()
}

#[cfg(test)]
fn every_form_is_made_and_mailed_once(office: &Office) {
    let arguments = "--now 2011-11-01T08:00:00+08:00 report --period 2011-10 --format json,csv,html,xlsx,pdf --out out --mail";
    let start = || {
        let mut command = office.command(arguments);
        command.envs(MAIL).stdin(Stdio::null());
        command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    };
    let (one, two) = (start(), start());
    let ended = [one, two].map(|child| child.wait_with_output().unwrap());
    let mut written = 0;
    for done in &ended {
        let said = String::from_utf8_lossy(&done.stderr);
        assert!(done.status.success(), "{said}");
        let answer = json(&String::from_utf8_lossy(&done.stdout));
        assert_eq!(answer["period"], "2011-10");
        assert_eq!(answer["files"].as_array().unwrap().len(), 18, "{answer}");
        written = answer["mails"].as_u64().unwrap().max(written);
    }
    assert_eq!(written, 2, "the leader and the head");
    for name in ["json", "csv", "html", "xlsx", "pdf"] {
        let file = office.path("out").join(format!("2011-10.{name}"));
        assert!(fs::metadata(file).unwrap().len() > 500, "{name}");
    }
    let cards = fs::read_to_string(office.path("out/2011-10-cards.csv")).unwrap();
    assert!(
        cards.contains(Office::CASE) && cards.contains("李明"),
        "{cards}"
    );
    assert!(!cards.contains("张三"), "applicants are in no report");
    let persons = fs::read_to_string(office.path("out/2011-10-persons.csv")).unwrap();
    assert!(persons.starts_with("unit,unit_name,person,name,accepted"));
    assert_eq!(
        persons.lines().count(),
        1,
        "nobody did anything in October: {persons}"
    );

    let sent = mails(office);
    assert_eq!(sent.len(), 2, "cron twice at once makes one mail for each");
    let to_head: Vec<&String> = sent
        .iter()
        .filter(|mail| mail.contains("To: l1@"))
        .collect();
    assert_eq!(to_head.len(), 1);
    for (mail, has_part) in sent.iter().map(|mail| (mail, mail.contains("To: l1@"))) {
        assert!(mail.contains("filename=\"2011-10.pdf\""));
        assert!(mail.contains("filename=\"2011-10.xlsx\""));
        assert!(!mail.contains("2011-10.json"), "people read no JSON");
        assert_eq!(mail.contains("filename=\"2011-10-FGW.pdf\""), has_part);
    }
    let quiet = office.run_with(&format!("--quiet {arguments}"), &MAIL);
    assert_eq!(
        (quiet.status, quiet.stdout.as_str(), quiet.stderr.as_str()),
        (0, "", "")
    );
    assert_eq!(mails(office).len(), 2, "the same letter isn't mailed again");
    let listed = office.run("outbox list");
    let to_leader = listed
        .stdout
        .lines()
        .find(|line| line.contains("wu@szf"))
        .unwrap();
    assert_eq!(json(to_leader)["state"], "sent");
}

#[test]
fn every_form_is_made_and_mailed_once_on_sqlite() {
    every_form_is_made_and_mailed_once(&with_a_card(Office::sqlite()));
}

#[test]
fn every_form_is_made_and_mailed_once_on_postgres() {
    every_form_is_made_and_mailed_once(&with_a_card(Office::postgres()));
}

#[test]
fn what_is_missing_is_named() {
    let office = with_a_card(Office::sqlite());
    fs::write(office.path("plain"), "").unwrap();
    fs::write(
        office.path("own.toml"),
        "[sentences]\ntimes = [\"办结{{ complted }}件\"]\n",
    )
    .unwrap();
    let report = "report --period 2011-10 --format";
    for (arguments, variables, words) in [
        (
            format!("{report} pdf --out plain"),
            vec![],
            "报告不能写入 plain",
        ),
        (
            format!("{report} pdf --out out"),
            vec![("SHIXIAN_REPORT__FONT_TEXT", "nowhere.ttf")],
            "nowhere.ttf",
        ),
        (
            format!("{report} pdf --out out"),
            vec![("SHIXIAN_REPORT__FONT_TABLE", "plain")],
            "plain 不是 TrueType",
        ),
        (
            format!("{report} html --out out"),
            vec![("SHIXIAN_REPORT__WORDING_ZH", "own.toml")],
            "complted",
        ),
        (
            format!("{report} html --out out"),
            vec![("SHIXIAN_REPORT__DOCUMENT_NUMBER", "{{ jear }}")],
            "jear",
        ),
        (
            format!("{report} html --out out --mail"),
            vec![],
            "[mail] url",
        ),
        (format!("{report} doc --out out"), vec![], "pdf"),
    ] {
        let ended = office.run_with(&arguments, &variables);
        assert_eq!(ended.status, 2, "{arguments}: {ended:?}");
        assert!(ended.stderr.contains(words), "{words}: {}", ended.stderr);
        assert!(!office.path("out/2011-10.pdf").exists(), "{arguments}");
    }
    let early = office.run("report --period 2012-01 --out out");
    assert_eq!(early.status, 1, "{early:?}");
}

#[test]
fn reports_are_english_where_everything_is() {
    let office = with_a_card(Office::sqlite());
    let done = office.run("--lang en report --period 2011-10 --format html --out out");
    assert_eq!(done.status, 0, "{done:?}");
    let page = fs::read_to_string(office.path("out/2011-10.html")).unwrap();
    assert!(page.contains("<html lang=\"en\">") && page.contains("October 2011"));
    let asked = office.run_with(
        "report --period 2011-10 --format html --out out",
        &[("SHIXIAN_REPORT__TITLE", "{{ division }}效能月报")],
    );
    assert_eq!(asked.status, 0, "{asked:?}");
    let page = fs::read_to_string(office.path("out/2011-10.html")).unwrap();
    assert!(page.contains("焦作市效能月报"));
}

#[test]
fn a_wrong_schedule_of_reports_is_refused_at_the_start() {
    let office = with_a_card(Office::sqlite());
    for (variable, value, words) in [
        ("SHIXIAN_REPORT__AT", "8 o'clock", "08:00"),
        ("SHIXIAN_REPORT__FORMATS", "[\"doc\"]", "doc"),
        ("SHIXIAN_REPORT__CLOSE_ON_WORKING_DAY", "16", "1 至 15"),
    ] {
        let variables = [("SHIXIAN_REPORT__FOLDER", "reports"), (variable, value)];
        let ended = office.run_with("serve --listen 127.0.0.1:0", &variables);
        assert_eq!(ended.status, 2, "{ended:?}");
        assert!(ended.stderr.contains(words), "{}", ended.stderr);
    }
}
