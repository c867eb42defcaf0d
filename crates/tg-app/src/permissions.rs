//! The one table of who may do what.

use std::fmt;

/// What somebody may do, from little to all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Looks at lists, plans and reports.
    Viewer,
    /// Imports audiences, writes templates, runs campaigns, looks people up.
    Operator,
    /// All of it, and what touches accounts and their sessions.
    Admin,
}

impl Role {
    /// All roles, from little to all.
    pub const ALL: [Self; 3] = [Self::Viewer, Self::Operator, Self::Admin];

    /// The name under which it is stored and typed.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Operator => "operator",
            Self::Admin => "admin",
        }
    }

    /// The inverse of [`Role::as_str`].
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == name)
    }

    /// Whether this role has a permission. A higher role has all that a lower one has.
    #[must_use]
    pub fn may(self, permission: Permission) -> bool {
        self >= permission.least()
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

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
                .map(|role| if role.may(*permission) { role.as_str() } else { "-" })
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
                assert!(!pair[0].may(*permission) || pair[1].may(*permission), "{permission}");
            }
        }
    }
}
