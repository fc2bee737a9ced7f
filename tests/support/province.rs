//! A synthetic catalogue as big as a province's: invented names out of real words, one town's site.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "what helps a test or a bench fails as it does")]

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

/// Counties of the province: each has every matter.
const COUNTY_COUNT: usize = 50;

fn chance(number: usize) -> u64 {
    u64::try_from(number).unwrap().wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 33
}

fn catalog_code(number: usize) -> String {
    format!("420511{:06}", number / COUNTY_COUNT)
}

/// The implementation code of an item.
#[allow(dead_code, reason = "not every program with this module looks for one item")]
pub fn code(number: usize) -> String {
    let (county, chance) = (number % COUNTY_COUNT, chance(number));
    let body = 100_000 + chance % 7 * 1_237 + county as u64 * 37;
    format!("11{:06}MB{body:06}X{}4{}", 420_100 + county, county % 10, catalog_code(number))
}

/// A province's catalogue: real words, put together; the same matters in each county.
pub fn write(root: &Path, count: usize) {
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
    const COUNTIES: [&str; COUNTY_COUNT] = [
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
        let chance = chance(number);
        let variant =
            ["", "", "", "（线上）", "（特殊情形）", "（复核）", "（一件事）", "（帮办）"][(chance % 8) as usize];
        let county_name = COUNTIES[county];
        let catalog_code = catalog_code(number);
        let code = code(number);
        let id = format!("item-{number}");
        write(
            &format!("items/civil-affairs/{id}.toml"),
            &format!(
                "code = \"{code}\"\ncatalog-code = \"{catalog_code}\"\nversion = 1\nname = \"{}{}{}{variant}\"\n\
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
