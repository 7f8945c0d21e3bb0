//! `rspconfig`: who may log in to HMCs.

use std::path::Path;
use std::process::ExitCode;

use xcat::command::{self, Command, Common, Done};
use xcat::context::Context;
use xcat::error::{Error, Result};
use xcat::power::access::{self, BadSetting, Configuring, PublicKey, Setting};
use xcat::power::settings::{self, Reach, Settings};
use xcat::power::{NotDone, definitions};

/// Tells and sets who may log in to HMCs
#[derive(Debug, clap::Parser)]
#[command(name = "rspconfig", disable_version_flag = true)]
pub struct Args {
    /// The HMCs.
    #[arg(required_unless_present = "version")]
    noderange: Option<String>,
    /// sshcfg, sshcfg=enable, sshcfg=disable or HMC_passwd=OLD,NEW.
    setting: Option<String>,
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
        let word = self.setting.as_deref();
        let word = word.ok_or_else(|| Error::Usage("No command specified".into()))?;
        let setting: Setting = word
            .parse()
            .map_err(|bad: BadSetting| Error::Usage(bad.to_string()))?;
        let mut reach = self.gather(cx)?;
        if let Some(password) = setting.login() {
            for hmc in &mut reach.hmcs {
                hmc.password = Some(password.clone());
            }
        }
        self.configure(cx, &setting, &reach)
    }
}

impl Args {
    /// The HMCs of the noderange; other nodes are refused, each with a line.
    fn gather(&self, cx: &mut Context) -> Result<Reach> {
        let db = cx.open()?;
        let snapshot = db.read()?;
        let names = cx.nodes(&snapshot, self.noderange.as_deref().unwrap_or_default())?;
        let settings = Settings::read(&snapshot)?;
        let (hmcs, others) = definitions::hmcs(&snapshot, &names)?;
        for (node, hwtype) in others {
            cx.report
                .outcome(&node, Err::<&str, _>(NotDone::NodeType(hwtype)))?;
        }
        let hmcs = settings::targets(&snapshot, &hmcs, &settings)?;
        Ok(Reach { hmcs, settings })
    }

    fn configure(&self, cx: &mut Context, setting: &Setting, reach: &Reach) -> Result<()> {
        let ssh = cx.ssh(reach.settings.persist)?;
        let home = cx.environment.home.clone().unwrap_or_default();
        let how = Configuring {
            width: reach.settings.width,
            dry_run: self.dry_run,
            stop: cx.stop()?,
        };
        let key = |target: &_| {
            let files = ssh.identity_files(target).map_err(NotDone::from)?;
            PublicKey::first(&files, Path::new(&home))
        };
        let mut done = Vec::new();
        reach.reach(&ssh, |points| {
            access::configure(points, &reach.hmcs, setting, &how, key, |index, told| {
                if told.is_ok() {
                    done.push(reach.hmcs[index].clone());
                }
                let said = cx.report.outcome(&reach.hmcs[index].name, told);
                cx.report.later(said);
            });
        });
        if let (Setting::Password { new, .. }, false) = (setting, self.dry_run) {
            access::remember(&mut cx.open()?, &done, new)?;
        }
        Ok(())
    }
}

/// Runs the command.
pub fn main() -> ExitCode {
    command::main::<Args>()
}
