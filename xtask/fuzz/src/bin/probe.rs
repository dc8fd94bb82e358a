//! Fuzzes the probe of any image.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    xtask_fuzz::probe(data);
});
