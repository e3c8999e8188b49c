//! Reading calendar files: from text to a checked [`Definition`], or to an
//! error that names file, line and date.

use crate::Span;
use crate::definition::{DayEnds, Definition, Mark, MonthDay, Season, WEEKDAYS};
use crate::error::{CalendarError, Problem};
use crate::span::two_digits;
use crate::working::DAYS_MAX;
use chrono::{NaiveDate, WeekdaySet};
use chrono_tz::Tz;
use serde::Deserialize;
use std::collections::BTreeMap;
use toml::Spanned;
use toml::value::Datetime;

/// Each day looks through all entries of `hours`; more than a year has days say
/// nothing that fewer couldn't.
const SEASONS_MAX: usize = 366;

/// One file as TOML gives it. Every list may be left out; which keys of the
/// head must be there is checked when all files are known.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    version: Option<Spanned<String>>,
    zone: Option<Spanned<String>>,
    from: Option<Spanned<Datetime>>,
    to: Option<Spanned<Datetime>>,
    final_to: Option<Spanned<Datetime>>,
    day_ends: Option<Spanned<String>>,
    rest_weekdays: Option<Spanned<Vec<Spanned<String>>>>,
    #[serde(default)]
    rest: Vec<RawMark>,
    #[serde(default)]
    make_up: Vec<RawMark>,
    #[serde(default)]
    closed: Vec<RawMark>,
    #[serde(default)]
    hours: Vec<RawSeason>,
    #[serde(default)]
    hours_on: Vec<RawHoursOn>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawMark {
    date: Spanned<Datetime>,
    name: String,
    notice: Option<String>,
    source: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSeason {
    from: Spanned<String>,
    to: Spanned<String>,
    weekdays: Option<Vec<Spanned<String>>>,
    spans: Vec<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawHoursOn {
    date: Spanned<Datetime>,
    spans: Vec<Spanned<String>>,
}

/// A file with its name and text, from which lines are counted.
struct Source<'a> {
    name: &'a str,
    text: &'a str,
    raw: Raw,
}

/// Where something is written: the file's place in the list of files, and the
/// byte in it.
#[derive(Clone, Copy)]
struct Place {
    file: usize,
    byte: usize,
}

impl Place {
    fn of<T>(file: usize, value: &Spanned<T>) -> Place {
        Place {
            file,
            byte: value.span().start,
        }
    }
}

/// The entries of one list by date, with their places.
type Listed<T> = BTreeMap<NaiveDate, (Place, T)>;

/// Reads the files of one calendar.
///
/// # Errors
///
/// The first thing that is wrong, with file, line and date.
pub(crate) fn read(parts: &[(&str, &str)]) -> Result<Definition, CalendarError> {
    let sources = parts
        .iter()
        .map(|(name, text)| source(name, text))
        .collect::<Result<Vec<_>, _>>()?;
    Reader { sources: &sources }.definition()
}

fn source<'a>(name: &'a str, text: &'a str) -> Result<Source<'a>, CalendarError> {
    let raw = toml::from_str(text).map_err(|error| {
        let byte = error.span().map_or(0, |span| span.start);
        let problem = Problem::Format(error.message().trim().to_owned());
        error_at(name, text, byte, None, problem)
    })?;
    Ok(Source { name, text, raw })
}

fn error_at(
    name: &str,
    text: &str,
    byte: usize,
    date: Option<NaiveDate>,
    problem: Problem,
) -> CalendarError {
    CalendarError {
        file: name.to_owned(),
        line: line(text, byte),
        date,
        problem,
    }
}

/// The line of a byte, from 1.
fn line(text: &str, byte: usize) -> usize {
    1 + text.bytes().take(byte).filter(|b| *b == b'\n').count()
}

struct Reader<'a> {
    sources: &'a [Source<'a>],
}

impl Reader<'_> {
    fn error(&self, place: Place, date: Option<NaiveDate>, problem: Problem) -> CalendarError {
        match self.sources.get(place.file) {
            Some(source) => error_at(source.name, source.text, place.byte, date, problem),
            // Only an empty list of files has no first file.
            None => error_at("", "", 0, date, problem),
        }
    }

    fn definition(&self) -> Result<Definition, CalendarError> {
        let file = self.head()?;
        let start = Place { file, byte: 0 };
        let missing = |key| self.error(start, None, Problem::MissingKey(key));
        let Some(Source { raw: head, .. }) = self.sources.get(file) else {
            return Err(self.error(start, None, Problem::NoHead));
        };
        let version = self.version(
            file,
            head.version.as_ref().ok_or_else(|| missing("version"))?,
        )?;
        let zone = self.zone(file, head.zone.as_ref().ok_or_else(|| missing("zone"))?)?;
        let from_key = head.from.as_ref().ok_or_else(|| missing("from"))?;
        let from = self.date(file, from_key)?;
        let to = self.date(file, head.to.as_ref().ok_or_else(|| missing("to"))?)?;
        self.check_range(Place::of(file, from_key), from, to)?;
        let final_to_key = head.final_to.as_ref().ok_or_else(|| missing("final_to"))?;
        let final_to = self.date(file, final_to_key)?;
        if final_to < from || to < final_to {
            let problem = Problem::FinalToOutside { from, to };
            return Err(self.error(Place::of(file, final_to_key), Some(final_to), problem));
        }
        let day_ends_key = head.day_ends.as_ref().ok_or_else(|| missing("day_ends"))?;
        let day_ends = self.day_ends(file, day_ends_key)?;
        let rest_weekdays_key = head.rest_weekdays.as_ref();
        let rest_weekdays_key = rest_weekdays_key.ok_or_else(|| missing("rest_weekdays"))?;
        let rest_weekdays = self.weekdays(file, rest_weekdays_key.get_ref())?;
        let rest = self.marks("rest", (from, to), |raw| &raw.rest)?;
        let make_up = self.marks("make_up", (from, to), |raw| &raw.make_up)?;
        let closed = self.marks("closed", (from, to), |raw| &raw.closed)?;
        let hours_on = self.hours_on((from, to))?;
        let (hours, hours_places) = self.hours()?;
        let places = HoursPlaces {
            otherwise: Place::of(file, from_key),
            seasons: hours_places,
            make_up: make_up
                .iter()
                .map(|(day, (place, _))| (*day, *place))
                .collect(),
            hours_on: hours_on
                .iter()
                .map(|(day, (place, _))| (*day, *place))
                .collect(),
        };
        let definition = Definition {
            version,
            zone,
            from,
            to,
            final_to,
            day_ends,
            rest_weekdays,
            rest: without_places(rest),
            make_up: without_places(make_up),
            closed: without_places(closed),
            hours,
            hours_on: without_places(hours_on),
        };
        self.check_hours(&definition, &places)?;
        Ok(definition)
    }

    /// Which file is the head: the only one with a `version`.
    fn head(&self) -> Result<usize, CalendarError> {
        let mut head: Option<usize> = None;
        for (file, source) in self.sources.iter().enumerate() {
            let Some(version) = &source.raw.version else {
                continue;
            };
            if let Some(other) = head.and_then(|head| self.sources.get(head)) {
                let other = other.name.to_owned();
                return Err(self.error(
                    Place::of(file, version),
                    None,
                    Problem::TwoHeads { other },
                ));
            }
            head = Some(file);
        }
        let head =
            head.ok_or_else(|| self.error(Place { file: 0, byte: 0 }, None, Problem::NoHead))?;
        for (file, source) in self.sources.iter().enumerate() {
            if file != head {
                self.check_no_head_key(file, &source.raw)?;
            }
        }
        Ok(head)
    }

    fn check_no_head_key(&self, file: usize, raw: &Raw) -> Result<(), CalendarError> {
        let found = |key: &'static str, byte: Option<usize>| {
            byte.map_or(Ok(()), |byte| {
                Err(self.error(Place { file, byte }, None, Problem::HeadKeyElsewhere(key)))
            })
        };
        let text = |key: &Option<Spanned<String>>| key.as_ref().map(|key| key.span().start);
        let date = |key: &Option<Spanned<Datetime>>| key.as_ref().map(|key| key.span().start);
        found("zone", text(&raw.zone))?;
        found("from", date(&raw.from))?;
        found("to", date(&raw.to))?;
        found("final_to", date(&raw.final_to))?;
        found("day_ends", text(&raw.day_ends))?;
        let weekdays = raw.rest_weekdays.as_ref();
        found("rest_weekdays", weekdays.map(|key| key.span().start))
    }

    fn version(&self, file: usize, key: &Spanned<String>) -> Result<String, CalendarError> {
        let version = key.get_ref().trim();
        if version.is_empty() {
            return Err(self.error(Place::of(file, key), None, Problem::EmptyVersion));
        }
        Ok(version.to_owned())
    }

    fn zone(&self, file: usize, key: &Spanned<String>) -> Result<Tz, CalendarError> {
        key.get_ref().parse().map_err(|_| {
            let problem = Problem::BadZone(key.get_ref().clone());
            self.error(Place::of(file, key), None, problem)
        })
    }

    fn date(&self, file: usize, key: &Spanned<Datetime>) -> Result<NaiveDate, CalendarError> {
        plain_date(key.get_ref()).ok_or_else(|| {
            let problem = Problem::BadDate(key.get_ref().to_string());
            self.error(Place::of(file, key), None, problem)
        })
    }

    fn check_range(
        &self,
        place: Place,
        from: NaiveDate,
        to: NaiveDate,
    ) -> Result<(), CalendarError> {
        let days = to.signed_duration_since(from).num_days() + 1;
        let problem = if days < 1 {
            Problem::FromAfterTo { to }
        } else if days > DAYS_MAX {
            let days_max = DAYS_MAX;
            Problem::RangeTooLong { days, days_max }
        } else {
            return Ok(());
        };
        Err(self.error(place, Some(from), problem))
    }

    fn day_ends(&self, file: usize, key: &Spanned<String>) -> Result<DayEnds, CalendarError> {
        match key.get_ref().as_str() {
            "midnight" => Ok(DayEnds::Midnight),
            "close" => Ok(DayEnds::Close),
            other => {
                let problem = Problem::BadDayEnds(other.to_owned());
                Err(self.error(Place::of(file, key), None, problem))
            }
        }
    }

    fn weekdays(
        &self,
        file: usize,
        words: &[Spanned<String>],
    ) -> Result<WeekdaySet, CalendarError> {
        let mut set = WeekdaySet::EMPTY;
        for word in words {
            let known = WEEKDAYS.iter().find(|(name, _)| name == word.get_ref());
            let Some((_, weekday)) = known else {
                let problem = Problem::BadWeekday(word.get_ref().clone());
                return Err(self.error(Place::of(file, word), None, problem));
            };
            set.insert(*weekday);
        }
        Ok(set)
    }

    /// Reads one dated list of all files: every date within the range, and none
    /// twice.
    fn list<R, T>(
        &self,
        list: &'static str,
        (from, to): (NaiveDate, NaiveDate),
        entries: impl Fn(&Raw) -> &[R],
        date_of: impl Fn(&R) -> &Spanned<Datetime>,
        value_of: impl Fn(Place, NaiveDate, &R) -> Result<T, CalendarError>,
    ) -> Result<Listed<T>, CalendarError> {
        let mut listed: Listed<T> = BTreeMap::new();
        for (file, source) in self.sources.iter().enumerate() {
            for entry in entries(&source.raw) {
                let key = date_of(entry);
                let date = self.date(file, key)?;
                let place = Place::of(file, key);
                if date < from || to < date {
                    let problem = Problem::OutsideRange { list, from, to };
                    return Err(self.error(place, Some(date), problem));
                }
                if let Some((first, _)) = listed.get(&date) {
                    let first = self.error(*first, None, Problem::NoSpans);
                    let problem = Problem::Twice {
                        list,
                        first_file: first.file,
                        first_line: first.line,
                    };
                    return Err(self.error(place, Some(date), problem));
                }
                let value = value_of(place, date, entry)?;
                listed.insert(date, (place, value));
            }
        }
        Ok(listed)
    }

    fn marks(
        &self,
        list: &'static str,
        range: (NaiveDate, NaiveDate),
        entries: impl Fn(&Raw) -> &[RawMark],
    ) -> Result<Listed<Mark>, CalendarError> {
        self.list(
            list,
            range,
            entries,
            |raw| &raw.date,
            |place, date, raw| {
                // A notice's number is only worth printing if it can be looked up.
                if raw.notice.is_some() && raw.source.is_none() {
                    return Err(self.error(place, Some(date), Problem::NoticeWithoutSource));
                }
                Ok(Mark {
                    name: raw.name.clone(),
                    notice: raw.notice.clone(),
                    source: raw.source.clone(),
                })
            },
        )
    }

    fn hours(&self) -> Result<(Vec<Season>, Vec<Place>), CalendarError> {
        let mut seasons = Vec::new();
        let mut places = Vec::new();
        for (file, source) in self.sources.iter().enumerate() {
            for raw in &source.raw.hours {
                if seasons.len() == SEASONS_MAX {
                    let seasons_max = SEASONS_MAX;
                    let problem = Problem::TooManySeasons { seasons_max };
                    return Err(self.error(Place::of(file, &raw.from), None, problem));
                }
                let weekdays = match &raw.weekdays {
                    Some(words) => self.weekdays(file, words)?,
                    None => WeekdaySet::ALL,
                };
                seasons.push(Season {
                    from: self.month_day(file, &raw.from)?,
                    to: self.month_day(file, &raw.to)?,
                    weekdays,
                    spans: self.spans(file, None, &raw.spans)?,
                });
                places.push(Place::of(file, &raw.from));
            }
        }
        Ok((seasons, places))
    }

    fn hours_on(&self, range: (NaiveDate, NaiveDate)) -> Result<Listed<Vec<Span>>, CalendarError> {
        let spans =
            |place: Place, date, raw: &RawHoursOn| self.spans(place.file, Some(date), &raw.spans);
        self.list(
            "hours_on",
            range,
            |raw| &raw.hours_on,
            |raw| &raw.date,
            spans,
        )
    }

    fn month_day(&self, file: usize, key: &Spanned<String>) -> Result<MonthDay, CalendarError> {
        month_day(key.get_ref()).ok_or_else(|| {
            let problem = Problem::BadMonthDay(key.get_ref().clone());
            self.error(Place::of(file, key), None, problem)
        })
    }

    /// Reads spans and puts them in order; they may touch, not overlap.
    fn spans(
        &self,
        file: usize,
        date: Option<NaiveDate>,
        texts: &[Spanned<String>],
    ) -> Result<Vec<Span>, CalendarError> {
        let mut spans = Vec::new();
        for text in texts {
            let place = Place::of(file, text);
            let span = Span::parse(text.get_ref()).ok_or_else(|| {
                let problem = Problem::BadSpan(text.get_ref().clone());
                self.error(place, date, problem)
            })?;
            spans.push(span);
            spans.sort_unstable();
            if let Some(problem) = overlap(&spans) {
                return Err(self.error(place, date, problem));
            }
        }
        Ok(spans)
    }

    /// Every working day has office hours, and those of the seasons that hold
    /// on one day don't overlap.
    fn check_hours(
        &self,
        definition: &Definition,
        places: &HoursPlaces,
    ) -> Result<(), CalendarError> {
        for date in definition.dates().filter(|date| definition.works(*date)) {
            let spans = definition.spans(date);
            if spans.is_empty() {
                let place = places.without_spans(date);
                return Err(self.error(place, Some(date), Problem::NoSpans));
            }
            if let Some(problem) = overlap(&spans) {
                let season = definition.seasons_on(date).last();
                let place = season.and_then(|(place, _)| places.seasons.get(place));
                let place = place.copied().unwrap_or(places.otherwise);
                return Err(self.error(place, Some(date), problem));
            }
        }
        Ok(())
    }
}

/// Where to point when a day's office hours are wrong.
struct HoursPlaces {
    otherwise: Place,
    seasons: Vec<Place>,
    make_up: BTreeMap<NaiveDate, Place>,
    hours_on: BTreeMap<NaiveDate, Place>,
}

impl HoursPlaces {
    /// The entry that makes a day work without giving it hours: its own in
    /// `hours_on`, or in `make_up`, or the list of seasons that leaves it out.
    fn without_spans(&self, date: NaiveDate) -> Place {
        let own = self.hours_on.get(&date).or(self.make_up.get(&date));
        *own.or(self.seasons.first()).unwrap_or(&self.otherwise)
    }
}

/// The first two spans of an ordered list that overlap.
fn overlap(spans: &[Span]) -> Option<Problem> {
    spans.windows(2).find_map(|pair| match pair {
        [first, second] if first.closes_minute() > second.opens_minute() => {
            Some(Problem::OverlappingSpans {
                first: first.to_string(),
                second: second.to_string(),
            })
        }
        _ => None,
    })
}

/// The date of a TOML value that is nothing but a date.
fn plain_date(value: &Datetime) -> Option<NaiveDate> {
    match (value.date, value.time, value.offset) {
        (Some(date), None, None) => {
            let (month, day) = (u32::from(date.month), u32::from(date.day));
            NaiveDate::from_ymd_opt(i32::from(date.year), month, day)
        }
        _ => None,
    }
}

/// Reads `MM-DD`, a day that some year has.
fn month_day(text: &str) -> Option<MonthDay> {
    /// A leap year, so that 02-29 is one too.
    const YEAR: i32 = 2000;
    let (month, day) = text.split_once('-')?;
    let (month, day) = (u32::from(two_digits(month)?), u32::from(two_digits(day)?));
    NaiveDate::from_ymd_opt(YEAR, month, day).map(|_| (month, day))
}

fn without_places<T>(listed: Listed<T>) -> BTreeMap<NaiveDate, T> {
    let entries = listed.into_iter();
    entries.map(|(date, (_, value))| (date, value)).collect()
}
