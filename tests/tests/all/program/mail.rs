//! A mail server that is dead and comes back, with STARTTLS and a login.

use std::collections::BTreeSet;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;
use testkit::smtp::{Encryption, SmtpOptions, SmtpServer};
use tokio::net::{TcpListener, TcpStream};

use super::place::{Look, Place, START};
use super::{block_on, wait_for};
use crate::scripts::Database;

/// A day in a second: nearly each night brings cards and thereby a round of mail.
const SPEED: &str = "86400";
/// Time enough for some nights, on a loaded machine.
const SECONDS: u32 = 60;

/// Hands every connection on a port over to a server: the port can be dead before, the server can't.
async fn bring_back(port: u16, server: &SmtpServer) {
    let listener = TcpListener::bind(("127.0.0.1", port)).await.unwrap();
    let address = server.address();
    tokio::spawn(async move {
        while let Ok((mut outside, _)) = listener.accept().await {
            tokio::spawn(async move {
                if let Ok(mut inside) = TcpStream::connect(address).await {
                    // Whoever hangs up first ends it.
                    drop(tokio::io::copy_bidirectional(&mut outside, &mut inside).await);
                }
            });
        }
    });
}

#[test]
fn letters_wait_for_a_dead_server_and_go_out_when_it_is_back() {
    let place = Place::new(Database::Sqlite);
    let start: DateTime<Utc> = START.parse().unwrap();
    let days: Vec<DateTime<Utc>> = (0..8).map(|day| start + TimeDelta::days(day)).collect();
    let cases = place.accepted("GSJ-001", &days);
    block_on(async {
        let options = SmtpOptions::new(Encryption::StartTls).login("jiancha", "correct horse");
        let server = SmtpServer::start(options).await;
        std::fs::write(place.path("ca.pem"), server.ca_pem()).unwrap();
        std::fs::write(place.path("password"), "correct horse\n").unwrap();
        let port = {
            let free = TcpListener::bind("127.0.0.1:0").await.unwrap();
            free.local_addr().unwrap().port()
        };
        let url = format!("smtp+starttls://127.0.0.1:{port}");
        let variables = [
            ("SHIXIAN_MAIL__URL", url.as_str()),
            ("SHIXIAN_MAIL__FROM", "电子监察系统 <jiancha@example.cn>"),
            ("SHIXIAN_MAIL__USERNAME", "jiancha"),
            ("SHIXIAN_MAIL__PASSWORD_FILE", "password"),
            ("SHIXIAN_MAIL__CA_FILE", "ca.pem"),
        ];
        let service = place.serve(&["--speed", SPEED], &variables);

        // Dead for more than a day: the letters are written and wait, each with what went wrong, and nothing but the mail is
        // held up.
        let day_us = 86_400_000_000;
        wait_for("a letter that waits for a day", SECONDS, || {
            let look = place.look();
            let waits = |m: &store::message::MessageSummary| {
                m.attempts >= 2 && m.next_try_at_us > Some(m.created_at_us + day_us)
            };
            look.messages.iter().any(waits).then_some(())
        });
        let listed = place.well(&["outbox", "list"]).stdout;
        let waiting: Vec<Value> = listed
            .lines()
            .map(|l| serde_json::from_str(l).unwrap())
            .collect();
        assert!(waiting.iter().all(|line| line["state"] == "queued"));
        // One that is being tried for the first time at this moment has no error yet.
        let failed: Vec<&Value> = waiting
            .iter()
            .filter(|l| l["last_error"].is_string())
            .collect();
        assert!(
            failed
                .iter()
                .any(|line| line["attempts"].as_i64() >= Some(2))
        );
        for line in failed {
            assert!(line["next_try_at"].is_string(), "{line}");
            let error = line["last_error"].as_str().unwrap();
            assert!(
                error.contains("127.0.0.1") && !error.contains("horse"),
                "{error}"
            );
        }
        assert_eq!(service.get("/readyz").0, 200);
        assert_eq!(server.connections(), 0);

        // Back: what had failed goes out with what has come since.
        bring_back(port, &server).await;
        let look = wait_for("all letters", SECONDS, || {
            Some(place.look()).filter(Look::all_told)
        });
        service.stop();
        place.verify();
        assert!(look.messages.iter().any(|m| m.attempts > 2));
        let received = server
            .wait_for(look.messages.len(), Duration::from_secs(5))
            .await;
        let ids: BTreeSet<String> = received.iter().map(|mail| mail.message_id()).collect();
        let missing = look.messages.iter().find(|m| !ids.contains(&m.message_id));
        assert!(missing.is_none(), "{missing:?}");
        assert_eq!(received.len(), ids.len(), "a letter came twice");
        for mail in &received {
            let (subject, text, html) = (mail.subject(), mail.text(), mail.html());
            assert!(mail.encrypted);
            assert_eq!(
                mail.login.as_ref().map(|(user, _)| user.as_str()),
                Some("jiancha")
            );
            assert_eq!(mail.from, "jiancha@example.cn");
            assert!(subject.starts_with("【试运行】【"), "{subject}");
            assert!(
                text.contains("试运行") && text.contains("企业设立登记"),
                "{text}"
            );
            assert!(
                html.starts_with("<!DOCTYPE html>") || html.starts_with("<html"),
                "{html}"
            );
            let case = cases.iter().find(|case| text.contains(case.as_str()));
            assert!(html.contains(case.unwrap().as_str()), "{html}");
        }
    });
}
