### What the command line says

cli-no-terminal = No terminal here to draw a screen on. Run it in a terminal; for scripts there are onewindow catalogue, drafts, cases and others.
cli-not-utf8 = The locale "{ $locale }" is not UTF-8, so Chinese cannot be shown. Run: export LANG=C.UTF-8 (or ask your administrator for a UTF-8 locale).
cli-no-server = No backend is set. Name it with --server URL or in a settings file (onewindow config path says where); to practise, run onewindow demo.
cli-no-user = No clerk is named. Use --user NAME.
cli-no-site = The catalogue has no site { $site }.
cli-practice-backend = Note: this is a practice backend; nothing on it counts.
cli-password = Password of { $user }:
cli-no-password = No password was given.
cli-passphrase-file = The password file { $path } cannot be read: { $reason }
cli-config-built-in = built in
cli-people = People to practise with, all invented:
cli-demo-catalogue = The catalogue { $dir } has errors and cannot be practised with. Mend what is listed above.

cli-api-offline = The backend cannot be reached. Check the network and the server address and try again later; what waits is safe here. ({ $detail })
cli-api-captive-portal = What answered is not the backend, perhaps a network's sign-in page. Sign in to the network first.
cli-api-retry = The backend is busy. Try again later.
cli-api-unauthorised = Wrong name or password.
cli-api-other-world = Practice and live do not mix: the other side is not the kind of backend that was wanted.
cli-api-refused = The backend says no: { $detail }

cli-catalogue-built-in = No catalogue has been synced yet; this is the built-in sample.
cli-catalogue-nothing = Nothing found for "{ $query }".
cli-catalogue-no-item = There is no item with the code { $code }.
cli-catalogue-not-admitted = not here

cli-check-error = error
cli-check-warning = warning
cli-check-summary = Items: { $items }; forms: { $forms }; sites: { $sites }; errors: { $errors }; warnings: { $warnings }.

cli-recovery-setting = The setting recovery-key is no public recovery key: { $detail }
cli-vault-good = Every record opens and is what was written.
cli-vault-good-but-rescued = What is there now ({ $n } records) opens. The store was damaged and rescued: see above what is lost. This is said until somebody signs in on the screen.
cli-vault-bad = { $n } of { $of } records are damaged. The others are not affected. Call your technicians.
cli-vault-password-changed = The password was changed. The backend's own password is changed by its administrator.
cli-vault-recovered = The store opens with the new password from now on.
cli-recovery-key = Recovery key:
cli-new-password = New password:
cli-new-password-again = The new password again:
cli-file-unwritable = The file { $path } cannot be written: { $detail }
cli-recovery-exists = This desk has a recovery key already: the file recovery.pub in the data folder. A key whose secret half was lost is replaced by removing that file first.
cli-recovery-made = The secret half is in { $path }: take it away from this machine and keep it under lock. The public half, for the setting recovery-key of other desks:
cli-no-vault = { $user } has no local data here: { $path }
cli-no-draft = There is no draft { $id }.
cli-no-request = The outbox has no { $id }.
cli-file-unreadable = Cannot read { $path }: { $detail }
cli-import-line = line { $line }: { $reason }
cli-import-done = { $imported } imported, { $unchanged } there before, { $refused } not imported.
cli-submit-done = { $submitted } submitted, { $refused } not submitted.
cli-push-done = { $accepted } accepted, { $refused } refused, { $waiting } still waiting.
cli-export-done = { $n } requests exported. This desk still sends them; nothing is taken twice.
cli-carry-passphrase = This passphrase does not open { $path }.
cli-carry-damaged = { $path } is no whole exported outbox; export it again. What came before the damage is in the outbox.
cli-draft-errors = { $n } places are missing or wrong; open it on the screen.
cli-draft-unknown = Its item or form is not on this machine; sign in to fetch it, or submit on the screen.

document-syntax = not JSON: { $detail }
document-shape = not a request document: { $detail }
document-no-item = no item is applied for (items is empty).
document-id = the id (id, supersedes) cannot be used.
document-control-character = { $detail } holds a control character; take it out.
document-not-relevant = must not be there, or is not what is computed.
document-digits = the number { $number } has more digits than a number holds. Write a code as a text, in quotes.
document-not-utf8 = not UTF-8 text.
document-too-long = longer than 2 MiB, which the platform does not take.
document-findings = { $n } places are not right.
document-file = an attachment cannot be read.
document-conflict = another content has this id on this machine.
document-deleted = the draft of this id was deleted on this machine.

cli-doctor-ok = ok
cli-doctor-warn = warn
cli-doctor-bad = bad
cli-doctor-locale-ok = Locale: { $detail }
cli-doctor-locale-bad = The locale "{ $detail }" is not UTF-8, so Chinese cannot be shown. Run: export LANG=C.UTF-8; over SSH, have the server accept LANG and LC_*.
cli-doctor-term-ok = Terminal: { $detail }
cli-doctor-term-bad = The kind of terminal is unknown (TERM). Run it in a real terminal, or run: export TERM=xterm
cli-doctor-size-ok = Size: { $detail }
cli-doctor-size-small = The terminal has only { $detail }, less than 80×24: some pages will scroll. Enlarge the window or choose a smaller font.
cli-doctor-size-unknown = The terminal's size cannot be told. When the output is redirected, that is all right.
cli-doctor-settings-ok = The settings can be read
cli-doctor-settings-bad = The settings are wrong: { $detail }
cli-doctor-data-ok = Data folder: { $detail }
cli-doctor-data-unwritable = The data folder cannot be written: { $detail }. Change its permissions, or name another with --data-dir.
cli-doctor-data-unreadable = The data folder cannot be read: { $detail }
cli-doctor-data-network = The data folder is on a network file system: { $detail }. That is not safe when power or network fail; name one on this machine's disk with --data-dir.
cli-doctor-data-open = Others can look into the data folder: { $detail }. Run chmod 700 on it.
cli-doctor-vault-none = Local store: none yet for { $detail }
cli-doctor-vault-ok = Local store: encrypted ({ $detail })
cli-doctor-vault-unsealed = The local store of { $detail } is not encrypted yet. Sign in once: it is encrypted then.
cli-doctor-vault-keys = The key file of the local store of { $detail } is missing or damaged. Bring the files *.keys back from a copy.
cli-doctor-vault-closed = The local store of { $detail } is closed for a while after too many wrong passwords.
cli-doctor-vault-no-recovery = No recovery key opens the local store of { $detail }: with the password forgotten it would be lost. Run onewindow vault recovery-key and sign in once.
cli-doctor-vault-setting = The setting recovery-key is no public recovery key: { $detail }
cli-doctor-backend-none = No backend is set: only the practice room and the built-in catalogue work.
cli-doctor-backend-address = The backend's address is wrong: { $detail }
cli-doctor-backend-ok = The backend answers: { $detail }
cli-doctor-backend-practice = This is a practice backend: { $detail }. For real applications set another address.
cli-doctor-backend-captive = What answers is not the backend: { $detail }. Sign in to the network first, then check the address.
cli-doctor-backend-bad = The backend cannot be reached: { $detail }. Check cable and address; applications can be taken without network and are sent later.
cli-doctor-printer-ok = Print command: { $detail }
cli-doctor-printer-none = No print command is set: receipts and notices can only be saved as files.
cli-doctor-printer-missing = The print command { $detail } is not found. Install it, or change print-command in the settings.
cli-keymap = The keys in { $path } cannot be used: { $error }
cli-catalogue-brief-only = The guide of { $code } has not been fetched yet. Run onewindow catalogue sync with a connection.
cli-sync-briefs = Names of items { $done }/{ $total }
cli-sync-entries = Guides { $done }/{ $total }
cli-sync-changes = Changes { $done }/{ $total }
cli-sync-done = The catalogue is up to date: { $items } items ({ $whole } with their guide), { $documents } forms and code lists, in { $path }
cli-import-too-large = { $file } is larger than 256 MB. Divide it.
cli-import-summary = { $items } items imported, { $rejected } rows left out. Run onewindow catalogue check next.
