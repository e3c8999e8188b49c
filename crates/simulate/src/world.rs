//! A city in motion: its time, its processes, its people, and what was acknowledged.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::{Context as _, Result, anyhow};

use crate::auditor::{Course, Known, KnownCase, Law, Swept};
use crate::chance::Dice;
use crate::city::{City, FIRST_DAY, Item, start_of};
use crate::clerk::{self, Habit};
use crate::hands::{self, Acknowledged, Answer, Asked, Request};
use crate::plain::{DAY_US, Deed, Entry, HOUR_US, MINUTE_US, SECOND_US, Told, shown};
use crate::process::{Deaths, Installation, Life, Place, Process};
use crate::{Options, Tally};

/// The version of the first calendar.
pub(crate) const FIRST_VERSION: &str = "city-1";
/// By how much the clocks of two processes may differ: `serve` refuses to start with more.
const DRIFT_US: i64 = 2 * SECOND_US;

/// A case or an order, and whoever has it in hand.
#[derive(Debug)]
pub(crate) struct File {
    pub(crate) index: usize,
    dice: Dice,
    habit: Habit,
    /// The item of a case; none for an order.
    pub(crate) item: Option<Item>,
    /// Whether another system reports it, with keys.
    feed: bool,
    pub(crate) number: Option<String>,
    pub(crate) told: Vec<Told>,
    course: Option<Course>,
    pub(crate) next_us: i64,
    /// What nobody answered.
    pub(crate) doubt: Option<Request>,
    asked: u64,
    pub(crate) over: bool,
}

/// The city.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) options: Options,
    pub(crate) law: Law,
    pub(crate) installation: Installation,
    pub(crate) deaths: Arc<Deaths>,
    pub(crate) dice: Dice,
    pub(crate) now_us: i64,
    /// By how much the host's clock is wrong.
    pub(crate) step_us: i64,
    pub(crate) slots: Vec<Option<Process>>,
    started: usize,
    pub(crate) files: Vec<File>,
    pub(crate) orders: BTreeMap<String, File>,
    pub(crate) sweeps: Vec<Swept>,
    pub(crate) turn: u64,
    pub(crate) tally: Tally,
    /// What no process may answer, and what else can't be.
    pub(crate) troubles: Vec<(Option<usize>, String)>,
    pub(crate) fatal_per_mille: i64,
}

impl World {
    pub(crate) fn new(options: &Options, city: &City, installation: Installation) -> Self {
        let seed = options.seed;
        let start_us = start_of(FIRST_DAY);
        let files = (0..options.cases)
            .filter(|index| {
                options
                    .only
                    .as_ref()
                    .is_none_or(|only| only.contains(index))
            })
            .map(|index| {
                let mut dice = Dice::new(seed, "case", index);
                let last_day = (options.days_made_for() - 30).max(1);
                File {
                    index,
                    habit: Habit::of(&mut dice),
                    item: dice.one_of(&city.items),
                    feed: dice.percent(30),
                    number: None,
                    told: Vec::new(),
                    course: None,
                    next_us: start_us + dice.between(8 * HOUR_US, last_day * DAY_US),
                    doubt: None,
                    asked: 0,
                    over: false,
                    dice,
                }
            });
        Self {
            law: Law::new(city),
            installation,
            deaths: Arc::default(),
            dice: Dice::new(seed, "world", 0),
            now_us: start_us + 8 * HOUR_US,
            step_us: 0,
            slots: (0..options.processes).map(|_| None).collect(),
            started: 0,
            files: files.collect(),
            orders: BTreeMap::new(),
            sweeps: Vec::new(),
            turn: 0,
            tally: Tally::default(),
            troubles: Vec::new(),
            fatal_per_mille: options.fatal_per_mille,
            options: options.clone(),
        }
    }

    /// What the host's clock shows.
    pub(crate) fn host_us(&self) -> i64 {
        self.now_us + self.step_us
    }

    pub(crate) fn trouble(&mut self, case: Option<usize>, text: String) {
        self.troubles
            .push((case, format!("{}: {text}", shown(self.now_us))));
    }

    /// The places of the processes that live. The dead are buried on the way.
    pub(crate) async fn living(&mut self) -> Vec<usize> {
        let mut living = Vec::new();
        for (place, slot) in self.slots.iter_mut().enumerate() {
            match slot {
                Some(process) if process.life.is_dead() => {
                    // Its memory is gone; the connections are given back so that the next one finds some.
                    process.engine.close().await;
                    *slot = None;
                }
                Some(_) => living.push(place),
                None => {}
            }
        }
        living
    }

    /// Starts a process in a place; whether it lives.
    pub(crate) async fn start(&mut self, place: usize) -> Result<bool> {
        self.started += 1;
        let dice = Dice::new(self.options.seed, "life", self.started);
        let life = Life::new(dice, self.fatal_per_mille, &self.deaths);
        let ahead_us = match self.options.processes {
            1 => 0,
            _ => self.dice.between(-DRIFT_US / 2, DRIFT_US / 2),
        };
        let name = format!("process-{}", self.started);
        let host_us = self.host_us();
        let started = Process::start(
            &self.installation,
            Arc::clone(&life),
            name,
            host_us,
            ahead_us,
        );
        let process = match started.await {
            Ok(process) => process,
            Err(_) if life.is_dead() => return Ok(false),
            Err(error) => return Err(error),
        };
        self.tally.starts += 1;
        // As `serve` does: whoever comes next goes on with what was begun.
        let resumed = process.engine.resume_revisions().await;
        let living = !process.life.is_dead();
        if let (Err(error), true) = (resumed, living) {
            self.trouble(None, format!("revisions can't be resumed: {error}"));
        }
        self.slots[place] = Some(process);
        Ok(living)
    }

    /// A process that lives, started if there is none; a few may die on the way.
    pub(crate) async fn somebody(&mut self) -> Result<usize> {
        for _ in 0..1_000 {
            let living = self.living().await;
            if let Some(place) = self.dice.one_of(&living) {
                return Ok(place);
            }
            self.start(0).await?;
        }
        Err(anyhow!("a thousand processes died at their start"))
    }

    pub(crate) fn process(&self, place: usize) -> Result<&Process> {
        self.slots[place]
            .as_ref()
            .context("there is no process here")
    }

    /// Time goes on; the clocks with it.
    pub(crate) fn advance(&mut self, by_us: i64) {
        self.now_us += by_us;
        let host_us = self.host_us();
        for process in self.slots.iter().flatten() {
            process.set_clock(host_us);
        }
    }

    /// The host's clock is set wrong, or right again.
    pub(crate) fn set_host_clock(&mut self) {
        self.step_us = match self.step_us {
            0 => self.dice.between(-10 * MINUTE_US, MINUTE_US),
            _ => 0,
        };
        self.tally.clock_steps += 1;
        self.advance(0);
    }

    /// A process is killed while it does nothing.
    pub(crate) fn kill(&self, place: usize) {
        if let Some(process) = &self.slots[place] {
            process.life.end(Place::Idle);
        }
    }

    /// Another piece of work begins.
    pub(crate) fn begin_turn(&mut self) {
        self.turn += 1;
        let turn = usize::try_from(self.turn).unwrap_or(usize::MAX);
        for (place, process) in self.slots.iter().enumerate() {
            if let Some(process) = process {
                let number = turn.wrapping_mul(8).wrapping_add(place);
                process
                    .life
                    .begin(Dice::new(self.options.seed, "turn", number));
            }
        }
    }

    /// Whoever has a case or an order in hand looks at it, by a process that lives.
    pub(crate) async fn look_at(&mut self, which: &Which, place: usize) -> Result<()> {
        self.begin_turn();
        let Some(mut file) = self.take_out(which) else {
            return Ok(());
        };
        let done = self.work_on(&mut file, place).await;
        match which {
            Which::Case(position) => self.files.insert(*position, file),
            Which::Order(number) => {
                self.orders.insert(number.clone(), file);
            }
        }
        done
    }

    fn take_out(&mut self, which: &Which) -> Option<File> {
        match which {
            Which::Case(position) => {
                (*position < self.files.len()).then(|| self.files.remove(*position))
            }
            Which::Order(number) => self.orders.remove(number),
        }
    }

    async fn work_on(&mut self, file: &mut File, place: usize) -> Result<()> {
        let mut request = match file.doubt.take() {
            // A feed asks the same again under the same key.
            Some(request) if request.key.is_some() => request,
            Some(request) => return self.resolve(file, request, place).await,
            None => match self.choose(file, place)? {
                Some(request) => request,
                None => {
                    file.next_us = self.now_us + file.habit.pause_us(&mut file.dice);
                    file.over = file.course.as_ref().is_some_and(clerk::is_over);
                    return Ok(());
                }
            },
        };
        self.tally.asked += 1;
        let pause_us = file.habit.pause_us(&mut file.dice);
        file.next_us = self.now_us + pause_us;
        let answer = self.ask(&mut request, place).await?;
        match answer {
            Ok(Answer::Acknowledged(acknowledged)) => {
                self.learn(file, &request, &acknowledged);
                if request.key.is_some() && file.dice.percent(25) {
                    self.ask_again(file, &request, place, &acknowledged).await?;
                }
            }
            Ok(Answer::Refused(why)) => {
                self.tally.refused += 1;
                if self.options.verbose {
                    eprintln!("refused: {:?} on {:?}: {why}", request.deed, request.number);
                }
            }
            Ok(Answer::None) => {
                self.tally.unanswered += 1;
                file.doubt = Some(request);
                file.next_us = self.now_us + file.dice.between(1, 120) * MINUTE_US;
            }
            Err(error) => self.trouble(Some(file.index), format!("{error:#}")),
        }
        Ok(())
    }

    /// Asks, and notes when.
    async fn ask(&self, request: &mut Request, place: usize) -> Result<Result<Answer>> {
        let process = self.process(place)?;
        request.asked.push(Asked {
            turn: self.turn,
            clock_us: process.now_us(),
        });
        Ok(hands::ask(process, request).await)
    }

    /// What is asked of the program next.
    fn choose(&self, file: &mut File, place: usize) -> Result<Option<Request>> {
        let clock_us = self.process(place)?.now_us();
        let mut last_us = start_of(FIRST_DAY);
        let deed = match (&file.item, &file.course) {
            (None, _) => clerk::next_on_order(&mut file.dice, file.told.last().map(|t| &t.deed)),
            (Some(_), None) => Some(Deed::Receive {
                missing: file.dice.percent(10),
            }),
            (Some(_), Some(course)) => {
                let mut seen = course.clone();
                seen.know_all();
                seen.settle(&self.law, clock_us);
                last_us = seen.last_us;
                clerk::next_deed(&mut file.dice, &seen)
            }
        };
        let Some(deed) = deed else { return Ok(None) };
        // An order is answered when it is answered; a receipt is entered within three days.
        let occurred_us = match (&file.item, &file.course) {
            (None, _) => None,
            (_, None) => {
                let from = last_us.max(clock_us - 3 * DAY_US);
                file.habit.occurred_us(&mut file.dice, from, clock_us)
            }
            _ => file.habit.occurred_us(&mut file.dice, last_us, clock_us),
        };
        file.asked += 1;
        Ok(Some(self.request(file, deed, occurred_us)))
    }

    fn request(&self, file: &File, deed: Deed, occurred_us: Option<i64>) -> Request {
        let key = format!("{}-{}", file.index, file.asked);
        Request {
            number: file.number.clone(),
            item: file.item.as_ref().map_or("", |i| &i.code).to_owned(),
            applicant: format!("申请人{}", file.index),
            deed,
            occurred_us,
            key: file.feed.then_some(key),
            asked: Vec::new(),
        }
    }

    /// Takes in what was acknowledged: one act more than was known, or two for a receipt with a notice.
    fn learn(&mut self, file: &mut File, request: &Request, acknowledged: &Acknowledged) {
        self.tally.acknowledged += 1;
        let mut deeds = vec![request.deed.clone()];
        if request.deed == (Deed::Receive { missing: true }) {
            deeds.push(Deed::Correct);
        }
        let (known, all) = (file.told.len(), &acknowledged.acts);
        if all.len() != known + deeds.len() {
            let text = format!("{request:?}: of {known} acts known the record made {all:?}");
            return self.trouble(Some(file.index), text);
        }
        file.number = Some(acknowledged.number.clone());
        for (deed, (kind, occurred_us, recorded_us)) in deeds.into_iter().zip(&all[known..]) {
            let as_said = request.occurred_us.is_none_or(|us| us == *occurred_us);
            if kind != deed.kind() || !as_said {
                let text = format!(
                    "{request:?}: the record has {kind} of {}",
                    shown(*occurred_us)
                );
                self.trouble(Some(file.index), text);
            }
            let told = Told {
                deed,
                occurred_us: *occurred_us,
                recorded_us: *recorded_us,
                turn: request.done_in(*recorded_us).unwrap_or(self.turn),
            };
            self.take(file, &told);
            file.told.push(told);
        }
    }

    fn take(&mut self, file: &mut File, told: &Told) {
        let Some(item) = &file.item else { return };
        let taken = match &mut file.course {
            Some(course) => course.take(&self.law, told),
            course @ None => {
                *course = Some(Course::of_case(&self.law, item, told, Vec::new()));
                Ok(())
            }
        };
        if let Err(why) = taken {
            self.trouble(Some(file.index), why);
        }
    }

    /// A feed that isn't sure sends the same twice: it is done once, and the answer is the same.
    async fn ask_again(
        &mut self,
        file: &File,
        request: &Request,
        place: usize,
        first: &Acknowledged,
    ) -> Result<()> {
        let again = hands::ask(self.process(place)?, request).await;
        match again {
            Ok(Answer::Acknowledged(again)) if again.repeated && again.acts == first.acts => {
                self.tally.repeated += 1;
            }
            Ok(Answer::None) => {}
            other => self.trouble(Some(file.index), format!("{request:?}, twice: {other:?}")),
        }
        Ok(())
    }

    /// Finds out what became of what nobody answered: all of it is there, or nothing.
    async fn resolve(&mut self, file: &mut File, request: Request, place: usize) -> Result<()> {
        let taken: Vec<String> = self.files.iter().filter_map(|f| f.number.clone()).collect();
        let known = |number: &str| taken.iter().any(|t| t == number);
        let process = self.process(place)?;
        let found = hands::look_for(process, &request, known).await;
        let died = process.life.is_dead();
        file.next_us = self.now_us + file.dice.between(1, 60) * MINUTE_US;
        match found {
            _ if died => file.doubt = Some(request),
            Ok(Some(found)) if found.acts.len() > file.told.len() => {
                self.tally.found_done += 1;
                self.learn(file, &request, &found);
            }
            Ok(_) => self.tally.found_undone += 1,
            Err(error) => self.trouble(Some(file.index), format!("{error:#}")),
        }
        Ok(())
    }

    /// An inspector takes a card away that stands on a case, if one does; with it falls what it brought.
    pub(crate) async fn revoke_some(&mut self, position: usize, place: usize) -> Result<()> {
        self.begin_turn();
        let Some(mut file) = self.take_out(&Which::Case(position)) else {
            return Ok(());
        };
        let done = self.revoke_on(&mut file, place).await;
        self.files.insert(position, file);
        done
    }

    async fn revoke_on(&mut self, file: &mut File, place: usize) -> Result<()> {
        let (Some(number), None) = (&file.number, &file.doubt) else {
            return Ok(());
        };
        let process = self.process(place)?;
        let Ok(entries) = crate::record::entries(&process.engine, number).await else {
            return Ok(());
        };
        let gone = |seq: i64| entries.iter().any(|e| e.number("warning") == seq);
        let stands = |e: &&Entry| e.kind == "warning_raised" && !gone(e.seq);
        let card = entries.iter().rev().find(stands);
        let Some(card) = card else { return Ok(()) };
        let deed = Deed::Revoke {
            warning: card.seq,
            rule: card.word("rule").to_owned(),
            clock: card.word("clock").to_owned(),
            limit_at: card.number("limit_at_us"),
        };
        let mut request = self.request(file, deed, None);
        request.key = None;
        match self.ask(&mut request, place).await? {
            Ok(Answer::Acknowledged(acknowledged)) => self.learn(file, &request, &acknowledged),
            Ok(Answer::Refused(_)) => self.tally.refused += 1,
            Ok(Answer::None) => {
                self.tally.unanswered += 1;
                file.doubt = Some(request);
                file.next_us = file.next_us.min(self.now_us + HOUR_US);
                file.over = false;
            }
            Err(error) => self.trouble(Some(file.index), format!("{error:#}")),
        }
        Ok(())
    }

    /// Orders that came with cards reach their units.
    pub(crate) async fn meet_orders(&mut self, place: usize) -> Result<()> {
        self.begin_turn();
        let process = self.process(place)?;
        let numbers = crate::record::numbers(&process.engine).await;
        let numbers = match numbers {
            Ok(numbers) => numbers,
            Err(_) if process.life.is_dead() => return Ok(()),
            Err(error) => return Err(error),
        };
        for number in numbers.into_iter().filter(|n| n.starts_with("DB-")) {
            if self.orders.contains_key(&number) {
                continue;
            }
            let index = self.orders.len();
            let mut dice = Dice::new(self.options.seed, &number, 0);
            let file = File {
                index,
                habit: Habit::of(&mut dice),
                item: None,
                feed: false,
                number: Some(number.clone()),
                told: Vec::new(),
                course: None,
                next_us: self.now_us + dice.between(1, 120) * HOUR_US,
                doubt: None,
                asked: 0,
                over: false,
                dice,
            };
            self.orders.insert(number, file);
        }
        Ok(())
    }

    /// Other days of rest came: what is known of each case is thought anew, with what the program had recorded by then.
    pub(crate) async fn think_anew(&mut self, place: usize) -> Result<()> {
        for position in 0..self.files.len() {
            let file = &self.files[position];
            let (Some(number), Some(item)) = (&file.number, &file.item) else {
                continue;
            };
            let entries = crate::record::entries(&self.process(place)?.engine, number).await?;
            let Some((receipt, rest)) = file.told.split_first() else {
                continue;
            };
            let own = crate::auditor::own(&entries);
            let mut course = Course::of_case(&self.law, item, receipt, own);
            let taken = rest
                .iter()
                .try_for_each(|told| course.take(&self.law, told));
            let index = file.index;
            self.files[position].course = Some(course);
            if let Err(why) = taken {
                self.trouble(Some(index), why);
            }
        }
        Ok(())
    }

    /// All that was acknowledged.
    pub(crate) fn known(&self) -> Known {
        let cases = self.files.iter().filter_map(|file| {
            Some(KnownCase {
                index: file.index,
                number: file.number.clone()?,
                item: file.item.clone()?,
                told: file.told.clone(),
            })
        });
        let orders = self.orders.iter();
        Known {
            law: self.law.clone(),
            cases: cases.collect(),
            orders: orders.map(|(n, f)| (n.clone(), f.told.clone())).collect(),
            sweeps: self.sweeps.clone(),
        }
    }
}

/// A case by its place, or an order by its number.
#[derive(Clone, Debug)]
pub(crate) enum Which {
    Case(usize),
    Order(String),
}
