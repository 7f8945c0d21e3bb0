//! Network adapters: what listings and the firmware tell of them, at each level.

use std::io::BufRead as _;
use std::process::Stdio;

use simsite::Config;

use crate::client::{Ended, Place};

const SITE: &str = include_str!("adapters.toml");
const PING: &str = "-s auto -d auto -S 10.0.0.1 -G 10.0.0.1 -C 10.0.0.5 -K 255.255.255.0";

fn place() -> Place {
    Place::new(Config::from_toml(SITE).unwrap())
}

/// The output without the lines of progress.
fn rows(text: &str) -> Vec<&str> {
    text.lines().filter(|line| !line.starts_with('#')).collect()
}

fn refused(place: &Place, host: &str, cases: &[(&str, &str)]) {
    for (line, start) in cases {
        let answer = place.run(host, line);
        assert_eq!(answer.status, 1, "{line}: {}", answer.out);
        assert!(answer.out.contains(start), "{line}: {}", answer.out);
    }
}

#[test]
fn the_tables_of_a_power7_775() {
    let place = place();
    let line = format!(
        "lpar_netboot -t ent -f -M -A -n -D {PING} \"xcatsn\" \"xcatsn\" \"9125-F2A*024C362\""
    );
    let answer = place.run("hmc7", &line);
    assert_eq!(
        answer.out,
        "# Connecting to xcatsn.\n# Connected\n# Checking for power off.\n# Power off complete.\n\
         # Power on xcatsn to Open Firmware.\n# Power on complete.\n\
         # Client IP address is 10.0.0.5.\n# Server IP address is 10.0.0.1.\n\
         # Gateway IP address is 10.0.0.1.\n# Subnetmask IP address is 255.255.255.0.\n\
         # Getting adapter location codes.\n\
         # /vdevice/l-lan@30000002 ping successful.\n# /vdevice/l-lan@30000003 ping unsuccessful.\n\
         # Type \tLocation Code \tMAC Address\t Full Path Name\t Ping Result\t Device Type\n\
         ent U9125.F2A.024C362-V6-C2-T1 fef9dfb7c602 /vdevice/l-lan@30000002 successful virtual\n\
         ent U9125.F2A.024C362-V6-C3-T1 fef9dfb7c603 /vdevice/l-lan@30000003 unsuccessful virtual\n"
    );
    let line =
        format!("lpar_netboot -t hfi-ent -f -M -A -n -D {PING} hfinode hfinode 9125-F2A*024C362");
    assert_eq!(
        rows(&place.run("hmc7", &line).out),
        [
            "hfi-ent U78A9.001.1122233-P1 020004030004 /hfi-iohub@300000000000002/hfi-ethernet@10 unsuccessful physical",
            "hfi-ent U78A9.001.1122233-P1 020004030004 /hfi-iohub@300000000000002/hfi-ethernet@11 unsuccessful physical",
        ]
    );
    let line = "lshwres -r hfi --level lpar -m 9125-F2A*024C362 -F lpar_name,mac_addr";
    assert_eq!(
        place.run("hmc7", line).out,
        "hfinode,020004030004\nhfinode,020004030004\n"
    );
}

#[test]
fn an_old_console_prints_four_columns() {
    let place = place();
    let line = "lpar_netboot -t ent -f -M -A -n old old 9117-MMA*10AAAAA";
    let answer = place.run("hmc6", line);
    assert!(
        answer
            .out
            .contains("# Type\t Location Code\t MAC Address\t Full Path Name\tPing Result\n")
    );
    assert_eq!(
        rows(&answer.out),
        ["ent U9117.MMA.10AAAAA-V5-C3-T1 1e0e122a930d /vdevice/l-lan@30000003"]
    );
}

#[test]
fn power10_has_other_ports_and_secure_boot() {
    let place = place();
    let line = "lpar_netboot -M -n -t ent -A p10lp default_profile p10";
    assert_eq!(
        rows(&place.run("hmc10", line).out),
        [
            "ent U9105.22A.7812345-V1-C2-T0 621072d17102 /vdevice/l-lan@30000002 n/a virtual",
            "ent U78DA.ND0.WZS013T-P0-C10-T0 b83fd22b9a04 /pci@800000020000018/ethernet@0 n/a physical",
        ]
    );
    let boot =
        |what: &str| format!("lpar_netboot -f -i -t ent {what} {PING} p10lp default_profile p10");
    refused(
        &place,
        "hmc10",
        &[
            (
                &boot("-l U9105.22A.7812345-V1-C2-T1"),
                "\nlpar_netboot: can not find physical location U9105.22A.7812345-V1-C2-T1.\n",
            ),
            (
                &boot("-m 42DAB"),
                "\nlpar_netboot: can not find mac address 42DAB.\n",
            ),
            (
                "lpar_netboot -M -n -t ent -A secure default_profile p10",
                "\nlpar_netboot: secure cannot be powered on to Open Firmware because secure boot is enabled.\n",
            ),
            (
                "lpar_netboot -M -n -t ent -A bare default_profile p10",
                "\nlpar_netboot : No network adapters found\nlpar_netboot: Unable to obtain network adapter information. Quitting.\n",
            ),
        ],
    );
    let answer = place.run("hmc10", &boot("-l U9105.22A.7812345-V1-C2-T0"));
    assert!(answer.out.ends_with("# Finished.\n"), "{}", answer.out);
}

#[test]
fn a_boot_server_that_does_not_answer_fails_with_status_0() {
    let place = place();
    let line =
        format!("lpar_netboot -f -i -v -t ent -D -m b83fd22b9a04 {PING} dead default_profile p10");
    let answer = place.run("hmc10", &line);
    assert_eq!(answer.status, 0);
    assert!(
        answer.out.ends_with(
            "lpar_netboot Status: network boot initiated\n# bootp sent over network.\n\
             lpar_netboot Status: waiting for the boot image to boot up.\n\
             lpar_netboot: bootp operation failed.\n"
        ),
        "{}",
        answer.out
    );
    // `-A -D` takes the first adapter that pings.
    let line = format!("lpar_netboot -f -i -t ent -A -D {PING} xcatsn xcatsn p775");
    let answer = place.run("hmc7", &line);
    assert!(
        answer
            .out
            .contains("# /vdevice/l-lan@30000002 ping successful.\n"),
        "{}",
        answer.out
    );
}

#[test]
fn the_command_line_is_checked() {
    let place = place();
    let missing = "The parameters that are missing or have an invalid value are ";
    let cases = [
        ("lpar_netboot -M -n -t ent -T auto -A a b p10", "are -T."),
        ("lpar_netboot -M -n -t tok -A a b p10", "are -t."),
        ("lpar_netboot -M -t ent -A a b p10", "-M flag requires -n."),
        (
            "lpar_netboot -M -n -t ent -D -A -S 1.2.3.4 -G 1.2.3.4 a b p10",
            "are -C.",
        ),
        (
            "lpar_netboot -t ent -n -S 1.2.3.4 -G 1.2.3.4 -C 1.2.3.5 a b p10",
            "are -M.",
        ),
        (
            "lpar_netboot -t ent -s 9 -S 1.2.3.4 -G 1.2.3.4 -C 1.2.3.5 a b p10",
            "are -s.",
        ),
        (
            "lpar_netboot -t ent -m a -S 1.2.3.4 -G 0.0.0.0 -C 1.2.3.5 a b p10",
            "are -G.",
        ),
        (
            "lpar_netboot -t ent -Z -m a a b p10",
            "The parameters -Z are not valid.",
        ),
        ("lpar_netboot -M -n -t ent -A ghost b p10", "HSCL8012 "),
        ("lpar_netboot -M -n -t ent -A p10lp ghost p10", "HSCL800F "),
    ];
    refused(&place, "hmc10", &cases);
    assert!(place.run("hmc10", cases[0].0).out.contains(missing));
}

#[test]
fn an_open_terminal_is_in_the_way() {
    let place = place();
    let mut command = place.ssh(&[
        "-tt",
        "-o",
        "BatchMode=yes",
        "hmc10",
        "mkvterm -m p10 -p p10lp",
    ]);
    let child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut child = Ended(child);
    let mut lines = std::io::BufReader::new(child.0.stdout.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap().contains("Open Completed.")));
    let line = "lpar_netboot -M -n -t ent -A p10lp default_profile p10";
    assert_eq!(place.run("hmc10", line).status, 1);
    assert_eq!(place.run("hmc10", &line.replace("-M", "-f -M")).status, 0);
}

#[test]
fn progress_is_told_while_it_happens() {
    let mut config = Config::from_toml(SITE).unwrap();
    config.timing.start_ms = 600_000;
    let place = Place::new(config);
    let mut command = place.ssh(&["-T", "-o", "BatchMode=yes", "hmc10"]);
    command.arg("lpar_netboot -M -n -t ent -A p10lp default_profile p10");
    let mut child = Ended(command.stdout(Stdio::piped()).spawn().unwrap());
    let mut lines = std::io::BufReader::new(child.0.stdout.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap() == "# Power on p10lp to Open Firmware."));
    place.until("it starts", |site| site.state()["p10/p10lp"] == "Starting");
}

#[test]
fn sriov_and_vnics_are_listed_where_they_are_known() {
    let place = place();
    let list = |rest: &str| place.run("hmc10", &format!("lshwres -m p10 {rest}")).out;
    assert_eq!(
        list(
            "-r sriov --rsubtype logport --level eth -F config_id,lpar_name,lpar_id,lpar_state,adapter_id,logical_port_id,logical_port_type,phys_port_id,functional_state,capacity,max_capacity --header"
        ),
        "config_id,lpar_name,lpar_id,lpar_state,adapter_id,logical_port_id,logical_port_type,phys_port_id,functional_state,capacity,max_capacity\n0,p10lp,1,Not Activated,1,27004001,eth,0,1,100.0,100.0\n"
    );
    assert_eq!(
        list(
            "-r virtualio --rsubtype vnic --level lpar --filter lpar_names=p10lp -F lpar_name,lpar_id,slot_num,desired_mode,curr_mode,mac_addr,backing_device_states"
        ),
        "p10lp,1,5,ded,ded,eaadf2188302,sriov/27004003/1/Operational\n"
    );
    assert_eq!(
        list("-r sriov --rsubtype adapter -F adapter_id,slot_id,config_state,sriov_status"),
        "1,21010020,sriov,running\n"
    );
    assert_eq!(
        list("-r sriov --rsubtype physport --level roce --filter adapter_ids=2"),
        "No results were found.\n"
    );
    refused(
        &place,
        "hmc10",
        &[
            ("lshwres -r sriov --rsubtype logport -m p10", "are --level."),
            (
                "lshwres -r sriov --rsubtype logport --level lpar -m p10",
                "are --level.",
            ),
            (
                "lshwres -r hea --rsubtype logical --level port -m p10",
                "are -r.",
            ),
            ("lshwres -r hfi --level lpar -m p10", "are -r."),
            (
                "lshwres -r mem --level sys -m p10 --filter lpar_ids=1",
                "are --filter.",
            ),
        ],
    );
    refused(
        &place,
        "hmc7",
        &[
            (
                "lshwres -r sriov --rsubtype logport --level eth -m p775",
                "are -r.",
            ),
            (
                "lshwres -r virtualio --rsubtype vnic --level lpar -m p775",
                "are --rsubtype.",
            ),
        ],
    );
}

#[test]
fn host_ethernet_ports_are_listed_for_power7() {
    let place = place();
    let line = "lshwres -r hea -m p775 --level port --rsubtype logical";
    assert_eq!(
        place.run("hmc7", line).out,
        "adapter_id=23000000,lpar_name=xcatsn,lpar_id=6,state=0,port_group=1,phys_port_id=0,logical_port_id=2,drc_index=23800002,drc_name=U78A9.001.1122233-P1-T6,mac_addr=00145E5F2023\n"
    );
    let line = "lshwres -r hea -m p775 --level port --rsubtype phys";
    let row = place.run("hmc7", line).out;
    assert!(
        row.starts_with("adapter_id=23000000,port_group=1,phys_port_id=0,phys_port_loc=T6,")
            && row.contains(",curr_conn_speed=1000,")
            && row.ends_with(",promisc_lpar_id=none,\"log_port_ids=1,2\"\n"),
        "{row}"
    );
}
