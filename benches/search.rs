//! What a keystroke in the catalogue costs, on one thread: each kind of query typed letter by letter and taken back again, over synthetic
//! catalogues made of real words, beside a linear fuzzy matcher (nucleo) over the same names.
//!
//! `cargo bench --bench search` for 10,000, 100,000 and 1,000,000 items; `-- 100000` for one size.

use std::time::{Duration, Instant};

use jiff::civil::date;
use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32String};
use onewindow::catalogue::{Brief, Catalogue, Filter, Question, Synonyms};
use onewindow::domain::item::{Audience, FourWays, HandleArea, Offered, ProjectType};
use onewindow::domain::site::Role;
use pinyin::ToPinyin;
use rustix::time::{ClockId, clock_gettime};

const PLACES: [&str; 40] = [
    "",
    "天门市",
    "竟陵街道",
    "岳口镇",
    "武昌区",
    "恩施市",
    "江汉区",
    "襄阳市",
    "多宝镇",
    "拖市镇",
    "张港镇",
    "蒋场镇",
    "汪场镇",
    "渔薪镇",
    "黄潭镇",
    "横林镇",
    "彭市镇",
    "麻洋镇",
    "多祥镇",
    "干驿镇",
    "马湾镇",
    "卢市镇",
    "小板镇",
    "九真镇",
    "皂市镇",
    "胡市镇",
    "石家河镇",
    "佛子山镇",
    "净潭乡",
    "侯口街道",
    "硚口区",
    "汉阳区",
    "青山区",
    "洪山区",
    "黄陂区",
    "新洲区",
    "大冶市",
    "阳新县",
    "郧阳区",
    "房县",
];
const PEOPLE: [&str; 26] = [
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
    "企业职工",
    "孤儿",
    "特困人员",
    "低收入家庭",
    "被征地农民",
    "伤残军人",
    "重度残疾人",
    "离校未就业毕业生",
    "零就业家庭",
    "困难残疾人",
    "重点优抚对象",
    "流动人口",
    "企业",
];
const MATTERS: [&str; 60] = [
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
    "临时救助",
    "生活补贴",
    "优待证",
    "福利补贴",
    "结婚登记",
    "离婚登记",
    "收养登记",
    "公共墓地",
    "惠民殡葬",
    "生育登记",
    "奖励扶助金",
    "特别扶助金",
    "光荣证",
    "出生医学证明",
    "预防接种证",
    "育儿补贴",
    "就业登记",
    "失业登记",
    "社保补贴",
    "求职创业补贴",
    "就业见习补贴",
    "技能培训补贴",
    "技能提升补贴",
    "人事档案",
    "养老保险关系",
    "供养亲属待遇",
    "遗属待遇",
    "参保证明",
    "权益记录",
    "医疗费用",
    "生育医疗费",
    "工伤康复费用",
    "残疾人证",
    "辅助器具",
    "康复训练",
    "托养服务",
    "教育资助",
    "盲人按摩培训",
    "伤残证件",
    "乡村建设规划许可证",
];
const ACTS: [&str; 24] = [
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
    "申请",
    "认定",
    "核准支付",
    "挂失",
    "首次签发",
    "换发",
    "年审",
    "暂停",
    "恢复",
    "咨询服务",
    "补缴申报",
    "零星报销",
];

/// What a clerk types, by kind. Each is typed letter by letter and taken back.
const KINDS: [(&str, &[&str]); 10] = [
    ("Chinese", &["高龄津贴", "异地就医备案", "残疾人证补办", "社保"]),
    ("initials", &["gljt", "ylbx", "cjrzbb", "shbzk", "jzz"]),
    ("full pinyin", &["yanglaobaoxian", "yidijiuyi", "jiehundengji", "yinhang"]),
    ("mixed", &["养老bx", "gl津贴", "jzz补办", "gaolingj"]),
    ("polyphones", &["chongda", "yinhangzhanghu", "changqizhaohu", "yinyuehangye"]),
    ("near sounds", &["sehuibaozang", "lanjilen", "hulibutie", "senyudenji"]),
    ("typos", &["gaolong", "shiyedemgji", "高领津帖", "法律援助自询"]),
    ("code", &["4205110080", "11429006MB99", "420500012345"]),
    ("two words", &["津贴 老年人", "tianmen butie", "岳口 cjr"]),
    ("not there", &["xqkwv", "护照签证", "驾驶证年检"]),
];

/// As the screen asks.
const HITS: usize = 500;
const EFFORT: usize = 20_000;
const ROUNDS: usize = 5;

fn items(count: usize) -> impl Iterator<Item = Brief> {
    let mut random = fastrand::Rng::with_seed(6);
    (0..count).map(move |number| {
        let mut pick = |words: &[&'static str]| random.choice(words.iter().copied()).unwrap_or_default();
        let (place, people, matter, act) = (pick(&PLACES), pick(&PEOPLE), pick(&MATTERS), pick(&ACTS));
        let catalog_code = format!("4205{number:08}");
        Brief {
            code: format!("11429006MB999999X6{}{catalog_code}", number % 3 + 4),
            catalog_code,
            id: String::new(),
            name: format!("{place}{people}{matter}{act}"),
            aliases: vec![format!("{matter}{act}"), format!("{people}{matter}")],
            department: format!("{place}民政局"),
            domain: "civil-affairs".to_owned(),
            audience: vec![Audience::Person],
            four_ways: FourWays::default(),
            project_type: ProjectType::Promised,
            promised_limit: None,
            handle_area: HandleArea::County,
            offered: Offered::default(),
            role: (number % 50 == 0).then_some(Role::Agency),
            elsewhere: None,
        }
    })
}

/// What one answer cost.
#[derive(Clone, Copy)]
struct Cost {
    /// Of this thread, whatever else the machine was doing.
    processor: Duration,
    wall: Duration,
}

fn cost<T>(work: impl FnOnce() -> T) -> (Cost, T) {
    let on_thread = || {
        let time = clock_gettime(ClockId::ThreadCPUTime);
        Duration::new(time.tv_sec.unsigned_abs(), u32::try_from(time.tv_nsec).unwrap_or_default())
    };
    let (started, processor) = (Instant::now(), on_thread());
    let outcome = std::hint::black_box(work());
    (Cost { processor: on_thread().saturating_sub(processor), wall: started.elapsed() }, outcome)
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// Resident memory of this process in megabytes.
fn resident() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().next()).and_then(|number| number.parse::<f64>().ok());
    kilobytes.unwrap_or(f64::NAN) / 1024.0
}

/// What stands in the search line key by key: typed, then taken back.
fn keystrokes(query: &str) -> impl Iterator<Item = &str> {
    let ends: Vec<usize> = query.char_indices().map(|(at, c)| at + c.len_utf8()).collect();
    let back: Vec<usize> = ends.iter().rev().skip(1).copied().collect();
    ends.into_iter().chain(back).filter_map(|end| query.get(..end))
}

/// The median, the 99th percentile and the most of some times, in milliseconds.
fn spread(times: impl Iterator<Item = Duration>) -> [f64; 3] {
    let mut sorted: Vec<Duration> = times.collect();
    sorted.sort_unstable();
    let at = |hundredths: usize| {
        let at = (sorted.len() * hundredths / 100).min(sorted.len().saturating_sub(1));
        milliseconds(sorted.get(at).copied().unwrap_or_default())
    };
    [at(50), at(99), at(100)]
}

fn row(size: usize, kind: &str, costs: &[Cost], note: &str) {
    let [a, b, c] = spread(costs.iter().map(|cost| cost.processor));
    let [x, y, z] = spread(costs.iter().map(|cost| cost.wall));
    println!("{size:>8}  {kind:<26} {a:>8.2} {b:>8.2} {c:>8.2}   {x:>8.2} {y:>8.2} {z:>8.2}  {note}");
}

fn measure(size: usize) {
    let before = resident();
    let started = Instant::now();
    // Items come one by one, as out of a store: they are never all there.
    let catalogue = Catalogue::new(items(size), &Synonyms::built_in());
    let building = started.elapsed();
    let image = catalogue.image();
    drop(catalogue);
    let loads: Vec<Cost> = (0..ROUNDS).map(|_| cost(|| Catalogue::from_image(&image)).0).collect();
    let catalogue = Catalogue::from_image(&image).unwrap_or_default();
    assert_eq!(catalogue.len(), size, "the image is the catalogue");
    let length = image.len();
    drop(image);
    println!(
        "{size:>8}  index built in {:.0} ms, {:.1} MB on disk, {:.1} MB resident",
        milliseconds(building),
        length as f64 / 1e6,
        resident() - before
    );
    row(size, "loading the index", &loads, "");
    let ask = |query: &str, effort: usize| {
        let (query, filter) = (query.to_owned(), Filter::default());
        let question = Question { query, filter, limit: HITS, day: Some(date(2026, 11, 30)), ..Question::default() };
        cost(|| catalogue.answer(&question, effort))
    };
    let (mut every, mut first, mut all_beside) = (Vec::new(), Vec::new(), Vec::new());
    for (kind, queries) in KINDS {
        let (mut screen, mut beside, mut bare) = (Vec::new(), Vec::new(), 0);
        for query in queries {
            for (key, query) in keystrokes(query).enumerate() {
                for _ in 0..ROUNDS {
                    let (cost, answer) = ask(query, EFFORT);
                    screen.push(cost);
                    if key == 0 {
                        first.push(cost);
                    }
                    if !answer.complete {
                        bare += usize::from(answer.hits.is_empty());
                        beside.push(ask(query, usize::MAX).0);
                    }
                }
            }
        }
        let waits = if bare == 0 { String::new() } else { format!("{bare} of {} waited", screen.len()) };
        row(size, kind, &screen, &waits);
        if !beside.is_empty() {
            row(size, "  beside the screen", &beside, "");
        }
        every.append(&mut screen);
        all_beside.append(&mut beside);
    }
    row(size, "every first key", &first, "");
    row(size, "every key", &every, "");
    row(size, "everything beside the screen", &all_beside, "");
    nucleo(size);
}

/// The same names, and their pinyin and initials by one reading, run through nucleo.
fn nucleo(size: usize) {
    let before = resident();
    let texts: Vec<Utf32String> = items(size)
        .map(|item| {
            let read: Vec<&str> = item.name.as_str().to_pinyin().flatten().map(|reading| reading.plain()).collect();
            let initials: String = read.iter().filter_map(|reading| reading.chars().next()).collect();
            Utf32String::from(format!("{} {} {initials}", item.name, read.concat()))
        })
        .collect();
    let note = format!("{:.0} MB resident", resident() - before);
    let mut matcher = Matcher::new(Config::DEFAULT);
    let mut costs = Vec::new();
    for query in ["高龄津贴", "gljt", "yanglaobaoxian", "津贴 老年人"].into_iter().flat_map(keystrokes) {
        let pattern = Pattern::parse(query, CaseMatching::Ignore, Normalization::Never);
        let search = || {
            let mut scored: Vec<(u32, usize)> = texts
                .iter()
                .enumerate()
                .filter_map(|(at, text)| Some((pattern.score(text.slice(..), &mut matcher)?, at)))
                .collect();
            if scored.len() > HITS {
                scored.select_nth_unstable_by(HITS, |a, b| b.cmp(a));
                scored.truncate(HITS);
            }
            scored.sort_unstable_by(|a, b| b.cmp(a));
            scored
        };
        costs.push(cost(search).0);
    }
    row(size, "nucleo, linear", &costs, &note);
}

fn main() {
    let sizes: Vec<usize> = std::env::args().filter_map(|argument| argument.parse().ok()).collect();
    println!("{:>36}   thread, ms: p50, p99, max   wall, ms: p50, p99, max", "");
    for size in if sizes.is_empty() { vec![10_000, 100_000, 1_000_000] } else { sizes } {
        measure(size);
    }
}
