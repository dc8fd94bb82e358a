//! Plans a rendition: which pixels it takes and where they go. Works on sizes only.

use crate::{
    Fit, Gravity, Recipe,
    numbers::{round, to_usize},
    recipe,
    transform::orientation::Orientation,
};

/// The position of a part within the space left over: 0 is left or top, 1 is right or bottom.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Anchor {
    pub(crate) x: f64,
    pub(crate) y: f64,
}

impl Anchor {
    pub(crate) const CENTER: Self = Self { x: 0.5, y: 0.5 };

    /// The anchor of a fixed gravity; the center for smart crops.
    pub(crate) const fn from_gravity(gravity: Gravity) -> Self {
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

/// A recipe applied to an image of one size.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Plan {
    /// The crop, in pixels of the stored image: left, top, width, height. Scaling never reads pixels outside it.
    pub(crate) region: [f64; 4],
    /// The visible part of the region, in pixels of the stored image; not aligned to whole pixels.
    pub(crate) part: [f64; 4],
    /// The size that the part is scaled to, before it is oriented.
    pub(crate) size: (u32, u32),
    /// The orientation that is applied after scaling.
    pub(crate) orientation: Orientation,
    /// The size of the rendition.
    pub(crate) canvas: (u32, u32),
    /// The position of the oriented part on the canvas.
    pub(crate) offset: (u32, u32),
    /// The visible shares of the oriented region, across and down.
    visible: (f64, f64),
}

impl Plan {
    /// Plans `recipe` for an image with this stored size and EXIF orientation.
    pub(crate) fn new(stored: (u32, u32), orientation: u8, recipe: &Recipe, anchor: Anchor) -> Self {
        let upright = Orientation::from_exif(orientation);
        let rest = Orientation::from_rotation(recipe.rotate).then(Orientation::from_flip(recipe.flip));
        let complete = upright.then(rest);
        let whole = upright.apply_to_size(stored);
        let crop = crop_rect(recipe, whole);
        let region = upright.source_rect(size_to_f64(whole), crop.map(f64::from));
        let oriented = rest.apply_to_size((crop[2], crop[3]));
        let canvas = recipe
            .resize
            .map_or(oriented, |resize| resize.output_size(oriented));
        let fit = recipe.resize.map_or(Fit::Fill, |resize| resize.fit);

        let inner = match fit {
            Fit::Contain => recipe::largest_in(oriented, canvas),
            Fit::Inside | Fit::Cover | Fit::Fill => canvas,
        };
        let (from, to) = (size_to_f64(oriented), size_to_f64(canvas));
        let shown = match fit {
            Fit::Cover if from.0 * to.1 >= to.0 * from.1 => (to.0 * from.1 / to.1, from.1),
            Fit::Cover => (from.0, to.1 * from.0 / to.0),
            _ => from,
        };
        let mut left = anchor.x * (from.0 - shown.0);
        let mut top = anchor.y * (from.1 - shown.1);
        if is_same(shown, to) {
            // An unscaled part stays aligned to whole pixels.
            (left, top) = (left.floor(), top.floor());
        }
        let [x, y, width, height] = complete.source_rect(from, [left, top, shown.0, shown.1]);
        Self {
            region,
            part: [region[0] + x, region[1] + y, width, height],
            size: complete.apply_to_size(inner),
            orientation: complete,
            canvas,
            offset: (
                round((anchor.x * f64::from(canvas.0 - inner.0.min(canvas.0))).floor()),
                round((anchor.y * f64::from(canvas.1 - inner.1.min(canvas.1))).floor()),
            ),
            visible: (shown.0 / from.0, shown.1 / from.1),
        }
    }

    /// The visible shares of the oriented region, across and down, if something is cut off.
    pub(crate) fn visible_share(&self) -> Option<(f64, f64)> {
        (self.visible.0 < 0.999 || self.visible.1 < 0.999).then_some(self.visible)
    }

    /// Left and top of the part if it is not scaled.
    pub(crate) fn unscaled_origin(&self) -> Option<(u32, u32)> {
        let [x, y, width, height] = self.part;
        let whole = |number: f64| (number - number.round()).abs() < 1e-6;
        (whole(x) && whole(y) && is_same((width, height), size_to_f64(self.size)))
            .then(|| (round(x), round(y)))
    }

    /// Whether the whole stored image is scaled, so that the result can replace it as a source.
    pub(crate) fn covers_image(&self, stored: (u32, u32)) -> bool {
        self.is_uncropped(stored) && is_all(self.part, stored)
    }

    /// Whether the recipe has no crop, or one of the whole image.
    pub(crate) fn is_uncropped(&self, stored: (u32, u32)) -> bool {
        is_all(self.region, stored)
    }

    /// The size that the whole image needs for the part to be `margin` times its final size.
    pub(crate) fn required_size(&self, stored: (u32, u32), margin: f64) -> (u32, u32) {
        let share = |size: u32, part: f64| (margin * f64::from(size) / part.max(1e-9)).min(1.0);
        let across = share(self.size.0, self.part[2]);
        let down = share(self.size.1, self.part[3]);
        let required = |share: f64, side: u32| round((share * f64::from(side)).ceil()).clamp(1, side.max(1));
        (required(across, stored.0), required(down, stored.1))
    }

    /// Number of pixels of the scaled part.
    pub(crate) fn pixel_count(&self) -> usize {
        to_usize(self.size.0).saturating_mul(to_usize(self.size.1))
    }
}

/// The crop in pixels of the upright image, limited to the image, at least one pixel.
fn crop_rect(recipe: &Recipe, (width, height): (u32, u32)) -> [u32; 4] {
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

fn size_to_f64((width, height): (u32, u32)) -> (f64, f64) {
    (width.into(), height.into())
}

fn is_all([x, y, width, height]: [f64; 4], stored: (u32, u32)) -> bool {
    is_same((x, y), (0.0, 0.0)) && is_same((width, height), size_to_f64(stored))
}

fn is_same(one: (f64, f64), other: (f64, f64)) -> bool {
    (one.0 - other.0).abs() < 1e-6 && (one.1 - other.1).abs() < 1e-6
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "these values are exact")]
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
        Plan::new(PHOTO, orientation, recipe, Anchor::from_gravity(gravity))
    }

    #[test]
    fn cover_crops_by_gravity() {
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
    fn gravity_refers_to_the_upright_image() {
        // Rotated by a quarter turn: the top of the upright image is the left of the stored one.
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
    fn crop_refers_to_the_upright_image_before_rotation() {
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
            assert!(plan.unscaled_origin().is_some());
        }
    }

    #[test]
    fn canvas_matches_the_output_size_of_the_recipe() {
        for orientation in 1..=8 {
            for fit in [Fit::Inside, Fit::Contain, Fit::Cover, Fit::Fill] {
                let recipe = Recipe {
                    rotate: Rotation::ThreeQuarters,
                    ..resize(120, 77, fit, Gravity::East)
                };
                let upright = Orientation::from_exif(orientation).apply_to_size(PHOTO);
                assert_eq!(plan(orientation, &recipe).canvas, recipe.output_size(upright));
            }
        }
    }

    #[test]
    fn required_size_covers_the_visible_part() {
        for (recipe, orientation, expected) in [
            (resize(100, 100, Fit::Inside, Gravity::Center), 1, (100, 75)),
            (resize(100, 100, Fit::Inside, Gravity::Center), 6, (100, 75)),
            (resize(100, 100, Fit::Cover, Gravity::Center), 1, (134, 100)),
            (resize(900, 900, Fit::Cover, Gravity::Center), 1, PHOTO),
            (Recipe::new(Format::Png, 1), 1, PHOTO),
        ] {
            let plan = plan(orientation, &recipe);
            let required = plan.required_size(PHOTO, 1.0);
            assert!(required.0.abs_diff(expected.0) <= 1, "{recipe:?} {required:?}");
            assert!(required.1.abs_diff(expected.1) <= 1, "{recipe:?} {required:?}");
        }
    }
}
