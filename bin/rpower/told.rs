//! What `rpower` prints.

use xcat::context::Context;
use xcat::error::{Result, chain};
use xcat::json::Array;
use xcat::power::{Hardware, Said};

/// States and refusals are lines of standard output, as in xCAT; that an HMC
/// could not be asked is an error.
pub fn tell(
    cx: &mut Context,
    hardware: &Hardware,
    said: Said,
    array: Option<&mut Array>,
) -> Result<()> {
    match said {
        Said::Line(line) => cx.report.line(line)?,
        Said::Missed(text) => cx.report.error(text),
        Said::Db(error) => cx.report.error(chain(&error)),
        Said::Node(index, outcome) => {
            let node = &hardware.nodes[index].name;
            match array {
                Some(array) => cx.report.outcome_json(array, node, outcome)?,
                None => cx.report.outcome(node, outcome)?,
            }
        }
    }
    cx.report.flush()
}
