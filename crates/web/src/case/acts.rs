//! What can be done to a subject now, by whoever looks at it, and doing it.

use approval::appeal::{AppealDecision, AppealPhase};
use approval::case::{Case, Phase};
use approval::order::OrderPhase;
use approval::people::Person;
use approval::rights;
use approval::rule::{Element, Rule};
use approval::stage::{Outcome, Procedure, Stage};
use approval::subject::Body;
use approval::track::ClockKey;
use approval::warning::WarningState;
use approval::{Command, Subject};
use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use calendar::Term;
use engine::{EngineError, Seen};

use super::form::ActForm;
use super::reply;
use crate::files;
use crate::frame;
use crate::level::Mark;
use crate::page::PageError;
use crate::site::Site;
use crate::texts::Texts;
use crate::visitor::{Here, Visitor};

/// A field of an act's form, in the order in which it is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Field {
    /// What the act is about, said by the page itself.
    Hidden { name: &'static str, value: String },
    /// One of several words.
    Choice {
        name: &'static str,
        label: &'static str,
        options: Vec<(String, String)>,
        typed: String,
    },
    /// A line.
    Line {
        name: &'static str,
        label: &'static str,
        kind: &'static str,
        required: bool,
        typed: String,
    },
    /// Several lines.
    Text {
        name: &'static str,
        label: &'static str,
        required: bool,
        typed: String,
    },
    /// Files; they can't be kept when the form comes back.
    Files { hint: String },
}

/// An act that is offered, with the fields of its form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Offer {
    /// The word of the form.
    pub(super) act: &'static str,
    /// The end of the address that takes it.
    pub(super) to: &'static str,
    /// Its name.
    pub(super) name: String,
    pub(super) fields: Vec<Field>,
    /// The one that is expected next: it is open, the others are behind their names.
    pub(super) chief: bool,
    /// It was typed and refused: open, too.
    pub(super) open: bool,
    /// For whom it may be done: the visitor or those for whom he stands in. Empty: for himself.
    pub(super) stand_ins: Vec<(String, String)>,
}

/// What the visitor may do now. Whether the core takes it is another matter: what was typed decides that.
pub(super) fn offers(visitor: &Visitor, seen: &Seen, typed: &ActForm) -> Vec<Offer> {
    let t = visitor.texts;
    let Some(person) = &visitor.person else {
        return Vec::new();
    };
    let maker = Maker { t, seen, typed };
    let mut offers = Vec::new();
    for (command, act, chief, fields) in maker.possible() {
        let may = |person: &Person| {
            rights::may(person, &seen.subject, &command, &seen.books).is_ok()
                && !(matches!(command, Command::DecideAppeal { .. })
                    && refers(person, &seen.subject))
        };
        let own = may(person);
        let others: Vec<&Person> = visitor.stood_for().filter(|p| may(p)).collect();
        if !own && others.is_empty() {
            continue;
        }
        let mut stand_ins: Vec<(String, String)> = Vec::new();
        if !others.is_empty() {
            stand_ins.extend(own.then(|| (String::new(), person.name.clone())));
            stand_ins.extend(
                others
                    .iter()
                    .map(|p| (p.code.as_str().to_owned(), t.one("form.for", &p.name))),
            );
        }
        offers.push(Offer {
            act,
            to: if act == reply::ACT { reply::TO } else { "act" },
            name: t.word("do", act).to_owned(),
            open: typed.act == act,
            fields,
            chief,
            stand_ins,
        });
    }
    offers
}

/// Who referred an appeal upwards doesn't answer it.
fn refers(person: &Person, subject: &Subject) -> bool {
    let phase = subject.appeal().map(|appeal| &appeal.phase);
    matches!(phase, Some(AppealPhase::Referred { by: Some(by) }) if *by == person.code)
}

type Possible = (Command, &'static str, bool, Vec<Field>);

/// Makes the forms of the acts that a subject's state allows.
struct Maker<'a> {
    t: Texts,
    seen: &'a Seen,
    typed: &'a ActForm,
}

impl Maker<'_> {
    fn possible(&self) -> Vec<Possible> {
        let mut possible = match &self.seen.subject.body {
            Body::Case(case) => self.of_case(case),
            Body::Order(order) => self.of_order(order.phase),
            Body::Appeal(appeal) => self.of_appeal(&appeal.phase),
        };
        possible.extend(self.of_warnings());
        possible.extend(self.by_hand());
        possible
    }

    fn of_appeal(&self, phase: &AppealPhase) -> Vec<Possible> {
        if phase.over_at().is_some() {
            return Vec::new();
        }
        let answer = |decision, act| {
            let command = Command::DecideAppeal {
                decision,
                reason: String::new(),
            };
            (command, act, false, vec![self.reason()])
        };
        let mut acts = vec![
            answer(AppealDecision::Revoked, "appeal_revoke"),
            answer(AppealDecision::Rejected, "appeal_reject"),
        ];
        if *phase == AppealPhase::Filed {
            acts.push(answer(AppealDecision::Referred, "appeal_refer"));
        }
        acts
    }

    /// A card by hand, under one of the written rules in force that no clock measures. There is none on an appeal.
    fn by_hand(&self) -> Option<Possible> {
        if self.seen.subject.appeal().is_some() {
            return None;
        }
        let set = self.seen.books.rules_at(self.seen.now)?;
        let rules = set.rules_for(Element::Manual);
        let options: Vec<(String, String)> = rules.map(|rule| self.written(rule)).collect();
        if options.is_empty() {
            return None;
        }
        let command = Command::RaiseWarning {
            rule: String::new(),
            evidence: String::new(),
        };
        let rule = Field::Choice {
            name: "rule",
            label: "form.rule",
            options,
            typed: self.typed.rule.clone(),
        };
        let evidence = self.text("reason", "form.evidence", true);
        Some((command, "raise_warning", false, vec![rule, evidence]))
    }

    /// A rule with its level and what it says.
    fn written(&self, rule: &Rule) -> (String, String) {
        let mark = Mark::of(self.t, rule.level);
        let says = self.t.language().pick(&rule.text, &rule.text_en);
        (
            rule.id.clone(),
            format!("{} {} · {says}", mark.shape, mark.word),
        )
    }

    fn of_case(&self, case: &Case) -> Vec<Possible> {
        let mut possible = match case.phase {
            Phase::Received => self.before_acceptance(),
            Phase::AwaitingSupply => {
                let mut acts: Vec<Possible> = vec![(Command::Supply, "supply", true, Vec::new())];
                acts.extend(self.before_acceptance().into_iter().map(|mut act| {
                    act.2 = false;
                    act
                }));
                acts
            }
            Phase::InStage(stage) => self.in_stage(case, stage),
            Phase::Over { .. } if case.decision.is_some() && case.delivered_at.is_none() => {
                vec![(Command::Deliver, "deliver", true, Vec::new())]
            }
            Phase::Over { .. } => Vec::new(),
        };
        possible.extend(self.annulment());
        possible
    }

    fn before_acceptance(&self) -> Vec<Possible> {
        let correct = Command::Correct {
            missing: Vec::new(),
        };
        let refuse = Command::RefuseAcceptance {
            reason: String::new(),
        };
        let not_needed = Command::NotNeeded {
            reason: String::new(),
        };
        vec![
            (Command::Accept, "accept", true, Vec::new()),
            (
                correct,
                "correct",
                false,
                vec![self.text("missing", "form.missing", true)],
            ),
            (refuse, "refuse", false, vec![self.reason()]),
            (not_needed, "not_needed", false, vec![self.reason()]),
            self.withdrawal(),
            self.ending(),
        ]
    }

    fn in_stage(&self, case: &Case, stage: Stage) -> Vec<Possible> {
        let open_stop = self.seen.subject.track.open_stops().next();
        let mut acts = Vec::new();
        if let Some(stop) = open_stop {
            let number = self.hidden("stop", stop.number.to_string());
            acts.push((Command::Resume { stop: None }, "resume", true, vec![number]));
        }
        acts.push(self.completion(case, stage, open_stop.is_none()));
        acts.extend(self.sending_back(stage));
        acts.push(self.stopping());
        if case.extension.is_none() {
            acts.push(self.extension());
        }
        acts.extend(self.partners(case, stage));
        if case.decision.is_some() && case.delivered_at.is_none() {
            acts.push((Command::Deliver, "deliver", false, Vec::new()));
        }
        acts.push(self.withdrawal());
        acts.push(self.ending());
        acts
    }

    fn completion(&self, case: &Case, stage: Stage, chief: bool) -> Possible {
        let command = Command::Complete {
            stage,
            outcome: None,
            reason: None,
            document: None,
        };
        let mut fields = vec![self.hidden("stage", stage.as_str().to_owned())];
        let decides = stage == Stage::Approval
            || (stage == Stage::Completion
                && case.decision.as_ref().is_none_or(|d| d.outcome.is_none()));
        if decides {
            let outcomes = Outcome::ALL.iter().filter(|o| o.is_of_completion());
            let words = outcomes.map(|o| ("outcome", o.as_str()));
            fields.push(self.choice("outcome", "form.outcome_label", words, &self.typed.outcome));
        }
        fields.push(self.text("reason", "form.opinion", false));
        if matches!(stage, Stage::Approval | Stage::Completion) {
            fields.push(self.line(
                "document",
                "form.document_number",
                "text",
                false,
                &self.typed.document,
            ));
            fields.push(self.line(
                "document_date",
                "form.document_date",
                "date",
                false,
                &self.typed.document_date,
            ));
        }
        (command, "complete", chief, fields)
    }

    fn sending_back(&self, stage: Stage) -> Option<Possible> {
        let earlier = [Stage::Handling, Stage::Review, Stage::Approval];
        let earlier: Vec<Stage> = earlier.into_iter().filter(|s| *s < stage).collect();
        let first = *earlier.first()?;
        let command = Command::SendBack {
            to: first,
            reason: String::new(),
        };
        let words = earlier.iter().map(|s| ("stage", s.as_str()));
        let to = self.choice("to", "form.to", words, &self.typed.to);
        Some((command, "send_back", false, vec![to, self.reason()]))
    }

    fn stopping(&self) -> Possible {
        let command = Command::Stop {
            procedure: Procedure::Hearing,
            notice: None,
            term: None,
            basis: None,
            approver: None,
        };
        let words = Procedure::ALL.iter().map(|p| ("procedure", p.as_str()));
        let mut fields = vec![
            self.choice(
                "procedure",
                "form.procedure_label",
                words,
                &self.typed.procedure,
            ),
            self.line("notice", "form.notice", "text", false, &self.typed.notice),
        ];
        fields.extend(self.term("form.expected"));
        fields.push(self.line(
            "basis",
            "form.basis_of_suspension",
            "text",
            false,
            &self.typed.basis,
        ));
        fields.push(self.line(
            "approver",
            "form.approver_of_suspension",
            "text",
            false,
            &self.typed.approver,
        ));
        (command, "stop", false, fields)
    }

    fn extension(&self) -> Possible {
        let command = Command::Extend {
            working_days: 0,
            approver: String::new(),
            reason: String::new(),
            notice: None,
        };
        let fields = vec![
            self.line(
                "working_days",
                "form.working_days",
                "number",
                true,
                &self.typed.working_days,
            ),
            self.line(
                "approver",
                "form.approver",
                "text",
                true,
                &self.typed.approver,
            ),
            self.reason(),
            self.line("notice", "form.notice", "text", false, &self.typed.notice),
        ];
        (command, "extend", false, fields)
    }

    fn partners(&self, case: &Case, stage: Stage) -> Vec<Possible> {
        let mut acts = Vec::new();
        if stage != Stage::Handling || !matches!(case.item.kind, approval::item::ItemKind::Joint) {
            return acts;
        }
        for partner in case.partners.iter().filter(|p| p.answered_at.is_none()) {
            let command = Command::AnswerPartner {
                partner: partner.number,
                opinion: String::new(),
            };
            let fields = vec![
                self.hidden("partner", partner.number.to_string()),
                self.text("reason", "form.opinion", true),
            ];
            acts.push((command, "answer_partner", true, fields));
        }
        let command = Command::AskPartner {
            unit: case.unit.clone(),
            term: None,
        };
        let units = self
            .seen
            .books
            .directory
            .units()
            .filter(|u| u.code != case.unit);
        let options = units.map(|u| (u.code.as_str().to_owned(), u.name.clone()));
        let mut fields = vec![Field::Choice {
            name: "unit",
            label: "form.unit",
            options: options.collect(),
            typed: self.typed.unit.clone(),
        }];
        fields.extend(self.term("form.within"));
        acts.push((command, "ask_partner", false, fields));
        acts
    }

    fn withdrawal(&self) -> Possible {
        (
            self.closing(Outcome::Withdrawn),
            "withdraw",
            false,
            vec![self.reason()],
        )
    }

    fn ending(&self) -> Possible {
        let outcomes = Outcome::ALL.iter();
        let outcomes = outcomes.filter(|o| o.is_of_closing() && **o != Outcome::Withdrawn);
        let words = outcomes.map(|o| ("outcome", o.as_str()));
        let fields = vec![
            self.choice("outcome", "form.outcome_label", words, &self.typed.outcome),
            self.reason(),
            self.line("basis", "form.basis", "text", false, &self.typed.basis),
        ];
        (self.closing(Outcome::Ended), "end", false, fields)
    }

    fn closing(&self, outcome: Outcome) -> Command {
        Command::Close {
            outcome,
            reason: String::new(),
            basis: None,
        }
    }

    /// The last event that a person recorded and that may be annulled.
    fn annulment(&self) -> Option<Possible> {
        let subject = &self.seen.subject;
        let annulled = subject.annulled();
        let mut events = subject.history.iter().rev();
        let last = events.find(|e| e.event.can_be_annulled() && !annulled.contains(&e.seq))?;
        let command = Command::Annul {
            seq: last.seq,
            reason: String::new(),
        };
        let what = format!("{} {}", last.seq, self.t.word("event", last.event.kind()));
        let target = Field::Choice {
            name: "target",
            label: "form.target",
            options: vec![(last.seq.to_string(), what)],
            typed: last.seq.to_string(),
        };
        Some((command, "annul", false, vec![target, self.reason()]))
    }

    fn of_order(&self, phase: OrderPhase) -> Vec<Possible> {
        let reply = Command::ReplyOrder {
            text: String::new(),
        };
        match phase {
            OrderPhase::Issued => {
                let files = Field::Files {
                    hint: files::hint(self.t),
                };
                let fields = vec![self.text("reason", "form.reply", true), files];
                vec![(reply, reply::ACT, true, fields)]
            }
            OrderPhase::Replied => {
                let back = Command::SendBackOrder {
                    reason: String::new(),
                    term: None,
                };
                let close = Command::CloseOrder { remark: None };
                let mut fields = vec![self.reason()];
                fields.extend(self.term("form.within"));
                vec![
                    (
                        close,
                        "close_order",
                        true,
                        vec![self.text("reason", "form.remark", false)],
                    ),
                    (back, "send_back_order", false, fields),
                ]
            }
            OrderPhase::Closed { .. } => Vec::new(),
        }
    }

    /// Cards that wait are issued, live ones revoked.
    fn of_warnings(&self) -> Vec<Possible> {
        let warnings = &self.seen.subject.track.warnings;
        let in_state = |pending: bool| {
            let found = warnings
                .iter()
                .rev()
                .filter(move |w| w.is_live() && (w.state == WarningState::Pending) == pending);
            found.map(|w| {
                let level = self.t.word("level", w.level().as_str());
                let clock = super::clock_name(self.t, w.clock());
                (w.seq.to_string(), format!("{} {level} {clock}", w.seq))
            })
        };
        let pending: Vec<(String, String)> = in_state(true).collect();
        let live: Vec<(String, String)> = in_state(true).chain(in_state(false)).collect();
        let target = |options: Vec<(String, String)>| Field::Choice {
            name: "target",
            label: "form.warning",
            options,
            typed: self.typed.target.clone(),
        };
        let mut acts = Vec::new();
        if !pending.is_empty() {
            let command = Command::IssueWarning { warning: 0 };
            acts.push((command, "issue_warning", false, vec![target(pending)]));
        }
        if !live.is_empty() {
            let command = Command::RevokeWarning {
                warning: 0,
                reason: String::new(),
            };
            acts.push((
                command,
                "revoke_warning",
                false,
                vec![target(live), self.reason()],
            ));
        }
        acts
    }

    fn reason(&self) -> Field {
        self.text("reason", "form.reason", true)
    }

    fn hidden(&self, name: &'static str, value: String) -> Field {
        Field::Hidden { name, value }
    }

    fn text(&self, name: &'static str, label: &'static str, required: bool) -> Field {
        let typed = match name {
            "missing" => &self.typed.missing,
            _ => &self.typed.reason,
        };
        Field::Text {
            name,
            label,
            required,
            typed: typed.clone(),
        }
    }

    fn line(
        &self,
        name: &'static str,
        label: &'static str,
        kind: &'static str,
        required: bool,
        typed: &str,
    ) -> Field {
        Field::Line {
            name,
            label,
            kind,
            required,
            typed: typed.to_owned(),
        }
    }

    fn choice<'w>(
        &self,
        name: &'static str,
        label: &'static str,
        words: impl Iterator<Item = (&'static str, &'w str)>,
        typed: &str,
    ) -> Field {
        let options =
            words.map(|(family, word)| (word.to_owned(), self.t.word(family, word).to_owned()));
        Field::Choice {
            name,
            label,
            options: options.collect(),
            typed: typed.to_owned(),
        }
    }

    fn term(&self, label: &'static str) -> [Field; 2] {
        let units = [Term::WorkingDays(0), Term::NaturalDays(0), Term::Months(0)];
        let options = units.iter().map(|term| {
            let word = match term {
                Term::NaturalDays(_) => "d",
                Term::Months(_) => "m",
                _ => "wd",
            };
            (word.to_owned(), self.t.word("term", word).to_owned())
        });
        [
            self.line("amount", label, "number", false, &self.typed.amount),
            Field::Choice {
                name: "unit_of_term",
                label: "form.unit_of_term",
                options: options.collect(),
                typed: self.typed.unit_of_term.clone(),
            },
        ]
    }
}

/// Does an act. Refused, the page comes back with all that was typed.
pub(super) async fn act(
    State(site): State<Site>,
    visitor: Here,
    Path(number): Path<String>,
    Form(form): Form<ActForm>,
) -> Result<Response, PageError> {
    let t = visitor.texts;
    let record = super::record(&site, &visitor, &number).await?;
    let person = visitor.desk()?;
    let read = form.command(t).and_then(|command| {
        let by = form.by(t, &person.code, &visitor.books.calendar)?;
        Ok((command, by))
    });
    let (command, by) = match read {
        Ok(read) => read,
        Err(mistake) => {
            let error = (StatusCode::UNPROCESSABLE_ENTITY, mistake.0);
            return super::page(&site, &visitor, &record, form, Some(error)).await;
        }
    };
    match site.engine.act_seen(&number, form.seq, command, by).await {
        Ok(done) => Ok(Redirect::to(&onwards(&done, &form.act)).into_response()),
        Err(error) if error.is_refusal() => refused(&site, &visitor, &number, form, &error).await,
        Err(error) => Err(error.into()),
    }
}

/// Where an act leads: to the card that it raised, else back to the page.
fn onwards(seen: &Seen, act: &str) -> String {
    let number = seen.subject.id.as_str();
    let mut warnings = seen.subject.track.warnings.iter().rev();
    let raised = warnings.find(|w| matches!(w.clock(), ClockKey::Manual(_)));
    match raised {
        Some(card) if act == "raise_warning" => {
            format!("/case/{number}/warning/{}?done={act}", card.seq)
        }
        _ => format!("/case/{number}?done={act}"),
    }
}

/// The page again with all that was typed and why it is refused.
pub(super) async fn refused(
    site: &Site,
    visitor: &Visitor,
    number: &str,
    form: ActForm,
    error: &EngineError,
) -> Result<Response, PageError> {
    let status = if error.kind() == "changed_meanwhile" {
        StatusCode::CONFLICT
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    note_foreign(site, visitor, number, error).await;
    let told = frame::one_language(visitor.texts, &error.to_string());
    let record = super::record(site, visitor, number).await?;
    super::page(site, visitor, &record, form, Some((status, told))).await
}

/// An act for which somebody hasn't the post goes into the log.
pub(crate) async fn note_foreign(
    site: &Site,
    visitor: &Visitor,
    number: &str,
    error: &EngineError,
) {
    if !matches!(
        error.kind(),
        "foreign_post" | "needs_inspector" | "not_stand_in"
    ) {
        return;
    }
    let entry = engine::accounts::Entry::refused("act", number, error.kind());
    if let Err(error) = site.engine.note(&visitor.caller(), entry).await {
        tracing::error!(error = %error, "a refusal can't be written into the audit log");
    }
}
