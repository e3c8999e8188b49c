//! Intervals inside a case: stops (行政许可法 art. 45), the extension (art. 42), partner units.

use calendar::Term;
use chrono::{DateTime, Utc};

use super::{Case, Extension, Partner, Phase};
use crate::event::{Event, Recorded};
use crate::ids::UnitCode;
use crate::item::ItemKind;
use crate::refusal::Refusal;
use crate::stage::Stage;
use crate::track::{ClockKey, ClockTerm, Moment, Stop, Stopping, Track};

impl Case {
    pub(super) fn open_stop(
        &mut self,
        recorded: &Recorded,
        track: &mut Track,
        moment: Moment<'_>,
    ) -> Result<(), Refusal> {
        self.need_in_stage()?;
        let Event::StopOpened {
            stop,
            procedure,
            notice,
            term,
            ..
        } = &recorded.event
        else {
            return Ok(());
        };
        let at = recorded.occurred_at;
        track.stops.push(Stop {
            number: *stop,
            procedure: *procedure,
            notice: notice.clone(),
            from: at,
            to: None,
        });
        track.recount(moment)?;
        if let Some(term) = term {
            let key = if procedure.is_suspension() {
                ClockKey::Suspension(*stop)
            } else {
                ClockKey::Stop(*stop)
            };
            track.start(key, at, ClockTerm::Counted(*term), Stopping::RunsOn, moment)?;
        }
        Ok(())
    }

    /// Art. 42: adds to the statutory term and to the visit that runs; to the promised term only
    /// when it was approved before the promise was broken.
    pub(super) fn extend(
        &mut self,
        working_days: u32,
        at: DateTime<Utc>,
        track: &mut Track,
        moment: Moment<'_>,
    ) -> Result<(), Refusal> {
        self.need_in_stage()?;
        if self.extension.is_some() {
            return Err(Refusal::AlreadyExtended);
        }
        let due_of = |key| track.clock(key).and_then(|c| c.due);
        if due_of(ClockKey::Statutory).is_some_and(|due| at >= due.at)
            || track
                .clock(ClockKey::Statutory)
                .is_some_and(|c| c.ended_at.is_some())
        {
            return Err(Refusal::ExtensionTooLate);
        }
        let promised_too = due_of(ClockKey::Promised).is_none_or(|due| at < due.at);
        track.extend(ClockKey::Statutory, working_days, moment)?;
        if promised_too {
            track.extend(ClockKey::Promised, working_days, moment)?;
        }
        if let Some(visit) = self.visit_clock() {
            track.extend(visit, working_days, moment)?;
        }
        self.extension = Some(Extension {
            at,
            working_days,
            promised_too,
        });
        Ok(())
    }

    pub(super) fn ask_partner(
        &mut self,
        number: u32,
        unit: &UnitCode,
        term: Term,
        at: DateTime<Utc>,
        track: &mut Track,
        moment: Moment<'_>,
    ) -> Result<(), Refusal> {
        self.need_phase(Phase::InStage(Stage::Handling))?;
        if !matches!(self.item.kind, ItemKind::Joint) {
            return Err(Refusal::NotJoint);
        }
        self.partners.push(Partner {
            number,
            unit: unit.clone(),
            answered_at: None,
        });
        let key = ClockKey::Partner(number);
        track.start(
            key,
            at,
            ClockTerm::Counted(term),
            Stopping::HeldByStops,
            moment,
        )?;
        Ok(())
    }

    pub(super) fn answer_partner(
        &mut self,
        number: u32,
        at: DateTime<Utc>,
        track: &mut Track,
    ) -> Result<(), Refusal> {
        let open = self
            .partners
            .iter_mut()
            .find(|p| p.number == number && p.answered_at.is_none())
            .ok_or(Refusal::NoOpenPartner)?;
        open.answered_at = Some(at);
        track.end(ClockKey::Partner(number), at);
        Ok(())
    }
}

pub(super) fn close_stop(
    number: u32,
    at: DateTime<Utc>,
    track: &mut Track,
    moment: Moment<'_>,
) -> Result<(), Refusal> {
    let stop = track
        .stops
        .iter_mut()
        .find(|s| s.number == number && s.to.is_none())
        .ok_or(Refusal::NoOpenStop)?;
    if at < stop.from {
        let (calendar, start) = (moment.calendar, stop.from);
        let what = "特别程序开始时间";
        return Err(Refusal::before_start(calendar, at, what, start));
    }
    stop.to = Some(at);
    track.end(ClockKey::Stop(number), at);
    track.end(ClockKey::Suspension(number), at);
    track.recount(moment)?;
    Ok(())
}
