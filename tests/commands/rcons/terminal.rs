//! Consoles on a terminal: questions, keys, sizes, hang-ups.

use std::time::Duration;

use simsite::{Config, Fault, Site};

use super::super::getmacs::site;
use super::{CLOSE, Talk, rcons};
use crate::world::hmcs::{eventually, keep_calls, kill};
use crate::world::terminal::Terminal;
use crate::world::{World, bin_folder};

const QUESTION: &str = "The console is in use. Take it over? [y/N] ";
const OPEN: &str = "mkvterm -m '9117-MMA*10F6F3D' --id 5";

fn count(site: &Site, line: &str) -> usize {
    let commands = site.commands("hmc01");
    commands.iter().filter(|sent| *sent == line).count()
}

/// A console that somebody has, at Open Firmware.
fn held(world: &World) -> Talk {
    let mut first = rcons(world, &["lpar05", "-f"]);
    first.say("\r");
    first.heard("0 > ");
    first
}

#[test]
fn whether_a_console_in_use_is_taken_over_is_asked() {
    let (mut world, site) = site(Config::default_site());
    // Without conserver's client rcons asks, too.
    keep_calls(&mut world);
    let only = format!(
        "{}:{}",
        world.folder().join("bin").display(),
        bin_folder().display()
    );
    world.set("PATH", only);
    let mut first = held(&world);
    for (program, words) in [("lpar", &["console", "lpar05"][..]), ("rcons", &["lpar05"])] {
        let mut second = Terminal::start(&world, program, words);
        second.heard(QUESTION);
        assert!(!second.is_raw(), "the answer is typed as a line");
        second.say("n\r");
        let said = second.ends(1);
        let text = "Error: lpar05: the console is in use; take it over with rcons -f\n";
        assert!(said.ends_with(text), "{said}");
    }
    assert_eq!(count(&site, CLOSE), 0);
    let mut second = Terminal::start(&world, "rcons", &["lpar05"]);
    second.heard(QUESTION);
    second.say("y\r");
    assert_eq!(first.end(), Some(1));
    first.heard("lpar05: another session has taken the console over");
    second.say("\r");
    second.heard("0 > ");
    assert!(second.is_raw());
    second.say("\r~.");
    second.ends(0);
    assert!(!second.is_raw());
    assert_eq!(count(&site, CLOSE), 2);
}

#[test]
fn without_a_terminal_nothing_is_asked() {
    let (world, site) = site(Config::default_site());
    let _first = held(&world);
    world
        .run("lpar", ["console", "lpar05"])
        .refused("Error: lpar05: the console is in use; take it over with rcons -f\n");
    assert_eq!(count(&site, CLOSE), 0);
}

#[test]
fn a_console_that_was_taken_away_can_be_taken_back() {
    let (world, site) = site(Config::default_site());
    let mut first = Terminal::start(&world, "rcons", &["lpar05", "-f"]);
    eventually("it is open", || count(&site, OPEN) == 1);
    first.say("\r");
    first.heard("0 > ");
    let question = "Take it back now? [y/N] ";
    let mut second = held(&world);
    first.heard(question);
    first.say("y\r");
    assert_eq!(second.end(), Some(1));
    first.say("\r");
    first.heard("0 > ");
    let mut second = held(&world);
    first.heard(question);
    first.say("n\r");
    let said = first.ends(1);
    let text = "Error: lpar05: another session has taken the console over\n";
    assert!(said.ends_with(text), "{said}");
    // Whoever has it keeps it.
    second.say("\r");
    drop(second.stdin.take());
    assert_eq!(second.end(), Some(0));
}

#[test]
fn keys_and_bytes_reach_the_console_as_they_are() {
    let (world, site) = site(Config::default_site());
    let mut seat = Terminal::start(&world, "rcons", &["lpar05", "-f"]);
    eventually("it is open", || count(&site, OPEN) == 1);
    seat.say("\r");
    seat.heard("0 > ");
    let high: Vec<u8> = (0x80..=0xff).collect();
    seat.say(&high);
    seat.heard(&high);
    seat.say("\r~.");
    seat.ends(0);

    let mut seat = Terminal::start(&world, "rcons", &["node01", "-f"]);
    eventually("it is open", || {
        let commands = site.commands("hmc01");
        commands.iter().filter(|c| c.starts_with("mkvterm")).count() == 2
    });
    seat.say("\r");
    seat.heard("login: ");
    seat.say("root\r");
    seat.heard("assword: ");
    seat.say("abc123\r");
    seat.heard("# ");
    // The interrupt key is for the shell there, so are those that stop and quit.
    seat.say("sleep 1\x03");
    seat.heard("^C\r\n# ");
    seat.say("\x1a\x1c\x13\x11");
    for (columns, rows) in [(200, 60), (20, 5)] {
        seat.resize(columns, rows);
        let line = format!("echo {columns}");
        seat.say(format!("{line}\r"));
        seat.heard(format!("{line}\r\n{columns}\r\n# "));
    }
    seat.say("exit\r~.");
    seat.ends(0);
}

#[test]
fn a_closed_window_gives_the_console_back() {
    let (world, site) = site(Config::default_site());
    let mut seat = Terminal::start(&world, "rcons", &["lpar05", "-f"]);
    eventually("it is open", || count(&site, OPEN) == 1);
    seat.say("\r");
    seat.heard("0 > ");
    seat.hang_up();
    seat.ends_by(1);
    assert_eq!(site.commands("hmc01").last().unwrap(), CLOSE);
    // Nobody has it: the next one is not asked.
    let mut seat = Terminal::start(&world, "lpar", &["console", "lpar05"]);
    eventually("it is open", || count(&site, OPEN) == 2);
    seat.say("\r");
    seat.heard("0 > ");
    // Nor after the end of the process is asked for.
    kill("-TERM", seat.id());
    seat.ends_by(15);
    assert_eq!(count(&site, CLOSE), 2);
}

#[test]
fn an_interrupt_while_a_console_is_opened_or_asked_for_ends_it() {
    let (world, site) = site(Config::default_site());
    site.fault_on("hmc01", "mkvterm", Fault::Slow(Duration::from_secs(1)));
    let mut seat = Terminal::start(&world, "rcons", &["lpar05", "-f"]);
    eventually("it is being opened", || count(&site, OPEN) == 1);
    seat.say("\x03");
    seat.ends_by(2);
    // It was opened all the same, and given back.
    assert_eq!(site.commands("hmc01").last().unwrap(), CLOSE);
    site.heal("hmc01");
    let _first = held(&world);
    let mut seat = Terminal::start(&world, "lpar", &["console", "lpar05"]);
    seat.heard(QUESTION);
    seat.say("\x03");
    seat.ends_by(2);
    assert_eq!(count(&site, CLOSE), 1);
}
