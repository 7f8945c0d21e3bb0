//! The answers of one system, each asked for when it is first needed.

use std::cell::OnceCell;

use crate::hmc::ask::{self, Ask, LparState};
use crate::hmc::health::{self, Event, Slot};
use crate::hmc::record::Record;
use crate::hmc::resources::{self, Only};
use crate::hmc::{Mtms, Points, Resource};
use crate::power::switch::identify;
use crate::power::systems::{Job, System};
use crate::power::{Machine, NotDone};

type Kept<A> = OnceCell<Result<A, NotDone>>;

/// What is known of a system so far.
pub struct Sheet<'a> {
    system: &'a System<'a>,
    points: &'a Points<'a>,
    identity: Kept<Mtms>,
    slots: Kept<Vec<Slot>>,
    memory: Kept<Vec<Record>>,
    processors: Kept<Vec<Record>>,
    system_memory: Kept<Vec<Record>>,
    system_processors: Kept<Vec<Record>>,
    firmware: Kept<Vec<Record>>,
    states: Kept<Vec<LparState>>,
    state: Kept<String>,
    lpar_codes: Kept<Vec<Record>>,
    primary: Kept<Vec<Record>>,
    secondary: Kept<Vec<Record>>,
    temperatures: Kept<Vec<(String, String)>>,
    values: Kept<Vec<String>>,
    events: Kept<Vec<Event>>,
}

impl<'a> Sheet<'a> {
    /// A sheet on which nothing stands.
    pub(super) fn new(system: &'a System<'a>, points: &'a Points<'a>) -> Self {
        Sheet {
            system,
            points,
            identity: OnceCell::new(),
            slots: OnceCell::new(),
            memory: OnceCell::new(),
            processors: OnceCell::new(),
            system_memory: OnceCell::new(),
            system_processors: OnceCell::new(),
            firmware: OnceCell::new(),
            states: OnceCell::new(),
            state: OnceCell::new(),
            lpar_codes: OnceCell::new(),
            primary: OnceCell::new(),
            secondary: OnceCell::new(),
            temperatures: OnceCell::new(),
            values: OnceCell::new(),
            events: OnceCell::new(),
        }
    }

    /// The system, or the frame.
    pub(super) fn mtms(&self) -> &Mtms {
        self.system.mtms
    }

    fn is_frame(&self) -> bool {
        self.system.frames().next().is_some()
    }

    fn resource(&self) -> Resource {
        match self.is_frame() {
            true => Resource::Frame(self.system.mtms.clone()),
            false => Resource::System(self.system.mtms.clone()),
        }
    }

    fn ask<'k, A>(
        &self,
        kept: &'k Kept<A>,
        ask: impl FnOnce() -> Ask<A>,
    ) -> Result<&'k A, NotDone> {
        let answer = kept.get_or_init(|| {
            let answer = self.points.ask(self.system.hcps, &ask());
            answer.map(|(_, answer)| answer).map_err(NotDone::Hmc)
        });
        answer.as_ref().map_err(Clone::clone)
    }

    pub(super) fn identity(&self) -> Result<&Mtms, NotDone> {
        self.ask(&self.identity, || health::identity(&self.resource()))
    }

    pub(super) fn slots(&self) -> Result<&[Slot], NotDone> {
        let slots = self.ask(&self.slots, || health::slots(self.system.mtms))?;
        Ok(slots)
    }

    pub(super) fn memory(&self, job: &Job) -> Result<&Record, NotDone> {
        let Machine::Lpar { id } = job.machine else {
            let ask = || resources::system_memory(self.system.mtms, Only::All);
            return first(self.ask(&self.system_memory, ask)?);
        };
        let ask = || resources::memory(self.system.mtms, Only::All);
        self.of_lpar(self.ask(&self.memory, ask)?, id, job)
    }

    pub(super) fn processors(&self, job: &Job) -> Result<&Record, NotDone> {
        let Machine::Lpar { id } = job.machine else {
            let ask = || resources::system_processors(self.system.mtms, Only::All);
            return first(self.ask(&self.system_processors, ask)?);
        };
        let ask = || resources::processors(self.system.mtms, Only::All);
        self.of_lpar(self.ask(&self.processors, ask)?, id, job)
    }

    /// The row of a partition, whose name has to be right.
    fn of_lpar<'r>(&self, rows: &'r [Record], id: u32, job: &Job) -> Result<&'r Record, NotDone> {
        let number = |row: &Record| row.text("lpar_id").and_then(|id| id.parse().ok());
        let state = |row: &Record| {
            Some(LparState {
                name: row.text("lpar_name").unwrap_or_default().to_owned(),
                id: number(row)?,
                state: String::new(),
            })
        };
        let states: Vec<_> = rows.iter().filter_map(state).collect();
        identify(self.system.mtms, id, &job.node.name, &states)?;
        let row = rows.iter().find(|row| number(row) == Some(id));
        row.ok_or_else(|| NotDone::NoLpar {
            system: self.system.mtms.clone(),
            id,
        })
    }

    /// The state of the node; that it can be found is what it is asked for by
    /// others.
    pub(super) fn state(&self, job: &Job) -> Result<&str, NotDone> {
        let Machine::Lpar { id } = job.machine else {
            let state = self.ask(&self.state, || match self.is_frame() {
                true => ask::frame_state(self.system.mtms),
                false => ask::system_state(self.system.mtms),
            })?;
            return Ok(state);
        };
        let states = self.ask(&self.states, || ask::lpar_states(self.system.mtms))?;
        let lpar = identify(self.system.mtms, id, &job.node.name, states)?;
        Ok(&lpar.state)
    }

    pub(super) fn firmware(&self) -> Result<&Record, NotDone> {
        let levels = self.ask(&self.firmware, || match self.is_frame() {
            true => health::frame_firmware(self.system.mtms),
            false => resources::firmware(self.system.mtms, Only::All),
        })?;
        first(levels)
    }

    pub(super) fn lpar_codes(&self) -> Result<&[Record], NotDone> {
        let codes = self.ask(&self.lpar_codes, || health::lpar_refcodes(self.system.mtms))?;
        Ok(codes)
    }

    /// The reference codes of one service processor.
    pub(super) fn codes(&self, side: &'static str) -> Result<&[Record], NotDone> {
        let kept = match side {
            "p" => &self.primary,
            _ => &self.secondary,
        };
        let codes = self.ask(kept, || health::system_refcodes(self.system.mtms, side))?;
        Ok(codes)
    }

    /// The temperatures of the systems in the frame of this one.
    pub(super) fn temperatures(&self, frame: &Mtms) -> Result<&[(String, String)], NotDone> {
        let all = self.ask(&self.temperatures, || health::temperatures(frame))?;
        Ok(all)
    }

    pub(super) fn values(&self) -> Result<&[String], NotDone> {
        let values = self.ask(&self.values, || health::frame_values(self.system.mtms))?;
        Ok(values)
    }

    pub(super) fn events(&self) -> Result<&[Event], NotDone> {
        let events = self.ask(&self.events, || health::events(&self.resource()))?;
        Ok(events)
    }
}

/// The only row of a listing about one machine.
fn first(rows: &[Record]) -> Result<&Record, NotDone> {
    rows.first().ok_or(NotDone::NothingListed)
}
