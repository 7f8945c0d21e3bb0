//! A noderange, against few nodes: it is understood or refused; where it is
//! understood the nodes are defined ones, each once. Any names, folded, expand
//! to the same names.

#![no_main]

use std::collections::BTreeSet;
use std::convert::Infallible;

use libfuzzer_sys::fuzz_target;
use xcat::noderange::{ColumnTest, FileError, Index, expand_names, fold, parse, resolve};

const NODES: [&str; 8] = ["n1", "n2", "n10", "n010", "r1c1", "r1c2", "node5", "a-b.c"];

struct Site;

fn names(list: &[&str]) -> Vec<String> {
    list.iter().map(|&n| n.to_owned()).collect()
}

impl Index for Site {
    type Error = Infallible;

    fn defined(&self, names: &[String]) -> Result<Vec<bool>, Infallible> {
        Ok(names.iter().map(|n| NODES.contains(&n.as_str())).collect())
    }

    fn members(&self, group: &str) -> Result<Option<Vec<String>>, Infallible> {
        Ok(match group {
            "all" => Some(names(&NODES)),
            "g" => Some(names(&NODES[..3])),
            "empty" => Some(Vec::new()),
            _ => None,
        })
    }

    fn all(&self) -> Result<Vec<String>, Infallible> {
        Ok(names(&NODES))
    }

    fn select(&self, test: &ColumnTest) -> Result<Option<Vec<String>>, Infallible> {
        let known = test.column == "mgt" || test.column == "nodehm.mgt";
        Ok(known.then(|| match test.comparison.holds("hmc") {
            true => names(&NODES[3..]),
            false => Vec::new(),
        }))
    }

    fn file(&self, path: &str) -> Result<String, FileError> {
        match path {
            "f" => Ok("n1\n# remark\ng,-n2\n".into()),
            "self" => Ok("^self\n".into()),
            _ => Err(FileError::NotText),
        }
    }

    fn affixes(&self) -> (&str, &str) {
        ("node", "")
    }
}

fuzz_target!(|text: &str| {
    if let Ok(tree) = parse(text) {
        match resolve(&tree, &Site) {
            Ok(found) => {
                let mut seen = BTreeSet::new();
                for node in &found.nodes {
                    assert!(NODES.contains(&node.as_str()), "{node} is not defined");
                    assert!(seen.insert(node), "{node} comes twice");
                }
            }
            Err(error) => drop(error.to_string()),
        }
    }
    let words: Vec<&str> = text
        .split(|c: char| !c.is_ascii_alphanumeric() && !"._-".contains(c))
        .filter(|word| expand_names(word, ("node", "")).is_ok_and(|names| names == [*word]))
        .collect();
    if !words.is_empty() {
        let folded = fold(&words);
        let again = expand_names(&folded, ("node", ""));
        let again = again.unwrap_or_else(|e| panic!("{words:?} folds to {folded}: {e}"));
        let want: BTreeSet<&str> = words.iter().copied().collect();
        let have: BTreeSet<&str> = again.iter().map(String::as_str).collect();
        assert_eq!(want, have, "{folded}");
    }
});
