//! Trends, bars, distributions, sparks and codes.

use report::picture::{
    BarRow, Bars, Distribution, Look, Mark, Part, Series, Spark, Trend, TrendForm, bars,
    distribution, qr, spark, spark_parts, trend,
};

use calendar::{Interval, Term};

use crate::fixtures::{at, calendar};
use crate::sound;

const LOOKS: [(&str, Look<'static>); 2] = [("zh", Look::zh("p")), ("en", Look::en("p"))];

/// Draws in both languages; the Chinese picture.
fn check(name: &str, draw: impl Fn(&Look<'_>) -> String) -> String {
    let [zh, _] = LOOKS.map(|(language, look)| {
        let svg = draw(&look);
        sound::check(&format!("{name}-{language}"), &svg);
        svg
    });
    zh
}

fn months(count: u32) -> Vec<String> {
    let month = |n: u32| format!("{}年{}月", 2011 + n / 12, n % 12 + 1);
    (0..count).map(month).collect()
}

fn series(name: &str, values: &[i64]) -> Series {
    Series {
        name: name.to_owned(),
        values: values.iter().map(|v| (*v >= 0).then_some(*v)).collect(),
    }
}

#[test]
fn trends_are_lines_and_bars() {
    let accepted = [412, 388, 530, 471, 502, 498, 455, 521];
    let completed = [401, 380, 511, 470, 489, 502, 441, 440];
    let cards = [3, 0, 2, 1, 0, 0, 4, 1];
    for (form, name) in [(TrendForm::Lines, "lines"), (TrendForm::Bars, "bars")] {
        let svg = check(&format!("trend-{name}"), |look| {
            let chart = Trend {
                title: "受理与办结",
                unit: "件",
                decimals: 0,
                form,
                labels: &months(8),
                series: &[
                    series("受理", &accepted),
                    series("办结", &completed),
                    series("黄牌", &cards),
                ],
            };
            trend(&chart, look)
        });
        assert!(
            svg.contains("受理 2011年1月 412件、2011年2月 388件"),
            "{svg}"
        );
    }
    let shares: Vec<i64> = (0..60)
        .map(|n| if n % 17 == 5 { -1 } else { 9_000 + n * 16 })
        .collect();
    check("trend-long", |look| {
        let chart = Trend {
            title: "按期办结率",
            unit: "%",
            decimals: 2,
            form: TrendForm::Lines,
            labels: &months(60),
            series: &[series("全市", &shares)],
        };
        trend(&chart, look)
    });
    for (name, values) in [("one", vec![7]), ("zero", vec![0, 0, 0]), ("none", vec![])] {
        check(&format!("trend-{name}"), |look| {
            let count = u32::try_from(values.len()).expect("few");
            let chart = Trend {
                title: "红牌",
                unit: "",
                decimals: 0,
                form: TrendForm::Bars,
                labels: &months(count),
                series: &[series("红牌", &values)],
            };
            trend(&chart, look)
        });
    }
}

fn row(name: &str, value: i64, note: &str) -> BarRow {
    BarRow {
        name: name.to_owned(),
        value,
        note: note.to_owned(),
    }
}

#[test]
fn bars_stand_by_their_names() {
    let rows = [
        row("市环境保护局", 9_621, "3634/3777件"),
        row("市住房和城乡建设局<窗口>", 10_000, "12/12件"),
        row(
            "市国土资源局行政审批服务科驻市行政服务中心综合窗口",
            8_812,
            "",
        ),
        row("市公安局", 0, "0/3件"),
        row("市卫生局", -50, ""),
    ];
    let mark = Mark {
        value: 9_500,
        name: "全年目标".to_owned(),
    };
    let svg = check("bars-rate", |look| {
        let chart = Bars {
            title: "各单位按期办结率",
            unit: "%",
            decimals: 2,
            rows: &rows,
            mark: Some(&mark),
        };
        bars(&chart, look)
    });
    assert!(
        svg.contains(
            "市环境保护局 96.21% 3634/3777件；市住房和城乡建设局&lt;窗口&gt; 100.00% 12/12件"
        ),
        "{svg}"
    );
    assert!(svg.contains("全年目标 95.00%"), "{svg}");
    check("bars-none", |look| {
        let chart = Bars {
            title: "各单位黄牌",
            unit: "张",
            decimals: 0,
            rows: &[],
            mark: None,
        };
        bars(&chart, look)
    });
}

#[test]
fn distributions_show_the_limits() {
    let few: Vec<(u32, u64)> = (0..26).map(|n| (n, u64::from((n * 7919) % 61))).collect();
    let many: Vec<(u32, u64)> = (0..260)
        .map(|n| (n, u64::from((n * 104_729) % 23)))
        .collect();
    for (name, counts, promised, statutory) in [
        ("few", &few[..], Some(10), Some(20)),
        ("many", &many[..], Some(120), Some(180)),
        ("close", &[(1, 300), (2, 40), (5, 1)][..], Some(4), Some(5)),
        ("bare", &[(0, 3)][..], None, None),
        ("none", &[][..], Some(10), None),
    ] {
        check(&format!("distribution-{name}"), |look| {
            let chart = Distribution {
                title: "办理用时分布",
                counts,
                promised,
                statutory,
            };
            distribution(&chart, look)
        });
    }
}

#[test]
fn sparks_say_what_is_used() {
    use Part::{Counted, Stopped};
    for (name, parts, limit, words) in [
        (
            "begun",
            &[Counted(3)][..],
            Some(20),
            "已用3，时限20个工作日",
        ),
        (
            "stopped",
            &[Counted(3), Stopped(4), Counted(2)],
            Some(10),
            "已用5，时限10个工作日，停止计时4",
        ),
        (
            "over",
            &[Counted(9), Stopped(1), Counted(4)],
            Some(10),
            "已用13，时限10个工作日，超3，停止计时1",
        ),
        ("exact", &[Counted(10)], Some(10), "已用10，时限10个工作日"),
        (
            "free",
            &[Counted(2), Stopped(1)],
            None,
            "已用2个工作日，停止计时1",
        ),
        ("fresh", &[], Some(10), "已用0，时限10个工作日"),
        ("zero", &[Counted(1)], Some(0), "已用1，时限0个工作日，超1"),
        ("empty", &[], None, "已用0个工作日"),
    ] {
        let svg = check(&format!("spark-{name}"), |look| {
            spark(&Spark { parts, limit }, look)
        });
        assert!(svg.contains(&format!(">{words}</title>")), "{name}: {svg}");
    }
}

#[test]
fn a_spark_is_small() {
    let parts = [Part::Counted(9), Part::Stopped(1), Part::Counted(4)];
    let spark = Spark {
        parts: &parts,
        limit: Some(10),
    };
    let svg = report::picture::spark(&spark, &Look::en("7"));
    let shapes: Vec<&str> = svg
        .lines()
        .filter(|line| line.starts_with("<rect") || line.starts_with("<line"))
        .map(|line| line.split_once(" x").expect("a place").1)
        .collect();
    assert_eq!(
        shapes,
        [
            r#"="1" y="3" width="118" height="8"/>"#,
            r#"="1" y="3" width="75.8" height="8"/>"#,
            r#"="76.8" y="3" width="8.4" height="8"/>"#,
            r#"="85.2" y="3" width="8.5" height="8"/>"#,
            r#"="93.7" y="3" width="25.3" height="8"/>"#,
            r#"1="93.7" y1="1" x2="93.7" y2="13"/>"#,
        ],
        "{svg}"
    );
}

#[test]
fn parts_come_from_a_count() {
    let calendar = calendar();
    let stop = Interval {
        from: at("2011-10-10 09:00"),
        to: Some(at("2011-10-12 17:00")),
    };
    let through = "2011-10-31".parse().expect("a date");
    let days = calendar
        .explain(
            at("2011-09-26 10:00"),
            Term::WorkingDays(20),
            &[stop],
            None,
            through,
        )
        .expect("days");
    let today = "2011-10-14".parse().expect("a date");
    let parts = spark_parts(&days, today);
    assert_eq!(
        parts,
        [Part::Counted(7), Part::Stopped(2), Part::Counted(2)]
    );
}

#[test]
fn codes_are_squares_with_a_margin() {
    let svg = check("qr", |look| {
        let text = "https://sp.jiaozuo.example/c/410800HB1109260001?k=7Q4M2K&a=<1>";
        qr(text, look).expect("a code")
    });
    assert!(svg.contains("k=7Q4M2K&amp;a=&lt;1&gt;"), "{svg}");
}
