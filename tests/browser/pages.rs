//! Every page and every state of it, narrow and wide, light and dark: axe finds nothing, nothing stands
//! out over the side, the browser's console is empty, and a picture of it is kept.

use crate::exports::{Export, three_computers};
use crate::steps::{PASSWORD, apply, set_up, sign_in};
use crate::support::{Browser, Server, password_of};
use crate::tour::Tour;
use std::io::Write as _;
use std::net::TcpStream;

const A4: (&str, f64, f64) = ("a4", 8.27, 11.69);

#[tokio::test]
async fn every_page_of_a_new_installation_keeps_nobody_out() {
    let mut server = Server::start().await;
    let link = server.set_up_link().await;
    let (_, token) = link.split_once("/set-up/").expect("a link has a token");
    let mut tour = Tour::new(&server, Browser::new(true, false, 1280).await);
    tour.page("set-up", &format!("/set-up/{token}"), "Make the first admin").await;
    tour.press("Save and sign in", "set-up-refused", "things to mend").await;
    tour.page("sign-in", "/sign-in", "Sign in").await;
    tour.browser.fill("Name", "nobody").await;
    tour.browser.fill("Password", "wrong").await;
    tour.press("Sign in", "sign-in-refused", "do not belong together").await;
    tour.page("no-page-signed-out", "/set-up/used", "There is nothing here").await;

    let Tour { browser, wrong, sources, .. } = tour;
    set_up(&browser, &mut server).await;
    let mut tour = Tour { server: &server, browser, wrong, sources };
    tour.page("home-empty", "/", "Nothing here yet").await;
    tour.page("key-packs-empty", "/key-packs", "No key pack yet").await;
    tour.page("clients-empty", "/clients", "No client yet").await;
    tour.page("licenses-empty", "/licenses", "No license yet").await;
    tour.page("imports-empty", "/imports", "No import yet").await;
    tour.page("license-servers-empty", "/license-servers", "No license server yet").await;
    tour.page("import-new-first", "/imports/new", "How to export a license server").await;
    tour.page("people-one", "/users", "Who may sign in").await;
    tour.press("Add and make a link", "people-refused", "to mend").await;
    tour.browser.fill("Name to sign in with", "Audrey").await;
    tour.browser.fill("Auditor", "on").await;
    tour.press("Add and make a link", "link", "A link for Audrey").await;
    let link = tour.browser.script("return document.querySelector('main code').innerText").await;
    tour.page("styleguide", "/styleguide", "Colors that mean something").await;
    tour.page("checks-none", "/checks", "have not been checked yet").await;
    tour.press("Back up now", "checks", "It is done; see the result.").await;
    tour.page("account", "/account", "Your sessions").await;
    tour.press("Make a token", "account-token-refused", "to mend").await;
    tour.browser.fill("What it is for", "nightly inventory").await;
    tour.press("Make a token", "token", "A token for nightly inventory").await;
    tour.page("account-token", "/account", "nightly inventory").await;
    tour.press("Change the password", "account-refused", "to mend").await;
    tour.page("tokens", "/tokens", "What programs sign in with").await;
    tour.page("api", "/api", "What programs can ask").await;
    let open = "document.querySelector('#patch_agreements_id').open = true; return null";
    tour.browser.script(open).await;
    tour.look("api-open", "Corrects what is recorded of a purchase").await;
    tour.page("history-first", "/history", "Person added").await;
    what_was_not_sent(&mut tour).await;
    tour.browser.press("Sign out").await;
    tour.look("signed-out", "You are signed out.").await;

    let (_, token) = link.as_str().and_then(|link| link.split_once("/set-up/")).expect("the page shows a link");
    tour.page("set-password", &format!("/set-up/{token}"), "Set your password").await;
    tour.browser.fill("Password", PASSWORD).await;
    tour.browser.fill("The same password again", PASSWORD).await;
    tour.press("Save and sign in", "home-empty-auditor", "Nothing here yet").await;
    tour.end();
}

/// What was typed and not sent: offered when its page is opened again, and carried through signing in.
async fn what_was_not_sent(tour: &mut Tour<'_>) {
    tour.browser.visit(&tour.server.at("/companies/new")).await;
    tour.browser.fill("Name", "Contoso").await;
    tour.browser.fill("Address", "Main Street 1\nNowhere").await;
    tour.page("form-offered", "/companies/new", "was not sent.").await;
    tour.browser.press("Restore it").await;
    tour.browser.lose_session().await;
    tour.press("Add the company", "sign-in-ended", "Your session has ended.").await;
    tour.browser.fill("Name", "Ada").await;
    tour.browser.fill("Password", "wrong").await;
    tour.press("Sign in", "sign-in-ended-refused", "do not belong together").await;
    tour.browser.fill("Password", PASSWORD).await;
    tour.press("Sign in", "signed-in-again", "You are signed in again").await;
    tour.browser.visit(&tour.server.at("/")).await;
}

#[tokio::test]
async fn every_page_of_a_full_installation_keeps_nobody_out() {
    let server = Server::demo().await;
    let mut tour = Tour::new(&server, Browser::new(true, false, 1280).await);
    sign_in(&tour.browser, &server, "admin", password_of("admin")).await;
    tour.page("home", "/", "Needs somebody").await;
    for (list, one, title, words) in [
        ("key-packs", "key-pack", "Key pack installations", "What its server said, import by import"),
        ("clients", "client", "Clients", "Everything that happened to it"),
        ("licenses", "license", "Licenses", "Everything that happened to it"),
        ("license-servers", "license-server", "License servers", "License database"),
    ] {
        tour.page(list, &format!("/{list}"), title).await;
        // A pack that was only received has nothing that its server said.
        let on = if list == "key-packs" { "?on=server" } else { "" };
        let first = tour.first_of(&format!("/{list}{on}")).await;
        tour.page(one, &first, words).await;
    }
    let gone = tour.first_of("/key-packs?on=gone").await;
    tour.page("key-pack-gone", &gone, "no longer on the server").await;
    tour.page("key-packs-filtered", "/key-packs?on=over&sort=expires", "Remove filter").await;
    tour.page("key-packs-none", "/key-packs?version=2025&type=per_user&origin=active_directory", "fits").await;
    tour.page("clients-search", "/clients?q=det-tc", "Name or hardware ID has").await;
    tour.page("search", "/search?find=det-tc", "All clients that fit").await;
    tour.page("search-none", "/search?find=nosuchclient", "Nothing fits this").await;
    tour.page("search-number", "/search?find=4", "Keypack ID").await;
    tour.page("search-no-such-number", "/search?find=T-88", "There is no transfer T-88").await;
    tour.browser.fill("Search by part of a name, an ID or a number", "det-tc").await;
    tour.look("search-typing", "All clients that fit").await;
    tour.page("clients-none", "/clients?q=nosuchclient", "No client fits this").await;
    tour.page("licenses-filtered", "/licenses?status=temporary&within=365&on=all", "Temporary").await;
    tour.page("licenses-columns", "/licenses?sort=expires&without=product.keypack", "Columns (2 hidden)").await;
    tour.browser.script("document.querySelector('details.columns').open = true; return null").await;
    tour.look("licenses-columns-open", "Show these columns").await;
    tour.browser.fill("Client", "off").await;
    tour.press("Show these columns", "licenses-columns-less", "Columns (3 hidden)").await;
    tour.page("licenses-none", "/licenses?within=1&unseen=3000", "No license fits these filters").await;
    tour.page("history", "/history", "Every change, forever").await;
    tour.page("history-filtered", "/history?action=license+changed&until=2099-01-01", "license changed").await;
    tour.page("history-none", "/history?from=2099-01-01", "No change fits these filters").await;
    tour.page("imports", "/imports", "Imported by").await;
    tour.page("imports-filtered", "/imports?state=applied", "Applied").await;
    tour.page("imports-none", "/imports?state=failed", "No import is in this state").await;
    let waiting = tour.first_of("/imports?state=ready").await;
    for tab in ["conflicts", "errors", "new", "changed", "gone", "older", "unchanged"] {
        tour.page(&format!("import-preview-{tab}"), &format!("{waiting}?show={tab}"), "Exported").await;
    }
    let applied = tour.first_of("/imports?state=applied").await;
    tour.page("import-applied", &applied, "What it brought").await;
    tour.page("reports", "/reports", "Entitlement position").await;
    answers(&mut tour).await;
    twins_and_ghosts(&mut tour).await;
    help(&mut tour).await;
    tour.page("people", "/users", "Who may sign in").await;
    tour.page("no-page", "/nothing", "There is nothing here").await;

    tour.browser.visit(&server.at("/")).await;
    tour.browser.press("Sign out").await;
    sign_in(&tour.browser, &server, "auditor", password_of("auditor")).await;
    tour.page("home-auditor", "/", "Needs somebody").await;
    tour.page("import-preview-auditor", &waiting, "An admin decides").await;
    tour.page("no-page-auditor", "/users", "There is nothing here").await;
    tour.end();
}

/// Help's index, a page, on paper too, and its search.
async fn help(tour: &mut Tour<'_>) {
    tour.page("help", "/help", "How the work is done here").await;
    tour.page("help-glossary", "/help/glossary", "License key pack ID").await;
    tour.page("help-call", "/help/reissue-call", "On the telephone").await;
    tour.browser.print("help-call", A4).await;
    tour.page("help-found", "/help?find=keypack+id", "sections that fit").await;
    tour.page("help-none", "/help?find=nosuchword", "Nothing in help fits this").await;
    tour.page("key-pack-form", "/key-packs/new", "What is this?").await;
}

/// The list of twins and ghosts, one of each kind, and forms that are refused.
/// What reports answer, on the screen and on paper; several clients at once; a saved view.
async fn answers(tour: &mut Tour<'_>) {
    tour.page("run-out", "/reports/run-out", "More a week").await;
    tour.browser.print("run-out", A4).await;
    tour.page("run-out-soon", "/reports/run-out?within=1", "Nothing left").await;
    tour.page("revocation-budget", "/reports/revocation-budget", "May be revoked").await;
    tour.page("compatibility", "/reports/compatibility?host=2019&cal=2016", "does not serve a session host").await;
    tour.page("folder", "/license-servers/1/folder", "Show whole, for printing").await;
    let client = tour.first_of("/licenses?status=active&type=per_device&sort=expires").await;
    tour.browser.visit(&tour.server.at(&client)).await;
    let holder = "return document.querySelector('main a[href^=\"/clients/\"]').getAttribute('href')";
    let holder = tour.browser.script(holder).await.as_str().unwrap_or_default().to_owned();
    tour.page("ways", &format!("{holder}/ways"), "Wait until it expires").await;
    tour.page("revoke", &format!("{client}/revocation"), "Record the revocation").await;
    tour.page("several-clients", "/clients/chosen?clients=1&clients=2", "Record of those chosen").await;
    tour.press("Record it", "several-clients-refused", "things to mend").await;
    tour.page("views-none", "/views", "No view yet").await;
    tour.page("view-new", "/licenses?status=temporary&within=14", "Save this view").await;
    tour.browser.press("Save this view").await;
    tour.browser.fill("Name", "Ending soon").await;
    tour.press("Save the view", "view-here", "is saved.").await;
    tour.page("views", "/views", "Take away").await;
    tour.page("position", "/reports/position", "As it is now").await;
    tour.browser.script("document.querySelectorAll('details').forEach((one) => { one.open = true; })").await;
    tour.look("position-open", "installed 410").await;
    tour.browser.print("position", A4).await;
    tour.page("position-past", "/reports/position?on=2001-01-01", "not known").await;
    tour.page("position-wrong", "/reports/position?on=soon", "Write a day that exists").await;
    tour.browser.visit(&tour.server.at("/")).await;
    tour.browser.print("home", A4).await;
}

async fn twins_and_ghosts(tour: &mut Tour<'_>) {
    tour.page("findings", "/reports/findings", "Those chosen").await;
    tour.press("Dismiss them", "findings-refused", "Tick the findings that you mean.").await;
    tour.page("findings-none", "/reports/findings?state=gone&client=1", "No finding fits this").await;
    for kind in ["same_name", "same_hardware_id", "full_and_temporary", "retired_holder", "unseen", "user_spelling"] {
        let first = tour.first_of(&format!("/reports/findings?kind={kind}")).await;
        tour.page(&format!("finding-{kind}"), &first, "What can be done").await;
    }
    tour.press("Settle it", "finding-refused", "Say what was done about it").await;
    let settled = tour.first_of("/reports/findings?state=settled").await;
    tour.page("finding-settled", &settled, "Open it again").await;
}

#[tokio::test]
async fn an_import_keeps_nobody_out_in_any_of_its_states() {
    let mut server = Server::start().await;
    let browser = Browser::new(true, false, 1280).await;
    set_up(&browser, &mut server).await;
    let mut tour = Tour::new(&server, browser);
    let coming = an_upload_that_does_not_end(&tour).await;
    let receiving = "/imports/1";
    tour.page("import-progress", receiving, "Receiving the files").await;
    drop(coming);
    tour.browser.comes_to("Discarded").await;
    tour.look("import-discarded", "Discarded").await;

    tour.page("import-new", "/imports/new", "How to export a license server").await;
    tour.press("Show me what would change", "import-new-refused", "Choose the files to bring in.").await;
    tour.bring(&three_computers(), "LIC-01", "import-preview-first", "Apply this import").await;
    apply(&tour.browser).await;
    tour.look("import-applied-first", "Applied").await;
    tour.bring(&three_computers(), "LIC-01", "import-nothing-to-do", "Nothing to do").await;
    let broken = Export::new().file("export.csv", "PK\u{3}\u{4} and so on");
    tour.bring(&broken, "LIC-01", "import-failed", "Failed").await;
    let dates = Export::new().file("issued.csv", AMBIGUOUS);
    tour.bring(&dates, "", "import-asking-dates", "The day comes first").await;
    tour.press("Go on reading", "import-asking-dates-refused", "Choose whether").await;
    tour.browser.fill("The day comes first", "on").await;
    tour.browser.press("Go on reading").await;
    tour.browser.comes_to("Name the server").await;
    tour.look("import-asking-names", "Name the server").await;
    let table = Export::new()
        .file("lsreport.txt", "Lizenz\tPaket\tRechner\tAusgestellt\r\n12\t3\tPC-0117\t2026-05-03 09:14\r\n");
    tour.bring(&table, "LIC-2003", "import-asking-columns", "Which column holds what?").await;
    tour.press("Remember this and go on", "import-asking-columns-refused", "to mend").await;
    tour.end();
}

const AMBIGUOUS: &str = "LicenseId,KeyPackId,sIssuedToUser,sIssuedToComputer,LicenseStatus,IssueDate,ExpirationDate,sHardwareId\r\n\
     1,4,,PC-0117,2,3/5/2026 9:14:22,5/6/2026 9:14:22,aa01\r\n";

/// The browser's session begins to hand in a file that is never complete, for as long as this is held.
async fn an_upload_that_does_not_end(tour: &Tour<'_>) -> TcpStream {
    let host = tour.server.host();
    let (name, cookie) = tour.browser.session().await;
    let mut upload = TcpStream::connect(host).expect("the console is there");
    let request = format!(
        "POST /imports HTTP/1.1\r\nHost: {host}\r\nCookie: {name}={cookie}\r\nContent-Length: 1000000\r\n\
         Content-Type: multipart/form-data; boundary=part\r\n\r\n--part\r\n\
         Content-Disposition: form-data; name=\"files\"; filename=\"issued.csv\"\r\n\r\n{AMBIGUOUS}"
    );
    upload.write_all(request.as_bytes()).expect("the upload begins");
    for _ in 0..50 {
        tour.browser.visit(&tour.server.at("/imports")).await;
        if tour.browser.text().await.contains("Being received") {
            return upload;
        }
    }
    panic!("50 looks, and the import is not there");
}
