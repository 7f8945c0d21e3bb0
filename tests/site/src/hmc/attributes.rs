//! Configuration data: the one CSV record of `-i` and the `-a` of changes.

use super::messages;
use super::record::csv_split;
use super::reply::Reply;

/// What is done with an attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// `name=value`.
    Set,
    /// `name+=value`: elements are added to a list.
    Add,
    /// `name-=value`: elements are taken from a list.
    Remove,
}

/// One attribute of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Its name.
    pub name: String,
    /// What is done.
    pub operation: Operation,
    /// The value, of a list its elements joined as CSV.
    pub value: String,
}

/// The attributes of one record, in their order.
#[derive(Debug, Default)]
pub struct Changes(pub Vec<Change>);

impl Changes {
    /// Reads a record: `a=1,"b=2,3"`. Blanks after a comma are skipped. A list that is not
    /// quoted as a whole, an open quote or a field without `=` is refused (text assumed).
    pub fn parse(text: &str, option: &str) -> Result<Self, Reply> {
        let bad = || Reply::refused(messages::missing(option));
        let mut list = Vec::new();
        for field in fields(text).ok_or_else(bad)? {
            let (name, value) = field.split_once('=').ok_or_else(bad)?;
            let (name, operation) = match name.chars().last() {
                Some('+') => (&name[..name.len() - 1], Operation::Add),
                Some('-') => (&name[..name.len() - 1], Operation::Remove),
                _ => (name, Operation::Set),
            };
            let is_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
            if name.is_empty() || !name.chars().all(is_name) {
                return Err(bad());
            }
            list.push(Change {
                name: name.to_owned(),
                operation,
                value: value.to_owned(),
            });
        }
        Ok(Self(list))
    }

    /// The value that an attribute is set to; the last one counts.
    pub fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().rfind(|change| change.name == name)?;
        (found.operation == Operation::Set).then_some(found.value.as_str())
    }

    /// Takes an attribute out; the last one counts.
    pub fn take(&mut self, name: &str) -> Option<String> {
        let value = self.get(name).map(str::to_owned);
        self.0.retain(|change| change.name != name);
        value
    }

    /// Takes an attribute out that must be there.
    pub fn required(&mut self, name: &str) -> Result<String, Reply> {
        self.take(name)
            .filter(|value| !value.is_empty())
            .ok_or_else(|| Reply::refused(messages::missing_attribute(name)))
    }
}

/// The fields of a record, unquoted; `None` when the quoting is wrong.
fn fields(text: &str) -> Option<Vec<String>> {
    let mut list = Vec::new();
    let mut rest = text.trim_start();
    loop {
        let (field, after) = match rest.strip_prefix('"') {
            Some(inside) => quoted(inside)?,
            None => match rest.split_once(',') {
                Some((field, after)) => (field.to_owned(), Some(after)),
                None => (rest.to_owned(), None),
            },
        };
        if field.is_empty() || (!rest.starts_with('"') && field.contains('"')) {
            return None;
        }
        list.push(field);
        match after {
            Some(after) => rest = after.trim_start(),
            None => return Some(list),
        }
    }
}

/// A quoted field up to its end, and what follows the comma after it.
fn quoted(text: &str) -> Option<(String, Option<&str>)> {
    let mut field = String::new();
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' if matches!(chars.peek(), Some((_, '"'))) => {
                chars.next();
                field.push('"');
            }
            '"' => {
                let rest = &text[at + 1..];
                return match rest.strip_prefix(',') {
                    Some(after) => Some((field, Some(after))),
                    None => rest.trim().is_empty().then_some((field, None)),
                };
            }
            c => field.push(c),
        }
    }
    None
}

/// A list attribute after `+=` or `-=`; elements with commas keep their quotes.
pub fn changed_list(old: &str, change: &Change) -> String {
    let elements = |text: &str| -> Vec<String> {
        csv_split(text)
            .into_iter()
            .filter(|element| !element.is_empty() && element != "none")
            .collect()
    };
    let given = elements(&change.value);
    let mut list = elements(old);
    match change.operation {
        Operation::Set => list = given,
        Operation::Add => list.extend(given),
        Operation::Remove => {
            // An adapter or slot is named by the first part of its element.
            let key = |element: &String| element.split('/').next().map(str::to_owned);
            list.retain(|element| !given.iter().any(|gone| key(gone) == key(element)));
        }
    }
    if list.is_empty() {
        return "none".to_owned();
    }
    let quoted = list
        .iter()
        .map(|element| super::record::csv_field(element, ',', false));
    quoted.collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(text: &str) -> Option<Vec<(String, String)>> {
        let changes = Changes::parse(text, "-i").ok()?;
        let pair = |change: Change| (change.name, change.value);
        Some(changes.0.into_iter().map(pair).collect())
    }

    fn owned(list: &[(&str, &str)]) -> Option<Vec<(String, String)>> {
        let pair = |(a, b): &(&str, &str)| ((*a).to_owned(), (*b).to_owned());
        Some(list.iter().map(pair).collect())
    }

    #[test]
    fn records_are_read_as_csv() {
        assert_eq!(
            pairs(r#"name=L, min_mem=512,"virtual_eth_adapters=2/0/1//0/0,3/0/2//0/0""#),
            owned(&[
                ("name", "L"),
                ("min_mem", "512"),
                ("virtual_eth_adapters", "2/0/1//0/0,3/0/2//0/0")
            ])
        );
        assert_eq!(
            pairs(r#""virtual_eth_adapters=""2/1/1/3,4/0/1""",name=a b"#),
            owned(&[
                ("virtual_eth_adapters", "\"2/1/1/3,4/0/1\""),
                ("name", "a b")
            ])
        );
    }

    #[test]
    fn careless_quoting_is_refused() {
        for text in [
            "virtual_eth_adapters=2/0/1//0/0,3/0/2//0/0",
            "\"name=L",
            "name=\"L\"",
            "\"name=L\"x",
            "name=L,",
            "",
            "Name=L",
        ] {
            assert_eq!(pairs(text), None, "{text}");
        }
    }

    #[test]
    fn lists_grow_and_shrink() {
        let change = |operation, value: &str| Change {
            name: "io_slots".into(),
            operation,
            value: value.into(),
        };
        let add = change(Operation::Add, "21010003/none/0");
        assert_eq!(changed_list("none", &add), "21010003/none/0");
        assert_eq!(
            changed_list("21010002/none/1", &add),
            "21010002/none/1,21010003/none/0"
        );
        let remove = change(Operation::Remove, "21010002//");
        assert_eq!(changed_list("21010002/none/1", &remove), "none");
    }
}
