//! Rules about migrations: pairs, numbers without a gap.

use super::{Finding, Source};

/// Checks the names in `migrations/`.
pub(crate) fn check(files: &[Source]) -> Vec<Finding> {
    let names: Vec<&str> = files
        .iter()
        .filter_map(|file| file.path.strip_prefix("migrations/"))
        .collect();
    let mut findings = Vec::new();
    let mut numbers = Vec::new();
    for name in &names {
        let Some(stem) = name.strip_suffix(".sql") else {
            continue;
        };
        let place = format!("migrations/{name}");
        if let Some(up) = stem.strip_suffix(".down") {
            if !names.contains(&format!("{up}.sql").as_str()) {
                findings.push(Finding::new(
                    place,
                    "reverts a migration that does not exist; remove it",
                ));
            }
            continue;
        }
        if !names.contains(&format!("{stem}.down.sql").as_str()) {
            findings.push(Finding::new(
                place.clone(),
                format!("has no way back; write migrations/{stem}.down.sql"),
            ));
        }
        match stem
            .strip_prefix('V')
            .and_then(|rest| rest.split_once("__"))
            .map(|(number, _)| number.parse::<usize>())
        {
            Some(Ok(number)) => numbers.push(number),
            _ => findings.push(Finding::new(
                place,
                "name it V<number>__<what_it_does>.sql (cargo xtask migrate new)",
            )),
        }
    }
    numbers.sort_unstable();
    if numbers
        .iter()
        .enumerate()
        .any(|(index, number)| *number != index + 1)
    {
        findings.push(Finding::new(
            "migrations",
            format!("numbers are not 1, 2, 3, …: {numbers:?}; renumber the newest"),
        ));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::{Source, check};

    #[test]
    fn pairs_and_numbers_are_checked() {
        let files = |names: &[&str]| -> Vec<Source> {
            names
                .iter()
                .map(|name| Source {
                    path: format!("migrations/{name}"),
                    text: String::new(),
                })
                .collect()
        };
        assert!(check(&files(&["V001__a.sql", "V001__a.down.sql"])).is_empty());
        assert_eq!(check(&files(&["V001__a.sql"])).len(), 1);
        assert_eq!(check(&files(&["V001__a.down.sql"])).len(), 1);
        assert_eq!(check(&files(&["V002__a.sql", "V002__a.down.sql"])).len(), 1);
        assert_eq!(check(&files(&["first.sql", "first.down.sql"])).len(), 1);
    }
}
