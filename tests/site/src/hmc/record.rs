//! Rows and the way an HMC prints them: default records and `-F` lists.

use super::args::Listing;
use super::messages;
use super::reply::Reply;

/// One attribute of a row; without a value it does not apply to the row.
#[derive(Debug, Clone)]
pub struct Field {
    /// Attribute name.
    pub name: String,
    /// Value, lists joined as CSV.
    pub value: Option<String>,
    /// Shown with `-F` only.
    pub hidden: bool,
    /// Quoted even with one element.
    pub quoted: bool,
}

/// One resource of a listing.
#[derive(Debug, Clone, Default)]
pub struct Row(pub Vec<Field>);

impl Row {
    /// The value of an attribute that applies to the row.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|field| field.name == name)
            .and_then(|field| field.value.as_deref())
    }

    /// Sets an attribute that the row has; what applied to it or not stays.
    pub fn set(&mut self, name: &str, value: &str) {
        if let Some(field) = self.0.iter_mut().find(|field| field.name == name) {
            field.value = Some(value.to_owned());
        }
    }

    fn record(&self) -> String {
        let shown = self.0.iter().filter(|field| !field.hidden);
        let fields: Vec<String> = shown
            .filter_map(|field| {
                let value = field.value.as_ref()?;
                let forced = field.quoted && !value.is_empty();
                Some(csv_field(&format!("{}={value}", field.name), ',', forced))
            })
            .collect();
        fields.join(",")
    }

    fn selected(&self, names: &[String], delimiter: char) -> String {
        let values: Vec<String> = names
            .iter()
            .map(|name| csv_field(self.get(name).unwrap_or("null"), delimiter, false))
            .collect();
        values.join(&delimiter.to_string())
    }
}

/// Quotes a CSV field when it needs it: it holds the delimiter, a quote or a newline.
pub fn csv_field(text: &str, delimiter: char, forced: bool) -> String {
    if forced || text.contains([delimiter, '"', '\n']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

/// Splits a CSV record into its fields; `""` inside quotes is one quote.
pub fn csv_split(text: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut quoted = false;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let last = fields.len() - 1;
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => {
                chars.next();
                fields[last].push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => fields.push(String::new()),
            c => fields[last].push(c),
        }
    }
    fields
}

/// Prints rows as the caller asked: whole records, or the attributes of `-F`.
///
/// `known` are the attribute names of this listing at this level.
pub fn print(rows: &[Row], known: &[String], listing: &Listing, pick: &messages::Texts) -> Reply {
    let names = match &listing.fields {
        Some(names) if names.is_empty() => Some(known),
        Some(names) => Some(names.as_slice()),
        None => None,
    };
    if let Some(bad) = names.and_then(|names| names.iter().find(|name| !known.contains(name))) {
        return Reply::refused(pick.invalid_attribute(bad));
    }
    if rows.is_empty() {
        return Reply::said(pick.no_results());
    }
    let mut text = String::new();
    if let (Some(names), true) = (names, listing.header) {
        text.push_str(&names.join(&listing.delimiter.to_string()));
        text.push('\n');
    }
    for row in rows {
        match names {
            Some(names) => text.push_str(&row.selected(names, listing.delimiter)),
            None => text.push_str(&row.record()),
        }
        text.push('\n');
    }
    Reply::said(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_quote_the_whole_field_and_double_inner_quotes() {
        let field = |name: &str, value: &str, quoted| Field {
            name: name.into(),
            value: Some(value.into()),
            hidden: false,
            quoted,
        };
        let row = Row(vec![
            field("virtual_eth_adapters", "\"2/1/1/3,4,5/0/1\"", false),
            field("addl_vlan_ids", "54", true),
            field("empty", "", true),
            field("text", "a=b:c d", false),
        ]);
        assert_eq!(
            row.record(),
            "\"virtual_eth_adapters=\"\"2/1/1/3,4,5/0/1\"\"\",\"addl_vlan_ids=54\",empty=,text=a=b:c d"
        );
    }

    #[test]
    fn csv_splits_quoted_fields() {
        assert_eq!(csv_split(r#"a,"b,""c""",d"#), ["a", r#"b,"c""#, "d"]);
    }
}
