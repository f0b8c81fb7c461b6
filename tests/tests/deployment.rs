//! What docker-compose.yml and deploy/ promise, checked without running them: who is confined, published, limited and waited for;
//! that images, manifests and dashboards fit the workspace; and that the shell scripts can be read.

#![allow(clippy::panic, clippy::unwrap_used, reason = "what fails here is a test, and says so by a panic")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

const OURS: [&str; 4] = ["api", "extract", "ingest", "store"];
const OTHERS: [&str; 4] = ["grafana", "postgres", "prometheus", "rabbitmq"];
/// The command over a deployment: it runs once and ends.
const COMMAND: &str = "gainsay";

#[test]
fn compose_has_just_the_services_of_the_house() {
    let names: BTreeSet<String> = services().into_keys().collect();
    assert_eq!(names, OURS.iter().chain(&OTHERS).chain(&[COMMAND]).map(|name| (*name).to_owned()).collect());
    for (name, service) in services() {
        assert_eq!(list(&service["profiles"]), if name == COMMAND { vec!["operate"] } else { vec![] }, "{name}");
    }
}

#[test]
fn every_service_is_confined_limited_checked_and_restarted() {
    for (name, service) in services() {
        assert_eq!(service["read_only"], true, "{name}");
        assert_eq!(list(&service["cap_drop"]), ["ALL"], "{name}");
        assert_eq!(list(&service["security_opt"]), ["no-new-privileges:true"], "{name}");
        assert!(service["mem_limit"].is_string(), "{name} has no memory limit");
        if name == COMMAND {
            assert_eq!((&service["restart"], &service["healthcheck"]["disable"]), (&"no".into(), &true.into()));
        } else {
            assert_eq!(service["restart"], "unless-stopped", "{name}");
            assert_eq!(service["healthcheck"]["test"][0], "CMD", "{name}");
        }
        assert!(service.get("cap_add").is_none() && service.get("privileged").is_none(), "{name}");
        // A name of its own would keep a service from being scaled.
        assert!(service.get("container_name").is_none(), "{name}");
    }
}

#[test]
fn nobody_is_root() {
    let services = services();
    for name in OTHERS {
        let user = services[name]["user"].as_str().unwrap_or_default();
        assert!(!user.is_empty() && user != "root" && !user.starts_with('0'), "{name} runs as {user:?}");
    }
    for stage in stages() {
        if stage.name != "build" {
            let user = stage.last("USER").or_else(|| (stage.base == "runtime").then_some("10001:10001"));
            assert_eq!(user, Some("10001:10001"), "{}", stage.name);
        }
    }
}

#[test]
fn only_api_grafana_and_the_brokers_management_are_published() {
    let published: BTreeMap<String, Vec<String>> =
        services().into_iter().map(|(name, service)| (name, list(&service["ports"]))).filter(|(_, ports)| !ports.is_empty()).collect();
    let expected = [
        ("api", "${API_PUBLISH:-127.0.0.1:8080}:8080"),
        ("grafana", "${GRAFANA_PUBLISH:-127.0.0.1:3000}:3000"),
        ("rabbitmq", "127.0.0.1:${RABBITMQ_MANAGEMENT_PORT:-15672}:15672"),
    ];
    assert_eq!(published, expected.iter().map(|(name, port)| ((*name).to_owned(), vec![(*port).to_owned()])).collect());
}

#[test]
fn services_wait_for_what_they_need_and_find_it() {
    let services = services();
    let needs = |name: &str| match name {
        "ingest" | "store" | "api" => vec!["rabbitmq", "postgres"],
        "extract" => vec!["rabbitmq"],
        "grafana" => vec!["prometheus"],
        _ => vec![],
    };
    for (name, service) in &services {
        for need in needs(name) {
            assert_eq!(service["depends_on"][need]["condition"], "service_healthy", "{name} → {need}");
            let shared = list(&service["networks"]).iter().any(|network| list(&services[need]["networks"]).contains(network));
            assert!(shared, "{name} and {need} share no network");
        }
        if needs(name).contains(&"rabbitmq") {
            assert!(service["environment"]["GAINSAY_BUS__URL"].as_str().is_some_and(|url| url.starts_with("amqp://gainsay:")), "{name}");
        }
        if needs(name).contains(&"postgres") {
            assert!(
                service["environment"]["GAINSAY_DATABASE__URL"].as_str().is_some_and(|url| url.starts_with("postgres://gainsay:")),
                "{name}"
            );
        }
    }
    assert_eq!(compose()["networks"]["inside"]["internal"], true);
    assert_eq!(list(&services["extract"]["networks"]), ["inside"], "extract reads hostile text: it has no way out");
}

#[test]
fn no_secret_has_a_value_that_works() {
    let text = read("docker-compose.yml");
    let example = read(".env.example");
    for secret in ["RABBITMQ_PASSWORD", "POSTGRES_PASSWORD", "GRAFANA_PASSWORD"] {
        assert!(text.contains(&format!("${{{secret}:?")), "{secret} is not asked for");
        assert!(!text.contains(&format!("${{{secret}:-")) && !text.contains(&format!("${{{secret}}}")), "{secret} may be missing");
        assert!(example.lines().any(|line| line == format!("{secret}=")), "{secret} is not empty in .env.example");
    }
}

/// A name that no section has would keep a service from starting, and only when somebody sets it.
#[test]
fn every_value_that_is_passed_on_is_one_of_the_configuration() {
    let mut passed = BTreeSet::new();
    for (name, service) in services().into_iter().filter(|(name, _)| OURS.contains(&name.as_str()) || name == COMMAND) {
        for variable in service["environment"].as_object().unwrap().keys().filter(|variable| variable.contains("__")) {
            let (section, key) = variable.strip_prefix("GAINSAY_").and_then(|rest| rest.split_once("__")).unwrap();
            let (section, key) = (section.to_lowercase(), key.to_lowercase());
            let owner = match section.as_str() {
                "log" | "ops" | "trace" => "runtime",
                "database" => "store",
                other => other,
            };
            let defaults: toml::Table = read(&format!("{owner}/defaults.toml")).parse().unwrap();
            assert!(defaults[&section].get(&key).is_some(), "{name} is given {variable}, and [{section}] has no {key}");
            passed.insert(variable.clone());
        }
    }
    for line in read(".env.example").lines().filter_map(|line| line.strip_prefix("#GAINSAY_").filter(|rest| rest.contains("__"))) {
        let variable = format!("GAINSAY_{}", line.split('=').next().unwrap());
        assert!(passed.contains(&variable), "{variable} is in .env.example, and docker-compose.yml does not pass it on");
    }
}

#[test]
fn every_file_that_is_mounted_is_there() {
    for (name, service) in services() {
        for volume in list(&service["volumes"]) {
            let (from, options) = volume.split_once(':').unwrap();
            if let Some(path) = from.strip_prefix("./") {
                assert!(root().join(path).exists(), "{name} mounts {path}");
                assert!(options.ends_with(":ro"), "{name} could write {path}");
            } else {
                assert!(compose()["volumes"].get(from).is_some(), "{name} mounts {from}, which is no volume");
            }
        }
    }
}

#[test]
fn the_dockerfile_has_a_target_for_each_service_and_knows_every_crate() {
    let text = read("deploy/Dockerfile");
    let targets: Vec<String> = stages().into_iter().map(|stage| stage.name).collect();
    assert_eq!(targets, ["build", "runtime", "ingest", "extract", "store", "api", "gainsay"]);
    for (name, service) in services().into_iter().filter(|(_, service)| service.get("build").is_some()) {
        assert_eq!(service["build"]["target"], name.as_str());
        assert_eq!(service["build"]["dockerfile"], "deploy/Dockerfile");
        assert_eq!(service["image"], format!("${{IMAGE_PREFIX:-gainsay-}}{name}:${{IMAGE_TAG:-latest}}"));
        let program = if name == COMMAND { name } else { format!("gainsay-{name}") };
        assert!(text.contains(&format!("ENTRYPOINT [\"{program}\"]")), "{program}");
    }
    let workspace: toml::Table = read("Cargo.toml").parse().unwrap();
    for member in workspace["workspace"]["members"].as_array().unwrap() {
        let member = member.as_str().unwrap();
        assert!(text.contains(&format!("COPY {member}/Cargo.toml {member}/\n")), "the layer of dependencies lacks {member}");
    }
}

#[test]
fn base_images_are_pinned_and_given_by_argument() {
    let toolchain: toml::Table = read("rust-toolchain.toml").parse().unwrap();
    let channel = toolchain["toolchain"]["channel"].as_str().unwrap();
    let text = read("deploy/Dockerfile");
    assert!(text.contains(&format!("ARG BUILD_IMAGE=rust:{channel}-")), "the image builds with another toolchain than {channel}");
    assert!(text.contains("ARG RUNTIME_IMAGE=debian:"));
    for name in ["BUILD_IMAGE", "RUNTIME_IMAGE"] {
        let default = text.lines().find_map(|line| line.strip_prefix(&format!("ARG {name}="))).unwrap();
        assert_eq!(services()["api"]["build"]["args"][name], format!("${{{name}:-{default}}}"));
    }
    for stage in stages() {
        assert!(["${BUILD_IMAGE}", "${RUNTIME_IMAGE}", "runtime"].contains(&stage.base.as_str()), "{} is from {}", stage.name, stage.base);
    }
    for (name, service) in services().into_iter().filter(|(name, _)| OTHERS.contains(&name.as_str())) {
        let image = service["image"].as_str().unwrap().to_owned();
        let (variable, default) = image.split_once(":-").unwrap();
        assert_eq!(variable, format!("${{{}_IMAGE", name.to_uppercase()));
        let tag = default.trim_end_matches('}').rsplit_once(':').unwrap().1;
        assert!(
            tag.trim_start_matches('v').starts_with(|first: char| first.is_ascii_digit()) && tag.contains('.'),
            "{name} is not pinned: {tag}"
        );
    }
}

#[test]
fn prometheus_scrapes_every_service() {
    let config = yaml("deploy/prometheus/prometheus.yml");
    let mut scraped = BTreeSet::new();
    for job in config["scrape_configs"].as_array().unwrap() {
        scraped.extend(list(&job["dns_sd_configs"][0]["names"]));
        scraped.extend(job["static_configs"][0]["labels"]["service"].as_str().map(ToOwned::to_owned));
    }
    for service in OURS.iter().chain(&["rabbitmq"]) {
        assert!(scraped.contains(*service), "{service} is not scraped");
    }
}

#[test]
fn dashboards_are_provisioned_from_the_one_datasource() {
    let datasource = &yaml("deploy/grafana/provisioning/datasources/prometheus.yml")["datasources"][0];
    let provider = &yaml("deploy/grafana/provisioning/dashboards/gainsay.yml")["providers"][0];
    let mounts = list(&services()["grafana"]["volumes"]);
    let place = format!("./deploy/grafana/dashboards:{}:ro", provider["options"]["path"].as_str().unwrap());
    assert!(mounts.contains(&place), "{place} is not mounted");
    let mut dashboards = 0;
    for entry in std::fs::read_dir(root().join("deploy/grafana/dashboards")).unwrap() {
        let path = entry.unwrap().path();
        let dashboard: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        for panel in dashboard["panels"].as_array().unwrap() {
            let title = panel["title"].as_str().unwrap();
            assert!(panel["type"] == "row" || panel["datasource"]["uid"] == datasource["uid"], "{title} asks another datasource");
            assert!(panel["type"] == "row" || panel["targets"][0]["expr"].is_string(), "{title} asks nothing");
        }
        dashboards += 1;
    }
    assert!(dashboards > 0);
}

#[test]
fn dashboards_ask_for_metrics_that_a_service_has() {
    let mut known = BTreeSet::new();
    for name in ["api", "bus", "extract", "ingest", "runtime", "store"] {
        known.extend(metric_names(&read(&format!("{name}/src/metrics.rs"))));
    }
    let mut asked = BTreeSet::new();
    for folder in ["deploy/grafana/dashboards", "deploy/prometheus"] {
        for entry in std::fs::read_dir(root().join(folder)).unwrap() {
            asked.extend(metric_names(&std::fs::read_to_string(entry.unwrap().path()).unwrap()));
        }
    }
    for name in &asked {
        let base = ["_bucket", "_sum", "_count"].iter().find_map(|suffix| name.strip_suffix(suffix)).unwrap_or(name);
        assert!(known.contains(base) || known.contains(name), "{name} is no metric of ours");
    }
    assert!(asked.contains("gainsay_build_info"), "no dashboard shows what runs");
    for service in ["api", "bus", "extract", "ingest", "store"] {
        let prefix = format!("gainsay_{service}_");
        assert!(asked.iter().any(|name| name.starts_with(&prefix)), "no dashboard shows {service}");
    }
}

#[test]
fn alerts_know_the_memory_that_each_service_may_have() {
    let mut known = BTreeMap::new();
    for rule in alert_rules().into_iter().filter(|rule| rule["record"] == "gainsay:memory_limit_bytes") {
        let bytes = rule["expr"].as_str().unwrap().strip_prefix("vector(").unwrap().strip_suffix(')').unwrap().to_owned();
        known.insert(rule["labels"]["service"].as_str().unwrap().to_owned(), bytes.parse::<u64>().unwrap());
    }
    let services = services();
    let megabytes = |name: &str| services[name]["mem_limit"].as_str().unwrap().strip_suffix('m').unwrap().parse::<u64>().unwrap();
    assert_eq!(known, OURS.iter().map(|name| ((*name).to_owned(), megabytes(name) << 20)).collect());
}

#[test]
fn every_alert_says_how_grave_it_is_and_where_to_read_on() {
    let alerts: Vec<Value> = alert_rules().into_iter().filter(|rule| rule["alert"].is_string()).collect();
    assert!(alerts.len() > 20, "only {} alerts were found", alerts.len());
    let tests = read("deploy/prometheus/alerts.test.yml");
    for alert in alerts {
        let name = alert["alert"].as_str().unwrap();
        assert!(["critical", "warning"].contains(&alert["labels"]["severity"].as_str().unwrap()), "{name}");
        for annotation in ["summary", "description"] {
            assert!(alert["annotations"][annotation].as_str().is_some_and(|text| !text.is_empty()), "{name} has no {annotation}");
        }
        assert_eq!(alert["annotations"]["runbook"], format!("docs/alerts.md#{}", name.to_lowercase()));
        assert!(tests.contains(&format!(", alertname: {name}}}")), "{name} is not shown at rest");
        assert!(tests.contains(&format!("        alertname: {name}\n        exp_alerts:")), "{name} is not shown firing");
    }
}

fn alert_rules() -> Vec<Value> {
    let groups = yaml("deploy/prometheus/alerts.yml")["groups"].as_array().unwrap().clone();
    groups.iter().flat_map(|group| group["rules"].as_array().unwrap().clone()).collect()
}

/// Every name in `text` that begins as ours do.
fn metric_names(text: &str) -> BTreeSet<String> {
    let words = text.split(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '_'));
    words.filter(|word| word.starts_with("gainsay_")).map(ToOwned::to_owned).collect()
}

#[test]
fn shell_scripts_can_be_read_and_stop_at_the_first_failure() {
    let scripts = [
        ".ci/run",
        "benches/onnx/run",
        "extract/fuzz/run",
        "tests/run",
        "tests/compose",
        "tests/containers/engine",
        "tests/containers/images/postgres-entrypoint",
        "tests/containers/stand-ins",
        "tests/services/install",
        "tests/services/postgres",
        "tests/services/prometheus",
        "tests/services/rabbitmq",
        "tests/services/with",
        "tests/upgrade",
    ];
    for script in scripts {
        let path = root().join(script);
        let text = read(script);
        assert!(text.starts_with("#!/usr/bin/env bash\n#"), "{script}");
        assert!(text.contains("\nset -euo pipefail\n"), "{script}");
        let checked = Command::new("bash").arg("-n").arg(&path).output().unwrap();
        assert!(checked.status.success(), "{script}: {}", String::from_utf8_lossy(&checked.stderr));
        for forbidden in ["pkill", "killall"] {
            assert!(!text.contains(forbidden), "{script} ends processes by name");
        }
    }
}

/// A stage of the Dockerfile.
struct Stage {
    name: String,
    base: String,
    lines: Vec<String>,
}

impl Stage {
    /// What follows the last `instruction`.
    fn last(&self, instruction: &str) -> Option<&str> {
        self.lines.iter().rev().find_map(|line| line.strip_prefix(instruction).map(str::trim))
    }
}

fn stages() -> Vec<Stage> {
    let mut stages: Vec<Stage> = Vec::new();
    for line in read("deploy/Dockerfile").lines() {
        if let Some((base, name)) = line.strip_prefix("FROM ").and_then(|rest| rest.split_once(" AS ")) {
            stages.push(Stage { name: name.to_owned(), base: base.to_owned(), lines: Vec::new() });
        } else if let Some(stage) = stages.last_mut() {
            stage.lines.push(line.to_owned());
        }
    }
    stages
}

fn services() -> BTreeMap<String, Value> {
    compose()["services"].as_object().unwrap().iter().map(|(name, service)| (name.clone(), service.clone())).collect()
}

fn compose() -> Value {
    yaml("docker-compose.yml")
}

fn yaml(path: &str) -> Value {
    serde_saphyr::from_str(&read(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn list(value: &Value) -> Vec<String> {
    value.as_array().into_iter().flatten().map(|item| item.as_str().unwrap().to_owned()).collect()
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}
