//! Histories told and undone.

mod walk;

use std::collections::BTreeMap;

use super::list::{Filter, Listed, list, undone_by};
use super::undo::{Conflict, Outcome, undo};
use super::*;
use crate::db::{Author, Change, Db, Rows};
use crate::schema::{TABLES, table};

fn fresh() -> (tempfile::TempDir, Db) {
    let folder = tempfile::tempdir().unwrap();
    let db = Db::open(folder.path()).unwrap();
    (folder, db)
}

/// Does one change as `user`, with `name column=value …` as its command.
fn changed(db: &mut Db, user: &str, command: &str, deed: impl FnOnce(&Change<'_>)) -> i64 {
    db.set_author(Author {
        user: user.into(),
        command: command.into(),
    });
    let change = db.change().unwrap();
    deed(&change);
    change.commit().unwrap().unwrap()
}

fn put(change: &Change<'_>, name: &str, keys: &[&str], values: &[(&str, &str)]) {
    let table = table(name).unwrap();
    let key: Vec<_> = table
        .keys
        .iter()
        .zip(keys)
        .map(|(k, v)| (table.position(k).unwrap(), *v))
        .collect();
    let values: Vec<_> = values
        .iter()
        .map(|(c, v)| (table.position(c).unwrap(), Some(*v)))
        .collect();
    change.set(table, &key, &values).unwrap();
}

fn remove(change: &Change<'_>, name: &str, key: &str) {
    change.delete(table(name).unwrap(), &[(0, key)]).unwrap();
}

/// Undoes an entry, committing as the command does; the entry, if there is one.
fn undone(db: &mut Db, id: i64, force: bool) -> (Outcome, Option<i64>) {
    let change = db.change().unwrap();
    let found = entry(&change, id).unwrap();
    let outcome = undo(&change, &found, force).unwrap();
    if !outcome.conflicts.is_empty() && !force {
        return (outcome, None);
    }
    let by = change.commit_as_undo_of(Some(id)).unwrap();
    (outcome, by)
}

fn told(db: &Db, id: i64) -> String {
    let snapshot = db.read().unwrap();
    let mut text = String::new();
    of_entry(&snapshot, &entry(&snapshot, id).unwrap(), |object| {
        text.push_str(&format!("{object}\n"));
        Ok::<_, Error>(())
    })
    .unwrap();
    text
}

/// Every row of every table.
fn state(db: &Db) -> BTreeMap<&'static str, Vec<Vec<Option<String>>>> {
    let snapshot = db.read().unwrap();
    let mut state = BTreeMap::new();
    for table in &TABLES {
        let columns: Vec<usize> = (0..table.columns.len()).collect();
        let mut rows = Vec::new();
        snapshot
            .rows(table, &columns, Rows::All, |row| {
                rows.push(
                    columns
                        .iter()
                        .map(|&c| row.get(c).map(str::to_owned))
                        .collect(),
                );
                Ok::<_, Error>(())
            })
            .unwrap();
        rows.sort();
        if !rows.is_empty() {
            state.insert(table.name, rows);
        }
    }
    state
}

#[test]
fn rows_are_told_as_objects() {
    let (_folder, mut db) = fresh();
    let id = changed(&mut db, "root", "x", |change| {
        put(change, "nodelist", &["n1"], &[("groups", "lpar,all")]);
        put(
            change,
            "ppc",
            &["n1"],
            &[("hcp", "hmc1"), ("comments", "c")],
        );
        put(
            change,
            "hosts",
            &["lpar"],
            &[("ip", "|n(\\d+)|10.0.0.($1)|")],
        );
        put(change, "site", &["domain"], &[("value", "a.example")]);
        put(
            change,
            "passwd",
            &["system", "root"],
            &[("password", "abc123")],
        );
        put(
            change,
            "ppcdirect",
            &["cec1", "HMC"],
            &[("password", "abc123")],
        );
        put(
            change,
            "networks",
            &["10.0.0.0", "255.0.0.0"],
            &[("netname", "net1")],
        );
        put(change, "switch", &["n1", "sw1", "7"], &[("vlan", "5")]);
        put(
            change,
            "monsetting",
            &["rmcmon", "rfanout"],
            &[("value", "3")],
        );
        put(change, "osimage", &["aix73"], &[("imagetype", "NIM")]);
        put(change, "nimimage", &["aix73"], &[("spot", "a\nb")]);
    });
    let want = "\
node n1: added
    groups: (none) -> lpar,all
    hcp: (none) -> hmc1
    ppc.comments: (none) -> c
    switch: (none) -> sw1
    switchport: (none) -> 7
    switchvlan[switch=sw1,port=7]: (none) -> 5
group lpar: changed
    ip: (none) -> |n(\\d+)|10.0.0.($1)|
site clustersite: changed
    domain: (none) -> a.example
passwd key=system,username=root: added
    passwd.password: (none) -> ********
node cec1: changed
    passwd.HMC: (none) -> ********
network net1: added
    mask: (none) -> 255.0.0.0
    net: (none) -> 10.0.0.0
    netname: (none) -> net1
monitoring rmcmon: changed
    rfanout: (none) -> 3
osimage aix73: added
    imagetype: (none) -> NIM
    spot: (none) -> a\\nb
";
    assert_eq!(told(&db, id), want);
    let id = changed(&mut db, "root", "x", |change| {
        put(
            change,
            "networks",
            &["10.0.0.0", "255.0.0.0"],
            &[("gateway", "10.0.0.1")],
        );
        put(change, "nodelist", &["n1"], &[("groups", "all")]);
        put(
            change,
            "nodelist",
            &["n1"],
            &[("groups", "lpar,all"), ("status", "on")],
        );
        remove(change, "nimimage", "aix73");
        remove(change, "osimage", "aix73");
    });
    let want = "\
network net1: changed
    gateway: (none) -> 10.0.0.1
node n1: changed
    status: (none) -> on
osimage aix73: removed
    imagetype: NIM -> (none)
    spot: a\\nb -> (none)
";
    assert_eq!(told(&db, id), want);
}

#[test]
fn entries_are_found_by_object_user_and_time() {
    let (_folder, mut db) = fresh();
    changed(&mut db, "root (alice)", "a", |change| {
        put(change, "nodelist", &["n1"], &[("groups", "lpar")]);
    });
    changed(&mut db, "bob", "b", |change| {
        put(change, "hosts", &["lpar"], &[("ip", "10.0.0.1")]);
    });
    changed(&mut db, "root", "c", |change| {
        put(change, "hosts", &["n1"], &[("ip", "10.0.0.1")]);
    });
    let snapshot = db.read().unwrap();
    let found = |filter: Filter| -> Vec<String> {
        let all = list(&snapshot, &filter).unwrap().into_iter();
        all.map(|l| l.entry.command).collect()
    };
    let filter = Filter::default;
    let names = |names: &[&str]| Some(names.iter().map(|n| (*n).to_owned()).collect());
    let user = |user: &str| Some(user.to_owned());
    assert_eq!(found(filter()), ["a", "b", "c"]);
    assert_eq!(
        found(Filter {
            count: Some(2),
            ..filter()
        }),
        ["b", "c"]
    );
    assert_eq!(
        found(Filter {
            names: names(&["n1"]),
            ..filter()
        }),
        ["a", "c"]
    );
    assert_eq!(
        found(Filter {
            kind: user("group"),
            ..filter()
        }),
        ["b"]
    );
    assert_eq!(
        found(Filter {
            user: user("root"),
            ..filter()
        }),
        ["a", "c"]
    );
    assert_eq!(
        found(Filter {
            user: user("alice"),
            ..filter()
        }),
        ["a"]
    );
    assert!(
        found(Filter {
            user: user("ali"),
            ..filter()
        })
        .is_empty()
    );
    let later = Some(time::now() + 100);
    assert!(
        found(Filter {
            since: later,
            ..filter()
        })
        .is_empty()
    );
    assert_eq!(
        found(Filter {
            until: later,
            ..filter()
        })
        .len(),
        3
    );
    let none = Filter {
        names: names(&["n1"]),
        kind: user("group"),
        ..filter()
    };
    assert!(found(none).is_empty());
    let wrong = Filter {
        kind: user("nosuch"),
        ..filter()
    };
    assert_eq!(
        list(&snapshot, &wrong).unwrap_err().to_string(),
        "'nosuch' is no type of object (lsdef -h lists them)"
    );
}

#[test]
fn what_was_changed_since_is_not_destroyed() {
    let (_folder, mut db) = fresh();
    let first = changed(&mut db, "root", "a", |change| {
        put(change, "hosts", &["n1"], &[("ip", "10.0.0.1")]);
    });
    let second = changed(&mut db, "root", "b", |change| {
        put(
            change,
            "hosts",
            &["n1"],
            &[("ip", "10.0.0.2"), ("hostnames", "x")],
        );
    });
    let before = state(&db);
    let (outcome, by) = undone(&mut db, first, false);
    let texts: Vec<String> = outcome.conflicts.iter().map(Conflict::to_string).collect();
    assert_eq!(
        texts,
        [
            format!(
                "node n1: ip was 10.0.0.1 after the change and is 10.0.0.2 now (change {second})"
            ),
            format!(
                "node n1: hostnames was (none) after the change and is x now (change {second})"
            ),
        ]
    );
    assert_eq!((by, state(&db)), (None, before.clone()));
    // The later one goes first, then nothing stands in the way.
    let (outcome, undo_of_second) = undone(&mut db, second, false);
    assert!(outcome.conflicts.is_empty());
    let snapshot = db.read().unwrap();
    let by = |id| undone_by(&snapshot, &entry(&snapshot, id).unwrap()).unwrap();
    assert_eq!((by(first), by(second)), (None, undo_of_second));
    drop(snapshot);
    let (outcome, _) = undone(&mut db, undo_of_second.unwrap(), false);
    assert!(outcome.conflicts.is_empty());
    assert_eq!(state(&db), before);
    let snapshot = db.read().unwrap();
    let listed: Vec<Option<i64>> = list(&snapshot, &Filter::default())
        .unwrap()
        .iter()
        .map(|l: &Listed| l.undone_by)
        .collect();
    assert_eq!(listed, [None, None, Some(4), None]);
    drop(snapshot);
    // Forced, the row goes with all that is in it.
    let (outcome, by) = undone(&mut db, first, true);
    assert_eq!((outcome.conflicts.len(), by.is_some()), (2, true));
    assert!(state(&db).is_empty());
}

#[test]
fn rows_that_went_or_came_back_are_conflicts() {
    let (_folder, mut db) = fresh();
    let added = changed(&mut db, "root", "a", |change| {
        put(change, "hosts", &["n1"], &[("ip", "10.0.0.1")]);
    });
    let set = changed(&mut db, "root", "b", |change| {
        put(change, "hosts", &["n1"], &[("ip", "10.0.0.2")]);
    });
    let removed = changed(&mut db, "root", "c", |change| remove(change, "hosts", "n1"));
    for id in [added, set] {
        let (outcome, _) = undone(&mut db, id, false);
        assert_eq!(
            outcome.conflicts[0].to_string(),
            "node n1: its row in table hosts is not there any more (change 3)"
        );
        assert_eq!(
            undone(&mut db, id, true).1,
            None,
            "there is nothing to undo"
        );
    }
    changed(&mut db, "root", "d", |change| {
        put(change, "hosts", &["n1"], &[("ip", "10.0.0.4")]);
    });
    let (outcome, _) = undone(&mut db, removed, false);
    assert_eq!(
        outcome.conflicts[0].to_string(),
        "node n1: it has a row in table hosts again (change 4)"
    );
    let by = undone(&mut db, removed, true).1.unwrap();
    assert_eq!(
        told(&db, by),
        "node n1: changed\n    ip: 10.0.0.4 -> 10.0.0.2\n"
    );
}

#[test]
fn passwords_are_left_and_said_so() {
    let (_folder, mut db) = fresh();
    let set = |db: &mut Db, password: &str| {
        changed(db, "root", "x", |change| {
            put(
                change,
                "ppchcp",
                &["hmc1"],
                &[("username", "hscroot"), ("password", password)],
            );
        })
    };
    let first = set(&mut db, "one");
    let second = set(&mut db, "two");
    let told = |outcome: &Outcome| {
        let conflicts = outcome.conflicts.iter().map(Conflict::to_string);
        let left = outcome.left.iter().map(undo::Left::to_string);
        conflicts.chain(left).collect::<Vec<_>>()
    };
    // The password is another one than the first entry set: not to be removed.
    let (outcome, _) = undone(&mut db, first, false);
    assert_eq!(
        told(&outcome),
        ["node hmc1: password was changed again (change 2)"]
    );
    let left = "node hmc1: password is a password, which the journal does not keep; set it again";
    let (outcome, by) = undone(&mut db, second, false);
    assert_eq!((told(&outcome), by), (vec![left.to_owned()], None));
    let gone = changed(&mut db, "root", "x", |change| {
        remove(change, "ppchcp", "hmc1");
    });
    let (outcome, by) = undone(&mut db, gone, false);
    assert_eq!(told(&outcome), [left]);
    assert!(by.is_some());
    let rows = &state(&db)["ppchcp"][0];
    assert!(rows.contains(&Some("hscroot".into())) && !rows.contains(&Some("two".into())));
}

#[test]
fn a_changed_key_is_put_back() {
    let (_folder, mut db) = fresh();
    changed(&mut db, "root", "a", |change| {
        put(change, "hosts", &["n1"], &[("ip", "10.0.0.1")]);
    });
    let before = state(&db);
    let renamed = changed(&mut db, "root", "b", |change| {
        let hosts = table("hosts").unwrap();
        change
            .update(hosts, &[(0, "n1")], &[(0, Some("n2"))])
            .unwrap();
    });
    let (outcome, by) = undone(&mut db, renamed, false);
    assert!(outcome.conflicts.is_empty() && by.is_some());
    assert_eq!(state(&db), before);
}
