//! The binary `gainsay`.

fn main() -> std::process::ExitCode {
    gainsay::main()
}
