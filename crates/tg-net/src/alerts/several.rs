//! All configured ways at once: a person is told if one of them works.

use futures_util::future::join_all;
use std::sync::Arc;
use tg_core::failure::Failure;
use tg_core::ports::{Alert, Alerter, BoxFuture, Told};

/// Several ways, each with the name that people read.
pub struct Several {
    ways: Vec<(&'static str, Arc<dyn Alerter>)>,
}

impl Several {
    /// Tells by all of `ways`; there should be at least one.
    #[must_use]
    pub fn new(ways: Vec<(&'static str, Arc<dyn Alerter>)>) -> Self {
        Self { ways }
    }
}

impl Alerter for Several {
    fn tell<'a>(&'a self, alert: &'a Alert) -> BoxFuture<'a, Result<Told, Failure>> {
        Box::pin(async move {
            let tried =
                self.ways.iter().map(|(name, way)| async move { (*name, way.tell(alert).await) });
            let mut told = Told::default();
            let mut reached = false;
            let mut first: Option<Failure> = None;
            for (name, result) in join_all(tried).await {
                match result {
                    Ok(also) => {
                        reached = true;
                        told.missed.extend(also.missed);
                    }
                    Err(failure) => {
                        told.missed.push(format!("{name}: {}", failure.text));
                        first.get_or_insert(failure);
                    }
                }
            }
            match first {
                Some(failure) if !reached => {
                    Err(Failure { text: told.missed.join("; "), ..failure })
                }
                _ => Ok(told),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use tg_core::ports::NewAlert;
    use tg_core::time::Timestamp;

    struct Way(Result<(), &'static str>);

    impl Alerter for Way {
        fn tell<'a>(&'a self, _: &'a Alert) -> BoxFuture<'a, Result<Told, Failure>> {
            let result = self.0.map(|()| Told::default());
            Box::pin(async move { result.map_err(|text| Failure::ambiguous("test", text)) })
        }
    }

    async fn tell(ways: &[Result<(), &'static str>]) -> Result<Told, Failure> {
        let ways = ways.iter().map(|way| ("way", Arc::new(Way(*way)) as Arc<dyn Alerter>));
        let what = NewAlert { key: "k".into(), title: "t".into(), text: "x".into() };
        let alert = Alert { id: 1, what, raised_at: Timestamp(0), times: 1, attempts: 0 };
        Several::new(ways.collect()).tell(&alert).await
    }

    #[tokio::test]
    async fn one_way_is_enough_and_the_others_are_named() {
        assert!(tell(&[Ok(()), Ok(())]).await.unwrap().missed.is_empty());
        let told = tell(&[Err("no answer"), Ok(())]).await.unwrap();
        assert_eq!(told.missed, ["way: no answer"]);
        let failure = tell(&[Err("no answer"), Err("refused")]).await.unwrap_err();
        assert_eq!(failure.text, "way: no answer; way: refused");
    }
}
