//! Where a bucket is, and who may write it.

use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use object_store::RetryConfig;
use object_store::aws::AmazonS3Builder;
use object_store::path::Path;

use super::objects::Bucket;
use super::requests::Connector;

/// How often and how long a request is tried again; after that it is for the whole copy to rest.
const RETRIES: usize = 2;
const RETRIED_FOR: Duration = Duration::from_secs(20);

/// A bucket cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BucketFault {
    /// The address is none of a bucket.
    #[error("“{0}” is no address of a bucket: write s3://NAME, or s3://NAME/PREFIX")]
    Address(String),
    /// The settings do not fit each other.
    #[error("the bucket cannot be used; look at --bucket-endpoint and the environment's AWS_… variables")]
    Settings(#[source] object_store::Error),
}

/// `s3://NAME/PREFIX`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BucketAddress {
    name: String,
    prefix: Path,
}

impl FromStr for BucketAddress {
    type Err = BucketFault;

    fn from_str(text: &str) -> Result<Self, BucketFault> {
        let fault = || BucketFault::Address(text.to_owned());
        let rest = text.strip_prefix("s3://").ok_or_else(fault)?;
        let (name, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        let is_letter = |letter: u8| matches!(letter, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'-');
        // `Path::parse` would pass over a slash at its beginning.
        if name.is_empty() || !name.bytes().all(is_letter) || prefix.starts_with('/') {
            return Err(fault());
        }
        Ok(Self { name: name.to_owned(), prefix: Path::parse(prefix).map_err(|_| fault())? })
    }
}

/// Which bucket what is published is copied into.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "Bucket")]
pub struct BucketArguments {
    /// Copy what is published into this bucket, below this prefix. Who may write it says the environment: AWS_ACCESS_KEY_ID,
    /// AWS_SECRET_ACCESS_KEY, AWS_REGION and the other usual variables
    #[arg(long, value_name = "s3://NAME/PREFIX")]
    pub bucket: Option<BucketAddress>,
    /// The store that has the bucket, if it is not Amazon's
    #[arg(long, value_name = "URL", requires = "bucket")]
    pub bucket_endpoint: Option<String>,
}

impl BucketArguments {
    /// The bucket, if one is wanted. Nothing is asked of it yet.
    pub fn open(&self) -> Result<Option<Bucket>, BucketFault> {
        let Some(BucketAddress { name, prefix }) = &self.bucket else { return Ok(None) };
        let mut builder = AmazonS3Builder::from_env()
            .with_bucket_name(name)
            .with_http_connector(Connector)
            // Some stores know no other way to delete than one by one.
            .with_disable_bulk_delete(true)
            .with_retry(RetryConfig { max_retries: RETRIES, retry_timeout: RETRIED_FOR, ..RetryConfig::default() });
        if let Some(endpoint) = &self.bucket_endpoint {
            builder = builder.with_endpoint(endpoint);
        }
        let store = builder.build().map_err(BucketFault::Settings)?;
        Ok(Some(Bucket::new(Arc::new(store), prefix.clone())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_name_a_bucket_and_a_prefix() {
        let read = |text: &str| text.parse::<BucketAddress>().ok().map(|address| (address.name, address.prefix));
        let address = |name: &str, prefix: &str| Some((name.to_owned(), Path::parse(prefix).unwrap()));
        assert_eq!(read("s3://board"), address("board", ""));
        assert_eq!(read("s3://board/"), address("board", ""));
        assert_eq!(read("s3://board-1.example/2026/may/"), address("board-1.example", "2026/may"));
        for wrong in ["", "board", "s3://", "s3:///x", "s3://Board", "s3://board:80/x", "https://board/x", "s3://b//x"]
        {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
