//! The cures, each with the edit that removes it. The edits are text, so that the product contains no
//! switch that could be left on; a test below fails when a text is no longer where it was.

/// A cure and how to take it away.
#[derive(Debug)]
pub(crate) struct Cure {
    /// What is typed to choose it.
    pub(crate) name: &'static str,
    /// What goes wrong without it.
    pub(crate) without: &'static str,
    /// The file, from the root of the workspace.
    pub(crate) file: &'static str,
    /// What stands there, exactly once.
    pub(crate) from: &'static str,
    /// What stands there without the cure.
    pub(crate) to: &'static str,
}

/// All cures.
pub(crate) const CURES: &[Cure] = &[
    Cure {
        name: "claim-before-send",
        without: "a claim is committed after the send, so a crash in between forgets it",
        file: "crates/tg-store/src/outbox/bulk.rs",
        from: "\"UPDATE deliveries SET ambiguous = 1, due_at = ?2, epoch = ?1\n             WHERE id IN (SELECT id FROM deliveries INDEXED BY",
        to: "\"UPDATE deliveries SET state = 0, due_at = ?2, epoch = ?1\n             WHERE id IN (SELECT id FROM deliveries INDEXED BY",
    },
    Cure {
        name: "same-random-id",
        without: "a repeat draws a fresh random id",
        file: "crates/tg-engine/src/turn.rs",
        from: "        part: repeat.part,\n",
        to: "        part: ClaimedPart { random_id: tg_core::ids::RandomId(!repeat.part.random_id.0), ..repeat.part },\n",
    },
    Cure {
        name: "same-account",
        without: "a claimed row of an account that cannot send goes to another one",
        file: "crates/tg-store/src/outbox/bulk.rs",
        from: "            \"WITH pool (n, account) AS MATERIALIZED (SELECT key, value FROM json_each(?3)),\n                page (id, n) AS MATERIALIZED (\n                    SELECT id, row_number() OVER (ORDER BY due_at, id) - 1 FROM (\n                        SELECT id, due_at FROM deliveries\n                        WHERE campaign_id = ?1 AND account_id = ?2 AND state = 0\n                        ORDER BY due_at, id LIMIT ?4))\n             UPDATE deliveries SET account_id = pool.account\n",
        to: "            \"WITH pool (n, account) AS MATERIALIZED (SELECT key, value FROM json_each(?3)),\n                page (id, n) AS MATERIALIZED (\n                    SELECT id, row_number() OVER (ORDER BY due_at, id) - 1 FROM (\n                        SELECT id, due_at FROM deliveries\n                        WHERE campaign_id = ?1 AND account_id = ?2 AND state IN (0, 1)\n                        ORDER BY due_at, id LIMIT ?4))\n             UPDATE deliveries SET account_id = pool.account, state = 0, due_at = coalesce(due_at, 0)\n",
    },
    Cure {
        name: "wait-of-a-repeat",
        without: "a wait that a repeat gets is taken as \"not delivered\"",
        file: "crates/tg-core/src/delivery/machine.rs",
        from: "FailureClass::Wait { .. } | FailureClass::Elsewhere { .. } if exposure.ambiguous =>",
        to: "FailureClass::Wait { .. } | FailureClass::Elsewhere { .. } if exposure.part > 99 =>",
    },
    Cure {
        name: "refusal-of-a-repeat",
        without: "a refusal that a repeat gets is taken as \"not delivered\"",
        file: "crates/tg-core/src/delivery/machine.rs",
        from: "FailureClass::Refused(Refusal::Recipient | Refusal::Unclassified) if exposure.ambiguous =>",
        to: "FailureClass::Refused(Refusal::Recipient | Refusal::Unclassified) if exposure.part > 99 =>",
    },
    Cure {
        name: "interrupted-is-doubt",
        without: "a row that a killed process had claimed counts as not sent yet",
        file: "crates/tg-core/src/delivery/machine.rs",
        from: "        Event::Interrupted => doubtful(exposure),\n",
        to: "        Event::Interrupted => again(exposure),\n",
    },
    Cure {
        name: "flush-log",
        without: "a claim is acknowledged before its commit is on disk",
        file: "crates/tg-store/src/connection.rs",
        from: "PRAGMA synchronous = FULL;",
        to: "PRAGMA synchronous = NORMAL;",
    },
    Cure {
        name: "flush-mark",
        without: "the mark outside the database is not flushed",
        file: "crates/tg-store/src/mark.rs",
        from: "        file.sync_data()\n",
        to: "        file.flush()\n",
    },
    Cure {
        name: "one-proxy-one-account",
        without: "two accounts can have one proxy",
        file: "crates/tg-store/migrations/0003_proxies.sql",
        from: "proxy_id   INTEGER UNIQUE REFERENCES proxies (id)",
        to: "proxy_id   INTEGER REFERENCES proxies (id)",
    },
    Cure {
        name: "fresh-codes",
        without: "a text message that came before the request is taken for its code",
        file: "crates/tg-net/src/sms/source.rs",
        from: "texts.retain(|text| request.accepts(text.received_at));",
        to: "texts.retain(|text| text.received_at.0 > 0);",
    },
    Cure {
        name: "call-timeout",
        without: "a call to Telegram waits for its answer for as long as it takes",
        file: "crates/tg-net/src/telegram/connection.rs",
        from: "match within(self.clock(), self.timeouts.call, answer).await {",
        to: "match within(self.clock(), Duration::from_secs(1 << 32), answer).await {",
    },
    Cure {
        name: "refused-for-good",
        without: "a refusal that concerns the recipient is asked for again",
        file: "crates/tg-net/src/telegram/errors/known.tsv",
        from: "400,403\tUSER_IS_BLOCKED\trecipient\t",
        to: "400,403\tUSER_IS_BLOCKED\ttheirs\t",
    },
    Cure {
        name: "theirs-again",
        without: "trouble of Telegram's own is taken for a refusal",
        file: "crates/tg-net/src/telegram/errors/known.tsv",
        from: "500\tWORKER_BUSY_TOO_LONG_RETRY\ttheirs",
        to: "500\tWORKER_BUSY_TOO_LONG_RETRY\trecipient",
    },
    Cure {
        name: "silence-after-a-proxy",
        without: "a replaced proxy is taken as soon as the old connection is closed",
        file: "crates/tg-engine/src/worker.rs",
        from: "(self.account.id, self.shared.clock.now() + self.shared.exit_pause)",
        to: "(self.account.id, self.shared.clock.now())",
    },
    Cure {
        name: "own-news-only",
        without: "every commit of anybody wakes every account",
        file: "crates/tg-engine/src/wake.rs",
        from: "if (for_work && self.has_new_work()) || self.concern() != before {",
        to: "if for_work || self.has_new_work() || self.concern() != before {",
    },
];

#[cfg(test)]
mod tests {
    use super::CURES;
    use crate::shell::root;

    #[test]
    fn every_cure_stands_where_the_list_says() {
        let root = root().expect("the workspace has a root");
        for cure in CURES {
            let text = std::fs::read_to_string(root.join(cure.file)).expect(cure.file);
            assert_eq!(text.matches(cure.from).count(), 1, "{}: {}", cure.name, cure.file);
            assert_ne!(cure.from, cure.to, "{}", cure.name);
        }
    }
}
