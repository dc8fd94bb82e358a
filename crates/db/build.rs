//! Pairs every migration with its down script, and fails the build if one is missing.
use std::{env, error::Error, fmt::Write, fs, path::PathBuf};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=../../migrations");
    println!("cargo::rerun-if-changed=build.rs");
    let folder = fs::canonicalize("../../migrations")?;
    let mut names: Vec<String> = fs::read_dir(&folder)?
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name.starts_with('V') && !name.ends_with(".down.sql"))
        .collect();
    names.sort();
    let mut code = String::from("const DOWN: &[(i32, &str)] = &[\n");
    for name in names {
        let down = folder.join(name.replace(".sql", ".down.sql"));
        if !down.exists() {
            return Err(format!("migrations/{name} has no down script; create {}", down.display()).into());
        }
        let version: i32 = name
            .trim_start_matches('V')
            .split("__")
            .next()
            .unwrap_or_default()
            .parse()?;
        writeln!(
            code,
            "    ({version}, include_str!({:?})),",
            down.display().to_string()
        )?;
    }
    code.push_str("];\n");
    fs::write(PathBuf::from(env::var("OUT_DIR")?).join("down.rs"), code)?;
    Ok(())
}
