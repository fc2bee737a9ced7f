### 导入事项表(onewindow catalogue import)时的提示，写给目录的编写者。

catalogue-import-no-column = 表头里没有“{ $column }”这一列，整个文件没有导入。请补上表头。
catalogue-import-unknown-column = “{ $column }”这一列用不上，已略过。
catalogue-import-empty = “{ $column }”是空的。请填写。
catalogue-import-mended = “{ $from }”已改为“{ $to }”。请核对。
catalogue-import-no-choice = “{ $column }”填的“{ $value }”不认识。请按规范用语填写。
catalogue-import-limit = “{ $column }”填的“{ $value }”不是天数。请写成“15个工作日”或“15日”；月、年、区间请由部门折算成天。
catalogue-import-date = 日期“{ $value }”不对。请写成 2026-09-18。
catalogue-import-form = 表单“{ $value }”不对。请写成“编号@版本”。
catalogue-import-id = 编号“{ $value }”只能用小写字母、数字和短横线。
catalogue-import-number = “{ $value }”不是次数。请填数字。
catalogue-import-code-length = 实施编码“{ $code }”应为 31 位，现有 { $found } 位。请核对。
catalogue-import-body = 实施编码前 18 位“{ $body }”不是正确的统一社会信用代码：{ $reason }。
catalogue-import-level = 实施编码第 19 位是“{ $found }”，而行使层级的代码是 { $level }。请改成一致。
catalogue-import-catalog-code = 基本编码“{ $code }”应为 12 位数字，并与实施编码的后 12 位相同。
catalogue-import-type = 事项类型的代码是 { $type }，而基本编码第 3、4 位是 { $digits }。请改成一致。
catalogue-import-domain = 没有领域“{ $value }”。请用目录里的领域名称，或先在 catalogue.toml 里补上。
catalogue-import-code-twice = 实施编码 { $code } 已有：{ $other }。这一行没有导入。
catalogue-import-id-twice = 编号“{ $code }”已有：{ $other }。这一行没有导入。请换一个编号。
catalogue-import-cells = 这一行有 { $found } 格，表头有 { $columns } 列，可能串了列。请核对分隔符和引号，空格子也要留着。
catalogue-import-encoding = 这一行有读不出来的字。请在原文件里重新输入，另存为 UTF-8 编码的 CSV。
catalogue-import-fee = “{ $value }”不是收费标准。请写明标准，如“每件 10 元”；不收费的写“否”。
catalogue-import-quote = 这一行有个引号没有闭合，后面的行另行处理。请补上引号，或删去它。
catalogue-import-column-twice = “{ $column }”与第 { $first } 列是同一内容，只用了前一列。请删去一列。
