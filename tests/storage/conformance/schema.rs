//! What the schema itself refuses.

use tabella::storage::{Batch, Store, StoreError, StoredClosing};

use super::{Scene, batch, control, entry, hash_of, head, log_of, vote};

pub async fn the_schema_refuses_to_rewrite_history(scene: impl Scene) {
    let (log, _) = log_of(scene.store(), &[1, 2]).await;
    let closing = StoredClosing { number: 2, is_closing: true, payload_hash: hash_of(1) };
    scene.store().take_closing(log, closing).await.unwrap();
    scene.store().insert_pending(log, &[control(3)]).await.unwrap();
    let voted = Batch { votes: vec![vote(2, "ballot", 50, 70)], ..batch(head(2), &[3]) };
    scene.store().commit(log, &voted).await.unwrap();
    for (statement, refusal) in [
        ("update entry set bytes = payload_hash", "an entry is never changed"),
        ("delete from entry", "an entry is never deleted"),
        ("delete from log", "a log is never deleted"),
        ("update log set size = 1", "a log keeps its origin and only grows"),
        ("update log set origin = 'example.org/other'", "a log keeps its origin and only grows"),
        ("update log set size = 9, checkpoint = null", "log_checkpoint_present"),
        ("update vote set kind = 'challenge'", "a vote is never changed"),
        ("delete from vote", "a vote is never deleted"),
        ("update closing set number = 1", "the number of a request to close grows"),
    ] {
        let told = scene.execute(statement).await.unwrap_err();
        assert!(told.contains(refusal), "{statement}: {told}");
    }
    assert_eq!(scene.store().entries_from(log, 0, 9).await.unwrap(), [entry(0, 1), entry(1, 2), entry(2, 3)]);
}

pub async fn hashes_have_one_length(scene: impl Scene) {
    log_of(scene.store(), &[1]).await;
    let told = scene.execute("update log set size = 9, root = checkpoint").await.unwrap_err();
    assert!(told.contains("log_root_length"), "{told}");
}

pub async fn a_later_schema_is_refused(scene: impl Scene) {
    let later = "insert into _sqlx_migrations (version, description, success, checksum, execution_time)
                 select 9999, 'from the future', true, checksum, 0 from _sqlx_migrations limit 1";
    scene.execute(later).await.unwrap();
    let error = scene.reopened().await.err().unwrap();
    assert!(error.to_string().contains("a newer one made it"), "{error}");
    assert!(matches!(error, StoreError::SchemaUnknown(9999)));
}

pub async fn an_altered_schema_is_refused(scene: impl Scene) {
    log_of(scene.store(), &[1]).await;
    scene.execute("update _sqlx_migrations set checksum = (select root from log)").await.unwrap();
    let error = scene.reopened().await.err().unwrap();
    assert!(matches!(error, StoreError::SchemaAltered(1)));
}
