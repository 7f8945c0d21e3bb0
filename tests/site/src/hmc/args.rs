//! Options of HMC commands, and the `-F`, `--header` and `--filter` rules of the listings.

use super::messages;
use super::record::csv_split;
use super::reply::Reply;

/// How many values an option takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Takes {
    /// None: a switch.
    Nothing,
    /// One value.
    Value,
    /// All words up to the next option (`-F name state`), possibly none.
    Words,
}

/// Parsed options of one command line.
#[derive(Debug, Default)]
pub struct Args {
    options: Vec<(String, Vec<String>)>,
    /// Words that belong to no option.
    pub operands: Vec<String>,
}

/// How a listing shall be printed.
#[derive(Debug, Default)]
pub struct Listing {
    /// Attributes of `-F`; empty means all, `None` means whole records.
    pub fields: Option<Vec<String>>,
    /// `--header` was given.
    pub header: bool,
    /// What stood between the attributes of `-F`.
    pub delimiter: char,
}

/// One filter: an attribute and its accepted values.
#[derive(Debug, PartialEq, Eq)]
pub struct Filter {
    /// `lpar_names`, `lpar_ids`, `profile_names` …
    pub name: String,
    /// Accepted values.
    pub values: Vec<String>,
}

impl Args {
    /// Parses the words after the command's name. Unknown options and options without
    /// their value are refused in the HMC's words.
    pub fn parse(words: &[String], spec: &[(&str, Takes)]) -> Result<Self, Reply> {
        let mut args = Self::default();
        let mut unknown = Vec::new();
        let mut words = words.iter().peekable();
        while let Some(word) = words.next() {
            if !word.starts_with('-') || word == "-" {
                args.operands.push(word.clone());
                continue;
            }
            let Some((name, takes, glued)) = lookup(word, spec) else {
                unknown.push(word.as_str());
                continue;
            };
            let mut values: Vec<String> = glued.into_iter().collect();
            match takes {
                Takes::Nothing => {}
                Takes::Value if values.is_empty() => match words.next() {
                    Some(value) => values.push(value.clone()),
                    None => return Err(Reply::refused(messages::missing(name))),
                },
                Takes::Value => {}
                Takes::Words => {
                    while let Some(value) = words.next_if(|next| !next.starts_with('-')) {
                        values.push(value.clone());
                    }
                }
            }
            args.options.push((name.to_owned(), values));
        }
        if unknown.is_empty() {
            Ok(args)
        } else {
            Err(Reply::refused(messages::unknown_option(&unknown.join(","))))
        }
    }

    /// Whether an option was given.
    pub fn has(&self, name: &str) -> bool {
        self.options.iter().any(|(option, _)| option == name)
    }

    /// The value of an option; the last one counts.
    pub fn value(&self, name: &str) -> Option<&str> {
        let (_, values) = self.options.iter().rfind(|(option, _)| option == name)?;
        values.first().map(String::as_str)
    }

    /// The value of an option that must be there, not empty.
    pub fn required(&self, name: &str) -> Result<&str, Reply> {
        self.value(name)
            .filter(|value| !value.is_empty())
            .ok_or_else(|| Reply::refused(messages::missing(name)))
    }

    /// The options of a command that takes nothing else.
    pub fn options(words: &[String], spec: &[(&str, Takes)]) -> Result<Self, Reply> {
        let args = Self::parse(words, spec)?;
        args.no_operands()?;
        Ok(args)
    }

    /// Refuses operands for a command that takes none.
    pub fn no_operands(&self) -> Result<(), Reply> {
        if self.operands.is_empty() {
            return Ok(());
        }
        let words = self.operands.join(",");
        Err(Reply::refused(messages::unknown_option(&words)))
    }

    /// The `-F` and `--header` of a listing.
    pub fn listing(&self) -> Result<Listing, Reply> {
        let header = self.has("--header");
        let given = self.options.iter().rfind(|(option, _)| option == "-F");
        let Some((_, words)) = given else {
            if header {
                return Err(Reply::refused(messages::missing("-F")));
            }
            return Ok(Listing::default());
        };
        let text = words.join(" ");
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let delimiter = text.chars().find(|c| !is_name(*c)).unwrap_or(',');
        let fields = text.split(delimiter).filter(|name| !name.is_empty());
        Ok(Listing {
            fields: Some(fields.map(str::to_owned).collect()),
            header,
            delimiter,
        })
    }

    /// The `--filter` of a listing; `allowed` are the names that this listing knows.
    pub fn filters(&self, allowed: &[&str]) -> Result<Vec<Filter>, Reply> {
        let Some(text) = self.value("--filter") else {
            return Ok(Vec::new());
        };
        parse_filters(text, allowed).ok_or_else(|| Reply::refused(messages::missing("--filter")))
    }
}

fn lookup<'a>(word: &str, spec: &[(&'a str, Takes)]) -> Option<(&'a str, Takes, Option<String>)> {
    if let Some((name, takes)) = spec.iter().find(|(name, _)| *name == word) {
        return Some((name, *takes, None));
    }
    if word.starts_with("--") {
        return None;
    }
    spec.iter()
        .filter(|(name, takes)| !name.starts_with("--") && *takes != Takes::Nothing)
        .find_map(|(name, takes)| {
            let rest = word.strip_prefix(name)?;
            Some((*name, *takes, Some(rest.to_owned())))
        })
}

/// Reads `a=1`, `a=1,b=2`, `a=1,2` and the quoted `"a=1,2","b=3"`.
fn parse_filters(text: &str, allowed: &[&str]) -> Option<Vec<Filter>> {
    let mut filters: Vec<Filter> = Vec::new();
    for field in csv_split(text) {
        let start = field
            .split_once('=')
            .filter(|(name, _)| allowed.contains(name));
        match (start, filters.last_mut()) {
            (Some((name, value)), _) => filters.push(Filter {
                name: name.to_owned(),
                values: csv_split(value),
            }),
            // A bare list of values: `lpar_names=a,b`.
            (None, Some(filter)) => filter.values.push(field),
            (None, None) => return None,
        }
    }
    Some(filters)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPEC: &[(&str, Takes)] = &[
        ("-r", Takes::Value),
        ("-m", Takes::Value),
        ("-F", Takes::Words),
        ("--header", Takes::Nothing),
        ("--filter", Takes::Value),
    ];

    fn parse(line: &str) -> Result<Args, Reply> {
        let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
        Args::parse(&words, SPEC)
    }

    #[test]
    fn the_delimiter_of_the_fields_is_the_delimiter_of_the_output() {
        for (line, delimiter) in [
            ("-F a,b", ','),
            ("-F a:b", ':'),
            ("-F a b", ' '),
            ("-Fa:b", ':'),
        ] {
            let listing = parse(line).unwrap().listing().unwrap();
            assert_eq!(listing.fields.unwrap(), ["a", "b"], "{line}");
            assert_eq!(listing.delimiter, delimiter, "{line}");
        }
        assert!(
            parse("-F")
                .unwrap()
                .listing()
                .unwrap()
                .fields
                .unwrap()
                .is_empty()
        );
    }

    #[test]
    fn unknown_options_and_missing_values_are_refused() {
        let text = parse("-r lpar --gid 1").unwrap_err().text;
        assert!(
            text.contains("The parameters --gid are not valid."),
            "{text}"
        );
        let text = parse("-r lpar -m").unwrap_err().text;
        assert!(text.contains("invalid value are -m."), "{text}");
    }

    #[test]
    fn filters_are_read_bare_and_quoted() {
        let names = ["lpar_names", "profile_names"];
        let filter = |name: &str, values: &[&str]| Filter {
            name: name.into(),
            values: values.iter().map(|v| (*v).to_owned()).collect(),
        };
        assert_eq!(
            parse_filters("lpar_names=a,b", &names).unwrap(),
            [filter("lpar_names", &["a", "b"])]
        );
        assert_eq!(
            parse_filters("\"lpar_names=a,b\",\"profile_names=p,q\"", &names).unwrap(),
            [
                filter("lpar_names", &["a", "b"]),
                filter("profile_names", &["p", "q"])
            ]
        );
        assert_eq!(
            parse_filters("lpar_names=L,profile_names=P", &names).unwrap(),
            [
                filter("lpar_names", &["L"]),
                filter("profile_names", &["P"])
            ]
        );
        assert!(parse_filters("nonsense=1", &names).is_none());
    }
}
