//! The traits through which the core reaches the world. All are object-safe.
//!
//! Stores are synchronous traits over one unit of work ([`Unit`]): what belongs together is done in
//! one closure and commits together. The one place where async meets them is [`Store`].

mod alerts;
mod audit;
mod budgets;
mod clock;
mod codes;
mod health;
mod identify;
mod identity;
mod inbox;
mod lists;
mod loans;
mod login;
mod messenger;
mod operators;
mod outbox;
mod personal;
mod proxies;
mod replies;
mod segments;
mod sessions;
mod sign_ins;
mod store;
mod vault;
mod writer;

pub use alerts::{Alert, AlertRecord, AlertState, AlertStore, Alerter, NewAlert, Told};
pub use audit::{AuditEntry, AuditFilter, AuditHead, AuditKey, AuditRecord, AuditStore};
pub use budgets::{BudgetStore, Charged, SpentRecord};
pub use clock::{Clock, Entropy};
pub use codes::{
    CodeError, CodeRequest, CodeSource, LoginCode, ServiceChat, ServiceChats, ServiceMessage,
};
pub use health::{HealthStore, HealthWatch, ServiceHealth};
pub use identify::{Identifier, Identity};
pub use identity::IdKey;
pub use inbox::{Conversation, Echo, Hearing, InboxFilter, InboxMessage, InboxStore, Kept};
pub use lists::{
    AccountStore, AudienceStore, CampaignStore, ContactStore, NewAccount, NewCampaign, PeerFact,
    StoredTemplate, TemplateStore,
};
pub use loans::{Borrowers, Loan, LoanState, LoanStore, Wish};
pub use login::{LoginAnswer, LoginDesk, LoginError, LoginWay, SignIn, SignedIn, TokenAnswer};
pub use messenger::{
    Connector, HistoryMessage, HistoryPage, MediaSource, Messenger, Receipt, Resolved, Transmission,
};
pub use operators::{DoorStore, OperatorStore};
pub use outbox::{
    AccountLoad, ClaimBatch, Decision, MessageOwner, OutboxStore, PlanCounts, StagePage, Twin,
    Wait, WaitStore,
};
pub use personal::{DraftRecord, NewDraft, PersonalStore, Unwritten};
pub use proxies::{ProxyProbe, ProxyRoute, ProxyStore, Route, Routes};
pub use replies::{DueReply, NewReply, ReplyRecord, ReplyStore};
pub use segments::{CampaignFilter, Choice, Segment, SegmentStore, Tagged};
pub use sessions::{
    DcAuth, SealedRecord, SecretBlobs, Session, SessionBlobs, SessionError, SessionStore,
    UpdatePoint,
};
pub use sign_ins::{Reservation, SignInStore};
pub use store::{Store, StoreError, Unit, Verdict, WorkJob};
pub use vault::{SealedBlobs, SealedHome, SealedVersion, VaultBlobs, VersionState};
pub use writer::{TextWriter, WrittenText, may_have_cost};

use std::future::Future;
use std::pin::Pin;

/// A boxed future, for object-safe async traits.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;
