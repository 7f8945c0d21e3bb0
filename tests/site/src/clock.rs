//! Dates as an HMC prints them, in UTC.

use std::time::{SystemTime, UNIX_EPOCH};

/// Parts of a date and time.
struct Parts {
    year: i64,
    month: i64,
    day: i64,
    hour: i64,
    minute: i64,
    second: i64,
    weekday: usize,
}

/// Seconds since 1970.
pub fn seconds() -> i64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(0)
}

fn now() -> Parts {
    parts(seconds())
}

/// Reads `10/14/2017 19:45:21`, as seconds since 1970.
pub fn read_american(text: &str) -> Option<i64> {
    let (date, time) = text.split_once(' ')?;
    let numbers = |text: &str, separator: char| -> Option<[i64; 3]> {
        let list: Result<Vec<i64>, _> = text.split(separator).map(str::parse).collect();
        list.ok()?.try_into().ok()
    };
    let [month, day, year] = numbers(date, '/')?;
    let [hour, minute, second] = numbers(time, ':')?;
    // Days of a civil date, the other half of the algorithm of `parts`.
    let y = if month <= 2 { year - 1 } else { year };
    let era = y.div_euclid(400);
    let yoe = y - era * 400;
    let doy = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + day - 1;
    let days = era * 146_097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719_468;
    Some(days * 86_400 + hour * 3600 + minute * 60 + second)
}

/// Civil date of a count of seconds since 1970, by Howard Hinnant's days algorithm.
fn parts(seconds: i64) -> Parts {
    let days = seconds.div_euclid(86_400);
    let rest = seconds.rem_euclid(86_400);
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let month = if mp < 10 { mp + 3 } else { mp - 9 };
    Parts {
        year: yoe + era * 400 + i64::from(month <= 2),
        month,
        day: doy - (153 * mp + 2) / 5 + 1,
        hour: rest / 3600,
        minute: rest / 60 % 60,
        second: rest % 60,
        weekday: usize::try_from((days + 4).rem_euclid(7)).unwrap_or(0),
    }
}

/// `10/14/2017 19:45:21`.
pub fn american() -> String {
    format("%m/%d/%Y %H:%M:%S")
}

/// What `date` prints without a format: `Thu Sep  7 04:54:10 UTC 2017`.
pub fn plain() -> String {
    format("%a %b %e %H:%M:%S UTC %Y")
}

/// The time by the usual letters of `date +FORMAT`; unknown ones stay as they are.
pub fn format(pattern: &str) -> String {
    const DAYS: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let t = now();
    let mut out = String::new();
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        if c != '%' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some('Y') => out.push_str(&t.year.to_string()),
            Some('y') => out.push_str(&format!("{:02}", t.year % 100)),
            Some('m') => out.push_str(&format!("{:02}", t.month)),
            Some('d') => out.push_str(&format!("{:02}", t.day)),
            Some('e') => out.push_str(&format!("{:2}", t.day)),
            Some('H') => out.push_str(&format!("{:02}", t.hour)),
            Some('M') => out.push_str(&format!("{:02}", t.minute)),
            Some('S') => out.push_str(&format!("{:02}", t.second)),
            Some('a') => out.push_str(DAYS[t.weekday]),
            Some('b') => out.push_str(usize::try_from(t.month - 1).map_or("", |m| MONTHS[m])),
            Some('F') => out.push_str(&format!("{}-{:02}-{:02}", t.year, t.month, t.day)),
            Some('T') => out.push_str(&format!("{:02}:{:02}:{:02}", t.hour, t.minute, t.second)),
            Some('%') => out.push('%'),
            Some(other) => out.extend(['%', other]),
            None => out.push('%'),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{parts, read_american};

    #[test]
    fn dates_are_civil() {
        let p = parts(1_504_760_050);
        assert_eq!(
            (p.year, p.month, p.day, p.hour, p.weekday),
            (2017, 9, 7, 4, 4)
        );
        let p = parts(951_782_400);
        assert_eq!((p.year, p.month, p.day), (2000, 2, 29));
        assert_eq!(read_american("09/07/2017 04:54:10"), Some(1_504_760_050));
        assert_eq!(read_american("02/29/2000 00:36:22"), Some(951_784_582));
        assert_eq!(read_american("2017-09-07"), None);
    }
}
