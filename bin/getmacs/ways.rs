//! The three ways to find MAC addresses, and what is told of what they find.

use serde_json::{Map, Value, json};

use xcat::context::Context;
use xcat::error::{Error, Result};
use xcat::hmc::boot::Discovery;
use xcat::json::Array;
use xcat::power::netboot::{self, Discover, Event, Given, plans};
use xcat::power::{Hardware, NotDone, macs};

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

/// What was found so far.
pub struct Found {
    macs: Vec<(String, String)>,
    json: Option<Array>,
    written: Result<()>,
}

impl Found {
    /// Nothing yet; `json` says how it is to be shown.
    pub fn new(json: bool) -> Self {
        Found {
            macs: Vec::new(),
            json: json.then(Array::default),
            written: Ok(()),
        }
    }

    /// The nodes with the addresses that are to be written.
    pub fn macs(&self) -> &[(String, String)] {
        &self.macs
    }

    /// Shows that there is nothing more.
    ///
    /// # Errors
    /// What was found could not be written.
    pub fn end(&mut self, cx: &mut Context) -> Result<()> {
        std::mem::replace(&mut self.written, Ok(()))?;
        match &self.json {
            Some(array) => cx.report.line(array.end()),
            None => Ok(()),
        }
    }

    fn show(&mut self, cx: &mut Context, node: &str, table: &str, adapters: Vec<Value>) {
        let said = match &mut self.json {
            None => cx.report.node(node, table),
            Some(array) => {
                let line = array.line(&json!({"node": node, "adapters": adapters}));
                cx.report.line(line)
            }
        };
        if self.written.is_ok() {
            self.written = said;
        }
    }

    /// Shows a command that would be sent.
    fn would(&mut self, cx: &mut Context, line: &str) {
        let said = cx.report.line(line);
        if self.written.is_ok() {
            self.written = said;
        }
    }

    /// Answers of the HMC are lines of standard output, as in xCAT; that it
    /// could not be asked is an error. In JSON all are errors.
    fn refuse(&mut self, cx: &mut Context, node: &str, reason: &NotDone) {
        if !reason.is_answer() || self.json.is_some() {
            return cx.report.node_error(node, reason);
        }
        cx.report.fail();
        let said = cx.report.node(node, reason);
        if self.written.is_ok() {
            self.written = said;
        }
    }
}

/// The adapters that the HMCs list.
pub fn list(
    cx: &mut Context,
    noderange: &str,
    shape: &macs::Shape,
    found: &mut Found,
) -> Result<()> {
    let hardware = cx.hardware(noderange)?;
    let settings = hardware.settings;
    let ssh = cx.ssh(settings.persist)?;
    hardware.reach(&ssh, cx.said(), |points| {
        let width = settings.width;
        macs::list(points, &hardware.nodes, width, shape, |index, outcome| {
            let node = &hardware.nodes[index].name;
            match outcome {
                Err(reason) => found.refuse(cx, node, &reason),
                Ok(rows) => {
                    if let Some(mac) = rows.iter().find_map(macs::Row::mac) {
                        found.macs.push((node.clone(), mac.to_owned()));
                    }
                    let object = |row: &macs::Row| {
                        let values = row.values().map(|(name, v)| (name.to_owned(), json!(v)));
                        Value::Object(values.collect::<Map<_, _>>())
                    };
                    let adapters = rows.iter().map(object).collect();
                    found.show(cx, node, &macs::table(&rows), adapters);
                }
            }
        });
    });
    Ok(())
}

/// The adapters that Open Firmware finds.
pub fn discover(
    cx: &mut Context,
    noderange: &str,
    how: &Firmware,
    found: &mut Found,
) -> Result<()> {
    let (hardware, plans) = gather(cx, noderange, how)?;
    let settings = hardware.settings;
    let ssh = cx.ssh(settings.persist)?;
    let stop = cx.stop()?;
    let request = Discover {
        plans: &plans,
        ping: how.ping,
        immediate: how.immediate,
        at_firmware: how.at_firmware,
        dry_run: how.dry_run,
        width: settings.width,
        stop: &stop,
    };
    hardware.reach(&ssh, cx.said(), |points| {
        netboot::discover(points, &request, &hardware.nodes, |index, outcome| {
            let node = &hardware.nodes[index].name;
            match outcome {
                Ok(Event::Step(step)) => cx.report.step(node, &step),
                Ok(Event::Would(line)) => found.would(cx, &line),
                Ok(Event::Done(discovery)) => tell(cx, node, &discovery, how.ping, found),
                Err(reason) => found.refuse(cx, node, &reason),
            }
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
    let plans = plans(&snapshot, &names, how.given)?;
    Ok((Hardware::read(&snapshot, &names)?, plans))
}

fn tell(cx: &mut Context, node: &str, discovery: &Discovery, ping: bool, found: &mut Found) {
    if let Some((adapter, answered)) = macs::chosen(discovery) {
        if ping && !answered {
            cx.report.node_warning(
                node,
                format_args!(
                    "the server answered through no adapter; the first one, {}, is taken",
                    adapter.mac
                ),
            );
        }
        found
            .macs
            .push((node.to_owned(), macs::written(&adapter.mac)));
    }
    let object = |adapter: &xcat::hmc::netboot::Adapter| {
        json!({
            "Type": adapter.kind,
            "Location_Code": adapter.location,
            "MAC_Address": macs::written(&adapter.mac),
            "Full_Path_Name": adapter.path,
            "Ping_Result": adapter.ping.map(|ping| ping.to_string()),
            "Device_Type": adapter.device.map(|device| device.to_string()),
        })
    };
    let adapters = discovery.adapters.iter().map(object).collect();
    found.show(cx, node, &macs::firmware_table(discovery), adapters);
}

/// What the network of this machine tells.
pub fn arp(cx: &mut Context, noderange: &str, found: &mut Found) -> Result<()> {
    let (names, addresses) = {
        let db = cx.open()?;
        let snapshot = db.read()?;
        let names = cx.nodes(&snapshot, noderange)?;
        let addresses = netboot::addresses(&snapshot, &names)?;
        (names, addresses)
    };
    let asked: Vec<_> = addresses.iter().flatten().copied().collect();
    let mut answers = macs::by_arp(&asked)
        .map_err(|source| Error::File {
            action: "read",
            path: "the neighbours of this machine".into(),
            source,
        })?
        .into_iter();
    for (name, address) in names.iter().zip(addresses) {
        match address.and_then(|_| answers.next()) {
            Some(macs::Arp::Mac(mac)) => {
                found.macs.push((name.clone(), macs::written(&mac)));
                cx.report.node(name, format_args!("MAC Address: {mac}"))?;
            }
            Some(macs::Arp::Silent) => {
                cx.report.fail();
                let text = "Cannot find MAC Address in arp table, please make sure target node and management node are in same network.";
                cx.report.node(name, text)?;
            }
            None => {
                let name = name.clone();
                let reason = netboot::Error::NoAddress { name: name.clone() };
                found.refuse(cx, &name, &reason.into());
            }
        }
    }
    Ok(())
}
