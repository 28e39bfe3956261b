//! Ids: short integers that people can say on a telephone, one type for each noun.

macro_rules! id {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, sqlx::Type, serde::Serialize, serde::Deserialize)]
        #[sqlx(transparent)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }
    )*};
}

id! {
    /// A person who may sign in.
    UserId,
    /// One sign-in of a person, on one browser.
    SessionId,
    /// A token by which a program signs in for a person.
    TokenId,
    /// A company that owns seats.
    CompanyId,
    /// A purchase.
    AgreementId,
    /// A license server.
    LicenseServerId,
    /// A key pack installation.
    KeyPackId,
    /// A client: a computer, or for Per User licenses a person.
    ClientId,
    /// One license of a key pack, held by one client.
    LicenseId,
    /// One seat moving from one client to another.
    TransferId,
    /// A request to Microsoft for licenses.
    ReissueId,
    /// A telephone call to Microsoft.
    CallId,
    /// A saved view of a list.
    SavedViewId,
    /// A twin or a ghost that imports showed.
    FindingId,
    /// An import: one or several files from license servers.
    ImportId,
}
