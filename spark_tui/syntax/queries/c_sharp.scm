; The wheel ships its query outside the package that can be imported.

(identifier) @variable

[ (predefined_type) (implicit_type) ] @type.builtin
(class_declaration name: (identifier) @type)
(interface_declaration name: (identifier) @type)
(struct_declaration name: (identifier) @type)
(enum_declaration name: (identifier) @type)
(record_declaration name: (identifier) @type)
(delegate_declaration name: (identifier) @type)
(_ type: (identifier) @type)
(_ type: (nullable_type (identifier) @type))
(generic_name (identifier) @type)
(type_argument_list (identifier) @type)
(type_parameter name: (identifier) @type)
(base_list (identifier) @type)
(enum_member_declaration name: (identifier) @constant)

(namespace_declaration name: (_) @module)
(file_scoped_namespace_declaration name: (_) @module)
(using_directive (identifier) @module)
(using_directive (qualified_name) @module)

(property_declaration name: (identifier) @property)
(member_access_expression name: (identifier) @property)
(parameter name: (identifier) @variable.parameter)
(attribute name: (identifier) @attribute)

(method_declaration name: (identifier) @function.method)
(local_function_statement name: (identifier) @function)
(constructor_declaration name: (identifier) @constructor)
(destructor_declaration name: (identifier) @constructor)
(invocation_expression function: (identifier) @function)
(invocation_expression function: (member_access_expression name: (identifier) @function.method))
(invocation_expression function: (member_access_expression name: (generic_name (identifier) @function.method)))

[ (real_literal) (integer_literal) ] @number
[
  (character_literal) (string_literal) (raw_string_literal) (verbatim_string_literal)
  (interpolated_string_expression)
] @string
(escape_sequence) @string.escape
(interpolation) @embedded
(interpolation_brace) @punctuation.special
[ (boolean_literal) (null_literal) ] @constant.builtin
(comment) @comment
((comment) @comment.documentation (#match? @comment.documentation "^///"))

[ ";" "." "," ] @punctuation.delimiter
[ "(" ")" "[" "]" "{" "}" ] @punctuation.bracket
[
  "--" "-" "-=" "&" "&=" "&&" "+" "++" "+=" "<" "<=" "<<" "<<=" "=" "==" "!" "!=" "=>" ">" ">=" ">>" ">>=" "|"
  "|=" "||" "?" "??" "??=" "^" "^=" "~" "*" "*=" "/" "/=" "%" "%=" ":" ".."
] @operator

[
  (modifier) "add" "as" "base" "break" "case" "catch" "checked" "class" "continue" "default" "delegate" "do"
  "else" "enum" "event" "explicit" "extern" "finally" "for" "foreach" "goto" "if" "implicit" "interface" "is"
  "lock" "namespace" "operator" "params" "return" "remove" "sizeof" "stackalloc" "static" "struct" "switch"
  "throw" "try" "typeof" "unchecked" "using" "while" "new" "await" "in" "yield" "get" "set" "when" "out" "ref"
  "from" "where" "select" "record" "init" "with" "let"
] @keyword
"this" @variable.builtin
