//! A variant of a campaign as it is typed: `A=hello:2`.

use std::num::NonZeroU32;

/// One of the templates to compare.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct VariantArg {
    pub(crate) name: String,
    pub(crate) template: String,
    pub(crate) weight: u32,
}

/// Reads `NAME=TEMPLATE` or `NAME=TEMPLATE:WEIGHT`.
pub(super) fn variant(text: &str) -> Result<VariantArg, String> {
    let wrong = || format!("{text:?} is no variant: write it like \"A=hello\" or \"A=hello:2\"");
    let (name, rest) = text.split_once('=').ok_or_else(wrong)?;
    let (template, weight) = match rest.split_once(':') {
        None => (rest, 1),
        Some((template, weight)) => {
            (template, weight.parse::<NonZeroU32>().map_err(|_| wrong())?.get())
        }
    };
    if name.is_empty() || template.is_empty() {
        return Err(wrong());
    }
    Ok(VariantArg { name: name.to_owned(), template: template.to_owned(), weight })
}

#[cfg(test)]
mod tests {
    use super::variant;

    #[test]
    fn a_weight_may_be_left_out() {
        let read = |text| variant(text).map(|v| (v.name, v.template, v.weight));
        assert_eq!(read("A=hello:2"), Ok(("A".into(), "hello".into(), 2)));
        assert_eq!(read("B=offer"), Ok(("B".into(), "offer".into(), 1)));
        for wrong in ["", "hello", "=hello", "A=", "A=:2", "A=hello:0", "A=hello:x", "A=hello:-1"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
