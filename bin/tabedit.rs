//! `tabedit`: tables in the user's editor.

use std::io::BufRead;
use std::process::ExitCode;

use xcat::command::{self, Command, Common, Done};
use xcat::context::Context;
use xcat::db::Db;
use xcat::editor::Desk;
use xcat::error::{Error, Result, chain};
use xcat::tables;
use xcat::tables::edit::{self, Edited};

/// Opens tables in an editor and puts back what was changed
#[derive(Debug, clap::Parser)]
#[command(name = "tabedit", disable_version_flag = true)]
pub struct Args {
    /// The tables.
    tables: Vec<String>,
    /// Shows what would change, and changes nothing.
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
        if self.tables.is_empty() {
            return Err(Error::Usage("which table?".into()));
        }
        let mut db = cx.open()?;
        let mut edited = self.texts(&db)?;
        let desk = Desk::new(&cx.environment.temporary_folder())?;
        for text in &edited {
            desk.put(&text.file, &text.base)?;
        }
        match work(cx, &mut db, &desk, &mut edited, self.dry_run) {
            Ok(()) => Ok(()),
            Err(error) if edited.iter().all(|e| e.new == e.base) => Err(error),
            Err(error) => {
                cx.report.error(chain(&error));
                let folder = desk.keep();
                Err(Error::Refused(format!(
                    "nothing was changed; your text is in {}",
                    folder.display()
                )))
            }
        }
    }
}

impl Args {
    fn texts(&self, db: &Db) -> Result<Vec<Edited>> {
        let snapshot = db.read()?;
        let mut edited: Vec<Edited> = Vec::new();
        for name in &self.tables {
            let table = tables::table(name)?;
            if matches!(table.name, "auditlog" | "eventlog") {
                return Err(Error::Refused(format!(
                    "'{name}' is a log and may not be edited: tabprune shortens it"
                )));
            }
            let base = edit::text(&snapshot, table)?;
            if edited.iter().all(|e| e.table != table) {
                edited.push(Edited {
                    table,
                    file: format!("{name}.csv"),
                    new: base.clone(),
                    base,
                });
            }
        }
        Ok(edited)
    }
}

/// Has the texts edited until they fit or the user has enough.
fn work(
    cx: &mut Context,
    db: &mut Db,
    desk: &Desk,
    edited: &mut [Edited],
    dry_run: bool,
) -> Result<()> {
    let editor = cx.environment.editor.clone();
    let editor = editor.as_deref().unwrap_or("vi");
    let names: Vec<String> = edited.iter().map(|e| e.file.clone()).collect();
    loop {
        let ended = desk.edit(editor, &names);
        for text in edited.iter_mut() {
            text.new = desk.text(&text.file)?;
        }
        ended?;
        if edited.iter().all(|e| e.new == e.base) {
            return cx
                .report
                .line("No file modifications detected, not restoring.");
        }
        let applied = edit::apply(db, edited, |change, loaded| {
            loaded.iter().for_each(|l| cx.report.verbose(l));
            cx.conclude(change, dry_run)
        });
        match applied {
            Err(error @ (Error::Edit(edit::Error::Load(_)) | Error::Refused(_)))
                if cx.is_interactive() =>
            {
                cx.report.warning(chain(&error));
                cx.report
                    .warning("hit enter to edit it again, ctrl-d to give up");
                let mut answer = String::new();
                if !matches!(cx.stdin().read_line(&mut answer), Ok(1..)) {
                    return Err(error);
                }
            }
            ended => return ended,
        }
    }
}

/// Runs the command.
pub fn main() -> ExitCode {
    command::main::<Args>()
}
