//! Who a client is: what an import takes for the same computer, for another one, and what it asks about.

use reseat::imports::import::State;
use reseat::imports::settle::Which;

use crate::bring::{L, actions, counts, license, licenses, packs, two_clients};
use crate::on_both;

on_both! {
    async fn a_known_hardware_id_under_a_new_name_is_a_rename(console) {
        two_clients(&console).await;
        console.pass(86_400);
        let rows = [license(1, "PC-0500", "aa01"), license(2, "PC-0118", "aa02")];
        console.bring("LIC-01").file("issued.csv", licenses(&rows)).apply().await;
        assert_eq!(console.count("select count(*) from clients").await, 2);
        assert_eq!(console.count("select count(*) from clients where id = 1 and name = 'PC-0500' and search like 'pc-0500%'").await, 1);
        let actions = actions(&console, "client", 1).await;
        assert!(actions.contains(&"client renamed".to_owned()), "{actions:?}");
    }

    async fn a_known_name_with_a_new_hardware_id_is_a_second_client(console) {
        two_clients(&console).await;
        console.pass(86_400);
        let rows = [license(1, "PC-0117", "aa01"), license(2, "PC-0118", "aa02"), license(3, "pc-0117", "bb01")];
        console.bring("LIC-01").file("issued.csv", licenses(&rows)).apply().await;
        assert_eq!(console.count("select count(*) from clients where name_key = 'pc-0117'").await, 2);
    }

    async fn a_client_known_by_name_takes_the_hardware_id_that_is_told_later(console) {
        let by_name = [license(1, "PC-0117", ""), license(2, "PC-0118", "")];
        console.bring("LIC-01").file("issued.csv", licenses(&by_name)).apply().await;
        console.pass(86_400);
        let with_id = [license(1, "PC-0117", "AA01"), license(2, "PC-0118", "aa02")];
        console.bring("LIC-01").file("issued.csv", licenses(&with_id)).apply().await;
        assert_eq!(console.count("select count(*) from clients").await, 2);
        assert_eq!(console.count("select count(*) from clients where hardware_id = 'aa01'").await, 1);
        console.pass(86_400);
        // And a row without the hardware ID is then still the same client.
        console.bring("LIC-01").file("issued.csv", licenses(&by_name)).apply().await;
        assert_eq!(console.count("select count(*) from clients").await, 2);
        assert_eq!(console.count("select count(*) from licenses where client_id = 1").await, 1);
    }

    async fn a_per_user_license_belongs_to_the_user_whatever_the_case(console) {
        let pack = packs(&[(4, 50, 2)]).replace(",2,0,", ",2,1,").replace("A02", "C50");
        let rows = [
            L { user: "CONTOSO\\jdoe", ..license(1, "PC-0117", "") },
            L { user: "contoso\\JDOE", ..license(2, "PC-0118", "") },
        ];
        console.bring("LIC-01").file("keypacks.csv", pack).file("issued.csv", licenses(&rows)).apply().await;
        assert_eq!(console.count("select count(*) from clients where kind = 'user'").await, 1);
        assert_eq!(console.count("select count(*) from licenses where client_id = 1").await, 2);
    }

    async fn one_hardware_id_under_two_names_is_asked_about_once(console) {
        let rows = [license(1, "PC-OLD", "aa01"), L { issued: "20260801", ..license(2, "PC-NEW", "aa01") }];
        let preview = console.bring("LIC-01").file("issued.csv", licenses(&rows)).preview().await;
        assert_eq!(counts(&preview.import().await), [0, 0, 0, 0, 0, 1, 0]);
        assert!(preview.refusal().await.contains("1 conflict"));
        let trouble = preview.troubles().await.remove(0);
        assert!(trouble.message.contains("PC-NEW") && trouble.message.contains("PC-OLD"), "{}", trouble.message);
        preview.settle(Which::One(trouble.n), "one_computer").await;
        assert_eq!(counts(&preview.import().await), [2, 0, 0, 0, 0, 0, 0]);
        preview.apply().await.unwrap();
        assert_eq!(console.count("select count(*) from clients where name = 'PC-NEW'").await, 1);
        assert_eq!(console.count("select count(*) from clients").await, 1);
        console.pass(86_400);
        let rows = [rows[0], rows[1], license(3, "PC-0119", "aa03")];
        let again = console.bring("LIC-01").file("issued.csv", licenses(&rows)).apply().await;
        assert_eq!(counts(&again), [1, 0, 2, 0, 0, 0, 0], "it is not asked again, and renames nobody back");
    }

    async fn cloned_hardware_ids_belong_to_one_client_for_each_name(console) {
        two_clients(&console).await;
        console.pass(86_400);
        let rows = [license(1, "PC-0117", "aa01"), license(2, "PC-0118", "aa02"), license(3, "PC-0300", "aa01")];
        let preview = console.bring("LIC-01").file("issued.csv", licenses(&rows)).preview().await;
        let trouble = preview.troubles().await.remove(0);
        preview.settle(Which::One(trouble.n), "cloned").await;
        assert_eq!(counts(&preview.import().await), [1, 0, 2, 0, 0, 0, 0]);
        preview.apply().await.unwrap();
        assert_eq!(console.count("select count(*) from clients where hardware_id = 'aa01'").await, 2);
        assert_eq!(console.count("select client_id from licenses where license_number = 1").await, 1);
        console.pass(86_400);
        let preview = console.bring("LIC-01").captured("2026-08-24").file("issued.csv", licenses(&rows)).preview().await;
        assert_eq!(preview.import().await.state, State::NothingToDo);
    }
}
