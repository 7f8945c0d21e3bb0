//! Asking HMCs what they manage.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Mutex;

use super::{Found, Kind, Problem, Survey};
use crate::hmc::ask::{self, Frame, Lpar, System};
use crate::hmc::level::Vpd;
use crate::hmc::{Error, Hmc, Mtms};
use crate::remote::{Limits, Target, Transport, fan_out};

/// Asks `hmcs`, at most `width` of them at once, and hands each one's survey to
/// `each` as it comes, with the index of the HMC. An HMC is asked about as many
/// systems at once as it has sessions.
pub fn scan(
    transport: &dyn Transport,
    hmcs: &[Target],
    limits: Limits,
    width: usize,
    each: impl FnMut(usize, Result<Survey, Error>),
) {
    let survey = |target: &Target| {
        survey(Hmc {
            transport,
            target,
            limits,
        })
    };
    fan_out(hmcs, width, survey, each);
}

/// Where a system is: the frame's name and the number of the cage.
type Places = HashMap<Mtms, (String, String)>;

fn survey(hmc: Hmc) -> Result<Survey, Error> {
    let vpd = hmc.ask(&ask::vpd())?;
    let mut survey = Survey::default();
    survey.found.push(console(&hmc, &vpd));
    let places = frames(&hmc, &vpd, &mut survey)?;
    let systems = hmc.ask(&ask::systems())?;
    if systems.is_empty() {
        survey.problems.push(Problem::NoSystems);
    }
    let lpars = lpars(&hmc, &systems);
    for (system, lpars) in systems.iter().zip(lpars) {
        add_system(&hmc, system, lpars, &places, &mut survey);
    }
    Ok(survey)
}

fn found(hmc: &Hmc, kind: Kind, name: &str, (mtm, serial): (&str, &str)) -> Found {
    Found {
        kind,
        name: name.to_owned(),
        id: String::new(),
        mtm: mtm.to_owned(),
        serial: serial.to_owned(),
        hcp: vec![hmc.target.name.clone()],
        profile: String::new(),
        default_profile: String::new(),
        parent: String::new(),
        unnamed: false,
        complete: false,
    }
}

fn pair(mtms: &Mtms) -> (&str, &str) {
    (mtms.model(), mtms.serial())
}

fn console(hmc: &Hmc, vpd: &Vpd) -> Found {
    found(hmc, Kind::Hmc, &hmc.target.name, (&vpd.model, &vpd.serial))
}

/// Lists the frames and learns what is in them.
fn frames(hmc: &Hmc, vpd: &Vpd, survey: &mut Survey) -> Result<Places, Error> {
    let mut places = Places::new();
    if !vpd
        .level
        .as_ref()
        .is_none_or(|level| level.dialect().frames)
    {
        return Ok(places);
    }
    let frames = match hmc.ask(&ask::frames()) {
        Ok(frames) => frames,
        // Where frames do not exist `-r frame` is refused as a wrong parameter,
        // a refusal without code.
        Err(Error::Refused { refusal, .. }) if refusal.code.is_none() => return Ok(places),
        Err(reason @ Error::Refused { .. }) => {
            survey.problems.push(Problem::Frames {
                what: "frames".to_owned(),
                reason,
            });
            return Ok(places);
        }
        Err(error) => return Err(error),
    };
    for frame in frames {
        add_frame(hmc, &frame, &mut places, survey);
    }
    Ok(places)
}

fn add_frame(hmc: &Hmc, frame: &Frame, places: &mut Places, survey: &mut Survey) {
    let id = frame.number.clone();
    survey.found.push(Found {
        id,
        ..found(hmc, Kind::Frame, &frame.name, pair(&frame.mtms))
    });
    match hmc.ask(&ask::cages(&frame.mtms)) {
        Ok(cages) => {
            let held = cages
                .into_iter()
                .filter_map(|cage| Some((cage.holds?, cage.number)));
            places.extend(held.map(|(system, number)| (system, (frame.name.clone(), number))));
        }
        Err(reason) => {
            let what = format!("frame {}", frame.mtms);
            survey.problems.push(Problem::Frames { what, reason });
        }
    }
}

/// Asks for the partitions of each system; one that is not known has none.
/// Once the HMC is gone the systems that wait their turn are not asked.
fn lpars(hmc: &Hmc, systems: &[System]) -> Vec<Result<Vec<Lpar>, Error>> {
    let gone: Mutex<Option<Error>> = Mutex::new(None);
    let known_gone = || gone.lock().ok().and_then(|gone| gone.clone());
    let work = |system: &System| {
        let Some(mtms) = &system.mtms else {
            return Ok(Vec::new());
        };
        if let Some(error) = known_gone() {
            return Err(error);
        }
        let answer = hmc.ask(&ask::lpars(mtms));
        if let (Err(error), Ok(mut gone)) = (&answer, gone.lock())
            && error.is_dead()
        {
            *gone = Some(error.clone());
        }
        answer
    };
    let mut answers: Vec<_> = systems.iter().map(|_| Ok(Vec::new())).collect();
    fan_out(systems, hmc.target.max_sessions, work, |index, answer| {
        answers[index] = answer;
    });
    answers
}

fn add_system(
    hmc: &Hmc,
    system: &System,
    lpars: Result<Vec<Lpar>, Error>,
    places: &Places,
    survey: &mut Survey,
) {
    let Some(mtms) = &system.mtms else {
        survey.problems.push(Problem::Unknown {
            address: system.address.clone(),
            state: system.state.clone(),
        });
        return;
    };
    let unnamed = system.name.parse::<IpAddr>().is_ok();
    let name = match unnamed {
        true => format!("Server-{}-SN{}", mtms.model(), mtms.serial()),
        false => system.name.clone(),
    };
    let (parent, id) = places.get(mtms).cloned().unwrap_or_default();
    let cec = Found {
        id,
        parent,
        unnamed,
        complete: lpars.is_ok(),
        ..found(hmc, Kind::Cec, &name, pair(mtms))
    };
    survey.found.push(cec);
    match lpars {
        Ok(lpars) => survey.found.extend(
            lpars
                .into_iter()
                .map(|lpar| partition(hmc, lpar, &name, mtms)),
        ),
        Err(reason) => survey.problems.push(Problem::Lpars {
            system: mtms.to_string(),
            state: system.state.clone(),
            reason,
        }),
    }
}

fn partition(hmc: &Hmc, lpar: Lpar, parent: &str, mtms: &Mtms) -> Found {
    let default_profile = lpar.default_profile.unwrap_or_default();
    Found {
        id: lpar.id.to_string(),
        profile: lpar
            .current_profile
            .unwrap_or_else(|| default_profile.clone()),
        default_profile,
        parent: parent.to_owned(),
        ..found(hmc, Kind::Lpar, &lpar.name, pair(mtms))
    }
}
