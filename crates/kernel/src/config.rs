//! Settings from environment variables. Reading a variable documents it, and all errors are reported together.
use crate::Secret;
use std::{collections::BTreeMap, fmt, str::FromStr, time::Duration};

/// The documentation of one variable. The reference table is generated from these.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    /// The variable's name.
    pub name: String,
    /// The default; empty if the variable is required or optional.
    pub default: String,
    /// The purpose, in one sentence.
    pub about: &'static str,
    /// Whether `NAME_FILE` may name a file that contains the value.
    pub secret: bool,
}

/// One variable with an invalid value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingError {
    /// The variable's name.
    pub name: String,
    /// The problem, as a predicate such as `must be set`.
    pub problem: String,
    /// A valid value.
    pub example: String,
}

/// Every invalid variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError(pub Vec<SettingError>);

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "the configuration has {} error(s):", self.0.len())?;
        for SettingError {
            name,
            problem,
            example,
        } in &self.0
        {
            writeln!(f, "  {name} {problem}; for example {name}={example}")?;
        }
        write!(f, "See docs/configuration.md for all variables.")
    }
}

impl std::error::Error for ConfigError {}

/// Environment variables, with the documentation and the errors collected while reading them.
#[derive(Debug, Default)]
pub struct Env {
    values: BTreeMap<String, String>,
    variables: Vec<Variable>,
    errors: Vec<SettingError>,
}

impl Env {
    /// Reads the environment of the process. Empty values count as unset.
    #[must_use]
    pub fn from_process() -> Self {
        std::env::vars().collect()
    }

    /// Reads a variable with a default.
    pub fn value<T>(&mut self, name: &str, default: &str, about: &'static str) -> T
    where
        T: FromStr + Default,
        T::Err: fmt::Display,
    {
        self.document(name, default, about, false);
        let text = self
            .values
            .get(name)
            .cloned()
            .unwrap_or_else(|| default.to_owned());
        self.parse(name, &text, default)
    }

    /// Reads a required variable.
    pub fn required<T>(&mut self, name: &str, example: &str, about: &'static str) -> T
    where
        T: FromStr + Default,
        T::Err: fmt::Display,
    {
        self.document(name, "", about, false);
        if let Some(text) = self.values.get(name).cloned() {
            return self.parse(name, &text, example);
        }
        self.reject(name, "must be set", example);
        T::default()
    }

    /// Reads an optional variable.
    pub fn optional<T>(&mut self, name: &str, example: &str, about: &'static str) -> Option<T>
    where
        T: FromStr + Default,
        T::Err: fmt::Display,
    {
        self.document(name, "", about, false);
        let text = self.values.get(name).cloned()?;
        Some(self.parse(name, &text, example))
    }

    /// Reads a secret from `NAME`, or from the file that `NAME_FILE` names, without its trailing line break.
    pub fn secret(&mut self, name: &str, about: &'static str) -> Option<Secret<String>> {
        self.document(name, "", about, true);
        if let Some(value) = self.values.get(name) {
            return Some(Secret::new(value.clone()));
        }
        let file = format!("{name}_FILE");
        let path = self.values.get(&file).cloned()?;
        match std::fs::read_to_string(&path) {
            Ok(value) => Some(Secret::new(value.trim_end_matches(['\r', '\n']).to_owned())),
            Err(error) => {
                self.reject(
                    &file,
                    &format!("names an unreadable file ({path}: {error})"),
                    "/run/secrets/name",
                );
                None
            }
        }
    }

    /// Reads a duration such as `500ms`, `30s`, `10m`, `1h` or `7d`.
    pub fn duration(&mut self, name: &str, default: &str, about: &'static str) -> Duration {
        self.value::<DurationSetting>(name, default, about).0
    }

    /// Reads a size in bytes such as `512`, `64KiB`, `40MiB` or `5GiB`.
    pub fn bytes(&mut self, name: &str, default: &str, about: &'static str) -> u64 {
        self.value::<ByteSizeSetting>(name, default, about).0
    }

    /// Reads a comma-separated list. Items are trimmed, and empty items are skipped.
    pub fn list(&mut self, name: &str, default: &str, about: &'static str) -> Vec<String> {
        self.value::<String>(name, default, about)
            .split(',')
            .map(str::trim)
            .filter(|item| !item.is_empty())
            .map(str::to_owned)
            .collect()
    }

    /// Records an invalid value that only the caller can detect.
    pub fn reject(&mut self, name: &str, problem: &str, example: &str) {
        self.errors.push(SettingError {
            name: name.to_owned(),
            problem: problem.to_owned(),
            example: example.to_owned(),
        });
    }

    /// The documentation of every variable read so far, in order.
    #[must_use]
    pub fn variables(&self) -> &[Variable] {
        &self.variables
    }

    /// Returns every recorded error.
    pub fn finish(self) -> Result<(), ConfigError> {
        if self.errors.is_empty() {
            Ok(())
        } else {
            Err(ConfigError(self.errors))
        }
    }

    fn document(&mut self, name: &str, default: &str, about: &'static str, secret: bool) {
        let variable = Variable {
            name: name.to_owned(),
            default: default.to_owned(),
            about,
            secret,
        };
        self.variables.push(variable);
    }

    fn parse<T>(&mut self, name: &str, text: &str, example: &str) -> T
    where
        T: FromStr + Default,
        T::Err: fmt::Display,
    {
        text.parse().unwrap_or_else(|error| {
            self.reject(name, &format!("has the invalid value `{text}`: {error}"), example);
            T::default()
        })
    }
}

impl FromIterator<(String, String)> for Env {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(values: I) -> Self {
        let values = values
            .into_iter()
            .filter(|(_, value)| !value.is_empty())
            .collect();
        Self {
            values,
            ..Self::default()
        }
    }
}

/// Not the crates `humantime` and `bytesize`: they accept ambiguous units (`1M` is a month, `1K` is 1000 bytes).
#[derive(Default)]
struct DurationSetting(Duration);

impl FromStr for DurationSetting {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const EXPECTED: &str = "expected a number and one of ms, s, m, h, d";
        let (number, unit) = split_unit(text);
        let number: u64 = number.parse().map_err(|_| EXPECTED)?;
        let factor: u64 = match unit {
            "ms" => 1,
            "s" => 1_000,
            "m" => 60_000,
            "h" => 3_600_000,
            "d" => 86_400_000,
            _ => return Err(EXPECTED),
        };
        number
            .checked_mul(factor)
            .map(|millis| Self(Duration::from_millis(millis)))
            .ok_or(EXPECTED)
    }
}

#[derive(Default)]
struct ByteSizeSetting(u64);

impl FromStr for ByteSizeSetting {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const EXPECTED: &str = "expected a number of bytes, or a number and one of KiB, MiB, GiB, TiB";
        let (number, unit) = split_unit(text);
        let number: u64 = number.parse().map_err(|_| EXPECTED)?;
        let factor: u64 = match unit {
            "" | "B" => 1,
            "KiB" => 1 << 10,
            "MiB" => 1 << 20,
            "GiB" => 1 << 30,
            "TiB" => 1 << 40,
            _ => return Err(EXPECTED),
        };
        number.checked_mul(factor).map(Self).ok_or(EXPECTED)
    }
}

fn split_unit(text: &str) -> (&str, &str) {
    let at = text
        .find(|letter: char| !letter.is_ascii_digit())
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(at);
    (number, unit.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn env(values: &[(&str, &str)]) -> Env {
        values
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn values_defaults_and_units_are_read() {
        let mut env = env(&[("PORT", "81"), ("LIMIT", "40MiB"), ("WAIT", "90m"), ("EMPTY", "")]);
        assert_eq!(env.value::<u16>("PORT", "80", ""), 81);
        assert_eq!(env.value::<u16>("EMPTY", "80", ""), 80);
        assert_eq!(env.bytes("LIMIT", "1KiB", ""), 40 << 20);
        assert_eq!(env.duration("WAIT", "1s", ""), Duration::from_mins(90));
        assert_eq!(env.list("NAMES", "a, b,,c", ""), ["a", "b", "c"]);
        assert_eq!(env.variables().len(), 5);
        assert_eq!(env.finish(), Ok(()));
    }

    #[test]
    fn every_error_is_reported_with_an_example() {
        let mut env = env(&[("PORT", "eighty"), ("WAIT", "5 parsecs")]);
        env.value::<u16>("PORT", "80", "");
        env.duration("WAIT", "30s", "");
        env.required::<String>("DATABASE_URL", "postgres://localhost/infravault", "");
        let text = env.finish().unwrap_err().to_string();
        for part in [
            "3 error",
            "PORT has the invalid value `eighty`",
            "PORT=80",
            "WAIT=30s",
            "DATABASE_URL must be set",
        ] {
            assert!(text.contains(part), "{part} is missing in: {text}");
        }
    }
}
