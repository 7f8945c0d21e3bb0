//! Reading objects: the values of their attributes, object after object.

use std::borrow::Cow;

use super::every::all_names;
use super::kind::{Form, Holding, Kind};
use super::origin::Origin;
use super::settings::{settings, site};
use crate::db::{self, Names, NodeRow, Place, Reading, Rows, Snapshot, Source};
use crate::schema::Attribute;

/// The name of the one object of type `site`.
pub const CLUSTERSITE: &str = "clustersite";

/// An object as it was found.
#[derive(Debug)]
pub struct Found<'r> {
    /// Its name.
    pub name: &'r str,
    /// Whether it is defined at all.
    pub defined: bool,
    /// What it has, in the byte order of the attributes' names.
    pub values: Vec<Entry<'r>>,
}

/// An attribute that has a value.
#[derive(Debug)]
pub struct Entry<'r> {
    /// The attribute.
    pub name: Cow<'r, str>,
    /// The value; only a group's members may be empty.
    pub text: Cow<'r, str>,
    /// Where it lies; `None` for a row of `site` or `monsetting`.
    pub attribute: Option<&'static Attribute>,
    /// Where it comes from.
    pub origin: Origin<'r>,
}

impl Found<'_> {
    /// The value of an attribute.
    pub fn get(&self, attribute: &str) -> Option<&str> {
        let place = self
            .values
            .binary_search_by(|e| e.name.as_ref().cmp(attribute))
            .ok()?;
        Some(&self.values[place].text)
    }
}

/// Reads certain attributes of one type.
#[derive(Debug)]
pub(super) struct Reader<'k> {
    kind: &'k Kind,
    places: Vec<Place>,
    /// What each place is good for.
    serves: Vec<Vec<Service>>,
    /// The places of the deciding attributes, by slot.
    deciding: Vec<(usize, usize)>,
    /// The place of the object's own name.
    key: Option<usize>,
}

/// The places that have values, and what serves then. Neighbours are mostly
/// alike.
#[derive(Debug, Default)]
struct Shape {
    present: Vec<usize>,
    holding: Holding,
    served: Vec<(Service, usize)>,
}

/// A place may be that of several attributes.
#[derive(Debug, Clone, Copy)]
struct Service {
    slot: usize,
    /// The attribute's places in the order of the schema.
    order: usize,
    condition: Option<u32>,
    attribute: &'static Attribute,
}

impl<'k> Reader<'k> {
    /// A reader of the attributes in these slots.
    pub(super) fn new(kind: &'k Kind, slots: impl IntoIterator<Item = usize>) -> Self {
        let mut reader = Self {
            kind,
            places: Vec::new(),
            serves: Vec::new(),
            deciding: Vec::new(),
            key: None,
        };
        reader.key = kind.key_place().map(|place| reader.place(place));
        let mut conditional = false;
        let mut slots: Vec<usize> = slots.into_iter().collect();
        slots.sort_unstable();
        slots.dedup();
        for slot in slots {
            conditional |= kind.is_conditional(slot);
            reader.add(slot);
        }
        if conditional {
            for slot in kind.deciding() {
                let place = kind.places(slot).first().map(|p| p.attribute.into());
                if let Some(place) = place {
                    let place = reader.place(place);
                    reader.deciding.push((slot, place));
                }
            }
        }
        reader
    }

    fn add(&mut self, slot: usize) {
        for (order, place) in self.kind.places(slot).iter().enumerate() {
            let number = self.place(place.attribute.into());
            self.serves[number].push(Service {
                slot,
                order,
                condition: place.condition,
                attribute: place.attribute,
            });
        }
    }

    /// The number of a place, which is read once however many ask for it.
    fn place(&mut self, place: Place) -> usize {
        let same = |p: &Place| {
            std::ptr::eq(p.table, place.table) && p.column == place.column && p.row == place.row
        };
        if let Some(known) = self.places.iter().position(same) {
            return known;
        }
        self.places.push(place);
        self.serves.push(Vec::new());
        self.places.len() - 1
    }

    /// Hands objects to `each` in the byte order of their names. With names,
    /// those that are not defined come too.
    pub(super) fn read<E: From<db::Error>>(
        &self,
        snapshot: &Snapshot<'_>,
        names: Option<&[String]>,
        mut each: impl FnMut(Found<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        match (self.kind.form, names) {
            (Form::Site, None) => each(site(snapshot)?),
            (Form::Site, Some(names)) => names.iter().try_for_each(|name| {
                each(match name.as_str() {
                    CLUSTERSITE => site(snapshot)?,
                    name => Found {
                        name,
                        defined: false,
                        values: Vec::new(),
                    },
                })
            }),
            (Form::Log, _) => self.read_log(snapshot, names, each),
            (Form::Monitoring, _) => {
                let names = self.or_all(snapshot, names)?;
                self.read_rows(snapshot, Names::These(&names), |mut found| {
                    found.values.extend(settings(snapshot, found.name)?);
                    found.values.sort_by(|a, b| a.name.cmp(&b.name));
                    each(found)
                })
            }
            (Form::Node, None) => self.read_rows(snapshot, Names::All, &mut each),
            (_, _) => {
                let names = self.or_all(snapshot, names)?;
                self.read_rows(snapshot, Names::These(&names), &mut each)
            }
        }
    }

    fn or_all<'n>(
        &self,
        snapshot: &Snapshot<'_>,
        names: Option<&'n [String]>,
    ) -> Result<Cow<'n, [String]>, db::Error> {
        Ok(match names {
            Some(names) => names.into(),
            None => all_names(snapshot, self.kind)?.into(),
        })
    }

    fn read_rows<E: From<db::Error>>(
        &self,
        snapshot: &Snapshot<'_>,
        names: Names<'_>,
        mut each: impl FnMut(Found<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let reading = match self.kind.form {
            Form::Node => Reading::Inherited,
            _ => Reading::Raw,
        };
        let mut last = (Vec::new(), Holding::default());
        let mut shape = Shape::default();
        snapshot.node_values(names, &self.places, reading, |row| {
            let holding = self.holding(row, &mut last);
            if holding != shape.holding || !row.present().eq(shape.present.iter().copied()) {
                shape = self.shape(row, holding);
            }
            each(Found {
                name: row.name,
                defined: self.key.is_some_and(|key| row.get(key).is_some()),
                values: self.entries(row, &shape.served),
            })
        })
    }

    /// What serves for rows with values at the same places as this one.
    fn shape(&self, row: &NodeRow<'_>, holding: Holding) -> Shape {
        let present: Vec<usize> = row.present().collect();
        let mut served: Vec<(Service, usize)> = Vec::new();
        for &place in &present {
            let services = self.serves[place].iter();
            let serving = services.filter(|s| holding.has(s.condition));
            served.extend(serving.map(|s| (*s, place)));
        }
        served.sort_unstable_by_key(|(s, _)| (s.slot, s.order));
        Shape {
            present,
            holding,
            served,
        }
    }

    /// The conditions that hold for a row. Neighbours are mostly alike.
    fn holding(&self, row: &NodeRow<'_>, last: &mut (Vec<Option<String>>, Holding)) -> Holding {
        if self.deciding.is_empty() {
            return Holding::default();
        }
        let values: Vec<_> = self.deciding.iter().map(|d| row.get(d.1)).collect();
        let texts = || values.iter().map(|v| v.as_ref().map(|v| v.text.as_ref()));
        if !texts().eq(last.0.iter().map(Option::as_deref)) {
            let value = |slot: usize| {
                let number = self.deciding.iter().position(|d| d.0 == slot)?;
                values[number].as_ref().map(|v| v.text.as_ref())
            };
            last.1 = self.kind.holding(value);
            last.0 = texts().map(|t| t.map(str::to_owned)).collect();
        }
        last.1
    }

    /// The values of the places that serve, the last one for each attribute.
    fn entries<'r>(&self, row: &NodeRow<'r>, served: &[(Service, usize)]) -> Vec<Entry<'r>> {
        let mut entries = Vec::with_capacity(served.len());
        for (number, (service, place)) in served.iter().enumerate() {
            let next = served.get(number + 1);
            if next.is_some_and(|(s, _)| s.slot == service.slot) {
                continue;
            }
            if let Some(value) = row.get(*place) {
                entries.push(Entry {
                    name: self.kind.attribute(service.slot).into(),
                    text: value.text,
                    attribute: Some(service.attribute),
                    origin: Origin {
                        group: match value.source {
                            Source::Group(group) => Some(group),
                            Source::Own => None,
                        },
                        joined: match value.source {
                            Source::Group(_) => row.given(*place).get(1..).unwrap_or_default(),
                            Source::Own => row.given(*place),
                        },
                        pattern: row.computed_from(*place),
                        defaults: None,
                    },
                });
            }
        }
        entries
    }

    /// The rows of a log, by number as text.
    fn read_log<E: From<db::Error>>(
        &self,
        snapshot: &Snapshot<'_>,
        names: Option<&[String]>,
        mut each: impl FnMut(Found<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let Some(key) = self.kind.key_place() else {
            return Ok(());
        };
        let columns: Vec<usize> = self.places.iter().map(|p| p.column).collect();
        let mut rows: Vec<(String, Vec<Option<String>>)> = Vec::new();
        let which = names.map_or(Rows::All, |names| Rows::Among(key.column, names));
        let number = self.key.unwrap_or(0);
        snapshot.rows(key.table, &columns, which, |row| {
            let values: Vec<_> = (0..columns.len())
                .map(|c| row.get(c).map(str::to_owned))
                .collect();
            rows.push((values[number].clone().unwrap_or_default(), values));
            Ok::<_, db::Error>(())
        })?;
        rows.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        for (name, values) in &rows {
            let mut entries: Vec<Entry<'_>> = Vec::new();
            for (place, value) in values.iter().enumerate() {
                let (Some(service), Some(value)) = (self.serves[place].first(), value) else {
                    continue;
                };
                entries.push(Entry {
                    name: self.kind.attribute(service.slot).into(),
                    text: value.into(),
                    attribute: Some(service.attribute),
                    origin: Origin::default(),
                });
            }
            entries.sort_by(|a, b| a.name.cmp(&b.name));
            each(Found {
                name,
                defined: true,
                values: entries,
            })?;
        }
        let missing = names.unwrap_or_default().iter();
        for name in missing.filter(|n| rows.binary_search_by(|r| r.0.cmp(n)).is_err()) {
            each(Found {
                name,
                defined: false,
                values: Vec::new(),
            })?;
        }
        Ok(())
    }
}
