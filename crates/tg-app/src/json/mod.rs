//! The versioned JSON shapes of results and events. A field that is here stays; adding one is free.
//!
//! Times are RFC 3339 in UTC, random ids are decimal strings (64 bits do not survive every JSON
//! reader), phone numbers are masked except where a person asked for one person by name.

mod account;
mod alert;
mod audience;
mod audit;
mod campaign;
mod contact;
mod database;
mod decision;
mod delivery;
mod doctor;
mod event;
mod history;
mod inbox;
mod login;
mod operator;
mod person;
mod personal;
mod proxy;
mod report;
mod run;
mod secret;
mod segment;
mod template;
mod time;

pub use account::{Account, AccountDetail, AccountExport, AccountImport, AccountWait, Accounts};
pub use alert::{AlertLine, AlertTest, Alerts};
pub use audience::{
    Audience, AudienceDetail, AudienceExport, Audiences, ChosenPeople, Import, Member, Suppressed,
};
pub(crate) use audit::hexadecimal;
pub use audit::{AuditAccepted, AuditList, AuditProblem, AuditRow, AuditVerified};
pub use campaign::{
    Campaign, CampaignChange, CampaignDetail, CampaignVariant, Campaigns, Plan, PlannedAccount,
    Started, TestSend,
};
pub use contact::{ContactDetail, ContactOptOut, ContactTags, GivenConsent};
pub use database::DbCheck;
pub use decision::{Resolve, Retry};
pub use delivery::{Delivery, Outcome};
pub use doctor::{Doctor, Finding, Severity};
pub use event::Event;
pub use history::{AccountHistory, CampaignHistory};
pub use inbox::{Conversation, Inbox, Message, Reply, Talk};
pub use login::{AccountCheck, AccountLogin, LoginFault, LoginNews};
pub use operator::{AuthRequired, Key, Keys, NewKey, Operator, Operators, SignedIn, Whoami};
pub use person::Person;
pub use personal::{PersonalCost, PersonalReport, PersonalText, Review, Tokens};
pub use proxy::{
    Assigned, Proxies, Proxy, ProxyAdd, ProxyAssign, ProxyRemove, ProxyReplace, RejectedLine,
};
pub use report::{AccountReport, ByReason, Report, Status, Timeline, TimelineSlice, VariantReport};
pub use run::Run;
pub use secret::{Secret, SecretChange, Secrets};
pub use segment::{AudienceTags, Segment, SegmentDetail, Segments};
pub use template::{
    Lint, LintFailure, LintPeople, Preview, Previews, Template, TemplateDetail, TemplateFault,
    TemplateText, Templates,
};
pub use time::rfc3339;
