//! Commands become events: what a desk refuses, and what is recorded with a defect.

use calendar::Term;
use chrono::{DateTime, Utc};

use crate::attachment::Attachment;
use crate::case::{Case, Phase};
use crate::command::{Act, Command, Origin};
use crate::event::{Defect, Event, RevokedOn};
use crate::ids::UnitCode;
use crate::item::ItemKind;
use crate::message::AppealNews;
use crate::refusal::Refusal;
use crate::rights;
use crate::stage::{Outcome, Procedure, Stage};
use crate::subject::{Body, Subject};
use crate::track::{Clock, ClockKey, Track};
use crate::warning::{Warning, WarningState};
use crate::work::{Work, note_missing_late_reason};

/// A partner unit's time when neither the request nor the rules set one.
const PARTNER_TERM: Term = Term::WorkingDays(7);

impl Work<'_> {
    /// Does one act. Alarms must have been settled before (invariant 7): callers use [`Work::settle`] first.
    ///
    /// # Errors
    /// Why it is refused; the work is as it was then.
    pub fn act(&mut self, command: Command, act: &Act) -> Result<(), Refusal> {
        let occurred_at = act.at.unwrap_or(self.now);
        self.need_subject_of(&command)?;
        let actor = rights::actor(self.books, act, occurred_at)?;
        let mut defects = self.check_instant(&command, occurred_at, act)?;
        // After the place and the time: whose turn it would be says nothing about a case that has moved on.
        let rights = rights::needed(&self.subject, &command);
        rights::check(self.books, actor, act.origin, &rights)?;
        match command {
            Command::Annul { seq, reason } => {
                return self.annul(seq, reason, occurred_at, act);
            }
            Command::IssueWarning { warning } => {
                return self.issue_warning(warning, occurred_at, act);
            }
            Command::RevokeWarning { warning, reason } => {
                let on = RevokedOn::Decision;
                return self.revoke_warning(warning, reason, on, occurred_at, act, defects);
            }
            Command::RevokeOn {
                warning,
                reason,
                on,
            } => {
                return self.revoke_warning(warning, reason, on, occurred_at, act, defects);
            }
            Command::RaiseWarning { rule, evidence } => {
                return self.raise_by_hand(&rule, evidence, occurred_at, act);
            }
            Command::AppealWarning { warning, appeal } => {
                return self.appeal_warning(warning, appeal, occurred_at, act);
            }
            Command::DecideAppeal { decision, reason } => {
                return self.decide_appeal(decision, reason, occurred_at, act, defects);
            }
            Command::LapseAppeal { card } => {
                self.record(occurred_at, act, defects, Event::AppealLapsed { card })?;
                self.tell_appeal(AppealNews::Lapsed);
                return Ok(());
            }
            _ => {}
        }
        let event = self.event_of(command, occurred_at, act, &mut defects)?;
        let sent_back = matches!(event, Event::OrderSentBack { .. });
        self.record(occurred_at, act, defects, event)?;
        if sent_back {
            self.tell_order(self.subject.seq(), true);
        }
        Ok(())
    }

    /// The three times of an act against each other.
    fn check_instant(
        &self,
        command: &Command,
        at: DateTime<Utc>,
        act: &Act,
    ) -> Result<Vec<Defect>, Refusal> {
        let mut defects = Vec::new();
        if at > self.now {
            return Err(Refusal::in_future(&self.books.calendar, at, self.now));
        }
        let start = began_at(&self.subject);
        if act.origin == Origin::Feed {
            if start.is_some_and(|s| at < s) {
                defects.push(match command {
                    Command::ReportEnd { .. } => Defect::EndBeforeStart,
                    _ => Defect::BeforeStart,
                });
            }
            if self
                .subject
                .case()
                .and_then(Case::over_at)
                .is_some_and(|over| at > over)
            {
                defects.push(Defect::AfterEnd);
            }
            return Ok(defects);
        }
        // Who is in the wrong place is told so, whatever the time: a case that has moved on meanwhile can't be
        // helped by another time.
        match &self.subject.body {
            Body::Case(case) => case.check_phase(command)?,
            Body::Order(order) => order.check_phase(command)?,
            Body::Appeal(appeal) => appeal.check_phase(command)?,
        }
        if let Some(start) = start
            && at < start
        {
            let calendar = &self.books.calendar;
            return Err(Refusal::before_start(calendar, at, "收件时间", start));
        }
        self.check_order_of_acts(command, at)?;
        note_missing_late_reason(self.books, act, at, self.now, &mut defects);
        if self.is_late_recording(at) {
            defects.push(Defect::LateRecording);
        }
        Ok(defects)
    }

    fn need_subject_of(&self, command: &Command) -> Result<(), Refusal> {
        let needed = match command {
            Command::Annul { .. }
            | Command::IssueWarning { .. }
            | Command::RevokeWarning { .. }
            | Command::RevokeOn { .. } => return Ok(()),
            Command::AppealWarning { .. } | Command::RaiseWarning { .. }
                if self.subject.appeal().is_none() =>
            {
                return Ok(());
            }
            Command::DecideAppeal { .. } | Command::LapseAppeal { .. } => "appeal",
            Command::ReplyOrder { .. }
            | Command::ReplyOrderWith { .. }
            | Command::CloseOrder { .. }
            | Command::SendBackOrder { .. } => "order",
            _ => "case",
        };
        let found = self.subject.kind();
        if needed == found {
            return Ok(());
        }
        Err(Refusal::WrongSubject { needed, found })
    }

    /// Acts are in the order in which they are said to have happened: nothing precedes what it rests on.
    fn check_order_of_acts(&self, command: &Command, at: DateTime<Utc>) -> Result<(), Refusal> {
        match self.rests_on(command) {
            Some((start, what)) if at < start => {
                let calendar = &self.books.calendar;
                Err(Refusal::before_start(calendar, at, what, start))
            }
            _ => Ok(()),
        }
    }

    /// The instant and the name of what a command rests on, beyond the receipt.
    fn rests_on(&self, command: &Command) -> Option<(DateTime<Utc>, &'static str)> {
        if let Some(order) = self.subject.order() {
            let clock = self.subject.track.clock(order.clock())?;
            return match clock.ended_at {
                Some(replied) => Some((replied, "督办回复时间")),
                None => Some((clock.start, "督办发出时间")),
            };
        }
        if let Some(appeal) = self.subject.appeal() {
            let clock = self.subject.track.clock(appeal.clock())?;
            return Some((clock.start, "申诉(上报)时间"));
        }
        let case = self.subject.case()?;
        match command {
            Command::AnswerPartner { partner, .. } => {
                let asked = self.subject.track.clock(ClockKey::Partner(*partner))?;
                return Some((asked.start, "征求意见时间"));
            }
            // Stops and decisions are looked at where they are closed and delivered; the rest is
            // about warnings and records, not about the course of the case.
            Command::Resume { .. }
            | Command::Deliver
            | Command::Step { .. }
            | Command::Annul { .. }
            | Command::IssueWarning { .. }
            | Command::RevokeWarning { .. }
            | Command::RevokeOn { .. }
            | Command::RaiseWarning { .. }
            | Command::AppealWarning { .. } => return None,
            _ => {}
        }
        match case.phase {
            Phase::Received | Phase::AwaitingSupply => {
                let correction = case.corrections.last()?;
                Some(match correction.supplied_at {
                    Some(supplied) => (supplied, "补正材料收到时间"),
                    None => (correction.notified_at, "补正告知时间"),
                })
            }
            Phase::InStage(stage) => {
                let visit = case.visits.last()?;
                let completing = matches!(command, Command::Complete { .. });
                // Time that stood still at an instant can't have been completed at it.
                let resumed = self.subject.track.stops.iter().filter_map(|s| s.to).max();
                match resumed.filter(|_| completing && stage == Stage::Completion) {
                    Some(resumed) if resumed > visit.started_at => {
                        Some((resumed, "特别程序结束时间"))
                    }
                    _ => Some((visit.started_at, "本环节开始时间")),
                }
            }
            Phase::Over { .. } => None,
        }
    }

    fn event_of(
        &self,
        command: Command,
        at: DateTime<Utc>,
        act: &Act,
        defects: &mut Vec<Defect>,
    ) -> Result<Event, Refusal> {
        Ok(match command {
            Command::Accept => self.accepted(at)?,
            Command::Supply => Event::Supplied,
            Command::Deliver => Event::Delivered,
            Command::Correct { missing } => self.correct(missing, defects)?,
            Command::RefuseAcceptance { reason } => {
                reason_for(Some(&reason), Outcome::NotAccepted)?;
                Event::NotAccepted { reason }
            }
            Command::NotNeeded { reason } => {
                reason_for(Some(&reason), Outcome::NotNeeded)?;
                Event::NotNeeded { reason }
            }
            Command::Complete { .. } => self.complete(command, at, act)?,
            Command::SendBack { to, reason } => {
                required(&reason, "退回理由")?;
                Event::SentBack { to, reason }
            }
            Command::Stop { .. } => self.stop(command, defects)?,
            Command::Resume { stop } => self.resume_stop(stop)?,
            Command::Extend { .. } => self.extend(command, defects)?,
            Command::AskPartner { unit, term } => self.ask_partner(unit, term, at)?,
            Command::AnswerPartner { partner, opinion } => {
                required(&opinion, "协办意见")?;
                Event::PartnerAnswered { partner, opinion }
            }
            Command::Close { .. } => close(command)?,
            Command::Step {
                activity,
                stage,
                group,
                person,
                defect,
            } => {
                defects.extend(defect);
                Event::Step {
                    activity,
                    stage,
                    group,
                    person,
                }
            }
            Command::ReportEnd { outcome } => Event::EndReported { outcome },
            other => order_event(other)?,
        })
    }

    fn accepted(&self, at: DateTime<Utc>) -> Result<Event, Refusal> {
        let item_version = self.item_version_at(at)?;
        Ok(Event::Accepted { item_version })
    }

    fn correct(&self, missing: Vec<String>, defects: &mut Vec<Defect>) -> Result<Event, Refusal> {
        if missing.iter().all(|m| m.trim().is_empty()) {
            return Err(Refusal::Empty {
                field: "补正内容"
            });
        }
        // The law allows one notice; a second is recorded all the same, since it happened, and flagged.
        if self
            .subject
            .case()
            .is_some_and(|c| !c.corrections.is_empty())
        {
            defects.push(Defect::SecondCorrection);
        }
        Ok(Event::CorrectionNotified { missing })
    }

    fn complete(&self, command: Command, at: DateTime<Utc>, act: &Act) -> Result<Event, Refusal> {
        let Command::Complete {
            stage,
            outcome,
            reason,
            document,
        } = command
        else {
            return Err(Refusal::Empty { field: "环节" });
        };
        if let Some(outcome) = outcome {
            if !matches!(stage, Stage::Approval | Stage::Completion) {
                let why = "结果只在批准、办结环节填写 / outcomes belong to approval and completion";
                return Err(Refusal::WrongOutcome { outcome, why });
            }
            if !outcome.is_of_completion() {
                let why = "请用撤回、终止操作 / use withdraw or end";
                return Err(Refusal::WrongOutcome { outcome, why });
            }
        }
        if stage == Stage::Acceptance {
            return self.accepted(at);
        }
        let ends_with = match stage {
            Stage::Completion => self.subject.case().map(|c| c.would_end_as(outcome)),
            _ => outcome,
        };
        if let Some(ends_with) = ends_with
            && act.origin == Origin::Desk
            && !(stage == Stage::Completion && self.decided_with_reason(ends_with))
        {
            reason_for(reason.as_deref(), ends_with)?;
        }
        Ok(Event::StageCompleted {
            stage,
            outcome,
            reason,
            document,
        })
    }

    /// Whether the decision that stands gave this outcome with its reason: that serves the completion too.
    fn decided_with_reason(&self, outcome: Outcome) -> bool {
        let annulled = self.subject.annulled();
        let decision = self
            .subject
            .history
            .iter()
            .rev()
            .find_map(|e| match &e.event {
                Event::StageCompleted {
                    stage: Stage::Approval,
                    outcome,
                    reason,
                    ..
                } if !annulled.contains(&e.seq) => Some((*outcome, reason.is_some())),
                _ => None,
            });
        decision == Some((Some(outcome), true))
    }

    fn stop(&self, command: Command, defects: &mut Vec<Defect>) -> Result<Event, Refusal> {
        let Command::Stop {
            procedure,
            notice,
            term,
            basis,
            approver,
        } = command
        else {
            return Err(Refusal::NoOpenStop);
        };
        if procedure == Procedure::Suspension {
            required(basis.as_deref().unwrap_or(""), "中止依据")?;
            required(approver.as_deref().unwrap_or(""), "中止批准人")?;
        }
        if notice.as_deref().is_none_or(|n| n.trim().is_empty()) {
            defects.push(Defect::StopWithoutNotice);
        }
        // Numbers are never used twice, also when an annulled event had one.
        let used = self
            .subject
            .history
            .iter()
            .filter(|e| matches!(e.event, Event::StopOpened { .. }))
            .count();
        Ok(Event::StopOpened {
            stop: u32::try_from(used).unwrap_or(u32::MAX).saturating_add(1),
            procedure,
            notice,
            term,
            basis,
            approver,
        })
    }

    fn resume_stop(&self, stop: Option<u32>) -> Result<Event, Refusal> {
        let mut open = self.subject.track.open_stops();
        let stop = match (stop, open.next(), open.next()) {
            (Some(number), _, _) => number,
            (None, None, _) => return Err(Refusal::NoOpenStop),
            (None, Some(one), None) => one.number,
            (None, Some(_), Some(_)) => return Err(Refusal::WhichStop),
        };
        Ok(Event::StopClosed { stop })
    }

    fn extend(&self, command: Command, defects: &mut Vec<Defect>) -> Result<Event, Refusal> {
        let Command::Extend {
            working_days,
            approver,
            reason,
            notice,
        } = command
        else {
            return Err(Refusal::ExtensionTooLate);
        };
        required(&approver, "批准人")?;
        required(&reason, "延期理由")?;
        let joint = self
            .subject
            .case()
            .is_some_and(|c| matches!(c.item.kind, ItemKind::Joint));
        let periods = self
            .books
            .rules_at(self.now)
            .map(|set| set.periods.clone())
            .unwrap_or_default();
        let cap = if joint {
            periods.joint_extension_cap
        } else {
            periods.extension_cap
        };
        if working_days == 0 || working_days > cap {
            return Err(Refusal::ExtensionAboveCap {
                asked: working_days,
                cap,
            });
        }
        if notice.as_deref().is_none_or(|n| n.trim().is_empty()) {
            defects.push(Defect::ExtensionWithoutNotice);
        }
        Ok(Event::Extended {
            working_days,
            approver,
            reason,
            notice,
        })
    }

    fn ask_partner(
        &self,
        unit: UnitCode,
        term: Option<Term>,
        at: DateTime<Utc>,
    ) -> Result<Event, Refusal> {
        if self.books.directory.unit(&unit).is_none() {
            return Err(Refusal::Unknown {
                what: "单位",
                code: unit.as_str().to_owned(),
            });
        }
        let number = self
            .subject
            .history
            .iter()
            .filter(|e| matches!(e.event, Event::PartnerAsked { .. }))
            .count();
        let default = self.books.rules_at(at).and_then(|set| set.periods.partner);
        Ok(Event::PartnerAsked {
            partner: u32::try_from(number).unwrap_or(u32::MAX).saturating_add(1),
            unit,
            term: term.or(default).unwrap_or(PARTNER_TERM),
        })
    }

    fn issue_warning(&mut self, warning: i64, at: DateTime<Utc>, act: &Act) -> Result<(), Refusal> {
        let raised = self
            .subject
            .track
            .warnings
            .iter()
            .find(|w| w.seq == warning && w.state == WarningState::Pending)
            .map(|w| w.raised.clone())
            .ok_or(Refusal::NoSuchWarning { seq: warning })?;
        self.record(at, act, Vec::new(), Event::WarningIssued { warning })?;
        let rule = self.books.rule_of(&raised).cloned();
        if let Some(rule) = rule {
            self.issue(warning, &rule);
        }
        Ok(())
    }

    fn revoke_warning(
        &mut self,
        warning: i64,
        reason: String,
        on: RevokedOn,
        at: DateTime<Utc>,
        act: &Act,
        defects: Vec<Defect>,
    ) -> Result<(), Refusal> {
        required(&reason, "撤牌理由")?;
        let event = Event::WarningRevoked {
            warning,
            reason,
            on,
        };
        self.record(at, act, defects, event)?;
        self.drop_items(warning);
        Ok(())
    }

    /// Annuls an event: the rest must replay, and the warnings that rest on it fall with it.
    fn annul(
        &mut self,
        target: i64,
        reason: String,
        at: DateTime<Utc>,
        act: &Act,
    ) -> Result<(), Refusal> {
        required(&reason, "作废理由")?;
        let event = Event::EventAnnulled { target, reason };
        let before = self.subject.track.clone();
        self.record(at, act, Vec::new(), event)?;
        let cause = self.subject.seq();
        self.annul_warnings(cause, |subject, warning| {
            basis_fell(&before, &subject.track, warning)
        })
    }
}

/// Whether an annulment took a warning's basis away: the clock or the date that it rests on is gone,
/// or the clock now ended before the threshold was reached, and hadn't before. An end that was recorded
/// late left the card where it is; an annulment of something else does so too (invariant 7).
pub(crate) fn basis_fell(before: &Track, after: &Track, warning: &Warning) -> bool {
    let Some(old) = before.clock(warning.clock()) else {
        return false;
    };
    let Some(new) = after.clock(warning.clock()) else {
        return true;
    };
    let rests_on = |clock: &Clock| {
        let mut dates = clock.settings.iter();
        dates.any(|s| s.due.at == warning.raised.due_at)
    };
    let in_time = |clock: &Clock| {
        let end = clock.ended_at;
        end.is_some_and(|end| end < warning.raised.limit_at)
    };
    (rests_on(old) && !rests_on(new)) || (in_time(new) && !in_time(old))
}

fn close(command: Command) -> Result<Event, Refusal> {
    let Command::Close {
        outcome,
        reason,
        basis,
    } = command
    else {
        return Err(Refusal::Empty {
            field: "终结方式"
        });
    };
    if !outcome.is_of_closing() {
        let why = "请用办结操作 / complete the case instead";
        return Err(Refusal::WrongOutcome { outcome, why });
    }
    reason_for(Some(&reason), outcome)?;
    Ok(Event::Closed {
        outcome,
        reason,
        basis,
    })
}

fn order_event(command: Command) -> Result<Event, Refusal> {
    Ok(match command {
        Command::ReplyOrder { text } => replied(text, Vec::new())?,
        Command::ReplyOrderWith { text, attachments } => replied(text, attachments)?,
        Command::CloseOrder { remark } => Event::OrderClosed { remark },
        Command::SendBackOrder { reason, term } => {
            required(&reason, "退回理由")?;
            Event::OrderSentBack { reason, term }
        }
        // All others were taken before this.
        _ => {
            return Err(Refusal::WrongSubject {
                needed: "order",
                found: "case",
            });
        }
    })
}

fn replied(text: String, attachments: Vec<Attachment>) -> Result<Event, Refusal> {
    required(&text, "回复内容")?;
    Ok(Event::OrderReplied { text, attachments })
}

fn began_at(subject: &Subject) -> Option<DateTime<Utc>> {
    subject.history.first().map(|e| e.occurred_at)
}

pub(crate) fn required(text: &str, field: &'static str) -> Result<(), Refusal> {
    if text.trim().is_empty() {
        return Err(Refusal::Empty { field });
    }
    Ok(())
}

fn reason_for(reason: Option<&str>, outcome: Outcome) -> Result<(), Refusal> {
    let given = reason.is_some_and(|r| !r.trim().is_empty());
    if outcome.needs_reason() && !given {
        return Err(Refusal::MissingReason { outcome });
    }
    Ok(())
}
