//! The one table of who may do what.

use std::fmt;
pub use tg_core::operator::Role;

macro_rules! permissions {
    ($($(#[$doc:meta])* $name:ident = $text:literal from $least:ident,)*) => {
        /// What a use case needs. Each use case names exactly one, and its name is the action in
        /// the audit log.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Permission {
            $($(#[$doc])* $name,)*
        }

        impl Permission {
            /// All permissions, by noun.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The name in the audit log and in refusals.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// The lowest role that has it.
            const fn least(self) -> Role {
                match self { $(Self::$name => Role::$least,)* }
            }

            /// Whether a role has it. A higher role has all that a lower one has.
            #[must_use]
            pub fn is_for(self, role: Role) -> bool {
                role >= self.least()
            }
        }
    };
}

permissions! {
    /// Add accounts with their sessions.
    AccountImport = "account.import" from Admin,
    /// Take an account's session out, for another program or home.
    AccountExport = "account.export" from Admin,
    /// Add an account by signing it in.
    AccountAdd = "account.add" from Admin,
    /// Sign an account in again.
    AccountLogin = "account.login" from Admin,
    /// Ask Telegram how an account is.
    AccountCheck = "account.check" from Operator,
    /// Take an account out of the home.
    AccountRemove = "account.remove" from Admin,
    /// Label an account.
    AccountTag = "account.tag" from Operator,
    /// See all accounts.
    AccountList = "account.list" from Viewer,
    /// See one account and what holds it back.
    AccountShow = "account.show" from Viewer,
    /// See what an account did, by campaign.
    AccountReport = "account.report" from Viewer,
    /// Stop an account.
    AccountPause = "account.pause" from Operator,
    /// Let an account go on after what stopped it.
    AccountResume = "account.resume" from Admin,
    /// Add proxies with their passwords.
    ProxyAdd = "proxy.add" from Admin,
    /// See all proxies.
    ProxyList = "proxy.list" from Viewer,
    /// Look whether proxies work.
    ProxyCheck = "proxy.check" from Operator,
    /// Say which account goes through which proxy.
    ProxyAssign = "proxy.assign" from Admin,
    /// Give an account another proxy.
    ProxyReplace = "proxy.replace" from Operator,
    /// Take a proxy away.
    ProxyRemove = "proxy.remove" from Admin,
    /// See what a person was told, or should have been.
    AlertList = "alert.list" from Viewer,
    /// Try the ways by which a person is told.
    AlertTest = "alert.test" from Operator,
    /// Put people on a list, with their consent.
    AudienceImport = "audience.import" from Operator,
    /// See all lists with their counts.
    AudienceList = "audience.list" from Viewer,
    /// See one list.
    AudienceShow = "audience.show" from Viewer,
    /// Take people out of a list, or of all.
    AudienceSuppress = "audience.suppress" from Operator,
    /// Take a list out, with whole phone numbers.
    AudienceExport = "audience.export" from Operator,
    /// Label people of a list.
    AudienceTag = "audience.tag" from Operator,
    /// Label one person.
    ContactTag = "contact.tag" from Operator,
    /// Give a choice of people a name.
    SegmentAdd = "segment.add" from Operator,
    /// See all segments.
    SegmentList = "segment.list" from Viewer,
    /// See one segment, and how many people it chooses.
    SegmentShow = "segment.show" from Viewer,
    /// Take a segment away.
    SegmentRemove = "segment.remove" from Operator,
    /// See everything about one person, the whole phone number included.
    ContactShow = "contact.show" from Operator,
    /// See who wrote, and their latest words.
    InboxList = "inbox.list" from Operator,
    /// See what one person wrote.
    InboxShow = "inbox.show" from Operator,
    /// Answer somebody who wrote.
    InboxReply = "inbox.reply" from Operator,
    /// Add a template.
    TemplateAdd = "template.add" from Operator,
    /// See all templates.
    TemplateList = "template.list" from Viewer,
    /// See one template.
    TemplateShow = "template.show" from Viewer,
    /// Look for faults in a template.
    TemplateLint = "template.lint" from Viewer,
    /// See what a template says to people: shows their fields.
    TemplatePreview = "template.preview" from Operator,
    /// Make a campaign.
    CampaignCreate = "campaign.create" from Operator,
    /// See what a campaign would do.
    CampaignPlan = "campaign.plan" from Viewer,
    /// See what a campaign says to people: shows their fields.
    CampaignPreview = "campaign.preview" from Operator,
    /// Send what a campaign says to an account's own Saved Messages.
    CampaignTest = "campaign.test" from Operator,
    /// Start a campaign.
    CampaignStart = "campaign.start" from Operator,
    /// Stop a campaign for a while.
    CampaignPause = "campaign.pause" from Operator,
    /// Let a campaign go on.
    CampaignResume = "campaign.resume" from Operator,
    /// End a campaign.
    CampaignCancel = "campaign.cancel" from Operator,
    /// See all campaigns.
    CampaignList = "campaign.list" from Viewer,
    /// See where a campaign stands.
    CampaignStatus = "campaign.status" from Viewer,
    /// See what became of a campaign's recipients.
    CampaignReport = "campaign.report" from Viewer,
    /// Export a campaign's deliveries.
    CampaignDeliveries = "campaign.deliveries" from Operator,
    /// Have failed messages tried again.
    CampaignRetry = "campaign.retry" from Operator,
    /// Say what became of messages whose outcome is unknown.
    CampaignResolve = "campaign.resolve" from Operator,
    /// Read personal texts before they are sent, and decide about them.
    CampaignReview = "campaign.review" from Operator,
    /// See which secrets there are; never their values.
    SecretList = "secret.list" from Operator,
    /// Set a secret.
    SecretSet = "secret.set" from Admin,
    /// Try a new value for a secret, and decide for or against it.
    SecretRotate = "secret.rotate" from Admin,
    /// Forget a secret.
    SecretRemove = "secret.remove" from Admin,
    /// Take secrets over from a plaintext file.
    SecretMigrate = "secret.migrate" from Admin,
    /// Replace the master key.
    SecretRekey = "secret.rekey" from Admin,
    /// Copy the database.
    DbBackup = "db.backup" from Admin,
    /// Put a copy of the database in its place.
    DbRestore = "db.restore" from Admin,
    /// Run the engine.
    EngineRun = "engine.run" from Operator,
    /// Add somebody who may use the home.
    OperatorAdd = "operator.add" from Admin,
    /// Change what somebody may do.
    OperatorRole = "operator.role" from Admin,
    /// Shut somebody out, or let them in again.
    OperatorDisable = "operator.disable" from Admin,
    /// See who may use the home.
    OperatorList = "operator.list" from Admin,
    /// Give somebody a key.
    KeyCreate = "key.create" from Admin,
    /// See everybody's keys: whose, for what, since and until when.
    KeyList = "key.list" from Admin,
    /// Take a key back.
    KeyRevoke = "key.revoke" from Admin,
    /// Sign in.
    AuthLogin = "auth.login" from Viewer,
    /// Sign out.
    AuthLogout = "auth.logout" from Viewer,
    /// See who one is.
    AuthWhoami = "auth.whoami" from Viewer,
    /// Say whether every command needs a key or a sign-in.
    AuthRequire = "auth.require" from Admin,
    /// See who did what, and take it out.
    AuditList = "audit.list" from Admin,
    /// See whether the audit log is as it was written.
    AuditVerify = "audit.verify" from Viewer,
    /// Accept the audit log as it stands, after a person has looked.
    AuditAccept = "audit.accept" from Admin,
    /// Take the whole audit log out.
    AuditExport = "audit.export" from Admin,
    /// See the settings.
    ConfigShow = "config.show" from Viewer,
    /// See whether the database is intact.
    DbCheck = "db.check" from Viewer,
    /// See what is wrong with the home.
    HomeDoctor = "home.doctor" from Viewer,
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use std::fmt::Write;

    #[test]
    fn every_permission_for_every_role() {
        let mut table = String::new();
        for permission in Permission::ALL {
            let marks: Vec<_> = Role::ALL
                .into_iter()
                .map(|role| if permission.is_for(role) { role.as_str() } else { "-" })
                .collect();
            writeln!(table, "{permission:19} {}", marks.join(" ")).expect("a String takes all");
        }
        insta::assert_snapshot!(table);
    }

    #[test]
    fn names_are_unique_and_say_noun_and_verb() {
        let names: BTreeSet<_> = Permission::ALL.iter().map(|p| p.as_str()).collect();
        assert_eq!(names.len(), Permission::ALL.len());
        for name in names {
            assert_eq!(name.split('.').count(), 2, "{name}");
        }
        for role in Role::ALL {
            assert_eq!(Role::parse(role.as_str()), Some(role));
        }
        assert_eq!(Role::parse("root"), None);
    }

    #[test]
    fn a_higher_role_loses_nothing() {
        for permission in Permission::ALL {
            for pair in Role::ALL.windows(2) {
                assert!(!permission.is_for(pair[0]) || permission.is_for(pair[1]), "{permission}");
            }
        }
    }
}
