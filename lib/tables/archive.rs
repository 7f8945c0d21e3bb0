//! All tables at once: dumped into a folder of CSV files, restored from one,
//! or from the SQLite files of a real xCAT.
//!
//! `auditlog` and `eventlog` are left alone unless all is wanted, as are the
//! tables in the site table's `skiptables`, and those of TEAL and ISNM, which
//! have tools of their own (xCAT: `dumpxCATdb`, `restorexCATdb`).

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use super::csv::Reader;
use super::load::{self, Loaded, Loader, Strays, counted};
use super::{column, dump};
use crate::db::{self, Change, Fill, Foreign, Snapshot};
use crate::schema::{TABLES, Table, table};

/// The end of a file's name while it is written.
const UNFINISHED: &str = ".new";

/// Why tables could not be dumped or restored.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file or folder failed.
    #[error("cannot {action} {}", path.display())]
    File {
        /// What was tried.
        action: &'static str,
        /// With which file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A dump would overwrite something else.
    #[error("{} is no dump of a table and is not overwritten", .0.display())]
    NotADump(PathBuf),
    /// There is nothing to restore.
    #[error("{} has no {wanted}", folder.display())]
    Nothing {
        /// The folder.
        folder: PathBuf,
        /// What was looked for.
        wanted: &'static str,
    },
    /// The rows do not fit.
    #[error(transparent)]
    Load(#[from] load::Error),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] db::Error),
}

fn failed<'p>(action: &'static str, path: &'p Path) -> impl FnOnce(io::Error) -> Error + 'p {
    move |source| Error::File {
        action,
        path: path.to_owned(),
        source,
    }
}

/// Which tables are left alone.
#[derive(Debug, Default)]
pub struct Skipped {
    /// Whether `auditlog` and `eventlog` are wanted too.
    pub all: bool,
    /// These are not wanted.
    pub tables: Vec<String>,
}

impl Skipped {
    /// `list` or, without one, what the site table's `skiptables` says.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn read(snapshot: &Snapshot<'_>, all: bool, list: Option<&str>) -> Result<Self, Error> {
        let of_site = match (list, column("site.value")) {
            (None, Ok((site, value))) => snapshot.value(site, value, &[(0, "skiptables")])?,
            _ => None,
        };
        let list = list.or(of_site.as_deref()).unwrap_or_default();
        let tables = list.split(',').map(|t| t.trim().to_owned()).collect();
        Ok(Self { all, tables })
    }

    fn has(&self, table: &str) -> bool {
        let logs = table.starts_with("auditlog") || table.starts_with("eventlog");
        let others = table.starts_with("x_teal") || table.starts_with("isnm_perf");
        (logs && !self.all) || others || self.tables.iter().any(|t| t == table)
    }
}

/// What happened to a table.
#[derive(Debug)]
pub enum Event<'e> {
    /// It was left alone.
    Skipped(&'e str),
    /// It was dumped.
    Dumped(&'e str),
    /// It was restored from this file.
    Restored(&'e str, &'e Loaded),
    /// Something had no place here.
    LeftOut(&'e str),
}

/// Files that were written and have not got their names yet; they are removed
/// if they never get them.
struct Unfinished(Vec<(PathBuf, PathBuf)>);

impl Drop for Unfinished {
    fn drop(&mut self) {
        for (unfinished, _) in &self.0 {
            // It may not even be there.
            let _ = fs::remove_file(unfinished);
        }
    }
}

/// Dumps the tables into a folder, which is made if it is not there, one
/// `TABLE.csv` each. Files get their names when all of them are written. They
/// hold passwords, so only their owner can read them.
///
/// # Errors
/// A file cannot be written, or stands there and is no dump.
pub fn dump<E: From<Error>>(
    snapshot: &Snapshot<'_>,
    folder: &Path,
    skipped: &Skipped,
    mut tell: impl FnMut(Event<'_>) -> Result<(), E>,
) -> Result<(), E> {
    let mut builder = DirBuilder::new();
    builder.recursive(true).mode(0o700);
    builder.create(folder).map_err(failed("make", folder))?;
    let wanted = TABLES.iter().filter(|t| !skipped.has(t.name));
    let mut files = Unfinished(Vec::new());
    for table in wanted {
        let path = folder.join(format!("{}.csv", table.name));
        if !may_overwrite(&path).map_err(failed("read", &path))? {
            return Err(Error::NotADump(path).into());
        }
        let name = format!(".{}.csv{UNFINISHED}", table.name);
        files.0.push((folder.join(name), path));
    }
    let mut unwritten = files.0.iter().map(|f| &f.0);
    for table in &TABLES {
        if skipped.has(table.name) {
            tell(Event::Skipped(table.name))?;
        } else if let Some(path) = unwritten.next() {
            write_table(snapshot, table, path)?;
            tell(Event::Dumped(table.name))?;
        }
    }
    for (unfinished, path) in &files.0 {
        fs::rename(unfinished, path).map_err(failed("write", path))?;
    }
    let synced = File::open(folder).and_then(|f| f.sync_all());
    Ok(synced.map_err(failed("write", folder))?)
}

/// Whether there is nothing, or the dump of a table.
fn may_overwrite(path: &Path) -> io::Result<bool> {
    let mut start = Vec::new();
    match File::open(path) {
        Ok(file) => file.take(16).read_to_end(&mut start)?,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(true),
        Err(e) => return Err(e),
    };
    Ok(start.is_empty() || start.starts_with(b"#") || start.starts_with(b"\"#"))
}

fn write_table(snapshot: &Snapshot<'_>, table: &'static Table, path: &Path) -> Result<(), Error> {
    let file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path)
        .map_err(failed("write", path))?;
    let mut file = BufWriter::with_capacity(64 << 10, file);
    dump::lines(snapshot, table, &dump::Selection::All, |line| {
        writeln!(file, "{line}").map_err(failed("write", path))
    })?;
    let file = file.into_inner().map_err(io::IntoInnerError::into_error);
    let written = file.and_then(|file| file.sync_all());
    written.map_err(failed("write", path))
}

/// Restores the tables that have a `TABLE.csv` in the folder; the others stay
/// as they are.
///
/// # Errors
/// A file cannot be read, is no CSV or does not fit its table, or the
/// database cannot be written.
pub fn restore_dump<E: From<Error>>(
    change: &Change<'_>,
    folder: &Path,
    skipped: &Skipped,
    mut tell: impl FnMut(Event<'_>) -> Result<(), E>,
) -> Result<(), E> {
    for (name, path) in files(folder, "csv", "TABLE.csv")? {
        let file = format!("{name}.csv");
        if skipped.has(&name) {
            tell(Event::Skipped(&file))?;
            continue;
        }
        let input = File::open(&path).map_err(failed("read", &path))?;
        let input = BufReader::with_capacity(64 << 10, input);
        let shown = path.display().to_string();
        let Some(table) = table(&name) else {
            if let Some(text) = no_table(&shown, &name, rows_of(input)) {
                tell(Event::LeftOut(&text))?;
            }
            continue;
        };
        let how = (Fill::Replace, Strays::LeaveOut);
        let loaded = load::csv(change, table, input, &shown, how).map_err(Error::from)?;
        tell_loaded(&file, &loaded, &mut tell)?;
    }
    Ok(())
}

/// Restores the tables from the files `TABLE.sqlite` of a real xCAT.
///
/// # Errors
/// As [`restore_dump`].
pub fn restore_xcat<E: From<Error>>(
    change: &Change<'_>,
    folder: &Path,
    skipped: &Skipped,
    mut tell: impl FnMut(Event<'_>) -> Result<(), E>,
) -> Result<(), E> {
    let mut found = files(folder, "sqlite", "TABLE.sqlite")?;
    // Our own database may lie in the same folder.
    found.retain(|f| f.1.file_name() != Some(db::FILE.as_ref()));
    for (name, path) in found {
        let file = format!("{name}.sqlite");
        if skipped.has(&name) {
            tell(Event::Skipped(&file))?;
            continue;
        }
        let opened = Foreign::open(&path, &name).map_err(Error::from)?;
        let Some(foreign) = opened else { continue };
        let shown = path.display().to_string();
        let Some(table) = table(&name) else {
            let mut rows = 0;
            foreign.rows(|_| {
                rows += 1;
                Ok::<_, Error>(())
            })?;
            if let Some(text) = no_table(&shown, &name, rows) {
                tell(Event::LeftOut(&text))?;
            }
            continue;
        };
        let loaded = load_foreign(change, table, &foreign, &shown)?;
        tell_loaded(&file, &loaded, &mut tell)?;
    }
    Ok(())
}

fn load_foreign(
    change: &Change<'_>,
    table: &'static Table,
    foreign: &Foreign,
    file: &str,
) -> Result<Loaded, Error> {
    let how = (Fill::Replace, Strays::LeaveOut);
    let mut loader = Loader::new(change, table, foreign.columns(), &file, how)?;
    foreign.rows(|row| {
        loader
            .put(|place| row.get(place), &file)
            .map_err(Error::from)
    })?;
    Ok(loader.finish()?)
}

fn tell_loaded<E>(
    file: &str,
    loaded: &Loaded,
    tell: &mut impl FnMut(Event<'_>) -> Result<(), E>,
) -> Result<(), E> {
    tell(Event::Restored(file, loaded))?;
    let mut left_out = loaded.left_out.iter();
    left_out.try_for_each(|text| tell(Event::LeftOut(text)))
}

/// The files of a folder with this extension, with the table's name, in order.
fn files(
    folder: &Path,
    extension: &str,
    wanted: &'static str,
) -> Result<Vec<(String, PathBuf)>, Error> {
    let entries = fs::read_dir(folder).map_err(failed("read", folder))?;
    let mut found = Vec::new();
    for entry in entries {
        let path = entry.map_err(failed("read", folder))?.path();
        let name = path.file_stem().and_then(|n| n.to_str());
        let named = name.filter(|n| !n.starts_with('.'));
        if let Some(name) = named
            && path.extension().is_some_and(|e| e == extension)
        {
            // A pipe would keep the change, and all other commands, waiting.
            if !path.metadata().map_err(failed("read", &path))?.is_file() {
                let error = io::Error::other("it is no regular file");
                return Err(failed("read", &path)(error));
            }
            found.push((name.to_owned(), path));
        }
    }
    found.sort();
    if found.is_empty() {
        let folder = folder.to_owned();
        return Err(Error::Nothing { folder, wanted });
    }
    Ok(found)
}

/// How many rows a file has, as far as it can be read.
fn rows_of(input: impl io::BufRead) -> u64 {
    let mut reader = Reader::new(input);
    let mut rows = 0;
    if reader.header().is_ok() {
        while let Ok(Some(_)) = reader.next_line() {
            rows += u64::from(!reader.record().is_empty());
        }
    }
    rows
}

fn no_table(file: &str, name: &str, rows: u64) -> Option<String> {
    let rows = (rows > 0).then(|| counted(rows, "row is", "rows are"))?;
    Some(format!(
        "{file}: there is no table '{name}': its {rows} left out"
    ))
}
