; What the wheel's query leaves plain.

[ "infer" "is" "asserts" "module" "global" "accessor" ] @keyword
(class_declaration name: (type_identifier) @type)
(call_expression function: (identifier) @function)
(function_declaration name: (identifier) @function)
(variable_declarator
  name: (identifier) @function
  value: [ (function_expression) (arrow_function) ])
(enum_declaration name: (identifier) @type)
(decorator "@" @attribute)
(decorator (identifier) @attribute)
(decorator (call_expression function: (identifier) @attribute))
(required_parameter pattern: (identifier) @variable.parameter)
(optional_parameter pattern: (identifier) @variable.parameter)
(literal_type [ (null) (undefined) (true) (false) ] @constant.builtin)
