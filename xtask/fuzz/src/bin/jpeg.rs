//! Fuzzes what decodes JPEG.

#![no_main]

use infravault_imaging::MediaType;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    xtask_fuzz::decode(MediaType::Jpeg, data);
});
