//! The summary in words: what leaders read first.

use approval::statistics::{Figures, Period};

use super::lines::{change_of_count, days_of, mean, percent};
use super::tables;
use super::view::{Scope, View, name};

/// The sentences.
pub(super) fn sentences(
    view: &View<'_>,
    own: &Figures,
    beside: &[(Period, Figures)],
) -> Vec<String> {
    let (t, counts) = (view.t, &own.counts);
    let mut told = vec![t.fill(
        "reports.sum_cases",
        &[
            &name(t, view.period()),
            &counts.accepted,
            &counts.completed,
            &percent(own.completion_rate()),
            &counts.open_at_start,
            &counts.open_at_end,
            &counts.open_late,
        ],
    )];
    if !own.has_business() {
        told.push(match view.scope {
            Scope::Item(..) => t.say("reports.no_business_item").to_owned(),
            _ => t.say("reports.no_business").to_owned(),
        });
    }
    if own.counts.timed > 0 || own.counts.open_late > 0 {
        told.push(t.fill(
            "reports.sum_time",
            &[
                &counts.completed_on_time,
                &counts.completed_late,
                &percent(own.on_time_rate()),
                &mean(&own.used),
                &days_of(own.used.median()),
                &days_of(own.used.percentile(90)),
                &own.used_immediate.cases(),
            ],
        ));
    }
    told.push(t.fill(
        "reports.sum_cards",
        &[
            &counts.notice_cases,
            &counts.yellow_cards,
            &counts.red_cards,
        ],
    ));
    for (period, then) in beside {
        told.push(t.fill(
            "reports.sum_beside",
            &[
                &name(t, period),
                &change_of_count(counts.accepted, then.counts.accepted),
                &change_of_count(counts.completed, then.counts.completed),
            ],
        ));
    }
    told.extend(tables::limits(view));
    told
}
