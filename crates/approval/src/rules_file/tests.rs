//! Rule files: the presets, and each mistake with its place.

use super::*;

const CN: &str = include_str!("../../../../config/law/cn.toml");
const PRESETS: [(&str, &str); 4] = [
    (
        "limits",
        include_str!("../../../../config/rules/limits.toml"),
    ),
    (
        "limits-full",
        include_str!("../../../../config/rules/limits-full.toml"),
    ),
    (
        "escalation",
        include_str!("../../../../config/rules/escalation.toml"),
    ),
    (
        "two-colour",
        include_str!("../../../../config/rules/two-colour.toml"),
    ),
];

const GOOD: &str = r#"name = "t"
[periods]
correction = "30d"
extension_cap_working_days = 8
[[rule]]
id = "a"
element = "promised"
level = "notice"
before_working_days = 2
used_percent = 80
tell = ["handler"]
issue = "wait-for-inspector"
order = { term = "5wd", text = "限期办理" }
basis = ["permit-law-42-1"]
text = "快到期"
text_en = "due soon"
"#;

fn preset(name: &str) -> RuleSet {
    let (_, text) = PRESETS
        .iter()
        .find(|(preset, _)| *preset == name)
        .expect("a preset");
    RuleSet::parse(name, text).expect("a preset that reads")
}

#[test]
fn presets_read_and_rest_on_known_bases() {
    let law = Law::parse("config/law/cn.toml", CN).expect("the law reads");
    for (name, _) in PRESETS {
        let set = preset(name);
        assert_eq!(set.name, name);
        assert_eq!(set.periods, Periods::default(), "{name}");
        assert_eq!(set.check_bases(&law), Ok(()));
    }
}

/// design.md §6: what each preset raises for a case.
#[test]
fn presets_raise_what_they_are_for() {
    use Audience::{Handler, Head, Inspector, Leader, StandIn};
    let desk = vec![Handler, StandIn];
    let unit = vec![Handler, StandIn, Head];
    let all = vec![Handler, StandIn, Head, Inspector, Leader];
    let before = Threshold::WorkingDaysBefore(2);
    let due = Threshold::WorkingDaysAfter(0);
    for (set, id, element, level, threshold, tell) in [
        (
            "limits",
            "promised-notice",
            Element::Promised,
            Level::Notice,
            before,
            &desk,
        ),
        (
            "limits",
            "promised-yellow",
            Element::Promised,
            Level::Yellow,
            due,
            &unit,
        ),
        (
            "limits",
            "stage-yellow",
            Element::Stage,
            Level::Yellow,
            due,
            &unit,
        ),
        (
            "limits",
            "statutory-red",
            Element::Statutory,
            Level::Red,
            due,
            &all,
        ),
        (
            "escalation",
            "promised-notice",
            Element::Promised,
            Level::Notice,
            before,
            &desk,
        ),
        (
            "escalation",
            "promised-yellow",
            Element::Promised,
            Level::Yellow,
            due,
            &unit,
        ),
        (
            "escalation",
            "order-red",
            Element::Order,
            Level::Red,
            due,
            &all,
        ),
        (
            "two-colour",
            "promised-yellow",
            Element::Promised,
            Level::Yellow,
            before,
            &unit,
        ),
        (
            "two-colour",
            "promised-red",
            Element::Promised,
            Level::Red,
            due,
            &all,
        ),
    ] {
        let set = preset(set);
        let rule = set.rule(id).expect(id);
        assert_eq!(
            (rule.element, rule.level, rule.threshold, &rule.tell),
            (element, level, threshold, tell),
            "{id}"
        );
    }
    let escalation = preset("escalation");
    let with_order = escalation.rules.iter().filter(|rule| rule.order.is_some());
    let ids: Vec<&str> = with_order.map(|rule| rule.id.as_str()).collect();
    assert_eq!(ids, ["promised-yellow"]);
    let of_cases = preset("limits").rules;
    let of_cases = of_cases.iter().filter(|rule| {
        !matches!(
            rule.element,
            Element::Order | Element::Appeal | Element::Complaint | Element::Manual
        )
    });
    assert_eq!(of_cases.count(), 4);
}

#[test]
fn a_file_with_everything_reads() {
    let set = RuleSet::parse("t.toml", GOOD).expect("it is good");
    let expected = Rule {
        id: "a".into(),
        element: Element::Promised,
        level: Level::Notice,
        threshold: Threshold::Earlier {
            working_days: 2,
            percent: 80,
        },
        tell: vec![Audience::Handler],
        issue: IssueMode::WaitForInspector,
        order: Some(OrderSpec {
            term: Term::WorkingDays(5),
            text: "限期办理".into(),
        }),
        basis: vec!["permit-law-42-1".into()],
        text: "快到期".into(),
        text_en: "due soon".into(),
    };
    assert_eq!((set.version, set.rules), (0, vec![expected]));
    assert_eq!(set.periods.correction, Some(Term::NaturalDays(30)));
    assert_eq!(set.periods.extension_cap, 8);
    assert_eq!(set.periods.joint_extension_cap, 15);
}

/// Each line: what is replaced in the good file, by what, and how the error begins.
#[test]
fn each_mistake_is_named_with_file_line_and_key() {
    let twice = format!(
        "{GOOD}[[rule]]{}",
        GOOD.split_once("[[rule]]").expect("a rule").1
    );
    assert_error(
        &twice,
        "t.toml:18: rule.id: the rule in line 6 has the id \"a\" too",
    );
    for (from, to, expected) in [
        ("name = \"t\"", "", "t.toml:1: name: missing"),
        (
            "name = \"t\"",
            "name = \"T x\"",
            "t.toml:1: name: \"T x\" isn't a key",
        ),
        (
            "[periods]",
            "[period]",
            "t.toml:2: period: unknown key; use one of name, periods",
        ),
        (
            "\"30d\"",
            "\"30 days\"",
            "t.toml:3: periods.correction: \"30 days\" isn't a term",
        ),
        (
            "\"30d\"",
            "30",
            "t.toml:3: periods.correction: must be a text",
        ),
        (
            "= 8",
            "= -8",
            "t.toml:4: periods.extension_cap_working_days: must be a whole number",
        ),
        (
            "= 8",
            "= 8.5",
            "t.toml:4: periods.extension_cap_working_days: must be a whole number",
        ),
        ("[[rule]]", "[rule]", "t.toml:5: rule: must be tables"),
        (
            "id = \"a\"",
            "id = \"a_b\"",
            "t.toml:6: rule.id: \"a_b\" isn't a key",
        ),
        ("id = \"a\"", "id = \" \"", "t.toml:6: rule.id: is empty"),
        (
            "id = \"a\"",
            "id = \"a\"\ntitle = \"x\"",
            "t.toml:7: rule.title: unknown key",
        ),
        (
            "\"promised\"",
            "\"promise\"",
            "t.toml:7: rule.element: \"promise\" isn't known; use one of acceptance",
        ),
        (
            "\"promised\"",
            "\"stage-acceptance\"",
            "t.toml:7: rule.element: \"stage-acceptance\" isn't known",
        ),
        (
            "\"notice\"",
            "\"orange\"",
            "t.toml:8: rule.level: \"orange\" isn't known; use one of notice, yellow, red",
        ),
        (
            "\"promised\"",
            "\"manual\"",
            "t.toml:7: rule.element: a rule of element manual is raised by an inspector",
        ),
        ("level = \"notice\"", "", "t.toml:5: rule.level: missing"),
        (
            "= 2",
            "= 0",
            "t.toml:9: rule.before_working_days: 0 working days is out of range; use 1 to",
        ),
        (
            "= 2",
            "= 9999",
            "t.toml:9: rule.before_working_days: 9999 working days",
        ),
        (
            "= 80",
            "= 101",
            "t.toml:10: rule.used_percent: 101 isn't a share",
        ),
        (
            "= 80",
            "= 300",
            "t.toml:10: rule.used_percent: 300 isn't a share",
        ),
        (
            "= 80",
            "= 0",
            "t.toml:10: rule.used_percent: 0 isn't a share",
        ),
        (
            "used_percent = 80",
            "after_working_days = 0",
            "t.toml:10: rule.after_working_days: needs either",
        ),
        (
            "before_working_days = 2\nused_percent = 80",
            "",
            "t.toml:5: rule.before_working_days: needs either",
        ),
        (
            "[\"handler\"]",
            "[\"mayor\"]",
            "t.toml:11: rule.tell: \"mayor\" isn't known; use one of handler, stand-in",
        ),
        ("[\"handler\"]", "[]", "t.toml:11: rule.tell: is empty"),
        (
            "[\"handler\"]",
            "\"handler\"",
            "t.toml:11: rule.tell: must be a list",
        ),
        (
            "[\"handler\"]",
            "[\"handler\",\n\"handler\"]",
            "t.toml:12: rule.tell: \"handler\" is listed twice",
        ),
        (
            "\"wait-for-inspector\"",
            "true",
            "t.toml:12: rule.issue: must be a text",
        ),
        (
            "\"5wd\"",
            "\"5x\"",
            "t.toml:13: rule.order.term: \"5x\" isn't a term",
        ),
        (
            "text = \"限期办理\"",
            "txt = \"限期办理\"",
            "t.toml:13: rule.order.txt: unknown key",
        ),
        (
            "\"promised\"",
            "\"order\"",
            "t.toml:13: rule.order: a rule on orders",
        ),
        (
            "[\"permit-law-42-1\"]",
            "[\"第42条\"]",
            "t.toml:14: rule.basis: \"第42条\" isn't a key",
        ),
        ("\"快到期\"", "\"快到期", "t.toml:15: not valid TOML"),
    ] {
        assert!(GOOD.contains(from), "{from}");
        assert_error(&GOOD.replacen(from, to, 1), expected);
    }
}

fn assert_error(text: &str, expected: &str) {
    let error = RuleSet::parse("t.toml", text).expect_err(expected);
    let message = error.to_string();
    assert!(message.starts_with(expected), "{message}\n{expected}");
    let zh = error.message_zh();
    let line = format!("t.toml 第{}行", error.place.line);
    assert!(zh.starts_with(&line) && zh.contains('：'), "{zh}");
}

#[test]
fn a_basis_that_nobody_knows_is_named() {
    let law = Law::parse("cn.toml", CN).expect("the law reads");
    let set = RuleSet::parse("t.toml", &GOOD.replace("42-1", "42-9")).expect("its form is good");
    let error = set.check_bases(&law).expect_err("it isn't known");
    assert_eq!(error.basis, "permit-law-42-9");
    assert!(error.to_string().contains("rule \"a\" of \"t\""), "{error}");
    assert!(error.message_zh().contains("permit-law-42-9"));
}
