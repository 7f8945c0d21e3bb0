//! A table as CSV: it is read or refused, and what was read, written, reads
//! the same again.

#![no_main]

use libfuzzer_sys::fuzz_target;
use xcat::tables::csv::{Error, Reader, put_value};

type Row = Vec<Option<String>>;

fn read(bytes: &[u8]) -> Result<Vec<Row>, Error> {
    let mut reader = Reader::new(bytes);
    reader.header()?;
    let mut rows = Vec::new();
    while reader.next_line()?.is_some() {
        let record = reader.record();
        let cell = |place| record.get(place).map(str::to_owned);
        rows.push((0..record.len()).map(cell).collect());
    }
    Ok(rows)
}

fn written(rows: &[Row]) -> String {
    let mut text = "#a,b\n".to_owned();
    for row in rows {
        for (place, cell) in row.iter().enumerate() {
            if place > 0 {
                text.push(',');
            }
            put_value(&mut text, cell.as_deref());
        }
        text.push('\n');
    }
    text
}

fuzz_target!(|bytes: &[u8]| {
    let Ok(mut rows) = read(bytes) else {
        return;
    };
    // A row of nothing but one empty value is an empty line, which is no row.
    rows.retain(|row| row.iter().any(Option::is_some) || row.len() > 1);
    let text = written(&rows);
    match read(text.as_bytes()) {
        Ok(again) => assert_eq!(again, rows, "{text}"),
        Err(error) => panic!("{error}\n{text}"),
    }
});
