//! What stands on each paper. A paper says how it stood on its day, whenever it is printed.

use approval::event::{Document, Event, Recorded};
use approval::item::ItemCategory;
use approval::stage::{Outcome, Procedure};
use approval::term_text;
use approval::track::ClockKey;
use chrono::{DateTime, Utc};
use engine::Seen;
use notify::{Language, words};

use super::kind::{Kind, decided};
use crate::texts::Texts;

/// A line of what the receipt states.
pub(super) struct Fact {
    pub(super) name: &'static str,
    pub(super) value: String,
    /// What is read most: the number and the query password.
    pub(super) loud: bool,
}

/// A paper without its organ and its code.
pub(super) struct Sheet<'a> {
    pub(super) title: &'a str,
    /// The document's number; the case's where it has none of its own.
    pub(super) number: String,
    pub(super) to: String,
    pub(super) body: Vec<String>,
    /// What is missing, numbered.
    pub(super) list: Vec<String>,
    pub(super) facts: Vec<Fact>,
    pub(super) close: Vec<String>,
    pub(super) date: String,
    /// Half a page, as a receipt is.
    pub(super) half: bool,
}

/// Writes papers about a case.
pub(super) struct Writer<'a> {
    pub(super) t: Texts,
    pub(super) seen: &'a Seen,
    pub(super) applicant: String,
    /// For those who hand the receipt out.
    pub(super) password: Option<&'a str>,
}

impl Writer<'_> {
    /// The paper; none for a subject without an application.
    pub(super) fn sheet(&self, kind: Kind) -> Option<Sheet<'static>> {
        let case = self.seen.subject.case()?;
        let recorded = self.seen.subject.event(kind.seq())?;
        let blank = Sheet {
            title: "",
            number: self.seen.subject.id.as_str().to_owned(),
            to: self.t.one("official.to", &self.applicant),
            body: vec![self.t.two(
                "official.filed",
                self.day(case.received_at),
                &case.item.name,
            )],
            list: Vec::new(),
            facts: Vec::new(),
            close: Vec::new(),
            date: self.day(recorded.occurred_at),
            half: false,
        };
        match kind {
            Kind::Receipt(_) => self.receipt(blank, recorded),
            Kind::Correction(_) => self.correction(blank, recorded),
            Kind::NotAccepted(_) | Kind::NotNeeded(_) => self.refusal(blank, recorded),
            Kind::Stop(_) => self.stop(blank, recorded),
            Kind::Extension(_) => self.extension(blank, recorded),
            Kind::Decision(_) => self.decision(blank, recorded),
        }
    }

    /// The text of an approval, which rests on the permit law, or that of a service, which doesn't.
    fn under(&self, approval: &'static str, service: &'static str) -> &'static str {
        match self.seen.subject.case().map(|case| case.item.category) {
            Some(ItemCategory::Service) => service,
            _ => approval,
        }
    }

    fn receipt(&self, blank: Sheet<'static>, recorded: &Recorded) -> Option<Sheet<'static>> {
        let case = self.seen.subject.case()?;
        let t = self.t;
        let deemed = matches!(recorded.event, Event::DeemedAccepted { .. });
        let how = if deemed {
            let told = self.under("official.deemed", "official.service_deemed");
            t.one(told, self.day(case.received_at))
        } else {
            let told = self.under("official.accepted", "official.service_accepted");
            t.one(told, self.day(recorded.occurred_at))
        };
        let mut facts = vec![
            self.fact("official.case_number", blank.number.clone(), true),
            self.fact("official.password", self.password_text(), true),
        ];
        facts.extend(
            self.place()
                .map(|place| self.fact("official.place", place, false)),
        );
        for (name, key) in [
            ("official.promised", ClockKey::Promised),
            ("official.statutory", ClockKey::Statutory),
        ] {
            facts.extend(self.first_date(key).map(|day| self.fact(name, day, false)));
        }
        Some(Sheet {
            title: t.say("official.receipt_title"),
            body: joined(blank.body, how),
            facts,
            close: vec![t.say("official.keep").to_owned()],
            half: true,
            ..blank
        })
    }

    /// Where the applicant goes: the unit's hall and windows, as far as they are known.
    fn place(&self) -> Option<String> {
        let directory = &self.seen.books.directory;
        let unit = directory.unit(self.seen.subject.unit())?;
        let hall = unit.hall.as_deref().unwrap_or_default();
        let place = match unit.windows.as_deref().filter(|told| !told.is_empty()) {
            Some(windows) => self.t.two("official.place_windows", hall, windows),
            None => hall.to_owned(),
        };
        Some(place.trim().to_owned()).filter(|place| !place.is_empty())
    }

    fn correction(&self, blank: Sheet<'static>, recorded: &Recorded) -> Option<Sheet<'static>> {
        let Event::CorrectionNotified { missing } = &recorded.event else {
            return None;
        };
        let t = self.t;
        let told = self.under("official.incomplete", "official.service_incomplete");
        let told = t.say(told).to_owned();
        Some(Sheet {
            title: t.say("official.correction_title"),
            body: joined(blank.body, told),
            list: missing.clone(),
            close: vec![t.say("official.supply").to_owned()],
            ..blank
        })
    }

    fn refusal(&self, blank: Sheet<'static>, recorded: &Recorded) -> Option<Sheet<'static>> {
        let t = self.t;
        let (title, told, reason) = match &recorded.event {
            Event::NotAccepted { reason } => (
                "official.not_accepted_title",
                self.under("official.not_accepted", "official.service_not_accepted"),
                reason,
            ),
            Event::NotNeeded { reason } => (
                "official.not_needed_title",
                self.under("official.not_needed", "official.service_not_needed"),
                reason,
            ),
            _ => return None,
        };
        Some(Sheet {
            title: t.say(title),
            body: joined(blank.body, t.say(told).to_owned()),
            close: self.reason_and_remedies(Some(reason), recorded.occurred_at),
            ..blank
        })
    }

    fn stop(&self, blank: Sheet<'static>, recorded: &Recorded) -> Option<Sheet<'static>> {
        let Event::StopOpened {
            procedure,
            notice,
            term,
            basis,
            approver,
            ..
        } = &recorded.event
        else {
            return None;
        };
        let t = self.t;
        let from = self.day(recorded.occurred_at);
        let (title, told) = match procedure {
            Procedure::Suspension => {
                let basis = basis.clone().unwrap_or_default();
                let told = t.two("official.suspended", basis, from);
                ("official.suspension_title", told)
            }
            other => (
                "official.stop_title",
                t.two(
                    self.under("official.stopped", "official.service_stopped"),
                    other.zh(),
                    from,
                ),
            ),
        };
        let mut close = Vec::new();
        close.extend(term.map(|term| t.one("official.expected", term_text::zh(term))));
        close.extend(
            approver
                .as_ref()
                .map(|name| t.one("official.approved_by", name)),
        );
        close.push(t.say("official.goes_on").to_owned());
        Some(Sheet {
            title: t.say(title),
            number: notice.clone().unwrap_or(blank.number),
            body: joined(blank.body, told),
            close,
            ..blank
        })
    }

    fn extension(&self, blank: Sheet<'static>, recorded: &Recorded) -> Option<Sheet<'static>> {
        let Event::Extended {
            working_days,
            approver,
            reason,
            notice,
        } = &recorded.event
        else {
            return None;
        };
        let t = self.t;
        let mut close = vec![
            t.one("official.reason", reason),
            t.one("official.approved_by", approver),
        ];
        let set = self.seen.subject.track.clock(ClockKey::Statutory);
        let set = set.and_then(|c| c.settings.iter().find(|s| s.occurrence == recorded.seq));
        close.extend(set.map(|setting| {
            let day = words::whole_day(Language::Zh, setting.due.on);
            t.one("official.extended_to", day)
        }));
        let told = self.under("official.extended", "official.service_extended");
        let told = t.one(told, working_days);
        Some(Sheet {
            title: t.say("official.extension_title"),
            number: notice.clone().unwrap_or(blank.number),
            body: joined(blank.body, told),
            close,
            ..blank
        })
    }

    fn decision(&self, blank: Sheet<'static>, recorded: &Recorded) -> Option<Sheet<'static>> {
        let case = self.seen.subject.case()?;
        let Event::StageCompleted {
            reason, document, ..
        } = &recorded.event
        else {
            return None;
        };
        let t = self.t;
        let outcome = decided(&self.seen.subject)?;
        let (title, told) = match (outcome, case.item.category) {
            (Outcome::Granted, ItemCategory::Approval) => {
                ("official.granted_title", "official.granted")
            }
            (_, ItemCategory::Approval) => ("official.refused_title", "official.refused"),
            (Outcome::Granted, ItemCategory::Service) => {
                ("official.service_title", "official.service_granted")
            }
            (_, ItemCategory::Service) => ("official.service_title", "official.service_refused"),
        };
        let close = match outcome {
            Outcome::Granted => Vec::new(),
            _ => self.reason_and_remedies(reason.as_ref(), recorded.occurred_at),
        };
        let decided = case.decision.as_ref().and_then(|d| d.document.as_ref());
        let document: Option<&Document> = document.as_ref().or(decided);
        let dated = document.and_then(|d| d.date);
        Some(Sheet {
            title: t.say(title),
            number: document.map_or(blank.number, |d| d.number.clone()),
            date: dated.map_or(blank.date, |day| words::whole_day(Language::Zh, day)),
            body: joined(blank.body, t.say(told).to_owned()),
            close,
            ..blank
        })
    }

    /// Why, and what can be done against it: as the law stood on the paper's day.
    fn reason_and_remedies(&self, reason: Option<&String>, at: DateTime<Utc>) -> Vec<String> {
        let day = self.seen.books.calendar.office_date(at);
        let law = &self.seen.books.law;
        let remedies = ["remedy-review", "remedy-court"].into_iter();
        let remedies = remedies
            .filter_map(|key| law.basis(key, day))
            .map(|b| self.t.two("official.remedy", &b.text, &b.article));
        let reason = reason.map(|reason| self.t.one("official.reason", reason));
        reason.into_iter().chain(remedies).collect()
    }

    fn password_text(&self) -> String {
        match self.password {
            Some(password) => password.to_owned(),
            None => self.t.say("official.password_hidden").to_owned(),
        }
    }

    /// The date that was told first, with its term; later ones are told by papers of their own.
    fn first_date(&self, key: ClockKey) -> Option<String> {
        let clock = self.seen.subject.track.clock(key)?;
        let due = clock.settings.first()?.due;
        let day = words::whole_day(Language::Zh, due.on);
        Some(match clock.term {
            approval::track::ClockTerm::Counted(term) => {
                self.t.two("official.by", day, term_text::zh(term))
            }
            approval::track::ClockTerm::Given(_) => day,
        })
    }

    fn fact(&self, key: &'static str, value: String, loud: bool) -> Fact {
        Fact {
            name: self.t.say(key),
            value,
            loud,
        }
    }

    fn day(&self, at: DateTime<Utc>) -> String {
        words::whole_day(Language::Zh, self.seen.books.calendar.office_date(at))
    }
}

/// One paragraph of what was filed and what came of it.
fn joined(body: Vec<String>, told: String) -> Vec<String> {
    vec![body.concat() + &told]
}
