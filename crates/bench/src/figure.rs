//! A figure with its baseline and its goal, as a line of a table and as JSON.

use serde_json::{Value, json};

/// What a figure must reach.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Goal {
    /// None: it is shown.
    Shown,
    /// The value itself, at most.
    ValueAtMost(f64),
    /// Value over baseline, at least.
    RatioAtLeast(f64),
    /// Value over baseline, at most.
    RatioAtMost(f64),
    /// The value at most, and at most so many times that of another figure of this run.
    ValueAndTimesAtMost {
        value: f64,
        times: f64,
        other: f64,
        /// What the other is called.
        of: &'static str,
    },
}

/// One thing that the figure is compared with.
#[derive(Debug, Clone)]
pub(crate) struct Baseline {
    /// A few words.
    pub(crate) name: String,
    /// Measured in the same run, in the figure's unit.
    pub(crate) value: f64,
    /// What it is, in a sentence.
    pub(crate) meaning: String,
}

/// What was measured.
#[derive(Debug, Clone)]
pub(crate) struct Figure {
    pub(crate) name: &'static str,
    pub(crate) value: f64,
    pub(crate) unit: &'static str,
    pub(crate) goal: Goal,
    /// The one that the ratio is about comes first.
    pub(crate) baselines: Vec<Baseline>,
    /// How it was measured and, where the goal is missed, what limits it.
    pub(crate) remarks: Vec<String>,
}

impl Figure {
    pub(crate) fn ratio(&self, baseline: &Baseline) -> f64 {
        self.value / baseline.value
    }

    /// Whether the goal is reached; what can't be compared isn't.
    pub(crate) fn is_met(&self) -> bool {
        match self.goal {
            Goal::Shown => !self.value.is_nan(),
            Goal::ValueAtMost(most) => self.value <= most,
            Goal::RatioAtLeast(least) => self
                .baselines
                .first()
                .is_some_and(|baseline| self.ratio(baseline) >= least),
            Goal::RatioAtMost(most) => self
                .baselines
                .first()
                .is_some_and(|baseline| self.ratio(baseline) <= most),
            Goal::ValueAndTimesAtMost {
                value,
                times,
                other,
                ..
            } => self.value <= value && self.value / other <= times,
        }
    }

    /// Whether the goal is reached; none where there is no goal, or nothing was measured.
    fn verdict(&self) -> Option<bool> {
        let is_open = matches!(self.goal, Goal::Shown) || self.value.is_nan();
        (!is_open).then(|| self.is_met())
    }

    fn goal_text(&self) -> String {
        let unit = self.unit;
        match self.goal {
            Goal::Shown => "shown".to_owned(),
            Goal::ValueAtMost(most) => format!("≤ {most} {unit}"),
            Goal::RatioAtLeast(least) => format!("ratio ≥ {least}"),
            Goal::RatioAtMost(most) => format!("ratio ≤ {most}"),
            Goal::ValueAndTimesAtMost {
                value, times, of, ..
            } => {
                format!("≤ {value} {unit}, ≤ {times} × {of}")
            }
        }
    }
}

/// All figures as a JSON array. Further baselines stand in a list of their own, so that each figure is one object.
pub(crate) fn json(figures: &[Figure]) -> String {
    let objects = figures.iter().map(|figure| {
        let first = figure.baselines.first();
        let further: Vec<Value> = figure.baselines.iter().skip(1).map(|baseline| {
            json!({ "baseline": baseline.name, "baseline_value": rounded(baseline.value), "ratio": rounded(figure.ratio(baseline)) })
        }).collect();
        json!({
            "figure": figure.name,
            "value": rounded(figure.value),
            "unit": figure.unit,
            "baseline": first.map(|baseline| baseline.name.as_str()),
            "baseline_value": first.map(|baseline| rounded(baseline.value)),
            "ratio": first.map(|baseline| rounded(figure.ratio(baseline))),
            "goal": figure.goal_text(),
            "met": figure.verdict(),
            "further": further,
            "remarks": figure.remarks,
        })
    });
    Value::Array(objects.collect()).to_string()
}

/// All figures as a table, and below it what the baselines are.
pub(crate) fn table(figures: &[Figure]) -> String {
    let mut rows = vec![
        [
            "figure", "value", "unit", "baseline", "value", "ratio", "goal", "met",
        ]
        .map(str::to_owned),
    ];
    for figure in figures {
        let baselines = figure.baselines.iter().map(|baseline| {
            let ratio = number(figure.ratio(baseline));
            (baseline.name.clone(), number(baseline.value), ratio)
        });
        let mut baselines: Vec<_> = baselines.collect();
        if baselines.is_empty() {
            // A figure without one is a line all the same.
            baselines.push((String::new(), String::new(), String::new()));
        }
        for (place, (name, value, ratio)) in baselines.into_iter().enumerate() {
            rows.push(if place == 0 {
                let met = match figure.verdict() {
                    Some(true) => "yes",
                    Some(false) => "NO",
                    None => "–",
                };
                [
                    figure.name.to_owned(),
                    number(figure.value),
                    figure.unit.to_owned(),
                    name,
                    value,
                    ratio,
                    figure.goal_text(),
                    met.to_owned(),
                ]
            } else {
                let none = String::new;
                [none(), none(), none(), name, value, ratio, none(), none()]
            });
        }
    }
    let mut text = aligned(&rows);
    for figure in figures {
        text.push_str(&format!("\n{}\n", figure.name));
        for baseline in &figure.baselines {
            text.push_str(&format!("  {}: {}\n", baseline.name, baseline.meaning));
        }
        for remark in &figure.remarks {
            text.push_str(&format!("  {remark}\n"));
        }
    }
    text.trim_end().to_owned()
}

/// Columns as wide as their widest entry; numbers stand at the right.
fn aligned(rows: &[[String; 8]]) -> String {
    const NUMBERS: [usize; 3] = [1, 4, 5];
    let width = |column: usize| {
        rows.iter()
            .map(|row| row[column].chars().count())
            .max()
            .unwrap_or(0)
    };
    let widths: [usize; 8] = std::array::from_fn(width);
    let mut text = String::new();
    for row in rows {
        let mut line = String::new();
        for (column, (entry, width)) in row.iter().zip(widths).enumerate() {
            line.push_str(&if NUMBERS.contains(&column) {
                format!("{entry:>width$}  ")
            } else {
                format!("{entry:<width$}  ")
            });
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// Three digits that count, none of them invented.
pub(crate) fn number(value: f64) -> String {
    match value.abs() {
        size if size.is_nan() => "–".to_owned(),
        size if size >= 100.0 || value == 0.0 => format!("{value:.0}"),
        size if size >= 10.0 => format!("{value:.1}"),
        size if size >= 1.0 => format!("{value:.2}"),
        _ => format!("{value:.3}"),
    }
}

fn rounded(value: f64) -> f64 {
    (value * 10_000.0).round() / 10_000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(value: f64, goal: Goal) -> Figure {
        let baseline = |name: &str, value| Baseline {
            name: name.to_owned(),
            value,
            meaning: format!("what {name} is"),
        };
        Figure {
            name: "some-figure",
            value,
            unit: "ms",
            goal,
            baselines: vec![baseline("bare", 10.0), baseline("other", 2.5)],
            remarks: vec!["limited by the disk".to_owned()],
        }
    }

    #[test]
    fn goals_are_compared() {
        let times = |other| Goal::ValueAndTimesAtMost {
            value: 9.0,
            times: 1.25,
            other,
            of: "10k",
        };
        for (value, goal, expected) in [
            (5.0, Goal::ValueAtMost(5.0), true),
            (5.1, Goal::ValueAtMost(5.0), false),
            (4.0, Goal::RatioAtLeast(0.4), true),
            (3.9, Goal::RatioAtLeast(0.4), false),
            (5.0, times(4.0), true),
            (5.0, times(3.9), false),
            (10.0, times(10.0), false),
            (f64::NAN, Goal::ValueAtMost(5.0), false),
        ] {
            assert_eq!(figure(value, goal).is_met(), expected, "{value} {goal:?}");
        }
    }

    #[test]
    fn one_object_for_each_figure() {
        let text = json(&[figure(5.0, Goal::RatioAtLeast(0.4))]);
        let expected = r#"[{"figure":"some-figure","value":5.0,"unit":"ms","baseline":"bare","baseline_value":10.0,"ratio":0.5,"goal":"ratio ≥ 0.4","met":true,"further":[{"baseline":"other","baseline_value":2.5,"ratio":2.0}],"remarks":["limited by the disk"]}]"#;
        assert_eq!(text, expected);
    }

    #[test]
    fn what_wasn_t_measured_is_neither_met_nor_missed() {
        let mut unmeasured = figure(f64::NAN, Goal::ValueAtMost(5.0));
        unmeasured.baselines.clear();
        unmeasured.remarks = vec!["not measured: no server".to_owned()];
        let text = json(&[unmeasured.clone()]);
        for part in [r#""value":null"#, r#""met":null"#, "not measured"] {
            assert!(text.contains(part), "{text}");
        }
        let table = table(&[unmeasured]);
        assert!(table.contains("some-figure      –  ms"), "{table}");
        assert_eq!(figure(5.0, Goal::Shown).verdict(), None);
        assert_eq!(figure(5.0, Goal::ValueAtMost(4.0)).verdict(), Some(false));
    }

    #[test]
    fn the_table_is_aligned() {
        let expected = "\
figure       value  unit  baseline  value  ratio  goal         met
some-figure   5.00  ms    bare       10.0  0.500  ratio ≥ 0.6  NO
                          other      2.50   2.00

some-figure
  bare: what bare is
  other: what other is
  limited by the disk";
        assert_eq!(table(&[figure(5.0, Goal::RatioAtLeast(0.6))]), expected);
    }
}
