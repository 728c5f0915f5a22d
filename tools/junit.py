"""Test reports in JUnit's XML, as pytest, GoogleTest and node --test write them."""

import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass

PASSED, FAILED, SKIPPED = "passed", "failed", "skipped"


@dataclass
class Case:
    suite: str
    name: str
    outcome: str
    reason: str = ""  # of a skip, in a line
    output: str = ""  # of a failure, for people


def one_line(text):
    return " ".join((text or "").split())


def outcome_of(element):
    """(outcome, reason, output) of a <testcase>."""
    for kind in ("failure", "error"):
        found = element.findall(kind)
        if found:
            texts = [(each.text or each.get("message") or "").strip() for each in found]
            return FAILED, "", "\n".join(texts)
    skipped = element.find("skipped")
    if skipped is not None or element.get("result") == "skipped":
        message = "" if skipped is None else skipped.get("message") or skipped.text
        return SKIPPED, one_line(message), ""
    if element.get("status") == "notrun":  # GoogleTest: disabled
        return SKIPPED, "disabled", ""
    return PASSED, "", ""


def read(path, suite):
    """The cases of a report. Raises ParseError where it was cut short."""
    cases = []
    for element in ElementTree.parse(path).getroot().iter("testcase"):
        group = element.get("classname") or ""
        name = element.get("name") or "?"
        # node --test calls every group "test".
        full = name if group in {"", "test"} else f"{group}.{name}"
        cases.append(Case(suite, full, *outcome_of(element)))
    return cases


def summary(cases):
    """The last line of make test."""
    count = {kind: sum(case.outcome == kind for case in cases)
             for kind in (PASSED, FAILED, SKIPPED)}
    return f"{count[PASSED]} passed, {count[FAILED]} failed, {count[SKIPPED]} skipped"


def exit_code(cases, skips_fail):
    failed = any(case.outcome == FAILED for case in cases)
    skipped = any(case.outcome == SKIPPED for case in cases)
    return 1 if failed or (skips_fail and skipped) else 0
