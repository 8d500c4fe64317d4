//! A problem as a page, for a person whose browser came here by itself: on the way to or from a provider of
//! identities. It loads nothing and runs nothing.

use super::Code;

/// The media type of a page.
pub(super) const CONTENT_TYPE: &str = "text/html; charset=utf-8";

/// The page that tells of a problem.
pub(super) fn written(code: Code, detail: &str, request_id: &str) -> String {
    let (title, detail) = (escaped(code.title()), escaped(detail));
    format!(
        "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width\"><title>{title} · Rishi</title><main><h1>{title}</h1>\
         <p>{detail}.</p><p><a href=\"/sign-in\">Back to sign-in</a></p>\
         <p><small>{code} · {request_id}</small></p></main></html>\n",
        code = code.as_str(),
    )
}

/// Text as it stands in a page.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_problem_becomes_markup() {
        let page = written(Code::SignInRefused, "a <script>\"x\" & 'y'</script>", "job-7");
        assert!(
            page.contains("a &lt;script&gt;&quot;x&quot; &amp; &#39;y&#39;&lt;/script&gt;."),
            "{page}"
        );
        assert!(page.contains("<h1>You are not let in</h1>") && page.contains("sign_in_refused"));
    }
}
