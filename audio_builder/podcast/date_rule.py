"""A rule that gives dates to episodes that have none, such as “every Monday at 18:00 from 2026-12-07”."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
EXAMPLE = "every Monday at 18:00 from 2026-12-07"

_RULE = re.compile(r"every ([a-z ,]+) at ([01]?[0-9]|2[0-3]):([0-5][0-9]) from (20[0-9]{2}-[0-9]{2}-[0-9]{2})")
_BETWEEN = re.compile(r"(?:,| and |\s)+")


@dataclass(frozen=True, slots=True)
class DateRule:
    """Days of the week and a time of day, of this machine's time zone.

    Attributes:
        days: of the week, 0 for Monday.
        time: of the day.
        first: the first day on which it can give a date.
    """

    days: frozenset[int]
    time: datetime.time
    first: datetime.date

    def next_after(self, moment: datetime.datetime) -> datetime.datetime:
        """Return the first time of the rule after a moment; both have a time zone."""
        day = max(self.first, moment.astimezone().date())
        while True:
            time = datetime.datetime.combine(day, self.time).astimezone()
            if day.weekday() in self.days and time > moment:
                return time
            day += datetime.timedelta(days=1)


def read_rule(text: str) -> DateRule | None:
    """Return what a text says; None for an empty one.

    >>> read_rule("every Monday and Thursday at 6:30 from 2026-12-07").time
    datetime.time(6, 30)

    Raises:
        ValueError: it isn't written as a rule is, or names a day that there isn't.
    """
    if not text.strip():
        return None
    found = _RULE.fullmatch(" ".join(text.lower().split()))
    if found is None:
        raise ValueError(text)
    names = [name for name in _BETWEEN.split(found[1]) if name]
    days = range(7) if names == ["day"] else [DAYS.index(name) for name in names]
    return DateRule(frozenset(days), datetime.time(int(found[2]), int(found[3])), datetime.date.fromisoformat(found[4]))
