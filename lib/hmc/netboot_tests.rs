//! The answers of `lpar_netboot` of HMCs from V7 to V10.

use super::*;
use crate::hmc::refusal;

macro_rules! capture {
    ($name:literal) => {
        include_str!(concat!("../../tests/fixtures/hmc/", $name, ".txt"))
    };
}

fn only(text: &str) -> Adapter {
    let mut found = adapters(text).unwrap();
    assert_eq!(found.len(), 1);
    found.remove(0)
}

#[test]
fn six_words_on_power10() {
    let found = adapters(capture!("netboot-success-v10")).unwrap();
    assert_eq!(found.len(), 5);
    assert_eq!(
        found[0],
        Adapter {
            kind: "ent".to_owned(),
            location: "U9105.22A.XXXXXXX-V1-C2-T0".to_owned(),
            mac: "621072d17102".to_owned(),
            path: "/vdevice/l-lan@30000002".to_owned(),
            ping: Some(Ping::NotTried),
            device: Some(Device::Virtual),
        }
    );
    assert_eq!(found[3].device, Some(Device::Physical));
    assert_eq!(found[4].path, "/pci@800000020000018/ethernet@0,1");
    assert_eq!(found[4].location, "U78DA.ND0.WZS013T-P0-C10-T1");
}

#[test]
fn four_words_on_old_hmcs() {
    let found = only(capture!("netboot-old-four-words"));
    assert_eq!(found.mac, "1e0e122a930d");
    assert_eq!(found.location, "U9117.MMA.10F6F3D-V5-C3-T1");
    assert_eq!((found.ping, found.device), (None, None));
}

#[test]
fn pings() {
    let found = only(capture!("netboot-ping-successful"));
    assert_eq!(found.mac, "8ee2245cf004");
    assert_eq!(found.ping, Some(Ping::Successful));
    assert_eq!(found.device, Some(Device::Virtual));
    let found = only(capture!("netboot-ping-unsuccessful"));
    assert_eq!(found.ping, Some(Ping::Unsuccessful));
    assert_eq!(found.device, Some(Device::Physical));
}

/// Assumed: no whole answer to `-M -D` was seen, its parts were.
#[test]
fn pings_are_told_before_the_table() {
    let told = capture!("netboot-success-power7");
    let (told, _) = told.split_once("# Network booting").unwrap();
    let table = capture!("netboot-ping-successful");
    let text = format!("{told}{table}# Finished.\n");
    assert_eq!(only(&text), only(table));
}

#[test]
fn a_fifth_word_alone_is_known_by_itself() {
    let found = adapters(capture!("netboot-power7-no-ping-column")).unwrap();
    let devices: Vec<_> = found.iter().map(|a| (a.ping, a.device)).collect();
    assert_eq!(
        devices,
        [
            (None, Some(Device::Virtual)),
            (None, Some(Device::Virtual)),
            (None, Some(Device::Physical))
        ]
    );
    let row = "ent U9117.MMA.10F6F3D-V5-C3-T1 1e0e122a930d /vdevice/l-lan@30000003 unsuccessful\n";
    assert_eq!(only(row).ping, Some(Ping::Unsuccessful));
}

#[test]
fn tables_from_a_terminal_read_the_same() {
    let text = capture!("netboot-success-v10");
    assert_eq!(adapters(&text.replace('\n', "\r\n")), adapters(text));
}

#[test]
fn verbose_lines_are_no_rows() {
    let row = capture!("netboot-old-four-words");
    let text =
        format!("lpar_netboot Status: a b c d\n{row}lpar_netboot Status: done\n# Finished.\n");
    assert_eq!(adapters(&text), adapters(row));
}

#[test]
fn a_broken_row_is_not_left_out() {
    let good = capture!("netboot-old-four-words");
    for row in [
        "ent U9117.MMA.10F6F3D-V5-C3-T1 1e0e122a93 /vdevice/l-lan@30000003",
        "ent U9117.MMA.10F6F3D-V5-C3-T1 1e0e122a93zz /vdevice/l-lan@30000003",
        "ent U9117.MMA.10F6F3D-V5-C3-T1 1e0e122a930d",
        "ent U9117.MMA.10F6F3D-V5-C3-T1 1e0e122a930d vdevice",
        "ent U9117.MMA.10F6F3D-V5-C3-T1 1e0e122a930d /vdevice perhaps",
        "ent U9117.MMA.10F6F3D-V5-C3-T1 1e0e122a930d /vdevice n/a virtual more",
        "ent U9117.MMA.10F6F3D-V5-C3-T1 1e0e122a930d /vdevice virtual n/a",
        "tok U9117.MMA.10F6F3D-V5",
    ] {
        let error = adapters(&format!("{good}{row}\n")).unwrap_err();
        assert!(
            matches!(&error, Garbled::Value { value, .. } if value == row),
            "{row}"
        );
    }
    assert!(adapters("ent U9117\n").is_err());
}

#[test]
fn an_answer_without_its_table_broke_off() {
    let missing = Err(Garbled::Missing("an adapter"));
    assert_eq!(adapters(""), missing);
    assert_eq!(adapters(capture!("netboot-success-power7")), missing);
}

#[test]
fn a_boot_is_done_when_it_says_so() {
    let text = capture!("netboot-success-power7");
    assert_eq!(booted(text), Ok(()));
    assert_eq!(booted(&text.replace('\n', "\r\n")), Ok(()));
    let broken = text.replace("# Finished.\n", "");
    assert_eq!(
        booted(&broken),
        Err(Garbled::Missing("the end of the network boot"))
    );
    assert!(booted(&text.replace("Finished.", "Finished in an error.")).is_err());
    assert_eq!(failure(text), None);
}

#[test]
fn failures_say_why() {
    for (text, why) in [
        (
            capture!("error-netboot-bootp-exit-0"),
            "bootp operation failed.",
        ),
        (
            capture!("error-netboot-mac"),
            "can not find mac address 42DAB.",
        ),
        (
            capture!("error-netboot-no-adapters"),
            "No network adapters found Unable to obtain network adapter information. Quitting.",
        ),
        (
            capture!("error-netboot-location"),
            "can not find physical location U9105.22A.789C301-V10-C2-T1. \
             actual location is U9105.22A.789C301-V10-C2-T0",
        ),
    ] {
        assert_eq!(failure(text).as_deref(), Some(why));
        assert!(refusal::in_answer(text).is_some(), "{why}");
        assert!(booted(text).is_err(), "{why}");
    }
}
