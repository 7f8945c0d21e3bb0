//! Attributes of profiles as they are typed: `desired_mem=4096`,
//! `io_slots+=21010202/none/0`, xCAT's `vmcpus=1/2/4` and `vmmemory=1G/4G/8G`.

use crate::hmc::record::{self, Record, Value};

/// What is to be done with an attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    /// It gets the value.
    Set,
    /// The value's elements are added to its list.
    Add,
    /// The value's elements are taken from its list; the part of an element
    /// before the first `/` names it.
    Remove,
}

/// An attribute that is to be changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    /// The attribute, in the HMC's words.
    pub name: String,
    /// What is to be done with it.
    pub sign: Sign,
    /// The value, lists as HMCs write them.
    pub value: String,
}

impl Assignment {
    /// An attribute gets this value.
    pub fn set(name: &str, value: &str) -> Self {
        Assignment {
            name: name.to_owned(),
            sign: Sign::Set,
            value: value.to_owned(),
        }
    }

    /// The attribute with its sign, as HMCs take it on the left of `=`.
    pub fn left(&self) -> String {
        let sign = match self.sign {
            Sign::Set => "",
            Sign::Add => "+",
            Sign::Remove => "-",
        };
        format!("{}{sign}", self.name)
    }

    /// What the attribute is afterwards if it was `before`.
    pub fn result(&self, before: Option<&Value>) -> Value {
        let mut elements = before.map(Value::elements).unwrap_or_default();
        let change = Value::new(&self.value);
        match self.sign {
            Sign::Set => return change,
            Sign::Add => elements.extend(change.elements()),
            // An adapter or a slot is named by the first part of its element.
            Sign::Remove => {
                let key = |element: &String| element.split('/').next().map(str::to_owned);
                let gone: Vec<_> = change.elements().iter().map(key).collect();
                elements.retain(|have| !gone.contains(&key(have)));
            }
        }
        Value::of_elements(&elements)
    }
}

/// Why what was typed is no change of attributes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadAttribute {
    /// It is no `attr=value`; the text is xCAT's.
    #[error("Invalid argument or attribute: {0}")]
    Form(String),
    /// The attribute says which partition or profile is meant.
    #[error("{0} says which LPAR or profile is meant, and cannot be set")]
    Identity(String),
    /// The attribute is one of xCAT's for other kinds of hardware.
    #[error("{0} is not for LPARs behind an HMC; use the HMC's attributes, such as {1}")]
    OtherHardware(String, &'static str),
    /// The three numbers of `vmcpus` or `vmmemory` are wrong.
    #[error("{0}: write min/desired/max, {1}")]
    Triple(String, &'static str),
    /// The attribute is given twice.
    #[error("{0} is given twice")]
    Twice(String),
}

/// What names a partition or profile, or cannot change once it is made.
const IDENTITY: [&str; 7] = [
    "name",
    "lpar_name",
    "lpar_id",
    "profile_name",
    "new_name",
    "lpar_env",
    "all_resources",
];

const OTHER_HARDWARE: [(&str, &str); 11] = [
    ("vmphyslots", "io_slots"),
    ("vmothersetting", "desired_num_huge_pages"),
    ("vmnics", "virtual_eth_adapters"),
    ("vmstorage", "virtual_scsi_adapters"),
    ("add_physlots", "io_slots+="),
    ("add_vmnics", "virtual_eth_adapters+="),
    ("add_vmstorage", "virtual_scsi_adapters+="),
    ("del_physlots", "io_slots-="),
    ("del_vadapter", "virtual_eth_adapters-="),
    ("lparname", "those of lssyscfg -r prof"),
    ("octant_cfg", "desired_procs"),
];

/// Reads the words of a command line. `lpar_env` may be set if `new`, as long
/// as the partition does not exist.
///
/// # Errors
/// A word is no such change, or one that is not possible.
pub fn parse(words: &[String], new: bool) -> Result<Vec<Assignment>, BadAttribute> {
    let mut all: Vec<Assignment> = Vec::new();
    for word in words {
        for assignment in one(word)? {
            let name = assignment.name.as_str();
            if IDENTITY.contains(&name) && !(new && name == "lpar_env") {
                return Err(BadAttribute::Identity(name.to_owned()));
            }
            if all.iter().any(|have| have.name == name) {
                return Err(BadAttribute::Twice(name.to_owned()));
            }
            all.push(assignment);
        }
    }
    Ok(all)
}

fn one(word: &str) -> Result<Vec<Assignment>, BadAttribute> {
    let bad = || BadAttribute::Form(word.to_owned());
    // As HMCs write it: "io_slots=…,…".
    let plain = match word.starts_with('"') {
        true => match record::lists(word, ',', 1).map_err(|_| bad())?.as_slice() {
            [row] => row[0].to_string(),
            _ => return Err(bad()),
        },
        false => word.to_owned(),
    };
    let (name, value) = plain.split_once('=').ok_or_else(bad)?;
    let (name, sign) = match name.split_at_checked(name.len().saturating_sub(1)) {
        Some((name, "+")) => (name, Sign::Add),
        Some((name, "-")) => (name, Sign::Remove),
        _ => (name, Sign::Set),
    };
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if name.is_empty() || !name.chars().all(is_word) || value.contains(['\n', '\r']) {
        return Err(bad());
    }
    if let Some((_, instead)) = OTHER_HARDWARE.iter().find(|(other, _)| *other == name) {
        return Err(BadAttribute::OtherHardware(name.to_owned(), instead));
    }
    match name {
        "vmcpus" => triple(word, value, "procs", "as in vmcpus=1/2/4", |text| {
            text.parse().ok()
        }),
        "vmmemory" => triple(word, value, "mem", "as in vmmemory=1G/4G/8G", megabytes),
        _ => Ok(vec![Assignment {
            name: name.to_owned(),
            sign,
            value: value.to_owned(),
        }]),
    }
}

fn triple(
    word: &str,
    value: &str,
    of: &str,
    such: &'static str,
    number: impl Fn(&str) -> Option<u64>,
) -> Result<Vec<Assignment>, BadAttribute> {
    let parts: Option<Vec<u64>> = value.split('/').map(number).collect();
    match parts.as_deref() {
        Some([min, desired, max]) if (1..=*desired).contains(min) && desired <= max => {
            let named = [("min", min), ("desired", desired), ("max", max)];
            let set = |(what, value): (&str, &u64)| {
                Assignment::set(&format!("{what}_{of}"), &value.to_string())
            };
            Ok(named.into_iter().map(set).collect())
        }
        _ => Err(BadAttribute::Triple(word.to_owned(), such)),
    }
}

/// `4G`, `4096M` or `4096`, in megabytes.
fn megabytes(text: &str) -> Option<u64> {
    let upper = text.to_ascii_uppercase();
    match upper.strip_suffix('G') {
        Some(number) => number.parse::<u64>().ok()?.checked_mul(1024),
        None => upper.strip_suffix('M').unwrap_or(&upper).parse().ok(),
    }
}

/// The attributes of profiles that a row may lack although it can have them:
/// those that apply to one way of sharing processors or memory only.
const OPTIONAL: [&str; 20] = [
    "min_proc_units",
    "desired_proc_units",
    "max_proc_units",
    "uncap_weight",
    "shared_proc_pool_id",
    "shared_proc_pool_name",
    "mem_mode",
    "mem_expansion",
    "min_num_huge_pages",
    "desired_num_huge_pages",
    "max_num_huge_pages",
    "desired_io_entitled_mem",
    "mem_weight",
    "primary_paging_vios_name",
    "secondary_paging_vios_name",
    "affinity_group_id",
    "electronic_err_reporting",
    "lpar_proc_compat_mode",
    "virtual_fc_adapters",
    "vnic_adapters",
];

/// Those of the attributes that such a profile cannot have.
pub(super) fn unknown(profile: &Record, changes: &[Assignment]) -> Vec<String> {
    let known = |name: &str| profile.get(name).is_some() || OPTIONAL.contains(&name);
    let unknown = changes.iter().filter(|change| !known(&change.name));
    unknown.map(|change| change.name.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(words: &[&str]) -> Result<Vec<String>, String> {
        let words: Vec<_> = words.iter().map(|word| (*word).to_owned()).collect();
        let shown = |all: Vec<Assignment>| {
            let show = |one: &Assignment| format!("{}={}", one.left(), one.value);
            all.iter().map(show).collect()
        };
        parse(&words, false)
            .map(shown)
            .map_err(|error| error.to_string())
    }

    #[test]
    fn what_is_typed_becomes_the_hmcs_attributes() {
        let read = read(&[
            "min_mem=4096",
            "io_slots+=21010202/none/0,21010203/none/0",
            "\"virtual_eth_adapters=\"\"2/1/1/3,4,5/0/1\"\"\"",
            "vmcpus=1/2/4",
            "bsr_arrays=",
        ])
        .unwrap();
        assert_eq!(
            read,
            [
                "min_mem=4096",
                "io_slots+=21010202/none/0,21010203/none/0",
                "virtual_eth_adapters=\"2/1/1/3,4,5/0/1\"",
                "min_procs=1",
                "desired_procs=2",
                "max_procs=4",
                "bsr_arrays=",
            ]
        );
        assert_eq!(
            self::read(&["vmmemory=512M/4g/8192"]).unwrap(),
            ["min_mem=512", "desired_mem=4096", "max_mem=8192"]
        );
    }

    #[test]
    fn what_is_none_is_refused() {
        let table = [
            ("min_mem", "Invalid argument or attribute: min_mem"),
            ("=1", "Invalid argument or attribute: =1"),
            ("a b=1", "Invalid argument or attribute: a b=1"),
            ("lpar_id=7", "lpar_id says which LPAR"),
            ("lpar_env=aixlinux", "lpar_env says which LPAR"),
            (
                "add_physlots=0x21",
                "add_physlots is not for LPARs behind an HMC; use the HMC's attributes, such as io_slots+=",
            ),
            ("vmcpus=4/2/1", "vmcpus=4/2/1: write min/desired/max"),
            (
                "vmmemory=4T/4T/4T",
                "vmmemory=4T/4T/4T: write min/desired/max",
            ),
        ];
        for (word, text) in table {
            let error = read(&[word]).unwrap_err();
            assert!(error.starts_with(text), "{word}: {error}");
        }
        assert_eq!(
            read(&["min_mem=1", "vmmemory=1/2/3"]).unwrap_err(),
            "min_mem is given twice"
        );
        assert!(parse(&["lpar_env=vioserver".to_owned()], true).is_ok());
    }

    #[test]
    fn lists_grow_and_shrink() {
        let change = |sign, value: &str| Assignment {
            name: "io_slots".to_owned(),
            sign,
            value: value.to_owned(),
        };
        let have = Value::new("a,\"b,c\"");
        assert_eq!(
            change(Sign::Add, "d").result(Some(&have)).as_str(),
            "a,\"b,c\",d"
        );
        assert_eq!(
            change(Sign::Remove, "\"b,c\"").result(Some(&have)).as_str(),
            "a"
        );
        assert_eq!(
            change(Sign::Remove, "a").result(Some(&Value::new("a"))),
            Value::None
        );
        assert_eq!(
            change(Sign::Add, "x").result(Some(&Value::None)).as_str(),
            "x"
        );
    }
}
