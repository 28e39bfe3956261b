//! Reading: the rows of an inspected file, one by one, each as a record or as what is wrong with it.

use super::cells::Cells;
use super::dates::Calendar;
use super::key_pack_row::{KeyPackRow, key_pack};
use super::license_row::{LicenseRow, license};
use super::mapping::native;
use super::row::Row;
use super::server_row::{ServerRow, server};
use super::stream::{Layout, Shape, stream};
use super::{DateOrder, Field, Inspection, Kind, Mapping, Refusal};
use crate::web::export::mark::unmarked;
use jiff::tz::TimeZone;
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::Read;
use std::ops::ControlFlow;

/// What a person said about a file before it is read.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The order of its dates; none leaves it to what the file proves.
    pub date_order: Option<DateOrder>,
    /// The time zone of dates that name none.
    pub zone: TimeZone,
    /// What its columns mean; needed when the inspection could not tell the kind.
    pub mapping: Option<Mapping>,
}

/// One row of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Line {
    /// The line of the file the row starts in, counted from 1.
    pub number: u64,
    /// The license server the row was exported from, when it says so.
    pub server: Option<String>,
    /// What the row says, or every problem it has as one sentence each.
    pub record: Result<Record, Vec<String>>,
}

/// What one row says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Record {
    /// A key pack.
    KeyPack(KeyPackRow),
    /// An issued license.
    License(LicenseRow),
    /// A license server.
    Server(ServerRow),
}

/// Gives every row of the file to `each`, until that breaks, and says how many it gave.
pub fn read<R: Read>(
    reader: R,
    inspection: &Inspection,
    settings: &Settings,
    each: &mut dyn FnMut(Line) -> ControlFlow<()>,
) -> Result<u64, Refusal> {
    let mapping = settings.mapping.as_ref();
    let kind = mapping.map_or(inspection.kind, |mapping| mapping.kind);
    if matches!(inspection.shape, Shape::Empty) || (inspection.rows == 0 && inspection.headers.is_empty()) {
        return Ok(0);
    }
    let mut plan = Plan {
        kind,
        native: mapping.is_none(),
        columns: columns(inspection, mapping)?,
        calendar: Calendar { order: settings.date_order.or(inspection.dates.order()), zone: settings.zone.clone() },
        width: None,
    };
    let layout = Layout {
        encoding: inspection.encoding,
        shape: inspection.shape,
        header_line: mapping.map_or(inspection.header_line, |mapping| mapping.header_line),
        headers: &inspection.headers,
    };
    let mut rows = 0;
    stream(reader, &layout, &mut |row| {
        plan.check_width(row, mapping)?;
        rows += 1;
        Ok(each(plan.line(row)))
    })?;
    Ok(rows)
}

fn columns(inspection: &Inspection, mapping: Option<&Mapping>) -> Result<BTreeMap<Field, usize>, Refusal> {
    match mapping {
        Some(mapping) => Ok(mapping.columns.clone()),
        None if inspection.kind == Kind::Unmapped => Err(Refusal(
            "It is not known what the columns of this file mean; choose what each of them holds.".to_owned(),
        )),
        None => native(inspection.kind, &inspection.headers, inspection.header_line),
    }
}

/// How the rows of one file are understood.
struct Plan {
    kind: Kind,
    native: bool,
    columns: BTreeMap<Field, usize>,
    calendar: Calendar,
    width: Option<usize>,
}

impl Plan {
    /// Refuses a mapping that does not fit the header, once and whenever JSON brings new columns.
    fn check_width(&mut self, row: &Row<'_>, mapping: Option<&Mapping>) -> Result<(), Refusal> {
        let width = row.headers.len();
        if self.width == Some(width) {
            return Ok(());
        }
        self.width = Some(width);
        mapping.map_or(Ok(()), |mapping| mapping.check(width))
    }

    fn line(&self, row: &Row<'_>) -> Line {
        let server = self.columns.get(&Field::Server).map_or("", |column| unmarked(row.cell(*column)));
        let server = (!server.is_empty()).then(|| server.to_owned());
        let record = match row.fault.map(str::to_owned).or_else(|| row.misfit()) {
            Some(fault) => Err(vec![fault]),
            None => self.record(row),
        };
        Line { number: row.line, server, record }
    }

    fn record(&self, row: &Row<'_>) -> Result<Record, Vec<String>> {
        let mut cells = Cells { row, columns: &self.columns, calendar: &self.calendar, problems: Vec::new() };
        cells.text(Field::Server);
        let record = match self.kind {
            Kind::KeyPacks => Record::KeyPack(key_pack(&mut cells)),
            Kind::Server => Record::Server(server(&mut cells)),
            Kind::Licenses | Kind::Unmapped => Record::License(license(&mut cells, self.native)),
        };
        if cells.problems.is_empty() { Ok(record) } else { Err(cells.problems) }
    }
}
