//! What to do about a server that cannot be reached.

use std::error::Error;
use std::io;

use rustls::CertificateError;

/// Words to put behind "cannot reach the database"; nothing where the cause says it all.
pub(super) fn advice(error: &(dyn Error + 'static)) -> String {
    let mut cause = Some(error);
    while let Some(one) = cause {
        if let Some(words) = of_tls(one).or_else(|| of_words(one)) {
            return format!(" ({words})");
        }
        cause = one.source();
    }
    String::new()
}

fn of_tls(error: &(dyn Error + 'static)) -> Option<&'static str> {
    // What an error of the network carries is not its source.
    let carried = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
    let found = carried.and_then(|carried| carried.downcast_ref::<rustls::Error>());
    let rustls::Error::InvalidCertificate(wrong) = found.or_else(|| error.downcast_ref())? else {
        return None;
    };
    Some(match wrong {
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "the server's certificate is for another name: write the name that stands in it into the address, or \
             give the server a certificate for this one"
        }
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            "the server's certificate has expired: renew it, and see that the clock here is right"
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "the server's certificate is not valid yet: see that the clock here is right"
        }
        _ => {
            "the server's certificate is not by an authority that is trusted here: add sslrootcert=PATH to the address \
             with the certificate of the authority that made it"
        }
    })
}

fn of_words(error: &(dyn Error + 'static)) -> Option<&'static str> {
    // The client has no type for it.
    (error.to_string() == "server does not support TLS").then_some(
        "the address asks for TLS and the server has none: set ssl = on there with a certificate, or leave sslmode \
         out where the way to the server is safe",
    )
}
