//! One sound database, and one with everything wrong.

use super::*;
use crate::db::{Change, Db};
use crate::schema::table;

fn findings(fill: impl FnOnce(&dyn Fn(&str, &str, &[(&str, &str)]))) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let mut db = Db::open(folder.path()).unwrap();
    let change = db.change().unwrap();
    fill(&|name, key, values| put(&change, name, key, values));
    change.commit().unwrap();
    let found = run(&db.read().unwrap()).unwrap();
    found.iter().map(Finding::to_string).collect()
}

fn put(change: &Change<'_>, name: &str, key: &str, values: &[(&str, &str)]) {
    let table = table(name).unwrap();
    let mut row = vec![(0, key)];
    row.extend(values.iter().map(|(c, v)| (table.position(c).unwrap(), *v)));
    let row: Vec<_> = row.into_iter().map(|(c, v)| (c, Some(v))).collect();
    change.insert(table, &row).unwrap();
}

#[test]
fn a_sound_database_has_no_findings() {
    let found = findings(|put| {
        for node in ["n1", "n2", "hmc1", "sn1"] {
            put("nodelist", node, &[("groups", "lpar,all")]);
        }
        put("nodegroup", "lpar", &[("grouptype", "static")]);
        put(
            "nodegroup",
            "dyn",
            &[("grouptype", "dynamic"), ("wherevals", "mgt==hmc::node=~n")],
        );
        put("nodehm", "lpar", &[("mgt", "hmc")]);
        put("ppc", "lpar", &[("hcp", "hmc1")]);
        put("ppc", "n1", &[("id", "7"), ("parent", "hmc1")]);
        put("hosts", "lpar", &[("ip", r"|\D+(\d+)|10.0.0.($1)|")]);
        put(
            "hosts",
            "hmc1",
            &[("ip", "10.0.1.1"), ("hostnames", "hmc1-x mgt1")],
        );
        put("hosts", "sn1", &[("ip", "10.0.2.1")]);
        put(
            "noderes",
            "n1",
            &[("servicenode", "sn1"), ("xcatmaster", "sn1-eth1")],
        );
        put("noderes", "n2", &[("xcatmaster", "mgt1")]);
        put(
            "mac",
            "n1",
            &[("mac", "00:00:00:00:00:01!n1|00:00:00:00:00:02!n1-x")],
        );
        put("osimage", "aix73", &[]);
        put(
            "nodetype",
            "n1",
            &[("provmethod", "aix73"), ("profile", "compute")],
        );
        put(
            "nodetype",
            "n2",
            &[("provmethod", "install"), ("os", "AIX")],
        );
        put("postscripts", "xcatdefaults", &[("postscripts", "syslog")]);
    });
    assert_eq!(found, [""; 0]);
}

#[test]
fn everything_that_does_not_fit_is_found() {
    let found = findings(|put| {
        for node in ["n1", "n2", "n3"] {
            put("nodelist", node, &[("groups", "lpar")]);
        }
        put("nodegroup", "empty", &[("grouptype", "static")]);
        put(
            "nodegroup",
            "d1",
            &[("grouptype", "dynamic"), ("wherevals", "mgt")],
        );
        put(
            "nodegroup",
            "d2",
            &[("grouptype", "dynamic"), ("wherevals", "nosuch==1")],
        );
        put("nodegroup", "d3", &[("grouptype", "dynamic")]);
        put("nodegroup", "off", &[("disable", "1")]);
        put("nodehm", "gone", &[("mgt", "hmc")]);
        put("ppc", "gone", &[("id", "1")]);
        put("ppc", "lpar", &[("hcp", "hmc9")]);
        put("ppc", "n1", &[("id", "7")]);
        put("noderes", "n1", &[("servicenode", "n2,sn9")]);
        put(
            "noderes",
            "n2",
            &[("servicenode", "sn9"), ("xcatmaster", "mgt9")],
        );
        put("nodetype", "n1", &[("provmethod", "nosuch")]);
        put("nodetype", "n2", &[("profile", "old"), ("os", "AIX")]);
        put("hosts", "n1", &[("ip", "10.0.0.1")]);
        put("nics", "n2", &[("nicips", "en0!10.0.0.9|10.0.0.1")]);
        put("mac", "n1", &[("mac", "00:00:00:00:00:0A!n1")]);
        put("mac", "n3", &[("mac", "00-00-00-00-00-0a")]);
        put("nodehm", "n3", &[("mgt", "blade")]);
        put("nodehm", "lpar", &[("mgt", "fsp"), ("cons", "|(|x|")]);
    });
    for line in [
        "group d1: 'mgt' is no condition: write attr==value, or with !=, =~ or !~; change its wherevals",
        "group d2: its wherevals ask for 'nosuch', which is no attribute of nodes; change its wherevals",
        "group d3: it is dynamic and has no wherevals; set its wherevals",
        "group empty: it has no members; add some with chdef -p members=..., or remove it with rmdef",
        "node gone: there is no node or group of this name, but rows in nodehm, ppc; define it, or remove them with chtab -d node=gone TABLE",
        "group lpar: hcp=hmc9, but no node 'hmc9' is defined; define it with mkdef, or change hcp",
        "group lpar: cons=|(|x| cannot be computed; correct its pattern or the arithmetic in its parentheses",
        "node n[1-2]: servicenode=sn9, but no node 'sn9' is defined; define it with mkdef, or change servicenode",
        "node n2: xcatmaster=mgt9, but no node 'mgt9' is defined; define it with mkdef, or change xcatmaster",
        "node n1: provmethod=nosuch, but no osimage 'nosuch' is defined; define it with mkdef, or change provmethod",
        "node n2: profile=old, but no osimage 'old' is defined; define it with mkdef, or change profile",
        "node n[1-2]: they all have the ip address 10.0.0.1; give each its own",
        "node n[1,3]: they all have the mac address 00000000000a; give each its own",
    ] {
        assert!(found.iter().any(|f| f == line), "{line}\n{found:#?}");
    }
    assert_eq!(found.len(), 13, "{found:#?}");
}

#[test]
fn a_value_where_it_does_not_count_is_found() {
    let found = findings(|put| {
        for node in ["n1", "n2", "n3"] {
            put("nodelist", node, &[("groups", "all")]);
        }
        put("mp", "n1", &[("id", "3")]);
        put("nodehm", "n1", &[("mgt", "hmc")]);
        put("mp", "n2", &[("id", "3")]);
        put("nodehm", "n2", &[("mgt", "blade")]);
    });
    let want = "node n1: mp.id is set, which counts only with mgt=fsp or mgt=blade or mgt=ipmi; set that, or \
                empty it with nodech NODE mp.id=";
    assert_eq!(found, [want]);
}

#[test]
fn names_that_mean_something_else_are_found() {
    let found = findings(|put| {
        for node in ["-x", "a\nb", "n1", "Server-9117-MMA"] {
            put("nodelist", node, &[("groups", "all,g=1")]);
        }
    });
    let want = [
        "node -x: no noderange can name it; correct the name with tabedit nodelist",
        "node a\\nb: no noderange can name it; correct the name with tabedit nodelist",
        "group g=1: no noderange can name it; correct the name with tabedit nodelist",
    ];
    assert_eq!(found, want);
}

#[test]
fn parts_of_an_image_that_it_is_not_are_found() {
    let found = findings(|put| {
        for (image, kind) in [("l1", "linux"), ("a1", "NIM"), ("a2", "NIM")] {
            put("osimage", image, &[("imagetype", kind)]);
            put("linuximage", image, &[("template", "/t")]);
        }
        put("nimimage", "a1", &[("nimtype", "standalone")]);
        put("osimage", "old", &[]);
        put("nimimage", "old", &[("spot", "s")]);
        put("osimage", "off", &[("disable", "1")]);
        put("nimimage", "off", &[("spot", "s")]);
    });
    let mut want = [
        "osimage a1,a2: linuximage.template is set, which counts only with imagetype=linux; set that, or \
         empty it with chtab imagename=NAME linuximage.template=",
        "osimage old: nimimage.spot is set, which counts only with imagetype=NIM; set that, or empty it \
         with chtab imagename=NAME nimimage.spot=",
    ];
    want.sort_unstable();
    let mut found = found;
    found.sort();
    assert_eq!(found, want);
}

#[test]
fn a_value_of_a_group_counts_if_it_does_for_a_member() {
    let found = findings(|put| {
        for (node, mgt) in [("n1", "hmc"), ("n2", "blade"), ("n3", "hmc")] {
            let groups = if node == "n3" { "bad" } else { "good,shown" };
            put("nodelist", node, &[("groups", groups)]);
            put("nodehm", node, &[("mgt", mgt)]);
        }
        for group in ["good", "shown", "bad"] {
            put("mp", group, &[("id", "3")]);
            put("nodegroup", group, &[("grouptype", "static")]);
        }
        put("nodehm", "shown", &[("mgt", "blade")]);
    });
    let want = "group bad: mp.id is set, which counts only with mgt=fsp or mgt=blade or mgt=ipmi; set that, or \
                empty it with chtab node=NAME mp.id=";
    assert_eq!(found, [want]);
}
