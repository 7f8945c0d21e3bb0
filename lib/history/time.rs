//! Times as users write and read them: local time on both sides.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

use super::Error;

/// Which end of a day, a minute or a second is meant by a time that names no
/// finer part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edge {
    /// Its first second (`--since`).
    First,
    /// Its last second (`--until`).
    Last,
}

/// Seconds since 1970-01-01 UTC, now.
pub fn now() -> i64 {
    Timestamp::now().as_second()
}

/// A time in seconds since 1970-01-01 UTC as local date and time.
pub fn local(seconds: i64) -> String {
    shown(seconds, TimeZone::system(), "%Y-%m-%d %H:%M:%S")
}

/// The same in UTC, as programs read it: `2026-11-30T14:05:00Z`.
pub fn utc(seconds: i64) -> String {
    shown(seconds, TimeZone::UTC, "%Y-%m-%dT%H:%M:%SZ")
}

fn shown(seconds: i64, zone: TimeZone, format: &str) -> String {
    match Timestamp::from_second(seconds) {
        Ok(time) => time.to_zoned(zone).strftime(format).to_string(),
        // Outside the years that have a calendar.
        Err(_) => seconds.to_string(),
    }
}

/// Reads a date (`2026-11-30`), a date and time (`2026-11-30 14:05`, with `T`
/// in place of the blank, seconds, and an offset or `Z` if wanted), or how
/// long before `now` (`90s`, `30m`, `2h`, `3d`, `1w`, `1d12h`).
///
/// # Errors
/// The text is none of these.
pub fn parse(text: &str, edge: Edge, now: i64) -> Result<i64, Error> {
    let text = text.trim();
    let read = ago(text).map(|span| now.checked_sub(span)).or_else(|| {
        let zone = TimeZone::system();
        Some(absolute(text, edge, zone))
    });
    read.flatten().ok_or_else(|| Error::Time(text.to_owned()))
}

/// A length of time in seconds.
fn ago(text: &str) -> Option<i64> {
    let mut total: i64 = 0;
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let (number, tail) = rest.split_at(digits);
        let seconds = match tail.chars().next()? {
            's' => 1,
            'm' => 60,
            'h' => 3600,
            'd' => 86_400,
            'w' => 604_800,
            _ => return None,
        };
        let part = number.parse::<i64>().ok()?.checked_mul(seconds)?;
        total = total.checked_add(part)?;
        rest = &tail[1..];
    }
    (!text.is_empty()).then_some(total)
}

fn absolute(text: &str, edge: Edge, zone: TimeZone) -> Option<i64> {
    if let Ok(time) = text.parse::<Timestamp>() {
        return Some(time.as_second());
    }
    // The text gives as much as it is long: a date, minutes, seconds.
    let unit = match text.len() {
        10 => Span::new().days(1),
        16 => Span::new().minutes(1),
        19 => Span::new().seconds(1),
        _ => return None,
    };
    let start: DateTime = text.parse().ok()?;
    let time = match edge {
        Edge::First => start.to_zoned(zone).ok()?.timestamp().as_second(),
        Edge::Last => {
            let next = start.checked_add(unit).ok()?;
            next.to_zoned(zone).ok()?.timestamp().as_second() - 1
        }
    };
    Some(time)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_people_write_them() {
        let now = 1_000_000;
        let read = |text: &str| parse(text, Edge::First, now).ok();
        assert_eq!(read("90s"), Some(now - 90));
        assert_eq!(read("2h"), Some(now - 7200));
        assert_eq!(read("1d12h"), Some(now - 129_600));
        assert_eq!(read("1w"), Some(now - 604_800));
        assert_eq!(read("2026-11-30T14:05:06Z"), Some(1_796_047_506));
        assert_eq!(read("2026-11-30T14:05:06+01:00"), Some(1_796_043_906));
        for wrong in [
            "",
            "h",
            "2",
            "2x",
            "2026",
            "2026-13-01",
            "2026-11-30 25:00",
            "99999999999999999999d",
            "9223372036854775807w",
            "é",
            "2h ago",
            "2026-11-30 1",
        ] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_day_has_two_ends() {
        let zone = || TimeZone::UTC;
        let day = |edge| absolute("2026-11-30", edge, zone());
        assert_eq!(utc(day(Edge::First).unwrap()), "2026-11-30T00:00:00Z");
        assert_eq!(utc(day(Edge::Last).unwrap()), "2026-11-30T23:59:59Z");
        let minute = absolute("2026-11-30 14:05", Edge::Last, zone());
        assert_eq!(utc(minute.unwrap()), "2026-11-30T14:05:59Z");
        let second = absolute("2026-11-30T14:05:06", Edge::Last, zone());
        assert_eq!(utc(second.unwrap()), "2026-11-30T14:05:06Z");
    }
}
