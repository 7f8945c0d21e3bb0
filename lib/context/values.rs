//! Values without the right form, at the end of a change.

use super::Context;
use crate::check;
use crate::db::Change;
use crate::error::{Error, Result};

/// So many doubtful values are told one by one.
const MOST_FINDINGS: usize = 20;

/// Whether values without the right form may be refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Strictness {
    /// As the site key `strictvalues` says.
    OfSite,
    /// Never: what was stored elsewhere must come back.
    Never,
}

impl Context {
    /// Warns of values that do not have the form that they should have; where
    /// the site says so, they are refused.
    ///
    /// # Errors
    /// A value is refused, or the database cannot be read.
    pub(super) fn check_values(
        &mut self,
        change: &Change<'_>,
        strictness: Strictness,
    ) -> Result<()> {
        let (findings, more) = check::of_change(change)?;
        if findings.is_empty() {
            return Ok(());
        }
        let strict = strictness == Strictness::OfSite && check::is_strict(change)?;
        for finding in findings.iter().take(MOST_FINDINGS) {
            match strict {
                true => self.report.error(finding),
                false => self.report.warning(finding),
            }
        }
        if more || findings.len() > MOST_FINDINGS {
            self.report
                .warning("there are more such values; where they are stored, xcatdbck lists them");
        }
        match strict {
            true => Err(Error::Refused(
                "Nothing was changed: the site key strictvalues is set.".into(),
            )),
            false => Ok(()),
        }
    }
}
