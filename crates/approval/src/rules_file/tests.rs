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

/// The good file with its rule once more.
fn twice() -> String {
    let (_, rule) = GOOD.split_once("[[rule]]").expect("a rule");
    format!("{GOOD}[[rule]]{rule}")
}

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
    assert_error(
        &twice(),
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

/// Chinese comes first where people read it: it says all that the English says.
#[test]
fn each_kind_of_mistake_is_told_in_chinese() {
    let other = |from: &str, to: &str| {
        assert!(GOOD.contains(from), "{from}");
        GOOD.replacen(from, to, 1)
    };
    for (text, expected) in [
        (
            twice(),
            "第18行，键“rule.id”：第6行的规则已用了编号“a”，每条规则须有自己的编号",
        ),
        (
            other("name = \"t\"", ""),
            "第1行，键“name”：缺少这个键，请补上引号内的文字",
        ),
        (
            other("[periods]", "[period]"),
            "第2行，键“period”：不认识这个键，请删去，或改用：name、periods、rule",
        ),
        (
            other(
                "[periods]\ncorrection = \"30d\"\nextension_cap_working_days = 8",
                "periods = 3",
            ),
            "第2行，键“periods”：值应为一个表",
        ),
        (
            other("\"30d\"", "30"),
            "第3行，键“periods.correction”：值应为引号内的文字",
        ),
        (
            other("= 8", "= -8"),
            "第4行，键“periods.extension_cap_working_days”：值应为0至4294967295的整数",
        ),
        (
            other("[[rule]]", "[rule]"),
            "第5行，键“rule”：值应为[[…]]形式的表",
        ),
        (
            other("id = \"a\"", "id = \"a_b\""),
            "第6行，键“rule.id”：“a_b”不能用作键，请只用小写字母、数字和连字符，不超过64个",
        ),
        (
            other("id = \"a\"", "id = \" \""),
            "第6行，键“rule.id”：内容为空，请填写",
        ),
        (
            other("\"notice\"", "\"orange\""),
            "第8行，键“rule.level”：不认识“orange”，请改用：notice、yellow、red",
        ),
        (
            other("\"promised\"", "\"manual\""),
            "第7行，键“rule.element”：人工发牌规则由监察人员发牌，请删去触发条件",
        ),
        (
            other("= 2", "= 9999"),
            "第9行，键“rule.before_working_days”：9999个工作日超出范围，请用1至2500",
        ),
        (
            other("= 80", "= 101"),
            "第10行，键“rule.used_percent”：101不是时限的百分比，请用1至100",
        ),
        (
            other("used_percent = 80", "after_working_days = 0"),
            "第10行，键“rule.after_working_days”：请写before_working_days、used_percent（可同时写），或者只写after_working_days",
        ),
        (
            other("[\"handler\"]", "\"handler\""),
            "第11行，键“rule.tell”：值应为方括号内的文字列表",
        ),
        (
            other("[\"handler\"]", "[\"handler\",\n\"handler\"]"),
            "第12行，键“rule.tell”：“handler”重复，请删去一个",
        ),
        (
            other("\"promised\"", "\"order\""),
            "第13行，键“rule.order”：针对督办单的规则不能再发督办单，否则没有尽头，请删去order",
        ),
        (
            other("\"5wd\"", "\"5x\""),
            "第13行，键“rule.order.term”：“5x”不是时限：数字后须写单位wd（工作日）",
        ),
    ] {
        let error = RuleSet::parse("t.toml", &text).expect_err(expected);
        let zh = error.message_zh();
        assert!(
            zh.starts_with(&format!("t.toml {expected}")),
            "{zh}\n{expected}"
        );
    }
    let error = RuleSet::parse("t.toml", "name = \"t").expect_err("half a text");
    let zh = error.message_zh();
    assert!(zh.contains("不是正确的TOML，请改正语法："), "{zh}");
}

fn assert_error(text: &str, expected: &str) {
    let error = RuleSet::parse("t.toml", text).expect_err(expected);
    let message = error.to_string();
    assert!(message.starts_with(expected), "{message}\n{expected}");
    let zh = error.message_zh();
    let line = format!("t.toml 第{}行", error.place.line);
    assert!(zh.starts_with(&line) && zh.contains('：'), "{zh}");
}

/// A key fits a column, a URL and a file name.
#[test]
fn keys_are_plain() {
    let long = "a".repeat(64);
    for good in ["a", "a1", "1-a", "permit-law-42-1", &long] {
        assert!(is_plain_key(good), "{good}");
    }
    let longer = "a".repeat(65);
    for bad in ["", "A", "a_b", "a b", "-a", "a-", "-", "限", &longer] {
        assert!(!is_plain_key(bad), "{bad}");
    }
}

/// A key that is missing in a table within a rule is looked for where that table stands.
#[test]
fn what_is_missing_in_a_table_is_named_with_the_tables_line() {
    let from = "order = { term = \"5wd\", text = \"限期办理\" }";
    assert!(GOOD.contains(from));
    assert_error(
        &GOOD.replace(from, "order = { term = \"5wd\" }"),
        "t.toml:13: rule.order.text: missing",
    );
}

#[test]
fn a_basis_that_nobody_knows_is_named() {
    let law = Law::parse("cn.toml", CN).expect("the law reads");
    let set = RuleSet::parse("t.toml", &GOOD.replace("42-1", "42-9")).expect("its form is good");
    let error = set.check_bases(&law).expect_err("it isn't known");
    assert_eq!(error.basis, "permit-law-42-9");
    assert!(error.to_string().contains("rule \"a\" of \"t\""), "{error}");
    assert_eq!(
        error.message_zh(),
        "规则集“t”的规则“a”引用了法律依据“permit-law-42-9”，但依据表中没有，请改正或补入依据表"
    );
}
