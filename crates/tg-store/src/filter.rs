//! A filter as a condition of SQL. The text is made of constants and numbered parameters; whatever
//! somebody wrote is bound.

use rusqlite::types::Value;
use tg_core::filter::{Comparison, Filter, Flag, Test, When};
use tg_core::ids::Slug;
use tg_core::time::Timestamp;

/// A condition on the contact `c` as the member `m` of an audience, true or false, never unknown.
pub(crate) struct Condition {
    pub(crate) sql: String,
    /// What its parameters stand for, in their order.
    pub(crate) values: Vec<Value>,
}

impl Condition {
    /// `first` is the number of its first parameter.
    pub(crate) fn of(filter: &Filter, first: usize, now: Timestamp) -> Self {
        let mut writer = Writer { sql: String::new(), values: Vec::new(), first, now };
        writer.filter(filter);
        Self { sql: writer.sql, values: writer.values }
    }
}

struct Writer {
    sql: String,
    values: Vec<Value>,
    first: usize,
    now: Timestamp,
}

impl Writer {
    fn filter(&mut self, filter: &Filter) {
        match filter {
            // Nothing is asked.
            Filter::All(parts) if parts.is_empty() => self.push("true"),
            Filter::All(parts) => self.joined(parts, " AND "),
            Filter::Any(parts) => self.joined(parts, " OR "),
            Filter::Not(inner) => {
                self.push("NOT ");
                self.filter(inner);
            }
            Filter::Test(test) => {
                self.push("(");
                self.test(test);
                self.push(")");
            }
        }
    }

    fn joined(&mut self, parts: &[Filter], word: &'static str) {
        self.push("(");
        for (at, part) in parts.iter().enumerate() {
            if at > 0 {
                self.push(word);
            }
            self.filter(part);
        }
        self.push(")");
    }

    fn test(&mut self, test: &Test) {
        match test {
            Test::Equals { field, values } => {
                self.field(field);
                self.among(values.iter().map(|value| text(field, value)));
            }
            Test::Contains { field, value } => {
                self.push("instr(lower(");
                self.field(field);
                self.push("), lower(");
                self.bind(text(field, value));
                self.push(")) > 0");
            }
            Test::Begins { field, value } => {
                let value = text(field, value);
                self.push("substr(");
                self.field(field);
                self.push(", 1, length(");
                self.bind(value.clone());
                self.push(")) = ");
                self.bind(value);
            }
            Test::Number { field, comparison, value } => {
                // What is no number compares to none.
                self.field(field);
                self.push(" GLOB '*[0-9]*' AND NOT ");
                self.field(field);
                self.push(" GLOB '*[^0-9.+-]*' AND CAST(");
                self.field(field);
                self.push(" AS REAL)");
                self.compare(*comparison);
                self.bind(Value::Real(*value));
            }
            Test::Tag(tags) => {
                self.push(
                    "EXISTS (SELECT 1 FROM contact_tags t WHERE t.contact_id = c.id AND t.tag",
                );
                self.among(names(tags));
                self.push(")");
            }
            Test::Audience(lists) => {
                self.push(
                    "EXISTS (SELECT 1 FROM members y JOIN audiences a ON a.id = y.audience_id
                     WHERE y.contact_id = c.id AND a.name",
                );
                self.among(names(lists));
                self.push(")");
            }
            Test::Time { when, comparison, moment } => {
                self.push("coalesce(");
                self.push(time(*when));
                self.compare(*comparison);
                self.bind(Value::Integer(moment.at(self.now).0));
                self.push(", 0)");
            }
            Test::Is(flag) => self.push(fact(*flag)),
        }
    }

    /// A field of `c` as text, empty if it is not known.
    fn field(&mut self, name: &str) {
        let column = match name {
            "username" => "coalesce(c.username, '') COLLATE NOCASE",
            "phone" => "coalesce(c.phone, '')",
            "user_id" => "coalesce(CAST(c.user_id AS TEXT), '')",
            "first_name" => "c.first_name",
            "last_name" => "c.last_name",
            "lang" => "c.lang",
            "tz" => "c.tz",
            other => {
                self.push("coalesce(c.fields ->> ");
                self.bind(Value::Text(other.to_owned()));
                return self.push(", '')");
            }
        };
        self.push(column);
    }

    fn among(&mut self, values: impl Iterator<Item = Value>) {
        self.push(" IN (");
        for (at, value) in values.enumerate() {
            if at > 0 {
                self.push(", ");
            }
            self.bind(value);
        }
        self.push(")");
    }

    fn compare(&mut self, comparison: Comparison) {
        self.push(match comparison {
            Comparison::Less => " < ",
            Comparison::AtMost => " <= ",
            Comparison::Greater => " > ",
            Comparison::AtLeast => " >= ",
        });
    }

    fn bind(&mut self, value: Value) {
        let number = self.first + self.values.len();
        self.values.push(value);
        self.sql.push('?');
        self.sql.push_str(&number.to_string());
    }

    fn push(&mut self, sql: &'static str) {
        self.sql.push_str(sql);
    }
}

/// A value as the field has it: people write usernames with their sign.
fn text(field: &str, value: &str) -> Value {
    let bare = if field == "username" { value.strip_prefix('@') } else { None };
    Value::Text(bare.unwrap_or(value).to_owned())
}

fn names(names: &[Slug]) -> impl Iterator<Item = Value> {
    names.iter().map(|name| Value::Text(name.to_string()))
}

const fn time(when: When) -> &'static str {
    match when {
        When::ConsentedAt => "m.consented_at",
        When::LastSent => {
            "(SELECT max(d.settled_at) FROM deliveries d WHERE d.contact_id = c.id AND d.state = 2)"
        }
        When::LastAnswer => {
            "(SELECT max(w.at) FROM messages w WHERE w.user_id = c.user_id AND w.outgoing = 0)"
        }
    }
}

const fn fact(flag: Flag) -> &'static str {
    match flag {
        Flag::Sent => {
            "EXISTS (SELECT 1 FROM deliveries d WHERE d.contact_id = c.id AND d.state = 2)"
        }
        Flag::Replied => {
            "EXISTS (SELECT 1 FROM messages w WHERE w.user_id = c.user_id AND w.outgoing = 0)"
        }
        Flag::Consented => "m.source_id IS NOT NULL",
        Flag::OptedOut => {
            "EXISTS (SELECT 1 FROM opt_outs o WHERE o.contact_id = c.id)
             OR EXISTS (SELECT 1 FROM opt_out_users u WHERE u.user_id = c.user_id)"
        }
        Flag::Suppressed => {
            "EXISTS (SELECT 1 FROM suppressions z WHERE z.contact_id = c.id
                 AND (z.audience_id IS NULL OR z.audience_id = m.audience_id))"
        }
    }
}
