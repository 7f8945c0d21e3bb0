//! A value that is computed from the node's name: it comes out as something of
//! bounded length, the same each time. The first line is the name.

#![no_main]

use libfuzzer_sys::fuzz_target;
use xcat::db::Expander;

fuzz_target!(|text: &str| {
    let (node, value) = text.split_once('\n').unwrap_or(("r02c010", text));
    let expander = Expander::default();
    let wrapped = [
        value.to_owned(),
        format!("|{value}|"),
        format!("|({value})|"),
        format!("/{value}/"),
    ];
    for value in &wrapped {
        let first = expander.expand(node, value);
        assert_eq!(first, expander.expand(node, value));
        if let Some(text) = first {
            assert!(text.len() <= (64 << 10) + node.len() + value.len());
        }
    }
});
