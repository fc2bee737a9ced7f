### Forms: what is wrong, and what to do about it.

forms-error-required = Required: please fill in
forms-error-required-entries = Required: at least one entry
forms-error-required-with = Required because “{ $other }” is filled in
forms-error-required-calculated = Worked out from other fields: fill those in first
forms-error-min-length = At least { $limit ->
    [one] 1 character
   *[other] { $limit } characters
}; now { $actual }
forms-error-max-length = At most { $limit ->
    [one] 1 character
   *[other] { $limit } characters
}; now { $actual }
forms-error-minimum = Must not be less than { $limit }; now { $actual }
forms-error-maximum = Must not be more than { $limit }; now { $actual }
forms-error-exclusive-minimum = Must be more than { $limit }; now { $actual }
forms-error-exclusive-maximum = Must be less than { $limit }; now { $actual }
forms-error-whole = Enter a whole number; now { $actual }
forms-error-decimals = At most { $limit ->
    [one] 1 decimal place
   *[other] { $limit } decimal places
}; now { $actual }
forms-error-multiple-of = Must be a multiple of { $limit }; now { $actual }
forms-error-pattern = Not written as required: please enter it again
forms-error-choice = Choose one of the options
forms-error-alternatives = Not as required: please check and enter it again
forms-error-ambiguous = Fits more than one case: keep only one
forms-error-must-be-yes = Must be “yes” here
forms-error-must-be-no = Must be “no” here
forms-error-const = Only “{ $value }” is possible here
forms-error-type-number = Enter a number
forms-error-type-integer = Enter a whole number
forms-error-digits = A number has at most { $limit } digits, now { $actual }: the rest would be lost; a code belongs in a text
forms-error-type-boolean = Choose yes or no
forms-error-type-string = Enter a text
forms-error-type-array = Fill in entry by entry
forms-error-type-object = Fill in field by field
forms-error-type-null = Leave this empty
forms-error-format = Wrong format: please check and enter it again
forms-error-format-idcard-cn = Not a valid ID number: check the 18 characters against the card
forms-error-format-idcard-cn-old = This is an old 15-digit number: enter the 18 characters of the new card
forms-error-format-uscc = Not a valid unified social credit code: check the 18 characters against the licence
forms-error-format-mobile-cn = Not a valid mobile number: enter 11 digits starting with 1
forms-error-format-postcode-cn = Not a valid postcode: enter 6 digits
forms-error-format-bankcard-cn = Not a valid bank card number: check it against the card
forms-error-format-area-cn = Not a valid area code: enter 12 digits
forms-error-format-length = Must have { $limit } characters; now { $actual }: please check
forms-error-format-date = Not a valid date: enter it like 2024-03-01
forms-error-format-date-time = Not a valid date and time: enter it like 2024-03-01 09:30
forms-error-format-time = Not a valid time: enter it like 09:30
forms-error-format-email = Not a valid e-mail address: enter it like name@example.cn
forms-error-min-items = At least { $limit ->
    [one] 1 entry
   *[other] { $limit } entries
}; now { $actual }
forms-error-max-items = At most { $limit ->
    [one] 1 entry
   *[other] { $limit } entries
}; now { $actual }
forms-error-unique-items = Some entries are the same: remove the repeated ones
forms-error-contains = At least { $limit ->
    [one] 1 entry has
   *[other] { $limit } entries have
} to be of the kind that is wanted; now { $actual }
forms-error-contains-most = At most { $limit ->
    [one] 1 entry
   *[other] { $limit } entries
} of this kind; now { $actual }
forms-error-min-properties = Fill in at least { $limit ->
    [one] 1 field
   *[other] { $limit } fields
}; now { $actual }
forms-error-max-properties = Fill in at most { $limit ->
    [one] 1 field
   *[other] { $limit } fields
}; now { $actual }
forms-error-property-name = “{ $name }” cannot be a name here: { $why }
forms-error-not-asked = Must not be filled in: please remove it
forms-error-not = Not possible like this: please check and enter it again
forms-error-content = Cannot be read: please capture it again
forms-error-invalid = Not as required: please check
forms-error-too-deep = Nested too deeply to be processed

forms-yes = Yes
forms-no = No
forms-list-separator = ,{" "}
