//! Who may do what: each command in its phase against each person, and the refusals of those who may not.

use approval::command::Opening;
use approval::ids::{ItemCode, PersonCode, UnitCode};
use approval::people::{Directory, Role};
use approval::rights;
use approval::stage::{Outcome, Procedure, Stage};
use approval::{Act, Command};
use calendar::Term;

use crate::fixtures::*;

const WHEN: &str = "2011-09-26 10:00";
/// Everybody of the directory.
const PEOPLE: [&str; 9] = [
    "HB-C", "HB-H", "HB-B", "HB-R", "HB-A", "HB-D", "GA-H", "JC-1", "LD-1",
];

fn in_stage(stage: Stage) -> Desk {
    Desk::in_stage("LIAN", stage, WHEN)
}

fn in_handling() -> Desk {
    in_stage(Stage::Handling)
}

fn stop() -> Command {
    Command::Stop {
        procedure: Procedure::Hearing,
        notice: Some("环听告〔2011〕1号".to_owned()),
        term: None,
        basis: None,
        approver: None,
    }
}

/// Who of [`PEOPLE`] isn't refused for his post; pages and commands must agree.
fn allowed(desk: &Desk, command: &Command) -> Vec<&'static str> {
    let allowed = PEOPLE.into_iter().filter(|code| {
        let mut desk = desk.clone();
        let person = desk.books.directory.person(&PersonCode::from(*code));
        let person = person.expect("a known person").clone();
        let offered = rights::may(&person, &desk.subject, command, &desk.books).is_ok();
        let done = desk.try_as(at(WHEN), command.clone(), &by(code));
        let refused = done
            .err()
            .is_some_and(|r| matches!(r.kind(), "foreign_post" | "needs_inspector"));
        assert_eq!(offered, !refused, "{code} {command:?}");
        offered
    });
    allowed.collect()
}

#[test]
fn each_act_needs_its_post() {
    let received = Desk::receive(books("limits"), "LIAN", WHEN);
    let handling = in_handling();
    let review = in_stage(Stage::Review);
    let mut asked = handling.clone();
    let ask = Command::AskPartner {
        unit: UnitCode::from(PARTNER_UNIT),
        term: None,
    };
    asked.at(WHEN, ask.clone());
    let answer = Command::AnswerPartner {
        partner: 1,
        opinion: "同意".to_owned(),
    };
    let mut completed = in_stage(Stage::Completion);
    completed.at(WHEN, complete(Stage::Completion));
    let order = Desk::order(books("limits"), Term::WorkingDays(5), WHEN);
    let reply = Command::ReplyOrder {
        text: "已办".to_owned(),
    };
    let all_of_unit = ["HB-C", "HB-H", "HB-B", "HB-R", "HB-A", "HB-D"];
    let rows: [(&Desk, Command, &[&str]); 16] = [
        (&received, Command::Accept, &["HB-C"]),
        (&received, correct(), &["HB-C"]),
        (&handling, complete(Stage::Handling), &["HB-H"]),
        (&review, complete(Stage::Review), &["HB-R"]),
        (&review, send_back(Stage::Handling), &["HB-R"]),
        (&review, stop(), &["HB-H", "HB-R"]),
        (&review, extend(5), &["HB-H", "HB-R"]),
        (&handling, ask, &["HB-H"]),
        (&asked, answer, &["HB-H", "GA-H"]),
        (
            &in_stage(Stage::Approval),
            complete(Stage::Approval),
            &["HB-A"],
        ),
        (
            &in_stage(Stage::Completion),
            complete(Stage::Completion),
            &["HB-C"],
        ),
        (&review, close(Outcome::Withdrawn), &["HB-C", "HB-R"]),
        (&completed, Command::Deliver, &["HB-C"]),
        (
            &handling,
            annul(2),
            &["HB-C", "HB-H", "HB-R", "HB-A", "HB-D", "JC-1"],
        ),
        (&order, reply, &all_of_unit),
        (&order, Command::CloseOrder { remark: None }, &["JC-1"]),
    ];
    for (desk, command, expected) in rows {
        assert_eq!(allowed(desk, &command), expected, "{command:?}");
    }
}

#[test]
fn cards_are_the_inspectors() {
    let mut desk = in_handling();
    desk.sweep("2011-12-30 08:00");
    let card = desk.seq_of("warning_raised");
    assert_eq!(allowed(&desk, &revoke(card)), ["JC-1"]);
    let issue = Command::IssueWarning { warning: card };
    assert_eq!(allowed(&desk, &issue), ["JC-1"]);
    // Without a name neither: somebody must answer for it.
    let refusal = desk
        .try_as(at("2011-12-30 09:00"), revoke(card), &Act::default())
        .expect_err("nobody's decision");
    assert_eq!(refusal.kind(), "needs_inspector");
    let revoked = desk.try_as(at("2011-12-30 09:00"), revoke(card), &by("JC-1"));
    assert!(revoked.is_ok());
}

#[test]
fn subjects_are_opened_by_the_window_and_the_inspector() {
    let receive = Opening::Receive {
        item: ItemCode::from("HUAN"),
        missing: Vec::new(),
        given_limit: None,
        source: None,
        unit: None,
    };
    let order = Opening::IssueOrder {
        unit: UnitCode::from(UNIT),
        text: "限期办结".to_owned(),
        term: Term::WorkingDays(3),
        about: None,
        warning: None,
    };
    for (opening, expected) in [(receive, "HB-C"), (order, "JC-1")] {
        for code in PEOPLE {
            let opened = Desk::open(books("limits"), opening.clone(), &by(code), at(WHEN));
            assert_eq!(opened.is_ok(), code == expected, "{code} {opening:?}");
        }
    }
}

/// A stand-in uses the post of the person for whom he acts, not his own.
#[test]
fn a_stand_in_has_the_post_of_the_other() {
    let mut desk = Desk::receive(books("limits"), "HUAN", "2011-09-30 10:00");
    desk.at("2011-09-30 10:00", Command::Accept);
    let now = at("2011-10-08 10:00");
    let act = |stands_for: Option<&str>| Act {
        stands_for: stands_for.map(PersonCode::from),
        ..by("HB-B")
    };
    let alone = desk.try_as(now, complete(Stage::Handling), &act(None));
    assert_eq!(alone.expect_err("no post").kind(), "foreign_post");
    let mut later = desk.clone();
    later.at("2011-10-08 09:00", complete(Stage::Handling));
    let other = later.try_as(now, complete(Stage::Review), &act(Some("HB-H")));
    assert_eq!(other.expect_err("another post").kind(), "foreign_post");
    let stands = desk.try_as(now, complete(Stage::Handling), &act(Some("HB-H")));
    assert!(stands.is_ok());
}

/// A post that nobody holds is the head's; without a head it is anybody's of the unit, never a stranger's.
#[test]
fn an_empty_post_is_the_heads() {
    let mut desk = in_handling();
    let without = |posts: &[&str], heads: bool| {
        let directory = books("limits").directory;
        let people = directory.people().cloned().filter_map(|mut person| {
            if posts.contains(&person.code.as_str()) {
                person.posts.clear();
            }
            (heads || person.role != Role::Head).then_some(person)
        });
        Directory::new(directory.units().cloned(), people.collect::<Vec<_>>())
    };
    desk.books.directory = without(&["HB-H"], true);
    assert_eq!(allowed(&desk, &complete(Stage::Handling)), ["HB-D"]);
    desk.books.directory = without(&["HB-H"], false);
    let all = ["HB-C", "HB-H", "HB-B", "HB-R", "HB-A"];
    let person = |code: &str| desk.books.directory.person(&PersonCode::from(code));
    for code in PEOPLE {
        let Some(person) = person(code) else {
            continue;
        };
        let command = complete(Stage::Handling);
        let may = rights::may(person, &desk.subject, &command, &desk.books).is_ok();
        assert_eq!(may, all.contains(&code), "{code}");
    }
}

/// Who is refused reads whose turn it is: the unit by its name, the stage by its word.
#[test]
fn a_refusal_names_the_unit_and_the_post() {
    let mut desk = in_handling();
    let mut refusal = |by: &Act, stage| {
        let refused = desk.try_as(at(WHEN), complete(stage), by).map(|_| ());
        refused.expect_err("refused").to_string()
    };
    let text = refusal(&by("HB-R"), Stage::Handling);
    assert!(text.contains("单位HB") && text.contains("“承办”"), "{text}");
    let text = refusal(&by("GA-H"), Stage::Handling);
    assert!(text.contains("单位HB"), "{text}");
    let books = books("limits");
    let nobody = rights::member(&books, &Act::default(), &UNIT.into(), at(WHEN));
    let text = nobody.expect_err("nobody").to_string();
    assert!(text.contains("单位HB") && !text.contains("“”"), "{text}");
    // A unit that isn't known any more is named by its code.
    let gone = rights::member(&books, &Act::default(), &UnitCode::from("MEI"), at(WHEN));
    let text = gone.expect_err("nobody").to_string();
    assert!(text.contains("MEI"), "{text}");
}

#[test]
fn who_stands_in_is_found_by_his_name() {
    let directory = books("limits").directory;
    let whom = |code: &str| {
        let stand_in = PersonCode::from(code);
        let people = directory.stood_for(&stand_in);
        people
            .map(|person| person.code.to_string())
            .collect::<Vec<_>>()
    };
    assert_eq!(whom("HB-B"), ["HB-H"]);
    assert_eq!(whom("HB-H"), [""; 0]);
}
