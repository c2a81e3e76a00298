//! How a list is paged, for the API description. The pages themselves are `domain::api`'s.

use utoipa::IntoParams;

/// The query of every list, for the API description.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the query; the query itself is read by `QueryFields`")]
pub struct PageQuery {
    /// How many entries, 1 to 200; 50 if absent.
    #[param(minimum = 1, maximum = 200, example = 50)]
    limit: Option<i64>,
    /// `nextCursor` of the page before.
    cursor: Option<String>,
}
