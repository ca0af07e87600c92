//! Work that costs less when much of it is done together.

use std::sync::Arc;

use tokio::sync::{mpsc, oneshot};
use tokio::task::spawn_blocking;

/// A piece of work, and who waits for it.
type Piece<T, U> = (T, oneshot::Sender<U>);

/// Does what is asked for while the last group was done as the next group: nobody waits for others to ask, and the more is asked for, the
/// larger the groups.
pub(crate) struct Groups<T, U>(mpsc::Sender<Piece<T, U>>);

impl<T, U> Clone for Groups<T, U> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T: Send + 'static, U: Send + 'static> Groups<T, U> {
    /// Groups of up to `most` pieces. `work` gives the answers in the order of the pieces; it may block, and runs once at a time. Must be
    /// called in a Tokio runtime.
    pub(crate) fn of(most: usize, work: impl Fn(Vec<T>) -> Vec<U> + Send + Sync + 'static) -> Self {
        let (sender, pieces) = mpsc::channel(most);
        tokio::spawn(serve(most, pieces, Arc::new(work)));
        Self(sender)
    }

    /// What came of this piece; `None` if the work on its group panicked.
    pub(crate) async fn ask(&self, piece: T) -> Option<U> {
        let (reply, answer) = oneshot::channel();
        self.0.send((piece, reply)).await.ok()?;
        answer.await.ok()
    }
}

async fn serve<T, U, W>(most: usize, mut pieces: mpsc::Receiver<Piece<T, U>>, work: Arc<W>)
where
    T: Send + 'static,
    U: Send + 'static,
    W: Fn(Vec<T>) -> Vec<U> + Send + Sync + 'static,
{
    let mut group = Vec::new();
    while pieces.recv_many(&mut group, most).await > 0 {
        let (pieces, replies): (Vec<T>, Vec<_>) = group.drain(..).unzip();
        let work = Arc::clone(&work);
        // Those who asked learn of a panic from the end of their channels.
        let Ok(answers) = spawn_blocking(move || work(pieces)).await else { continue };
        for (reply, answer) in replies.into_iter().zip(answers) {
            // Whoever asked may have gone.
            drop(reply.send(answer));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::sync::mpsc;

    use futures_util::future::join_all;

    use super::*;

    #[tokio::test]
    async fn what_comes_while_a_group_is_done_makes_the_next_one() {
        let (begun, begins) = mpsc::channel();
        let (go, wait) = mpsc::channel();
        let wait = Mutex::new(wait);
        let groups = Groups::of(4, move |pieces: Vec<u64>| {
            begun.send(pieces.clone()).unwrap();
            wait.lock().unwrap().recv().unwrap();
            pieces.into_iter().map(|piece| piece * 10).collect()
        });
        let mut first = Box::pin(groups.ask(1));
        assert!(futures_util::poll!(&mut first).is_pending());
        let begins = spawn_blocking(move || (begins.recv().unwrap(), begins)).await.unwrap();
        assert_eq!(begins.0, [1]);
        let mut others = Box::pin(join_all((2..=6).map(|piece| groups.ask(piece))));
        assert!(futures_util::poll!(&mut others).is_pending());
        (0..3).for_each(|_| go.send(()).unwrap());
        assert_eq!(first.await, Some(10));
        assert_eq!(others.await, (2..=6).map(|piece| Some(piece * 10)).collect::<Vec<_>>());
        assert_eq!(begins.1.try_iter().collect::<Vec<_>>(), [vec![2, 3, 4, 5], vec![6]]);
    }

    #[tokio::test]
    async fn a_panic_ends_one_group_only() {
        let groups = Groups::of(4, |pieces: Vec<u64>| {
            assert!(!pieces.contains(&13));
            pieces
        });
        assert_eq!(groups.ask(13).await, None);
        assert_eq!(groups.ask(1).await, Some(1));
    }
}
