//! Arguments that several commands share.

pub mod console;
pub mod front;
pub mod hwconn;

use crate::command::{self, Command, Common, Done};
use crate::context::Context;
use crate::db::Snapshot;
use crate::error::{Error, Result};
use crate::objects::index::NodeIndex;
use crate::objects::{self, CLUSTERSITE, Form, Kind, Wanted, operand};

mod defining;
mod hmcs;
mod inquiry;
mod showing;
mod watching;

pub use defining::Defining;
pub use hmcs::{HmcListing, Hmcs, survey};
pub use inquiry::Inquiry;
pub use showing::{Showing, Subjects};
pub use watching::Watching;

/// Reads the word that says what a command is to do, as xCAT's commands for
/// hardware take it behind the noderange.
///
/// # Errors
/// There is none, or it is not one of them.
pub fn word<T>(given: Option<&str>) -> Result<T>
where
    T: std::str::FromStr,
    T::Err: std::fmt::Display,
{
    let word = given.ok_or_else(|| Error::Usage("No command specified".into()))?;
    word.parse()
        .map_err(|bad: T::Err| Error::Usage(bad.to_string()))
}

/// How the values of a listing are shown.
#[derive(Debug, Clone, Copy, clap::Args)]
pub struct Display {
    /// Prints a JSON document.
    #[arg(long)]
    pub json: bool,
    /// Shows passwords on a terminal too, not as ********.
    #[arg(long)]
    show_secrets: bool,
}

impl Display {
    /// Whether passwords are not to be shown: somebody looks on, and did not
    /// ask for them. Into pipes and files they are written as in xCAT.
    pub fn hides_secrets(self, cx: &Context) -> bool {
        cx.report.is_watched() && !self.show_secrets
    }
}

/// The objects of `mkdef`, `chdef`, `lsdef` and `rmdef`.
#[derive(Debug, clap::Args)]
pub struct Objects {
    /// The type of the objects: node (if not given), group, osimage, network,
    /// site, policy …
    #[arg(short = 't', value_name = "object-types", value_delimiter = ',')]
    types: Vec<String>,
    /// The objects: a noderange for nodes, else names with commas between.
    #[arg(short = 'o', value_name = "object-names", allow_hyphen_values = true)]
    names: Option<String>,
    /// Shows this help; with -t the attributes of the type and what they mean.
    #[arg(short = 'h', long)]
    help: bool,
    /// The objects, as with -o; words with '=' are attributes and their values.
    #[arg(value_name = "noderange|attr=val")]
    operands: Vec<String>,
}

/// What the names stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Naming {
    /// Objects that are to be made.
    New,
    /// Objects that should be there.
    Known,
}

impl Objects {
    /// Whether `-t` was given.
    pub fn has_types(&self) -> bool {
        !self.types.is_empty()
    }

    /// Whether objects were named.
    pub fn has_names(&self) -> bool {
        self.names.is_some() || self.operands.iter().any(|o| !o.contains('='))
    }

    /// The types; `node` where none was given.
    ///
    /// # Errors
    /// There is no such type.
    pub fn kinds(&self) -> Result<Vec<Kind>> {
        if self.types.is_empty() {
            return Ok(Kind::named("node").into_iter().collect());
        }
        let kind = |name: &String| {
            Kind::named(name).ok_or_else(|| objects::Error::NoSuchType(name.clone()).into())
        };
        self.types.iter().map(kind).collect()
    }

    /// The one type of a command that takes no more.
    ///
    /// # Errors
    /// There is no such type, or several were given.
    pub fn kind(&self) -> Result<Kind> {
        let mut kinds = self.kinds()?;
        match (kinds.pop(), kinds.is_empty()) {
            (Some(kind), true) => Ok(kind),
            _ => Err(several_types()),
        }
    }

    /// Complains about several types, which objects of one name cannot have.
    ///
    /// # Errors
    /// Several types were given.
    pub fn refuse_several_types(&self) -> Result<()> {
        match self.types.len() {
            0 | 1 => Ok(()),
            _ => Err(several_types()),
        }
    }

    /// The one type of a command that may say who the members of groups are.
    ///
    /// # Errors
    /// As [`Objects::kind`], or it is said of what is no group.
    pub fn kind_of_members(&self, dynamic: bool, conditions: &[String]) -> Result<Kind> {
        let kind = self.kind()?;
        if kind.form != Form::Group && (dynamic || !conditions.is_empty()) {
            return Err(Error::Usage(
                "'-d' and '-w' are for groups: add '-t group'.".into(),
            ));
        }
        Ok(kind)
    }

    /// The words of the form `attribute=value`.
    pub fn attributes(&self) -> Vec<(String, String)> {
        let pairs = self.operands.iter().filter_map(|o| o.split_once('='));
        pairs
            .map(|(name, value)| (name.trim().to_owned(), value.trim_start().to_owned()))
            .collect()
    }

    /// The first of those words, for commands that take none.
    pub fn first_attribute(&self) -> Option<&str> {
        self.operands
            .iter()
            .map(String::as_str)
            .find(|o| o.contains('='))
    }

    /// Warns of such words where conditions may have been meant.
    pub fn warn_of_attributes(&self, cx: &mut Context) {
        if let Some(word) = self.first_attribute() {
            cx.report
                .warning(format_args!("'{word}' is ignored: conditions need '-w'."));
        }
    }

    /// Complains about what stanzas say themselves.
    ///
    /// # Errors
    /// A type, objects or attributes were given.
    pub fn refuse_beside_stanzas(&self) -> Result<()> {
        if self.has_types() {
            return Err(Error::Usage("Cannot combine '-t' and '-z' options.".into()));
        }
        if self.has_names() {
            return Err(Error::Usage(
                "Cannot use '-z' with '-o' or a noderange.".into(),
            ));
        }
        match self.first_attribute() {
            Some(word) => Err(Error::Usage(format!("Cannot use '-z' with '{word}'."))),
            None => Ok(()),
        }
    }

    /// The text that names the objects.
    fn text(&self) -> Result<Option<&str>> {
        let mut operands = self.operands.iter().filter(|o| !o.contains('='));
        match (&self.names, operands.next(), operands.next()) {
            (_, _, Some(_)) => Err(Error::Usage("noderange can not contain spaces.".into())),
            (Some(_), Some(operand), None) => Err(Error::Usage(format!(
                "The objects are given twice: by '-o' and as '{operand}'."
            ))),
            (names, operand, None) => Ok(names.as_ref().or(operand).map(String::as_str)),
        }
    }

    /// The names of the objects; `None` where none were given. The site needs
    /// no name.
    ///
    /// # Errors
    /// The noderange is wrong or names nothing.
    pub fn names(
        &self,
        cx: &mut Context,
        snapshot: &Snapshot<'_>,
        kind: &Kind,
        naming: Naming,
    ) -> Result<Option<Vec<String>>> {
        let Some(text) = self.text()? else {
            return Ok((kind.form == Form::Site).then(|| vec![CLUSTERSITE.to_owned()]));
        };
        if kind.form != Form::Node {
            let words = text.split(',').map(str::trim).filter(|w| !w.is_empty());
            let mut names: Vec<String> = Vec::new();
            for word in words.filter(|w| !w.is_empty()) {
                if !names.iter().any(|n| n == word) {
                    names.push(word.to_owned());
                }
            }
            return Ok(Some(names));
        }
        let surroundings = cx.environment.surroundings();
        let names = match naming {
            Naming::New => new_names(text, &surroundings)?,
            Naming::Known => {
                let found = operand::nodes(&NodeIndex::new(snapshot, surroundings), text)?;
                found.warnings.iter().for_each(|w| cx.report.warning(w));
                found.names
            }
        };
        match names.is_empty() {
            true => Err(Error::Refused(format!(
                "No node in '{text}', check the noderange syntax."
            ))),
            false => Ok(Some(names)),
        }
    }

    /// Follows the options that are the same for all commands: `-V`, `-v`, and
    /// `-h`, which shows the help of the command or of the attributes of types.
    ///
    /// # Errors
    /// There is no such type, or the output cannot be written.
    pub fn follow<C: Command>(
        &self,
        common: Common,
        cx: &mut Context,
        wanted: Option<&Wanted>,
    ) -> Result<Done> {
        if common.apply::<C>(cx)? == Done::Yes || !self.help {
            return Ok(if common.version { Done::Yes } else { Done::No });
        }
        if self.types.is_empty() {
            cx.report.line(command::help::<C>())?;
        } else {
            for kind in self.kinds()? {
                cx.report
                    .line(objects::describe(&kind, wanted).trim_end())?;
            }
        }
        Ok(Done::Yes)
    }
}

fn several_types() -> Error {
    Error::Usage("Cannot combine multiple types: give one type with '-t'.".into())
}

/// A name that a noderange cannot even be read from is a bad name to whoever
/// wants to make it.
fn new_names(text: &str, surroundings: &objects::index::Surroundings<'_>) -> Result<Vec<String>> {
    operand::new_nodes(text, surroundings).map_err(|error| match error {
        objects::Error::Noderange(reason) => Error::Refused(format!(
            "The object name '{}' is invalid, please refer to \"man xcatdb\" for the valid \
             \"xCAT Object Name Format\": {reason}\n{}",
            objects::names::shown(text),
            reason.place
        )),
        other => other.into(),
    })
}
