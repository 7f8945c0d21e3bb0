//! Attributes whose value is that of the node and those of all its groups,
//! joined (site `hierarchicalattrs`; xCAT: `TableUtils.pm`,
//! `getHierarchyAttrs`, and `Table.pm`, `getNodeAttribs_nosub_returnany`).

use super::nodes::NEXT_RECORD;
use super::place::Place;
use super::{Error, Snapshot};
use crate::schema::table;

/// The delimiter of each place whose values are joined.
#[derive(Debug, Default)]
pub(super) struct Joining(Vec<Option<String>>);

impl Joining {
    /// Reads what the site joins, for these places.
    pub(super) fn read(snapshot: &Snapshot<'_>, places: &[Place]) -> Result<Self, Error> {
        let Some(site) = table("site") else {
            return Ok(Self::default());
        };
        let (Some(key), Some(value)) = (site.position("key"), site.position("value")) else {
            return Ok(Self::default());
        };
        let Some(text) = snapshot.value(site, value, &[(key, "hierarchicalattrs")])? else {
            return Ok(Self::default());
        };
        let delimiters = parse(&text);
        let of = |place: &Place| {
            // A nodelist row says which groups a node is in.
            let column = place.table.columns[place.column].name;
            let named = delimiters.iter().rev().find(|d| d.0 == column);
            let named = named.filter(|_| place.table.name != "nodelist");
            named.map(|d| d.1.to_owned())
        };
        Ok(Self(places.iter().map(of).collect()))
    }

    /// What stands between the values at a place; `None` if the first counts.
    pub(super) fn delimiter(&self, place: usize) -> Option<&str> {
        self.0.get(place)?.as_deref()
    }
}

/// `column,column:delimiter`: each column with its delimiter.
fn parse(text: &str) -> Vec<(&str, &str)> {
    let items = text.split(',').map(str::trim).filter(|i| !i.is_empty());
    let delimited = items.map(|item| match item.split_once(':') {
        Some((column, delimiter)) => (column.trim_end(), delimiter.trim_start()),
        None => (item, ""),
    });
    delimited
        .map(|(column, delimiter)| (column, Some(delimiter).filter(|d| !d.is_empty())))
        .map(|(column, delimiter)| (column, delimiter.unwrap_or(",")))
        .collect()
}

/// The values one after the other, each part once.
pub(super) fn join<'v>(values: impl Iterator<Item = &'v str>, delimiter: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for value in values {
        let value = value.strip_suffix(NEXT_RECORD).unwrap_or(value);
        for part in value.split(delimiter) {
            if !part.is_empty() && !parts.contains(&part) {
                parts.push(part);
            }
        }
    }
    parts.join(delimiter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_have_their_own_delimiter() {
        assert_eq!(
            parse("postscripts, begin:| ,end : ; ,,x:"),
            [
                ("postscripts", ","),
                ("begin", "|"),
                ("end", ";"),
                ("x", ",")
            ]
        );
    }

    #[test]
    fn each_part_stands_once() {
        let values = ["b,a", "c,b,", "", "a+=NEXTRECORD", "d"];
        assert_eq!(join(values.into_iter(), ","), "b,a,c,d");
        assert_eq!(join(["x y", "z"].into_iter(), "|"), "x y|z");
    }
}
