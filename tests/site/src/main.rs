//! `simsite`: starts a simulated site, tells it to misbehave, shows its state and log.

use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use simsite::{Config, Site, control};
use tokio::signal::unix::{SignalKind, signal};

const USAGE: &str = "usage: simsite start --dir DIR [--site FILE] [--port N] [--hmcs N --lpars M [--systems K] | --installation] [--latency MS] [--power MS] [--awkward] [--until-eof]
       simsite tell --dir DIR 'HOST FAULT [on COMMAND]' | 'HOST heal' | 'SYSTEM[/LPAR] state STATE'
       simsite show --dir DIR
";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match run(&words) {
        Ok(text) => {
            // Nobody to tell when stdout is closed.
            let _ = std::io::stdout().write_all(text.as_bytes());
            ExitCode::SUCCESS
        }
        Err(text) => {
            let _ = writeln!(std::io::stderr(), "simsite: {}", text.trim_end());
            ExitCode::FAILURE
        }
    }
}

#[derive(Default)]
struct Options {
    dir: Option<PathBuf>,
    site: Option<PathBuf>,
    port: Option<u16>,
    scale: (Option<usize>, Option<usize>),
    systems: Option<usize>,
    installation: bool,
    latency: Option<u64>,
    power: Option<u64>,
    awkward: bool,
    until_eof: bool,
    rest: Vec<String>,
}

fn options(words: &[String]) -> Result<Options, String> {
    let mut options = Options::default();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or_else(|| format!("{word} wants a value"));
        match word.as_str() {
            "--dir" => options.dir = Some(value()?.into()),
            "--site" => options.site = Some(value()?.into()),
            "--port" => options.port = Some(number(value()?)?),
            "--hmcs" => options.scale.0 = Some(number(value()?)?),
            "--lpars" => options.scale.1 = Some(number(value()?)?),
            "--systems" => options.systems = Some(number(value()?)?),
            "--installation" => options.installation = true,
            "--latency" => options.latency = Some(number(value()?)?),
            "--power" => options.power = Some(number(value()?)?),
            "--awkward" => options.awkward = true,
            "--until-eof" => options.until_eof = true,
            word if word.starts_with('-') => return Err(format!("unknown option {word}\n{USAGE}")),
            word => options.rest.push(word.to_owned()),
        }
    }
    Ok(options)
}

fn number<T: std::str::FromStr>(text: &str) -> Result<T, String> {
    text.parse().map_err(|_| format!("not a number: {text}"))
}

fn run(words: &[String]) -> Result<String, String> {
    let (command, words) = words.split_first().ok_or(USAGE)?;
    let options = options(words)?;
    let dir = options.dir.as_deref().ok_or("--dir is missing")?;
    match (command.as_str(), options.rest.as_slice()) {
        ("start", []) => start(dir, &options),
        ("tell", [request]) if request != "show" => {
            control::ask(dir, request).map_err(|e| e.to_string())
        }
        ("show", []) => control::ask(dir, "show").map_err(|e| e.to_string()),
        _ => Err(USAGE.to_owned()),
    }
}

fn start(dir: &Path, options: &Options) -> Result<String, String> {
    let systems = options.systems.unwrap_or(4).max(1);
    let mut config = match (&options.site, options.scale, options.installation) {
        (Some(file), (None, None), false) => Config::from_file(file).map_err(|e| e.to_string())?,
        (None, (Some(hmcs), Some(lpars)), false) => Config::sized(hmcs, systems, lpars),
        (None, (None, None), true) => Config::installation(),
        (None, (None, None), false) => Config::default_site(),
        _ => return Err("--site, --installation, or --hmcs with --lpars, or none".to_owned()),
    };
    config.port = options.port.unwrap_or(config.port);
    if let Some(latency) = options.latency {
        config.timing.login_ms = latency;
        config.timing.command_ms = latency;
    }
    if let Some(power) = options.power {
        config.timing.start_ms = power;
        config.timing.shutdown_ms = power;
        config.timing.system_on_ms = power;
        config.timing.system_off_ms = power;
    }
    if options.awkward {
        config = config.with_awkward_lpar();
    }
    let site = Site::start(config, dir).map_err(|e| e.to_string())?;
    std::io::stdout()
        .write_all(b"ready\n")
        .map_err(|e| e.to_string())?;
    wait(options.until_eof)?;
    drop(site);
    Ok(String::new())
}

/// Waits for SIGTERM, SIGINT or, if asked to, the end of stdin.
fn wait(until_eof: bool) -> Result<(), String> {
    let (ended, end) = tokio::sync::oneshot::channel();
    if until_eof {
        std::thread::spawn(move || {
            let mut bytes = [0; 64];
            while matches!(std::io::stdin().read(&mut bytes), Ok(read) if read > 0) {}
            // The site may have ended by a signal meanwhile.
            let _ = ended.send(());
        });
    } else {
        std::mem::forget(ended);
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let runtime = runtime.map_err(|e| e.to_string())?;
    runtime.block_on(async {
        let mut terminate = signal(SignalKind::terminate()).map_err(|e| e.to_string())?;
        let mut interrupt = signal(SignalKind::interrupt()).map_err(|e| e.to_string())?;
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
            _ = end => {}
        }
        Ok(())
    })
}
