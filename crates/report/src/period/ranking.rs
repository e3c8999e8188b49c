//! Points and ranks of the units: the section that leaders read, the sheet, the tables and the JSON of it.

use approval::scoring::{Amount, Known, Line, MonthScore, Part, Placed, Score, Scores, Unranked};
use approval::statistics::{Period, Statement};
use serde_json::{Map, Value, json};

use super::column::{Cell, Column, Row};
use super::words::NONE;
use crate::picture::{BarRow, Bars, Language, Look, bars};

/// More bars than this are no picture any more; the table has them all.
const BARS_MAX: usize = 20;
/// Marks a part of which nothing is known: its full points say nothing.
const UNKNOWN_MARK: &str = "*";

/// A table of the section.
pub(super) struct ToldTable {
    pub(super) caption: String,
    pub(super) head: Vec<String>,
    pub(super) rows: Vec<Vec<String>>,
    /// For each column whether its cells are words.
    pub(super) is_words: Vec<bool>,
}

/// The section: sentences, a picture, tables, in this order.
pub(super) struct Told {
    pub(super) title: &'static str,
    pub(super) sentences: Vec<String>,
    pub(super) picture: Option<String>,
    pub(super) tables: Vec<ToldTable>,
}

/// What a column shows of a unit: its figures, or its place among the others, to which no figures lead.
pub(super) fn cell(column: &Column, row: Row<'_>, placed: Option<&Placed>) -> Cell {
    match column.key {
        "score" => placed.and_then(|p| p.score).map_or(Cell::Empty, score_cell),
        "rank" => placed.and_then(|p| p.rank).map_or(Cell::Empty, Cell::Whole),
        _ => (column.value)(row),
    }
}

pub(super) fn score_cell(score: Score) -> Cell {
    Cell::Decimal(score.in_hundredths(), 2)
}

pub(super) fn points_cell(points: approval::scoring::Points) -> Cell {
    Cell::Decimal(points.in_hundredths(), 2)
}

/// The mean of a part over the months that were scored.
pub(super) fn part_mean(scores: &Scores, placed: &Placed, key: &str) -> Option<Score> {
    let means = scores.part_means(placed).into_iter();
    let mut means = means.filter(|(own, _)| *own == key);
    means.next().map(|(_, mean)| mean)
}

/// Whether nothing was known about a part in any month of a unit that was scored.
fn is_unknown(placed: &Placed, key: &str) -> bool {
    let mut scored = placed.months.iter().filter_map(|(_, score)| score.as_ref());
    let known = |score: &MonthScore| {
        let mut parts = score.parts.iter().filter(|part| part.key == key);
        parts.any(|part| part.known != Known::NotRecorded)
    };
    !scored.any(known)
}

/// The section, if there are scores.
pub(super) fn told(statement: &Statement, language: Language) -> Option<Told> {
    let scores = statement.scores.as_ref()?;
    let teller = Teller { scores, language };
    if scores.is_of_one {
        return teller.alone();
    }
    let mut tables = vec![teller.ranking(), teller.parts()];
    tables.extend(teller.months());
    tables.extend(teller.lines());
    tables.extend(teller.unranked());
    Some(Told {
        title: language.pick("考核得分和排名", "Scores and ranking"),
        sentences: teller.sentences(),
        picture: teller.picture(),
        tables,
    })
}

struct Teller<'a> {
    scores: &'a Scores,
    language: Language,
}

impl Teller<'_> {
    /// The section of one unit's own part: what it has, and for what; nothing of others but how many there are.
    fn alone(&self) -> Option<Told> {
        let placed = self.scores.units.first()?;
        let scheme = &self.scores.scheme;
        let mut sentences = Vec::new();
        match placed.score {
            None => sentences.push(self.pick(
                "本期没有可以评分的业务。".to_owned(),
                "Nothing in this period could be scored.".to_owned(),
            )),
            Some(score) => {
                let grade = self.grade(placed);
                sentences.push(self.pick(
                    format!("按《{}》得{score}分，等次为{grade}。", scheme.title),
                    format!("{score} points by “{}”, grade: {grade}.", scheme.title_en),
                ));
            }
        }
        let count = self.scores.ranked_count;
        sentences.push(match placed.rank {
            Some(rank) => self.pick(
                format!("在参加排名的{count}个单位中列第{rank}名。"),
                format!("Rank {rank} of {count}."),
            ),
            None => {
                let why = self.why(placed.unranked);
                self.pick(
                    format!("不参加排名：{why}。"),
                    format!("Not ranked: {why}."),
                )
            }
        });
        sentences.extend(self.unknown());
        let mut tables = Vec::new();
        if placed.score.is_some() {
            tables.push(self.parts());
        }
        tables.extend(self.months());
        tables.extend(self.lines());
        Some(Told {
            title: self.pick("考核得分", "Scores"),
            sentences,
            picture: None,
            tables,
        })
    }

    fn pick<T>(&self, zh: T, en: T) -> T {
        self.language.pick(zh, en)
    }

    fn name<'p>(&self, part: &'p Part) -> &'p str {
        self.pick(&part.name, &part.name_en)
    }

    fn month(&self, month: &Period) -> String {
        self.pick(month.zh(), month.to_string())
    }

    fn line(&self, line: &Line) -> String {
        self.pick(line.zh(), line.en())
    }

    fn grade(&self, placed: &Placed) -> String {
        let grade = placed.grade.as_ref();
        grade.map_or(NONE.to_owned(), |g| self.pick(&g.name, &g.name_en).clone())
    }

    fn head(&self, zh: &[&str], en: &[&str]) -> Vec<String> {
        let words = self.pick(zh, en).iter();
        words.map(|&word| word.to_owned()).collect()
    }

    fn names<'p>(&self, units: impl Iterator<Item = &'p Placed>) -> String {
        let units = units.map(|placed| match placed.score {
            Some(score) => self.pick(
                format!("{}（{score}分）", placed.name),
                format!("{} ({score})", placed.name),
            ),
            None => placed.name.clone(),
        });
        units.collect::<Vec<_>>().join(self.language.comma())
    }

    fn sentences(&self) -> Vec<String> {
        let scores = self.scores;
        let scheme = &scores.scheme;
        let (ranked, others) = (scores.ranked().count(), scores.unranked().count());
        let mut sentences = vec![self.pick(
            format!(
                "按《{}》评分。{ranked}个单位参加排名，{others}个单位不排名。得分相同的，按{}件数排列。",
                scheme.title,
                scheme.volume.zh()
            ),
            format!(
                "Scored by “{}”. {ranked} units are ranked, {others} are not. Equal scores stand by cases {}.",
                scheme.title_en,
                scheme.volume.as_str()
            ),
        )];
        if scores.months.len() > 1 {
            let months = scores.months.len();
            sentences.push(self.pick(
                format!("得分为{months}个月中有评分各月的平均，截取两位小数。"),
                format!("A score is the mean of those of the {months} months in which the unit was scored."),
            ));
        }
        let first = scores.first().count();
        if first > 0 {
            let names = self.names(scores.first());
            sentences.push(self.pick(
                format!("前{first}名：{names}。"),
                format!("First {first}: {names}."),
            ));
        }
        let last = scores.last().count();
        if last > 0 {
            let names = self.names(scores.last());
            sentences.push(self.pick(
                format!("后{last}名：{names}。"),
                format!("Last {last}: {names}."),
            ));
        }
        sentences.push(self.flagged());
        if scores.has_several_schemes() {
            sentences.push(
                self.pick(
                    "各月的评分办法不全相同：已封存的月份按封存时的办法计分。".to_owned(),
                    "Not all months were scored by the same scheme: closed months keep theirs."
                        .to_owned(),
                ),
            );
        }
        sentences.extend(self.unknown());
        sentences
    }

    /// Who was among the last for months in a row.
    fn flagged(&self) -> String {
        let (months, last) = (self.scores.scheme.months_in_row, self.scores.scheme.last);
        let flagged = self.scores.flagged().filter_map(|placed| {
            let (from, to) = placed.in_row.as_ref()?;
            let (from, to) = (self.month(from), self.month(to));
            Some(self.pick(
                format!("{}（{from}至{to}）", placed.name),
                format!("{} ({from} to {to})", placed.name),
            ))
        });
        let flagged: Vec<String> = flagged.collect();
        if flagged.is_empty() {
            return self.pick(
                format!("没有连续{months}个月位于后{last}名的单位。"),
                format!("No unit was among the last {last} for {months} months in a row."),
            );
        }
        let names = flagged.join(self.language.comma());
        self.pick(
            format!("连续{months}个月位于后{last}名：{names}。"),
            format!("Among the last {last} for {months} months in a row: {names}."),
        )
    }

    /// The parts of which nothing is known of any unit.
    fn unknown(&self) -> Option<String> {
        let parts = self.scores.scheme.parts.iter();
        let unknown = parts.filter(|part| {
            let mut scored = self.scores.units.iter().filter(|p| p.score.is_some());
            scored.all(|placed| is_unknown(placed, &part.key))
        });
        let names: Vec<&str> = unknown.map(|part| self.name(part)).collect();
        let names = names.join(self.language.comma());
        (!names.is_empty()).then(|| {
            self.pick(
                format!("{names}未录入，按满分计，不表示已经检查；表中以{UNKNOWN_MARK}标出。"),
                format!("Not recorded, and at full points without having been looked at: {names}. Marked {UNKNOWN_MARK} in the table."),
            )
        })
    }

    fn picture(&self) -> Option<String> {
        let ranked = self.scores.ranked().take(BARS_MAX);
        let rows: Vec<BarRow> = ranked
            .filter_map(|placed| {
                Some(BarRow {
                    name: placed.name.clone(),
                    value: placed.score?.in_hundredths(),
                    note: self.grade(placed),
                })
            })
            .collect();
        if rows.is_empty() {
            return None;
        }
        let count = rows.len();
        let title = self.pick(
            format!("得分（前{count}个单位）"),
            format!("Scores (first {count} units)"),
        );
        let chart = Bars {
            title: &title,
            unit: self.pick("分", ""),
            decimals: 2,
            rows: &rows,
            mark: None,
        };
        let look = Look {
            language: self.language,
            id: "scores",
        };
        Some(bars(&chart, &look))
    }

    fn ranking(&self) -> ToldTable {
        let volume = self.scores.scheme.volume;
        let rows = self.scores.ranked().map(|placed| {
            vec![
                placed.rank.map_or(NONE.to_owned(), |rank| rank.to_string()),
                placed.name.clone(),
                placed.score.map_or(NONE.to_owned(), |s| s.to_string()),
                self.grade(placed),
                placed.volume.to_string(),
            ]
        });
        ToldTable {
            caption: self.pick("排名", "Ranking").to_owned(),
            head: self.head(
                &["名次", "单位", "得分", "等次", volume.zh()],
                &["Rank", "Unit", "Score", "Grade", volume.as_str()],
            ),
            rows: rows.collect(),
            is_words: vec![false, true, false, true],
        }
    }

    /// The points of each part.
    fn parts(&self) -> ToldTable {
        let parts = &self.scores.scheme.parts;
        let mut head = self.head(&["单位"], &["Unit"]);
        head.extend(parts.iter().map(|part| {
            let full = part.points;
            self.pick(
                format!("{}（{full}）", part.name),
                format!("{} ({full})", part.name_en),
            )
        }));
        let scored = self.scores.units.iter().filter(|p| p.score.is_some());
        let rows = scored.map(|placed| {
            let points = parts.iter().map(|part| {
                let mark = if is_unknown(placed, &part.key) {
                    UNKNOWN_MARK
                } else {
                    ""
                };
                let mean = part_mean(self.scores, placed, &part.key);
                mean.map_or(NONE.to_owned(), |mean| format!("{mean}{mark}"))
            });
            std::iter::once(placed.name.clone()).chain(points).collect()
        });
        ToldTable {
            caption: self.pick("各项得分", "Points by part").to_owned(),
            head,
            rows: rows.collect(),
            is_words: vec![true],
        }
    }

    /// The points of each month, if there are several.
    fn months(&self) -> Option<ToldTable> {
        if self.scores.months.len() < 2 {
            return None;
        }
        let mut head = self.head(&["单位"], &["Unit"]);
        head.extend(self.scores.months.iter().map(Period::to_string));
        let scored = self.scores.units.iter().filter(|p| p.score.is_some());
        let rows = scored.map(|placed| {
            let points = self.scores.months.iter().map(|month| {
                let mut months = placed.months.iter();
                let found = months.find(|(own, _)| own == month);
                let score = found.and_then(|(_, score)| score.as_ref());
                score.map_or(NONE.to_owned(), |score| points_cell(score.points).text())
            });
            std::iter::once(placed.name.clone()).chain(points).collect()
        });
        Some(ToldTable {
            caption: self.pick("各月得分", "Points by month").to_owned(),
            head,
            rows: rows.collect(),
            is_words: vec![true],
        })
    }

    /// Every point that was taken off or added, one by one.
    fn lines(&self) -> Option<ToldTable> {
        let mut rows = Vec::new();
        for placed in &self.scores.units {
            for (month, part, line) in lines(placed) {
                let scheme = self.scores.scheme_of(month);
                let part = part.and_then(|key| scheme.part(key));
                rows.push(vec![
                    placed.name.clone(),
                    month.to_string(),
                    part.map_or(self.pick("总分", "Sum").to_owned(), |p| {
                        self.name(p).to_owned()
                    }),
                    self.line(line),
                ]);
            }
        }
        (!rows.is_empty()).then(|| ToldTable {
            caption: self
                .pick(
                    "扣分和加分（逐项）",
                    "Points taken off and added, one by one",
                )
                .to_owned(),
            head: self.head(
                &["单位", "月份", "项目", "事由"],
                &["Unit", "Month", "Part", "For"],
            ),
            rows,
            is_words: vec![true, true, true, true],
        })
    }

    fn unranked(&self) -> Option<ToldTable> {
        let rows = self.scores.unranked().map(|placed| {
            vec![
                placed.name.clone(),
                placed.score.map_or(NONE.to_owned(), |s| s.to_string()),
                placed.volume.to_string(),
                self.why(placed.unranked),
            ]
        });
        let rows: Vec<Vec<String>> = rows.collect();
        let volume = self.scores.scheme.volume;
        (!rows.is_empty()).then(|| ToldTable {
            caption: self.pick("不参加排名的单位", "Not ranked").to_owned(),
            head: self.head(
                &["单位", "得分", volume.zh(), "原因"],
                &["Unit", "Score", volume.as_str(), "Why"],
            ),
            rows,
            is_words: vec![true, false, false, true],
        })
    }

    fn why(&self, unranked: Option<Unranked>) -> String {
        match unranked {
            None => String::new(),
            Some(Unranked::NoBusiness) => self.pick("本期无业务", "no business").to_owned(),
            Some(Unranked::FewCases { min, .. }) => {
                self.pick(format!("不足{min}件"), format!("fewer than {min} cases"))
            }
        }
    }
}

/// The lines of a unit: month by month, part by part, those of the sum last.
pub(super) fn lines(placed: &Placed) -> impl Iterator<Item = (&Period, Option<&str>, &Line)> {
    let months = placed.months.iter();
    let scored = months.filter_map(|(month, score)| Some((month, score.as_ref()?)));
    scored.flat_map(|(month, score)| {
        let parts = score.parts.iter().flat_map(move |part| {
            let lines = part.lines.iter();
            lines.map(move |line| (month, Some(part.key.as_str()), line))
        });
        parts.chain(score.lines.iter().map(move |line| (month, None, line)))
    })
}

/// The ranking for programs: `null` if nobody is scored.
pub(super) fn value(statement: &Statement) -> Value {
    let Some(scores) = &statement.scores else {
        return Value::Null;
    };
    let codes = |units: &mut dyn Iterator<Item = &Placed>| -> Vec<Value> {
        units.map(|placed| json!(placed.unit.as_str())).collect()
    };
    let months: Vec<String> = scores.months.iter().map(Period::to_string).collect();
    json!({
        "scheme": scores.scheme.name,
        "title": scores.scheme.title,
        "edition": scores.scheme.edition,
        "months": months,
        "volume": scores.scheme.volume.as_str(),
        "first": codes(&mut scores.first()),
        "last": codes(&mut scores.last()),
        "in_row": codes(&mut scores.flagged()),
        "units": scores.units.iter().map(|placed| placed_value(scores, placed)).collect::<Vec<_>>(),
    })
}

fn placed_value(scores: &Scores, placed: &Placed) -> Value {
    let row = placed.in_row.as_ref();
    let months = placed.months.iter().map(|(month, score)| {
        let points = score.as_ref().map(|score| points_cell(score.points).json());
        let parts = score.iter().flat_map(|score| &score.parts).map(|part| {
            let full = scores
                .scheme_of(month)
                .part(&part.key)
                .map(|part| points_cell(part.points).json());
            json!({
                "part": part.key,
                "points": points_cell(part.points).json(),
                "full": full,
                "known": part.known.as_str(),
            })
        });
        json!({"month": month.to_string(), "points": points, "parts": parts.collect::<Vec<_>>()})
    });
    let lines = lines(placed).map(|(month, part, line)| line_value(month, part, line));
    json!({
        "code": placed.unit.as_str(),
        "name": placed.name,
        "rank": placed.rank,
        "score": placed.score.map(|score| score_cell(score).json()),
        "grade": placed.grade.as_ref().map(|grade| grade.name.as_str()),
        "volume": placed.volume,
        "not_ranked": placed.unranked.map(Unranked::as_str),
        "in_row": row.map(|(from, to)| [from.to_string(), to.to_string()]),
        "months": months.collect::<Vec<_>>(),
        "lines": lines.collect::<Vec<_>>(),
    })
}

fn line_value(month: &Period, part: Option<&str>, line: &Line) -> Value {
    let mut object = Map::new();
    object.insert("month".to_owned(), json!(month.to_string()));
    object.insert(
        "part".to_owned(),
        json!(part.unwrap_or(approval::scoring::TOTAL)),
    );
    object.insert("text".to_owned(), json!(line.text));
    object.insert("points".to_owned(), points_cell(line.points).json());
    match &line.amount {
        Amount::Count(count) => object.insert("count".to_owned(), json!(count)),
        Amount::Share(share) => {
            object.insert("numerator".to_owned(), json!(share.numerator));
            object.insert("denominator".to_owned(), json!(share.denominator))
        }
        Amount::Entered { number, state } => {
            object.insert("entry".to_owned(), json!(number));
            object.insert("state".to_owned(), json!(state.as_str()))
        }
    };
    Value::Object(object)
}
