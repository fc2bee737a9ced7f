### Words on the screen.

# The frame round every screen
frame-too-small = The window is too small: 40 columns by 10 rows at least.
practice-banner = [PRACTICE ROOM] Invented people; nothing real is touched.
status-for = For { $name }
status-queued = Queued { $n }
status-read-only = Read only
status-saved = Saved
status-unsaved = Unsaved
status-save-failed = Save failed
list-loading = Loading...
document-more = { $n } lines below
answer-no = No
answer-yes = Yes
no-name-yet = (no name yet)
file-notice = notice-{ $item }
file-receipt = receipt-{ $number }

# Titles
title-sign-in = Sign in
title-notice = Please read
title-old-password = Old password
title-recover = Forgotten password
title-change-password = Change password
title-locked = Locked
title-catalogue = Catalogue
title-guide = Guide
title-intake = Intake
title-review = Review
title-receipt = Receipt
title-provisional = Provisional slip
title-refused = Refused
title-drafts = Drafts
title-outbox = Outbox
title-cases = Cases
title-case = Case
title-help = Help

# Sign in
sign-in-name = Name
sign-in-password = Password
sign-in-old-password = Old password
sign-in-new-password = New password
sign-in-again = The same again
sign-in-recovery-key = Recovery key
sign-in-locked-hint = The password opens the desk; everything is as it was.
sign-in-old-hint = The backend has a new password, the local store on this machine still the old one. Type the old one once; from then on both are the same.
sign-in-recover-hint = The administrator types the recovery key. Choose the password with which you sign in to the backend as the new one.
sign-in-change-hint = This is the password of the local store on this machine. The backend's is changed by its administrator.
sign-in-recovered = The local store has the new password. Sign in.
password-changed = The password was changed.
notice-recovery-key = This desk is new. Its recovery key is shown now and never again: { $key } - Write it down, hand it to the administrator, and keep no copy at this desk. With it a local store opens whose password was forgotten.
sign-in-waiting = Signing in...

# Catalogue
catalogue-search = Search:{" "}
catalogue-count = { $at }/{ $n }
catalogue-filtered = Filter: { $filters }
catalogue-cached = Offline copy
catalogue-missing = There is no catalogue on this machine yet: { $reason } It is fetched by itself once there is a connection; Ctrl-R tries again.
catalogue-progress = Updating { $done }/{ $total }
catalogue-loading = Loading the catalogue...
catalogue-nothing = Nothing found. Type a name, pinyin, initials, an everyday word or a code; Esc clears.
catalogue-nowhere = Not done here
catalogue-elsewhere = Not here -> { $site }
catalogue-head-item = Item
catalogue-head-department = Department
catalogue-head-role = Here
catalogue-head-limit = Limit
role-direct = Direct
role-agency = Agency
role-assist = Assist
role-inform = Inform
limit-instant = At once
limit-none = None set
limit-working = { $n } w.days
limit-natural = { $n } days
audience-person = Persons
audience-organisation = Organisations
four-at-once = At once
four-online = Online
four-nearby = Nearby
four-once = In one trip
filter-title = Filters (left and right change, Esc closes)
filter-domain = Domain
filter-audience = Audience
filter-department = Department
filter-admitted = Done here only
filter-any = Any
filter-must = Must

# Guide
guide-situations = Situations (Tab: next; left, right: answer)
guide-inform-only = This site only explains the item; see below where it is taken.
guide-not-admitted = Not admitted at this site; see below where it is taken.

# Intake
intake-part-applicant = Applicant
intake-part-agent = Agent
intake-part-form = Form
intake-part-materials = Materials
intake-part-delivery = Delivery
intake-part-owed = Owed
intake-last-field = This is the last field; F9 to review.
intake-no-errors = No errors.
intake-parked = Parked; F3 brings it back.
intake-entries-full = No more entries are allowed.
intake-entry-removed = Entry removed; Ctrl-Z brings it back.
intake-entries-least = No fewer entries are allowed.
intake-no-entries = There are no entries on this page.
intake-discard-question = Delete the draft of "{ $item }"? It cannot be brought back.
draft-deleted = Draft deleted.
form-add = [+] Add { $label } ({ $n } so far)
form-window = { $at } of { $of }
form-entry = { $label } { $n }/{ $of } { $name }
form-soft = may be owed
form-capture-id-card = { $key } reads the card
form-capture-code = { $key } reads a code
form-capture-scan = { $key } scans
owed-in-entry = { $group } { $n } { $label }
calendar-month = { $year }-{ $month }
calendar-weekdays = Mo Tu We Th Fr Sa Su
calendar-typed = Date:{" "}
picker-chosen = { $title } ({ $n } chosen)
picker-level = { $title }: { $path }
picker-filter = Filter:{" "}
picker-nothing = Nothing matches.
materials-situations = Situations
materials-received = Received
materials-copies = Copies
materials-original-checked = Original seen
materials-owed-until = Owed until
materials-owed-reason = Reason
materials-originals = originals: { $n }
materials-photocopies = copies: { $n }
materials-optional = optional
materials-heading = { $name } ({ $asked })
materials-promise-must-be-later = The date must be after today.
received-paper = On paper
received-scan = Electronic
received-shared = Shared data
received-owed = Owed
received-none = Not given

# Review
review-ready = Check it together; F9 submits.
review-duplicate = The applicant has the same item open; F9 submits all the same.
review-errors = Errors: { $n }; Enter to mend, F7 for the next.
review-has-errors = There are errors. F7 finds them, Enter goes there.

# Drafts, outbox, cases
head-updated = Changed
head-applicant = Applicant
head-item = Item
head-submitted = Submitted
head-state = State
head-number = Number
head-status = Status
head-due = Due
drafts-none = No drafts.
outbox-none = Nothing was submitted yet.
cases-none = No cases.
outbox-withdraw-question = Withdraw "{ $item }"? It will not be sent.
outbox-withdrawn = Withdrawn.
case-no = Case number
case-request-no = Request number
case-item = Item
case-applicant = Applicant
case-status = Status
case-received = Received
case-due = Due
case-log = Log
status-received = Received
status-supplement-needed = Supplement
status-accepted = Accepted
status-accepted-owing = Owing
status-not-accepted = Not accepted
status-in-review = In review
status-suspended = Suspended
status-granted = Granted
status-refused = Refused
status-ready-for-issue = To be issued
status-delivered = Delivered
status-evaluated = Evaluated
status-withdrawn = Withdrawn
status-returned = Returned
status-terminated = Terminated

# Refusals
doc-refusal-title = The backend did not take this request
doc-refusal-next = Everything typed is kept. Press Enter to open it again.

# Help
help-about = Keys of "{ $screen }":
help-enter = Enter goes to the next field and never submits; only F9 on the review page does.
help-escape = Esc goes back and never loses anything.
help-escape-digit = Without F-keys press Esc and then a digit: Esc 2 is F2, Esc 0 is F10.
help-saved = When it says Saved, not even a power cut loses it; F3 brings it back.
help-menu = F10 lists every action of the screen.

# Troubles
trouble-offline = No connection. Try again later; everything typed is kept.
trouble-captive-portal = A sign-in page blocks the network; sign in to it first.
trouble-busy = The backend is busy; try again later.
trouble-unauthorised = Not signed in: { $detail }
trouble-refused = The backend refused: { $detail }
trouble-other-world = Practice and the real system must not meet; stopped.
trouble-no-client = Cannot reach a backend: { $detail }
trouble-signed-out = Sign in first.
trouble-passwords-differ = The two new passwords differ. Type them again.
trouble-recovery-setting = The setting recovery-key is no public recovery key: { $detail }
trouble-read-only = Another session is using this local store: you may look, not change.
trouble-first-sign-in = The first sign-in at this desk needs the backend. Connect the network and try again.
trouble-password-changed = The backend no longer takes this password. Leave and sign in with the new one; everything is kept.
trouble-wrong-password = Wrong password.
trouble-other-clerk = Another clerk is using this desk; leave first.
trouble-item-offline = The guide of this item has not been fetched yet; open it when there is a connection.
trouble-library = The catalogue on this machine cannot be read or written; look at the disk: { $detail }
draft-item-withdrawn = This item was withdrawn and a request for it will be refused; see what else serves.
draft-item-replaced = This item was withdrawn; take "{ $item }" instead.
trouble-form = The form cannot be used; tell the administrator: { $detail }
trouble-item-gone = The item is no longer in the catalogue; the draft is kept.
trouble-draft-gone = The draft is gone.
trouble-no-receipt = There is no receipt yet.
text-saved = Saved as { $path }
printed = Sent to the printer.
trouble-said = { $detail }
trouble-reader = The card reader's answer cannot be read: { $detail }
