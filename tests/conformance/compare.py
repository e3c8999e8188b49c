#!/usr/bin/env python3
"""Asks a clock all published questions and compares its answers with the published ones.

    python3 compare.py --binary PATH        runs `PATH clock --calendar FILE` for both calendars

Exit 0 if every answer is the same, 1 if not.
"""

import argparse
import json
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
SETS = ["cn", "cn-revised"]
DIFFERENCES_SHOWN = 20


def comparable(answer):
    """Of an error: id, kind and, where the calendar ends, on which side the day lies. Of a day: `why` is words, but must be there."""
    if not isinstance(answer, dict):
        return answer
    if isinstance(answer.get("error"), dict):
        error = answer["error"]
        kept = {"kind": error.get("kind")}
        if error.get("kind") == "not_covered":
            kept["date"] = side_of_the_calendar(error.get("date"))
        return {"id": answer.get("id"), "error": kept}
    if isinstance(answer.get("why"), str) and answer["why"]:
        return {key: value for key, value in answer.items() if key != "why"}
    if "working" in answer:
        return {**answer, "why": "missing: a day is answered with a reason"}
    return answer


def side_of_the_calendar(date):
    """Of the days beyond an end of the calendar the answer may name any that the count asked about; both
    calendars begin before 2009 and end after 2026."""
    if not isinstance(date, str):
        return "missing: the uncovered day is named"
    return "before" if date < "2009-01-01" else "after" if date > "2026-12-31" else "inside"


def canonical(value):
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def read_answer(line):
    try:
        return json.loads(line)
    except ValueError:
        return "not JSON: " + line


def expected_form(answer):
    """A published day carries no reason; what it is compared with has had its own taken out."""
    return canonical(comparable(answer) if "error" in answer else answer)


def compare(binary, name):
    with open(HERE / f"cases-{name}.jsonl", encoding="utf-8") as file:
        cases = [json.loads(line) for line in file]
    lines = [q if isinstance(q, str) else json.dumps(q, ensure_ascii=False) for q in (c["question"] for c in cases)]
    run = subprocess.run(
        [binary, "clock", "--calendar", str(HERE / f"calendar-{name}.toml")],
        input=("\n" + "\n".join(lines) + "\n").encode(),  # the blank first line must be skipped
        stdout=subprocess.PIPE, check=False)
    answers = run.stdout.decode("utf-8", "replace").splitlines()
    differences = []
    for index, each in enumerate(cases):
        got = read_answer(answers[index]) if index < len(answers) else "no answer"
        if canonical(comparable(got)) != expected_form(each["answer"]):
            differences.append((lines[index], each["answer"], got))
    faults = []
    if len(answers) != len(cases):
        faults.append(f"{len(cases)} questions, but {len(answers)} answers")
    if run.returncode != 1:
        faults.append(f"exit status {run.returncode}; with wrong questions among them it must be 1")
    print(f"{name}: {len(cases)} questions, {len(differences)} differences")
    for fault in faults:
        print("  " + fault)
    return differences, faults


def main():
    parser = argparse.ArgumentParser(description="Compares a clock with the published answers.")
    parser.add_argument("--binary", required=True, help="run as: BINARY clock --calendar FILE")
    binary = parser.parse_args().binary
    differences, faults = [], []
    for name in SETS:
        more_differences, more_faults = compare(binary, name)
        differences += more_differences
        faults += more_faults
    for question, expected, got in differences[:DIFFERENCES_SHOWN]:
        print(f"\nquestion {question}\nexpected {canonical(expected)}\ngot      {canonical(got)}")
    if len(differences) > DIFFERENCES_SHOWN:
        print(f"\n… and {len(differences) - DIFFERENCES_SHOWN} more")
    sys.exit(1 if differences or faults else 0)


if __name__ == "__main__":
    main()
