//! `demo` as people and checkers use it: the published figures counted back, the mails in the folder, then a service.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

fn shixian(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_shixian"));
    command
        .current_dir(folder)
        // A demo's mails must stay in its folder, whatever the office has configured.
        .env("SHIXIAN_MAIL__URL", "smtp://127.0.0.1:1")
        .stdin(Stdio::null());
    command
}

#[test]
fn the_published_figures_come_back_and_are_served() {
    let folder = tempfile::tempdir().unwrap();
    let mut child = shixian(folder.path())
        .args(["--quiet", "demo", "--json", "--listen", "127.0.0.1:0"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut figures: Value = serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap();
    let lapses = figures.as_object_mut().unwrap().remove("lapses").unwrap();
    let expected = json!({
        "units": 48, "approval_items": 339, "service_items": 26,
        "accepted": 3777, "completed": 3634, "completion_rate_percent": 96.21,
        "yellow_cards": 0, "red_cards": 0,
        "statutory_days": 8743, "promised_days": 6128, "days_cut": 2615, "cut_percent": 29.9,
        "seed": 20_110_801,
    });
    assert_eq!(figures, expected);
    let data = folder.path().join("shixian-demo");
    let mails = fs::read_dir(data.join("mail")).unwrap();
    let mails = mails.filter(|e| {
        let path = e.as_ref().unwrap().path();
        path.extension().is_some_and(|x| x == "eml")
    });
    assert_eq!(lapses["mails"], mails.count());
    assert_eq!(
        (&lapses["yellow_cards"], &lapses["red_cards"]),
        (&json!(41), &json!(9))
    );
    assert_eq!(
        (
            &lapses["corrections"],
            &lapses["stops"],
            &lapses["extensions"]
        ),
        (&json!(28), &json!(33), &json!(6))
    );

    let listening: Value = serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap();
    let address = listening["listening"].as_str().unwrap();
    let mut stream = TcpStream::connect(address.strip_prefix("http://").unwrap()).unwrap();
    write!(
        stream,
        "GET /sign-in HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    let mut page = String::new();
    stream.read_to_string(&mut page).unwrap();
    assert!(page.contains("2011"), "the replay's own time goes on");
    assert!(page.contains("合成"), "what is synthetic is said");
    assert!(page.contains("jcj-i1"), "the demo's accounts are shown");
    child.kill().unwrap();
    child.wait().unwrap();
    the_report_says_the_same(folder.path());
}

/// The report of a period of one of the runs, as JSON.
#[cfg(test)]
fn reported(folder: &Path, database: &str, period: &str) -> Value {
    let database = format!("sqlite:shixian-demo/{database}.db");
    let done = shixian(folder)
        .args([
            "--quiet",
            "--database",
            &database,
            "report",
            "--period",
            period,
        ])
        .args(["--format", "json,csv,html,xlsx", "--out", "reports"])
        .output()
        .unwrap();
    assert!(
        done.status.success(),
        "{}",
        String::from_utf8_lossy(&done.stderr)
    );
    assert!(
        done.stdout.is_empty() && done.stderr.is_empty(),
        "cron would mail it"
    );
    for form in ["csv", "html", "xlsx"] {
        let file = folder.join("reports").join(format!("{period}.{form}"));
        assert!(fs::metadata(file).unwrap().len() > 1_000, "{period}.{form}");
    }
    let json = folder.join("reports").join(format!("{period}.json"));
    serde_json::from_str(&fs::read_to_string(json).unwrap()).unwrap()
}

#[cfg(test)]
fn sum<'a>(parts: impl IntoIterator<Item = &'a Value>, key: &str) -> u64 {
    parts
        .into_iter()
        .map(|part| part[key].as_u64().unwrap())
        .sum()
}

/// The published figures again, by the statistics of periods.
#[cfg(test)]
fn the_report_says_the_same(folder: &Path) {
    let quarter = reported(folder, "jiaozuo", "2011-08-01..2011-10-31");
    let total = &quarter["total"];
    for (key, figure) in [
        ("accepted", json!(3777)),
        ("completed", json!(3634)),
        ("completion_rate_percent", json!(96.21)),
        ("cohort_rate_percent", json!(96.21)),
        ("open_at_end", json!(143)),
        ("open_late", json!(0)),
        ("completed_late", json!(0)),
        ("yellow_cards", json!(0)),
        ("red_cards", json!(0)),
        ("approval_items", json!(339)),
        ("service_items", json!(26)),
        ("statutory_days", json!(8743)),
        ("promised_days", json!(6128)),
        ("days_cut", json!(2615)),
        ("cut_percent", json!(29.9)),
        ("score", Value::Null),
    ] {
        assert_eq!(total[key], figure, "{key}");
    }
    the_parts_add_up(folder, &quarter);
    scores_are_the_mean_of_their_months(folder, &quarter);

    let lapses = reported(folder, "lapses", "2011");
    let total = &lapses["total"];
    assert_eq!(
        (&total["yellow_cards"], &total["red_cards"]),
        (&json!(41), &json!(9))
    );
    assert_eq!(
        (&total["corrections"], &total["extensions"]),
        (&json!(28), &json!(6))
    );
    assert_eq!(
        total["stops"].as_u64().unwrap() + total["suspensions"].as_u64().unwrap(),
        33
    );
    assert_eq!(lapses["as_of"], json!(true));
}

/// Hundredths of a point, as they are written.
#[cfg(test)]
fn hundredths(score: &Value) -> Option<i64> {
    let text = score.as_f64().map(|score| format!("{score:.2}"))?;
    Some(text.replace('.', "").parse().unwrap())
}

/// Points are whole hundredths in a month; of three months the mean is given, truncated, and units stand in its order.
#[cfg(test)]
fn scores_are_the_mean_of_their_months(folder: &Path, quarter: &Value) {
    let months = ["2011-08", "2011-09", "2011-10"].map(|m| reported(folder, "jiaozuo", m));
    let score = |report: &Value, code: &str| {
        let units = report["units"].as_array().unwrap();
        let unit = units.iter().find(|unit| unit["code"] == code).unwrap();
        (
            hundredths(&unit["score"]),
            unit["rank"].as_u64(),
            unit["completed"].as_u64(),
        )
    };
    let mut places = Vec::new();
    for unit in quarter["units"].as_array().unwrap() {
        let code = unit["code"].as_str().unwrap();
        let scores: Vec<i64> = months.iter().filter_map(|m| score(m, code).0).collect();
        let (found, rank, completed) = score(quarter, code);
        let count = i64::try_from(scores.len()).unwrap();
        let mean = scores.iter().sum::<i64>().checked_div(count);
        assert_eq!(found, mean, "{code}");
        places.extend(rank.map(|rank| (rank, std::cmp::Reverse((found, completed)))));
    }
    assert!(places.len() > 40, "{} units are ranked", places.len());
    places.sort_unstable();
    assert!(places.is_sorted_by_key(|(_, place)| *place), "{places:?}");
}

/// Units, items and months add up to the quarter.
#[cfg(test)]
fn the_parts_add_up(folder: &Path, quarter: &Value) {
    let total = &quarter["total"];
    let units = quarter["units"].as_array().unwrap();
    let items = quarter["items"].as_array().unwrap();
    assert_eq!(units.len(), 48);
    let months = ["2011-08", "2011-09", "2011-10"].map(|m| reported(folder, "jiaozuo", m));
    for key in [
        "received",
        "accepted",
        "completed",
        "completed_on_time",
        "same_day",
        "measured_cases",
    ] {
        let all = total[key].as_u64().unwrap();
        assert_eq!(sum(units, key), all, "units: {key}");
        assert_eq!(sum(items, key), all, "items: {key}");
        assert_eq!(
            sum(months.iter().map(|m| &m["total"]), key),
            all,
            "months: {key}"
        );
    }
    for key in [
        "statutory_days",
        "promised_days",
        "days_cut",
        "approval_items",
    ] {
        assert_eq!(json!(sum(units, key)), total[key], "{key}");
    }
    for (month, next) in months.iter().zip(&months[1..]) {
        assert_eq!(
            month["total"]["open_at_end"],
            next["total"]["open_at_start"]
        );
        assert_eq!(
            month["total"]["accepted"],
            next["before"]["total"]["accepted"]
        );
    }
    assert_eq!(
        months[0]["before"]["total"],
        Value::Null,
        "the record begins in August"
    );
}

#[test]
fn a_folder_of_somebody_elses_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("theirs.txt"), "theirs").unwrap();
    let ended = shixian(folder.path())
        .args(["demo", "--no-serve", "--data", "."])
        .output()
        .unwrap();
    assert_eq!(ended.status.code(), Some(2));
    assert!(ended.stdout.is_empty());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}
