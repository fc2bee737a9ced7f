mod anything;
mod naive;
mod order;

use std::sync::LazyLock;

use super::*;
use crate::domain::item::{Audience, FourWays, HandleArea, Offered, ProjectType};
use crate::domain::site::Role;

/// Domain, department, the digits of its codes, and its items in order: name, then everyday words.
type Part = (&'static str, &'static str, &'static str, &'static [&'static str]);

const PARTS: &[Part] = &[
    (
        "civil-affairs",
        "民政局",
        "0511",
        &[
            "最低生活保障对象认定|低保|低保户|困难户补助",
            "特困人员救助供养|五保户",
            "临时救助|急难救助",
            "最低生活保障边缘家庭认定|低保边缘户",
            "刚性支出困难家庭认定",
            "孤儿救助资格认定及基本生活费发放|孤儿补助",
            "事实无人抚养儿童认定及基本生活补贴发放|困境儿童补贴",
            "艾滋病病毒感染儿童基本生活费发放",
            "80周岁以上老年人高龄津贴发放|高龄津贴|80岁补贴",
            "老年人优待证申领|老年证",
            "困难残疾人生活补贴|残疾人两项补贴",
            "重度残疾人护理补贴|残疾人两项补贴",
            "养老机构设立备案",
            "结婚登记预约",
            "离婚登记预约",
            "补领结婚证",
            "生活无着流浪乞讨人员救助",
            "老年人福利补贴申请",
            "惠民殡葬",
            "建设社会公共墓地审批",
        ],
    ),
    (
        "health",
        "卫生健康局",
        "2023",
        &[
            "生育登记|生育服务证|准生证",
            "农村部分计划生育家庭奖励扶助金",
            "计划生育家庭特别扶助金",
            "独生子女父母光荣证补办",
            "《出生医学证明》首次签发|出生证",
            "《预防接种证》办理",
            "育儿补贴申领",
            "科学育儿指导服务登记",
        ],
    ),
    (
        "employment",
        "人力资源和社会保障局",
        "2014",
        &[
            "失业登记",
            "就业登记(含灵活就业登记)",
            "就业困难人员认定",
            "零就业家庭认定申请",
            "就业困难人员灵活就业社保补贴申领",
            "高校毕业生社保补贴申领",
            "求职创业补贴申领",
            "创业担保贷款申请",
            "创业补贴申请",
            "公益性岗位申请",
            "公益性岗位补贴申请",
            "就业见习申请",
            "就业技能培训补贴申请",
            "创业培训补贴申请",
            "失业保险技能提升补贴申领",
            "离校未就业高校毕业生登记",
            "职业介绍",
            "职业指导",
            "档案接收",
            "档案转出",
            "档案查(借)阅",
            "依据档案记载出具相关证明",
        ],
    ),
    (
        "social-insurance",
        "人力资源和社会保障局",
        "2114",
        &[
            "城乡居民基本养老保险参保登记|居民养老参保",
            "城乡居民基本养老保险待遇申领",
            "城乡居民基本养老保险注销登记",
            "城乡居民基本养老保险费补缴申报",
            "城乡居民基本养老保险关系转移接续申请",
            "个人基本信息变更",
            "定期待遇发放账户维护申请",
            "养老保险定期待遇领取资格认证",
            "养老保险供养亲属领取待遇资格认证",
            "遗属待遇申领",
            "暂停养老保险待遇申请",
            "恢复养老保险待遇申请",
            "灵活就业人员企业职工基本养老保险参保登记",
            "企业职工基本养老保险正常退休申请",
            "失业保险金申领",
            "社会保障卡申领",
            "社会保障卡启用(激活)",
            "社会保障卡挂失",
            "社会保障卡密码重置",
            "电子社会保障卡签发",
            "个人参保证明查询打印",
            "个人权益记录查询打印",
        ],
    ),
    (
        "medical-insurance",
        "医疗保障局",
        "2015",
        &[
            "城乡居民基本医疗保险参保登记",
            "基本医疗保险参保信息查询和变更",
            "异地就医备案",
            "医疗费用手工(零星)报销",
            "生育津贴支付",
            "生育医疗费支付",
            "医疗救助对象待遇核准支付",
            "工伤医疗(康复)费用申报",
        ],
    ),
    (
        "disability",
        "残疾人联合会",
        "0736",
        &[
            "残疾人证新办",
            "残疾人证换领",
            "残疾人证挂失补办",
            "残疾类别/等级变更",
            "残疾人基本型辅助器具适配申请",
            "困难重度残疾人家庭无障碍改造申请",
            "残疾儿童康复训练申请",
            "残疾人托养服务申请",
            "残疾人教育资助申请",
            "盲人保健按摩培训申请",
        ],
    ),
    ("public-security", "公安局", "0709", &["居住证办理", "居民身份证办理(包括临时)", "居民身份证挂失申报"]),
    ("justice", "司法局", "0512", &["法律援助申请", "法律援助咨询服务", "人民调解服务"]),
    (
        "veterans",
        "退役军人事务局",
        "2024",
        &["退役报到", "自主就业退役士兵一次性经济补助金", "伤残证件变更、换发、补发"],
    ),
    ("agriculture", "农业农村局", "1020", &["农村村民宅基地审批", "乡村建设规划许可证核发"]),
    ("emergency", "应急管理局", "0526", &["自然灾害生活救助资金和物资给付"]),
    (
        "education",
        "教育局",
        "2005",
        &[
            "义务教育家庭经济困难学生生活补助",
            "学前、义务教育入学办理",
            "银行开户证明打印",
            "重新申领音乐行业长期护理津贴",
        ],
    ),
];

fn item(name: &str, part: &Part, number: usize) -> Brief {
    let (domain, department, digits, _) = *part;
    let mut names = name.split('|').map(str::to_owned);
    let catalog_code = format!("42{digits}{number:03}001");
    let organisation = name.contains("机构") || name.contains("企业");
    Brief {
        code: format!("11429006MB999999X64{catalog_code}"),
        catalog_code,
        id: format!("{domain}-{number}"),
        name: names.next().unwrap(),
        aliases: names.collect(),
        department: department.to_owned(),
        domain: domain.to_owned(),
        audience: vec![if organisation { Audience::Organisation } else { Audience::Person }],
        four_ways: FourWays {
            at_once: number.is_multiple_of(2),
            online: true,
            nearby: number.is_multiple_of(3),
            once: false,
        },
        project_type: ProjectType::Instant,
        promised_limit: None,
        handle_area: HandleArea::County,
        offered: Offered::default(),
        role: (!name.contains("申请")).then_some(Role::Direct),
        elsewhere: None,
    }
}

static ITEMS: LazyLock<Vec<Brief>> = LazyLock::new(|| {
    let numbered =
        PARTS.iter().flat_map(|part| part.3.iter().enumerate().map(move |(number, name)| (part, number, name)));
    numbered.map(|(part, number, name)| item(name, part, number)).collect()
});

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| Catalogue::new(ITEMS.iter(), &Synonyms::built_in()));

fn found(query: &str, filter: &Filter) -> Vec<(&'static str, Hit)> {
    let hits = CATALOGUE.search(query, filter, usize::MAX);
    hits.into_iter().map(|hit| (ITEMS[place(&CATALOGUE, hit.entry)].name.as_str(), hit)).collect()
}

/// The place of an entry's item among [`ITEMS`], or among those of [`small`], whose codes tell it.
fn place(catalogue: &Catalogue, entry: usize) -> usize {
    let code = catalogue.row(entry).unwrap().code;
    ITEMS.iter().position(|item| item.code == code).unwrap_or_else(|| code.get(25..28).unwrap().parse().unwrap())
}

fn names(query: &str) -> Vec<&'static str> {
    found(query, &Filter::default()).into_iter().map(|(name, _)| name).collect()
}

fn first(query: &str) -> (&'static str, Hit) {
    found(query, &Filter::default()).into_iter().next().unwrap_or_else(|| panic!("{query} finds nothing"))
}

const ALLOWANCE: &str = "80周岁以上老年人高龄津贴发放";

#[test]
fn the_item_meant_comes_first() {
    let mut wrong = Vec::new();
    for (query, name) in [
        // Chinese
        ("高龄", ALLOWANCE),
        ("高龄津贴", ALLOWANCE),
        ("老年人高龄", ALLOWANCE),
        ("优待证", "老年人优待证申领"),
        ("临时救助", "临时救助"),
        ("失业登记", "失业登记"),
        ("社会保障卡", "社会保障卡申领"),
        ("出生医学证明首次", "《出生医学证明》首次签发"),
        ("《出生医学证明》", "《出生医学证明》首次签发"),
        ("无障碍", "困难重度残疾人家庭无障碍改造申请"),
        ("８０周岁", ALLOWANCE),
        // full pinyin
        ("gaoling", ALLOWANCE),
        ("gaolingjintie", ALLOWANCE),
        ("GaoLing", ALLOWANCE),
        ("shiyedengji", "失业登记"),
        ("yidijiuyi", "异地就医备案"),
        ("diaojie", "人民调解服务"),
        ("nvfumu", "独生子女父母光荣证补办"),
        ("chushengyixue", "《出生医学证明》首次签发"),
        ("zinv", "独生子女父母光荣证补办"),
        // initials
        ("gljt", ALLOWANCE),
        ("GLJT", ALLOWANCE),
        ("lsjz", "临时救助"),
        ("ydjyba", "异地就医备案"),
        ("shbzk", "社会保障卡申领"),
        ("shbzhk", "社会保障卡申领"),
        ("cxjmjbylbx", "城乡居民基本养老保险参保登记"),
        ("csyxzm", "《出生医学证明》首次签发"),
        ("flyz", "法律援助咨询服务"),
        // mixed and unfinished
        ("gl津贴", ALLOWANCE),
        ("高ling", ALLOWANCE),
        ("gaolingj", ALLOWANCE),
        ("gaolingjin", ALLOWANCE),
        ("80zs", ALLOWANCE),
        ("shiyeden", "失业登记"),
        ("养老jg", "养老机构设立备案"),
        // every reading
        ("yinhang", "银行开户证明打印"),
        ("yinxing", "银行开户证明打印"),
        ("yhkh", "银行开户证明打印"),
        ("chongxin", "重新申领音乐行业长期护理津贴"),
        ("zhongxin", "重新申领音乐行业长期护理津贴"),
        ("changqihuli", "重新申领音乐行业长期护理津贴"),
        ("zhangqihuli", "重新申领音乐行业长期护理津贴"),
        ("yinyue", "重新申领音乐行业长期护理津贴"),
        ("yinle", "重新申领音乐行业长期护理津贴"),
        ("zhongducanji", "重度残疾人护理补贴"),
        ("chongducanji", "重度残疾人护理补贴"),
        // everyday words
        ("80岁", ALLOWANCE),
        ("八十岁", ALLOWANCE),
        ("80sui", ALLOWANCE),
        ("老年卡", "老年人优待证申领"),
        ("lnk", "老年人优待证申领"),
        ("低保", "最低生活保障对象认定"),
        ("dibao", "最低生活保障对象认定"),
        ("办准生证", "生育登记"),
        ("zhunshengzheng", "生育登记"),
        ("新农合", "城乡居民基本医疗保险参保登记"),
        ("残疾证", "残疾人证新办"),
        ("暂住证", "居住证办理"),
        // confused sounds
        ("gaolin", ALLOWANCE),
        ("gaonin", ALLOWANCE),
        ("sehuibaozhangka", "社会保障卡申领"),
        ("senyudenji", "生育登记"),
        ("yangnaojigou", "养老机构设立备案"),
        // homophones, gaps
        ("高领津贴", ALLOWANCE),
        ("义地就医", "异地就医备案"),
        ("养老待遇认证", "养老保险定期待遇领取资格认证"),
        ("lnrgltff", ALLOWANCE),
        // one slip
        ("gaolong", ALLOWANCE),
        ("gaolnig", ALLOWANCE),
        ("gaolinjg", ALLOWANCE),
        ("gaaoling", ALLOWANCE),
        ("高令津帖", ALLOWANCE),
        ("失业登纪", "失业登记"),
        ("异地看就医", "异地就医备案"),
        ("法律援助自询", "法律援助咨询服务"),
        ("yidijiuye", "异地就医备案"),
        ("shiyedemgji", "失业登记"),
        // codes
        ("420511008001", ALLOWANCE),
        ("11429006MB999999X64420511008001", ALLOWANCE),
        ("11429006mb999999x64420511008001", ALLOWANCE),
        ("0511008", ALLOWANCE),
        ("422015002", "异地就医备案"),
        // several words
        ("津贴 老年人", ALLOWANCE),
        ("老年人 津贴", ALLOWANCE),
        ("jt 高龄 80", ALLOWANCE),
        ("民政 津贴", ALLOWANCE),
        ("残联 新办", "残疾人证新办"),
        ("cjr　补办", "残疾人证挂失补办"),
        ("  gljt  ", ALLOWANCE),
    ] {
        let found = names(query);
        if found.first() != Some(&name) {
            wrong.push((query, name, found.into_iter().take(3).collect::<Vec<_>>()));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn what_does_not_match_is_not_found() {
    for query in ["xqkwv", "护照", "😀", "abcdefgh", "高龄 护照", "9999999", "gl津贴xq护照", "\u{10ffff}", "ᠠᠡᠢ"]
    {
        assert_eq!(names(query), [""; 0], "{query}");
    }
}

fn small(names: &[&str]) -> Catalogue {
    let part = ("d", "津贴局", "9001", &[] as &[&str]);
    let items = names.iter().enumerate().map(|(number, name)| {
        let mut item = item(name.trim_start_matches('!'), &part, number);
        if !name.ends_with('#') {
            item.department = "民政局".to_owned();
        }
        item.name = item.name.trim_end_matches('#').to_owned();
        item.role = name.starts_with('!').then_some(Role::Agency);
        item
    });
    Catalogue::new(items, &Synonyms::none())
}

fn order(catalogue: &Catalogue, query: &str) -> Vec<usize> {
    let hits = catalogue.search(query, &Filter::default(), usize::MAX);
    hits.into_iter().map(|hit| place(catalogue, hit.entry)).collect()
}

#[test]
fn filters_hold_for_every_query() {
    let ways = |at_once, nearby| FourWays { at_once, nearby, ..FourWays::default() };
    let base = Filter::default();
    type Passes = fn(&Brief) -> bool;
    let filters: Vec<(Filter, Passes)> = vec![
        (Filter { domain: Some("health".into()), ..base.clone() }, |item| item.domain == "health"),
        (Filter { department: Some("民政局".into()), ..base.clone() }, |item| item.department == "民政局"),
        (Filter { audience: Some(Audience::Organisation), ..base.clone() }, |item| {
            item.audience.contains(&Audience::Organisation)
        }),
        (Filter { four_ways: ways(true, false), ..base.clone() }, |item| item.four_ways.at_once),
        (Filter { four_ways: ways(true, true), ..base.clone() }, |item| {
            item.four_ways.at_once && item.four_ways.nearby
        }),
        (Filter { four_ways: FourWays { once: true, ..FourWays::default() }, ..base.clone() }, |_| false),
        (Filter { admitted_only: true, ..base.clone() }, |item| item.role.is_some()),
    ];
    for (filter, passes) in filters {
        for query in ["", "登记", "bt", "shenqing", "民政局"] {
            let all: Vec<usize> = order(&CATALOGUE, query);
            let expected: Vec<usize> = all.into_iter().filter(|entry| passes(&ITEMS[*entry])).collect();
            let hits = CATALOGUE.search(query, &filter, usize::MAX).into_iter();
            let found: Vec<usize> = hits.map(|hit| place(&CATALOGUE, hit.entry)).collect();
            // A search that finds few in the filter looks further: the exact ones stay in front.
            assert!(found.iter().all(|entry| passes(&ITEMS[*entry])), "{query} {filter:?}");
            assert_eq!(found.get(..expected.len()), Some(expected.as_slice()), "{query} {filter:?}");
        }
    }
}

#[test]
fn marks_are_the_characters_that_matched() {
    for (query, marks) in [
        ("gljt", vec![9, 10, 11, 12]),
        ("80", vec![0, 1]),
        ("80zhou", vec![0, 1, 2]),
        ("发放 老年", vec![6, 7, 13, 14]),
        ("高龄发放", vec![9, 10, 13, 14]),
        ("老年发放", vec![6, 7, 13, 14]),
        ("gaolong", vec![9, 10]),
        ("gaonin", vec![9, 10]),
    ] {
        assert_eq!(first(query), (ALLOWANCE, Hit { marks: marks.clone(), ..first(query).1 }), "{query}");
        assert_eq!(first(query).1.marks, marks, "{query}");
    }
    // Brackets are passed over.
    assert_eq!(first("证明首次").1.marks, [5, 6, 8, 9]);
    // A match in an everyday word marks nothing in the name.
    assert_eq!(first("准生证").1.marks, [0; 0]);
}

#[test]
fn items_are_got_by_code_or_id() {
    for key in ["11429006MB999999X64420511008001", "11429006mb999999x64420511008001", " 420511008001 "] {
        assert_eq!(
            CATALOGUE.find(key).map(|entry| CATALOGUE.row(entry).unwrap().name).as_deref(),
            Some(ALLOWANCE),
            "{key}"
        );
    }
    for key in ["", "4205110080", "civil-affairs", "高龄津贴"] {
        assert_eq!(CATALOGUE.find(key), None, "{key}");
    }
}

#[test]
fn departments_are_those_present() {
    assert_eq!(CATALOGUE.departments().len(), PARTS.len() - 1);
}

#[test]
fn an_empty_catalogue_finds_nothing() {
    let empty = Catalogue::new(Vec::<Brief>::new(), &Synonyms::built_in());
    assert_eq!(empty.search("", &Filter::default(), 10), []);
    assert_eq!(empty.search("gljt", &Filter::default(), 10), []);
    assert_eq!(empty.find("x"), None);
}
