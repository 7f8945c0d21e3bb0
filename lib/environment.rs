//! What the environment of the process says: variables, and the configuration
//! files that they lead to. Nothing else reads it.

use std::env;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::{self, Read};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::noderange::FileError;
use crate::objects::index::Surroundings;
use crate::remote::{Persist, askpass, lparcfg};

/// Where xCAT's configuration of the database stands.
const CFGLOC: &str = "/etc/xcat/cfgloc";

/// The configuration of the LPAR-Tool for all users; a user's own is
/// [`LPAR_CFG_OF_USER`] in the home folder.
const LPAR_CFG: &str = "/opt/pwrcmps/etc/lpar.cfg";
const LPAR_CFG_OF_USER: &str = ".lpar.cfg";

/// The largest file that `^file` in a noderange may name, in bytes.
const LARGEST_LIST: u64 = 16 << 20;

/// The environment variables that matter, read once.
#[derive(Debug, Clone, Default)]
pub struct Environment {
    /// `XCATCFG`: the database, as `SQLite:<directory>`.
    pub xcatcfg: Option<OsString>,
    /// `XCAT_SSH_CONFIG`: the ssh configuration in place of the user's.
    pub ssh_config: Option<PathBuf>,
    /// `XCAT_NODE_PREFIX`: what stands before the digits of `10-15`.
    pub node_prefix: Option<String>,
    /// `XCAT_NODE_SUFFIX`: what stands after them.
    pub node_suffix: Option<String>,
    /// [`askpass::VARIABLE`]: set by ourselves, when ssh asks us for a password.
    pub askpass: Option<PathBuf>,
    /// `TABEDITOR`, else `EDITOR`: what a table is edited with.
    pub editor: Option<String>,
    /// `XCAT_SKIPTABLES`: tables that are not dumped.
    pub skip_tables: Option<String>,
    /// `TMPDIR`.
    pub temporary: Option<PathBuf>,
    /// `HOME`.
    pub home: Option<PathBuf>,
    /// `XDG_DATA_HOME`.
    pub data_home: Option<PathBuf>,
    /// `XDG_RUNTIME_DIR`.
    pub runtime_dir: Option<PathBuf>,
    /// `USER`, else `LOGNAME`.
    pub user: Option<String>,
    /// `SUDO_USER`: who became root.
    pub sudo_user: Option<String>,
}

impl Environment {
    /// What this process was given. An empty variable is one that is not set;
    /// what is no UTF-8 in one that is not a path is replaced.
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the reader of the environment"
    )]
    pub fn of_process() -> Self {
        let raw = |name: &str| env::var_os(name).filter(|v| !v.is_empty());
        let text = |name: &str| Some(raw(name)?.to_string_lossy().into_owned());
        let path = |name: &str| raw(name).map(PathBuf::from);
        Self {
            xcatcfg: raw("XCATCFG"),
            ssh_config: path("XCAT_SSH_CONFIG"),
            node_prefix: text("XCAT_NODE_PREFIX"),
            node_suffix: text("XCAT_NODE_SUFFIX"),
            askpass: path(askpass::VARIABLE),
            editor: text("TABEDITOR").or_else(|| text("EDITOR")),
            skip_tables: text("XCAT_SKIPTABLES"),
            temporary: path("TMPDIR"),
            home: path("HOME"),
            data_home: path("XDG_DATA_HOME"),
            runtime_dir: path("XDG_RUNTIME_DIR"),
            user: text("USER").or_else(|| text("LOGNAME")),
            sudo_user: text("SUDO_USER"),
        }
    }

    /// Who this is, for the journal: `root`, or `root (alice)` under sudo. It
    /// is shown on terminals, so control characters are not let through.
    pub(crate) fn author(&self) -> String {
        let uid = || match rustix::process::getuid() {
            root if root.is_root() => "root".to_owned(),
            other => format!("uid {}", other.as_raw()),
        };
        let user = self.user.clone().unwrap_or_else(uid);
        let author = match &self.sudo_user {
            Some(real) => format!("{user} ({real})"),
            None => user,
        };
        author.replace(char::is_control, "?")
    }

    /// The folder of the database: what `XCATCFG` says, else the first line of
    /// `/etc/xcat/cfgloc`, else `/etc/xcat` for root and
    /// `$XDG_DATA_HOME/xcat` (`~/.local/share/xcat`) for others.
    ///
    /// # Errors
    /// The configuration names another kind of database, or there is neither
    /// a configuration nor a home folder.
    pub fn database_folder(&self) -> Result<PathBuf> {
        if let Some(config) = &self.xcatcfg {
            return sqlite_folder(config, "XCATCFG");
        }
        if let Some(line) = first_line(Path::new(CFGLOC))? {
            return sqlite_folder(line.as_ref(), CFGLOC);
        }
        if rustix::process::geteuid().is_root() {
            return Ok("/etc/xcat".into());
        }
        let data = self.data_home.clone();
        data.or_else(|| Some(self.home.as_ref()?.join(".local/share")))
            .map(|folder| folder.join("xcat"))
            .ok_or_else(|| {
                Error::Configuration(
                    "where is the database? Set XCATCFG=SQLite:<directory> or HOME".into(),
                )
            })
    }

    /// Where the sockets of master connections may lie, the best place first.
    /// A home folder comes before `XDG_RUNTIME_DIR`, which a cron job does not
    /// have: all commands of a user are to share the connections.
    pub(crate) fn control_dirs(&self) -> Vec<PathBuf> {
        let home = self.home.as_ref().map(|d| d.join(".local/state/xcat/ssh"));
        let runtime = self.runtime_dir.as_ref().map(|d| d.join("xcat"));
        let uid = rustix::process::geteuid().as_raw();
        let last = PathBuf::from(format!("/tmp/xcat-{uid}"));
        home.into_iter().chain(runtime).chain([last]).collect()
    }

    /// Where files may lie for a moment.
    pub fn temporary_folder(&self) -> PathBuf {
        self.temporary.clone().unwrap_or_else(|| "/tmp".into())
    }

    /// How long master connections are kept: what the first configuration file
    /// of the LPAR-Tool says that says it, else `site`.
    ///
    /// # Errors
    /// A file that exists cannot be read, or what it says is no time.
    pub(crate) fn persist(&self, site: Persist) -> Result<Persist> {
        let own = self.home.as_ref().map(|home| home.join(LPAR_CFG_OF_USER));
        for path in own.into_iter().chain([LPAR_CFG.into()]) {
            let bad = |error| Error::Configuration(format!("{}, {error}", path.display()));
            let text = match fs::read_to_string(&path) {
                Ok(text) => text,
                Err(error) if is_missing(&error) => continue,
                Err(source) => {
                    return Err(Error::File {
                        action: "read",
                        path: path.display().to_string(),
                        source,
                    });
                }
            };
            if let Some(persist) = lparcfg::control_persist(&text).map_err(bad)? {
                return Ok(persist);
            }
        }
        Ok(site)
    }

    /// What noderanges need beside the database.
    pub fn surroundings(&self) -> Surroundings<'_> {
        Surroundings {
            prefix: self.node_prefix.as_deref().unwrap_or("node"),
            suffix: self.node_suffix.as_deref().unwrap_or_default(),
            read: &read_list,
        }
    }
}

/// Whether there is no such file, nor can be.
fn is_missing(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}

/// Reads the file of `^file`.
fn read_list(path: &str) -> Result<String, FileError> {
    let file = fs::File::open(path).map_err(FileError::Read)?;
    let mut bytes = Vec::new();
    let mut bounded = file.take(LARGEST_LIST + 1);
    bounded.read_to_end(&mut bytes).map_err(FileError::Read)?;
    if bytes.len() as u64 > LARGEST_LIST {
        return Err(FileError::TooLarge {
            limit: LARGEST_LIST,
        });
    }
    String::from_utf8(bytes).map_err(|_| FileError::NotText)
}

/// The directory of `SQLite:<directory>`, whose name need not be UTF-8.
fn sqlite_folder(config: &OsStr, from: &str) -> Result<PathBuf> {
    let bytes = config.as_bytes();
    let colon = bytes.iter().position(|byte| *byte == b':');
    let (kind, rest) = bytes.split_at(colon.unwrap_or(bytes.len()));
    match (kind, rest.get(1..).unwrap_or_default().trim_ascii()) {
        (b"SQLite", folder) if !folder.is_empty() => Ok(OsStr::from_bytes(folder).into()),
        // The rest may hold a password: it is not shown.
        (b"Pg" | b"mysql" | b"DB2", _) if colon.is_some() => Err(Error::Configuration(format!(
            "{from}: databases of kind '{}' are not supported yet, use SQLite:<directory>",
            String::from_utf8_lossy(kind)
        ))),
        _ => Err(Error::Configuration(format!(
            "{from} does not have the form SQLite:<directory>"
        ))),
    }
}

/// The first line of a file; `None` if there is no such file or it is empty.
fn first_line(path: &Path) -> Result<Option<String>> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(text
            .lines()
            .next()
            .map(str::to_owned)
            .filter(|l| !l.is_empty())),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(Error::File {
            action: "read",
            path: path.display().to_string(),
            source,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::chain;

    #[test]
    fn the_database_is_where_xcatcfg_says() {
        let told = |config: &str| {
            let environment = Environment {
                xcatcfg: Some(config.into()),
                ..Environment::default()
            };
            environment.database_folder().map_err(|e| e.to_string())
        };
        assert_eq!(told("SQLite:/etc/xcat").unwrap(), Path::new("/etc/xcat"));
        let refused = told("Pg:dbname=xcatdb;host=mn|xcatadm|secret").unwrap_err();
        assert!(
            refused.contains("'Pg'") && !refused.contains("secret"),
            "{refused}"
        );
        assert!(told("nonsense").is_err());
        assert!(told("SQLite:").is_err());
        assert!(told("SQLite").is_err() && told("Pg").is_err());
    }

    #[test]
    fn a_folder_whose_name_is_no_text_is_used_all_the_same() {
        let environment = Environment {
            xcatcfg: Some(OsStr::from_bytes(b"SQLite: /db/\xff").to_owned()),
            ..Environment::default()
        };
        let folder = environment.database_folder().unwrap();
        assert_eq!(folder.as_os_str().as_bytes(), b"/db/\xff");
    }

    #[test]
    fn the_author_is_one_line_of_text() {
        let environment = Environment {
            user: Some("a\nb".into()),
            sudo_user: Some("\u{1b}[31mc".into()),
            ..Environment::default()
        };
        assert_eq!(environment.author(), "a?b (?[31mc)");
    }

    #[test]
    fn the_lpar_tools_file_goes_before_the_site() {
        let home = tempfile::tempdir().unwrap();
        let environment = Environment {
            home: Some(home.path().into()),
            ..Environment::default()
        };
        let told = || {
            let persist = environment.persist(Persist::default());
            persist.map(|p| p.to_string()).map_err(|e| chain(&e))
        };
        let file = home.path().join(".lpar.cfg");
        assert_eq!(told().unwrap(), "600");
        fs::write(&file, "HmcList x\n").unwrap();
        assert_eq!(told().unwrap(), "600");
        fs::write(&file, "HmcList x\nControlPersist 8h\n").unwrap();
        assert_eq!(told().unwrap(), "28800");
        fs::write(&file, "\nControlPersist eight\n").unwrap();
        let begin = format!("{}, line 2: \"eight\" is not a", file.display());
        assert!(told().unwrap_err().starts_with(&begin), "{:?}", told());
        fs::remove_file(&file).unwrap();
        fs::create_dir(&file).unwrap();
        let begin = format!("cannot read {}: ", file.display());
        assert!(told().unwrap_err().starts_with(&begin), "{:?}", told());
    }
}
