//! The record format against answers of real HMCs and against random text.

use proptest::prelude::*;

use super::*;

macro_rules! capture {
    ($name:literal) => {
        (
            $name,
            include_str!(concat!("../../tests/fixtures/hmc/", $name, ".txt")),
        )
    };
}

/// Listings without `-F`, with their number of rows.
const LISTINGS: &[((&str, &str), usize)] = &[
    (capture!("sys-v5-power5"), 1),
    (capture!("sys-v7-power5-operating"), 1),
    (capture!("sys-v7-power5-power-off"), 1),
    (capture!("sys-v10-power9"), 1),
    (capture!("lpar-v7-polish"), 4),
    (capture!("lpar-v7-never-activated"), 1),
    (capture!("lpar-v7-power7"), 1),
    (capture!("lpar-v8-power8"), 1),
    (capture!("prof-v7-power5"), 6),
    (capture!("prof-v10-power9"), 2),
    (capture!("prof-power7-nested-quotes"), 1),
    (capture!("prof-power7-vswitch"), 1),
    (capture!("prof-power8-four-vfc"), 1),
    (capture!("prof-vios-server-vfc-lhea"), 1),
    (capture!("prof-one-quoted-element"), 1),
    (capture!("prof-name-with-space"), 1),
    (capture!("prof-v5-vios-dotted-names"), 1),
    (capture!("mem-sys-v7"), 1),
    (capture!("mem-lpar-v7"), 4),
    (capture!("proc-sys-v7"), 1),
    (capture!("proc-lpar-v7"), 4),
    (capture!("proc-lpar-uncapped-off"), 1),
    (capture!("proc-lpar-dedicated"), 1),
    (capture!("io-slot-v7-unowned-and-empty"), 10),
    (capture!("io-slot-v10"), 1),
    (capture!("eth-v7-power5"), 8),
    (capture!("scsi-v7"), 4),
    (capture!("serial-v7"), 8),
    (capture!("virtual-slot-v7"), 4),
    (capture!("sysconn-states-v5-to-v8"), 14),
    (capture!("sysconn-ebmc"), 2),
    (capture!("lshmc-version-v7"), 1),
    (capture!("lshmc-version-v8"), 1),
    (capture!("lshmc-version-v10-fixes"), 1),
    (capture!("lshmc-version-v11"), 1),
    (capture!("lshmc-vpd-v7-hardware"), 1),
    (capture!("lshmc-vpd-v8-virtual"), 1),
    (capture!("lshmc-n-v7"), 1),
    (capture!("lshmc-n-v8"), 1),
    (capture!("lshmc-r-v7"), 1),
    (capture!("lshmc-r-v8"), 1),
    (capture!("lshmcusr-v7"), 3),
    (capture!("lshmcldap-unset-v7"), 1),
    (capture!("svcevents-v7-polish"), 1),
    (capture!("svcevents-v8"), 1),
];

#[test]
fn listings_are_read_and_written_back_byte_for_byte() {
    for ((name, text), rows) in LISTINGS {
        let records = records(text).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(records.len(), *rows, "{name}");
        let written: String = records.iter().map(|record| format!("{record}\n")).collect();
        assert_eq!(written, *text, "{name}");
    }
}

#[test]
fn listings_from_a_terminal_read_the_same() {
    for ((name, text), _) in LISTINGS {
        let terminal = text.replace('\n', "\r\n");
        assert_eq!(records(&terminal), records(text), "{name}");
    }
}

/// HMCs quote some fields that would not need it.
#[test]
fn needless_quotes_and_stray_blanks_are_accepted() {
    let (_, text) = capture!("eth-power6-quoted-single-vlan");
    let eth = records(text).unwrap();
    assert_eq!(eth[0].text("addl_vlan_ids"), Some("54"));
    assert_eq!(eth[2].get("addl_vlan_ids"), Some(&Value::Empty));
    let (_, text) = capture!("fc-v11-quoted-wwpns");
    let fc = records(text).unwrap();
    assert_eq!(fc[0].text("wwpns"), Some("c050760000000000"));
    assert_eq!(fc[1].get("wwpns"), None);
    let (_, text) = capture!("eth-power7-stray-blanks");
    let web = records(text).unwrap();
    assert_eq!(web[0].text("is_trunk"), Some("1"));
    assert_eq!(
        web[0].get("addl_vlan_ids").unwrap().elements(),
        ["10", "11"]
    );
}

#[test]
fn the_four_nothings_stay_apart() {
    let (_, text) = capture!("lpar-v7-never-activated");
    let lpar = &records(text).unwrap()[0];
    assert_eq!(lpar.get("curr_profile"), Some(&Value::Empty));
    assert_eq!(lpar.get("work_group_id"), Some(&Value::None));
    assert_eq!(lpar.get("uuid"), None);
    let (_, text) = capture!("sys-v7-power5-power-off");
    let system = &records(text).unwrap()[0];
    assert_eq!(system.get("max_lpars"), Some(&Value::Unavailable));
    assert_eq!(system.get("hca_bandwidth_capabilities"), Some(&Value::Null));
    assert_eq!(system.text("state"), Some("Power Off"));
    for value in ["", "none", "null", "unavailable", "None", "x"] {
        assert_eq!(Value::new(value).as_str(), value);
    }
}

#[test]
fn lists_with_commas_inside_elements_are_taken_apart() {
    let (_, text) = capture!("prof-power7-nested-quotes");
    let profile = &records(text).unwrap()[0];
    assert_eq!(
        profile.get("virtual_fc_adapters").unwrap().elements(),
        [
            "504/client/2/vio_server1/8/c050760431670010,c050760431670011/1",
            "604/client/3/vio_server2/5/c050760431670012,c050760431670013/1"
        ]
    );
    let (_, text) = capture!("prof-one-quoted-element");
    let profile = &records(text).unwrap()[0];
    assert_eq!(
        profile.get("virtual_eth_adapters").unwrap().elements(),
        ["2/1/1/3,4,5/0/1"]
    );
    assert_eq!(
        profile.get("virtual_scsi_adapters").unwrap().elements(),
        [""; 0]
    );
    let mixed = &records("\"a=3/1/1/10/0/1,\"\"2/1/1/3,4,5/0/1\"\",3/1/1/10/0/1\"\n").unwrap()[0];
    assert_eq!(
        mixed.get("a").unwrap().elements(),
        ["3/1/1/10/0/1", "2/1/1/3,4,5/0/1", "3/1/1/10/0/1"]
    );
}

#[test]
fn only_the_first_equals_sign_ends_a_name() {
    let (_, text) = capture!("lshmcusr-v7");
    let user = &records(text).unwrap()[0];
    assert_eq!(
        user.text("resources"),
        Some("<ResourceID = ALL:><UserDefinedName = AllSystemResources>")
    );
}

#[test]
fn answers_to_f_are_lists() {
    let (_, text) = capture!("list-space-delimited-header");
    let rows = headed(text, ' ').unwrap();
    assert_eq!(rows[0].text("os_version"), Some("AIX 7.1 7100-04-00-0000"));
    assert_eq!(rows[0].text("rmc_state"), Some("active"));
    let (_, text) = capture!("list-name-serial-state");
    let rows = lists(text, ',', 3).unwrap();
    assert_eq!(rows[0][2], Value::Text("Operating".to_owned()));
    let (_, text) = capture!("list-space-quoted-state");
    assert_eq!(lists(text, ' ', 2).unwrap()[0][1].as_str(), "Not Activated");
    let (_, text) = capture!("list-quoted-element");
    assert_eq!(lists(text, ',', 3).unwrap()[0][2].elements().len(), 3);
    let (_, text) = capture!("list-compat-modes");
    assert_eq!(lists(text, ',', 1).unwrap()[0][0].elements().len(), 5);
    let (_, text) = capture!("list-rsct-row");
    assert_eq!(
        lists(text, ',', 8).unwrap()[0][4].as_str(),
        "AIX 6.1 6100-06-06-1140"
    );
    let (_, text) = capture!("list-rmc-columns");
    assert_eq!(
        lists(text, ',', 7).unwrap()[1][0].as_str(),
        "teacher02 9.200.104.218"
    );
    let (_, text) = capture!("list-slot-description");
    assert_eq!(
        lists(text, ',', 3).unwrap()[0][2].as_str(),
        "NVMe JBOF Card"
    );
    let (_, text) = capture!("list-eth-v10");
    assert_eq!(lists(text, ',', 5).unwrap().len(), 2);
    let (_, text) = capture!("sys-no-connection-named-by-address");
    assert_eq!(lists(text, ',', 4).unwrap()[0][3].as_str(), "No Connection");
}

#[test]
fn headers_name_the_columns() {
    let (_, head) = capture!("list-lpar-header-v7");
    let (_, rows) = capture!("list-lpar-all-attributes-names-with-spaces");
    let records = headed(&format!("{head}{rows}"), ',').unwrap();
    assert_eq!(records.len(), 2);
    assert_eq!(records[0].text("name"), Some("teacher02 9.210.114.218"));
    assert_eq!(records[0].get("ipl_source"), Some(&Value::Null));
    assert_eq!(
        records[1].text("uuid"),
        Some("3E8A72FB-C815-4AAD-9754-89037455DCFC")
    );
    for ((name, text), rows) in [
        (capture!("list-header-v10"), 1),
        (capture!("list-sriov-adapter"), 1),
        (capture!("list-sriov-physport"), 2),
        (capture!("list-sriov-logport"), 1),
        (capture!("list-vnic"), 1),
        (capture!("list-vnic-backing"), 1),
        (capture!("list-refcodes"), 1),
    ] {
        let found = headed(text, ',').unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(found.len(), rows, "{name}");
    }
    assert_eq!(headed("", ','), Ok(Vec::new()));
}

#[test]
fn an_lpar_name_of_quotes_commas_and_dollars_is_one_value() {
    let text = "\"a,b \"\"c\"\" $(touch x)\",7,p,\nplain,8,p,p\n";
    let rows = lists(text, ',', 4).unwrap();
    assert_eq!(rows[0][0].as_str(), "a,b \"c\" $(touch x)");
    assert_eq!(rows[0][3], Value::Empty);
    assert_eq!(rows[1][1].as_str(), "8");
}

#[test]
fn what_is_not_a_listing_is_refused_with_its_line() {
    assert_eq!(records("a=1\nb=\"2\nc\n"), Err(Error::NoName { line: 3 }));
    assert_eq!(records("a=1\n\"b=2\nc=3\n"), Err(Error::Open { line: 2 }));
    assert_eq!(
        records("\"a=1\"x,b=2\n"),
        Err(Error::AfterQuote { line: 1 })
    );
    assert_eq!(
        records("No results were found.\n"),
        Err(Error::NoName { line: 1 })
    );
    let columns = Error::Columns {
        line: 2,
        found: 3,
        expected: 2,
    };
    assert_eq!(lists("a,1\nb,c,2\n", ',', 2), Err(columns));
}

fn name() -> impl Strategy<Value = String> {
    "[a-z][a-z0-9_]{0,12}"
}

proptest! {
    #[test]
    fn nothing_that_is_sent_panics(text in "(?s).{0,200}", delimiter in prop::char::any(), columns in 0usize..5) {
        let _ = records(&text);
        let _ = lists(&text, delimiter, columns);
        let _ = headed(&text, delimiter);
        let _ = Value::new(&text).elements();
    }

    #[test]
    fn nothing_like_a_listing_panics(text in "[a-z=,\"\r\n ]{0,80}") {
        let _ = records(&text);
        let _ = lists(&text, ',', 2);
    }

    #[test]
    fn what_is_written_is_read_again(
        rows in prop::collection::vec(
            prop::collection::vec((name(), "([^\r]|\r[^\r\n]){0,20}\r?"), 1..5),
            0..5,
        )
    ) {
        let values = |row: Vec<(String, String)>| {
            Record::new(row.into_iter().map(|(name, value)| (name, Value::new(&value))).collect())
        };
        let rows: Vec<Record> = rows.into_iter().map(values).collect();
        let text: String = rows.iter().map(|record| format!("{record}\n")).collect();
        prop_assert_eq!(records(&text), Ok(rows));
    }

    #[test]
    fn what_is_read_is_written_and_read_again(text in "[a-z=,\"\r\n ]{0,80}") {
        if let Ok(rows) = records(&text) {
            let text: String = rows.iter().map(|record| format!("{record}\n")).collect();
            prop_assert_eq!(records(&text), Ok(rows));
        }
    }
}

#[test]
fn carriage_returns_are_kept_but_for_those_of_line_ends() {
    for (text, value) in [
        ("a=x\ry", "x\ry"),
        ("a=x\r\n", "x"),
        ("a=x\r\r\n", "x\r"),
        ("\"a=x\r\"", "x\r"),
        ("\"a=x\r\"\r\n", "x\r"),
        ("\"a=x\r\r\ny\"", "x\ny"),
        ("\"a=x\n\r\"", "x\n\r"),
    ] {
        let rows = records(text).unwrap();
        assert_eq!(rows[0].text("a"), Some(value), "{text:?}");
        assert_eq!(records(&rows[0].to_string()), Ok(rows), "{text:?}");
    }
}
