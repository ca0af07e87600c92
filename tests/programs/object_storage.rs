//! A stand-in for an S3-compatible store: as much of it as a copy needs, open to be read by everybody, and to be written by who has the
//! key. What it holds is kept by `object_store` in memory.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::TryStreamExt;
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{
    Attribute, Attributes, ObjectMeta, ObjectStore, ObjectStoreExt, PutMode, PutOptions, UpdateVersion,
};
use tokio::runtime::Runtime;

/// Who may write.
pub const KEY: &str = "AKIDEXAMPLE";

/// The only bucket.
pub const BUCKET: &str = "board";

/// A store that runs until it is dropped.
pub struct ObjectStorage {
    objects: Arc<InMemory>,
    runtime: Runtime,
}

impl ObjectStorage {
    /// Starts to listen there.
    pub fn start(address: SocketAddr) -> Self {
        let (objects, runtime) = (Arc::new(InMemory::new()), Runtime::new().unwrap());
        let router = Router::new().fallback(answer).with_state(Arc::clone(&objects));
        let listener = TcpListener::bind(address).unwrap();
        listener.set_nonblocking(true).unwrap();
        runtime.spawn(async { axum::serve(tokio::net::TcpListener::from_std(listener).unwrap(), router).await });
        Self { objects, runtime }
    }

    /// The names of all objects below a prefix, in their order.
    pub fn names(&self, prefix: &str) -> Vec<String> {
        let listed = self.objects.list(Some(&Path::from(prefix))).try_collect::<Vec<ObjectMeta>>();
        let listed = self.runtime.block_on(listed).unwrap();
        let mut names: Vec<String> = listed.iter().map(|object| object.location.to_string()).collect();
        names.sort();
        names
    }
}

async fn answer(State(objects): State<Arc<InMemory>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Some(key) = parts.uri.path().strip_prefix(&format!("/{BUCKET}")) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let signature = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let is_signed = signature.starts_with(&format!("AWS4-HMAC-SHA256 Credential={KEY}/"));
    let is_public = parts.method == Method::GET && !key.trim_matches('/').is_empty();
    if !is_signed && !is_public {
        return (StatusCode::FORBIDDEN, "<Error><Code>AccessDenied</Code></Error>").into_response();
    }
    let path = Path::from_url_path(key).unwrap();
    let answered = match parts.method {
        Method::GET if path.as_ref().is_empty() => list(&objects, parts.uri.query().unwrap_or_default()).await,
        Method::GET => get(&objects, &path).await,
        Method::PUT => put(&objects, &path, &parts.headers, body).await,
        Method::DELETE => objects.delete(&path).await.map(|()| StatusCode::NO_CONTENT.into_response()),
        _ => Ok(StatusCode::METHOD_NOT_ALLOWED.into_response()),
    };
    answered.unwrap_or_else(|error| {
        use object_store::Error::{AlreadyExists, NotFound, Precondition};
        let status = match error {
            NotFound { .. } => StatusCode::NOT_FOUND,
            AlreadyExists { .. } | Precondition { .. } => StatusCode::PRECONDITION_FAILED,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        };
        (status, "<Error/>").into_response()
    })
}

async fn get(objects: &InMemory, path: &Path) -> object_store::Result<Response> {
    let found = objects.get(path).await?;
    let attribute = |name| found.attributes.get(&name).unwrap().to_string();
    let headers = [
        (header::CONTENT_TYPE, attribute(Attribute::ContentType)),
        (header::CACHE_CONTROL, attribute(Attribute::CacheControl)),
        (header::ETAG, found.meta.e_tag.clone().unwrap()),
        (header::LAST_MODIFIED, "Thu, 01 Jan 2026 00:00:00 GMT".to_owned()),
    ];
    Ok((headers, found.bytes().await?).into_response())
}

async fn put(objects: &InMemory, path: &Path, headers: &HeaderMap, body: Body) -> object_store::Result<Response> {
    let text = |name: header::HeaderName| headers.get(name).map(|value| value.to_str().unwrap().to_owned());
    let mode = match (text(header::IF_NONE_MATCH), text(header::IF_MATCH)) {
        (Some(none), None) if none == "*" => PutMode::Create,
        (None, Some(tag)) => PutMode::Update(UpdateVersion { e_tag: Some(tag), version: None }),
        // Nothing of a record may be replaced whatever it is.
        _ => return Ok(StatusCode::BAD_REQUEST.into_response()),
    };
    let attributes = Attributes::from_iter([
        (Attribute::ContentType, text(header::CONTENT_TYPE).unwrap()),
        (Attribute::CacheControl, text(header::CACHE_CONTROL).unwrap()),
    ]);
    let payload = to_bytes(body, usize::MAX).await.unwrap();
    let put = objects.put_opts(path, payload.into(), PutOptions { mode, attributes, ..PutOptions::default() }).await?;
    Ok([(header::ETAG, put.e_tag.unwrap())].into_response())
}

/// `ListObjectsV2`, in one page.
async fn list(objects: &InMemory, query: &str) -> object_store::Result<Response> {
    let prefix = query.split('&').find_map(|pair| pair.strip_prefix("prefix=")).unwrap_or_default();
    let prefix = Path::from_url_path(prefix)?;
    let listed: Vec<ObjectMeta> = objects.list(Some(&prefix)).try_collect().await?;
    let contents: String = listed
        .iter()
        .map(|object| {
            let (key, size) = (&object.location, object.size);
            format!("<Contents><Key>{key}</Key><Size>{size}</Size><LastModified>2026-01-01T00:00:00.000Z</LastModified></Contents>")
        })
        .collect();
    let text = format!("<ListBucketResult><IsTruncated>false</IsTruncated>{contents}</ListBucketResult>");
    Ok(([(header::CONTENT_TYPE, "application/xml")], text).into_response())
}
