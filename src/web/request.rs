//! Where a request comes from.

use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::header::{HOST, USER_AGENT};
use axum::http::request::Parts;
use ipnet::IpNet;

use super::app::App;
use super::error::{Error, Outcome};

/// The network address and browser that a request comes from.
#[derive(Clone, Debug)]
pub struct Origin {
    /// The address; behind a trusted proxy, the one that the proxy forwards.
    pub address: String,
    /// The browser, as it names itself.
    pub browser: String,
    /// Where it reached the console, such as `http://localhost:8080`: as the settings say, else as the request does.
    pub site: String,
}

impl FromRequestParts<App> for Origin {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Outcome<Origin> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
        let header = |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let forwarded = client_address(peer, header("x-forwarded-for"), &app.settings.trusted_proxies);
        let address = forwarded.map_or_else(|| "unknown".to_owned(), |ip| ip.to_string());
        let site = app.settings.public_url.clone().unwrap_or_else(|| format!("http://{}", header(HOST.as_str())));
        Ok(Origin { address, browser: header(USER_AGENT.as_str()).to_owned(), site })
    }
}

/// The nearest address that is not a trusted proxy's own, read from the right of `X-Forwarded-For`.
fn client_address(peer: Option<IpAddr>, forwarded: &str, trusted: &[IpNet]) -> Option<IpAddr> {
    let mut address = peer?;
    for hop in forwarded.rsplit(',') {
        if !trusted.iter().any(|net| net.contains(&address)) {
            break;
        }
        match hop.trim().parse() {
            Ok(ip) => address = ip,
            Err(_) => break,
        }
    }
    Some(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_forwarded_address_counts_only_behind_a_trusted_proxy() {
        let ip = |text: &str| text.parse::<IpAddr>().unwrap();
        let proxy = ["10.0.0.0/24".parse::<IpNet>().unwrap()];
        for (peer, forwarded, trusted, expected) in [
            ("192.0.2.9", "198.51.100.1", &proxy[..], "192.0.2.9"),
            ("10.0.0.1", "198.51.100.1", &proxy[..], "198.51.100.1"),
            ("10.0.0.1", "203.0.113.5, 198.51.100.1", &proxy[..], "198.51.100.1"),
            ("10.0.0.1", "nonsense", &proxy[..], "10.0.0.1"),
            ("10.0.0.1", "198.51.100.1", &[][..], "10.0.0.1"),
        ] {
            assert_eq!(client_address(Some(ip(peer)), forwarded, trusted), Some(ip(expected)), "{peer} {forwarded}");
        }
    }
}
