//! What the replay of a scenario came to, counted back from its events.

use approval::statistics::{LimitSums, Tally};
use serde::Serialize;

use crate::table::lay_out;

/// The figures of one run.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Figures {
    /// Units.
    pub units: u64,
    /// Approval items.
    pub approval_items: u64,
    /// Service items.
    pub service_items: u64,
    /// Cases accepted.
    pub accepted: u64,
    /// Of these, completed.
    pub completed: u64,
    /// Completed of accepted, truncated to two decimals; none without cases.
    pub completion_rate_percent: Option<f64>,
    /// Cases whose highest standing card is yellow.
    pub yellow_cards: u64,
    /// Cases whose highest standing card is red.
    pub red_cards: u64,
    /// Statutory limits of the approval items, in working days.
    pub statutory_days: u64,
    /// Their promised limits.
    pub promised_days: u64,
    /// The difference.
    pub days_cut: u64,
    /// The share cut, truncated to one decimal; none without items.
    pub cut_percent: Option<f64>,
}

impl Figures {
    /// From what was counted.
    pub fn of(units: u64, tally: &Tally, sums: &LimitSums) -> Self {
        Self {
            units,
            approval_items: sums.approval_items,
            service_items: sums.service_items,
            accepted: tally.accepted,
            completed: tally.completed,
            completion_rate_percent: tally.completion_rate_bp().map(|bp| parts(bp, 100.0)),
            yellow_cards: tally.yellow_cards,
            red_cards: tally.red_cards,
            statutory_days: sums.statutory_days,
            promised_days: sums.promised_days,
            days_cut: sums.days_cut(),
            cut_percent: sums.cut_permille().map(|permille| parts(permille, 10.0)),
        }
    }
}

/// The figures of the run with lapses.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LapseFigures {
    /// What both runs have.
    #[serde(flatten)]
    pub figures: Figures,
    /// Cases whose highest standing warning is a notice.
    pub notices: u64,
    /// Mails that were handed over.
    pub mails: u64,
    /// Correction notices.
    pub corrections: u64,
    /// Stops.
    pub stops: u64,
    /// Extensions.
    pub extensions: u64,
    /// The seed.
    pub seed: u64,
}

impl LapseFigures {
    /// From what was counted.
    pub fn of(units: u64, tally: &Tally, sums: &LimitSums, mails: u64, seed: u64) -> Self {
        Self {
            figures: Figures::of(units, tally, sums),
            notices: tally.notices,
            mails,
            corrections: tally.corrections,
            stops: tally.stops,
            extensions: tally.extensions,
            seed,
        }
    }
}

/// Both runs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DemoReport {
    /// The first run.
    #[serde(flatten)]
    pub figures: Figures,
    /// The second run.
    pub lapses: LapseFigures,
    /// The seed of the first.
    pub seed: u64,
}

/// The published figures beside which the first run is shown, and what is said about the rest.
#[derive(Clone, Debug, PartialEq)]
pub struct Published {
    /// The figures as texts, in the order of the table's rows.
    pub figures: [String; 12],
    /// What is public and what is synthetic, in Chinese.
    pub statement: String,
    /// The same in English.
    pub statement_en: String,
}

/// What the replay shows and what it doesn't.
const SHOWN: &str =
    "本演示表明的是：这些办件逐件经过与实际工作相同的办理程序，并由事件记录重新统计得出上列数字。";
const SHOWN_EN: &str = "What is shown is that the cases pass the engine of real work and are counted back from their events.";
/// A figure that isn't published or doesn't exist in a run.
const NONE: &str = "-";
/// Marks a figure that differs from the published one.
const DIFFERS: &str = " ≠";

impl DemoReport {
    /// The JSON object in one line.
    ///
    /// # Errors
    /// Never for these figures.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(self)
    }

    /// Whether the first run comes to the published figures.
    pub fn agrees(&self, published: &Published) -> bool {
        texts(&self.figures) == published.figures
    }

    /// A table for people, with the statement below.
    pub fn to_text(&self, published: &Published) -> String {
        let first = texts(&self.figures);
        let second = texts(&self.lapses.figures);
        let mut rows = Vec::new();
        for (((name, public), first), second) in NAMES
            .iter()
            .zip(&published.figures)
            .zip(&first)
            .zip(&second)
        {
            let mark = if public == first { "" } else { DIFFERS };
            rows.push(vec![
                (*name).to_owned(),
                public.clone(),
                format!("{first}{mark}"),
                second.clone(),
            ]);
        }
        let lapses = &self.lapses;
        for (name, count) in [
            ("预警（最高为预警的办件） notices", lapses.notices),
            ("邮件 mails", lapses.mails),
            ("补正告知 corrections", lapses.corrections),
            ("特别程序 stops", lapses.stops),
            ("延期 extensions", lapses.extensions),
        ] {
            let none = || NONE.to_owned();
            rows.push(vec![name.to_owned(), none(), none(), count.to_string()]);
        }
        rows.push(vec![
            "随机种子 seed".to_owned(),
            NONE.to_owned(),
            self.seed.to_string(),
            lapses.seed.to_string(),
        ]);
        let heading = [
            "焦作 2011",
            "公布 published",
            "重放 replay",
            "差错情形 lapses",
        ];
        format!(
            "{}\n{}\n{}\n{}\n{}\n",
            lay_out(&heading, &rows),
            published.statement,
            SHOWN,
            published.statement_en,
            SHOWN_EN,
        )
    }
}

/// The rows, in the order of [`texts`].
const NAMES: [&str; 12] = [
    "监察单位 units",
    "审批事项 approval items",
    "服务事项 service items",
    "受理办件 accepted",
    "办结办件 completed",
    "办结率 completion rate, %",
    "黄牌 yellow cards",
    "红牌 red cards",
    "法定时限合计（工作日） statutory days",
    "承诺时限合计（工作日） promised days",
    "压缩（工作日） days cut",
    "压缩比例 cut, %",
];

fn texts(figures: &Figures) -> [String; 12] {
    let percent =
        |value: Option<f64>| value.map_or_else(|| NONE.to_owned(), |percent| percent.to_string());
    [
        figures.units.to_string(),
        figures.approval_items.to_string(),
        figures.service_items.to_string(),
        figures.accepted.to_string(),
        figures.completed.to_string(),
        percent(figures.completion_rate_percent),
        figures.yellow_cards.to_string(),
        figures.red_cards.to_string(),
        figures.statutory_days.to_string(),
        figures.promised_days.to_string(),
        figures.days_cut.to_string(),
        percent(figures.cut_percent),
    ]
}

/// A whole number of parts as a number with decimals: the double next to it prints as it is written.
fn parts(count: u64, of: f64) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX)) / of
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(accepted: u64, completed: u64) -> Tally {
        Tally {
            accepted,
            completed,
            ..Tally::default()
        }
    }

    fn sums() -> LimitSums {
        LimitSums {
            approval_items: 339,
            service_items: 26,
            statutory_days: 8_743,
            promised_days: 6_128,
        }
    }

    fn published() -> Published {
        let figures = [
            "48", "339", "26", "3777", "3634", "96.21", "0", "0", "8743", "6128", "2615", "29.9",
        ];
        Published {
            figures: figures.map(str::to_owned),
            statement: "仅合计数公开。".to_owned(),
            statement_en: "Only totals are published.".to_owned(),
        }
    }

    fn report(completed: u64) -> DemoReport {
        DemoReport {
            figures: Figures::of(48, &tally(3_777, completed), &sums()),
            lapses: LapseFigures::of(48, &tally(0, 0), &sums(), 7, 2),
            seed: 1,
        }
    }

    #[test]
    fn percentages_are_truncated_and_print_as_written() {
        let json = report(3_634).to_json().expect("JSON");
        assert!(
            json.contains(r#""completion_rate_percent":96.21,"#),
            "{json}"
        );
        assert!(json.contains(r#""cut_percent":29.9,"#), "{json}");
        assert!(
            json.contains(r#""completion_rate_percent":null,"#),
            "{json}"
        );
        assert!(
            json.ends_with(r#""extensions":0,"seed":2},"seed":1}"#),
            "{json}"
        );
    }

    #[test]
    fn what_differs_from_the_published_figures_is_marked() {
        assert!(report(3_634).agrees(&published()));
        assert!(!report(3_634).to_text(&published()).contains('≠'));
        assert!(!report(3_633).agrees(&published()));
        assert!(report(3_633).to_text(&published()).contains("3633 ≠"));
    }

    #[test]
    fn every_hundredth_prints_with_at_most_two_decimals() {
        for bp in 0..=10_000 {
            let text = parts(bp, 100.0).to_string();
            let decimals = text.split_once('.').map_or(0, |(_, d)| d.len());
            assert!(decimals <= 2, "{text}");
        }
    }
}
