//! `clock`: answers JSON lines, streaming.

use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};

use calendar::Calendar;
use engine::{assets, clock_questions};
use serde_json::{Value, json};

use crate::app::App;
use crate::failure::Failure;

/// Lines are short; a block holds some hundred of them.
const BLOCK: usize = 64 * 1024;

/// No question is as long: a line that is longer is answered as a wrong one, and never kept whole.
const LINE_BYTES_MAX: usize = 1024 * 1024;
/// With the line's end.
const LINE_BYTES_TAKEN: u64 = 1024 * 1024 + 1;

/// Answers every line of standard input.
pub(crate) fn run(app: &App, calendar: Option<&str>) -> Result<(), Failure> {
    let name = calendar.unwrap_or(&app.config.calendar.name);
    let calendar = assets::calendar(name).map_err(Failure::installation)?;
    let questions = BufReader::with_capacity(BLOCK, io::stdin().lock());
    let answers = BufWriter::with_capacity(BLOCK, io::stdout().lock());
    match stream(&calendar, questions, answers) {
        Ok(0) => Ok(()),
        Ok(_) => Err(Failure::Found),
        // Who asked doesn't listen any more.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Answers line by line and gives the number of wrong questions. What is answered is flushed before a read that may
/// have to wait: whoever asks one question at a time gets each answer before the next question.
fn stream(
    calendar: &Calendar,
    mut questions: BufReader<impl io::Read>,
    mut answers: impl Write,
) -> io::Result<u64> {
    let mut wrong = 0;
    let mut line = Vec::new();
    loop {
        if !questions.buffer().contains(&b'\n') {
            answers.flush()?;
        }
        line.clear();
        let mut start = (&mut questions).take(LINE_BYTES_TAKEN);
        if start.read_until(b'\n', &mut line)? == 0 {
            answers.flush()?;
            return Ok(wrong);
        }
        let answer = if line.len() > LINE_BYTES_MAX {
            questions.skip_until(b'\n')?;
            Some(bad_json(&format!(
                "the line has more than {LINE_BYTES_MAX} bytes"
            )))
        } else {
            answer(calendar, &line)
        };
        if let Some(answer) = answer {
            wrong += u64::from(clock_questions::is_error(&answer));
            writeln!(answers, "{answer}")?;
        }
    }
}

/// The answer to one line; none for a blank one.
fn answer(calendar: &Calendar, line: &[u8]) -> Option<Value> {
    let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
    match std::str::from_utf8(line) {
        Ok(line) if line.trim().is_empty() => None,
        Ok(line) => Some(clock_questions::answer(calendar, line.trim())),
        Err(error) => Some(bad_json(&format!("the line isn't UTF-8: {error}"))),
    }
}

fn bad_json(message: &str) -> Value {
    json!({"id": null, "error": {"kind": "bad_json", "message": message}})
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Hands out one piece a read: the answers to all whole lines before it must be out by then.
    struct OneAtATime<'a> {
        lines: Vec<&'a [u8]>,
        out: std::rc::Rc<std::cell::RefCell<Vec<u8>>>,
        answered: Vec<usize>,
    }

    impl io::Read for OneAtATime<'_> {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            let lines = self.out.borrow().iter().filter(|b| **b == b'\n').count();
            self.answered.push(lines);
            if self.lines.is_empty() {
                assert_eq!(self.answered, [0, 1, 1, 2, 2, 3]);
                return Ok(0);
            }
            let line = self.lines.remove(0);
            into[..line.len()].copy_from_slice(line);
            Ok(line.len())
        }
    }

    struct Shared(std::rc::Rc<std::cell::RefCell<Vec<u8>>>);

    impl Write for Shared {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.borrow_mut().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn each_answer_is_out_before_the_next_read() {
        let calendar = assets::calendar("cn").unwrap();
        let out = std::rc::Rc::default();
        let questions = OneAtATime {
            lines: vec![
                b"{\"id\":1,\"op\":\"day\",\"date\":\"2011-10-08\"}\r\n",
                b"  \n",
                b"\xff\xfe{}\n",
                b"{\"id\":2,\"op\":\"day\",\"date\":",
                b"\"2011-10-07\"}\n",
            ],
            out: std::rc::Rc::clone(&out),
            answered: Vec::new(),
        };
        let answers = BufWriter::new(Shared(std::rc::Rc::clone(&out)));
        let wrong = stream(&calendar, BufReader::new(questions), answers).unwrap();
        assert_eq!(wrong, 1);
        let out = String::from_utf8(out.borrow().clone()).unwrap();
        let lines: Vec<Value> = out
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        assert_eq!(lines[0]["working"], true);
        assert_eq!(lines[1]["error"]["kind"], "bad_json");
        assert_eq!(lines[2]["working"], false);
    }

    /// What comes from nowhere and has no end of a line.
    struct Endless {
        left: usize,
    }

    impl io::Read for Endless {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            let count = into.len().min(self.left);
            into[..count].fill(b'[');
            self.left -= count;
            Ok(count)
        }
    }

    fn answered(questions: impl io::Read) -> Vec<Value> {
        let calendar = assets::calendar("cn").unwrap();
        let mut answers = Vec::new();
        stream(&calendar, BufReader::new(questions), &mut answers).unwrap();
        let answers = String::from_utf8(answers).unwrap();
        let answers = answers.lines().map(serde_json::from_str);
        answers.collect::<Result<_, _>>().unwrap()
    }

    #[test]
    fn a_line_without_an_end_is_one_wrong_question() {
        let day = b"\n{\"id\":2,\"op\":\"day\",\"date\":\"2011-10-08\"}\n";
        let endless = || Endless {
            left: 64 * LINE_BYTES_MAX,
        };
        let answers = answered(endless().chain(&day[..]).chain(endless()));
        assert_eq!(answers.len(), 3);
        assert_eq!(answers[0]["error"]["kind"], "bad_json");
        assert_eq!(
            (&answers[1]["id"], &answers[1]["working"]),
            (&json!(2), &json!(true))
        );
        assert_eq!(answers[2]["error"]["kind"], "bad_json");
        // The longest line that is read.
        let id = "7".repeat(LINE_BYTES_MAX - 40);
        let longest = format!("{{\"id\":\"{id}\",\"op\":\"day\"}}\n");
        assert_eq!(answered(longest.as_bytes())[0]["id"], json!(id));
    }

    #[test]
    fn bent_questions_have_an_answer_each() {
        let good = b"\xef\xbb\xbf{\"id\":1,\"op\":\"day\",\"date\":\"2011-10-08\"}\r\n\n{\"id\":2,\"op\":\"day\",\"date\":\"2011-10-07\"}";
        testkit::bent::check(&[good], |bytes| {
            let answers = answered(bytes);
            let lines = bytes.split(|byte| *byte == b'\n');
            let asked = lines.filter(|line| {
                let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
                std::str::from_utf8(line).map_or(true, |line| !line.trim().is_empty())
            });
            assert_eq!(answers.len(), asked.count());
            answers.iter().all(|answer| answer.get("error").is_none())
        });
    }
}
