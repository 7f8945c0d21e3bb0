//! Noderanges that nobody types: their cost grows with their length, not with
//! its square. Where that does not hold, these tests do not end.

use std::convert::Infallible;

use super::*;

/// No node at all is defined but n1.
struct One;

impl Index for One {
    type Error = Infallible;

    fn defined(&self, names: &[String]) -> Result<Vec<bool>, Infallible> {
        Ok(names.iter().map(|name| name == "n1").collect())
    }

    fn members(&self, _: &str) -> Result<Option<Vec<String>>, Infallible> {
        Ok(None)
    }

    fn all(&self) -> Result<Vec<String>, Infallible> {
        Ok(vec!["n1".into()])
    }

    fn select(&self, test: &ColumnTest) -> Result<Option<Vec<String>>, Infallible> {
        Ok((test.column == "a").then(Vec::new))
    }

    fn file(&self, _: &str) -> Result<String, FileError> {
        Err(FileError::NotText)
    }

    fn affixes(&self) -> (&str, &str) {
        ("node", "")
    }
}

fn nodes(text: &str) -> Vec<String> {
    resolve(&parse(text).unwrap(), &One).unwrap().nodes
}

#[test]
fn brackets_that_are_never_closed() {
    assert!(nodes(&format!("a=={}", "[".repeat(12_000_000))).is_empty());
    assert_eq!(nodes(&format!("n1{}", ",a=[".repeat(500_000))), ["n1"]);
}

#[test]
fn ranges_that_stand_for_nothing() {
    let text = format!("n[{}1]", "9-1,".repeat(300_000));
    let found = resolve(&parse(&text).unwrap(), &One).unwrap();
    assert_eq!((found.nodes.len(), found.warnings.len()), (1, 300_000));
    let place = found.warnings[150_000].place.to_string();
    assert!(place.starts_with("    …1,9-1,9-1,"), "{place}");
}

#[test]
fn words_again_and_again() {
    for words in ["n1,", "n1@", "-n1,n1,", "n[1]@-n1,"] {
        let text = format!("n1,{}", words.repeat(20_000));
        let found = nodes(text.trim_end_matches(['@', ',']));
        assert_eq!(found.is_empty(), words.starts_with('-'), "{words}");
    }
}
