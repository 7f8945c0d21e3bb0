//! Layouts that there were, and one that there never was.

use std::fs;
use std::path::{Path, PathBuf};

use super::*;
use crate::db::{journal, sql};
use crate::schema::TABLES;

fn file(version: i64) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("db/layout");
    folder.join(format!("{version}.sql"))
}

/// An empty database of the layout that these statements make.
fn made(version: i64, sql: &str) -> Connection {
    let connection = Connection::open_in_memory().unwrap();
    connection.execute_batch(sql).unwrap();
    connection
        .pragma_update(None, "application_id", APPLICATION)
        .unwrap();
    connection
        .pragma_update(None, "user_version", version)
        .unwrap();
    connection
}

/// The statements that make all tables that a file may have.
fn all_tables() -> String {
    let all = TABLES.iter().map(|table| {
        let columns: Vec<usize> = (0..table.columns.len()).collect();
        sql::create_table(table, &columns) + ";\n"
    });
    all.chain([journal::LAYOUT.to_owned()]).collect()
}

/// All tables with their columns, as the statements read them.
fn columns(connection: &Connection) -> Vec<String> {
    let mut statement = connection
        .prepare(
            "SELECT m.name || '.' || p.name || ' ' || p.type || ' ' || p.pk
             FROM sqlite_schema m, pragma_table_info(m.name) p ORDER BY 1",
        )
        .unwrap();
    let rows = statement.query_map([], |row| row.get(0)).unwrap();
    rows.map(Result::unwrap).collect()
}

#[test]
fn the_present_layout_is_the_one_that_is_written_down() {
    let path = file(VERSION);
    // The one reader of UPDATE here.
    #[expect(clippy::disallowed_methods, reason = "a test, as tests/manual.rs")]
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, all_tables()).unwrap();
    }
    assert!(
        fs::read_to_string(&path).is_ok_and(|text| text == all_tables()),
        "the tables are not those of layout {VERSION} any more. If tables and columns were only \
         added, write that down with UPDATE=1. Otherwise databases that are in use need a new \
         layout: add the step to it to STEPS in lib/db/layout.rs, then write down the new one \
         with UPDATE=1; {VERSION}.sql stays"
    );
}

#[test]
fn every_older_layout_becomes_the_present_one() {
    let newest = made(VERSION, journal::LAYOUT);
    for version in 1..VERSION {
        let mut old = made(version, &fs::read_to_string(file(version)).unwrap());
        let before = columns(&old);
        let told = rehearse(&mut old).unwrap();
        assert_eq!(
            (told.found, told.steps.len() as i64),
            (version, VERSION - version)
        );
        assert_eq!(columns(&old), before, "a rehearsal changes nothing");
        bring_up_to_date(&mut old).unwrap();
        assert_eq!(super::version(&old).unwrap(), VERSION);
        assert_eq!(columns(&old), columns(&newest), "layout {version}");
    }
}

/// Two steps that take a database of two columns to one of three.
const MADE_UP: &[Step] = &[
    Step {
        what: "nodes get a rack",
        run: |db| {
            Ok(db.execute_batch(
                "ALTER TABLE nodes ADD COLUMN rack TEXT;
                 UPDATE nodes SET rack = 'rack of ' || name",
            )?)
        },
    },
    Step {
        what: "the rack comes first",
        run: |db| {
            Ok(db.execute_batch(
                "CREATE TABLE other(rack TEXT, name TEXT PRIMARY KEY, ip TEXT);
                 INSERT INTO other SELECT rack, name, ip FROM nodes;
                 DROP TABLE nodes;
                 ALTER TABLE other RENAME TO nodes",
            )?)
        },
    },
];

fn made_up(version: i64) -> Connection {
    made(
        version,
        "CREATE TABLE nodes(name TEXT PRIMARY KEY, ip TEXT);
         INSERT INTO nodes VALUES('n1', '10.0.0.1')",
    )
}

fn row(connection: &Connection) -> Vec<String> {
    let read = |row: &rusqlite::Row<'_>| {
        (0..row.as_ref().column_count())
            .map(|n| row.get(n))
            .collect()
    };
    connection
        .query_row("SELECT * FROM nodes", [], read)
        .unwrap()
}

#[test]
fn an_older_database_is_migrated_whole() {
    let mut db = made_up(1);
    let steps: Vec<_> = MADE_UP.iter().map(|step| step.what).collect();
    let want = Migration {
        found: 1,
        newest: 3,
        steps,
    };
    let told = migrate(&mut db, 1, MADE_UP, GIVE_UP).unwrap();
    assert_eq!(told, want);
    assert_eq!((version(&db).unwrap(), row(&db).len()), (1, 2));
    assert_eq!(migrate(&mut db, 1, MADE_UP, KEEP).unwrap(), want);
    assert_eq!(version(&db).unwrap(), 3);
    assert_eq!(row(&db), ["rack of n1", "n1", "10.0.0.1"]);
    // Who waited for it finds nothing left to do.
    let told = migrate(&mut db, 1, MADE_UP, KEEP).unwrap();
    assert_eq!((told.found, told.steps.len()), (3, 0));
    assert_eq!(row(&db).len(), 3);
}

#[test]
fn a_step_that_fails_leaves_the_older_database() {
    let mut db = made_up(1);
    let mut steps = MADE_UP.to_vec();
    steps[1].run = |db| Ok(db.execute_batch("DROP TABLE nodes; DROP TABLE nodes")?);
    migrate(&mut db, 1, &steps, KEEP).unwrap_err();
    assert_eq!((version(&db).unwrap(), row(&db).len()), (1, 2));
}

#[test]
fn what_is_not_ours_or_from_the_future_is_refused() {
    let refused = |version: i64, application: i64| {
        let mut db = made_up(version);
        db.pragma_update(None, "application_id", application)
            .unwrap();
        migrate(&mut db, version, MADE_UP, KEEP).unwrap_err()
    };
    for version in [4, 9, 255] {
        let error = refused(version, APPLICATION);
        assert!(matches!(error, Error::Newer { found, known: 3 } if found == version));
    }
    assert!(matches!(refused(1, 7), Error::Foreign(_)));
}

#[test]
fn a_database_that_cannot_be_written_stays_older() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("old.sqlite");
    let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY;
    made_up(1)
        .execute("VACUUM INTO ?", [path.to_str().unwrap()])
        .unwrap();
    let mut db = Connection::open_with_flags(&path, flags).unwrap();
    let error = migrate(&mut db, 1, MADE_UP, KEEP).unwrap_err();
    assert!(
        matches!(
            error,
            Error::Older {
                found: 1,
                newest: 3
            }
        ),
        "{error}"
    );
}
