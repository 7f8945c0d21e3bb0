//! Connections to service processors, passwords, keys, and commands of virtual I/O servers.

use crate::client::{Place, out, refused};

#[test]
fn connections_are_removed_and_made() {
    let place = Place::default_site();
    let rows = || {
        out(
            &place,
            "hmc01",
            "lssysconn -r all -F type_model_serial_num,ipaddr,state",
        )
    };
    let before = rows();
    assert_eq!(before.lines().count(), 6, "{before}");
    assert_eq!(
        out(&place, "hmc01", "rmsysconn -o remove --ip 10.0.1.2"),
        ""
    );
    assert_eq!(rows().lines().count(), 5);
    let lpars = "lssyscfg -r lpar -m 9117-MMA*1001234 -F name";
    refused(&place, "hmc01", &[(lpars, "HSCL8018 ")]);
    assert_eq!(
        out(
            &place,
            "hmc01",
            "mksysconn --ip 10.0.1.2 -r sys --passwd abc123"
        ),
        ""
    );
    assert!(rows().contains("9117-MMA*1001234,10.0.1.2,Connected\n"));
    assert_eq!(
        out(
            &place,
            "hmc01",
            "mksysconn --ip 10.9.9.9 -r sys --passwd abc123"
        ),
        ""
    );
    assert!(rows().contains("unavailable,10.9.9.9,No Connection\n"));
    assert_eq!(
        out(&place, "hmc01", "rmsysconn -o remove --ip 10.9.9.9"),
        ""
    );
    assert_eq!(
        out(&place, "hmc01", "rmsysconn -o remove -e 9458-100*99200G1"),
        ""
    );
    assert_eq!(
        out(
            &place,
            "hmc01",
            "mksysconn --ip 10.0.0.13 -r frame --passwd abc123"
        ),
        ""
    );
    assert_eq!(out(&place, "hmc01", "mksysconn -o auto"), "");
    refused(
        &place,
        "hmc01",
        &[
            (
                "mksysconn --ip 10.0.1.2",
                "A connection to 10.0.1.2 exists already.",
            ),
            ("mksysconn --ip host", "are --ip."),
            ("mksysconn --ip 10.0.1.2 -r cec", "are -r."),
            ("mksysconn -o auto --ip 10.0.1.2", "are -o."),
            (
                "rmsysconn -o remove --ip 10.8.8.8",
                "There is no connection to 10.8.8.8.",
            ),
            ("rmsysconn --ip 10.0.1.2", "are -o."),
        ],
    );
    refused(
        &place,
        "hmc02",
        &[("mksysconn --ip 10.0.0.11 -r frame", "are -r.")],
    );
}

#[test]
fn a_wrong_password_ends_in_failed_authentication() {
    let place = Place::default_site();
    out(&place, "hmc01", "rmsysconn -o remove --ip 10.0.1.2");
    out(&place, "hmc01", "mksysconn --ip 10.0.1.2 --passwd wrong");
    let line = "lssysconn -r all";
    let text = out(&place, "hmc01", line);
    assert!(
        text.contains("ipaddr=10.0.1.2,alt_ipaddr=unavailable,state=Failed Authentication,connection_error_code=Incorrect password 0802-0001-00000026\n"),
        "{text}"
    );
    let change = "chsyspwd -t access -m 9117-MMA*1001234 --passwd";
    refused(
        &place,
        "hmc01",
        &[(
            &format!("{change} wrong"),
            "The current password is not correct.",
        )],
    );
    assert_eq!(out(&place, "hmc01", &format!("{change} abc123")), "");
    assert_eq!(place.site.state()["Server-9117-MMA-SN1001234"], "Operating");
    assert_eq!(
        out(
            &place,
            "hmc01",
            &format!("{change} abc123 --newpasswd secret1")
        ),
        ""
    );
    refused(
        &place,
        "hmc01",
        &[
            (
                &format!("{change} abc123 --newpasswd secret2"),
                "not correct",
            ),
            (
                "chsyspwd -t root -m 9117-MMA*1001234 --passwd a --newpasswd b",
                "are -t.",
            ),
            (
                "chsyspwd -t admin --passwd a --newpasswd b",
                "are -m or -e.",
            ),
        ],
    );
    assert_eq!(
        out(
            &place,
            "hmc01",
            "chsyspwd -t access -e 9458-100*99201WM --passwd abc123 --newpasswd x"
        ),
        ""
    );
}

#[test]
fn passwords_are_asked_for_when_they_are_not_given() {
    let place = Place::default_site();
    let line = "chsyspwd -t admin -m 9117-MMA*1001234";
    let ask = |input: &str| place.feed(&["-T", "-o", "BatchMode=yes", "hmc01", "--", line], input);
    let answer = ask("abc123\nnewone\nnewone\n");
    assert_eq!(
        (answer.out.as_str(), answer.status),
        (
            "Enter the current password: \nEnter the new password: \nRetype the new password: \n",
            0
        )
    );
    let answer = ask("newone\nother\nanother\n");
    assert!(answer.out.ends_with("The passwords do not match.\n") && answer.status == 1);
    // Nothing is read, nothing is changed.
    assert_eq!(ask("").status, 1);
    assert_eq!(ask("newone\nabc123\nabc123\n").status, 0);
}

#[test]
fn a_user_changes_its_own_password() {
    let place = Place::default_site();
    assert_eq!(
        out(&place, "hmc01", "chhmcusr -u hscroot -t passwd -v secret99"),
        ""
    );
    let options = ["-T", "-o", "PubkeyAuthentication=no", "hmc01", "--", "true"];
    assert_eq!(place.with_password("secret99", &options).status, 0);
    assert_eq!(place.with_password("abc123", &options).status, 255);
    let list = "lshmcusr --filter names=hscroot -F name,description,taskrole,resourcerole";
    assert_eq!(
        out(&place, "hmc01", list),
        "hscroot,HMC Super User,hmcsuperadmin,ALL:\n"
    );
    refused(
        &place,
        "hmc01",
        &[
            (
                "chhmcusr -u ghost -t passwd -v secret99",
                "The user ghost was not found.",
            ),
            ("chhmcusr -u hscroot -t passwd -v a", "are -v."),
            ("chhmcusr -u hscroot -t shoe -v a", "are -t."),
        ],
    );
}

#[test]
fn keys_are_added_shown_and_removed() {
    let place = Place::default_site();
    let key =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJdD7y3aLq454yWBdwLWbieU1ebz9/cu7/QEXn9OIeZJ root@mn1";
    assert_eq!(
        out(&place, "hmc01", &format!("mkauthkeys --add '{key}'")),
        ""
    );
    for path in [
        "/home/hscroot/.ssh/authorized_keys2",
        "~/.ssh/authorized_keys2",
        ".ssh/authorized_keys2",
    ] {
        let text = out(&place, "hmc01", &format!("cat {path}"));
        assert!(text.lines().any(|line| line == key), "{path}: {text}");
    }
    assert_eq!(out(&place, "hmc01", "mkauthkeys --remove 'root@mn1'"), "");
    let text = out(&place, "hmc01", "cat /home/hscroot/.ssh/authorized_keys2");
    assert!(
        !text.contains("root@mn1") && text.contains("ssh-ed25519 "),
        "{text}"
    );
    assert_eq!(place.run("hmc01", "cat /etc/passwd").status, 1);
    refused(
        &place,
        "hmc01",
        &[("mkauthkeys --add 'nonsense'", "are --add.")],
    );
}

#[test]
fn virtual_io_servers_list_their_devices() {
    let place = Place::default_site();
    let vios = |command: &str| {
        out(
            &place,
            "hmc02",
            &format!("viosvrcmd -m p9-42a-1 -p p9v1 -c \"{command}\""),
        )
    };
    assert_eq!(
        vios("lsnports"),
        "name             physloc                        fabric tports aports swwpns  awwpns\n\
         fcs0             U78D3.001.WZS0AKM-P1-C6-T1          1     64     62   2048    2023\n\
         fcs1             U78D3.001.WZS0AKM-P1-C6-T2          0     64     64   2048    2048\n"
    );
    assert_eq!(vios("ioslevel"), "3.1.4.10\n");
    let text = vios("lsmap -all");
    assert!(
        text.starts_with(
            "SVSA            Physloc                                      Client Partition ID\n\
             --------------- -------------------------------------------- ------------------\n\
             vhost0          U9009.42A.785A3F1-V1-C12                     0x00000002\n\n\
             VTD                   vtscsi0\nStatus                Available\nLUN                   0x8100000000000000\n"
        ),
        "{text}"
    );
    assert_eq!(
        vios("lsmap -all -npiv"),
        "Name          Physloc                            ClntID ClntName       ClntOS \n\
         ------------- ---------------------------------- ------ -------------- -------\n\
         vfchost0      U9009.42A.785A3F1-V1-C30                3 db02           AIX    \n\n\
         Status:LOGGED_IN\n\
         FC name:fcs0                    FC loc code:U78D3.001.WZS0AKM-P1-C6-T1\n\
         Ports logged in:2\nFlags:a<LOGGED_IN,STRIP_MERGE>\n\
         VFC client name:fcs0            VFC client DRC:U9009.42A.785A3F1-V3-C10\n"
    );
    assert_eq!(
        vios("lsmap -all -npiv -field name clntid clntname fc -fmt :"),
        "vfchost0:3:db02:fcs0\n"
    );
    assert!(vios("lsmap -all -net").contains("\nSEA                   ent8\n"));
    refused(
        &place,
        "hmc02",
        &[
            ("viosvrcmd -m p9-42a-1 -p db01 -c ioslevel", "HSCL2970 "),
            ("viosvrcmd -m p9-42a-1 -p p9v1 -c \"lsmap\"", "HSCL2970 "),
            (
                "viosvrcmd -m p9-42a-1 -p p9v1 -c nonsense",
                "rksh: nonsense:  not found.",
            ),
            ("viosvrcmd -m p9-42a-1 -p p9v1", "are -c."),
        ],
    );
    place
        .site
        .set_state("p9-42a-1/p9v1", "Not Activated")
        .unwrap();
    refused(
        &place,
        "hmc02",
        &[("viosvrcmd -m p9-42a-1 -p p9v1 -c ioslevel", "HSCL2957 ")],
    );
}

#[test]
fn the_last_valid_configuration_is_listed_as_a_profile() {
    let place = Place::default_site();
    let line = "lssyscfg -r prof -m 9117-MMA*10F6F3D --lastvalidcfg --filter lpar_names=node01 -F name,lpar_name,desired_mem";
    assert_eq!(
        out(&place, "hmc01", line),
        "last*valid*configuration,node01,8192\n"
    );
    refused(
        &place,
        "hmc01",
        &[(
            "lssyscfg -r sys -m 9117-MMA*10F6F3D --lastvalidcfg",
            "--lastvalidcfg are not valid.",
        )],
    );
}
