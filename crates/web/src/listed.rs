//! Cases and orders in the lists of those who supervise, from their rows alone: number, what, where, until when.

use calendar::Due;
use chrono::TimeDelta;
use notify::words;
use store::board::ListedRow;
use store::codec::instant;

use crate::level::Mark;
use crate::shown;
use crate::todo::{item_name, stage_limit, unit_name};
use crate::visitor::Visitor;

/// A row of such a list.
pub(crate) struct Row {
    pub(crate) number: String,
    /// The item; of an order what it is about.
    pub(crate) what: String,
    pub(crate) unit: String,
    /// The stage, or the state of what rests in none.
    pub(crate) place: String,
    /// When it was accepted or issued.
    pub(crate) since: String,
    /// The stage's limit, or an order's term.
    pub(crate) limit: shown::Limit,
    /// The promised limit.
    pub(crate) promised: shown::Limit,
    /// When it was completed.
    pub(crate) ended: Option<String>,
    pub(crate) mark: Option<Mark>,
}

/// The rows of a list.
pub(crate) fn rows(visitor: &Visitor, found: &[ListedRow]) -> Vec<Row> {
    found.iter().map(|row| of(visitor, row)).collect()
}

fn of(visitor: &Visitor, row: &ListedRow) -> Row {
    let (t, calendar) = (visitor.texts, &visitor.books.calendar);
    let brief = |us| shown::brief(t.language(), calendar, instant(us), visitor.now);
    let place = match (
        row.state.as_str(),
        row.stage.as_deref(),
        row.outcome.as_deref(),
    ) {
        ("open", Some(stage), _) => t.word("stage", stage).to_owned(),
        (state, _, Some(outcome)) => t.two(
            "case.over",
            t.word("state", state),
            t.word("outcome", outcome),
        ),
        (state, ..) => t.word("state", state).to_owned(),
    };
    let what = match row.kind.as_str() {
        "case" => item_name(visitor, row.item.as_deref(), row.item_version),
        "appeal" => t.one(
            "listed.appeal_about",
            row.about.as_deref().unwrap_or_default(),
        ),
        _ => match &row.about {
            Some(about) => t.one("listed.order_about", about),
            None => t.say("case.order").to_owned(),
        },
    };
    Row {
        number: row.subject.clone(),
        what,
        unit: unit_name(visitor, &row.unit),
        place,
        since: brief(row.accepted_at_us.unwrap_or(row.received_at_us)),
        limit: match row.completed_at_us {
            Some(_) => shown::Limit::default(),
            None => stage_limit(visitor, calendar, row.stage_due_at_us),
        },
        promised: promised(visitor, row),
        ended: row.completed_at_us.map(brief),
        mark: row
            .highest_level
            .as_deref()
            .and_then(|level| Mark::parse(t, level)),
    }
}

/// The promised limit now, or at the end.
fn promised(visitor: &Visitor, row: &ListedRow) -> shown::Limit {
    let (t, calendar) = (visitor.texts, &visitor.books.calendar);
    let Some(at) = row.promised_due_at_us.map(instant) else {
        let still = row.completed_at_us.is_none() && row.accepted_at_us.is_some();
        return shown::Limit {
            left: if still {
                words::standing_still(t.language()).to_owned()
            } else {
                String::new()
            },
            ..shown::Limit::default()
        };
    };
    let until = row.completed_at_us.map_or(visitor.now, instant);
    let on = calendar.office_date(at - TimeDelta::microseconds(1));
    let limit = shown::of_due(t.language(), calendar, Due { on, at }, until);
    if row.completed_at_us.is_some() && !limit.late {
        return shown::Limit {
            left: t.say("case.in_time").to_owned(),
            near: false,
            ..limit
        };
    }
    limit
}
