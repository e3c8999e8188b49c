//! What a case picture shows, read from the subject; nothing here knows where it stands on the paper.

use approval::case::{Case, Phase, Visit};
use approval::event::{Event, Recorded};
use approval::ids::PersonCode;
use approval::rule::Level;
use approval::stage::Stage;
use approval::track::{Clock, ClockKey, ClockTerm, Stopping};
use approval::view::clock_view;
use approval::warning::WarningState;
use approval::{Books, Subject};
use calendar::{Calendar, Term, TermUnit, Used};
use chrono::{DateTime, NaiveDate, Utc};

use crate::picture::Language;

/// How a bar ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BarEnd {
    /// It runs still.
    Runs,
    /// Done.
    Done,
    /// Sent back to this lane.
    SentBack { lane: usize },
    /// By silence (行政许可法 art. 32).
    Deemed,
    /// The applicant's turn: told what is missing.
    Told,
    /// Broken off.
    BrokenOff,
}

/// One visit, or another stretch of work.
pub(super) struct Bar {
    pub(super) from: DateTime<Utc>,
    /// Its end, or now.
    pub(super) to: DateTime<Utc>,
    pub(super) end: BarEnd,
    /// The due instant, while there is one.
    pub(super) due_at: Option<DateTime<Utc>>,
    pub(super) late: bool,
    pub(super) who: String,
    /// Used, in the term's unit.
    pub(super) used: Option<i64>,
    pub(super) term: Option<Term>,
}

/// One lane.
pub(super) struct Lane {
    pub(super) name: String,
    pub(super) bars: Vec<Bar>,
    /// In which others are waited for: from, to.
    pub(super) waits: Vec<(DateTime<Utc>, DateTime<Utc>)>,
}

/// A stop or a suspension.
pub(super) struct Stopped {
    pub(super) from: DateTime<Utc>,
    /// Its end, or now.
    pub(super) to: DateTime<Utc>,
    pub(super) open: bool,
    /// Procedure and notice.
    pub(super) name: String,
}

/// What a flag stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FlagKind {
    Event,
    Promised,
    Statutory,
    Today,
}

/// A labelled line.
pub(super) struct Flag {
    pub(super) kind: FlagKind,
    pub(super) at: DateTime<Utc>,
    pub(super) words: String,
}

/// A card or a notice.
pub(super) struct Card {
    pub(super) level: Level,
    pub(super) state: WarningState,
    pub(super) at: DateTime<Utc>,
    pub(super) words: String,
}

/// All of it.
pub(super) struct Facts {
    pub(super) first: NaiveDate,
    pub(super) last: NaiveDate,
    pub(super) lanes: Vec<Lane>,
    pub(super) stops: Vec<Stopped>,
    pub(super) flags: Vec<Flag>,
    pub(super) cards: Vec<Card>,
    /// The days that the case's clock counted, with their numbers.
    pub(super) numbers: Vec<(NaiveDate, i64)>,
}

/// What the facts are read from.
pub(super) struct Reader<'a> {
    pub(super) subject: &'a Subject,
    pub(super) books: &'a Books,
    pub(super) now: DateTime<Utc>,
    pub(super) language: Language,
}

impl Reader<'_> {
    pub(super) fn calendar(&self) -> &Calendar {
        &self.books.calendar
    }

    /// Reads everything.
    pub(super) fn read(&self) -> Facts {
        let lanes = match self.subject.case() {
            Some(case) => self.case_lanes(case),
            None if self.subject.appeal().is_some() => vec![self.appeal_lane()],
            None => vec![self.order_lane()],
        };
        let stops = self.stops();
        let mut flags = self.flags();
        flags.sort_by_key(|flag| flag.at);
        let cards = self.cards();
        let (first, last) = self.range(&lanes, &flags, &cards);
        Facts {
            numbers: self.numbers(last),
            first,
            last,
            lanes,
            stops,
            flags,
            cards,
        }
    }

    /// From the first instant to the last, due dates included; a due day ends with the midnight after it.
    fn range(&self, lanes: &[Lane], flags: &[Flag], cards: &[Card]) -> (NaiveDate, NaiveDate) {
        let bars = lanes.iter().flat_map(|lane| &lane.bars);
        let instants: Vec<DateTime<Utc>> = bars
            .flat_map(|bar| {
                // The limit of what was done in time doesn't stretch the ruler.
                let due = bar.due_at.filter(|_| bar.end == BarEnd::Runs);
                [Some(bar.from), Some(bar.to), due]
            })
            .flatten()
            .chain(flags.iter().map(|flag| flag.at))
            .chain(cards.iter().map(|card| card.at))
            .collect();
        let begin = instants.iter().min().copied().unwrap_or(self.now);
        let end = instants.iter().max().copied().unwrap_or(self.now);
        let calendar = self.calendar();
        let first = calendar.office_date(begin);
        let last = calendar.office_date(end);
        let midnight = end > begin && calendar.start_of(last) == end;
        (
            first,
            if midnight {
                last.pred_opt().unwrap_or(last)
            } else {
                last
            },
        )
    }

    fn case_lanes(&self, case: &Case) -> Vec<Lane> {
        let mut lanes = vec![self.acceptance_lane(case)];
        for stage in Stage::ALL.iter().skip(1) {
            let bars = case.visits.iter().enumerate();
            let bars = bars
                .filter(|(_, visit)| visit.stage == *stage)
                .map(|(place, visit)| self.visit_bar(case, place, visit));
            lanes.push(Lane {
                name: self.language.stage(*stage).to_owned(),
                bars: bars.collect(),
                waits: Vec::new(),
            });
        }
        if !case.partners.is_empty() {
            lanes.push(self.partner_lane(case));
        }
        lanes
    }

    fn acceptance_lane(&self, case: &Case) -> Lane {
        let clocks = self.subject.track.clocks.iter();
        let periods = clocks.filter(|c| matches!(c.key, ClockKey::Acceptance(_)));
        let mut bars: Vec<Bar> = periods
            .map(|clock| {
                let end = match (clock.ended_at, case.acceptance) {
                    (None, _) => BarEnd::Runs,
                    (Some(at), Some(accepted)) if accepted.at == at && accepted.deemed => {
                        BarEnd::Deemed
                    }
                    (Some(at), _) if case.corrections.iter().any(|c| c.notified_at == at) => {
                        BarEnd::Told
                    }
                    (Some(_), None) => BarEnd::BrokenOff,
                    (Some(_), Some(_)) => BarEnd::Done,
                };
                let who = self.accepted_by(clock.ended_at);
                let bar = self.clock_bar(clock, end, who);
                match end {
                    // It ends with the very end of its last day, and whose silence it was is told by its name.
                    BarEnd::Deemed => Bar {
                        late: false,
                        used: bar.term.map(|term| i64::from(term.amount())),
                        ..bar
                    },
                    _ => bar,
                }
            })
            .collect();
        // An imported case with a date given has no acceptance period, but a time before its acceptance.
        if let (true, Some(accepted)) = (bars.is_empty(), case.acceptance) {
            let who = self.accepted_by(Some(accepted.at));
            let end = if accepted.deemed {
                BarEnd::Deemed
            } else {
                BarEnd::Done
            };
            bars.push(self.bare_bar(case.received_at, Some(accepted.at), end, who));
        }
        let waits = case.corrections.iter();
        let until = case.over_at().unwrap_or(self.now);
        Lane {
            name: self.language.stage(Stage::Acceptance).to_owned(),
            bars,
            waits: waits
                .map(|c| (c.notified_at, c.supplied_at.unwrap_or(until)))
                .collect(),
        }
    }

    /// Who accepted, or told what is missing, at this instant.
    fn accepted_by(&self, at: Option<DateTime<Utc>>) -> String {
        let act = self.standing().find(|e| {
            Some(e.occurred_at) == at
                && matches!(
                    e.event,
                    Event::Accepted { .. }
                        | Event::CorrectionNotified { .. }
                        | Event::NotAccepted { .. }
                        | Event::NotNeeded { .. }
                )
        });
        match (act, at) {
            (Some(act), _) => self.actor(act),
            (None, None) => self.holders(Stage::Acceptance),
            (None, Some(_)) => String::new(),
        }
    }

    /// The events that weren't annulled.
    fn standing(&self) -> impl Iterator<Item = &Recorded> {
        let annulled = self.subject.annulled();
        let events = self.subject.history.iter();
        events
            .map(|event| &**event)
            .filter(move |event| !annulled.contains(&event.seq))
    }

    fn name(&self, code: &PersonCode) -> String {
        let person = self.books.directory.person(code);
        person.map_or_else(|| code.as_str().to_owned(), |p| p.name.clone())
    }

    /// Who did something, and for whom.
    fn actor(&self, act: &Recorded) -> String {
        let Some(by) = &act.by else {
            return String::new();
        };
        let name = self.name(by);
        match &act.stands_for {
            Some(other) if other != by => {
                let other = self.name(other);
                self.language.pick(
                    format!("{name}(代{other})"),
                    format!("{name} (for {other})"),
                )
            }
            _ => name,
        }
    }

    /// Those whose turn it is.
    fn holders(&self, stage: Stage) -> String {
        let holders = self.books.directory.holders(self.subject.unit(), stage);
        let names: Vec<&str> = holders.iter().map(|p| p.name.as_str()).collect();
        names.join(self.language.comma())
    }

    fn visit_bar(&self, case: &Case, place: usize, visit: &Visit) -> Bar {
        let next = case.visits.get(place + 1);
        let end = match (visit.ended_at, next) {
            (None, _) => BarEnd::Runs,
            (Some(_), Some(next)) if visit.sent_back => BarEnd::SentBack {
                lane: lane_of(next.stage),
            },
            (Some(_), _) if visit.by.is_none() && closed(case, visit) => BarEnd::BrokenOff,
            (Some(_), _) => BarEnd::Done,
        };
        let ending = |e: &&Recorded| {
            Some(e.occurred_at) == visit.ended_at
                && matches!(
                    e.event,
                    Event::StageCompleted { .. } | Event::SentBack { .. }
                )
                && e.by == visit.by
        };
        let who = match (&visit.by, self.standing().find(ending)) {
            (Some(_), Some(act)) => self.actor(act),
            (Some(by), None) => self.name(by),
            (None, _) if visit.ended_at.is_none() => self.holders(visit.stage),
            (None, _) => String::new(),
        };
        let key = ClockKey::Stage(visit.stage, visit.number);
        match self.subject.track.clock(key) {
            Some(clock) => self.clock_bar(clock, end, who),
            None => self.bare_bar(visit.started_at, visit.ended_at, end, who),
        }
    }

    fn partner_lane(&self, case: &Case) -> Lane {
        let bars = case.partners.iter().filter_map(|partner| {
            let clock = self
                .subject
                .track
                .clock(ClockKey::Partner(partner.number))?;
            let end = match (partner.answered_at, clock.ended_at) {
                (Some(_), _) => BarEnd::Done,
                (None, Some(_)) => BarEnd::BrokenOff,
                (None, None) => BarEnd::Runs,
            };
            let unit = self.books.directory.unit(&partner.unit);
            let name = unit.map_or(partner.unit.as_str(), |unit| unit.name.as_str());
            Some(self.clock_bar(clock, end, name.to_owned()))
        });
        Lane {
            name: self.language.pick("协办", "Partners").to_owned(),
            bars: bars.collect(),
            waits: Vec::new(),
        }
    }

    fn order_lane(&self) -> Lane {
        let clocks = &self.subject.track.clocks;
        let last = clocks.len().saturating_sub(1);
        let unit = self.books.directory.unit(self.subject.unit());
        let unit = unit.map_or(self.subject.unit().as_str(), |unit| unit.name.as_str());
        // An order is the unit's to answer, an appeal those who supervise it.
        let (name, who) = match self.subject.appeal() {
            Some(_) => (
                self.language.pick("申诉", "Appeal"),
                self.language.pick("监察人员", "inspectors"),
            ),
            None => (self.language.pick("督办", "Order"), unit),
        };
        let bars = clocks.iter().enumerate().map(|(place, clock)| {
            let end = match clock.ended_at {
                None => BarEnd::Runs,
                Some(_) if place < last => BarEnd::SentBack { lane: 0 },
                Some(_) => BarEnd::Done,
            };
            self.clock_bar(clock, end, who.to_owned())
        });
        Lane {
            name: name.to_owned(),
            bars: bars.collect(),
            waits: Vec::new(),
        }
    }

    /// The terms of an answer: they are the inspectors', and a referral begins another.
    fn appeal_lane(&self) -> Lane {
        let who = self.language.pick("监察", "inspectors");
        let bars = self.subject.track.clocks.iter().map(|clock| {
            let end = match clock.ended_at {
                None => BarEnd::Runs,
                Some(_) => BarEnd::Done,
            };
            self.clock_bar(clock, end, who.to_owned())
        });
        Lane {
            name: self.language.pick("答复", "Answer").to_owned(),
            bars: bars.collect(),
            waits: Vec::new(),
        }
    }

    fn clock_bar(&self, clock: &Clock, end: BarEnd, who: String) -> Bar {
        let view = clock_view(clock, self.now, self.calendar());
        let term = match (clock.term, clock.extension) {
            (ClockTerm::Counted(term), None) => Some(term),
            // An extension of another unit has no common sum.
            (ClockTerm::Counted(term), Some(more)) if term.unit() == more.unit() => Some(
                Term::new(term.amount().saturating_add(more.amount()), term.unit()),
            ),
            _ => None,
        };
        let unit = term.map_or(TermUnit::WorkingDays, Term::unit);
        Bar {
            due_at: clock.due.map(|due| due.at),
            late: view.late,
            used: self.used(clock.start, clock.ended_at, unit, clock.stopping),
            term,
            ..self.bare_bar(clock.start, clock.ended_at, end, who)
        }
    }

    fn bare_bar(
        &self,
        from: DateTime<Utc>,
        ended_at: Option<DateTime<Utc>>,
        end: BarEnd,
        who: String,
    ) -> Bar {
        Bar {
            from,
            to: ended_at.unwrap_or(self.now).max(from),
            end,
            due_at: None,
            late: false,
            who,
            used: self.used(from, ended_at, TermUnit::WorkingDays, Stopping::HeldByStops),
            term: None,
        }
    }

    /// Used, in whole units; none for months, which have no part.
    fn used(
        &self,
        from: DateTime<Utc>,
        ended_at: Option<DateTime<Utc>>,
        unit: TermUnit,
        stopping: Stopping,
    ) -> Option<i64> {
        let stops = match stopping {
            Stopping::HeldByStops => self.subject.track.intervals(),
            Stopping::RunsOn => Vec::new(),
        };
        let end = ended_at.unwrap_or(self.now).max(from);
        let used = self.calendar().used(from, end, unit, &stops).ok()?;
        Some(match (used, unit) {
            (Used::Days(days), _) => days,
            (Used::Seconds(seconds), TermUnit::WorkingMinutes) => seconds / 60,
            (Used::Seconds(seconds), _) => seconds / 3_600,
        })
    }

    fn stops(&self) -> Vec<Stopped> {
        let language = self.language;
        let over = self.subject.case().and_then(Case::over_at);
        let stops = self.subject.track.stops.iter().map(|stop| {
            let procedure = language.procedure(stop.procedure);
            let notice = stop.notice.as_deref();
            let notice = notice.unwrap_or(language.pick("未登记书面通知", "no written notice"));
            Stopped {
                from: stop.from,
                to: stop.to.or(over).unwrap_or(self.now).max(stop.from),
                open: stop.to.is_none(),
                name: format!("{procedure} {notice}"),
            }
        });
        stops.collect()
    }

    fn flags(&self) -> Vec<Flag> {
        let mut flags = Vec::new();
        if let Some(case) = self.subject.case() {
            self.case_flags(case, &mut flags);
        }
        for (kind, key, zh, en) in [
            (FlagKind::Promised, ClockKey::Promised, "承诺", "promised"),
            (
                FlagKind::Statutory,
                ClockKey::Statutory,
                "法定",
                "statutory",
            ),
        ] {
            if let Some(clock) = self.subject.track.clock(key) {
                flags.extend(self.due_flag(kind, clock, self.language.pick(zh, en)));
            }
        }
        if self.subject.is_open() {
            let stopped = self.subject.track.open_stops().next().is_some();
            let today = self.language.weekday_and_day(self.date(self.now));
            let mut words = self
                .language
                .pick(format!("今天 {today}"), format!("today {today}"));
            if stopped {
                words += self.language.pick(" 停止计时", ", not counting");
            }
            flags.push(Flag {
                kind: FlagKind::Today,
                at: self.now,
                words,
            });
        }
        flags
    }

    fn date(&self, at: DateTime<Utc>) -> NaiveDate {
        self.calendar().office_date(at)
    }

    fn case_flags(&self, case: &Case, flags: &mut Vec<Flag>) {
        let language = self.language;
        let mut event = |at: DateTime<Utc>, zh: &str, en: &str| {
            let day = language.day(self.date(at));
            let words = language.pick(format!("{zh} {day}"), format!("{en} {day}"));
            let kind = FlagKind::Event;
            flags.push(Flag { kind, at, words });
        };
        match case.day0 {
            Some(day0) if self.date(day0) == self.date(case.received_at) => {
                event(case.received_at, "收件、起算", "received, day 0");
            }
            Some(day0) => {
                event(case.received_at, "收件", "received");
                event(day0, "起算", "day 0");
            }
            None => event(case.received_at, "收件", "received"),
        }
        if let Some(extension) = &case.extension {
            let days = extension.working_days;
            event(
                extension.at,
                &format!("延期{days}日"),
                &format!("extended by {days} d,"),
            );
        }
        if let Some(at) = case.delivered_at {
            event(at, "送达", "delivered");
        }
        if let Phase::Over { outcome, at } = case.phase {
            let zh = outcome.map_or("办结", |outcome| outcome.zh());
            let en = outcome.map_or("over", |outcome| outcome.as_str());
            event(at, zh, &en.replace('_', " "));
        }
    }

    fn due_flag(&self, kind: FlagKind, clock: &Clock, name: &str) -> Option<Flag> {
        let due = clock.due?;
        let view = clock_view(clock, self.now, self.calendar());
        let language = self.language;
        let mut words = format!("{name} {}", language.weekday_and_day(due.on));
        if clock.ended_at.is_none() {
            words += &match (view.late, view.left, view.over) {
                (true, _, Some(0)) => language.pick(" 已超期", ", overdue").to_owned(),
                (true, _, Some(over)) => {
                    language.pick(format!(" 超{over}日"), format!(", {over} d over"))
                }
                (false, Some(0), _) => language.pick(" 当日到期", ", due today").to_owned(),
                (false, Some(left), _) => {
                    language.pick(format!(" 剩{left}日"), format!(", {left} d left"))
                }
                _ => String::new(),
            };
        }
        if view.provisional {
            words += language.pick(" 暂定", ", provisional");
        }
        Some(Flag {
            kind,
            at: due.at,
            words,
        })
    }

    fn cards(&self) -> Vec<Card> {
        let language = self.language;
        let warnings = self.subject.track.warnings.iter().map(|warning| {
            let (level, clock) = (language.level(warning.level()), warning.clock());
            let mut words = format!("{level} {}", language.clock(clock));
            if let Some(state) = language.state(warning.state) {
                words += &language.pick(format!("({state})"), format!(" ({state})"));
            }
            Card {
                level: warning.level(),
                state: warning.state,
                at: warning.raised.effective_at,
                words,
            }
        });
        warnings.collect()
    }

    /// The count of the statutory clock, else of the promised one: the numbers that the dates rest on.
    fn numbers(&self, through: NaiveDate) -> Vec<(NaiveDate, i64)> {
        let track = &self.subject.track;
        let clock = track
            .clock(ClockKey::Statutory)
            .or_else(|| track.clock(ClockKey::Promised))
            .or_else(|| track.clocks.last());
        let Some((clock, term)) = clock.and_then(|clock| match clock.term {
            ClockTerm::Counted(term @ Term::WorkingDays(_)) => Some((clock, term)),
            _ => None,
        }) else {
            return Vec::new();
        };
        let mut stops = match clock.stopping {
            Stopping::HeldByStops => track.intervals(),
            Stopping::RunsOn => Vec::new(),
        };
        // Stops that opened after its end never held it.
        stops.retain(|stop| clock.ended_at.is_none_or(|end| stop.from < end));
        let through = through.min(self.calendar().to());
        let days = self
            .calendar()
            .explain(clock.start, term, &stops, clock.extension, through);
        let days = days.unwrap_or_default().into_iter();
        days.filter(|day| day.counted)
            .map(|day| (day.date, day.number))
            .collect()
    }
}

/// The lane of a stage: they stand in the order of the stages.
fn lane_of(stage: Stage) -> usize {
    let place = Stage::ALL.iter().position(|other| *other == stage);
    place.unwrap_or_default()
}

/// Whether a visit ended because the whole case was broken off.
fn closed(case: &Case, visit: &Visit) -> bool {
    case.over_at() == visit.ended_at
        && case
            .outcome()
            .is_none_or(|outcome| !outcome.is_of_completion() || visit.stage != Stage::Completion)
}
