//! The port of what accounts heard.

use crate::rows::{count, slug, unreadable};
use crate::unit::{SqliteUnit, limit};
use rusqlite::{Row, params};
use tg_core::ids::{AccountId, CampaignId, ContactId, DeliveryId, MessageId, Slug, UserId};
use tg_core::inbox::{HeardMessage, HeardUser, MAX_TEXT};
use tg_core::peer::Username;
use tg_core::ports::{
    ContactStore, Conversation, Echo, Hearing, InboxFilter, InboxMessage, InboxStore, Kept,
    StoreError, UpdatePoint,
};
use tg_core::time::Timestamp;

/// How much later than a message's own date its campaign's message may have been claimed: the two
/// clocks are not one.
const CLOCK_DOUBT: i64 = 60_000;

/// What a message answers.
struct Answered {
    delivery: DeliveryId,
    campaign: CampaignId,
    name: Slug,
}

fn answered(row: &Row<'_>) -> rusqlite::Result<Answered> {
    Ok(Answered {
        delivery: DeliveryId(row.get(0)?),
        campaign: CampaignId(row.get(1)?),
        name: slug(row, 2)?,
    })
}

/// The columns of a message `m` with its account `a` and campaign `k`, as [`message`] reads them.
macro_rules! message_columns {
    () => {
        "a.name, m.user_id, m.message_id, m.outgoing, m.at, m.text, m.reply_to, m.opt_out, k.name,
         m.delivery_id"
    };
}

/// How many columns that is.
const MESSAGE_COLUMNS: usize = 10;

fn message(row: &Row<'_>) -> rusqlite::Result<InboxMessage> {
    let campaign: Option<String> = row.get(8)?;
    Ok(InboxMessage {
        account: slug(row, 0)?,
        user: UserId(row.get(1)?),
        message_id: MessageId(row.get(2)?),
        outgoing: row.get(3)?,
        at: Timestamp(row.get(4)?),
        text: row.get(5)?,
        reply_to: row.get::<_, Option<i32>>(6)?.map(MessageId),
        opt_out: row.get(7)?,
        campaign: campaign
            .map(|name| Slug::try_from(name).map_err(|_| unreadable("name")))
            .transpose()?,
        delivery: row.get::<_, Option<i64>>(9)?.map(DeliveryId),
    })
}

fn conversation(row: &Row<'_>) -> rusqlite::Result<Conversation> {
    const AT: usize = MESSAGE_COLUMNS;
    let last = message(row)?;
    Ok(Conversation {
        account: last.account.clone(),
        user: last.user,
        username: row.get(AT)?,
        name: row.get::<_, Option<String>>(AT + 1)?.unwrap_or_default(),
        received: count(row, AT + 2)?,
        unanswered: row.get(AT + 3)?,
        opted_out: row.get(AT + 4)?,
        last,
    })
}

/// Of each conversation the newest message that came in: `max` with bare columns takes them from the
/// row of the greatest value (sqlite.org/lang_select.html#bareagg). Telegram counts whole seconds;
/// within one, the message's number decides.
const CONVERSATIONS: &str = concat!(
    "SELECT ",
    message_columns!(),
    ", h.username, h.name, t.n, t.unanswered,
        EXISTS (SELECT 1 FROM opt_out_users u WHERE u.user_id = m.user_id)
     FROM (
        SELECT id, at, count(*) AS n, max(at / 1000 * 2147483648 + message_id),
            NOT EXISTS (SELECT 1 FROM messages o WHERE o.user_id = i.user_id
                AND o.account_id = i.account_id AND o.outgoing = 1 AND o.at >= i.at) AS unanswered
        FROM messages i
        WHERE i.outgoing = 0 AND (?1 IS NULL OR i.account_id = ?1)
            AND (?2 IS NULL OR i.campaign_id = ?2)
        GROUP BY i.account_id, i.user_id) t
     JOIN messages m ON m.id = t.id
     JOIN accounts a ON a.id = m.account_id
     LEFT JOIN campaigns k ON k.id = m.campaign_id
     LEFT JOIN heard_users h ON h.user_id = m.user_id
     WHERE t.unanswered OR NOT ?3
     ORDER BY m.at DESC, m.id DESC LIMIT ?4"
);

impl SqliteUnit<'_> {
    /// The delivery that a message answers: the one its writer chose, else the latest that may have
    /// reached them from this account.
    fn answered(
        &self,
        account: AccountId,
        message: &HeardMessage,
    ) -> Result<Option<Answered>, StoreError> {
        let doing = "looking for what a message answers";
        if let Some(chosen) = message.reply_to {
            let found = self.optional(
                doing,
                "SELECT d.id, d.campaign_id, k.name FROM campaigns k
                 CROSS JOIN deliveries d INDEXED BY deliveries_once_per_user
                     ON d.campaign_id = k.id AND d.user_id = ?3
                 WHERE d.user_id IS NOT NULL AND d.account_id = ?2
                     AND (d.message_id = ?1 OR EXISTS (SELECT 1 FROM parts p
                         WHERE p.delivery_id = d.id AND p.message_id = ?1))
                 LIMIT 1",
                params![chosen.0, account.0, message.user.0],
                answered,
            )?;
            if found.is_some() {
                return Ok(found);
            }
        }
        // One probe of an index per campaign that began.
        self.optional(
            doing,
            "SELECT d.id, d.campaign_id, k.name FROM campaigns k
             CROSS JOIN deliveries d INDEXED BY deliveries_once_per_user
                 ON d.campaign_id = k.id AND d.user_id = ?1
             WHERE k.started_at IS NOT NULL AND d.user_id IS NOT NULL AND d.account_id = ?2
                 AND d.state IN (1, 2, 5) AND d.claimed_at <= ?3
             ORDER BY d.claimed_at DESC, d.id DESC LIMIT 1",
            params![message.user.0, account.0, message.at.0.saturating_add(CLOCK_DOUBT)],
            answered,
        )
    }

    /// Whether a message of the account itself belongs into a conversation, and is not on record as
    /// a delivery.
    fn is_conversation(
        &self,
        account: AccountId,
        message: &HeardMessage,
    ) -> Result<bool, StoreError> {
        self.one(
            "looking for a conversation",
            "SELECT EXISTS (SELECT 1 FROM messages WHERE user_id = ?1 AND account_id = ?2
                 AND outgoing = 0)
             AND NOT EXISTS (SELECT 1 FROM campaigns k
                 CROSS JOIN deliveries d INDEXED BY deliveries_once_per_user
                     ON d.campaign_id = k.id AND d.user_id = ?1
                 WHERE d.user_id IS NOT NULL AND d.account_id = ?2
                     AND (d.message_id = ?3 OR EXISTS (SELECT 1 FROM parts p
                         WHERE p.delivery_id = d.id AND p.message_id = ?3)))",
            params![message.user.0, account.0, message.message_id.0],
            |row| row.get(0),
        )
    }
}

impl InboxStore for SqliteUnit<'_> {
    fn hearing(&self, account: AccountId) -> Result<Option<Hearing>, StoreError> {
        self.optional(
            "reading how far an account has heard",
            "SELECT pts, qts, date, seq, acquainted FROM hearing WHERE account_id = ?1",
            [account.0],
            |row| {
                Ok(Hearing {
                    point: UpdatePoint {
                        pts: row.get(0)?,
                        qts: row.get(1)?,
                        date: row.get(2)?,
                        seq: row.get(3)?,
                    },
                    acquainted: row.get(4)?,
                })
            },
        )
    }

    fn set_update_point(
        &mut self,
        account: AccountId,
        point: UpdatePoint,
    ) -> Result<(), StoreError> {
        self.execute(
            "recording how far an account has heard",
            "INSERT INTO hearing (account_id, pts, qts, date, seq) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT DO UPDATE SET pts = excluded.pts, qts = excluded.qts,
                 date = excluded.date, seq = excluded.seq",
            params![account.0, point.pts, point.qts, point.date, point.seq],
        )
        .map(|_| ())
    }

    fn set_acquainted(&mut self, account: AccountId) -> Result<(), StoreError> {
        self.execute(
            "recording that an account's chats were read",
            "UPDATE hearing SET acquainted = 1 WHERE account_id = ?1",
            [account.0],
        )
        .map(|_| ())
    }

    fn keep_message(
        &mut self,
        account: AccountId,
        message: &HeardMessage,
        opt_out: bool,
        at: Timestamp,
    ) -> Result<Kept, StoreError> {
        if message.outgoing && !self.is_conversation(account, message)? {
            return Ok(Kept::Own);
        }
        let answered = if message.outgoing { None } else { self.answered(account, message)? };
        let text: String = message.text.chars().take(MAX_TEXT).collect();
        let new = self.execute(
            "keeping a message",
            "INSERT INTO messages (account_id, user_id, message_id, outgoing, at, heard_at, text,
                 reply_to, opt_out, campaign_id, delivery_id)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
             ON CONFLICT (account_id, message_id) DO NOTHING",
            params![
                account.0,
                message.user.0,
                message.message_id.0,
                message.outgoing,
                message.at.0,
                at.0,
                text,
                message.reply_to.map(|id| id.0),
                opt_out,
                answered.as_ref().map(|a| a.campaign.0),
                answered.as_ref().map(|a| a.delivery.0),
            ],
        )?;
        if new == 0 {
            return Ok(Kept::Again);
        }
        Ok(Kept::New { campaign: answered.map(|a| (a.campaign, a.name)) })
    }

    fn name_user(&mut self, user: &HeardUser) -> Result<(), StoreError> {
        let doing = "recording what somebody is called";
        let username = user.username.as_ref().map(Username::as_str);
        self.execute(
            doing,
            "INSERT INTO heard_users (user_id, username, name) VALUES (?1, ?2, ?3)
             ON CONFLICT DO UPDATE SET username = excluded.username, name = excluded.name",
            params![user.user.0, username, user.name],
        )?;
        match &user.username {
            Some(username) => self.recognise(user.user, username),
            None => Ok(()),
        }
    }

    fn recognise(&mut self, user: UserId, username: &Username) -> Result<(), StoreError> {
        let contact = self.optional(
            "recognising a contact",
            "SELECT id FROM contacts WHERE username = ?1 AND user_id IS NULL",
            [username.as_str()],
            |row| row.get(0).map(ContactId),
        )?;
        contact.map_or(Ok(()), |id| self.learn_user_id(id, user))
    }

    fn opt_out_user(&mut self, user: UserId, how: &str, at: Timestamp) -> Result<bool, StoreError> {
        let doing = "recording an opt-out";
        let new = self.execute(
            doing,
            "INSERT OR IGNORE INTO opt_out_users (user_id, at, how) VALUES (?1, ?2, ?3)",
            params![user.0, at.0, how],
        )?;
        self.execute(
            doing,
            "INSERT OR IGNORE INTO opt_outs (contact_id, at, how)
             SELECT id, ?2, ?3 FROM contacts WHERE user_id = ?1",
            params![user.0, at.0, how],
        )?;
        Ok(new > 0)
    }

    fn conversations(
        &self,
        filter: &InboxFilter,
        most: usize,
    ) -> Result<Vec<Conversation>, StoreError> {
        self.all(
            "reading conversations",
            CONVERSATIONS,
            params![
                filter.account.map(|id| id.0),
                filter.campaign.map(|id| id.0),
                filter.unanswered,
                limit(most)
            ],
            conversation,
        )
    }

    fn messages_with(&self, user: UserId, most: usize) -> Result<Vec<InboxMessage>, StoreError> {
        let mut newest = self.all(
            "reading a conversation",
            concat!(
                "SELECT ",
                message_columns!(),
                " FROM messages m JOIN accounts a ON a.id = m.account_id
                  LEFT JOIN campaigns k ON k.id = m.campaign_id
                  WHERE m.user_id = ?1 ORDER BY m.at DESC, m.message_id DESC LIMIT ?2"
            ),
            [user.0, limit(most)],
            message,
        )?;
        newest.reverse();
        Ok(newest)
    }

    fn heard_user_named(&self, username: &str) -> Result<Option<UserId>, StoreError> {
        self.optional(
            "looking for somebody who wrote",
            "SELECT user_id FROM heard_users WHERE username = ?1 AND username IS NOT NULL",
            [username],
            |row| row.get(0).map(UserId),
        )
    }

    fn echo(&self, campaign: CampaignId) -> Result<Echo, StoreError> {
        self.one(
            "counting what a campaign's recipients said",
            "SELECT count(DISTINCT user_id), count(*),
                 count(DISTINCT CASE WHEN opt_out = 1 THEN user_id END)
             FROM messages WHERE campaign_id = ?1 AND campaign_id IS NOT NULL",
            [campaign.0],
            |row| {
                Ok(Echo {
                    replied: count(row, 0)?,
                    replies: count(row, 1)?,
                    opted_out: count(row, 2)?,
                })
            },
        )
    }

    fn prune_messages(&mut self, before: Timestamp, most: usize) -> Result<u64, StoreError> {
        let gone = self.execute(
            "forgetting old messages",
            "DELETE FROM messages WHERE id IN (SELECT id FROM messages WHERE at < ?1 LIMIT ?2)",
            [before.0, limit(most)],
        )?;
        Ok(u64::try_from(gone).unwrap_or(u64::MAX))
    }
}
