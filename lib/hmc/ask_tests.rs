//! What is sent, and what is made of the answers.

use super::*;
use crate::hmc::change::{Boot, LparChange, SystemChange, change_lpar, change_system};
use crate::hmc::{Error, Hmc};
use crate::remote::{Limits, Scripted, Target};

macro_rules! capture {
    ($name:literal) => {
        include_str!(concat!("../../tests/fixtures/hmc/", $name, ".txt"))
    };
}

fn system() -> Mtms {
    "9117-MMA*10F6F3D".parse().unwrap()
}

/// The answer of hmc01 to a command that ended with `status`.
fn after<A>(ask: &Ask<A>, status: i32, stdout: &str) -> Result<A, Error> {
    let script = Scripted::new().exit("hmc01", &ask.command.to_shell(), status, stdout, "");
    let target = Target::new("hmc01");
    let hmc = Hmc {
        transport: &script,
        target: &target,
        limits: Limits::default(),
    };
    hmc.ask(ask)
}

fn answer<A>(ask: &Ask<A>, stdout: &str) -> A {
    after(ask, 0, stdout).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn the_words_are_those_that_hmcs_know() {
    let sent = [
        vpd().command.to_shell(),
        level().command.to_shell(),
        connections().command.to_shell(),
        frames().command.to_shell(),
        cages(&"9458-100*99201WM".parse().unwrap())
            .command
            .to_shell(),
        systems().command.to_shell(),
        system_state(&system()).command.to_shell(),
        lpars(&system()).command.to_shell(),
        lpar_states(&system()).command.to_shell(),
    ];
    assert_eq!(
        sent,
        [
            "lshmc -v",
            "lshmc -V",
            "lssysconn -r all",
            "lssyscfg -r frame -F type_model,serial_num,name,frame_num,ipaddr_a,ipaddr_b",
            "lssyscfg -r cage -e '9458-100*99201WM' -F cage_num,type_model_serial_num",
            "lssyscfg -r sys -F name,type_model,serial_num,ipaddr,state",
            "lssyscfg -r sys -m '9117-MMA*10F6F3D' -F name,state",
            "lssyscfg -r lpar -m '9117-MMA*10F6F3D' -F name,lpar_id,default_profile,curr_profile",
            "lssyscfg -r lpar -m '9117-MMA*10F6F3D' -F name,lpar_id,state",
        ]
    );
}

#[test]
fn changes_are_sent_as_xcat_sends_them() {
    let on = |boot| LparChange::On {
        boot,
        profile: "normal".to_owned(),
    };
    let lpar = |change: &LparChange| change_lpar(&system(), 3, change).command.to_shell();
    let system = |change| change_system(&system(), change).command.to_shell();
    let sent = [
        lpar(&on(Boot::Normal)),
        lpar(&on(Boot::OpenFirmware)),
        lpar(&on(Boot::Sms)),
        lpar(&LparChange::Off),
        lpar(&LparChange::SoftOff),
        lpar(&LparChange::Reset),
        system(SystemChange::On),
        system(SystemChange::OnStandby),
        system(SystemChange::Off),
        system(SystemChange::Reset),
    ];
    let expected = [
        "chsysstate -r lpar -m M -o on -b norm --id 3 -f normal",
        "chsysstate -r lpar -m M -o on --id 3 -f normal -b of",
        "chsysstate -r lpar -m M -o on --id 3 -f normal -b sms",
        "chsysstate -r lpar -m M -o shutdown --id 3 --immed",
        "chsysstate -r lpar -m M -o shutdown --id 3",
        "chsysstate -r lpar -m M -o shutdown --id 3 --immed --restart",
        "chsysstate -r sys -m M -o on",
        "chsysstate -r sys -m M -o onstandby",
        "chsysstate -r sys -m M -o off",
        "chsysstate -r sys -m M -o off --immed --restart",
    ];
    for (sent, expected) in sent.iter().zip(expected) {
        assert_eq!(*sent, expected.replace('M', "'9117-MMA*10F6F3D'"));
    }
}

#[test]
fn a_profile_name_stays_one_word() {
    let profile = "it's $(touch x)".to_owned();
    let change = LparChange::On {
        boot: Boot::Normal,
        profile,
    };
    let command = change_lpar(&system(), 3, &change).command;
    assert!(command.to_shell().ends_with(r"-f 'it'\''s $(touch x)'"));
}

#[test]
fn frames_and_cages_are_read() {
    let found = answer(
        &frames(),
        "9458-100,99201WM,Frame-9458-100-SN99201WM,1,10.0.0.1,10.0.0.2\n",
    );
    assert_eq!(found[0].mtms.to_string(), "9458-100*99201WM");
    assert_eq!(
        (found[0].name.as_str(), found[0].number.as_str()),
        ("Frame-9458-100-SN99201WM", "1")
    );
    let found = answer(&cages(&found[0].mtms), "5,9117-MMA*10F6F3D\n6,null\n");
    assert_eq!(found[0].holds, Some(system()));
    assert_eq!(found[1].holds, None);
}

#[test]
fn nothing_found_is_an_empty_list_in_any_language() {
    for text in [capture!("empty-english"), capture!("empty-polish"), ""] {
        assert_eq!(answer(&frames(), text), []);
        assert_eq!(answer(&lpars(&system()), text), []);
        assert_eq!(answer(&connections(), text), []);
    }
}

#[test]
fn systems_are_read_with_and_without_connection() {
    let text = "Server-9117-MMA-SN10F6F3D,9117-MMA,10F6F3D,10.0.0.5,Operating\n\
                192.168.200.39,9131-52A,6535CCG,192.168.200.39,No Connection\n\
                192.168.200.40,unavailable,unavailable,192.168.200.40,Pending Authentication\n";
    let found = answer(&systems(), text);
    assert_eq!(found[0].mtms, Some(system()));
    assert_eq!(
        (found[1].name.as_str(), found[1].state.as_str()),
        ("192.168.200.39", "No Connection")
    );
    assert_eq!(found[2].mtms, None);
    assert_eq!(
        answer(&system_state(&system()), "sys-R1,Power Off\n"),
        "Power Off"
    );
}

#[test]
fn lpars_are_read_whatever_their_names() {
    let text = "\"a,b \"\"c\"\" $(touch x)\",7,p,none\nnone,8,default,\nlpar01,2,normal,last*valid*configuration\n";
    let found = answer(&lpars(&system()), text);
    assert_eq!(found[0].name, "a,b \"c\" $(touch x)");
    assert_eq!(
        (
            found[0].default_profile.as_deref(),
            found[0].current_profile.as_deref()
        ),
        (Some("p"), None)
    );
    assert_eq!((found[1].name.as_str(), found[1].id), ("none", 8));
    assert_eq!(found[2].current_profile, None);
    let found = answer(&lpar_states(&system()), "lpar01,2,Not Activated\r\n");
    assert_eq!(
        found[0],
        LparState {
            name: "lpar01".to_owned(),
            id: 2,
            state: "Not Activated".to_owned()
        }
    );
}

#[test]
fn connections_are_read() {
    let found = answer(&connections(), capture!("sysconn-states-v5-to-v8"));
    assert_eq!(found.len(), 14);
    assert_eq!(found[1].side.as_deref(), Some("primary"));
    assert_eq!(
        found[1].error.as_deref(),
        Some("Incorrect password 0802-0001-00000026")
    );
    assert_eq!(found[4].error, None);
    assert_eq!(
        (found[6].mtms.as_ref(), found[6].address.as_str()),
        (None, "128.200.91.5")
    );
    assert_eq!(
        (found[8].kind.as_str(), found[8].side.as_deref()),
        ("frame", Some("b"))
    );
    let ebmc = answer(&connections(), capture!("sysconn-ebmc"));
    assert_eq!(ebmc[1].state, "Connected");
}

#[test]
fn machines_and_levels_are_read() {
    assert_eq!(
        answer(&vpd(), capture!("lshmc-vpd-v7-hardware")).serial,
        "1017E6B"
    );
    assert_eq!(
        answer(&level(), capture!("lshmc-version-v10-fixes")).version,
        10
    );
}

#[test]
fn refusals_keep_their_code() {
    let error = after(&frames(), 1, capture!("error-v10-no-frames")).unwrap_err();
    let Error::Refused { refusal, .. } = &error else {
        panic!("{error}");
    };
    assert_eq!((refusal.code.as_deref(), refusal.status), (None, 1));
    let error = after(&lpars(&system()), 1, capture!("error-unknown-lpar")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "HSCL8012 The partition named zz-no-such-lpar was not found. Please check your entry and retry the command."
    );
    let silent = change_lpar(&system(), 1, &LparChange::Off);
    assert!(after(&silent, 0, "").is_ok());
    assert!(after(&silent, 0, capture!("error-npiv-polish")).is_err());
    assert!(after(&silent, 1, capture!("error-not-operating")).is_err());
}

#[test]
fn garbage_is_told_apart_from_answers() {
    let garbled = |text: &str| after(&systems(), 0, text).unwrap_err().to_string();
    let start = "hmc01 answered lssyscfg with something that cannot be read: ";
    for text in [
        "\u{fffd}\u{1}\u{2}\n",
        "Segmentation fault\n",
        "a,b!,c,d,e\n",
        "\"a,b\n",
        "<html>\n<body>\n",
    ] {
        assert!(garbled(text).starts_with(start), "{}", garbled(text));
    }
    assert_eq!(
        garbled("a,b,c\n"),
        format!("{start}line 1: 3 values where 5 were asked for")
    );
    let error = after(&vpd(), 0, "").unwrap_err();
    assert!(
        error.to_string().ends_with("it does not name a machine"),
        "{error}"
    );
    let error = after(&lpars(&system()), 0, "a,x,p,p\n").unwrap_err();
    assert!(
        error.to_string().ends_with("\"x\" is no lpar_id"),
        "{error}"
    );
}
