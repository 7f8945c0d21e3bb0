//! One file for each command.

mod chdef;
mod chtab;
mod dumpxCATdb;
mod gettab;
mod lschange;
mod lsdef;
mod makehosts;
mod mkdef;
mod nodeadd;
mod nodech;
mod nodegrpch;
mod nodels;
mod noderm;
mod restorexCATdb;
mod rmdef;
mod rpower;
mod rscan;
mod tabch;
mod tabdump;
mod tabedit;
mod tabgrep;
mod tabprune;
mod tabrestore;
mod undochange;
mod xcat;
mod xcatdbck;
