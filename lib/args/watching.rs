//! `-m -t -r`: what is waited for after an operation, as xCAT has it in `rpower`
//! and `rnetboot`.

use crate::error::{Error, Result};
use crate::power::Watch;

/// What is waited for, how long, and how often the operation is sent again.
#[derive(Debug, clap::Args)]
pub struct Watching {
    /// Waits until a column of a table has the expected value, with ==, !=, =~
    /// or !~ (nodelist.status==booted if empty). Several must all be met.
    #[arg(short = 'm', value_name = "table.column==value", num_args = 0..=1, default_missing_value = "")]
    monitor: Vec<String>,
    /// How many minutes -m waits.
    #[arg(short = 't', value_name = "minutes", requires = "monitor")]
    timeout: Option<String>,
    /// How often -m has the operation sent again (3 if not given).
    #[arg(short = 'r', value_name = "retries", requires = "monitor")]
    retries: Option<u32>,
}

impl Watching {
    /// What is waited for, if anything is.
    ///
    /// # Errors
    /// It cannot be waited for.
    pub fn watch(&self) -> Result<Option<Watch>> {
        if self.monitor.is_empty() {
            return Ok(None);
        }
        let retries = self.retries.unwrap_or(3);
        Watch::parse(&self.monitor, self.timeout.as_deref(), retries)
            .map(Some)
            .map_err(|bad| Error::Usage(bad.to_string()))
    }
}
