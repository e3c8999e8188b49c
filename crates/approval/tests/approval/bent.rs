//! Bent files and texts: each is refused with its place, or read.

use approval::identity::IdNumber;
use approval::law::Law;
use approval::rule::RuleSet;
use approval::scoring::{Points, Scheme, read_month};
use approval::statistics::Period;
use approval::term_text;

const LIMITS: &str = include_str!("../../../../config/rules/limits-full.toml");
const ESCALATION: &str = include_str!("../../../../config/rules/escalation.toml");
const LAW: &str = include_str!("../../../../config/law/cn.toml");
const HUNDRED: &str = include_str!("../../../../config/scoring/hundred.toml");
const PLAIN: &str = include_str!("../../../../config/scoring/plain.toml");

/// A refusal says where, and isn't much longer than the file.
fn check_said(text: &str, line: usize, said: &str) {
    assert!((1..=text.lines().count() + 1).contains(&line), "{said}");
    assert!(
        said.len() < 4096 + 4 * text.len(),
        "{} bytes of error",
        said.len()
    );
}

#[test]
fn bent_rule_files_are_refused_or_read() {
    let law = Law::parse("law.toml", LAW).expect("the legal bases");
    testkit::bent::check(&[LIMITS.as_bytes(), ESCALATION.as_bytes()], |bytes| {
        let text = String::from_utf8_lossy(bytes);
        match RuleSet::parse("t.toml", &text) {
            Ok(set) => {
                assert!(set.rules.len() <= text.len());
                let _ = set.check_bases(&law).map_err(|error| error.message_zh());
                true
            }
            Err(error) => {
                check_said(
                    &text,
                    error.place.line,
                    &format!("{error}{}", error.message_zh()),
                );
                false
            }
        }
    });
}

#[test]
fn bent_scoring_schemes_are_refused_or_read() {
    testkit::bent::check(&[HUNDRED.as_bytes(), PLAIN.as_bytes()], |bytes| {
        let text = String::from_utf8_lossy(bytes);
        match Scheme::parse("t.toml", &text) {
            Ok(scheme) => {
                assert!(scheme.rules.len() <= text.len());
                true
            }
            Err(error) => {
                check_said(&text, error.place.line, &error.to_string());
                false
            }
        }
    });
}

#[test]
fn bent_legal_bases_are_refused_or_read() {
    testkit::bent::check(&[LAW.as_bytes()], |bytes| {
        let text = String::from_utf8_lossy(bytes);
        match Law::parse("t.toml", &text) {
            Ok(law) => {
                assert!(law.iter().count() <= text.len());
                true
            }
            Err(error) => {
                check_said(&text, error.place.line, &error.to_string());
                false
            }
        }
    });
}

/// Texts of one cell or option, one a line: what is read is written as it was read.
#[test]
fn bent_terms_periods_points_and_papers_are_refused_or_read() {
    let good = "15wd\n1m\n30min\n2011-W40\n2011-Q4\n2011-10-08..2011-10-31\n2011\n2011-10\n2.25\n-3\n11010519491231002X\n91350100M000100Y43\n";
    testkit::bent::check(&[good.as_bytes()], |bytes| {
        let text = String::from_utf8_lossy(bytes);
        let mut read = 0;
        for line in text.lines() {
            if let Ok(term) = term_text::parse(line) {
                assert_eq!(
                    term_text::parse(&term_text::short(term)),
                    Ok(term),
                    "{line:?}"
                );
                read += 1;
            }
            if let Ok(period) = Period::parse(line) {
                assert_eq!(Period::parse(&period.to_string()), Ok(period), "{line:?}");
                read += 1;
            }
            if let Some(points) = Points::parse(line) {
                assert_eq!(Points::parse(&points.to_string()), Some(points), "{line:?}");
                read += 1;
            }
            let _ = (read_month(line), IdNumber::parse(line));
        }
        // Of the good text all but the two numbers of papers.
        read >= 10
    });
}
