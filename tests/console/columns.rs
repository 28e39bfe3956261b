//! The choice of a list's columns: what is hidden, what stays, and where the choice goes along.

use regex::Regex;
use reseat::demo::make;
use reseat::views::view::LISTS;

use crate::on_both;
use crate::support::{Console, Person};

/// The text of a piece of a page.
fn text(html: &str) -> String {
    let text = Regex::new("<[^>]*>").unwrap().replace_all(html, "");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What the first table of a page shows: its headings, and of each row what stands under each of them.
fn table(page: &str) -> (Vec<String>, Vec<Vec<String>>) {
    let table =
        page.split("<table").nth(1).unwrap_or_else(|| panic!("no table:\n{page}")).split("</table>").next().unwrap();
    let (head, body) = table.split_once("<tbody>").unwrap();
    let heading = Regex::new(r"(?s)<th scope=.col.[^>]*>(.*?)</th>").unwrap();
    let cell = Regex::new(r#"(?s)<t[hd](?: (?:scope="row"|class="[^"]*"|colspan="(\d+)"))*>(.*?)</t[hd]>"#).unwrap();
    let row = |row: &str| {
        let wide = |found: regex::Captures<'_>| {
            let span = found.get(1).map_or(1, |span| span.as_str().parse().unwrap());
            vec![text(&found[2]); span]
        };
        cell.captures_iter(row).flat_map(wide).collect::<Vec<_>>()
    };
    let headings = heading.captures_iter(head).map(|found| text(&found[1])).collect();
    (headings, body.split("<tr").skip(1).map(row).collect())
}

/// The columns that a page lets one choose: their names, labels, and whether they are shown.
fn choices(page: &str) -> Vec<(String, String, bool)> {
    let offered = Regex::new(r#"name="shown" value="([^"]+)"( checked)?> <span>([^<]*)</span>"#).unwrap();
    offered.captures_iter(page).map(|found| (found[1].into(), found[3].into(), found.get(2).is_some())).collect()
}

/// The headings of a list's file.
async fn file(reader: &mut Person, path: &str, query: &str) -> Vec<String> {
    let text = reader.get(&format!("{path}.csv{query}")).await.is(200).text.clone();
    text.lines().next().unwrap().trim_start_matches('\u{feff}').split(',').map(str::to_owned).collect()
}

async fn hides_each_of_its_columns(reader: &mut Person, path: &str) -> usize {
    // Licenses that are gone have a column more.
    let query = if path == "/licenses" { "?size=25&on=all&" } else { "?size=25&" };
    let list = format!("{path}{query}");
    let (shown, all) = (file(reader, path, query).await, file(reader, path, "?columns=all").await);
    let page = reader.get(&list).await.is(200).text.clone();
    let (headings, rows) = table(&page);
    let offered = choices(&page);
    assert!(!rows.is_empty(), "{list} has no row");
    assert!(rows.iter().all(|row| row.len() == headings.len()), "{list}: a row is not as wide as its table");
    let fixed = headings.iter().filter(|heading| !offered.iter().any(|(_, label, _)| label == *heading));
    assert!(fixed.clone().all(|heading| *heading == headings[0] || heading == "Choose"), "{list}: {headings:?}");
    for (name, label, is_shown) in &offered {
        assert!(is_shown, "{list} hides {name} by itself");
        let at = headings.iter().position(|heading| heading == label).unwrap();
        let page = reader.get(&format!("{list}without={name}")).await.is(200).text.clone();
        let (kept, cells) = table(&page);
        let without = |row: &Vec<String>| [&row[..at], &row[at + 1..]].concat();
        assert_eq!(kept, without(&headings), "{list} without {name}");
        assert_eq!(cells, rows.iter().map(without).collect::<Vec<_>>(), "{list} without {name}");
        let unticked: Vec<_> = choices(&page).into_iter().filter(|(_, _, shown)| !shown).collect();
        assert_eq!(unticked, [(name.clone(), label.clone(), false)], "{list}");
        let left: Vec<_> = shown.iter().filter(|heading| *heading != label).cloned().collect();
        assert_eq!(file(reader, path, &format!("{query}without={name}")).await, left, "{list} without {name}");
    }
    let names = offered.iter().map(|(name, ..)| name.as_str()).collect::<Vec<_>>().join(".");
    assert_eq!(file(reader, path, &format!("?columns=all&without={names}")).await, all, "{list}");
    offered.len()
}

async fn licenses(console: &Console, many: i64) {
    let stock = console.stock();
    let server = stock.server("LIC-01").await;
    let (pack, client) = (stock.key_pack(server).await, stock.client("PC-0117").await);
    for days in 0..many {
        stock.license(pack, client).expires(console.app.now().plus_days(9 + days * 37 % 100)).await;
    }
}

on_both! {
    async fn every_column_of_every_list_can_be_hidden_and_goes_from_its_table_and_its_file(console) {
        make(&console.app, 10).await.unwrap();
        let mut ada = console.admin().await;
        let mut columns = 0;
        for (list, _) in LISTS {
            if list == "/history" {
                // A timeline has no columns.
                assert_eq!(choices(&ada.get(list).await.text), []);
                continue;
            }
            columns += hides_each_of_its_columns(&mut ada, list).await;
        }
        assert_eq!(columns, 85);
    }

    async fn a_list_without_all_that_can_be_hidden_still_says_what_each_row_is(console) {
        make(&console.app, 10).await.unwrap();
        let mut audrey = console.auditor().await;
        for (list, _) in LISTS.iter().filter(|(list, _)| *list != "/history") {
            let names: Vec<String> = choices(&audrey.get(list).await.text).into_iter().map(|(name, ..)| name).collect();
            let page = audrey.get(&format!("{list}?without={}", names.join("."))).await.is(200).text.clone();
            let (headings, rows) = table(&page);
            assert_eq!(headings.len(), 1, "{list}: {headings:?}");
            assert!(!rows.is_empty() && rows.iter().all(|row| row.len() == 1 && !row[0].is_empty()), "{list}");
            assert!(page.contains(&format!("Columns ({} hidden)", names.len())), "{list}");
        }
        // Why a key pack has no counts stands beside its name, once the counts are hidden.
        let page = audrey.get("/key-packs?on=gone&without=total.available").await.text;
        assert!(table(&page).1.iter().all(|row| row[0].ends_with("no longer on the server")), "{page}");
    }

    async fn what_is_ticked_is_shown_with_the_filters_the_order_and_the_size_as_they_were(console) {
        licenses(&console, 2).await;
        let mut audrey = console.auditor().await;
        let page = audrey.get("/licenses?type=per_device&sort=issued&size=25&without=gone.seat").await;
        page.is(200).says("name=\"query\" value=\"type=per_device&#38;sort=issued&#38;size=25&#38;without=gone.seat\"");
        page.says("name=\"offered\" value=\"client.status.expires.product.issued.server.keypack.seat\"").says("Columns (1 hidden)");
        page.says("href=\"/licenses?type=per_device&#38;sort=issued&#38;size=25\"><span>Show all of them");
        // Gone since is hidden too, and holds nothing here: it is not offered, and stays hidden.
        let ticked = "/views/columns?list=/licenses&query=type%3Dper_device%26sort%3Dissued%26size%3D25%26without%3Dgone.seat\
            &offered=client.status.expires.product.issued.server.keypack.seat&shown=client&shown=status&shown=expires&shown=seat";
        let reply = audrey.get(ticked).await;
        reply.is(303);
        assert_eq!(reply.to, "/licenses?type=per_device&sort=issued&size=25&without=gone.product.issued.server.keypack");
        let (headings, _) = table(&audrey.get(&reply.to).await.is(200).text);
        assert_eq!(headings, ["License", "Client", "License Status", "Expires On", "Seat"]);
        let all = audrey.get("/views/columns?list=/licenses&query=without%3Dseat&offered=seat&shown=seat").await;
        assert_eq!(all.to, "/licenses");
        // It leads to a list and nowhere else, whatever it is told.
        audrey.get("/views/columns?list=//elsewhere.example&offered=seat").await.is(404);
        audrey.get("/views/columns?list=/licenses&query=%0d%0ax%3Dy").await.is(404);
        let odd = audrey.get("/views/columns?list=/licenses&query=find%3D%2520%2526&offered=a%0d%0ab").await;
        assert_eq!(odd.to, "/licenses?find=%20%26&without=a%0D%0Ab");
    }

    async fn a_choice_of_columns_goes_along_with_pages_orders_filters_sizes_and_files(console) {
        licenses(&console, 30).await;
        let mut audrey = console.auditor().await;
        let page = audrey.get("/licenses?type=per_device&size=25&without=seat.server&on=all").await;
        let links = Regex::new(r#"href="(/licenses(?:\.[a-z]+)?\?[^"]*)""#).unwrap();
        let links: Vec<String> = links.captures_iter(&page.text).map(|found| found[1].replace("&#38;", "&").replace("&amp;", "&")).collect();
        let own: Vec<&String> = links.iter().filter(|link| link.contains("size=") || link.contains(".csv")).collect();
        assert!(own.iter().any(|link| link.contains("after=")) && own.iter().any(|link| link.contains("sort=-issued")), "{own:?}");
        assert!(own.iter().any(|link| !link.contains("type=")) && own.iter().any(|link| link.contains("size=100")), "{own:?}");
        for link in own.iter().filter(|link| !link.ends_with("size=25")) {
            assert!(link.contains("without=server.seat"), "{link}");
        }
        page.says("<input type=\"hidden\" name=\"without\" value=\"server.seat\">");
        let filtered = audrey.get("/licenses?type=per_device&status=active&size=25&without=seat.server").await;
        filtered.says("href=\"/licenses?size=25&#38;without=server.seat\">Clear all");
        let next = own.iter().find(|link| link.contains("after=")).unwrap();
        assert_eq!(table(&audrey.get(next).await.is(200).text).0.len(), 8);
        // A column that orders the list goes on doing so where it is hidden.
        let (_, ordered) = table(&audrey.get("/licenses?sort=expires").await.text);
        let (_, hidden) = table(&audrey.get("/licenses?sort=expires&without=expires").await.text);
        assert_eq!(ordered.iter().map(|row| &row[0]).collect::<Vec<_>>(), hidden.iter().map(|row| &row[0]).collect::<Vec<_>>());
    }

    async fn names_that_are_no_columns_and_those_that_stay_change_nothing_and_leave_the_address(console) {
        licenses(&console, 2).await;
        let mut hedda = console.help_desk().await;
        for list in ["/licenses", "/clients", "/key-packs", "/license-servers"] {
            let plain = table(&hedda.get(list).await.text);
            for names in ["nonsense", "name", "number.choose.name.server.x"] {
                let page = hedda.get(&format!("{list}?without={names}&sort=x")).await;
                page.is(200);
                let is_column = choices(&page.text).iter().any(|(_, _, shown)| !shown);
                assert!(is_column || table(&page.text) == plain, "{list} without {names}");
                assert!(!page.text.split("href=\"").skip(1).any(|link| link.split('"').next().unwrap().contains("nonsense")), "{list}");
            }
        }
        let page = hedda.get("/licenses?without=nonsense.seat&type=per_device").await;
        page.says("href=\"/licenses?without=seat\"").says("name=\"without\" value=\"seat\"");
    }

    async fn a_saved_view_keeps_its_columns(console) {
        licenses(&console, 2).await;
        let mut audrey = console.auditor().await;
        let page = audrey.get("/licenses?without=server.seat").await;
        page.says("Save this view").says("name=\"query\" value=\"without=server.seat\"");
        let saved = [("list", "/licenses"), ("query", "without=server.seat"), ("name", "Narrow")];
        let view = audrey.post_and_follow("/views", &saved).await;
        view.is(200).says("aria-current=\"page\">Narrow");
        assert_eq!(table(&view.text).0.len(), 7);
        audrey.get("/licenses").await.says("href=\"/licenses?without=server.seat\">Narrow").says_nothing_of("hidden)");
    }
}
