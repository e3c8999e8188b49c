//! The auditor: a second, naive model that shares no code with the program. From the acts that were acknowledged it says
//! which warnings, orders, deemed acceptances and mails there must be, and compares.

mod course;
mod days;
mod law;
mod mails;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::city::{Audience, Item};
use crate::plain::{Entry, Found, MINUTE_US, Matter, Told, shown};

pub(crate) use course::{Cause, Course, Own, Phase, Warning};
pub(crate) use law::{Law, Revision};

/// What no person says: the program's own events.
const OWN_KINDS: [&str; 5] = [
    "limit_passed",
    "warning_raised",
    "warning_annulled",
    "deemed_accepted",
    "dates_revised",
];

/// By how much a card may be recorded later than the sweep that had to raise it: the clocks of the city's processes
/// differ, and have been set back and forth, by less than this.
const CLOCKS_DIFFER_US: i64 = 15 * MINUTE_US;

/// What is known of a case.
#[derive(Clone, Debug)]
pub(crate) struct KnownCase {
    pub(crate) index: usize,
    pub(crate) number: String,
    pub(crate) item: Item,
    pub(crate) told: Vec<Told>,
}

/// A sweep that was answered: it found nothing that it couldn't settle.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Swept {
    pub(crate) turn: u64,
    pub(crate) clock_us: i64,
}

/// All that was acknowledged.
#[derive(Clone, Debug)]
pub(crate) struct Known {
    pub(crate) law: Law,
    pub(crate) cases: Vec<KnownCase>,
    /// What was said on orders, by their number.
    pub(crate) orders: BTreeMap<String, Vec<Told>>,
    pub(crate) sweeps: Vec<Swept>,
}

/// Something that isn't as it must be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Difference {
    /// The case that it is about.
    pub(crate) case: Option<usize>,
    pub(crate) text: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.case {
            Some(case) => write!(f, "case {case}: {}", self.text),
            None => f.write_str(&self.text),
        }
    }
}

/// What was counted on the way.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Audited {
    pub(crate) warnings: u64,
    pub(crate) orders: u64,
    pub(crate) deemed: u64,
    pub(crate) items: u64,
    pub(crate) mails: u64,
    pub(crate) copies: u64,
}

/// Compares what is found with what must be.
pub(crate) fn audit(known: &Known, found: &Found) -> (Audited, Vec<Difference>) {
    let mut audit = Audit {
        known,
        by_number: BTreeMap::new(),
        fitted: BTreeSet::new(),
        audited: Audited::default(),
        differences: Vec::new(),
    };
    for defect in &found.defects {
        audit.differ(None, format!("the record doesn't verify: {defect}"));
    }
    for matter in &found.matters {
        audit.by_number.insert(&matter.number, matter);
    }
    let mut numbers = BTreeSet::new();
    for case in &known.cases {
        if !numbers.insert(&case.number) {
            audit.differ(Some(case.index), format!("{} was given twice", case.number));
        }
        audit.case(case);
    }
    let unknown = found.matters.iter();
    let unknown: Vec<&Matter> = unknown
        .filter(|m| !audit.fitted.contains(m.number.as_str()))
        .collect();
    for matter in unknown {
        audit.differ(None, format!("nobody asked for {}", matter.number));
    }
    audit.mails(found);
    (audit.audited, audit.differences)
}

struct Audit<'a> {
    known: &'a Known,
    by_number: BTreeMap<&'a str, &'a Matter>,
    /// The numbers for which there is a reason.
    fitted: BTreeSet<&'a str>,
    audited: Audited,
    differences: Vec<Difference>,
}

impl<'a> Audit<'a> {
    fn differ(&mut self, case: Option<usize>, text: String) {
        self.differences.push(Difference { case, text });
    }

    fn end_us(&self) -> i64 {
        let clocks = self.known.sweeps.iter().map(|s| s.clock_us);
        clocks.max().unwrap_or(i64::MIN)
    }

    fn case(&mut self, case: &'a KnownCase) {
        let known = self.known;
        let Some(matter) = self.by_number.get(case.number.as_str()).copied() else {
            let text = format!("{} was acknowledged and is lost", case.number);
            return self.differ(Some(case.index), text);
        };
        self.fitted.insert(&matter.number);
        let Some((receipt, rest)) = case.told.split_first() else {
            return;
        };
        let mut course = Course::of_case(&known.law, &case.item, receipt, own(&matter.entries));
        self.take_all(case.index, matter, &mut course, rest);
        self.follow(case.index, matter, &mut course, &case.told);
        let deemed: Vec<i64> = entries(matter, "deemed_accepted")
            .map(|e| e.occurred_us)
            .collect();
        let expected: Vec<i64> = course.deemed_at.into_iter().collect();
        self.audited.deemed += u64::try_from(deemed.len()).unwrap_or(0);
        if deemed != expected {
            let show = |list: &[i64]| {
                list.iter()
                    .map(|us| shown(*us))
                    .collect::<Vec<_>>()
                    .join(", ")
            };
            let text = format!(
                "deemed accepted at [{}], must be [{}]",
                show(&deemed),
                show(&expected)
            );
            self.differ(Some(case.index), text);
        }
        let raised = self.warnings(case.index, matter, &course);
        for (warning, entry) in &raised {
            if let Some(days) = warning.order {
                self.order_of(case, &course, warning, entry, days);
            }
        }
        self.items(case.index, matter, &course, &raised);
    }

    /// Takes all acts after the first.
    fn take_all(&mut self, case: usize, matter: &Matter, course: &mut Course, rest: &[Told]) {
        let taken = rest
            .iter()
            .try_for_each(|told| course.take(&self.known.law, told));
        if let Err(why) = taken {
            self.differ(Some(case), format!("{}: {why}", matter.number));
        }
    }

    /// Lets time go on to the end, and compares the events of persons with the acts, one by one.
    fn follow(&mut self, case: usize, matter: &Matter, course: &mut Course, all: &[Told]) {
        course.finish(&self.known.law, self.end_us());
        let line = |kind: &str, occurred: i64, recorded: i64| {
            format!("{kind} of {} recorded {}", shown(occurred), shown(recorded))
        };
        let said: Vec<String> = all
            .iter()
            .map(|t| line(t.deed.kind(), t.occurred_us, t.recorded_us))
            .collect();
        let stored: Vec<String> = acts(matter)
            .map(|e| line(&e.kind, e.occurred_us, e.recorded_us))
            .collect();
        // An order's issue is no act of a person.
        let stored = if course.item().is_some() {
            &stored[..]
        } else {
            &stored[1..]
        };
        let said = if course.item().is_some() {
            &said[..]
        } else {
            &said[1..]
        };
        if said != stored {
            let text = format!(
                "{}: acknowledged was\n    {}\n  and the record has\n    {}",
                matter.number,
                said.join("\n    "),
                stored.join("\n    ")
            );
            self.differ(Some(case), text);
        }
        let seqs: Vec<i64> = matter.entries.iter().map(|e| e.seq).collect();
        if !seqs.iter().zip(1..).all(|(seq, n)| *seq == n) {
            self.differ(Some(case), format!("{}: events {seqs:?}", matter.number));
        }
    }

    /// Warnings and limits passed: each that must be, once, and no other.
    fn warnings<'m>(
        &mut self,
        case: usize,
        matter: &'m Matter,
        course: &Course,
    ) -> Vec<(Warning, &'m Entry)> {
        let mut stored: Vec<(String, &Entry)> = entries(matter, "warning_raised")
            .map(|e| (raised_line(matter, e), e))
            .collect();
        let mut matched = Vec::new();
        for warning in &course.warnings {
            let line = warning_line(warning);
            let place = stored.iter().position(|(stored, _)| *stored == line);
            let Some(place) = place else {
                self.differ(Some(case), format!("{}: missing {line}", matter.number));
                continue;
            };
            let (_, entry) = stored.remove(place);
            if entry.recorded_us < warning.effective_at {
                let early = shown(entry.recorded_us);
                self.differ(
                    Some(case),
                    format!("{}: recorded early, {early}: {line}", matter.number),
                );
            }
            self.not_late(case, matter, warning, entry);
            let annulled = entries(matter, "warning_annulled");
            let annulled = annulled
                .filter(|e| e.number("warning") == entry.seq)
                .count();
            if annulled != usize::from(warning.annulled) {
                self.differ(
                    Some(case),
                    format!("{}: annulled {annulled} times: {line}", matter.number),
                );
            }
            matched.push((warning.clone(), entry));
        }
        self.audited.warnings += u64::try_from(matched.len()).unwrap_or(0);
        for (line, _) in stored {
            self.differ(Some(case), format!("{}: too much: {line}", matter.number));
        }
        let versions = entries(matter, "dates_revised").map(|e| e.word("to_version"));
        let versions: Vec<&str> = versions.collect();
        if versions != course.revised {
            let text = format!(
                "{}: dates moved by {versions:?}, must be {:?}",
                matter.number, course.revised
            );
            self.differ(Some(case), text);
        }
        let line =
            |clock: &str, cause: &Cause, at: i64| format!("{clock} by {cause:?} at {}", shown(at));
        let mut passed: Vec<String> = entries(matter, "limit_passed")
            .map(|e| {
                line(
                    e.word("clock"),
                    &cause_of(matter, e),
                    e.number("limit_at_us"),
                )
            })
            .collect();
        let must = course.passed.iter();
        let mut must: Vec<String> = must.map(|p| line(&p.clock, &p.cause, p.limit_at)).collect();
        passed.sort();
        must.sort();
        if passed != must {
            let text = format!(
                "{}: limits passed {passed:?}, must be {must:?}",
                matter.number
            );
            self.differ(Some(case), text);
        }
        matched
    }

    /// The first sweep that could raise it did.
    fn not_late(&mut self, case: usize, matter: &Matter, warning: &Warning, entry: &Entry) {
        let due = |s: &&Swept| s.turn > warning.turn && s.clock_us >= warning.effective_at;
        let Some(swept) = self.known.sweeps.iter().find(due) else {
            return;
        };
        if entry.recorded_us > swept.clock_us + CLOCKS_DIFFER_US {
            let text = format!(
                "{}: swept at {}, but recorded {}: {}",
                matter.number,
                shown(swept.clock_us),
                shown(entry.recorded_us),
                warning_line(warning)
            );
            self.differ(Some(case), text);
        }
    }

    /// The order that comes with a card: there, once, begun when the card was recorded.
    fn order_of(
        &mut self,
        case: &KnownCase,
        course: &Course,
        warning: &Warning,
        card: &Entry,
        days: i64,
    ) {
        let known = self.known;
        let of_card = |m: &&'a Matter| {
            m.entries.first().is_some_and(|e| {
                e.kind == "order_issued"
                    && e.word("about") == case.number
                    && e.number("warning") == card.seq
            })
        };
        let orders: Vec<&'a Matter> = self.by_number.values().copied().filter(of_card).collect();
        let [matter] = orders[..] else {
            let (line, count) = (warning_line(warning), orders.len());
            return self.differ(Some(case.index), format!("{count} orders for {line}"));
        };
        self.fitted.insert(&matter.number);
        self.audited.orders += 1;
        let Some(first) = matter.entries.first() else {
            return;
        };
        let issue = Told {
            deed: crate::plain::Deed::Reply,
            occurred_us: card.recorded_us,
            recorded_us: first.recorded_us,
            turn: warning.turn,
        };
        if first.occurred_us != card.recorded_us
            || first.word("unit") != known.law.unit(course.unit)
        {
            let text = format!(
                "{}: of {}, for {}",
                matter.number,
                shown(first.occurred_us),
                warning_line(warning)
            );
            self.differ(Some(case.index), text);
        }
        let of = (course.unit, days);
        let mut course = Course::of_order(&known.law, of, &issue, own(&matter.entries));
        let said = known
            .orders
            .get(&matter.number)
            .cloned()
            .unwrap_or_default();
        let mut all = vec![issue];
        all.extend(said.iter().cloned());
        self.take_all(case.index, matter, &mut course, &said);
        self.fall_of(case.index, matter, &mut course, warning);
        self.follow(case.index, matter, &mut course, &all);
        let raised = self.warnings(case.index, matter, &course);
        self.items(case.index, matter, &course, &raised);
    }

    /// An order whose card doesn't stand is closed with it, unless it was closed before.
    fn fall_of(&mut self, case: usize, matter: &Matter, course: &mut Course, card: &Warning) {
        let closed = matter
            .entries
            .iter()
            .find(|e| e.kind == "order_closed" && e.by.is_none());
        match closed {
            Some(closed) if !card.stands => course.fall(&self.known.law, closed.recorded_us),
            None if card.stands || course.phase == Phase::Closed => {}
            _ => {
                let (number, line) = (&matter.number, warning_line(card));
                let text = format!(
                    "{number}: closed by itself: {}, for {line}",
                    closed.is_some()
                );
                self.differ(Some(case), text);
            }
        }
    }

    /// Message items: one for each who must be told, and no other.
    fn items(
        &mut self,
        case: usize,
        matter: &Matter,
        course: &Course,
        raised: &[(Warning, &Entry)],
    ) {
        let mut must: Vec<(i64, String, bool)> = Vec::new();
        // What is raised at the very moment at which its order falls is told to nobody.
        let fell = matter
            .entries
            .iter()
            .find(|e| e.kind == "order_closed" && e.by.is_none())
            .map(|e| e.recorded_us);
        for (warning, entry) in raised {
            if fell == Some(entry.recorded_us) {
                continue;
            }
            let told = warning.recipients.iter();
            must.extend(told.map(|who| (entry.seq, who.clone(), warning.stands)));
        }
        let heads = self
            .known
            .law
            .recipients(course.unit, None, &[Audience::Head]);
        for entry in &matter.entries {
            if matches!(entry.kind.as_str(), "order_issued" | "order_sent_back") {
                let stands = !matter
                    .entries
                    .iter()
                    .any(|e| e.kind == "order_closed" && e.by.is_none());
                must.extend(heads.iter().map(|who| (entry.seq, who.clone(), stands)));
            }
        }
        must.sort();
        let mut stored: Vec<(i64, String)> = matter
            .items
            .iter()
            .map(|i| (i.seq, i.recipient.clone()))
            .collect();
        stored.sort();
        let expected: Vec<(i64, String)> =
            must.iter().map(|(s, who, _)| (*s, who.clone())).collect();
        if stored != expected {
            let text = format!("{}: items {stored:?}, must be {expected:?}", matter.number);
            return self.differ(Some(case), text);
        }
        self.audited.items += u64::try_from(stored.len()).unwrap_or(0);
        for item in &matter.items {
            let stands = must
                .iter()
                .any(|(s, who, stands)| *s == item.seq && *who == item.recipient && *stands);
            let right = match item.state.as_str() {
                "composed" => item.message_id.is_some(),
                "dropped" => !stands,
                _ => false,
            };
            if !right {
                let (number, seq, who, state) =
                    (&matter.number, item.seq, &item.recipient, &item.state);
                self.differ(
                    Some(case),
                    format!("{number}: the item of {seq} for {who} is {state}"),
                );
            }
        }
    }
}

/// The events of a kind.
fn entries<'m>(matter: &'m Matter, kind: &str) -> impl Iterator<Item = &'m Entry> {
    let kind = kind.to_owned();
    matter.entries.iter().filter(move |e| e.kind == kind)
}

/// The events that persons brought about.
pub(crate) fn acts(matter: &Matter) -> impl Iterator<Item = &Entry> {
    matter.entries.iter().filter(|e| is_act(e))
}

/// Whether a person brought an event about. The program closes an order by itself when its card falls.
pub(crate) fn is_act(entry: &Entry) -> bool {
    let fell = entry.kind == "order_closed" && entry.by.is_none();
    !fell && !OWN_KINDS.contains(&entry.kind.as_str())
}

/// What the program recorded of itself.
pub(crate) fn own(entries: &[Entry]) -> Vec<Own> {
    let own = entries
        .iter()
        .filter(|e| OWN_KINDS.contains(&e.kind.as_str()));
    own.map(|e| Own {
        kind: e.kind.clone(),
        recorded_us: e.recorded_us,
        version: e.word("to_version").to_owned(),
    })
    .collect()
}

/// Which act, or what else, an occurrence stands for.
fn cause_of(matter: &Matter, entry: &Entry) -> Cause {
    let occurrence = entry.number("occurrence");
    let Some(setting) = matter.entries.iter().find(|e| e.seq == occurrence) else {
        return Cause::Act(usize::MAX);
    };
    match setting.kind.as_str() {
        "deemed_accepted" => Cause::Deemed,
        "dates_revised" => Cause::Revised(setting.word("to_version").to_owned()),
        _ => Cause::Act(
            acts(matter)
                .position(|e| e.seq == occurrence)
                .unwrap_or(usize::MAX),
        ),
    }
}

fn raised_line(matter: &Matter, entry: &Entry) -> String {
    line(
        (entry.word("rule"), entry.word("level"), entry.word("clock")),
        &cause_of(matter, entry),
        [
            entry.number("due_at_us"),
            entry.number("limit_at_us"),
            entry.number("effective_at_us"),
        ],
    )
}

fn warning_line(warning: &Warning) -> String {
    line(
        (&warning.rule, warning.level, &warning.clock),
        &warning.cause,
        [warning.due_at, warning.limit_at, warning.effective_at],
    )
}

fn line(
    (rule, level, clock): (&str, &str, &str),
    cause: &Cause,
    [due, limit, effective]: [i64; 3],
) -> String {
    format!(
        "{level} {rule} on {clock} by {cause:?}: limit {}, due {}, effective {}",
        shown(limit),
        shown(due),
        shown(effective)
    )
}
