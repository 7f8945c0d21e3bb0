//! The nodes of commands that only ask HMCs, and how the answers are shown.

use crate::context::Context;
use crate::error::Result;
use crate::json::Array;
use crate::power::Hardware;
use crate::power::facts::{self, Telling};

/// The nodes that an HMC is asked about, and how its answers are shown.
#[derive(Debug, clap::Args)]
pub struct Inquiry {
    /// The LPARs, systems and frames.
    #[arg(required_unless_present = "version")]
    noderange: Option<String>,
    /// Prints a JSON document.
    #[arg(long)]
    pub json: bool,
}

impl Inquiry {
    /// The nodes, with what work on them needs.
    ///
    /// # Errors
    /// The noderange is wrong, or the database cannot be read.
    pub fn hardware(&self, cx: &mut Context) -> Result<Hardware> {
        cx.hardware(self.noderange.as_deref().unwrap_or_default())
    }

    /// Asks the HMCs, and tells what they say of each node as it comes.
    ///
    /// # Errors
    /// The output cannot be written, or ssh cannot be used.
    pub fn tell(&self, cx: &mut Context, hardware: &Hardware, what: &dyn Telling) -> Result<()> {
        let ssh = cx.ssh(hardware.settings.persist)?;
        let mut array = self.json.then(Array::default);
        let width = hardware.settings.width;
        hardware.reach(&ssh, cx.said(), |points| {
            facts::tell(points, width, &hardware.nodes, what, |index, told| {
                let node = &hardware.nodes[index].name;
                let said = cx.report.facts(node, told, array.as_mut());
                cx.report.later(said);
            });
        });
        cx.report.end(array)
    }
}
