#!/usr/bin/env python3
"""A second clock for legal time limits, written only to be checked by reading.

    python3 oracle.py --calendar FILE < questions.jsonl > answers.jsonl

It answers the same JSON lines as `shixian clock`, but counts the slow way: it looks at one day after
the other (for hours: at one piece of office time after the other), as one would with a pencil and a
wall calendar. Python 3.11, standard library only.

Sources named in the comments: LL = Administrative Licensing Law (行政许可法), CC = Civil Code (民法典;
before 2021 its predecessors had the same rules). Where they are silent, see "Readings" in README.md.

All times in here are wall-clock times of the calendar's zone: every instant is converted to that zone
once, when it is read, and back when it is printed.
"""

import argparse
import calendar as month_table
import datetime as dt
import json
import re
import sys
import tomllib
import zoneinfo

ONE_DAY = dt.timedelta(days=1)
MIDNIGHT = dt.time(0, 0)
WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
HOURS_AND_MINUTES = {"working_hours": dt.timedelta(hours=1), "working_minutes": dt.timedelta(minutes=1)}
UNITS = ["working_days", "natural_days", "months", "working_hours", "working_minutes"]


class Wrong(Exception):
    """A question that cannot be answered: what kind of fault, and for people a sentence."""

    def __init__(self, kind, message, date=None):
        super().__init__(message)
        self.kind, self.date = kind, date


# ---------------------------------------------------------------- the calendar

class Calendar:
    def __init__(self, path):
        with open(path, "rb") as file:
            data = tomllib.load(file)
        self.first, self.last = data["from"], data["to"]
        self.day_ends = data["day_ends"]
        self.zone = read_zone(data["zone"])
        self.rest_weekdays = data["rest_weekdays"]
        self.rest = named_days(data, "rest")
        self.make_up = named_days(data, "make_up")
        self.closed = named_days(data, "closed")
        self.hours = data.get("hours", [])
        self.hours_on = {entry["date"]: entry["spans"] for entry in data.get("hours_on", [])}
        self.refuse_contradictions(data)

    def covers(self, day):
        return self.first <= day <= self.last

    def nature(self, day):
        """Does this day work, and why (or why not)?

        LL art. 82: limits are in working days, without statutory holidays. Days moved by the State
        Council's yearly notice work (make-up days); a local closure wins over everything."""
        if day < self.first:
            raise Wrong("not_covered", f"the calendar begins later than {day}", day)
        if day > self.last:
            raise Wrong("not_covered", f"the calendar ends on {self.last}", day)
        if day in self.closed:
            return False, "closed: " + self.closed[day]
        if day in self.make_up:
            return True, "make-up day: " + self.make_up[day]
        if day in self.rest:
            return False, "holiday: " + self.rest[day]
        if WEEKDAYS[day.weekday()] in self.rest_weekdays:
            return False, "weekend"
        return True, "ordinary working day"

    def works(self, day):
        return self.nature(day)[0]

    def first_working_day_from(self, day):
        """CC art. 203: if the last day is a day of rest, the next day that works is the last day."""
        while not self.works(day):
            day += ONE_DAY
        return day

    def span_texts(self, day):
        """The office hours of a day as written in the file; a day that does not work has none."""
        if not self.works(day):
            return []
        if day in self.hours_on:
            return self.hours_on[day]
        for entry in self.hours:
            in_season = entry["from"] <= day.strftime("%m-%d") <= entry["to"]
            if in_season and WEEKDAYS[day.weekday()] in entry.get("weekdays", WEEKDAYS):
                return entry["spans"]
        return []

    def spans(self, day):
        """The office hours of a day as pairs (opens, closes), in order."""
        return sorted((clock_time(day, text[:5]), clock_time(day, text[6:])) for text in self.span_texts(day))

    def end_of(self, day):
        """CC art. 203: the last day ends at 24:00, or, where there are business hours, when business stops."""
        if self.day_ends == "close":
            return self.spans(day)[-1][1]
        return dt.datetime.combine(day + ONE_DAY, MIDNIGHT)

    def refuse_contradictions(self, data):
        for key in ["rest", "make_up", "closed", "hours_on"]:
            seen = set()
            for entry in data.get(key, []):
                if entry["date"] in seen or not self.covers(entry["date"]):
                    sys.exit(f"calendar: {key} {entry['date']}: twice, or outside the calendar's range")
                seen.add(entry["date"])
        day = self.first
        while day <= self.last:
            spans = self.spans(day)
            if self.works(day) and not spans:
                sys.exit(f"calendar: {day} works but has no office hours")
            for opens, closes in spans:
                if closes <= opens:
                    sys.exit(f"calendar: {day} has office hours that end before they begin")
            for earlier, later in zip(spans, spans[1:]):
                if later[0] < earlier[1]:
                    sys.exit(f"calendar: {day} has overlapping office hours")
            day += ONE_DAY


def read_zone(name):
    try:
        return zoneinfo.ZoneInfo(name)
    except zoneinfo.ZoneInfoNotFoundError:
        if name == "Asia/Shanghai":  # no zone data installed: UTC+8 without summer time since 1992
            return dt.timezone(dt.timedelta(hours=8))
        raise


def named_days(data, key):
    return {entry["date"]: entry["name"] for entry in data.get(key, [])}


def clock_time(day, text):
    """'08:30' on that day; '24:00' is the first moment of the next day."""
    return dt.datetime.combine(day, MIDNIGHT) + dt.timedelta(hours=int(text[:2]), minutes=int(text[3:]))


# ---------------------------------------------------------------- stops
# LL art. 45: time for hearings, tenders, auctions, inspections, tests, quarantine, appraisals and expert
# reviews is not counted in the limit. A stop is a pair (opened, closed) of times.

def in_a_stop(day, stops):
    """The day on which a stop opens still counts (one could work on it); the day on which it closes does
    not: as with any limit, the count goes on the day after (CC art. 201)."""
    return any(opened.date() < day <= closed.date() for opened, closed in stops)


def pieces_outside_stops(begin, end, stops):
    """The parts of the office span [begin, end) in which no stop [opened, closed) runs."""
    now = begin
    while now < end:
        running = [closed for opened, closed in stops if opened <= now < closed]
        if running:
            now = max(running)
            continue
        until = min([end] + [opened for opened, _ in stops if opened > now])
        yield now, until
        now = until


# ---------------------------------------------------------------- when is it due?
# Each of the three functions takes closed stops only, in order of opening, and gives (due day, due time).

def due_in_working_days(cal, start, amount, stops):
    """LL art. 82 with CC art. 201: the day of the start is not counted, the first day is the next one."""
    day0 = start.date()
    day, counted = day0, 0
    while True:
        if cal.works(day):
            if day > day0 and not in_a_stop(day, stops):
                counted += 1
            if counted >= amount:  # an amount of 0 ends on the day itself, if it works
                break
        day += ONE_DAY
    # A stop that opens on the last day itself, or between it and a last day already moved by such a stop,
    # takes no counted day away; but the limit cannot end before the stop does.
    due_day = day
    for opened, closed in stops:
        if opened.date() >= day:
            due_day = max(due_day, cal.first_working_day_from(closed.date()))
    return due_day, cal.end_of(due_day)


def due_in_natural_days_or_months(cal, start, amount, unit, stops):
    day0 = start.date()
    if unit == "natural_days":  # CC art. 201: from the next day, so that day0 + amount is the last
        last = day0 + amount * ONE_DAY
    else:  # CC art. 202: the same day of the last month; where there is none, the end of that month
        year, month = divmod(day0.year * 12 + day0.month - 1 + amount, 12)
        length = month_table.monthrange(year, month + 1)[1]
        last = dt.date(year, month + 1, min(day0.day, length))
    stops_before = []
    for opened, closed in stops:
        if opened.date() < last:
            # LL art. 45: each natural day of the stop is added once, however many stops run on it.
            day = opened.date() + ONE_DAY
            while day <= closed.date():
                if day > day0 and not in_a_stop(day, stops_before):
                    last += ONE_DAY
                day += ONE_DAY
        else:
            # The days have run out, but the due day was moved by rest days or a stop and this stop opened
            # before its end: the limit cannot end before the stop does.
            last = max(last, closed.date())
        stops_before.append((opened, closed))
    due_day = cal.first_working_day_from(last)  # CC art. 203, once, at the end
    return due_day, cal.end_of(due_day)


def due_in_office_time(cal, start, length, stops):
    """CC art. 201: hours are counted from the very moment of the start. Only office hours count. The limit
    ends at the first moment by which the whole length has passed: at closing time rather than at the
    opening of the next morning."""
    if not length:
        return start.date(), start
    left, day = length, start.date()
    while True:
        for opens, closes in cal.spans(day):
            for begin, end in pieces_outside_stops(max(opens, start), closes, stops):
                if end - begin >= left:
                    return day, begin + left
                left -= end - begin
        day += ONE_DAY


def due_with(cal, start, amount, unit, stops):
    if unit == "working_days":
        return due_in_working_days(cal, start, amount, stops)
    if unit in HOURS_AND_MINUTES:
        return due_in_office_time(cal, start, amount * HOURS_AND_MINUTES[unit], stops)
    return due_in_natural_days_or_months(cal, start, amount, unit, stops)


def due(cal, start, amount, unit, stops):
    """Takes the stops in order of opening. A stop counts if it opens before the due time that the stops
    before it give: what is over cannot be stopped. While a stop that counts is open, nothing is due."""
    must_be_covered(cal, start.date())
    counted = []
    for opened, closed in sorted(stops, key=lambda stop: stop[0]):
        if opens_before_due_time(cal, start, amount, unit, counted, opened):
            if closed is None:
                return None
            counted.append((opened, closed))
    return due_with(cal, start, amount, unit, counted)


def opens_before_due_time(cal, start, amount, unit, counted, opened):
    try:
        return opened < due_with(cal, start, amount, unit, counted)[1]
    except Wrong:
        # The due time lies beyond the calendar; a stop that opens within the calendar opens before it.
        if opened.date() <= cal.last:
            return True
        raise


def due_with_extension(cal, start, term, extension, stops):
    """LL art. 42: the organ's head may extend the limit. In the term's own unit the two are one longer term;
    in another unit the extension is a second count that begins where the first one ends."""
    if extension is None or extension["amount"] == 0:
        return due(cal, start, term["amount"], term["unit"], stops)
    if extension["unit"] == term["unit"]:
        return due(cal, start, term["amount"] + extension["amount"], term["unit"], stops)
    first = due(cal, start, term["amount"], term["unit"], stops)
    if first is None:
        return None
    due_day, due_time = first
    if extension["unit"] in HOURS_AND_MINUTES:
        second_start = due_time
    else:
        second_start = dt.datetime.combine(due_day, MIDNIGHT)
    return due(cal, second_start, extension["amount"], extension["unit"], stops)


# ---------------------------------------------------------------- how much has been used?

def used(cal, start, end, unit, stops):
    """All stops are taken off (a stop opened after the limit too); one that is open lasts until the end."""
    stops = [(opened, closed if closed is not None else end) for opened, closed in stops]
    must_be_covered(cal, start.date())
    if unit in HOURS_AND_MINUTES:
        return {"used_seconds": used_seconds(cal, start, end, stops)}
    total, day = 0, start.date() + ONE_DAY  # CC art. 201: the day of the start is not counted
    while day <= end.date():
        works = cal.works(day)
        if (works or unit == "natural_days") and not in_a_stop(day, stops):
            total += 1
        day += ONE_DAY
    return {"used": total}


def used_seconds(cal, start, end, stops):
    total, day = dt.timedelta(0), start.date()
    while day <= end.date():
        for opens, closes in cal.spans(day):
            for begin, until in pieces_outside_stops(max(opens, start), min(closes, end), stops):
                total += until - begin
        day += ONE_DAY
    return total // dt.timedelta(seconds=1)


def must_be_covered(cal, day):
    if not cal.covers(day):
        raise Wrong("not_covered", f"{day} is outside the calendar", day)


# ---------------------------------------------------------------- questions and answers

def read_instant(cal, value):
    """RFC 3339 with an offset: without one it is not an instant."""
    form = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})"
    try:
        if not re.fullmatch(form, value):
            raise ValueError(value)
        return dt.datetime.fromisoformat(value).astimezone(cal.zone).replace(tzinfo=None)
    except (TypeError, ValueError, OverflowError):
        raise Wrong("bad_instant", f"not an instant with an offset: {value!r}") from None


def write_instant(cal, time):
    """2011-11-01T00:00:00+08:00; a fraction of a second only if there is one, without zeros at its end."""
    text = time.replace(tzinfo=cal.zone).isoformat(timespec="microseconds")
    seconds, fraction, offset = text[:19], text[20:26].rstrip("0"), text[26:]
    return seconds + ("." + fraction if fraction else "") + offset


def need(fields, names, where=""):
    for name in names:
        if fields.get(name) is None:
            raise Wrong("missing_field", f"{where}{name} is missing")


def check_unit(unit):
    if unit not in UNITS:
        raise Wrong("bad_unit", f"unknown unit: {unit!r}")


def check_amount(amount):
    if type(amount) is not int or amount < 0:
        raise Wrong("bad_term", f"an amount is a whole number, 0 or more: {amount!r}")


def read_stops(cal, question):
    stops = []
    for stop in question.get("stops") or []:
        closed = stop.get("to")
        stops.append((read_instant(cal, stop["from"]), None if closed is None else read_instant(cal, closed)))
    return stops


def refuse_reversed(stops):
    for opened, closed in stops:
        if closed is not None and closed < opened:
            raise Wrong("stop_reversed", f"a stop closes at {closed}, before it opens at {opened}")


def answer_due(cal, question):
    need(question, ["start", "term"])
    terms = [question["term"]]
    if question.get("extension") is not None:
        terms.append(question["extension"])
    for term in terms:
        need(term, ["amount", "unit"], "term: ")
    need_stops(question)
    for term in terms:
        check_unit(term["unit"])
    for term in terms:
        check_amount(term["amount"])
    start, stops = read_instant(cal, question["start"]), read_stops(cal, question)
    refuse_reversed(stops)
    try:
        result = due_with_extension(cal, start, terms[0], terms[1] if terms[1:] else None, stops)
    except (OverflowError, ValueError):
        raise Wrong("bad_term", "the term ends after the year 9999") from None
    if result is None:
        return {"due_on": None, "due_at": None}
    return {"due_on": result[0].isoformat(), "due_at": write_instant(cal, result[1])}


def answer_used(cal, question):
    need(question, ["start", "end", "unit"])
    need_stops(question)
    check_unit(question["unit"])
    if question["unit"] == "months":
        raise Wrong("bad_unit", "use is not counted in months")
    start, end = read_instant(cal, question["start"]), read_instant(cal, question["end"])
    stops = read_stops(cal, question)
    refuse_reversed(stops)
    if end < start:
        raise Wrong("end_before_start", f"the end {end} lies before the start {start}")
    return used(cal, start, end, question["unit"], stops)


def answer_day(cal, question):
    need(question, ["date"])
    try:
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", question["date"]):
            raise ValueError(question["date"])
        day = dt.date.fromisoformat(question["date"])
    except (TypeError, ValueError):
        raise Wrong("bad_instant", f"not a date: {question['date']!r}") from None
    must_be_covered(cal, day)
    works, why = cal.nature(day)
    return {"working": works, "why": why, "hours": sorted(cal.span_texts(day))}


def check_shape(question):
    """What should be an object or a list and is something else is not a question in this form."""
    stops = question.get("stops") or []
    objects = [question.get("term") or {}, question.get("extension") or {}]
    if not isinstance(stops, list) or not all(isinstance(part, dict) for part in objects + stops):
        raise Wrong("bad_json", "terms are objects, stops a list of objects")
    if question.get("op") is not None and question["op"] not in list(OPS):
        raise Wrong("bad_json", f"unknown op: {question['op']!r}")


def need_stops(question):
    for stop in question.get("stops") or []:
        need(stop, ["from"], "stop: ")


OPS = {"due": answer_due, "used": answer_used, "day": answer_day}


def answer_line(cal, line):
    """One answer to one line. Faults are looked for in this order: bad_json, missing_field, bad_unit,
    bad_term, bad_instant, stop_reversed, end_before_start, not_covered."""
    name = None
    try:
        try:
            question = json.loads(line)
        except ValueError:
            raise Wrong("bad_json", "the line is not JSON") from None
        if not isinstance(question, dict):
            raise Wrong("bad_json", "a question is an object")
        name = question.get("id")
        check_shape(question)
        need(question, ["op"])
        return {"id": name, **OPS[question["op"]](cal, question)}
    except Wrong as wrong:
        error = {"kind": wrong.kind, "message": str(wrong)}
        if wrong.date is not None:
            error["date"] = wrong.date.isoformat()
        return {"id": name, "error": error}


def main():
    parser = argparse.ArgumentParser(description="Answers clock questions (JSON lines) by naive counting.")
    parser.add_argument("--calendar", required=True)
    cal = Calendar(parser.parse_args().calendar)
    all_answered = True
    for line in sys.stdin:
        if line.strip():
            answer = answer_line(cal, line)
            all_answered = all_answered and "error" not in answer
            print(json.dumps(answer, ensure_ascii=False), flush=True)
    sys.exit(0 if all_answered else 1)


if __name__ == "__main__":
    main()
