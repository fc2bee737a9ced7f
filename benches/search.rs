//! What a keystroke in the catalogue costs: median and 99th percentile of searches over synthetic names, on one thread.
//!
//! `cargo bench --bench search`

use std::sync::Arc;
use std::time::{Duration, Instant};

use onewindow::catalogue::{Catalogue, CatalogueEntry, Filter, Synonyms};
use onewindow::domain::item::{Audience, FourWays, HandleArea, Item, ItemType, Level, ProjectType};
use onewindow::domain::site::{Admission, Role};

const PLACES: [&str; 12] =
    ["天门市", "竟陵街道", "岳口镇", "武昌区", "恩施市", "江汉区", "襄阳市", "多宝镇", "", "", "", ""];
const PEOPLE: [&str; 14] = [
    "老年人",
    "残疾人",
    "退役军人",
    "高校毕业生",
    "就业困难人员",
    "城乡居民",
    "灵活就业人员",
    "独生子女父母",
    "个体工商户",
    "下岗职工",
    "新生儿",
    "外来务工人员",
    "农村村民",
    "企业",
];
const MATTERS: [&str; 20] = [
    "高龄津贴",
    "基本养老保险",
    "基本医疗保险",
    "最低生活保障",
    "居住证",
    "社会保障卡",
    "创业担保贷款",
    "护理补贴",
    "无障碍改造",
    "行政复议",
    "宅基地",
    "法律援助",
    "异地就医",
    "失业保险金",
    "生育津贴",
    "重大疾病救助",
    "银行账户",
    "长期照护",
    "音乐行业资格",
    "公益性岗位",
];
const ACTS: [&str; 12] = [
    "申领",
    "参保登记",
    "待遇发放",
    "资格认证",
    "信息变更",
    "注销",
    "补办",
    "备案",
    "审批(网上办理)",
    "查询打印",
    "转移接续",
    "续期换领",
];

/// What a clerk types: Chinese, initials, full pinyin, mixed, unfinished, one letter, confused sounds, a slip, a code, two words, nothing there.
const QUERIES: [&str; 20] = [
    "高龄",
    "老年人高龄",
    "gljt",
    "ylbx",
    "gaoling",
    "yanglaobaoxian",
    "gl津贴",
    "gaolingj",
    "g",
    "sh",
    "yinhang",
    "chongda",
    "sehuibaozang",
    "gaolong",
    "高领津贴",
    "420511",
    "津贴 老年人",
    "tianmen butie",
    "xqkwv",
    "护照签证",
];

const SAMPLES: usize = 40;

fn entries(count: usize) -> Vec<CatalogueEntry> {
    let mut random = fastrand::Rng::with_seed(6);
    let mut pick = |words: &[&'static str]| random.choice(words.iter().copied()).unwrap_or_default();
    (0..count)
        .map(|number| {
            let (place, people, matter, act) = (pick(&PLACES), pick(&PEOPLE), pick(&MATTERS), pick(&ACTS));
            let catalog_code = format!("4205{:08}", number);
            let item = Item {
                id: format!("item-{number}"),
                code: format!("11429006MB999999X64{catalog_code}"),
                catalog_code,
                version: 1,
                name: format!("{place}{people}{matter}{act}"),
                aliases: vec![format!("{matter}{act}")],
                item_type: ItemType::Benefit,
                domain: "civil-affairs".to_owned(),
                department: format!("{place}民政局"),
                audience: vec![Audience::Person],
                use_level: Level::County,
                project_type: ProjectType::Promised,
                legal_limit: None,
                promised_limit: None,
                conditions: Vec::new(),
                flow: Vec::new(),
                situations: Vec::new(),
                materials: Vec::new(),
                fee: None,
                trips: 1,
                handle_area: HandleArea::County,
                four_ways: FourWays::default(),
                basis: Vec::new(),
                place: String::new(),
                hours: String::new(),
                enquiries: String::new(),
                complaints: String::new(),
                result: String::new(),
                form: onewindow::domain::item::FormRef { id: "general".to_owned(), version: 1 },
                accepted_forms: Vec::new(),
                replaces: Vec::new(),
                effective_date: None,
                cancel_date: None,
                cross_modes: Vec::new(),
                sample: Vec::new(),
            };
            let role = (number % 3 == 0).then_some(Role::Agency);
            CatalogueEntry { item: Arc::new(item), admission: Admission { role, elsewhere: Vec::new() } }
        })
        .collect()
}

fn percentile(sorted: &[Duration], hundredths: usize) -> f64 {
    let at = (sorted.len() * hundredths / 100).min(sorted.len().saturating_sub(1));
    sorted.get(at).map_or(0.0, Duration::as_secs_f64) * 1e3
}

fn main() {
    let synonyms = Synonyms::built_in();
    println!("{:>8}  {:<22} {:>8} {:>10} {:>10}", "items", "query", "hits", "p50 ms", "p99 ms");
    for count in [85, 10_000, 100_000] {
        let entries = entries(count);
        let started = Instant::now();
        let catalogue = Catalogue::new(entries, &synonyms);
        println!("{count:>8}  {:<22} {:>8} {:>10.2}", "(index built)", "", started.elapsed().as_secs_f64() * 1e3);
        let mut all = Vec::new();
        for query in QUERIES {
            let hits = catalogue.search(query, &Filter::default(), usize::MAX).len();
            let mut times: Vec<Duration> = (0..SAMPLES)
                .map(|_| {
                    let started = Instant::now();
                    std::hint::black_box(catalogue.search(std::hint::black_box(query), &Filter::default(), 50));
                    started.elapsed()
                })
                .collect();
            times.sort_unstable();
            println!(
                "{count:>8}  {query:<22} {hits:>8} {:>10.3} {:>10.3}",
                percentile(&times, 50),
                percentile(&times, 99)
            );
            all.extend(times);
        }
        all.sort_unstable();
        println!("{count:>8}  {:<22} {:>8} {:>10.3} {:>10.3}", "(all)", "", percentile(&all, 50), percentile(&all, 99));
    }
}
