//! Charts over time, drawn as SVG that stands in the page itself.

use crate::text::count;
use plotters::coord::Shift;
use plotters::prelude::{
    ChartBuilder, Color, DrawingArea, IntoDrawingArea, RGBColor, Rectangle, SVGBackend, TRANSPARENT,
};
use std::error::Error;

/// Width and height; the page scales it to its own width.
const SIZE: (u32, u32) = (920, 240);
/// Lines behind the bars: seen on white as on black.
const GREY: RGBColor = RGBColor(128, 128, 128);

/// What one colour of a chart counts.
pub(super) struct Series {
    /// The colour.
    pub(super) colour: RGBColor,
    /// A number for each slice.
    pub(super) values: Vec<u64>,
}

/// Bars over time, one for each slice, the series one upon the other.
///
/// # Errors
/// If the chart cannot be laid out.
pub(super) fn bars(
    series: &[Series],
    labels: &[String],
) -> Result<String, Box<dyn Error + Send + Sync>> {
    let mut svg = String::new();
    let area = SVGBackend::with_string(&mut svg, SIZE).into_drawing_area();
    draw(&area, series, labels)?;
    area.present()?;
    drop(area);
    Ok(svg)
}

fn draw(
    area: &DrawingArea<SVGBackend<'_>, Shift>,
    series: &[Series],
    labels: &[String],
) -> Result<(), Box<dyn Error + Send + Sync>> {
    let height = |at: usize| series.iter().map(|s| s.values.get(at).copied().unwrap_or(0)).sum();
    let highest: u64 = (0..labels.len()).map(height).max().unwrap_or(0);
    let right = u32::try_from(labels.len()).map_or(f64::MAX, f64::from);
    let mut chart = ChartBuilder::on(area)
        .margin(8)
        .x_label_area_size(26)
        .y_label_area_size(64)
        .build_cartesian_2d(0.0..right, 0..highest.saturating_add(highest / 12).max(4))?;
    chart
        .configure_mesh()
        .disable_x_mesh()
        .light_line_style(TRANSPARENT)
        .bold_line_style(GREY.mix(0.25))
        .axis_style(GREY.mix(0.5))
        .label_style(("sans-serif", 15))
        .y_labels(5)
        .y_label_formatter(&|number| count(*number))
        .x_labels(8)
        .x_label_formatter(&|place| label(labels, *place))
        .draw()?;
    let mut floor = vec![0; labels.len()];
    for one in series {
        let mut boxes = Vec::new();
        for ((at, value), bottom) in (0_u32..).zip(&one.values).zip(&mut floor) {
            let top = *bottom + value;
            if *value > 0 {
                let (left, right) = (f64::from(at) + 0.06, f64::from(at) + 0.94);
                boxes.push(Rectangle::new([(left, *bottom), (right, top)], one.colour.filled()));
            }
            *bottom = top;
        }
        chart.draw_series(boxes)?;
    }
    Ok(())
}

/// What the slice at a place of the axis is called.
fn label(labels: &[String], place: f64) -> String {
    let at = (0_u32..).zip(labels).find(|(at, _)| f64::from(*at) >= place);
    at.map(|(_, label)| label.clone()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn each_number_is_a_bar_and_nothing_is_none() {
        let blue = RGBColor(47, 111, 222);
        let labels: Vec<_> = (0..3).map(|n| format!("10:0{n}")).collect();
        let drawn = |values: &[u64]| {
            let series = [Series { colour: blue, values: values.to_vec() }];
            bars(&series, &labels).unwrap().matches("#2F6FDE").count()
        };
        assert_eq!(drawn(&[5, 0, 7]), 2);
        assert_eq!(drawn(&[0, 0, 0]), 0);
        assert_eq!(drawn(&[u64::MAX / 2, 1, 1]), 3);
    }
}
