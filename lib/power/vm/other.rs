//! Another profile for a partition, if need be as a copy of another partition's.

use super::change::{Changed, There, key, profile};
use super::copy::copy;
use super::problem::Problem;
use crate::hmc::configure::make_profile;
use crate::hmc::profile::{Partition, Profile, profiles};
use crate::hmc::refusal::printable;
use crate::hmc::{self, Mtms, ask};
use crate::power::NotDone;
use crate::power::line::Line;

/// Has a partition be activated with the profile of this name, which it gets as
/// a copy of another's if it has none.
pub(super) fn to_profile(
    system: &Mtms,
    lpar: &Partition,
    name: &str,
    there: &There,
    line: &mut Line<'_>,
) -> Result<Changed, NotDone> {
    if profile(lpar, name, there).is_err() {
        let source = source(system, name, &there.rows, line)?;
        let mut record = key(name, lpar.id);
        let copied = copy(&source.record, "", lpar.id, 1);
        for (attribute, value) in copied.record.fields() {
            let own = [
                "name",
                "profile_name",
                "lpar_id",
                "lpar_env",
                "all_resources",
            ];
            if !own.contains(&attribute.as_str()) {
                record.set(attribute, value.as_str());
            }
        }
        line.send(&make_profile(system, &record), |look| {
            let rows = look.ask(&profiles(system, Some(lpar.id)))?;
            Ok(match rows.iter().any(|row| row.name() == name) {
                true => "the LPAR has the profile now".to_owned(),
                false => "the LPAR does not have the profile".to_owned(),
            })
        })?;
    }
    Ok(Changed {
        done: line.done(),
        profile: Some(name.to_owned()),
    })
}

/// The profile of that name on the same system, else on the other systems of
/// the HMC. It must be the only one.
fn source(
    system: &Mtms,
    name: &str,
    rows: &[Profile],
    line: &Line<'_>,
) -> Result<Profile, NotDone> {
    let named = |rows: &[Profile]| -> Vec<Profile> {
        let named = rows.iter().filter(|row| row.name() == name);
        named.cloned().collect()
    };
    let failed = |error: hmc::Error| NotDone::Hmc(vec![error]);
    let mut found = named(rows);
    if found.is_empty() {
        let systems = line.ask(&ask::systems()).map_err(failed)?;
        let others = systems.into_iter().filter_map(|other| other.mtms);
        for other in others.filter(|other| other != system) {
            // A system that cannot be asked now has nothing to copy from.
            found.extend(named(
                &line.ask(&profiles(&other, None)).unwrap_or_default(),
            ));
        }
    }
    match found.as_slice() {
        [] => Problem::NoSuchProfile(name.to_owned()).is(),
        [source] => Ok(source.clone()),
        several => Problem::SeveralProfiles {
            name: name.to_owned(),
            lpars: several
                .iter()
                .map(|row| printable(row.lpar_name()))
                .collect(),
        }
        .is(),
    }
}
