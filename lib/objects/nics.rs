//! The attributes of network adapters: `nicips.eth0=10.0.0.1|10.1.0.1` as
//! users write them, `eth0!10.0.0.1|10.1.0.1,eth1!…` as the table `nics`
//! stores them (xCAT: `DBobjUtils.pm`, `expandnicsattr`, `collapsenicsattr`).

/// The attributes that `lsdef --nics` shows.
pub const ALL: [&str; 9] = [
    "nicips",
    "nichostnamesuffixes",
    "nichostnameprefixes",
    "nictypes",
    "niccustomscripts",
    "nicnetworks",
    "nicaliases",
    "nicextraparams",
    "nicdevices",
];

/// Divides `nicips.eth0` into attribute and adapter.
pub fn split(name: &str) -> Option<(&str, &str)> {
    let (base, nic) = name.split_once('.')?;
    (base.len() > 3 && base.starts_with("nic") && !nic.is_empty()).then_some((base, nic))
}

/// Whether an attribute holds values for several adapters.
pub fn holds_adapters(attribute: &str) -> bool {
    attribute.starts_with("nic")
}

/// The adapters of a stored value and what each has.
pub fn adapters(stored: &str) -> impl Iterator<Item = (&str, &str)> {
    stored
        .split(',')
        .filter_map(|entry| entry.split_once('!'))
        .filter(|(nic, value)| !nic.is_empty() && !value.is_empty())
}

/// Whether a stored value can be shown adapter by adapter: not if it is
/// computed from the node's name, or has no adapters.
pub fn is_plain(stored: &str) -> bool {
    !stored.starts_with('|') && stored.contains('!')
}

/// Puts adapters into a stored value: known ones change, an empty value
/// removes, others are added at the end.
pub(super) fn put<'n>(stored: &str, changes: impl Iterator<Item = (&'n str, &'n str)>) -> String {
    let mut all: Vec<(&str, &str)> = adapters(stored).collect();
    for (nic, value) in changes {
        match all.iter_mut().find(|a| a.0 == nic) {
            Some(known) => known.1 = value,
            None => all.push((nic, value)),
        }
    }
    let texts: Vec<String> = all
        .iter()
        .filter(|a| !a.1.is_empty())
        .map(|(nic, value)| format!("{nic}!{value}"))
        .collect();
    texts.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_adapter_is_part_of_the_name() {
        assert_eq!(split("nicips.eth0"), Some(("nicips", "eth0")));
        assert_eq!(split("nicips.bond0.2"), Some(("nicips", "bond0.2")));
        for name in ["nicips", "nicips.", "nic.eth0", "passwd.HMC"] {
            assert_eq!(split(name), None, "{name}");
        }
    }

    #[test]
    fn adapters_are_put_in_place() {
        let put =
            |stored, changes: &[(&'static str, &'static str)]| put(stored, changes.iter().copied());
        assert_eq!(put("", &[("eth0", "1|2")]), "eth0!1|2");
        assert_eq!(
            put("eth0!1,eth1!2", &[("eth1", "3"), ("eth2", "4")]),
            "eth0!1,eth1!3,eth2!4"
        );
        assert_eq!(put("eth0!1,eth1!2", &[("eth0", "")]), "eth1!2");
    }
}
