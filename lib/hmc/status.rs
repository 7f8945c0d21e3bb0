//! HMCs at a glance: what machines they are, and which systems they reach.

use std::thread;

use serde_json::{Value, json};

use super::ask::{self, Connection};
use super::connection::{Bounds, in_order};
use super::level::Vpd;
use super::{Error, Hmc, Retry};
use crate::remote::{OpenSsh, Target};

/// The heads of [`Status::row`].
pub const COLUMNS: [&str; 6] = [
    "NAME",
    "TYPE_MODEL",
    "SERIAL",
    "VERSION",
    "SYSTEMS",
    "CONNECTED",
];

/// What an HMC says of itself.
#[derive(Debug, Clone)]
pub struct Status {
    /// The machine, and its level.
    pub vpd: Vpd,
    /// Its connections to service processors and frames.
    pub connections: Vec<Connection>,
}

impl Status {
    /// A row under [`COLUMNS`]: how many managed systems there are, and how many
    /// of them it is connected to.
    pub fn row(&self, hmc: &str) -> [String; 6] {
        let (systems, connected) = self.systems();
        [
            hmc.to_owned(),
            self.vpd.model.clone(),
            self.vpd.serial.clone(),
            self.level().unwrap_or_default(),
            systems.to_string(),
            connected.to_string(),
        ]
    }

    /// [`Status::row`] as JSON.
    pub fn document(&self, hmc: &str) -> Value {
        let (systems, connected) = self.systems();
        json!({
            "name": hmc,
            "type_model": self.vpd.model,
            "serial": self.vpd.serial,
            "version": self.level(),
            "systems": systems,
            "connected": connected,
        })
    }

    fn level(&self) -> Option<String> {
        self.vpd.level.as_ref().map(ToString::to_string)
    }

    /// How many managed systems there are, and how many it is connected to. A
    /// system may have two service processors.
    fn systems(&self) -> (usize, usize) {
        let systems = self.connections.iter().filter(|c| c.kind == "sys");
        let mut known: Vec<(String, bool)> = Vec::new();
        for connection in systems {
            let machine = connection.mtms.as_ref().map(ToString::to_string);
            let machine = machine.unwrap_or_else(|| connection.address.clone());
            let connected = connection.state == "Connected";
            match known.iter_mut().find(|(name, _)| *name == machine) {
                Some((_, before)) => *before |= connected,
                None => known.push((machine, connected)),
            }
        }
        let connected = known.iter().filter(|(_, connected)| *connected).count();
        (known.len(), connected)
    }
}

/// Asks each target, and tells `each` what came of it in the order of the
/// targets, as soon as those before are done.
pub fn statuses(
    ssh: &OpenSsh,
    targets: &[Target],
    bounds: &Bounds,
    each: impl FnMut(&str, Result<Status, Error>),
) {
    let transport = Retry::new(ssh, bounds.tries);
    let status = |target: &Target| {
        let hmc = Hmc {
            transport: &transport,
            target,
            limits: bounds.limits,
        };
        // Both at once: an HMC takes its time for each command.
        thread::scope(|scope| {
            let connections = scope.spawn(|| hmc.ask(&ask::connections()));
            let vpd = hmc.ask(&ask::vpd())?;
            let connections = match connections.join() {
                Ok(answer) => answer?,
                Err(panic) => std::panic::resume_unwind(panic),
            };
            Ok(Status { vpd, connections })
        })
    };
    in_order(targets, bounds, status, each);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hmc::level::Level;

    #[test]
    fn a_system_counts_once_however_many_processors_it_has() {
        let connection = |mtms: &str, kind: &str, state: &str| Connection {
            mtms: mtms.parse().ok(),
            kind: kind.to_owned(),
            side: None,
            address: "10.0.1.1".to_owned(),
            state: state.to_owned(),
            error: None,
        };
        let status = Status {
            vpd: Vpd {
                model: "7042-CR8".to_owned(),
                serial: "635561C".to_owned(),
                level: None::<Level>,
            },
            connections: vec![
                connection("9117-MMA*10F6F3D", "sys", "Connected"),
                connection("9117-MMA*10F6F3D", "sys", "No Connection"),
                connection("9117-MMA*1001234", "sys", "No Connection"),
                connection("9458-100*99201WM", "frame", "Connected"),
            ],
        };
        assert_eq!(
            status.row("hmc01"),
            ["hmc01", "7042-CR8", "635561C", "", "2", "1"]
        );
        assert_eq!(
            status.document("hmc01").to_string(),
            r#"{"connected":1,"name":"hmc01","serial":"635561C","systems":2,"type_model":"7042-CR8","version":null}"#
        );
    }
}
