//! Lists: order, pages, filters, cursors.
use crate::setup::{World, announced, code, whole};
use infravault_images::{Filter, Image, ListRequest, MediaType, Sort, SortBy, Tag, Visibility, Words};
use infravault_kernel::{Ctx, Cursor, Limit};
use infravault_testkit::samples;

async fn pages(world: &World, ctx: &Ctx, own: bool, request: &ListRequest) -> Vec<Image> {
    let mut all = Vec::new();
    let mut request = request.clone();
    loop {
        let page = if own {
            world.images.library.list_own(ctx, &request).await.unwrap()
        } else {
            world.images.library.list_public(ctx, &request).await.unwrap()
        };
        assert!(page.items.len() <= request.limit.get());
        all.extend(page.items);
        match page.next {
            Some(next) => request.cursor = Some(Cursor::from_text(next.as_str().to_owned())),
            None => return all,
        }
    }
}

fn titles(images: &[Image]) -> Vec<&str> {
    images.iter().map(|image| image.title.as_str()).collect()
}

#[tokio::test]
async fn every_sort_order_returns_each_image_once() {
    let world = World::new().await;
    let (alice, bob) = (world.person("alice").await, world.person("bob").await);
    for title in ["b", "a", "B", "c", "a", "Ä", "z"] {
        world.add_image(&alice, title, Visibility::Public, &[]).await;
    }
    world.add_image(&alice, "private", Visibility::Private, &[]).await;
    world
        .add_image(&alice, "unlisted", Visibility::Unlisted, &[])
        .await;
    world.add_image(&bob, "his", Visibility::Public, &[]).await;
    for by in [SortBy::CreatedAt, SortBy::Title, SortBy::Size] {
        for descending in [false, true] {
            for (own, ctx, count) in [
                (true, &alice, 9),
                (false, &bob, 8),
                (false, &world.anonymous(), 8),
            ] {
                let whole = ListRequest {
                    sort: Some(Sort { by, descending }),
                    ..ListRequest::default()
                };
                let all = pages(&world, ctx, own, &whole).await;
                assert_eq!(all.len(), count, "{by:?} {descending} own {own}");
                for limit in [1, 2, 8, 9] {
                    let paged = ListRequest {
                        limit: Limit::new(limit).unwrap(),
                        ..whole.clone()
                    };
                    assert_eq!(
                        pages(&world, ctx, own, &paged).await,
                        all,
                        "{by:?} {descending} by {limit}"
                    );
                }
                let mut turned = all.clone();
                turned.reverse();
                let other = ListRequest {
                    sort: Some(Sort {
                        by,
                        descending: !descending,
                    }),
                    ..ListRequest::default()
                };
                assert_eq!(pages(&world, ctx, own, &other).await, turned);
            }
        }
    }
    let newest = pages(&world, &alice, true, &ListRequest::default()).await;
    assert_eq!(titles(&newest)[..3], ["unlisted", "private", "z"]);
}

#[tokio::test]
async fn filters_restrict_the_list() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    world
        .add_image(&alice, "red", Visibility::Public, &["color", "Red"])
        .await;
    let blue = world
        .add_image(&alice, "blue", Visibility::Unlisted, &["color"])
        .await;
    let png = samples::png(8, 8, 1);
    world
        .images
        .uploads
        .upload(&alice, announced(&png), whole(png))
        .await
        .unwrap();
    let cases = [
        (
            Filter {
                visibility: Some(Visibility::Unlisted),
                ..Filter::default()
            },
            vec!["blue"],
        ),
        (
            Filter {
                tag: Some(Tag::parse("color").unwrap()),
                ..Filter::default()
            },
            vec!["blue", "red"],
        ),
        (
            Filter {
                tag: Some(Tag::parse("red").unwrap()),
                ..Filter::default()
            },
            vec![],
        ),
        (
            Filter {
                tag: Some(Tag::parse("' or 1=1").unwrap()),
                ..Filter::default()
            },
            vec![],
        ),
        (
            Filter {
                media_type: Some(MediaType::Png),
                ..Filter::default()
            },
            vec!["photo"],
        ),
        (
            Filter {
                created_after: Some(blue.created_at),
                ..Filter::default()
            },
            vec!["photo"],
        ),
        (
            Filter {
                created_before: Some(blue.created_at),
                ..Filter::default()
            },
            vec!["red"],
        ),
        (
            Filter {
                tag: Some(Tag::parse("color").unwrap()),
                media_type: Some(MediaType::Png),
                ..Filter::default()
            },
            vec![],
        ),
    ];
    for (filter, expected) in cases {
        let request = ListRequest {
            filter,
            ..ListRequest::default()
        };
        assert_eq!(
            titles(&pages(&world, &alice, true, &request).await),
            expected,
            "{request:?}"
        );
        for (by, descending) in [
            (SortBy::Title, false),
            (SortBy::Size, true),
            (SortBy::CreatedAt, false),
        ] {
            let sorted = ListRequest {
                sort: Some(Sort { by, descending }),
                ..request.clone()
            };
            assert_eq!(pages(&world, &alice, true, &sorted).await.len(), expected.len());
        }
    }
    let words = Filter {
        words: Some(Words::parse("red").unwrap()),
        ..Filter::default()
    };
    let request = ListRequest {
        filter: words,
        sort: Some(Sort::NEWEST),
        ..ListRequest::default()
    };
    assert_eq!(titles(&pages(&world, &alice, true, &request).await), ["red"]);
}

#[tokio::test]
async fn cursor_is_bound_to_its_list() {
    let world = World::new().await;
    let (alice, bob) = (world.person("alice").await, world.person("bob").await);
    for _ in 0..3 {
        world.add_image(&alice, "a", Visibility::Public, &["t"]).await;
        world.add_image(&bob, "b", Visibility::Public, &["t"]).await;
    }
    let one = ListRequest {
        limit: Limit::new(1).unwrap(),
        ..ListRequest::default()
    };
    let cursor = world
        .images
        .library
        .list_own(&alice, &one)
        .await
        .unwrap()
        .next
        .unwrap();
    let with = |cursor: &Cursor| ListRequest {
        cursor: Some(cursor.clone()),
        ..one.clone()
    };
    assert_eq!(
        code(&world.images.library.list_own(&alice, &with(&cursor)).await),
        "ok"
    );
    assert_eq!(
        code(&world.images.library.list_own(&bob, &with(&cursor)).await),
        "invalid-parameter"
    );
    assert_eq!(
        code(&world.images.library.list_public(&alice, &with(&cursor)).await),
        "invalid-parameter"
    );
    let sorted = ListRequest {
        sort: Some(Sort {
            by: SortBy::Title,
            descending: false,
        }),
        ..with(&cursor)
    };
    assert_eq!(
        code(&world.images.library.list_own(&alice, &sorted).await),
        "invalid-parameter"
    );
    let filter = Filter {
        tag: Some(Tag::parse("t").unwrap()),
        ..Filter::default()
    };
    let filtered = ListRequest {
        filter,
        ..with(&cursor)
    };
    assert_eq!(
        code(&world.images.library.list_own(&alice, &filtered).await),
        "invalid-parameter"
    );
    let forged = Cursor::from_text("AAAA".to_owned());
    assert_eq!(
        code(&world.images.library.list_own(&alice, &with(&forged)).await),
        "invalid-parameter"
    );
    assert_eq!(
        code(&world.images.library.list_own(&world.anonymous(), &one).await),
        "authentication-required"
    );
}

#[tokio::test]
async fn list_functions_are_inlined_and_use_indexes() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    world.add_image(&alice, "a", Visibility::Public, &[]).await;
    let (tx, _) = world.db.db().begin(&alice).await.unwrap();
    // The table is small, so only the plans that scale are enabled.
    tx.batch_execute(
        "SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off",
    )
    .await
    .unwrap();
    for (statement, index) in [
        (
            "images.list_own() ORDER BY created_at DESC, id DESC LIMIT 9",
            "images_own_newest",
        ),
        (
            "images.list_own(by_tag => 'a') ORDER BY lower(title), id LIMIT 9",
            "images_own_title",
        ),
        (
            "images.list_public() ORDER BY byte_size, id LIMIT 9",
            "images_public_size",
        ),
        (
            "images.list_public('red') ORDER BY lower(title) DESC, id DESC LIMIT 9",
            "images_public_title",
        ),
    ] {
        let rows = tx
            .query(&format!("EXPLAIN SELECT * FROM {statement}"), &[])
            .await
            .unwrap();
        let plan: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
        let plan = plan.join("\n");
        assert!(plan.contains(index) && !plan.contains("Function Scan"), "{plan}");
    }
    // Which index serves the words depends on the statistics; the condition must be one on the indexed column.
    let words = "EXPLAIN SELECT * FROM images.list_public('red')";
    let rows = tx.query(words, &[]).await.unwrap();
    let plan: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    let plan = plan.join("\n");
    assert!(
        plan.contains("searched @@") && !plan.contains("Function Scan"),
        "{plan}"
    );
}
