//! The binary as people and checkers use it: the same script on both databases, word for word.

#![expect(
    clippy::unwrap_used,
    reason = "a test that can't go on ends where it stands"
)]

mod office;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use office::{Office, json};
use sqlx::Connection;

/// One case from its receipt to the red card, and what is refused on the way. Lines are arguments; `C` stands for the
/// case's number.
const TO_THE_RED_CARD: &[&str] = &[
    "--now 2011-09-26T09:00:00+08:00 reference load .",
    "--now 2011-09-26T10:00:00+08:00 case receive --item FGW-002 --applicant 张三 --missing 规划意见 --by FGW-C1",
    "case accept C",
    "--now 2011-09-27T10:00:00+08:00 case supply C --by FGW-C1",
    "case accept C --by FGW-C1",
    "--now 2011-09-28T10:00:00+08:00 case complete C --stage review",
    "case complete C --stage 承办 --by FGW-H1 --at 2011-09-29T10:00:00+08:00",
    "case stop C --procedure hearing --notice 听字1号 --term 15wd --by FGW-H1",
    "case complete C --stage handling",
    "--now 2011-09-30T10:00:00+08:00 case resume C",
    "case complete C --stage handling --by FGW-H1",
    "--now 2011-10-10T10:00:00+08:00 case send-back C --to handling --reason 材料须核实",
    "case annul C --seq 9 --reason 误录",
    "case extend C --working-days 30 --approver 局长 --reason 情况复杂",
    "case end C --outcome ended",
    "case end C --outcome granted --reason x",
    "sweep --as-of 2011-10-11T10:00:00+08:00",
    "--now 2011-11-12T09:00:00+08:00 sweep",
    "case show C",
    "warning revoke C --seq 99 --reason x",
    "warning revoke C --seq 99 --reason x --by JCJ-I1",
    "order issue --unit FGW --text 限期办结 --term 3wd --case C --by JCJ-I1",
    "order reply DB-410800-FGW-20111112-0001 --text 已办结",
    "order close DB-410800-FGW-20111112-0001 --by JCJ-I1",
    "--now 2011-11-12T08:00:00+08:00 case show C",
    "case show 410800-FGW-20110926-0002",
    "verify",
];

#[test]
fn a_case_to_its_red_card_on_sqlite() {
    let office = Office::sqlite();
    insta::assert_snapshot!("to_the_red_card", office.transcript(TO_THE_RED_CARD));
}

#[test]
fn a_case_to_its_red_card_on_postgres() {
    let office = Office::postgres();
    insta::assert_snapshot!("to_the_red_card", office.transcript(TO_THE_RED_CARD));
}

#[test]
fn what_cannot_run_says_so_with_status_2() {
    let office = Office::sqlite();
    for (arguments, words) in [
        ("case", "Usage"),
        ("case show", "CASE"),
        ("case fly C", "fly"),
        ("case stop C --procedure hearing --term 15", "wd"),
        ("case complete C --stage lunch", "审核"),
        ("--now yesterday verify", "2011-09-26T10:00:00+08:00"),
        ("--config nowhere.toml verify", "nowhere.toml"),
        ("--database sqlite:nowhere.db verify", "nowhere.db"),
        ("--database mysql://a:secret@b/c verify", "mysql://a@b/c"),
        (
            "--database postgres://a:secret@127.0.0.1:1/c verify",
            "cannot open",
        ),
        ("clock --calendar nowhere.toml", "nowhere.toml"),
        ("sweep --as-of 2999-01-01T00:00:00Z", "2999"),
        ("serve --listen nowhere:at:all", "nowhere"),
    ] {
        let ended = office.run(arguments);
        assert_eq!(ended.status, 2, "{arguments}: {ended:?}");
        assert_eq!(ended.stdout, "", "{arguments}");
        assert!(
            ended.stderr.contains(words),
            "{arguments}: {}",
            ended.stderr
        );
        assert!(!ended.stderr.contains("secret"), "{arguments}");
    }
    assert!(
        !office.path("nowhere.db").exists(),
        "an empty database was made"
    );
}

#[test]
fn time_is_given_by_hand_in_a_trial_only() {
    let office = Office::sqlite();
    let url = format!("sqlite:{}", office.path("real.db").display());
    let real = |arguments: &str| office.run_with(&format!("--database {url} {arguments}"), &[]);
    assert_eq!(real("--now 2011-09-26T10:00:00+08:00 migrate").status, 2);
    assert_eq!(real("migrate").status, 0);
    assert_eq!(real("--now 2011-09-26T10:00:00+08:00 verify").status, 2);
    assert_eq!(real("serve --listen 127.0.0.1:0 --speed 9").status, 2);
    let verified = real("verify");
    assert_eq!(verified.status, 0);
    assert!(!verified.stdout.contains("trial"), "{}", verified.stdout);
    assert_eq!(real("reference load .").status, 0);
    assert_eq!(
        real("case receive --item FGW-002 --applicant 张三").status,
        0
    );
    let refused = real("migrate --trial");
    assert_eq!(refused.status, 2, "a real record became a trial");
}

#[test]
fn the_configuration_names_what_it_cannot_use() {
    let office = Office::sqlite();
    std::fs::write(
        office.path("a.toml"),
        "[service]\ndivision = \"410800\"\ndivison = 1\n",
    )
    .unwrap();
    let ended = office.run("--config a.toml verify");
    assert_eq!(ended.status, 2);
    assert!(
        ended.stderr.contains("a.toml,第 3 行") && ended.stderr.contains("divison"),
        "{}",
        ended.stderr
    );
    let ended = office.run_with("verify", &[("SHIXIAN_SERVICE__DIVISON", "1")]);
    assert_eq!(ended.status, 2);
    assert!(ended.stderr.contains("SHIXIAN_SERVICE__DIVISON"));
    // The environment goes over the file, flags over the environment.
    std::fs::write(office.path("b.toml"), "[database]\nurl = \"sqlite:b.db\"\n").unwrap();
    let variables = [("SHIXIAN_DATABASE__URL", "sqlite:c.db")];
    let ended = office.without_database("--config b.toml verify", &[]);
    assert!(ended.stderr.contains("b.db"), "{}", ended.stderr);
    let ended = office.without_database("--config b.toml verify", &variables);
    assert!(ended.stderr.contains("c.db"), "{}", ended.stderr);
    let ended =
        office.without_database("--config b.toml --database sqlite:d.db verify", &variables);
    assert!(ended.stderr.contains("d.db"), "{}", ended.stderr);
    // The usual place is looked at only if something is there.
    std::fs::create_dir(office.path("config")).unwrap();
    std::fs::write(office.path("config/shixian.toml"), "[log]\nlevel = 5\n").unwrap();
    let ended = office.run("verify");
    assert!(
        ended.stderr.contains("shixian.toml,第 2 行"),
        "{}",
        ended.stderr
    );
}

#[test]
fn the_clock_answers_one_question_at_a_time() {
    let office = Office::sqlite();
    let mut clock = office
        .command("clock")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut questions = clock.stdin.take().unwrap();
    let mut answers = BufReader::new(clock.stdout.take().unwrap());
    let mut ask = |question: &[u8]| {
        questions.write_all(question).unwrap();
        questions.flush().unwrap();
        let mut line = String::new();
        answers.read_line(&mut line).unwrap();
        line
    };
    assert_eq!(
        ask(b"{\"id\":\"1\",\"op\":\"due\",\"start\":\"2011-09-26T10:00:00+08:00\",\"term\":{\"amount\":20,\"unit\":\"working_days\"}}\n"),
        "{\"id\":\"1\",\"due_on\":\"2011-10-27\",\"due_at\":\"2011-10-28T00:00:00+08:00\"}\n"
    );
    assert!(
        ask(b"\n\r\n{\"id\":2,\"op\":\"day\",\"date\":\"2011-10-08\"}\n")
            .contains("\"working\":true")
    );
    let wrong = ask(b"\"\xff\xfe\"\n");
    assert!(
        wrong.starts_with("{\"id\":null,\"error\":{\"kind\":\"bad_json\""),
        "{wrong}"
    );
    assert!(
        ask(b"{\"id\":3,\"op\":\"day\",\"date\":\"2011-10-07\"}\n").contains("\"working\":false")
    );
    drop(questions);
    let mut rest = String::new();
    answers.read_to_string(&mut rest).unwrap();
    assert_eq!(rest, "");
    assert_eq!(
        clock.wait().unwrap().code(),
        Some(1),
        "one question was wrong"
    );
}

#[test]
fn a_bent_row_is_found_on_sqlite() {
    let office = Office::sqlite();
    check_bent_rows(&office, |sql| {
        let url = office.url().to_owned();
        run_async(async move {
            let mut connection = sqlx::SqliteConnection::connect(&url).await.unwrap();
            sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
        });
    });
}

#[test]
fn a_bent_row_is_found_on_postgres() {
    let office = Office::postgres();
    check_bent_rows(&office, |sql| {
        let url = office.url().to_owned();
        run_async(async move {
            let mut connection = sqlx::PgConnection::connect(&url).await.unwrap();
            sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
        });
    });
}

fn check_bent_rows(office: &Office, bend: impl Fn(&'static str)) {
    office.transcript(&TO_THE_RED_CARD[..5]);
    assert_eq!(office.run("verify").status, 0);
    for (there, back, kind) in [
        (
            "UPDATE event SET occurred_at_us = occurred_at_us - 1 WHERE seq = 2",
            "UPDATE event SET occurred_at_us = occurred_at_us + 1 WHERE seq = 2",
            "column_differs",
        ),
        (
            "UPDATE event SET payload = replace(payload, 'FGW-C1', 'FGW-C2') WHERE seq = 2",
            "UPDATE event SET payload = replace(payload, 'FGW-C2', 'FGW-C1') WHERE seq = 2",
            "hash_mismatch",
        ),
        (
            "UPDATE personal SET data = replace(data, '张三', '张四')",
            "UPDATE personal SET data = replace(data, '张四', '张三')",
            "personal_differs",
        ),
    ] {
        bend(there);
        let found = office.run("verify");
        assert_eq!(found.status, 1, "{kind}");
        let report = json(&found.stdout);
        assert_eq!(report["ok"], false);
        let kinds: Vec<&str> = report["defects"]
            .as_array()
            .unwrap()
            .iter()
            .map(|defect| defect["kind"].as_str().unwrap())
            .collect();
        assert!(kinds.contains(&kind), "{kind}: {}", found.stdout);
        assert_eq!(report["defects"][0]["subject"], Office::CASE);
        bend(back);
    }
    assert_eq!(office.run("verify").status, 0);
    bend("DELETE FROM event WHERE seq = 4");
    let found = json(&office.run("verify").stdout);
    assert_eq!(found["defects"][0]["kind"], "tail_missing");
    assert_eq!(found["defects"][0]["seq"], 4);
}

#[test]
fn a_count_is_explained_in_both_forms() {
    let office = Office::sqlite();
    office.transcript(&TO_THE_RED_CARD[..5]);
    let explained = json(&office.run("explain C --json").stdout);
    assert_eq!(explained["case"], Office::CASE);
    let promised = explained["clocks"]
        .as_array()
        .unwrap()
        .iter()
        .find(|clock| clock["clock"] == "promised")
        .unwrap();
    let last = promised["days"].as_array().unwrap().last().unwrap();
    assert_eq!(
        (&promised["due_on"], &last["date"], &last["number"]),
        (&"2011-10-18".into(), &"2011-10-18".into(), &12.into())
    );
    let table = office.run("explain C").stdout;
    assert!(
        table.contains("  2011-10-18 周二  第 12 日  计入\n"),
        "{table}"
    );
    assert_eq!(office.run("explain X").status, 1);
}

#[test]
fn rejected_rows_make_status_1_and_the_rest_is_in() {
    let office = Office::sqlite();
    office.transcript(&TO_THE_RED_CARD[..1]);
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
    let import = format!(
        "import --mapping {root}/config/mappings/wabo-receipt.toml --rejects r.csv {root}/tests/data/small-receipt.csv"
    );
    let first = office.run(&import);
    assert_eq!(first.status, 0, "{first:?}");
    let report = json(&first.stdout);
    assert_eq!(
        (&report["cases"], &report["events"]),
        (&12.into(), &60.into())
    );
    let again = office.run(&import);
    assert_eq!(again.status, 0, "{again:?}");
    let again = json(&again.stdout);
    assert_eq!((&again["cases"], &again["events"]), (&0.into(), &0.into()));
    assert_eq!(again["already_there"], 60);
    let broken = import
        .replace("wabo-receipt", "five-stages")
        .replace("small-receipt", "broken");
    let ended = office.run(&broken);
    assert_eq!(ended.status, 1);
    assert!(json(&ended.stdout)["cases_rejected"].as_u64().unwrap() >= 17);
    assert!(office.path("r.csv").exists());
}

#[test]
fn mails_go_out_and_what_waits_is_listed() {
    let office = Office::sqlite();
    office.transcript(TO_THE_RED_CARD);
    let dead = [("SHIXIAN_MAIL__URL", "smtp://127.0.0.1:1")];
    let ended = office.run_with("outbox send", &dead);
    assert_eq!(ended.status, 1);
    assert!(json(&ended.stdout)["retried"].as_u64().unwrap() > 0);
    let listed = office.run("outbox list").stdout;
    let line = json(listed.lines().next().unwrap());
    assert_eq!(line["state"], "queued");
    assert!(line["last_error"].is_string() && line["next_try_at"].is_string());
    assert_eq!(office.run("outbox retry nobody@nowhere").status, 1);
    assert_eq!(office.run("outbox send").status, 2, "no way to send");
    assert_eq!(office.run("outbox retry").status, 0);
    let sent = office.run_with("outbox send", &[("SHIXIAN_MAIL__URL", "file:mails")]);
    assert_eq!(sent.status, 0, "{sent:?}");
    let mails = std::fs::read_dir(office.path("mails")).unwrap().count();
    assert_eq!(json(&sent.stdout)["sent"], mails);
    let listed = office.run("outbox list").stdout;
    assert!(
        listed.lines().all(|line| json(line)["state"] == "sent"),
        "{listed}"
    );
}

#[test]
fn an_installation_is_checked() {
    let office = Office::sqlite();
    let ended = office.run("check --json");
    assert_eq!(ended.status, 0, "{ended:?}");
    assert_eq!(json(&ended.stdout)["ok"], true);
    let broken = [
        ("SHIXIAN_MAIL__URL", "smtp://127.0.0.1:1"),
        ("SHIXIAN_RULES__PRESET", "nowhere.toml"),
    ];
    let ended = office.run_with("check --json", &broken);
    assert_eq!(ended.status, 1);
    let report = json(&ended.stdout);
    let wrong: Vec<&str> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|finding| finding["level"] == "error")
        .map(|finding| finding["what"].as_str().unwrap())
        .collect();
    assert_eq!(wrong, ["rules", "mail"]);
    let ended = office.run("--database sqlite:nowhere.db check");
    assert_eq!(ended.status, 1);
    assert!(ended.stdout.contains("错误 error"), "{}", ended.stdout);
}

#[test]
fn points_are_entered_objected_to_and_decided() {
    const ENTRY: &str = "PF-410800-20110926-0001";
    for office in [Office::sqlite(), Office::postgres()] {
        office.transcript(&TO_THE_RED_CARD[..2]);
        let enter = "score enter --unit FGW --month 2011-09 --part attitude --points -2.5 --reason 投诉查实";
        for (arguments, status, word) in [
            (enter.to_owned(), 1, "needs_inspector"),
            (format!("{enter} --by FGW-L1"), 1, "needs_inspector"),
            (format!("{enter} --by JCJ-I1"), 0, ENTRY),
            (enter.replace("-2.5", "2.555"), 2, ""),
            (
                format!("score object {ENTRY} --reason 不是 --by JCJ-I1"),
                1,
                "foreign_post",
            ),
            (
                format!("score object {ENTRY} --reason 不是 --by FGW-L1"),
                0,
                "contested",
            ),
            (
                format!("score decide {ENTRY} --decision uphold --reason 属实 --by FGW-L1"),
                1,
                "needs_inspector",
            ),
            (
                format!("score decide {ENTRY} --decision 不成立 --reason 属实 --by JCJ-I1"),
                0,
                "confirmed",
            ),
            (
                "score list --period 2011-Q3 --unit FGW".to_owned(),
                0,
                "FGW-L1",
            ),
            (
                "score list --period 2011-W39".to_owned(),
                1,
                "not_whole_months",
            ),
            (
                "score show --period 2011-W39".to_owned(),
                1,
                "not_whole_months",
            ),
            (
                "score show --period 2011-09 --unit XXX".to_owned(),
                1,
                "unknown_code",
            ),
        ] {
            let ended = office.run(&arguments);
            assert_eq!(ended.status, status, "{arguments}: {ended:?}");
            assert!(ended.stdout.contains(word), "{arguments}: {}", ended.stdout);
        }
        let shown = json(&office.run("score show --period 2011-09").stdout);
        let unit = &shown["units"][0];
        assert_eq!(
            (&unit["code"], &unit["not_ranked"]),
            (&"FGW".into(), &"few_cases".into())
        );
        // 12 of 20 days promised: 40 % less, 3 and 1 points more.
        assert_eq!(unit["score"].to_string(), "101.5");
        let reported = office.run("report --period 2011-09 --format json --out out");
        assert_eq!(reported.status, 0, "{reported:?}");
        let told = std::fs::read_to_string(office.path("out/2011-09.json")).unwrap();
        let told = json(&told);
        assert_eq!(told["ranking"]["units"][0], *unit);
        let found = |unit: &&serde_json::Value| unit["code"] == "FGW";
        let listed = told["units"]
            .as_array()
            .unwrap()
            .iter()
            .find(found)
            .unwrap();
        assert_eq!(listed["score"], unit["score"]);
        let none = [("SHIXIAN_SCORING__SCHEME", "none")];
        let shown = office.run_with("score show --period 2011-09", &none);
        assert_eq!(shown.status, 1);
        assert!(shown.stdout.contains("no_scheme"), "{}", shown.stdout);
    }
}

#[test]
fn it_serves_and_stops_on_a_signal() {
    for office in [Office::sqlite(), Office::postgres()] {
        office.transcript(&TO_THE_RED_CARD[..2]);
        let mut service = office
            .command("serve --listen 127.0.0.1:0 --speed 100000")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut out = BufReader::new(service.stdout.take().unwrap());
        let mut line = String::new();
        out.read_line(&mut line).unwrap();
        let listening = json(&line)["listening"].as_str().unwrap().to_owned();
        let address = listening.strip_prefix("http://").unwrap();
        assert!(get(address, "/healthz").starts_with("HTTP/1.1 200"));
        let ready = get(address, "/readyz");
        assert!(
            ready.ends_with("{\"ready\":true,\"reasons\":[]}"),
            "{ready}"
        );
        assert!(get(address, "/sign-in").contains("试运行"));
        // Twelve days pass in ten seconds; the case, told what is missing and never supplied, meets no limit, but time
        // is written down.
        let occupied = office.run(&format!("serve --listen {address}"));
        assert_eq!(occupied.status, 2, "{occupied:?}");
        stop(&mut service);
        assert!(office.run("--now 2011-09-26T10:00:00+08:00 verify").status == 2);
        assert_eq!(office.run("verify").status, 0);
    }
}

/// Sends SIGTERM and sees that it ends well, within a few seconds.
fn stop(service: &mut Child) {
    let told = Command::new("kill")
        .args(["-TERM", &service.id().to_string()])
        .status()
        .unwrap();
    assert!(told.success());
    for _ in 0..200 {
        if let Some(status) = service.try_wait().unwrap() {
            assert_eq!(status.code(), Some(0));
            return;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    service.kill().unwrap();
    panic!("it didn't stop within ten seconds");
}

fn get(address: &str, path: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

fn run_async(work: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(work);
}
