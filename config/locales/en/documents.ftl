### Receipts and notices for the citizen.

## Shared
doc-field = { $label }:
doc-date = { $year }-{ $month }-{ $day }
doc-time = { $year }-{ $month }-{ $day } { $hour }:{ $minute }
doc-list-comma = {", "}
doc-practice = [PRACTICE] Made in the practice room. Not a real case, and proof of nothing.
doc-sample = [SAMPLE] What is marked with * is sample data and was not verified. What the department publishes holds.
doc-sample-mark = *
doc-none = none

## Receipt
doc-receipt-title = Receipt
doc-request-no = Request number
doc-query-code = Query code
doc-applicant = Applicant
doc-agent = Agent
doc-site = Received at
doc-window = Window
doc-clerk = Clerk
doc-received-at = Received
doc-case = Item { $number }: { $name }
doc-case-no = Case number
doc-department = Department
doc-due = Promised
doc-due-before = by { $date }
doc-due-none = the department will tell you
doc-materials-received = Materials received
doc-materials-owed = Materials owed
doc-owed-until = { $name } (to be handed in by { $date })
doc-owed = { $name } (the window will tell you when)
doc-not-taken = Items that were not taken
doc-not-taken-next = What was taken stands. Correct the others as said above, and submit them on their own.
doc-next-heading = What happens next
doc-next-query = With the request number and the query code you can ask how your case stands, at any window or on the government services site.
doc-next-owed = Please hand in the materials owed in time; otherwise the case may be held up.
doc-next-result = When the case is concluded you get the result in the way you chose.
doc-next-keep = Keep this receipt, and tell nobody the query code.
doc-qr-hint = A window can scan this code to find the case

## Provisional slip
doc-provisional-title = Provisional slip
doc-provisional-warning = There is no request number yet. The provisional number below is valid at this window only; it is NOT an official number.
doc-provisional-no = Provisional number
doc-provisional-item = Item
doc-provisional-taken-at = Filled in
doc-provisional-why = The network is down for the moment. Your application is kept at this window and goes out by itself when the network is back.
doc-provisional-next = As soon as there is a request number, the window will call you for the proper receipt.
doc-provisional-due = Time limits count from the day of the proper receipt.

## Notice
doc-notice-title = What you need, told once
doc-notice-item = Item
doc-notice-code = Implementation code
doc-notice-type = Item type
doc-notice-department = Implementing body
doc-notice-audience = For
doc-notice-level = Level
doc-notice-project-type = Kind of case
doc-notice-legal-limit = Legal limit
doc-notice-promised-limit = Promised limit
doc-notice-fee = Fee
doc-notice-fee-none = free of charge
doc-figure-time = Time saved
doc-figure-time-cut = promised { $promised }, by law { $legal }: { $percent }% less
doc-figure-time-plain = promised { $promised } (by law { $legal })
doc-figure-materials = Papers saved
doc-figure-materials-cut = { $asked } asked, { $exempt } exempt, { $left } to bring
doc-figure-materials-plain = { $asked } asked
doc-figure-trips = Trips saved
doc-figure-trips-none = no need to come
doc-figure-steps = Steps
doc-figure-steps-count = { $count } in all
doc-figure-known = Known fields
doc-figure-known-count = { $known } of { $all } fields are known already
doc-notice-effective = Offered from
doc-notice-cancelled = Offered until
doc-notice-not-yet = This item is offered from { $day } on; nothing is taken for it yet.
doc-notice-over = This item was offered until { $day }; nothing is taken for it any more.
doc-mode = Taken as
doc-notice-agency = This site acts for another body: the application is taken and checked here, { $department } concludes it, at { $place }.
doc-notice-assist = This site assists: { $department } decides, at { $place }. This site helps to prepare the materials, to fill the form and to hand it in; it decides nothing.
doc-notice-examples = Sample forms
doc-notice-fee-basis = Basis of the fee
doc-notice-trips-count = { $count }
doc-notice-handle-area = Taken
doc-notice-four-ways = Four ways
doc-notice-place = Place
doc-notice-hours = Hours
doc-notice-enquiries = Enquiries
doc-notice-complaints = Complaints
doc-notice-result = Result
doc-notice-admission = At this site
doc-notice-basis = Legal basis
doc-notice-conditions = Conditions
doc-notice-situations = Your situation
doc-notice-situation-open = (not settled yet)
doc-notice-materials = Materials ({ $count })
doc-notice-materials-none = Nothing has to be handed in.
doc-notice-material = { $number }. { $name }
doc-notice-material-only = only if: { $conditions }
doc-notice-material-or = {"; or "}
doc-notice-material-condition = { $question } { $answer }
doc-notice-originals = { $count ->
    [one] 1 original
   *[other] { $count } originals
}
doc-notice-copies = { $count ->
    [one] 1 copy
   *[other] { $count } copies
}
doc-notice-deferrable = may follow later against a promise
doc-notice-exempt = need not be handed in ({ $by })
doc-notice-flow = Steps
doc-notice-elsewhere = Other sites that take it
doc-notice-elsewhere-site = { $name } ({ $role })
doc-notice-closing = This is all that there is to know for this item. Complete materials in due form are received on the spot.
doc-notice-given = { $site }, { $date }

doc-limit-at-once = decided on the spot
doc-limit-working = { $days ->
    [one] 1 working day
   *[other] { $days } working days
}
doc-limit-natural = { $days ->
    [one] 1 calendar day
   *[other] { $days } calendar days
}
doc-limit-none = none is laid down

doc-type-01 = administrative permit
doc-type-05 = administrative benefit
doc-type-07 = administrative confirmation
doc-type-08 = administrative reward
doc-type-09 = administrative ruling
doc-type-10 = other administrative power
doc-type-20 = public service
doc-audience-person = natural persons
doc-audience-organisation = legal persons and other organisations
doc-level-nation = nation
doc-level-province = province
doc-level-city = city
doc-level-county = county
doc-level-town = town (township, street)
doc-level-village = village (community)
doc-project-instant = decided at once
doc-project-promised = within a promised time
doc-area-nation = anywhere in the country
doc-area-province = anywhere in the province
doc-area-city = anywhere in the city
doc-area-county = anywhere in the county
doc-area-town = anywhere in the town (township, street)
doc-area-villages = across villages (communities)
doc-way-at-once = at once
doc-way-online = online
doc-way-nearby = nearby
doc-way-once = in one trip
doc-role-direct = concluded there
doc-role-agency = taken there
doc-role-assist = help given there
doc-role-inform = information only
doc-admitted-direct = yes: received and concluded here
doc-admitted-agency = yes: received here, concluded by a higher level
doc-admitted-assist = yes: this site helps with it
doc-admitted-inform = information only, no applications
doc-admitted-no = no; please go to a site below
doc-necessity-required = required
doc-necessity-optional = optional
doc-form-paper = on paper
doc-form-electronic = electronic
doc-form-either = on paper or electronic
doc-source-applicant = from the applicant
doc-source-government = issued by an authority
doc-source-other = from elsewhere

doc-distance-metres = {", about "}{ $n } m
doc-distance-kilometres = {", about "}{ $n } km

doc-mode-online = Online throughout: applied for and decided on the net
doc-mode-collect = Collected elsewhere: this counter checks and forwards, the competent place decides and delivers
doc-mode-joint = Joint: one place takes it, the places work together inside

## Where
doc-whither-modes = Ways across areas
doc-whither-place = Competent place (of the household register, the insurance ...)
doc-whither-pick = None picked yet. Press Enter, or type a name, pinyin or initials.
doc-away-unknown = This desk does not know its own area yet; it will after the next sign-in with a network.
doc-away-own = The competent place is in this site's own area: taken like any local item.
doc-away-own-not-here = The competent place is here, but this site takes no applications; please go to a site below.
doc-away-within = Within reach: this site takes it as usual, { $place } handles it.
doc-away-online = Online throughout: help the citizen apply to { $place } on the net; no papers are taken.
doc-away-collect = Collected here: this site checks identity and papers, takes them and forwards them to { $place }, which decides; the result is posted or handed on here.
doc-away-joint = Joint: this site takes it and works together with { $place } inside; the citizen need not travel.
doc-away-not-here = Within reach, but this site takes no applications; please go to a site below.
doc-away-beyond = Out of reach: please go to { $place }; this site only informs.

## Side by side
doc-compare-title = Two items side by side
doc-compare-legend = "<>" at the left: the two differ.
doc-compare-sample = [SAMPLE] Contains sample data, not verified; what the authority publishes counts.
doc-compare-here = This site
doc-compare-materials = Materials (of the first situations)
doc-compare-material = { $name } ({ $facts })
doc-compare-exempt = exempt
doc-compare-not-asked = not asked

## A linked matter
doc-bundle-title = A linked matter, told once
doc-bundle-sample = [SAMPLE] This matter is sample data, not verified; what the authority publishes counts.
doc-bundle-lead = In the lead
doc-bundle-items = { $count } items in this order
doc-bundle-optional = optional
doc-bundle-materials = One set of materials: { $count } ({ $each } one by one; of the first situations)
doc-bundle-serves = serves { $count } items
doc-bundle-passed-on-heading = Not asked: the result of an item before brings it
doc-bundle-passed-on = { $output } ({ $item })
