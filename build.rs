//! Lists the manual pages, so that `xcat --install` carries them.

use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=man");
    let mut pages: Vec<PathBuf> = Vec::new();
    for section in fs::read_dir("man")? {
        for page in fs::read_dir(section?.path())? {
            pages.push(page?.path());
        }
    }
    pages.sort();
    let mut out = String::from("/// Each manual page: section folder, file name, text.\n");
    writeln!(
        out,
        "static PAGES: [(&str, &str, &str); {}] = [",
        pages.len()
    )?;
    for page in &pages {
        println!("cargo::rerun-if-changed={}", page.display());
        let section = page
            .parent()
            .and_then(Path::file_name)
            .ok_or("a page lies in a folder")?;
        let name = page.file_name().ok_or("a page has a name")?;
        let path = fs::canonicalize(page)?;
        writeln!(out, "({section:?}, {name:?}, include_str!({path:?})),")?;
    }
    out.push_str("];\n");
    fs::write(Path::new(&out_dir()?).join("pages.rs"), out)?;
    Ok(())
}

#[expect(
    clippy::disallowed_methods,
    reason = "cargo hands OUT_DIR over in the environment"
)]
fn out_dir() -> Result<String, env::VarError> {
    env::var("OUT_DIR")
}
