//! What `rscan` prints.

use xcat::context::Context;
use xcat::error::Result;
use xcat::power::definitions;
use xcat::power::scan::{self, Form, Merge, Mode, Survey};

/// Lists what was found: a table for each HMC, as in xCAT; stanzas and XML of
/// all of them laid together, without what they cannot define.
pub fn list(cx: &mut Context, form: Form, surveys: Vec<Survey>) -> Result<()> {
    let tables = form == Form::Table;
    for survey in surveys.iter().filter(|_| tables) {
        cx.report.line(form.text(&survey.found))?;
    }
    if form == Form::Json {
        return cx.report.line(form.text(&scan::combine(surveys)));
    }
    let (found, problems) = definitions::definable(&cx.open()?, scan::combine(surveys))?;
    if tables {
        problems.iter().for_each(|p| cx.report.warning(p));
        return Ok(());
    }
    problems.iter().for_each(|p| cx.report.error(p));
    cx.report.line(form.text(&found))
}

/// Lists what is defined now, or what was changed, and says how.
pub fn tell(cx: &mut Context, form: Form, mode: Mode, merge: &Merge) -> Result<()> {
    cx.report.line(form.merged(merge, mode))?;
    for line in form.changes(merge) {
        cx.report.line(line)?;
    }
    Ok(())
}
