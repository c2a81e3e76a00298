//! The main routes as requests to send: whose turn it is, what is asked, in which order. Pure.

use jiff::ToSpan as _;
use jiff::civil::Date;
use reqwest::Method;
use serde_json::json;

use super::super::load::Shot;
use super::tenants::Tenants;

/// A route that is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Route {
    ListClients,
    SearchClients,
    GetClient,
    Week,
    GetVisit,
    NotesOfClient,
    EditClient,
    AddClient,
}

impl Route {
    pub(super) const ALL: [Self; 8] = [
        Self::ListClients,
        Self::SearchClients,
        Self::GetClient,
        Self::Week,
        Self::GetVisit,
        Self::NotesOfClient,
        Self::EditClient,
        Self::AddClient,
    ];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::ListClients => "GET /clients",
            Self::SearchClients => "GET /clients?search=",
            Self::GetClient => "GET /clients/{id}",
            Self::Week => "GET /appointments, a week",
            Self::GetVisit => "GET /appointments/{id}",
            Self::NotesOfClient => "GET /notes?clientId=",
            Self::EditClient => "PATCH /clients/{id}",
            Self::AddClient => "POST /clients",
        }
    }

    pub(super) const fn writes(self) -> bool {
        matches!(self, Self::EditClient | Self::AddClient)
    }

    /// The i-th request of this route, to one tenant after the other or always to the large one.
    pub(super) fn shot(self, server: &str, tenants: &Tenants, today: Date, i: usize, big: bool) -> Shot {
        let tenant = &tenants.all[if big { 0 } else { i % tenants.all.len() }];
        let client = tenant.clients[(i * 31) % tenant.clients.len()];
        let visit = tenant.visits[(i * 31) % tenant.visits.len()];
        let (method, path, body) = match self {
            Self::ListClients => (Method::GET, "/clients?limit=50".to_owned(), None),
            Self::SearchClients => (Method::GET, format!("/clients?limit=50&search=user{}", i % 1_000), None),
            Self::GetClient => (Method::GET, format!("/clients/{client}"), None),
            Self::Week => {
                let weeks = i64::try_from(i % 200).unwrap_or(0);
                let from = today.saturating_sub((7 * weeks).days());
                let to = from.saturating_add(7.days());
                (
                    Method::GET,
                    format!("/appointments?from={from}T00:00:00Z&to={to}T00:00:00Z&limit=100"),
                    None,
                )
            }
            Self::GetVisit => (Method::GET, format!("/appointments/{visit}"), None),
            Self::NotesOfClient => (Method::GET, format!("/notes?clientId={client}"), None),
            Self::EditClient => (
                Method::PATCH,
                format!("/clients/{client}"),
                Some(json!({ "email": format!("rest{i}@mail.ru") })),
            ),
            Self::AddClient => {
                (Method::POST, "/clients".to_owned(), Some(json!({ "name": format!("Новая клиентка {i}") })))
            }
        };
        Shot { method, url: format!("{server}/api/v1{path}"), token: tenant.token.clone(), body }
    }
}
