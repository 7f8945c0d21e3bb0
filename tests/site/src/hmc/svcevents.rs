//! `lssvcevents`: serviceable events.

use std::collections::BTreeMap;

use super::args::{Args, Filter, Takes};
use super::frames;
use super::level::Facts;
use super::lssyscfg::{home_level, known};
use super::messages;
use super::record::{Row, print};
use super::reply::Reply;
use super::{Console, Scene};

const OPTIONS: &[(&str, Takes)] = &[
    ("-t", Takes::Value),
    ("-d", Takes::Value),
    ("-i", Takes::Value),
    ("-m", Takes::Value),
    ("-e", Takes::Value),
    ("--filter", Takes::Value),
    ("-F", Takes::Words),
    ("--header", Takes::Nothing),
];

/// Filters of hardware events (documented), with the attribute each looks at.
const FILTERS: &[(&str, &str)] = &[
    ("status", "status"),
    ("problem_nums", "problem_num"),
    ("refcodes", "refcode"),
    ("reporting_mtms", "reporting_mtms"),
    ("failing_mtms", "failing_mtms"),
];

/// How far back the listing reaches without `-d` or `-i`, in seconds (documented).
const SEVEN_DAYS: i64 = 7 * 86_400;

/// Runs the command.
pub fn run(scene: &mut Scene, words: &[String]) -> Result<Reply, Reply> {
    let args = Args::options(words, OPTIONS)?;
    let kind = args.required("-t")?.to_owned();
    let reach = reach(&args)?;
    let level = home_level(scene);
    let names = known(level, "svcevent.hardware");
    match kind.as_str() {
        "hardware" => {}
        // No event of the console itself is known; their format is not either.
        "console" => return Ok(Reply::said(scene.texts().no_results())),
        _ => return Err(Reply::refused(messages::missing("-t"))),
    }
    let allowed: Vec<&str> = FILTERS.iter().map(|(name, _)| *name).collect();
    let filters = args.filters(&allowed)?;
    let machine = machine(scene, &args)?;
    let wanted = |event: &BTreeMap<String, String>| {
        let failing = event.get("failing_mtms").map(String::as_str);
        machine.as_deref().is_none_or(|mtms| failing == Some(mtms))
    };
    let events = scene
        .console
        .spec
        .event
        .iter()
        .filter(|event| wanted(event));
    let mut rows: Vec<Row> = events
        .enumerate()
        .map(|(at, event)| level.row("svcevent.hardware", &facts(scene.console, at, event)))
        .collect();
    rows.retain(|row| recent(row, reach) && passes(row, &filters));
    Ok(print(&rows, &names, &args.listing()?, &scene.texts()))
}

/// How many seconds back `-d` days or `-i` minutes reach; 0 is without end.
fn reach(args: &Args) -> Result<i64, Reply> {
    let number = |option: &str, unit: i64| match args.value(option) {
        None => Ok(None),
        Some(text) => match text.parse::<u32>() {
            Ok(number) => Ok(Some(i64::from(number) * unit)),
            Err(_) => Err(Reply::refused(messages::missing(option))),
        },
    };
    match (number("-d", 86_400)?, number("-i", 60)?) {
        (Some(_), Some(_)) => Err(Reply::refused(messages::missing("-d or -i"))),
        (Some(time), None) | (None, Some(time)) => Ok(time),
        (None, None) => Ok(SEVEN_DAYS),
    }
}

/// The machine that `-m` or `-e` names, in the notation of events (`9117-MMA/10F6F3D`).
fn machine(scene: &mut Scene, args: &Args) -> Result<Option<String>, Reply> {
    let mtms = match (args.value("-m"), args.value("-e")) {
        (None, None) => return Ok(None),
        (Some(name), None) => {
            let at = scene.system(name)?;
            scene.world.cecs[at].mtms()
        }
        (None, Some(name)) => {
            let at = frames::named(scene, name)?;
            frames::mtms(&scene.world.frames[at])
        }
        _ => return Err(Reply::refused(messages::missing("-m or -e"))),
    };
    Ok(Some(mtms.replace('*', "/")))
}

fn facts(console: &Console, at: usize, event: &BTreeMap<String, String>) -> Facts {
    let own = format!("{}/{}", console.spec.type_model, console.spec.serial);
    let mut facts = Facts::new();
    facts.set("problem_num", at + 1);
    for time in ["first_time", "last_time", "created_time", "event_time"] {
        facts.set(time, &console.started);
    }
    for name in ["sys_name", "reporting_name", "analyzing_hmc"] {
        facts.set(name, &console.spec.name);
    }
    for name in ["sys_mtms", "reporting_mtms", "analyzing_mtms"] {
        facts.set(name, &own);
    }
    if let Some(code) = event.get("refcode") {
        facts.set("sys_refcode", code);
    }
    facts.extend(event);
    facts
}

fn recent(row: &Row, reach: i64) -> bool {
    let created = row
        .get("created_time")
        .and_then(crate::clock::read_american);
    reach == 0 || created.is_none_or(|created| created + reach >= crate::clock::seconds())
}

/// Whether a row passes the filters; `status` is compared without case, for it is asked as
/// `open` and shown as `Open` (capture).
fn passes(row: &Row, filters: &[Filter]) -> bool {
    filters.iter().all(|filter| {
        let attribute = FILTERS.iter().find(|(name, _)| *name == filter.name);
        let value = attribute.and_then(|(_, attribute)| row.get(attribute));
        let mut wanted = filter.values.iter();
        value.is_some_and(|value| {
            wanted.any(|known| match filter.name.as_str() {
                "status" => known.eq_ignore_ascii_case(value),
                _ => known == value,
            })
        })
    })
}
