//! A listing of objects, as it is told: each object, the names that stand for
//! none, and why there is nothing to show.

use super::error::Error;
use super::image::{self, Images};
use super::index::NodeIndex;
use super::kind::{Form, Kind};
use super::list::{Counts, Item, Listing, list};
use super::outcome::{not_found, not_valid};
use super::read::Found;
use super::show::{Layout, Manner, Show};
use crate::db::{Expander, Snapshot};
use crate::json::Array;

/// What a listing has to say.
#[derive(Debug)]
pub enum Said<'a> {
    /// Lines for standard output, each with its newline.
    Text(&'a str),
    /// Something that was asked for is not there.
    Error(String),
}

/// Lists objects of one or several types as text, and says so if there are
/// none.
///
/// # Errors
/// As [`list`].
pub fn show<E: From<Error>>(
    snapshot: &Snapshot<'_>,
    index: &NodeIndex<'_>,
    kinds: &[Kind],
    listing: &Listing,
    manner: Manner,
    mut say: impl FnMut(Said<'_>) -> Result<(), E>,
) -> Result<(), E> {
    let with_images = manner.images && !listing.names_only;
    let mut telling = Telling {
        say: &mut say,
        text: manner.layout.opening(),
        array: Array::default(),
        images: with_images.then(|| Images::new(snapshot)),
        is_silent: true,
    };
    let wanted = listing.wanted.as_ref();
    let mut all = Counts {
        empty: true,
        ..Counts::default()
    };
    for kind in kinds {
        let show = Show {
            kind,
            manner,
            wanted: wanted.map(|w| w.of(kind).collect()),
            names_only: listing.names_only,
            expander: Expander::default(),
        };
        let counts = list(snapshot, index, kind, listing, |item| match item {
            Item::Missing(name) => telling.error(not_found(name, kind.name())),
            Item::Object(object) => telling.object(&show, object),
        })?;
        let unknown = wanted.iter().flat_map(|w| w.unknown(kind));
        for name in unknown.filter(|_| !counts.empty) {
            telling.error(not_valid(name, kind.name()))?;
        }
        all.met += counts.met;
        all.listed += counts.listed;
        all.empty &= counts.empty;
    }
    telling.end(manner.layout, all)
}

/// A listing while it is told.
struct Telling<'s, 'f, E> {
    say: &'f mut dyn FnMut(Said<'_>) -> Result<(), E>,
    /// What is not said yet.
    text: String,
    array: Array,
    /// The images of nodes, where they are shown.
    images: Option<Images<'s, 's>>,
    /// Whether nothing was shown of any object, as with `-c` and attributes
    /// without a value.
    is_silent: bool,
}

impl<E: From<Error>> Telling<'_, '_, E> {
    fn error(&mut self, text: String) -> Result<(), E> {
        (self.say)(Said::Error(text))
    }

    fn object(&mut self, show: &Show<'_>, object: &Found) -> Result<(), E> {
        let images = self.images.as_mut();
        let image = match images.filter(|_| show.kind.form == Form::Node) {
            Some(images) => Some(images.of(object).map_err(Error::from)?),
            None => None,
        };
        match show.manner.layout {
            Layout::Json => {
                let mut json = show.json(object);
                if let Some(Ok(image)) = &image {
                    json["osimage"] = image::json(image);
                }
                self.text = self.array.line(&json) + "\n";
            }
            _ => {
                show.object(object, &mut self.text);
                if let Some(Ok(image)) = &image {
                    image::write(image, &mut self.text);
                }
            }
        }
        if let Some(Err(reason)) = image {
            self.error(reason)?;
        }
        let said = (self.say)(Said::Text(&self.text));
        self.is_silent &= self.text.is_empty();
        self.text.clear();
        said
    }

    /// Says what is left, and if there was nothing, why.
    fn end(self, layout: Layout, all: Counts) -> Result<(), E> {
        let end;
        let text = match (all.listed, all.empty) {
            _ if layout == Layout::Json => {
                end = format!("{}\n", self.array.end());
                &end
            }
            (0, true) => "Could not find any object definitions to display.\n",
            (0, false) if !self.text.is_empty() => &self.text,
            (_, false) if all.met > 0 && self.is_silent => {
                "No object definitions have been found\n"
            }
            _ => return Ok(()),
        };
        (self.say)(Said::Text(text))
    }
}
