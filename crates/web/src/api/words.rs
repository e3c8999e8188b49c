//! The words, terms and instants that requests and answers are made of. Core types have no wire form of their own.

use approval::event::Document as CoreDocument;
use calendar::Calendar;
use chrono::{DateTime, NaiveDate, Utc};
use engine::answer::instant_text;
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

macro_rules! words {
    ($(#[$doc:meta])* $name:ident = $core:path { $($variant:ident),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
        #[serde(rename_all = "snake_case")]
        pub(crate) enum $name { $($variant),+ }

        impl From<$name> for $core {
            fn from(word: $name) -> Self {
                match word { $($name::$variant => Self::$variant),+ }
            }
        }

        impl From<$core> for $name {
            fn from(word: $core) -> Self {
                use $core as Core;
                match word { $(Core::$variant => Self::$variant),+ }
            }
        }
    };
}

words!(
    /// The five stages: 受理, 承办, 审核, 批准, 办结.
    Stage = approval::stage::Stage { Acceptance, Handling, Review, Approval, Completion }
);
words!(
    /// How a case ended.
    Outcome = approval::stage::Outcome {
        Granted, Refused, NotAccepted, NotNeeded, Forwarded, Returned, Withdrawn, Ended, Void, Deleted,
    }
);
words!(
    /// What time is stopped for (行政许可法 art. 45), and suspension.
    Procedure = approval::stage::Procedure {
        Hearing, Tender, Auction, Inspection, Test, Quarantine, Appraisal, ExpertReview, Suspension,
    }
);
words!(
    /// What a term is counted in.
    TermUnit = calendar::TermUnit { WorkingDays, NaturalDays, Months, WorkingHours, WorkingMinutes }
);

/// A term.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"amount": 15, "unit": "working_days"}))]
pub(crate) struct Term {
    /// How many.
    pub(crate) amount: u32,
    /// Of what.
    pub(crate) unit: TermUnit,
}

impl From<Term> for calendar::Term {
    fn from(term: Term) -> Self {
        Self::new(term.amount, term.unit.into())
    }
}

/// A paper with its own date.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Document {
    /// 文号
    #[schema(example = "焦工商〔2011〕17号")]
    pub(crate) number: String,
    /// The date on it.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date, example = "2011-10-12")]
    pub(crate) date: Option<NaiveDate>,
}

impl From<Document> for CoreDocument {
    fn from(document: Document) -> Self {
        Self {
            number: document.number,
            date: document.date,
        }
    }
}

/// An instant with its offset, to the microsecond.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ToSchema)]
#[schema(value_type = String, format = DateTime, example = "2011-09-26T10:00:00+08:00")]
pub(crate) struct Instant(pub(crate) DateTime<Utc>);

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let read = DateTime::parse_from_rfc3339(&text).map_err(|_| {
            serde::de::Error::custom(
                "an instant is written with its offset, as 2011-09-26T10:00:00+08:00",
            )
        })?;
        Ok(Self(store::codec::instant(read.timestamp_micros())))
    }
}

/// An instant in the tables as it is shown.
pub(crate) fn shown(calendar: &Calendar, at_us: i64) -> String {
    instant_text(calendar, store::codec::instant(at_us))
}
