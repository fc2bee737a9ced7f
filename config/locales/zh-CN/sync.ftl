### 待发箱、网络状态和本地库。

## 网络状态
sync-link-unknown = 尚未连接
sync-link-online = 在线（{ $time }）
sync-link-offline = 离线（{ $time } 起）
sync-link-offline-heard = 离线（末次联系 { $time }）
sync-link-offline-short = 离线
sync-link-captive = 网络被拦截
sync-skew-none = 本机时钟已准。
sync-skew-behind = 本机时钟慢 { $minutes } 分钟，请校准。时间以受理平台为准。
sync-skew-ahead = 本机时钟快 { $minutes } 分钟，请校准。时间以受理平台为准。

## 待发件状态
sync-state-queued = 待发送
sync-state-sending = 发送中
sync-state-accepted = 已收件
sync-state-partly-accepted = 部分收件
sync-state-refused = 被退回
sync-state-withdrawn = 已撤回

sync-local-prefix = 临
sync-age-minutes = { $n } 分钟前提交
sync-age-hours = { $n } 小时前提交
sync-age-days = { $n } 天前提交
sync-progress = 已传 { $percent }（{ $sent } / { $size }）
sync-holder-process = 进程 { $value }
sync-holder-user = 用户 { $value }
sync-holder-terminal = 终端 { $value }
sync-holder-since = { $value } 起
sync-list-comma = ，
sync-list-semicolon = ；
sync-refused-item = { $item }：{ $reason }
sync-detail = { $sentence }（{ $detail }）

## 为什么还没发出，或者为什么被退回
sync-reason-unreachable = 连不上服务器。网络恢复后自动发送，不用重填。
sync-reason-answer-lost = 已发出，但没有收到答复。会自动再问，不会重复收件。
sync-reason-captive-portal = 应答的不是受理平台，可能要先登录网络。请打开浏览器完成上网认证，再重试。
sync-reason-sign-in = 登录已失效。请重新登录，之后自动发送。
sync-reason-unsendable = 这份申请无法发送。请重新打开修改后再提交。
sync-reason-upload-gone = 附件没有传完，稍后自动再传。
sync-reason-damaged = 这条记录在本机读不出来，不影响其他件。请联系技术人员。
sync-reason-client-too-old = 本程序版本过低，受理平台已不接收。请更新程序，之后自动发送，不用重填。
sync-reason-in-progress = 受理平台正在处理同一份申请，稍后自动再问。
sync-reason-unavailable = 受理平台繁忙，稍后自动重发。
sync-reason-internal = 受理平台出错，稍后自动重发。
sync-reason-timeout = 受理平台等候超时，稍后自动重发。
sync-reason-locked-out = 受理平台要求稍候，到时自动重发。
sync-reason-digest-mismatch = 内容在途中受损，稍后自动重发。
sync-reason-malformed = 受理平台读不懂这份申请。请联系技术人员，程序可能需要更新。
sync-reason-role-forbids = 您的岗位不能提交这个事项。请联系主管人员。
sync-reason-other-site = 这份申请不属于您的站点。请回到原站点提交。
sync-reason-not-admitted = 本站点没有承接这个事项。请引导群众到能办理的站点。
sync-reason-not-found = 受理平台没有这个事项。请同步目录后重新打开。
sync-reason-content-conflict = 受理平台已有同一编号、内容不同的申请。请先查办件，再决定是否重新提交。
sync-reason-duplicate-case = 此人在本处已有同一事项在办。请先核对；确需再办的，重新打开后确认。
sync-reason-form-retired = 表单已换新版。请重新打开，核对新表单后提交。
sync-reason-item-withdrawn = 事项已停办。请告知申请人，并查看替代事项。
sync-reason-item-withdrawn-replaced = 事项已停办，由 { $successor } 替代。请告知申请人，并在目录中查找替代事项。
sync-reason-too-large = 内容过大。请减少附件或文字后重新提交。
sync-reason-invalid = 内容不符合要求。请重新打开，按提示修改后提交。
sync-reason-unsupported-media-type = 受理平台不收这种格式的附件。请换成图片或 PDF 后重新提交。
sync-reason-status-403 = 受理平台不允许这样提交。请核对站点和岗位，或联系主管人员。
sync-reason-status-412 = 受理平台上的内容已被改动。请先查看办件，再决定是否重新提交。
sync-reason-status-413 = 内容过大。请减少附件或文字后重新提交。
sync-reason-status-415 = 受理平台不收这种格式的附件。请换成图片或 PDF 后重新提交。
sync-reason-status-423 = 另一位工作人员正在处理此件。请与其联系后再提交。
sync-reason-status-428 = 受理平台上的内容已被改动。请先查看办件，再决定是否重新提交。
sync-reason-unauthorised = 登录已失效。请重新登录，之后自动发送。
sync-reason-wrong-password = 用户名或密码不对。请重新登录，之后自动发送。
sync-reason-other-world = 练习和真实业务不能混用。请换到正确的受理平台重新登录。
sync-reason-method-not-allowed = 受理平台不认这个操作，可能是服务器地址或程序版本不对。请联系技术人员；问题解决后可以重新打开再提交。
sync-reason-offset-conflict = 附件上传的进度对不上，稍后自动再传。
sync-reason-illegal-action = 办件现在的状态不允许这样做。请先查看办件，再决定是否重新提交。
sync-reason-unsupported-version = 受理平台不认本程序上传附件的方式。请联系技术人员，程序可能需要更新；之后可以重新打开再提交。
sync-reason-prefill-gone = 预填的内容已被取走或过期。请重新打开，手工填写后提交。
sync-reason-precondition-failed = 受理平台上的内容已被改动。请先查看办件，再决定是否重新提交。
sync-reason-cursor-gone = 本机的目录太旧。请同步目录后重新打开提交。
sync-reason-precondition-required = 受理平台上的内容已被改动。请先查看办件，再决定是否重新提交。
sync-reason-rate-limited = 受理平台收到的请求过多，稍后自动重发。
sync-reason-checksum-mismatch = 附件在途中受损，稍后自动再传。
sync-reason-status-400 = 受理平台读不懂这份申请。请联系技术人员，程序可能需要更新；之后可以重新打开再提交。
sync-reason-status-404 = 受理平台或途中的网关找不到提交的入口。请联系技术人员核对服务器地址；之后可以重新打开再提交。
sync-reason-status-405 = 受理平台或途中的网关不认这个操作。请联系技术人员核对服务器地址；之后可以重新打开再提交。
sync-reason-status-425 = 受理平台要求稍后再发，届时自动重发。
sync-reason-status-451 = 途中的网关不放行这份申请。请联系技术人员；之后可以重新打开再提交。
sync-reason-partly-refused = 部分事项未收：{ $items }
sync-reason-other = 受理平台退回了这份申请。请按说明处理，重新打开修改后提交；不清楚时联系技术人员。

## 本地库
sync-vault-held = 本地库正被另一个会话使用（{ $holder }）。可以查看，不能修改。
sync-vault-read-only = 现在只能查看，不能修改。
sync-vault-missing = 这里还没有本地库：{ $path }
sync-vault-locked = 本地库已锁定，请输入密码。
sync-vault-closed = 密码错误次数过多，请在 { $time } 之后再试。
sync-vault-keys-missing = 本地库的密钥文件不见了，里面的内容都打不开。请从备份找回 *.keys 文件，或联系技术人员。
sync-vault-keys-damaged = 本地库的密钥文件和它的副本都已损坏。请从备份找回 *.keys 文件，或联系技术人员。
sync-vault-no-recovery = 这个本地库没有设恢复密钥，只能用密码打开。
sync-vault-recovery-malformed = 这不是恢复密钥，或者抄错了字符。请逐个核对。
sync-vault-recovery-other = 这不是本工位的恢复密钥。请向管理员要正确的那一份。
sync-vault-too-new = 本地库由较新的程序写成。请更新本程序。
sync-vault-not-found = 找不到这条记录。
sync-vault-state = 这份申请的状态是“{ $state }”，不能这样做。
sync-vault-in-doubt = 这份申请可能已经到达受理平台，不能在这里撤销。等有了答复，再到办件里撤回。
sync-vault-superseded = 这份申请已经更正后另行提交。
sync-vault-damaged = 本地库有内容受损：{ $detail }。其他内容不受影响。请联系技术人员。
sync-vault-disk-full = 磁盘已满，请清理。已输入的内容留在屏幕上，腾出空间后自动保存。
sync-vault-disk-read-only = 本地库的文件夹写不进去，请检查权限或磁盘。已输入的内容留在屏幕上。
sync-vault-disk-failing = 磁盘读写出错，请勿关闭程序，联系技术人员。已输入的内容留在屏幕上。
sync-vault-rescued = 本地库曾受损：救回草稿和申请 { $rescued } 份，另有 { $lost } 份已无法读取。受损的文件保留在 { $path }。请核对草稿和待发，并告知技术人员。
sync-vault-rescued-files = 有 { $files } 个附件已不完整。请打开相应的草稿重新添加；已提交的会被退回，退回后补上。
sync-vault-retired = 过期草稿：{ $gone } 份已到期删除；{ $due } 份若不修改，将在一周内删除。
sync-vault-retired-due = 将删除的草稿：{ $names }。打开修改一处即可保留（F3 里标有【将删除】）。
sync-vault-disk = 本地库写不进去：{ $detail }。请检查磁盘空间和权限。

sync-warning-network-folder = 本地库在网络文件夹上（{ $kind }），断电或断网时可能丢数据。请用 data-dir 改到本机磁盘。
sync-warning-open-folder = 本机的其他用户能看到本地库所在的文件夹。请把它的权限改为 700。
