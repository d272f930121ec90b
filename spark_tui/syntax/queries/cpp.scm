; What the wheel's query leaves plain.

(namespace_identifier) @module
"::" @punctuation.delimiter
(template_argument_list [ "<" ">" ] @punctuation.bracket)
(template_parameter_list [ "<" ">" ] @punctuation.bracket)
[ "static_assert" "operator" "decltype" "alignas" "alignof" ] @keyword
(class_specifier name: (type_identifier) @type)
(field_initializer (field_identifier) @property)
(raw_string_literal) @string
