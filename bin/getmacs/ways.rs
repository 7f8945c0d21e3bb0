//! The three ways to find MAC addresses.

use xcat::context::Context;
use xcat::error::{Error, Result};
use xcat::power::macs::{self, Found, Shape};
use xcat::power::netboot::{self, Discover, Event, Given};
use xcat::power::{Hardware, NotDone};

/// What is told of a node.
pub enum Told<'a> {
    /// How far it has come, in the words of the HMC.
    Step(String),
    /// What would be sent, in a dry run.
    Would(String),
    /// The adapters that were found.
    Adapters(Result<Found, NotDone>),
    /// The only address that is known.
    Address(Result<&'a str, NotDone>),
}

/// Where what is found is told, with the node's name.
pub type Tell<'a> = dyn FnMut(&mut Context, &str, Told) + 'a;

/// How Open Firmware is to be asked.
pub struct Firmware {
    /// Addresses for the ping.
    pub given: Given,
    /// Whether there is one.
    pub ping: bool,
    /// Whether running operating systems are cut off.
    pub immediate: bool,
    /// Whether only LPARs at Open Firmware are taken.
    pub at_firmware: bool,
    /// Whether nothing is to be restarted.
    pub dry_run: bool,
}

/// The adapters that the HMCs list.
pub fn list(cx: &mut Context, noderange: &str, shape: &Shape, tell: &mut Tell) -> Result<()> {
    let hardware = cx.hardware(noderange)?;
    let width = hardware.settings.width;
    let ssh = cx.ssh(hardware.settings.persist)?;
    hardware.reach(&ssh, cx.said(), |points| {
        macs::list(points, &hardware.nodes, width, shape, |index, outcome| {
            let node = &hardware.nodes[index].name;
            tell(cx, node, Told::Adapters(outcome.map(Found::from)));
        });
    });
    Ok(())
}

/// The adapters that Open Firmware finds.
pub fn discover(cx: &mut Context, noderange: &str, how: &Firmware, tell: &mut Tell) -> Result<()> {
    let (hardware, plans) = gather(cx, noderange, how)?;
    let ssh = cx.ssh(hardware.settings.persist)?;
    let way = cx.way(how.dry_run, hardware.settings)?;
    let request = Discover {
        plans: &plans,
        ping: how.ping,
        immediate: how.immediate,
        at_firmware: how.at_firmware,
        way: &way,
    };
    hardware.reach(&ssh, cx.said(), |points| {
        netboot::discover(points, &request, &hardware.nodes, |index, outcome| {
            let told = match outcome {
                Ok(Event::Step(step)) => Told::Step(step),
                Ok(Event::Would(line)) => Told::Would(line),
                Ok(Event::Done(found)) => Told::Adapters(Ok(Found::by_firmware(&found, how.ping))),
                Err(reason) => Told::Adapters(Err(reason)),
            };
            tell(cx, &hardware.nodes[index].name, told);
        });
    });
    Ok(())
}

fn gather(
    cx: &mut Context,
    noderange: &str,
    how: &Firmware,
) -> Result<(Hardware, Vec<netboot::Plan>)> {
    let db = cx.open()?;
    let snapshot = db.read()?;
    let names = cx.nodes(&snapshot, noderange)?;
    if how.given.client.is_some() && names.len() > 1 {
        return Err(Error::Refused(
            "Option '-C' doesn't work with noderange".into(),
        ));
    }
    Ok(netboot::gather(&snapshot, &names, how.given)?)
}

/// What the network of this machine tells.
pub fn arp(cx: &mut Context, noderange: &str, tell: &mut Tell) -> Result<()> {
    let nodes: Vec<_> = {
        let db = cx.open()?;
        let snapshot = db.read()?;
        let names = cx.nodes(&snapshot, noderange)?;
        let addresses = netboot::addresses(&snapshot, &names)?;
        names.into_iter().zip(addresses).collect()
    };
    let answers = macs::by_arp(&nodes).map_err(|source| Error::File {
        action: "read",
        path: "the neighbours of this machine".into(),
        source,
    })?;
    for ((name, _), answer) in nodes.iter().zip(answers) {
        tell(
            cx,
            name,
            Told::Address(answer.as_deref().map_err(Clone::clone)),
        );
    }
    Ok(())
}
