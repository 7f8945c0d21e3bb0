//! Runs the EXAMPLES of every manual page and compares what they print.
//!
//! An example is a `.Bd -literal` block in the section EXAMPLES: lines that
//! begin with `$ ` are typed, the lines below are the answer (both streams, as
//! on a terminal). All blocks of a page are one session that begins with an
//! empty database. A page whose commands reach HMCs plays on the simulated
//! site. The pages of tables have no examples: they are made from the schema.

use std::fs;
use std::path::{Path, PathBuf};

use crate::manual;
use crate::world::World;
use crate::world::transcript::{Step, steps};

fn pages() -> Vec<PathBuf> {
    let man = Path::new(env!("CARGO_MANIFEST_DIR")).join("man");
    let mut pages: Vec<PathBuf> = fs::read_dir(man)
        .unwrap()
        .flat_map(|section| fs::read_dir(section.unwrap().path()).unwrap())
        .map(|page| page.unwrap().path())
        .collect();
    pages.sort();
    pages
}

/// Takes the steps out of a page's source.
fn steps_of(page: &str) -> Vec<Step> {
    let mut transcript = String::new();
    let (mut examples, mut block) = (false, false);
    for line in page.lines() {
        match line {
            l if l.starts_with(".Sh ") => examples = l == ".Sh EXAMPLES",
            l if l.starts_with(".Bd -literal") => block = examples,
            ".Ed" => block = false,
            l if block => transcript.push_str(&(unescape(l) + "\n")),
            _ => {}
        }
    }
    steps(&transcript)
}

/// The text that mdoc shows for a literal line.
fn unescape(line: &str) -> String {
    let mut text = line.to_owned();
    for (code, sign) in [
        ("\\&", ""),
        ("\\-", "-"),
        ("\\(aq", "'"),
        ("\\(dq", "\""),
        ("\\(ga", "`"),
        ("\\(ti", "~"),
        ("\\(ha", "^"),
        ("\\e", "\\"),
    ] {
        text = text.replace(code, sign);
    }
    text
}

#[test]
fn the_parts_of_an_example_are_told_apart() {
    let page = ".Sh EXAMPLES\n.Bd -literal -offset indent\n$ lsdef \\-t node\nn1  (node)\n.Ed\n.Sh FILES\n.Bd -literal\n$ no\n.Ed\n";
    let want = Step {
        line: "lsdef -t node".into(),
        answer: "n1  (node)\n".into(),
    };
    assert_eq!(steps_of(page), [want]);
}

#[test]
fn every_page_has_examples_and_they_print_what_it_says() {
    let mut failures = String::new();
    for page in pages().into_iter().filter(|p| !manual::is_made(p)) {
        let text = fs::read_to_string(&page).unwrap();
        let steps = steps_of(&text);
        assert!(!steps.is_empty(), "{} has no examples", page.display());
        let reaches_hmcs = |step: &Step| {
            ["rscan ", "rpower ", "hmc conn", "rspconfig "]
                .iter()
                .any(|c| step.line.contains(c))
        };
        let (world, _site) = match steps.iter().any(reaches_hmcs) {
            true => {
                let (world, site) = World::on_site(simsite::Config::default_site().with_chassis());
                (world, Some(site))
            }
            false => (World::new(), None),
        };
        if let Err(difference) = world.play(&steps) {
            failures.push_str(&format!("\n{}\n{difference}", page.display()));
        }
    }
    assert!(failures.is_empty(), "{failures}");
}
