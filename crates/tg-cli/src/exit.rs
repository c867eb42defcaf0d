//! What the process ends with. Scripts branch on these numbers, so they never change.

use std::process::ExitCode;
use tg_app::Kind;
use tg_core::ports::StoreError;

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Done.
    Done,
    /// It went wrong.
    Failed,
    /// The command line is not understood.
    Usage,
    /// Something that was named does not exist.
    NotFound,
    /// Not allowed: permission, consent, state, a newer home, unlimited pace on a real data centre.
    Refused,
    /// A remote service failed.
    Remote,
    /// Another process is using the home.
    InUse,
    /// A signal ended it.
    Interrupted,
}

impl Exit {
    /// The number that the shell sees.
    pub(crate) const fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Usage => 2,
            Self::NotFound => 3,
            Self::Refused => 4,
            Self::Remote => 5,
            Self::InUse => 6,
            Self::Interrupted => 130,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

impl From<Kind> for Exit {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Failed => Self::Failed,
            Kind::Usage => Self::Usage,
            Kind::NotFound => Self::NotFound,
            Kind::Refused => Self::Refused,
            Kind::Remote => Self::Remote,
            Kind::InUse => Self::InUse,
        }
    }
}

impl From<&StoreError> for Exit {
    fn from(error: &StoreError) -> Self {
        match error {
            StoreError::Taken { .. } | StoreError::Newer { .. } => Self::Refused,
            StoreError::Missing { .. } => Self::NotFound,
            StoreError::Fenced | StoreError::KeyReplaced => Self::InUse,
            StoreError::Refused(_)
            | StoreError::Busy(_)
            | StoreError::Panicked(_)
            | StoreError::Closed
            | StoreError::Backend { .. } => Self::Failed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_are_those_of_the_contract() {
        let all = [
            (Exit::Done, 0),
            (Exit::Failed, 1),
            (Exit::Usage, 2),
            (Exit::NotFound, 3),
            (Exit::Refused, 4),
            (Exit::Remote, 5),
            (Exit::InUse, 6),
            (Exit::Interrupted, 130),
        ];
        for (exit, code) in all {
            assert_eq!(exit.code(), code, "{exit:?}");
        }
    }

    #[test]
    fn kinds_of_the_application_layer_keep_their_meaning() {
        let all = [
            (Kind::Failed, 1),
            (Kind::Usage, 2),
            (Kind::NotFound, 3),
            (Kind::Refused, 4),
            (Kind::Remote, 5),
            (Kind::InUse, 6),
        ];
        for (kind, code) in all {
            assert_eq!(Exit::from(kind).code(), code);
        }
    }

    #[test]
    fn a_newer_home_is_refused_and_a_busy_one_failed() {
        let newer = StoreError::Newer { found: 9, known: 1 };
        assert_eq!(Exit::from(&newer), Exit::Refused);
        let busy = StoreError::Busy(std::time::Duration::from_secs(1));
        assert_eq!(Exit::from(&busy), Exit::Failed);
    }
}
