//! Letters as their readers get them.

#![expect(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

use std::fs;

use notify::{
    DigestLine, DigestNote, Language, Letter, Letterhead, Level, Note, OrderKind, OrderNote,
    TemplateError, Templates, WarningNote,
};
use tempfile::TempDir;

fn head() -> Letterhead {
    Letterhead {
        organ_name: "焦作市行政效能电子监察中心".to_owned(),
        system_name: "行政审批电子监察系统".to_owned(),
        zone: chrono_tz::Asia::Shanghai,
        trial: false,
        base_url: Some("http://shixian.example.cn/".to_owned()),
    }
}

fn warning(level: Level, number: u32, left: Option<i64>, over: Option<i64>) -> WarningNote {
    WarningNote {
        level,
        case_number: format!("410800-0107-20110926-{number:04}"),
        item_name: "企业设立登记".to_owned(),
        unit_name: "焦作市工商行政管理局".to_owned(),
        stage: Some("review".to_owned()),
        clock: "法定时限".to_owned(),
        due_on: "2011-10-08".parse().unwrap(),
        due_at: Some("2011-10-08T16:00:00Z".parse().unwrap()),
        limit_at: "2011-10-12T16:00:00Z".parse().unwrap(),
        left_working_days: left,
        over_working_days: over,
        rule: "statutory-red".to_owned(),
        rule_text: "超过法定时限，发红牌".to_owned(),
        basis: vec!["《中华人民共和国行政许可法》第四十二条".to_owned()],
        persons: vec!["李审核".to_owned(), "王承办".to_owned()],
        evidence: None,
        recorded_at: "2011-10-12T16:00:00Z".parse().unwrap(),
        path: Some(format!("/warnings/{number}")),
    }
}

fn order(kind: OrderKind) -> OrderNote {
    OrderNote {
        kind,
        order_number: "焦监督〔2011〕12号".to_owned(),
        case_number: Some("410800-0107-20110926-0001".to_owned()),
        item_name: Some("企业设立登记".to_owned()),
        unit_name: "焦作市工商行政管理局".to_owned(),
        demand: "说明超期原因，并于期限内办结".to_owned(),
        reason: (kind == OrderKind::SentBack).then(|| "答复未说明超期原因".to_owned()),
        due_on: "2011-10-14".parse().unwrap(),
        due_at: None,
        left_working_days: Some(3),
        issued_by: "焦作市监察局".to_owned(),
        basis: vec!["《中华人民共和国行政许可法》第七十四条".to_owned()],
        recorded_at: "2011-10-11T02:30:00Z".parse().unwrap(),
        path: Some("/orders/12".to_owned()),
    }
}

fn open_line(number: u32, left: Option<i64>, over: Option<i64>) -> DigestLine {
    DigestLine {
        case_number: format!("410800-0107-20110926-{number:04}"),
        item_name: "食品流通许可".to_owned(),
        stage: Some("承办".to_owned()),
        due_on: left.or(over).map(|_| "2011-10-12".parse().unwrap()),
        left,
        over,
        level: over.map(|_| Level::Yellow),
        path: Some(format!("/cases/{number}")),
    }
}

fn morning() -> DigestNote {
    DigestNote {
        date: "2011-10-12".parse().unwrap(),
        lines: vec![
            open_line(5, None, None),
            open_line(4, Some(6), None),
            open_line(2, Some(0), None),
            open_line(1, None, Some(3)),
            open_line(3, Some(2), None),
        ],
        omitted: 0,
    }
}

fn mixed() -> Vec<Note> {
    vec![
        Note::Warning(warning(Level::Notice, 31, Some(2), None)),
        Note::Warning(warning(Level::Red, 12, None, Some(3))),
        Note::Order(order(OrderKind::Issued)),
        Note::Warning(warning(Level::Yellow, 21, None, Some(1))),
        Note::Warning(warning(Level::Red, 11, None, Some(5))),
        Note::Digest(morning()),
    ]
}

fn compose(language: Language, notes: &[Note], head: &Letterhead) -> Letter {
    let letter = Templates::load(None)
        .unwrap()
        .compose(language, "张监察", notes, head)
        .unwrap();
    assert!(!letter.subject.contains('\n'));
    assert_alone(&letter.html);
    letter
}

/// A mail that fetches nothing, and links nowhere but home.
fn assert_alone(html: &str) {
    let html = html.replace("&#x2f;", "/");
    for outside in [
        "src=", "url(", "<link", "@import", "<script", "<img ", "<style",
    ] {
        assert!(!html.contains(outside), "{outside}");
    }
    let links = html.matches("http").count();
    let home = html.matches("http://shixian.example.cn").count();
    assert_eq!(links - html.matches("http-equiv").count(), home);
}

fn shown(letter: &Letter) -> String {
    format!("{}\n\n{}", letter.subject, letter.text)
}

#[test]
fn one_red_card() {
    let notes = [Note::Warning(warning(Level::Red, 1, None, Some(3)))];
    let letter = compose(Language::Zh, &notes, &head());
    insta::assert_snapshot!("one_red_card", shown(&letter));
    insta::assert_snapshot!("one_red_card_html", letter.html);
    for part in [
        "■ 红牌",
        "#a3121f",
        "10月8日 周六 24:00前",
        "已超 3 个工作日",
    ] {
        assert!(letter.html.contains(part), "{part}");
    }
    let letter = compose(Language::En, &notes, &head());
    insta::assert_snapshot!("one_red_card_en", shown(&letter));
}

#[test]
fn subjects_of_single_warnings() {
    let subjects: Vec<_> = [
        (Level::Red, None, Some(3)),
        (Level::Yellow, None, Some(0)),
        (Level::Notice, Some(2), None),
        (Level::Notice, Some(0), None),
        (Level::Notice, None, None),
    ]
    .into_iter()
    .flat_map(|(level, left, over)| {
        let notes = [Note::Warning(warning(level, 1, left, over))];
        Language::ALL.map(|language| compose(language, &notes, &head()).subject)
    })
    .collect();
    insta::assert_snapshot!("subjects_of_single_warnings", subjects.join("\n"));
}

#[test]
fn many_notes_become_one_letter_highest_first() {
    let letter = compose(Language::Zh, &mixed(), &head());
    assert!(
        letter.subject.starts_with("【红牌2 黄牌1 预警1 督办1】"),
        "{}",
        letter.subject
    );
    insta::assert_snapshot!("mixed", shown(&letter));
    insta::assert_snapshot!("mixed_en", shown(&compose(Language::En, &mixed(), &head())));
}

#[test]
fn the_morning_list_goes_by_time_left() {
    let notes = [Note::Digest(morning())];
    let letter = compose(Language::Zh, &notes, &head());
    insta::assert_snapshot!("morning", shown(&letter));
    insta::assert_snapshot!("morning_en", shown(&compose(Language::En, &notes, &head())));
}

#[test]
fn of_several_mornings_the_newest_is_told() {
    let older = DigestNote {
        date: "2011-10-11".parse().unwrap(),
        lines: vec![open_line(99, Some(1), None)],
        omitted: 0,
    };
    for notes in [
        [Note::Digest(older.clone()), Note::Digest(morning())],
        [Note::Digest(morning()), Note::Digest(older)],
    ] {
        let letter = compose(Language::Zh, &notes, &head());
        assert!(letter.subject.contains("10月12日"));
        assert!(!letter.text.contains("0099"));
    }
}

#[test]
fn orders() {
    let letters: Vec<_> = [OrderKind::Issued, OrderKind::SentBack]
        .into_iter()
        .flat_map(|kind| {
            let notes = [Note::Order(order(kind))];
            Language::ALL.map(|language| shown(&compose(language, &notes, &head())))
        })
        .collect();
    insta::assert_snapshot!("orders", letters.join("\n=====\n"));
}

#[test]
fn a_long_list_is_cut_and_counted() {
    let mut notes: Vec<_> = (0..70)
        .map(|n| Note::Warning(warning(Level::Notice, n, Some(2), None)))
        .collect();
    notes.extend((100..150).map(|n| Note::Warning(warning(Level::Red, n, None, Some(2)))));
    let letter = compose(Language::Zh, &notes, &head());
    assert!(letter.subject.starts_with("【红牌50 预警70】"));
    for body in [&letter.text, &letter.html] {
        assert_eq!(body.matches("410800-0107").count(), 100);
        assert!(body.contains("另有 20 件"));
        assert!(body.contains("20110926-0149") && !body.contains("20110926-0069"));
    }
}

#[test]
fn a_trial_says_so_everywhere() {
    let trial = Letterhead {
        trial: true,
        ..head()
    };
    for notes in [
        vec![Note::Warning(warning(Level::Red, 1, None, Some(3)))],
        vec![Note::Order(order(OrderKind::Issued))],
        mixed(),
    ] {
        let letter = compose(Language::Zh, &notes, &trial);
        assert!(letter.subject.starts_with("【试运行】"));
        assert!(letter.text.contains("试运行") && letter.html.contains("试运行"));
        let letter = compose(Language::En, &notes, &trial);
        assert!(letter.subject.starts_with("[Trial]"));
        assert!(letter.text.contains("Trial") && letter.html.contains("Trial"));
        assert!(
            !compose(Language::Zh, &notes, &head())
                .html
                .contains("试运行")
        );
    }
}

#[test]
fn html_in_names_is_escaped() {
    let mut note = warning(Level::Red, 1, None, Some(3));
    note.item_name = "<img alt=x>&\"登记\"".to_owned();
    note.rule_text = "<script>".to_owned();
    let many = vec![Note::Warning(note.clone()), Note::Warning(note.clone())];
    for notes in [vec![Note::Warning(note.clone())], many] {
        let letter = compose(Language::Zh, &notes, &head());
        assert!(letter.html.contains("&lt;img"));
        assert!(letter.text.contains("<img alt=x>&\"登记\""));
    }
}

#[test]
fn nothing_to_tell_is_an_error() {
    let templates = Templates::load(None).unwrap();
    let error = templates.compose(Language::Zh, "张监察", &[], &head());
    assert!(matches!(error, Err(TemplateError::NoNotes)));
}

#[test]
fn the_built_in_templates_work() {
    Templates::load(None).unwrap().check().unwrap();
}

#[test]
fn a_folder_replaces_single_files() {
    let folder = TempDir::new().unwrap();
    fs::write(
        folder.path().join("warning.zh.subject.txt"),
        "{% include '_mark.txt' %}{{ w.level.word }}：{{ w.case_number }}",
    )
    .unwrap();
    fs::write(folder.path().join("_mark.txt"), "焦作 ").unwrap();
    fs::write(folder.path().join("README.md"), "for the reader").unwrap();
    let templates = Templates::load(Some(folder.path())).unwrap();
    templates.check().unwrap();
    let notes = [Note::Warning(warning(Level::Red, 1, None, Some(3)))];
    let letter = templates
        .compose(Language::Zh, "张监察", &notes, &head())
        .unwrap();
    assert_eq!(letter.subject, "焦作 红牌：410800-0107-20110926-0001");
    let built_in = compose(Language::Zh, &notes, &head());
    assert_eq!((letter.text, letter.html), (built_in.text, built_in.html));
}

#[test]
fn broken_templates_are_named_with_their_line() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("digest.zh.txt");
    fs::write(&path, "fine\n{% for l in %}\n").unwrap();
    let error = Templates::load(Some(folder.path())).expect_err("does not parse");
    let text = error.to_string();
    assert!(text.contains("digest.zh.txt, line 2"), "{text}");

    // A misspelt name shows when the template is tried.
    fs::write(&path, "fine\n\n{{ d.wranings }}\n").unwrap();
    let templates = Templates::load(Some(folder.path())).unwrap();
    let text = templates.check().expect_err("no such name").to_string();
    assert!(text.contains("digest.zh.txt, line 3"), "{text}");
    assert!(
        text.contains(&folder.path().display().to_string()),
        "{text}"
    );

    // It doesn't keep the letter from going out.
    let letter = templates.compose(Language::Zh, "张监察", &mixed(), &head());
    let built_in = compose(Language::Zh, &mixed(), &head());
    assert_eq!(letter.unwrap(), built_in);

    fs::remove_file(&path).unwrap();
    fs::write(folder.path().join("warnnig.zh.txt"), "").unwrap();
    let text = Templates::load(Some(folder.path()))
        .expect_err("misspelt")
        .to_string();
    assert!(text.contains("warnnig.zh.txt") && text.contains("warning.zh.txt"));

    assert!(Templates::load(Some(&folder.path().join("nowhere"))).is_err());
}
