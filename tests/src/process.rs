//! A process of a test: its log in a file, its address read from there, ended by its id.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use crate::eventually;

/// A running process; killed when dropped.
#[derive(Debug)]
pub struct Process {
    child: Child,
    name: String,
    log: PathBuf,
}

impl Process {
    /// Starts the binary `name` of this workspace with `arguments` and `environment`; see [`Process::spawn`].
    pub fn start(name: &str, arguments: &[&str], environment: &[(&str, String)], folder: &Path) -> Self {
        Self::start_of(&binaries(), name, arguments, environment, folder)
    }

    /// Starts the binary `name` that lies in the folder `binaries`, which may be of another version.
    pub fn start_of(binaries: &Path, name: &str, arguments: &[&str], environment: &[(&str, String)], folder: &Path) -> Self {
        Self::spawn(name, command_of(binaries, name, arguments, environment), folder)
    }

    /// A command of the binary `name` of this workspace.
    pub(crate) fn command(name: &str, arguments: &[&str], environment: &[(&str, String)]) -> Command {
        command_of(&binaries(), name, arguments, environment)
    }

    /// Starts `command`; what it writes goes to a file in `folder` that is named for `name`.
    pub fn spawn(name: &str, mut command: Command, folder: &Path) -> Self {
        let log = free_name(folder, name);
        let output = File::create(&log).expect("a log can be made");
        command.stdin(Stdio::null()).stdout(output.try_clone().expect("a log can be shared")).stderr(output);
        let child = command.spawn().unwrap_or_else(|error| panic!("{name} does not start: {error}"));
        Self { child, name: name.to_owned(), log }
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// How much memory it holds now, in MiB.
    pub fn resident_mib(&self) -> f64 {
        self.memory_mib("VmRSS")
    }

    /// The most memory that it ever held, in MiB.
    pub fn peak_mib(&self) -> f64 {
        self.memory_mib("VmHWM")
    }

    fn memory_mib(&self, which: &str) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.id())).expect("a process that runs has a status");
        let kib = status.lines().find_map(|line| line.strip_prefix(which)?.trim_matches([':', '\t', ' ', 'k', 'B']).parse::<f64>().ok());
        kib.unwrap_or_else(|| panic!("no {which} in the status of {}", self.name)) / 1024.0
    }

    /// All that it has written so far.
    pub fn log(&self) -> String {
        String::from_utf8_lossy(&std::fs::read(&self.log).expect("a log can be read")).into_owned()
    }

    /// The address, such as `http://127.0.0.1:4711`, that it writes after `words` once it listens there.
    pub async fn address(&mut self, words: &str) -> String {
        let before = format!("{words} http://");
        let limit = Duration::from_secs(30);
        let begun = Instant::now();
        loop {
            let log = self.log();
            let address = log.split_once(&before).map(|(_, rest)| rest.split(|c: char| !(c.is_ascii_digit() || ".:".contains(c))).next());
            if let Some(address) = address.flatten().filter(|address| !address.is_empty()) {
                return format!("http://{}", address.trim_end_matches('.'));
            }
            let ended = self.child.try_wait().expect("a child can be asked");
            assert!(ended.is_none(), "{} ended with {ended:?}:\n{log}", self.name);
            assert!(begun.elapsed() < limit, "{} wrote no address after {words:?}:\n{log}", self.name);
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Ends it as a crash would, by SIGKILL.
    pub fn kill(&mut self) {
        // Fails when it has ended already, which is as good.
        let _ended_already = self.child.kill();
        self.child.wait().expect("a child can be waited for");
    }

    /// Asks it to stop, by SIGTERM; its status, how long it took, and all that it has written.
    pub async fn terminate(mut self) -> (ExitStatus, Duration, String) {
        let begun = Instant::now();
        let sent = Command::new("bash").arg("-c").arg(format!("kill -TERM {}", self.id())).status().expect("bash runs");
        assert!(sent.success(), "{} is gone already:\n{}", self.name, self.log());
        let status = eventually(&format!("the end of {}", self.name), Duration::from_secs(20), || {
            let status = self.child.try_wait().expect("a child can be asked");
            async move { status }
        })
        .await;
        (status, begun.elapsed(), self.log())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
        if std::thread::panicking() {
            // The folder may be gone already, and a second panic would end all tests.
            let log = std::fs::read_to_string(&self.log).unwrap_or_default();
            let lines: Vec<&str> = log.lines().collect();
            eprintln!("--- the end of the log of {}:\n{}", self.name, lines[lines.len().saturating_sub(30)..].join("\n"));
        }
    }
}

/// Binaries lie one folder above the test's own.
fn binaries() -> PathBuf {
    let test = std::env::current_exe().expect("a test knows its own path");
    test.parent().and_then(Path::parent).expect("a test lies in target/PROFILE/deps").to_owned()
}

/// A process that is started again gets another log.
fn free_name(folder: &Path, name: &str) -> PathBuf {
    let mut names = (1..100).map(|number| folder.join(format!("{name}.{number}.log")));
    names.find(|path| !path.exists()).expect("a process is not started a hundred times")
}

fn command_of(binaries: &Path, name: &str, arguments: &[&str], environment: &[(&str, String)]) -> Command {
    let path = binaries.join(name);
    assert!(path.exists(), "{} is not built: run these tests by tests/run, or cargo build --workspace --bins first", path.display());
    let mut command = Command::new(path);
    // Those of the test run itself are no settings of a service.
    for (variable, _) in std::env::vars_os().filter(|(variable, _)| variable.to_string_lossy().starts_with("GAINSAY_")) {
        command.env_remove(variable);
    }
    command.args(arguments).envs(environment.iter().map(|(variable, value)| (variable, value)));
    command
}
