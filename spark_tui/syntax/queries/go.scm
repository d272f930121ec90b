; The wheel's query puts the general rule last; here the particular ones win.

(identifier) @variable
(type_identifier) @type
(field_identifier) @property
(package_identifier) @module
(label_name) @label

((type_identifier) @type.builtin
  (#any-of? @type.builtin "any" "bool" "byte" "comparable" "complex64" "complex128" "error" "float32" "float64"
    "int" "int8" "int16" "int32" "int64" "rune" "string" "uint" "uint8" "uint16" "uint32" "uint64" "uintptr"))

(parameter_declaration name: (identifier) @variable.parameter)
(variadic_parameter_declaration name: (identifier) @variable.parameter)
(const_spec name: (identifier) @constant)
(keyed_element . (literal_element (identifier) @property))

(function_declaration name: (identifier) @function)
(method_declaration name: (field_identifier) @function.method)
(method_elem name: (field_identifier) @function.method)
(call_expression function: (identifier) @function)
(call_expression function: (selector_expression field: (field_identifier) @function.method))
(call_expression
  function: (identifier) @function.builtin
  (#any-of? @function.builtin "append" "cap" "clear" "close" "complex" "copy" "delete" "imag" "len" "make" "max"
    "min" "new" "panic" "print" "println" "real" "recover"))

[
  "--" "-" "-=" ":=" "!" "!=" "..." "*" "*=" "/" "/=" "&" "&&" "&=" "%" "%=" "^" "^=" "+" "++" "+=" "<-" "<"
  "<<" "<<=" "<=" "=" "==" ">" ">=" ">>" ">>=" "|" "|=" "||" "~" "&^" "&^="
] @operator

[ "(" ")" "[" "]" "{" "}" ] @punctuation.bracket
[ "," "." ";" ":" ] @punctuation.delimiter

[
  "break" "case" "chan" "const" "continue" "default" "defer" "else" "fallthrough" "for" "func" "go" "goto" "if"
  "import" "interface" "map" "package" "range" "return" "select" "struct" "switch" "type" "var"
] @keyword

[ (interpreted_string_literal) (raw_string_literal) (rune_literal) ] @string
(escape_sequence) @string.escape
[ (int_literal) (float_literal) (imaginary_literal) ] @number
[ (true) (false) (nil) (iota) ] @constant.builtin
(comment) @comment
