//! Appeals as acts: who may object to which card until when, and what an answer brings with it.

use calendar::{Due, Term};
use chrono::{DateTime, Utc};

use crate::acts::required;
use crate::appeal::{AppealDecision, AppealPhase, AppealedCard};
use crate::attachment::Attachment;
use crate::books::Books;
use crate::command::Act;
use crate::event::{Defect, Event};
use crate::ids::{PersonCode, SubjectId};
use crate::message::{AppealNews, AppealNotice, MessageItem, Notice, RevocationRequest};
use crate::refusal::Refusal;
use crate::rule::{Audience, Level};
use crate::warning::{Warning, WarningState};
use crate::work::Work;

impl Work<'_> {
    /// The card that a unit may appeal against now.
    ///
    /// The period counts from the day on which the issue was recorded, since from then the unit knows of it, and the
    /// filing counts when it is recorded: whoever could date it back would have no period.
    ///
    /// # Errors
    /// No such issued card, a notice, one that was appealed against already, the period is over.
    pub fn appealed_card(&self, warning: i64) -> Result<AppealedCard, Refusal> {
        if self.subject.appeal().is_some() {
            return Err(Refusal::WrongSubject {
                needed: "case",
                found: "appeal",
            });
        }
        let card = self.issued_card(warning)?;
        if card.level() == Level::Notice {
            return Err(Refusal::NotACard {
                seq: warning,
                found: card.level(),
            });
        }
        if let Some(appeal) = &card.appeal {
            return Err(Refusal::AlreadyAppealed {
                seq: warning,
                appeal: appeal.as_str().to_owned(),
            });
        }
        if let Some(due) = self.appeal_until(card)?
            && self.now >= due.at
        {
            let (term, due_on) = (self.appeal_filing(), due.on);
            return Err(Refusal::AppealTooLate { term, due_on });
        }
        Ok(AppealedCard {
            about: self.subject.id.clone(),
            warning,
            unit: self.subject.unit_of_warning(warning).clone(),
            level: card.level(),
            item: self.subject.case().map(|c| c.item.code.clone()),
        })
    }

    /// Until when a card may be appealed against, by the rules in force: pages tell it beforehand.
    ///
    /// # Errors
    /// A day that the calendar doesn't cover.
    pub fn appeal_until(&self, card: &Warning) -> Result<Option<Due>, Refusal> {
        let issued_at = card.issued_at.unwrap_or(card.recorded_at);
        let term = self.appeal_filing();
        Ok(self.books.calendar.due(issued_at, term, &[], None)?)
    }

    fn appeal_filing(&self) -> Term {
        let rules = self.books.rules_at(self.now);
        let periods = rules.map(|set| set.periods.clone());
        periods.unwrap_or_default().appeal_filing
    }

    fn issued_card(&self, seq: i64) -> Result<&Warning, Refusal> {
        let mut cards = self.subject.track.warnings.iter();
        cards
            .find(|w| w.seq == seq && w.state == WarningState::Issued)
            .ok_or(Refusal::NoSuchWarning { seq })
    }

    /// Marks a card as appealed against, so that it can't be a second time.
    pub(crate) fn appeal_warning(
        &mut self,
        warning: i64,
        appeal: SubjectId,
        at: DateTime<Utc>,
        act: &Act,
    ) -> Result<(), Refusal> {
        self.appealed_card(warning)?;
        let card = self.issued_card(warning)?;
        let issued_at = card.issued_at.unwrap_or(card.recorded_at);
        if at < issued_at {
            let calendar = &self.books.calendar;
            return Err(Refusal::before_start(calendar, at, "发牌时间", issued_at));
        }
        let event = Event::WarningAppealed { warning, appeal };
        // An appeal against a limit that has passed comes after it by its nature: no late recording.
        self.record(at, act, Vec::new(), event)
    }

    /// Answers an appeal; a card that falls by it is taken away in the same transaction.
    pub(crate) fn decide_appeal(
        &mut self,
        decision: AppealDecision,
        reason: String,
        at: DateTime<Utc>,
        act: &Act,
        defects: Vec<Defect>,
    ) -> Result<(), Refusal> {
        required(&reason, "答复理由")?;
        self.need_other_than_referrer(act)?;
        let event = Event::AppealDecided {
            decision,
            reason: reason.clone(),
        };
        self.record(at, act, defects, event)?;
        if let (AppealDecision::Revoked, Some(appeal)) = (decision, self.subject.appeal()) {
            let request = RevocationRequest {
                subject: appeal.card.about.clone(),
                warning: appeal.card.warning,
                reason,
                appeal: self.subject.id.clone(),
                act: act.clone(),
            };
            self.revocations.push(request);
        }
        self.tell_appeal(AppealNews::Decided(decision));
        Ok(())
    }

    /// A referral is for somebody else: neither who referred it, in whosever place he acts now, nor a stand-in for him.
    fn need_other_than_referrer(&self, act: &Act) -> Result<(), Refusal> {
        let Some(AppealPhase::Referred { by: Some(by) }) = self.subject.appeal().map(|a| &a.phase)
        else {
            return Ok(());
        };
        if [&act.by, &act.stands_for].contains(&&Some(by.clone())) {
            return Err(Refusal::OwnReferral {
                by: by.as_str().to_owned(),
            });
        }
        Ok(())
    }

    /// The item's name, of a case or of the case that an appeal is about.
    pub(crate) fn item_name(&self) -> Option<String> {
        if let Some(case) = self.subject.case() {
            return Some(case.item.name.clone());
        }
        let item = self.subject.appeal()?.card.item.as_ref()?;
        let item = self.books.item_in_force(item, self.now).ok()?;
        Some(item.name.clone())
    }

    /// Tells the inspectors of a filing, the unit of an answer, and the leaders of a referral.
    pub(crate) fn tell_appeal(&mut self, news: AppealNews) {
        let Some(appeal) = self.subject.appeal() else {
            return;
        };
        let directory = &self.books.directory;
        let unit = &appeal.card.unit;
        let audiences: &[Audience] = match news {
            AppealNews::Filed => &[Audience::Inspector],
            AppealNews::Decided(AppealDecision::Referred) => &[Audience::Head, Audience::Leader],
            AppealNews::Decided(_) | AppealNews::Lapsed => &[Audience::Head],
        };
        let mut recipients = directory.recipients(unit, None, audiences, self.now);
        let filer = appeal
            .filed_by
            .as_ref()
            .filter(|_| news != AppealNews::Filed);
        recipients.extend(filer.filter(|p| directory.person(p).is_some()).cloned());
        let mut told: Vec<PersonCode> = Vec::new();
        let name_of = |code: &PersonCode| directory.person(code).map(|p| p.name.clone());
        let clock = self.subject.track.clock(appeal.clock());
        let due = clock.filter(|c| c.ended_at.is_none()).and_then(|c| c.due);
        let day = self.books.calendar.office_date(self.now);
        let between = |on| self.books.calendar.working_days_between(day, on).ok();
        let seq = self.subject.seq();
        let notice = AppealNotice {
            news,
            unit_name: directory
                .unit(unit)
                .map_or_else(|| unit.as_str().to_owned(), |u| u.name.clone()),
            about: appeal.card.about.clone(),
            item_name: self.item_name(),
            level: appeal.card.level,
            grounds: appeal.grounds.clone(),
            reason: appeal.reason.clone(),
            due_on: due.map(|d| d.on),
            due_at: due.map(|d| d.at),
            left: due.and_then(|d| between(d.on)),
            by: self
                .subject
                .event(seq)
                .and_then(|e| e.by.as_ref())
                .and_then(name_of),
            recorded_at: self.now,
        };
        for recipient in recipients {
            if told.contains(&recipient) {
                continue;
            }
            told.push(recipient.clone());
            self.items.push(MessageItem {
                seq,
                recipient,
                notice: Notice::Appeal(notice.clone()),
            });
        }
    }
}

/// The filing as an event: the period for the answer is that of the rules in force.
pub(crate) fn filed(
    card: AppealedCard,
    grounds: String,
    attachments: Vec<Attachment>,
    books: &Books,
    at: DateTime<Utc>,
) -> Result<Event, Refusal> {
    required(&grounds, "申诉理由")?;
    let rules = books.rules_at(at);
    let periods = rules.map(|set| set.periods.clone()).unwrap_or_default();
    Ok(Event::AppealFiled {
        card,
        grounds,
        term: periods.appeal,
        attachments,
    })
}
