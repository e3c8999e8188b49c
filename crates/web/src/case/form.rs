//! The form of an act: what was typed, kept as it was typed until it is right.

use approval::Command;
use approval::appeal::AppealDecision;
use approval::command::Act;
use approval::event::Document;
use approval::ids::{PersonCode, UnitCode};
use approval::stage::{Outcome, Procedure, Stage};
use calendar::{Calendar, Term};
use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeZone, Utc};
use serde::Deserialize;

use crate::files::Sent;
use crate::texts::Texts;

/// Everything that any of the acts asks for; each uses what it needs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(crate) struct ActForm {
    /// Which act.
    pub(crate) act: String,
    /// The last event that the writer of the form saw.
    pub(crate) seq: i64,
    pub(crate) stage: String,
    pub(crate) outcome: String,
    pub(crate) reason: String,
    pub(crate) document: String,
    pub(crate) document_date: String,
    pub(crate) to: String,
    pub(crate) procedure: String,
    pub(crate) notice: String,
    pub(crate) amount: String,
    pub(crate) unit_of_term: String,
    pub(crate) basis: String,
    pub(crate) approver: String,
    pub(crate) working_days: String,
    pub(crate) unit: String,
    pub(crate) partner: String,
    pub(crate) stop: String,
    pub(crate) missing: String,
    /// The event to be annulled, the warning to be issued or revoked.
    pub(crate) target: String,
    /// When it happened, if it isn't now.
    pub(crate) at: String,
    pub(crate) late_reason: String,
    /// For whom a stand-in acts.
    pub(crate) stands_for: String,
    /// The written rule of a card by hand.
    pub(crate) rule: String,
}

/// A field that can't be read: its text key, and what is wrong.
pub(crate) struct Mistake(pub(crate) String);

impl ActForm {
    /// What was typed beside files.
    pub(crate) fn beside(sent: &Sent) -> Self {
        Self {
            act: sent.text("act"),
            seq: sent.text("seq").parse().unwrap_or_default(),
            reason: sent.text("reason"),
            at: sent.text("at"),
            late_reason: sent.text("late_reason"),
            stands_for: sent.text("stands_for"),
            ..Self::default()
        }
    }

    /// The command that was typed.
    pub(crate) fn command(&self, t: Texts) -> Result<Command, Mistake> {
        let wrong = |key: &str| Mistake(t.say(key).to_owned());
        Ok(match self.act.as_str() {
            "accept" => Command::Accept,
            "supply" => Command::Supply,
            "deliver" => Command::Deliver,
            "correct" => Command::Correct {
                missing: lines(&self.missing),
            },
            "refuse" => Command::RefuseAcceptance {
                reason: self.reason.clone(),
            },
            "not_needed" => Command::NotNeeded {
                reason: self.reason.clone(),
            },
            "complete" => Command::Complete {
                stage: Stage::parse(&self.stage).ok_or_else(|| wrong("form.stage"))?,
                outcome: optional(&self.outcome, Outcome::parse)
                    .map_err(|()| wrong("form.outcome"))?,
                reason: text(&self.reason),
                document: self.document(t)?,
            },
            "send_back" => Command::SendBack {
                to: Stage::parse(&self.to).ok_or_else(|| wrong("form.stage"))?,
                reason: self.reason.clone(),
            },
            "stop" => Command::Stop {
                procedure: Procedure::parse(&self.procedure)
                    .ok_or_else(|| wrong("form.procedure"))?,
                notice: text(&self.notice),
                term: self.term(t)?,
                basis: text(&self.basis),
                approver: text(&self.approver),
            },
            "resume" => Command::Resume {
                stop: optional(&self.stop, |s| s.parse().ok())
                    .map_err(|()| wrong("form.number"))?,
            },
            "extend" => Command::Extend {
                working_days: number(&self.working_days).ok_or_else(|| wrong("form.number"))?,
                approver: self.approver.clone(),
                reason: self.reason.clone(),
                notice: text(&self.notice),
            },
            "ask_partner" => Command::AskPartner {
                unit: UnitCode::new(self.unit.trim()),
                term: self.term(t)?,
            },
            "answer_partner" => Command::AnswerPartner {
                partner: number(&self.partner).ok_or_else(|| wrong("form.number"))?,
                opinion: self.reason.clone(),
            },
            "withdraw" => self.close(Outcome::Withdrawn),
            "end" => {
                let outcome = Outcome::parse(&self.outcome).ok_or_else(|| wrong("form.outcome"))?;
                self.close(outcome)
            }
            "annul" => Command::Annul {
                seq: self.target(t)?,
                reason: self.reason.clone(),
            },
            "issue_warning" => Command::IssueWarning {
                warning: self.target(t)?,
            },
            "revoke_warning" => Command::RevokeWarning {
                warning: self.target(t)?,
                reason: self.reason.clone(),
            },
            "raise_warning" => Command::RaiseWarning {
                rule: self.rule.clone(),
                evidence: self.reason.clone(),
            },
            "appeal_revoke" => self.answer(AppealDecision::Revoked),
            "appeal_reject" => self.answer(AppealDecision::Rejected),
            "appeal_refer" => self.answer(AppealDecision::Referred),
            "reply_order" => Command::ReplyOrder {
                text: self.reason.clone(),
            },
            "close_order" => Command::CloseOrder {
                remark: text(&self.reason),
            },
            "send_back_order" => Command::SendBackOrder {
                reason: self.reason.clone(),
                term: self.term(t)?,
            },
            _ => return Err(wrong("form.act")),
        })
    }

    /// Who does it, when, for whom.
    pub(crate) fn by(
        &self,
        t: Texts,
        by: &PersonCode,
        calendar: &Calendar,
    ) -> Result<Act, Mistake> {
        Ok(Act {
            by: Some(by.clone()),
            stands_for: text(&self.stands_for).map(PersonCode::new),
            at: optional(&self.at, |at| instant(at, calendar))
                .map_err(|()| Mistake(t.say("form.instant").to_owned()))?,
            late_reason: text(&self.late_reason),
            ..Act::default()
        })
    }

    fn close(&self, outcome: Outcome) -> Command {
        Command::Close {
            outcome,
            reason: self.reason.clone(),
            basis: text(&self.basis),
        }
    }

    fn answer(&self, decision: AppealDecision) -> Command {
        Command::DecideAppeal {
            decision,
            reason: self.reason.clone(),
        }
    }

    fn target(&self, t: Texts) -> Result<i64, Mistake> {
        let read = self.target.trim().parse();
        read.map_err(|_| Mistake(t.say("form.number").to_owned()))
    }

    fn document(&self, t: Texts) -> Result<Option<Document>, Mistake> {
        let date: Option<NaiveDate> = optional(&self.document_date, |d| d.parse().ok())
            .map_err(|()| Mistake(t.say("form.day").to_owned()))?;
        match (text(&self.document), date) {
            (Some(number), date) => Ok(Some(Document { number, date })),
            (None, None) => Ok(None),
            (None, Some(_)) => Err(Mistake(t.say("form.document").to_owned())),
        }
    }

    /// The term that was typed, if any.
    pub(crate) fn term(&self, t: Texts) -> Result<Option<Term>, Mistake> {
        if self.amount.trim().is_empty() {
            return Ok(None);
        }
        let written = format!("{}{}", self.amount.trim(), self.unit_of_term);
        let read = approval::term_text::parse(&written);
        read.map(Some)
            .map_err(|_| Mistake(t.say("form.term").to_owned()))
    }
}

/// A text that isn't empty.
fn text(typed: &str) -> Option<String> {
    Some(typed.trim().to_owned()).filter(|t| !t.is_empty())
}

fn number(typed: &str) -> Option<u32> {
    typed.trim().parse().ok()
}

/// One entry for each line.
fn lines(typed: &str) -> Vec<String> {
    let lines = typed.lines().map(str::trim);
    lines.filter(|l| !l.is_empty()).map(str::to_owned).collect()
}

/// Nothing, or what was typed if it can be read.
fn optional<T>(typed: &str, read: impl Fn(&str) -> Option<T>) -> Result<Option<T>, ()> {
    match typed.trim() {
        "" => Ok(None),
        typed => read(typed).map(Some).ok_or(()),
    }
}

/// A local date and time, as the browser's own field writes it.
pub(crate) fn instant(typed: &str, calendar: &Calendar) -> Option<DateTime<Utc>> {
    let forms = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"];
    let mut read = forms
        .iter()
        .filter_map(|form| NaiveDateTime::parse_from_str(typed, form).ok());
    let local = calendar.zone().from_local_datetime(&read.next()?);
    local.earliest().map(|at| at.to_utc())
}
