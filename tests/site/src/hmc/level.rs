//! What a listing looks like at one HMC level: the attributes, their order, defaults and
//! conditions, read from the files in `levels/`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::record::{Field, Row};

/// One attribute of a listing.
#[derive(Debug, Clone)]
pub struct Attribute {
    /// Its name as the HMC prints it.
    pub name: String,
    /// Shown only with `-F`.
    pub hidden: bool,
    /// Quoted in the default listing even when one element has no comma.
    pub quoted: bool,
    default: String,
    condition: Option<(bool, String)>,
}

/// The listings of one level: section name → attributes in order.
#[derive(Debug, Default)]
pub struct Level {
    sections: BTreeMap<String, Vec<Attribute>>,
}

/// The values and traits of one resource, from which a row is made.
#[derive(Debug, Default, Clone)]
pub struct Facts {
    values: BTreeMap<String, String>,
    traits: Vec<&'static str>,
}

impl Facts {
    /// No values, no traits.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets an attribute.
    pub fn set(&mut self, name: &str, value: impl ToString) -> &mut Self {
        self.values.insert(name.to_owned(), value.to_string());
        self
    }

    /// Sets many attributes, replacing those of the same name.
    pub fn extend<'a>(&mut self, values: impl IntoIterator<Item = (&'a String, &'a String)>) {
        for (name, value) in values {
            self.set(name, value);
        }
    }

    /// Says that the row has a trait that conditions ask for.
    pub fn mark(&mut self, name: &'static str, holds: bool) -> &mut Self {
        if holds {
            self.traits.push(name);
        }
        self
    }

    fn has(&self, name: &str) -> bool {
        self.traits.contains(&name)
    }
}

impl Level {
    /// The level of that name (`v7-power5`, `v7-power7`, `v8-power8`, `v10-power9`,
    /// `v10-power10`).
    pub fn named(name: &str) -> Option<&'static Self> {
        LEVELS.get(name)
    }

    /// The level of a console that manages nothing yet, by its version.
    pub fn of_console(version: &str) -> &'static Self {
        match version {
            version if version.starts_with("V7") => &LEVELS["v7-power7"],
            version if version.starts_with("V8") => &LEVELS["v8-power8"],
            _ => &LEVELS["v10-power9"],
        }
    }

    /// The attributes of a section, empty when this level has no such listing.
    pub fn attributes(&self, section: &str) -> &[Attribute] {
        self.sections.get(section).map_or(&[], Vec::as_slice)
    }

    /// One row of a section: values from `facts`, else the defaults of the level.
    pub fn row(&self, section: &str, facts: &Facts) -> Row {
        let fields = self.attributes(section).iter().map(|attribute| Field {
            name: attribute.name.clone(),
            value: attribute.value(facts),
            hidden: attribute.hidden,
            quoted: attribute.quoted,
        });
        Row(fields.collect())
    }

    /// Reads sections. An attribute that is there again replaces the earlier one in its place,
    /// and a section that begins with `[=` replaces the earlier one as a whole: that is how a
    /// level is described by its differences from another.
    fn parse(text: &str) -> Self {
        let mut level = Self::default();
        let mut section = String::new();
        for line in text.lines().map(str::trim_end) {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            if let Some(name) = line.strip_prefix('[').and_then(|l| l.strip_suffix(']')) {
                section = name.trim_start_matches('=').to_owned();
                if name.starts_with('=') {
                    level.sections.remove(&section);
                }
                level.sections.entry(section.clone()).or_default();
            } else if let Some(list) = level.sections.get_mut(&section) {
                let new = Attribute::parse(line);
                match list.iter_mut().find(|old| old.name == new.name) {
                    Some(old) => *old = new,
                    None => list.push(new),
                }
            }
        }
        level
    }
}

impl Attribute {
    fn parse(line: &str) -> Self {
        let (line, condition) = match line.split_once(" | ") {
            Some((line, text)) => (line, Some(text.trim())),
            None => (line, None),
        };
        let (name, default) = line.split_once(" = ").unwrap_or((line, ""));
        let (hidden, name) = match name.strip_prefix('~') {
            Some(name) => (true, name),
            None => (false, name),
        };
        let (quoted, name) = match name.strip_suffix('!') {
            Some(name) => (true, name),
            None => (false, name),
        };
        Self {
            name: name.to_owned(),
            hidden,
            quoted,
            default: default.to_owned(),
            condition: condition.map(|text| match text.strip_prefix('!') {
                Some(name) => (false, name.to_owned()),
                None => (true, text.to_owned()),
            }),
        }
    }

    fn value(&self, facts: &Facts) -> Option<String> {
        let applies = self
            .condition
            .as_ref()
            .is_none_or(|(wanted, name)| facts.has(name) == *wanted);
        let value = facts.values.get(&self.name).unwrap_or(&self.default);
        applies.then(|| value.clone())
    }
}

const COMMON: &str = include_str!("../../levels/common.txt");
const POWER7_NETWORK: &str = include_str!("../../levels/power7-network.txt");
const SRIOV: &str = include_str!("../../levels/sriov.txt");
const FRAMES: &str = include_str!("../../levels/frames.txt");

static LEVELS: LazyLock<BTreeMap<&'static str, Level>> = LazyLock::new(|| {
    let files: [(&str, &[&str]); 5] = [
        (
            "v7-power5",
            &[include_str!("../../levels/v7-power5.txt"), FRAMES],
        ),
        (
            "v7-power7",
            &[
                include_str!("../../levels/v7-power7.txt"),
                POWER7_NETWORK,
                FRAMES,
            ],
        ),
        (
            "v8-power8",
            &[include_str!("../../levels/v8-power8.txt"), SRIOV, FRAMES],
        ),
        (
            "v10-power9",
            &[include_str!("../../levels/v10-power9.txt"), SRIOV],
        ),
        (
            "v10-power10",
            &[
                include_str!("../../levels/v10-power9.txt"),
                include_str!("../../levels/v10-power10.txt"),
                SRIOV,
            ],
        ),
    ];
    let parsed = files.map(|(name, texts)| {
        let text = [texts, &[COMMON]].concat().join("\n");
        (name, Level::parse(&text))
    });
    BTreeMap::from(parsed)
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_that_do_not_apply_are_absent() {
        let level = Level::parse("[lpar]\nname\nboot_mode = norm | !vioserver\n~uuid\n");
        let mut facts = Facts::new();
        facts.set("name", "vios1").mark("vioserver", true);
        let row = level.row("lpar", &facts);
        assert_eq!(row.get("name"), Some("vios1"));
        assert_eq!(row.get("boot_mode"), None);
        assert_eq!(row.get("uuid"), Some(""));
    }

    #[test]
    fn a_level_may_be_described_by_its_differences() {
        let level = Level::parse("[a]\nx = 1\ny\n[b]\nz\n[a]\nx = 2\nw\n[=b]\nq\n");
        let names = |section| -> Vec<&str> {
            let list = level.attributes(section).iter();
            list.map(|attribute| attribute.name.as_str()).collect()
        };
        assert_eq!((names("a"), names("b")), (vec!["x", "y", "w"], vec!["q"]));
        assert_eq!(level.row("a", &Facts::new()).get("x"), Some("2"));
    }
}
