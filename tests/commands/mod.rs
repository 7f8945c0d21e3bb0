//! One file for each command.

mod chdef;
mod chtab;
mod chvm;
mod dumpxCATdb;
mod getmacs;
mod gettab;
mod hmc;
mod lpar;
mod lschange;
mod lsdef;
mod lsvm;
mod makehosts;
mod mkdef;
mod mkvm;
mod ms;
mod nodeadd;
mod nodech;
mod nodegrpch;
mod nodels;
mod noderm;
mod restorexCATdb;
mod rmdef;
<<<<<<< HEAD
mod rnetboot;
=======
mod rmvm;
>>>>>>> 8954411 (chvm, rmvm: profiles changed, running LPARs with them, LPARs removed)
mod rpower;
mod rscan;
mod tabch;
mod tabdump;
mod tabedit;
mod tabgrep;
mod tabprune;
mod tabrestore;
mod undochange;
mod vios;
mod xcat;
mod xcatdbck;
