//! Searches: rank, prefixes, stems, typos, and special characters.
use crate::setup::World;
use infravault_images::{Description, Filter, ListRequest, MetadataUpdate, Selection, Visibility, Words};
use infravault_kernel::{Ctx, Limit};

async fn search(world: &World, ctx: &Ctx, own: bool, words: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut request = ListRequest {
        filter: Filter {
            words: Some(Words::parse(words).unwrap()),
            ..Filter::default()
        },
        limit: Limit::new(2).unwrap(),
        ..ListRequest::default()
    };
    loop {
        let page = if own {
            world.images.library.list_own(ctx, &request).await.unwrap()
        } else {
            world.images.library.list_public(ctx, &request).await.unwrap()
        };
        found.extend(page.items.into_iter().map(|image| image.title));
        match page.next {
            Some(next) => request.cursor = Some(next),
            None => return found,
        }
    }
}

#[tokio::test]
async fn search_matches_prefixes_stems_and_typos() {
    let world = World::new().await;
    let (alice, bob) = (world.person("alice").await, world.person("bob").await);
    let kitchen = world
        .add_image(&alice, "Sunny kitchen", Visibility::Public, &["interior"])
        .await;
    world
        .add_image(&alice, "Café au lait", Visibility::Public, &["kitchen"])
        .await;
    world
        .add_image(&alice, "Mountains", Visibility::Private, &["alps"])
        .await;
    world
        .add_image(&bob, "Kitchen of Bob", Visibility::Private, &[])
        .await;
    let change = MetadataUpdate {
        description: Some(Description::parse("running dogs on a beach").unwrap()),
        ..MetadataUpdate::default()
    };
    world
        .images
        .library
        .update(&alice, kitchen.id, Some(&Selection::All), &change)
        .await
        .unwrap();
    let cases: [(&str, &[&str]); 16] = [
        // The title outweighs the tags.
        ("kitchen", &["Sunny kitchen", "Café au lait"]),
        ("kitch", &["Sunny kitchen", "Café au lait"]),
        ("KITCHEN", &["Sunny kitchen", "Café au lait"]),
        ("sunny kitch", &["Sunny kitchen"]),
        ("cafe", &["Café au lait"]),
        ("mountain", &["Mountains"]),
        ("dog runs", &["Sunny kitchen"]),
        ("\"sunny kitchen\"", &["Sunny kitchen"]),
        ("\"kitchen sunny\"", &[]),
        ("kitchen -sunny", &["Café au lait"]),
        // Nothing matches, so similar spelling is found.
        ("kicthen", &["Sunny kitchen", "Café au lait"]),
        ("montains", &["Mountains"]),
        ("%", &[]),
        ("_", &[]),
        ("m%ns", &[]),
        ("zzqqxx", &[]),
    ];
    for (words, expected) in cases {
        let mut found = search(&world, &alice, true, words).await;
        let mut expected: Vec<String> = expected.iter().map(|title| (*title).to_owned()).collect();
        if words == "kicthen" {
            found.sort();
            expected.sort();
        }
        assert_eq!(found, expected, "{words}");
    }
    let public = search(&world, &world.anonymous(), false, "kitchen").await;
    assert_eq!(public, ["Sunny kitchen", "Café au lait"]);
    assert_eq!(
        search(&world, &world.anonymous(), false, "mountain").await,
        Vec::<String>::new()
    );
    assert_eq!(search(&world, &bob, true, "kitchen").await, ["Kitchen of Bob"]);
}

#[tokio::test]
async fn any_input_is_accepted() {
    let world = World::new().await;
    let alice = world.person("alice").await;
    world.add_image(&alice, "x", Visibility::Private, &[]).await;
    for words in [
        "'",
        "\"",
        "\\",
        "a\\'b",
        "a & | ! ( ) :* <-> b",
        "((((",
        "a:*",
        "':*",
        "-",
        "- -",
        "-a",
        "or",
        "a or",
        "or a",
        "\u{202E}",
        "½",
        "ﬁ",
        "мост",
        "橋",
        "🦀",
        "it's",
        "e-mail",
        "a.b/c",
        "x'; DROP TABLE images.images; --",
        "\\'",
    ] {
        search(&world, &alice, true, words).await;
        search(&world, &world.anonymous(), false, words).await;
    }
}
