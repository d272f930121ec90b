; What the wheel's query leaves plain.

[ "(" ")" "[" "]" "{" "}" ] @punctuation.bracket
[ "," ";" "." "::" ] @punctuation.delimiter
[
  "=" "==" "!=" "<" ">" "<=" ">=" "+" "-" "*" "/" "%" "&&" "||" "!" "&" "|" "^" "~" "<<" ">>" ">>>" "++" "--"
  "+=" "-=" "*=" "/=" "%=" "&=" "|=" "^=" "<<=" ">>=" ">>>=" "->" "?" ":"
] @operator
(formal_parameter name: (identifier) @variable.parameter)
(field_access field: (identifier) @property)
(record_declaration name: (identifier) @type)
(annotation_type_declaration name: (identifier) @type)
(package_declaration (scoped_identifier) @module)
(block_comment) @comment
((block_comment) @comment.documentation (#match? @comment.documentation "^/\\*\\*[^*/]"))
