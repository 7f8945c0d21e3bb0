//! The image of a node: what `lsdef --osimage` adds.

use std::collections::HashMap;
use std::fmt::Write as _;

use serde_json::{Map, Value};

use super::kind::Kind;
use super::outcome::not_found;
use super::read::{Found, Reader};
use crate::db::{self, Snapshot};

/// Ways of installing that name no image: the image is then the one called
/// after the node's system, architecture, this, and profile.
const WAYS: [&str; 3] = ["install", "netboot", "statelite"];

/// An image's attributes and their values.
type Image = Vec<(String, String)>;

/// Looks images up, each once.
pub(super) struct Images<'s, 'db> {
    snapshot: &'s Snapshot<'db>,
    known: HashMap<String, Option<Image>>,
}

impl<'s, 'db> Images<'s, 'db> {
    pub(super) fn new(snapshot: &'s Snapshot<'db>) -> Self {
        Self {
            snapshot,
            known: HashMap::new(),
        }
    }

    /// The attributes of a node's image; or why there are none.
    ///
    /// # Errors
    /// The database cannot be read.
    pub(super) fn of(&mut self, node: &Found<'_>) -> Result<Result<&Image, String>, db::Error> {
        let Some(name) = name_of_image(node) else {
            return Ok(Err(format!(
                "Missing attributes for node {}, check the node attributes 'os', 'arch', \
                 'profile' and 'provmethod'.",
                node.name
            )));
        };
        if !self.known.contains_key(&name) {
            let image = read(self.snapshot, &name)?;
            self.known.insert(name.clone(), image);
        }
        let image = self.known.get(&name).and_then(Option::as_ref);
        Ok(image.ok_or_else(|| not_found(&name, "osimage")))
    }
}

fn name_of_image(node: &Found<'_>) -> Option<String> {
    let method = node.get("provmethod")?;
    if !WAYS.contains(&method) {
        return Some(method.to_owned());
    }
    let (os, arch, profile) = (node.get("os")?, node.get("arch")?, node.get("profile")?);
    Some(format!("{os}-{arch}-{method}-{profile}"))
}

fn read(snapshot: &Snapshot<'_>, name: &str) -> Result<Option<Image>, db::Error> {
    let Some(kind) = Kind::named("osimage") else {
        return Ok(None);
    };
    let mut image = None;
    Reader::new(&kind, 0..kind.len()).read(snapshot, Some(&[name.to_owned()]), |found| {
        let values = found.values.iter();
        let values = values.map(|e| (e.name.to_string(), e.text.to_string()));
        image = found.defined.then(|| values.collect());
        Ok::<_, db::Error>(())
    })?;
    Ok(image)
}

/// The lines of an image, below those of its node.
pub(super) fn write(image: &Image, out: &mut String) {
    for (name, value) in image {
        // Writing to a String cannot fail.
        let _ = writeln!(out, "    {name}={value}");
    }
}

/// An image as JSON.
pub(super) fn json(image: &Image) -> Value {
    let pairs = image.iter().map(|(n, v)| (n.clone(), v.as_str().into()));
    Value::Object(pairs.collect::<Map<_, _>>())
}
