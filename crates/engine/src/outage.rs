//! Outages (故障登记): declared by an inspector, reviewed, and settled by taking away the cards that they caused.
//!
//! A card is touched by an outage if its limit lies inside it, or if an act that answers it is said to have happened
//! inside and was recorded after the limit. Which cards those are is read from the record each time; only the
//! declaration and the cards that stay are kept.

use std::collections::BTreeMap;
use std::sync::Arc;

use approval::books::Books;
use approval::command::{Act, Command};
use approval::event::{Defect, Event, Recorded, RevokedOn};
use approval::ids::UnitCode;
use approval::rule::Level;
use approval::track::ClockKey;
use approval::warning::Warning;
use approval::{Subject, rights};
use chrono::{DateTime, Utc};
use store::codec::{instant, micros};
use store::outage::OutageRow;
use store::warning::{Filter, WarningRow};

use crate::commands::transact;
use crate::engine::Engine;
use crate::error::EngineError;
use crate::execute::Telling;

/// Cards that are read in one page.
const PAGE: i64 = 400;

/// What an inspector declares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declaration {
    /// From this instant …
    pub from: DateTime<Utc>,
    /// … to this one, not included.
    pub to: DateTime<Utc>,
    /// The units affected; empty: all.
    pub units: Vec<String>,
    /// What happened.
    pub reason: String,
    /// The paper that says so.
    pub paper: Option<String>,
}

/// Why a card is touched by an outage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Touch {
    /// Its limit lies inside.
    LimitInside,
    /// An act that answers it happened inside and was recorded late.
    RecordedLate,
}

impl Touch {
    /// The word in answers.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::LimitInside => "limit_inside",
            Self::RecordedLate => "recorded_late",
        }
    }
}

/// A card that an outage touches and that stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TouchedCard {
    /// The case or the order.
    pub subject: String,
    /// The card's sequence number there.
    pub seq: i64,
    /// The unit that it is against.
    pub unit: String,
    /// Yellow or red.
    pub level: Level,
    /// Its clock.
    pub clock: ClockKey,
    /// The instant at which the rule's threshold was reached.
    pub limit_at: DateTime<Utc>,
    /// When it was recorded.
    pub recorded_at: DateTime<Utc>,
    /// Why.
    pub touch: Touch,
    /// Whether the inspector decided that it stays.
    pub kept: bool,
}

/// An outage with the cards that it touches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutageReview {
    /// The outage.
    pub outage: OutageRow,
    /// The cards, the newest first.
    pub cards: Vec<TouchedCard>,
    /// The cards that were taken away for it, the newest first.
    pub revoked: Vec<TouchedCard>,
}

/// What an inspector decided about the cards that he had before him. A card that he hadn't is in neither list, and is left
/// as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ticks {
    /// Cards to be taken away, also ones that were to stay before.
    pub revoke: Vec<(String, i64)>,
    /// Cards that stay.
    pub keep: Vec<(String, i64)>,
}

/// What settling an outage did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OutageSettled {
    /// Cards that were taken away, with their subjects.
    pub revoked: Vec<(String, i64)>,
    /// Cards that stay.
    pub kept: Vec<(String, i64)>,
}

impl Engine {
    /// Declares an outage and gives it a number.
    ///
    /// # Errors
    /// Nobody but an inspector; a span that is none or isn't over, an unknown unit, no reason; the database's.
    pub async fn declare_outage(
        &self,
        declaration: Declaration,
        act: Act,
    ) -> Result<OutageRow, EngineError> {
        let inner = Arc::clone(&self.inner);
        let request = Arc::new((declaration, act));
        self.inner
            .store
            .write(move |conn| {
                let (inner, request) = (Arc::clone(&inner), Arc::clone(&request));
                Box::pin(async move {
                    let (declaration, act) = &*request;
                    let division = &inner.settings.division;
                    let now = inner.clock.now();
                    let books = inner.library.books(conn, division).await?;
                    let by = inspector(&books, act, now)?;
                    check(declaration, &books, now)?;
                    let day = books.calendar.office_date(now).format("%Y%m%d").to_string();
                    let n = store::counter::take(conn, division, "", &day, "outage").await?;
                    let row = OutageRow {
                        division: division.clone(),
                        outage: format!("GZ-{division}-{day}-{n:04}"),
                        from_us: micros(declaration.from),
                        to_us: micros(declaration.to),
                        units: declaration.units.join(" "),
                        reason: declaration.reason.clone(),
                        paper: declaration.paper.clone(),
                        declared_by: by,
                        declared_at_us: micros(now),
                        kept: String::new(),
                        settled_by: None,
                        settled_at_us: None,
                        settled_reason: None,
                    };
                    store::outage::insert(conn, &row).await?;
                    Ok(row)
                })
            })
            .await
    }

    /// The outages, the latest first, after one of them: `(i64::MAX, "")` is before all.
    ///
    /// # Errors
    /// The database's.
    pub async fn outages(
        &self,
        after: (i64, &str),
        limit: i64,
    ) -> Result<Vec<OutageRow>, EngineError> {
        let mut conn = self.inner.store.read().await?;
        Ok(store::outage::page(&mut conn, self.division(), after, limit).await?)
    }

    /// The cards that an outage touches and that stand, the newest first.
    ///
    /// # Errors
    /// An unknown number; the database's.
    pub async fn review_outage(&self, outage: &str) -> Result<OutageReview, EngineError> {
        let row = self.outage(outage).await?;
        let span = (row.from_us, row.to_us);
        // A card is never recorded before its limit, so none that is touched was recorded before the outage.
        let filter = Filter {
            span_us: (row.from_us, i64::MAX),
            ..Filter::default()
        };
        let mut after = (i64::MAX, String::new(), 0);
        let mut late = BTreeMap::new();
        let mut subjects: BTreeMap<String, Arc<Subject>> = BTreeMap::new();
        let (mut cards, mut revoked) = (Vec::new(), Vec::new());
        loop {
            let place = (after.0, after.1.as_str(), after.2);
            let page = self.warnings_of(&filter, place).await?;
            let Some(last) = page.last() else { break };
            after = (
                last.event.recorded_at_us,
                last.event.subject.clone(),
                last.event.seq,
            );
            for (number, seq) in self.touched_by(span, page, &mut late).await? {
                if !subjects.contains_key(&number) {
                    let seen = self.look(&number).await?;
                    subjects.insert(number.clone(), seen.subject);
                }
                let Some(subject) = subjects.get(&number) else {
                    continue;
                };
                if fell_for(subject, seq, outage) {
                    revoked.extend(touched(subject, seq, &row));
                } else if stands(subject, seq) {
                    cards.extend(touched(subject, seq, &row));
                }
            }
        }
        Ok(OutageReview {
            outage: row,
            cards,
            revoked,
        })
    }

    async fn warnings_of(
        &self,
        filter: &Filter<'_>,
        after: (i64, &str, i64),
    ) -> Result<Vec<WarningRow>, EngineError> {
        let mut conn = self.inner.store.read().await?;
        Ok(store::warning::list(&mut conn, self.division(), filter, after, PAGE).await?)
    }

    /// Which of some warnings a span touches. `late` remembers of each subject whether something was recorded late that
    /// is said to have happened in the span. One connection, given back before the subjects themselves are read: whoever
    /// holds one and waits for another can wait for ever.
    async fn touched_by(
        &self,
        span: (i64, i64),
        page: Vec<WarningRow>,
        late: &mut BTreeMap<String, bool>,
    ) -> Result<Vec<(String, i64)>, EngineError> {
        let mut conn = self.inner.store.read().await?;
        let mut found = Vec::new();
        for row in page.into_iter().filter(|row| row.state != "annulled") {
            let recorded: Recorded = store::codec::from_row(&row.event)?;
            let Event::WarningRaised(raised) = recorded.event else {
                continue;
            };
            let limit_us = micros(raised.limit_at);
            let number = row.event.subject;
            let is_touched = if (span.0..span.1).contains(&limit_us) {
                true
            } else if limit_us < span.0 {
                false
            } else if let Some(known) = late.get(&number) {
                *known
            } else {
                let division = self.division();
                let is = store::outage::late_inside(&mut conn, division, &number, span).await?;
                late.insert(number.clone(), is);
                is
            };
            if is_touched {
                found.push((number, row.event.seq));
            }
        }
        Ok(found)
    }

    /// Takes away all cards that an outage touches but those that are kept: subject by subject, each in a transaction of
    /// its own. Who dies in between is followed by the same call again, which finds what is left.
    ///
    /// # Errors
    /// Nobody but an inspector; no reason, a kept card that the outage doesn't touch; the database's.
    pub async fn settle_outage(
        &self,
        outage: &str,
        keep: &[(String, i64)],
        reason: &str,
        act: Act,
    ) -> Result<OutageSettled, EngineError> {
        let by = self.settler(reason, &act).await?;
        let kept = self.keep_cards(outage, keep, &[]).await?;
        let review = self.review_outage(outage).await?;
        let cards = review
            .cards
            .into_iter()
            .map(|card| (card.subject, card.seq));
        let (kept, revoke): (Vec<_>, Vec<_>) = cards.partition(|card| kept.contains(card));
        let revoked = self.take_away(outage, revoke, reason, &act).await?;
        self.mark_settled(outage, &by, reason).await?;
        Ok(OutageSettled { revoked, kept })
    }

    /// The same for an inspector who ticked the cards before him: what an outage touches and he didn't see is left alone.
    /// What fell meanwhile needs no decision.
    ///
    /// # Errors
    /// As [`Engine::settle_outage`].
    pub async fn settle_outage_ticked(
        &self,
        outage: &str,
        ticks: &Ticks,
        reason: &str,
        act: Act,
    ) -> Result<OutageSettled, EngineError> {
        let by = self.settler(reason, &act).await?;
        let review = self.review_outage(outage).await?;
        let standing = |ticked: &[(String, i64)]| {
            let cards = review.cards.iter().map(|c| (c.subject.clone(), c.seq));
            let found: Vec<_> = cards.filter(|card| ticked.contains(card)).collect();
            found
        };
        let (revoke, kept) = (standing(&ticks.revoke), standing(&ticks.keep));
        self.keep_cards(outage, &kept, &revoke).await?;
        let revoked = self.take_away(outage, revoke, reason, &act).await?;
        self.mark_settled(outage, &by, reason).await?;
        Ok(OutageSettled { revoked, kept })
    }

    /// The inspector who settles, by name, and with a reason.
    async fn settler(&self, reason: &str, act: &Act) -> Result<String, EngineError> {
        if reason.trim().is_empty() {
            return Err(approval::Refusal::Empty {
                field: "撤牌理由"
            }
            .into());
        }
        let books = self.books(self.division()).await?;
        inspector(&books, act, self.clock().now())
    }

    /// Revokes cards subject by subject.
    async fn take_away(
        &self,
        outage: &str,
        cards: Vec<(String, i64)>,
        reason: &str,
        act: &Act,
    ) -> Result<Vec<(String, i64)>, EngineError> {
        let mut of_subject: BTreeMap<String, Vec<i64>> = BTreeMap::new();
        for (subject, seq) in cards {
            of_subject.entry(subject).or_default().push(seq);
        }
        let mut revoked = Vec::new();
        for (subject, mut seqs) in of_subject {
            seqs.sort_unstable();
            let fell = self.revoke_for(outage, &subject, seqs, reason, act).await?;
            revoked.extend(fell.into_iter().map(|seq| (subject.clone(), seq)));
        }
        Ok(revoked)
    }

    async fn outage(&self, outage: &str) -> Result<OutageRow, EngineError> {
        let mut conn = self.inner.store.read().await?;
        let row = store::outage::get(&mut conn, self.division(), outage).await?;
        row.ok_or_else(|| unknown(outage))
    }

    /// Notes the cards that stay beside those noted before, so that a settlement that was cut off goes on alike.
    async fn keep_cards(
        &self,
        outage: &str,
        keep: &[(String, i64)],
        no_longer: &[(String, i64)],
    ) -> Result<Vec<(String, i64)>, EngineError> {
        let review = self.review_outage(outage).await?;
        let touched = |(subject, seq): &(String, i64)| {
            let mut cards = review.cards.iter();
            cards.any(|card| card.subject == *subject && card.seq == *seq)
        };
        if let Some((subject, seq)) = keep.iter().find(|card| !touched(card)) {
            return Err(EngineError::invalid(
                "not_touched",
                format!(
                    "{subject} 的第 {seq} 号牌不在故障 {outage} 的清单中,请核对 / card {seq} of {subject} isn't touched by {outage}"
                ),
            ));
        }
        let request = Arc::new((
            self.division().to_owned(),
            outage.to_owned(),
            keep.to_vec(),
            no_longer.to_vec(),
        ));
        // What another inspector keeps at the same time is read where it is written.
        self.inner
            .store
            .write::<_, EngineError, _>(move |conn| {
                let request = Arc::clone(&request);
                Box::pin(async move {
                    let (division, outage, keep, no_longer) = &*request;
                    let row = store::outage::get(conn, division, outage).await?;
                    let before = row.ok_or_else(|| unknown(outage))?.kept;
                    let mut kept = kept_of(&before);
                    kept.retain(|card| !no_longer.contains(card));
                    kept.extend(keep.iter().cloned());
                    kept.sort();
                    kept.dedup();
                    let words: Vec<String> = kept.iter().map(|(s, n)| format!("{s}:{n}")).collect();
                    store::outage::keep(conn, division, outage, (&before, &words.join(" ")))
                        .await?;
                    Ok(kept)
                })
            })
            .await
    }

    async fn revoke_for(
        &self,
        outage: &str,
        subject: &str,
        seqs: Vec<i64>,
        reason: &str,
        act: &Act,
    ) -> Result<Vec<i64>, EngineError> {
        let inner = Arc::clone(&self.inner);
        let command = {
            let (outage, reason) = (outage.to_owned(), reason.to_owned());
            move |warning| Command::RevokeOn {
                warning,
                reason: reason.clone(),
                on: RevokedOn::Outage(outage.clone()),
            }
        };
        let request = Arc::new((subject.to_owned(), seqs, command, act.clone()));
        let done = self
            .inner
            .store
            .write(move |conn| {
                let (inner, request) = (Arc::clone(&inner), Arc::clone(&request));
                Box::pin(async move {
                    let (subject, seqs, command, act) = &*request;
                    let (division, now) = (&inner.settings.division, inner.clock.now());
                    let mut revoked = Vec::new();
                    let work = |work: &mut approval::Work<'_>| {
                        work.settle()?;
                        for seq in seqs {
                            // What fell meanwhile needs no revocation.
                            let mut cards = work.subject().track.warnings.iter();
                            if cards.any(|w| w.seq == *seq && w.is_live()) {
                                work.act(command(*seq), act)?;
                                revoked.push(*seq);
                            }
                        }
                        work.settle()?;
                        Ok(())
                    };
                    transact(conn, &inner, division, subject, now, Telling::Tell, work).await?;
                    Ok::<_, EngineError>(revoked)
                })
            })
            .await;
        self.tell_recorded(done.is_ok());
        done
    }

    async fn mark_settled(&self, outage: &str, by: &str, reason: &str) -> Result<(), EngineError> {
        let inner = Arc::clone(&self.inner);
        let request = Arc::new((outage.to_owned(), by.to_owned(), reason.to_owned()));
        self.inner
            .store
            .write(move |conn| {
                let (inner, request) = (Arc::clone(&inner), Arc::clone(&request));
                Box::pin(async move {
                    let (outage, by, reason) = &*request;
                    let done = (by.as_str(), micros(inner.clock.now()));
                    let division = &inner.settings.division;
                    Ok(store::outage::settle(conn, division, outage, done, reason).await?)
                })
            })
            .await
    }
}

/// The inspector who acts, by name.
fn inspector(books: &Books, act: &Act, now: DateTime<Utc>) -> Result<String, EngineError> {
    let person = rights::inspector(books, act, now)?;
    Ok(person.code.as_str().to_owned())
}

fn check(declared: &Declaration, books: &Books, now: DateTime<Utc>) -> Result<(), EngineError> {
    if declared.reason.trim().is_empty() {
        return Err(approval::Refusal::Empty {
            field: "故障原因"
        }
        .into());
    }
    if declared.from >= declared.to || declared.to > now {
        let local = |at| {
            books
                .calendar
                .local(at)
                .format("%Y-%m-%d %H:%M")
                .to_string()
        };
        let (from, to, now) = (local(declared.from), local(declared.to), local(now));
        return Err(EngineError::invalid(
            "bad_span",
            format!(
                "故障时段 {from} 至 {to} 须先后有序,且已结束(现在 {now}) / the outage must end after it began, and be over"
            ),
        ));
    }
    for unit in &declared.units {
        if books.directory.unit(&UnitCode::new(unit.clone())).is_none() {
            let unknown = approval::Refusal::Unknown {
                what: "单位",
                code: unit.clone(),
            };
            return Err(unknown.into());
        }
    }
    Ok(())
}

fn stands(subject: &Subject, seq: i64) -> bool {
    let mut warnings = subject.track.warnings.iter();
    warnings.any(|w| w.seq == seq && w.is_live())
}

/// Whether a card was taken away for an outage.
fn fell_for(subject: &Subject, seq: i64, outage: &str) -> bool {
    subject.history.iter().any(|e| match &e.event {
        Event::WarningRevoked { warning, on, .. } => {
            *warning == seq && matches!(on, RevokedOn::Outage(of) if of == outage)
        }
        _ => false,
    })
}

/// The card as an outage touches it, whatever became of it; `None` if it doesn't, or the warning is no card.
fn touched(subject: &Subject, seq: i64, outage: &OutageRow) -> Option<TouchedCard> {
    let mut warnings = subject.track.warnings.iter();
    let card = warnings.find(|w| w.seq == seq)?;
    let of_time = card.level() != Level::Notice && !matches!(card.clock(), ClockKey::Manual(_));
    let unit = subject.unit_of_warning(seq).as_str();
    let mut units = outage.units.split_whitespace();
    let affected = outage.units.is_empty() || units.any(|u| u == unit);
    if !of_time || !affected {
        return None;
    }
    let (from, to) = (instant(outage.from_us), instant(outage.to_us));
    let limit_at = card.raised.limit_at;
    let touch = if (from..to).contains(&limit_at) {
        Touch::LimitInside
    } else if recorded_late(subject, card, from, to) {
        Touch::RecordedLate
    } else {
        return None;
    };
    Some(TouchedCard {
        subject: subject.id.as_str().to_owned(),
        seq,
        unit: unit.to_owned(),
        level: card.level(),
        clock: card.clock(),
        limit_at,
        recorded_at: card.recorded_at,
        touch,
        kept: kept_of(&outage.kept).contains(&(subject.id.as_str().to_owned(), seq)),
    })
}

/// Whether an act before the card's limit happened in the span and was recorded after the limit.
fn recorded_late(
    subject: &Subject,
    card: &Warning,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
) -> bool {
    let annulled = subject.annulled();
    subject.history.iter().any(|e| {
        e.defects.contains(&Defect::LateRecording)
            && !annulled.contains(&e.seq)
            && (from..to).contains(&e.occurred_at)
            && e.occurred_at < card.raised.limit_at
            && e.recorded_at >= card.raised.limit_at
    })
}

/// Reads `SUBJECT:SEQ`.
pub fn card_name(text: &str) -> Option<(String, i64)> {
    let (subject, seq) = text.rsplit_once(':')?;
    let seq = seq.parse().ok()?;
    (!subject.is_empty()).then(|| (subject.to_owned(), seq))
}

fn unknown(outage: &str) -> EngineError {
    EngineError::NotFound {
        subject: outage.to_owned(),
    }
}

fn kept_of(words: &str) -> Vec<(String, i64)> {
    words.split_whitespace().filter_map(card_name).collect()
}
