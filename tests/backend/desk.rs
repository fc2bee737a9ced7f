//! The desk's copy of the catalogue: fetched over lines of every kind, kept up to date while the clerk works.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use onewindow::api::{ApiError, Client};
use onewindow::backend::config::{CatalogueSource, Config};
use onewindow::backend::{Backend, push_catalogue};
use onewindow::catalogue::Brief;
use onewindow::sync::catalogue::{Progress, SyncError, sync};
use onewindow::vault::library::{Library, Stage};
use tempfile::TempDir;

use crate::line::{Line, Quality};
use crate::world::{ALLOWANCE, CEMETERY, World};

/// Everything in a copy that a clerk could see.
async fn contents(library: &Library) -> (BTreeMap<String, Brief>, usize, Vec<String>) {
    let mut briefs = BTreeMap::new();
    library.visit(|brief| drop(briefs.insert(brief.code.clone(), brief))).await.unwrap();
    let mut whole = Vec::new();
    for code in briefs.keys() {
        if let Some(entry) = library.entry(code).await.unwrap() {
            assert_eq!(Brief::of(&entry), briefs[code], "{code}");
            whole.push(format!("{code} {}", entry.item.form));
        }
    }
    let documents = usize::try_from(library.stock().await.unwrap().documents).unwrap();
    (briefs, documents, whole)
}

async fn run(client: &Client, library: &Library) -> Result<Vec<Progress>, SyncError> {
    let mut told = Vec::new();
    sync(client, library, |progress| told.push(progress)).await?;
    Ok(told)
}

#[tokio::test]
async fn a_first_run_brings_everything_and_later_ones_what_changed() {
    let world = World::practice().await;
    let client = world.signed_in("practice").await;
    let home = TempDir::new().unwrap();
    let library = Library::open(home.path(), true, "town").await.unwrap();
    let told = run(&client, &library).await.unwrap();
    assert_eq!(told.iter().map(|one| one.stage).collect::<Vec<_>>(), [Stage::Briefs, Stage::Entries, Stage::Changes]);
    assert!(told[0].fresh && (told[0].done, told[0].total) == (2, 2));
    let (briefs, documents, whole) = contents(&library).await;
    assert_eq!((briefs.len(), whole.len(), documents), (2, 2, 1), "the two items share a form");
    assert_eq!(library.entry("cemetery").await.unwrap().unwrap().item.code, CEMETERY, "by its short name too");

    // Nothing new.
    let stamp = library.stamp().await.unwrap();
    let told = run(&client, &library).await.unwrap();
    assert_eq!(told.iter().map(|one| (one.stage, one.fresh)).collect::<Vec<_>>(), [(Stage::Changes, false)]);
    assert_eq!(library.stamp().await.unwrap(), stamp);

    // One item on a new form, another gone; a draft on it can still be read.
    let items = world.catalogue().join("items/civil-affairs");
    let allowance = fs::read_to_string(items.join("allowance.toml")).unwrap();
    fs::copy(
        world.catalogue().join("forms/allowance@2.schema.json"),
        world.catalogue().join("forms/allowance@3.schema.json"),
    )
    .unwrap();
    let changed = allowance
        .replace("allowance@2", "allowance@3")
        .replace("version = 1", "version = 2\nreplaces = [\"cemetery\"]");
    fs::write(items.join("allowance.toml"), changed).unwrap();
    fs::remove_file(items.join("cemetery.toml")).unwrap();
    push_catalogue(&world.config(), &world.catalogue()).await.unwrap();
    // The backend looks for other editions at most once a second.
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    client.meta().await.unwrap();
    let told = run(&client, &library).await.unwrap();
    assert_eq!(told.iter().map(|one| (one.stage, one.fresh)).collect::<Vec<_>>(), [(Stage::Changes, true)]);
    let (briefs, documents, _) = contents(&library).await;
    assert_eq!((briefs.len(), documents), (1, 2), "the old form is still here, for the drafts on it");
    assert_eq!(library.withdrawn(CEMETERY).await.unwrap(), Some(Some(ALLOWANCE.to_owned())));
    assert!(library.entry(CEMETERY).await.unwrap().is_some());
    assert_eq!(library.withdrawn(ALLOWANCE).await.unwrap(), None);
}

#[tokio::test]
async fn another_backend_means_starting_over() {
    let (one, other) = (World::practice().await, World::practice().await);
    let home = TempDir::new().unwrap();
    let library = Library::open(home.path(), true, "town").await.unwrap();
    run(&*one.signed_in("practice").await, &library).await.unwrap();
    let items = other.catalogue().join("items/civil-affairs");
    fs::remove_file(items.join("cemetery.toml")).unwrap();
    push_catalogue(&other.config(), &other.catalogue()).await.unwrap();
    let other = other.restart().await;
    let told = run(&*other.signed_in("practice").await, &library).await.unwrap();
    assert_eq!(told[0].stage, Stage::Briefs);
    let (briefs, ..) = contents(&library).await;
    assert_eq!(briefs.keys().collect::<Vec<_>>(), [ALLOWANCE]);
}

#[tokio::test]
async fn a_line_that_breaks_at_any_byte_costs_only_the_page_under_way() {
    let folder = TempDir::new().unwrap();
    let running = Backend::start(Config::practice(folder.path())).await.unwrap();
    let home = TempDir::new().unwrap();
    let straight = {
        let client = Client::practice(running.addr()).unwrap();
        client.sign_in("practice", "practice").await.unwrap();
        let library = Library::open(home.path(), true, "straight").await.unwrap();
        run(&client, &library).await.unwrap();
        contents(&library).await
    };
    assert!(straight.0.len() > 60 && straight.1 > 40, "{} items, {} documents", straight.0.len(), straight.1);
    let mut broken = 0;
    let mut cut_after = 900;
    let mut library = Library::open(home.path(), true, "broken").await.unwrap();
    loop {
        let line = Line::to(running.addr(), Quality { cut_after, ..Quality::default() }).await;
        let client = Client::practice(line.addr).unwrap();
        if client.sign_in("practice", "practice").await.is_ok() {
            match run(&client, &library).await {
                Ok(_) => break,
                Err(SyncError::Api(error)) => assert!(matches!(error, ApiError::Offline(_)), "{error:?}"),
                Err(error) => panic!("{error}"),
            }
        }
        broken += 1;
        assert!(broken < 60, "it never gets through");
        // As if the machine had lost its power.
        drop(library);
        library = Library::open(home.path(), true, "broken").await.unwrap();
        cut_after += cut_after / 3 + 311;
    }
    assert!(broken > 5, "the line did not break often enough to prove anything: {broken}");
    assert_eq!(contents(&library).await, straight);
    running.shutdown().await;
}

#[tokio::test]
async fn a_file_that_is_no_catalogue_is_made_anew() {
    let home = TempDir::new().unwrap();
    let library = Library::open(home.path(), true, "../town").await.unwrap();
    let path = library.path().to_owned();
    assert_eq!(path.parent(), Some(home.path()));
    library.close().await.unwrap();
    fs::write(&path, "no database at all, but long enough to look like one".repeat(200)).unwrap();
    let library = Library::open(home.path(), true, "../town").await.unwrap();
    assert_eq!(library.stock().await.unwrap().items, 0);
}

/// A province's catalogue: real words, put together; the same matters in each county.
fn write_province(root: &Path, count: usize) {
    const PEOPLE: [&str; 10] = [
        "老年人",
        "残疾人",
        "退役军人",
        "高校毕业生",
        "就业困难人员",
        "特困人员",
        "孤儿",
        "失业人员",
        "城乡居民",
        "灵活就业人员",
    ];
    const MATTERS: [&str; 20] = [
        "高龄津贴",
        "护理补贴",
        "生活补贴",
        "临时救助",
        "医疗救助",
        "社会保险补贴",
        "养老保险待遇",
        "失业登记",
        "职业培训补贴",
        "创业担保贷款",
        "优待证",
        "参保登记",
        "关系转移",
        "资格认证",
        "档案查询",
        "丧葬补助",
        "住房补贴",
        "教育资助",
        "法律援助",
        "康复服务",
    ];
    const ACTS: [&str; 10] = ["申领", "申请", "认定", "变更", "注销", "补办", "查询", "发放", "备案", "核准"];
    const COUNTIES: [&str; 50] = [
        "武昌",
        "江夏",
        "黄陂",
        "新洲",
        "蔡甸",
        "大冶",
        "阳新",
        "丹江口",
        "郧阳",
        "竹山",
        "房县",
        "宜都",
        "枝江",
        "当阳",
        "远安",
        "兴山",
        "秭归",
        "长阳",
        "五峰",
        "枣阳",
        "宜城",
        "老河口",
        "南漳",
        "谷城",
        "保康",
        "梁子湖",
        "钟祥",
        "京山",
        "沙洋",
        "应城",
        "安陆",
        "汉川",
        "孝昌",
        "大悟",
        "云梦",
        "石首",
        "洪湖",
        "松滋",
        "公安",
        "监利",
        "江陵",
        "麻城",
        "武穴",
        "红安",
        "罗田",
        "英山",
        "浠水",
        "蕲春",
        "天门",
        "潜江",
    ];
    let write = |path: &str, text: &str| {
        let path = root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write(
        "catalogue.toml",
        "id = \"province\"\nversion = 1\ntitle = \"省目录\"\n[[domains]]\nid = \"civil-affairs\"\nname = \"民政\"\nname_en = \"Civil affairs\"\n",
    );
    write("forms/general@1.schema.json", r#"{"type": "object", "properties": {"note": {"type": "string"}}}"#);
    let mut admitted = String::new();
    for number in 0..count {
        // Fifty counties have each matter; what differs is the body and the department.
        let (matter, county) = (number / COUNTIES.len(), number % COUNTIES.len());
        let (kind, person, act) = (matter % 20, matter / 20 % 10, matter / 200 % 10);
        // Each county has its own way of putting it.
        let chance = u64::try_from(number).unwrap().wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 33;
        let variant =
            ["", "", "", "（线上）", "（特殊情形）", "（复核）", "（一件事）", "（帮办）"][(chance % 8) as usize];
        let county_name = COUNTIES[county];
        let catalog_code = format!("420511{:06}", matter);
        let body = format!(
            "11{:06}MB{:06}X{:1}",
            420_100 + county,
            100_000 + chance % 7 * 1_237 + county as u64 * 37,
            county % 10
        );
        let id = format!("item-{number}");
        write(
            &format!("items/civil-affairs/{id}.toml"),
            &format!(
                "code = \"{body}4{catalog_code}\"\ncatalog-code = \"{catalog_code}\"\nversion = 1\nname = \"{}{}{}{variant}\"\n\
                 item-type = \"05\"\ndomain = \"civil-affairs\"\ndepartment = \"{county_name}{}\"\naudience = [\"person\"]\n\
                 use-level = \"county\"\nproject-type = \"promised\"\npromised-limit = {{ days = {}, unit = \"working\" }}\n\
                 conditions = [\"户籍在{county_name}\", \"符合{}条件\"]\ntrips = 1\nhandle-area = \"county\"\nbasis = [\"《社会救助暂行办法》\"]\n\
                 place = \"{county_name}政务服务中心\"\nhours = \"工作日\"\nform = \"general@1\"\n\n\
                 [[materials]]\ncode = \"id-card\"\nname = \"居民身份证\"\noriginals = 1\n\n\
                 [[materials]]\ncode = \"household-register\"\nname = \"户口簿\"\ncopies = 1\n",
                PEOPLE[person],
                MATTERS[kind],
                ACTS[act],
                ["民政局", "人力资源和社会保障局", "卫生健康局", "医疗保障局"][(chance / 8 % 4) as usize],
                chance / 32 % 20 + 1,
                MATTERS[kind],
            ),
        );
        // What one town takes: the matters of its own county.
        if county == 48 && matter < 300 {
            write!(admitted, "\"{id}\", ").unwrap();
        }
    }
    let site = |name: &str, list: &str| {
        format!(
            "name = \"{name}\"\nlevel = \"town\"\narea = \"429006107000\"\naddress = \"某路1号\"\nhours = \"工作日\"\nwindows = [\"A1\"]\nagency = [{list}]\n"
        )
    };
    write("sites/town.toml", &site("某镇便民服务中心", &admitted));
}

/// 256 kbit/s, 300 ms there and back.
const VILLAGE: Quality = Quality { bytes_per_second: 32_000, round_trip: Duration::from_millis(300), cut_after: 0 };

/// A clerk of a big catalogue can begin within 30 s on a village's line. Counted in bytes and round trips, so that no clock decides; the long
/// version fetches 100,000 items over a line that is really that slow, and prints the times.
#[tokio::test]
async fn a_province_over_a_villages_line() {
    let long = std::env::var_os("TEST_LONG").is_some();
    let count = if long { 100_000 } else { 2_000 };
    let folder = TempDir::new().unwrap();
    write_province(&folder.path().join("province"), count);
    let mut config = Config::practice(folder.path());
    config.catalogue = CatalogueSource::Folder(folder.path().join("province"));
    let running = Backend::start(config).await.unwrap();
    let line = Line::to(running.addr(), if long { VILLAGE } else { Quality::default() }).await;
    let client = Client::practice(line.addr).unwrap();
    client.sign_in("practice", "practice").await.unwrap();
    let home = TempDir::new().unwrap();
    let library = Library::open(home.path(), true, "town").await.unwrap();
    let (mut usable, mut briefs) = (None, None);
    let begun = Instant::now();
    let mark = || (line.bytes.load(Ordering::Relaxed), line.requests.load(Ordering::Relaxed), begun.elapsed());
    let start = mark();
    sync(&client, &library, |progress| {
        if progress.stage == Stage::Briefs {
            usable.get_or_insert_with(mark);
            briefs = Some(mark());
        }
    })
    .await
    .unwrap();
    let whole = mark();
    let budget = |(bytes, requests, _): (u64, u64, Duration)| {
        let line = Duration::from_secs_f64((bytes - start.0) as f64 / 32_000.0);
        line + Duration::from_millis(300) * u32::try_from(requests - start.1).unwrap()
    };
    let (usable, briefs) = (usable.unwrap(), briefs.unwrap());
    for (what, mark) in [("usable", usable), ("every item in brief", briefs), ("every item whole", whole)] {
        println!(
            "{count} items, {what}: {} kB, {} requests, {:.1} s at 256 kbit/s and 300 ms; measured {:.1} s",
            (mark.0 - start.0) / 1_000,
            mark.1 - start.1,
            budget(mark).as_secs_f64(),
            mark.2.as_secs_f64()
        );
    }
    assert!(budget(usable) < Duration::from_secs(10), "{usable:?}");
    let per_item = (briefs.0 - start.0) / u64::try_from(count).unwrap();
    assert!(per_item <= 12, "{per_item} bytes an item in brief: 100,000 would not come within a minute");
    let stock = library.stock().await.unwrap();
    assert_eq!((stock.items, stock.whole), (u64::try_from(count).unwrap(), u64::try_from(count).unwrap()));
    running.shutdown().await;
}
