//! Which verb a command line means.

use super::{
    account, alert, audience, audit, auth, campaign, completions, config, contact, db, doctor,
    inbox, init, operator, proxy, run, secret, segment, template,
};
use crate::args::Command;
use crate::args::account::Account;
use crate::args::alert::Alert;
use crate::args::audience::Audience;
use crate::args::audit::Audit;
use crate::args::auth::Auth;
use crate::args::campaign::Campaign;
use crate::args::contact::Contact;
use crate::args::home::{Config, Db};
use crate::args::inbox::Inbox;
use crate::args::operator::{Key, Operator};
use crate::args::proxy::Proxy;
use crate::args::secret::Secret;
use crate::args::segment::Segment;
use crate::args::template::Template;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;

/// Does what was typed.
///
/// # Errors
/// Those of the verb.
pub(crate) async fn dispatch(context: Context, command: Command) -> Result<Exit, CliError> {
    let c = &context;
    match command {
        Command::Init(args) => init::run(c, &args).await,
        #[cfg(feature = "demo")]
        Command::Demo(args) => super::demo::run(c, &args).await,
        Command::Account(verb) => match verb {
            Account::Add(args) => account::add::run(c, &args).await,
            Account::Login(args) => account::login::run(c, &args).await,
            Account::Check(args) => account::check::run(c, &args).await,
            Account::Remove(args) => account::remove::run(c, &args).await,
            Account::Tag(args) => account::tag::run(c, &args).await,
            Account::Import(args) => account::import::run(c, args).await,
            Account::Export(args) => account::export::run(c, &args).await,
            Account::List => account::list::run(c).await,
            Account::Show(args) => account::show::run(c, &args.name).await,
            Account::Report(args) => account::report::run(c, &args).await,
            Account::Pause(args) => account::pause::run(c, &args.name).await,
            Account::Resume(args) => account::resume::run(c, &args.name).await,
        },
        Command::Proxy(verb) => match verb {
            Proxy::Add(args) => proxy::add::run(c, &args).await,
            Proxy::List => proxy::list::run(c).await,
            Proxy::Check(args) => proxy::check::run(c, args.name.as_deref()).await,
            Proxy::Assign(args) => proxy::assign::run(c, args).await,
            Proxy::Replace(args) => proxy::replace::run(c, &args).await,
            Proxy::Remove(args) => proxy::remove::run(c, &args.name).await,
        },
        Command::Alert(Alert::List) => alert::list::run(c).await,
        Command::Alert(Alert::Test) => alert::test::run(c).await,
        Command::Audience(verb) => match verb {
            Audience::Import(args) => audience::import::run(c, &args).await,
            Audience::List => audience::list::run(c).await,
            Audience::Show(args) => audience::show::run(c, &args).await,
            Audience::Tag(args) => audience::tag::run(c, &args).await,
            Audience::Export(args) => audience::export::run(c, &args).await,
            Audience::Suppress(args) => audience::suppress::run(c, &args).await,
        },
        Command::Contact(verb) => match verb {
            Contact::Show(args) => contact::show::run(c, &args.who).await,
            Contact::Tag(args) => contact::tag::run(c, &args).await,
        },
        Command::Segment(verb) => match verb {
            Segment::Add(args) => segment::add::run(c, &args).await,
            Segment::List => segment::list::run(c).await,
            Segment::Show(args) => segment::show::run(c, &args).await,
            Segment::Remove(args) => segment::remove::run(c, &args.name).await,
        },
        Command::Template(verb) => match verb {
            Template::Add(args) => template::add::run(c, &args).await,
            Template::List => template::list::run(c).await,
            Template::Show(args) => template::show::run(c, &args.name).await,
            Template::Lint(args) => template::lint::run(c, &args).await,
            Template::Preview(args) => template::preview::run(c, &args).await,
        },
        Command::Campaign(verb) => match verb {
            Campaign::Create(args) => campaign::create::run(c, &args).await,
            Campaign::Plan(args) => campaign::plan::run(c, &args.name).await,
            Campaign::Preview(args) => campaign::preview::run(c, &args).await,
            Campaign::Test(args) => campaign::test::run(c, &args).await,
            Campaign::Start(args) => campaign::start::run(c, &args.name).await,
            Campaign::Pause(args) => campaign::pause::run(c, &args.name).await,
            Campaign::Resume(args) => campaign::resume::run(c, &args.name).await,
            Campaign::Cancel(args) => campaign::cancel::run(c, &args.name).await,
            Campaign::List => campaign::list::run(c).await,
            Campaign::Status(args) => campaign::status::run(c, &args.name).await,
            Campaign::Report(args) => campaign::report::run(c, &args).await,
            Campaign::Deliveries(args) => campaign::deliveries::run(c, &args).await,
            Campaign::Retry(args) => campaign::retry::run(c, &args).await,
            Campaign::Resolve(args) => campaign::resolve::run(c, &args).await,
            Campaign::Review(args) => campaign::review::run(c, &args).await,
        },
        Command::Operator(verb) => match verb {
            Operator::Add(args) => operator::add::run(c, &args).await,
            Operator::Role(args) => operator::role::run(c, &args).await,
            Operator::Disable(args) => operator::disable::run(c, &args).await,
            Operator::List => operator::list::run(c).await,
            Operator::Key(Key::Create(args)) => operator::key_create::run(c, &args).await,
            Operator::Key(Key::List(args)) => operator::key_list::run(c, &args).await,
            Operator::Key(Key::Revoke(args)) => operator::key_revoke::run(c, &args).await,
        },
        Command::Auth(verb) => match verb {
            Auth::Login => auth::login::run(c).await,
            Auth::Logout => auth::logout::run(c).await,
            Auth::Whoami => auth::whoami::run(c).await,
            Auth::Require(args) => auth::require::run(c, &args).await,
        },
        Command::Audit(verb) => match verb {
            Audit::List(args) => audit::list::run(c, args).await,
            Audit::Verify => audit::verify::run(c).await,
            Audit::Export => audit::export::run(c).await,
            Audit::Accept(args) => audit::accept::run(c, &args).await,
        },
        Command::Inbox(verb) => match verb {
            Inbox::List(args) => inbox::list::run(c, &args).await,
            Inbox::Show(args) => inbox::show::run(c, &args).await,
            Inbox::Reply(args) => inbox::reply::run(c, &args).await,
        },
        Command::Run(args) => run::run(c, &args).await,
        Command::Secret(verb) => match verb {
            Secret::Set(args) => secret::set::run(c, &args).await,
            Secret::List => secret::list::run(c).await,
            Secret::Rotate(args) => secret::rotate::run(c, &args).await,
            Secret::Migrate(args) => secret::migrate::run(c, &args).await,
            Secret::Rekey(args) => secret::rekey::run(c, &args).await,
            Secret::Remove(args) => secret::remove::run(c, &args).await,
        },
        Command::Config(Config::Show(args)) => config::show::run(c, &args).await,
        Command::Config(Config::Validate) => config::validate::run(c).await,
        Command::Doctor => doctor::run(c).await,
        Command::Completions { shell } => completions::run(c, shell),
        Command::Db(verb) => match verb {
            Db::Backup(args) => db::backup::run(c, &args).await,
            Db::Restore(args) => db::restore::run(c, &args).await,
            Db::Check => db::check::run(c).await,
        },
    }
}
