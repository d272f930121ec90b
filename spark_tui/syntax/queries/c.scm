; What the wheel's query leaves plain.

[ "(" ")" "[" "]" "{" "}" ] @punctuation.bracket
[ "," ";" "." ":" ] @punctuation.delimiter
[ "/" "%" "|" "^" "~" "!" "<=" ">=" "<<" ">>" "*=" "/=" "%=" "&=" "|=" "^=" "<<=" ">>=" "?" ] @operator
"goto" @keyword
"register" @keyword
[ (true) (false) ] @constant.builtin
(char_literal) @string
(escape_sequence) @string.escape
(primitive_type) @type.builtin
(sized_type_specifier) @type.builtin
(parameter_declaration declarator: (identifier) @variable.parameter)
(parameter_declaration declarator: (pointer_declarator declarator: (identifier) @variable.parameter))
(preproc_def name: (identifier) @constant)
(enumerator name: (identifier) @constant)
