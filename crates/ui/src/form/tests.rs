//! What every form promises: nothing typed is lost, every error leads to its field, nothing typed is markup.

use kit::{Currency, FormErrors, Reader, t};

use super::field;
use super::form;

fn drawn(form: &super::Form) -> String {
    form.render(&Reader::default()).into_string()
}

#[test]
fn typed_values_are_kept_and_stay_text() {
    let hostile = "\"><script>alert(1)</script>";
    let shown = drawn(
        &form("/x", "token")
            .field(field::text("name", t!("Name")).value(hostile))
            .field(field::area("words", t!("Words")).value("</textarea><b>"))
            .field(field::money("price", t!("Price"), Currency::EUR).value("12,5x")),
    );
    assert!(!shown.contains("<script"), "{shown}");
    assert!(!shown.contains("</textarea><b>"), "{shown}");
    assert!(shown.contains("value=\"&quot;&gt;&lt;script"), "{shown}");
    assert!(shown.contains("value=\"12,5x\""), "{shown}");
}

#[test]
fn every_error_is_said_twice_and_leads_to_its_field() {
    let mut errors = FormErrors::one("e-mail", t!("This address is taken."));
    errors.add("", t!("The house is full."));
    let shown = drawn(
        &form("/x", "token")
            .errors(&errors)
            .field(field::email("e-mail", t!("E-mail"))),
    );
    assert!(shown.contains("href=\"#form-e-mail\""), "{shown}");
    assert!(shown.contains("id=\"form-e-mail\""), "{shown}");
    assert!(
        shown.contains("aria-describedby=\"form-e-mail-error\""),
        "{shown}"
    );
    assert!(shown.contains("aria-invalid=\"true\""), "{shown}");
    assert!(shown.contains("The house is full."), "{shown}");
    assert_eq!(shown.matches("This address is taken.").count(), 2);
}

#[test]
fn passwords_and_secrets_are_never_sent_back() {
    let shown = drawn(
        &form("/x", "token")
            .field(field::password("password", t!("Password")).value("hunter2"))
            .field(field::secret("key", t!("Key"), true).value("sk_live")),
    );
    assert!(
        !shown.contains("hunter2") && !shown.contains("sk_live"),
        "{shown}"
    );
}

#[test]
fn a_posting_form_carries_the_token() {
    let shown = drawn(&form("/x", "to<ken").submit(t!("Save")));
    assert!(
        shown.contains("name=\"csrf\" value=\"to&lt;ken\""),
        "{shown}"
    );
}

#[test]
fn the_chosen_option_is_chosen_again() {
    let kind = field::select("kind", t!("Kind"))
        .required()
        .option("a", t!("A"))
        .option("b", t!("B"))
        .value("b");
    let shown = drawn(&form("/x", "t").field(kind));
    assert!(shown.contains("value=\"b\" selected"), "{shown}");
    assert!(!shown.contains("value=\"a\" selected"), "{shown}");
}
