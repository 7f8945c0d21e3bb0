//! What only networks have: net and mask tell them apart.

use crate::db::{self, Rows, Snapshot};
use crate::schema::table;

/// Why a network cannot be made, or cannot get this net and mask.
pub(super) fn unfit(
    snapshot: &Snapshot<'_>,
    name: &str,
    net: Option<&str>,
    mask: Option<&str>,
) -> Result<Option<String>, db::Error> {
    let (Some(net), Some(mask)) = (net, mask) else {
        return Ok(Some(format!(
            "Net or mask value should not be empty for xCAT network object '{name}'."
        )));
    };
    let Some(networks) = table("networks") else {
        return Ok(None);
    };
    let place = |column| networks.position(column);
    let (Some(named), Some(of_net), Some(of_mask)) =
        (place("netname"), place("net"), place("mask"))
    else {
        return Ok(None);
    };
    let mut other = None;
    let same = [(of_net, net), (of_mask, mask)];
    snapshot.rows(networks, &[named], Rows::Where(&same), |row| {
        other = row.get(0).filter(|found| *found != name).map(str::to_owned);
        Ok::<_, db::Error>(())
    })?;
    Ok(other.map(|other| {
        format!(
            "A network definition called '{other}' already exists that contains the same net \
             and mask values. Cannot create a definition for '{name}'."
        )
    }))
}
