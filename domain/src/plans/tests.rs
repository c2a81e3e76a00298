//! The plans: how they are read, and the whole matrix as the mission has it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::*;

#[test]
fn a_plan_is_read_in_any_case_and_written_in_lower_case() {
    assert_eq!("Veloria".parse(), Ok(Plan::Veloria));
    assert_eq!(serde_json::from_str::<Plan>("\"IMPERIUM\"").unwrap(), Plan::Imperium);
    assert_eq!(serde_json::to_string(&Plan::Ivory).unwrap(), "\"ivory\"");
    assert_eq!("gold".parse::<Plan>(), Err(UnknownPlanError));
    assert!(Plan::ALL.iter().all(|plan| serde_json::to_value(plan).unwrap() == plan.as_str()));
}

#[test]
fn a_bigger_plan_never_allows_less() {
    assert!(Plan::ALL.is_sorted());
    for &feature in Feature::ALL {
        assert!(Plan::Imperium.allows(feature));
        assert!(Plan::ALL.map(|plan| plan.allows(feature)).is_sorted(), "{feature}");
    }
}

#[test]
fn the_map_of_the_mission_holds() {
    for (wire, plan) in [
        ("ai.no_show", Plan::Veloria),
        ("ai.upsell", Plan::Veloria),
        ("ai.voice_notes", Plan::Imperium),
        ("marketing.flows", Plan::Veloria),
        ("marketing.flows.pro", Plan::Imperium),
        ("booking.whitelabel", Plan::Imperium),
        ("appointments.conflict_resolver", Plan::Imperium),
        ("sync", Plan::Ivory),
    ] {
        assert_eq!(Feature::from_wire(wire).map(Feature::min_plan), Some(plan), "{wire}");
    }
    assert!(!Plan::Ivory.allows(Feature::AiNoShow));
    assert_eq!(serde_json::to_string(&Feature::FlowsPro).unwrap(), "\"marketing.flows.pro\"");
}

#[test]
fn what_keeps_her_data_hers_is_on_every_plan() {
    for feature in [
        Feature::Sync,
        Feature::Conflicts,
        Feature::History,
        Feature::Export,
        Feature::Clients,
        Feature::Appointments,
    ] {
        assert_eq!(feature.min_plan(), Plan::Ivory, "{feature}");
    }
}

/// What each module has on each plan; a plan's cell names what it adds to the plan before it.
#[test]
fn the_whole_matrix() {
    assert_eq!(Module::ALL.len(), 16);
    let mut cells: BTreeMap<(Module, Plan), Vec<&str>> = BTreeMap::new();
    for &feature in Feature::ALL {
        cells.entry((feature.module(), feature.min_plan())).or_default().push(feature.as_str());
    }
    let mut matrix = String::new();
    for &module in Module::ALL {
        writeln!(matrix, "{module}").unwrap();
        let mut is_there = false;
        for plan in Plan::ALL {
            let added = cells.get(&(module, plan)).map_or_else(String::new, |names| names.join(", "));
            is_there |= !added.is_empty();
            let cell = if is_there { format!("+ {added}") } else { "-".to_owned() };
            writeln!(matrix, "  {:<9}{}", plan.as_str(), cell.trim_end()).unwrap();
        }
    }
    insta::assert_snapshot!("matrix", matrix);
}
