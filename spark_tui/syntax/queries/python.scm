; What the wheel's query leaves plain.

(class_definition name: (identifier) @type)
(class_definition superclasses: (argument_list (identifier) @type))
(type (attribute attribute: (identifier) @type))

(parameters (identifier) @variable.parameter)
(lambda_parameters (identifier) @variable.parameter)
(typed_parameter . (identifier) @variable.parameter)
(default_parameter name: (identifier) @variable.parameter)
(typed_default_parameter name: (identifier) @variable.parameter)
(list_splat_pattern (identifier) @variable.parameter)
(dictionary_splat_pattern (identifier) @variable.parameter)
(keyword_argument name: (identifier) @variable.parameter)

((identifier) @variable.builtin
  (#any-of? @variable.builtin "self" "cls" "__name__" "__file__" "__doc__"))

((identifier) @constant.builtin
  (#any-of? @constant.builtin "NotImplemented" "Ellipsis" "__debug__"))
(ellipsis) @constant.builtin

(decorator "@" @attribute)
(decorator (identifier) @attribute)
(decorator (attribute attribute: (identifier) @attribute))
(decorator (call function: (identifier) @attribute))
(decorator (call function: (attribute attribute: (identifier) @attribute)))

(type_conversion) @punctuation.special
(type_alias_statement "type" @keyword)

[ "and" "in" "is" "not" "or" "is not" "not in" ] @keyword
[ "(" ")" "[" "]" "{" "}" ] @punctuation.bracket
(interpolation [ "{" "}" ] @punctuation.special)
[ "," ":" ";" "." ] @punctuation.delimiter

(module . (comment) @attribute (#match? @attribute "^#!"))
(module . (expression_statement (string) @comment.documentation))
(class_definition body: (block . (expression_statement (string) @comment.documentation)))
(function_definition body: (block . (expression_statement (string) @comment.documentation)))

(call function: (attribute attribute: (identifier) @function.method))
((call function: (identifier) @constructor) (#match? @constructor "^_*[A-Z]"))
((call function: (attribute attribute: (identifier) @constructor)) (#match? @constructor "^_*[A-Z]"))
(type (binary_operator (identifier) @type))
(type (binary_operator (binary_operator (identifier) @type)))
(type (binary_operator (attribute attribute: (identifier) @type)))
(generic_type (identifier) @type)
((identifier) @constant (#match? @constant "^_*[A-Z][A-Z0-9_]+$"))
((type (identifier) @type.builtin)
  (#any-of? @type.builtin "bool" "bytearray" "bytes" "complex" "dict" "float" "frozenset" "int" "list" "object"
    "range" "set" "slice" "str" "tuple" "type"))
((type (binary_operator (identifier) @type.builtin))
  (#any-of? @type.builtin "bool" "bytearray" "bytes" "complex" "dict" "float" "frozenset" "int" "list" "object"
    "range" "set" "slice" "str" "tuple" "type"))
((generic_type (identifier) @type.builtin)
  (#any-of? @type.builtin "dict" "frozenset" "list" "set" "tuple" "type"))
(decorator (attribute attribute: (identifier) @attribute))
(decorator (call function: (attribute attribute: (identifier) @attribute)))
