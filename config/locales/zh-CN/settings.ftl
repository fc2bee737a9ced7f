### 设置和外设出错时的说明。

settings-built-in = 内置设置
settings-at-line = { $source } 第 { $line } 行
settings-unreadable = 读不了 { $path }：{ $detail }。请改正权限，或者删除它。
settings-syntax = { $at }：写法不对（{ $detail }）。每行应为 名称 = 值。
settings-unknown = { $at }：没有“{ $name }”这项设置。请删除。
settings-unknown-near = { $at }：没有“{ $name }”这项设置。应为“{ $suggestion }”。
settings-value-text = { $at }：“{ $name }”不能是 { $found }。请写双引号括起来的文字。
settings-value-choice = { $at }：“{ $name }”不能是 { $found }。可以写：{ $words }。
settings-value-number = { $at }：“{ $name }”不能是 { $found }。请写 { $least } 到 { $most } 之间的整数。
settings-no-home = 找不到用户文件夹。请用“{ $name }”指定一个。

device-none = 没有设置命令。请在设置 { $setting } 中指定。
device-start = 命令 { $command } 启动不了：{ $detail }。请检查设置。
device-feed = 命令 { $command } 没有收下内容：{ $detail }
device-failed = 命令 { $command } 失败：{ $detail }
device-slow = 命令 { $command } 超过 { $seconds } 秒没有结束，已停止。请检查设备。
device-save-failed = { $path } 保存不了：{ $detail }。请检查磁盘空间和权限。
