//! Reads the environment once, documents every variable by reading it, and collects all faults at once.
use crate::Secret;
use std::{collections::BTreeMap, fmt, str::FromStr, time::Duration};

/// What is known about one variable; the reference table is made of these.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// What holds when it is not set; empty where it must be set or stays off.
    pub default: String,
    /// What it is for, in one sentence.
    pub about: &'static str,
    /// Whether it may also be given as `NAME_FILE`, the path of a file that holds the value.
    pub secret: bool,
}

/// One variable whose value will not do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The variable.
    pub name: String,
    /// What is wrong with its value.
    pub fault: String,
    /// A value that would do.
    pub example: String,
}

/// All that is wrong with the environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError(pub Vec<Fault>);

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "the configuration has {} fault(s):", self.0.len())?;
        for Fault { name, fault, example } in &self.0 {
            writeln!(f, "  {name} {fault}; for example {name}={example}")?;
        }
        write!(f, "All variables are described in docs/configuration.md.")
    }
}

impl std::error::Error for ConfigError {}

/// The environment while it is being read.
#[derive(Debug, Default)]
pub struct Env {
    values: BTreeMap<String, String>,
    variables: Vec<Variable>,
    faults: Vec<Fault>,
}

impl Env {
    /// The process's environment. Empty values count as not set.
    #[must_use]
    pub fn of_process() -> Self {
        std::env::vars().collect()
    }

    /// Reads a variable that has a default.
    pub fn or<T>(&mut self, name: &str, default: &str, about: &'static str) -> T
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

    /// Reads a variable that must be set.
    pub fn required<T>(&mut self, name: &str, example: &str, about: &'static str) -> T
    where
        T: FromStr + Default,
        T::Err: fmt::Display,
    {
        self.document(name, "", about, false);
        if let Some(text) = self.values.get(name).cloned() {
            return self.parse(name, &text, example);
        }
        self.fault(name, "must be set", example);
        T::default()
    }

    /// Reads a variable that may be left out.
    pub fn optional<T>(&mut self, name: &str, example: &str, about: &'static str) -> Option<T>
    where
        T: FromStr + Default,
        T::Err: fmt::Display,
    {
        self.document(name, "", about, false);
        let text = self.values.get(name).cloned()?;
        Some(self.parse(name, &text, example))
    }

    /// Reads a secret: `NAME`, or the file that `NAME_FILE` names (its trailing line end is cut).
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
                self.fault(
                    &file,
                    &format!("names a file that cannot be read ({path}: {error})"),
                    "/run/secrets/name",
                );
                None
            }
        }
    }

    /// Reads a time span such as `500ms`, `30s`, `10m`, `1h` or `7d`.
    pub fn duration(&mut self, name: &str, default: &str, about: &'static str) -> Duration {
        self.or::<Span>(name, default, about).0
    }

    /// Reads a size in bytes such as `512`, `64KiB`, `40MiB` or `5GiB`.
    pub fn bytes(&mut self, name: &str, default: &str, about: &'static str) -> u64 {
        self.or::<Bytes>(name, default, about).0
    }

    /// Reads a comma-separated list; spaces around the items are cut, empty items are left out.
    pub fn list(&mut self, name: &str, default: &str, about: &'static str) -> Vec<String> {
        self.or::<String>(name, default, about)
            .split(',')
            .map(str::trim)
            .filter(|item| !item.is_empty())
            .map(str::to_owned)
            .collect()
    }

    /// Notes that a value will not do, where only the caller can tell.
    pub fn fault(&mut self, name: &str, fault: &str, example: &str) {
        self.faults.push(Fault {
            name: name.to_owned(),
            fault: fault.to_owned(),
            example: example.to_owned(),
        });
    }

    /// Everything that was read so far, in the order it was read.
    #[must_use]
    pub fn variables(&self) -> &[Variable] {
        &self.variables
    }

    /// Succeeds when nothing was wrong.
    pub fn finish(self) -> Result<(), ConfigError> {
        if self.faults.is_empty() {
            Ok(())
        } else {
            Err(ConfigError(self.faults))
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
            self.fault(name, &format!("is `{text}`, which will not do: {error}"), example);
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

#[derive(Default)]
struct Span(Duration);

impl FromStr for Span {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const WRONG: &str = "expected a number and one of ms, s, m, h, d";
        let (number, unit) = split(text);
        let number: u64 = number.parse().map_err(|_| WRONG)?;
        let factor: u64 = match unit {
            "ms" => 1,
            "s" => 1_000,
            "m" => 60_000,
            "h" => 3_600_000,
            "d" => 86_400_000,
            _ => return Err(WRONG),
        };
        number
            .checked_mul(factor)
            .map(|millis| Self(Duration::from_millis(millis)))
            .ok_or(WRONG)
    }
}

#[derive(Default)]
struct Bytes(u64);

impl FromStr for Bytes {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const WRONG: &str = "expected a number of bytes, or a number and one of KiB, MiB, GiB, TiB";
        let (number, unit) = split(text);
        let number: u64 = number.parse().map_err(|_| WRONG)?;
        let factor: u64 = match unit {
            "" | "B" => 1,
            "KiB" => 1 << 10,
            "MiB" => 1 << 20,
            "GiB" => 1 << 30,
            "TiB" => 1 << 40,
            _ => return Err(WRONG),
        };
        number.checked_mul(factor).map(Self).ok_or(WRONG)
    }
}

fn split(text: &str) -> (&str, &str) {
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
    fn reads_values_defaults_and_units() {
        let mut env = env(&[("PORT", "81"), ("LIMIT", "40MiB"), ("WAIT", "90m"), ("EMPTY", "")]);
        assert_eq!(env.or::<u16>("PORT", "80", ""), 81);
        assert_eq!(env.or::<u16>("EMPTY", "80", ""), 80);
        assert_eq!(env.bytes("LIMIT", "1KiB", ""), 40 << 20);
        assert_eq!(env.duration("WAIT", "1s", ""), Duration::from_mins(90));
        assert_eq!(env.list("NAMES", "a, b,,c", ""), ["a", "b", "c"]);
        assert_eq!(env.variables().len(), 5);
        assert_eq!(env.finish(), Ok(()));
    }

    #[test]
    fn names_every_fault_with_an_example() {
        let mut env = env(&[("PORT", "eighty"), ("WAIT", "5 parsecs")]);
        env.or::<u16>("PORT", "80", "");
        env.duration("WAIT", "30s", "");
        env.required::<String>("DATABASE_URL", "postgres://localhost/infravault", "");
        let text = env.finish().unwrap_err().to_string();
        for part in [
            "3 fault",
            "PORT is `eighty`",
            "PORT=80",
            "WAIT=30s",
            "DATABASE_URL must be set",
        ] {
            assert!(text.contains(part), "{part} is missing in: {text}");
        }
    }
}
