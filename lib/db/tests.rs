//! The database as its callers see it.

use std::ops::ControlFlow;

use super::*;
use crate::schema::{Table, object_type, table};

fn fresh() -> (tempfile::TempDir, Db) {
    let folder = tempfile::tempdir().unwrap();
    let db = Db::open(&folder.path().join("db")).unwrap();
    (folder, db)
}

fn put(change: &Change<'_>, name: &'static str, node: &str, values: &[(&str, &str)]) {
    let table: &'static Table = table(name).unwrap();
    let values: Vec<_> = values
        .iter()
        .map(|(c, v)| (table.position(c).unwrap(), Some(*v)))
        .collect();
    change.set(table, &[(0, node)], &values).unwrap();
}

/// `node: attr=value(source) …` for each node.
fn listing(db: &Db, names: Names<'_>, attributes: &[&str]) -> Vec<String> {
    let node = object_type("node").unwrap();
    let places: Vec<Place> = attributes
        .iter()
        .map(|a| node.places(a).next().unwrap().into())
        .collect();
    let mut lines = Vec::new();
    db.read()
        .unwrap()
        .node_values(names, &places, Reading::Inherited, |row| {
            let mut line = format!("{}:", row.name);
            for (number, attribute) in attributes.iter().enumerate() {
                if let Some(value) = row.get(number) {
                    let from = match value.source {
                        Source::Own => "own",
                        Source::Group(group) => group,
                    };
                    line.push_str(&format!(" {attribute}={}({from})", value.text));
                }
            }
            let with_value = (0..attributes.len()).filter(|&number| row.get(number).is_some());
            let mut present: Vec<usize> = row.present().collect();
            present.sort_unstable();
            assert_eq!(present, with_value.collect::<Vec<_>>());
            lines.push(line);
            Ok::<_, Error>(())
        })
        .unwrap();
    lines
}

#[test]
fn the_folder_and_the_file_are_private() {
    use std::os::unix::fs::PermissionsExt;
    let (folder, db) = fresh();
    let mode = |p: &Path| std::fs::metadata(p).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&folder.path().join("db")), 0o700);
    assert_eq!(mode(db.path()), 0o600);
}

#[test]
fn a_change_that_is_not_committed_never_happened() {
    let (_folder, mut db) = fresh();
    let change = db.change().unwrap();
    put(&change, "nodelist", "n1", &[("groups", "all")]);
    drop(change);
    assert!(listing(&db, Names::All, &["groups"]).is_empty());
    let change = db.change().unwrap();
    put(&change, "nodelist", "n1", &[("groups", "all")]);
    change.commit().unwrap();
    assert_eq!(
        listing(&db, Names::All, &["groups"]),
        ["n1: groups=all(own)"]
    );
}

#[test]
fn groups_give_what_a_node_lacks_in_the_nodes_own_order() {
    let (_folder, mut db) = fresh();
    let change = db.change().unwrap();
    put(&change, "nodelist", "n1", &[("groups", "a,b")]);
    put(&change, "nodelist", "n2", &[("groups", "b,a")]);
    put(&change, "nodelist", "n3", &[("groups", "b")]);
    put(&change, "nodehm", "a", &[("mgt", "hmc"), ("cons", "hmc")]);
    put(&change, "nodehm", "b", &[("mgt", "ivm")]);
    put(&change, "nodehm", "n3", &[("mgt", "fsp")]);
    change.commit().unwrap();
    let want = [
        "n1: mgt=hmc(a) cons=hmc(a)",
        "n2: mgt=ivm(b) cons=hmc(a)",
        "n3: mgt=fsp(own)",
    ];
    assert_eq!(listing(&db, Names::All, &["mgt", "cons"]), want);
    let some = ["n3".to_string(), "n1".to_string(), "nosuch".to_string()];
    let want = ["n1: mgt=hmc(a) cons=hmc(a)", "n3: mgt=fsp(own)", "nosuch:"];
    assert_eq!(listing(&db, Names::These(&some), &["mgt", "cons"]), want);
}

#[test]
fn many_names_are_read_like_few() {
    let (_folder, mut db) = fresh();
    let change = db.change().unwrap();
    let names: Vec<String> = (0..3000).map(|i| format!("n{i}")).collect();
    for name in &names {
        put(&change, "nodelist", name, &[("groups", "g")]);
        put(&change, "ppc", name, &[("id", name)]);
    }
    change.commit().unwrap();
    let all = listing(&db, Names::These(&names), &["id"]);
    assert_eq!(all.len(), 3000);
    assert_eq!(all[..100], listing(&db, Names::All, &["id"])[..100]);
}

#[test]
fn an_empty_value_is_no_value_and_a_disabled_row_gives_none() {
    let (_folder, mut db) = fresh();
    let change = db.change().unwrap();
    put(&change, "nodelist", "n1", &[("groups", "g")]);
    put(&change, "nodehm", "n1", &[("mgt", "hmc"), ("cons", "")]);
    put(&change, "nodehm", "g", &[("cons", "x")]);
    put(&change, "ppc", "n1", &[("id", "7"), ("disable", "1")]);
    change.commit().unwrap();
    assert_eq!(
        listing(&db, Names::All, &["mgt", "cons", "id"]),
        ["n1: mgt=hmc(own) cons=x(g)"]
    );
}

#[test]
fn a_newer_layout_and_a_foreign_file_are_refused() {
    let (_folder, db) = fresh();
    let folder = db.path().parent().unwrap().to_owned();
    db.connection
        .pragma_update(None, "user_version", 99)
        .unwrap();
    drop(db);
    assert!(matches!(
        Db::open(&folder),
        Err(Error::Newer { found: 99, .. })
    ));
    std::fs::write(
        folder.join(FILE),
        "this is no database, it is some text".repeat(30),
    )
    .unwrap();
    let error = Db::open(&folder).unwrap_err();
    assert!(
        error
            .to_string()
            .ends_with("xcat.sqlite is not an xCAT node database"),
        "{error}"
    );
}

#[test]
fn writers_wait_for_one_another() {
    let (_folder, db) = fresh();
    let folder = db.path().parent().unwrap().to_owned();
    std::thread::scope(|scope| {
        for writer in 0..8 {
            let folder = &folder;
            scope.spawn(move || {
                let mut db = Db::open(folder).unwrap();
                let change = db.change().unwrap();
                let nodelist = table("nodelist").unwrap();
                let old = change
                    .value(nodelist, 1, &[(0, "n1")])
                    .unwrap()
                    .unwrap_or_default();
                put(
                    &change,
                    "nodelist",
                    "n1",
                    &[("groups", &format!("{old},g{writer}"))],
                );
                change.commit().unwrap();
            });
        }
    });
    assert_eq!(
        listing(&db, Names::All, &["groups"])[0]
            .matches(",g")
            .count(),
        8
    );
}

#[test]
fn rows_of_a_table_come_in_the_order_of_its_key() {
    let (_folder, mut db) = fresh();
    let change = db.change().unwrap();
    for name in ["b", "a", "c"] {
        put(&change, "nodelist", name, &[("groups", "g")]);
    }
    let nodelist = table("nodelist").unwrap();
    assert_eq!(
        change
            .delete_among(nodelist, 0, &["c".into(), "x".into()])
            .unwrap(),
        1
    );
    let mut names = Vec::new();
    change
        .rows(nodelist, &[0], Rows::All, |row| {
            names.push(row.get(0).unwrap_or_default().to_owned());
            Ok::<_, Error>(())
        })
        .unwrap();
    assert_eq!(names, ["a", "b"]);
}

#[test]
fn a_row_can_be_set_by_a_name_that_is_not_its_key() {
    let (_folder, mut db) = fresh();
    let change = db.change().unwrap();
    let networks = table("networks").unwrap();
    let at = |column| networks.position(column).unwrap();
    let name = [(at("netname"), "net1")];
    for (net, gateway) in [("10.0.0.0", None), ("10.1.0.0", Some("10.1.0.1"))] {
        let values = [(at("net"), Some(net)), (at("mask"), Some("255.255.0.0"))];
        change.set(networks, &name, &values).unwrap();
        change
            .set(networks, &name, &[(at("gateway"), gateway)])
            .unwrap();
    }
    change.set(networks, &name, &[]).unwrap();
    let mut found = Vec::new();
    let columns = [at("netname"), at("net"), at("gateway")];
    change
        .rows(networks, &columns, Rows::All, |row| {
            found.push([0, 1, 2].map(|place| row.get(place).unwrap_or("-").to_owned()));
            Ok::<_, Error>(())
        })
        .unwrap();
    assert_eq!(found, [["net1", "10.1.0.0", "10.1.0.1"]]);
}

/// `kind table key column:old->new …` for each row that an entry changed.
fn story(db: &Db) -> Vec<String> {
    let snapshot = db.read().unwrap();
    let mut lines = Vec::new();
    snapshot
        .journal(0, |entry| {
            lines.push(format!("{} {}", entry.user, entry.command));
            snapshot.journal_rows(&entry, |row| {
                lines.push(told(&row));
                Ok::<_, Error>(())
            })?;
            Ok::<_, Error>(ControlFlow::Continue(()))
        })
        .unwrap();
    lines
}

fn told(row: &RowChange) -> String {
    let word = |told: &Told| match told {
        Told::Nothing => "-".to_string(),
        Told::Secret => "*".to_string(),
        Told::Text(text) => text.clone(),
    };
    let key: Vec<String> = row.key.iter().map(|k| word(&k.1)).collect();
    let cells = row.cells.iter().map(|c| {
        format!(
            " {}:{}->{}",
            row.table.columns[c.column].name,
            word(&c.old),
            word(&c.new)
        )
    });
    format!(
        "{:?} {} {}{}",
        row.kind,
        row.table.name,
        key.join("/"),
        cells.collect::<String>()
    )
}

#[test]
fn the_journal_tells_what_a_change_did() {
    let (_folder, mut db) = fresh();
    db.set_author(Author {
        user: "root".into(),
        command: "mkdef n1".into(),
    });
    let change = db.change().unwrap();
    put(
        &change,
        "nodelist",
        "n1",
        &[("groups", "all"), ("status", "")],
    );
    put(
        &change,
        "ppchcp",
        "n1",
        &[("username", "hscroot"), ("password", "abc123")],
    );
    change.commit().unwrap();
    db.set_author(Author {
        user: "root".into(),
        command: "chdef n1".into(),
    });
    let change = db.change().unwrap();
    put(
        &change,
        "nodelist",
        "n1",
        &[("groups", "all,lpar"), ("status", "")],
    );
    put(&change, "ppchcp", "n1", &[("password", "secret2")]);
    let mut seen = Vec::new();
    change
        .preview(|row| {
            seen.push(told(&row));
            Ok::<_, Error>(())
        })
        .unwrap();
    change.commit().unwrap();
    let changed = [
        "Changed nodelist n1 groups:all->all,lpar",
        "Changed ppchcp n1 password:*->*",
    ];
    assert_eq!(seen, changed);
    db.set_author(Author {
        user: "root".into(),
        command: "rmdef n1".into(),
    });
    let change = db.change().unwrap();
    assert_eq!(
        change
            .delete(table("nodelist").unwrap(), &[(0, "n1")])
            .unwrap(),
        1
    );
    change.commit().unwrap();
    let want = [
        "root rmdef n1",
        "Removed nodelist n1 groups:all,lpar->-",
        "root chdef n1",
        changed[0],
        changed[1],
        "root mkdef n1",
        "Added nodelist n1 groups:-->all",
        "Added ppchcp n1 username:-->hscroot password:-->*",
    ];
    assert_eq!(story(&db), want);
}

#[test]
fn what_is_already_so_is_no_change() {
    let (_folder, mut db) = fresh();
    for expected in [Some(1), None] {
        let change = db.change().unwrap();
        put(&change, "nodelist", "n1", &[("groups", "all")]);
        assert_eq!(change.commit().unwrap(), expected);
    }
}

#[test]
fn a_large_change_has_a_journal_of_many_parts() {
    let (_folder, mut db) = fresh();
    let change = db.change().unwrap();
    for number in 0..2000 {
        put(
            &change,
            "nodelist",
            &format!("n{number}"),
            &[("groups", &"g,".repeat(100))],
        );
    }
    change.commit().unwrap();
    assert_eq!(story(&db).len(), 2001);
}

#[test]
fn values_of_several_rows_are_not_mixed() {
    let (_folder, mut db) = fresh();
    let change = db.change().unwrap();
    put(&change, "nodelist", "n1", &[("groups", "g")]);
    let switch = table("switch").unwrap();
    let place = |name: &str| switch.position(name).unwrap();
    for node in ["n1", "g"] {
        for (name, vlan) in [("s1", None), ("s2", Some("7"))] {
            let row = [
                (place("node"), Some(node)),
                (place("switch"), Some(name)),
                (place("port"), Some("1")),
                (place("vlan"), vlan),
            ];
            change.insert(switch, &row).unwrap();
        }
    }
    change.commit().unwrap();
    assert_eq!(
        listing(&db, Names::All, &["switch", "switchvlan"]),
        ["n1: switch=s1(own)"]
    );
}

#[test]
fn an_older_layout_keeps_its_rows() {
    let (_folder, db) = fresh();
    let folder = db.path().parent().unwrap().to_owned();
    db.connection
        .execute_batch(
            include_str!("layout/1.sql")
                .split("CREATE TABLE journal")
                .next()
                .unwrap(),
        )
        .unwrap();
    db.connection
        .execute_batch(
            "INSERT INTO nodelist(node, groups) VALUES('n1', 'g');
             INSERT INTO nodehm(node, mgt) VALUES('g', 'hmc');
             PRAGMA user_version = 1;",
        )
        .unwrap();
    drop(db);
    let told = Db::rehearse(&folder).unwrap().unwrap();
    assert_eq!((told.found, told.steps.len()), (1, 1));
    let db = Db::open(&folder).unwrap();
    assert_eq!(listing(&db, Names::All, &["mgt", "id"]), ["n1: mgt=hmc(g)"]);
    let count = "SELECT count(*) FROM sqlite_schema WHERE type='table'";
    let count: rusqlite::Result<i64> = db.connection.query_row(count, [], |row| row.get(0));
    // nodelist, nodehm, and SQLite's and the journal's own.
    assert_eq!(count, Ok(5));
}

#[test]
fn a_column_that_was_never_set_can_be_asked_for() {
    let (_folder, mut db) = fresh();
    let change = db.change().unwrap();
    put(&change, "nodelist", "n1", &[("groups", "g")]);
    put(&change, "ppc", "n1", &[("id", "7")]);
    let ppc = table("ppc").unwrap();
    let (hcp, id) = (ppc.position("hcp").unwrap(), ppc.position("id").unwrap());
    let h1 = [(hcp, Some("h1"))];
    assert_eq!(change.value(ppc, hcp, &[(0, "n1")]).unwrap(), None);
    assert_eq!(change.update(ppc, &[(hcp, "h1")], &h1).unwrap(), 0);
    assert_eq!(change.delete(ppc, &[(hcp, "h1")]).unwrap(), 0);
    assert_eq!(change.delete_among(ppc, hcp, &["h1".into()]).unwrap(), 0);
    let missing = change.standing(ppc, &[(0, Some("n1")), (hcp, Some("h1"))]);
    assert!(missing.unwrap().is_none());
    let row = change.standing(ppc, &[(id, Some("7")), (hcp, None)]);
    change.update_standing(&row.unwrap().unwrap(), &h1).unwrap();
    assert_eq!(change.update(ppc, &[(hcp, "h1")], &h1).unwrap(), 1);
    change.commit().unwrap();
    let want = ["n1: hcp=h1(own) id=7(own)"];
    assert_eq!(listing(&db, Names::All, &["hcp", "id"]), want);
}
