//! Partitions and blade chassis as hosts of their own.

use simsite::Config;

use crate::client::Place;

const SITE: &str = r#"
[[hmc]]
name = "hmc01"
version = "V10R3"
type_model = "7063-CR2"
serial = "78AA11B"
systems = ["p9"]

[[cec]]
name = "p9"
type_model = "9009-42A"
serial = "785A3F1"
ip = "10.0.1.3"
level = "v10-power9"
[[cec.lpar]]
name = "aix01"
id = 2
state = "Running"
os = "AIX 7.3 7300-02-01-2346"
rmc_ip = "10.0.3.2"
rmc_broken = true
ssh = "auto"
[[cec.lpar]]
name = "vios01"
id = 1
env = "vioserver"
state = "Running"
os = "VIOS 3.1.4.10"
rmc_ip = "10.0.3.1"
ssh = "127.2.0.77"
[[cec.lpar]]
name = "off01"
id = 3
ssh = "auto"

[[chassis]]
name = "cmm01"
password = "PASSW0RD"
type_model = "7893-92X"
serial = "10000AA"
[[chassis.node]]
slot = 1
name = "p260a"
type_model = "7895-22X"
serial = "10A1B2C"
macs = ["00:1A:64:44:0E:C4", "00:1A:64:44:0E:C5"]
bootseq = ["cd", "hd0", "nw"]
"#;

fn place() -> Place {
    Place::new(Config::from_toml(SITE).unwrap())
}

fn out(place: &Place, host: &str, line: &str) -> String {
    let answer = place.run(host, line);
    assert_eq!(
        (answer.status, answer.err.as_str()),
        (0, ""),
        "{host}: {line}"
    );
    answer.out
}

#[test]
fn a_running_partition_is_a_host() {
    let place = place();
    assert_eq!(
        out(&place, "aix01", "uname -a"),
        "AIX aix01 3 7 00F6F3D04C00\n"
    );
    assert_eq!(
        out(&place, "aix01", "/usr/bin/oslevel -s 2>/dev/null"),
        "7300-02-01-2346\n"
    );
    assert_eq!(out(&place, "vios01", "whoami"), "padmin\n");
    assert_eq!(place.run("vios01", "oslevel").status, 127);
    assert_eq!(place.run("aix01", "lssyscfg -r sys").status, 127);
    assert_eq!(place.site.address("vios01"), Some("127.2.0.77"));
    let mut command = place.ssh(&[
        "-T",
        "-o",
        "BatchMode=yes",
        "-o",
        "ConnectTimeout=1",
        "off01",
        "uname",
    ]);
    assert_eq!(command.output().unwrap().status.code(), Some(255));
}

#[test]
fn rmc_is_mended_on_the_partition() {
    let place = place();
    let state = "lssyscfg -r lpar -m p9 --filter lpar_names=aix01 -F rmc_state";
    assert_eq!(out(&place, "hmc01", state), "inactive\n");
    let mcp = out(&place, "aix01", "/usr/bin/lsrsrc IBM.MCP");
    assert!(
        mcp.contains("        HMCName           = \"7063CR2*78AA11B\"\n"),
        "{mcp}"
    );
    let domain = "/usr/sbin/rsct/bin/rmcdomainstatus -s ctrmc";
    assert!(
        out(&place, "aix01", domain).contains("\n  i A  0x12b6b4fd1cebb73f  0001  127.1.0.1\n")
    );
    out(&place, "aix01", "/usr/sbin/rsct/install/bin/recfgct");
    assert!(out(&place, "aix01", domain).contains("\n  I A  "));
    assert_eq!(out(&place, "hmc01", state), "active\n");
}

#[test]
fn a_chassis_sets_boot_sequences() {
    let place = place();
    let run = |line: &str| out(&place, "cmm01", line);
    assert_eq!(run("bootseq -T system:blade[1]"), "cd\nhd0\nnw\n");
    assert_eq!(run("bootseq nw hd0 -T system:blade[1]"), "OK\n");
    assert_eq!(run("bootseq -T system:blade[1]"), "nw\nhd0\n");
    assert_eq!(run("power -on -T system:blade[1]"), "OK\n");
    assert_eq!(run("power -state -T system:blade[1]"), "On\n");
    let info = run("info -T system:blade[1]");
    for line in [
        "Mach type/model: 789522X\n",
        "Mach serial number: 10A1B2C\n",
        "Slots: 1\n",
        "MAC Address 1: 00:1A:64:44:0E:C4\n",
    ] {
        assert!(info.contains(line), "{info}");
    }
    assert!(run("list -l 2").contains("        blade[1]       p260a\n"));
}

#[test]
fn a_chassis_refuses_in_its_words() {
    let place = place();
    for (line, text) in [
        ("bootseq -T system:blade[2]", "The target bay is empty."),
        (
            "bootseq -T system:blade[99]",
            "The target bay is out of range.",
        ),
        ("bootseq", "Command cannot be issued to this target."),
        ("bootseq disk -T system:blade[1]", "Invalid syntax."),
        ("bootseq nw nw -T system:blade[1]", "Invalid syntax."),
        ("bootseq -T", "Option -T requires an argument."),
        ("lssyscfg -r sys", "Command not recognized;"),
        // It is no shell.
        (
            "power -state -T system:blade[1]; echo x",
            "Command cannot be issued to this target.",
        ),
        ("power -state -T \"system:blade[1]\"", "Off\n"),
    ] {
        let answer = place.run("cmm01", line);
        assert!(answer.out.starts_with(text), "{line}: {}", answer.out);
    }
}

#[test]
fn a_chassis_prompt_has_a_place() {
    let place = place();
    let input = "env -T system:blade[1]\npower -cycle\nenv -T system\nexit\n";
    let answer = place.feed(&["-T", "-o", "BatchMode=yes", "cmm01"], input);
    assert_eq!(
        answer.out,
        "system> OK\nsystem:blade[1]> OK\nsystem:blade[1]> OK\nsystem> "
    );
    let options = ["-T", "-o", "PubkeyAuthentication=no", "cmm01", "--", "list"];
    assert_eq!(place.with_password("PASSW0RD", &options).out, "system\n");
    assert_eq!(place.with_password("abc123", &options).status, 255);
}

#[test]
fn names_of_hosts_are_checked() {
    let twice = SITE.replace("name = \"cmm01\"", "name = \"aix01\"");
    assert!(Config::from_toml(&twice).is_err());
    let blank = SITE.replace("name = \"aix01\"", "name = \"aix 01\"");
    assert!(Config::from_toml(&blank).is_err());
}
