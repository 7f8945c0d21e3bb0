//! Power operations change the state that listings show, and refuse what an HMC refuses.

use crate::client::Place;

const CEC: &str = "Server-9117-MMA-SN10F6F3D";

fn state(place: &Place, lpar: &str) -> String {
    place.site.state()[&format!("{CEC}/{lpar}")].clone()
}

fn on_cec(place: &Place, rest: &str) -> (String, i32) {
    let answer = place.run("hmc01", &format!("chsysstate -r lpar -m {CEC} {rest}"));
    assert_eq!(answer.err, "");
    (answer.out, answer.status)
}

#[test]
fn an_lpar_starts_and_stops_silently() {
    let place = Place::default_site();
    assert_eq!(state(&place, "node04"), "Not Activated");
    assert_eq!(
        on_cec(&place, "-o on -b norm --id 4 -f normal"),
        (String::new(), 0)
    );
    place.until("node04 runs", |_| state(&place, "node04") == "Running");
    let listed = format!("lssyscfg -r lpar -m {CEC} --filter lpar_ids=4 -F state,curr_profile");
    assert_eq!(place.run("hmc01", &listed).out, "Running,normal\n");
    assert_eq!(
        on_cec(&place, "-o shutdown --id 4 --immed"),
        (String::new(), 0)
    );
    place.until("node04 is off", |_| {
        state(&place, "node04") == "Not Activated"
    });
}

#[test]
fn boot_modes_of_and_sms_end_in_open_firmware() {
    let place = Place::default_site();
    assert_eq!(on_cec(&place, "-o on --id 4 -f normal -b of").1, 0);
    assert_eq!(on_cec(&place, "-n node03 -o on -b sms").1, 0);
    place.until("node04 is in firmware", |_| {
        state(&place, "node04") == "Open Firmware"
    });
    place.until("node03 is in firmware", |_| {
        state(&place, "node03") == "Open Firmware"
    });
}

#[test]
fn refusals_name_the_code_and_exit_1() {
    let place = Place::default_site();
    let cases = [
        ("-o on --id 9 -f lpar9", "HSCL05EA "),
        ("-o on --id 4 -f nope", "HSCL800F "),
        ("-o on --id 4", "HSCL3680 "),
        ("-o shutdown --id 4 --immed", "HSCL1558 "),
        ("-o osshutdown --id 5", "HSCL0DB4 "),
        ("-o on --id 99 -f x", "HSCL8011 "),
        (
            "-n ghost -o shutdown",
            "HSCL8012 The partition named ghost was not found.  ",
        ),
        ("-o explode --id 4", "The command entered is either missing"),
        (
            "-o on --id 4 -f normal -b fast",
            "The command entered is either missing",
        ),
        ("-o on -f normal", "The command entered is either missing"),
        (
            "-o shutdown --id 4 --gently",
            "An invalid parameter was entered.  The parameters --gently ",
        ),
    ];
    for (rest, start) in cases {
        let (out, status) = on_cec(&place, rest);
        assert!(
            out.starts_with(start) && out.ends_with(".\n"),
            "{rest}: {out}"
        );
        assert_eq!(status, 1, "{rest}");
    }
    assert_eq!(state(&place, "node01"), "Running");
}

#[test]
fn a_managed_system_goes_off_and_on_with_its_partitions() {
    let place = Place::default_site();
    let sys = |operation: &str| {
        place.run(
            "hmc01",
            &format!("chsysstate -r sys -m 9117-MMA*10F6F3D -o {operation}"),
        )
    };
    let cec = |wanted: &str| place.until(wanted, |site| site.state()[CEC] == wanted);
    assert_eq!(sys("off --immed").status, 0);
    cec("Power Off");
    let answer = place.run(
        "hmc01",
        &format!("lssyscfg -r sys -m {CEC} -F state,max_lpars"),
    );
    assert_eq!(answer.out, "Power Off,unavailable\n");
    let answer = place.run(
        "hmc01",
        &format!("lssyscfg -r lpar -m {CEC} -F name,state --filter lpar_names=node01"),
    );
    assert_eq!(answer.out, "node01,Not Available\n");
    assert!(
        on_cec(&place, "-o on --id 4 -f normal")
            .0
            .starts_with("HSCL0238 ")
    );
    assert_eq!(sys("onstandby").status, 0);
    cec("Standby");
    assert_eq!(sys("on").status, 0);
    cec("Operating");
    assert_eq!(sys("on").status, 1);
    assert_eq!(state(&place, "node01"), "Not Activated");
}
