//! What describes hardware: firmware, temperatures, LEDs, reference codes, events, RMC.

use crate::client::{Place, out};

const MTMS: &str = "9117-MMA*10F6F3D";

/// Every line is refused with status 1 and a text that begins so.
fn refused(place: &Place, host: &str, cases: &[(&str, &str)]) {
    for (line, start) in cases {
        let answer = place.run(host, line);
        assert_eq!(answer.status, 1, "{line}: {}", answer.out);
        assert!(answer.out.starts_with(start), "{line}: {}", answer.out);
    }
}

const MISSING: &str =
    "The command entered is either missing a required parameter or a parameter value is invalid. ";
const UNKNOWN: &str = "An invalid parameter was entered.  The parameters ";
const ATTRIBUTE: &str = "An invalid attribute was entered.  The invalid attribute is ";

#[test]
fn firmware_levels_of_systems_and_frames() {
    let place = Place::default_site();
    let row = out(&place, "hmc01", &format!("lslic -t sys -m {MTMS}"));
    assert!(
        row.starts_with(
            "lic_type=Managed System,management_status=Enabled,disabled_reason=,activated_level=78,"
        ),
        "{row}"
    );
    assert!(
        row.contains(&format!(",ecnumber=01EM320,mtms={MTMS},")),
        "{row}"
    );
    let line = format!("lslic -m {MTMS} -t sys -Fcurr_ecnumber_primary:activated_level");
    assert_eq!(out(&place, "hmc01", &line), "01EM320:78\n");
    let row = out(&place, "hmc01", "lslic -t power -e 9458-100*99201WM");
    assert!(
        row.contains(",curr_level_a=163,curr_ecnumber_a=02EP350,"),
        "{row}"
    );
    refused(
        &place,
        "hmc01",
        &[
            ("lslic -t sys", MISSING),
            ("lslic -t power -m 9117-MMA*10F6F3D", MISSING),
            ("lslic -t sys -m ghost", "HSCL8018 "),
            ("lslic -t power -e ghost", "HSCL8019 "),
            ("lslic -m 9117-MMA*10F6F3D -F bogus", ATTRIBUTE),
        ],
    );
    refused(&place, "hmc02", &[("lslic -t power -e x", UNKNOWN)]);
    place.site.set_state("p9-42a-1", "No Connection").unwrap();
    refused(
        &place,
        "hmc02",
        &[("lslic -t sys -m 9009-42A*785A3F1", "HSCL0237 ")],
    );
}

#[test]
fn temperatures_and_voltages_come_from_frames() {
    let place = Place::default_site();
    let line = "lshwinfo -r sys -e 9458-100*99201WM -F type_model_serial_num,temperature";
    assert_eq!(out(&place, "hmc01", line), format!("{MTMS},27\n"));
    let row = out(&place, "hmc01", "lshwinfo -r frame -e 9458-100*99201WM -F");
    assert_eq!(row, "208,208,208,8,8,8,9458-100*99201WM\n");
    let line = format!("lshwinfo -r sys -e 9458-100*99200G1 -m {MTMS} -F temperature");
    assert_eq!(out(&place, "hmc01", &line), "No results were found.\n");
    refused(
        &place,
        "hmc01",
        &[
            ("lshwinfo -r sys", MISSING),
            ("lshwinfo -r cage -e 9458-100*99200G1", MISSING),
        ],
    );
    refused(
        &place,
        "hmc02",
        &[("lshwinfo -r sys -e x -F temperature", UNKNOWN)],
    );
}

#[test]
fn leds_and_reference_codes() {
    let place = Place::default_site();
    let led = format!("lsled -r sa -m {MTMS} -t phys");
    assert_eq!(out(&place, "hmc01", &led), "state=off\n");
    let led =
        format!("lsled -r sa -m {MTMS} -t virtuallpar --filter \"lpar_names=node01\" -F state");
    assert_eq!(out(&place, "hmc01", &led), "off\n");
    let codes =
        format!("lsrefcode -r lpar -m {MTMS} --filter lpar_ids=5 -n 2 -F lpar_name,refcode");
    assert_eq!(out(&place, "hmc01", &codes), "lpar05,\n");
    let codes = format!("lsrefcode -r sys -m {MTMS} -s s");
    let row = out(&place, "hmc01", &codes);
    assert!(
        row.starts_with("refcode_num=0,") && row.contains(",refcode=,"),
        "{row}"
    );
    refused(
        &place,
        "hmc01",
        &[
            ("lsrefcode -r sys -m 9117-MMA*10F6F3D -s x", MISSING),
            (
                "lsrefcode -r sys -m 9117-MMA*10F6F3D --filter lpar_ids=2",
                MISSING,
            ),
            ("lsrefcode -r lpar -m 9117-MMA*10F6F3D -s p", UNKNOWN),
            ("lsled -r sa -m 9117-MMA*10F6F3D -t virtual", MISSING),
            (
                "lssyscfg -r sys -m 9117-MMA*10F6F3D --filter lpar_ids=1",
                MISSING,
            ),
            ("lssyscfg -r sys -e 9458-100*99201WM", UNKNOWN),
        ],
    );
}

#[test]
fn serviceable_events_are_filtered() {
    let place = Place::default_site();
    let list = |rest: &str| out(&place, "hmc01", &format!("lssvcevents -t hardware {rest}"));
    // The old event is not among those of the last seven days.
    assert_eq!(list("-F problem_num,status"), "12,Open\n");
    assert_eq!(list("-d 0 -F problem_num,status"), "12,Open\n11,Closed\n");
    assert_eq!(list("-d 0 --filter status=closed -F refcode"), "B7006970\n");
    assert_eq!(
        list("-d 0 --filter \"status=open,refcodes=B7006970\""),
        "No results were found.\n"
    );
    assert_eq!(list("-d 0 -m 9117-MMA*1001234 -F problem_num"), "11\n");
    let row = list("--filter \"status=open\"");
    assert!(
        row.starts_with("problem_num=12,pmh_num=,refcode=B3030001,status=Open,first_time=")
            && row.contains(",\"files=iqyymrge.log/Consolidated system platform log,iqyvpd.dat/"),
        "{row}"
    );
    assert_eq!(
        out(&place, "hmc02", "lssvcevents -t hardware"),
        "No results were found.\n"
    );
    refused(
        &place,
        "hmc01",
        &[
            ("lssvcevents", MISSING),
            ("lssvcevents -t hardware --filter severity=1", MISSING),
            ("lssvcevents -t hardware -d soon", MISSING),
            ("lssvcevents -t hardware -d 1 -i 5", MISSING),
            ("lssvcevents -t hardware -F bogus", ATTRIBUTE),
        ],
    );
}

#[test]
fn rmc_tells_which_partitions_answer() {
    let place = Place::default_site();
    let text = out(&place, "hmc01", "lspartition -dlpar");
    assert!(
        text.starts_with(
            "<#0> Partition:<1*9117-MMA*10F6F3D, , 10.0.2.1>\n       Active:<1>, OS:<AIX, "
        ),
        "{text}"
    );
    // node06 has an RMC that does not answer.
    assert!(
        text.contains("Partition:<3*9117-MMA*1001234, , 10.0.2.23>\n       Active:<0>, OS:<AIX, "),
        "{text}"
    );
    let line = "lssyscfg -r lpar -m 9117-MMA*1001234 -F name,rmc_state,rmc_osshutdown_capable,os_version --filter lpar_ids=3";
    assert_eq!(
        out(&place, "hmc01", line),
        "node06,inactive,0,AIX 7.1 7100-03-05-1524\n"
    );
    assert_eq!(place.run("hmc01", "lspartition").status, 1);
}

#[test]
fn what_is_asked_of_a_system_for_its_inventory() {
    let place = Place::default_site();
    let cases = [
        (
            "lssyscfg -r sys -m 9117-MMA*10F6F3D -F type_model,serial_num",
            "9117-MMA,10F6F3D\n",
        ),
        (
            "lshwres -r proc -m 9117-MMA*10F6F3D -F installed_sys_proc_units --level sys",
            "16.0\n",
        ),
        (
            "lshwres -r mem -m 9117-MMA*10F6F3D -F installed_sys_mem --level sys",
            "262144\n",
        ),
        (
            "lshwres -r mem -m 9117-MMA*10F6F3D -F lpar_id,curr_mem --level lpar",
            "1,4096\n9,8192\n7,8192\n3,8192\n4,0\n5,8192\n",
        ),
        (
            "lshwres -r io --rsubtype slot -m 9117-MMA*10F6F3D -F drc_name,bus_id,description",
            "U789D.001.DQDF3D-P1-C1,512,PCI 10/100/1000Mbps Ethernet UTP 2-port\nU789D.001.DQDF3D-P1-C2,513,Fibre channel Serial Bus\nU789D.001.DQDF3D-P1-C3,514,Empty slot\n",
        ),
    ];
    for (line, wanted) in cases {
        assert_eq!(out(&place, "hmc01", line), wanted, "{line}");
    }
}
