//! `rspconfig` on the simulated site.

use std::fs;

use simsite::{Config, Fault, Site};

use crate::world::World;

/// A site that does not know the client's key, whose public half lies beside it.
fn site() -> (World, Site) {
    let mut config = Config::default_site();
    config.authorized_key = false;
    let (world, site) = World::scanned(config);
    let key = site.dir().join("id_ed25519");
    let made = world.sh(&format!("ssh-keygen -y -f {0} > {0}.pub", key.display()));
    made.good();
    (world, site)
}

fn sent(site: &Site, word: &str) -> Vec<String> {
    let lines = site.commands("hmc01").into_iter();
    lines.filter(|line| line.starts_with(word)).collect()
}

#[test]
fn our_key_is_told_added_and_removed() {
    let (mut world, site) = site();
    world
        .run("rspconfig", ["hmc01", "sshcfg"])
        .ok("hmc01: disabled\n");
    let dry = world
        .run("rspconfig", ["hmc01", "sshcfg=enable", "--dry-run"])
        .good();
    assert!(
        dry.starts_with("hmc01: hmc01 would be sent: mkauthkeys --add 'ssh-ed25519 "),
        "{dry}"
    );
    assert_eq!(sent(&site, "mkauthkeys"), [""; 0]);
    for _ in 0..2 {
        world
            .run("rspconfig", ["hmc01", "sshcfg=enable"])
            .ok("hmc01: enabled\n");
    }
    assert_eq!(sent(&site, "mkauthkeys --add").len(), 1);
    world
        .run("rspconfig", ["hmc01", "sshcfg"])
        .ok("hmc01: enabled\n");
    // Now the key opens connections: no password is known any more.
    world.run("chdef", ["hmc01", "password="]).good();
    world.new_home("keyed");
    world
        .run("rpower", ["node01", "stat"])
        .ok("node01: Running\n");
    world
        .run("rspconfig", ["hmc01", "sshcfg=disable"])
        .ok("hmc01: disabled\n");
    assert_eq!(
        sent(&site, "mkauthkeys --remove"),
        ["mkauthkeys --remove client@site"]
    );
    world
        .run("rspconfig", ["hmc01", "sshcfg"])
        .ok("hmc01: disabled\n");
}

#[test]
fn a_password_is_changed_remembered_and_shown_nowhere() {
    let (mut world, site) = site();
    let ran = world.run("rspconfig", ["-V", "hmc01", "HMC_passwd=abc123,new$ecret"]);
    assert_eq!(
        (ran.out.as_str(), ran.code),
        ("hmc01: Success\n", Some(0)),
        "{ran:#?}"
    );
    assert!(
        !ran.err.contains("new$ecret") && !ran.err.contains("abc123"),
        "{}",
        ran.err
    );
    assert_eq!(sent(&site, "chhmcusr").len(), 1);
    let journal = world.run("lschange", [""; 0]).good();
    assert!(
        journal.contains("HMC_passwd=********") && !journal.contains("ecret"),
        "{journal}"
    );
    let stored = world.run("lsdef", ["hmc01", "-i", "password", "-c"]).good();
    assert_eq!(stored, "hmc01: password=new$ecret\n");
    world.new_home("changed");
    world
        .run("rpower", ["node01", "stat"])
        .ok("node01: Running\n");
    let dry = world
        .run("rspconfig", ["hmc01", "HMC_passwd=,other1", "--dry-run"])
        .good();
    assert_eq!(
        dry,
        "hmc01: hmc01 would be sent: chhmcusr -u hscroot -t passwd -v ********\n"
    );
    // Too short for the HMC: nothing is remembered.
    let ran = world.run("rspconfig", ["hmc01", "HMC_passwd=,abc"]);
    assert_eq!(
        (ran.out.contains("abc."), ran.code),
        (false, Some(1)),
        "{ran:#?}"
    );
    let stored = world.run("lsdef", ["hmc01", "-i", "password", "-c"]).good();
    assert_eq!(stored, "hmc01: password=new$ecret\n");
}

#[test]
fn what_goes_wrong_is_said_of_the_node() {
    let (mut world, site) = site();
    world
        .run("rspconfig", ["node01,hmc01", "sshcfg"])
        .fails("node01: Invalid node type: lpar\nhmc01: disabled\n", "");
    site.fault("hmc01", Fault::NoAuthority);
    let ran = world.run("rspconfig", ["hmc01", "sshcfg=enable"]);
    assert!(ran.out.starts_with("hmc01: HSCL350B "), "{ran:?}");
    site.heal("hmc01");
    fs::remove_file(site.dir().join("id_ed25519.pub")).unwrap();
    let ran = world.run("rspconfig", ["hmc01", "sshcfg"]);
    assert!(
        ran.out.starts_with("hmc01: there is no public key ("),
        "{ran:?}"
    );
    site.fault("hmc01", Fault::Down);
    world.new_home("down");
    let ran = world.run("rspconfig", ["hmc01", "HMC_passwd=abc123,new$ecret"]);
    assert!(
        ran.err.starts_with("hmc01: Error: cannot reach hmc01: "),
        "{ran:?}"
    );
    let stored = world.run("lsdef", ["hmc01", "-i", "password", "-c"]).good();
    assert_eq!(stored, "hmc01: password=abc123\n");
}

#[test]
fn wrong_usage_is_refused() {
    let (world, _site) = site();
    world
        .run("rspconfig", ["hmc01"])
        .refused("Error: No command specified\n");
    world
        .run("rspconfig", ["hmc01", "autopower"])
        .refused("Error: Invalid command: autopower;");
    world
        .run("rspconfig", ["hmc01", "sshcfg=maybe"])
        .refused("Error: Invalid argument 'maybe'\n");
    world
        .run("rspconfig", ["hmc01", "sshcfg="])
        .refused("Error: Missing argument: sshcfg=\n");
    let ran = world.run("rspconfig", ["hmc01", "HMC_passwd=secret"]);
    assert!(
        ran.err.starts_with("Error: New password couldn't be empty") && !ran.err.contains("secret"),
        "{ran:?}"
    );
}

const CEC: &str = "Server-9117-MMA-SN1001234";
const FRAME: &str = "Frame-9458-100-SN99201WM";

/// What the table ppcdirect has, sorted.
fn stored(world: &World) -> Vec<String> {
    let table = world.run("tabdump", ["ppcdirect"]).good();
    let mut rows: Vec<_> = table.lines().skip(1).map(str::to_owned).collect();
    rows.sort();
    rows
}

#[test]
fn passwords_of_systems_and_frames_are_set_and_remembered() {
    let (world, site) = World::scanned(Config::default_site());
    let both = format!("{CEC},{FRAME}");
    let dry = world
        .run(
            "rspconfig",
            [&both, "*_passwd=abc123,new$ecret", "--dry-run"],
        )
        .good();
    let line = |kind: &str| {
        format!(
            "{CEC}: hmc01 would be sent: chsyspwd -t {kind} -m '9117-MMA*1001234' --passwd ******** --newpasswd ********\n"
        )
    };
    let of_cec = [line("access"), line("admin"), line("general")].concat();
    let of_frame = of_cec
        .replace(CEC, FRAME)
        .replace("-m '9117-MMA*1001234'", "-e '9458-100*99201WM'");
    assert!(dry.contains(&of_cec) && dry.contains(&of_frame), "{dry}");
    assert_eq!((sent(&site, "chsyspwd"), stored(&world)), (vec![], vec![]));
    let ran = world.run("rspconfig", ["-V", &both, "*_passwd=abc123,new$ecret"]);
    let done = |node: &str| {
        ["HMC", "admin", "general"]
            .map(|user| format!("{node}: {user}: Success\n"))
            .concat()
    };
    assert!(
        ran.out.contains(&done(CEC)) && ran.out.contains(&done(FRAME)) && ran.code == Some(0),
        "{ran:#?}"
    );
    assert!(
        ran.err.contains("--passwd ********") && !ran.err.contains("ecret"),
        "{}",
        ran.err
    );
    assert_eq!(sent(&site, "chsyspwd").len(), 6);
    let rows = stored(&world);
    assert_eq!(rows.len(), 6);
    assert!(
        rows.contains(&format!("\"{CEC}\",\"HMC\",\"new$ecret\",,"))
            && rows.contains(&format!("\"{FRAME}\",\"general\",\"new$ecret\",,")),
        "{rows:?}"
    );
    let journal = world.run("lschange", [""; 0]).good();
    assert!(!journal.contains("ecret"), "{journal}");
    // One of them alone; the others keep theirs.
    world
        .run("rspconfig", [CEC, "admin_passwd=new$ecret,other1"])
        .ok(&format!("{CEC}: admin: Success\n"));
    // So the three are not the same any more.
    let ran = world.run("rspconfig", [CEC, "*_passwd=new$ecret,third1"]);
    assert!(
        ran.out
            .starts_with(&format!("{CEC}: HMC: Success\n{CEC}: admin: HSCL0D03 "))
            && ran.out.ends_with(&format!("{CEC}: general: Success\n"))
            && ran.code == Some(1),
        "{ran:#?}"
    );
    let rows = stored(&world);
    assert!(
        rows.contains(&format!("\"{CEC}\",\"admin\",\"other1\",,")),
        "{rows:?}"
    );
}

#[test]
fn passwords_of_the_factory_need_not_be_known() {
    let mut config = Config::default_site();
    for cec in &mut config.cec {
        cec.password = Some(String::new());
    }
    let (world, site) = World::scanned(config);
    world
        .run(
            "rspconfig",
            [CEC, "HMC_passwd=,abc123", "general_passwd=,def456"],
        )
        .ok(&format!("{CEC}: HMC: Success\n{CEC}: general: Success\n"));
    assert_eq!(
        sent(&site, "chsyspwd"),
        [
            "chsyspwd -t access -m '9117-MMA*1001234' --passwd '' --newpasswd abc123",
            "chsyspwd -t general -m '9117-MMA*1001234' --passwd general --newpasswd def456",
        ]
    );
    // They are not those of the factory any more; a line of stdin keeps the new
    // one off the command line.
    world
        .feed("rspconfig", [CEC, "HMC_passwd=-"], ",x\n")
        .lines_begin(&[&format!("{CEC}: HMC: HSCL0D03 ")]);
    world
        .feed(
            "rspconfig",
            [CEC, "HMC_passwd=-", "admin_passwd=-"],
            "abc123,new\n,fine\n",
        )
        .ok(&format!("{CEC}: HMC: Success\n{CEC}: admin: Success\n"));
    let rows = stored(&world);
    assert!(
        rows.contains(&format!("\"{CEC}\",\"HMC\",\"new\",,")),
        "{rows:?}"
    );
}

#[test]
fn what_goes_wrong_with_passwords_is_said_of_the_node() {
    let (mut world, site) = World::scanned(Config::default_site());
    world
        .run("rspconfig", ["hmc01", "admin_passwd=a,b"])
        .lines_begin(&["hmc01: an HMC has HMC_passwd only"]);
    world
        .run("rspconfig", ["node01", "admin_passwd=a,b"])
        .fails("node01: Invalid node type: lpar\n", "");
    site.set_state(CEC, "No Connection").unwrap();
    world
        .run("rspconfig", [CEC, "admin_passwd=abc123,new"])
        .lines_begin(&[&format!("{CEC}: admin: HSCL")]);
    site.set_state(CEC, "Failed Authentication").unwrap();
    world
        .run("rspconfig", [CEC, "HMC_passwd=abc123,new"])
        .ok(&format!("{CEC}: HMC: Success\n"));
    site.fault_on("hmc01", "chsyspwd", Fault::NoAuthority);
    world
        .run("rspconfig", [CEC, "admin_passwd=abc123,new"])
        .lines_begin(&[&format!("{CEC}: admin: HSCL350B ")]);
    site.heal("hmc01");
    site.fault_on("hmc01", "chsyspwd", Fault::Drop);
    let ran = world.run("rspconfig", [CEC, "*_passwd=new,third"]);
    let first = format!("{CEC}: Error: HMC: ");
    let lines: Vec<_> = ran.err.lines().collect();
    assert!(
        lines.len() == 3
            && lines[0].starts_with(&first)
            && lines[0].contains("whether the command was carried out is unknown")
            && lines[0].contains("asked again: it is Operating; which password it has")
            && lines[1].starts_with(&format!("{CEC}: Error: admin: nothing was sent: ")),
        "{ran:#?}"
    );
    assert!(ran.out.is_empty() && ran.code == Some(1), "{ran:#?}");
    site.heal("hmc01");
    site.fault("hmc01", Fault::Down);
    world.new_home("down");
    let ran = world.run("rspconfig", [CEC, "admin_passwd=abc123,fourth"]);
    assert!(
        ran.err
            .starts_with(&format!("{CEC}: Error: cannot reach hmc01: ")),
        "{ran:#?}"
    );
    assert_eq!(stored(&world), [format!("\"{CEC}\",\"HMC\",\"new\",,")]);
}

#[test]
fn wrong_usage_of_passwords_is_refused_and_not_repeated() {
    let (world, _site) = World::scanned(Config::default_site());
    let both = format!("hmc01,{CEC}");
    for (nodes, words, text) in [
        (
            both.as_str(),
            vec!["HMC_passwd=secret,secret"],
            "hmc01 is an HMC and Server-9117",
        ),
        (
            CEC,
            vec!["admin_passwd=secret"],
            "New password couldn't be empty for user 'admin'",
        ),
        (
            CEC,
            vec!["root_passwd=secret,secret"],
            "Invalid command: root_passwd;",
        ),
        (
            CEC,
            vec!["*_passwd"],
            "No argument specified for '*_passwd'",
        ),
        (
            CEC,
            vec!["HMC_passwd=a,secret", "HMC_passwd=a,secret"],
            "Command multiple times: HMC_passwd",
        ),
        (
            "hmc01",
            vec!["sshcfg", "HMC_passwd=a,secret"],
            "an HMC takes one setting at a time",
        ),
    ] {
        let line = [&[nodes], words.as_slice()].concat();
        let ran = world.run("rspconfig", line);
        assert!(
            ran.err.starts_with(&format!("Error: {text}"))
                && !ran.err.contains("secret")
                && ran.code == Some(1),
            "{ran:#?}"
        );
    }
}

#[test]
fn what_was_set_before_an_interrupt_is_remembered() {
    let (world, site) = World::scanned(Config::default_site());
    let slow = Fault::Slow(std::time::Duration::from_secs(3));
    site.fault_on("hmc01", "chsyspwd", slow);
    let line = [CEC, "*_passwd=abc123,newone"];
    let ran = world.interrupt("rspconfig", line, || !sent(&site, "chsyspwd").is_empty());
    let said = "nothing was sent: the command was interrupted";
    ran.killed(
        &format!("{CEC}: HMC: Success\n"),
        &format!("{CEC}: Error: admin: {said}\n{CEC}: Error: general: {said}\n"),
    );
    assert_eq!(sent(&site, "chsyspwd").len(), 1);
    assert_eq!(stored(&world), [format!("\"{CEC}\",\"HMC\",\"newone\",,")]);
}
