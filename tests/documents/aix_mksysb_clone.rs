//! Cloning AIX nodes from a mksysb image: from an HMC to defined and switched
//! nodes. The demo plays the same session.

use std::fs;
use std::path::Path;

use crate::world::World;
use crate::world::transcript::steps;

#[test]
fn the_demos_session_answers_as_it_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("share/demo/session");
    let session = fs::read_to_string(path).unwrap();
    let (world, site) = World::on_site(simsite::Config::default_site());
    site.set_state("Server-9117-MMA-SN10F6F3D/node01", "Not Activated")
        .unwrap();
    world
        .play(&steps(&session))
        .unwrap_or_else(|e| panic!("{e}"));
    let state = &site.state()["Server-9117-MMA-SN10F6F3D/node01"];
    assert_eq!((state.as_str(), site.injections()), ("Running", Vec::new()));
}

/// The stanza file of the document, as an administrator types it off: no
/// indentation, and `model`, as the first versions of xCAT called `mtm`.
const STANZAS: &str = "\
Server-9117-MMA-SN10F6F3D:
objtype=node
hwtype=cec
nodetype=ppc
id=5
model=9118-575
serial=02013EB
hcp=hmc01
pprofile=
parent=Server-9458-10099201WM_A
groups=fsp,all
mgt=hmc
node01:
objtype=node
nodetype=ppc,osi
hwtype=lpar
id=9
hcp=hmc01
pprofile=lpar9
parent=Server-9117-MMA-SN10F6F3D
groups=lpar,all
mgt=hmc
node02:
objtype=node
nodetype=ppc,osi
hwtype=lpar
id=7
hcp=hmc01
pprofile=lpar6
parent=Server-9117-MMA-SN10F6F3D
groups=lpar,all
mgt=hmc
";

const SESSION: &str = "\
$ cat mystanzafile | mkdef -z
Warning: The node name 'Server-9117-MMA-SN10F6F3D' contains capital letters which may not be resolved correctly by the dns server.
3 object definitions have been created or modified.
$ lsdef -l Server-9117-MMA-SN10F6F3D -i mtm,serial,id -c
Server-9117-MMA-SN10F6F3D: id=5
Server-9117-MMA-SN10F6F3D: mtm=9118-575
Server-9117-MMA-SN10F6F3D: serial=02013EB
$ chdef -t node node01 mac=fef9dfb7c60
1 object definitions have been created or modified.
$ chdef -t node -o node01 -p postscripts=foo,bar
1 object definitions have been created or modified.
$ chdef -t node -o node01,node02 -p groups=compute
2 object definitions have been created or modified.
$ chdef -p -t group -o compute postscripts=setupntp
1 object definitions have been created or modified.
$ chdef -p -t group -o compute postscripts=confignimsh
1 object definitions have been created or modified.
$ chdef -t node -o node01 prescripts-begin=\"standalone:foo,bar\"
1 object definitions have been created or modified.
$ chdef -t site -o clustersite ppctimeout=180
1 object definitions have been created or modified.
$ lsdef node01-node02 -i mac,postscripts,prescripts-begin
Object name: node01
    mac=fef9dfb7c60
    postscripts=foo,bar
    prescripts-begin=standalone:foo,bar
Object name: node02
    mac=
    postscripts=setupntp,confignimsh
    prescripts-begin=
";

#[test]
fn the_documents_stanzas_and_changes_work_as_printed() {
    let world = World::new();
    world.file("mystanzafile", STANZAS);
    world
        .play(&steps(SESSION))
        .unwrap_or_else(|e| panic!("{e}"));
}
