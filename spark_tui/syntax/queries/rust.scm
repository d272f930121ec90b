; What the wheel's query leaves plain.

((identifier) @constant (#match? @constant "^[A-Z][A-Z0-9_]*$"))
(const_item name: (identifier) @constant)
(static_item name: (identifier) @constant)
[ (integer_literal) (float_literal) ] @number
(function_item name: (identifier) @function)
(mod_item name: (identifier) @module)
(use_declaration argument: (scoped_identifier path: (identifier) @module))
[
  "=" "==" "!=" "<" ">" "<=" ">=" "+" "-" "/" "%" "&&" "||" "!" "|" "^" "<<" ">>"
  "+=" "-=" "*=" "/=" "%=" "&=" "|=" "^=" "<<=" ">>=" "->" "=>" ".." "..=" "?"
] @operator
(self) @variable.builtin
(closure_parameters (identifier) @variable.parameter)
