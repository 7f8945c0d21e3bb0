//! One file for each command.

mod chdef;
mod chtab;
mod gettab;
mod lschange;
mod lsdef;
mod mkdef;
mod nodeadd;
mod nodech;
mod nodegrpch;
mod nodels;
mod noderm;
mod rmdef;
mod rpower;
mod rscan;
mod tabdump;
mod tabgrep;
mod undochange;
mod xcat;
