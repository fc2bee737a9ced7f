### 画面上的词句。

# 画面框架
frame-too-small = 窗口太小，请放大到至少 40 列 10 行。
practice-banner = 【练习室】人员、号码和办件均为虚构，不会进入真实系统。
status-for = 为 { $name } 办理
status-queued = 待发 { $n }
status-read-only = 只读
status-saved = 已保存
status-unsaved = 未保存
status-save-failed = 保存失败
list-loading = 正在读取……
document-more = 下面还有 { $n } 行
answer-no = 否
answer-yes = 是
no-name-yet = （未填姓名）
file-notice = 一次性告知单-{ $item }
file-receipt = 收件凭证-{ $number }

# 标题
title-sign-in = 登录
title-notice = 请先阅读
title-old-password = 旧密码
title-recover = 忘记密码
title-change-password = 更改密码
title-locked = 已锁屏
title-catalogue = 事项目录
title-guide = 办事指南
title-intake = 收件登记
title-review = 核对
title-receipt = 收件凭证
title-provisional = 临时收件单
title-refused = 未被接收
title-drafts = 草稿
title-outbox = 待发
title-cases = 办件
title-case = 办件详情
title-help = 帮助

# 登录
sign-in-name = 用户名
sign-in-password = 密码
sign-in-old-password = 旧密码
sign-in-new-password = 新密码
sign-in-again = 再输一次
sign-in-recovery-key = 恢复密钥
sign-in-locked-hint = 输入密码即可继续，内容都在原处。
sign-in-old-hint = 受理平台的密码已经更改，本机的本地库还是旧密码。请输入一次旧密码，之后两处密码一致。
sign-in-recover-hint = 由管理员输入恢复密钥。新密码请用您登录受理平台的密码。
sign-in-change-hint = 这是本机本地库的密码。受理平台的登录密码由平台管理员更改。
sign-in-recovered = 本地库已换成新密码，请登录。
password-changed = 密码已更改。
notice-recovery-key = 这是新工位。恢复密钥只显示这一次：{ $key }　请抄下来交给管理员，不要留在本工位。忘记密码时，用它可以打开本地库。
sign-in-waiting = 正在登录……

# 事项目录
catalogue-search = 查找：{""}
catalogue-count = { $at }/{ $n }
catalogue-filtered = 筛选：{ $filters }
catalogue-cached = 离线目录
catalogue-missing = 本机还没有事项目录：{ $reason } 连上以后会自动下载，也可以按 Ctrl-R 重试。
catalogue-progress = 更新目录 { $done }/{ $total }
catalogue-loading = 正在读取事项目录……
catalogue-nothing = 没有找到。可输入名称、拼音、首字母、俗称或编码；Esc 清空。
catalogue-nowhere = 本站不办
catalogue-elsewhere = 本站不办 -> { $site }
catalogue-head-item = 事项
catalogue-head-department = 部门
catalogue-head-role = 本站
catalogue-head-limit = 时限
role-direct = 直办
role-agency = 代办
role-assist = 协办
role-inform = 公开告知
limit-instant = 即办
limit-none = 未定
limit-working = { $n } 工作日
limit-natural = { $n } 日
audience-person = 自然人
audience-organisation = 法人和其他组织
four-at-once = 马上办
four-online = 网上办
four-nearby = 就近办
four-once = 一次办
filter-title = 筛选（左右键改变，Esc 关闭）
filter-domain = 领域
filter-audience = 服务对象
filter-department = 部门
filter-admitted = 仅本站办理
filter-any = 不限
filter-must = 必须

# 办事指南
guide-situations = 情形（Tab 换题，左右键改答案，材料随之改变）
guide-inform-only = 本站只作告知，不受理；可到下面所列站点办理。
guide-not-admitted = 本站未准入此事项；可到下面所列站点办理。

# 收件登记
intake-part-applicant = 申请人
intake-part-agent = 代办人
intake-part-form = 表单
intake-part-materials = 材料
intake-part-delivery = 送达
intake-part-owed = 容缺
intake-last-field = 已是最后一项，按 F9 核对。
intake-no-errors = 没有错误。
intake-parked = 已暂存，F3 可继续。
intake-entries-full = 不能再增加。
intake-entry-removed = 已删除一条，Ctrl-Z 恢复。
intake-entries-least = 不能再减少。
intake-no-entries = 本页没有已增加的条目。
intake-discard-question = 删除“{ $item }”的草稿？删除后不能恢复。
draft-deleted = 草稿已删除。
form-add = [+] 增加{ $label }（已有 { $n }）
form-window = 第 { $at }/{ $of } 屏
form-entry = { $label } { $n }/{ $of } { $name }
form-soft = 可容缺
form-capture-id-card = { $key } 读身份证
form-capture-code = { $key } 扫码
form-capture-scan = { $key } 扫描
owed-in-entry = { $group } { $n } { $label }
calendar-month = { $year }年{ $month }月
calendar-weekdays = 一 二 三 四 五 六 日
calendar-typed = 日期：{""}
picker-chosen = { $title }（已选 { $n }）
picker-level = { $title } · { $path }
picker-filter = 筛选：{""}
picker-nothing = 没有匹配的选项。
materials-situations = 情形
materials-received = 收取
materials-copies = 份数
materials-original-checked = 已核原件
materials-owed-until = 补交期限
materials-owed-reason = 缺件原因
materials-originals = 原件{ $n }
materials-photocopies = 复印件{ $n }
materials-optional = 非必要
materials-heading = { $name }（{ $asked }）
materials-promise-must-be-later = 补交期限应在今天之后。
received-paper = 纸质收取
received-scan = 电子件
received-shared = 免提交
received-owed = 容缺后补
received-none = 未提供

# 核对
review-ready = 请与申请人核对，F9 提交。
review-duplicate = 申请人已有同一事项在办；核实后 F9 仍然提交。
review-errors = 还有 { $n } 处错误，Enter 去修改，F7 下一处。
review-has-errors = 还有错误，不能提交。F7 找到错误，Enter 去修改。

# 草稿、待发、办件
head-updated = 最后修改
head-applicant = 申请人
head-item = 事项
head-submitted = 提交时间
head-state = 状态
head-number = 编号
head-status = 状态
head-due = 承诺办结
drafts-none = 没有草稿。
outbox-none = 没有提交过的办件。
cases-none = 没有办件。
outbox-withdraw-question = 撤回“{ $item }”？撤回后不再发送。
outbox-withdrawn = 已撤回。
case-no = 办件编号
case-request-no = 申报号
case-item = 事项
case-applicant = 申请人
case-status = 状态
case-received = 收件时间
case-due = 承诺办结
case-log = 办理过程
status-received = 已收件
status-supplement-needed = 待补正
status-accepted = 已受理
status-accepted-owing = 容缺受理
status-not-accepted = 不予受理
status-in-review = 审批中
status-suspended = 挂起
status-granted = 准予
status-refused = 不予
status-ready-for-issue = 待出件
status-delivered = 已送达
status-evaluated = 已评价
status-withdrawn = 撤回
status-returned = 退件
status-terminated = 异常终止

# 未被接收
doc-refusal-title = 后台未接收此申请
doc-refusal-next = 所填内容都在。按 Enter 重新打开修改。

# 帮助
help-about = “{ $screen }”可用的键：
help-enter = Enter 到下一项，不会提交；只有在核对页按 F9 才提交。
help-escape = Esc 返回，不会丢失任何内容。
help-escape-digit = F 键不可用时，先按 Esc 再按数字：Esc 2 即 F2，Esc 0 即 F10。
help-saved = 显示“已保存”时，断电也不会丢失；F3 可随时继续。
help-menu = F10 列出本画面的全部操作。

# 出错
trouble-offline = 网络不通，请稍后再试；已填内容都在。
trouble-captive-portal = 网络被登录页面拦截，请先登录网络。
trouble-busy = 后台忙，请稍后再试。
trouble-unauthorised = 未能登录：{ $detail }
trouble-refused = 后台拒绝：{ $detail }
trouble-other-world = 练习与正式系统不能混用，已停止。
trouble-no-client = 无法连接后台：{ $detail }
trouble-signed-out = 请先登录。
trouble-passwords-differ = 两次输入的新密码不同，请重新输入。
trouble-recovery-setting = 设置 recovery-key 不是恢复公钥：{ $detail }
trouble-read-only = 本地库正被另一个会话使用：可以查看，不能修改。
trouble-first-sign-in = 第一次在本工位登录需要连上受理平台。请接好网络再试。
trouble-password-changed = 受理平台不再接受这个密码。请退出后用新密码登录，内容都已保存。
trouble-wrong-password = 密码不对。
trouble-other-clerk = 另一位工作人员正在使用；请先退出再登录。
trouble-item-offline = 这个事项的指南还没有下载，网络通后再打开。
trouble-library = 本机目录不能读写，请检查磁盘：{ $detail }
draft-item-withdrawn = 这个事项已取消，提交会被退回；请核对后改办其他事项。
draft-item-replaced = 这个事项已取消，请改办“{ $item }”。
trouble-form = 表单不能使用，请联系管理员：{ $detail }
trouble-item-gone = 目录中已没有此事项；草稿仍在。
trouble-draft-gone = 草稿已不存在。
trouble-no-receipt = 还没有收件凭证。
text-saved = 已存为 { $path }
printed = 已送打印机。
trouble-said = { $detail }
trouble-reader = 读卡器的答复读不懂：{ $detail }
