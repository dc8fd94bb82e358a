//! One line of the result: what was measured on both sides, and whether it meets its goal.

use crate::{
    Outcome,
    bench::{Run, Runs},
    making::Throughput,
};
use serde::{Deserialize, Serialize};

/// What a line has to reach.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum Goal {
    /// At least so many times the baseline.
    RatioAtLeast(f64),
    /// At most so many times the baseline.
    RatioAtMost(f64),
    /// At least this value, whatever the baseline does.
    AtLeast(f64),
    /// At most this much less than the baseline.
    AtMostBelow(f64),
    /// At most this value, whatever the baseline does.
    AtMost(f64),
    /// Nothing; the line is there to show where time goes.
    Nothing,
}

/// Milliseconds of CPU per operation.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Cpu {
    /// Of the server.
    pub(crate) server: f64,
    /// Of PostgreSQL, all processes.
    pub(crate) postgres: f64,
}

impl Cpu {
    fn of(runs: &Runs) -> Self {
        Self {
            server: runs.median(|run| run.server_cpu_ms),
            postgres: runs.median(|run| run.postgres_cpu_ms),
        }
    }
}

/// A line of the table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Row {
    /// The number of the goal in the design.
    pub(crate) number: String,
    /// What was done.
    pub(crate) operation: String,
    /// `/s`, `ms`, `MB`, `bytes`.
    pub(crate) unit: String,
    /// InfraVault's value.
    pub(crate) ours: Option<f64>,
    /// What it is compared with.
    pub(crate) baseline: Option<f64>,
    /// What it should reach.
    pub(crate) goal: Goal,
    /// What an operation cost here.
    pub(crate) cpu: Option<Cpu>,
    /// What an operation cost in the baseline.
    pub(crate) baseline_cpu: Option<Cpu>,
    /// Why the value is missing.
    pub(crate) fault: Option<String>,
}

impl Row {
    /// A value without a baseline.
    pub(crate) fn value(number: &str, operation: &str, unit: &str, ours: f64, goal: Goal) -> Self {
        Self {
            number: number.to_owned(),
            operation: operation.to_owned(),
            unit: unit.to_owned(),
            ours: Some(ours),
            baseline: None,
            goal,
            cpu: None,
            baseline_cpu: None,
            fault: None,
        }
    }

    /// Operations per second on both sides.
    pub(crate) fn rate(number: &str, operation: &str, ours: &Runs, baseline: &Runs, goal: Goal) -> Self {
        Self::compared(number, operation, "/s", ours, baseline, |run| run.rate, goal)
    }

    /// Milliseconds on both sides.
    pub(crate) fn time(
        number: &str,
        operation: &str,
        ours: &Runs,
        baseline: &Runs,
        pick: fn(&Run) -> f64,
        goal: Goal,
    ) -> Self {
        Self::compared(number, operation, "ms", ours, baseline, pick, goal)
    }

    fn compared(
        number: &str,
        operation: &str,
        unit: &str,
        ours: &Runs,
        baseline: &Runs,
        pick: fn(&Run) -> f64,
        goal: Goal,
    ) -> Self {
        Self {
            baseline: Some(baseline.median(pick)),
            cpu: Some(Cpu::of(ours)),
            baseline_cpu: Some(Cpu::of(baseline)),
            ..Self::value(number, operation, unit, ours.median(pick), goal)
        }
    }

    /// What two programs made of images; the name says why where one of them could not be measured.
    pub(crate) fn made(
        number: &str,
        operation: &str,
        ours: Throughput,
        baseline: &Outcome<Throughput>,
        goal: Goal,
    ) -> Self {
        let cpu = |made: Throughput| {
            Some(Cpu {
                server: made.cpu_ms,
                postgres: 0.0,
            })
        };
        let row = |operation: &str| Self {
            cpu: cpu(ours),
            ..Self::value(number, operation, "/s", ours.rate, goal)
        };
        match baseline {
            Ok(made) => Self {
                baseline: Some(made.rate),
                baseline_cpu: cpu(*made),
                ..row(operation)
            },
            Err(why) => row(&format!("{operation} (not measured: {why})")),
        }
    }

    /// Something that could not be measured; it counts as not met.
    pub(crate) fn failed(operation: &str, fault: String) -> Self {
        Self {
            ours: None,
            fault: Some(fault),
            ..Self::value("", operation, "", 0.0, Goal::Nothing)
        }
    }

    /// Ours divided by the baseline.
    pub(crate) fn ratio(&self) -> Option<f64> {
        Some(self.ours? / self.baseline?)
    }

    /// Whether the goal is reached, where there is one.
    pub(crate) fn met(&self) -> Option<bool> {
        if self.fault.is_some() {
            return Some(false);
        }
        match self.goal {
            Goal::RatioAtLeast(least) => self.ratio().map(|ratio| ratio >= least),
            Goal::RatioAtMost(most) => self.ratio().map(|ratio| ratio <= most),
            Goal::AtLeast(least) => self.ours.map(|ours| ours >= least),
            Goal::AtMostBelow(gap) => Some(self.ours? >= self.baseline? - gap),
            Goal::AtMost(most) => self.ours.map(|ours| ours <= most),
            Goal::Nothing => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn goals_are_judged() {
        let cases = [
            (Goal::RatioAtLeast(0.8), 79.0, Some(false)),
            (Goal::RatioAtLeast(0.8), 80.0, Some(true)),
            (Goal::RatioAtMost(1.15), 115.0, Some(true)),
            (Goal::RatioAtMost(1.15), 116.0, Some(false)),
            (Goal::AtLeast(20.0), 20.0, Some(true)),
            (Goal::AtLeast(20.0), 19.0, Some(false)),
            (Goal::AtMostBelow(0.3), 99.8, Some(true)),
            (Goal::AtMostBelow(0.3), 99.6, Some(false)),
            (Goal::AtMost(40.0), 40.0, Some(true)),
            (Goal::AtMost(40.0), 41.0, Some(false)),
            (Goal::Nothing, 1.0, None),
        ];
        for (goal, ours, met) in cases {
            let row = Row {
                baseline: Some(100.0),
                ..Row::value("1", "x", "/s", ours, goal)
            };
            assert_eq!(row.met(), met, "{row:?}");
        }
        assert_eq!(Row::failed("x", "it broke".into()).met(), Some(false));
    }
}
