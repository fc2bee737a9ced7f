### Why a form or a number in a catalogue is refused, or odd: for the authors of a catalogue, inside another sentence.

forms-refused = { $place }: { $reason }

forms-reason-deep = nested deeper than { $most } levels
forms-reason-large = larger than { $most } bytes
forms-reason-root = the data of a form is an object: the schema has to say `"type": "object"`
forms-reason-twice = the name occurs twice in its object: only the last counts
forms-reason-no-schema = a schema is an object, `true` or `false`
forms-reason-subschemas = more than { $most } subschemas with references followed
forms-reason-alternatives = more than { $most } alternatives with references followed
forms-reason-unconditional = `{ $keyword }` holds always: it cannot stand under a condition, among alternatives, or where no property or entry is named. Put it under `properties`, and let a rule of the layout say when that is asked for
forms-reason-outside = refers outside the form: only `#/…` and `urn:onewindow:terms:1#/$defs/…` are allowed
forms-reason-nowhere = `{ $target }` leads nowhere
forms-reason-undeclared = `{ $target }` leads to nothing that the schema declares
forms-reason-recursive = recursive: `{ $target }` contains itself
forms-reason-no-term = `{ $reference }` is no published data element
forms-reason-published = `{ $term }` is not as the data element is published: { $why }
forms-reason-no-keyword = `{ $keyword }` is not a keyword of the dialect
forms-reason-root-only = `{ $keyword }` is allowed at the root only
forms-reason-format = format `{ $format }` is not judged
forms-reason-boolean = is `true` or `false`
forms-reason-text = is a text
forms-reason-pointer = is a JSON pointer
forms-reason-term = names a data element
forms-reason-capture = is `id-card`, `code` or `scan`
forms-reason-messages = holds sentences by keyword, each by language
forms-reason-message = holds a sentence by language
forms-reason-checks = is a list of conditions
forms-reason-check = a check has `rule` and `message`, may have `at`, and nothing else
forms-reason-options = names a code list: `"list"` is its id, `"version"` a number
forms-reason-no-list = no code list `{ $list }`: any text is taken
forms-reason-calc-place = `x-calc` stands on a property, not on `{ $place }`
forms-reason-circle-seen = the visibility of `{ $place }` depends on itself
forms-reason-circle-value = the value of `{ $place }` depends on itself
forms-reason-logic = not valid JSONLogic: { $detail }
forms-reason-costly = takes more computing than a form may
forms-reason-operation = a JSONLogic operation has exactly one key
forms-reason-operator = `{ $operator }` is not an operator of the dialect
forms-reason-operations = more than { $most } operations
forms-reason-literal = `{ $operator }` takes literal names
forms-reason-loops = more than { $most } loops in one another
forms-reason-element = an element is an object
forms-reason-elements = more than { $most } elements
forms-reason-no-elements = a layout has a list of elements
forms-reason-no-type = an element has a type
forms-reason-unknown-element = unknown element `{ $type }`
forms-reason-no-category = a `Categorization` has at least one `Category`
forms-reason-categories = a `Categorization` holds `Category` elements
forms-reason-category = a `Category` stands in a `Categorization`
forms-reason-inner-pages = a `Categorization` inside another layout is drawn as groups
forms-reason-scope = a `{ $type }` has a scope
forms-reason-entry-label = the entries have no property `{ $property }`
forms-reason-detail = no such detail: one is generated
forms-reason-option = option `{ $option }` is not used
forms-reason-option-format = no control of this format: it is ignored
forms-reason-control-array = no control suits such an array: it is a text field
forms-reason-control-type = no control suits a value of type `{ $type }`: it is a text field
forms-reason-control-untyped = no control suits a value without a type: it is a text field
forms-reason-effect = is `SHOW`, `HIDE`, `ENABLE` or `DISABLE`
forms-reason-no-condition = a rule has a condition
forms-reason-condition = a condition is an object; functions are not allowed
forms-reason-function = a condition that is a function is not allowed
forms-reason-conditions = holds the conditions
forms-reason-unknown-condition = unknown condition `{ $type }`
forms-reason-no-kind = neither `AND`, `OR`, `LEAF` nor a condition with a `schema`
forms-reason-draft = `{ $draft }` is not the dialect, which is `{ $dialect }`: it is read as that
forms-reason-idle = `{ $name }` is not known here: it does nothing
forms-reason-idle-sentence = `{ $name }` is not a keyword: nobody will read the sentence
forms-reason-no-text = `{ $name }` is a text: it is left out
forms-reason-empty-label = a `Label` without a `text` shows nothing
forms-reason-soft-object = an object of fields may be missing so, and nobody is told that it is owed: put `x-soft` on its fields
forms-reason-required-undeclared = `{ $name }` is required and not declared: nobody can fill it
forms-reason-required-unasked = `{ $name }` is required and no control asks for it: nobody can fill it

forms-objection-type = must be of type `{ $type }`
forms-objection-enum = must be one of { $values }
forms-objection-required = lacks `{ $name }`
forms-objection-unknown = `{ $name }` is not known here
forms-objection-pattern = must match `{ $pattern }`
forms-objection-format = is no valid `{ $format }`
forms-objection-least = must not be less than { $limit }
forms-objection-most = must not be more than { $limit }
forms-objection-few = { $limit ->
    [one] has to hold at least one
   *[other] has to hold at least { $limit }
}
forms-objection-many = { $limit ->
    [one] may hold at most one
   *[other] may hold at most { $limit }
}
forms-objection-unique = holds the same twice
forms-objection-false = must not be here
forms-objection-alternatives = is written in none of the ways that are allowed here
forms-objection-name = `{ $name }` cannot be a name here: { $why }
forms-objection-reference = a reference is wrong: { $detail }
forms-objection-keyword = is against the `{ $keyword }` of the meta-schema

forms-clash-types = different types
forms-clash-choices = no choice in common
forms-clash-formats = different formats
forms-clash-lists = different code lists
forms-clash-bounds = bounds that exclude each other

catalogue-reason-empty = nothing there
catalogue-reason-length = { $actual ->
    [one] it has { $limit } characters, here it has one
   *[other] it has { $limit } characters, here it has { $actual }
}
catalogue-reason-characters = there is a character that cannot be there
catalogue-reason-organisation-check = the check character of the organisation code should be { $expected }
catalogue-reason-check = the check character should be { $expected }
catalogue-reason-digits = it has digits only
catalogue-reason-hierarchy = it cannot name a place below an unnamed one
