//! The node database: opening, transactions, rows.
