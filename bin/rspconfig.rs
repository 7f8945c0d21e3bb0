//! `rspconfig`: who may log in to HMCs; passwords of service processors.

use std::path::Path;
use std::process::ExitCode;

use xcat::command::{self, Command, Common, Done};
use xcat::context::Context;
use xcat::error::Result;
use xcat::power::access::{self, PublicKey};
use xcat::power::passwords::{self, Change};
use xcat::power::rspconfig::{self, Meant, Setting};
use xcat::power::settings::Reach;
use xcat::power::{Hardware, NotDone};

/// Tells and sets who may log in to HMCs and service processors
#[derive(Debug, clap::Parser)]
#[command(name = "rspconfig", disable_version_flag = true)]
pub struct Args {
    /// The HMCs, systems or frames.
    #[arg(required_unless_present = "version")]
    noderange: Option<String>,
    /// For an HMC sshcfg, sshcfg=enable, sshcfg=disable or HMC_passwd=OLD,NEW;
    /// for systems and frames HMC_passwd=, admin_passwd=, general_passwd= or
    /// *_passwd=OLD,NEW. With =- passwords are asked for.
    settings: Vec<String>,
    /// Only says what would be sent to which HMC.
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    common: Common,
}

impl Command for Args {
    fn run(self, cx: &mut Context) -> Result<()> {
        if self.common.apply::<Self>(cx)? == Done::Yes {
            return Ok(());
        }
        let settings = rspconfig::parse(&self.settings, |prompt| cx.secret(prompt))?;
        let meant = {
            let db = cx.open()?;
            let snapshot = db.read()?;
            let names = cx.nodes(&snapshot, self.noderange.as_deref().unwrap_or_default())?;
            rspconfig::gather(&snapshot, &names, &settings)?
        };
        match meant {
            Meant::Machines(hardware, changes) => self.renew(cx, &hardware, &changes),
            Meant::Hmcs {
                reach,
                setting,
                others,
            } => {
                for (node, reason) in others {
                    cx.report.outcome(&node, Err::<&str, _>(reason))?;
                }
                self.configure(cx, setting, &reach)
            }
        }
    }
}

impl Args {
    /// Passwords of systems and frames.
    fn renew(&self, cx: &mut Context, hardware: &Hardware, changes: &[Change]) -> Result<()> {
        let ssh = cx.ssh(hardware.settings.persist)?;
        let nodes = &hardware.nodes;
        let way = cx.way(self.dry_run, hardware.settings)?;
        let mut set = Vec::new();
        hardware.reach(&ssh, cx.said(), |points| {
            passwords::renew(points, changes, &way, nodes, |index, told| {
                let node = nodes[index].name.as_str();
                set.extend(told.iter().map(|renewed| (node, renewed.clone())));
                let said = cx.report.outcome(node, told);
                cx.report.later(said);
            });
        });
        passwords::remember(&mut cx.open()?, &set)?;
        Ok(())
    }

    fn configure(&self, cx: &mut Context, setting: &Setting, reach: &Reach) -> Result<()> {
        let ssh = cx.ssh(reach.settings.persist)?;
        let home = cx.environment.home.clone().unwrap_or_default();
        let way = cx.way(self.dry_run, reach.settings)?;
        let key = |target: &_| {
            let files = ssh.identity_files(target).map_err(NotDone::from)?;
            PublicKey::first(&files, Path::new(&home))
        };
        let mut done = Vec::new();
        reach.reach(&ssh, |points| {
            access::configure(points, &reach.hmcs, setting, &way, key, |index, told| {
                if told.is_ok() {
                    done.push(reach.hmcs[index].clone());
                }
                let said = cx.report.outcome(&reach.hmcs[index].name, told);
                cx.report.later(said);
            });
        });
        if let (Setting::Password(change), false) = (setting, self.dry_run) {
            access::remember(&mut cx.open()?, &done, &change.new)?;
        }
        Ok(())
    }
}

/// Runs the command.
pub fn main() -> ExitCode {
    command::main::<Args>()
}
