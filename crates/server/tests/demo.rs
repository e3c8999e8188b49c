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
