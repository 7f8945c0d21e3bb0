//! Expands a noderange into names, or folds names into a noderange, without a
//! database: what `tests/bench/run` measures.
//!
//! `names expand RANGE`, `names fold <FILE`

use std::io::{self, Read, Write};
use std::process::ExitCode;

use xcat::noderange;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let text = match words.as_slice() {
        ["expand", range] => expand(range),
        ["fold"] => fold(),
        _ => Err(io::Error::other("names expand RANGE | names fold <FILE")),
    };
    let written = text.and_then(|text| io::stdout().write_all(text.as_bytes()));
    match written {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Standard error cannot be complained about.
            let _ = writeln!(io::stderr(), "{error}");
            ExitCode::FAILURE
        }
    }
}

fn expand(range: &str) -> io::Result<String> {
    let names = noderange::expand_names(range, ("", "")).map_err(io::Error::other)?;
    Ok(names.join("\n") + "\n")
}

fn fold() -> io::Result<String> {
    let mut text = String::new();
    io::stdin().read_to_string(&mut text)?;
    let names: Vec<&str> = text.lines().collect();
    Ok(noderange::fold(&names) + "\n")
}
