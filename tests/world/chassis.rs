//! Worlds with nodes in chassis.

use std::time::Duration;

use simsite::{Config, Fault, Site};

use super::{Ran, World};

/// Nodes of chassis as xCAT has them: `blade1` behind `mgt=blade`, `blade3` in
/// two bays behind its FSP, `other1` in another chassis.
pub fn blades() -> (World, Site) {
    let (world, site) = World::scanned(Config::default_site().with_chassis());
    for (node, mgt, mpa, id, kind) in [
        ("cmm01", "blade", "cmm01", "0", "cmm"),
        ("blade1", "blade", "cmm01", "1", "blade"),
        ("blade3", "fsp", "cmm01", "3-4", ""),
        ("empty", "blade", "cmm01", "7", ""),
        ("other1", "blade", "cmm02", "1", ""),
        ("nowhere", "blade", "", "1", ""),
        ("nobay", "blade", "cmm01", "", ""),
        ("nohost", "blade", "cmm09", "1", ""),
    ] {
        world.fill("nodelist", &[&[("node", node), ("groups", "blades")]]);
        world.fill("nodehm", &[&[("node", node), ("mgt", mgt)]]);
        world.fill(
            "mp",
            &[&[("node", node), ("mpa", mpa), ("id", id), ("nodetype", kind)]],
        );
    }
    world.fill("ppc", &[&[("node", "blade3"), ("nodetype", "blade")]]);
    let login = [("username", "USERID"), ("password", "PASSW0RD")];
    world.fill("mpa", &[&[("mpa", "cmm01"), login[0], login[1]]]);
    world.fill(
        "passwd",
        &[&[("key", "blade"), login[0], ("password", "abc123")]],
    );
    (world, site)
}

/// What was sent to a manager, but for this question.
pub fn changes(site: &Site, manager: &str, question: &str) -> Vec<String> {
    let lines = site.commands(manager).into_iter();
    lines.filter(|line| !line.starts_with(question)).collect()
}

/// All nodes of [`blades`] were asked: three told this, the others why not.
#[track_caller]
pub fn all_asked(ran: &Ran, [blade1, blade3, other1]: [&str; 3]) {
    let mut lines: Vec<_> = ran.out.lines().collect();
    lines.sort_unstable();
    assert_eq!(
        lines,
        [
            &format!("blade1: {blade1}"),
            &format!("blade3: {blade3}"),
            "cmm01: Invalid node type: cmm",
            "empty: The target bay is empty.",
            "nobay: id of nobay does not say which bay it is in; set it with chdef",
            "nowhere: mpa of nowhere does not say which chassis it is in; set it with chdef",
            &format!("other1: {other1}"),
        ],
        "{ran:#?}"
    );
    assert!(
        ran.err.starts_with("nohost: Error: cannot reach cmm09: ") && ran.code == Some(1),
        "{ran:#?}"
    );
}

/// The nodes in cmm01 failed so, the one in cmm02 printed `other1`.
#[track_caller]
fn only_other1(ran: &Ran, other1: &str, fails: impl Fn(&str, &str) -> bool) {
    assert_eq!(ran.out, format!("other1: {other1}\n"), "{ran:#?}");
    let lines: Vec<_> = ran.err.lines().collect();
    assert!(lines.len() == 2 && fails(lines[0], lines[1]), "{ran:#?}");
}

/// While cmm01 is down, `operation` prints `told` of the node in cmm02.
#[track_caller]
pub fn one_is_down((world, site): (&mut World, &Site), operation: [&str; 2], told: &str) {
    site.fault("cmm01", Fault::Down);
    world.new_home("down");
    let [program, word] = operation;
    let ran = world.run(program, ["blade1,blade3,other1", word]);
    only_other1(&ran, told, |blade1, blade3| {
        blade1.starts_with("blade1: Error: cannot reach cmm01: ")
            && blade3.starts_with("blade3: Error: cannot reach cmm01: ")
    });
}

/// cmm01 is lost while it carries out `sent`: it is asked again, and tells `now`.
#[track_caller]
pub fn one_is_lost(
    (world, site): (&World, &Site),
    [program, word]: [&str; 2],
    sent: &str,
    [told, now]: [&str; 2],
) {
    site.fault_on("cmm01", sent, Fault::Drop);
    let ran = world.run(program, ["blade1,blade3,other1", word]);
    only_other1(&ran, told, |blade1, blade3| {
        blade1.starts_with("blade1: Error: cmm01: the connection was lost")
            && blade1.ends_with(&format!("is unknown; asked again: {now}"))
            && blade3.starts_with("blade3: Error: nothing was sent: ")
    });
    site.heal("cmm01");
}

/// An interrupt while cmm01 carries out `sent`: that is told, and nothing more
/// is sent.
#[track_caller]
pub fn interrupted(
    (world, site): (&World, &Site),
    [program, word]: [&str; 2],
    sent: &str,
    told: &str,
) {
    site.fault_on("cmm01", sent, Fault::Slow(Duration::from_secs(3)));
    let count = || {
        let lines = site.commands("cmm01").into_iter();
        lines.filter(|line| line.contains(sent)).count()
    };
    let ran = world.interrupt(program, ["blade1,blade3", word], || count() > 0);
    ran.killed(
        &format!("blade1: {told}\n"),
        "blade3: Error: nothing was sent: the command was interrupted\n",
    );
    assert_eq!(count(), 1);
}
