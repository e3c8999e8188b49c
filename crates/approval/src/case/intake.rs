//! How a case comes in: acceptance and what precedes it (行政许可法 art. 32).

use std::sync::Arc;

use calendar::Term;
use chrono::{DateTime, Utc};

use super::{Acceptance, Case, Correction, Phase, count, periods};
use crate::books::Books;
use crate::item::{Day0Rule, ItemKind};
use crate::refusal::Refusal;
use crate::stage::{Outcome, Stage};
use crate::track::{ClockKey, ClockTerm, Moment, Stopping, Track};

impl Case {
    /// The version that was in force at acceptance rules the case for good.
    pub(super) fn be_ruled_by(
        &mut self,
        version: Option<i64>,
        books: &Books,
    ) -> Result<(), Refusal> {
        if let Some(version) = version {
            self.item = Arc::clone(books.item_version(&self.item.code, version)?);
        }
        Ok(())
    }

    /// 行政许可法 art. 32: from here the case's clocks count, from the day the material was complete.
    pub(super) fn accept(
        &mut self,
        at: DateTime<Utc>,
        deemed: bool,
        track: &mut Track,
        books: &Books,
        moment: Moment<'_>,
    ) -> Result<(), Refusal> {
        self.need_phase(Phase::Received)?;
        track.end(self.acceptance_clock(), at);
        let start = match self.item.day0 {
            Day0Rule::MaterialComplete => self.complete_at(),
            Day0Rule::AcceptancePaper if deemed => self.complete_at(),
            Day0Rule::AcceptancePaper => at,
        };
        self.day0 = Some(start);
        self.acceptance = Some(Acceptance { at, deemed });
        if let Some(term) = self.item.promised {
            let term = ClockTerm::Counted(term);
            track.start(
                ClockKey::Promised,
                start,
                term,
                Stopping::HeldByStops,
                moment,
            )?;
        }
        let statutory = match self.given_limit {
            Some(limit) => Some(limit),
            None => self.statutory_term(books, moment)?.map(ClockTerm::Counted),
        };
        if let Some(term) = statutory {
            track.start(
                ClockKey::Statutory,
                start,
                term,
                Stopping::HeldByStops,
                moment,
            )?;
        }
        self.enter(Stage::Handling, at, track, moment)
    }

    /// The item's own limit; without one, a review for an organ above has that of art. 43.
    fn statutory_term(&self, books: &Books, moment: Moment<'_>) -> Result<Option<Term>, Refusal> {
        if self.item.statutory.is_none() && self.item.kind == ItemKind::Forwarded {
            return Ok(Some(periods(books, moment)?.forwarded));
        }
        Ok(self.item.statutory)
    }

    pub(super) fn decline(
        &mut self,
        outcome: Outcome,
        at: DateTime<Utc>,
        track: &mut Track,
    ) -> Result<(), Refusal> {
        self.need_before_acceptance()?;
        self.close(Some(outcome), at, track)
    }

    pub(super) fn notify_correction(
        &mut self,
        missing: &[String],
        at: DateTime<Utc>,
        track: &mut Track,
        books: &Books,
        moment: Moment<'_>,
    ) -> Result<(), Refusal> {
        self.need_before_acceptance()?;
        track.end(self.acceptance_clock(), at);
        self.corrections.push(Correction {
            notified_at: at,
            missing: missing.to_vec(),
            supplied_at: None,
        });
        self.phase = Phase::AwaitingSupply;
        if let Some(term) = periods(books, moment)?.correction {
            let key = ClockKey::Correction(count(self.corrections.len()));
            track.start(key, at, ClockTerm::Counted(term), Stopping::RunsOn, moment)?;
        }
        Ok(())
    }

    /// Only what a notice asked for is supplied.
    pub(super) fn need_open_correction(&self) -> Result<(), Refusal> {
        match self.phase {
            Phase::AwaitingSupply => Ok(()),
            _ => Err(Refusal::NothingToSupply),
        }
    }

    pub(super) fn supply(
        &mut self,
        at: DateTime<Utc>,
        track: &mut Track,
        books: &Books,
        moment: Moment<'_>,
    ) -> Result<(), Refusal> {
        self.need_open_correction()?;
        let notices = count(self.corrections.len());
        for number in 1..=notices {
            track.end(ClockKey::Correction(number), at);
        }
        if let Some(last) = self.corrections.last_mut() {
            last.supplied_at = Some(at);
        }
        self.phase = Phase::Received;
        track.start(
            self.acceptance_clock(),
            at,
            ClockTerm::Counted(periods(books, moment)?.acceptance),
            Stopping::RunsOn,
            moment,
        )?;
        Ok(())
    }
}
