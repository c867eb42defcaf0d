//! Reading TL by hand, for the parts of the protocol that are no plain types: envelopes, containers and wrappers.

/// The bytes ended too early, or lengths in them contradict each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the data ends too early")]
pub(crate) struct Short;

/// A cursor over bytes that come from elsewhere.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    pub(crate) fn rest(&self) -> &'a [u8] {
        self.rest
    }

    pub(crate) fn take(&mut self, count: usize) -> Result<&'a [u8], Short> {
        let (taken, rest) = self.rest.split_at_checked(count).ok_or(Short)?;
        self.rest = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Short> {
        let mut array = [0; N];
        array.copy_from_slice(self.take(N)?);
        Ok(array)
    }

    pub(crate) fn u32(&mut self) -> Result<u32, Short> {
        self.array().map(u32::from_le_bytes)
    }

    pub(crate) fn i32(&mut self) -> Result<i32, Short> {
        self.array().map(i32::from_le_bytes)
    }

    pub(crate) fn i64(&mut self) -> Result<i64, Short> {
        self.array().map(i64::from_le_bytes)
    }

    /// A TL string or byte string: its length in one byte or, after 254, in three; padded to four.
    pub(crate) fn bytes(&mut self) -> Result<&'a [u8], Short> {
        let [first] = self.array()?;
        let (length, header) = if first == 254 {
            let [low, middle, high] = self.array()?;
            (usize::from(low) | usize::from(middle) << 8 | usize::from(high) << 16, 4)
        } else {
            (usize::from(first), 1)
        };
        let bytes = self.take(length)?;
        self.take((4 - (header + length) % 4) % 4)?;
        Ok(bytes)
    }

    /// The start of a boxed vector: how many items follow.
    pub(crate) fn vector(&mut self) -> Result<u32, Short> {
        const VECTOR: u32 = 0x1cb5_c415;
        if self.u32()? != VECTOR {
            return Err(Short);
        }
        self.u32()
    }
}

#[cfg(test)]
mod tests {
    use grammers_tl_types::Serializable;

    use super::*;

    #[test]
    fn byte_strings_of_every_shape_are_read() {
        for length in [0, 1, 2, 3, 4, 252, 253, 254, 255, 1000] {
            let wanted = vec![7u8; length];
            let mut written = wanted.to_bytes();
            written.extend([1, 0, 0, 0]);
            let mut reader = Reader::new(&written);
            assert_eq!(reader.bytes(), Ok(wanted.as_slice()));
            assert_eq!(reader.u32(), Ok(1));
            assert!(reader.rest().is_empty());
        }
    }

    #[test]
    fn lengths_beyond_the_end_are_refused() {
        assert_eq!(Reader::new(&[254, 255, 255, 255, 0]).bytes(), Err(Short));
        assert_eq!(Reader::new(&[]).bytes(), Err(Short));
        assert_eq!(Reader::new(&[1, 2, 3]).u32(), Err(Short));
    }
}
