//! The report as one page that stands for itself: no script, no file beside it, pictures drawn in it; it prints on A4.

use approval::rule::Level;
use approval::stage::{Outcome, Stage};
use approval::statistics::{Compared, Count, Figures, Statement};
use approval::warning::WarningState;
use askama::Template;

use super::column::Row;
use super::words::{self, NONE};
use crate::picture::{
    BarRow, Bars, Distribution, Language, Look, Series, Trend, TrendForm, bars, distribution, trend,
};

/// More bars than this are no picture any more; the table has them all.
const BARS_MAX: usize = 20;

/// A table: its heading, the columns with numbers from the second on, its rows, the sum if it has one.
struct Table {
    caption: String,
    head: Vec<String>,
    rows: Vec<Vec<String>>,
    foot: Vec<String>,
}

impl Table {
    fn new(caption: &str, head: &[&str]) -> Self {
        Self {
            caption: caption.to_owned(),
            head: head.iter().map(|&word| word.to_owned()).collect(),
            rows: Vec::new(),
            foot: Vec::new(),
        }
    }
}

/// What stands under one heading, in this order.
struct Section {
    title: String,
    sentences: Vec<String>,
    pictures: Vec<String>,
    tables: Vec<Table>,
}

impl Section {
    fn new(title: &str) -> Self {
        Self {
            title: title.to_owned(),
            sentences: Vec::new(),
            pictures: Vec::new(),
            tables: Vec::new(),
        }
    }
}

#[derive(Template)]
#[template(path = "period.html")]
struct Page<'a> {
    title: String,
    period: String,
    marks: Vec<String>,
    sections: Vec<Section>,
    definitions_title: &'static str,
    definitions: &'a [(&'a str, &'a str)],
    basis: Vec<String>,
    organ: String,
    date: String,
}

/// The page.
pub(super) fn page(statement: &Statement) -> Result<String, askama::Error> {
    let standing = &statement.standing;
    let mut marks = Vec::new();
    if statement.is_open {
        let until = words::cut_off(statement);
        marks.push(format!("统计期尚未结束，以下为截至{until}的数据。"));
    }
    if standing.trial {
        marks.push("试运行数据，不作为考核依据。".to_owned());
    }
    marks.extend(standing.synthetic.clone());
    let local = statement.calendar.local(statement.cut_off);
    let page = Page {
        title: format!("{}行政审批电子监察情况通报", standing.division_name),
        period: statement.period.zh(),
        marks,
        sections: vec![
            overview(statement),
            by_unit(statement),
            times(statement),
            cards(statement),
            supervision(statement),
            irregular(statement),
            idle(statement),
        ]
        .into_iter()
        .chain(ranking(statement))
        .collect(),
        definitions_title: match statement.scores {
            Some(_) => "九、口径说明",
            None => "八、口径说明",
        },
        definitions: words::DEFINITIONS,
        basis: vec![
            format!(
                "统计期：{}至{}。",
                statement.period.first().format("%Y年%-m月%-d日"),
                statement.period.last().format("%Y年%-m月%-d日")
            ),
            format!(
                "数据截止：{}。此后录入的不在其中。",
                words::cut_off(statement)
            ),
            format!(
                "日历版本：{}；规则版本：{}。",
                statement.calendar.version(),
                statement
                    .rules_version
                    .map_or(NONE.to_owned(), |version| version.to_string())
            ),
            statement.scores.as_ref().map_or(
                "本期不评分、不排名：统计期不是整月，或未启用评分。".to_owned(),
                |scores| format!("评分办法：《{}》。", scores.scheme.title),
            ),
        ],
        organ: standing.division_name.clone(),
        date: local.format("%Y年%-m月%-d日").to_string(),
    };
    page.render()
}

fn overview(statement: &Statement) -> Section {
    let mut section = Section::new("一、总体情况");
    section.sentences = words::summary(statement);
    let mut table = Table::new("与前期比较", &["指标"]);
    let mut columns: Vec<(String, Option<&Figures>)> =
        vec![(words::heading(&statement.period), Some(&statement.total))];
    let others = [&statement.before, &statement.year_before];
    for Compared { period, figures } in others.into_iter().flatten() {
        // A period before the record began has nothing to compare with.
        if figures.is_some() {
            columns.push((words::heading(period), figures.as_ref()));
        }
    }
    table
        .head
        .extend(columns.iter().map(|(heading, _)| heading.clone()));
    for (name, value) in COMPARED {
        let mut row = vec![(*name).to_owned()];
        let values = columns.iter();
        row.extend(values.map(|(_, figures)| figures.map_or(NONE.to_owned(), value)));
        table.rows.push(row);
    }
    section.tables.push(table);
    let mut outcomes = Table::new("办结结果（含未受理即告结束的）", &["结果", "件数"]);
    for (outcome, cases) in &statement.total.outcomes {
        let name = outcome.map_or("未说明", Outcome::zh);
        outcomes.rows.push(vec![name.to_owned(), cases.to_string()]);
    }
    if !outcomes.rows.is_empty() {
        section.tables.push(outcomes);
    }
    if let Some(picture) = course(statement) {
        section.pictures.push(picture);
    }
    section
}

type Shown = fn(&Figures) -> String;

/// The rows of the comparison.
const COMPARED: &[(&str, Shown)] = &[
    ("受理(件)", |f| f.counts.accepted.to_string()),
    ("办结(件)", |f| f.counts.completed.to_string()),
    ("办结率", |f| words::percent(f.completion_rate())),
    ("本期受理办结率", |f| words::percent(f.cohort_rate())),
    ("在办办结率", |f| words::percent(f.clearance_rate())),
    ("期末在办(件)", |f| f.counts.open_at_end.to_string()),
    ("其中超时(件)", |f| f.counts.open_late.to_string()),
    ("按时办结率", |f| words::percent(f.on_time_rate())),
    ("提前办结率", |f| words::percent(f.early_rate())),
    ("平均用时(工作日)", words::mean),
    ("法定提速率", |f| {
        words::signed_percent(f.saved_of_statutory().percent(2))
    }),
    ("承诺提速率", |f| {
        words::signed_percent(f.saved_of_promised().percent(2))
    }),
    ("黄牌(件)", |f| f.counts.yellow_cards.to_string()),
    ("红牌(件)", |f| f.counts.red_cards.to_string()),
];

/// How accepted and completed went, if there is more than one month or week.
fn course(statement: &Statement) -> Option<String> {
    let known: Vec<&Compared> = statement
        .course
        .iter()
        .filter(|c| c.figures.is_some())
        .collect();
    if known.len() < 2 {
        return None;
    }
    let labels: Vec<String> = known.iter().map(|c| c.period.to_string()).collect();
    let series = |name: &str, value: fn(&Figures) -> u64| Series {
        name: name.to_owned(),
        values: known
            .iter()
            .map(|c| {
                c.figures
                    .as_ref()
                    .and_then(|f| i64::try_from(value(f)).ok())
            })
            .collect(),
    };
    let series = [
        series("受理", |f| f.counts.accepted),
        series("办结", |f| f.counts.completed),
    ];
    let chart = Trend {
        title: "受理和办结",
        unit: "件",
        decimals: 0,
        form: TrendForm::Bars,
        labels: &labels,
        series: &series,
    };
    Some(trend(&chart, &Look::zh("course")))
}

/// The columns of the table of units.
const UNIT_COLUMNS: [(&str, &str); 11] = [
    ("accepted", "受理"),
    ("completed", "办结"),
    ("completion_rate_percent", "办结率%"),
    ("completed_on_time", "按时"),
    ("completed_late", "超时"),
    ("open_late", "超时在办"),
    ("on_time_rate_percent", "按时率%"),
    ("average_working_days_used", "平均用时"),
    ("median_working_days_used", "中位"),
    ("yellow_cards", "黄牌"),
    ("red_cards", "红牌"),
];

fn by_unit(statement: &Statement) -> Section {
    let mut section = Section::new("二、各单位办件情况");
    let mut table = Table::new(
        "各单位办件情况（按受理件数排列，用时单位为工作日）",
        &["单位"],
    );
    table.head.extend(
        UNIT_COLUMNS
            .iter()
            .map(|(_, heading)| (*heading).to_owned()),
    );
    let mut units: Vec<_> = statement
        .units
        .iter()
        .filter(|u| u.figures != Figures::default())
        .collect();
    units.sort_by_key(|unit| std::cmp::Reverse(unit.figures.counts.accepted));
    let cells = |name: &str, row: Row<'_>| {
        let values = UNIT_COLUMNS.iter().map(|(key, _)| words::shown(key, row));
        std::iter::once(name.to_owned()).chain(values).collect()
    };
    for unit in &units {
        let row = Row {
            figures: &unit.figures,
            limits: &unit.limits,
        };
        table.rows.push(cells(&unit.name, row));
    }
    let all = Row {
        figures: &statement.total,
        limits: &statement.limits,
    };
    table.foot = cells("合计", all);
    let rows: Vec<BarRow> = units
        .iter()
        .take(BARS_MAX)
        .map(|unit| BarRow {
            name: unit.name.clone(),
            value: i64::try_from(unit.figures.counts.accepted).unwrap_or(i64::MAX),
            note: format!("办结{}", unit.figures.counts.completed),
        })
        .collect();
    if !rows.is_empty() {
        let title = format!("受理件数（前{}个单位）", rows.len());
        let chart = Bars {
            title: &title,
            unit: "件",
            decimals: 0,
            rows: &rows,
            mark: None,
        };
        section.pictures.push(bars(&chart, &Look::zh("units")));
    }
    section.tables.push(table);
    section
}

fn times(statement: &Statement) -> Section {
    let total = &statement.total;
    let counts = &total.counts;
    let mut section = Section::new("三、时限");
    section.sentences.push(format!(
        "法定时限内办结{}件，超过法定时限{}件。当日办结{}件，占计时办件的{}。实际用时比法定时限少{}，比承诺时限少{}。",
        counts.statutory_on_time,
        counts.statutory_late,
        counts.same_day,
        words::percent(total.same_day_rate()),
        words::signed_percent(total.saved_of_statutory().percent(2)),
        words::signed_percent(total.saved_of_promised().percent(2)),
    ));
    let days: Vec<(u32, u64)> = total
        .used
        .iter()
        .map(|(days, cases)| (u32::try_from(days).unwrap_or(u32::MAX), cases))
        .collect();
    if !days.is_empty() {
        let chart = Distribution {
            title: "非即办件用时分布",
            counts: &days,
            promised: None,
            statutory: None,
        };
        section
            .pictures
            .push(distribution(&chart, &Look::zh("days")));
    }
    section.tables.extend(by_stage(total));
    section.tables.push(limits_by_unit(statement));
    section
}

/// What the stages took, if anything was completed.
fn by_stage(total: &Figures) -> Option<Table> {
    let mut stages = Table::new(
        "各环节用时（工作日）",
        &[
            "环节",
            "办件",
            "次数",
            "超时次数",
            "平均",
            "中位数",
            "九成位",
        ],
    );
    for stage in Stage::ALL {
        if let Some(found) = total.stages.get(stage) {
            let mean = super::column::mean(&found.used).text();
            stages.rows.push(vec![
                stage.zh().to_owned(),
                found.used.cases().to_string(),
                found.visits.to_string(),
                found.late_visits.to_string(),
                mean,
                words::days(found.used.median()),
                words::days(found.used.percentile(90)),
            ]);
        }
    }
    (!stages.rows.is_empty()).then_some(stages)
}

/// The limits of the items in force, by unit.
fn limits_by_unit(statement: &Statement) -> Table {
    let mut limits = Table::new(
        "各单位时限压缩（工作日）",
        &[
            "单位",
            "审批事项",
            "法定时限",
            "承诺时限",
            "压缩",
            "压缩率%",
        ],
    );
    let cells = |name: &str, row: Row<'_>| {
        let keys = [
            "approval_items",
            "statutory_days",
            "promised_days",
            "days_cut",
            "cut_percent",
        ];
        let values = keys.into_iter().map(|key| words::shown(key, row));
        std::iter::once(name.to_owned()).chain(values).collect()
    };
    for unit in statement
        .units
        .iter()
        .filter(|unit| unit.limits.approval_items > 0)
    {
        let row = Row {
            figures: &unit.figures,
            limits: &unit.limits,
        };
        limits.rows.push(cells(&unit.name, row));
    }
    let all = Row {
        figures: &statement.total,
        limits: &statement.limits,
    };
    limits.foot = cells("合计", all);
    limits
}

fn cards(statement: &Statement) -> Section {
    let mut section = Section::new("四、预警和黄牌、红牌");
    let mut table = Table::new(
        "预警和牌",
        &["等级", "发出", "取消", "撤销", "待发", "以最高一级计的办件"],
    );
    let counts = &statement.total.counts;
    for (level, shape) in [
        (Level::Notice, "●"),
        (Level::Yellow, "◆"),
        (Level::Red, "■"),
    ] {
        let states = [
            WarningState::Issued,
            WarningState::Annulled,
            WarningState::Revoked,
            WarningState::Pending,
        ];
        let counted = states
            .map(|state| Count::of_warning(level, state))
            .into_iter()
            .chain([Count::of_highest(level)]);
        let numbers = counted.map(|count| counts.get(count).to_string());
        let name = format!("{shape} {}", level.zh());
        table
            .rows
            .push(std::iter::once(name).chain(numbers).collect());
    }
    section.tables.push(table);
    let mut units = Table::new(
        "有牌的单位",
        &[
            "单位",
            "预警发出",
            "黄牌发出",
            "红牌发出",
            "黄牌办件",
            "红牌办件",
        ],
    );
    for unit in &statement.units {
        let c = &unit.figures.counts;
        if c.yellow_issued + c.red_issued > 0 {
            let numbers = [
                c.notices_issued,
                c.yellow_issued,
                c.red_issued,
                c.yellow_cards,
                c.red_cards,
            ];
            let numbers = numbers.map(|number| number.to_string());
            units
                .rows
                .push(std::iter::once(unit.name.clone()).chain(numbers).collect());
        }
    }
    if units.rows.is_empty() {
        section
            .sentences
            .push("本期没有发出黄牌、红牌。".to_owned());
    } else {
        section.tables.push(units);
    }
    section
}

fn supervision(statement: &Statement) -> Section {
    let c = &statement.total.counts;
    let mut section = Section::new("五、督办、申诉和补正、特别程序、延期");
    section.sentences.push(format!(
        "发出督办单{}份，按期回复{}次，逾期回复{}次，期末逾期未回复{}份，销号{}份。申诉{}件，撤牌{}件，打回{}件。",
        c.orders_issued,
        c.order_replies_in_time,
        c.order_replies_late,
        c.orders_overdue,
        c.orders_closed,
        c.appeals_filed,
        c.appeals_upheld,
        c.appeals_rejected,
    ));
    section.sentences.push(format!(
        "补正告知{}次，其中第二次及以后{}次；特别程序{}次，其中无书面告知{}次；中止{}次；期末仍停止计时{}件次；延期{}件；退回上一环节{}次；\
         视为受理{}件。",
        c.corrections,
        c.second_corrections,
        c.stops,
        c.stops_without_notice,
        c.suspensions,
        c.stops_open_at_end,
        c.extensions,
        c.sent_back,
        c.deemed_accepted,
    ));
    section
}

fn irregular(statement: &Statement) -> Section {
    let mut section = Section::new("六、记录的瑕疵和效能告诫");
    let mut table = Table::new("带瑕疵标记的记录", &["瑕疵", "记录数"]);
    for (defect, events) in &statement.total.defects {
        table
            .rows
            .push(vec![words::defect(*defect).to_owned(), events.to_string()]);
    }
    if table.rows.is_empty() {
        section
            .sentences
            .push("本期没有带瑕疵标记的记录。".to_owned());
    } else {
        section.tables.push(table);
    }
    section
        .sentences
        .push("只批不录、先批后录、代批代录和效能告诫：本系统尚未登记。".to_owned());
    section
}

/// The scores, as they are told in [`super::ranking`].
fn ranking(statement: &Statement) -> Option<Section> {
    let told = super::ranking::told(statement, Language::Zh)?;
    let mut section = Section::new(&format!("八、{}", told.title));
    section.sentences = told.sentences;
    section.pictures.extend(told.picture);
    let tables = told.tables.into_iter().map(|table| Table {
        caption: table.caption,
        head: table.head,
        rows: table.rows,
        foot: Vec::new(),
    });
    section.tables.extend(tables);
    Some(section)
}

fn idle(statement: &Statement) -> Section {
    let mut section = Section::new("七、零办件单位");
    let names: Vec<&str> = statement
        .without_business()
        .map(|unit| unit.name.as_str())
        .collect();
    section.sentences.push(if names.is_empty() {
        "有事项的单位本期都有办件。".to_owned()
    } else {
        format!(
            "本期没有收件、受理和办结的单位{}个：{}。",
            names.len(),
            names.join("、")
        )
    });
    section
}
