### Outbox, link and local store.

## Link
sync-link-unknown = not connected yet
sync-link-online = online ({ $time })
sync-link-offline = offline (since { $time })
sync-link-offline-heard = offline (last heard { $time })
sync-link-offline-short = offline
sync-link-captive = network intercepted
sync-skew-none = This machine's clock is right again.
sync-skew-behind = This machine's clock is { $minutes } minutes slow; set it. The platform's time counts.
sync-skew-ahead = This machine's clock is { $minutes } minutes fast; set it. The platform's time counts.

## States of the outbox
sync-state-queued = queued
sync-state-sending = sending
sync-state-accepted = accepted
sync-state-partly-accepted = partly
sync-state-refused = refused
sync-state-withdrawn = withdrawn

sync-local-prefix = L
sync-age-minutes = submitted { $n } min ago
sync-age-hours = submitted { $n } h ago
sync-age-days = submitted { $n } days ago
sync-progress = { $percent } up ({ $sent } of { $size })
sync-holder-process = process { $value }
sync-holder-user = user { $value }
sync-holder-terminal = terminal { $value }
sync-holder-since = since { $value }
sync-list-comma = {", "}
sync-list-semicolon = {"; "}
sync-refused-item = { $item }: { $reason }
sync-detail = { $sentence } ({ $detail })

## Why it still waits, or why it was refused
sync-reason-unreachable = The server cannot be reached. It goes out by itself when the network is back; nothing has to be typed again.
sync-reason-answer-lost = It was sent, but no answer came back. The program asks again; nothing is taken twice.
sync-reason-captive-portal = What answered is not the platform; the network may want a sign-in first. Complete it in a browser, then try again.
sync-reason-sign-in = Your session is over. Sign in again, and it goes out by itself.
sync-reason-unsendable = This request cannot be sent. Open it again, correct it and submit.
sync-reason-upload-gone = A file did not get through; it is sent again by itself.
sync-reason-damaged = This record cannot be read on this machine; the others are not affected. Call your technicians.
sync-reason-client-too-old = The platform no longer serves this version of the program. Update it; what waits then goes out by itself.
sync-reason-in-progress = The platform is at work on the same request. The program asks again.
sync-reason-unavailable = The platform is busy. It goes out again by itself.
sync-reason-internal = The platform failed. It goes out again by itself.
sync-reason-timeout = The platform timed out. It goes out again by itself.
sync-reason-locked-out = The platform asks for patience. It goes out again when the time has come.
sync-reason-digest-mismatch = It was damaged on the way. It goes out again by itself.
sync-reason-malformed = The platform does not understand this request. Call your technicians; the program may need an update.
sync-reason-role-forbids = Your role may not submit this item. Ask your supervisor.
sync-reason-other-site = This request is not your site's. Submit it at its own site.
sync-reason-not-admitted = This site does not take the item. Show the citizen a site that does.
sync-reason-not-found = The platform does not have this item. Synchronise the catalogue and open the request again.
sync-reason-content-conflict = The platform has another content under this number. Look the case up before you submit again.
sync-reason-duplicate-case = This person has the same item open here. Compare; if it is meant, open the request again and confirm.
sync-reason-form-retired = The form has a new version. Open the request again, check the new form and submit.
sync-reason-item-withdrawn = The item is no longer offered. Tell the applicant, and see what takes its place.
sync-reason-item-withdrawn-replaced = The item is no longer offered; { $successor } takes its place. Tell the applicant, and find that item in the catalogue.
sync-reason-too-large = It is too large. Take out attachments or text and submit again.
sync-reason-invalid = Something in it is not right. Open it again, correct what is marked and submit.
sync-reason-unsupported-media-type = The platform does not take attachments of this kind. Use images or PDF and submit again.
sync-reason-status-403 = The platform does not allow this. Check site and role, or ask your supervisor.
sync-reason-status-412 = It was changed on the platform meanwhile. Look the case up before you submit again.
sync-reason-status-413 = It is too large. Take out attachments or text and submit again.
sync-reason-status-415 = The platform does not take attachments of this kind. Use images or PDF and submit again.
sync-reason-status-423 = Somebody else is working on it. Speak to them before you submit again.
sync-reason-status-428 = It was changed on the platform meanwhile. Look the case up before you submit again.
sync-reason-unauthorised = Your session is over. Sign in again, and it goes out by itself.
sync-reason-wrong-password = Wrong name or password. Sign in again, and it goes out by itself.
sync-reason-other-world = Practice and real work do not mix. Sign in to the right platform.
sync-reason-method-not-allowed = The platform does not know this operation; server address or program version may be wrong. Call your technicians, then open it again and submit.
sync-reason-offset-conflict = The upload of a file got out of step; it is sent again by itself.
sync-reason-illegal-action = The case is not where this may be done. Look the case up before you submit again.
sync-reason-unsupported-version = The platform does not know how this program uploads files. Call your technicians, the program may need an update; then open it again and submit.
sync-reason-prefill-gone = What was prepared has been fetched already or is out of date. Open it again, type it in and submit.
sync-reason-precondition-failed = It was changed on the platform meanwhile. Look the case up before you submit again.
sync-reason-cursor-gone = This machine's catalogue is too old. Synchronise it, open the request again and submit.
sync-reason-precondition-required = It was changed on the platform meanwhile. Look the case up before you submit again.
sync-reason-rate-limited = The platform has too many requests. It goes out again by itself.
sync-reason-checksum-mismatch = A file was damaged on the way; it is sent again by itself.
sync-reason-status-400 = The platform does not understand this request. Call your technicians, the program may need an update; then open it again and submit.
sync-reason-status-404 = The platform, or a gateway on the way, does not find where to submit. Have your technicians check the server address; then open it again and submit.
sync-reason-status-405 = The platform, or a gateway on the way, does not know this operation. Have your technicians check the server address; then open it again and submit.
sync-reason-status-425 = The platform asks to send it later. It goes out again by itself.
sync-reason-status-451 = A gateway on the way does not let this request through. Call your technicians; then open it again and submit.
sync-reason-partly-refused = Some items were not taken: { $items }
sync-reason-other = The platform refused this request. See its explanation, open it again and submit; if it is not clear, call your technicians.

## Local store
sync-vault-held = The local store is in use by another session ({ $holder }). You may look, not change.
sync-vault-read-only = For now you may look, not change.
sync-vault-missing = There is no local store yet: { $path }
sync-vault-locked = The local store is locked. Enter the password.
sync-vault-closed = Too many wrong passwords. Try again after { $time }.
sync-vault-keys-missing = The key file of the local store is missing, so nothing in it can be opened. Bring the files *.keys back from a copy, or call your technicians.
sync-vault-keys-damaged = The key file of the local store is damaged, and so is its spare copy. Bring the files *.keys back from a copy, or call your technicians.
sync-vault-no-recovery = No recovery key was set for this local store, so it opens with the password only.
sync-vault-recovery-malformed = This is not a recovery key, or a letter of it is wrong. Compare it letter by letter.
sync-vault-recovery-other = This recovery key is not the one of this desk. Ask the administrator for the right one.
sync-vault-too-new = The local store was written by a later program. Update this one.
sync-vault-not-found = There is no such record.
sync-vault-state = The request is { $state }; this cannot be done with it.
sync-vault-in-doubt = The request may have reached the platform and cannot be withdrawn here. Wait for the answer, then withdraw the case.
sync-vault-superseded = The request was corrected and submitted already.
sync-vault-damaged = Something in the local store is damaged: { $detail }. Everything else is not affected. Call your technicians.
sync-vault-disk-full = The disk is full: free some room. What was typed stays on the screen, and is saved by itself then.
sync-vault-disk-read-only = The local store cannot be written: have its permissions or the disk checked. What was typed stays on the screen.
sync-vault-disk-failing = The disk fails: leave the program open, call your technicians. What was typed stays on the screen.
sync-vault-rescued = The local store was damaged. { $rescued } drafts and requests were rescued, { $lost } cannot be read any more. The damaged file is kept: { $path }. Please check drafts and outbox, and tell your technicians.
sync-vault-rescued-files = { $files } attached files are no longer whole. Open those drafts and attach them again; what was submitted comes back refused, and can be completed then.
sync-vault-retired = Old drafts: { $gone } were deleted after their time; { $due } will be deleted within a week unless you change them.
sync-vault-retired-due = To be deleted: { $names }. Change something in them to keep them (marked in F3).
sync-vault-disk = The local store cannot be written: { $detail }. Check the disk's space and permissions.

sync-warning-network-folder = The local store lies on a network folder ({ $kind }) and may lose data when power or network fails. Move it to a disk of this machine with data-dir.
sync-warning-open-folder = Other users of this machine can see the folder of the local store. Set its permissions to 700.
