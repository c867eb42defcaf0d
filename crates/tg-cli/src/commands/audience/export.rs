//! `tg audience export`: everybody on a list, to standard output or a file, as they are read.

use crate::args::audience::{Export, ExportFormat};
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::printer::Printer;
use crate::text::counted;
use crate::wire::{self, Need};
use std::io::{self, Write};
use std::ops::ControlFlow;
use tg_app::Permission;
use tg_app::audiences::{self, ExportSink};
use tg_app::json;
use tg_security::WholeFile;
use tg_security::validate::list::{Exported, PeopleWriter};

/// Runs the verb.
pub(crate) async fn run(context: &Context, args: &Export) -> Result<Exit, CliError> {
    let printer = &*context.printer;
    let Some(path) = &args.to else {
        let lines = printer.is_json() && args.format.is_none();
        let format =
            args.format.unwrap_or(if lines { ExportFormat::Json } else { ExportFormat::Csv });
        let mut sheet = Sheet::new(Stdout(printer), format);
        wire::with(context, async |open| {
            Ok(audiences::export(&open.app, &open.actor, &args.name, args.whom.whom(), &mut sheet)
                .await?)
        })
        .await?;
        sheet.end().map_err(|error| unwritten("standard output", &error))?;
        return Ok(Exit::Done);
    };
    let shown = path.display().to_string();
    let people = wire::with(context, async |open| {
        open.permit(Need::of(Permission::AudienceExport, "audience").named(&args.name)).await?;
        let file = WholeFile::create(path).map_err(|error| unwritten(&shown, &error))?;
        let mut sheet = Sheet::new(file, args.format.unwrap_or(ExportFormat::Csv));
        let people =
            audiences::export(&open.app, &open.actor, &args.name, args.whom.whom(), &mut sheet)
                .await?;
        sheet.end().and_then(WholeFile::commit).map_err(|error| unwritten(&shown, &error))?;
        Ok(people)
    })
    .await?;
    let done = json::AudienceExport {
        schema: "tg.audience_export/1",
        audience: args.name.clone(),
        people,
        file: shown,
    };
    printer.result(&done, |done| {
        format!(
            "{} of {} written to {}",
            counted(done.people, "person", "people"),
            done.audience,
            done.file
        )
    })?;
    Ok(Exit::Done)
}

fn unwritten(place: &str, error: &io::Error) -> CliError {
    CliError::new(Exit::Failed, "unwritable", format!("cannot write {place}")).because(error)
}

/// Standard output, which may go away.
struct Stdout<'a>(&'a Printer);

impl Write for Stdout<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes).map_err(|error| io::Error::other(error.human(false)))?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What can be written to, and may have lost its reader.
trait Place: Write + Send {
    fn is_gone(&self) -> bool {
        false
    }
}

impl Place for Stdout<'_> {
    fn is_gone(&self) -> bool {
        self.0.is_gone()
    }
}

impl Place for WholeFile {}

/// People in the order of their rows, in one of the formats.
enum Sheet<W: Place> {
    Idle(W, ExportFormat),
    Csv(Box<PeopleWriter<W>>, Vec<String>),
    Lines(W),
    Closed,
}

impl<W: Place> Sheet<W> {
    const fn new(place: W, format: ExportFormat) -> Self {
        Self::Idle(place, format)
    }

    /// Writes what is buffered, and gives the place back.
    fn end(self) -> io::Result<W> {
        match self {
            Self::Csv(out, _) => out.finish(),
            Self::Idle(place, _) | Self::Lines(place) => Ok(place),
            Self::Closed => Err(io::Error::other("the export ended before")),
        }
    }
}

impl<W: Place> ExportSink for Sheet<W> {
    fn begin(&mut self, fields: &[String]) -> io::Result<()> {
        *self = match std::mem::replace(self, Self::Closed) {
            Self::Idle(place, ExportFormat::Csv) => Self::Csv(
                Box::new(PeopleWriter::new(place, fields.iter().map(String::as_str))?),
                fields.to_vec(),
            ),
            Self::Idle(place, ExportFormat::Json) => Self::Lines(place),
            other => other,
        };
        Ok(())
    }

    fn member(&mut self, member: &json::Member) -> io::Result<ControlFlow<()>> {
        let gone = match self {
            Self::Csv(out, fields) => {
                row(out, fields, member)?;
                out.get_ref().is_gone()
            }
            Self::Lines(out) => {
                let mut line = serde_json::to_vec(member)?;
                line.push(b'\n');
                out.write_all(&line)?;
                out.is_gone()
            }
            Self::Idle(..) | Self::Closed => true,
        };
        Ok(if gone { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    }
}

fn row<W: Write>(
    out: &mut PeopleWriter<W>,
    fields: &[String],
    member: &json::Member,
) -> io::Result<()> {
    let person = &member.person;
    let user_id = person.user_id.map_or_else(String::new, |id| id.to_string());
    let empty = |cell: &Option<String>| -> String { cell.clone().unwrap_or_default() };
    let permission = [&member.consent, &member.consented_at, &member.opted_out_at].map(empty);
    let [consent, at, out_at] = permission.each_ref().map(String::as_str);
    out.write(&Exported {
        username: person.username.as_deref().unwrap_or_default(),
        phone: person.phone.as_deref().unwrap_or_default(),
        user_id: &user_id,
        names: [&person.first_name, &person.last_name, &person.lang, &person.tz],
        fields: fields
            .iter()
            .map(|name| person.fields.get(name).map_or("", String::as_str))
            .collect(),
        permission: [
            consent,
            at,
            out_at,
            if member.suppressed { "yes" } else { "" },
            &member.consent_evidence,
            &member.consent_scope,
            &member.tags.join(" "),
        ],
    })
}
