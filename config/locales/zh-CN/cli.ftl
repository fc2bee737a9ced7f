### 命令行的提示

cli-no-terminal = 这里不是终端，无法显示界面。请在终端里直接运行；脚本请用 onewindow catalogue、drafts、cases 等命令。
cli-not-utf8 = 系统字符集“{ $locale }”不是 UTF-8，中文无法显示。请先执行 export LANG=C.UTF-8，或请管理员设置 UTF-8 字符集。
cli-no-server = 还没有设置后台地址。请用 --server URL 指定，或写进设置文件（onewindow config path 可查位置）；练习请用 onewindow demo。
cli-no-user = 不知道是哪位窗口人员。请用 --user 指定登录名。
cli-no-site = 目录里没有站点 { $site }。
cli-practice-backend = 注意：这是练习后台，办件都不作数。
cli-password = { $user } 的密码：
cli-no-password = 没有输入密码。
cli-passphrase-file = 密码文件 { $path } 读不了：{ $reason }
cli-config-built-in = 内置
cli-people = 练习用的人员，都是虚构的：
cli-demo-catalogue = 目录 { $dir } 有错误，不能用来演练。请按上面所列改正后再试。

cli-api-offline = 连不上后台。请检查网络和服务器地址，稍后再试；待发件都在本机。（{ $detail }）
cli-api-captive-portal = 回答的不是后台，可能是网络认证页面。请先完成上网认证。
cli-api-retry = 后台正忙，请稍后再试。
cli-api-unauthorised = 用户名或密码不对。
cli-api-other-world = 练习和正式不能混用：对方不是要连的那一种后台。
cli-api-refused = 后台不同意：{ $detail }

cli-catalogue-built-in = 还没有同步事项目录，以下是内置的示例目录。
cli-catalogue-nothing = 没有找到“{ $query }”。
cli-catalogue-no-item = 没有编码为 { $code } 的事项。
cli-catalogue-not-admitted = 本站不办

cli-check-error = 错误
cli-check-warning = 提醒
cli-check-summary = 事项 { $items } 个，表单 { $forms } 份，站点 { $sites } 个；错误 { $errors } 处，提醒 { $warnings } 处。

cli-recovery-setting = 设置 recovery-key 不是恢复公钥：{ $detail }
cli-vault-good = 每条记录都能打开，内容与写入时一致。
cli-vault-good-but-rescued = 现有的 { $n } 条记录都能打开。但本地库曾受损，缺了什么见上文；有人在屏幕上登录之前，每次都会提示。
cli-vault-bad = { $of } 条记录中有 { $n } 条已损坏，其他记录不受影响。请联系技术人员。
cli-vault-password-changed = 密码已更改。受理平台的登录密码由平台管理员更改。
cli-vault-recovered = 从现在起用新密码打开本地库。
cli-recovery-key = 恢复密钥：
cli-new-password = 新密码：
cli-new-password-again = 再输一次新密码：
cli-file-unwritable = 文件 { $path } 写不进去：{ $detail }
cli-recovery-exists = 本工位已有恢复密钥：数据文件夹里的 recovery.pub。若私密部分已丢失，请先删除该文件再重新生成。
cli-recovery-made = 私密部分在 { $path }，请从本机取走并妥善保管。公开部分可填入其他工位的设置 recovery-key：
cli-no-vault = { $user } 在这里没有本地数据：{ $path }
cli-no-draft = 没有暂存件 { $id }。
cli-no-request = 待发箱里没有 { $id }。
cli-file-unreadable = { $path } 读不了：{ $detail }
cli-import-line = 第 { $line } 行：{ $reason }
cli-import-done = 导入 { $imported } 份，原已有 { $unchanged } 份，未导入 { $refused } 份。
cli-submit-done = 已提交 { $submitted } 份，未提交 { $refused } 份。
cli-push-done = 已收件 { $accepted } 份，被退回 { $refused } 份，待发 { $waiting } 份。
cli-export-done = 已导出待发 { $n } 份。本机仍会发送，不会重复收件。
cli-carry-passphrase = 口令打不开 { $path }。
cli-carry-damaged = { $path } 不是完整的待发箱导出文件，请重新导出。损坏之前的件已放入待发箱。
cli-draft-errors = 还有 { $n } 处未填或有误，请在界面上打开修改。
cli-draft-unknown = 本机没有它的事项或表单，请先登录同步，或在界面上提交。

document-syntax = 不是 JSON：{ $detail }
document-shape = 不符合申请文档的格式：{ $detail }
document-no-item = 没有申请任何事项（items 为空）。
document-id = 编号（id、supersedes）不能用。
document-control-character = { $detail } 含有控制字符，请去掉。
document-not-relevant = 不应填写，或与计算结果不一致。
document-digits = 数字 { $number } 位数太多，读入会丢失位数。编号、代码请写成文字（加引号）。
document-not-utf8 = 不是 UTF-8 文本。
document-too-long = 超过 2 MiB，受理平台不收。
document-findings = 有 { $n } 处不符合要求。
document-file = 附件读不了。
document-conflict = 这个编号在本机已有内容不同的申请。
document-deleted = 这个编号的草稿已在本机删除。

cli-doctor-ok = 正常
cli-doctor-warn = 注意
cli-doctor-bad = 不行
cli-doctor-locale-ok = 字符集：{ $detail }
cli-doctor-locale-bad = 字符集“{ $detail }”不是 UTF-8，中文无法显示。请执行 export LANG=C.UTF-8；远程登录的，请管理员在服务器上允许 LANG 和 LC_*。
cli-doctor-term-ok = 终端类型：{ $detail }
cli-doctor-term-bad = 终端类型不明（TERM）。请在真正的终端里运行，或执行 export TERM=xterm。
cli-doctor-size-ok = 终端大小：{ $detail }
cli-doctor-size-small = 终端只有 { $detail }，小于 80×24，有的内容要翻页。请拉大窗口或调小字号。
cli-doctor-size-unknown = 看不出终端大小。若输出被重定向，可以不管。
cli-doctor-settings-ok = 设置可以读取
cli-doctor-settings-bad = 设置有误：{ $detail }
cli-doctor-data-ok = 数据文件夹：{ $detail }
cli-doctor-data-unwritable = 数据文件夹写不进：{ $detail }。请改权限，或用 --data-dir 换一个。
cli-doctor-data-unreadable = 数据文件夹读不了：{ $detail }
cli-doctor-data-network = 数据文件夹在网络盘上：{ $detail }。网络盘断电、断网时不保险，请用 --data-dir 换到本机硬盘。
cli-doctor-data-open = 数据文件夹别人也能看：{ $detail }。请执行 chmod 700。
cli-doctor-vault-none = 本地库：{ $detail } 还没有
cli-doctor-vault-ok = 本地库：已加密（{ $detail }）
cli-doctor-vault-unsealed = { $detail } 的本地库还没有加密。登录一次后即加密。
cli-doctor-vault-keys = { $detail } 的本地库密钥文件缺失或损坏。请从备份找回 *.keys 文件。
cli-doctor-vault-closed = { $detail } 的本地库因密码错误次数过多，暂时不能打开。
cli-doctor-vault-no-recovery = { $detail } 的本地库没有恢复密钥，忘记密码就打不开了。请运行 onewindow vault recovery-key，再登录一次。
cli-doctor-vault-setting = 设置 recovery-key 不是恢复公钥：{ $detail }
cli-doctor-backend-none = 还没有设置后台地址，只能练习和查内置目录。
cli-doctor-backend-address = 后台地址不对：{ $detail }
cli-doctor-backend-ok = 后台连得上：{ $detail }
cli-doctor-backend-practice = 连的是练习后台：{ $detail }。正式办件请换地址。
cli-doctor-backend-captive = 回答的不是后台：{ $detail }。请先完成上网认证，再核对地址。
cli-doctor-backend-bad = 后台连不上：{ $detail }。请检查网线和地址；没有网络也能收件，联网后自动补交。
cli-doctor-printer-ok = 打印命令：{ $detail }
cli-doctor-printer-none = 没有设置打印命令，回执和告知单只能存成文件。
cli-doctor-printer-missing = 找不到打印命令 { $detail }。请安装，或在设置里改 print-command。
cli-keymap = 按键设置 { $path } 不能使用：{ $error }
cli-catalogue-brief-only = { $code } 的指南还没有下载。请联网后运行 onewindow catalogue sync。
cli-sync-briefs = 事项名称 { $done }/{ $total }
cli-sync-entries = 办事指南 { $done }/{ $total }
cli-sync-changes = 变更 { $done }/{ $total }
cli-sync-done = 目录已是最新：事项 { $items } 个（指南齐全 { $whole } 个），表单和代码表 { $documents } 份。保存在 { $path }
cli-import-too-large = { $file } 超过 256 MB。请分成几个文件。
cli-import-summary = 导入 { $items } 个事项，{ $rejected } 行没有导入。请再运行 onewindow catalogue check 检查。
