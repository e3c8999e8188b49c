#!/usr/bin/env python3
"""Makes the question set, lets oracle.py answer it, and writes cases-cn.jsonl and cases-cn-revised.jsonl.

    python3 generate.py           write both files
    python3 generate.py --check   make them again in memory; exit 1 if the files differ

The questions are drawn with a fixed seed. Only Random.random() is used, whose sequence is the same in
every version of Python. A question set is no proof by itself, so VECTORS below holds dates that were
worked out by hand or published elsewhere: the files are not written unless the oracle agrees with them.
"""

import collections
import datetime as dt
import json
import pathlib
import random
import sys

sys.dont_write_bytecode = True
from oracle import Calendar, Wrong, answer_line, due, read_instant  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
SETS = [("cn", 20111008), ("cn-revised", 20111231)]  # calendar-NAME.toml, cases-NAME.jsonl, seed
DAYS, NATURAL, MONTHS, HOURS, MINUTES = (
    "working_days", "natural_days", "months", "working_hours", "working_minutes")
UNITS = [DAYS, NATURAL, MONTHS, HOURS, MINUTES]
LARGEST_AMOUNT = {DAYS: 60, NATURAL: 120, MONTHS: 14, HOURS: 90, MINUTES: 3000}
COMMON_AMOUNTS = {DAYS: [1, 2, 3, 5, 7, 10, 20, 30, 45], NATURAL: [1, 7, 15, 29, 30, 56, 60, 90],
                  MONTHS: [1, 2, 3, 6, 12], HOURS: [1, 2, 4, 7, 8, 24], MINUTES: [1, 30, 60, 210, 390]}
SECOND, HOUR, DAY = dt.timedelta(seconds=1), dt.timedelta(hours=1), dt.timedelta(days=1)


# ---------------------------------------------------------------- vectors: (name, question, answer), by hand

def at(text):
    """'2011-09-26' or '2011-10-08 15:00' in office time."""
    return text[:10] + "T" + (text[11:] or "10:00") + ":00+08:00"


def vector_due(name, start, amount, unit, stops, due_on, due_at=None):
    question = {"op": "due", "start": at(start), "term": {"amount": amount, "unit": unit}}
    if stops:
        question["stops"] = [{"from": at(a), "to": at(b) if b else None} for a, b in stops]
    if due_on and due_at is None:
        due_at = f"{dt.date.fromisoformat(due_on) + DAY}T00:00:00+08:00"
    return name, question, {"due_on": due_on, "due_at": due_at}


def vector_used(name, start, end, value, key="used", unit=DAYS):
    question = {"op": "used", "start": at(start), "end": at(end), "unit": unit, "stops": []}
    return name, question, {key: value}


WORKING_DAYS_PER_MONTH_2011 = [21, 16, 23, 20, 21, 21, 21, 23, 21, 18, 22, 23]

VECTORS = {
    "cn": [
        vector_due("spring-festival-2011-5", "2011-01-28", 5, DAYS, [], "2011-02-10"),
        vector_due("spring-festival-2011-20", "2011-01-28", 20, DAYS, [], "2011-03-02"),
        vector_due("national-day-2011-5-saturday-that-works", "2011-09-26", 5, DAYS, [], "2011-10-08"),
        vector_due("national-day-2011-20", "2011-09-26", 20, DAYS, [], "2011-10-27"),
        vector_due("new-year-2012-set-by-next-notice", "2011-12-30", 1, DAYS, [], "2011-12-31"),
        vector_due("national-day-2013-20", "2013-09-30", 20, DAYS, [], "2013-11-01"),
        vector_due("special-holiday-2015", "2015-09-02", 1, DAYS, [], "2015-09-06"),
        vector_due("extended-holiday-2020", "2020-01-23", 5, DAYS, [], "2020-02-07"),
        vector_due("spring-festival-2024", "2024-02-09", 20, DAYS, [], "2024-03-14"),
        vector_due("national-day-2025", "2025-09-30", 10, DAYS, [], "2025-10-21"),
        vector_due("spring-festival-2026", "2026-02-13", 5, DAYS, [], "2026-02-27"),
        vector_due("vendor-example-4", "2018-10-15", 4, DAYS, [], "2018-10-19"),
        vector_due("vendor-example-7", "2018-10-15", 7, DAYS, [], "2018-10-24"),
        vector_due("vendor-example-10", "2018-10-15", 10, DAYS, [], "2018-10-29"),
        vector_due("stop-of-two-days", "2011-09-26", 20, DAYS, [("2011-10-10", "2011-10-12")], "2011-10-31"),
        vector_due("stop-on-the-due-day", "2011-09-26", 5, DAYS,
                   [("2011-10-08 15:00", "2011-10-12")], "2011-10-12"),
        vector_due("stop-from-a-rest-day", "2011-09-26", 5, DAYS, [("2011-10-07", "2011-10-12")], "2011-10-13"),
        vector_due("stop-after-the-due-time", "2011-09-26", 5, DAYS,
                   [("2011-10-10", "2011-10-14")], "2011-10-08"),
        vector_due("open-stop-after-the-due-time", "2011-09-26", 5, DAYS, [("2011-10-10", None)], "2011-10-08"),
        vector_due("open-stop", "2011-09-26", 5, DAYS, [("2011-10-08 15:00", None)], None),
        vector_due("natural-days-rolled", "2011-09-02", 29, NATURAL, [], "2011-10-08"),
        vector_due("natural-days-stop-on-the-rolled-day", "2011-09-02", 29, NATURAL,
                   [("2011-10-08 09:00", "2011-10-10")], "2011-10-10"),
        vector_due("month-without-that-day", "2012-01-30", 1, MONTHS, [], "2012-02-29"),
        vector_due("hours-end-at-closing-time", "2011-10-11 08:30", 7, HOURS, [],
                   "2011-10-12", "2011-10-12T09:00:00+08:00"),
        vector_due("hours-end-at-closing-time-exactly", "2011-10-11 10:00", 5, HOURS, [],
                   "2011-10-11", "2011-10-11T17:30:00+08:00"),
        # "2 before" of 2018-10-15 +7 is 2018-10-22 00:00: the first moment at which 5 days are used.
        vector_used("two-before-one-second-early", "2018-10-15", "2018-10-21 23:59", 4),
        vector_used("two-before", "2018-10-15", "2018-10-22 00:00", 5),
    ] + [
        vector_used(f"working-days-of-2011-{month:02}", str(dt.date(2011, month, 1) - DAY),
                    str(dt.date(2011 + month // 12, month % 12 + 1, 1) - DAY), number)
        for month, number in enumerate(WORKING_DAYS_PER_MONTH_2011, start=1)
    ],
    "cn-revised": [
        vector_due("notice-changed-saturday-rests", "2011-12-30", 1, DAYS, [],
                   "2012-01-03", "2012-01-03T17:30:00+08:00"),
        vector_due("close-of-business-on-a-short-friday", "2012-07-19", 1, DAYS, [],
                   "2012-07-20", "2012-07-20T17:00:00+08:00"),
        vector_due("closed-monday", "2012-07-27", 1, DAYS, [], "2012-07-31", "2012-07-31T18:00:00+08:00"),
        vector_due("own-hours-of-one-day", "2011-09-26", 5, DAYS, [], "2011-10-08", "2011-10-08T12:00:00+08:00"),
        vector_due("stop-after-close-changes-nothing", "2011-09-26", 5, DAYS,
                   [("2011-10-08 15:00", "2011-10-12")], "2011-10-08", "2011-10-08T12:00:00+08:00"),
        vector_due("close-at-24", "2015-02-28", 1, DAYS, [], "2015-03-02", "2015-03-03T00:00:00+08:00"),
        vector_due("hours-end-at-24", "2015-03-02 08:00", 10, HOURS, [],
                   "2015-03-02", "2015-03-03T00:00:00+08:00"),
    ],
}


# ---------------------------------------------------------------- drawing

class Draw:
    """Draws questions for one calendar."""

    def __init__(self, cal, seed):
        self.cal, self.random = cal, random.Random(seed)
        self.edge_days = self.days_around_changes()

    def number(self, lowest, highest):
        return lowest + int(self.random.random() * (highest - lowest + 1))

    def chance(self, percent):
        return self.random.random() * 100 < percent

    def one_of(self, things):
        return things[int(self.random.random() * len(things))]

    def days_around_changes(self):
        """The days on which mistakes show: within a few days of a holiday, make-up day or closure."""
        special = [*self.cal.rest, *self.cal.make_up, *self.cal.closed, *self.cal.hours_on]
        return sorted(day for day in special if self.cal.first + 40 * DAY < day < self.cal.last - 500 * DAY)

    def day(self):
        if self.chance(60):
            return self.one_of(self.edge_days) + self.number(-6, 2) * DAY
        return self.cal.first + self.number(0, (self.cal.last - self.cal.first).days - 500) * DAY

    def time_on(self, day):
        """A moment of that day, with a liking for the edges of office hours and of the day."""
        midnight = dt.datetime.combine(day, dt.time(0, 0))
        if self.chance(45):
            edges = [midnight, midnight + DAY - SECOND]
            if self.cal.works(day):
                edges += [edge for span in self.cal.spans(day) for edge in span]
            return self.one_of(edges) + self.one_of([-1, 0, 0, 0, 1]) * SECOND
        if self.chance(70):
            return midnight + self.number(7 * 60, 19 * 60) * dt.timedelta(minutes=1)
        return midnight + self.number(0, 86399) * SECOND

    def instant(self, time):
        """Mostly written in office time, sometimes in another offset or with a fraction."""
        shown, offset = time, "+08:00"
        if self.chance(6):
            hours, offset = self.one_of([(-8, "Z"), (1, "+09:00"), (-13, "-05:00"), (-2.5, "+05:30")])
            shown = time + hours * HOUR
        return shown.isoformat() + offset

    def term(self, unit):
        amount = self.one_of(COMMON_AMOUNTS[unit]) if self.chance(50) else self.number(1, LARGEST_AMOUNT[unit])
        return {"amount": amount, "unit": unit}

    def stop(self, opened, closed):
        stop = {"from": self.instant(opened)}
        if closed is not None:
            stop["to"] = self.instant(closed)
        elif self.chance(50):
            stop["to"] = None  # null and absent mean the same
        return stop

    def length(self):
        """How long a stop lasts."""
        kind = self.number(0, 9)
        if kind == 0:
            return dt.timedelta(0)
        if kind <= 3:
            return self.number(1, 600) * dt.timedelta(minutes=1)
        if kind <= 8:
            return self.number(1, 9 * 24) * HOUR
        return self.number(10, 40) * DAY

    def stops(self, start, term, how_many, open_percent=6):
        """One stop after the other, each placed in view of the due time that the earlier ones give."""
        drawn = []
        for _ in range(how_many):
            try:
                result = due(self.cal, start, term["amount"], term["unit"], drawn)
            except Wrong:
                result = None
            due_day, due_time = result or (start.date() + 10 * DAY, start + 10 * DAY)
            place = self.number(0, 11)
            if place == 0:    # before the start
                opened = start - self.number(1, 200) * HOUR
            elif place == 1:  # on the day of the start
                opened = self.time_on(start.date())
            elif place == 2:  # at the due instant, a second before or after it
                opened = due_time + self.one_of([-1, 0, 0, 1]) * SECOND
            elif place == 3:  # on the due day
                opened = self.time_on(due_day)
            elif place == 4:  # after the due day
                opened = self.time_on(due_day + self.number(1, 5) * DAY)
            elif place == 5 and drawn:  # opens together with another
                opened = self.one_of(drawn)[0]
            elif place == 6 and drawn:  # opens while another runs, or the moment it ends
                other = self.one_of(drawn)
                opened = other[1] if other[1] and self.chance(50) else other[0] + self.number(0, 50) * HOUR
            elif place == 7:  # on a day of rest, if one is near
                opened = self.time_on(self.rest_day_near(start.date() + self.number(0, 15) * DAY))
            else:             # somewhere on the way
                days = max(0, (due_day - start.date()).days)
                opened = self.time_on(start.date() + self.number(0, days) * DAY)
            closed = None if self.chance(open_percent) else opened + self.length()
            if closed and self.chance(25):
                closed = max(opened, self.time_on(closed.date()))
            if closed and place == 0 and self.chance(50):
                closed = max(opened, min(closed, start))
            drawn.append((opened, closed))
        written = [(self.random.random(), self.stop(*stop)) for stop in drawn]
        if self.chance(40):  # the order in which stops are listed must not matter
            written.sort(key=lambda pair: pair[0])
        return [stop for _, stop in written]

    def rest_day_near(self, day):
        for distance in range(8):
            if not self.cal.works(day + distance * DAY):
                return day + distance * DAY
        return day

    def due(self, unit, how_many=0, start=None, term=None, open_percent=6):
        start = start or self.time_on(self.day())
        term = term or self.term(unit)
        question = {"op": "due", "start": self.instant(start), "term": term}
        if how_many:
            question["stops"] = self.stops(start, term, how_many, open_percent)
        return question

    # ------------------------------------------------------------ one function for each sort of question

    def plain(self, unit):
        return self.due(unit)

    def stopped(self, unit):
        return self.due(unit, self.number(1, 4))

    def due_edge(self, unit):
        """A single stop, closed or open, right at the edge of the due instant or of the due day."""
        start, term = self.time_on(self.day()), self.term(unit)
        due_day, due_time = due(self.cal, start, term["amount"], unit, [])
        opened = self.one_of([due_time - SECOND, due_time, due_time + SECOND, self.time_on(due_day),
                              due_time - self.number(1, 120) * HOUR])
        closed = None if self.chance(20) else opened + self.length()
        return {"op": "due", "start": self.instant(start), "term": term, "stops": [self.stop(opened, closed)]}

    def same_day_stops(self, unit):
        """Stops that open and close on one day: nothing in days, their office time in hours."""
        start, term = self.time_on(self.day()), self.term(unit)
        stops = []
        for _ in range(self.number(1, 3)):
            day = start.date() + self.number(0, 8) * DAY
            opened, closed = sorted([self.time_on(day), self.time_on(day)])
            stops.append(self.stop(opened, closed))
        return {"op": "due", "start": self.instant(start), "term": term, "stops": stops}

    def zero(self, unit):
        return self.due(unit, self.number(0, 2), term={"amount": 0, "unit": unit})

    def month_end(self):
        year, month = self.number(self.cal.first.year + 1, self.cal.last.year - 2), self.number(1, 12)
        last = dt.date(year + month // 12, month % 12 + 1, 1) - DAY
        start = self.time_on(last - self.number(0, 3) * DAY)
        return self.due(MONTHS, self.number(0, 2), start, {"amount": self.number(1, 26), "unit": MONTHS})

    def leap_day(self):
        leap_years = [year for year in range(self.cal.first.year, self.cal.last.year) if year % 4 == 0]
        leap_day = dt.date(self.one_of(leap_years), 2, 29)
        months = self.number(1, 12)
        if self.chance(50):
            day = leap_day
        else:  # a start so many months before, on the 28th to the 31st where there is one
            place = leap_day.year * 12 + 1 - months
            length = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][place % 12]
            day = dt.date(place // 12, place % 12 + 1, min(length, self.number(28, 31)))
        if day <= self.cal.first:
            day = leap_day
        return self.due(MONTHS, 0, self.time_on(day), {"amount": months, "unit": MONTHS})

    def new_year(self):
        year = self.number(self.cal.first.year, self.cal.last.year - 2)
        start = self.time_on(dt.date(year, 12, 31) - self.number(0, 12) * DAY)
        unit = self.one_of(UNITS)
        amount = self.number(1, {DAYS: 10, NATURAL: 20, MONTHS: 2, HOURS: 60, MINUTES: 3000}[unit])
        return self.due(unit, self.number(0, 2), start, {"amount": amount, "unit": unit})

    def extended(self, unit, same_unit):
        other = unit if same_unit else self.one_of([each for each in UNITS if each != unit])
        question = self.due(unit, self.number(0, 3), open_percent=3)
        extension = self.term(other)
        if self.chance(6):
            extension["amount"] = 0
        question["extension"] = extension
        if self.chance(40):  # a stop around the first due time or after it, for the second count
            start = read_instant(self.cal, question["start"])
            result = due(self.cal, start, question["term"]["amount"], unit, [])
            opened = result[1] + self.one_of([-SECOND, 0 * SECOND, SECOND, self.number(-48, 200) * HOUR])
            closed = None if self.chance(10) else opened + self.length()
            question.setdefault("stops", []).append(self.stop(opened, closed))
        return question

    def fraction(self):
        unit = self.one_of([HOURS, MINUTES, HOURS, DAYS])
        text = self.time_on(self.day()).isoformat() + self.one_of([".5", ".250", ".000", ".123456", ".999999"])
        question = {"op": "due", "start": text + "+08:00", "term": self.term(unit)}
        if self.chance(50):
            end = (read_instant(self.cal, question["start"]) + self.number(1, 200) * HOUR)
            question = {"op": "used", "start": question["start"], "end": self.instant(end.replace(microsecond=0)),
                        "unit": unit, "stops": []}
        return question

    def range_end(self):
        """Near and beyond both ends of the calendar. Stops open on covered days only."""
        kind, unit = self.number(0, 5), self.one_of(UNITS)
        midnight = dt.datetime.combine(self.cal.last, dt.time(0, 0))
        if kind == 0:    # starts before the calendar, or on its first days
            start = dt.datetime.combine(self.cal.first, dt.time(9, 0)) + self.number(-5, 3) * DAY
            return self.due(unit, 0, start)
        if kind == 1:    # starts on its last days, or after it
            start = midnight + self.number(-2, 4) * DAY + 10 * HOUR
            return self.due(unit, 0, start, {"amount": self.number(0, 3), "unit": unit})
        if kind == 2:    # runs over the end, or just not
            return self.due(unit, 0, midnight - self.number(0, 40) * DAY + self.number(0, 20) * HOUR)
        if kind == 3:    # a stop carries it over the end, or just not
            start = midnight - self.number(12, 30) * DAY + 9 * HOUR
            opened = start + self.number(0, 5 * 24) * HOUR
            closed = opened + self.number(1, 25) * DAY if self.chance(70) else None
            term = {"amount": self.number(1, 25), "unit": unit}
            return {**self.due(unit, 0, start, term), "stops": [self.stop(opened, closed)]}
        if kind == 4:    # use up to the last day, and beyond
            end = midnight + self.number(-3, 3) * DAY + self.number(0, 24) * HOUR
            start = end - self.number(0, 20) * DAY
            return {"op": "used", "start": self.instant(start), "end": self.instant(end),
                    "unit": self.one_of([DAYS, NATURAL, HOURS, MINUTES]), "stops": []}
        first_or_last = self.one_of([self.cal.first, self.cal.last])
        return {"op": "day", "date": str(first_or_last + self.number(-3, 3) * DAY)}

    def used(self, unit):
        start = self.time_on(self.day())
        end = self.time_on(start.date() + self.number(0, self.one_of([1, 5, 40, 90])) * DAY)
        start, end = min(start, end), max(start, end)
        term = {"amount": self.number(1, 20), "unit": DAYS}
        return {"op": "used", "start": self.instant(start), "end": self.instant(end), "unit": unit,
                "stops": self.stops(start, term, self.number(0, 4), open_percent=15)}

    def nature(self):
        return {"op": "day", "date": str(self.day())}

    def wrong(self):
        """A question with one fault, sometimes two: then the earlier kind in the fixed order is the answer."""
        faults = [fault_missing, fault_unit, fault_amount, fault_instant, fault_reversed]
        if self.chance(35):
            question = self.used(self.one_of([DAYS, NATURAL, HOURS, MINUTES]))
            faults = [fault_missing, fault_unit, fault_months_used, fault_instant, fault_reversed, fault_end, fault_end]
        else:
            question = self.due(self.one_of(UNITS), self.number(0, 2))
            if self.chance(30):
                question["extension"] = self.term(self.one_of(UNITS))
        for _ in range(2 if self.chance(30) else 1):
            self.one_of(faults)(self, question)
        if self.chance(10):
            question = {"op": "day", "date": self.one_of(["2011-02-30", "2011-13-01", "08.10.2011", ""])}
        return question


def fault_missing(draw, question):
    names = [name for name in question if name not in ("id", "stops", "extension")]
    place = draw.number(0, 9)
    if place == 0:
        question["id"] = None  # the mark for: to be asked without an id
    elif place <= 2 and isinstance(question.get("term"), dict):
        question["term"].pop(draw.one_of(["amount", "unit"]), None)
    elif place == 3 and question.get("stops"):
        draw.one_of(question["stops"]).pop("from", None)
    else:
        del question[draw.one_of(names)]


def fault_unit(draw, question):
    unit = draw.one_of(["days", "hours", "Working_Days", "", "工作日", "years"])
    holder = draw.one_of([question.get("term"), question.get("extension")]) or question.get("term")
    if question.get("op") == "used":
        question["unit"] = unit
    elif holder:
        holder["unit"] = unit


def fault_months_used(_draw, question):
    question["unit"] = MONTHS


def fault_amount(draw, question):
    holder = draw.one_of([question.get("term"), question.get("extension")]) or question.get("term")
    if holder:
        holder["amount"] = draw.one_of([-1, -20, 2.5, "20", "", True])


def fault_instant(draw, question):
    text = draw.one_of(["2011-09-26T10:00:00", "2011-09-26", "2011-02-30T10:00:00+08:00", "2011-09-26T25:00:00+08:00",
                        "yesterday", "", "2011-13-01T00:00:00Z", 1317002400])
    stops = question.get("stops") or []
    if stops and draw.chance(50):
        draw.one_of(stops)[draw.one_of(["from", "to"])] = text
    elif "start" in question:
        question[draw.one_of([name for name in ("start", "end") if name in question])] = text


def fault_reversed(draw, question):
    opened = draw.time_on(draw.day())
    question.setdefault("stops", []).append(
        {"from": draw.instant(opened), "to": draw.instant(opened - draw.number(1, 900) * dt.timedelta(minutes=1))})


def fault_end(draw, question):
    if isinstance(question.get("start"), str) and isinstance(question.get("end"), str):
        question["start"], question["end"] = question["end"], question["start"]


NOT_QUESTIONS = [  # lines that are no JSON object, or ask for an unknown operation
    "not json", "{", '{"id":"broken","op":"due"', '{"id":"broken","op":"due",}', "[]", "17", '"due"', "null",
    '[{"id":"in-a-list","op":"day","date":"2011-10-08"}]', "{'id':'quotes','op':'day','date':'2011-10-08'}",
    '{"id":"unknown-op","op":"count","date":"2011-10-08"}',
]


def sorts(draw):
    """(name of the sort, how many, function that draws one)."""
    yield "working-days", 450, lambda: draw.plain(DAYS)
    yield "working-days-stops", 1100, lambda: draw.stopped(DAYS)
    yield "working-days-due-edge", 380, lambda: draw.due_edge(DAYS)
    yield "natural-days", 150, lambda: draw.plain(NATURAL)
    yield "natural-days-stops", 480, lambda: draw.stopped(NATURAL)
    yield "natural-days-due-edge", 180, lambda: draw.due_edge(NATURAL)
    yield "months", 120, lambda: draw.plain(MONTHS)
    yield "months-stops", 260, lambda: draw.stopped(MONTHS)
    yield "months-due-edge", 120, lambda: draw.due_edge(MONTHS)
    yield "month-ends", 200, draw.month_end
    yield "leap-days", 60, draw.leap_day
    yield "hours", 150, lambda: draw.plain(HOURS)
    yield "hours-stops", 450, lambda: draw.stopped(HOURS)
    yield "hours-due-edge", 150, lambda: draw.due_edge(HOURS)
    yield "minutes", 120, lambda: draw.plain(MINUTES)
    yield "minutes-stops", 250, lambda: draw.stopped(MINUTES)
    yield "same-day-stops", 150, lambda: draw.same_day_stops(draw.one_of(UNITS))
    yield "zero", 200, lambda: draw.zero(draw.one_of(UNITS))
    yield "new-year", 200, draw.new_year
    yield "extension-same-unit", 220, lambda: draw.extended(draw.one_of(UNITS), True)
    yield "extension-other-unit", 350, lambda: draw.extended(draw.one_of(UNITS), False)
    yield "fractions", 60, draw.fraction
    yield "range-ends", 250, draw.range_end
    yield "used-working-days", 260, lambda: draw.used(DAYS)
    yield "used-natural-days", 120, lambda: draw.used(NATURAL)
    yield "used-hours", 200, lambda: draw.used(HOURS)
    yield "used-minutes", 100, lambda: draw.used(MINUTES)
    yield "day", 200, draw.nature
    yield "wrong", 250, draw.wrong


# ---------------------------------------------------------------- cases

def compact(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def without_words(answer):
    """Words for people are free, so they are not part of a case."""
    answer = {key: value for key, value in answer.items() if key != "why"}
    if "error" in answer:
        answer["error"] = {key: value for key, value in answer["error"].items() if key != "message"}
    return answer


def case(cal, question):
    line = question if isinstance(question, str) else compact(question)
    return {"question": question, "answer": without_words(answer_line(cal, line))}


def cases(name, seed):
    cal = Calendar(HERE / f"calendar-{name}.toml")
    for title, question, by_hand in VECTORS[name]:
        made = case(cal, {"id": "vector-" + title, **question})
        expected = {"id": "vector-" + title, **by_hand}
        if made["answer"] != expected:
            sys.exit(f"{title}: the oracle says {made['answer']}, by hand it is {expected}")
        yield "vector", made
    draw = Draw(cal, seed)
    for sort, how_many, make in sorts(draw):
        for number in range(1, how_many + 1):
            question = make()
            if "id" in question:
                del question["id"]
            else:
                question = {"id": f"{sort}-{number}", **question}
            yield sort, case(cal, question)
    for line in NOT_QUESTIONS:
        yield "not-a-question", case(cal, line)


def main():
    differs = False
    for name, seed in SETS:
        path = HERE / f"cases-{name}.jsonl"
        made = list(cases(name, seed))
        text = "".join(compact(each) + "\n" for _, each in made)
        if "--check" in sys.argv[1:]:
            same = path.exists() and path.read_text(encoding="utf-8") == text
            differs = differs or not same
            print(f"{path.name}: {'same' if same else 'DIFFERS'}, {len(made)} cases")
        else:
            path.write_text(text, encoding="utf-8")
            kinds = collections.Counter(each["answer"].get("error", {}).get("kind", "answered") for _, each in made)
            print(f"{path.name}: {len(made)} cases, {len(text.encode()) / 1e6:.1f} MB")
            print("  sorts:", dict(collections.Counter(sort for sort, _ in made)))
            print("  answers:", dict(kinds))
    sys.exit(1 if differs else 0)


if __name__ == "__main__":
    main()
