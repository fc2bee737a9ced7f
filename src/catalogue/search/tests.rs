use std::sync::LazyLock;

use proptest::prelude::*;

use super::super::sounds::{fold, is_mark, readings};
use super::*;
use crate::domain::item::{HandleArea, ItemType, Level, ProjectType};
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

fn item(name: &str, part: &Part, number: usize) -> Item {
    let (domain, department, digits, _) = *part;
    let mut names = name.split('|').map(str::to_owned);
    let catalog_code = format!("42{digits}{number:03}001");
    Item {
        id: format!("{domain}-{number}"),
        code: format!("11429006MB999999X64{catalog_code}"),
        catalog_code,
        version: 1,
        name: names.next().unwrap(),
        aliases: names.collect(),
        item_type: ItemType::PublicService,
        domain: domain.to_owned(),
        department: department.to_owned(),
        audience: if name.contains("机构") || name.contains("企业") {
            vec![Audience::Organisation]
        } else {
            vec![Audience::Person]
        },
        use_level: Level::County,
        project_type: ProjectType::Instant,
        legal_limit: None,
        promised_limit: None,
        conditions: Vec::new(),
        flow: Vec::new(),
        situations: Vec::new(),
        materials: Vec::new(),
        fee: None,
        trips: 0,
        handle_area: HandleArea::County,
        four_ways: FourWays { at_once: number % 2 == 0, online: true, nearby: number % 3 == 0, once: false },
        basis: Vec::new(),
        place: String::new(),
        hours: String::new(),
        enquiries: String::new(),
        complaints: String::new(),
        result: String::new(),
        form: "general@1".parse().unwrap(),
        sample: Vec::new(),
    }
}

fn entries() -> Vec<CatalogueEntry> {
    PARTS
        .iter()
        .flat_map(|part| part.3.iter().enumerate().map(move |(number, name)| item(name, part, number)))
        .map(|item| {
            let role = (!item.name.contains("申请")).then_some(Role::Direct);
            CatalogueEntry { item: Arc::new(item), admission: Admission { role, elsewhere: Vec::new() } }
        })
        .collect()
}

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| Catalogue::new(entries(), &Synonyms::built_in()));

fn found(query: &str, filter: &Filter) -> Vec<(&'static str, Hit)> {
    let hits = CATALOGUE.search(query, filter, usize::MAX);
    hits.into_iter().map(|hit| (CATALOGUE.entries()[hit.entry].item.name.as_str(), hit)).collect()
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
    for query in ["zzzz", "护照", "😀", "abcdefgh", "高龄 护照", "9999999", "gl津贴x护", "\u{10ffff}", "ᠠᠡᠢ"]
    {
        assert_eq!(names(query), [""; 0], "{query}");
    }
}
