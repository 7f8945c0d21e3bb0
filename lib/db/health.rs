//! What SQLite itself finds wrong with the file.

use super::{Error, Snapshot};

/// No more complaints than these are asked for.
const COMPLAINTS: usize = 100;

impl Snapshot<'_> {
    /// SQLite's own check of the file: every page, every index, every row. One
    /// line a complaint, at most a hundred; none if all is well.
    ///
    /// # Errors
    /// The file is damaged so far that it cannot even be checked.
    pub fn integrity(&self) -> Result<Vec<String>, Error> {
        let mut statement = self
            .transaction
            .prepare(&format!("PRAGMA integrity_check({COMPLAINTS})"))?;
        let mut rows = statement.query([])?;
        let mut complaints = Vec::new();
        while let Some(row) = rows.next()? {
            let text: String = row.get(0)?;
            complaints.extend(text.lines().map(str::to_owned));
        }
        complaints.retain(|line| line != "ok");
        Ok(complaints)
    }
}
