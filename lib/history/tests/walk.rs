//! Any history can be walked back and forth.

use proptest::prelude::*;

use super::*;
use crate::schema::{ColumnKind, Table};

/// A write on one of a few rows of a few tables.
#[derive(Debug, Clone)]
enum Op {
    Set(usize, [u8; 3], Vec<(usize, Option<u8>)>),
    Update(usize, u8, Vec<(usize, Option<u8>)>),
    Delete(usize, u8),
    Insert(usize, [Option<u8>; 3], Vec<(usize, Option<u8>)>),
}

/// Tables with one key, with several, and with the name in no key.
const PLAYGROUND: [&str; 6] = [
    "hosts",
    "nodelist",
    "switch",
    "networks",
    "monsetting",
    "deps",
];

fn op() -> impl Strategy<Value = Op> {
    let place = 0..PLAYGROUND.len();
    let values = || prop::collection::vec((0usize..6, prop::option::of(0u8..3)), 0..4);
    let optional = || prop::option::of(0u8..2);
    prop_oneof![
        4 => (place.clone(), [0u8..3, 0u8..2, 0u8..2], values()).prop_map(|(t, k, v)| Op::Set(t, k, v)),
        3 => (place.clone(), 0u8..3, values()).prop_map(|(t, k, v)| Op::Update(t, k, v)),
        2 => (place.clone(), 0u8..3).prop_map(|(t, k)| Op::Delete(t, k)),
        2 => (place, [optional(), optional(), optional()], values())
            .prop_map(|(t, k, v)| Op::Insert(t, k, v)),
    ]
}

/// The columns that are no keys (and no passwords), as many as are asked for.
fn plain(table: &'static Table, values: &[(usize, Option<u8>)]) -> Vec<(usize, Option<String>)> {
    let free: Vec<usize> = (0..table.columns.len())
        .filter(|&c| !table.keys.contains(&table.columns[c].name))
        .filter(|&c| table.columns[c].kind == ColumnKind::Text)
        .collect();
    let mut plain: Vec<(usize, Option<String>)> = Vec::new();
    for (column, value) in values {
        let column = free[column % free.len()];
        if !plain.iter().any(|p| p.0 == column) {
            plain.push((column, value.map(|v| format!("v{v}"))));
        }
    }
    plain
}

/// Does it; a row that may not be there twice is passed over.
fn run(change: &Change<'_>, op: &Op) {
    let (Op::Set(number, ..)
    | Op::Update(number, ..)
    | Op::Delete(number, _)
    | Op::Insert(number, ..)) = op;
    let table = table(PLAYGROUND[*number]).unwrap();
    let keys: Vec<usize> = table
        .keys
        .iter()
        .map(|k| table.position(k).unwrap())
        .collect();
    let name = |n: u8| format!("k{n}");
    fn borrowed(values: &[(usize, Option<String>)]) -> Vec<(usize, Option<&str>)> {
        values.iter().map(|v| (v.0, v.1.as_deref())).collect()
    }
    match op {
        Op::Set(_, parts, values) => {
            let parts: Vec<String> = parts.iter().map(|p| name(*p)).collect();
            let key: Vec<_> = keys
                .iter()
                .zip(&parts)
                .map(|(k, p)| (*k, p.as_str()))
                .collect();
            let values = plain(table, values);
            change.set(table, &key, &borrowed(&values)).unwrap();
        }
        Op::Update(_, key, values) => {
            let values = plain(table, values);
            change
                .update(table, &[(keys[0], &name(*key))], &borrowed(&values))
                .unwrap();
        }
        Op::Delete(_, key) => {
            change.delete(table, &[(keys[0], &name(*key))]).unwrap();
        }
        Op::Insert(_, parts, values) => {
            if keys.len() == 1 {
                return;
            }
            let parts = parts.iter().map(|p| p.map(name));
            let mut row: Vec<_> = keys.iter().copied().zip(parts).collect();
            let held: Vec<_> = row.iter().map(|r| (r.0, r.1.as_deref())).collect();
            if change.standing(table, &held).unwrap().is_some() && row.iter().all(|r| r.1.is_some())
            {
                return;
            }
            row.extend(plain(table, values));
            change.insert(table, &borrowed(&row)).unwrap();
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4, failure_persistence: None, ..ProptestConfig::default() })]

    /// Each change, undone, gives the state before; its undo, undone, the one
    /// after; and so back to nothing.
    #[test]
    fn every_history_can_be_walked_back(
        commands in prop::collection::vec(prop::collection::vec(op(), 1..6), 60),
    ) {
        let (_folder, mut db) = fresh();
        let mut states = vec![(0, state(&db))];
        for ops in &commands {
            let change = db.change().unwrap();
            ops.iter().for_each(|op| run(&change, op));
            if let Some(id) = change.commit().unwrap() {
                states.push((id, state(&db)));
            }
        }
        while let Some((id, after)) = states.pop() {
            let Some((_, before)) = states.last() else { break };
            for step in 0..3 {
                // Undo, undo the undo, undo again.
                let target = if step == 1 { newest(&db) } else { id };
                let (outcome, by) = undone(&mut db, target, false);
                prop_assert_eq!(outcome.conflicts, vec![]);
                prop_assert!(by.is_some());
                prop_assert_eq!(&state(&db), if step == 1 { &after } else { before });
            }
        }
        prop_assert!(state(&db).is_empty());
    }
}

fn newest(db: &Db) -> i64 {
    let snapshot = db.read().unwrap();
    let all = list(
        &snapshot,
        &Filter {
            count: Some(1),
            ..Filter::default()
        },
    )
    .unwrap();
    all[0].entry.id
}
