//! Byte strings of one length, each a type of its own. Implements the fixed sizes of specs/entries.cddl.

/// Makes a newtype of `[u8; LENGTH]`: a CBOR byte string of exactly this length, shown in hexadecimal by `Debug`.
macro_rules! fixed_bytes {
    ($(#[$doc:meta])* $name:ident, $length:expr) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub [u8; $length]);

        impl $name {
            /// Its size in bytes.
            pub const LENGTH: usize = $length;
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{}({})", stringify!($name), data_encoding::HEXLOWER.encode(&self.0))
            }
        }

        impl AsRef<[u8]> for $name {
            fn as_ref(&self) -> &[u8] {
                &self.0
            }
        }

        impl From<[u8; $length]> for $name {
            fn from(bytes: [u8; $length]) -> Self {
                Self(bytes)
            }
        }

        impl<C> minicbor::Encode<C> for $name {
            fn encode<W: minicbor::encode::Write>(
                &self,
                encoder: &mut minicbor::Encoder<W>,
                _: &mut C,
            ) -> Result<(), minicbor::encode::Error<W::Error>> {
                encoder.bytes(&self.0)?.ok()
            }
        }

        impl<C> minicbor::Decode<'_, C> for $name {
            fn decode(decoder: &mut minicbor::Decoder<'_>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
                let position = decoder.position();
                let bytes = decoder.bytes()?.try_into().map_err(|_| {
                    minicbor::decode::Error::message(concat!("not ", stringify!($length), " bytes")).at(position)
                })?;
                Ok(Self(bytes))
            }
        }
    };
}
pub(crate) use fixed_bytes;

fixed_bytes! {
    /// The manifest hash: SHA-256 of the manifest's body, which identifies the election everywhere.
    ElectionId, 32
}
fixed_bytes! {
    /// A hash of 32 bytes: SHA-256, or the end of a transcript.
    Hash, 32
}
fixed_bytes! {
    /// What should be the encoding of a point of ristretto255; the checks of the kind decode it.
    EncodedPoint, 32
}
fixed_bytes! {
    /// What should be the encoding of a scalar; the checks of the kind decode it.
    EncodedScalar, 32
}
fixed_bytes! {
    /// What should be an Ed25519 public key; the checks of the manifest decode it.
    SignerKey, 32
}
fixed_bytes! {
    /// 64 bytes: an Ed25519 signature, or the `K_a ‖ ω` of a challenge.
    Signature, 64
}

impl ElectionId {
    /// In hexadecimal, as reports show it.
    pub fn to_hex(&self) -> String {
        data_encoding::HEXLOWER.encode(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reports_show_the_hash_in_small_letters() {
        assert_eq!(ElectionId([0xab; 32]).to_hex(), "ab".repeat(32));
    }
}
