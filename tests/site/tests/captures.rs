//! What real consoles answered comes out byte for byte on a site described like theirs.
//!
//! `tests/captures/*.toml` are the sites, `*.txt` the commands with their answers.

use simsite::Config;

use crate::client::Place;

/// A command with the answer and the exit status that the real console gave.
struct Case<'a> {
    line: &'a str,
    out: String,
    status: i32,
}

fn cases(text: &str) -> Vec<Case<'_>> {
    let mut cases: Vec<Case> = Vec::new();
    for line in text.lines() {
        if let Some(line) = line.strip_prefix("$ ") {
            let (out, status) = (String::new(), 0);
            cases.push(Case { line, out, status });
        } else if let Some(case) = cases.last_mut() {
            match line.strip_prefix("= ") {
                Some(status) => case.status = status.parse().unwrap(),
                None => case.out.push_str(&format!("{line}\n")),
            }
        }
    }
    assert!(!cases.is_empty());
    cases
}

fn place(description: &str) -> Place {
    Place::new(Config::from_toml(description).unwrap())
}

fn compare(place: &Place, host: &str, text: &str) {
    for case in cases(text) {
        let answer = place.run(host, case.line);
        assert_eq!(answer.out, case.out, "{}", case.line);
        assert_eq!(
            (answer.status, answer.err.as_str()),
            (case.status, ""),
            "{}",
            case.line
        );
    }
}

#[test]
fn a_v7_console_with_power5() {
    let place = place(include_str!("captures/power5.toml"));
    compare(&place, "hmc1", include_str!("captures/power5.txt"));
    place
        .site
        .set_state("9131-52A-6535CCG", "Power Off")
        .unwrap();
    compare(&place, "hmc1", include_str!("captures/power5-off.txt"));
    place
        .site
        .set_state("9131-52A-6535CCG", "No Connection")
        .unwrap();
    compare(
        &place,
        "hmc1",
        include_str!("captures/power5-no-connection.txt"),
    );
}

#[test]
fn power6_and_power7_profiles_and_adapters() {
    let place = place(include_str!("captures/power7.toml"));
    compare(&place, "hmc7", include_str!("captures/power7.txt"));
}

#[test]
fn a_v8_console_with_power8() {
    let place = place(include_str!("captures/power8.toml"));
    compare(&place, "hmc8", include_str!("captures/power8.txt"));
}

#[test]
fn a_v10_console_with_power9() {
    let place = place(include_str!("captures/power9.toml"));
    compare(&place, "hmc10", include_str!("captures/power9.txt"));
}
