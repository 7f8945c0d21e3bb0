//! The management module of a blade chassis (Flex CMM, BladeCenter AMM): its command line, as
//! far as its public documentation and programs that talk to it tell.
//!
//! It is no shell: a line is a command with words, `-T` names its target. It answers `OK` or
//! lines of text, and its exit status says nothing. The texts of its refusals are those of the
//! documented list of common errors; layouts beyond the lines that clients read are assumed.

use crate::config::{BladeConfig, ChassisConfig};

/// Boot devices that `bootseq` takes (documented).
const DEVICES: &[&str] = &[
    "cd", "floppy", "hd0", "hd1", "hd2", "hd3", "hd4", "hyper", "iscsi", "iscsicrt", "legacy",
    "nodev", "nw", "uefi", "usb", "usbdisk",
];

/// A chassis with its nodes, and what happened to them.
#[derive(Debug)]
pub struct Chassis {
    spec: ChassisConfig,
}

/// One session's place in the chassis: `env -T` moves it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place(String);

impl Default for Place {
    fn default() -> Self {
        Self("system".to_owned())
    }
}

impl Place {
    /// The prompt there.
    pub fn prompt(&self) -> String {
        format!("{}> ", self.0)
    }
}

impl Chassis {
    /// A chassis as described.
    pub fn new(spec: &ChassisConfig) -> Self {
        Self { spec: spec.clone() }
    }

    /// Runs a line; `None` ends the session.
    pub fn run(&mut self, line: &str, place: &mut Place) -> Option<String> {
        let words = words(line);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let Some((name, rest)) = words.split_first() else {
            return Some(String::new());
        };
        if *name == "exit" {
            return None;
        }
        let text = match self.command(name, rest, place) {
            Ok(text) | Err(text) => text,
        };
        Some(text)
    }

    fn command(&mut self, name: &str, words: &[&str], place: &mut Place) -> Result<String, String> {
        let (words, target) = target(words)?;
        let path = target.unwrap_or(place.0.as_str()).to_owned();
        match name {
            "env" => {
                self.check(&path)?;
                if !words.is_empty() {
                    return Err(extra());
                }
                *place = match target {
                    Some(path) => Place(path.to_owned()),
                    None => Place::default(),
                };
                Ok("OK\n".to_owned())
            }
            "list" => self.list(&words),
            "info" if words.is_empty() => self.info(&path),
            "bootseq" => self.bootseq(&path, &words),
            "power" => self.power(&path, &words),
            "help" if words.is_empty() => Ok(
                " ?- Display commands\n bootseq- View or set the boot sequence\n env- Set persistent command target\n exit- Log off\n help- Display commands\n info- Display identity\n list- Display installed targets\n power- Control target power\nType \"<command> -h\" for individual command syntax help.\n".to_owned(),
            ),
            "info" | "help" => Err(extra()),
            _ => Err("Command not recognized; type 'help' to get a list of supported commands.\n".to_owned()),
        }
    }

    /// The index of the node that a target names.
    fn node(&self, path: &str) -> Result<usize, String> {
        let Some(slot) = path
            .strip_prefix("system:blade[")
            .and_then(|rest| rest.strip_suffix(']'))
        else {
            return Err(
                "Command cannot be issued to this target. Type env -h -l for help on targets\n"
                    .to_owned(),
            );
        };
        let slot: u32 = slot
            .parse()
            .map_err(|_| "Invalid target path\n".to_owned())?;
        if !(1..=self.spec.bays).contains(&slot) {
            return Err("The target bay is out of range.\n".to_owned());
        }
        let found = self.spec.node.iter().position(|node| node.slot == slot);
        found.ok_or_else(|| "The target bay is empty.\n".to_owned())
    }

    fn check(&self, path: &str) -> Result<(), String> {
        match path {
            "system" | "system:mm[1]" => Ok(()),
            path if path.starts_with("system:blade[") => self.node(path).map(drop),
            _ => Err("Invalid target path\n".to_owned()),
        }
    }

    fn list(&self, words: &[&str]) -> Result<String, String> {
        let deep = match words {
            [] | ["-l", "1"] => false,
            ["-l", "2" | "a" | "all"] => true,
            _ => return Err(syntax("list")),
        };
        let mut text = "system\n".to_owned();
        if deep {
            text.push_str("        mm[1]          primary\n");
            for node in &self.spec.node {
                text.push_str(&format!(
                    "        {:<14} {}\n",
                    format!("blade[{}]", node.slot),
                    node.name
                ));
            }
        }
        Ok(text)
    }

    fn info(&self, path: &str) -> Result<String, String> {
        if matches!(path, "system" | "system:mm[1]") {
            return Ok(format!(
                "Manufacturer: IBM\nProduct Name: IBM Chassis Midplane\nMach type/model: {}\nMach serial number: {}\nName: {}\n",
                self.spec.type_model.replace('-', ""),
                self.spec.serial,
                self.spec.name
            ));
        }
        let BladeConfig {
            slot,
            name,
            product,
            type_model,
            serial,
            macs,
            ..
        } = &self.spec.node[self.node(path)?];
        let mut text = format!(
            "Name: {name}\nManufacturer: IBM\nProduct Name: {product}\nMach type/model: {}\nMach serial number: {serial}\nSlots: {slot}\n",
            type_model.replace('-', "")
        );
        for (at, mac) in macs.iter().enumerate() {
            text.push_str(&format!("MAC Address {}: {mac}\n", at + 1));
        }
        Ok(text)
    }

    fn bootseq(&mut self, path: &str, words: &[&str]) -> Result<String, String> {
        let at = self.node(path)?;
        let node = &mut self.spec.node[at];
        if words.is_empty() {
            let list = node.bootseq.iter();
            return Ok(list.map(|device| format!("{device}\n")).collect());
        }
        let unknown = words.iter().find(|word| !DEVICES.contains(word));
        let twice = (1..words.len()).any(|at| words[..at].contains(&words[at]));
        if unknown.is_some() || twice || words.len() > 4 {
            return Err(syntax("bootseq"));
        }
        node.bootseq = words.iter().map(|word| (*word).to_owned()).collect();
        Ok("OK\n".to_owned())
    }

    fn power(&mut self, path: &str, words: &[&str]) -> Result<String, String> {
        let at = self.node(path)?;
        let node = &mut self.spec.node[at];
        match words {
            ["-state"] => return Ok(format!("{}\n", if node.on { "On" } else { "Off" })),
            ["-on"] | ["-cycle"] => node.on = true,
            ["-off"] | ["-softoff"] => node.on = false,
            _ => return Err(syntax("power")),
        }
        Ok("OK\n".to_owned())
    }
}

/// The words of a line; double quotes hold blanks together and mean nothing else.
fn words(line: &str) -> Vec<String> {
    let mut list = Vec::new();
    let mut word: Option<String> = None;
    let mut quoted = false;
    for c in line.chars() {
        match c {
            '"' => {
                quoted = !quoted;
                word.get_or_insert_default();
            }
            c if c.is_whitespace() && !quoted => list.extend(word.take()),
            c => word.get_or_insert_default().push(c),
        }
    }
    list.extend(word);
    list
}

/// Takes `-T target` out of the words, wherever it stands.
fn target<'a>(words: &[&'a str]) -> Result<(Vec<&'a str>, Option<&'a str>), String> {
    let mut rest = Vec::new();
    let mut target = None;
    let mut words = words.iter();
    while let Some(word) = words.next() {
        if *word != "-T" {
            rest.push(*word);
            continue;
        }
        match words.next() {
            Some(path) if target.is_none() => target = Some(*path),
            Some(_) => return Err("Duplicate option: -T\n".to_owned()),
            None => return Err("Option -T requires an argument.\n".to_owned()),
        }
    }
    Ok((rest, target))
}

fn syntax(name: &str) -> String {
    format!("Invalid syntax. Type '{name} -h' for help.\n")
}

fn extra() -> String {
    "Command line contains extraneous arguments.\n".to_owned()
}
