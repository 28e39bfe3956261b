//! Builds the style sheet and the script into the program.

fn main() {
    memory_serve::load_directory("./static");
    // A changed migration must be built in again.
    println!("cargo:rerun-if-changed=migrations");
    println!("cargo:rerun-if-changed=templates");
    println!("cargo:rerun-if-changed=static");
}
