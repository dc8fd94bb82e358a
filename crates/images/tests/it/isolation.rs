//! Row-level security, in transactions that are rolled back.
use crate::setup::World;
use infravault_images::Visibility;
use infravault_kernel::{Ctx, Id, ImageId};

/// Counts the rows that a statement about one image affects in a transaction of this caller.
async fn touched(world: &World, ctx: &Ctx, statement: &str, id: ImageId) -> u64 {
    let (tx, _) = world.db.db().begin(ctx).await.unwrap();
    tx.execute(statement, &[&id.uuid()]).await.unwrap()
}

#[tokio::test]
async fn row_level_security_hides_rows_of_other_accounts() {
    let world = World::new().await;
    let (alice, bob) = (world.person("alice").await, world.person("bob").await);
    let private = world.add_image(&alice, "a", Visibility::Private, &[]).await;
    let public = world.add_image(&alice, "b", Visibility::Public, &[]).await;
    let read = "SELECT 1 FROM images.images WHERE id = $1";
    let own = "SELECT 1 FROM images.own_images WHERE id = $1";
    let shown = "SELECT 1 FROM images.public_images WHERE id = $1";
    let write = "UPDATE images.images SET title = 'x' WHERE id = $1";
    let delete = "DELETE FROM images.images WHERE id = $1";
    let usage =
        "SELECT 1 FROM images.usage u JOIN images.images i ON i.owner_id = u.owner_id WHERE i.id = $1";
    for (statement, image, expected) in [
        (read, &private, [1, 0, 0]),
        (read, &public, [1, 1, 1]),
        (own, &private, [1, 0, 0]),
        (own, &public, [1, 0, 0]),
        (shown, &private, [0, 0, 0]),
        (shown, &public, [1, 1, 1]),
        (write, &private, [1, 0, 0]),
        (write, &public, [1, 0, 0]),
        (delete, &public, [1, 0, 0]),
        (usage, &public, [1, 0, 0]),
    ] {
        for (ctx, expected) in [&alice, &bob, &world.anonymous()].into_iter().zip(expected) {
            assert_eq!(
                touched(&world, ctx, statement, image.id).await,
                expected,
                "{statement}"
            );
        }
    }
}

#[tokio::test]
async fn rows_cannot_be_inserted_for_other_accounts() {
    let world = World::new().await;
    let (alice, bob) = (world.person("alice").await, world.person("bob").await);
    let image = world.add_image(&alice, "a", Visibility::Public, &[]).await;
    let give = "UPDATE images.images SET owner_id = (SELECT owner_id FROM images.images WHERE id = $1)";
    let (tx, _) = world.db.db().begin(&bob).await.unwrap();
    assert_eq!(tx.execute(give, &[&image.id.uuid()]).await.unwrap(), 0);
    let account = crate::setup::account(&alice).uuid();
    let insert = "INSERT INTO images.usage (owner_id, used_bytes) VALUES ($1, 0)";
    let error = tx.execute(insert, &[&account]).await.unwrap_err();
    assert!(error.to_string().contains("db error"), "{error}");
}
