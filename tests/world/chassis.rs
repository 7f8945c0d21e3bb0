//! Worlds with nodes in chassis.

use simsite::{Config, Site};

use super::World;

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
