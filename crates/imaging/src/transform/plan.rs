//! Which pixels a rendition takes and where they go: sizes and places only, no pixels.

use crate::{
    Fit, Gravity, Recipe, recipe,
    transform::{
        numbers::{float, index, rounded},
        turn::Turn,
    },
};

/// Where a part lies in what is left over: 0 is left or top, 1 is right or bottom.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Anchor {
    pub(crate) x: f64,
    pub(crate) y: f64,
}

impl Anchor {
    pub(crate) const CENTRE: Self = Self { x: 0.5, y: 0.5 };

    /// The nine points; the smart gravities start from the center.
    pub(crate) const fn of(gravity: Gravity) -> Self {
        let x = match gravity {
            Gravity::West | Gravity::NorthWest | Gravity::SouthWest => 0.0,
            Gravity::East | Gravity::NorthEast | Gravity::SouthEast => 1.0,
            _ => 0.5,
        };
        let y = match gravity {
            Gravity::North | Gravity::NorthWest | Gravity::NorthEast => 0.0,
            Gravity::South | Gravity::SouthWest | Gravity::SouthEast => 1.0,
            _ => 0.5,
        };
        Self { x, y }
    }
}

/// A recipe on an image of one size.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Plan {
    /// The crop, in pixels of the stored image: left, top, width, height. Nothing outside of it is ever mixed in.
    pub(crate) region: [f64; 4],
    /// What of the region is shown, in pixels of the stored image, perhaps between two of them.
    pub(crate) part: [f64; 4],
    /// What the part is scaled to, before it is turned.
    pub(crate) size: (u32, u32),
    /// What is done to it afterwards.
    pub(crate) turn: Turn,
    /// The size of the rendition.
    pub(crate) canvas: (u32, u32),
    /// Where on the canvas the turned part lies.
    pub(crate) offset: (u32, u32),
    /// The shares of the turned region that are shown, across and down.
    shown: (f64, f64),
}

impl Plan {
    /// Plans `recipe` for an image stored in this size and EXIF orientation.
    pub(crate) fn new(stored: (u32, u32), orientation: u8, recipe: &Recipe, anchor: Anchor) -> Self {
        let upright = Turn::upright(orientation);
        let rest = Turn::rotation(recipe.rotate).then(Turn::flip(recipe.flip));
        let turn = upright.then(rest);
        let whole = upright.size(stored);
        let crop = crop(recipe, whole);
        let region = upright.back((f64::from(whole.0), f64::from(whole.1)), crop.map(f64::from));
        let turned = rest.size((crop[2], crop[3]));
        let canvas = recipe.resize.map_or(turned, |resize| resize.output_size(turned));
        let fit = recipe.resize.map_or(Fit::Fill, |resize| resize.fit);

        let inner = match fit {
            Fit::Contain => recipe::largest_in(turned, canvas),
            Fit::Inside | Fit::Cover | Fit::Fill => canvas,
        };
        let (from, to) = (float_size(turned), float_size(canvas));
        let shown = match fit {
            Fit::Cover if from.0 * to.1 >= to.0 * from.1 => (to.0 * from.1 / to.1, from.1),
            Fit::Cover => (from.0, to.1 * from.0 / to.0),
            _ => from,
        };
        let mut left = anchor.x * (from.0 - shown.0);
        let mut top = anchor.y * (from.1 - shown.1);
        if is_same(shown, to) {
            // Nothing is scaled, so that nothing needs to be mixed either.
            (left, top) = (left.floor(), top.floor());
        }
        let [x, y, width, height] = turn.back(from, [left, top, shown.0, shown.1]);
        Self {
            region,
            part: [region[0] + x, region[1] + y, width, height],
            size: turn.size(inner),
            turn,
            canvas,
            offset: (
                rounded((anchor.x * f64::from(canvas.0 - inner.0.min(canvas.0))).floor()),
                rounded((anchor.y * f64::from(canvas.1 - inner.1.min(canvas.1))).floor()),
            ),
            shown: (shown.0 / from.0, shown.1 / from.1),
        }
    }

    /// The shares of the turned image that are shown, where something is cut off.
    pub(crate) fn slack(&self) -> Option<(f64, f64)> {
        (self.shown.0 < 0.999 || self.shown.1 < 0.999).then_some(self.shown)
    }

    /// Left and top of the part where it is not scaled at all.
    pub(crate) fn unscaled(&self) -> Option<(u32, u32)> {
        let [x, y, width, height] = self.part;
        let whole = |number: f64| (number - number.round()).abs() < 1e-6;
        (whole(x) && whole(y) && is_same((width, height), float_size(self.size)))
            .then(|| (rounded(x), rounded(y)))
    }

    /// Whether the whole stored image is scaled, so that the result can stand for it.
    pub(crate) fn takes_all(&self, stored: (u32, u32)) -> bool {
        self.is_uncropped(stored) && is_all(self.part, stored)
    }

    /// Whether the crop leaves the whole image.
    pub(crate) fn is_uncropped(&self, stored: (u32, u32)) -> bool {
        is_all(self.region, stored)
    }

    /// The size that the whole stored image must have so that the part is `margin` times its goal.
    pub(crate) fn needed(&self, stored: (u32, u32), margin: f64) -> (u32, u32) {
        let share = |goal: u32, part: f64| (margin * f64::from(goal) / part.max(1e-9)).min(1.0);
        let across = share(self.size.0, self.part[2]);
        let down = share(self.size.1, self.part[3]);
        let needed = |share: f64, side: u32| rounded((share * f64::from(side)).ceil()).clamp(1, side.max(1));
        (needed(across, stored.0), needed(down, stored.1))
    }

    /// Pixels that the scaled part has.
    pub(crate) fn pixels(&self) -> usize {
        index(self.size.0).saturating_mul(index(self.size.1))
    }
}

/// The crop in whole pixels of the upright image, cut at its edges, at least one pixel.
fn crop(recipe: &Recipe, (width, height): (u32, u32)) -> [u32; 4] {
    let Some(part) = recipe.crop else {
        return [0, 0, width, height];
    };
    let x = part.x.min(width.saturating_sub(1));
    let y = part.y.min(height.saturating_sub(1));
    [
        x,
        y,
        part.width.min(width - x).max(1),
        part.height.min(height - y).max(1),
    ]
}

fn float_size((width, height): (u32, u32)) -> (f64, f64) {
    (float(index(width)), float(index(height)))
}

fn is_all([x, y, width, height]: [f64; 4], stored: (u32, u32)) -> bool {
    is_same((x, y), (0.0, 0.0)) && is_same((width, height), float_size(stored))
}

fn is_same(one: (f64, f64), other: (f64, f64)) -> bool {
    (one.0 - other.0).abs() < 1e-6 && (one.1 - other.1).abs() < 1e-6
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "the numbers of these cases are exact")]
mod tests {
    use super::*;
    use crate::{Flip, Format, Region, Resize, Rotation};

    const PHOTO: (u32, u32) = (400, 300);

    fn resize(width: u32, height: u32, fit: Fit, gravity: Gravity) -> Recipe {
        Recipe {
            resize: Some(Resize {
                width: Some(width),
                height: Some(height),
                fit,
                gravity,
            }),
            ..Recipe::new(Format::Jpeg, 80)
        }
    }

    fn plan(orientation: u8, recipe: &Recipe) -> Plan {
        let gravity = recipe.resize.map_or(Gravity::Center, |resize| resize.gravity);
        Plan::new(PHOTO, orientation, recipe, Anchor::of(gravity))
    }

    #[test]
    fn cover_takes_the_part_that_gravity_names() {
        for (gravity, left) in [
            (Gravity::Center, 50.0),
            (Gravity::North, 50.0),
            (Gravity::NorthEast, 100.0),
            (Gravity::East, 100.0),
            (Gravity::SouthEast, 100.0),
            (Gravity::South, 50.0),
            (Gravity::SouthWest, 0.0),
            (Gravity::West, 0.0),
            (Gravity::NorthWest, 0.0),
        ] {
            let plan = plan(1, &resize(100, 100, Fit::Cover, gravity));
            assert_eq!(plan.part, [left, 0.0, 300.0, 300.0], "{gravity:?}");
            assert_eq!((plan.size, plan.canvas), ((100, 100), (100, 100)));
        }
    }

    #[test]
    fn gravity_is_of_the_upright_image() {
        // Turned by a quarter: the top of the upright image is the left of the stored one.
        let north = plan(6, &resize(100, 100, Fit::Cover, Gravity::North));
        assert_eq!(north.part, [0.0, 0.0, 300.0, 300.0]);
        let south = plan(6, &resize(100, 100, Fit::Cover, Gravity::South));
        assert_eq!(south.part, [100.0, 0.0, 300.0, 300.0]);
        let east = plan(
            1,
            &Recipe {
                flip: Flip::Horizontal,
                ..resize(100, 100, Fit::Cover, Gravity::East)
            },
        );
        assert_eq!(east.part, [0.0, 0.0, 300.0, 300.0]);
    }

    #[test]
    fn contain_places_the_image_on_its_canvas() {
        for (gravity, offset) in [
            (Gravity::Center, (0, 25)),
            (Gravity::NorthWest, (0, 0)),
            (Gravity::South, (0, 50)),
        ] {
            let plan = plan(1, &resize(200, 200, Fit::Contain, gravity));
            assert_eq!(plan.size, (200, 150));
            assert_eq!((plan.canvas, plan.offset), ((200, 200), offset), "{gravity:?}");
        }
    }

    #[test]
    fn a_crop_is_of_the_upright_image_and_is_turned_afterwards() {
        let region = Region {
            x: 10,
            y: 20,
            width: 100,
            height: 50,
        };
        for (orientation, part) in [
            (1, [10.0, 20.0, 100.0, 50.0]),
            (3, [290.0, 230.0, 100.0, 50.0]),
            (6, [20.0, 190.0, 50.0, 100.0]),
            (8, [330.0, 10.0, 50.0, 100.0]),
        ] {
            let recipe = Recipe {
                crop: Some(region),
                rotate: Rotation::Quarter,
                ..Recipe::new(Format::Png, 80)
            };
            let plan = plan(orientation, &recipe);
            assert_eq!(plan.part, part, "{orientation}");
            assert_eq!(plan.canvas, (50, 100), "{orientation}");
            assert!(plan.unscaled().is_some());
        }
    }

    #[test]
    fn sizes_agree_with_the_recipe() {
        for orientation in 1..=8 {
            for fit in [Fit::Inside, Fit::Contain, Fit::Cover, Fit::Fill] {
                let recipe = Recipe {
                    rotate: Rotation::ThreeQuarters,
                    ..resize(120, 77, fit, Gravity::East)
                };
                let upright = Turn::upright(orientation).size(PHOTO);
                assert_eq!(plan(orientation, &recipe).canvas, recipe.output_size(upright));
            }
        }
    }

    #[test]
    fn the_decoder_is_asked_for_what_is_needed() {
        for (recipe, orientation, expected) in [
            (resize(100, 100, Fit::Inside, Gravity::Center), 1, (100, 75)),
            (resize(100, 100, Fit::Inside, Gravity::Center), 6, (100, 75)),
            (resize(100, 100, Fit::Cover, Gravity::Center), 1, (134, 100)),
            (resize(900, 900, Fit::Cover, Gravity::Center), 1, PHOTO),
            (Recipe::new(Format::Png, 1), 1, PHOTO),
        ] {
            let plan = plan(orientation, &recipe);
            let needed = plan.needed(PHOTO, 1.0);
            assert!(needed.0.abs_diff(expected.0) <= 1, "{recipe:?} {needed:?}");
            assert!(needed.1.abs_diff(expected.1) <= 1, "{recipe:?} {needed:?}");
        }
    }
}
