//! Discovery of adapters, network boot and virtual terminals.

use crate::client::Place;

const SYSTEM: &str = "9117-MMA*10F6F3D";

#[test]
fn adapters_are_discovered_and_the_partition_stays_in_firmware() {
    let place = Place::default_site();
    let line = format!("lpar_netboot -M -n -t ent -A \"node04\" \"normal\" \"{SYSTEM}\"");
    let answer = place.run("hmc01", &line);
    let rows: Vec<&str> = answer
        .out
        .lines()
        .filter(|line| !line.starts_with('#'))
        .collect();
    assert_eq!(rows.len(), 1, "{}", answer.out);
    let words: Vec<&str> = rows[0].split(' ').collect();
    let [kind, location, mac, path, ping, device] = words[..] else {
        panic!("{rows:?}")
    };
    assert_eq!((kind, ping, device), ("ent", "n/a", "virtual"));
    assert_eq!(
        (location, path),
        ("U9117.MMA.10F6F3D-V4-C4-T1", "/vdevice/l-lan@30000004")
    );
    assert!(
        mac.len() == 12
            && mac
                .chars()
                .all(|c| c.is_ascii_hexdigit() && !c.is_uppercase())
    );
    place.until("it is in firmware", |site| {
        site.state()["Server-9117-MMA-SN10F6F3D/node04"] == "Open Firmware"
    });
}

#[test]
fn a_network_boot_proceeds_or_fails_with_status_0() {
    let place = Place::default_site();
    let list = format!(
        "lshwres -r virtualio --rsubtype eth --level lpar -m {SYSTEM} --filter lpar_names=node03 -F mac_addr"
    );
    let mac = place.run("hmc01", &list).out.trim().to_lowercase();
    let boot = |mask: &str| {
        format!(
            "lpar_netboot -t ent -f -i -D -m {mac} -s auto -d auto -S 10.0.0.1 -G 10.0.0.1 -C 10.0.0.103 {mask} node03 normal {SYSTEM}"
        )
    };
    let answer = place.run("hmc01", &boot(""));
    assert!(
        answer
            .out
            .ends_with("lpar_netboot: bootp operation failed.\n")
            && answer.status == 0
    );
    let answer = place.run("hmc01", &boot("-K 255.255.255.0"));
    assert!(
        answer
            .out
            .contains("\n# Power off the node\n# Wait for power off.\n"),
        "{}",
        answer.out
    );
    assert!(
        answer
            .out
            .ends_with("# Network boot proceeding, lpar_netboot is exiting.\n# Finished.\n")
    );
    place.until("it runs", |site| {
        site.state()["Server-9117-MMA-SN10F6F3D/node03"] == "Running"
    });
    // Without -i a running system is given the time to shut down.
    let answer = place.run("hmc01", &boot("-K 255.255.255.0").replace(" -i ", " "));
    assert!(answer.out.contains("\n# Power off the node\n"));
    assert_eq!(answer.status, 0);
}

#[test]
fn one_virtual_terminal_a_partition() {
    let place = Place::default_site();
    let open = format!("mkvterm -m {SYSTEM} -p node01");
    let first = place.feed(&["-T", "-o", "BatchMode=yes", "hmc01", "--", &open], "");
    assert!(
        first.out.starts_with("\r\n Open in progress  \r\n "),
        "{:?}",
        first.out
    );
    assert!(
        first
            .out
            .ends_with(" The write socket has closed. Exiting.\n"),
        "{:?}",
        first.out
    );
    let second = place.run("hmc01", &open);
    assert!(
        second
            .out
            .contains("A terminal session is already open for this partition.")
    );
    assert_eq!(second.status, 0);
    assert_eq!(
        place
            .run("hmc01", &format!("rmvterm -m {SYSTEM} --id 9"))
            .out,
        "Close command sent\n"
    );
    let third = place.feed(&["-T", "-o", "BatchMode=yes", "hmc01", "--", &open], "");
    assert!(third.out.contains("Open Completed."));
}
