//! `lshmcusr` and `chhmcusr`: the users of a console.

use super::Scene;
use super::args::{Args, Takes};
use super::level::{Facts, Level};
use super::lssyscfg::known;
use super::messages;
use super::record::print;
use super::reply::Reply;

const LIST: &[(&str, Takes)] = &[
    ("--filter", Takes::Value),
    ("-F", Takes::Words),
    ("--header", Takes::Nothing),
];
const CHANGE: &[(&str, Takes)] = &[
    ("-u", Takes::Value),
    ("-t", Takes::Value),
    ("-v", Takes::Value),
];

/// What `-t passwd` asks for without `-v` (documented; texts assumed).
pub const ASKS: &[(&str, &str)] = &[
    ("-v", "Enter the new password: "),
    ("-v", "Retype the new password: "),
];

/// The user that every console has beside the one of the site.
const ROOT: &str = "root";

/// Runs `lshmcusr`.
pub fn list(scene: &mut Scene, words: &[String]) -> Result<Reply, Reply> {
    let args = Args::options(words, LIST)?;
    let filters = args.filters(&["names"])?;
    let level = Level::of_console(&scene.console.spec.version);
    let own = scene.console.user.clone();
    let users = [
        (own.as_str(), scene.console.description.as_str()),
        (ROOT, ROOT),
    ];
    let wanted = |name: &str| {
        let mut list = filters.iter();
        list.all(|filter| filter.values.iter().any(|value| value == name))
    };
    let rows: Vec<_> = users
        .iter()
        .filter(|(name, _)| wanted(name))
        .map(|(name, description)| {
            let mut facts = Facts::new();
            facts.set("name", name).set("description", description);
            level.row("hmcusr", &facts)
        })
        .collect();
    let names = known(level, "hmcusr");
    Ok(print(&rows, &names, &args.listing()?, &scene.texts()))
}

/// Runs `chhmcusr` for passwords and descriptions.
pub fn change(scene: &mut Scene, words: &[String]) -> Result<(), Reply> {
    let args = Args::options(words, CHANGE)?;
    let user = args.required("-u")?;
    let kind = args.required("-t")?;
    let value = args.required("-v")?.to_owned();
    if user != scene.console.user {
        return Err(Reply::refused(messages::no_user(user)));
    }
    match kind {
        // Consoles want at least so many characters (assumed).
        "passwd" if value.chars().count() < 6 => Err(Reply::refused(messages::missing("-v"))),
        "passwd" => {
            scene.console.password = value;
            Ok(())
        }
        "desc" => {
            scene.console.description = value;
            Ok(())
        }
        _ => Err(Reply::refused(messages::missing("-t"))),
    }
}
