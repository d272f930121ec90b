"""Where each language defines names: patterns over its nodes, and the word for what they define."""


def _named(**kinds: str) -> tuple[tuple[str, str], ...]:
    """Return a pattern for each kind of node that has a field `name`."""
    return tuple((f"({node} name: (_) @name) @whole", kind) for node, kind in kinds.items())


_JAVASCRIPT = (
    *_named(
        class_declaration="class",
        function_declaration="function",
        generator_function_declaration="function",
        method_definition="method",
    ),
    (
        "(variable_declarator name: (identifier) @name value: [(arrow_function) (function_expression)]) @whole",
        "function",
    ),
)
_TYPESCRIPT = (
    *_JAVASCRIPT,
    *_named(
        abstract_class_declaration="class",
        interface_declaration="interface",
        enum_declaration="enum",
        type_alias_declaration="type",
        internal_module="module",
    ),
)
_C = (
    *_named(
        struct_specifier="struct",
        enum_specifier="enum",
        union_specifier="union",
        preproc_function_def="macro",
    ),
    ("(function_definition declarator: (function_declarator declarator: (_) @name)) @whole", "function"),
    (
        "(function_definition declarator: (pointer_declarator declarator: "
        "(function_declarator declarator: (_) @name))) @whole",
        "function",
    ),
)
_KEYS_OF_JSON = (
    ("(document (object (pair key: (string (string_content) @name)) @whole))", "key"),
    ("(document (object (pair value: (object (pair key: (string (string_content) @name)) @whole))))", "key"),
)
_KEYS_OF_YAML = (
    ("(document (block_node (block_mapping (block_mapping_pair key: (_) @name) @whole)))", "key"),
    (
        "(document (block_node (block_mapping (block_mapping_pair value: (block_node (block_mapping "
        "(block_mapping_pair key: (_) @name) @whole))))))",
        "key",
    ),
)
OUTLINE: dict[str, tuple[tuple[str, str], ...]] = {
    "python": _named(class_definition="class", function_definition="function"),
    "javascript": _JAVASCRIPT,
    "typescript": _TYPESCRIPT,
    "tsx": _TYPESCRIPT,
    "rust": (
        *_named(
            function_item="function",
            struct_item="struct",
            enum_item="enum",
            union_item="union",
            trait_item="trait",
            type_item="type",
            mod_item="module",
            macro_definition="macro",
            const_item="constant",
            static_item="constant",
        ),
        ("(impl_item type: (_) @name) @whole", "impl"),
    ),
    "go": _named(function_declaration="function", method_declaration="method", type_spec="type"),
    "c": _C,
    "cpp": (*_C, *_named(class_specifier="class", namespace_definition="namespace")),
    "java": _named(
        class_declaration="class",
        interface_declaration="interface",
        enum_declaration="enum",
        record_declaration="record",
        method_declaration="method",
        constructor_declaration="constructor",
    ),
    "c_sharp": _named(
        namespace_declaration="namespace",
        class_declaration="class",
        interface_declaration="interface",
        struct_declaration="struct",
        record_declaration="record",
        enum_declaration="enum",
        method_declaration="method",
        constructor_declaration="constructor",
        property_declaration="property",
    ),
    "ruby": (
        *_named(method="method", singleton_method="method"),
        ("(class name: (_) @name) @whole", "class"),
        ("(module name: (_) @name) @whole", "module"),
    ),
    "php": _named(
        namespace_definition="namespace",
        class_declaration="class",
        interface_declaration="interface",
        trait_declaration="trait",
        enum_declaration="enum",
        function_definition="function",
        method_declaration="method",
    ),
    "bash": _named(function_definition="function"),
    "css": (("(rule_set (selectors) @name) @whole", "rule"),),
    "toml": (
        ("(table [(bare_key) (dotted_key) (quoted_key)] @name) @whole", "table"),
        ("(table_array_element [(bare_key) (dotted_key) (quoted_key)] @name) @whole", "table"),
    ),
    "html": (
        (
            "(element (start_tag (attribute (attribute_name) @_id (quoted_attribute_value (attribute_value) @name))"
            ' (#eq? @_id "id"))) @whole',
            "element",
        ),
    ),
    "json": _KEYS_OF_JSON,
    "yaml": _KEYS_OF_YAML,
    "sql": tuple(
        (f"({node} (object_reference) @name) @whole", kind)
        for node, kind in {
            "create_table": "table",
            "create_view": "view",
            "create_materialized_view": "view",
            "create_function": "function",
            "create_procedure": "procedure",
            "create_trigger": "trigger",
            "create_type": "type",
            "create_sequence": "sequence",
        }.items()
    )
    + (
        ("(create_index column: (_) @name) @whole", "index"),
        ("(create_schema (identifier) @name) @whole", "schema"),
    ),
    "markdown": (
        ("(section (atx_heading heading_content: (inline) @name)) @whole", "heading"),
        ("(section (setext_heading heading_content: (paragraph) @name)) @whole", "heading"),
    ),
}
"""By language: what a person jumps to."""

_JAVASCRIPT_VALUES = (
    (
        "(assignment_expression left: (member_expression property: (property_identifier) @name)"
        " right: [(arrow_function) (function_expression)]) @whole",
        "function",
    ),
    ("(program (lexical_declaration (variable_declarator name: (identifier) @name) @whole))", "constant"),
    (
        "(program (export_statement (lexical_declaration (variable_declarator name: (identifier) @name) @whole)))",
        "constant",
    ),
    (
        "(program (expression_statement (assignment_expression left: (member_expression property: "
        "(property_identifier) @name)) @whole))",
        "property",
    ),
)
_TYPESCRIPT_VALUES = (
    *_JAVASCRIPT_VALUES,
    *_named(function_signature="function", abstract_method_signature="method", method_signature="method"),
)
_C_VALUES = (
    *_named(preproc_def="macro"),
    ("(type_definition declarator: (type_identifier) @name) @whole", "type"),
    ("(declaration declarator: (function_declarator declarator: (identifier) @name)) @whole", "declaration"),
    (
        "(declaration declarator: (pointer_declarator declarator: "
        "(function_declarator declarator: (identifier) @name))) @whole",
        "declaration",
    ),
    (
        "(translation_unit (declaration declarator: (init_declarator declarator: (_) @name)) @whole)",
        "variable",
    ),
)
INNER: dict[str, tuple[tuple[str, str], ...]] = {
    "python": (
        ("(module (expression_statement (assignment left: (identifier) @name)) @whole)", "variable"),
        (
            "(class_definition body: (block (expression_statement (assignment left: (identifier) @name)) @whole))",
            "attribute",
        ),
    ),
    "javascript": _JAVASCRIPT_VALUES,
    "typescript": _TYPESCRIPT_VALUES,
    "tsx": _TYPESCRIPT_VALUES,
    "rust": _named(function_signature_item="function", enum_variant="variant"),
    "go": (
        ("(source_file (const_declaration (const_spec name: (identifier) @name) @whole))", "constant"),
        ("(source_file (var_declaration (var_spec name: (identifier) @name) @whole))", "variable"),
        ("(method_elem name: (field_identifier) @name) @whole", "method"),
    ),
    "c": _C_VALUES,
    "cpp": (
        *_C_VALUES,
        (
            "(field_declaration declarator: (function_declarator declarator: (field_identifier) @name)) @whole",
            "declaration",
        ),
        ("(alias_declaration name: (type_identifier) @name) @whole", "type"),
    ),
    "java": (
        ("(field_declaration declarator: (variable_declarator name: (identifier) @name)) @whole", "field"),
    ),
    "c_sharp": (
        (
            "(field_declaration (variable_declaration (variable_declarator name: (identifier) @name))) @whole",
            "field",
        ),
    ),
    "ruby": (("(assignment left: (constant) @name) @whole", "constant"),),
    "php": (("(const_declaration (const_element (name) @name)) @whole", "constant"),),
    "bash": (("(program (variable_assignment name: (variable_name) @name) @whole)", "variable"),),
    "css": (
        ("(keyframes_statement (keyframes_name) @name) @whole", "keyframes"),
        ('(declaration (property_name) @name (#match? @name "^--")) @whole', "property"),
    ),
    "toml": (
        ("(document (pair [(bare_key) (dotted_key) (quoted_key)] @name) @whole)", "key"),
        ("(table (pair [(bare_key) (dotted_key) (quoted_key)] @name) @whole)", "key"),
    ),
}
"""By language: smaller things that also have names, for looking things up."""

_JAVASCRIPT_USES = """
    (call_expression function: [(identifier) @name (member_expression property: (property_identifier) @name)])
    (new_expression constructor: [(identifier) @name (member_expression property: (property_identifier) @name)])
    (import_specifier name: (identifier) @name)
    (import_clause (identifier) @name)
    (class_heritage (_) @name)
    (arguments (identifier) @name)
    (pair value: (identifier) @name)
    (import_statement source: (string (string_fragment) @import))
    (export_statement source: (string (string_fragment) @import))
    ((call_expression function: (identifier) @_how arguments: (arguments (string (string_fragment) @import)))
     (#eq? @_how "require"))
"""
_TYPESCRIPT_USES = """
    (call_expression function: [(identifier) @name (member_expression property: (property_identifier) @name)])
    (new_expression constructor: [(identifier) @name (member_expression property: (property_identifier) @name)])
    (import_specifier name: (identifier) @name)
    (import_clause (identifier) @name)
    (type_identifier) @name
    (arguments (identifier) @name)
    (pair value: (identifier) @name)
    (import_statement source: (string (string_fragment) @import))
    (export_statement source: (string (string_fragment) @import))
    ((call_expression function: (identifier) @_how arguments: (arguments (string (string_fragment) @import)))
     (#eq? @_how "require"))
"""
_C_USES = """
    (call_expression function: [(identifier) @name (field_expression field: (field_identifier) @name)])
    (type_identifier) @name
    (argument_list (identifier) @name)
    (initializer_list (identifier) @name)
    (preproc_include path: (string_literal (string_content) @import))
"""
USES: dict[str, str] = {
    "python": """
        (call function: (identifier) @name)
        (attribute attribute: (identifier) @name)
        (import_from_statement name: (dotted_name (identifier) @name))
        (import_from_statement name: (aliased_import name: (dotted_name (identifier) @name)))
        (decorator (identifier) @name)
        (type (identifier) @name)
        (type (subscript (identifier) @name))
        (type (generic_type (identifier) @name))
        (argument_list (identifier) @name)
        (keyword_argument name: (identifier) @name)
        (import_from_statement module_name: (_) @import)
        (import_statement name: (dotted_name) @import)
        (import_statement name: (aliased_import name: (dotted_name) @import))
    """,
    "javascript": _JAVASCRIPT_USES,
    "typescript": _TYPESCRIPT_USES,
    "tsx": _TYPESCRIPT_USES
    + """
    (jsx_opening_element name: (identifier) @name)
    (jsx_self_closing_element name: (identifier) @name)
    """,
    "rust": """
        (call_expression function: [(identifier) @name (field_expression field: (field_identifier) @name)])
        (macro_invocation macro: (identifier) @name)
        (type_identifier) @name
        (scoped_identifier name: (identifier) @name)
        (scoped_use_list list: (use_list (identifier) @name))
        (mod_item name: (identifier) @import !body)
        (use_declaration argument: (_) @import)
    """,
    "go": """
        (call_expression function: (identifier) @name)
        (selector_expression field: (field_identifier) @name)
        (type_identifier) @name
        (argument_list (identifier) @name)
        (import_spec path: (interpreted_string_literal (interpreted_string_literal_content) @import))
    """,
    "c": _C_USES,
    "cpp": _C_USES + "(qualified_identifier name: (identifier) @name)",
    "java": """
        (method_invocation name: (identifier) @name)
        (type_identifier) @name
        (field_access field: (identifier) @name)
        (annotation name: (identifier) @name)
        (marker_annotation name: (identifier) @name)
        (import_declaration (scoped_identifier) @import)
    """,
    "c_sharp": """
        (invocation_expression function: (identifier) @name)
        (member_access_expression name: (identifier) @name)
        (object_creation_expression type: (identifier) @name)
        (base_list (identifier) @name)
        (parameter type: (identifier) @name)
        (variable_declaration type: (identifier) @name)
        (using_directive (qualified_name) @import)
    """,
    "ruby": """
        (call method: (identifier) @name)
        (constant) @name
        ((call method: (identifier) @_how arguments: (argument_list (string (string_content) @import)))
         (#any-of? @_how "require" "require_relative" "load" "autoload"))
    """,
    "php": """
        (function_call_expression function: (name) @name)
        (member_call_expression name: (name) @name)
        (scoped_call_expression name: (name) @name)
        (object_creation_expression (name) @name)
        (named_type (name) @name)
        (base_clause (name) @name)
        (namespace_use_clause (qualified_name) @import)
    """,
    "bash": "(command_name (word) @name) (variable_name) @name",
    "html": "(attribute_value) @name",
    "css": """
        (class_name) @name
        (id_name) @name
        (import_statement (string_value (string_content) @import))
    """,
    "sql": "(object_reference name: (identifier) @name) (field name: (identifier) @name)",
}
"""By language: the nodes that use a `@name`: calls, types, arguments, members; and what is written as an `@import`."""
