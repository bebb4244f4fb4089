//! From samples to figures.

/// The value below which that share of the samples lies, by the nearest rank. No samples: 0.
pub fn percentile(samples: &[f64], share: f64) -> f64 {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    let rank = (share * sorted.len() as f64).ceil() as usize;
    let place = rank.clamp(1, sorted.len().max(1)) - 1;
    sorted.get(place).copied().map_or(0.0, rounded)
}

pub fn median(samples: &[f64]) -> f64 {
    percentile(samples, 0.5)
}

/// Two digits after the point: more would be noise.
pub fn rounded(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}
