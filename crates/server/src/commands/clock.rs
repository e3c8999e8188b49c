//! `clock`: answers JSON lines, streaming.

use std::io::{self, BufRead, BufReader, BufWriter, Write};

use calendar::Calendar;
use engine::{assets, clock_questions};
use serde_json::{Value, json};

use crate::app::App;
use crate::failure::Failure;

/// Lines are short; a block holds some hundred of them.
const BLOCK: usize = 64 * 1024;

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
        if questions.read_until(b'\n', &mut line)? == 0 {
            answers.flush()?;
            return Ok(wrong);
        }
        if let Some(answer) = answer(calendar, &line) {
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
        Err(error) => Some(json!({
            "id": null,
            "error": {"kind": "bad_json", "message": format!("the line isn't UTF-8: {error}")},
        })),
    }
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
}
