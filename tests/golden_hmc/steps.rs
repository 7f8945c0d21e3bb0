//! The captures in the order in which they are played, and what comes before.

use simsite::{Fault, Site};

/// What is printed where xCAT is not followed.
#[derive(Clone, Copy)]
pub struct Here {
    pub out: &'static str,
    /// How standard error begins.
    pub err: &'static str,
    pub code: i32,
}

/// A capture and how it is compared.
#[derive(Clone, Copy)]
pub struct Step {
    pub capture: &'static str,
    /// What is typed before, without being looked at.
    pub before: &'static str,
    /// What is done to the site before.
    pub site: fn(&Site),
    /// What is typed, where the capture does not say it.
    pub line: &'static str,
    /// What that HMC said, and what the simulated one says.
    pub pairs: &'static [(&'static str, &'static str)],
    /// Where xCAT is not followed in a detail: what it printed, and what is.
    pub unlike: &'static [(&'static str, &'static str)],
    /// Where xCAT is not followed.
    pub here: Option<Here>,
    /// A warning that xCAT does not give.
    pub warns: &'static str,
}

const fn same(capture: &'static str) -> Step {
    Step {
        capture,
        before: "",
        site: |_| (),
        line: "",
        pairs: &[],
        unlike: &[],
        here: None,
        warns: "",
    }
}

const fn after(before: &'static str, capture: &'static str) -> Step {
    Step {
        before,
        ..same(capture)
    }
}

const fn other(capture: &'static str, out: &'static str, err: &'static str, code: i32) -> Step {
    Step {
        here: Some(Here { out, err, code }),
        ..same(capture)
    }
}

/// After something went wrong on the site.
const fn when(site: fn(&Site), capture: &'static str) -> Step {
    Step {
        site,
        ..same(capture)
    }
}

pub const HMC: &str = "mkdef -t node -o hmc01 groups=hmc,all nodetype=ppc hwtype=hmc mgt=hmc \
    ip=10.0.0.10 username=hscroot password=abc123 && chtab key=ppcretry site.value=1";

const NETWORK: &str = "chtab key=master site.value=10.0.0.1 && \
    chtab netname=net1 networks.net=10.0.0.0 networks.mask=255.255.255.0 && \
    for i in 1 2 3 4; do nodech lpar0$i hosts.ip=10.0.0.10$i nodetype.os=AIX || exit; done";

/// The defaults that an installed xCAT writes.
const DEFAULTS: &str = "chtab node=xcatdefaults postscripts.postscripts=syslog,remoteshell,syncfiles \
     postscripts.postbootscripts=otherpkgs";

const DUMP: &str = "for t in nodelist ppc ppchcp vpd nodehm nodetype nodepos hosts; \
    do echo \"== $t\"; tabdump $t; done";

/// Attributes of profiles that the level of the simulated firmware has more.
const PROFILE: &[(&str, &str)] = &[
    (
        ",proc_mode=",
        ",mem_mode=ded,mem_expansion=0.0,hpt_ratio=1:64,proc_mode=",
    ),
    (
        ",hca_adapters=",
        ",vtpm_adapters=none,virtual_fc_adapters=none,hca_adapters=",
    ),
    (
        ",bsr_arrays=0",
        ",bsr_arrays=0,lhea_logical_ports=none,lhea_capabilities=none,lpar_proc_compat_mode=default,electronic_err_reporting=null",
    ),
    (
        "max_mem=8192,min_num_huge_pages=0,desired_num_huge_pages=0,max_num_huge_pages=0",
        "max_mem=8192",
    ),
];

/// The refusal of an LPAR that is on.
const ACTIVE: &[(&str, &str)] = &[(
    "HSCL036F The partition must be in Not Activated state. Shut down the partition and retry.",
    "HSCL05EA The partition must be in the Not Activated state to perform this operation.",
)];

/// The session on hardware as it is found.
pub const SESSION: &[Step] = &[
    after(HMC, "rscan"),
    same("rscan-x"),
    same("rscan-z"),
    same("aix-mn-rscan"),
    same("aix-mn-rscan-z"),
    same("rscan-noargs"),
    other(
        "rscan-badflag",
        "",
        "Error: unexpected argument '-q' found\n",
        1,
    ),
    same("rscan-nosuch"),
    same("rscan-w"),
    Step {
        before: DEFAULTS,
        line: "lsdef Frame-9458-100-SN99201WM,Server-9117-MMA-SN10F6F3D,lpar01,lpar02",
        ..same("lsdef-after-rscan-w")
    },
    Step {
        line: DUMP,
        unlike: &[(
            "\"hmc01\",\"hmc,all\",,,,,,\"0\"",
            "\"hmc01\",\"hmc,all\",,,,,,",
        )],
        ..same("tabdump-after-rscan-w")
    },
    other(
        "rscan-u",
        "#Updated following nodes:\ntype    name  id      type-model  serial-number  side\n",
        "",
        0,
    ),
    other(
        "rscan-bad",
        "",
        "lpar01: Error: Invalid node type: lpar; ",
        1,
    ),
    same("rpower-stat"),
    same("aix-mn-rpower-stat"),
    same("rpower-cec"),
    same("rpower-hmc"),
    same("rpower-noarg"),
    same("rpower-nosuch"),
    same("rpower-bad"),
    other(
        "rpower-frame",
        "Frame-9458-100-SN99200G1: Standby/Standby\nFrame-9458-100-SN99201WM: Standby/Standby\n",
        "",
        0,
    ),
    other(
        "rpower-state-cec",
        "Frame-9458-100-SN99200G1: Standby/Standby\nFrame-9458-100-SN99201WM: Standby/Standby\n\
         Server-9117-MMA-SN1001234: Operating\nServer-9117-MMA-SN10F6F3D: Operating\n",
        "",
        0,
    ),
    same("rinv-bus"),
    same("rinv-config"),
    same("rinv-firm"),
    same("rinv-model"),
    same("rinv-serial"),
    same("rvitals-power"),
    same("rvitals-temp"),
    same("rvitals-voltage"),
    Step {
        pairs: PROFILE,
        ..same("lsvm")
    },
    Step {
        pairs: PROFILE,
        ..same("lsvm-a")
    },
    Step {
        pairs: PROFILE,
        ..same("lsvm-cec")
    },
    other(
        "lshwconn",
        "Server-9117-MMA-SN10F6F3D(10.0.1.1): resource_type=sys,ipaddr=10.0.1.1,alt_ipaddr=unavailable,state=Connected\n",
        "",
        0,
    ),
    after(NETWORK, "rnetboot-nomac"),
    same("rnetboot-ondemand-f"),
    same("getmacs-d"),
    same("getmacs-F"),
    other(
        "aix-mn-getmacs-d",
        "lpar01:\n\
         #Type  Phys_Port_Loc  MAC_Address  Adapter  Port_Group  Phys_Port  Logical_Port  VLan  VSwitch  Curr_Conn_Speed\n\
         virtualio  N/A  7e:23:c0:00:12:04\n  N/A  N/A  N/A  N/A  1  ETHERNET0  N/A\n\
         hea        T6  00:14:5e:5f:20:23\n  23000000  1  N/A  2  N/A  N/A  1000\n",
        "",
        0,
    ),
    same("getmacs"),
    other(
        "aix-mn-getmacs",
        "lpar02:\n\
         #Type  Phys_Port_Loc  MAC_Address  Adapter  Port_Group  Phys_Port  Logical_Port  VLan  VSwitch  Curr_Conn_Speed\n\
         virtualio  N/A  7e:23:c0:00:13:04\n  N/A  N/A  N/A  N/A  1  ETHERNET0  N/A\n",
        "",
        0,
    ),
    same("getmacs-D-ondemand"),
    same("getmacs-D-ondemand-SGC"),
    same("aix-mn-getmacs-D-ondemand"),
    other(
        "getmacs-D-V-ondemand",
        "lpar01:\n# Type\t Location Code\t MAC Address\t Full Path Name\tPing Result\n\
         ent U9117.MMA.10F6F3D-V2-C4-T1 7e23c0001204 /vdevice/l-lan@30000004 successful\n",
        "hmc01: lssyscfg -r lpar -m '9117-MMA*10F6F3D'\n",
        0,
    ),
    other(
        "getmacs-D-console",
        "lpar02:\n# Type\t Location Code\t MAC Address\t Full Path Name\tPing Result\n\
         ent U9117.MMA.10F6F3D-V3-C4-T1 7e23c0001304 /vdevice/l-lan@30000004 successful\n",
        "",
        0,
    ),
    same("rnetboot-ondemand"),
    same("rnetboot-f-ondemand"),
    Step {
        warns: "Warning: an HMC boots an LPAR from the network once and sets no boot order: ",
        ..same("rnetboot-sf")
    },
    same("aix-mn-rnetboot-ondemand"),
    other(
        "rnetboot-V-ondemand",
        "lpar01: Success\n",
        "hmc01: lssyscfg -r lpar -m '9117-MMA*10F6F3D'\n",
        0,
    ),
    other("rnetboot-console", "lpar01: Success\n", "", 0),
    after("rpower lpar02 off", "rpower-on"),
    Step {
        pairs: ACTIVE,
        ..same("rpower-on-again")
    },
    Step {
        pairs: ACTIVE,
        ..same("rpower-sms")
    },
    same("rpower-off"),
    same("rpower-on-lpar02"),
    same("rpower-off-lpar02"),
    same("rpower-reset"),
    same("rpower-boot"),
    same("rpower-softoff"),
    Step {
        pairs: &[("CA00E1F1", "CA00E1DC")],
        ..after("rpower lpar01 of", "rvitals-lcds")
    },
    same("rvitals-state"),
    same("rpower-off-all"),
    same("rvitals-all"),
    same("rpower-of"),
];

/// On hardware whose `lpar01` was never active.
pub const NEVER_ACTIVE: &[Step] = &[same("rinv-all")];

/// With a password that is not that of the HMC.
pub const BAD_PASSWORD: &[Step] = &[Step {
    before: "chtab hcp=hmc01 ppchcp.password=wrong",
    ..other(
        "rpower-badpw",
        "",
        "lpar01: Error: hmc01 refused the login of hscroot: ",
        1,
    )
}];

/// Sets the state of the system of `lpar01`.
fn state(site: &Site, state: &str) {
    site.set_state("Server-9117-MMA-SN10F6F3D", state).unwrap();
}

/// With a node whose LPAR is not there, and hardware in trouble.
pub const FAULTS: &[Step] = &[
    same("lshwconn-hmc"),
    same("rvitals-lcds-cec"),
    Step {
        unlike: NO_LPAR,
        ..same("rpower-no-lpar")
    },
    Step {
        unlike: NO_LPAR,
        ..same("rvitals-no-lpar")
    },
    when(|site| state(site, "No Connection"), "rpower-no-connection"),
    same("rpower-no-connection-cec"),
    same("rpower-no-connection-on"),
    same("rinv-no-connection"),
    same("rvitals-no-connection"),
    same("getmacs-no-connection"),
    other(
        "rscan-no-connection",
        "type    name                       id      type-model  serial-number  side\n\
         cec     Server-9117-MMA-SN1001234  7       9117-MMA    1001234\n\
         cec     Server-9117-MMA-SN10F6F3D  5       9117-MMA    10F6F3D\n\
         frame   Frame-9458-100-SN99200G1   2       9458-100    99200G1\n\
         frame   Frame-9458-100-SN99201WM   1       9458-100    99201WM\n\
         hmc     hmc01                              7310-CR4    1017E6B\n\
         lpar    lpar03                     2       9117-MMA    1001234\n\
         lpar    lpar04                     3       9117-MMA    1001234\n\
         lpar    vios2                      1       9117-MMA    1001234\n",
        "hmc01: Error: the LPARs of 9117-MMA*10F6F3D, which is in state \"No Connection\", are not known: HSCL0237 ",
        1,
    ),
    when(
        |site| state(site, "Failed Authentication"),
        "rpower-failed-authentication",
    ),
    same("rpower-failed-authentication-on"),
    when(|site| state(site, "Standby"), "rpower-standby"),
    same("rpower-standby-on"),
    when(|site| state(site, "Power Off"), "rpower-power-off"),
    same("rpower-power-off-lpar"),
    same("rpower-power-off-on"),
    same("rvitals-power-off"),
    when(
        |site| {
            state(site, "Operating");
            site.fault("hmc01", Fault::Busy);
        },
        "rpower-busy",
    ),
    same("rpower-busy-stat"),
    when(
        |site| {
            site.heal("hmc01");
            site.fault("hmc01", Fault::NoAuthority);
        },
        "rpower-no-authority",
    ),
    same("rpower-no-authority-on"),
    same("rinv-no-authority"),
    same("getmacs-no-authority"),
    other(
        "rscan-no-authority",
        "",
        "hmc01: Error: HSCL350B The user does not have the appropriate authority\n",
        1,
    ),
];

const NO_LPAR: &[(&str, &str)] = &[(
    "Node not found",
    "Node not found: 9117-MMA*10F6F3D has no LPAR with id 77",
)];

pub const SESSIONS: [&[Step]; 4] = [SESSION, NEVER_ACTIVE, BAD_PASSWORD, FAULTS];
