### What is wrong with settings and devices.

settings-built-in = built-in settings
settings-at-line = { $source }, line { $line }
settings-unreadable = Cannot read { $path }: { $detail }. Correct its permissions, or remove it.
settings-syntax = { $at }: not well written ({ $detail }). Each line is name = value.
settings-unknown = { $at }: there is no setting "{ $name }". Remove it.
settings-unknown-near = { $at }: there is no setting "{ $name }". Write "{ $suggestion }".
settings-value-text = { $at }: "{ $name }" cannot be { $found }. Write a text in double quotes.
settings-value-choice = { $at }: "{ $name }" cannot be { $found }. Write one of: { $words }.
settings-value-number = { $at }: "{ $name }" cannot be { $found }. Write a whole number from { $least } to { $most }.
settings-no-home = There is no home folder. Name a folder with "{ $name }".

device-none = No command is set. Name one in the setting { $setting }.
device-start = The command { $command } does not start: { $detail }. Check the settings.
device-feed = The command { $command } did not take the text: { $detail }
device-failed = The command { $command } failed: { $detail }
device-slow = The command { $command } took longer than { $seconds } seconds and was stopped. Check the device.
device-save-failed = Cannot save { $path }: { $detail }. Check the disk's space and permissions.
