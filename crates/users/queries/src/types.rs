// This file was generated with `cornucopia`. Do not modify.

pub mod users {
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    #[allow(non_camel_case_types)]
    pub enum Role {
        User,
        Moderator,
        Admin,
    }
    impl<'a> postgres_types::ToSql for Role {
        fn to_sql(
            &self,
            ty: &postgres_types::Type,
            buf: &mut postgres_types::private::BytesMut,
        ) -> Result<postgres_types::IsNull, Box<dyn std::error::Error + Sync + Send>> {
            let s = match *self {
                Role::User => "USER",
                Role::Moderator => "MODERATOR",
                Role::Admin => "ADMIN",
            };
            buf.extend_from_slice(s.as_bytes());
            std::result::Result::Ok(postgres_types::IsNull::No)
        }
        fn accepts(ty: &postgres_types::Type) -> bool {
            if ty.name() != "role" {
                return false;
            }
            match *ty.kind() {
                postgres_types::Kind::Enum(ref variants) => {
                    if variants.len() != 3 {
                        return false;
                    }
                    variants.iter().all(|v| match &**v {
                        "USER" => true,
                        "MODERATOR" => true,
                        "ADMIN" => true,
                        _ => false,
                    })
                }
                _ => false,
            }
        }
        fn to_sql_checked(
            &self,
            ty: &postgres_types::Type,
            out: &mut postgres_types::private::BytesMut,
        ) -> Result<postgres_types::IsNull, Box<dyn std::error::Error + Sync + Send>> {
            postgres_types::__to_sql_checked(self, ty, out)
        }
    }
    impl<'a> postgres_types::FromSql<'a> for Role {
        fn from_sql(
            ty: &postgres_types::Type,
            buf: &'a [u8],
        ) -> Result<Role, Box<dyn std::error::Error + Sync + Send>> {
            match std::str::from_utf8(buf)? {
                "USER" => Ok(Role::User),
                "MODERATOR" => Ok(Role::Moderator),
                "ADMIN" => Ok(Role::Admin),
                s => Result::Err(Into::into(format!("invalid variant `{}`", s))),
            }
        }
        fn accepts(ty: &postgres_types::Type) -> bool {
            if ty.name() != "role" {
                return false;
            }
            match *ty.kind() {
                postgres_types::Kind::Enum(ref variants) => {
                    if variants.len() != 3 {
                        return false;
                    }
                    variants.iter().all(|v| match &**v {
                        "USER" => true,
                        "MODERATOR" => true,
                        "ADMIN" => true,
                        _ => false,
                    })
                }
                _ => false,
            }
        }
    }
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    #[allow(non_camel_case_types)]
    pub enum AccountState {
        Active,
        Suspended,
    }
    impl<'a> postgres_types::ToSql for AccountState {
        fn to_sql(
            &self,
            ty: &postgres_types::Type,
            buf: &mut postgres_types::private::BytesMut,
        ) -> Result<postgres_types::IsNull, Box<dyn std::error::Error + Sync + Send>> {
            let s = match *self {
                AccountState::Active => "active",
                AccountState::Suspended => "suspended",
            };
            buf.extend_from_slice(s.as_bytes());
            std::result::Result::Ok(postgres_types::IsNull::No)
        }
        fn accepts(ty: &postgres_types::Type) -> bool {
            if ty.name() != "account_state" {
                return false;
            }
            match *ty.kind() {
                postgres_types::Kind::Enum(ref variants) => {
                    if variants.len() != 2 {
                        return false;
                    }
                    variants.iter().all(|v| match &**v {
                        "active" => true,
                        "suspended" => true,
                        _ => false,
                    })
                }
                _ => false,
            }
        }
        fn to_sql_checked(
            &self,
            ty: &postgres_types::Type,
            out: &mut postgres_types::private::BytesMut,
        ) -> Result<postgres_types::IsNull, Box<dyn std::error::Error + Sync + Send>> {
            postgres_types::__to_sql_checked(self, ty, out)
        }
    }
    impl<'a> postgres_types::FromSql<'a> for AccountState {
        fn from_sql(
            ty: &postgres_types::Type,
            buf: &'a [u8],
        ) -> Result<AccountState, Box<dyn std::error::Error + Sync + Send>> {
            match std::str::from_utf8(buf)? {
                "active" => Ok(AccountState::Active),
                "suspended" => Ok(AccountState::Suspended),
                s => Result::Err(Into::into(format!("invalid variant `{}`", s))),
            }
        }
        fn accepts(ty: &postgres_types::Type) -> bool {
            if ty.name() != "account_state" {
                return false;
            }
            match *ty.kind() {
                postgres_types::Kind::Enum(ref variants) => {
                    if variants.len() != 2 {
                        return false;
                    }
                    variants.iter().all(|v| match &**v {
                        "active" => true,
                        "suspended" => true,
                        _ => false,
                    })
                }
                _ => false,
            }
        }
    }
}
