//! What is written of nodes that were switched.

use jiff::Zoned;

use super::request::Course;
use super::settings::columns;
use crate::db::{Db, Error};

/// Writes `status` and `statustime` of these nodes into nodelist, in one
/// transaction. The time is local and has xCAT's form, `12-31-2026 23:59:59`.
pub(super) fn write<'n>(
    db: &mut Db,
    nodes: impl IntoIterator<Item = (&'n str, Course)>,
) -> Result<(), Error> {
    let mut nodes = nodes.into_iter().peekable();
    let names = ["node", "status", "statustime"];
    let (Some((nodelist, [node, status, time])), Some(_)) =
        (columns("nodelist", names), nodes.peek())
    else {
        return Ok(());
    };
    let now = Zoned::now().strftime("%m-%d-%Y %H:%M:%S").to_string();
    let change = db.change()?;
    for (name, course) in nodes {
        let values = [(status, Some(course.status())), (time, Some(now.as_str()))];
        change.set(nodelist, &[(node, name)], &values)?;
    }
    change.commit().map(drop)
}
