//! Partitions and profiles made, changed and removed, and dynamic partitioning.

use simsite::Config;

use crate::client::{Place, out, refused};

const CEC: &str = "9117-MMA*10F6F3D";
const P9: &str = "9009-42A*785A3F1";

fn done(place: &Place, host: &str, line: &str) {
    let answer = place.run(host, line);
    assert_eq!(
        (answer.status, answer.out.as_str(), answer.err.as_str()),
        (0, "", ""),
        "{line}"
    );
}

#[test]
fn a_partition_is_made_configured_renamed_and_removed() {
    let place = Place::default_site();
    let make = format!(
        r#"mksyscfg -r lpar -m {CEC} -i "name=new01,lpar_id=20,profile_name=normal,lpar_env=aixlinux,shared_proc_pool_util_auth=1,min_mem=512,desired_mem=2048,max_mem=4096,proc_mode=shared,min_proc_units=0.1,desired_proc_units=0.2,max_proc_units=2.0,min_procs=1,desired_procs=2, max_procs=3,sharing_mode=uncap,uncap_weight=128,max_virtual_slots=20,\"virtual_eth_adapters=2/0/1//0/0,3/0/2//0/0\",virtual_scsi_adapters=4/client/1/vios1/30/1""#
    );
    done(&place, "hmc01", &make);
    let list = |fields: &str| {
        let line = format!("lssyscfg -r lpar -m {CEC} --filter lpar_ids=20 -F {fields}");
        out(&place, "hmc01", &line)
    };
    assert_eq!(
        list("name,state,curr_profile,default_profile,shared_proc_pool_util_auth"),
        "new01,Not Activated,,normal,1\n"
    );
    let eth = format!(
        "lshwres -r virtualio --rsubtype eth --level lpar -m {CEC} --filter lpar_ids=20 -F slot_num,port_vlan_id,vswitch,is_trunk"
    );
    // Nothing is configured before a profile is applied.
    assert_eq!(out(&place, "hmc01", &eth), "No results were found.\n");
    done(
        &place,
        "hmc01",
        &format!("chsysstate -r lpar -m {CEC} -o on -f normal --id 20"),
    );
    assert_eq!(
        out(&place, "hmc01", &eth),
        "2,1,ETHERNET0,0\n3,2,ETHERNET0,0\n"
    );
    let mem =
        format!("lshwres -r mem --level lpar -m {CEC} --filter lpar_ids=20 -F curr_mem,run_mem");
    assert_eq!(out(&place, "hmc01", &mem), "2048,2048\n");
    refused(
        &place,
        "hmc01",
        &[(&format!("rmsyscfg -r lpar -m {CEC} -n new01"), "HSCL05EA ")],
    );
    done(
        &place,
        "hmc01",
        &format!("chsysstate -r lpar -m {CEC} -o shutdown --immed --id 20"),
    );
    place.until("it is off", |site| {
        site.state()["Server-9117-MMA-SN10F6F3D/new01"] == "Not Activated"
    });
    done(
        &place,
        "hmc01",
        &format!("chsyscfg -r lpar -m {CEC} -i \"name=new01,new_name=renamed\""),
    );
    assert_eq!(list("name"), "renamed\n");
    done(
        &place,
        "hmc01",
        &format!("rmsyscfg -r lpar -m {CEC} --id 20"),
    );
    refused(
        &place,
        "hmc01",
        &[(&format!("rmsyscfg -r lpar -m {CEC} --id 20"), "HSCL8011 ")],
    );
}

#[test]
fn a_partition_of_memory_alone_has_one_processor() {
    let place = Place::default_site();
    let make = format!(
        "mksyscfg -r lpar -m {P9} -i \"name=small,profile_name=default_profile,lpar_env=aixlinux,min_mem=512,desired_mem=512,max_mem=1024\""
    );
    done(&place, "hmc02", &make);
    let list = format!(
        "lssyscfg -r prof -m {P9} --filter lpar_names=small,profile_names=default_profile -F proc_mode,min_procs,desired_procs,max_procs,sharing_mode,max_virtual_slots,desired_proc_units"
    );
    assert_eq!(
        out(&place, "hmc02", &list),
        "ded,1,1,1,share_idle_procs,6,null\n"
    );
    let id = format!("lssyscfg -r lpar -m {P9} --filter lpar_names=small -F lpar_id");
    assert_eq!(out(&place, "hmc02", &id), "7\n");
}

#[test]
fn what_a_new_partition_must_have() {
    let place = Place::default_site();
    let make = |data: &str| format!("mksyscfg -r lpar -m {CEC} -i {data}");
    let with = |rest: &str| {
        make(&format!(
            "\"name=n,profile_name=p,lpar_env=aixlinux,min_mem=512,desired_mem=1024,max_mem=2048{rest}\""
        ))
    };
    let shared = ",proc_mode=shared,min_procs=1,desired_procs=1,max_procs=2,min_proc_units=0.1,desired_proc_units=0.5,max_proc_units=1.0";
    let cases = [
        (
            make(
                "\"name=n,profile_name=p,lpar_env=aixlinux,min_mem=512,desired_mem=256,max_mem=1024\"",
            ),
            "HSCL0617 ",
        ),
        (
            make("\"name=n,profile_name=p,lpar_env=aixlinux,min_mem=512,max_mem=1024\""),
            "is desired_mem.",
        ),
        (
            make("\"name=n,lpar_env=aixlinux,min_mem=512,desired_mem=512,max_mem=1024\""),
            "is profile_name.",
        ),
        (
            make(
                "\"name=node01,profile_name=p,lpar_env=aixlinux,min_mem=512,desired_mem=512,max_mem=1024\"",
            ),
            "HSCL05DE A partition in the managed system already uses the name ",
        ),
        (with(",lpar_id=9"), "HSCL05DF "),
        (with(",bogus=1"), "The invalid attribute is bogus."),
        (with(",min_procs=1"), "is desired_procs."),
        (
            with(",proc_mode=shared,min_procs=1,desired_procs=1,max_procs=2"),
            "is min_proc_units.",
        ),
        (
            with(&format!("{shared},sharing_mode=uncapped")),
            "HSCL0622 The value uncapped ",
        ),
        (with(&format!("{shared},boot_mode=fast")), "HSCL0622 "),
        (
            with(&shared.replace("max_proc_units=1.0", "max_proc_units=4.0")),
            "HSCL0622 ",
        ),
        (
            with(&format!(
                "{shared},max_virtual_slots=3,virtual_scsi_adapters=4/client/1/vios1/3/1"
            )),
            "HSCL0622 ",
        ),
        (
            with(",virtual_eth_adapters=2/0/1//0/0,3/0/2//0/0"),
            "invalid value are -i.",
        ),
        (make("min_mem"), "invalid value are -i."),
        (
            format!("mksyscfg -r lpar -m {CEC}"),
            "invalid value are -i or -f.",
        ),
        (
            format!("mksyscfg -r lpar -m {CEC} -f data"),
            "The file data was not found.",
        ),
        (
            format!("mksyscfg -r node -m {CEC} -i name=x"),
            "invalid value are -r.",
        ),
    ];
    let cases: Vec<(&str, &str)> = cases
        .iter()
        .map(|(line, text)| (line.as_str(), *text))
        .collect();
    refused(&place, "hmc01", &cases);
    let list = format!("lssyscfg -r lpar -m {CEC} -F name");
    assert!(!out(&place, "hmc01", &list).lines().any(|name| name == "n"));
}

#[test]
fn profiles_are_changed_by_attribute_and_by_list() {
    let place = Place::default_site();
    let change = |data: &str| format!("chsyscfg -r prof -m {CEC} -i {data}");
    let show = |name: &str, fields: &str| {
        let filter = format!("lpar_ids=3,profile_names={name}");
        out(
            &place,
            "hmc01",
            &format!("lssyscfg -r prof -m {CEC} --filter {filter} -F {fields}"),
        )
    };
    done(
        &place,
        "hmc01",
        &change("name=normal,lpar_id=3,desired_mem=4096,min_mem=512"),
    );
    assert_eq!(
        show("normal", "min_mem,desired_mem,max_mem"),
        "512,4096,16384\n"
    );
    done(
        &place,
        "hmc01",
        &change("\"name=normal,lpar_name=node03,io_slots+=21010202/none/0\""),
    );
    assert_eq!(show("normal", "io_slots"), "21010202/none/0\n");
    done(
        &place,
        "hmc01",
        &change("\"name=normal,lpar_id=3,io_slots-=21010202//\""),
    );
    assert_eq!(show("normal", "io_slots"), "none\n");
    // What a listing prints is accepted back, quoted as it is.
    let row = out(
        &place,
        "hmc01",
        &format!("lssyscfg -r prof -m {CEC} --filter lpar_ids=3"),
    );
    let data = row
        .trim_end()
        .replace(",lpar_env=aixlinux", "")
        .replace('"', "\\\"");
    let whole = change(&format!("\"{data}\""));
    refused(&place, "hmc01", &[(&whole, "HSCL0622 The value null ")]);
    let data = data.replace(",electronic_err_reporting=null", "");
    done(&place, "hmc01", &change(&format!("\"{data}\"")));
    done(
        &place,
        "hmc01",
        &format!("mksyscfg -r prof -m {CEC} -o save -p node03 -n saved"),
    );
    let copy = data.replace("name=normal,", "name=copy,");
    done(
        &place,
        "hmc01",
        &format!("mksyscfg -r prof -m {CEC} -i \"{copy}\""),
    );
    assert_eq!(show("copy", "name,desired_mem"), "copy,4096\n");
    // The current configuration is still that of before the change.
    assert_eq!(show("saved", "desired_mem"), "8192\n");
    done(
        &place,
        "hmc01",
        &format!("chsyscfg -r lpar -m {CEC} -i name=node03,default_profile=copy"),
    );
    done(
        &place,
        "hmc01",
        &format!("rmsyscfg -r prof -m {CEC} -n saved -p node03"),
    );
    refused(
        &place,
        "hmc01",
        &[
            (
                &change("name=normal,lpar_id=3,desired_mem=100000"),
                "HSCL0617 ",
            ),
            (
                &change("name=ghost,lpar_id=3,desired_mem=1024"),
                "HSCL800F ",
            ),
            (
                &change("name=normal,lpar_id=33,desired_mem=1024"),
                "HSCL8011 ",
            ),
            (
                &change("name=normal,lpar_id=3,lpar_name=node04,desired_mem=1024"),
                "HSCL0622 ",
            ),
            (
                &change("name=normal,desired_mem=1024"),
                "is lpar_name or lpar_id.",
            ),
            (
                &change("name=normal,lpar_id=3,lpar_env=vioserver"),
                "The invalid attribute is lpar_env.",
            ),
            (
                &change("name=normal,lpar_id=3,desired_mem+=1"),
                "The invalid attribute is desired_mem.",
            ),
            (
                &format!("rmsyscfg -r prof -m {CEC} -n copy -p node03"),
                "HSCL0613 ",
            ),
            (
                &format!("mksyscfg -r prof -m {CEC} -o save -p node03 -n normal"),
                "HSCL0610 ",
            ),
            (
                &format!("mksyscfg -r prof -m {CEC} -o save -p node04 -n x"),
                "HSCL3680 ",
            ),
        ],
    );
}

#[test]
fn attributes_of_partitions_and_systems() {
    let place = Place::default_site();
    let change = |data: &str| format!("chsyscfg -r lpar -m {P9} -i {data}");
    done(
        &place,
        "hmc02",
        &change("\"name=app03, secure_boot=2,description=the third\""),
    );
    let list = format!(
        "lssyscfg -r lpar -m {P9} --filter lpar_names=app03 -F curr_secure_boot,pend_secure_boot,description"
    );
    assert_eq!(out(&place, "hmc02", &list), "0,2,the third\n");
    done(
        &place,
        "hmc02",
        &format!("chsyscfg -r sys -m {P9} -i service_lpar_id=2"),
    );
    let list = format!("lssyscfg -r sys -m {P9} -F service_lpar_id");
    assert_eq!(out(&place, "hmc02", &list), "2\n");
    done(
        &place,
        "hmc02",
        &format!("chsyscfg -r sys -m {P9} -i new_name=renamed"),
    );
    assert_eq!(
        out(
            &place,
            "hmc02",
            "lssyscfg -r lpar -m renamed --filter lpar_ids=2 -F name"
        ),
        "db01\n"
    );
    done(
        &place,
        "hmc01",
        "chsyscfg -r frame -e 9458-100*99201WM -i frame_num=5",
    );
    assert_eq!(
        out(
            &place,
            "hmc01",
            "lssyscfg -r frame -e 9458-100*99201WM -F frame_num"
        ),
        "5\n"
    );
    refused(
        &place,
        "hmc02",
        &[
            (
                &change("name=app03,state=Running"),
                "The invalid attribute is state.",
            ),
            (&change("name=app03,new_name=app02"), "HSCL05DE "),
            (&change("name=app03,default_profile=ghost"), "HSCL800F "),
            (&change("name=app03,msp=2"), "HSCL0622 "),
            (&change("\"name=app03,description=größer\""), "HSCLC63B "),
            (&change("name=ghost,msp=1"), "HSCL8012 "),
            (&change("msp=1"), "is name or lpar_id."),
            (
                &format!("chsyscfg -r sys -m {P9} -i state=Standby"),
                "The invalid attribute is state.",
            ),
            (
                "chsyscfg -r frame -e 9458-100*99201WM -i frame_num=5",
                "invalid value are -r.",
            ),
        ],
    );
    place.site.set_state("p9-42a-1", "Power Off").unwrap();
    refused(
        &place,
        "hmc02",
        &[(&change("name=app03,msp=1"), "HSCL0238 ")],
    );
}

#[test]
fn dynamic_partitioning_needs_rmc_and_room() {
    let place = Place::default_site();
    let mem = format!(
        "lshwres -r mem --level lpar -m {P9} --filter lpar_names=db01 -F curr_mem,pend_mem,run_mem"
    );
    done(
        &place,
        "hmc02",
        &format!("chhwres -r mem -m {P9} -o a -p db01 -q 1024"),
    );
    assert_eq!(out(&place, "hmc02", &mem), "9216,9216,9216\n");
    done(
        &place,
        "hmc02",
        &format!("chhwres -r mem -m {P9} -o m -p db01 -t db02 -q 512"),
    );
    assert_eq!(out(&place, "hmc02", &mem), "8704,8704,8704\n");
    let procs = format!(
        "lshwres -r proc --level lpar -m {P9} --filter lpar_names=db01 -F curr_procs,curr_proc_units"
    );
    done(
        &place,
        "hmc02",
        &format!("chhwres -r proc -m {P9} -o a -p db01 --procs 1 --procunits 0.5"),
    );
    assert_eq!(out(&place, "hmc02", &procs), "3,0.8\n");
    // The profile follows only when it was asked to.
    let prof = format!("lssyscfg -r prof -m {P9} --filter lpar_names=db01 -F desired_mem");
    assert_eq!(out(&place, "hmc02", &prof), "8192\n");
    done(
        &place,
        "hmc02",
        &format!("chsyscfg -r lpar -m {P9} -i name=db01,sync_curr_profile=1"),
    );
    assert_eq!(out(&place, "hmc02", &prof), "8704\n");
    let eth = format!(
        "lshwres -r virtualio --rsubtype eth --level lpar -m {P9} --filter lpar_names=db01 -F slot_num,port_vlan_id"
    );
    done(
        &place,
        "hmc02",
        &format!("chhwres -r virtualio --rsubtype eth -m {P9} -o a -p db01 -s 5 -a port_vlan_id=7"),
    );
    assert_eq!(out(&place, "hmc02", &eth), "4,1\n5,7\n");
    done(
        &place,
        "hmc02",
        &format!("chhwres -r virtualio --rsubtype eth -m {P9} -o r -p db01 -s 5"),
    );
    refused(
        &place,
        "hmc02",
        &[
            (
                &format!("chhwres -r mem -m {P9} -o a -p db01 -q 999936"),
                "HSCL294C ",
            ),
            (
                &format!("chhwres -r mem -m {P9} -o a -p db01 -q 100"),
                "are -q.",
            ),
            (
                &format!("chhwres -r mem -m {P9} -o x -p db01 -q 128"),
                "are -o.",
            ),
            (
                &format!("chhwres -r mem -m {P9} -o a -q 128"),
                "are -p or --id.",
            ),
            (
                &format!("chhwres -r mem -m {P9} -o a -p app03 -q 128"),
                "HSCL3680 ",
            ),
            (
                &format!("chhwres -r proc -m {P9} -o a -p p9v1 --procunits 0.1"),
                "--procunits",
            ),
            (
                &format!("chhwres -r virtualio --rsubtype eth -m {P9} -o r -p db01 -s 9"),
                "HSCL294D ",
            ),
            (
                &format!(
                    "chhwres -r virtualio --rsubtype eth -m {P9} -o a -p db01 -s 4 -a port_vlan_id=7"
                ),
                "are -s.",
            ),
            (
                &format!("chhwres -r virtualio --rsubtype eth -m {P9} -o a -p db01 -a vswitch=X"),
                "is port_vlan_id.",
            ),
        ],
    );
    refused(
        &place,
        "hmc01",
        &[
            (
                "chhwres -r mem -m 9117-MMA*1001234 -o a --id 3 -q 256",
                "HSCL2957 ",
            ),
            (
                "chhwres -r io --rsubtype slot -m 9117-MMA*10F6F3D -o r -p node01 -l 21010200",
                "HSCL2929 ",
            ),
        ],
    );
    let slots =
        "lshwres -r io --rsubtype slot -m 9117-MMA*10F6F3D --filter lpar_names=node01 -F drc_index";
    done(
        &place,
        "hmc01",
        "chhwres -r io --rsubtype slot -m 9117-MMA*10F6F3D -o a -p node01 -l 21010202",
    );
    assert_eq!(out(&place, "hmc01", slots), "21010202\n");
    let slot = "chhwres -r io --rsubtype slot -m 9117-MMA*10F6F3D";
    refused(
        &place,
        "hmc01",
        &[
            (&format!("{slot} -o a -p node01 -l 21010200"), "HSCL2928 "),
            (&format!("{slot} -o a -p node01 -l 21019999"), "HSCL2931 "),
            (
                &format!("{slot} -o m -p node01 -t node01 -l 21010202"),
                "or --tid.",
            ),
            (
                &format!("{slot} -o m -p vios1 -t lpar05 -l 21010200"),
                "HSCL2957 ",
            ),
            (&format!("{slot} -o s -p node01 -l 21010202"), "are -o."),
        ],
    );
    done(
        &place,
        "hmc01",
        &format!("{slot} -o m -p vios1 -t node01 -l 21010200"),
    );
    assert_eq!(out(&place, "hmc01", slots), "21010200\n21010202\n");
}

#[test]
fn a_required_slot_stays_where_it_is() {
    let mut config = Config::default_site();
    let attrs = &mut config.cec[0].lpar[0].profile[0].attrs;
    attrs.insert("io_slots".into(), "21010200/none/1,21010201/none/0".into());
    let place = Place::new(config);
    let slot = "chhwres -r io --rsubtype slot -m 9117-MMA*10F6F3D";
    refused(
        &place,
        "hmc01",
        &[
            (&format!("{slot} -o r -p vios1 -l 21010200"), "HSCL2929 "),
            (
                &format!("{slot} -o m -p vios1 -t node01 -l 21010200"),
                "HSCL2930 ",
            ),
        ],
    );
    done(
        &place,
        "hmc01",
        &format!("{slot} -o r -p vios1 -l 21010201"),
    );
}

/// What an old management suite makes of a listed profile to build another partition from it:
/// some attributes are left out, quotes are escaped, names are exchanged.
fn as_new(row: &str, name: &str, id: u32) -> String {
    let mut data = row.trim_end().to_owned();
    for gone in [
        ",\"virtual_serial_adapters=0/server/1/any//any/1,1/server/1/any//any/1\"",
        ",electronic_err_reporting=null",
        ",shared_proc_pool_id=0",
        ",lpar_proc_compat_mode=default",
    ] {
        data = data.replace(gone, "");
    }
    let (profile, rest) = data.split_once(",lpar_name=").unwrap();
    let (_, rest) = rest.split_once(",lpar_id=").unwrap();
    let (_, rest) = rest.split_once(',').unwrap();
    let profile = profile.replace("name=", "profile_name=");
    format!("{profile},name={name},lpar_id={id},{rest}").replace('"', "\\\"")
}

#[test]
fn a_listed_profile_makes_another_partition() {
    let place = Place::default_site();
    for (host, system, id) in [("hmc01", CEC, 3), ("hmc02", P9, 2), ("hmc02", P9, 1)] {
        let list = format!("lssyscfg -r prof -m {system} --filter lpar_ids={id}");
        let data = as_new(&out(&place, host, &list), "another", 40);
        done(
            &place,
            host,
            &format!("mksyscfg -r lpar -m {system} -i \"{data}\""),
        );
        done(
            &place,
            host,
            &format!("rmsyscfg -r lpar -m {system} --id 40"),
        );
    }
}

#[test]
fn a_busy_console_lists_and_opens_terminals_but_changes_nothing() {
    let place = Place::default_site();
    place.site.fault("hmc01", simsite::Fault::Busy);
    refused(
        &place,
        "hmc01",
        &[
            (
                &format!("chsysstate -r lpar -m {CEC} -o on --id 4 -f normal"),
                "HSCL3205 ",
            ),
            (&format!("rmsyscfg -r lpar -m {CEC} --id 4"), "HSCL3205 "),
        ],
    );
    out(&place, "hmc01", &format!("rmvterm -m {CEC} --id 4"));
    let slots =
        format!("lshwres -r virtualio --rsubtype slot --level slot -m {CEC} --filter lpar_ids=4");
    assert_eq!(
        out(&place, "hmc01", &slots).lines().last(),
        Some(
            "slot_num=4,lpar_name=node04,lpar_id=4,config=ethernet,state=0,drc_name=U9117.MMA.10F6F3D-V4-C4"
        )
    );
    refused(
        &place,
        "hmc01",
        &[(&format!("lshwres -r mempool -m {CEC}"), "HSCLA4A0 ")],
    );
}
