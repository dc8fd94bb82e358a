//! Lists and searches all accounts, for administrators.
use crate::{
    Account, Error, State, Users, ValidationError,
    sql::{self, Params as _},
};
use infravault_db::Tx;
use infravault_kernel::{Ctx, Cursor, Id as _, Limit, Page, Role};
use time::{OffsetDateTime, macros::datetime};
use uuid::Uuid;

const BEFORE_ALL: OffsetDateTime = datetime!(0001-01-01 0:00 UTC);
const AFTER_ALL: OffsetDateTime = datetime!(9999-12-31 23:59 UTC);

/// Which accounts are wanted; nothing set means all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccountFilter {
    /// Only with this role.
    pub role: Option<Role>,
    /// Only in this state.
    pub state: Option<State>,
    /// Only those made after this moment.
    pub created_after: Option<OffsetDateTime>,
    /// Only those made before this moment.
    pub created_before: Option<OffsetDateTime>,
    /// Only those whose display name or e-mail address contains this.
    pub search: Option<SearchText>,
}

/// Text to look for: 1 to 200 characters without control characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SearchText(String);

impl SearchText {
    /// Accepts a text.
    pub fn parse(text: &str) -> Result<Self, ValidationError> {
        let fits = (1..=200).contains(&text.chars().count()) && !text.chars().any(char::is_control);
        if fits {
            Ok(Self(text.to_owned()))
        } else {
            Err(ValidationError(
                "must have 1 to 200 characters, none of them a control character",
            ))
        }
    }

    /// A pattern for ILIKE that matches whatever contains the text; the wildcards `%` and `_` and the escape
    /// sign `\` stand for themselves.
    fn pattern(&self) -> String {
        let mut pattern = String::from("%");
        for letter in self.0.chars() {
            if matches!(letter, '%' | '_' | '\\') {
                pattern.push('\\');
            }
            pattern.push(letter);
        }
        pattern.push('%');
        pattern
    }
}

impl AccountFilter {
    /// What makes this list another list than the next one; a cursor is bound to it.
    fn list(&self) -> impl serde::Serialize {
        (
            "accounts",
            self.role.map(Role::as_str),
            self.state.map(State::as_str),
            self.created_after,
            self.created_before,
            self.search.as_ref().map(|text| text.0.clone()),
        )
    }
}

impl Users {
    /// A page of accounts, newest first, for an administrator.
    pub async fn list_accounts(
        &self,
        ctx: &Ctx,
        filter: &AccountFilter,
        limit: Limit,
        cursor: Option<&Cursor>,
    ) -> Result<Page<Account>, Error> {
        let list = filter.list();
        let start = match cursor {
            Some(cursor) => cursor
                .position::<(OffsetDateTime, Uuid)>(&list)
                .map_err(Error::Cursor)?,
            None => (AFTER_ALL, Uuid::max()),
        };
        let (tx, actor) = self.db.begin(ctx).await?;
        actor.require_admin()?;
        let rows = rows(&tx, filter, start, limit).await?;
        let accounts = rows
            .into_iter()
            .map(sql::account)
            .collect::<Result<Vec<_>, _>>()?;
        Ok(Page::from_rows(accounts, limit, |last| {
            Cursor::new(&list, &(last.created_at, last.id.uuid()))
        }))
    }
}

async fn rows(
    tx: &Tx,
    filter: &AccountFilter,
    (before, before_id): (OffsetDateTime, Uuid),
    limit: Limit,
) -> Result<Vec<sql::AccountRow>, Error> {
    let created_before = filter.created_before.unwrap_or(AFTER_ALL);
    let created_after = filter.created_after.unwrap_or(BEFORE_ALL);
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
    fn wildcards_stand_for_themselves() {
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
