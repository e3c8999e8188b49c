//! The forms of the answers, as the description tells them. The object of a case is made by `engine::answer`, which the
//! command line uses too; a test holds it against what is described here.

use serde::{Deserialize, Serialize};
use utoipa::{IntoResponses, ToSchema};

use super::problem::Problem;
use super::words::{Outcome, Procedure, Stage};

/// A clock of a case.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ClockAnswer {
    /// The day on which the limit ends; none while time stands still.
    #[schema(required, example = "2011-10-31")]
    pub(crate) due_on: Option<String>,
    /// The end of that day.
    #[schema(required, example = "2011-11-01T00:00:00+08:00")]
    pub(crate) due_at: Option<String>,
    /// Working days that are left.
    #[schema(required)]
    pub(crate) left: Option<i64>,
    /// Working days over the limit.
    #[schema(required)]
    pub(crate) over: Option<i64>,
    /// Whether the limit has passed, or had when it ended.
    pub(crate) late: bool,
    /// Whether the date lies where the calendar isn't final.
    pub(crate) provisional: bool,
    /// When it ended.
    #[schema(required)]
    pub(crate) ended_at: Option<String>,
    /// Which clock, among others.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[schema(nullable = false)]
    pub(crate) clock: Option<String>,
}

/// A stop that is open.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct StopAnswer {
    /// Its number within the case.
    stop: u32,
    /// What for.
    procedure: Procedure,
    /// Since when.
    from: String,
    /// The written notice.
    #[schema(required)]
    notice: Option<String>,
}

/// A notice or a card.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WarningAnswer {
    /// The number of its event.
    seq: i64,
    /// The rule.
    rule: String,
    /// `notice`, `yellow` or `red`.
    #[schema(example = "yellow")]
    level: String,
    /// The clock that it is about.
    #[schema(example = "promised")]
    clock: String,
    /// The event that set the date.
    occurrence: i64,
    /// `pending`, `issued`, `annulled` or `revoked`.
    #[schema(example = "issued")]
    state: String,
    /// When the threshold was reached.
    limit_at: String,
    /// When it took effect.
    effective_at: String,
    /// When it was recorded.
    recorded_at: String,
    /// What came of an appeal against it: the state of the appeal, if there was one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[schema(nullable = false)]
    appeal: Option<String>,
    /// What an inspector who raised it by hand rests it on.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[schema(nullable = false)]
    evidence: Option<String>,
}

/// A file that was handed in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AttachmentAnswer {
    /// The number of the event that brought it.
    seq: i64,
    /// Its number.
    #[schema(example = "FJ-410800-FGW-20110926-0001")]
    id: String,
    /// Its name, made safe.
    name: String,
    /// What it is, by its bytes.
    #[schema(example = "application/pdf")]
    media_type: String,
    /// Its length in bytes.
    size: i64,
    /// The SM3 digest of its bytes.
    sm3: String,
}

/// An event that is marked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DefectAnswer {
    /// Its number.
    seq: i64,
    /// What happened.
    kind: String,
    /// What is irregular about it.
    defects: Vec<String>,
}

/// A case as it stands, the object of `shixian case show`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CaseAnswer {
    /// Its number.
    #[schema(example = "410800-GSJ-20110926-0001")]
    pub(crate) case: String,
    /// The number of its last event.
    pub(crate) seq: i64,
    /// The hash of its last event.
    pub(crate) hash: String,
    /// The stage in which it rests.
    #[schema(required)]
    pub(crate) stage: Option<Stage>,
    /// The number of the visit to that stage.
    #[schema(required)]
    pub(crate) visit: Option<u32>,
    /// `received`, `awaiting_supply`, `open`, `completed` or `closed`.
    #[schema(example = "open")]
    pub(crate) state: String,
    /// How it ended, or what was decided.
    #[schema(required)]
    pub(crate) outcome: Option<Outcome>,
    /// What was applied for.
    pub(crate) item: String,
    /// The unit that handles it.
    pub(crate) unit: String,
    /// When it was received.
    pub(crate) received_at: String,
    /// The day from which its limits are counted.
    #[schema(required)]
    pub(crate) day0: Option<String>,
    /// The promised limit (承诺时限).
    #[schema(required)]
    pub(crate) promised: Option<ClockAnswer>,
    /// The statutory limit (法定时限).
    #[schema(required)]
    pub(crate) statutory: Option<ClockAnswer>,
    /// The limit of the stage.
    #[schema(required)]
    pub(crate) stage_clock: Option<ClockAnswer>,
    /// The stop that is open.
    #[schema(required)]
    pub(crate) open_stop: Option<StopAnswer>,
    /// Limits of stops, partners, delivery, correction.
    pub(crate) other_clocks: Vec<ClockAnswer>,
    /// Notices and cards.
    pub(crate) warnings: Vec<WarningAnswer>,
    /// Events that are marked.
    pub(crate) defects: Vec<DefectAnswer>,
}

/// A supervision order as it stands, the object of `shixian order show`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OrderAnswer {
    /// Its number.
    #[schema(example = "DB-410800-GSJ-20110926-0001")]
    pub(crate) case: String,
    /// The number of its last event.
    pub(crate) seq: i64,
    /// The hash of its last event.
    pub(crate) hash: String,
    /// Orders have no stages.
    #[schema(required)]
    pub(crate) stage: Option<Stage>,
    /// Which term it is in, from 1.
    pub(crate) visit: u32,
    /// `issued`, `replied` or `closed`.
    #[schema(example = "issued")]
    pub(crate) state: String,
    /// Orders have no outcomes.
    #[schema(required)]
    pub(crate) outcome: Option<Outcome>,
    /// The unit that must answer.
    pub(crate) unit: String,
    /// The case that it is about.
    #[schema(required)]
    pub(crate) about: Option<String>,
    /// Its term.
    #[schema(required)]
    pub(crate) stage_clock: Option<ClockAnswer>,
    /// Orders have none.
    pub(crate) other_clocks: Vec<ClockAnswer>,
    /// Notices and cards.
    pub(crate) warnings: Vec<WarningAnswer>,
    /// Events that are marked.
    pub(crate) defects: Vec<DefectAnswer>,
    /// The files of its replies, if there are any.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[schema(nullable = false)]
    pub(crate) attachments: Option<Vec<AttachmentAnswer>>,
}

/// What any request may be answered with.
#[derive(IntoResponses)]
#[expect(
    dead_code,
    reason = "described, never made: handlers answer with the problem itself"
)]
pub(crate) enum Always {
    /// The request can't be read: its query, a header, or its body.
    #[response(status = 400, content_type = "application/problem+json")]
    BadRequest(Problem),
    /// The token is missing, unknown, run out or revoked.
    #[response(
        status = 401,
        content_type = "application/problem+json",
        headers(("WWW-Authenticate" = String, description = "`Bearer`"))
    )]
    Unauthorized(Problem),
    /// The token lacks the scope, or the person hasn't the right. It is noted in the audit log.
    #[response(status = 403, content_type = "application/problem+json")]
    Forbidden(Problem),
    /// Too many requests with this token.
    #[response(
        status = 429,
        content_type = "application/problem+json",
        headers(("Retry-After" = u64, description = "Seconds after which to try again"))
    )]
    TooMany(Problem),
    /// The program failed.
    #[response(status = 500, content_type = "application/problem+json")]
    Broken(Problem),
    /// The system can't answer at the moment.
    #[response(status = 503, content_type = "application/problem+json")]
    Unavailable(Problem),
}

/// What requests about one subject may be answered with.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "described, never made")]
pub(crate) enum OfOne {
    /// Nothing of that name, or nothing within the token's reach: both answer alike.
    #[response(status = 404, content_type = "application/problem+json")]
    NotFound(Problem),
}

/// What requests that ask with words of their own, in the query or the path, may be answered with.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "described, never made")]
pub(crate) enum OfQuery {
    /// The question is understood, and can't be answered: a text that can't be, a place that no page gave, a day
    /// that no calendar covers, a unit that must be named.
    #[response(status = 422, content_type = "application/problem+json")]
    Wrong(Problem),
}

/// What requests with a body may be answered with.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "described, never made")]
pub(crate) enum Refused {
    /// The matter isn't where the act needs it: `needed` and `found` say both ends.
    #[response(status = 409, content_type = "application/problem+json")]
    Conflict(Problem),
    /// The body is too large.
    #[response(status = 413, content_type = "application/problem+json")]
    TooLarge(Problem),
    /// The body is of a type that isn't read.
    #[response(status = 415, content_type = "application/problem+json")]
    WrongMediaType(Problem),
    /// The request is understood, and refused: an unknown code, a date in the future, a reason that is missing; an
    /// `Idempotency-Key` that was used for something else.
    #[response(status = 422, content_type = "application/problem+json")]
    Wrong(Problem),
}
