//! Departments at work over the interface, whatever becomes of the services: each act has a key of its own and is sent
//! until it is answered.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use super::place::{Look, Place};
use super::together::cards;

/// How long one answer may take; a command waits for a lock for 10 s at most.
const ANSWER: Duration = Duration::from_secs(20);
/// Pause before an act is sent again.
const AGAIN: Duration = Duration::from_millis(30);

/// What was answered to an act.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    pub(super) case: String,
    pub(super) seq: i64,
    pub(super) hash: String,
}

/// The departments.
pub(super) struct Load {
    token: String,
    /// Where the services listen now.
    pub(super) addresses: Mutex<Vec<String>>,
    answers: Mutex<Vec<Answer>>,
    received: AtomicUsize,
    /// What wasn't answered with an act done, by status; 0 stands for no answer.
    pub(super) unanswered: Mutex<BTreeMap<u16, u32>>,
    stop: AtomicBool,
}

impl Load {
    pub(super) fn new(place: &Place) -> Self {
        let arguments = [
            "token", "add", "oa", "--unit", "GSJ", "--scope", "cases", "--rate", "60000", "--days",
            "3650",
        ];
        let token = place.well(&arguments).json();
        Self {
            token: token["secret"].as_str().unwrap().to_owned(),
            addresses: Mutex::default(),
            answers: Mutex::default(),
            received: AtomicUsize::new(0),
            unanswered: Mutex::default(),
            stop: AtomicBool::new(false),
        }
    }

    /// How many acts were answered.
    pub(super) fn answered(&self) -> usize {
        self.answers.lock().unwrap().len()
    }

    /// After what is under way nothing more is sent.
    pub(super) fn stop(&self) {
        self.stop.store(true, Ordering::SeqCst);
    }

    /// One department: takes cases to their review, one after the other.
    pub(super) fn work(&self, name: &str) {
        for number in 0.. {
            if self.stop.load(Ordering::SeqCst) {
                return;
            }
            let key = |act: &str| format!("{name}-{number}-{act}");
            let receive = json!({"by": "C1", "item": "GSJ-001", "applicant": "焦作某某有限公司"});
            let received = self.act("/cases", &key("receive"), &receive);
            self.received.fetch_add(1, Ordering::SeqCst);
            let path = format!("/cases/{}/acts", received.case);
            for (act, body) in [
                ("accept", json!({"by": "C1", "act": {"kind": "accept"}})),
                (
                    "handling",
                    json!({"by": "H1", "act": {"kind": "complete", "stage": "handling"}}),
                ),
            ] {
                let answer = self.act(&path, &key(act), &body);
                assert_eq!(answer.case, received.case);
            }
        }
    }

    /// Sends an act until it is answered.
    fn act(&self, path: &str, key: &str, body: &Value) -> Answer {
        for turn in 0.. {
            let address = {
                let addresses = self.addresses.lock().unwrap();
                addresses.get(turn % addresses.len().max(1)).cloned()
            };
            let asked = address.map_or(Err(io::ErrorKind::NotConnected.into()), |address| {
                post(&address, path, &self.token, key, body)
            });
            match asked {
                Ok((200 | 201, body)) => {
                    let told: Value = serde_json::from_str(&body).unwrap();
                    let answer = Answer {
                        case: told["case"].as_str().unwrap().to_owned(),
                        seq: told["seq"].as_i64().unwrap(),
                        hash: told["hash"].as_str().unwrap().to_owned(),
                    };
                    self.answers.lock().unwrap().push(answer.clone());
                    return answer;
                }
                Ok((status, body)) if status < 500 => panic!("{path} {key}: {status} {body}"),
                other => {
                    let status = other.map_or(0, |(status, _)| status);
                    *self.unanswered.lock().unwrap().entry(status).or_default() += 1;
                    thread::sleep(AGAIN);
                }
            }
        }
        unreachable!("it is sent until it is answered")
    }

    /// Everything that was answered is in the record, nothing was done twice, the numbers have no gaps, and each card is
    /// there once.
    pub(super) fn check(&self, look: &Look) {
        let answers = self.answers.lock().unwrap();
        let events: BTreeMap<(&str, i64), &str> = look
            .events
            .iter()
            .map(|e| ((e.subject.as_str(), e.seq), e.hash.as_str()))
            .collect();
        for answer in &*answers {
            let recorded = events.get(&(answer.case.as_str(), answer.seq));
            assert_eq!(recorded, Some(&answer.hash.as_str()), "{answer:?}");
        }
        let cases: BTreeSet<&str> = answers.iter().map(|a| a.case.as_str()).collect();
        let known: BTreeSet<&str> = look.subjects.iter().map(|s| s.subject.as_str()).collect();
        assert_eq!(
            cases, known,
            "a case that nobody was told of, or one that is lost"
        );
        assert_eq!(known.len(), self.received.load(Ordering::SeqCst));
        let mut of_day: BTreeMap<&str, usize> = BTreeMap::new();
        for number in known {
            let (day, count) = number.rsplit_once('-').unwrap();
            let next = of_day.entry(day).or_default();
            *next += 1;
            assert_eq!(count, format!("{next:04}"), "{number}");
        }
        assert!(cards(look).values().all(|times| *times == 1));
    }
}

/// Asks once; gives status and body.
fn post(
    address: &str,
    path: &str,
    token: &str,
    key: &str,
    body: &Value,
) -> io::Result<(u16, String)> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(ANSWER))?;
    let body = body.to_string();
    write!(
        stream,
        "POST /api/v1{path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n\
         Idempotency-Key: {key}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let broken = || io::Error::from(io::ErrorKind::UnexpectedEof);
    let (head, body) = answer.split_once("\r\n\r\n").ok_or_else(broken)?;
    let status = head
        .split(' ')
        .nth(1)
        .and_then(|s| s.parse().ok())
        .ok_or_else(broken)?;
    let length = head.to_ascii_lowercase();
    let length = length
        .lines()
        .find_map(|l| l.strip_prefix("content-length: ")?.parse::<usize>().ok());
    // A body that was cut off is no answer.
    if length.is_some_and(|length| length != body.len()) {
        return Err(broken());
    }
    Ok((status, body.to_owned()))
}
