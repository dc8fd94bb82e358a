//! Lists and searches accounts, for administrators.
use crate::{
    Account, AccountState, Error, Users, ValidationError,
    sql::{self, Params as _},
};
use infravault_db::Tx;
use infravault_kernel::{Ctx, Cursor, Id as _, Limit, Page, Role};
use time::{OffsetDateTime, macros::datetime};
use uuid::Uuid;

const MIN_TIME: OffsetDateTime = datetime!(0001-01-01 0:00 UTC);
const MAX_TIME: OffsetDateTime = datetime!(9999-12-31 23:59 UTC);

/// Filter of the account list. The default includes all accounts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccountFilter {
    pub role: Option<Role>,
    pub state: Option<AccountState>,
    pub created_after: Option<OffsetDateTime>,
    pub created_before: Option<OffsetDateTime>,
    /// Substring of the display name or the e-mail address.
    pub search: Option<SearchText>,
}

/// Search text: 1 to 200 characters without control characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SearchText(String);

impl SearchText {
    pub fn parse(text: &str) -> Result<Self, ValidationError> {
        let valid = (1..=200).contains(&text.chars().count()) && !text.chars().any(char::is_control);
        if valid {
            Ok(Self(text.to_owned()))
        } else {
            Err(ValidationError(
                "must have 1 to 200 characters and no control characters",
            ))
        }
    }

    /// Returns an ILIKE pattern that matches texts containing the search text literally.
    fn pattern(&self) -> String {
        let mut pattern = String::from("%");
        for character in self.0.chars() {
            if matches!(character, '%' | '_' | '\\') {
                pattern.push('\\');
            }
            pattern.push(character);
        }
        pattern.push('%');
        pattern
    }
}

impl AccountFilter {
    /// Identifies the filtered list; a cursor is bound to it.
    fn list_id(&self) -> impl serde::Serialize {
        (
            "accounts",
            self.role.map(Role::as_str),
            self.state.map(AccountState::as_str),
            self.created_after,
            self.created_before,
            self.search.as_ref().map(|text| text.0.clone()),
        )
    }
}

impl Users {
    /// Returns a page of accounts, newest first. Requires an administrator.
    pub async fn list_accounts(
        &self,
        ctx: &Ctx,
        filter: &AccountFilter,
        limit: Limit,
        cursor: Option<&Cursor>,
    ) -> Result<Page<Account>, Error> {
        let list_id = filter.list_id();
        let start = match cursor {
            Some(cursor) => cursor
                .position::<(OffsetDateTime, Uuid)>(&list_id)
                .map_err(Error::Cursor)?,
            None => (MAX_TIME, Uuid::max()),
        };
        let (tx, actor) = self.db.begin(ctx).await?;
        actor.require_admin()?;
        let rows = fetch_rows(&tx, filter, start, limit).await?;
        let accounts = rows
            .into_iter()
            .map(sql::account)
            .collect::<Result<Vec<_>, _>>()?;
        Ok(Page::from_rows(accounts, limit, |last| {
            Cursor::new(&list_id, &(last.created_at, last.id.uuid()))
        }))
    }
}

async fn fetch_rows(
    tx: &Tx,
    filter: &AccountFilter,
    (before, before_id): (OffsetDateTime, Uuid),
    limit: Limit,
) -> Result<Vec<sql::AccountRow>, Error> {
    let created_before = filter.created_before.unwrap_or(MAX_TIME);
    let created_after = filter.created_after.unwrap_or(MIN_TIME);
    let role = filter.role.map(sql::role_param);
    let state = filter.state.map(sql::state_param);
    let limit = limit.plus_one();
    let rows = if let Some(search) = &filter.search {
        let pattern = search.pattern();
        let search = sql::SearchAccountsParams {
            pattern,
            before,
            before_id,
            created_before,
            created_after,
            role,
            state,
            limit,
        };
        sql::search_accounts().params(&**tx, &search).all().await
    } else {
        let list = sql::ListAccountsParams {
            before,
            before_id,
            created_before,
            created_after,
            role,
            state,
            limit,
        };
        sql::list_accounts().params(&**tx, &list).all().await
    };
    rows.map_err(Error::from_statement)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_are_escaped() {
        for (text, pattern) in [
            ("ada", "%ada%"),
            ("100%", r"%100\%%"),
            ("a_b", r"%a\_b%"),
            (r"c:\d", r"%c:\\d%"),
        ] {
            assert_eq!(SearchText::parse(text).unwrap().pattern(), pattern);
        }
        for bad in ["", "a\0b", "a\nb", &"x".repeat(201)] {
            assert!(SearchText::parse(bad).is_err(), "{bad:?}");
        }
    }
}
