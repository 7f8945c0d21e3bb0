//! The boot sequence of nodes in chassis, through the chassis managers.

use super::Sequence;
use crate::hmc::chassis::{Device, boot_sequence, names, set_boot_sequence};
use crate::power::line::Line;
use crate::power::request::Outcome;
use crate::power::{Done, NotDone};

/// Tells or sets the boot sequence of the node in a bay.
pub(super) fn sequence(bay: u32, what: &Sequence, line: &mut Line<'_>) -> Outcome {
    let devices = match what {
        Sequence::List => None,
        Sequence::Mode(_) => return Err(NotDone::NotHere(NO_MODES)),
        Sequence::Devices(words) => {
            let devices = words.iter().map(|word| Device::named(word));
            let devices: Option<Vec<_>> = devices.collect();
            Some(devices.ok_or(NotDone::NotHere(NO_HFI))?)
        }
    };
    let question = boot_sequence(bay);
    let failed = |error| NotDone::Hmc(vec![error]);
    let mut now = line.ask(&question).map_err(failed)?;
    if let Some(devices) = devices {
        let wanted: Vec<_> = devices
            .iter()
            .map(|device| device.name.to_owned())
            .collect();
        let wanted = names(&wanted);
        if names(&now) != wanted {
            line.send(&set_boot_sequence(bay, &devices), |look| {
                let now = look.ask(&question)?;
                Ok(format!("its boot sequence is {}", names(&now)))
            })?;
            if line.is_dry() {
                return Ok(line.done());
            }
            now = line.ask(&question).map_err(failed)?;
            if names(&now) != wanted {
                return Err(NotDone::OtherSequence(names(&now)));
            }
        }
    }
    Ok(Done::State(names(&now)))
}

/// Why a chassis manager takes no boot mode.
const NO_MODES: &str = "a chassis manager has no boot modes: write the devices in their order, \
                        such as net,hd0";

/// Why a chassis manager takes no HFI.
const NO_HFI: &str = "a chassis manager has no boot device hfi: that is one of POWER 775 systems";
