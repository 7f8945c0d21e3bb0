//! A world on a simulated site: HMCs behind a real ssh server on loopback.

use simsite::{Config, Site};

use super::World;

impl World {
    /// A world whose ssh finds the machines of this site. The site ends when
    /// it is dropped, and with it every connection to it.
    pub fn on_site(config: Config) -> (Self, Site) {
        let mut world = Self::new();
        let site = Site::start(config, &world.folder().join("site")).unwrap();
        world.set("XCAT_SSH_CONFIG", site.ssh_config());
        (world, site)
    }
}

impl World {
    /// Fills rows of a table: (column, value) of each.
    pub fn fill(&self, table: &str, rows: &[&[(&str, &str)]]) {
        let table = xcat::schema::table(table).unwrap();
        let mut db = xcat::db::Db::open(&self.database()).unwrap();
        let change = db.change().unwrap();
        for row in rows {
            let at = |column: &str| table.position(column).unwrap();
            let values: Vec<_> = row.iter().map(|(c, v)| (at(c), Some(*v))).collect();
            change.insert(table, &values).unwrap();
        }
        change.commit().unwrap();
    }

    /// Defines an HMC as `mkdef` does, with a password.
    pub fn define_hmc(&self, name: &str, password: &str) {
        self.fill("nodelist", &[&[("node", name), ("groups", "hmc,all")]]);
        self.fill("nodetype", &[&[("node", name), ("nodetype", "ppc")]]);
        self.fill("ppc", &[&[("node", name), ("nodetype", "hmc")]]);
        self.fill("nodehm", &[&[("node", name), ("mgt", "hmc")]]);
        let login = [
            ("hcp", name),
            ("username", "hscroot"),
            ("password", password),
        ];
        self.fill("ppchcp", &[&login]);
    }
}

impl World {
    /// A world on a site whose HMCs were scanned; a connection is tried once.
    pub fn scanned(config: Config) -> (Self, Site) {
        let hmcs: Vec<String> = config.hmc.iter().map(|hmc| hmc.name.clone()).collect();
        let (mut world, site) = Self::on_site(config);
        for hmc in &hmcs {
            world.define_hmc(hmc, "abc123");
        }
        world.fill("site", &[&[("key", "ppcretry"), ("value", "1")]]);
        let _ = world.run("rscan", ["hmc", "-w"]);
        // Faults are to meet logins, too.
        world.new_home("later");
        (world, site)
    }

    /// Nodes that no work on LPARs can be done with: `gone`, which its system
    /// does not have, `node0x` without id, `bare` without anything.
    pub fn bad_definitions(&self) {
        for node in ["gone", "node0x", "bare"] {
            self.fill("nodelist", &[&[("node", node), ("groups", "all")]]);
        }
        let system = "Server-9117-MMA-SN10F6F3D";
        for (node, id) in [("gone", "77"), ("node0x", "")] {
            let row = [
                ("node", node),
                ("nodetype", "lpar"),
                ("parent", system),
                ("id", id),
                ("hcp", "hmc01"),
            ];
            self.fill("ppc", &[&row]);
        }
    }

    /// The rows of a table as `column=value` words, columns without value left
    /// out.
    pub fn rows(&self, table: &str) -> Vec<String> {
        let table = xcat::schema::table(table).unwrap();
        let db = xcat::db::Db::open(&self.database()).unwrap();
        let all: Vec<usize> = (0..table.columns.len()).collect();
        let mut rows = Vec::new();
        let snapshot = db.read().unwrap();
        let each = |row: &xcat::db::Row<'_>| {
            let word = |(at, column): (usize, &xcat::schema::Column)| {
                let value = row.get(at).filter(|value| !value.is_empty())?;
                Some(format!("{}={value}", column.name))
            };
            let words: Vec<_> = table.columns.iter().enumerate().filter_map(word).collect();
            rows.push(words.join(" "));
            Ok::<_, xcat::db::Error>(())
        };
        snapshot
            .rows(table, &all, xcat::db::Rows::All, each)
            .unwrap();
        rows
    }

    /// Forgets the connections to the site: they belong to a home folder.
    pub fn new_home(&mut self, name: &str) {
        let home = self.folder().join(name);
        std::fs::create_dir(&home).unwrap();
        self.set("HOME", home);
    }
}
