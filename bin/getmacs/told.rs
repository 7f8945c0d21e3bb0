//! What is told of the adapters of nodes, and kept for the table `mac`.

use serde_json::json;

use xcat::context::Context;
use xcat::error::Result;
use xcat::json::Array;
use xcat::power::NotDone;
use xcat::power::macs::{Found, written};

use super::ways::Told;

/// What was told of all nodes.
pub struct All {
    macs: Vec<(String, String)>,
    json: Option<Array>,
}

impl All {
    /// Nothing yet; `json` says how it is to be shown.
    pub fn new(json: bool) -> Self {
        All {
            macs: Vec::new(),
            json: json.then(Array::default),
        }
    }

    /// Shows that there is nothing more; gives the nodes with the addresses
    /// that are to be written.
    ///
    /// # Errors
    /// The output cannot be written.
    pub fn end(self, cx: &mut Context) -> Result<Vec<(String, String)>> {
        cx.report.end(self.json)?;
        Ok(self.macs)
    }

    /// Tells this of a node.
    pub fn tell(&mut self, cx: &mut Context, node: &str, told: Told) {
        let said = match told {
            Told::Step(step) => {
                cx.report.step(node, &step);
                Ok(())
            }
            Told::Would(line) => cx.report.node(node, line),
            Told::Adapters(Ok(found)) => self.show(cx, node, found),
            Told::Address(Ok(mac)) => {
                self.macs.push((node.to_owned(), written(mac)));
                cx.report.node(node, format_args!("MAC Address: {mac}"))
            }
            Told::Adapters(Err(reason)) | Told::Address(Err(reason)) => {
                self.refuse(cx, node, reason)
            }
        };
        cx.report.later(said);
    }

    fn show(&mut self, cx: &mut Context, node: &str, found: Found) -> Result<()> {
        if let Some(warning) = &found.warning {
            cx.report.node_warning(node, warning);
        }
        self.macs
            .extend(found.mac.map(|mac| (node.to_owned(), mac)));
        match &mut self.json {
            None => cx.report.node(node, found.table),
            Some(array) => {
                let object = json!({"node": node, "adapters": found.adapters});
                cx.report.element(array, node, Ok(object))
            }
        }
    }

    /// Answers of the HMC are lines of standard output, as in xCAT; that it
    /// could not be asked is an error. In JSON all are errors.
    fn refuse(&mut self, cx: &mut Context, node: &str, reason: NotDone) -> Result<()> {
        match &mut self.json {
            Some(array) => cx.report.element(array, node, Err(reason)),
            None => cx.report.outcome(node, Err::<&str, _>(reason)),
        }
    }
}
