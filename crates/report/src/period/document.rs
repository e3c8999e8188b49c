//! What a report says to readers, section by section, whatever it is printed on: the page and the paper show the same.

use std::collections::BTreeMap;

use approval::ids::UnitCode;
use approval::rule::Level;
use approval::stage::{Outcome, Stage};
use approval::statistics::{Compared, Count, Figures, LimitSums};
use approval::warning::WarningState;
use minijinja::Value;

use super::column::Row;
use super::fields::{Reader, period_name, values};
use super::shown::{COMPARED, UNIT_COLUMNS, UNIT_COMPARED};
use super::words;
use super::{Report, english};
use crate::picture::{
    BarRow, Bars, Distribution, Language, Look, Series, StageRow, Stages, Trend, TrendForm, bars,
    distribution, stages, trend,
};

/// More bars than this are no picture any more; the table has them all.
const BARS_MAX: usize = 20;

/// A table: its heading, its columns, its rows, the sum if it has one.
pub(super) struct Table {
    pub(super) caption: String,
    pub(super) head: Vec<String>,
    pub(super) rows: Vec<Vec<String>>,
    pub(super) foot: Vec<String>,
    /// For each column whether its cells are words, which stand left; numbers stand right.
    pub(super) is_words: Vec<bool>,
}

impl Table {
    /// A table whose first column alone has words.
    pub(super) fn new(caption: &str, head: &[&str]) -> Self {
        Self {
            caption: caption.to_owned(),
            head: head.iter().map(|&word| word.to_owned()).collect(),
            rows: Vec::new(),
            foot: Vec::new(),
            is_words: vec![true],
        }
    }

    /// Whether the cells of a column are words.
    pub(super) fn has_words(&self, place: usize) -> bool {
        self.is_words.get(place).copied().unwrap_or(false)
    }

    /// The cells of a row, each with whether it is words.
    pub(super) fn marked<'r>(&self, row: &'r [String]) -> Vec<(&'r str, bool)> {
        let cells = row.iter().enumerate();
        cells
            .map(|(place, cell)| (cell.as_str(), self.has_words(place)))
            .collect()
    }
}

/// What stands under one heading, in this order.
pub(super) struct Section {
    pub(super) title: String,
    pub(super) sentences: Vec<String>,
    pub(super) pictures: Vec<String>,
    pub(super) tables: Vec<Table>,
}

/// A report in words, tables and pictures.
pub(super) struct Document {
    pub(super) language: Language,
    pub(super) title: String,
    /// 文号; empty: none.
    pub(super) number: String,
    pub(super) period: String,
    /// The period in brackets, below the title and behind it.
    pub(super) subtitle: String,
    /// What must be known before the first figure is read.
    pub(super) marks: Vec<String>,
    pub(super) sections: Vec<Section>,
    pub(super) definitions_title: String,
    pub(super) definitions: Vec<(String, String)>,
    /// What the figures rest on.
    pub(super) basis: Vec<String>,
    pub(super) organ: String,
    pub(super) date: String,
}

/// The report.
pub(super) fn document(report: &Report<'_>) -> Result<Document, minijinja::Error> {
    let writer = Writer::new(report)?;
    let mut document = writer.frame()?;
    let mut sections = vec![
        writer.overview()?,
        writer.by_unit()?,
        writer.times()?,
        writer.cards()?,
        writer.supervision()?,
        writer.procedure()?,
        writer.irregular()?,
        writer.plain("admonitions")?,
        writer.plain("idle")?,
    ];
    // The part of one unit compares it with nobody and has no list of idle units.
    let ranking = writer.ranking();
    if report.unit.is_some() {
        sections.remove(8);
        sections.remove(1);
        sections.extend(ranking);
    } else if let Some(ranking) = ranking {
        sections.insert(2, ranking);
    }
    sections.extend(writer.revisions());
    let titles = sections.iter_mut().map(|section| &mut section.title);
    let titles = titles.chain([&mut document.definitions_title]);
    for (number, title) in (1..).zip(titles) {
        *title = numbered(number, title, document.language);
    }
    document.sections = sections;
    Ok(document)
}

/// The report without its sections: what stands before and after them.
pub(super) fn frame(report: &Report<'_>) -> Result<Document, minijinja::Error> {
    Writer::new(report)?.frame()
}

/// 三、, 3.
fn numbered(number: usize, title: &str, language: Language) -> String {
    const ZH: [&str; 12] = [
        "一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二",
    ];
    match ZH.get(number.saturating_sub(1)) {
        Some(zh) if language == Language::Zh => format!("{zh}、{title}"),
        _ => format!("{number}. {title}"),
    }
}

/// Writes the sections.
pub(super) struct Writer<'a> {
    pub(super) report: &'a Report<'a>,
    pub(super) language: Language,
    values: Value,
}

impl<'a> Writer<'a> {
    fn new(report: &'a Report<'a>) -> Result<Self, minijinja::Error> {
        let reader = Reader {
            unit: report.unit.unwrap_or_default(),
            ..Reader::default()
        };
        Ok(Self {
            report,
            language: report.wording.language(),
            values: values(report.statement, report.wording, reader)?,
        })
    }
}

impl Writer<'_> {
    fn frame(&self) -> Result<Document, minijinja::Error> {
        let (statement, wording) = (self.report.statement, self.report.wording);
        let line = |key: &str| wording.line(key, &self.values);
        let mut marks = Vec::new();
        if statement.is_open {
            marks.push(line("marks.open")?);
        }
        if statement.standing.trial {
            marks.push(line("marks.trial")?);
        }
        marks.extend(statement.standing.synthetic.clone());
        let definitions = self.pick(words::DEFINITIONS, english::DEFINITIONS).iter();
        let mut basis = wording.lines("basis.lines", &self.values)?;
        basis.push(self.scheme());
        let period = self.value("period");
        Ok(Document {
            language: self.language,
            title: self.value("title"),
            number: line("head.number")?,
            subtitle: self.pick(format!("（{period}）"), format!(" ({period})")),
            period,
            marks,
            sections: Vec::new(),
            definitions_title: line("sections.definitions")?,
            definitions: definitions
                .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
                .collect(),
            basis,
            organ: line("head.organ")?,
            date: self.value("date"),
        })
    }

    /// The scores, as they are told in [`super::ranking`].
    fn ranking(&self) -> Option<Section> {
        let told = super::ranking::told(self.report.statement, self.language)?;
        Some(Self::as_told(told))
    }

    /// What changed since the period was closed, as it is told in [`super::revisions`].
    fn revisions(&self) -> Option<Section> {
        let told = super::revisions::told(self.report.statement, self.language)?;
        Some(Self::as_told(told))
    }

    fn as_told(told: super::ranking::Told) -> Section {
        let tables = told.tables.into_iter().map(|table| Table {
            caption: table.caption,
            head: table.head,
            rows: table.rows,
            foot: Vec::new(),
            is_words: table.is_words,
        });
        Section {
            title: told.title.to_owned(),
            sentences: told.sentences,
            pictures: told.picture.into_iter().collect(),
            tables: tables.collect(),
        }
    }

    /// By what units were scored, or that they weren't.
    fn scheme(&self) -> String {
        match &self.report.statement.scores {
            None => self.pick(
                "本期不评分、不排名：统计期不是整月，或未启用评分。".to_owned(),
                "Nobody is scored or ranked: the period isn't made of whole months, or no scheme is in use.".to_owned(),
            ),
            Some(scores) => {
                let edition: String = scores.scheme.edition.chars().take(8).collect();
                self.pick(
                    format!("评分办法：《{}》（版本{edition}）。", scores.scheme.title),
                    format!("Scoring scheme: “{}” (edition {edition}).", scores.scheme.title_en),
                )
            }
        }
    }

    /// One of two.
    pub(super) fn pick<T>(&self, zh: T, en: T) -> T {
        self.language.pick(zh, en)
    }

    /// A field as text.
    fn value(&self, field: &str) -> String {
        let value = self.values.get_attr(field);
        value.map(|value| value.to_string()).unwrap_or_default()
    }

    fn total(&self) -> &Figures {
        &self.report.statement.total
    }

    fn look<'i>(&self, id: &'i str) -> Look<'i> {
        Look {
            language: self.language,
            id,
        }
    }

    /// A section with its title and its sentences.
    fn plain(&self, key: &str) -> Result<Section, minijinja::Error> {
        let wording = self.report.wording;
        Ok(Section {
            title: wording.line(&format!("sections.{key}"), &self.values)?,
            sentences: wording.lines(&format!("sentences.{key}"), &self.values)?,
            pictures: Vec::new(),
            tables: Vec::new(),
        })
    }

    fn overview(&self) -> Result<Section, minijinja::Error> {
        let statement = self.report.statement;
        let mut section = self.plain("overview")?;
        let head = [self.pick("指标", "Figure")];
        let caption = self.pick("与前期比较", "Compared with earlier periods");
        let mut table = Table::new(caption, &head);
        let mut columns: Vec<(String, &Figures)> =
            vec![(period_name(&statement.period, self.language), self.total())];
        for compared in [&statement.before, &statement.year_before] {
            // A period before the record began has nothing to compare with.
            if let Some(Compared {
                period,
                figures: Some(figures),
            }) = compared
            {
                columns.push((period_name(period, self.language), figures));
            }
        }
        if columns.len() == 1 {
            self.pick("主要指标", "Main figures")
                .clone_into(&mut table.caption);
        }
        table
            .head
            .extend(columns.iter().map(|(heading, _)| heading.clone()));
        for (zh, en, value) in COMPARED {
            let mut row = vec![self.pick(*zh, *en).to_owned()];
            row.extend(columns.iter().map(|(_, figures)| value(figures)));
            table.rows.push(row);
        }
        section.tables.push(table);
        let caption = self.pick(
            "办结结果（含未受理即告结束的）",
            "Outcomes (with those that ended without acceptance)",
        );
        let head = self.pick(["结果", "件数"], ["Outcome", "Cases"]);
        let mut outcomes = Table::new(caption, &head);
        for (outcome, cases) in &self.total().outcomes {
            let name = match outcome {
                None => self.pick("未说明", "not stated").to_owned(),
                Some(outcome) => self.outcome(*outcome),
            };
            outcomes.rows.push(vec![name, cases.to_string()]);
        }
        if !outcomes.rows.is_empty() {
            section.tables.push(outcomes);
        }
        section.pictures.extend(self.course());
        Ok(section)
    }

    fn outcome(&self, outcome: Outcome) -> String {
        self.pick(outcome.zh().to_owned(), english::outcome(outcome))
    }

    /// How accepted and completed went, if there is more than one month or week.
    fn course(&self) -> Option<String> {
        let course = self.report.statement.course.iter();
        let known: Vec<(&Compared, &Figures)> = course
            .filter_map(|compared| Some((compared, compared.figures.as_ref()?)))
            .collect();
        if known.len() < 2 {
            return None;
        }
        let labels: Vec<String> = known.iter().map(|(c, _)| c.period.to_string()).collect();
        let series = |name: &str, value: fn(&Figures) -> u64| Series {
            name: name.to_owned(),
            values: known
                .iter()
                .map(|(_, figures)| i64::try_from(value(figures)).ok())
                .collect(),
        };
        let series = [
            series(self.pick("受理", "Accepted"), |f| f.counts.accepted),
            series(self.pick("办结", "Completed"), |f| f.counts.completed),
        ];
        let chart = Trend {
            title: self.pick("受理和办结", "Accepted and completed"),
            unit: self.pick("件", "cases"),
            decimals: 0,
            form: TrendForm::Bars,
            labels: &labels,
            series: &series,
        };
        Some(trend(&chart, &self.look("course")))
    }

    fn by_unit(&self) -> Result<Section, minijinja::Error> {
        let statement = self.report.statement;
        let mut section = self.plain("units")?;
        let caption = self.pick(
            "各单位办件情况（按受理件数排列，用时单位为工作日）",
            "Business by unit (by cases accepted; times in working days)",
        );
        let mut table = Table::new(caption, &[self.pick("单位", "Unit")]);
        let heads = UNIT_COLUMNS.iter();
        let heads = heads.map(|(_, zh, en)| self.pick(*zh, *en).to_owned());
        table.head.extend(heads);
        let units = statement.units.iter();
        let mut units: Vec<_> = units.filter(|u| u.figures != Figures::default()).collect();
        units.sort_by_key(|unit| std::cmp::Reverse(unit.figures.counts.accepted));
        let cells = |name: &str, row: Row<'_>| {
            let values = UNIT_COLUMNS.iter().map(|(key, ..)| words::shown(key, row));
            std::iter::once(name.to_owned()).chain(values).collect()
        };
        for unit in &units {
            let row = Row {
                figures: &unit.figures,
                limits: &unit.limits,
            };
            table.rows.push(cells(&unit.name, row));
        }
        table.foot = cells(self.pick("合计", "Total"), self.sum());
        let rows: Vec<BarRow> = units
            .iter()
            .take(BARS_MAX)
            .map(|unit| {
                let completed = unit.figures.counts.completed;
                BarRow {
                    name: unit.name.clone(),
                    value: i64::try_from(unit.figures.counts.accepted).unwrap_or(i64::MAX),
                    note: self.pick(format!("办结{completed}"), format!("completed {completed}")),
                }
            })
            .collect();
        if !rows.is_empty() {
            let count = rows.len();
            let title = self.pick(
                format!("受理件数（前{count}个单位）"),
                format!("Cases accepted (the first {count} units)"),
            );
            let chart = Bars {
                title: &title,
                unit: self.pick("件", ""),
                decimals: 0,
                rows: &rows,
                mark: None,
            };
            section.pictures.push(bars(&chart, &self.look("units")));
        }
        section.tables.push(table);
        section.tables.extend(self.units_compared());
        section.tables.extend(self.cuts());
        Ok(section)
    }

    /// The same figures by hall and by kind of item.
    fn cuts(&self) -> Vec<Table> {
        let none = LimitSums::default();
        let cuts = super::groups::cuts(self.report.statement, self.language);
        let table = |cut: super::groups::Cut<'_>| {
            let mut table = Table::new(cut.title(self.language), &[cut.heading(self.language)]);
            let heads = UNIT_COLUMNS.iter();
            let heads = heads.map(|(_, zh, en)| self.pick(*zh, *en).to_owned());
            table.head.extend(heads);
            for group in &cut.rows {
                let row = Row {
                    figures: group.figures,
                    limits: &none,
                };
                let values = UNIT_COLUMNS.iter().map(|(key, ..)| words::shown(key, row));
                let cells = std::iter::once(group.name.clone()).chain(values);
                table.rows.push(cells.collect());
            }
            table
        };
        // A cut into one group says what the sum says.
        let cuts = cuts.into_iter().filter(|cut| cut.rows.len() > 1);
        cuts.map(table).collect()
    }

    /// Each unit beside what it was; shares of few cases aren't compared.
    fn units_compared(&self) -> Option<Table> {
        let statement = self.report.statement;
        let mut periods = vec![(&statement.period, None)];
        for other in [&statement.before, &statement.year_before] {
            if let (Some(period), Some(figures)) = (
                other.as_ref().map(|other| &other.period),
                statement.beside(other.as_ref()),
            ) {
                periods.push((period, Some(figures)));
            }
        }
        if periods.len() < 2 {
            return None;
        }
        let few = approval::statistics::CASES_MIN;
        let caption = self.pick(
            format!("各单位与前期比较（分母不足{few}件的按时率不比较，记“—”）"),
            format!("Units compared (on-time rates of fewer than {few} cases aren’t)"),
        );
        let mut table = Table::new(&caption, &[self.pick("单位", "Unit")]);
        for (zh, en, _) in UNIT_COMPARED {
            let heads = periods.iter();
            let heads = heads.map(|(period, _)| format!("{} {period}", self.pick(zh, en)));
            table.head.extend(heads);
        }
        let mut units: Vec<_> = statement.units.iter().collect();
        units.sort_by_key(|unit| std::cmp::Reverse(unit.figures.counts.accepted));
        for unit in units {
            let none = Figures::default();
            let of = |figures: &Option<BTreeMap<UnitCode, Figures>>| match figures {
                None => unit.figures.clone(),
                Some(figures) => figures.get(&unit.code).unwrap_or(&none).clone(),
            };
            let all: Vec<Figures> = periods.iter().map(|(_, figures)| of(figures)).collect();
            if all.iter().all(|figures| *figures == none) {
                continue;
            }
            let mut row = vec![unit.name.clone()];
            for (.., value) in UNIT_COMPARED {
                row.extend(all.iter().map(value));
            }
            table.rows.push(row);
        }
        (!table.rows.is_empty()).then_some(table)
    }

    fn sum(&self) -> Row<'_> {
        Row {
            figures: self.total(),
            limits: &self.report.statement.limits,
        }
    }

    fn times(&self) -> Result<Section, minijinja::Error> {
        let mut section = self.plain("times")?;
        let used = self.total().used.iter();
        let days: Vec<(u32, u64)> = used
            .map(|(days, cases)| (u32::try_from(days).unwrap_or(u32::MAX), cases))
            .collect();
        if !days.is_empty() {
            let chart = Distribution {
                title: self.pick(
                    "非即办件用时分布",
                    "Working days used (not immediate cases)",
                ),
                counts: &days,
                promised: None,
                statutory: None,
            };
            let picture = distribution(&chart, &self.look("days"));
            section.pictures.push(picture);
        }
        section.pictures.extend(self.stage_picture());
        section.tables.extend(self.by_stage());
        section.tables.extend(self.persons());
        section.tables.push(self.limits_by_unit());
        Ok(section)
    }

    /// What the stages took against their limits, if anything was completed.
    fn stage_picture(&self) -> Option<String> {
        let limits = &self.report.details?.stage_limits;
        let hundredths = |value: Option<u64>| value.and_then(|value| i64::try_from(value).ok());
        let found = Stage::ALL.iter().filter_map(|stage| {
            let figures = self.total().stages.get(stage)?;
            Some(StageRow {
                name: self.language.stage(*stage).to_owned(),
                mean_hundredths: hundredths(figures.used.mean().truncated(2)),
                p90_days: figures.used.percentile(90),
                limit_hundredths: hundredths(limits.get(stage).and_then(|sum| sum.truncated(2))),
                visits: figures.visits,
                late_visits: figures.late_visits,
            })
        });
        let rows: Vec<StageRow> = found.collect();
        let chart = Stages {
            title: self.pick("各环节用时与时限", "Stages against their limits"),
            rows: &rows,
        };
        (!rows.is_empty()).then(|| stages(&chart, &self.look("stages")))
    }

    fn by_stage(&self) -> Option<Table> {
        let head = self.pick(
            [
                "环节",
                "办件",
                "次数",
                "超时次数",
                "平均",
                "中位数",
                "九成位",
            ],
            [
                "Stage",
                "Cases",
                "Visits",
                "Late visits",
                "Average",
                "Median",
                "90th percentile",
            ],
        );
        let caption = self.pick("各环节用时（工作日）", "Times of the stages (working days)");
        let mut table = Table::new(caption, &head);
        for stage in Stage::ALL {
            if let Some(found) = self.total().stages.get(stage) {
                table.rows.push(vec![
                    self.language.stage(*stage).to_owned(),
                    found.used.cases().to_string(),
                    found.visits.to_string(),
                    found.late_visits.to_string(),
                    super::column::mean(&found.used).text(),
                    words::days(found.used.median()),
                    words::days(found.used.percentile(90)),
                ]);
            }
        }
        (!table.rows.is_empty()).then_some(table)
    }

    /// The limits of the items in force, by unit.
    fn limits_by_unit(&self) -> Table {
        const KEYS: [&str; 5] = [
            "approval_items",
            "statutory_days",
            "promised_days",
            "days_cut",
            "cut_percent",
        ];
        let head = self.pick(
            [
                "单位",
                "审批事项",
                "法定时限",
                "承诺时限",
                "压缩",
                "压缩率%",
            ],
            [
                "Unit",
                "Approval items",
                "Statutory",
                "Promised",
                "Cut",
                "Cut %",
            ],
        );
        let caption = self.pick(
            "各单位时限压缩（工作日）",
            "Limits cut by unit (working days)",
        );
        let mut limits = Table::new(caption, &head);
        let cells = |name: &str, row: Row<'_>| {
            let values = KEYS.into_iter().map(|key| words::shown(key, row));
            std::iter::once(name.to_owned()).chain(values).collect()
        };
        let units = self.report.statement.units.iter();
        for unit in units.filter(|unit| unit.limits.approval_items > 0) {
            let row = Row {
                figures: &unit.figures,
                limits: &unit.limits,
            };
            limits.rows.push(cells(&unit.name, row));
        }
        limits.foot = cells(self.pick("合计", "Total"), self.sum());
        limits
    }

    fn cards(&self) -> Result<Section, minijinja::Error> {
        let mut section = self.plain("cards")?;
        let caption = self.pick("预警和牌", "Notices and cards");
        let head = self.pick(
            ["等级", "发出", "取消", "撤销", "待发", "以最高一级计的办件"],
            [
                "Level",
                "Issued",
                "Annulled",
                "Revoked",
                "Pending",
                "Cases by highest level",
            ],
        );
        let mut table = Table::new(caption, &head);
        let counts = &self.total().counts;
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
            let name = format!("{shape} {}", self.language.level(level));
            let row = std::iter::once(name).chain(numbers).collect();
            table.rows.push(row);
        }
        section.tables.push(table);
        section.tables.extend(self.units_with_cards());
        self.add_list(&mut section, "cards", &|_| true);
        Ok(section)
    }

    fn units_with_cards(&self) -> Option<Table> {
        let head = self.pick(
            [
                "单位",
                "预警发出",
                "黄牌发出",
                "红牌发出",
                "黄牌办件",
                "红牌办件",
            ],
            [
                "Unit",
                "Notices",
                "Yellow cards",
                "Red cards",
                "Cases with yellow",
                "Cases with red",
            ],
        );
        let caption = self.pick("有牌的单位", "Units with cards");
        let mut units = Table::new(caption, &head);
        for unit in &self.report.statement.units {
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
                let row = std::iter::once(unit.name.clone()).chain(numbers);
                units.rows.push(row.collect());
            }
        }
        (!units.rows.is_empty()).then_some(units)
    }

    fn supervision(&self) -> Result<Section, minijinja::Error> {
        let mut section = self.plain("supervision")?;
        self.add_list(&mut section, "orders", &|_| true);
        Ok(section)
    }

    /// Of corrections and stops papers name those that are against the law; workbooks have them all.
    fn procedure(&self) -> Result<Section, minijinja::Error> {
        let mut section = self.plain("procedure")?;
        self.add_list(&mut section, "corrections", &|line| {
            line.number("number").is_some_and(|number| number > 1)
        });
        self.add_list(&mut section, "stops", &|line| line.is_empty("notice"));
        self.add_list(&mut section, "extensions", &|_| true);
        Ok(section)
    }

    fn irregular(&self) -> Result<Section, minijinja::Error> {
        let mut section = self.plain("irregular")?;
        let caption = self.pick("带瑕疵标记的记录", "Records marked as irregular");
        let head = self.pick(["瑕疵", "记录数"], ["Mark", "Records"]);
        let mut table = Table::new(caption, &head);
        for (defect, events) in &self.total().defects {
            let name = self.pick(words::defect(*defect), english::defect(*defect));
            table.rows.push(vec![name.to_owned(), events.to_string()]);
        }
        if !table.rows.is_empty() {
            section.tables.push(table);
        }
        self.add_list(&mut section, "irregular", &|_| true);
        Ok(section)
    }
}
