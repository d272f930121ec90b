; What the wheel's query leaves plain.

(hash_bang_line) @comment
(class_declaration name: (_) @type)
(new_expression constructor: (identifier) @type)
(arrow_function parameter: (identifier) @variable.parameter)
(rest_pattern (identifier) @variable.parameter)
(statement_identifier) @label
(escape_sequence) @string.escape
(private_property_identifier) @property
(template_substitution [ "${" "}" ] @punctuation.special)
[ "=>" ] @operator
