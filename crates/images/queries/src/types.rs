// This file was generated with `cornucopia`. Do not modify.

pub mod images {
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    #[allow(non_camel_case_types)]
    pub enum Visibility {
        Private,
        Unlisted,
        Public,
    }
    impl<'a> postgres_types::ToSql for Visibility {
        fn to_sql(
            &self,
            ty: &postgres_types::Type,
            buf: &mut postgres_types::private::BytesMut,
        ) -> Result<postgres_types::IsNull, Box<dyn std::error::Error + Sync + Send>> {
            let s = match *self {
                Visibility::Private => "private",
                Visibility::Unlisted => "unlisted",
                Visibility::Public => "public",
            };
            buf.extend_from_slice(s.as_bytes());
            std::result::Result::Ok(postgres_types::IsNull::No)
        }
        fn accepts(ty: &postgres_types::Type) -> bool {
            if ty.name() != "visibility" {
                return false;
            }
            match *ty.kind() {
                postgres_types::Kind::Enum(ref variants) => {
                    if variants.len() != 3 {
                        return false;
                    }
                    variants.iter().all(|v| match &**v {
                        "private" => true,
                        "unlisted" => true,
                        "public" => true,
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
    impl<'a> postgres_types::FromSql<'a> for Visibility {
        fn from_sql(
            ty: &postgres_types::Type,
            buf: &'a [u8],
        ) -> Result<Visibility, Box<dyn std::error::Error + Sync + Send>> {
            match std::str::from_utf8(buf)? {
                "private" => Ok(Visibility::Private),
                "unlisted" => Ok(Visibility::Unlisted),
                "public" => Ok(Visibility::Public),
                s => Result::Err(Into::into(format!("invalid variant `{}`", s))),
            }
        }
        fn accepts(ty: &postgres_types::Type) -> bool {
            if ty.name() != "visibility" {
                return false;
            }
            match *ty.kind() {
                postgres_types::Kind::Enum(ref variants) => {
                    if variants.len() != 3 {
                        return false;
                    }
                    variants.iter().all(|v| match &**v {
                        "private" => true,
                        "unlisted" => true,
                        "public" => true,
                        _ => false,
                    })
                }
                _ => false,
            }
        }
    }
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    #[allow(non_camel_case_types)]
    pub enum State {
        Pending,
        Stored,
        Ready,
        Failed,
        Deleting,
        Deleted,
    }
    impl<'a> postgres_types::ToSql for State {
        fn to_sql(
            &self,
            ty: &postgres_types::Type,
            buf: &mut postgres_types::private::BytesMut,
        ) -> Result<postgres_types::IsNull, Box<dyn std::error::Error + Sync + Send>> {
            let s = match *self {
                State::Pending => "pending",
                State::Stored => "stored",
                State::Ready => "ready",
                State::Failed => "failed",
                State::Deleting => "deleting",
                State::Deleted => "deleted",
            };
            buf.extend_from_slice(s.as_bytes());
            std::result::Result::Ok(postgres_types::IsNull::No)
        }
        fn accepts(ty: &postgres_types::Type) -> bool {
            if ty.name() != "state" {
                return false;
            }
            match *ty.kind() {
                postgres_types::Kind::Enum(ref variants) => {
                    if variants.len() != 6 {
                        return false;
                    }
                    variants.iter().all(|v| match &**v {
                        "pending" => true,
                        "stored" => true,
                        "ready" => true,
                        "failed" => true,
                        "deleting" => true,
                        "deleted" => true,
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
    impl<'a> postgres_types::FromSql<'a> for State {
        fn from_sql(
            ty: &postgres_types::Type,
            buf: &'a [u8],
        ) -> Result<State, Box<dyn std::error::Error + Sync + Send>> {
            match std::str::from_utf8(buf)? {
                "pending" => Ok(State::Pending),
                "stored" => Ok(State::Stored),
                "ready" => Ok(State::Ready),
                "failed" => Ok(State::Failed),
                "deleting" => Ok(State::Deleting),
                "deleted" => Ok(State::Deleted),
                s => Result::Err(Into::into(format!("invalid variant `{}`", s))),
            }
        }
        fn accepts(ty: &postgres_types::Type) -> bool {
            if ty.name() != "state" {
                return false;
            }
            match *ty.kind() {
                postgres_types::Kind::Enum(ref variants) => {
                    if variants.len() != 6 {
                        return false;
                    }
                    variants.iter().all(|v| match &**v {
                        "pending" => true,
                        "stored" => true,
                        "ready" => true,
                        "failed" => true,
                        "deleting" => true,
                        "deleted" => true,
                        _ => false,
                    })
                }
                _ => false,
            }
        }
    }
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    #[allow(non_camel_case_types)]
    pub enum RenditionFormat {
        Avif,
        Webp,
        Jpeg,
        Png,
    }
    impl<'a> postgres_types::ToSql for RenditionFormat {
        fn to_sql(
            &self,
            ty: &postgres_types::Type,
            buf: &mut postgres_types::private::BytesMut,
        ) -> Result<postgres_types::IsNull, Box<dyn std::error::Error + Sync + Send>> {
            let s = match *self {
                RenditionFormat::Avif => "avif",
                RenditionFormat::Webp => "webp",
                RenditionFormat::Jpeg => "jpeg",
                RenditionFormat::Png => "png",
            };
            buf.extend_from_slice(s.as_bytes());
            std::result::Result::Ok(postgres_types::IsNull::No)
        }
        fn accepts(ty: &postgres_types::Type) -> bool {
            if ty.name() != "rendition_format" {
                return false;
            }
            match *ty.kind() {
                postgres_types::Kind::Enum(ref variants) => {
                    if variants.len() != 4 {
                        return false;
                    }
                    variants.iter().all(|v| match &**v {
                        "avif" => true,
                        "webp" => true,
                        "jpeg" => true,
                        "png" => true,
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
    impl<'a> postgres_types::FromSql<'a> for RenditionFormat {
        fn from_sql(
            ty: &postgres_types::Type,
            buf: &'a [u8],
        ) -> Result<RenditionFormat, Box<dyn std::error::Error + Sync + Send>> {
            match std::str::from_utf8(buf)? {
                "avif" => Ok(RenditionFormat::Avif),
                "webp" => Ok(RenditionFormat::Webp),
                "jpeg" => Ok(RenditionFormat::Jpeg),
                "png" => Ok(RenditionFormat::Png),
                s => Result::Err(Into::into(format!("invalid variant `{}`", s))),
            }
        }
        fn accepts(ty: &postgres_types::Type) -> bool {
            if ty.name() != "rendition_format" {
                return false;
            }
            match *ty.kind() {
                postgres_types::Kind::Enum(ref variants) => {
                    if variants.len() != 4 {
                        return false;
                    }
                    variants.iter().all(|v| match &**v {
                        "avif" => true,
                        "webp" => true,
                        "jpeg" => true,
                        "png" => true,
                        _ => false,
                    })
                }
                _ => false,
            }
        }
    }
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    #[allow(non_camel_case_types)]
    pub enum UploadKind {
        Single,
        Parts,
        Tus,
        TusPartial,
    }
    impl<'a> postgres_types::ToSql for UploadKind {
        fn to_sql(
            &self,
            ty: &postgres_types::Type,
            buf: &mut postgres_types::private::BytesMut,
        ) -> Result<postgres_types::IsNull, Box<dyn std::error::Error + Sync + Send>> {
            let s = match *self {
                UploadKind::Single => "single",
                UploadKind::Parts => "parts",
                UploadKind::Tus => "tus",
                UploadKind::TusPartial => "tus_partial",
            };
            buf.extend_from_slice(s.as_bytes());
            std::result::Result::Ok(postgres_types::IsNull::No)
        }
        fn accepts(ty: &postgres_types::Type) -> bool {
            if ty.name() != "upload_kind" {
                return false;
            }
            match *ty.kind() {
                postgres_types::Kind::Enum(ref variants) => {
                    if variants.len() != 4 {
                        return false;
                    }
                    variants.iter().all(|v| match &**v {
                        "single" => true,
                        "parts" => true,
                        "tus" => true,
                        "tus_partial" => true,
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
    impl<'a> postgres_types::FromSql<'a> for UploadKind {
        fn from_sql(
            ty: &postgres_types::Type,
            buf: &'a [u8],
        ) -> Result<UploadKind, Box<dyn std::error::Error + Sync + Send>> {
            match std::str::from_utf8(buf)? {
                "single" => Ok(UploadKind::Single),
                "parts" => Ok(UploadKind::Parts),
                "tus" => Ok(UploadKind::Tus),
                "tus_partial" => Ok(UploadKind::TusPartial),
                s => Result::Err(Into::into(format!("invalid variant `{}`", s))),
            }
        }
        fn accepts(ty: &postgres_types::Type) -> bool {
            if ty.name() != "upload_kind" {
                return false;
            }
            match *ty.kind() {
                postgres_types::Kind::Enum(ref variants) => {
                    if variants.len() != 4 {
                        return false;
                    }
                    variants.iter().all(|v| match &**v {
                        "single" => true,
                        "parts" => true,
                        "tus" => true,
                        "tus_partial" => true,
                        _ => false,
                    })
                }
                _ => false,
            }
        }
    }
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    #[allow(non_camel_case_types)]
    pub enum UploadSessionState {
        Open,
        Finishing,
        Finished,
        Joined,
        Ended,
    }
    impl<'a> postgres_types::ToSql for UploadSessionState {
        fn to_sql(
            &self,
            ty: &postgres_types::Type,
            buf: &mut postgres_types::private::BytesMut,
        ) -> Result<postgres_types::IsNull, Box<dyn std::error::Error + Sync + Send>> {
            let s = match *self {
                UploadSessionState::Open => "open",
                UploadSessionState::Finishing => "finishing",
                UploadSessionState::Finished => "finished",
                UploadSessionState::Joined => "joined",
                UploadSessionState::Ended => "ended",
            };
            buf.extend_from_slice(s.as_bytes());
            std::result::Result::Ok(postgres_types::IsNull::No)
        }
        fn accepts(ty: &postgres_types::Type) -> bool {
            if ty.name() != "upload_session_state" {
                return false;
            }
            match *ty.kind() {
                postgres_types::Kind::Enum(ref variants) => {
                    if variants.len() != 5 {
                        return false;
                    }
                    variants.iter().all(|v| match &**v {
                        "open" => true,
                        "finishing" => true,
                        "finished" => true,
                        "joined" => true,
                        "ended" => true,
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
    impl<'a> postgres_types::FromSql<'a> for UploadSessionState {
        fn from_sql(
            ty: &postgres_types::Type,
            buf: &'a [u8],
        ) -> Result<UploadSessionState, Box<dyn std::error::Error + Sync + Send>> {
            match std::str::from_utf8(buf)? {
                "open" => Ok(UploadSessionState::Open),
                "finishing" => Ok(UploadSessionState::Finishing),
                "finished" => Ok(UploadSessionState::Finished),
                "joined" => Ok(UploadSessionState::Joined),
                "ended" => Ok(UploadSessionState::Ended),
                s => Result::Err(Into::into(format!("invalid variant `{}`", s))),
            }
        }
        fn accepts(ty: &postgres_types::Type) -> bool {
            if ty.name() != "upload_session_state" {
                return false;
            }
            match *ty.kind() {
                postgres_types::Kind::Enum(ref variants) => {
                    if variants.len() != 5 {
                        return false;
                    }
                    variants.iter().all(|v| match &**v {
                        "open" => true,
                        "finishing" => true,
                        "finished" => true,
                        "joined" => true,
                        "ended" => true,
                        _ => false,
                    })
                }
                _ => false,
            }
        }
    }
}
